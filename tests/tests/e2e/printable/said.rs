//! The rule for messages: printable UTF-8 in lines of which none is a command to a CI system.

/// In each odd text, so that a test can see that the text has arrived at all.
pub(crate) const MARK: &str = "nasty";

/// Texts that together do all that others' text could do; none is so long that a quotation cuts it.
pub(crate) fn odd_texts() -> Vec<&'static [u8]> {
    vec![
        // A command to GitHub's runner; clears the screen, writes the clipboard, sets the title,
        // overwrites the line.
        b"::nasty::\x1b[2J\x1b]52;c;eA==\x07\x1b]0;x\x1b\\\r\x08\x7f\t.##[x]",
        // Reorders, hides, and controls in eight bits.
        "nasty\u{202e}\u{2066}\u{200b}\u{ad}\u{feff}\u{61c}\u{2028}\u{e0041}\u{9b}2J\u{9d}52;c;x\u{9c}\u{85}"
            .as_bytes(),
        // Commands to Azure's agent and their like.
        b"nasty##vso[task.prependpath]/x###[x]##VSO[y]##teamcity[z]",
        // No UTF-8, and controls of eight bits as they are.
        b"  ::nasty\x9b2J\x9d0;x\x9c\xff\xc0\x80",
    ]
}

/// [`odd_texts`], and one of several lines.
pub(crate) fn odd_lines() -> Vec<&'static [u8]> {
    let mut texts = odd_texts();
    texts.push(b"nasty\n::set-env name=PATH::/tmp\n  ::error::x\ngoward: error: all is well\n");
    texts
}

/// The fault of these bytes, if they have one.
pub(crate) fn wrong(bytes: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Some(format!("not UTF-8 from byte {}", error.valid_up_to())),
    };
    if let Some(c) = text.chars().find(|c| *c != '\n' && acts(*c)) {
        return Some(format!("U+{:04X} is there", c as u32));
    }
    let command = text.lines().find(|line| line.trim_start().starts_with("::"));
    if let Some(line) = command {
        return Some(format!("a command to GitHub's runner: {line}"));
    }
    let small = text.to_ascii_lowercase();
    let marks = ["##[", "##vso[", "##teamcity["];
    marks.iter().find(|mark| small.contains(**mark)).map(|mark| format!("{mark} is there"))
}

/// Unicode 16: Cc, Cf, Zl, Zp; and blanks that are not the space. A table of its own, so that the
/// code's cannot be wrong unseen.
fn acts(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}'
            | '\u{e0020}'..='\u{e007f}')
}

/// The looking itself can fail.
#[test]
fn every_odd_text_is_wrong_and_plain_text_is_not() {
    for text in odd_lines() {
        assert!(wrong(text).is_some(), "{}", text.escape_ascii());
        assert!(text.windows(MARK.len()).any(|part| part == MARK.as_bytes()));
    }
    for text in ["goward: error: x\n    y: z::z\nhint: # #[x]\n", "/home/用户/é ", "a ## b [c]"]
    {
        assert_eq!(wrong(text.as_bytes()), None, "{text}");
    }
}

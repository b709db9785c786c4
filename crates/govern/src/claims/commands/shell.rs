//! The commands in a text of a shell, as far as its marks tell. Texts of other shells are read alike.

use crate::here_documents;

/// A command.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    /// Its words, without quotation marks.
    pub(super) words: Vec<String>,
    /// Whether it runs other commands inside of a word, or has no end.
    pub(super) nests: bool,
    /// Whether another one runs where it fails.
    pub(super) may_fail: bool,
    /// In which line of the text it begins, from 0.
    pub(super) line: u32,
}

/// The commands of a text, without comments and here-documents.
pub(super) fn split(text: &str) -> Vec<Command> {
    let lines = here_documents::lines(text.as_bytes());
    let code = lines.map(|(line, is_text)| if is_text { &b"\n"[..] } else { line });
    let code: String = code.map(String::from_utf8_lossy).collect();
    let code = without_expressions(&code);
    let (mut reader, mut quote) = (Reader::default(), None);
    let mut chars = code.chars().peekable();
    while let Some(c) = chars.next() {
        reader.line += u32::from(c == '\n');
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('\''), c) => reader.push(c),
            (_, '\\') => {
                let goes_on = chars.next_if_eq(&'\r').is_some() | chars.next_if_eq(&'\n').is_some();
                reader.line += u32::from(goes_on);
                if let Some(c) = chars.next_if(|_| !goes_on) {
                    reader.push(c);
                }
            }
            (_, '`') => reader.command.nests = true,
            (Some(_), c) => {
                reader.command.nests |= c == '$' && chars.peek() == Some(&'(');
                reader.push(c);
            }
            (None, '"' | '\'') => {
                quote = Some(c);
                reader.word();
            }
            (None, '#') if reader.word.is_none() => {
                while chars.next_if(|c| *c != '\n').is_some() {}
            }
            // `2>&1`, `&>file`.
            (None, '&') if reader.redirects() || chars.peek() == Some(&'>') => reader.push(c),
            (None, '|') if chars.next_if_eq(&'|').is_some() => {
                reader.command.may_fail = true;
                reader.end();
            }
            (None, '\n' | ';' | '&' | '|' | '(' | ')') => reader.end(),
            (None, c) if c.is_whitespace() => reader.end_word(),
            (None, c) => reader.push(c),
        }
    }
    reader.command.nests |= quote.is_some();
    reader.end();
    reader.commands
}

/// The text with `${{}}` for each expression of a workflow, whose marks are not the shell's, and with the variables
/// that say the same.
fn without_expressions(text: &str) -> String {
    let (mut all, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, inside)) = rest.split_once("${{") {
        let Some((expression, behind)) = inside.split_once("}}") else { break };
        let same = match expression.trim() {
            "github.workspace" => "$GITHUB_WORKSPACE",
            "github.sha" => "$GITHUB_SHA",
            _ => "${{}}",
        };
        all.extend([before, same]);
        rest = behind;
    }
    all.push_str(rest);
    all
}

#[derive(Default)]
struct Reader {
    commands: Vec<Command>,
    command: Command,
    word: Option<String>,
    /// The line of the text, from 0.
    line: u32,
}

impl Reader {
    fn push(&mut self, c: char) {
        self.word().push(c);
    }

    /// The word that is read.
    fn word(&mut self) -> &mut String {
        if self.word.is_none() && self.command.words.is_empty() {
            self.command.line = self.line;
        }
        self.word.get_or_insert_default()
    }

    fn redirects(&self) -> bool {
        self.word.as_ref().is_some_and(|word| word.ends_with(['<', '>']))
    }

    fn end_word(&mut self) {
        self.command.words.extend(self.word.take());
    }

    fn end(&mut self) {
        self.end_word();
        let command = std::mem::take(&mut self.command);
        if command.nests || !command.words.is_empty() {
            self.commands.push(command);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_end_where_a_shell_ends_them() {
        for (text, wants) in [
            ("a b; c && d | e & f\n(g)", "a b/c/d/e/f/g"),
            ("a 'b; c' \"d && e\" f\\;g", "a b; c d && e f;g"),
            ("a \\\n  b # c; d\n# it's\ne#f", "a b/e#f"),
            ("a 2>&1 &>x; b", "a 2>&1 &>x/b"),
            ("a <<E; b\nc; d\nE\ne <<< f", "a <<E/b/e <<< f"),
            ("a ${{ b && 'c' || d }}/e; f", "a ${{}}/e/f"),
            ("a ${{ b; c", "a ${{ b/c"),
            ("a $(b c) d", "a $/b c/d"),
            ("", ""),
        ] {
            let all = split(text);
            let said: Vec<String> = all.iter().map(|one| one.words.join(" ")).collect();
            assert_eq!(said.join("/"), wants, "{text}");
            assert!(!all.iter().any(|one| one.nests), "{text}");
        }
        for text in ["a \"$(b)\"", "a `b`", "a 'b; c", "a \"b"] {
            assert!(split(text).iter().any(|one| one.nests), "{text}");
        }
    }

    #[test]
    fn a_command_has_its_line_and_what_follows_it() {
        let said = |text: &str| {
            let all = split(text).into_iter();
            let line = |one: Command| (one.words.join(" "), one.line, one.may_fail);
            all.map(line).collect::<Vec<_>>()
        };
        let of = |words: &str, line, may_fail| (words.to_owned(), line, may_fail);
        let text = "a \\\n b\n\nc <<E\nx\nE\nd || e | f\n'g\nh'\ni";
        let wants = [
            of("a b", 0, false),
            of("c <<E", 3, false),
            of("d", 6, true),
            of("e", 6, false),
            of("f", 6, false),
            of("g\nh", 7, false),
            of("i", 9, false),
        ];
        assert_eq!(said(text), wants);
        assert_eq!(said("cd ${{ github.workspace }}"), [of("cd $GITHUB_WORKSPACE", 0, false)]);
    }

    #[test]
    fn a_text_of_marks_takes_no_square_of_time() {
        for mark in ["${{", "<<E\n", "'", "\\", "`", "$(", "#\n"] {
            split(&mark.repeat(20_000));
        }
    }
}

//! A page of the book in parts that are the same in every language.

use std::collections::BTreeSet;

use crate::shown::inline;

/// A heading and what stands below it, up to the next heading.
#[derive(Debug, Default)]
pub(crate) struct Section {
    /// The page and the line of the heading.
    pub(crate) at: String,
    /// The line itself.
    pub(crate) heading: String,
    /// The number of its `#`.
    pub(crate) level: usize,
    /// What a link to it ends in.
    pub(crate) anchor: String,
    /// The text, without headings, anchors and code between fences.
    pub(crate) prose: String,
    /// The code between fences, each block with the word behind its fence.
    pub(crate) blocks: Vec<String>,
}

/// The anchor that mdBook and GitHub give to a heading.
fn slug(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().chars().filter_map(|char| match char {
        ' ' => Some('-'),
        '-' | '_' => Some(char),
        _ => char.is_alphanumeric().then(|| char.to_ascii_lowercase()),
    });
    kept.collect()
}

/// A line of code without its comment, which may be in another language. None if nothing is left.
fn code(line: &str) -> Option<String> {
    let comment = line.trim_start().starts_with('#');
    let code = line.split(" #").next().unwrap_or_default().trim_end();
    (!comment && !code.is_empty()).then(|| code.to_owned())
}

/// The sections of `text`, which is the page `name`. The first is the title's.
pub(crate) fn sections(name: &str, text: &str) -> Vec<Section> {
    let mut found: Vec<Section> = Vec::new();
    let (mut anchor, mut open) = (None, false);
    for (number, line) in text.lines().enumerate() {
        let begun = line.trim_start().strip_prefix("```");
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        if let Some(id) = line.strip_prefix("<a id=\"").and_then(|rest| rest.split_once('"')) {
            anchor = Some(id.0.to_owned());
        } else if !open && begun.is_none() && level > 0 {
            let at = format!("{name}:{}", number + 1);
            let anchor = anchor.take().unwrap_or_else(|| slug(line));
            let heading = line.to_owned();
            found.push(Section { at, heading, level, anchor, ..Section::default() });
        } else {
            let section = found.last_mut().unwrap_or_else(|| panic!("{name}:1: no title"));
            open = add(section, line, open);
        }
    }
    assert!(!open, "{name}: a fence is open");
    found
}

/// Adds a line below its heading. The answer: whether the next line is between fences.
fn add(section: &mut Section, line: &str, open: bool) -> bool {
    match (line.trim_start().strip_prefix("```"), open) {
        (Some(kind), false) => section.blocks.push(kind.to_owned()),
        (Some(_), true) => return false,
        (None, true) => {
            let block = section.blocks.last_mut().expect("a fence has opened it");
            if let Some(line) = code(line.strip_prefix("   ").unwrap_or(line)) {
                *block += "\n";
                *block += &line;
            }
        }
        (None, false) => {
            section.prose += line;
            section.prose.push('\n');
            return false;
        }
    }
    true
}

impl Section {
    /// The code within the text.
    pub(crate) fn words(&self) -> BTreeSet<String> {
        inline(&self.prose).into_iter().collect()
    }

    /// The targets of the links, as the page has them.
    pub(crate) fn links(&self) -> BTreeSet<String> {
        let rest = self.prose.split("](").skip(1);
        rest.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.to_owned()).collect()
    }

    /// The numbers of the text outside of code and links. They are the same in every language, where
    /// they are written in digits.
    pub(crate) fn numbers(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for paragraph in self.prose.split("\n\n") {
            for text in paragraph.split('`').step_by(2) {
                let outside = text.split("](").enumerate().map(|(at, rest)| match at {
                    0 => rest,
                    _ => rest.split_once(')').map_or("", |(_, rest)| rest),
                });
                let outside: String = outside.collect::<Vec<_>>().join(" ");
                let words = outside.split(|c: char| !c.is_ascii_digit() && c != '.');
                let words =
                    words.map(|word| word.trim_matches('.')).filter(|word| !word.is_empty());
                found.extend(words.map(str::to_owned));
            }
        }
        found
    }

    /// How many rows its tables and how many items its lists have.
    pub(crate) fn shape(&self) -> (usize, usize) {
        let count =
            |starts: &dyn Fn(&str) -> bool| self.prose.lines().filter(|line| starts(line)).count();
        let numbered =
            |line: &str| line.split_once(". ").is_some_and(|(n, _)| n.parse::<u8>().is_ok());
        (
            count(&|line| line.starts_with('|')),
            count(&|line| line.starts_with("- ") || numbered(line)),
        )
    }
}

/// The anchors of a page.
pub(crate) fn anchors(name: &str, text: &str) -> BTreeSet<String> {
    sections(name, text).into_iter().map(|section| section.anchor).collect()
}

#[test]
fn anchors_are_those_of_mdbook() {
    let text =
        "# A page\n## What `GOWARD_X=never` does\n<a id=\"one\"></a>\n\n## 一\n### Go: 1.2\n## 二";
    let found: Vec<_> = sections("p", text).into_iter().map(|section| section.anchor).collect();
    assert_eq!(found, ["a-page", "what-goward_xnever-does", "one", "go-12", "二"]);
}

#[test]
fn a_section_is_split_into_text_and_code() {
    let text = "# t\nRun `go\nenv` 2 times, [see 1.2.3](a.md#x-9).\n\n```sh\n# a\ngo x  # b\n#\n\n```\n- a\n1. b\n";
    let [section] = &sections("p", text)[..] else { panic!("one section") };
    assert_eq!(section.blocks, ["sh\ngo x"]);
    assert_eq!(section.words(), ["go env".to_owned()].into());
    assert_eq!(section.links(), ["a.md#x-9".to_owned()].into());
    assert_eq!(section.numbers(), ["1", "1.2.3", "2"].map(str::to_owned).into());
    assert_eq!(section.shape(), (0, 2));
}

//! A page of labelled facts, as wide as the reader's window.
//!
//! A wide page has three columns: the label, the fact, and a remark on it. A narrow one sets the
//! parts below each other. Long parts continue indented, and no word is broken: a path or a command
//! can be copied whole.

use super::{Output, Style};
use goward_resolver::shown;
use std::io::IsTerminal as _;
use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter};

/// A page below this width, in columns, has one column.
const NARROW: usize = 60;
/// The width where goward does not know that of a window.
const USUAL: usize = 80;
/// The blanks before and behind a label.
const ROUND: usize = 4;
/// The greatest width of the facts that remarks are aligned behind.
const FACTS: usize = 32;

/// Blocks of rows, with an empty line between two.
#[derive(Debug, Default)]
pub(crate) struct Page {
    blocks: Vec<Vec<Row>>,
}

/// One fact.
#[derive(Debug)]
struct Row {
    label: &'static str,
    fact: String,
    remark: String,
    style: Option<Style>,
}

impl Page {
    /// Begins a block; an empty one is not printed.
    pub(crate) fn block(&mut self) {
        self.blocks.push(Vec::new());
    }

    /// Adds a fact to the last block, with a remark on it, which may be empty.
    pub(crate) fn fact(&mut self, label: &'static str, fact: &str, remark: &str) {
        let (fact, remark) = (shown(fact.as_bytes()), shown(remark.as_bytes()));
        let row = Row { label, fact, remark, style: None };
        match self.blocks.last_mut() {
            Some(block) => block.push(row),
            None => self.blocks.push(vec![row]),
        }
    }

    /// Gives the last fact a style.
    pub(crate) fn in_style(&mut self, style: Style) {
        if let Some(row) = self.blocks.last_mut().and_then(|block| block.last_mut()) {
            row.style = Some(style);
        }
    }

    /// Prints it.
    pub(crate) fn print(&self, output: &Output) {
        let width = width();
        let labels = self.blocks.iter().flatten().map(|row| row.label.len()).max();
        let labels = labels.unwrap_or_default() + ROUND;
        for block in self.blocks.iter().filter(|block| !block.is_empty()) {
            output.line("");
            let facts = |row: &Row| display_width(&output.home.shorten(&row.fact));
            let facts = block.iter().filter(|row| !row.remark.is_empty()).map(facts);
            let facts = facts.filter(|width| *width <= FACTS).max().unwrap_or_default();
            for row in block {
                let row = Row {
                    fact: output.home.shorten(&row.fact),
                    remark: output.home.shorten(&row.remark),
                    ..*row
                };
                for line in row.lines(width, [labels, facts]) {
                    output
                        .line(&row.style.map_or(line.clone(), |style| output.paint(style, &line)));
                }
            }
        }
    }
}

impl Row {
    /// The lines, in columns of these widths.
    fn lines(&self, width: usize, [labels, facts]: [usize; 2]) -> Vec<String> {
        if width < NARROW {
            let label = (!self.label.is_empty()).then(|| format!("  {}", self.label));
            let fact = wrapped(&self.fact, "    ", width);
            let remark = wrapped(&self.remark, "      ", width);
            return label.into_iter().chain(fact).chain(remark).collect();
        }
        let head = format!("  {:<1$}", self.label, labels - ROUND / 2);
        let padding = " ".repeat(facts.saturating_sub(display_width(&self.fact)));
        let line = format!("{head}{}{padding}  {}", self.fact, self.remark);
        if display_width(line.trim_end()) <= width {
            return vec![line.trim_end().to_owned()];
        }
        let indent = " ".repeat(labels);
        let mut lines = wrapped(&self.fact, &indent, width);
        if let Some(first) = lines.first_mut() {
            first.replace_range(..labels, &head);
        }
        lines.extend(wrapped(&self.remark, &format!("{indent}  "), width));
        lines
    }
}

/// Stands for a blank of a command while lines are broken: no text has it.
const HELD: char = '\u{1}';

/// The text with the commands behind `run: ` as words of their own, so that a line can be pasted.
fn held(text: &str) -> String {
    let Some(at) = text.find("run: ").map(|at| at + "run: ".len()) else { return text.to_owned() };
    let (before, rest) = text.split_at(at);
    let end = [";", ", "].iter().filter_map(|end| rest.find(end)).min();
    let (command, behind) = rest.split_at(end.unwrap_or(rest.len()));
    [before, &command.replace(' ', &HELD.to_string()), behind].concat()
}

/// The lines of `text`, each behind `indent`.
pub(crate) fn wrapped(text: &str, indent: &str, width: usize) -> Vec<String> {
    let text = &held(text);
    let options = Options::new(width)
        .initial_indent(indent)
        .subsequent_indent(indent)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    let lines = textwrap::wrap(text, options);
    let lines = lines.into_iter().map(|line| line.replace(HELD, " "));
    lines.filter(|line| !line.trim().is_empty()).collect()
}

/// The width of the reader's window: that of the terminal, else COLUMNS, else the usual one.
pub(crate) fn width() -> usize {
    let terminal = std::io::stdout().is_terminal().then(textwrap::termwidth);
    let said = || std::env::var("COLUMNS").ok()?.parse().ok().filter(|width| *width > 0);
    terminal.or_else(said).unwrap_or(USUAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(width: usize, fact: &str, remark: &str) -> Vec<String> {
        let row =
            Row { label: "fix", fact: fact.to_owned(), remark: remark.to_owned(), style: None };
        row.lines(width, [13, 10])
    }

    #[test]
    fn a_command_is_not_broken() {
        let text =
            "no release builds it; run: go mod edit -go=1.24; and this is more text behind it";
        let lines = wrapped(text, "", 40);
        assert!(lines[1].starts_with("go mod edit -go=1.24; "), "{lines:?}");
        assert!(wrapped("run: a b", "", 3).contains(&"a b".to_owned()));
    }

    #[test]
    fn a_page_is_as_wide_as_the_window() {
        assert_eq!(lines(80, "goward x", "why"), ["  fix        goward x    why"]);
        assert_eq!(lines(40, "goward x", "why"), ["  fix", "    goward x", "      why"]);
        let long = "word ".repeat(20);
        let all = lines(80, "goward x", &long);
        assert_eq!(all[0], "  fix        goward x");
        assert!(all.len() == 3 && all.iter().all(|line| line.len() <= 80), "{all:?}");
        let path = "x".repeat(100);
        assert!(lines(80, &path, "").iter().any(|line| line.contains(&path)), "no word is broken");
    }
}

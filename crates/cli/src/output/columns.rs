//! Lines of cells with a remark behind them: in columns, if the window has room for them.

use super::page::{width, wrapped};
use super::{Output, Style};
use textwrap::core::display_width;

/// A line.
pub(crate) struct Line<const CELLS: usize> {
    pub(crate) cells: [String; CELLS],
    /// What is to be said besides; it may be empty.
    pub(crate) remark: String,
    /// Whether it tells of something wrong.
    pub(crate) bad: bool,
}

impl<const CELLS: usize> Line<CELLS> {
    /// The line in columns of these widths, of which its cells take `own`.
    fn whole(&self, own: &[usize; CELLS], widths: &[usize; CELLS]) -> String {
        let mut text = String::with_capacity(widths.iter().sum::<usize>() + 2 * CELLS);
        for ((cell, own), to) in self.cells.iter().zip(own).zip(widths) {
            text.push_str(cell);
            pad(&mut text, to.saturating_sub(*own) + 2);
        }
        text.push_str(&self.remark);
        text.truncate(text.trim_end().len());
        text
    }

    /// The line in a narrow window.
    fn broken(&self, room: usize) -> Vec<String> {
        let rest = self.cells[1..].join("  ");
        let below = [rest.as_str(), &self.remark].map(|text| wrapped(text, "    ", room));
        std::iter::once(self.cells[0].clone()).chain(below.into_iter().flatten()).collect()
    }
}

/// Prints the lines.
pub(crate) fn print<const CELLS: usize>(output: &Output, lines: &[Line<CELLS>]) {
    let own: Vec<[usize; CELLS]> =
        lines.iter().map(|line| std::array::from_fn(|at| wide(&line.cells[at]))).collect();
    let widths = std::array::from_fn(|at| own.iter().map(|own| own[at]).max().unwrap_or_default());
    let room = width();
    let whole = lines.iter().zip(&own).map(|(line, own)| line.whole(own, &widths));
    let whole: Vec<String> = whole.collect();
    let painted = |line: &Line<CELLS>, text: String| match line.bad {
        true => output.paint(Style::Bad, &text),
        false => text,
    };
    let printed: Vec<String> = match whole.iter().all(|text| wide(text) <= room) {
        true => lines.iter().zip(whole).map(|(line, text)| painted(line, text)).collect(),
        false => {
            let broken =
                |line| Line::broken(line, room).into_iter().map(|text| painted(line, text));
            lines.iter().flat_map(broken).collect()
        }
    };
    output.many_lines(&printed);
}

/// Adds blanks.
fn pad(text: &mut String, mut blanks: usize) {
    const MANY: &str = "                                ";
    while blanks > 0 {
        let now = blanks.min(MANY.len());
        text.push_str(&MANY[..now]);
        blanks -= now;
    }
}

/// The columns that a text takes.
fn wide(text: &str) -> usize {
    // Most text is ASCII, and long to look up.
    match text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        true => text.len(),
        false => display_width(text),
    }
}

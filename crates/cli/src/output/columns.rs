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
    /// The line in columns of these widths.
    fn whole(&self, widths: &[usize; CELLS]) -> String {
        let mut text = String::with_capacity(widths.iter().sum::<usize>() + 2 * CELLS);
        for (cell, to) in self.cells.iter().zip(widths) {
            let padding = to.saturating_sub(wide(cell)) + 2;
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', padding));
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
    let widths = std::array::from_fn(|at| {
        lines.iter().map(|line| wide(&line.cells[at])).max().unwrap_or_default()
    });
    let room = width();
    let whole: Vec<String> = lines.iter().map(|line| line.whole(&widths)).collect();
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

/// The columns that a text takes.
fn wide(text: &str) -> usize {
    // Most text is ASCII, and long to look up.
    match text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        true => text.len(),
        false => display_width(text),
    }
}

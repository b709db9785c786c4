//! Lines of cells with a remark behind them: in columns, if the window has room for them.

use super::page::{width, wrapped};
use super::{Output, Style};
use textwrap::core::display_width;

/// The blanks between two columns.
const GAP: usize = 2;

/// A line.
pub(crate) struct Line<const CELLS: usize> {
    pub(crate) cells: [String; CELLS],
    /// What is to be said besides; it may be empty.
    pub(crate) remark: String,
    /// Whether it tells of something wrong.
    pub(crate) bad: bool,
}

impl<const CELLS: usize> Line<CELLS> {
    /// Adds the line in columns of these widths, of which its cells take `own`.
    fn whole(&self, own: &[usize; CELLS], widths: &[usize; CELLS], text: &mut String) {
        for ((cell, own), to) in self.cells.iter().zip(own).zip(widths) {
            text.push_str(cell);
            pad(text, to.saturating_sub(*own) + GAP);
        }
        text.push_str(&self.remark);
        text.truncate(text.trim_end().len());
    }

    /// The columns that it takes so.
    fn takes(&self, own: &[usize; CELLS], widths: &[usize; CELLS]) -> usize {
        let before = |cells: usize| widths[..cells].iter().map(|width| width + GAP).sum::<usize>();
        match (self.remark.is_empty(), own.iter().rposition(|own| *own > 0)) {
            (false, _) => before(CELLS) + wide(&self.remark),
            (true, Some(last)) => before(last) + own[last],
            (true, None) => 0,
        }
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
    let fits = lines.iter().zip(&own).all(|(line, own)| line.takes(own, &widths) <= room);
    output.many_lines(|say| {
        let mut text = String::new();
        for (line, own) in lines.iter().zip(&own) {
            let mut painted = |text: &str| match line.bad {
                true => say(&output.paint(Style::Bad, text)),
                false => say(text),
            };
            if fits {
                text.clear();
                line.whole(own, &widths, &mut text);
                painted(&text);
            } else {
                line.broken(room).iter().for_each(|text| painted(text));
            }
        }
    });
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

//! The plan as a page.

use super::plan::Plan;
use crate::context::Context;
use crate::output::page::Page;
use crate::paths::Shown as _;
use goward_govern::import::{Chosen, Pinned, Step};
use std::path::Path;

impl Plan {
    /// Prints what import would do, and what the user has to do. What is there already is shown
    /// with `-v`.
    pub(super) fn print(&self, cx: &Context) {
        let mut page = Page::default();
        self.toolchains(&mut page, cx.verbose);
        self.defaults(&mut page, cx.verbose);
        self.pins(&mut page, cx.verbose);
        self.left(&mut page);
        page.print(&cx.output);
    }

    fn toolchains(&self, page: &mut Page, all: bool) {
        page.block();
        for row in self.toolchains.iter().filter(|row| all || !row.is_there) {
            let label = match row.step {
                Step::Copy => "copy",
                Step::Install => "install",
                Step::Link | Step::Nothing => "leave",
            };
            let fact = format!("{} of {}, {}", row.name, row.by, row.tree.shown());
            page.fact(label, &fact, &row.why);
            if row.step == Step::Install {
                page.fact("", "from a mirror instead, which is verified", "");
            }
            if let Some(way_out) = &row.way_out {
                page.fact("", way_out, "");
            }
            if let Some(command) = &row.command {
                page.fact("", &format!("to use it there, run: {command}"), "");
            }
        }
    }

    fn defaults(&self, page: &mut Page, all: bool) {
        page.block();
        let is_settled = |chosen| matches!(chosen, Some(Chosen::Set | Chosen::Outranked));
        for row in self.defaults.iter().filter(|row| all || !is_settled(row.chosen)) {
            let place = place(&row.file, row.line);
            let (label, fact) = match (&row.sets, &row.says) {
                (Some(sets), _) => ("default", format!("{sets}, by {place} of {}", row.by)),
                (None, Some(says)) => ("leave", format!("{place} of {}: {says}", row.by)),
                (None, None) => ("leave", format!("{place} of {}", row.by)),
            };
            page.fact(label, &fact, row.why);
        }
    }

    fn pins(&self, page: &mut Page, all: bool) {
        page.block();
        let is_settled =
            |pinned: &Option<Pinned>| matches!(pinned, Some(Pinned::There | Pinned::Twin));
        for row in self.pins.iter().filter(|row| all || !is_settled(&row.pinned)) {
            let place = place(&row.file, row.line);
            let (label, fact) = match (&row.writes, &row.says) {
                (Some(writes), _) => {
                    let file = Path::new(&row.file).with_file_name(".go-version");
                    ("write", format!("{}: {writes}, by {place} of {}", file.shown(), row.by))
                }
                (None, Some(says)) => ("leave", format!("{place} of {}: {says}", row.by)),
                (None, None) => ("leave", format!("{place} of {}", row.by)),
            };
            page.fact(label, &fact, &row.why);
        }
    }

    fn left(&self, page: &mut Page) {
        page.block();
        for row in &self.tools {
            let programs = if row.count == 1 { "program" } else { "programs" };
            let directory = Path::new(&row.directory);
            let fact = format!("{} {programs} of {} in {}", row.count, row.by, directory.shown());
            let word = directory.word("DIR");
            page.fact("tools", &fact, &format!("to see what they are, run: go version -m {word}"));
            page.fact("", "each comes back with: go install MODULE@VERSION", "");
        }
        for row in &self.leftovers {
            let place = row.file.as_ref().map(|file| place(file, row.line));
            let parts: Vec<String> = place.into_iter().chain(row.text.clone()).collect();
            page.fact("by you", &parts.join(": "), &row.why);
        }
    }
}

fn place(file: &str, line: Option<usize>) -> String {
    let file = Path::new(file).shown();
    line.map_or_else(|| file.clone(), |line| format!("{file}:{line}"))
}

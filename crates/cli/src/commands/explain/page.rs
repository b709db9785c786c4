//! The report as a page for people: the answer, its cause, the cures, then the evidence.

use super::levels::{Row, Status};
use super::report::Report;
use crate::context::Context;
use crate::goroot::Inherited;
use crate::output::Style;
use crate::output::page::{Page, width, wrapped};
use crate::paths::{Near, shown};
use goward_govern::path::{FirstGo, Whose};
use goward_resolver::GoRefusal;

impl Report {
    /// Prints the page.
    pub(super) fn print(&self, cx: &Context) {
        self.answer(cx);
        let near = Near::new(self.looked_from.as_deref());
        let mut page = Page::default();
        page.block();
        self.cause(&mut page, &near);
        self.ways_out(&mut page, &near);
        self.way_to_the_shims(&mut page, cx.text("SUDO_USER").is_some());
        if cx.verbose {
            page.block();
            for level in &self.levels {
                let (fact, remark) = level.whole(&near);
                page.fact(level.title, &fact, &remark);
                page.in_style(level.style());
            }
        }
        page.block();
        self.evidence(&mut page, cx, &near);
        page.block();
        for remark in self.further_remarks() {
            page.fact("note", &near.shorten(&remark), "");
        }
        page.print(&cx.output);
    }

    /// The answer, in one sentence or two.
    fn answer(&self, cx: &Context) {
        let near = Near::new(self.looked_from.as_deref());
        let say = |style: Style, text: &str| {
            for line in wrapped(&cx.output.home.shorten(text), "", width()) {
                cx.output.line(&cx.output.paint(style, &line));
            }
        };
        let other = match &self.first {
            Some(first) => not_ours(cx, first),
            None => Some(NO_GO.to_owned()),
        };
        if let Some(text) = other {
            say(Style::Bad, &text);
        }
        let command = shown(self.command.join(" ").as_bytes());
        let place = self.directory.as_deref().unwrap_or("a directory that was deleted");
        let (place, headline) = (shown(place.as_bytes()), near.shorten(&self.headline()));
        say(Style::Strong, &format!("In {place}, `{command}` {headline}"));
        if let Some(doubt) = self.doubt.as_ref().filter(|_| self.installs.is_some()) {
            say(Style::Bad, &doubt.sentence());
        }
        if let Some(refusal) = &self.verdict.refusal {
            say(Style::Bad, &refuses(refusal, &near));
        }
        if let Some(foretold) = &self.verdict.foretold {
            let because = foretold.because(&near);
            say(Style::Bad, &format!("Go will refuse here, because {because}"));
        }
        if let Some(goroot) = self.verdict.goroot.as_ref().filter(|goroot| goroot.breaks_go()) {
            let setting = goroot.setting();
            say(Style::Bad, &format!("Go will fail here, because {setting} is no Go tree"));
        }
    }

    /// The level that decides, and the line that is against it.
    fn cause(&self, page: &mut Page, near: &Near) {
        for level in self.levels.iter().filter(|level| level.status == Status::Won) {
            let (fact, mut remark) = level.found(near);
            let pin = level.origin_path().filter(|_| !level.is_default());
            if let Some(dir) = pin.and_then(|path| near.holds_for(path)) {
                remark = format!("{remark} (it holds for all of {dir})");
            }
            page.fact("picked by", &fact, remark.trim());
            page.in_style(Style::Strong);
        }
        // The answer tells a refusal that nothing else overrides.
        let spared = |level: &&Row| level.status == Status::Refused && self.trouble.is_none();
        for level in self.levels.iter().filter(spared) {
            let (fact, _) = level.found(near);
            page.fact("refused", &fact, &level.reason);
            page.in_style(Style::Bad);
        }
        if let Some(refusal) = &self.verdict.refusal
            && let Some(origin) = refusal.floor.source.origin()
        {
            let line = format!("{}:{}", near.show(&origin.path), origin.line);
            page.fact("against", &line, &format!("go >= {}", refusal.floor.version));
        }
        if let Some(foretold) = &self.verdict.foretold {
            let (line, says) = foretold.against(near);
            page.fact("against", &line, &says);
        }
        if let Some(make) = &self.set_by_make {
            match make.line() {
                Some(line) => {
                    let says = format!("{}; {}", line.says, make.way());
                    page.fact("set by", &line.place(near), &says);
                }
                None => page.fact("set by", "make", &make.way()),
            }
        }
        if let Some(installs) = &self.installs {
            match installs.exists {
                Some(true) => page.fact("installs", &installs.in_words(), "first; it is not here"),
                Some(false) => {}
                None => page.fact("installs", &installs.in_words(), "first, if it is out"),
            }
        }
    }

    /// The remedies.
    fn ways_out(&self, page: &mut Page, near: &Near) {
        for (at, cure) in self.verdict.cures.iter().enumerate() {
            page.fact(if at == 0 { "fix" } else { "or" }, &cure.command, &cure.effect);
        }
        if let Some(edit) = &self.edit {
            let first = self.verdict.cures.is_empty();
            let (place, text) = edit.in_words(near);
            page.fact(if first { "fix" } else { "or" }, &place, &text);
        }
        let cured = self.edit.is_some() || !self.verdict.cures.is_empty();
        let undo = self.verdict.undo.iter().filter(|_| !cured);
        for (at, undo) in undo.enumerate() {
            page.fact(if at == 0 { "change" } else { "or" }, &undo.command, &undo.effect);
        }
        for (at, hint) in self.trouble.iter().flat_map(|trouble| &trouble.hints).enumerate() {
            let command = hint.strip_prefix("run: ").unwrap_or(hint);
            page.fact(if at == 0 { "fix" } else { "or" }, &near.shorten(command), "");
        }
        if self.verdict.goroot.as_ref().is_some_and(Inherited::breaks_go) {
            page.fact(
                "fix",
                "unset GOROOT",
                "and look for the line that sets it, in the start-up files",
            );
        }
    }

    /// The remedy where a shell finds another `go` than goward's, or none.
    fn way_to_the_shims(&self, page: &mut Page, under_sudo: bool) {
        let first = match &self.first {
            Some(first) if first.is_ours() => return,
            first => first,
        };
        if under_sudo {
            let why = "keeps your PATH: without `env`, sudo sets another one";
            return page.fact("fix", "sudo env \"PATH=$PATH\" go …", why);
        }
        let later = first.as_ref().and_then(|first| first.ours.as_ref());
        let effect = match later {
            Some(dir) => format!(
                "names the line that puts another `go` before {}; then open a new shell",
                shown(dir)
            ),
            None => "puts goward's shims on PATH; then open a new shell".to_owned(),
        };
        page.fact("fix", "goward setup", &effect);
    }

    /// The rest of what goward found.
    fn evidence(&self, page: &mut Page, cx: &Context, near: &Near) {
        if let Some(runs) = &self.runs {
            let remark = match &self.installs {
                Some(_) if self.asks_itself => {
                    "if that cannot be had: that Go then asks GOPROXY for it, and fails without it"
                }
                Some(installs) if installs.exists != Some(false) => "if that cannot be had",
                _ => "",
            };
            page.fact(if remark.is_empty() { "program" } else { "else" }, &runs.program, remark);
        }
        if !cx.verbose {
            let other = |level: &&Row| {
                !matches!(level.status, Status::Won | Status::Refused | Status::Absent)
            };
            for (at, level) in self.levels.iter().filter(other).enumerate() {
                let (fact, remark) = level.found(near);
                let remark = [remark, level.reason.clone()];
                let remark = remark.iter().filter(|part| !part.is_empty());
                let remark = remark.cloned().collect::<Vec<_>>().join("; ");
                page.fact(if at == 0 { "also" } else { "" }, &fact, &remark);
            }
        }
        for (at, seen) in self.seen.iter().enumerate() {
            page.fact(
                if at == 0 { "not read" } else { "" },
                &seen.place(near),
                &format!("{}; {}", seen.says, seen.why),
            );
        }
        if !cx.verbose {
            let silent = self.levels.iter().filter(|level| level.status == Status::Absent);
            let silent: Vec<&str> = silent.map(|level| level.title).collect();
            if !silent.is_empty() {
                page.fact("silent", &silent.join(", "), "");
            }
        }
        for (at, change) in self.visible_changes().enumerate() {
            page.fact(if at == 0 { "go gets" } else { "" }, &shown(change.as_bytes()), "");
        }
        if let Some(goroot) = &self.verdict.goroot {
            let effect = goroot.effect();
            page.fact("GOROOT", &goroot.place(), &format!("{effect}; run: unset GOROOT"));
        }
        if let Some(first) = &self.first {
            let (fact, remark) = on_path(first);
            page.fact("PATH", &fact, &remark);
        }
    }

    /// Remarks that no other row says.
    fn further_remarks(&self) -> impl Iterator<Item = String> {
        let end = self.end_of_life.iter().map(ToString::to_string);
        let pins = self.verdict.refusal.as_ref().map(|_| " pins ");
        // The row of that level says what GOTOOLCHAIN=local switches off.
        let switches = self.levels.iter().any(|level| level.reason.contains("; switches "));
        let said = move |remark: &&String| {
            pins.is_some_and(|pins| remark.contains(pins))
                || switches && remark.starts_with("GOTOOLCHAIN=")
        };
        end.chain(self.remarks.iter().filter(move |remark| !said(remark)).cloned())
    }
}

/// The answer where PATH has no `go`.
const NO_GO: &str = "Typing `go` runs nothing: no `go` is on PATH";

/// The answer where another `go` is first on PATH.
fn not_ours(cx: &Context, first: &FirstGo) -> Option<String> {
    if first.is_ours() {
        return None;
    }
    let version = first.version(&cx.machine).map(|name| format!(" ({name})"));
    let (program, version) = (shown(&first.program), version.unwrap_or_default());
    Some(format!(
        "Typing `go` runs {program}{version}: it comes first on PATH, and goward is not asked"
    ))
}

/// The refusal of Go itself, and its reason.
fn refuses(refusal: &GoRefusal, near: &Near) -> String {
    let (floor, line) = (&refusal.floor, refusal.floor.source.origin());
    let by = line.map(|origin| format!("{}:{}", near.show(&origin.path), origin.line));
    let (by, version) = (by.unwrap_or_default(), &floor.version);
    if refusal.compares {
        format!("Go will refuse here, because {by} needs Go {version} or later")
    } else {
        format!("{by} needs Go {version} or later, and Go before 1.21 does not check that")
    }
}

fn on_path(first: &FirstGo) -> (String, String) {
    let program = shown(&first.program);
    let whose = match first.whose {
        Whose::Shim => "goward's shim is first".to_owned(),
        Whose::Store => "a toolchain of goward's store is first".to_owned(),
        Whose::Peer(peer) => {
            let program = if first.goroot.is_some() { "go" } else { "shim" };
            format!("the {program} of {} is first; goward is not asked", peer.name)
        }
        Whose::Other => "this is first; goward is not asked".to_owned(),
    };
    (program, whose)
}

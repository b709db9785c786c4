//! The answer for people: a line for each module, in columns if the window has room for them.

use super::asked::Told;
use crate::context::Context;
use crate::output::columns::{self, Line};
use crate::output::page::{width, wrapped};
use crate::paths::{shown, to_bytes};
use goward_govern::excerpt::excerpt;
use goward_govern::graph::order::Kind;
use goward_govern::graph::{Asked, Mode, Row, Step};

/// In the place of what Go may not fetch.
pub(super) const OFFLINE: &str = "not known offline";

/// The longest that a line of a stranger's words may be, in characters.
const LONGEST: usize = 200;

/// Prints the modules that differ, or all, and sums up.
pub(super) fn print(cx: &Context, told: &Told, all: bool) {
    let report = &told.report;
    let rows = report.modules.iter().filter(|row| all || row.differs());
    columns::print(&cx.output, &rows.map(|row| line(told, row, all)).collect::<Vec<_>>());
    remarks(cx, told);
    let (count, rows) = (report.modules.len(), || report.modules.iter());
    let differ = rows().filter(|row| row.is_changed()).count();
    let unknown = rows().filter(|row| row.differs()).count() - differ;
    let others = count - unknown;
    if unknown > 0 {
        unknowns(cx, told, [unknown, count]);
    }
    if others == 0 && count > 0 {
        return;
    }
    say(
        cx,
        &match differ {
            0 if unknown > 0 => none_differs(others, "other"),
            0 => none_differs(count, "module"),
            _ => {
                let more = if all { "" } else { "all with --all, " };
                let said = of(differ, count, ["differs", "differ"]);
                format!("{said}; {more}reasons with --why MODULE")
            }
        },
    );
    if cx.verbose {
        cx.output.note(&format!("{} was asked", told.toolchain));
    }
}

/// As `2 of 3 modules differ`; `verbs` are for one and for several.
fn of(part: usize, count: usize, verbs: [&str; 2]) -> String {
    let [one, several] = verbs;
    let verb = if part == 1 { one } else { several };
    match count {
        1 => format!("the one module {verb}"),
        _ => format!("{part} of {count} modules {verb}"),
    }
}

fn none_differs(count: usize, word: &str) -> String {
    match count {
        1 => format!("the one {word} does not differ"),
        _ if word == "other" => format!("none of the {count} others differs"),
        _ => format!("none of {count} {word}s differs"),
    }
}

/// How many modules are not known, and a reason that they share.
fn unknowns(cx: &Context, told: &Told, [unknown, count]: [usize; 2]) {
    let shared: Vec<(&str, usize)> = told.silence.told().collect();
    let why = match shared[..] {
        [(why, modules)] if modules == unknown => cut(why),
        _ => "Go could not ask about them".to_owned(),
    };
    let said = of(unknown, count, ["is not known", "are not known"]);
    say(cx, &format!("{said}: {why}"));
    if shared.iter().any(|(_, modules)| *modules != unknown) {
        for (why, modules) in shared {
            let why = cut(why);
            say(cx, &format!("{modules} of them: {why}"));
        }
    }
}

/// Prints a sentence, as wide as the window.
fn say(cx: &Context, text: &str) {
    wrapped(text, "", width()).iter().for_each(|line| cx.output.line(line));
}

/// What concerns the file as a whole.
fn remarks(cx: &Context, told: &Told) {
    let report = &told.report;
    let raised = report.modules.iter().any(|row| row.raises_go_line);
    if report.untidy {
        let file = report.main.first().map(|main| told.near.show(&to_bytes(&main.file)));
        let file = file.unwrap_or_default();
        let what = if raised { "go line or requirements" } else { "requirements" };
        say(cx, &format!("{file}: Go would change {what} first; run: go mod tidy"));
    }
    if let Some(error) = report.error.as_ref().filter(|error| error.is_offline()) {
        let words = error.to_string();
        let why = words.lines().last().unwrap_or(&words);
        cx.output.note(&format!("the reasons are not known offline: {why}"));
    }
    let unchecked = report.modules.iter().filter_map(|row| row.unchecked.as_deref());
    let unchecked: Vec<&str> = unchecked.collect();
    if let Some(first) = unchecked.first() {
        let of = match unchecked.len() {
            1 => "1 module".to_owned(),
            count => format!("{count} modules"),
        };
        // A reason that modules share has been told.
        let reason = match told.silence.has(first) {
            true => String::new(),
            false => [": ", &cut(first)].concat(),
        };
        cx.output.note(&format!("retractions of {of} are not known{reason}"));
    } else if report.modules.iter().any(|row| row.retracted.is_none()) {
        cx.output.note("retractions and deprecations are not known offline");
    }
}

/// Prints all that is known about one module.
pub(super) fn why(cx: &Context, told: &Told, module: &str) {
    let report = &told.report;
    let rows = report.modules.iter().filter(|row| row.path == module);
    columns::print(&cx.output, &rows.map(|row| line(told, row, true)).collect::<Vec<_>>());
    let selected = report.modules.iter().find(|row| row.path == module);
    let because = selected.map(|row| row.because.as_slice()).unwrap_or_default();
    if !because.is_empty() {
        let way: Vec<String> = because.iter().map(name).collect();
        say(cx, &format!("shortest way: {} → {module}", way.join(" → ")));
    }
    for (user, version) in &report.required_by {
        say(cx, &format!("required by {}: {version}", name(user)));
    }
    match report.imports.as_slice() {
        [] if report.error.is_none() => say(cx, "nothing imports it"),
        [] => {}
        packages => say(cx, &format!("imported: {}", packages.join(" → "))),
    }
    remarks(cx, told);
}

/// The line of a module; `whole` says all of it.
fn line(told: &Told, row: &Row, whole: bool) -> Line<2> {
    let asked: Vec<String> = row.asked.iter().map(|asked| place(told, asked)).collect();
    let asked = match asked.as_slice() {
        [] => "not asked".to_owned(),
        asked => format!("asked {}", asked.join(", ")),
    };
    Line {
        cells: [shown(row.path.as_bytes()), asked],
        remark: facts(told, row, whole).join("; "),
        bad: row.error.is_some() && !row.is_unknown_offline,
    }
}

/// A requirement with its place.
fn place(told: &Told, asked: &Asked) -> String {
    let file = told.near.show(&to_bytes(&asked.file));
    format!("{} ({file}:{})", asked.version, asked.line)
}

/// What is to be said about a module, the weightiest first.
fn facts(told: &Told, row: &Row, whole: bool) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(error) = &row.error {
        facts.push(match row.is_unknown_offline {
            true => OFFLINE.to_owned(),
            false if told.silence.has(error) => "not known".to_owned(),
            false => cut(error),
        });
    }
    facts.extend(choice(row, whole));
    if let Some(to) = &row.replaced {
        let version = to.version.as_ref().map(|version| format!(" {version}"));
        facts.push(format!("replaced by {}{}", to.path, version.unwrap_or_default()));
    }
    if let Some(reasons) = row.retracted.as_ref().filter(|reasons| !reasons.is_empty()) {
        let reasons: Vec<String> = reasons.iter().map(|reason| cut(reason)).collect();
        facts.push(format!("retracted: {}", reasons.join(", ")));
        facts.extend(row.newest.as_ref().map(|newest| format!("newest good: {newest}")));
    }
    facts.extend(row.deprecated.as_deref().map(cut).map(|why| format!("deprecated: {why}")));
    if let Some(version) = row.vendored.as_ref().filter(|it| Some(*it) != row.selected.as_ref()) {
        facts.push(format!("vendored {version}"));
    }
    facts.extend(of_go(told, row));
    if let Some(Kind::Pseudo(pseudo)) = row.kind.as_ref().filter(|_| whole) {
        let date = pseudo.time.get(..10).unwrap_or_default();
        let base = pseudo.base.as_ref().map(|base| format!(" after {base}"));
        facts.push(format!("a commit of {date}{}", base.unwrap_or_default()));
    }
    facts
}

/// The version that Go uses, where it is another than the one that is asked for.
fn choice(row: &Row, whole: bool) -> Option<String> {
    let requirer = requirer(row);
    match &row.selected {
        _ if row.is_main => Some("is a module of this workspace".to_owned()),
        None if row.excluded => Some("excluded: the requirement is dropped".to_owned()),
        None => row.error.is_none().then(|| "not selected".to_owned()),
        Some(version) if row.excluded => Some(format!("excluded; selected {version}{requirer}")),
        Some(version) => {
            let told = !row.is_as_asked() || (whole && row.asked.is_empty());
            told.then(|| format!("selected {version}{requirer}"))
        }
    }
}

/// The module that requires the selected version.
fn requirer(row: &Row) -> String {
    match row.because.last() {
        Some(user) => format!(", which {} requires", name(user)),
        None => String::new(),
    }
}

/// The go line of the module, where it is too new.
fn of_go(told: &Told, row: &Row) -> Option<String> {
    let needs = row.go_line.as_deref()?;
    if row.raises_go_line {
        let file = if told.report.mode == Mode::Workspace { "go.work" } else { "go.mod" };
        let (says, line) = told.report.go_line.clone()?;
        return Some(format!("needs Go {needs}, and {file}:{line} says {says}"));
    }
    let runs = told.runs.as_ref().filter(|_| row.go_line_ok == Some(false))?;
    Some(format!("needs Go {needs}, and {runs} runs here"))
}

/// A module with its version.
fn name(step: &Step) -> String {
    match step.version.as_str() {
        "" => step.module.clone(),
        version => format!("{} {version}", step.module),
    }
}

/// Words of a stranger.
fn cut(words: &str) -> String {
    excerpt(words, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_module_is_spoken_of_as_one() {
        let differ = |part, count| of(part, count, ["differs", "differ"]);
        assert_eq!(differ(1, 1), "the one module differs");
        assert_eq!(differ(1, 3), "1 of 3 modules differs");
        assert_eq!(differ(2, 3), "2 of 3 modules differ");
        let none = |count| [none_differs(count, "module"), none_differs(count, "other")];
        assert_eq!(none(1), ["the one module does not differ", "the one other does not differ"]);
        assert_eq!(none(2), ["none of 2 modules differs", "none of the 2 others differs"]);
    }
}

//! The two ways out where Go refuses: another toolchain, or another go line.

use super::make::{self, SetByMake};
use super::members;
use crate::paths::Near;
use goward_resolver::{
    ChainLevel, GoRefusal, Origin, Plan, Source, Survey, ToolchainName, Version,
};
use serde::Serialize;

/// A command that makes Go accept the module, and its effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::commands) struct Cure {
    /// For a shell, in the directory that goward explains.
    pub(in crate::commands) command: String,
    /// The file or the setting that changes.
    pub(in crate::commands) effect: String,
}

/// The cures for `refusal`; `running` is the version that Go refuses.
pub(super) fn cures(
    here: &Survey<'_>,
    plan: &Plan,
    refusal: &GoRefusal,
    running: &Version,
) -> Vec<Cure> {
    let near = Near::new(here.chain.directory.as_deref());
    // As the shim names it: no release that may not exist.
    let version = refusal.floor.version.or_later();
    // A pin above is the pin of others, too.
    let above = plan.selection.source.origin().filter(|origin| near.is_above(&origin.path));
    let above = above.filter(|_| matches!(plan.selection.source, Source::PinFile(_)));
    let here_alone = above.map(|_| Cure {
        command: format!("goward use {version} --here"),
        effect: "for this directory alone".to_owned(),
    });
    let raise = raise(here, plan, &version, &near);
    [raise, here_alone, lower(here, refusal, running, &near)].into_iter().flatten().collect()
}

/// The commands by which the source that decides lets another one decide; none where that takes an
/// edit of a file that says nothing else.
pub(super) fn undo(here: &Survey<'_>, plan: &Plan, running: Option<&Version>) -> Vec<Cure> {
    let near = Near::new(here.chain.directory.as_deref());
    let (command, effect) = match &plan.selection.source {
        Source::Environment(variable) => unset(here, variable),
        Source::GoEnvFile(origin) => take_back(origin, &near),
        Source::PinFile(origin) if near.is_above(&origin.path) => {
            ("goward use VERSION --here".to_owned(), "for this directory alone".to_owned())
        }
        Source::PinFile(_) | Source::Goenv(_) | Source::CommandLine => return Vec::new(),
        _ => {
            let local = switched_off(here, running, &near).map(|cure| vec![cure]);
            return local.or_else(|| past_the_workspace(here, &near)).unwrap_or_default();
        }
    };
    vec![Cure { command, effect }]
}

/// The command that takes `GOTOOLCHAIN=local` back, where it keeps the module file from choosing
/// another Go than the one that runs, of the version `running`.
fn switched_off(here: &Survey<'_>, running: Option<&Version>, near: &Near) -> Option<Cure> {
    let (value, by) = here.chain.gotoolchain().ok()??;
    let module = here.chain.module.as_ref()?.as_ref().ok().filter(|_| value.is_local())?;
    let floor = module.floor(here.chain.go_line().ok()?)?;
    let met = running.map_or(!floor.wish, |running| {
        if floor.wish { floor.selector().matches(running) } else { *running >= floor.version }
    });
    let line = floor.source.origin().filter(|_| !met)?;
    let (command, effect) = match &by {
        Source::Environment(variable) => unset(here, variable),
        Source::GoEnvFile(origin) => take_back(origin, near),
        _ => return None,
    };
    let floor = floor.name.as_ref().map_or_else(|| floor.to_string(), ToString::to_string);
    let (file, line) = (near.show(&line.path), line.line);
    let then = format!("then {file}:{line} decides: {floor}");
    Some(Cure { command, effect: format!("{effect}; {then}") })
}

/// The command that takes the GOTOOLCHAIN of that go/env file back.
pub(super) fn take_back(origin: &Origin, near: &Near) -> (String, String) {
    let file = near.show(&origin.path);
    let effect = format!("takes back what `go env -w` wrote to {file}");
    ("go env -u GOTOOLCHAIN".to_owned(), effect)
}

/// The ways in which the toolchain line of a member counts.
fn past_the_workspace(here: &Survey<'_>, near: &Near) -> Option<Vec<Cure>> {
    let (member, _) = super::seen::member(here)?;
    let wish = ToolchainName::parse(&member.toolchain.as_ref()?.value)?;
    let (work, own) = (here.chain.module.as_ref()?.as_ref().ok()?, near.show(&member.path));
    let alone = format!("in this shell: {own} counts, and no go.work");
    let reach = near.holds_for(&work.path);
    let reach = reach.map(|dir| format!(", which holds for all of {dir}")).unwrap_or_default();
    let file = near.show(&work.path);
    let all = format!("writes the toolchain line of {file}{reach}");
    // A toolchain line below the go line has no effect, and `use` refuses to write it.
    let counts = work.required().is_none_or(|floor| *wish.version() >= floor.version);
    let off = Cure { command: "export GOWORK=off".to_owned(), effect: alone };
    let line = Cure { command: format!("goward use {} --go-mod", wish.version()), effect: all };
    Some([Some(off), counts.then_some(line)].into_iter().flatten().collect())
}

/// Chooses the version that the module asks for, where the present one is chosen.
fn raise(here: &Survey<'_>, plan: &Plan, version: &str, near: &Near) -> Option<Cure> {
    let changed = |origin: &Origin| changes(origin, near);
    let (command, effect) = match &plan.selection.source {
        Source::PinFile(origin) => (format!("goward use {version}"), changed(origin)),
        Source::Goenv(origin) => (format!("goward use {version} --goenv"), changed(origin)),
        Source::GoEnvFile(origin) => ("go env -u GOTOOLCHAIN".to_owned(), changed(origin)),
        Source::CommandLine => (format!("go +{version} …"), "for this call".to_owned()),
        Source::Environment(variable) => unset(here, variable),
        // The toolchain of a level below; only a variable can keep Go from switching.
        _ => match here.chain.gotoolchain() {
            Ok(Some((_, Source::Environment(variable)))) => unset(here, variable),
            Ok(Some((_, Source::GoEnvFile(origin)))) => {
                ("go env -u GOTOOLCHAIN".to_owned(), changed(&origin))
            }
            _ => (format!("goward use {version}"), "writes .go-version".to_owned()),
        },
    };
    Some(Cure { command, effect })
}

/// The command that takes a variable out of this shell.
pub(super) fn unset(here: &Survey<'_>, variable: &str) -> (String, String) {
    let (near, make) = (Near::new(here.chain.directory.as_deref()), make::above(here));
    let line = make.as_ref().filter(|make| make.sets(variable)).and_then(SetByMake::line);
    let effect = match (line, here.chain.env().get("MAKELEVEL")) {
        (Some(line), _) => {
            format!("in the recipe, or take {} out", line.place(&near))
        }
        (None, Some(_)) => "in the recipe or the Makefile that sets it".to_owned(),
        (None, None) => {
            "in this shell; and look for the line that sets it, in the start-up files".to_owned()
        }
    };
    (format!("unset {variable}"), effect)
}

/// Asks for no more than the version that runs; none where a member of the workspace asks for more.
pub(in crate::commands) fn lower(
    here: &Survey<'_>,
    refusal: &GoRefusal,
    running: &Version,
    near: &Near,
) -> Option<Cure> {
    let number = refusal.lower(running)?;
    let origin = refusal.floor.source.origin()?;
    let says = Version::parse(&number);
    if origin.path.ends_with(b".work") && members::highest_member(here) > says {
        return None;
    }
    let command = edit_command(&format!("-go={number}"), origin, near);
    Some(Cure { command, effect: changes(origin, near) })
}

/// Go's own command that edits this module file.
pub(super) fn edit_command(flag: &str, origin: &Origin, near: &Near) -> String {
    let what = if origin.path.ends_with(b"go.work") { "work" } else { "mod" };
    if near.is_above(&origin.path) || origin.path.ends_with(b".work") {
        format!("go {what} edit {flag} {}", near.word(&origin.path))
    } else {
        format!("go {what} edit {flag}")
    }
}

/// The effect of a change of this file.
pub(super) fn changes(origin: &Origin, near: &Near) -> String {
    let file = near.show(&origin.path);
    match near.holds_for(&origin.path) {
        Some(dir) => format!("changes {file}, which holds for all of {dir}"),
        None => format!("changes {file}"),
    }
}

/// The name of a level in a sentence.
pub(super) fn level_name(level: ChainLevel) -> &'static str {
    match level {
        ChainLevel::CommandLine => "the command line",
        ChainLevel::Environment => "the environment",
        ChainLevel::Goenv => "the .goenv",
        ChainLevel::GoEnvFile => "the go/env file",
        ChainLevel::PinFile => "the pin",
        ChainLevel::Module => "the module file",
        ChainLevel::Default => "the default",
        ChainLevel::System => "the system's Go",
        ChainLevel::Newest => "the newest installed Go",
    }
}

/// A line of a file, or the file where there is no line, under its shown name.
pub(super) fn place(origin: &Origin, file: &str) -> String {
    if origin.line == 0 { file.to_owned() } else { format!("{file}:{}", origin.line) }
}

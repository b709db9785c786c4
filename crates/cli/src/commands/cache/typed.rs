//! A command of go that the user typed behind `--`, with what Go says of its keys.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::to_bytes;
use crate::real_go::failed;
use goward_govern::buildcache::HashLog;
use goward_govern::go::{Go, Line};
use goward_resolver::shown;
use std::ffi::OsString;
use std::path::Path;

/// Refuses a command line that is not go's; `purpose` is what it would be for.
pub(super) fn check(command: &[OsString], purpose: &str) -> Result<()> {
    match command.first() {
        Some(first) if first != "go" => {
            let name = shown(&to_bytes(Path::new(first)));
            Err(Failure::new(Exit::Usage, format!("{name} is not go, {purpose}"))
                .hint("write a command of go behind --, such as 'go build ./...'"))
        }
        _ => Ok(()),
    }
}

/// Runs it with these variables besides, as the shim would. Of each line on stderr `hear` is asked whether it was about
/// keys; all others are shown, but for lines about keys on stdout. Returns whether the command succeeded.
pub(super) fn run(
    cx: &Context,
    command: &[OsString],
    variables: &[(&str, OsString)],
    hear: &mut dyn FnMut(&[u8]) -> bool,
) -> Result<bool> {
    let argv: Vec<Vec<u8>> = command.iter().map(|word| to_bytes(Path::new(word))).collect();
    let argv: Vec<&[u8]> = argv.iter().map(Vec::as_slice).collect();
    let here = cx.survey_for(&argv)?;
    let plan = here.plan()?;
    if let Some(miss) = &plan.miss {
        let message = format!("Go {} is not installed", miss.selector);
        let hint = format!("run: goward install {}", miss.selector);
        return Err(Failure::new(Exit::NotFound, message).hint(hint));
    }
    let launch = plan.launch.clone()?;
    launch.notes.iter().for_each(|note| cx.output.note(note));
    let mut go = Go::as_typed(&here, &launch);
    for (key, value) in variables {
        go = go.with(key, value);
    }
    let given = variables.iter().rev().find(|(key, _)| *key == "GODEBUG");
    let own = match given {
        Some((_, value)) => Some(shown(&to_bytes(Path::new(value)))),
        None => cx.text("GODEBUG"),
    };
    let own = own.filter(|own| !own.is_empty());
    let mut debug = own.map_or(String::new(), |own| format!("{own},"));
    debug.push_str("gocachehash=1");
    let args = &command[if launch.drop_selector { 2 } else { 1 }..];
    let mut each = |line: Line<'_>| {
        let (line, is_heard) = match line {
            Line::Words(line) => (line, hear(line)),
            // A Go that Go starts prints there what it says of its own keys.
            Line::Output(line) => (line, HashLog::is_one(line)),
        };
        if !is_heard {
            cx.output.note(&format!("go: {}", shown(line)));
        }
    };
    go.with("GODEBUG", debug).run_typed(args, &mut each).map_err(|error| failed(&error))
}

//! The answer for programs.

use super::asked::Told;
use super::pin::Pin;
use crate::context::Context;
use crate::failure::Result;
use crate::paths::{text, to_bytes};
use goward_govern::compat::debug::Step;
use goward_govern::compat::{Ceiling, Reason, Removed, Trial, Untidy};
use serde::Serialize;
use std::path::Path;

#[derive(Serialize)]
struct Document<'t> {
    toolchain: &'t str,
    floor: Least<'t>,
    /// The floor without go lines of the module's and the workspace's own.
    code: Option<&'t str>,
    needs_go_line: Option<&'t str>,
    above: Option<&'t str>,
    exact: bool,
    doubts: &'t [String],
    ceiling: Option<Most<'t>>,
    recommended: Option<&'t str>,
    recommended_eol: Option<bool>,
    runs: Option<&'t str>,
    matrix: Option<Vec<Tried<'t>>>,
    godebug: Option<Change<'t>>,
    removed: Vec<Gone<'t>>,
    untidy: Option<Lack<'t>>,
    pin_below_floor: Option<Low<'t>>,
}

#[derive(Serialize)]
struct Lack<'t> {
    reason: &'t str,
    command: &'static str,
}

#[derive(Serialize)]
struct Low<'t> {
    version: &'t str,
    file: Option<String>,
    line: Option<u32>,
}

#[derive(Serialize)]
struct Least<'t> {
    version: &'t str,
    reasons: Vec<Why<'t>>,
}

#[derive(Serialize)]
struct Why<'t> {
    kind: &'static str,
    version: &'t str,
    module: Option<&'t str>,
    symbol: Option<&'t str>,
    file: Option<String>,
    line: Option<u32>,
    message: &'t str,
}

#[derive(Serialize)]
struct Most<'t> {
    version: &'t str,
    reason: &'t str,
}

#[derive(Serialize)]
struct Tried<'t> {
    version: &'t str,
    build: Option<bool>,
    vet: Option<bool>,
    test: Option<bool>,
    seconds: Option<f64>,
    error: Option<&'t str>,
}

#[derive(Serialize)]
struct Change<'t> {
    from: &'t str,
    to: &'t str,
    lost: Vec<Setting<'t>>,
    changed: Vec<Setting<'t>>,
}

#[derive(Serialize)]
struct Setting<'t> {
    name: &'t str,
    value: &'t str,
}

#[derive(Serialize)]
struct Gone<'t> {
    #[serde(flatten)]
    setting: Setting<'t>,
    by: &'t str,
    file: String,
    line: u32,
}

/// Prints the document.
pub(super) fn print(cx: &Context, told: &Told) -> Result<()> {
    let report = &told.report;
    cx.output.object(&Document {
        toolchain: &told.toolchain,
        floor: Least {
            version: report.floor.as_str(),
            reasons: report.reasons.iter().map(Why::of).collect(),
        },
        code: report.code.as_ref().map(|version| version.as_str()),
        needs_go_line: report.beyond_go_line().map(|(reason, _)| reason.version.as_str()),
        above: report.above.as_ref().map(|version| version.as_str()),
        exact: report.is_exact(),
        doubts: &report.doubts,
        ceiling: report.ceiling.as_ref().map(Most::of),
        recommended: told.recommended.as_ref().map(|it| it.version.as_str()),
        recommended_eol: told.recommended.as_ref().map(|it| it.eol),
        runs: told.runs.as_ref().map(|version| version.as_str()),
        matrix: told.trials.as_ref().map(|trials| trials.iter().map(Tried::of).collect()),
        godebug: told.step.as_ref().map(Change::of),
        removed: report.removed.iter().map(Gone::of).collect(),
        untidy: report.untidy.as_ref().map(|Untidy { reason, command }| Lack { reason, command }),
        pin_below_floor: told.low.as_ref().map(Low::of),
    })
}

fn place(path: &Path) -> String {
    text(&to_bytes(path))
}

impl Why<'_> {
    fn of(reason: &Reason) -> Why<'_> {
        Why {
            kind: reason.cause.name(),
            version: reason.version.as_str(),
            module: reason.module.as_deref(),
            symbol: reason.symbol.as_deref(),
            file: reason.file.as_deref().map(place),
            line: reason.line,
            message: &reason.message,
        }
    }
}

impl Low<'_> {
    fn of(pin: &Pin) -> Low<'_> {
        let origin = pin.source.origin();
        let (file, line) =
            (origin.map(|origin| text(&origin.path)), origin.map(|origin| origin.line));
        Low { version: pin.version.as_str(), file, line }
    }
}

impl Most<'_> {
    fn of(ceiling: &Ceiling) -> Most<'_> {
        Most { version: ceiling.version.as_str(), reason: &ceiling.reason }
    }
}

impl Tried<'_> {
    fn of(trial: &Trial) -> Tried<'_> {
        let Trial { version, build, vet, test, took, error } = trial;
        // Tenths are enough, and no two runs have the same digits behind them.
        let seconds = trial.is_tried().then(|| (took.as_secs_f64() * 10.0).round() / 10.0);
        let (version, error) = (version.as_str(), error.as_deref());
        Tried { version, build: *build, vet: *vet, test: *test, seconds, error }
    }
}

impl Change<'_> {
    fn of(step: &Step) -> Change<'_> {
        let settings = |all: &[(&'static str, &'static str)]| {
            all.iter().map(|&(name, value)| Setting { name, value }).collect()
        };
        let (lost, changed) = (settings(&step.lost), settings(&step.changed));
        Change { from: step.from.as_str(), to: step.to.as_str(), lost, changed }
    }
}

impl Gone<'_> {
    fn of(removed: &Removed) -> Gone<'_> {
        let Removed { name, value, by, file, line } = removed;
        let setting = Setting { name, value };
        Gone { setting, by: by.as_str(), file: place(file), line: *line }
    }
}

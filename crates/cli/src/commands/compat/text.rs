//! The answer for people: the least release with its reasons, the greatest, the one to take, what an upgrade
//! changes, and what was tried.

use super::asked::Told;
use crate::context::Context;
use crate::output::columns::{self, Line};
use crate::output::page::{width, wrapped};
use crate::paths::to_bytes;
use goward_govern::compat::{Cause, Reason, Recommended, Trial, Untidy};
use goward_govern::excerpt::excerpt;
use goward_resolver::Version;

/// The longest that a stranger's words may be, in characters.
const LONGEST: usize = 120;

/// Prints it.
pub(super) fn print(cx: &Context, told: &Told) {
    // Two tables: what the one has in its columns would make the other wide.
    columns::print(&cx.output, &needs(told));
    columns::print(&cx.output, &[most(told), take(told)]);
    for line in sentences(told, cx.verbose) {
        wrapped(&line, "", width()).iter().for_each(|line| cx.output.line(line));
    }
    if let Some(trials) = &told.trials {
        columns::print(&cx.output, &trials.iter().map(tried).collect::<Vec<_>>());
    }
    if cx.verbose {
        cx.output.note(&format!("{} was asked", told.toolchain));
    }
}

fn line(cells: [String; 3], remark: &str) -> Line<3> {
    Line { cells, remark: remark.to_owned(), bad: false }
}

/// Of each cause the reason that asks for most, the newest release first.
fn needs(told: &Told) -> Vec<Line<3>> {
    let mut seen: Vec<Cause> = Vec::new();
    let mut lines = Vec::new();
    for reason in &told.report.reasons {
        if seen.contains(&reason.cause) {
            continue;
        }
        seen.push(reason.cause);
        let same = |other: &&Reason| other.cause == reason.cause && other.version == reason.version;
        let more = told.report.reasons.iter().filter(same).count() - 1;
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        let label = if lines.is_empty() { "needs  " } else { "" };
        let cells =
            [label.to_owned(), format!("go{}", reason.version), words(told, reason) + &more];
        lines.push(line(cells, kind(reason.cause)));
    }
    lines
}

/// What needs it, and where that stands.
fn words(told: &Told, reason: &Reason) -> String {
    let place = place(told, reason);
    let what = match reason.cause {
        Cause::GoLine | Cause::Work if reason.line.is_some() => return place,
        Cause::Dependency => reason.module.clone().unwrap_or_default(),
        Cause::Symbol => reason.symbol.clone().unwrap_or_default(),
        // Types are of little use here, and long.
        Cause::Language => cut(reason.message.split(" (").next().unwrap_or_default()),
        _ => cut(&reason.message),
    };
    let of = match (&reason.module, reason.cause) {
        (Some(module), Cause::Import | Cause::Symbol | Cause::Language) => format!("{module}, "),
        _ => String::new(),
    };
    match place.is_empty() {
        true => what,
        false => format!("{what}, {of}{place}"),
    }
}

/// Where it stands, if that is known.
fn place(told: &Told, reason: &Reason) -> String {
    let place = reason.file.as_ref().map(|file| {
        let file = match (&reason.module, file.file_name()) {
            // The place of a dependency's file is of no use but for its name.
            (Some(_), Some(name)) if reason.cause != Cause::Dependency => name.as_ref(),
            _ => file.as_path(),
        };
        let file = told.near.show(&to_bytes(file));
        reason.line.map_or(file.clone(), |line| format!("{file}:{line}"))
    });
    place.unwrap_or_default()
}

fn kind(cause: Cause) -> &'static str {
    match cause {
        Cause::GoLine | Cause::Work => "(go line)",
        Cause::Dependency => "(dependency's go line)",
        Cause::Directive => "(module file)",
        Cause::Import => "(standard library)",
        Cause::Symbol => "(built-in API)",
        Cause::Language => "(language)",
        Cause::Build => "(tried)",
    }
}

fn most(told: &Told) -> Line<3> {
    let label = "at most".to_owned();
    match &told.report.ceiling {
        Some(ceiling) => {
            let cells = [label, format!("go{}", ceiling.version), cut(&ceiling.reason)];
            Line {
                bad: ceiling.version.language() < told.report.floor.language(),
                ..line(cells, "")
            }
        }
        None => {
            let minor = told.report.floor.language();
            let hint = match &told.trials {
                Some(_) => "no release that was tried is too new".to_owned(),
                None => format!("to try newer releases: --matrix {minor}..latest"),
            };
            line([label, "unknown".to_owned(), hint], "")
        }
    }
}

fn take(told: &Told) -> Line<3> {
    let label = "use".to_owned();
    let Some(Recommended { version, eol }) = &told.recommended else {
        let cells = [label, "none".to_owned(), "no known release meets it".to_owned()];
        return Line { bad: true, ..line(cells, "") };
    };
    let floor = told.report.floor.language();
    let ended = !told.supported.contains(&floor) && version.language() != floor;
    let why = match (eol, ended) {
        (true, _) => "the newest that does; it has reached its end of life".to_owned(),
        (false, true) => {
            format!("lowest supported minor; {floor} has reached its end of life")
        }
        (false, false) => "newest patch of the lowest minor that meets it".to_owned(),
    };
    line([label, version.to_string(), why], "")
}

/// What is to be said besides.
fn sentences(told: &Told, verbose: bool) -> Vec<String> {
    let report = &told.report;
    let mut lines = Vec::new();
    lines.extend(told.runs.as_ref().and_then(|runs| fit(told, runs)));
    lines.extend(untidy(told));
    if let Some(pin) = &told.low {
        let instead = told.recommended.as_ref().map(|it| &it.version);
        lines.push(pin.told(&told.near, instead));
    }
    if let Some((reason, go_mod)) = report.beyond_go_line() {
        let command = match told.is_workspace {
            true => {
                format!("go mod edit -go={} {}", reason.version, told.near.word(&to_bytes(go_mod)))
            }
            false => format!("go mod edit -go={}", report.floor),
        };
        lines.push(format!(
            "no release builds this module while its go line says less; run: {command}"
        ));
    }
    if report.code.as_ref() < Some(&report.floor) {
        let needs = match &report.code {
            Some(code) => format!("all else needs only go{code}"),
            None => "nothing else needs a newer one than 1.21".to_owned(),
        };
        lines.push(format!("the go line asks for most: {needs}"));
    }
    if let Some(above) = &report.above {
        lines.push(format!(
            "may need less: releases between go{above} and go{} are not installed, and so not tried",
            report.floor
        ));
    }
    lines.extend(report.doubts.iter().map(|doubt| format!("may need more: {}", cut(doubt))));
    lines.extend(report.removed.iter().map(|removed| {
        let place = told.near.show(&to_bytes(&removed.file));
        let (name, value) = (&removed.name, &removed.value);
        format!("{place}:{}: Go {} has removed {name}={value}", removed.line, removed.by)
    }));
    lines.extend(steps(told, verbose));
    lines
}

/// What an upgrade changes.
fn steps(told: &Told, verbose: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if told.step.is_none() && told.is_step_asked {
        lines.push("what an upgrade changes depends on a go line, and there is none".to_owned());
    }
    if let Some(step) = &told.step {
        let names = |all: &[(&'static str, &'static str)]| {
            all.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
        };
        if step.from == step.to && told.is_step_asked {
            let same =
                format!("both releases are of Go {}, which changes no setting of GODEBUG", step.to);
            return vec![same];
        }
        let moving = format!("moving from {} to {}", step.from, step.to);
        if !step.lost.is_empty() {
            let lost = names(&step.lost);
            lines.push(format!("{moving} changes, with the go line as it is: {lost}"));
        } else if verbose || told.is_step_asked {
            lines
                .push(format!("{moving} changes no setting of GODEBUG, with the go line as it is"));
        }
        if verbose && !step.changed.is_empty() {
            let changed = names(&step.changed);
            lines.push(format!("a go line of {} changes, too: {changed}", step.to));
        }
    }
    lines
}

/// Whether what runs here meets it, unless something else is to be said first.
fn fit(told: &Told, runs: &Version) -> Option<String> {
    let report = &told.report;
    if report.beyond_go_line().is_some() || report.untidy.is_some() {
        return None;
    }
    let most = report.ceiling.as_ref().map(|most| most.version.language());
    let meets = *runs >= report.floor && most.is_none_or(|most| runs.language() <= most);
    match (meets, &told.low) {
        (true, _) => Some(format!("{runs}, which runs here, meets it: no pin is needed")),
        (false, None) => Some(format!("{runs}, which runs here, does not meet it")),
        (false, Some(_)) => None,
    }
}

/// That no release builds it by its module files, and what to do.
pub(super) fn untidy(told: &Told) -> Option<String> {
    let Untidy { reason, command } = told.report.untidy.as_ref()?;
    Some(format!("no release builds and tests it as it is: {}; run: {command}", cut(reason)))
}

/// How a release fared.
fn tried(trial: &Trial) -> Line<3> {
    let step = |name: &str, passed: Option<bool>| match passed {
        Some(true) => format!("{name} ok"),
        Some(false) => format!("{name} fails"),
        None => String::new(),
    };
    let steps = [("build", trial.build), ("vet", trial.vet), ("test", trial.test)];
    let steps: Vec<String> = steps.into_iter().map(|(name, passed)| step(name, passed)).collect();
    let steps: Vec<String> = steps.into_iter().filter(|step| !step.is_empty()).collect();
    let took = match trial.is_tried() {
        true => format!("{:.1} s", trial.took.as_secs_f64()),
        false => String::new(),
    };
    let cells = [format!("go{}", trial.version), steps.join(", "), took];
    let error = trial.error.as_deref().map(cut).unwrap_or_default();
    Line { cells, remark: error, bad: trial.is_tried() && !trial.passes() }
}

/// Words of a stranger.
fn cut(words: &str) -> String {
    excerpt(words, LONGEST)
}

//! A line for each program: file, version, platform, linkage, and what is to be said besides.

use super::judged::Judged;
use crate::context::Context;
use crate::output::columns::{self, Line};
use crate::paths::{Shown as _, text};
use goward_gobin::{Forced, Format, Found, Program};
use goward_govern::condition::Condition;
use std::borrow::Cow;

/// Prints the lines.
pub(super) fn print(cx: &Context, judged: &[Judged<'_>]) {
    let line = |one: &Judged<'_>| Line {
        cells: [
            name(one),
            text(&one.program.info.version),
            platform(one),
            linkage(one).into_owned(),
        ],
        remark: remark(one),
        bad: one.is_refused() || one.forced == Forced::Yes,
    };
    columns::print(&cx.output, &judged.iter().map(line).collect::<Vec<_>>());
}

/// The file, with its part.
pub(super) fn name(judged: &Judged<'_>) -> String {
    match &judged.program.part {
        Some(part) => format!("{} ({part})", judged.path.shown()),
        None => judged.path.shown(),
    }
}

/// `linux/amd64`.
pub(super) fn platform(judged: &Judged<'_>) -> String {
    let Program { os, arch, .. } = judged.program;
    [os.as_deref().unwrap_or("?"), "/", arch.as_deref().unwrap_or("?")].concat()
}

/// How it is linked, and what it needs most.
pub(super) fn linkage(judged: &Judged<'_>) -> Cow<'static, str> {
    let (program, needs) = (judged.program, &judged.program.needs);
    match program.format {
        Format::GoObject => "package".into(),
        _ if !needs.linked => "not linked".into(),
        _ if needs.is_static() => "static".into(),
        _ if needs.musl() => "dynamic, musl".into(),
        _ => match &needs.glibc_at_least {
            Some(version) => format!("dynamic, needs GLIBC_{version}").into(),
            None => "dynamic".into(),
        },
    }
}

fn remark(judged: &Judged<'_>) -> String {
    let mut remarks = Vec::new();
    let refused = judged.conditions.iter().filter_map(|(condition, why)| {
        why.as_ref().map(|why| format!("refused: {condition} ({why})"))
    });
    remarks.extend(refused);
    let told =
        |(condition, why): &(&Condition, Option<String>)| condition.is_of_forced() && why.is_some();
    if judged.forced == Forced::Yes && !judged.conditions.iter().any(told) {
        remarks.push(format!("version forced ({})", judged.reasons.join("; ")));
    }
    remarks.extend(judged.unlisted().map(str::to_owned));
    if judged.program.found == Found::Search {
        remarks.push("found by search".to_owned());
    }
    if let Some(older) = judged.older.as_ref().filter(|older| older.floor) {
        remarks.push(format!("older than Go {} of {}", older.than, older.by));
        remarks.extend(older.command.as_ref().map(|command| format!("run: {command}")));
    }
    if !judged.conditions.is_empty() && !judged.is_refused() {
        remarks.insert(0, "ok".to_owned());
    }
    remarks.join(", ")
}

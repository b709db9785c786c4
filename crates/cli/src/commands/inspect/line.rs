//! A line for each program: file, version, platform, linkage, and what is to be said besides.

use super::judged::Judged;
use crate::context::Context;
use crate::output::Style;
use crate::output::page::{width, wrapped};
use crate::paths::{Shown as _, text};
use goward_gobin::{Forced, Format, Found};
use goward_govern::condition::Condition;
use textwrap::core::display_width;

/// The parts of a line before the last one, which is a remark.
const COLUMNS: usize = 4;

/// Prints the lines, in columns if the window has room for them.
pub(super) fn print(cx: &Context, judged: &[Judged<'_>]) {
    let rows: Vec<_> = judged.iter().map(|one| (one, cells(one), remark(one))).collect();
    let wide = |at: usize| {
        let cells = rows.iter().map(|(_, cells, _)| display_width(&cells[at]));
        cells.max().unwrap_or_default()
    };
    let widths: [usize; COLUMNS] = std::array::from_fn(wide);
    let room = width();
    let line = |cells: &[String; COLUMNS], remark: &str| {
        let cells = cells.iter().zip(widths);
        let padded = cells.map(|(cell, to)| {
            format!("{cell}{}  ", " ".repeat(to.saturating_sub(display_width(cell))))
        });
        format!("{}{remark}", padded.collect::<String>()).trim_end().to_owned()
    };
    let fits = rows.iter().all(|(_, cells, remark)| display_width(&line(cells, remark)) <= room);
    for (one, cells, remark) in &rows {
        let bad = one.is_refused() || one.forced == Forced::Yes;
        let print = |text: &str| match bad {
            true => cx.output.line(&cx.output.paint(Style::Bad, text)),
            false => cx.output.line(text),
        };
        if fits {
            print(&line(cells, remark));
            continue;
        }
        print(&cells[0]);
        let rest = cells[1..].join("  ");
        for text in [rest.as_str(), remark].into_iter().flat_map(|text| wrapped(text, "    ", room))
        {
            print(&text);
        }
    }
}

fn cells(judged: &Judged<'_>) -> [String; COLUMNS] {
    let program = judged.program;
    [name(judged), text(&program.info.version), platform(judged), linkage(judged)]
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
    let unknown = || "?".to_owned();
    let program = judged.program;
    let (os, arch) = (program.os.clone(), program.arch.clone());
    format!("{}/{}", os.unwrap_or_else(unknown), arch.unwrap_or_else(unknown))
}

/// How it is linked, and what it needs most.
pub(super) fn linkage(judged: &Judged<'_>) -> String {
    let (program, needs) = (judged.program, &judged.program.needs);
    match program.format {
        Format::GoObject => "package".to_owned(),
        _ if !needs.linked => "not linked".to_owned(),
        _ if needs.is_static() => "static".to_owned(),
        _ if needs.musl() => "dynamic, musl".to_owned(),
        _ => match &needs.glibc_at_least {
            Some(version) => format!("dynamic, needs GLIBC_{version}"),
            None => "dynamic".to_owned(),
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
    if judged.program.found == Found::Search {
        remarks.push("found by search".to_owned());
    }
    if let Some(older) = judged.older.as_ref().filter(|older| older.floor) {
        remarks.push(format!("older than Go {} of {}", older.than, older.by));
        remarks.extend(older.command.as_ref().map(|command| format!("run: {command}")));
    }
    if remarks.is_empty() && !judged.conditions.is_empty() {
        remarks.push("ok".to_owned());
    }
    remarks.join(", ")
}

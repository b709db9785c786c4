//! `goward explain`: the reason why `go` here runs its toolchain.

mod end_of_life;
mod floors;
mod levels;
mod remarks;
mod report;

use crate::context::Context;
use crate::failure::Result;
use crate::output::Style;
use crate::paths::shown;
use clap::Args;
use levels::{Row, Status};
use report::Report;
use std::ffi::OsString;
use std::path::PathBuf;

pub(super) use report::NOT_SHOWN;

/// Explains.
#[derive(Debug, Args)]
#[command(after_help = "\
The levels are looked at from 1 to 9, and the first that names a toolchain wins; `>` marks it, and\n`!` what has to be mended first.

JSON: directory, command, levels (level, source, status, value, file, line, reason), decided (level,
source, file, line, wants), runs (program, goroot, toolchain), installs (selector, at_least,
wanted_by), end_of_life (minor, ended_by), environment (name, value; null removes), remarks, error.
status is one of won, outranked, not-reached, silent, off, refused, absent.

Examples:
  goward explain
  goward explain ~/src/other
  goward explain -- +1.22 build ./...
  goward explain --json | jq .decided")]
pub(crate) struct Explain {
    /// The directory to look from
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// The arguments of `go`; by default `build`
    #[arg(last = true, value_name = "ARGS")]
    args: Vec<OsString>,
}

impl Explain {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        if let Some(dir) = &self.dir {
            cx.ask_about(dir)?;
        }
        let mut argv: Vec<&[u8]> = vec![b"go"];
        argv.extend(self.args.iter().map(|arg| arg.as_encoded_bytes()));
        if self.args.is_empty() {
            argv.push(b"build");
        }
        crate::shim::warn(cx);
        let report = Report::make(cx, &argv)?;
        if self.json {
            return cx.output.object(&report);
        }
        print(cx, &report);
        Ok(())
    }
}

fn print(cx: &Context, report: &Report) {
    let say = |text: &str| cx.output.line(text.trim_end());
    let command = shown(report.command.join(" ").as_bytes());
    let place = report.directory.as_deref().unwrap_or("a directory that was deleted");
    say(&format!("In {}, `{command}` {}", shown(place.as_bytes()), report.headline()));
    say("");
    let width = |level: &Row| cx.output.home.shorten(&level.value_text()).chars().count();
    let width = report.levels.iter().map(width).max();
    for level in &report.levels {
        say(&row(cx, level, width.unwrap_or_default().min(24)));
    }
    say("");
    if let Some(installs) = &report.installs {
        say(&format!("{:<8} {} first", "installs", installs.in_words()));
    }
    for (at, change) in report.visible_changes().enumerate() {
        let label = if at == 0 { "changes" } else { "" };
        say(&format!("{label:<8} {}", shown(change.as_bytes())));
    }
    if let Some(runs) = &report.runs {
        let program = shown(runs.program.as_bytes());
        say(&match report.installs {
            Some(_) => format!("{:<8} {program}, if that cannot be had", "else"),
            None => format!("{:<8} {program}", "runs"),
        });
    }
    if let Some(end) = &report.end_of_life {
        say(&format!("{:<8} {end}", "note"));
    }
    for remark in &report.remarks {
        say(&format!("{:<8} {remark}", "note"));
    }
    if let Some(error) = &report.error {
        say(&format!("{} {error}", cx.output.paint(Style::Bad, "error   ")));
    }
}

fn row(cx: &Context, level: &Row, width: usize) -> String {
    let value = cx.output.home.shorten(&level.value_text());
    let padding = " ".repeat(width.saturating_sub(value.chars().count()));
    let mark = match level.status {
        Status::Won => ">",
        Status::Refused => "!",
        _ => " ",
    };
    let head = format!("{mark} {}  {:<14} {value}{padding}", level.level, level.title);
    let tail = match &level.origin_text() {
        Some(origin) if level.reason.is_empty() => origin.clone(),
        Some(origin) => format!("{origin}: {}", level.reason),
        None => level.reason.clone(),
    };
    let style = match level.status {
        Status::Won => Style::Strong,
        Status::Refused => Style::Bad,
        _ => return format!("{head}  {}", cx.output.paint(Style::Faint, &tail)),
    };
    format!("{}  {tail}", cx.output.paint(style, &head))
}

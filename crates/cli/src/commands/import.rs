//! `goward import`: brings over what other managers of toolchains have, by one plan.

mod defaults;
mod leftovers;
mod page;
mod pins;
mod plan;
mod toolchains;

use crate::commands::adopt::found::GO;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::output::is_ci;
use crate::paths::Shown as _;
use crate::workshop::Workshop;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueHint};
use goward_govern::peers::{self, Peer};
use plan::Plan;
use std::io::IsTerminal as _;
use std::path::PathBuf;

/// Imports.
#[derive(Debug, Args)]
#[command(after_help = "\
First it prints a plan: toolchains that Go's checksum database proves are copied; built or changed ones
are installed anew from a mirror; the default becomes goward's if it has none; versions in mise.toml,
.prototools and .vfox.toml of this project go into a .go-version where there is none. Then it asks. It lists
what stays behind: tools, lines of start-up files, variables. It changes and removes nothing of other
tools, runs nothing of theirs, and can be run again at any time.

Examples:
  goward import                    from every manager on this machine
  goward import goenv mise         from these two
  goward import --dry-run          the plan alone
  goward import gvm --project ~/src --yes      without a question, for all projects below ~/src")]
pub(crate) struct Import {
    /// The tools to import from [default: all that are found]
    #[arg(
        value_name = "TOOL",
        value_parser = PossibleValuesParser::new(tools()),
        hide_possible_values = true,
        ignore_case = true
    )]
    tools: Vec<String>,
    /// The directory whose projects get their versions written down, with all below it [default: the
    /// project around this directory]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    project: Option<PathBuf>,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Print the plan, and do nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Print the plan as JSON, and do nothing: toolchains, defaults, pins, tools, leftovers, done
    #[arg(long, conflicts_with = "yes")]
    json: bool,
}

/// The words for the tools.
fn tools() -> impl Iterator<Item = PossibleValue> {
    let peers = peers::all().into_iter().map(|peer| {
        let value = PossibleValue::new(peer.word());
        if peer.name == "golang.org/dl" { value.alias("sdk") } else { value }
    });
    peers.chain([PossibleValue::new(GO).help("Go's own module cache")])
}

/// The tools that the user asks about.
pub(super) struct Wanted<'a>(&'a [String]);

impl Wanted<'_> {
    /// Whether a manager is among them.
    fn has(&self, peer: Peer) -> bool {
        let word = peer.word();
        let sdk = peer.name == "golang.org/dl";
        let names = |tool: &String| {
            tool.eq_ignore_ascii_case(word) || sdk && tool.eq_ignore_ascii_case("sdk")
        };
        self.0.is_empty() || self.0.iter().any(names)
    }

    /// Whether Go itself is among them.
    fn has_go(&self) -> bool {
        self.0.is_empty() || self.0.iter().any(|tool| tool.eq_ignore_ascii_case(GO))
    }
}

impl Import {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        if let Some(dir) = self.project.clone() {
            cx.ask_about(&dir)?;
        }
        let workshop = Workshop::open(cx)?;
        let plan = Plan::of(cx, &workshop, &Wanted(&self.tools), self.project.as_deref())?;
        if self.json {
            return cx.output.object(&plan);
        }
        plan.print(cx);
        if !plan.has_steps() {
            cx.output.note(match plan.done {
                true => "there is nothing to import",
                false => "nothing can be imported now, for the reasons above",
            });
            return Ok(());
        }
        if self.dry_run || !self.is_meant(cx)? {
            return Ok(());
        }
        self.carry_out(cx, &workshop, &plan)
    }

    /// Whether the user agrees to the plan that stands above.
    fn is_meant(&self, cx: &Context) -> Result<bool> {
        if self.yes {
            return Ok(true);
        }
        if is_ci() || !std::io::stdin().is_terminal() {
            let command = self.command();
            cx.output.note(&format!("nothing was done; to do it, run: {command}"));
            return Ok(false);
        }
        let answer = cx.output.insists("do all this?");
        let meant =
            answer.map_err(|error| Failure::new(Exit::Failure, "cannot ask").because(error))?;
        if !meant {
            cx.output.note("nothing was done");
        }
        Ok(meant)
    }

    /// The command that does it without a question.
    fn command(&self) -> String {
        let tools = self.tools.iter().map(|tool| format!(" {tool}"));
        let project = self.project.iter().map(|dir| format!(" --project {}", dir.word("DIR")));
        format!("goward import{}{} --yes", tools.collect::<String>(), project.collect::<String>())
    }

    /// Does what the plan says. A step that fails is no reason to leave the others.
    fn carry_out(&self, cx: &Context, workshop: &Workshop<'_>, plan: &Plan) -> Result<()> {
        let mut failed = Vec::new();
        let mut all = 0;
        let mut take = |result: Result<()>| {
            all += 1;
            if let Err(failure) = result {
                cx.output.failure(&failure);
                failed.push(failure.exit);
            }
        };
        for row in plan.toolchains.iter().filter(|row| row.is_to_do()) {
            take(row.carry_out(workshop));
        }
        for row in plan.defaults.iter().filter(|row| row.is_to_do()) {
            take(row.carry_out(cx, &workshop.store));
        }
        for row in plan.pins.iter().filter(|row| row.is_to_do()) {
            take(row.carry_out(cx));
        }
        if failed.is_empty() {
            cx.output.note("the originals stay where they are; what is imported is goward's own");
            return Ok(());
        }
        let count = failed.len();
        let message = format!("{count} of {all} steps failed");
        Err(Failure::new(Exit::Failure, message).hint(format!(
            "what is done stays done; to try the rest again, run: {}",
            self.command()
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every word that a command line takes names a keeper, and the other way round.
    #[test]
    fn tools_have_words() {
        let words: Vec<String> = tools().map(|tool| tool.get_name().to_owned()).collect();
        assert!(words.iter().any(|word| word == "goenv") && words.iter().any(|word| word == GO));
        for word in words.iter().filter(|word| *word != GO) {
            let one = [word.clone()];
            let wanted = Wanted(&one);
            let peers = peers::all().into_iter().filter(|peer| wanted.has(*peer)).count();
            assert_eq!((peers, wanted.has_go()), (1, false), "{word}");
        }
        assert!(Wanted(&["sdk".to_owned()]).has(Peer { name: "golang.org/dl" }));
        assert!(Wanted(&[]).has_go() && peers::all().into_iter().all(|peer| Wanted(&[]).has(peer)));
    }
}

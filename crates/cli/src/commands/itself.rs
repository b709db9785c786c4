//! `goward self`: the commands on goward itself, not on Go.

mod check;
mod update;

use super::setup::lines::{self, Answer, Edit};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Shown as _, shown, to_path};
use clap::{Args, Subcommand};
use goward_installer::{Dismantling, Stay, Store, canonical};
use goward_resolver::{Host as _, Os};
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

/// Looks after goward itself.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  goward self update --check
  goward self update
  goward self uninstall --dry-run
  goward self uninstall --yes")]
pub(crate) enum Itself {
    /// Put a newer goward in the place of this one
    Update(update::Update),
    /// Check that this goward can use the store as it is
    Check(check::Check),
    /// Remove goward: its lines in start-up files, the shims, the store and this program
    Uninstall(Uninstall),
}

/// Removes goward.
#[derive(Debug, Args)]
#[command(after_help = "\
Removes exactly the lines that `goward setup` wrote for this root, the shims, the toolchains, caches and
the manager of the store. Files of yours stay, and are listed with the reason: config.toml, trust, names of
trees of your own, Go's own directories, and all that goward does not know. No link is followed. While a
toolchain of the store runs, nothing is removed (Linux and macOS tell). If it was interrupted, run it
again.

Examples:
  goward self uninstall --dry-run         what would go, and what would stay
  goward self uninstall                   asks first
  goward self uninstall --yes             asks nothing, as without a terminal
  goward self uninstall --keep-toolchains --yes

Exit codes: 0 done, 1 a start-up file could not be edited, 2 no terminal to ask on and no --yes, 6 a
toolchain runs or the store is another user's.")]
pub(crate) struct Uninstall {
    /// Leave the installed toolchains where they are
    #[arg(long)]
    keep_toolchains: bool,
    /// Ask nothing
    #[arg(short, long)]
    yes: bool,
    /// Say what would be removed, and remove nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

impl Itself {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        match self {
            Itself::Update(update) => update.run(cx),
            Itself::Check(check) => check.run(cx),
            Itself::Uninstall(uninstall) => uninstall.run(cx),
        }
    }
}

/// The things that goward removes, or would remove, and those that stay.
struct Outcome<'a> {
    /// Lines of start-up files.
    edits: &'a [Edit],
    /// The plan for the store's content.
    plan: &'a Dismantling,
    /// The things that stay outside of the store.
    kept: &'a [Stay],
}

impl Uninstall {
    fn run(self, cx: &Context) -> Result<()> {
        let store = cx.store()?;
        let (edits, mut kept) = lines::find(cx, &store);
        let plan = store.dismantling(self.keep_toolchains)?;
        kept.extend(this_program(&store));
        kept.extend(of_go(cx));
        if self.dry_run || (edits.is_empty() && plan.goes().next().is_none()) {
            self.report(cx, &store, &Outcome { edits: &edits, plan: &plan, kept: &kept })?;
            if !self.dry_run {
                cx.output.note("there is nothing of goward's to remove");
            }
            return Ok(());
        }
        if !self.agrees(cx, &store)? {
            cx.output.note("nothing was removed");
            return Ok(());
        }
        store.may_be_dismantled(self.keep_toolchains)?;
        let (mut edited, mut failed) = (Vec::new(), None);
        for edit in edits {
            match edit.apply() {
                Ok(()) => edited.push(edit),
                Err(failure) => failed = failed.or(Some(failure)),
            }
        }
        let done = cx.watched(|watch| store.dismantle(self.keep_toolchains, watch));
        let done = done.map_err(|error| partly(error.into(), &edited))?;
        self.report(cx, &store, &Outcome { edits: &edited, plan: &done, kept: &kept })?;
        let hint = "take the line out of that file; all else is removed";
        failed.map_or(Ok(()), |failure| Err(failure.hint(hint)))
    }

    fn agrees(&self, cx: &Context, store: &Store) -> Result<bool> {
        if self.yes {
            return Ok(true);
        }
        if !std::io::stdin().is_terminal() {
            let message = "stdin is no terminal to ask on whether goward is to be removed";
            return Err(Failure::new(Exit::Usage, message)
                .hint("`goward self uninstall --dry-run` says what would go")
                .hint("`goward self uninstall --yes` asks nothing"));
        }
        let what =
            if self.keep_toolchains { "but its toolchains" } else { "with every toolchain in it" };
        let answer = cx.output.insists(&format!("remove {} {what}?", store.root().shown()));
        answer
            .map_err(|error| Failure::new(Exit::Failure, "cannot read your answer").because(error))
    }

    /// Prints the outcome.
    fn report(&self, cx: &Context, store: &Store, outcome: &Outcome<'_>) -> Result<()> {
        let Outcome { edits, plan, kept } = outcome;
        let lines = edits.iter().flat_map(|edit| edit.lines.iter().map(|line| (&edit.file, line)));
        let stays = plan.stays().iter().chain(*kept);
        if self.json {
            let answer = Answer::new(store, !self.dry_run, edits).with(plan.goes()).but(stays);
            return cx.output.object(&answer);
        }
        let verb = if self.dry_run { "would remove" } else { "removed" };
        for (file, line) in lines {
            cx.output.line(&format!("{verb} from {}: {}", file.shown(), shown(line)));
        }
        for path in plan.goes() {
            cx.output.line(&format!("{verb} {}", path.shown()));
        }
        for Stay { path, why } in stays {
            cx.output.line(&format!("stays: {} {why}", path.shown()));
        }
        Ok(())
    }
}

/// This program, where it lies outside of the store.
fn this_program(store: &Store) -> Option<Stay> {
    let real = |path: &Path| canonical(path).ok();
    let path = real(&std::env::current_exe().ok()?)?;
    let is_inside = real(store.root()).is_some_and(|root| path.starts_with(root));
    let why = "is this program, which lies outside of the store".to_owned();
    (!is_inside).then_some(Stay { path, why })
}

/// The directories that every Go shares: goward leaves them.
fn of_go(cx: &Context) -> Vec<Stay> {
    let Some(home) = cx.machine.home().map(|home| to_path(&home)) else {
        return Vec::new();
    };
    let var = |key: &str| cx.machine.var(key).map(to_path);
    let builds = caches(cx.machine.system(), &home, &var).join("go-build");
    let kept = [
        (home.join("go"), "is Go's: modules and what you installed with go"),
        (builds, "is Go's cache of builds"),
    ];
    let found = kept.map(|(path, why)| Stay { path, why: why.to_owned() });
    found.into_iter().filter(|stay| stay.path.is_dir()).collect()
}

/// A failure after edits of start-up files: its hints name the files that goward edited.
fn partly(failure: Failure, edited: &[Edit]) -> Failure {
    edited.iter().fold(failure, |failure, edit| {
        failure.hint(format!("goward's line in {} is gone already", edit.file.shown()))
    })
}

/// The directory of the user's caches, by Go's rule.
fn caches(os: Os, home: &Path, var: &dyn Fn(&str) -> Option<PathBuf>) -> PathBuf {
    let set = |key: &str| var(key).filter(|value| value.is_absolute());
    match os {
        Os::Windows => set("LocalAppData").unwrap_or_else(|| home.join("AppData").join("Local")),
        Os::MacOs => home.join("Library").join("Caches"),
        Os::Linux => set("XDG_CACHE_HOME").unwrap_or_else(|| home.join(".cache")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caches_lie_where_go_has_them() {
        let home = std::env::temp_dir();
        let other = home.join("other");
        let nothing = |_: &str| None;
        let of = |os, var: &dyn Fn(&str) -> Option<PathBuf>| caches(os, &home, var);
        for (os, usual, key) in [
            (Os::Linux, ".cache", Some("XDG_CACHE_HOME")),
            (Os::MacOs, "Library/Caches", None),
            (Os::Windows, "AppData/Local", Some("LocalAppData")),
        ] {
            assert_eq!(of(os, &nothing), home.join(usual));
            let set = |asked: &str| (Some(asked) == key).then(|| other.clone());
            assert_eq!(of(os, &set), if key.is_some() { other.clone() } else { home.join(usual) });
            assert_eq!(of(os, &|_| Some(PathBuf::from("relative"))), home.join(usual));
        }
    }
}

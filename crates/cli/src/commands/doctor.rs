//! `goward doctor`: whether this machine is fit for Go, and for goward.

mod asked;
mod mend;
mod missets;
mod page;

use crate::commands::Releases;
use crate::commands::outdated::end_of_life::supported;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::packaged::Packaged;
use crate::paths::to_path;
use crate::shell::{self, Home, MARK};
use crate::toolchain::present;
use crate::workshop::Workshop;
use asked::Asked;
use clap::Args;
use clap::builder::PossibleValuesParser;
use goward_govern::doctor::facts::{Facts, Manager};
use goward_govern::doctor::gather::Machine;
use goward_govern::doctor::{CHECKS, Check, Verdict};
use goward_govern::path::every;
use goward_installer::canonical;
use goward_resolver::{Environment, GoEnvFile, Host as _, Survey, Version};
use missets::Settings;
use std::path::{Path, PathBuf};

/// Examines.
#[derive(Debug, Args)]
#[command(after_help = "\
Starts no program but the `go` of sound installed toolchains and git, for their versions, and the C
compiler, which links a program of ten lines; and asks no server without --network. Nothing of a repository is run. Home directories are written as ~ and accounts in URLs left out, so
that the page can be shown to others.

Examples:
  goward doctor                every check
  goward doctor -v             with what was looked at
  goward doctor path-order goroot
  goward doctor --network
  goward doctor --list
  goward doctor --fix --dry-run go-env-file")]
pub(crate) struct Doctor {
    /// The checks to make [default: all]
    #[arg(value_name = "ID", value_parser = PossibleValuesParser::new(CHECKS.iter().map(|check| check.id)), hide_possible_values = true)]
    ids: Vec<String>,
    /// Also ask the mirrors, module proxies and the checksum database whether they answer
    #[arg(long, conflicts_with = "list")]
    network: bool,
    /// List the checks, and make none
    #[arg(long, conflicts_with_all = ["fix", "json"])]
    list: bool,
    /// Show the edits that are safe, and make them after a yes
    #[arg(long, conflicts_with = "json")]
    fix: bool,
    /// Make the edits without a question
    #[arg(short, long, requires = "fix", conflicts_with = "dry_run")]
    yes: bool,
    /// Show the edits, and make none
    #[arg(short = 'n', long, requires = "fix")]
    dry_run: bool,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let checks: Vec<&'static Check> = match self.ids.as_slice() {
            [] => CHECKS.iter().collect(),
            ids => ids.iter().filter_map(|id| Check::named(id)).collect(),
        };
        if self.list {
            page::list(cx, &checks);
            return Ok(());
        }
        let looks = Looks { network: self.network, weighs: true };
        let mut verdicts = judge(cx, &checks, looks)?;
        if self.fix && mend::mend(cx, &verdicts, [self.yes, self.dry_run])? {
            verdicts = judge(cx, &checks, looks)?;
        }
        match self.json {
            true => page::json(cx, &verdicts)?,
            false => page::text(cx, &verdicts),
        }
        match verdicts.iter().any(|verdict| verdict.status.is_bad()) {
            true => Err(Failure::silent(Exit::Found)),
            false => Ok(()),
        }
    }
}

/// The looks that are not always taken.
#[derive(Clone, Copy)]
pub(super) struct Looks {
    /// Whether servers are asked.
    pub(super) network: bool,
    /// Whether the caches are counted.
    pub(super) weighs: bool,
}

/// Makes the checks.
pub(super) fn judge(cx: &Context, checks: &[&'static Check], looks: Looks) -> Result<Vec<Verdict>> {
    let wants = |id: &str| checks.iter().any(|check| check.id == id);
    let asked = match looks.network && wants("network") {
        true => Some(Asked::of(cx)?),
        false => None,
    };
    let facts = facts(cx, (asked, looks.weighs), &wants)?;
    Ok(checks.iter().map(|check| check.of(&facts)).collect())
}

/// The facts of this machine. A directory in which Go would not start leaves some of them unknown.
fn facts(
    cx: &Context,
    (asked, weighs): (Option<Asked>, bool),
    wants: &dyn Fn(&str) -> bool,
) -> Result<Facts> {
    let (env, roots) = (cx.environment(), cx.roots()?);
    let here = cx.survey();
    let refused = here.as_ref().ok().and_then(|here| here.refusals.go_env_file.as_ref());
    let refused = refused.map(|why| Failure::from(why.clone()).one_line());
    let blind = here.as_ref().err().map(Failure::one_line).or(refused);
    if let Some(why) = &blind {
        cx.output.warning(&format!("Go would not start here, so some checks know less: {why}"));
    }
    let here = here.ok();
    let layers = here.as_ref().map(|here| {
        let mut layers = here.chain.layers();
        layers.goenv = layers.goenv.filter(|_| here.chain.trusts_goenv());
        layers
    });
    let store = cx.store().ok();
    let settings = match wants("config") {
        true => Settings::of(cx, here.as_ref(), store.as_ref()),
        false => Settings::default(),
    };
    let (servers, unasked) = asked.map(|asked| (asked.servers, asked.unasked)).unzip();
    let releases = here.as_ref().and_then(|here| Workshop::open_at(cx, here).ok());
    let releases = releases.map(|workshop| Releases::on_disk(&workshop));
    let known = releases.as_ref().map(|releases| releases.known.as_slice()).unwrap_or_default();
    let directory = cx.machine.cwd().map(|here| to_path(&here));
    let machine = Machine {
        env: &env,
        layers: layers.as_ref(),
        blind,
        unread_go_env: here.as_ref().and_then(unread_go_env),
        roots: &roots,
        store: store.as_ref(),
        directory: directory.as_deref(),
        startup: &startup(cx),
        mark: MARK,
        default: here.as_ref().and_then(default),
        default_fault: here.as_ref().and_then(default_fault),
        newest: releases.as_ref().map(Releases::newest_of_minors).unwrap_or_default(),
        servers,
        unasked: unasked.unwrap_or_default(),
        managers: managers(&env),
        missets: settings.missets,
        settings: settings.files,
        weighs,
        supported: supported(known),
    };
    Ok(machine.facts(wants))
}

/// Each program `goward` on PATH. Of two names of one file the first counts.
fn managers(env: &Environment<'_>) -> Vec<Manager> {
    let (mut found, mut seen) = (Vec::new(), Vec::new());
    for one in every(env, "goward") {
        let program = to_path(&one.program);
        let real = canonical(&program).unwrap_or_else(|_| program.clone());
        if !seen.contains(&real) {
            let package = Packaged::of(&real).map(|package| package.command);
            found.push(Manager { program, package });
            seen.push(real);
        }
    }
    found
}

/// Every start-up file that a shell of the user's may read.
fn startup(cx: &Context) -> Vec<PathBuf> {
    let Some(directory) = cx.machine.home().map(|home| to_path(&home)) else { return Vec::new() };
    let var = |key: &str| cx.machine.var(key).filter(|value| !value.is_empty()).map(to_path);
    let exists = |file: &Path| file.symlink_metadata().is_ok();
    let home = Home { directory: &directory, var: &var, exists: &exists };
    let more = [".profile", ".bash_profile", ".bash_login", ".zprofile", ".zshrc"];
    let mut files = shell::all_files(&home);
    files.extend(more.map(|name| directory.join(name)));
    files.sort();
    files.dedup();
    files
}

/// The go/env file, where Go passes over it.
fn unread_go_env(here: &Survey<'_>) -> Option<PathBuf> {
    let path = GoEnvFile::locate(here.chain.env())?;
    let is_unread = here.chain.unread.iter().any(|unread| unread.path == path);
    is_unread.then(|| to_path(&path))
}

/// Why the file of the default cannot be used, on one line.
fn default_fault(here: &Survey<'_>) -> Option<String> {
    let fault = here.default_pin().err()?.to_string();
    fault.lines().next().map(str::to_owned)
}

/// The version of the default.
fn default(here: &Survey<'_>) -> Option<Version> {
    let pin = here.default_pin().ok()??;
    match pin.selector.exact() {
        Some(version) => Some(version.clone()),
        None => present(here, &pin.selector).ok()??.version,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_lists_every_check() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/reference/doctor.md");
        let page = std::fs::read_to_string(page).unwrap();
        let rows = page.lines().filter(|line| line.starts_with("| `"));
        let wanted: Vec<String> =
            CHECKS.iter().map(|check| format!("| `{}` | {} |", check.id, check.about)).collect();
        assert_eq!(rows.collect::<Vec<_>>(), wanted);
    }
}

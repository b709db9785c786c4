//! `goward repair`: installs damaged toolchains anew.

use super::verify::{Verdict, chosen, verdict};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::workshop::Workshop;
use clap::Args;
use goward_installer::{Assurance, Installer, Query};
use goward_resolver::Selector;

/// Repairs.
#[derive(Debug, Args)]
#[command(after_help = "\
The new tree is fetched, verified at least as strictly as the old one was by its record, and as the
settings demand, and takes the old one's place by one exchange. If it cannot be had, the old one stays.

Examples:
  goward repair                    whatever `goward verify` complains about
  goward repair 1.22.10 --dry-run
  goward repair 1.22.10 --force    even if nothing is wrong with it")]
pub(crate) struct Repair {
    /// Exact versions, or names as in `goward list` [default: all]
    #[arg(value_name = "VERSION")]
    versions: Vec<String>,
    /// Install it anew even if nothing is wrong with it
    #[arg(short, long, requires = "versions")]
    force: bool,
    /// Say what would be repaired, and repair nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

impl Repair {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let workshop = Workshop::open(cx)?;
        let (mut first, mut repaired) = (None, 0);
        for toolchain in chosen(cx, &workshop.store, &self.versions)? {
            // One failure does not stop the repair of the other toolchains.
            let verdict = match verdict(cx, &workshop, toolchain) {
                Ok(Some(verdict)) => verdict,
                Ok(None) => continue,
                Err(failure) => {
                    cx.output.failure(&failure);
                    first.get_or_insert(Failure::silent(failure.exit));
                    continue;
                }
            };
            if !self.force && !verdict.is_damaged() {
                continue;
            }
            repaired += 1;
            let name = verdict.toolchain.store_name();
            workshop.store.is_own_tree(&name)?;
            if self.dry_run {
                cx.output.line(&format!("would repair {name}"));
            } else if let Err(failure) = repair(cx, &workshop, &verdict) {
                first.get_or_insert(failure);
            } else {
                cx.output.note(&format!("repaired {name}"));
            }
        }
        if repaired == 0 && first.is_none() {
            cx.output.note("nothing is damaged");
        }
        first.map_or(Ok(()), Err)
    }
}

fn repair(cx: &Context, workshop: &Workshop<'_>, verdict: &Verdict) -> Result<()> {
    let toolchain = &verdict.toolchain;
    let name = toolchain.store_name();
    let trust = verdict.receipt.as_ref().map(|receipt| receipt.assurance);
    if toolchain.name().is_custom() || trust.is_some_and(|trust| trust > Assurance::Mirror) {
        let source = verdict.receipt.as_ref().map_or("elsewhere", |receipt| &receipt.source);
        let message = format!("{name} cannot be fetched anew: it came from {source}");
        return Err(Failure::new(Exit::NotFound, message)
            .hint(format!("remove it with: goward uninstall {name}"))
            .hint("then install it as you did before"));
    }
    let selector = Selector::Exact(toolchain.name().version().clone());
    let mut query = Query::new(&selector);
    query.platform = toolchain.platform().clone();
    let mut settings = workshop.settings.clone();
    // A record that says nothing takes none of the user's demands back.
    settings.min_assurance = trust.into_iter().chain(settings.min_assurance).min();
    cx.watched(|watch| {
        let installer = Installer { settings: &settings, ..workshop.installer(watch) };
        installer.reinstall(&installer.find(&query)?)
    })?;
    Ok(())
}

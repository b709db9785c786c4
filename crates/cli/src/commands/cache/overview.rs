//! `goward cache` without a command: what the caches hold, and what is wrong with them.

mod counted;
mod page;

use super::build;
use super::modules;
use crate::commands::doctor;
use crate::context::Context;
use crate::failure::Result;
use clap::Args;
use counted::{Area, Counts};
use goward_govern::buildcache::{self, Seconds};
use goward_govern::caches::{Odd, of_entries, of_trim};
use goward_govern::doctor::{Check, Status, Verdict};
use goward_govern::{modcache, usage};
use std::path::Path;

/// The checks of `goward doctor` that are about caches.
const CHECKS: [&str; 3] = ["caches", "tmp-noexec", "disk"];

/// Shows the caches.
#[derive(Debug, Args)]
pub(crate) struct Overview {
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

/// What there is to say.
pub(super) struct Found {
    areas: [Area; 4],
    /// What the checks of `goward doctor` found wrong.
    verdicts: Vec<Verdict>,
    odd: Vec<Odd>,
    now: Seconds,
}

impl Overview {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        cx.output.keep_for_document(self.json);
        let found = Found::of(cx)?;
        match self.json {
            true => page::json(cx, &found),
            false => {
                page::text(cx, &found);
                Ok(())
            }
        }
    }
}

impl Found {
    fn of(cx: &Context) -> Result<Found> {
        let now = buildcache::now();
        let build = build::place(cx).map(|place| (place.path, place.set_by));
        let here = cx.survey();
        let modules = here.and_then(|here| modules::place(cx, &here));
        let modules = modules.map(|place| (place.path, place.set_by));
        let toolchains = cx.store().map(|store| (store.toolchains_dir(), None));
        let downloads = cx.store().map(|store| (store.cache_dir(), None));
        let areas = [
            Area::new("GOCACHE", build),
            Area::new("GOMODCACHE", modules),
            Area::new("toolchains", toolchains),
            Area::new("downloads", downloads),
        ];
        let areas =
            cx.patiently("counting what the caches hold", || areas.map(|area| count(area, now)));
        let checks = CHECKS.iter().filter_map(|id| Check::named(id)).collect::<Vec<_>>();
        let mut verdicts =
            doctor::judge(cx, &checks, doctor::Looks { network: false, weighs: false })?;
        verdicts.retain(|verdict| !matches!(verdict.status, Status::Ok | Status::Skipped));
        let odd = odd(&areas, now);
        Ok(Found { areas, verdicts, odd, now })
    }
}

/// Counts what is there.
fn count(mut area: Area, now: Seconds) -> Area {
    let Some(path) = area.path.clone() else { return area };
    // A server that is gone never answers; the look waits for a second at most.
    area.disk = goward_govern::doctor::gather::look(&path).disk;
    if area.disk.is_none() && cfg!(unix) {
        area.fault = Some("its file system does not answer".to_owned());
        return area;
    }
    match counts(area.name, &path, now) {
        Ok(counts) => area.counts = counts,
        Err(why) => area.fault = Some(why),
    }
    area
}

fn counts(name: &str, path: &Path, now: Seconds) -> std::result::Result<Option<Counts>, String> {
    match name {
        "GOCACHE" => match buildcache::count(path, now) {
            Ok(counted) => Ok(counted.map(|counted| Counts::Build(Box::new(counted)))),
            Err(error) => Err(told(&error)),
        },
        "GOMODCACHE" => match modcache::count(path) {
            Ok(counted) => Ok(counted.map(|counted| Counts::Modules(Box::new(counted)))),
            Err(error) => Err(told(&error)),
        },
        _ => match usage::of(path) {
            Ok(usage) => Ok(Some(Counts::Tree(usage, directories(path)))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.to_string()),
        },
    }
}

/// An error with its cause.
fn told(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// How many directories a directory has.
fn directories(path: &Path) -> u64 {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).count() as u64
}

fn odd(areas: &[Area], now: Seconds) -> Vec<Odd> {
    let mut odd = Vec::new();
    for area in areas {
        let (Some(path), Some(counts)) = (&area.path, &area.counts) else { continue };
        odd.extend(of_entries(area.name, path, counts.usage()));
        if let Counts::Build(counted) = counts {
            odd.extend(counted.trim.and_then(|trim| of_trim(trim, now)));
        }
    }
    odd
}

//! Tries releases that are installed.

use super::Compat;
use crate::context::Context;
use crate::failure::Result;
use crate::real_go::failed;
use goward_gomod::Kind;
use goward_govern::compat::{Report, Trial, attempt};
use goward_govern::go::{Error, Go, Network};
use goward_resolver::{Policy, Survey, Version};
use std::path::Path;
use std::sync::Mutex;
use std::thread;

/// The first Go that knows go.work files.
const OLDEST: &str = "1.18";

/// What is tried, with what.
struct Bench<'a> {
    cx: &'a Context,
    here: &'a Survey<'a>,
    file: (&'a Path, Kind),
    tests: bool,
    /// The newest installed patch of each minor, the oldest first.
    installed: Vec<Version>,
    /// The minors that have a release, the oldest first.
    minors: Vec<Version>,
}

/// Tries what the arguments say, and adds to the report; `None` if nothing was to be tried.
pub(super) fn run(
    cx: &Context,
    (asked, known): (&Compat, &[Version]),
    (here, file, kind): (&Survey<'_>, &Path, Kind),
    report: &mut Report,
) -> Result<Option<Vec<Trial>>> {
    if !asked.build && asked.matrix.is_none() {
        return Ok(None);
    }
    let installed = newest_patches(cx, here)?;
    let released = known.iter().filter(|one| !one.is_prerelease()).chain(&installed);
    let mut minors: Vec<Version> = released.map(Version::language).collect();
    minors.sort();
    minors.dedup();
    let bench = Bench { cx, here, file: (file, kind), tests: asked.test, installed, minors };
    let trials = match &asked.matrix {
        Some(range) => {
            let within = bench.minors.iter().filter(|minor| range.holds(minor)).cloned();
            bench.all(within.collect())?
        }
        None => bench.ends(report)?,
    };
    report.conclude(&trials, &bench.minors);
    Ok(Some(trials))
}

/// The newest installed patch of each minor that the user's minimum allows, the oldest first.
fn newest_patches(cx: &Context, here: &Survey<'_>) -> Result<Vec<Version>> {
    let minimum = cx.minimum(&cx.store()?)?;
    let oldest = Version::parse(OLDEST);
    let allowed = |version: &Version| {
        let meets = minimum.as_ref().is_none_or(|minimum| *version >= minimum.version);
        meets && !version.is_prerelease() && Some(version) >= oldest.as_ref()
    };
    let mut all = here.roots().installed()?;
    all.retain(allowed);
    all.sort();
    let mut newest: Vec<Version> = Vec::new();
    for version in all {
        match newest.last_mut() {
            Some(last) if last.same_minor(&version) => *last = version,
            _ => newest.push(version),
        }
    }
    Ok(newest)
}

impl Bench<'_> {
    /// The Go of a release, if it is installed.
    fn go(&self, version: &Version) -> Result<Go> {
        let typed = format!("+{version}");
        let argv: [&[u8]; 3] = [b"go", typed.as_bytes(), b"list"];
        let env = self.here.chain.env();
        let there = self.cx.survey_in(env.directory(), &argv, Policy::default())?;
        let launch = there.plan()?.launch.clone()?;
        let network = if env.is_offline()? { Network::Off } else { Network::AsGo };
        Ok(Go::new(&there, &launch, network))
    }

    fn of_minor(&self, minor: &Version) -> Option<&Version> {
        self.installed.iter().find(|version| version.same_minor(minor))
    }

    /// Tries minors, and says of those that are not installed that they are not.
    fn all(&self, minors: Vec<Version>) -> Result<Vec<Trial>> {
        let mut trials = Vec::new();
        let mut jobs = Vec::new();
        for minor in minors {
            match self.of_minor(&minor) {
                Some(version) => {
                    jobs.push((trials.len(), version.clone(), self.go(version)?));
                    trials.push(Trial::open(version.clone(), None));
                }
                None => trials.push(Trial::open(minor, Some("not installed".to_owned()))),
            }
        }
        let name = "trying releases of Go";
        let ended = self.cx.patiently(name, || work(&jobs, self.file, self.tests));
        for (at, trial) in ended {
            trials[at] = trial.map_err(|error| failed(&error))?;
        }
        Ok(trials)
    }

    /// Tries one release.
    fn one(&self, version: &Version) -> Result<Trial> {
        let name = format!("trying go{version}");
        let jobs = [(0, version.clone(), self.go(version)?)];
        let ended = self.cx.patiently(&name, || work(&jobs, self.file, self.tests));
        match ended.into_iter().next() {
            Some((_, trial)) => trial.map_err(|error| failed(&error)),
            None => Ok(Trial::open(version.clone(), None)),
        }
    }

    /// Tries from the floor up until one passes, and from the newest down until one does.
    fn ends(&self, report: &Report) -> Result<Vec<Trial>> {
        let meets = |minor: &&Version| **minor >= report.floor.language();
        let mut trials: Vec<Trial> = Vec::new();
        for minor in self.minors.iter().filter(meets) {
            let trial = match self.of_minor(minor) {
                Some(version) => self.one(version)?,
                None => Trial::open(minor.clone(), Some("not installed".to_owned())),
            };
            trials.push(trial);
            if trials.last().is_some_and(Trial::passes) {
                break;
            }
        }
        let lowest = trials.last().map(|trial| trial.version.clone());
        let mut newer = Vec::new();
        for version in self.installed.iter().rev().filter(|one| Some(*one) > lowest.as_ref()) {
            newer.push(self.one(version)?);
            if newer.last().is_some_and(Trial::passes) {
                break;
            }
        }
        trials.extend(newer.into_iter().rev());
        Ok(trials)
    }
}

/// Tries releases, as many at once as half the processors. Each has a time of its own.
fn work(
    jobs: &[(usize, Version, Go)],
    file: (&Path, Kind),
    tests: bool,
) -> Vec<(usize, std::result::Result<Trial, Error>)> {
    let workers = thread::available_parallelism().map_or(1, |all| all.get() / 2).max(1);
    let (open, ended) = (Mutex::new(jobs.iter()), Mutex::new(Vec::new()));
    let next = || open.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
    let run = || {
        while let Some((at, version, go)) = next() {
            // A thread has its own time, and this one has had some.
            let trial =
                thread::scope(|scope| scope.spawn(|| attempt((go, version), file, tests)).join());
            if let Ok(trial) = trial {
                ended.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((*at, trial));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..workers.min(jobs.len()) {
            scope.spawn(run);
        }
    });
    ended.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

//! What a plan keeps for the later commands of the same job, in a file for the user alone.

use super::surroundings::temporary;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use goward_govern::ci::keys::digest;
use goward_govern::ci::lines::Setting;
use goward_govern::ci::rights::{Access, Write};
use goward_govern::ci::system::System;
use goward_installer::replace::{Follow, Place};
use goward_installer::{Format, read};
use serde::{Deserialize, Serialize};
use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The most bytes of the file.
const LIMIT: usize = 1 << 20;
/// No job lasts longer: the longest is 35 days, on a machine of one's own for GitHub.
const LONGEST_JOB: Duration = Duration::from_secs(40 * 24 * 60 * 60);
/// The names of the variables that a plan may set.
const VARIABLES: [&str; 8] = [
    "GOWARD_ROOT",
    "GOWARD_VERSION",
    "GOWARD_GO_LINE",
    "GOWARD_MINIMUM",
    "GOWARD_MIRROR",
    "GOWARD_VERIFY",
    "GOCACHE",
    "GOMODCACHE",
];

/// What a job was told.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct State {
    #[serde(default)]
    pub(super) format: Format,
    /// What tells the job from all others.
    #[serde(default)]
    pub(super) job: String,
    /// The variables of later steps.
    pub(super) env: Vec<(String, String)>,
    /// The directories of `PATH`, the first first.
    pub(super) path: Vec<String>,
    /// The checkout.
    pub(super) checkout: PathBuf,
    /// The caches.
    pub(super) caches: Vec<Cache>,
    /// The name of the system that the plan was for.
    #[serde(default)]
    pub(super) system: String,
    /// What the keys are made of.
    #[serde(default)]
    pub(super) parts: Parts,
}

/// What the keys of caches are made of, as far as only the plan knows it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Parts {
    /// The digest of the sums.
    pub(super) sums: String,
    /// The values of the matrix, in JSON.
    pub(super) matrix: String,
    /// The Go at the top of the checkout.
    pub(super) go: Option<String>,
}

/// A cache of the job.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Cache {
    /// `modules` or `build`.
    pub(super) name: String,
    /// `GOMODCACHE` or `GOCACHE`.
    pub(super) directory: PathBuf,
    /// The key of the ladder.
    pub(super) key: String,
    /// The prefixes.
    pub(super) restore: Vec<String>,
    /// Whether an entry may be restored.
    pub(super) read: bool,
    /// When one may be saved.
    pub(super) write: Saves,
    /// Why an entry may be restored, or not.
    #[serde(default)]
    pub(super) reads: String,
    /// Why one may be saved, or not.
    pub(super) why: String,
    /// Whether the directory was empty at the plan, so that all in it is the job's.
    pub(super) own: bool,
    /// The key of the restored entry.
    pub(super) restored: Option<String>,
    /// The bytes that were there when it was marked; set if that is done.
    pub(super) marked: Option<u64>,
    /// The key of the modules that were there when they were marked.
    #[serde(default)]
    pub(super) content: Option<String>,
}

/// When an entry may be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Saves {
    Always,
    First,
    Never,
}

impl Cache {
    /// What the job may do with it.
    pub(super) fn access(&self) -> Access<'_> {
        let write = match self.write {
            Saves::Always => Write::Always,
            Saves::First => Write::First,
            Saves::Never => Write::Never,
        };
        Access { read: self.read, write, reads: &self.reads, why: &self.why }
    }
}

impl From<Write> for Saves {
    fn from(write: Write) -> Saves {
        match write {
            Write::Always => Saves::Always,
            Write::First => Saves::First,
            Write::Never => Saves::Never,
        }
    }
}

/// What tells this job from all others, as far as its system says it.
pub(super) fn job(cx: &Context) -> String {
    let var = |key: &str| cx.text(key);
    digest(&System::of(&var).job(&var))
}

/// The place of the file for this job.
pub(super) fn file(cx: &Context) -> Result<PathBuf> {
    let system = System::of(&|key| cx.text(key));
    if let Some(temporary) = temporary(cx, system)? {
        return Ok(temporary.join("goward-ci").join("state.json"));
    }
    // Several jobs may share the machine's directory.
    let directory = std::env::temp_dir().join(format!("goward-ci-{}", user()));
    Ok(directory.join(format!("{}.json", job(cx))))
}

#[cfg(unix)]
fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

// The directory for temporary files is the user's there.
#[cfg(not(unix))]
fn user() -> u32 {
    0
}

impl State {
    /// The variables, each by one of the fixed names.
    pub(super) fn settings(&self) -> Vec<Setting> {
        let known = |(key, value): &(String, String)| {
            let name = VARIABLES.iter().find(|name| *name == key)?;
            Some((*name, value.clone()))
        };
        self.env.iter().filter_map(known).collect()
    }

    /// The state of this job; `None` if it has none.
    pub(super) fn of(cx: &Context, path: &Path) -> Result<Option<State>> {
        Ok(State::read(path)?.filter(|state| state.job == job(cx)))
    }

    fn read(path: &Path) -> Result<Option<State>> {
        let failed = |error: &io::Error| Failure::io("read", path, error);
        if let Some(directory) = path.parent()
            && directory.symlink_metadata().is_ok()
        {
            check(directory)?;
        }
        let bytes = match read::read_unlinked(path, LIMIT) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(|error| failed(&error))?,
        };
        let state: State = serde_json::from_slice(&bytes).map_err(|error| {
            let message = format!("{} is not a state that goward wrote", path.shown());
            Failure::new(Exit::Failure, message).because(error).hint("run: goward ci plan --apply")
        })?;
        if state.format.is_newer() {
            let message = format!("{} was written by a newer goward", path.shown());
            return Err(
                Failure::new(Exit::Failure, message).hint("let one goward run all steps of a job")
            );
        }
        Ok(Some(state))
    }

    /// As [`State::of`]; a job without a plan is an error.
    pub(super) fn of_plan(cx: &Context, path: &Path) -> Result<State> {
        State::of(cx, path)?.ok_or_else(|| {
            let message = format!("this job has no plan: there is no {}", path.shown());
            Failure::new(Exit::Failure, message).hint("first, run: goward ci plan --apply")
        })
    }

    /// Writes it, for the user alone.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let directory = path.parent().unwrap_or(path);
        make(directory).map_err(|error| Failure::io("create", directory, &error))?;
        check(directory)?;
        forget(directory);
        let text = serde_json::to_vec(self).map_err(|error| {
            Failure::new(Exit::Failure, "cannot write the state").because(error)
        })?;
        Ok(Place::find(path, Follow::Never)?.replace_private(&text)?)
    }
}

/// Removes the states of jobs that ended long ago: nothing else does, on a machine that lasts. One that stays does no
/// harm.
fn forget(directory: &Path) {
    let is_old = |entry: &fs::DirEntry| {
        let changed = entry.metadata().and_then(|found| found.modified());
        let is_state = entry.path().extension().is_some_and(|kind| kind == "json");
        is_state && changed.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > LONGEST_JOB))
    };
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    for entry in entries.filter(is_old) {
        let _ = fs::remove_file(entry.path());
    }
}

/// Makes the directory, if it is not there.
fn make(directory: &Path) -> io::Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there it has no mode"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(directory) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

/// Refuses a directory that another user could have put there, or could write to.
fn check(directory: &Path) -> Result<()> {
    let refused = |why: &str| {
        let message = format!("{} {why}", directory.shown());
        Failure::new(Exit::Failure, message)
            .hint(format!("remove it, with: rm -rf {}", directory.word("DIRECTORY")))
    };
    let found = fs::symlink_metadata(directory);
    let found = found.map_err(|error| Failure::io("read", directory, &error))?;
    if !found.is_dir() {
        return Err(refused("is not a directory"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if found.uid() != user() {
            return Err(refused(&format!("belongs to user {}", found.uid())));
        }
        if found.mode() & 0o022 != 0 {
            return Err(refused("can be written by other users"));
        }
    }
    Ok(())
}

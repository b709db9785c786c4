//! A job's surroundings: its system, its checkout, its directories, and what started it.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use goward_govern::ci::occasion::Occasion;
use goward_govern::ci::system::System;
use goward_installer::{canonical, read};
use std::path::{Path, PathBuf};

/// The most bytes that GitHub's description of an event may have.
const PAYLOAD_LIMIT: usize = 32 << 20;

/// The surroundings.
pub(super) struct Surroundings {
    /// The system.
    pub(super) system: System,
    /// The directory of the checkout.
    pub(super) checkout: PathBuf,
    /// What started the job.
    pub(super) occasion: Occasion,
    /// Whether the machine keeps its disk for the next job.
    pub(super) lasting: bool,
}

impl Surroundings {
    /// Those of this process; `system` outranks the environment's.
    pub(super) fn of(cx: &Context, system: Option<System>) -> Result<Surroundings> {
        let var = |key: &str| cx.text(key);
        let system = system.unwrap_or_else(|| System::of(&var));
        let lasting = system == System::Github && !is_hosted(cx);
        let payload = payload(cx).filter(|_| system == System::Github);
        let occasion = Occasion::of(system, &var, payload.as_deref());
        Ok(Surroundings { system, checkout: checkout(cx, system)?, occasion, lasting })
    }

    /// The directory for temporary files of this job, if the system has one.
    pub(super) fn temporary(&self, cx: &Context) -> Result<Option<PathBuf>> {
        temporary(cx, self.system)
    }

    /// The runner's tool cache, if there is one.
    pub(super) fn tools(&self, cx: &Context) -> Option<PathBuf> {
        let named = self.system.tool_cache(&|key| cx.text(key)).map(PathBuf::from);
        named.filter(|path| path.is_absolute() && path.is_dir())
    }
}

/// A system's directory for temporary files of one job.
pub(super) fn temporary(cx: &Context, system: System) -> Result<Option<PathBuf>> {
    let Some(named) = system.temporary(&|key| cx.text(key)) else { return Ok(None) };
    let path = PathBuf::from(named);
    let refused = |why: &str| {
        let message =
            format!("the system's directory for temporary files, {}, {why}", path.shown());
        Failure::new(Exit::Failure, message).hint("the system's runner makes it for each job")
    };
    let found = path.symlink_metadata();
    let found = found.map_err(|error| refused("cannot be read").because(error))?;
    match found.is_dir() {
        // What lies behind a link may be another user's, or another job's.
        _ if found.is_symlink() => Err(refused("is a link")),
        true if path.is_absolute() => Ok(Some(path)),
        true => Err(refused("is not an absolute path")),
        false => Err(refused("is not a directory")),
    }
}

/// Whether GitHub itself made this machine, for this job alone.
pub(super) fn is_hosted(cx: &Context) -> bool {
    cx.text("RUNNER_ENVIRONMENT").is_some_and(|environment| environment == "github-hosted")
}

/// What GitHub says of the event; `None` if it says nothing that can be read, which is the worse case.
fn payload(cx: &Context) -> Option<Vec<u8>> {
    read::read(Path::new(&cx.text("GITHUB_EVENT_PATH")?), PAYLOAD_LIMIT).ok()
}

/// The checkout as the system names it, else the current directory; by its real path.
fn checkout(cx: &Context, system: System) -> Result<PathBuf> {
    let named = system.checkout(&|key| cx.text(key)).map(PathBuf::from);
    let named = named.filter(|path| path.is_absolute()).unwrap_or_else(|| PathBuf::from("."));
    let real = canonical(&named).map_err(|error| Failure::io("find", &named, &error))?;
    match real.is_dir() {
        true => Ok(real),
        false => Err(Failure::new(Exit::Failure, format!("{} is not a directory", real.shown()))),
    }
}

/// A path as text that the files of runners and the state can hold.
pub(super) fn text(path: &Path) -> Result<String> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("{} is not UTF-8", path.shown()))
            .hint("choose another directory with --root")
    })
}

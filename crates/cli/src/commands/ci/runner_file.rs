//! A file of GitHub's runner, to which a step appends what later steps get: `GITHUB_ENV`, `GITHUB_PATH`,
//! `GITHUB_OUTPUT`.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Shown as _, to_path};
use goward_installer::{canonical, read};
use goward_resolver::Host as _;
use std::path::{Path, PathBuf};

/// The most bytes that such a file may have.
const LIMIT: usize = 1 << 20;

/// The file.
pub(in crate::commands) struct RunnerFile {
    variable: &'static str,
    path: PathBuf,
}

impl RunnerFile {
    /// The file that a variable names; `None` if it is not set. It has to be a regular file: the runner makes
    /// one, and opening another could wait for ever.
    pub(in crate::commands) fn of(cx: &Context, variable: &'static str) -> Result<Option<Self>> {
        let named = cx.machine.var(variable).filter(|value| !value.is_empty());
        let Some(path) = named.map(to_path) else { return Ok(None) };
        let name = path.shown();
        let refused = |why: &str| {
            let message = format!("{variable}={name} in the environment {why}");
            Failure::new(Exit::Failure, message)
                .hint("the runner makes this file; outside of a job, unset GITHUB_ACTIONS")
        };
        match path.symlink_metadata() {
            Ok(facts) if facts.is_file() && path.is_absolute() => match read::is_alone(&facts) {
                true => Ok(Some(RunnerFile { variable, path })),
                // It may be any file of the user's.
                false => Err(refused("has another name, a hard link")),
            },
            _ => Err(refused("is not a regular file")),
        }
    }

    /// Refuses a file outside of the directory that holds the runner's own: `temporary` is one of these.
    pub(super) fn below(self, temporary: &Path) -> Result<RunnerFile> {
        let real = |path: &Path| canonical(path).map_err(|error| Failure::io("find", path, &error));
        let around = real(temporary)?;
        let around = around.parent().unwrap_or(&around);
        if real(self.path.parent().unwrap_or(&self.path))?.starts_with(around) {
            return Ok(self);
        }
        let (variable, name, around) = (self.variable, self.path.shown(), around.shown());
        let message = format!("{variable}={name} in the environment is not below {around}");
        Err(Failure::new(Exit::Failure, message).hint(
            "the runner keeps its files beside its directory for temporary ones, RUNNER_TEMP",
        ))
    }

    /// Its path.
    pub(in crate::commands) fn path(&self) -> &Path {
        &self.path
    }

    /// Its content.
    pub(in crate::commands) fn read(&self) -> Result<Vec<u8>> {
        read::read_unlinked(&self.path, LIMIT).map_err(|error| self.failed(&error))
    }

    /// Appends what `more` makes of its content, if that is anything; returns whether it is.
    pub(in crate::commands) fn append(
        &self,
        more: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
    ) -> Result<bool> {
        read::append(&self.path, LIMIT, more).map_err(|error| self.failed(&error))
    }

    /// Appends lines, behind a line break if the last line has none.
    pub(super) fn append_lines(&self, lines: &str) -> Result<()> {
        let more = |old: &[u8]| {
            let gap = if old.is_empty() || old.ends_with(b"\n") { "" } else { "\n" };
            (!lines.is_empty()).then(|| [gap, lines].concat().into_bytes())
        };
        self.append(more).map(drop)
    }

    fn failed(&self, error: &std::io::Error) -> Failure {
        let variable = self.variable;
        Failure::io("write", &self.path, error)
            .hint(format!("the runner makes this file, {variable}"))
    }
}

//! The files by which a step of GitHub Actions hands variables and directories to later steps.

use super::runner_file::RunnerFile;
use super::surroundings::Surroundings;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use goward_govern::ci::lines::{self, Setting};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

/// The files.
pub(super) struct Files {
    env: RunnerFile,
    path: RunnerFile,
    output: Option<RunnerFile>,
}

impl Files {
    /// The files of this job. One that is not the runner's is refused.
    pub(super) fn of(cx: &Context, around: &Surroundings) -> Result<Files> {
        let missing = |variable: &str| {
            let message = format!("{variable} is not set, so later steps would not find goward");
            Failure::new(Exit::Failure, message)
                .hint("the runner of GitHub sets it; for another system, add: --system none")
        };
        let temporary = around.temporary(cx)?.ok_or_else(|| missing("RUNNER_TEMP"))?;
        let file = |variable| match RunnerFile::of(cx, variable)? {
            Some(file) => file.below(&temporary).map(Some),
            None => Ok(None),
        };
        let needed = |variable| file(variable)?.ok_or_else(|| missing(variable));
        let (env, path) = (needed("GITHUB_ENV")?, needed("GITHUB_PATH")?);
        Ok(Files { env, path, output: file("GITHUB_OUTPUT")? })
    }

    /// Appends to them. Every value is looked at before the first is written.
    pub(super) fn write(
        &self,
        env: &[Setting],
        path: &[String],
        outputs: &[Setting],
    ) -> Result<()> {
        let end = end();
        let env = lines::github(env, &end).map_err(unfit)?;
        let path = lines::github_path(path).map_err(unfit)?;
        let outputs = lines::github(outputs, &end).map_err(unfit)?;
        self.env.append_lines(&env)?;
        self.path.append_lines(&path)?;
        self.output.as_ref().map_or(Ok(()), |file| file.append_lines(&outputs))
    }
}

/// The refusal of a value.
pub(super) fn unfit(why: lines::Unfit) -> Failure {
    Failure::new(Exit::Usage, why.to_string()).hint("choose another directory with --root")
}

/// The end of a value in GitHub's files, which no value can foresee.
fn end() -> String {
    let number = || RandomState::new().build_hasher().finish();
    format!("goward_{:016x}{:016x}", number(), number())
}

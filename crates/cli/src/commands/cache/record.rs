//! `goward cache record`: writes the keys of a build into a file.

use super::build::{counted, path};
use super::typed;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use clap::Args;
use goward_govern::keys::{Head, Keys};
use goward_installer::replace::{Follow, Place};
use serde::Serialize;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Records.
#[derive(Debug, Args)]
#[command(after_help = "\
Runs the command as it is, with your cache, and writes what Go says of the keys that it looks for there: what each is
made of, such as the version of Go, flags, directories and the hashes of files. Take such a file in CI and compare it
here (goward cache diff), or the other way round. It holds names of files, flags and variables, and no source.

Examples:
  goward cache record ci.keys -- go build ./...
  goward cache record --force ci.keys -- go test -run '^$' ./...")]
pub(crate) struct Record {
    /// The file to write; an older record there is replaced
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Replace a file that is no record, too
    #[arg(long)]
    force: bool,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
    /// The command of go
    #[arg(last = true, value_name = "CMD", required = true)]
    command: Vec<OsString>,
}

#[derive(Serialize)]
struct Answer {
    file: String,
    release: Option<String>,
    steps: usize,
}

impl Record {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        cx.output.keep_for_document(self.json);
        typed::check(&self.command, PURPOSE)?;
        self.may_write()?;
        let keys = keys_of(cx, &self.command, &[])?;
        self.may_write()?;
        let command = self.command.iter().map(|word| path(Path::new(word))).collect();
        let head = Head::new(&keys, command);
        Place::find(&self.file, Follow::Never)?.replace(&keys.record(&head))?;
        if self.json {
            let file = path(&self.file);
            return cx.output.object(&Answer { file, release: head.release, steps: keys.len() });
        }
        let (steps, file) = (counted(keys.len() as u64, "step"), self.file.shown());
        cx.output.note(&format!("wrote the keys of {steps} into {file}"));
        Ok(())
    }

    /// Refuses to replace a file that goward has not written.
    fn may_write(&self) -> Result<()> {
        let is_link = self.file.symlink_metadata().is_ok_and(|found| found.is_symlink());
        if self.force || !is_link && Keys::may_replace(&self.file) {
            return Ok(());
        }
        let file = self.file.shown();
        Err(Failure::new(Exit::Usage, format!("{file} is there, and no record of keys"))
            .hint("name another file, or replace this one with --force"))
    }
}

/// What the command is for.
pub(super) const PURPOSE: &str = "whose keys are wanted";

/// The keys of a command of go, which succeeds.
pub(super) fn keys_of(
    cx: &Context,
    command: &[OsString],
    variables: &[(&str, OsString)],
) -> Result<Keys> {
    let mut keys = Keys::default();
    let ended = typed::run(cx, command, variables, &mut |line| keys.hear(line))?;
    let message = if !ended {
        "the command failed, so that its keys are not complete"
    } else if keys.is_full() {
        "the command has more keys than goward keeps"
    } else if keys.is_empty() {
        "the command looked for nothing in Go's build cache"
    } else {
        return Ok(keys);
    };
    let hint = "take one that builds, such as 'go build ./...'; what go said stands above";
    Err(Failure::new(Exit::Failure, message).hint(hint))
}

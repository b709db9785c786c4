//! A job of GitHub Actions: its later steps read no start-up file. They have on PATH the directories
//! that stand in the file `GITHUB_PATH`.

use super::report::Edited;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Shown as _, to_bytes, to_path};
use goward_installer::{Store, read};
use goward_resolver::Host as _;
use std::path::Path;

/// The most bytes that the runner's file may have.
const LIMIT: usize = 1 << 20;

/// Appends goward's directories to the runner's file, and returns the edits; `None` if this is no such
/// job.
pub(super) fn tell(cx: &Context, store: &Store, dry_run: bool) -> Result<Option<Vec<Edited>>> {
    let set = |key: &str| cx.machine.var(key).filter(|value| !value.is_empty());
    if set("GITHUB_ACTIONS") != Some(b"true") {
        return Ok(None);
    }
    let Some(file) = set("GITHUB_PATH").map(to_path) else { return Ok(None) };
    // The runner puts each line before the ones above it.
    let dirs = [store.bin_dir(), store.shims_dir()].map(|dir| to_bytes(&dir));
    let failed = |error: std::io::Error| {
        Failure::io("write", &file, &error).hint("the runner makes this file, GITHUB_PATH")
    };
    check(&file)?;
    let shims = store.shims_dir().shown();
    let has = |old: &[u8], dir: &Vec<u8>| old.split(|&byte| byte == b'\n').any(|line| line == *dir);
    let lacks = |old: &[u8]| !dirs.iter().all(|dir| has(old, dir));
    let more = |old: &[u8]| {
        let gap: &[u8] = if old.is_empty() || old.ends_with(b"\n") { b"" } else { b"\n" };
        [gap, &dirs.join(&b'\n'), b"\n"].concat()
    };
    let edits = |old: &[u8]| {
        let new = [old, &more(old)].concat();
        dirs.iter().map(|dir| Edited::of(&file, dir, Some(&new), !dry_run)).collect()
    };
    let mut added = Vec::new();
    if dry_run {
        let old = read::read_unlinked(&file, LIMIT).map_err(failed)?;
        if lacks(&old) {
            added = edits(&old);
            cx.output.line(&format!("would add {shims} to {}", file.shown()));
        }
        return Ok(Some(added));
    }
    let add = |old: &[u8]| {
        lacks(old).then(|| {
            added = edits(old);
            more(old)
        })
    };
    if read::append(&file, LIMIT, add).map_err(failed)? {
        cx.output.note(&format!("later steps of this job have {shims} first on PATH"));
    }
    Ok(Some(added))
}

/// Refuses what is no regular file: the runner makes one, and opening another could wait for ever.
fn check(file: &Path) -> Result<()> {
    let is_file = file.symlink_metadata().is_ok_and(|facts| facts.is_file());
    if is_file && file.is_absolute() {
        return Ok(());
    }
    let name = file.shown();
    let message = format!("GITHUB_PATH={name} in the environment is not a regular file");
    Err(Failure::new(Exit::Failure, message)
        .hint("the runner makes this file; outside of a job, unset GITHUB_ACTIONS"))
}

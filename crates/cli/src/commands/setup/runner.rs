//! A job of GitHub Actions: its later steps read no start-up file. They have on PATH the directories
//! that stand in the file `GITHUB_PATH`.

use super::report::Edited;
use crate::commands::ci::RunnerFile;
use crate::context::Context;
use crate::failure::Result;
use crate::paths::{Shown as _, to_bytes};
use goward_installer::Store;
use goward_resolver::Host as _;

/// Appends goward's directories to the runner's file, and returns the edits; `None` if this is no such
/// job.
pub(super) fn tell(cx: &Context, store: &Store, dry_run: bool) -> Result<Option<Vec<Edited>>> {
    if cx.machine.var("GITHUB_ACTIONS") != Some(b"true") {
        return Ok(None);
    }
    let Some(file) = RunnerFile::of(cx, "GITHUB_PATH")? else { return Ok(None) };
    // The runner puts each line before the ones above it.
    let dirs = [store.bin_dir(), store.shims_dir()].map(|dir| to_bytes(&dir));
    let shims = store.shims_dir().shown();
    let has = |old: &[u8], dir: &Vec<u8>| old.split(|&byte| byte == b'\n').any(|line| line == *dir);
    let lacks = |old: &[u8]| !dirs.iter().all(|dir| has(old, dir));
    let more = |old: &[u8]| {
        let gap: &[u8] = if old.is_empty() || old.ends_with(b"\n") { b"" } else { b"\n" };
        [gap, &dirs.join(&b'\n'), b"\n"].concat()
    };
    let edits = |old: &[u8]| {
        let new = [old, &more(old)].concat();
        dirs.iter().map(|dir| Edited::of(file.path(), dir, Some(&new), !dry_run)).collect()
    };
    let mut added = Vec::new();
    if dry_run {
        let old = file.read()?;
        if lacks(&old) {
            added = edits(&old);
            cx.output.line(&format!("would add {shims} to {}", file.path().shown()));
        }
        return Ok(Some(added));
    }
    let add = |old: &[u8]| {
        lacks(old).then(|| {
            added = edits(old);
            more(old)
        })
    };
    if file.append(add)? {
        cx.output.note(&format!("later steps of this job have {shims} first on PATH"));
    }
    Ok(Some(added))
}

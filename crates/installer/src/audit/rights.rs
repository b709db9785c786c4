//! Rights in a tree by which another user could change it, or run a program as its owner.

use super::Difference;
use crate::error::Result;
use std::path::Path;

/// The files and directories below `tree` with such rights; the tree itself is `.`. The group's right to
/// write counts as for the shim: not where the group is private. A directory may inherit
/// the set-group-ID bit.
#[cfg(unix)]
pub(super) fn faults(tree: &Path) -> Result<Vec<Difference>> {
    use super::DifferenceKind;
    use crate::error::OrCannot as _;
    use crate::store::owner;
    use goward_resolver::soundness::Fault;
    use std::fs;
    use std::os::unix::fs::MetadataExt as _;
    let caller = rustix::process::geteuid().as_raw();
    let (mut found, mut open) = (Vec::new(), vec![tree.to_path_buf()]);
    while let Some(path) = open.pop() {
        let facts = fs::symlink_metadata(&path).or_cannot("read", &path)?;
        if facts.is_symlink() {
            continue;
        }
        let borrowed = facts.is_file() && facts.mode() & 0o6000 != 0;
        let is_open =
            facts.mode() & 0o022 != 0 && owner::fault(&path, &facts, caller) == Some(Fault::Open);
        if borrowed || is_open {
            let inner = path.strip_prefix(tree).unwrap_or(&path).to_string_lossy();
            let path = if inner.is_empty() { ".".to_owned() } else { inner.into_owned() };
            found.push(Difference { path, kind: DifferenceKind::Mode });
        }
        if facts.is_dir() {
            for entry in fs::read_dir(&path).or_cannot("read", &path)? {
                open.push(entry.or_cannot("read", &path)?.path());
            }
        }
    }
    Ok(found)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "other systems can fail")]
pub(super) fn faults(_tree: &Path) -> Result<Vec<Difference>> {
    Ok(Vec::new())
}

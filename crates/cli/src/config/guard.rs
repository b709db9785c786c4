//! The guard of the policy file: it binds all users, so only root may have written it, or be able to.

use crate::failure::{Exit, Failure, Result};
use crate::paths::{Shown as _, to_bytes};
use goward_installer::read;
use goward_resolver::soundness::{self, Fault};
use goward_resolver::{Facts, Host, Node, ROOT};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// The text of the file at `path`, an absolute path; `None` if it is not there.
///
/// # Errors
/// If it, or a directory above it, is a link, is not root's, or can be written by another user; if it is
/// no regular file, is larger than `limit` bytes, is no text, or cannot be read.
pub(super) fn text(host: &dyn Host, path: &Path, limit: usize) -> Result<Option<String>> {
    let refused = |why: &str| refusal(path, why);
    let mut above: Vec<&Path> = path.ancestors().collect();
    above.reverse();
    for step in above {
        match fs::symlink_metadata(step) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(refused(&format!("{} cannot be read: {error}", step.shown())));
            }
            Ok(_) => {}
        }
        let facts = host.entry(&to_bytes(step));
        let facts = facts.ok_or_else(|| refused(&format!("{} is gone", step.shown())))?;
        if let Some(why) = fault(&facts, step == path, &|user| soundness::is_unmapped(host, user)) {
            return Err(refused(&format!("{} {why}", step.shown())));
        }
    }
    // From here on only root can exchange anything on the way.
    let bytes = read::read_unlinked(path, limit);
    let bytes = bytes.map_err(|error| refused(&format!("it cannot be read: {error}")))?;
    String::from_utf8(bytes).map(Some).map_err(|_| refused("it is not UTF-8 text"))
}

/// Why a step on the way to the file, or the file itself, may not bind anyone. `unmapped` tells of a user
/// whether the number stands for all whom the caller's user namespace does not know, root among them.
fn fault(facts: &Facts, is_file: bool, unmapped: &dyn Fn(u32) -> bool) -> Option<String> {
    let wanted = if is_file { Node::File } else { Node::Directory };
    if facts.is_link() {
        return Some("is a link".to_owned());
    }
    if facts.node != wanted {
        let what = if is_file { "is no regular file" } else { "is no directory" };
        return Some(what.to_owned());
    }
    let by_root = unmapped(facts.owner);
    let facts = Facts { owner: if by_root { ROOT } else { facts.owner }, ..*facts };
    // No group is root's alone but root's own.
    match soundness::fault(&facts, ROOT, &|_, _| false)? {
        Fault::Foreign => Some(format!("belongs to user {}, not to root", facts.owner)),
        Fault::Open => {
            Some(format!("can be written by other users (mode {:04o})", facts.mode & 0o7777))
        }
    }
}

fn refusal(path: &Path, why: &str) -> Failure {
    let message = format!("{} binds all users, but not as it is: {why}", path.shown());
    Failure::new(Exit::Usage, message).hint(
        "its owner has to be root, and no one else may write it or a directory above it; as root, \
         mend that, or remove the file",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_roots_own_binds() {
        let facts = |owner, group, mode| Facts { node: Node::File, owner, group, mode };
        let said = |facts: Facts| fault(&facts, true, &|user| user == 65534);
        for (sound, owner, group, mode) in [
            (true, 0, 0, 0o644),
            (true, 0, 1000, 0o644),
            (true, 0, 0, 0o664),
            (true, 65534, 65534, 0o644),
            (false, 65534, 65534, 0o666),
            (false, 0, 50, 0o664),
            (false, 0, 0, 0o646),
            (false, 1000, 1000, 0o644),
        ] {
            let said = said(facts(owner, group, mode));
            assert_eq!(said.is_none(), sound, "{owner} {group} {mode:o}: {said:?}");
        }
        let directory = Facts { node: Node::Directory, ..facts(0, 0, 0o755) };
        assert_eq!(said(directory).as_deref(), Some("is no regular file"));
        assert_eq!(fault(&directory, false, &|_| false), None);
        let link = Facts { node: Node::Link, ..facts(0, 0, 0o777) };
        assert_eq!(said(link).as_deref(), Some("is a link"));
    }
}

//! The way to a directory: the links in its path, and whose they are.

use super::MOST_LINKS;
use super::directory::caller;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::paths::shown_path;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// Fails if another user's link leads to the directory of `file`: that user would choose where is
/// written. Directories that are not there yet will be the caller's own.
pub(crate) fn check_way(file: &Path) -> Result<()> {
    let Some((link, owner)) = strangers_link(super::parent(file)) else { return Ok(()) };
    let (name, link) = (shown_path(file), shown_path(&link));
    let message = format!("cannot write {name}");
    Err(Failure::new(Exit::Failure, message)
        .because(format!("{link} is a link of user {owner}"))
        .hint(format!("remove {link}, and make a directory of your own there")))
}

/// The first link on the way to `directory` that belongs to neither the caller nor root, and its owner.
fn strangers_link(directory: &Path) -> Option<(PathBuf, u32)> {
    let mut done = std::env::current_dir().unwrap_or_default();
    let (mut left, mut links) = (names(directory), 0);
    while let Some(name) = left.pop() {
        match Path::new(&name).components().next()? {
            Component::CurDir => continue,
            Component::ParentDir => {
                done.pop();
                continue;
            }
            Component::RootDir | Component::Prefix(_) => {
                done.push(&name);
                continue;
            }
            Component::Normal(_) => done.push(&name),
        }
        let facts = done.symlink_metadata().ok()?;
        if !facts.is_symlink() {
            continue;
        }
        let owner = owner(&facts);
        if owner != caller() && owner != Some(0) {
            return Some((done, owner?));
        }
        links += 1;
        if links > MOST_LINKS {
            return None;
        }
        left.extend(names(&done.read_link().ok()?));
        done.pop();
    }
    None
}

/// The names that a path has, the first last.
fn names(path: &Path) -> Vec<OsString> {
    path.components().rev().map(|name| name.as_os_str().to_owned()).collect()
}

#[cfg(unix)]
fn owner(facts: &std::fs::Metadata) -> Option<u32> {
    Some(std::os::unix::fs::MetadataExt::uid(facts))
}

#[cfg(not(unix))]
fn owner(_facts: &std::fs::Metadata) -> Option<u32> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{lchown, symlink};

    #[test]
    fn every_link_on_the_way_has_to_be_ones_own() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for name in ["home", "theirs/a"] {
            fs::create_dir_all(at(name)).unwrap();
        }
        symlink("../theirs", at("home/own")).unwrap();
        symlink(at("home/own/a/../a"), at("home/hop")).unwrap();
        symlink("loop", at("home/loop")).unwrap();
        for file in ["home/x", "home/own/x", "home/hop/x", "home/new/x", "home/loop/x", "x/../y"] {
            check_way(&at(file)).unwrap();
        }
        if !goward_testkit::untested::is_root("links of another user") {
            return;
        }
        lchown(at("home/own"), Some(65534), None).unwrap();
        for (file, refused) in [
            ("home/own/x", true),
            ("home/own/new/x", true),
            ("home/own/../home/x", true),
            // By way of one's own.
            ("home/hop/x", true),
            ("home/own", false),
            ("theirs/a/x", false),
        ] {
            let checked = check_way(&at(file));
            let why = checked.err().map(|failure| failure.causes.join("; ")).unwrap_or_default();
            assert_eq!(why.ends_with("home/own is a link of user 65534"), refused, "{file}: {why}");
        }
    }
}

//! The way to a directory: the links and directories in its path, and the users who could change
//! them.

use super::directory::{caller, parent};
use crate::error::{Error, Result};
use crate::shown::Shown as _;
use crate::store::owner::MOST_LINKS;
use std::ffi::OsString;
use std::fs::Metadata;
use std::io;
use std::path::{Component, Path, PathBuf};

/// A flaw by which another user can choose the target of a path.
enum Flaw {
    /// A link that belongs to that user.
    Link(u32),
    /// A directory that belongs to that user, who can put a link in place of its entries.
    Directory(u32),
    /// A directory in which any other user can do that.
    Open,
}

/// The rule for a directory on the way that is sticky, so that only the owner of an entry can replace
/// it, while every user can add one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sticky {
    /// It may be open: goward writes to its own entries, and adds some.
    Passes,
    /// The one that holds the file counts as open: another user may have put the file there.
    Fails,
}

/// Fails if another user could lead the way to the directory of `file` elsewhere: that user would
/// choose the place of the write. A directory that is not there yet will be the caller's own.
pub fn check_way(file: &Path) -> Result<()> {
    match flaw(parent(file), &Home::of_environment(), Sticky::Passes) {
        Some(flaw) => Err(refusal("write", file, flaw)),
        None => Ok(()),
    }
}

/// Fails if another user could have chosen the program at `file`: it, the directory that holds it and
/// every link and directory on the way must be the caller's or root's, and closed to others.
///
/// # Errors
/// With the remedy.
pub fn check_program(file: &Path) -> Result<()> {
    match flaw(file, &Home::of_environment(), Sticky::Fails) {
        Some(flaw) => Err(refusal("take", file, flaw)),
        None => Ok(()),
    }
}

/// Fails if another user could put another directory in the place of `tree`, or lead the way to it
/// elsewhere. A sticky directory such as `/tmp` on the way does no harm.
#[cfg(unix)]
pub(crate) fn check_place(tree: &Path) -> Result<()> {
    let Some((path, flaw)) = flaw(tree, &Home::of_environment(), Sticky::Passes) else {
        return Ok(());
    };
    let path = path.shown();
    let refused = Error::store(match flaw {
        Flaw::Link(owner) => format!("{path} is a link of user {owner}, who could change it"),
        Flaw::Directory(owner) => format!("{path} belongs to user {owner}, who could change it"),
        Flaw::Open => format!("{path} can be written by other users"),
    });
    Err(refused.hint(format!("adopt a copy of it: goward adopt {}", tree.word("TREE"))))
}

/// The owner of what is at `path`, links not followed, if that is another user than the caller.
///
/// # Errors
/// If the system does not tell.
pub fn stranger(path: &Path) -> io::Result<Option<u32>> {
    let owner = owner(&path.symlink_metadata()?);
    Ok(owner.filter(|_| owner != caller()))
}

/// The refusal of `file`, because of a flaw of a path.
fn refusal(action: &str, file: &Path, (path, flaw): (PathBuf, Flaw)) -> Error {
    let (name, shown) = (file.shown(), path.shown());
    let refused = Error::file(format!("cannot {action} {name}"));
    let what = if path == file { "file" } else { "directory" };
    match flaw {
        Flaw::Link(owner) => refused
            .because(format!("{shown} is a link of user {owner}"))
            .hint(format!("remove {shown}, and make a directory of your own there")),
        Flaw::Directory(owner) => refused
            .because(format!("{shown} is a {what} of user {owner}"))
            .hint(format!("move {shown} away, and make a {what} of your own there")),
        Flaw::Open => {
            refused.because(format!("{shown} can be written by other users")).hint(match action {
                // Such a directory is often one like /tmp, which has to stay open.
                "take" => "copy it into a directory of your own".to_owned(),
                _ => format!("run: chmod go-w {}", path.word("DIRECTORY")),
            })
        }
    }
}

/// The caller's home directory, by both its names. It is empty for root, whose home lies in no
/// user's directory, and if the home is not the caller's own.
struct Home(Vec<PathBuf>);

impl Home {
    fn of_environment() -> Home {
        let home = std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute());
        let own = |home: &PathBuf| {
            home.metadata().is_ok_and(|facts| owner(&facts) == caller() && caller() != Some(0))
        };
        let home = home.filter(own);
        let real = home.as_ref().and_then(|home| crate::canonical(home).ok());
        Home(home.into_iter().chain(real).collect())
    }

    /// Whether the home directory lies in `directory`. The owner of `directory` controls the home
    /// directory, too, so no check helps. Android's system is such a user.
    fn is_in(&self, directory: &Path) -> bool {
        self.0.iter().any(|home| home.starts_with(directory) && home != directory)
    }
}

/// The first flaw on the way to `place` or of `place` itself, and its path.
fn flaw(place: &Path, home: &Home, sticky: Sticky) -> Option<(PathBuf, Flaw)> {
    let mut done = PathBuf::new();
    let here = std::env::current_dir().unwrap_or_default();
    let (mut left, mut links) = (names(&here.join(place)), 0);
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
        let owner = owner(&facts);
        let strange = owner.filter(|_| owner != caller() && owner != Some(0));
        if !facts.is_symlink() {
            match strange {
                _ if home.is_in(&done) => {}
                Some(owner) => return Some((done, Flaw::Directory(owner))),
                // Only the directory that holds the file has one name after its own.
                None if is_open(&done, &facts, sticky == Sticky::Passes || left.len() != 1) => {
                    return Some((done, Flaw::Open));
                }
                None => {}
            }
            continue;
        }
        if let Some(owner) = strange {
            return Some((done, Flaw::Link(owner)));
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

/// The names of a path, in reverse order.
fn names(path: &Path) -> Vec<OsString> {
    path.components().rev().map(|name| name.as_os_str().to_owned()).collect()
}

#[cfg(unix)]
fn owner(facts: &Metadata) -> Option<u32> {
    Some(std::os::unix::fs::MetadataExt::uid(facts))
}

#[cfg(not(unix))]
fn owner(_facts: &Metadata) -> Option<u32> {
    None
}

/// Whether others could change a file, or put a link in place of an entry of a directory, with these
/// facts, which belongs to the caller or root. Where `sticky_passes`, a sticky directory is not open.
#[cfg(unix)]
fn is_open(path: &Path, facts: &Metadata, sticky_passes: bool) -> bool {
    use goward_resolver::soundness::Fault;
    use std::os::unix::fs::MetadataExt as _;
    let sticky = sticky_passes && facts.is_dir() && facts.mode() & 0o1000 != 0;
    let fault = crate::store::owner::fault(path, facts, caller().unwrap_or_default());
    !sticky && fault == Some(Fault::Open)
}

#[cfg(not(unix))]
fn is_open(_path: &Path, _facts: &Metadata, _sticky_passes: bool) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::error::Error as _;
    use std::fs;
    use std::os::unix::fs::{lchown, symlink};

    #[test]
    fn a_directory_that_others_can_write_to_is_no_way() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let open = dir.path().join("open");
        fs::create_dir_all(open.join("own")).unwrap();
        for (mode, refused) in [(0o777, true), (0o1777, false), (0o755, false)] {
            fs::set_permissions(&open, fs::Permissions::from_mode(mode)).unwrap();
            for file in ["x", "own/x", "new/x"] {
                let checked = check_way(&open.join(file));
                let why = checked.err().and_then(|error| Some(error.source()?.to_string()));
                let says =
                    why.is_some_and(|why| why.ends_with("open can be written by other users"));
                assert_eq!(says, refused, "{mode:o} {file}");
            }
        }
    }

    #[test]
    fn a_program_that_another_user_may_have_put_there_is_not_taken() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let set = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        fs::create_dir_all(at("a/b")).unwrap();
        fs::write(at("a/b/go"), "").unwrap();
        symlink("b/go", at("a/link")).unwrap();
        let refused = || {
            let refused = |name: &str| check_program(&at(name)).is_err();
            (refused("a/b/go"), refused("a/link"))
        };
        assert_eq!(refused(), (false, false));
        for (name, mode, is) in [
            ("a/b/go", 0o757, (true, true)),
            ("a/b/go", 0o755, (false, false)),
            // A sticky one only where it holds the program, or the link.
            ("a/b", 0o1777, (true, true)),
            ("a/b", 0o777, (true, true)),
            ("a/b", 0o755, (false, false)),
            ("a", 0o1777, (false, true)),
            ("a", 0o777, (true, true)),
            ("a", 0o755, (false, false)),
        ] {
            set(&at(name), mode);
            assert_eq!(refused(), is, "{name} {mode:o}");
        }
        if goward_testkit::untested::is_root("a program of another user") {
            for (name, is) in [("a/link", (false, true)), ("a/b/go", (true, true))] {
                lchown(at(name), Some(65534), None).unwrap();
                assert_eq!(refused(), is, "{name}");
                lchown(at(name), Some(0), None).unwrap();
            }
            lchown(at("a/b/go"), Some(65534), None).unwrap();
            let error = check_program(&at("a/b/go")).unwrap_err();
            let why = error.source().unwrap().to_string();
            assert!(why.ends_with("go is a file of user 65534"), "{why}");
        }
    }

    #[test]
    fn the_directories_above_a_home_are_none_of_its_business() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("system/home");
        fs::create_dir_all(home.join("x")).unwrap();
        if !goward_testkit::untested::is_root("a home directory in another user's directory") {
            return;
        }
        lchown(dir.path().join("system"), Some(65534), None).unwrap();
        let known = Home(vec![home.clone()]);
        let flaw = |known: &Home| super::flaw(&home.join("x"), known, Sticky::Passes);
        assert!(flaw(&known).is_none());
        assert!(flaw(&Home(Vec::new())).is_some());
        lchown(&home, Some(65534), None).unwrap();
        assert!(flaw(&known).is_some());
    }

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
            // By way of the caller's own link.
            ("home/hop/x", true),
            ("home/own", false),
            ("theirs/a/x", false),
        ] {
            let checked = check_way(&at(file));
            let why = checked
                .err()
                .and_then(|error| Some(error.source()?.to_string()))
                .unwrap_or_default();
            assert_eq!(why.ends_with("home/own is a link of user 65534"), refused, "{file}: {why}");
        }
        std::os::unix::fs::chown(at("theirs/a"), Some(65534), None).unwrap();
        for (file, refused) in [("theirs/a/x", true), ("theirs/a/b/x", true), ("theirs/a", false)] {
            let checked = check_way(&at(file));
            let why = checked
                .err()
                .and_then(|error| Some(error.source()?.to_string()))
                .unwrap_or_default();
            let says = why.ends_with("theirs/a is a directory of user 65534");
            assert_eq!(says, refused, "{file}: {why}");
        }
    }
}

//! The right to write to a store: its directories belong only to the user who installs.

use crate::error::{Error, Result};
use crate::shown::Shown as _;
use std::path::Path;

#[cfg(unix)]
pub(crate) use imp::fault;
pub(crate) use imp::{
    check_directory, check_elsewhere, check_home, check_others, check_own, check_tree,
    own_directory,
};

/// The number of links that Linux follows.
pub(crate) const MOST_LINKS: usize = 40;

fn refuse(directory: &Path, why: &str) -> Error {
    Error::store(format!("{} {why}", directory.shown()))
}

#[cfg(unix)]
mod imp {
    use super::*;
    use crate::error::OrCannot as _;
    use crate::read::read;
    use crate::store::replace::check_place;
    use goward_resolver::accounts::{LIMIT, UserDatabase};
    use goward_resolver::soundness::{self, Fault};
    use goward_resolver::{ACCESS_LIST, Facts, Node};
    use std::collections::BTreeSet;
    use std::ffi::OsStr;
    use std::fs::{self, DirBuilder, Permissions};
    use std::io;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
    use std::path::PathBuf;

    /// Makes sure that `directory` exists, with the permission bits `mode` as far as the umask
    /// allows, and, unless the user has `vouched` for it, that only the caller can write to it. The
    /// parent must exist.
    pub(crate) fn own_directory(directory: &Path, mode: u32, vouched: bool) -> Result<()> {
        let me = rustix::process::geteuid();
        match DirBuilder::new().mode(mode).create(directory) {
            // Root's umask must not lock other users out of the machine's store.
            Ok(()) if me.is_root() => fs::set_permissions(directory, Permissions::from_mode(mode))
                .or_cannot("open up", directory)?,
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::io("create", directory, error)),
        }
        check_directory(directory, vouched)
    }

    /// Refuses a directory of a store that is to be removed, if it is not the caller's own or
    /// others can write to it: those users choose its entries, now and during the removal. It
    /// follows no link to it, and no trusted path vouches for it.
    pub(crate) fn check_own(directory: &Path) -> Result<()> {
        // With a slash at the end of the path the system would follow a link.
        let directory: &Path = &directory.components().collect::<PathBuf>();
        let Ok(found) = fs::symlink_metadata(directory) else { return Ok(()) };
        let me = rustix::process::geteuid().as_raw();
        if found.is_symlink() {
            return Err(refuse(directory, "is a link")
                .hint("set GOWARD_ROOT to the directory that it leads to, if that is to go"));
        }
        if !found.is_dir() {
            return Err(refuse(directory, "is not a directory"));
        }
        if found.uid() != me {
            return Err(refuse(directory, &format!("belongs to user {}", found.uid()))
                .hint("do it as that user"));
        }
        fault(directory, &found, me).map_or(Ok(()), |_| Err(open(directory)))
    }

    /// The refusal of a directory that others can write to.
    fn open(directory: &Path) -> Error {
        let fix = format!("run: chmod go-w {}", directory.word("DIRECTORY"));
        refuse(directory, "can be written by other users").hint(fix)
    }

    /// Refuses a directory that is not the caller's own, that another user's link leads to, or that
    /// others can write to, unless the user has `vouched` for it. It must exist.
    pub(crate) fn check_directory(directory: &Path, vouched: bool) -> Result<()> {
        if vouched {
            return directory_at(directory).map(drop);
        }
        let link = "remove it, or set GOWARD_ROOT to a directory of your own";
        let owner = [
            "run as the owner, or set GOWARD_ROOT to a directory of your own",
            "where owners mean nothing, name the store in GOWARD_TRUSTED_PATHS",
        ];
        judge(directory, link, &owner)
    }

    /// Refuses a directory outside of the store, in which another tool keeps toolchains, if not
    /// only the caller can change it. Another user could have links in it, and goward would make or
    /// remove files at their targets.
    pub(crate) fn check_others(directory: &Path) -> Result<()> {
        judge(directory, "do it as that user", &["do it as that user"])?;
        if !rustix::process::geteuid().is_root() {
            return Ok(());
        }
        // The owner of a directory above could put a link in its place.
        let real = crate::canonical(directory).or_cannot("read", directory)?;
        for above in real.ancestors().skip(1) {
            let user = fs::metadata(above).or_cannot("read", above)?.uid();
            if user != 0 {
                let why = format!("is in a directory of user {user}, but this runs as root");
                return Err(refuse(directory, &why).hint("do it as that user"));
            }
        }
        Ok(())
    }

    fn directory_at(path: &Path) -> Result<fs::Metadata> {
        let found = fs::metadata(path).or_cannot("read", path)?;
        if found.is_dir() { Ok(found) } else { Err(refuse(path, "is not a directory")) }
    }

    /// Refuses a directory that is not the caller's own. The hint is `link` if it is a stranger's
    /// link, and `owner` if the directory has another owner.
    fn judge(directory: &Path, link: &str, owner: &[&str]) -> Result<()> {
        let me = rustix::process::geteuid().as_raw();
        let foreign = foreign_link(directory, me);
        if let Some(user) = foreign.or_cannot("read", directory)? {
            // That user chooses its target, now and later.
            return Err(
                refuse(directory, &format!("leads through a link of user {user}")).hint(link)
            );
        }
        let found = directory_at(directory)?;
        if found.uid() != me {
            let why = format!("belongs to user {}, but this runs as user {me}", found.uid());
            let refused = refuse(directory, &why);
            return Err(owner.iter().fold(refused, |refused, hint| refused.hint(*hint)));
        }
        match fault(directory, &found, me) {
            Some(Fault::Open) => Err(open(directory)),
            _ => Ok(()),
        }
    }

    /// The owner of the first link on the way from `directory` to its target that belongs to
    /// neither `caller` nor root.
    fn foreign_link(directory: &Path, caller: u32) -> io::Result<Option<u32>> {
        // This drops a slash at the end of the path, with which the system would follow a link at
        // once.
        let mut at: PathBuf = directory.components().collect();
        for _ in 0..MOST_LINKS {
            let entry = fs::symlink_metadata(&at)?;
            if !entry.is_symlink() {
                return Ok(None);
            }
            if entry.uid() != caller && entry.uid() != 0 {
                return Ok(Some(entry.uid()));
            }
            let target = at.parent().unwrap_or(&at).join(fs::read_link(&at)?);
            at = target.components().collect();
        }
        Err(io::Error::other("too many links"))
    }

    /// Refuses a toolchain whose directory another user could change.
    pub(crate) fn check_tree(directory: &Path) -> Result<()> {
        let found = fs::metadata(directory).or_cannot("read", directory)?;
        match fault(directory, &found, rustix::process::geteuid().as_raw()) {
            None => Ok(()),
            Some(Fault::Open) => Err(open(directory)),
            Some(Fault::Foreign) => {
                let why = format!("belongs to user {}", found.uid());
                Err(refuse(directory, &why).hint("uninstall it, and install it again"))
            }
        }
    }

    /// The most files and directories of a tree: a Go has a tenth of that.
    const MOST_ENTRIES: usize = 200_000;

    /// Refuses a tree elsewhere that is to be used where it is, if another user could change anything in
    /// it, or the way there. The same holds for what its links lead to.
    pub(crate) fn check_elsewhere(tree: &Path) -> Result<()> {
        for path in [tree.to_owned(), tree.join("bin"), tree.join("bin/go")] {
            let found = fs::metadata(&path).or_cannot("read", &path)?;
            check_inner(tree, &path, &found)?;
            let is_program = found.is_file() && found.mode() & 0o111 != 0;
            if !found.is_dir() && !is_program {
                return Err(refuse(&path, "is not a program"));
            }
        }
        check_place(tree)?;
        let (mut open, mut elsewhere) = (vec![tree.to_owned()], BTreeSet::new());
        let mut count = 0;
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(&directory).or_cannot("read", &directory)? {
                let entry = entry.or_cannot("read", &directory)?;
                let path = entry.path();
                let found = entry.metadata().or_cannot("read", &path)?;
                count += 1;
                if count > MOST_ENTRIES {
                    return Err(refuse(tree, "has more files than a Go"));
                }
                if !found.is_symlink() {
                    check_inner(tree, &path, &found)?;
                    if found.is_dir() {
                        open.push(path);
                    }
                } else if let Some(target) = check_link(tree, &path, &found)?
                    && elsewhere.insert(target.clone())
                {
                    open.push(target);
                }
            }
        }
        Ok(())
    }

    /// Refuses a file or directory of a tree that another user could change.
    fn check_inner(tree: &Path, path: &Path, found: &fs::Metadata) -> Result<()> {
        match fault(path, found, rustix::process::geteuid().as_raw()) {
            None => Ok(()),
            Some(Fault::Open) => {
                let fix = format!("run: chmod -R go-w {}", tree.word("TREE"));
                Err(refuse(path, "can be written by other users").hint(fix))
            }
            Some(Fault::Foreign) => Err(foreign(tree, path, found)),
        }
    }

    fn foreign(tree: &Path, path: &Path, found: &fs::Metadata) -> Error {
        let why = format!("belongs to user {}, who could change it", found.uid());
        let copy = format!("adopt a copy of it: goward adopt {}", tree.word("TREE"));
        refuse(path, &why).hint(copy)
    }

    /// Refuses a link of a tree by which another user could change it. Returns its target, if that is a
    /// directory outside of the tree; a link to nothing is none of a Go's files.
    fn check_link(tree: &Path, path: &Path, link: &fs::Metadata) -> Result<Option<PathBuf>> {
        // The rights of a link say nothing, and its owner has chosen the target.
        if link.uid() != 0 && link.uid() != rustix::process::geteuid().as_raw() {
            return Err(foreign(tree, path, link));
        }
        let Ok(target) = crate::canonical(path) else { return Ok(None) };
        if target.starts_with(tree) {
            return Ok(None);
        }
        let found = fs::metadata(&target).or_cannot("read", &target)?;
        check_inner(tree, &target, &found)?;
        check_place(&target)?;
        Ok(found.is_dir().then_some(target))
    }

    /// The fault of `path`, of which the system has said `found`. The shim finds it, too.
    pub(crate) fn fault(path: &Path, found: &fs::Metadata, caller: u32) -> Option<Fault> {
        let (owner, group) = (found.uid(), found.gid());
        let list = if has_list(path, found.mode()) { ACCESS_LIST } else { 0 };
        let mode = found.mode() & 0o7777 | list;
        let facts = Facts { node: Node::Directory, owner, group, mode };
        let text = |path: &[u8]| read(Path::new(OsStr::from_bytes(path)), LIMIT).ok();
        let database = UserDatabase::default();
        let is_private = |owner, group| database.is_private_group(&text, owner, group);
        soundness::fault(&facts, caller, &is_private)
    }

    /// Whether an access list may let other users write: the group's right to write is its mask then.
    #[cfg(target_os = "linux")]
    fn has_list(path: &Path, mode: u32) -> bool {
        let size = || rustix::fs::getxattr(path, "system.posix_acl_access", &mut [0_u8; 0][..]);
        mode & 0o020 != 0 && size().is_ok()
    }

    /// Only Linux keeps such a list as an attribute.
    #[cfg(not(target_os = "linux"))]
    fn has_list(_path: &Path, _mode: u32) -> bool {
        false
    }

    /// Refuses to let root work below another user's home directory, as `sudo` with a kept HOME
    /// would: that user could neither change nor remove root's files there.
    pub(crate) fn check_home(root: &Path) -> Result<()> {
        if !rustix::process::geteuid().is_root() {
            return Ok(());
        }
        if let Some(home) = std::env::var_os("HOME").filter(|home| !home.is_empty()) {
            check_roots_home(root, &home)?;
        }
        let user = std::env::var("SUDO_UID").ok().and_then(|uid| uid.parse().ok());
        user.map_or(Ok(()), |user| check_place_of(root, user))
    }

    /// The check for root by way of sudo: goward makes nothing in a directory of the `user` who
    /// called sudo, with any HOME and GOWARD_ROOT.
    pub(super) fn check_place_of(root: &Path, user: u32) -> Result<()> {
        let existing = root.ancestors().find_map(|directory| fs::metadata(directory).ok());
        match existing {
            Some(found) if user != 0 && found.uid() == user => {
                let why = format!("is in a directory of user {user}, but sudo runs this as root");
                Err(refuse(root, &why)
                    .hint("run without sudo, or set GOWARD_ROOT to a directory of root's"))
            }
            _ => Ok(()),
        }
    }

    /// The check for root, whose HOME is `home`.
    pub(super) fn check_roots_home(root: &Path, home: &OsStr) -> Result<()> {
        match fs::metadata(home) {
            Ok(found) if root.starts_with(home) && found.uid() != 0 => {
                let why = format!(
                    "is in the home directory of user {}, but this runs as root",
                    found.uid()
                );
                let own = match std::env::var_os("SUDO_UID") {
                    Some(_) => "run without sudo, or with `sudo -H`",
                    None => "run as that user, or set HOME to root's own directory",
                };
                Err(refuse(root, &why)
                    .hint(format!("{own}; or set GOWARD_ROOT to a directory of root's")))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(not(unix))]
mod imp {
    use super::*;
    use std::io;

    // Directories inherit the access list of the user's profile, which is private.
    pub(crate) fn own_directory(directory: &Path, _mode: u32, vouched: bool) -> Result<()> {
        match std::fs::create_dir(directory) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                Err(Error::io("create", directory, error))
            }
            _ => check_directory(directory, vouched),
        }
    }

    pub(crate) fn check_directory(directory: &Path, _vouched: bool) -> Result<()> {
        if directory.is_dir() { Ok(()) } else { Err(refuse(directory, "is not a directory")) }
    }

    pub(crate) fn check_others(_directory: &Path) -> Result<()> {
        Ok(())
    }

    pub(crate) fn check_own(directory: &Path) -> Result<()> {
        if directory.is_symlink() { Err(refuse(directory, "is a link")) } else { Ok(()) }
    }

    pub(crate) fn check_tree(_directory: &Path) -> Result<()> {
        Ok(())
    }

    pub(crate) fn check_elsewhere(_tree: &Path) -> Result<()> {
        Ok(())
    }

    pub(crate) fn check_home(_root: &Path) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
#[cfg(unix)]
#[path = "owner_tests.rs"]
mod tests;

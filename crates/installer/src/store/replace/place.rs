//! A user's file that goward is to write. goward writes nothing through another user's link, nor
//! over another user's file, and keeps the file's permissions.

use super::directory::{Directory, Entry, Kind, Mode, caller, parent};
use super::temporary::{self, Temporary};
use super::way::check_way;
use crate::error::{Error, Result};
use crate::read::{if_there, read_unlinked};
use crate::shown::Shown as _;
use crate::store::owner::MOST_LINKS;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Which links are followed, where a file to be written is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// Those whose target is in their own directory: a repository may bring any others.
    Beside,
    /// All of the user's and root's, also on the way: a start-up file may lie among dotfiles.
    Anywhere,
    /// None. The link itself is replaced.
    Never,
}

/// The place of a file that goward may write.
pub struct Place {
    directory: Directory,
    name: OsString,
    named: PathBuf,
    path: PathBuf,
    /// The number of links that lead there.
    links: usize,
    follow: Follow,
    /// Whether the user has vouched for the files of that directory, with any owner.
    vouched: bool,
}

impl Place {
    /// Follows `named` to the file itself, which may be absent.
    ///
    /// # Errors
    /// If it leads where `follow` forbids, if it or a link on the way is another user's, or if it
    /// is there and no regular file.
    pub fn find(named: &Path, follow: Follow) -> Result<Place> {
        Place::find_in(named, follow, |_| false)
    }

    /// As [`Place::find`]. In a directory for which `vouched` is true, another user's file counts
    /// as the caller's own.
    pub fn find_in(named: &Path, follow: Follow, vouched: impl Fn(&Path) -> bool) -> Result<Place> {
        let (mut here, mut links, mut first) = (named.to_owned(), 0, None::<Directory>);
        loop {
            let refuse =
                |why: &str| Refusal { named, here: &here, links, of_another: false }.because(why);
            let failed = |error: io::Error| match links {
                0 => unable("write", named, error),
                _ => refuse(&format!("cannot be reached: {error}")),
            };
            if follow == Follow::Anywhere {
                check_way(&here)?;
            }
            let name = here.file_name().map(OsStr::to_owned);
            let name = name.ok_or_else(|| refuse("is a directory"))?;
            let directory = Directory::open(parent(&here)).map_err(failed)?;
            let entry = directory.look(&name).map_err(failed)?;
            if let Some(entry) = entry
                && entry.kind == Kind::Link
                && follow != Follow::Never
            {
                if links == MOST_LINKS {
                    return Err(refuse("is one of too many links"));
                }
                if entry.owner != caller() && entry.owner != Some(0) {
                    return Err(refuse(&format!("is a link{}", of_user(&entry))));
                }
                let target = directory.target(&name).map_err(failed)?;
                first.get_or_insert(directory);
                (here, links) = (target, links + 1);
                continue;
            }
            if let Some(first) = &first
                && follow == Follow::Beside
                && !first.is(&directory).map_err(failed)?
            {
                return Err(refuse("lies outside of that directory"));
            }
            if entry.is_none() && links > 0 {
                return Err(refuse("is not there"));
            }
            let path = directory.path.join(&name);
            let named = named.to_owned();
            let vouched = vouched(&directory.path);
            let place = Place { directory, name, named, path, links, follow, vouched };
            place.check(entry)?;
            return Ok(place);
        }
    }

    /// The path that was asked for.
    pub fn named(&self) -> &Path {
        &self.named
    }

    /// The real place, links followed.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The real place for a message, and the link that leads there.
    pub fn shown(&self) -> String {
        let path = self.path.shown();
        match self.links {
            0 => path,
            _ => format!("{path} (to which {} leads)", self.named.shown()),
        }
    }

    /// The content of the file; empty if it is not there.
    pub fn read(&self, limit: usize) -> Result<Vec<u8>> {
        let read = if_there(read_unlinked(&self.path, limit));
        Ok(read.map_err(|error| unable("read", &self.path, error))?.unwrap_or_default())
    }

    /// Writes the file anew. The permissions of an existing one are kept.
    pub fn replace(&self, content: &[u8]) -> Result<()> {
        self.put(content, 0o666, true, None)
    }

    /// As [`Place::replace`], if the file still holds `old`, from which the caller made `content`.
    pub fn edit(&self, old: &[u8], content: &[u8]) -> Result<()> {
        self.put(content, 0o666, true, Some(old))
    }

    /// As [`Place::replace`], but no other user may read or write the new file.
    pub fn replace_private(&self, content: &[u8]) -> Result<()> {
        self.put(content, 0o600, false, None)
    }

    /// Deletes the file, if it still holds `old`.
    pub fn remove(&self, old: &[u8]) -> Result<()> {
        let failed = |error: io::Error| unable("remove", &self.path, error);
        self.check(self.directory.look(&self.name).map_err(failed)?)?;
        self.check_unchanged(old)?;
        self.directory.remove(&self.name).map_err(failed)
    }

    /// Deletes the leftovers of killed processes beside the file.
    pub fn sweep(&self) {
        temporary::sweep_unlocked(&self.directory, &self.name);
    }

    fn put(&self, content: &[u8], mode: Mode, keep: bool, old: Option<&[u8]>) -> Result<()> {
        let failed = |error: io::Error| unable("write", &self.path, error);
        self.sweep();
        let found = self.directory.look(&self.name).map_err(failed)?;
        let found = found.filter(|found| keep && found.kind == Kind::File);
        // Other users may have no right to read the new content.
        let at_first = if found.is_some() { 0o600 } else { mode };
        let mut temporary =
            Temporary::create(&self.directory, &self.name, at_first).map_err(failed)?;
        temporary.file.write_all(content).map_err(failed)?;
        if let Some(found) = found {
            // Another group must not get the rights of this one.
            let all = if Directory::give_to(&temporary.file, &found) { 0o777 } else { 0o707 };
            Directory::set_mode(&temporary.file, found.mode & all).map_err(failed)?;
        }
        temporary.file.sync_all().map_err(failed)?;
        // Another process may have put another file there since.
        self.check(self.directory.look(&self.name).map_err(failed)?)?;
        old.map_or(Ok(()), |old| self.check_unchanged(old))?;
        temporary.rename(&self.name).map_err(failed)
    }

    /// Fails if the file no longer holds `old`.
    fn check_unchanged(&self, old: &[u8]) -> Result<()> {
        if self.read(old.len()).ok().as_deref() == Some(old) {
            return Ok(());
        }
        let message = format!("{} changed while it was edited", self.path.shown());
        Err(Error::file(message).hint("run the command again"))
    }

    /// Fails if the entry must not be replaced.
    fn check(&self, entry: Option<Entry>) -> Result<()> {
        let Some(entry) = entry else { return Ok(()) };
        let of_another = entry.owner != caller() && !self.vouched;
        let (named, here) = (self.named.as_path(), self.path.as_path());
        let refusal = Refusal { named, here, links: self.links, of_another };
        let refuse = |why: &str| Err(refusal.because(why));
        match entry.kind {
            Kind::Directory => return refuse("is a directory"),
            Kind::Other => return refuse("is not a regular file"),
            Kind::Link if self.follow != Follow::Never => return refuse("is a link by now"),
            Kind::File | Kind::Link => {}
        }
        if entry.owner == caller() || (self.vouched && entry.kind == Kind::File) {
            Ok(())
        } else {
            refuse(&format!("is a file{}", of_user(&entry)))
        }
    }
}

/// `cannot ACTION PATH`, of a file that is not the store's.
fn unable(action: &str, path: &Path, error: io::Error) -> Error {
    Error::file(format!("cannot {action} {}", path.shown())).because(error)
}

fn of_user(entry: &Entry) -> String {
    entry.owner.map(|owner| format!(" of user {owner}")).unwrap_or_default()
}

/// A refusal to write `named`: it leads by so many links to `here`, which is at fault.
struct Refusal<'a> {
    named: &'a Path,
    here: &'a Path,
    links: usize,
    /// Whether the reason is that it belongs to another user.
    of_another: bool,
}

impl Refusal<'_> {
    fn because(&self, why: &str) -> Error {
        let Refusal { named, here, links, of_another } = *self;
        let name = named.shown();
        let failure = Error::file(format!("cannot write {name}"));
        if links == 0 {
            let failure = failure.because(format!("it {why}"));
            if !of_another {
                return failure.hint("move it away, and a file takes its place");
            }
            return failure.hint("move it away, or run this as the user it belongs to").hint(
                "in a project, GOWARD_TRUSTED_PATHS names directories whose files count as yours",
            );
        }
        let here = here.shown();
        failure.because(format!("it is a link to {here}, which {why}")).hint(format!(
            "remove the link, and a file takes its place; or write to {here} yourself if that is meant"
        ))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::error::Error as _;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    fn why(named: &Path, follow: Follow) -> String {
        let refused = Place::find(named, follow).err();
        refused.as_ref().and_then(|error| error.source()).map(<_>::to_string).unwrap_or_default()
    }

    #[test]
    fn links_and_permissions_stay() {
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("file"), dir.path().join("link"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("file", &link).unwrap();
        let place = Place::find(&link, Follow::Beside).unwrap();
        place.edit(b"old", b"new").unwrap();
        assert_eq!(place.path(), crate::canonical(&file).unwrap());
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        let failure = place.edit(b"old", b"newer").unwrap_err();
        assert!(failure.to_string().ends_with("changed while it was edited"));
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        Place::find(&link, Follow::Never).unwrap().replace_private(b"own").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_file());
        assert_eq!(fs::metadata(&link).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left over");
    }

    #[test]
    fn links_out_of_the_directory_are_followed_only_where_that_is_meant() {
        let dir = tempfile::tempdir().unwrap();
        let (project, home) = (dir.path().join("p"), dir.path().join("home"));
        [&project, &home].iter().for_each(|dir| fs::create_dir(dir).unwrap());
        let (secret, link, hop) = (home.join("secret"), project.join("link"), project.join("hop"));
        fs::write(&secret, "secret").unwrap();
        symlink(&secret, &link).unwrap();
        symlink("link", &hop).unwrap();
        for named in [&link, &hop] {
            let why = why(named, Follow::Beside);
            assert!(why.contains("home/secret, which lies outside of that directory"), "{why}");
            Place::find(named, Follow::Anywhere).unwrap();
        }
        symlink("../p/./new", project.join("back")).unwrap();
        fs::write(project.join("new"), "").unwrap();
        Place::find(&project.join("back"), Follow::Beside).unwrap().replace(b"x").unwrap();
        assert_eq!(fs::read_to_string(project.join("new")).unwrap(), "x");
        // A directory that is a link is the directory that it leads to.
        symlink(&project, dir.path().join("elsewhere")).unwrap();
        Place::find(&dir.path().join("elsewhere/new"), Follow::Beside).unwrap();
    }

    #[test]
    fn an_entry_that_is_no_file_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::create_dir(at("directory")).unwrap();
        assert!(goward_testkit::start::tool("mkfifo").arg(at("fifo")).status().unwrap().success());
        symlink("nowhere", at("dangling")).unwrap();
        symlink("loop", at("loop")).unwrap();
        symlink("..", at("up")).unwrap();
        for (name, words) in [
            ("directory", "it is a directory"),
            ("fifo", "it is not a regular file"),
            ("dangling", "nowhere, which is not there"),
            ("loop", "which is one of too many links"),
            ("up", "which is a directory"),
        ] {
            for follow in [Follow::Beside, Follow::Anywhere] {
                let why = why(&at(name), follow);
                assert!(why.contains(words), "{name}: {why}");
            }
        }
        assert!(fs::symlink_metadata(at("dangling")).unwrap().is_symlink());
    }

    /// Between the look at a name and the write, another process can put a link there.
    #[test]
    fn a_file_that_became_a_link_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let (file, secret) = (dir.path().join("file"), dir.path().join("secret"));
        fs::write(&file, "old").unwrap();
        fs::write(&secret, "secret").unwrap();
        let place = Place::find(&file, Follow::Beside).unwrap();
        fs::remove_file(&file).unwrap();
        symlink(&secret, &file).unwrap();
        assert!(place.read(9).is_err());
        assert!(place.replace(b"new").is_err());
        assert_eq!(fs::read_to_string(&secret).unwrap(), "secret");
        // A new link at the old path does not change the directory.
        let (moved, other) = (dir.path().join("moved"), dir.path().join("d"));
        fs::create_dir(&other).unwrap();
        let place = Place::find(&other.join("file"), Follow::Beside).unwrap();
        fs::rename(&other, &moved).unwrap();
        symlink(dir.path(), &other).unwrap();
        fs::remove_file(&file).unwrap();
        place.replace(b"new").unwrap();
        assert!(!file.exists() && moved.join("file").exists());
    }

    #[test]
    fn a_file_stays_its_groups() {
        use std::os::unix::fs::{MetadataExt as _, chown};
        if !goward_testkit::untested::is_root("files of another group") {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "old").unwrap();
        chown(&file, None, Some(4242)).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o660)).unwrap();
        Place::find(&file, Follow::Beside).unwrap().edit(b"old", b"new").unwrap();
        let facts = fs::metadata(&file).unwrap();
        assert_eq!((facts.gid(), facts.mode() & 0o777), (4242, 0o660));
    }

    #[test]
    fn files_and_links_of_others_are_left_alone() {
        use std::os::unix::fs::{chown, lchown};
        if !goward_testkit::untested::is_root("files of another user") {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("theirs"), "").unwrap();
        fs::write(at("mine"), "").unwrap();
        chown(at("theirs"), Some(65534), None).unwrap();
        symlink("theirs", at("to-theirs")).unwrap();
        symlink("mine", at("their-link")).unwrap();
        lchown(at("their-link"), Some(65534), None).unwrap();
        for (name, words) in [
            ("theirs", "it is a file of user 65534"),
            ("to-theirs", "theirs, which is a file of user 65534"),
            ("their-link", "it is a link of user 65534"),
        ] {
            for follow in [Follow::Beside, Follow::Anywhere] {
                let why = why(&at(name), follow);
                assert!(why.contains(words), "{name}: {why}");
            }
        }
    }
}

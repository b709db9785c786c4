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

    /// As [`Place::edit`], but the new file may be run, and has nothing of an old one's. Without `old` there
    /// must be no file.
    pub fn put_program(&self, old: Option<&[u8]>, content: &[u8]) -> Result<()> {
        let found = self.directory.look(&self.name);
        let found = found.map_err(|error| unable("write", &self.path, error))?;
        if old.is_none() && found.is_some() {
            return Err(self.changed());
        }
        self.put(content, 0o777, false, old)
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
            // Another group must not get the rights of this one. Where a list says who may use the
            // file, these bits are the most that the list gives, not the rights of the group.
            let grouped = Directory::give_to(&temporary.file, &found);
            let listed = self.directory.copy_attributes(&self.name, &temporary.file);
            let all = if grouped && listed { 0o3777 } else { 0o707 };
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
        Err(self.changed())
    }

    /// The error of an edit that another process was faster than.
    pub fn changed(&self) -> Error {
        let message = format!("{} changed while it was edited", self.path.shown());
        Error::file(message).hint("run the command again")
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
        if entry.has_other_names && self.follow != Follow::Never {
            return Err(second_name(named));
        }
        if entry.owner == caller() || (self.vouched && entry.kind == Kind::File) {
            Ok(())
        } else {
            refuse(&format!("is a file{}", of_user(&entry)))
        }
    }
}

/// The refusal to write a file with a second name, such as a start-up file that lies in a directory of
/// dotfiles, too, or a pin that two projects share. A new file would take one of the names only, and
/// text that is written in place would be half written after a kill.
fn second_name(file: &Path) -> Error {
    let why = "it has another name, a hard link, which would keep the old text";
    let word = file.word("FILE");
    Error::file(format!("cannot write {}", file.shown()))
        .because(why)
        .hint("change it with an editor that keeps hard links")
        .hint(format!("or give this name a file of its own first: cp -p {word} {word}.new && mv {word}.new {word}"))
}

/// Fails if the file `path` has a second name.
pub(crate) fn check_names(path: &Path) -> Result<()> {
    #[cfg(unix)]
    if path.symlink_metadata().is_ok_and(|facts| {
        use std::os::unix::fs::MetadataExt as _;
        facts.is_file() && facts.nlink() > 1
    }) {
        return Err(second_name(path));
    }
    let _ = path;
    Ok(())
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
#[path = "place_tests.rs"]
mod tests;

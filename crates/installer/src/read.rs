//! Reads files that a project, a mirror or another user may have made: regular files of a bounded
//! size, without a wait for another process.

use std::fs::{File, Metadata};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

/// How often, and how long, goward waits for the holder of a lease.
const PAUSES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(5);

/// Opens a regular file for reading. A FIFO, a device, a socket or a directory is an error at once:
/// goward neither waits for it nor reads from it.
pub fn open(path: &Path) -> io::Result<File> {
    measured(path).map(|(file, _)| file)
}

/// As [`open`], with the size in bytes.
pub fn measured(path: &Path) -> io::Result<(File, u64)> {
    open_by(path, Access::Read, Links::Followed)
}

/// Opens a directory, to open files below it.
pub fn open_directory(path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::CLOEXEC | OFlags::DIRECTORY | OFlags::RDONLY;
        Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
    }
    #[cfg(not(unix))]
    File::open(path)
}

/// As [`measured`], by the way from an open directory: the system follows no more names than those of `path`.
#[cfg(unix)]
pub fn measured_below(directory: &File, path: &Path) -> io::Result<(File, u64)> {
    use std::os::fd::AsFd as _;
    examined(patiently(|| open_at(directory.as_fd(), path, Access::Read, Links::Followed))?)
}

/// Whether a file has one name: a stranger may have linked any other file of the user's to a second one.
pub fn is_alone(found: &Metadata) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::nlink(found) <= 1;
    #[cfg(not(unix))]
    return found.is_file();
}

/// Appends to a regular file what `more` makes of its content, if that is anything; returns whether it
/// is. No link is followed, none leads to it by a second name, and a file that cannot take all of it keeps its old
/// length.
pub fn append(
    path: &Path,
    limit: usize,
    more: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
) -> io::Result<bool> {
    let (mut file, size) = open_by(path, Access::Append, Links::Refused)?;
    if !is_alone(&file.metadata()?) {
        return Err(io::Error::other("it has another name, a hard link"));
    }
    let old = read_whole(&file, size, limit)?;
    let Some(more) = more(&old) else { return Ok(false) };
    file.write_all(&more).inspect_err(|_| {
        // The caller needs the first error.
        let _ = file.set_len(old.len() as u64);
    })?;
    Ok(true)
}

/// What is done with the file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    /// Its content is read first.
    Append,
}

/// Whether the file may be a link to another one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Links {
    Followed,
    Refused,
}

fn open_by(path: &Path, access: Access, links: Links) -> io::Result<(File, u64)> {
    examined(patiently(|| system_open(path, access, links))?)
}

/// The file with its size, if it is a regular one.
fn examined(file: File) -> io::Result<(File, u64)> {
    let meta = file.metadata()?;
    if meta.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !meta.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    Ok((file, meta.len()))
}

/// One call of the system: musl's own function makes two.
#[cfg(unix)]
fn system_open(path: &Path, access: Access, links: Links) -> io::Result<File> {
    open_at(rustix::fs::CWD, path, access, links)
}

#[cfg(unix)]
fn open_at(
    directory: std::os::fd::BorrowedFd<'_>,
    path: &Path,
    access: Access,
    links: Links,
) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    // Opening must not wait for the writer of a FIFO, and must not make a terminal ours.
    let mut flags = OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    flags |= match access {
        Access::Read => OFlags::RDONLY,
        Access::Append => OFlags::RDWR | OFlags::APPEND,
    };
    flags.set(OFlags::NOFOLLOW, links == Links::Refused);
    let open = || rustix::fs::openat(directory, path, flags, Mode::empty());
    Ok(File::from(rustix::io::retry_on_intr(open)?))
}

#[cfg(not(unix))]
fn system_open(path: &Path, access: Access, links: Links) -> io::Result<File> {
    if links == Links::Refused && std::fs::symlink_metadata(path)?.is_symlink() {
        return Err(io::Error::other("a link"));
    }
    File::options().read(true).append(access == Access::Append).open(path)
}

/// Opens a file by `open`. Another process may hold a lease on it (Samba and NFS servers do), and gets a
/// moment to give it up.
pub(crate) fn patiently<T>(mut open: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for _ in 0..PAUSES {
        match open() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(PAUSE),
            opened => return opened,
        }
    }
    open()
}

/// The bytes of a regular file; an error for one of more than `limit` bytes.
pub fn read(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let (file, size) = measured(path)?;
    read_whole(&file, size, limit)
}

/// As [`read`], but a link is an error.
pub fn read_unlinked(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let (file, size) = open_by(path, Access::Read, Links::Refused)?;
    read_whole(&file, size, limit)
}

/// A regular file that is read piece by piece, and that no link names.
pub struct Bounded {
    file: File,
    limit: u64,
    count: u64,
}

impl Bounded {
    /// Opens the file; one of more than `limit` bytes is an error, here or when they are read.
    pub fn open_unlinked(path: &Path, limit: u64) -> io::Result<Bounded> {
        let (file, size) = open_by(path, Access::Read, Links::Refused)?;
        match size > limit {
            true => Err(too_large(limit)),
            false => Ok(Bounded { file, limit, count: 0 }),
        }
    }

    /// How many bytes were read.
    pub fn count(&self) -> u64 {
        self.count
    }
}

impl io::Read for Bounded {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(bytes)?;
        self.count += read as u64;
        // The file may have grown since it was opened.
        if self.count > self.limit { Err(too_large(self.limit)) } else { Ok(read) }
    }
}

fn too_large(limit: u64) -> io::Error {
    let why = format!("larger than the {limit} bytes that such a file may have");
    io::Error::new(io::ErrorKind::FileTooLarge, why)
}

fn read_whole(file: &File, size: u64, limit: usize) -> io::Result<Vec<u8>> {
    let too_large = || too_large(limit as u64);
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if size > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(size + 1);
    // The file may grow meanwhile, and some files of /proc claim to be empty.
    file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > limit { Err(too_large()) } else { Ok(bytes) }
}

/// The result of reading a file, or of another operation on it; `None` if there is no such file.
pub(crate) fn if_there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}

/// As [`read`], for text; what is not UTF-8 is an error.
pub fn read_text(path: &Path, limit: usize) -> io::Result<String> {
    let not_text = |_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8 text");
    String::from_utf8(read(path, limit)?).map_err(not_text)
}

/// In bytes: two lines, and room for additions of a company. The resolver has the same limit.
pub const MAX_VERSION: usize = 4 << 10;

/// The text of the file `VERSION` in a tree. Its first line is the tree's name.
pub fn version_of(tree: &Path) -> io::Result<String> {
    read_text(&tree.join("VERSION"), MAX_VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn small_regular_files_are_read_whole() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("f");
        fs::write(&file, "text").unwrap();
        assert_eq!(read(&file, 4).unwrap(), b"text");
        assert_eq!(read(&file, 3).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(read(home.path(), 9).unwrap_err().kind(), io::ErrorKind::IsADirectory);
        assert_eq!(read(&home.path().join("g"), 9).unwrap_err().kind(), io::ErrorKind::NotFound);
        fs::write(&file, b"\xff").unwrap();
        assert_eq!(read_text(&file, 9).unwrap_err().kind(), io::ErrorKind::InvalidData);
        // A gap of a terabyte takes no room on the disk, and must take none in memory.
        File::create(&file).unwrap().set_len(1 << 40).unwrap();
        assert_eq!(read(&file, 9).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }

    /// The system says so of a file on which another process holds a lease.
    #[test]
    fn a_file_that_is_leased_is_waited_for_a_moment() {
        for (busy, there) in [(0, true), (3, true), (PAUSES + 1, false)] {
            let mut left = busy;
            let opened = patiently(|| match left {
                0 => Ok(()),
                _ => {
                    left -= 1;
                    Err(io::ErrorKind::WouldBlock.into())
                }
            });
            assert_eq!(opened.is_ok(), there, "{busy}");
        }
        let absent = patiently(|| Err::<(), _>(io::ErrorKind::NotFound.into()));
        assert_eq!(absent.unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn text_is_appended_as_a_whole() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("f");
        let add = |more: Option<&str>| append(&file, 9, |_| more.map(|more| more.into()));
        assert_eq!(add(Some("x")).unwrap_err().kind(), io::ErrorKind::NotFound);
        fs::write(&file, "a\n").unwrap();
        assert!(!add(None).unwrap() && add(Some("b\n")).unwrap());
        assert_eq!(fs::read(&file).unwrap(), b"a\nb\n");
        fs::write(&file, "0123456789").unwrap();
        assert_eq!(add(Some("x")).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }

    #[cfg(unix)]
    #[test]
    fn files_that_are_not_regular_are_neither_waited_for_nor_read() {
        let home = tempfile::tempdir().unwrap();
        let fifo = home.path().join("fifo");
        assert!(goward_testkit::start::tool("mkfifo").arg(&fifo).status().unwrap().success());
        let endless = home.path().join("endless");
        std::os::unix::fs::symlink("/dev/zero", &endless).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(home.path().join("socket")).unwrap();
        std::os::unix::fs::symlink("text", home.path().join("link")).unwrap();
        fs::write(home.path().join("text"), "text").unwrap();
        assert_eq!(read(&home.path().join("link"), 9).unwrap(), b"text");
        assert_eq!(read_unlinked(&home.path().join("text"), 9).unwrap(), b"text");
        read_unlinked(&home.path().join("link"), 9).unwrap_err();
        for path in [fifo, endless, home.path().join("socket")] {
            read(&path, 9).unwrap_err();
            append(&path, 9, |_| None).unwrap_err();
        }
        append(&home.path().join("link"), 9, |_| None).unwrap_err();
        fs::hard_link(home.path().join("text"), home.path().join("other")).unwrap();
        append(&home.path().join("text"), 9, |_| Some(b"x".to_vec())).unwrap_err();
        assert_eq!(fs::read(home.path().join("other")).unwrap(), b"text");
    }
}

//! The resolver's door to the world, on top of bare system calls.

use super::process::Process;
use super::syscall::{self, EACCES, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, Errno, File, Stat};
use alloc::vec;
use alloc::vec::Vec;
use core::cell::OnceCell;
use core::ffi::CStr;
use goward_resolver::path::{is_absolute, join_bytes};
use goward_resolver::{FileId, FileText, Host, Kind, Os, Owner, ReadError, SHIM_MAGIC};

/// The longest path that the kernel takes, with its NUL.
const PATH_MAX: usize = 4096;
/// No shim of ours is larger, and every real `go` and `gofmt` is.
const LARGEST_SHIM: u64 = 1 << 20;
/// A file changed less than this many seconds ago may still be being written.
const FRESH: i64 = 2;

/// This machine, this process.
pub(super) struct BareHost<'p> {
    process: &'p Process,
    user: OnceCell<u32>,
}

impl<'p> BareHost<'p> {
    pub(super) fn new(process: &'p Process) -> BareHost<'p> {
        BareHost { process, user: OnceCell::new() }
    }

    fn belongs_to_caller(&self, stat: Stat) -> bool {
        stat.owner == *self.user.get_or_init(syscall::effective_user)
    }

    fn read_open(&self, file: &File, limit: usize) -> Result<FileText, ReadError> {
        let stat = file.stat().map_err(other)?;
        if stat.is_directory() {
            return Err(ReadError::Directory);
        }
        if !stat.is_file() {
            return Err(ReadError::NotRegular);
        }
        if stat.size > limit as u64 {
            return Err(ReadError::TooLarge);
        }
        let trusted = stat.owner == 0 || self.belongs_to_caller(stat);
        Ok(FileText {
            bytes: read_all(file, stat.size as usize, limit)?,
            owner: if trusted { Owner::Trusted } else { Owner::Foreign },
            fresh: syscall::now() - stat.modified < FRESH,
        })
    }
}

impl Host for BareHost<'_> {
    fn os(&self) -> Os {
        Os::Linux
    }

    fn arch(&self) -> &str {
        if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" }
    }

    fn var(&self, key: &str) -> Option<&[u8]> {
        self.process.var(key)
    }

    fn cwd(&self) -> Option<Vec<u8>> {
        let mut buffer = vec![0; PATH_MAX];
        let length = syscall::getcwd(&mut buffer).ok()?;
        buffer.truncate(length.saturating_sub(1));
        // A directory that is not below our root is reported as "(unreachable)/…".
        is_absolute(Os::Linux, &buffer).then_some(buffer)
    }

    fn exe(&self) -> Option<Vec<u8>> {
        let mut buffer = vec![0; PATH_MAX];
        let length = syscall::readlink(c"/proc/self/exe", &mut buffer).ok()?;
        buffer.truncate(length);
        Some(buffer)
    }

    fn home(&self) -> Option<Vec<u8>> {
        match self.var("HOME") {
            Some(home) if !home.is_empty() => is_absolute(Os::Linux, home).then(|| home.to_vec()),
            _ => self.home_in_passwd(),
        }
    }

    fn read(&self, path: &[u8], limit: usize) -> Result<Option<FileText>, ReadError> {
        let mut buffer = [0; PATH_MAX];
        let Some(path) = terminated(path, &mut buffer) else { return Ok(None) };
        match File::open(path) {
            Ok(file) => self.read_open(&file, limit).map(Some),
            Err(error) => explain_open(path, error),
        }
    }

    fn kind(&self, path: &[u8]) -> Kind {
        match stat(path) {
            None => Kind::Absent,
            Some(stat) if stat.is_directory() => Kind::Directory,
            Some(stat) if stat.is_file() => Kind::File { executable: stat.mode & 0o111 != 0 },
            Some(_) => Kind::Other,
        }
    }

    fn identity(&self, path: &[u8]) -> Option<FileId> {
        let stat = stat(path)?;
        Some(FileId { volume: stat.device, index: stat.inode })
    }

    fn canonical(&self, path: &[u8]) -> Option<Vec<u8>> {
        // The kernel knows the answer: it is where the handle's link leads.
        let mut buffer = [0; PATH_MAX];
        let file = File::open_path(terminated(path, &mut buffer)?).ok()?;
        let mut link = *b"/proc/self/fd/\0\0\0\0\0\0\0\0\0\0\0";
        file.render(&mut link[14..24]);
        let mut target = vec![0; PATH_MAX];
        let length =
            syscall::readlink(CStr::from_bytes_until_nul(&link).ok()?, &mut target).ok()?;
        target.truncate(length);
        Some(target)
    }

    fn list(&self, dir: &[u8]) -> Vec<Vec<u8>> {
        let mut buffer = [0; PATH_MAX];
        let Some(dir) = terminated(dir, &mut buffer) else { return Vec::new() };
        let Ok(handle) = File::open_directory(dir) else { return Vec::new() };
        let mut names = Vec::new();
        let mut records = vec![0; 16 << 10];
        while let Ok(filled @ 1..) = handle.entries(&mut records) {
            for entry in entries(&records[..filled]) {
                let directory = match entry.kind {
                    DT_DIR => true,
                    // Links lead somewhere, and some file systems do not tell.
                    DT_LNK | DT_UNKNOWN => {
                        let path = join_bytes(Os::Linux, dir.to_bytes(), entry.name);
                        stat(&path).is_some_and(Stat::is_directory)
                    }
                    _ => false,
                };
                if directory {
                    names.push(entry.name.to_vec());
                }
            }
        }
        names
    }

    fn is_link(&self, path: &[u8]) -> bool {
        let mut buffer = [0; PATH_MAX];
        terminated(path, &mut buffer)
            .is_some_and(|path| syscall::stat_link(path).is_ok_and(Stat::is_link))
    }

    fn is_callers(&self, path: &[u8]) -> bool {
        stat(path).is_some_and(|stat| self.belongs_to_caller(stat))
    }

    fn is_guarded(&self, path: &[u8]) -> bool {
        stat(path).is_some_and(|stat| {
            (stat.owner == 0 || self.belongs_to_caller(stat)) && stat.mode & 0o022 == 0
        })
    }

    fn has_shim_magic(&self, path: &[u8]) -> bool {
        let mut buffer = [0; PATH_MAX];
        let Some(path) = terminated(path, &mut buffer) else { return false };
        let Ok(file) = File::open(path) else { return false };
        let size = match file.stat() {
            Ok(stat) if stat.is_file() && stat.size <= LARGEST_SHIM => stat.size as usize,
            _ => return false,
        };
        let Ok(bytes) = read_all(&file, size, LARGEST_SHIM as usize) else { return false };
        bytes.windows(SHIM_MAGIC.len()).any(|window| window == SHIM_MAGIC)
    }

    fn pause(&self) {
        syscall::pause();
    }
}

impl BareHost<'_> {
    /// The caller's home directory in `/etc/passwd`.
    fn home_in_passwd(&self) -> Option<Vec<u8>> {
        let user = *self.user.get_or_init(syscall::effective_user);
        let passwd = self.read(b"/etc/passwd", 1 << 20).ok()??;
        passwd.bytes.split(|&b| b == b'\n').find_map(|line| {
            let mut fields = line.split(|&b| b == b':');
            let number = core::str::from_utf8(fields.nth(2)?).ok()?;
            let home = fields.nth(2)?;
            let ours = number.parse() == Ok(user) && is_absolute(Os::Linux, home);
            ours.then(|| home.to_vec())
        })
    }
}

fn stat(path: &[u8]) -> Option<Stat> {
    let mut buffer = [0; PATH_MAX];
    syscall::stat(terminated(path, &mut buffer)?).ok()
}

/// `path` with a NUL behind it; `None` if it has one inside, or is longer than any path can be.
fn terminated<'b>(path: &[u8], buffer: &'b mut [u8; PATH_MAX]) -> Option<&'b CStr> {
    buffer.get_mut(..path.len())?.copy_from_slice(path);
    *buffer.get_mut(path.len())? = 0;
    CStr::from_bytes_with_nul(&buffer[..=path.len()]).ok()
}

fn read_all(file: &File, size: usize, limit: usize) -> Result<Vec<u8>, ReadError> {
    let mut bytes = vec![0; size + 1];
    let mut filled = 0;
    loop {
        match file.read(&mut bytes[filled..]).map_err(other)? {
            0 => break,
            read => filled += read,
        }
        // As long as the size was right there is room for one byte more, and nothing fills it.
        if filled == bytes.len() {
            if filled > limit {
                return Err(ReadError::TooLarge);
            }
            bytes.resize(filled * 2, 0);
        }
    }
    bytes.truncate(filled);
    if filled > limit { Err(ReadError::TooLarge) } else { Ok(bytes) }
}

/// Why a file could not be opened: absent, or there and unreadable.
fn explain_open(path: &CStr, error: Errno) -> Result<Option<FileText>, ReadError> {
    match error.0 {
        // A name longer than the system can have names nothing.
        ENOENT | ENOTDIR | ENAMETOOLONG => Ok(None),
        ELOOP => Err(ReadError::LinkLoop),
        number => match syscall::stat(path) {
            Ok(stat) if stat.is_directory() => Err(ReadError::Directory),
            // Sockets cannot be opened.
            Ok(stat) if !stat.is_file() => Err(ReadError::NotRegular),
            Ok(_) if number == EACCES => Err(ReadError::Denied),
            // A directory that may not be searched counts as empty.
            Err(_) if number == EACCES => Ok(None),
            _ => Err(ReadError::Other(number)),
        },
    }
}

fn other(error: Errno) -> ReadError {
    ReadError::Other(error.0)
}

const DT_UNKNOWN: u8 = 0;
const DT_DIR: u8 = 4;
const DT_LNK: u8 = 10;

/// An entry of a directory.
struct Entry<'r> {
    kind: u8,
    name: &'r [u8],
}

/// The entries in `struct linux_dirent64` records: inode and offset of 8 bytes each, the record's
/// length in 2, the kind in 1, then the name with its NUL.
fn entries(mut records: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    core::iter::from_fn(move || {
        let length = usize::from(u16::from_ne_bytes([*records.get(16)?, *records.get(17)?]));
        let (record, rest) = records.split_at_checked(length)?;
        records = rest;
        let name = CStr::from_bytes_until_nul(record.get(19..)?).ok()?.to_bytes();
        Some(Entry { kind: record[18], name })
    })
    .filter(|entry| !matches!(entry.name, b"." | b".."))
}

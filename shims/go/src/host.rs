//! The resolver's door to the world, on top of `std`.

use goward_resolver::{FileId, FileText, Host, Kind, Os, Owner, ReadError, SHIM_MAGIC};
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// No shim of ours is larger, and every real `go` and `gofmt` is; debug information is another
/// matter.
const LARGEST_SHIM: u64 = if cfg!(debug_assertions) { 64 << 20 } else { 1 << 20 };
/// A file changed less than this long ago may still be being written.
const FRESH: Duration = Duration::from_millis(300);
/// The least room to read a file into, in bytes: an ordinary file then takes one read.
const ROOM: usize = 4096;

/// This machine, this process.
pub struct OsHost {
    variables: HashMap<OsString, OsString>,
}

impl OsHost {
    /// Takes the process's environment as it is now.
    pub fn new() -> OsHost {
        let mut variables = HashMap::new();
        for (key, value) in std::env::vars_os() {
            let key = if cfg!(windows) { key.to_ascii_uppercase() } else { key };
            // As `getenv` does, the first of two equal names counts.
            variables.entry(key).or_insert(value);
        }
        OsHost { variables }
    }
}

impl Default for OsHost {
    fn default() -> OsHost {
        OsHost::new()
    }
}

impl Host for OsHost {
    fn os(&self) -> Os {
        if cfg!(windows) {
            Os::Windows
        } else if cfg!(target_os = "macos") {
            Os::MacOs
        } else {
            Os::Linux
        }
    }

    fn arch(&self) -> &str {
        match std::env::consts::ARCH {
            "x86_64" if is_translated() => "arm64",
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            "x86" => "386",
            "loongarch64" => "loong64",
            "powerpc64" if cfg!(target_endian = "little") => "ppc64le",
            "powerpc64" => "ppc64",
            same => same,
        }
    }

    fn var(&self, key: &str) -> Option<&[u8]> {
        let value = if cfg!(windows) {
            self.variables.get(OsStr::new(&key.to_ascii_uppercase()))
        } else {
            self.variables.get(OsStr::new(key))
        };
        value.map(|value| value.as_encoded_bytes())
    }

    fn cwd(&self) -> Option<Vec<u8>> {
        std::env::current_dir().ok().map(into_bytes)
    }

    fn exe(&self) -> Option<Vec<u8>> {
        std::env::current_exe().ok().map(into_bytes)
    }

    fn home(&self) -> Option<Vec<u8>> {
        std::env::home_dir().filter(|home| home.is_absolute()).map(into_bytes)
    }

    fn read(&self, path: &[u8], limit: usize) -> Result<Option<FileText>, ReadError> {
        let path = &from_bytes(path);
        let mut options = OpenOptions::new();
        options.read(true);
        never_block(&mut options);
        let file = match options.open(path) {
            Ok(file) => file,
            Err(error) => return explain_open(path, &error),
        };
        read_open(file, limit)
    }

    fn kind(&self, path: &[u8]) -> Kind {
        match fs::metadata(from_bytes(path)) {
            Err(_) => Kind::Absent,
            Ok(meta) if meta.is_dir() => Kind::Directory,
            Ok(meta) if meta.is_file() => Kind::File { executable: is_executable(&meta) },
            Ok(_) => Kind::Other,
        }
    }

    fn identity(&self, path: &[u8]) -> Option<FileId> {
        identity_of(from_bytes(path))
    }

    fn canonical(&self, path: &[u8]) -> Option<Vec<u8>> {
        fs::canonicalize(from_bytes(path)).ok().map(into_bytes).map(without_prefix)
    }

    fn list(&self, dir: &[u8]) -> Vec<Vec<u8>> {
        let Ok(entries) = fs::read_dir(from_bytes(dir)) else { return Vec::new() };
        let is_directory = |entry: &fs::DirEntry| match entry.file_type() {
            Ok(kind) if kind.is_symlink() => entry.path().is_dir(),
            Ok(kind) => kind.is_dir(),
            Err(_) => false,
        };
        entries
            .filter_map(Result::ok)
            .filter(is_directory)
            .map(|entry| entry.file_name().into_encoded_bytes())
            .collect()
    }

    fn is_link(&self, path: &[u8]) -> bool {
        fs::symlink_metadata(from_bytes(path)).is_ok_and(|meta| meta.is_symlink())
    }

    fn is_callers(&self, path: &[u8]) -> bool {
        fs::metadata(from_bytes(path)).is_ok_and(|meta| belongs_to_caller(&meta))
    }

    fn is_guarded(&self, path: &[u8]) -> bool {
        fs::metadata(from_bytes(path))
            .is_ok_and(|meta| is_trusted_owner(&meta) && !is_open_to_others(&meta))
    }

    fn has_shim_magic(&self, path: &[u8]) -> bool {
        let Ok(file) = File::open(from_bytes(path)) else { return false };
        let Ok(meta) = file.metadata() else { return false };
        if meta.len() > LARGEST_SHIM {
            return false;
        }
        let mut bytes = Vec::new();
        let read = file.take(LARGEST_SHIM).read_to_end(&mut bytes).is_ok();
        read && bytes.windows(SHIM_MAGIC.len()).any(|window| window == SHIM_MAGIC)
    }

    fn pause(&self) {
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn read_open(file: File, limit: usize) -> Result<Option<FileText>, ReadError> {
    let other = |error: io::Error| ReadError::Other(error.raw_os_error().unwrap_or(0));
    let meta = file.metadata().map_err(other)?;
    if meta.is_dir() {
        return Err(ReadError::Directory);
    }
    if !meta.is_file() {
        return Err(ReadError::NotRegular);
    }
    if meta.len() > limit as u64 {
        return Err(ReadError::TooLarge);
    }
    let mut bytes = Vec::with_capacity((usize::try_from(meta.len()).unwrap_or(0) + 1).max(ROOM));
    file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(other)?;
    if bytes.len() > limit {
        return Err(ReadError::TooLarge);
    }
    // Clocks of other machines may be ahead.
    let age = |at| SystemTime::now().duration_since(at).unwrap_or_else(|ahead| ahead.duration());
    let age = meta.modified().ok().map(age);
    let length = bytes.len() as u64;
    Ok(Some(FileText {
        bytes,
        owner: if is_trusted_owner(&meta) { Owner::Trusted } else { Owner::Foreign },
        // A text that is not as long as the file was a moment ago is being rewritten right now.
        fresh: length != meta.len() || age.is_none_or(|age| age < FRESH),
    }))
}

/// Why a file could not be opened: absent, or there and unreadable.
fn explain_open(path: &Path, error: &io::Error) -> Result<Option<FileText>, ReadError> {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(None),
        // A name longer than the system can have names nothing.
        io::ErrorKind::InvalidFilename => Ok(None),
        // A directory that may not be searched counts as empty; on Windows, directories cannot be
        // opened as files at all.
        io::ErrorKind::PermissionDenied => match fs::metadata(path) {
            Err(_) => Ok(None),
            Ok(meta) if meta.is_dir() => Err(ReadError::Directory),
            Ok(meta) if !meta.is_file() => Err(ReadError::NotRegular),
            Ok(_) => Err(ReadError::Denied),
        },
        _ => classify_open(path, error),
    }
}

/// Kinds of failure that `std` does not name.
fn classify_open(path: &Path, error: &io::Error) -> Result<Option<FileText>, ReadError> {
    let number = error.raw_os_error().unwrap_or(0);
    if is_link_loop(number) {
        return Err(ReadError::LinkLoop);
    }
    // Sockets cannot be opened (ENXIO).
    match fs::metadata(path) {
        Ok(meta) if !meta.is_file() => Err(ReadError::NotRegular),
        _ => Err(ReadError::Other(number)),
    }
}

#[cfg(unix)]
mod system {
    //! What differs between systems: here Unix.

    use super::*;
    use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
    use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};

    pub(crate) fn from_bytes(path: &[u8]) -> &Path {
        Path::new(OsStr::from_bytes(path))
    }

    pub(super) fn into_bytes(path: PathBuf) -> Vec<u8> {
        path.into_os_string().into_vec()
    }

    /// Opening a FIFO without a writer must not wait, and a terminal must not become ours.
    pub(super) fn never_block(options: &mut OpenOptions) {
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    }

    pub(super) fn is_executable(meta: &Metadata) -> bool {
        meta.mode() & 0o111 != 0
    }

    pub(super) fn identity_of(path: impl AsRef<Path>) -> Option<FileId> {
        let meta = fs::metadata(path).ok()?;
        Some(FileId { volume: meta.dev(), index: meta.ino() })
    }

    pub(super) fn belongs_to_caller(meta: &Metadata) -> bool {
        meta.uid() == crate::unix::effective_user()
    }

    pub(super) fn is_trusted_owner(meta: &Metadata) -> bool {
        meta.uid() == 0 || belongs_to_caller(meta)
    }

    pub(super) fn is_open_to_others(meta: &Metadata) -> bool {
        meta.mode() & 0o022 != 0
    }

    pub(super) fn is_link_loop(number: i32) -> bool {
        number == libc::ELOOP
    }

    pub(super) fn without_prefix(path: Vec<u8>) -> Vec<u8> {
        path
    }
}

#[cfg(windows)]
mod system {
    //! What differs between systems: here Windows.

    use super::*;
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};

    pub(crate) use crate::windows::to_path as from_bytes;

    pub(super) fn into_bytes(path: PathBuf) -> Vec<u8> {
        path.into_os_string().into_encoded_bytes()
    }

    pub(super) fn never_block(_options: &mut OpenOptions) {}

    pub(super) fn is_executable(_meta: &Metadata) -> bool {
        true
    }

    /// A file's canonical path stands for its identity.
    pub(super) fn identity_of(path: impl AsRef<Path>) -> Option<FileId> {
        let path = fs::canonicalize(path).ok()?;
        let mut hasher = DefaultHasher::new();
        path.as_os_str().to_ascii_lowercase().hash(&mut hasher);
        Some(FileId { volume: 0, index: hasher.finish() })
    }

    pub(super) fn belongs_to_caller(_meta: &Metadata) -> bool {
        true
    }

    pub(super) fn is_trusted_owner(_meta: &Metadata) -> bool {
        true
    }

    pub(super) fn is_open_to_others(_meta: &Metadata) -> bool {
        false
    }

    pub(super) fn is_link_loop(_number: i32) -> bool {
        false
    }

    /// Canonical paths come with a prefix that switches Windows' own rules off, and with it much of
    /// what programs, Go among them, do with paths.
    pub(super) fn without_prefix(path: Vec<u8>) -> Vec<u8> {
        match path.strip_prefix(br"\\?\UNC\".as_slice()) {
            Some(share) => [br"\\".as_slice(), share].concat(),
            None => path.strip_prefix(br"\\?\".as_slice()).map(<[u8]>::to_vec).unwrap_or(path),
        }
    }
}

pub(crate) use system::from_bytes;
use system::{
    belongs_to_caller, identity_of, into_bytes, is_executable, is_link_loop, is_open_to_others,
    is_trusted_owner, never_block, without_prefix,
};

/// Whether this is an amd64 program under Rosetta, on a Mac whose own architecture is arm64: there
/// Go's toolchains are to be arm64's, as Go's own would be.
///
/// The rule is Apple's ("About the Rosetta translation environment", *Determine whether your app
/// is running as a translated binary*): `sysctl.proc_translated` is 1, and unknown on older Macs.
/// Nothing else in this program looks for Rosetta.
fn is_translated() -> bool {
    #[cfg(target_os = "macos")]
    {
        crate::unix::sysctl(c"sysctl.proc_translated") == Some(1)
    }
    #[cfg(not(target_os = "macos"))]
    false
}

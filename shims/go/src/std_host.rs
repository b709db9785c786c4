//! The resolver's door to the world on top of `std`, for every system but Linux.

#[cfg(unix)]
use crate::unix as system;
use crate::variables::Variables;
#[cfg(windows)]
use crate::windows as system;
use goward_resolver::accounts::UserDatabase;
use goward_resolver::{
    Facts, FileId, FileText, Host, Kind, Listed, Node, Os, Owner, Privileges, ReadError, SHIM_MAGIC,
};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

pub(crate) use system::from_bytes;
use system::{
    effective_user, identity_of, into_bytes, is_executable, is_link_loop, is_null, never_block,
    ownership, privileges, without_prefix,
};

/// No shim of ours is larger, and every real `go` and `gofmt` is; debug information is another
/// matter.
const LARGEST_SHIM: u64 = if cfg!(debug_assertions) { 64 << 20 } else { 1 << 20 };
/// A file changed less than this long ago may still be being written.
const FRESH: Duration = Duration::from_millis(300);
/// The least room to read a file into, in bytes: an ordinary file then takes one read.
const ROOM: usize = 4096;

/// This machine, this process.
pub struct OsHost {
    variables: Variables,
    /// Instead of this process's executable.
    exe: Option<Vec<u8>>,
    database: UserDatabase,
}

impl OsHost {
    /// With the variables that the process is to see.
    pub fn new(variables: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>) -> OsHost {
        let (variables, database) = (Variables::new(variables), UserDatabase::default());
        OsHost { variables, exe: None, database }
    }

    /// Looks as the executable at that path would.
    pub fn stand_in_for(&mut self, exe: Vec<u8>) {
        self.exe = Some(exe);
    }
}

impl Host for OsHost {
    fn system(&self) -> Os {
        Os::HERE
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

    fn user_database(&self) -> &UserDatabase {
        &self.database
    }

    fn var(&self, key: &str) -> Option<&[u8]> {
        self.variables.get(key)
    }

    fn cwd(&self) -> Option<Vec<u8>> {
        // Linux names no longer ones; some C libraries find the name by walking up.
        let named = |cwd: &Vec<u8>| !cfg!(target_os = "linux") || cwd.len() < ROOM;
        std::env::current_dir().ok().map(into_bytes).filter(named)
    }

    fn exe(&self) -> Option<Vec<u8>> {
        self.exe.clone().or_else(|| std::env::current_exe().ok().map(into_bytes))
    }

    fn home(&self) -> Option<Vec<u8>> {
        std::env::home_dir().filter(|home| home.is_absolute()).map(into_bytes)
    }

    #[cfg(target_os = "macos")]
    fn home_of(&self, user: u32) -> Option<Vec<u8>> {
        // The file there lists the users of the system only.
        crate::unix::home_of(user)
    }

    #[cfg(windows)]
    fn home_of(&self, _user: u32) -> Option<Vec<u8>> {
        None
    }

    fn read(&self, path: &[u8], limit: usize) -> Result<Option<FileText>, ReadError> {
        let path = &from_bytes(path);
        match open(path, true) {
            Ok(file) => self.read_open(file, path, limit).map(Some),
            Err(error) => explain_open(path, &error),
        }
    }

    fn read_entry(&self, path: &[u8], limit: usize) -> Result<Option<FileText>, ReadError> {
        let at = &from_bytes(path);
        match open(at, false) {
            // Windows opens the link itself.
            Ok(file) if !file.metadata().is_ok_and(|meta| meta.is_symlink()) => {
                return self.read_open(file, at, limit).map(Some);
            }
            Err(error) if !is_link_loop(error.raw_os_error().unwrap_or(0)) => {
                return explain_open(at, &error);
            }
            _ => {}
        }
        // A link is looked at before it is followed. If it is gone by then, it counts as a stranger's.
        let link = self.entry(path).filter(Facts::is_link).map_or(u32::MAX, |link| link.owner);
        Ok(self.read(path, limit)?.map(|text| text.through_link(self, link)))
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

    fn list(&self, dir: &[u8]) -> Vec<Listed> {
        let Ok(entries) = fs::read_dir(from_bytes(dir)) else { return Vec::new() };
        let listed = |entry: fs::DirEntry| {
            let kind = entry.file_type().ok()?;
            let link = kind.is_symlink();
            let directory = if link { entry.path().is_dir() } else { kind.is_dir() };
            directory.then(|| Listed { name: entry.file_name().into_encoded_bytes(), link })
        };
        entries.filter_map(Result::ok).filter_map(listed).collect()
    }

    fn entry(&self, path: &[u8]) -> Option<Facts> {
        let path = &from_bytes(path);
        Some(facts(&fs::symlink_metadata(path).ok()?, path, false))
    }

    fn link(&self, path: &[u8]) -> Option<Vec<u8>> {
        fs::read_link(from_bytes(path)).ok().map(into_bytes)
    }

    fn target(&self, path: &[u8]) -> Option<Facts> {
        let path = &from_bytes(path);
        Some(facts(&fs::metadata(path).ok()?, path, true))
    }

    fn user(&self) -> u32 {
        effective_user()
    }

    fn privileges(&self) -> Privileges {
        privileges()
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

impl OsHost {
    /// The content of the file that was opened at `path`.
    fn read_open(&self, file: File, path: &Path, limit: usize) -> Result<FileText, ReadError> {
        let other = |error: io::Error| ReadError::Other(error.raw_os_error().unwrap_or(0));
        let meta = file.metadata().map_err(other)?;
        if meta.is_dir() {
            return Err(ReadError::Directory);
        }
        if !meta.is_file() && !is_null(&meta) {
            return Err(ReadError::NotRegular);
        }
        if meta.len() > limit as u64 {
            return Err(ReadError::TooLarge);
        }
        let size = usize::try_from(meta.len()).unwrap_or(0);
        let mut bytes = Vec::with_capacity((size + 1).max(ROOM));
        file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(other)?;
        if bytes.len() > limit {
            return Err(ReadError::TooLarge);
        }
        // Clocks of other machines may be ahead.
        let age =
            |at| SystemTime::now().duration_since(at).unwrap_or_else(|ahead| ahead.duration());
        let age = meta.modified().ok().map(age);
        // A text that is not as long as the file was a moment ago is being rewritten right now.
        let young = bytes.len() as u64 != meta.len() || age.is_none_or(|age| age < FRESH);
        let fresh = meta.is_file() && young;
        let facts = facts(&meta, path, true);
        Ok(FileText { bytes, owner: Owner::of(self, facts.owner), facts, link: None, fresh })
    }
}

/// Opens a file for reading without a wait for another process; a link only if it is to be followed.
fn open(path: &Path, follow: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    never_block(&mut options, follow);
    options.open(path)
}

/// The facts of the file at `path`, from `std`; the owner where only the system tells, of a link only
/// if it is not to be followed.
fn facts(meta: &Metadata, path: &Path, follow: bool) -> Facts {
    let node = match meta.file_type() {
        kind if kind.is_symlink() => Node::Link,
        kind if kind.is_dir() => Node::Directory,
        kind if kind.is_file() => Node::File,
        _ => Node::Other,
    };
    let (owner, group, mode) = ownership(meta, path, follow);
    Facts { node, owner, group, mode }
}

/// Why a file could not be opened: absent, or there and unreadable.
fn explain_open(path: &Path, error: &io::Error) -> Result<Option<FileText>, ReadError> {
    let number = error.raw_os_error().unwrap_or(0);
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
        // The other kinds have no name in `std`.
        _ if is_link_loop(number) => Err(ReadError::LinkLoop),
        // Sockets cannot be opened (ENXIO).
        _ => match fs::metadata(path) {
            Ok(meta) if !meta.is_file() => Err(ReadError::NotRegular),
            _ => Err(ReadError::Other(number)),
        },
    }
}

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

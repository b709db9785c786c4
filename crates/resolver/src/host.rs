//! The resolver's only door to the world.

use crate::accounts::{self, UserDatabase};
use alloc::vec::Vec;

/// What the resolver may ask of the machine. It never writes, waits, or reaches the network.
///
/// Paths and values are bytes: on Unix whatever the kernel has, on Windows WTF-8.
pub trait Host {
    /// The system whose rules for paths and configuration directories apply. The resolver asks
    /// `os` of `dyn Host`, which need not ask this.
    fn system(&self) -> Os;

    /// The host's `GOARCH`, as part of the names of Go's own downloads.
    fn arch(&self) -> &str;

    /// The value of an environment variable, empty values included.
    fn var(&self, key: &str) -> Option<&[u8]>;

    /// The physical current directory; `None` if it was deleted or cannot be named.
    fn cwd(&self) -> Option<Vec<u8>>;

    /// The path of the running executable, links resolved.
    fn exe(&self) -> Option<Vec<u8>>;

    /// The caller's home directory for goward's own root: `$HOME`, else the password database.
    fn home(&self) -> Option<Vec<u8>>;

    /// The home directory of the user with this number in the user database; `None` where there is
    /// no database.
    fn home_of(&self, user: u32) -> Option<Vec<u8>> {
        let mut text = self.read(accounts::PASSWD, accounts::LIMIT).ok()??.bytes;
        accounts::home_of(user, &mut |piece| {
            let length = text.len();
            piece.append(&mut text);
            Some(length)
        })
    }

    /// The user database as far as it was read.
    fn user_database(&self) -> &UserDatabase;

    /// Reads a regular file of at most `limit` bytes. Must never block (FIFOs) nor read devices, of
    /// which only the null device is one: an empty file, by which others are masked.
    ///
    /// `Ok(None)` when there is no such file, which includes dangling links, a parent that is no
    /// directory or may not be searched, and a path too long for the system to name.
    fn read(&self, path: &[u8], limit: usize) -> Result<Option<FileText>, ReadError>;

    /// As [`Host::read`], for a file whose owner decides what it may do: a link is recognised before
    /// it is followed, and the worse of its owner and its target's is the text's.
    fn read_entry(&self, path: &[u8], limit: usize) -> Result<Option<FileText>, ReadError>;

    /// Whether [`Host::read`] of the file `name` in the directory of `ancestor` could give anything but
    /// `Ok(None)`. Saying so of every file is right; a host that has a cheaper way to know than to
    /// open each says no where it can.
    fn may_exist(&self, _ancestor: &Ancestor<'_>, _name: &str) -> bool {
        true
    }

    /// What `path` is, links followed.
    fn kind(&self, path: &[u8]) -> Kind;

    /// The identity of what `path` names, links followed.
    fn identity(&self, path: &[u8]) -> Option<FileId>;

    /// `path` with links resolved and made absolute; `None` if it does not exist.
    fn canonical(&self, path: &[u8]) -> Option<Vec<u8>>;

    /// The directories in a directory, links to directories included, in no order; none if it
    /// cannot be read.
    fn list(&self, dir: &[u8]) -> Vec<Listed>;

    /// What the system says of the directory entry `path`: of a link itself, not of its target.
    fn entry(&self, path: &[u8]) -> Option<Facts>;

    /// Where the link `path` leads, as it says itself. `None` if it is no link.
    fn link(&self, path: &[u8]) -> Option<Vec<u8>>;

    /// What the system says of what `path` names, links followed.
    fn target(&self, path: &[u8]) -> Option<Facts>;

    /// The caller: the effective user, in the numbers of [`Facts::owner`].
    fn user(&self) -> u32;

    /// Whether the process has the rights of another user besides its caller.
    fn privileges(&self) -> Privileges;

    /// Whether the file contains the bytes that every goward shim carries ([`SHIM_MAGIC`]).
    fn has_shim_magic(&self, path: &[u8]) -> bool;

    /// Sleeps for about a millisecond, for a file that is being rewritten right now.
    fn pause(&self);
}

impl dyn Host + '_ {
    /// [`Host::system`], which a shipped program need not ask: it has one system, and no code for
    /// others. Only tests and fuzzing play others: Cargo builds tests with unwinding, and fuzzers with
    /// debug assertions.
    pub fn os(&self) -> Os {
        let shipped = cfg!(all(panic = "abort", not(debug_assertions)));
        if shipped { Os::HERE } else { self.system() }
    }
}

/// The bytes by which a copy of the shim is recognised, wherever it lies and whatever its name.
pub const SHIM_MAGIC: &[u8] = b"goward-shim-5f3c1e9a-magic\0";
/// The bytes between the magic and the version of a shim's build. A NUL ends the version. Early
/// shims have none.
pub const SHIM_VERSION: &[u8] = b"version=";

/// The version that the shim with the content `program` says it is of.
pub fn shim_version(program: &[u8]) -> Option<&str> {
    // The shim's code knows the magic, too, and there no version follows it.
    let after = |at: usize| program[at..].strip_prefix(SHIM_MAGIC)?.strip_prefix(SHIM_VERSION);
    let places = program.windows(SHIM_MAGIC.len()).enumerate();
    let mut stamps = places.filter(|(_, window)| *window == SHIM_MAGIC);
    let stamp = stamps.find_map(|(at, _)| after(at))?;
    let text = core::str::from_utf8(stamp.split(|byte| *byte == 0).next()?).ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".+-".contains(&byte);
    (!text.is_empty() && text.len() <= 64 && text.bytes().all(plain)).then_some(text)
}

/// Families of systems that differ in what the resolver does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Os {
    /// Linux, and Unix in general.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl Os {
    /// The system that this is compiled for.
    pub const HERE: Os = if cfg!(windows) {
        Os::Windows
    } else if cfg!(target_os = "macos") {
        Os::MacOs
    } else {
        Os::Linux
    };

    /// The name that Go uses: `GOOS`.
    pub fn goos(self) -> &'static str {
        match self {
            Os::Linux => "linux",
            Os::MacOs => "darwin",
            Os::Windows => "windows",
        }
    }

    /// `".exe"` on Windows, empty elsewhere.
    pub fn exe_suffix(self) -> &'static str {
        if self == Os::Windows { ".exe" } else { "" }
    }
}

/// What [`Host::read`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileText {
    /// The whole content.
    pub bytes: Vec<u8>,
    /// Who owns the file; of a file that [`Host::read_entry`] reached through a link, the worse of
    /// both owners.
    pub owner: Owner,
    /// What the system says of the file that was read.
    pub facts: Facts,
    /// Who owns the link that led there; [`Host::read`] does not look.
    pub link: Option<u32>,
    /// Whether the file was modified a moment ago (0.3 seconds), so that a process may still be
    /// writing it. May be false of a text that ends with a newline: that one is whole.
    pub fresh: bool,
}

impl FileText {
    /// A text with this owner that does not come from a file.
    pub fn of(owner: Owner, bytes: &[u8]) -> FileText {
        let facts = Facts { node: Node::File, owner: ROOT, group: 0, mode: 0 };
        FileText { bytes: bytes.to_vec(), owner, facts, link: None, fresh: false }
    }

    /// The text as it counts for the caller on `host` if a link of `user` led to it.
    pub fn through_link(mut self, host: &dyn Host, user: u32) -> FileText {
        self.owner = self.owner.max(Owner::of(host, user));
        self.link = Some(user);
        self
    }

    /// Whether messages may repeat the text that [`Host::read_entry`] gave. A link, or another user,
    /// may have chosen a file that the reader of the message must not see.
    pub fn is_quotable(&self) -> bool {
        self.owner == Owner::Trusted && self.link.is_none()
    }

    /// Whether this is the null device, which is all that is read besides regular files.
    pub fn is_null(&self) -> bool {
        self.facts.node == Node::Other
    }
}

/// One directory of a walk towards the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ancestor<'p> {
    /// Whether the walk began in the current directory, by its true path, so that `..` and the
    /// textual parent agree.
    pub physical: bool,
    /// How many directories below this one lie in between.
    pub up: usize,
    /// How many directories lie above this one.
    pub left: usize,
    /// The directory itself, as text.
    pub dir: &'p [u8],
}

/// One directory in another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Its name.
    pub name: Vec<u8>,
    /// Whether it is a link to a directory.
    pub link: bool,
}

/// What the system says of a file or a directory beside its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// What it is.
    pub node: Node,
    /// The user that owns it; [`ROOT`] is root. On Windows [`ROOT`] stands for Administrators, SYSTEM
    /// and TrustedInstaller, [`Host::user`] for the caller, and every other number for another
    /// user.
    pub owner: u32,
    /// The group that owns it; 0 on Windows.
    pub group: u32,
    /// The permission bits; 0 on Windows, where no access list is evaluated. [`ACCESS_LIST`] where the
    /// group's right to write is the mask of such a list.
    pub mode: u32,
}

/// A bit of [`Facts::mode`], above the permissions: an access list may let other users write.
pub const ACCESS_LIST: u32 = 0o10000;

/// The kinds of directory entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// Something else.
    Other,
}

/// The number of root.
pub const ROOT: u32 = 0;

impl Facts {
    /// Whether this is a symbolic link.
    pub fn is_link(&self) -> bool {
        self.node == Node::Link
    }

    /// Whether users besides the owner may write, be it those of its group.
    pub fn is_open_to_others(&self) -> bool {
        self.mode & 0o022 != 0
    }
}

/// Whose rights a process has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privileges {
    /// Its caller's.
    Plain,
    /// Its caller's and more, by capabilities of the file or a security module: the kernel says
    /// `AT_SECURE`.
    Raised,
    /// Another user's or group's: the real and the effective one differ.
    Borrowed,
}

/// Who owns a file, seen from the caller; the greater is the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The caller, or root.
    Trusted,
    /// Another user.
    Foreign,
}

impl Owner {
    /// What the user with this number is to the caller.
    pub fn of(host: &dyn Host, user: u32) -> Owner {
        if user == ROOT || user == host.user() { Owner::Trusted } else { Owner::Foreign }
    }
}

/// Why a file that is there could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// It is a directory.
    Directory,
    /// It is a FIFO, a device, a socket: nothing that holds text.
    NotRegular,
    /// It is larger than the limit.
    TooLarge,
    /// The caller may not read it.
    Denied,
    /// Links lead in a circle.
    LinkLoop,
    /// Anything else, with the system's number.
    Other(i32),
}

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing that the caller can see.
    Absent,
    /// A regular file.
    File {
        /// Whether the caller may execute it (on Windows: always).
        executable: bool,
    },
    /// A directory.
    Directory,
    /// Something else.
    Other,
}

impl Kind {
    /// Whether Go takes something of this name for a file: all that is there and no directory.
    pub(crate) fn is_file_for_go(self) -> bool {
        !matches!(self, Kind::Absent | Kind::Directory)
    }

    /// Whether this is a file that can be executed.
    pub fn is_program(self) -> bool {
        self == Kind::File { executable: true }
    }
}

/// A file's identity: device and inode, or what the system has in their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId {
    /// The device or volume.
    pub volume: u64,
    /// The number of the file on it.
    pub index: u64,
}

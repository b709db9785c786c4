//! What the checks are about.

use crate::path::OnPath;
use crate::startup::others::Does;
use goward_resolver::{Os, Version};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;

/// The facts of a machine.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The system.
    pub os: Os,
    /// The effective user.
    pub user: u32,
    /// Each `go` on PATH, in its order.
    pub go: Vec<OnPath>,
    /// Each `gofmt` on PATH.
    pub gofmt: Vec<OnPath>,
    /// The entries of PATH.
    pub path: Vec<Vec<u8>>,
    /// The directory of goward's shims.
    pub shims: Option<Shims>,
    /// The variables of the environment that the checks are about; none is empty.
    pub variables: BTreeMap<&'static str, Vec<u8>>,
    /// The file `VERSION` of the tree that `GOROOT` names; `None` where it is no tree.
    pub goroot_version: Option<String>,
    /// The go/env file, where there is one of the user's own.
    pub go_env: Option<GoEnv>,
    /// `GODEBUG` of the project's `.goenv`, where that counts: the value, and the place.
    pub goenv_godebug: Option<(Vec<u8>, String)>,
    /// The go/env file, where it is another user's.
    pub foreign_go_env: Option<PathBuf>,
    /// Lines of start-up files that another manager has put there.
    pub lines: Vec<StartupLine>,
    /// Directories in the place of a file `.goenv`, such as goenv's.
    pub goenv_directories: Vec<PathBuf>,
    /// The installed toolchains.
    pub toolchains: Vec<ToolchainState>,
    /// The version of the default.
    pub default: Option<Version>,
    /// The newest release of each minor that is known.
    pub newest: Vec<Version>,
    /// The minors that Go mends.
    pub supported: Vec<Version>,
    /// `GOCACHE`.
    pub build_cache: Result<Directory, String>,
    /// `GOMODCACHE`.
    pub module_cache: Result<Directory, String>,
    /// Where Go builds programs that it runs at once.
    pub temporary: Directory,
    /// The root of the store.
    pub root: Option<Directory>,
    /// The store.
    pub store: StoreState,
    /// The repository around the current directory.
    pub repository: Option<Repository>,
    /// Whether there is a program `git` on PATH.
    pub has_git: bool,
    /// The C compiler.
    pub compiler: Compiler,
    /// Settings of editors that name a Go.
    pub editors: Vec<EditorSetting>,
    /// Programs on PATH that read Go's code, and that Go has built.
    pub tools: Vec<Tool>,
    /// The desktop, where there is one.
    pub desktop: Option<Desktop>,
    /// Whether the system's C library is musl.
    pub is_musl: bool,
    /// Libraries made by Go in the current directory that musl cannot load later; looked for with musl alone.
    pub fixed_libraries: Vec<PathBuf>,
    /// Directories above the store in which every user may rename.
    pub open_parents: Vec<PathBuf>,
    /// Why the root of all users does not count.
    pub system_root_fault: Option<String>,
    /// The owner of the home directory.
    pub home_owner: Option<u32>,
    /// What servers answered; `None` if none was asked.
    pub servers: Option<Vec<Server>>,
    /// What the system allows.
    pub limits: Limits,
    /// The time.
    pub now: SystemTime,
    /// The newest time of a file that this machine wrote itself.
    pub written: Option<SystemTime>,
}

/// Goward's shims.
#[derive(Clone, Debug)]
pub struct Shims {
    /// Their directory.
    pub directory: Vec<u8>,
    /// Whether the shim `go` is there.
    pub is_there: bool,
}

/// The go/env file.
#[derive(Clone, Debug)]
pub struct GoEnv {
    /// Where it lies.
    pub file: PathBuf,
    /// Its text.
    pub text: Vec<u8>,
}

/// A line of a start-up file.
#[derive(Clone, Debug)]
pub struct StartupLine {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// What it does.
    pub does: Does,
}

/// An installed toolchain.
#[derive(Clone, Debug)]
pub struct ToolchainState {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// What it says of itself.
    pub answer: Answer,
}

/// What a toolchain says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The answer to `go version`.
    Says(String),
    /// It was not started, since another user may have exchanged it: the reason.
    Unsound(String),
    /// It does not run: the reason.
    Fails(String),
    /// There was no time to start it.
    NotAsked,
}

/// A directory, or the nearest one above it that is there.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// Its path.
    pub path: PathBuf,
    /// Whether it is there itself.
    pub is_there: bool,
    /// Whether something else is in its place.
    pub is_blocked: bool,
    /// Its owner, where the system has owners.
    pub owner: Option<u32>,
    /// Whether the caller may write there.
    pub is_writable: bool,
    /// What the system says of its file system, where it says that.
    pub disk: Option<Disk>,
}

/// A file system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disk {
    /// Its kind, such as ext4, where the system says one that goward knows.
    pub kind: Option<&'static str>,
    /// The bytes that are free for the caller.
    pub free: u64,
    /// The number of files that there is room for; `None` where it has no limit.
    pub files: Option<u64>,
    /// Whether programs cannot be run there.
    pub no_exec: bool,
    /// Whether it is read-only.
    pub read_only: bool,
    /// Whether it is on another machine.
    pub remote: bool,
}

/// The store.
#[derive(Clone, Debug, Default)]
pub struct StoreState {
    /// Why it is not sound.
    pub fault: Option<String>,
    /// Toolchains without a readable record of their install: the name, and the reason.
    pub unrecorded: Vec<(String, String)>,
    /// Directories of installs that were not finished, older than a day.
    pub unfinished: Vec<PathBuf>,
    /// Links that lead nowhere, or are not sound: the name, and the reason.
    pub links: Vec<(String, String)>,
}

/// A repository of git's.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Its top directory.
    pub top: PathBuf,
    /// The owner of that.
    pub owner: u32,
    /// Whether the user told git that it is safe.
    pub is_safe: bool,
}

/// What the system allows; `None` for no limit, or none that is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Open files of a process.
    pub files: Option<u64>,
    /// Bytes of a stack of C.
    pub stack: Option<u64>,
    /// Processes of the user.
    pub processes: Option<u64>,
    /// The memory of the control group, in bytes.
    pub memory: Option<u64>,
}

/// A C compiler.
#[derive(Clone, Debug, Default)]
pub struct Compiler {
    /// Its command, without arguments.
    pub command: Vec<u8>,
    /// Whether it is there.
    pub is_there: bool,
    /// Whether `CC` names it.
    pub is_chosen: bool,
    /// Whether there is a program `pkg-config` on PATH.
    pub has_pkg_config: bool,
}

/// A setting of an editor that names a Go.
#[derive(Clone, Debug)]
pub struct EditorSetting {
    /// The file of settings.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The key.
    pub key: &'static str,
    /// The value.
    pub value: String,
}

/// A program that reads Go's code, such as gopls. It does not know what is newer than the Go that built it.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its file.
    pub path: PathBuf,
    /// The Go that built it.
    pub built_by: Version,
}

/// A desktop.
#[derive(Clone, Copy, Debug)]
pub struct Desktop {
    /// Whether a file that it reads names goward's shims.
    pub has_shims: bool,
}

/// A server that was asked.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its address, without an account.
    pub url: String,
    /// The time until it answered, or did not, in milliseconds.
    pub millis: u128,
    /// Why it has not answered as it should.
    pub fault: Option<String>,
}

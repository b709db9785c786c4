//! What the checks are about.

use crate::cross::probe::Outcome;
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
    /// Each program `goward` on PATH, in its order; of two names of one file the first.
    pub managers: Vec<Manager>,
    /// What is wrong with goward's own settings.
    pub missets: Vec<Misset>,
    /// The files of goward's own settings that are there.
    pub settings: Vec<PathBuf>,
    /// The entries of PATH.
    pub path: Vec<Vec<u8>>,
    /// The directory of goward's shims.
    pub shims: Option<Shims>,
    /// The variables of the environment that the checks are about; none is empty.
    pub variables: BTreeMap<&'static str, Vec<u8>>,
    /// Why the default toolchain refuses `GOFLAGS`, in its own words.
    pub refused_flags: Option<String>,
    /// The file `VERSION` of the tree that `GOROOT` names; `None` where it is no tree.
    pub goroot_version: Option<String>,
    /// The go/env file, where there is one of the user's own.
    pub go_env: Option<GoEnv>,
    /// `GODEBUG` of the project's `.goenv`, where that counts: the value, and the place.
    pub goenv_godebug: Option<(Vec<u8>, String)>,
    /// The go/env file, where it is another user's.
    pub foreign_go_env: Option<PathBuf>,
    /// The go/env file, where it is there and cannot be read: Go passes over it.
    pub unread_go_env: Option<PathBuf>,
    /// The go/env file and its directory, as far as every user may write them.
    pub open_go_env: Vec<PathBuf>,
    /// Why Go would not start in the current directory, so that its variables cannot be told.
    pub blind: Option<String>,
    /// Lines of start-up files that another manager has put there.
    pub lines: Vec<StartupLine>,
    /// Directories in the place of a file `.goenv`, such as goenv's.
    pub goenv_directories: Vec<PathBuf>,
    /// The installed toolchains.
    pub toolchains: Vec<ToolchainState>,
    /// The version of the default.
    pub default: Option<Version>,
    /// Why there is none, if the file of the default cannot be used.
    pub default_fault: Option<String>,
    /// The newest release of each minor that is known.
    pub newest: Vec<Version>,
    /// The minors that Go mends.
    pub supported: Vec<Version>,
    /// `GOCACHE`.
    pub build_cache: Result<Directory, NoCache>,
    /// `GOMODCACHE`.
    pub module_cache: Result<Directory, NoCache>,
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
    /// Its version, major and minor, where it was asked and said that.
    pub git: Option<(u32, u32)>,
    /// The C compiler.
    pub compiler: Compiler,
    /// Settings of editors that name a Go.
    pub editors: Vec<EditorSetting>,
    /// Programs on PATH, or where `go install` puts them, that read Go's code, and that Go has built.
    pub tools: Vec<Tool>,
    /// The desktop, where there is one.
    pub desktop: Option<Desktop>,
    /// Whether the system's C library is musl.
    pub is_musl: bool,
    /// Libraries in the current directory that ask for something of the loader.
    pub libraries: Vec<Library>,
    /// Directories above the store in which every user may rename.
    pub open_parents: Vec<PathBuf>,
    /// Why the root of all users does not count.
    pub system_root_fault: Option<String>,
    /// The owner of the home directory.
    pub home_owner: Option<u32>,
    /// What servers answered; `None` if none was asked.
    pub servers: Option<Vec<Server>>,
    /// Why some servers were not asked: the reason, and whether it may be meant.
    pub unasked: Vec<(String, bool)>,
    /// The processor that this machine imitates, where goward's is not its own; and by what means.
    pub emulated: Option<(String, &'static str)>,
    /// Trees of toolchains in the module cache that Go takes for whole, and that have no `go`.
    pub broken_trees: Vec<PathBuf>,
    /// What the system allows.
    pub limits: Limits,
    /// The time.
    pub now: SystemTime,
    /// The newest time of a file that this machine wrote itself.
    pub written: Option<SystemTime>,
}

impl Facts {
    /// The versions that are installed, and that of the default.
    pub(super) fn versions(&self) -> impl Iterator<Item = &Version> {
        self.toolchains.iter().map(|one| &one.version).chain(&self.default)
    }
}

/// Goward's shims.
#[derive(Clone, Debug)]
pub struct Shims {
    /// Their directory.
    pub directory: Vec<u8>,
    /// Whether the shim `go` is there.
    pub is_there: bool,
    /// The first line of a start-up file that puts them on PATH.
    pub line: Option<(PathBuf, usize)>,
}

/// A program `goward` on PATH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manager {
    /// Its path.
    pub program: PathBuf,
    /// The command that updates it, where a package manager looks after it.
    pub package: Option<String>,
}

/// What is wrong with a setting of goward's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misset {
    /// Whether goward does nothing by it, and works all the same.
    pub is_harmless: bool,
    /// What is wrong, with the place.
    pub message: String,
    /// What to do; empty where the message says it.
    pub words: String,
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

/// Why Go has no such directory.
#[derive(Clone, Debug)]
pub struct NoCache {
    /// The reason, on one line.
    pub why: String,
    /// The remedy.
    pub mend: String,
    /// Whether it is the user's wish: a program keeps the cache.
    pub is_meant: bool,
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
    /// What it holds, where that was counted.
    pub weight: Option<Weight>,
}

/// What a cache holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// The bytes of the files that were counted.
    pub bytes: u64,
    /// Whether that is all.
    pub is_whole: bool,
    /// When Go added something last.
    pub changed: Option<SystemTime>,
    /// When Go removed old entries last.
    pub trimmed: Option<SystemTime>,
}

/// A library of C's kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    /// Its file.
    pub path: PathBuf,
    /// Whether Go has made it.
    pub is_gos: bool,
    /// The bytes of its data of threads, where their place is fixed.
    pub fixed_data: Option<u64>,
    /// Whether it asks for a stack on which code may run.
    pub runs_stack: bool,
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
    /// Directories of installs that were not finished, and that no process works at.
    pub unfinished: Vec<PathBuf>,
    /// Toolchains that lack files, or have files of other sizes: the name, and the words for it.
    pub damaged: Vec<(String, String)>,
    /// Toolchains that there was no time to look at.
    pub unlooked: Vec<String>,
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
    /// A file of git's own there that is no regular one: git would wait for it.
    pub odd: Option<PathBuf>,
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
    /// The bytes that the system still promises, where it promises no more than it has.
    pub promised: Option<u64>,
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
    /// Whether cgo is on.
    pub is_on: bool,
    /// The place or the rule that says so.
    pub why: String,
    /// Why goward starts it not.
    pub refused: Option<&'static str>,
    /// Whether it is a name of Apple's, without the tools.
    pub is_stub: bool,
    /// The processor of this machine, in Go's words.
    pub is_for: String,
    /// How it fared with a program of ten lines; `None` if it was not tried.
    pub outcome: Option<Outcome>,
    /// The C library of that program, with its version.
    pub libc: Option<String>,
    /// Debian's packages that bring it, where this is Debian.
    pub packages: Option<&'static str>,
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
    /// What it was asked for, such as a list.
    pub wanted: &'static str,
}

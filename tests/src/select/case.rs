//! A case: the world that it needs, the command that it runs, and the result that it expects.

/// Text as the systems have it.
pub type Bytes = Vec<u8>;

/// A user, and a group, that is neither root's nor the caller's.
pub const SOMEBODY_ELSE: u32 = 54321;

/// The kind of system a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// The one the tests run on.
    Here,
    /// Windows, in memory.
    Windows,
    /// macOS, in memory.
    MacOs,
}

/// A runner, for cases that only one of them can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum World {
    /// The built shim on a real tree.
    Disk,
    /// The resolver on a tree in memory.
    Memory,
}

/// One case.
#[derive(Clone, Debug)]
pub struct Case {
    /// `file:line` of its first line.
    pub place: String,
    /// Its name.
    pub id: String,
    /// Its sentence.
    pub title: String,
    /// The system it is about.
    pub system: System,
    /// The one runner that can run it.
    pub only: Option<World>,
    /// How its world is made, in order, after the defaults.
    pub steps: Vec<Step>,
    /// The installed toolchains, as versions.
    pub installed: Vec<String>,
    /// The text of the default file.
    pub default: Option<Bytes>,
    /// The version of the system Go, which lies in `system/go`.
    pub system_go: Option<String>,
    /// Variables over the base environment; `None` unsets.
    pub env: Vec<(Bytes, Option<Bytes>)>,
    /// Directories on PATH behind the shims.
    pub path: Option<Vec<Bytes>>,
    /// The current directory.
    pub cwd: Bytes,
    /// The command, name first.
    pub argv: Vec<Bytes>,
    /// goward's part when the shim asks it.
    pub installer: Installer,
    /// A shim around this one.
    pub outer: Option<Outer>,
    /// The expected result.
    pub expect: Expect,
}

/// A call whose child's environment is the beginning of the case.
#[derive(Clone, Debug)]
pub struct Outer {
    /// Its current directory.
    pub cwd: Bytes,
    /// Its command.
    pub argv: Vec<Bytes>,
    /// The changes between the two calls.
    pub between: Vec<(Bytes, Bytes)>,
}

/// goward's part when the shim asks it to install.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Installer {
    /// It must not be asked: `GOWARD_AUTO_INSTALL=never`.
    Off,
    /// It fails.
    Fails,
    /// It makes these versions.
    Makes(Vec<String>),
}

/// One thing that the world of a case has. Paths are relative to the case's base.
#[derive(Clone, Debug)]
pub enum Step {
    /// A GOROOT of that version.
    Tree(Bytes, Bytes),
    /// A registered link to a GOROOT: name, path.
    Link(Bytes, Bytes),
    /// An executable that reports.
    Program(Bytes),
    /// A shell script: path, body.
    Script(Bytes, Bytes),
    /// A file with this content.
    File(Bytes, Bytes),
    /// More bytes for a file.
    Append(Bytes, Bytes),
    /// Comment lines up to a size in bytes.
    Pad(Bytes, u64),
    /// A file of this size that is all holes.
    Sparse(Bytes, u64),
    /// An empty directory.
    Dir(Bytes),
    /// A directory for the command to run in.
    Mkdir(Bytes),
    /// A link: path, target.
    Symlink(Bytes, Bytes),
    /// A link to a device: path, device.
    Device(Bytes, Bytes),
    /// A FIFO.
    Fifo(Bytes),
    /// A Unix socket.
    Socket(Bytes),
    /// Permission bits.
    Mode(Bytes, u32),
    /// The file belongs to another user.
    Foreign(Bytes),
    /// The file belongs to the group of another user.
    Group(Bytes),
    /// Trust in a `.goenv` as it is now.
    Trusted(Bytes),
    /// No trust any more.
    Untrusted(Bytes),
    /// A copy of the shim.
    ShimCopy(Bytes),
    /// A hard link of the shim.
    ShimLink(Bytes),
    /// The file goes away.
    Remove(Bytes),
    /// Directories below the current one until its path has so many bytes.
    Deep(Bytes, usize),
    /// The directory is deleted once the command runs in it.
    Vanish(Bytes),
}

impl Step {
    /// Whether only a user without root's powers can be shown this.
    pub fn needs_unprivileged(&self) -> bool {
        matches!(self, Step::Mode(_, 0))
    }

    /// Whether only root can make this.
    pub fn needs_root(&self) -> bool {
        matches!(self, Step::Foreign(_) | Step::Group(_))
    }
}

/// The result that a case expects.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// The program that runs, or the exit status.
    pub outcome: Option<Wanted>,
    /// The programs that must not run.
    pub never: Vec<Target>,
    /// The source that decides.
    pub from: Option<String>,
    /// The request to goward: `Some(None)` is no request.
    pub asks: Option<Option<String>>,
    /// Options that the request has.
    pub asks_with: Vec<String>,
    /// Options that the request has not.
    pub asks_without: Vec<String>,
    /// The child's arguments, name excluded.
    pub argv: Option<Vec<Bytes>>,
    /// The child's environment.
    pub child: Vec<Child>,
    /// The content of stderr.
    pub stderr: Vec<Stderr>,
    /// Whether a real Go in the place of the chosen one would refuse, or go on to another.
    pub leaves: bool,
}

/// How a case ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// This program runs.
    Runs(Target),
    /// One of these exit statuses, and nothing runs.
    Fails(Vec<i32>),
}

/// A program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A toolchain of the store, by name.
    Toolchain(String),
    /// The system Go.
    System,
    /// A path.
    Path(Bytes),
}

/// A fact about the child's environment.
#[derive(Clone, Debug)]
pub enum Child {
    /// It is the caller's.
    Unchanged,
    /// A variable has a value.
    Is(Bytes, Bytes),
    /// A variable is unset.
    Unset(Bytes),
}

/// A fact about stderr.
#[derive(Clone, Debug)]
pub enum Stderr {
    /// Nothing.
    Empty,
    /// Any text, as long as it is printable.
    Any,
    /// Exactly so many lines.
    Lines(usize),
    /// This text.
    Has(Bytes),
    /// Not this text.
    HasNot(Bytes),
}

//! The one place that starts git, which names the files of a repository and gives what its index holds.
//! Nothing of the repository runs: git asks neither its hooks nor its monitors, fetches nothing and waits for
//! nothing.

pub(super) mod blobs;

use super::Error;
use crate::child::{self, Bounds, Ended, Unanswered, piece};
use crate::os_path::path_of;
use std::cell::Cell;
use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::time::Duration;

/// The longest that git may take for all that a command asks: what makes it wait once does so each time.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest that git may take to say its version.
const OF_VERSION: Duration = Duration::from_millis(900);
thread_local! {
    // How much of that is left. One thread asks for a command.
    static LEFT: Cell<Duration> = const { Cell::new(PATIENCE) };
    static LEFT_FOR_VERSION: Cell<Duration> = const { Cell::new(OF_VERSION) };
}

/// The most memory of git, in bytes. git cannot stream a file that is packed as the difference to another: it
/// holds it as a whole, and a few bytes may stand for gigabytes.
const MEMORY: u64 = 1 << 30;
const BOUNDS: Bounds = Bounds { left: &LEFT, memory: MEMORY, words: 4 << 10, idle: None };
const OF_VERSIONS: Bounds = Bounds { left: &LEFT_FOR_VERSION, ..BOUNDS };
/// The most that git may say, in bytes.
const LIMIT: u64 = 128 << 20;

const ENDLESS: &str = "it did not answer within 60 seconds\nlook whether `git status` ends there";
/// The most lines of git's own words that are told: the second often has the cure.
const TOLD: usize = 3;

/// The variables that tell git of a repository, as `git rev-parse --local-env-vars` lists them: a hook of another
/// repository may have set them. And those that name a program, which it does not need.
const NOT_OURS: [&str; 25] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_LITERAL_PATHSPECS",
    "GIT_ASKPASS",
    "GIT_EDITOR",
    "GIT_EXTERNAL_DIFF",
    "GIT_PAGER",
    "GIT_PROXY_COMMAND",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
];

/// The longest line in a file of git's, in bytes.
pub(crate) const LONGEST_LINE: usize = 16 << 10;

/// What git may not do, whatever a configuration says.
const SETTINGS: [&str; 5] = [
    HOOKS,
    "core.fsmonitor=false",
    "safe.bareRepository=explicit",
    "protocol.allow=never",
    // git streams larger files. None that is read is as large.
    "core.bigFileThreshold=16m",
];
/// Nor may it run hooks. This setting changes the answer to the question where they are.
const HOOKS: &str = "core.hooksPath=/dev/null";

/// What git is asked.
const LIST: [&str; 5] =
    ["ls-files", "-z", "--cached", "--others", "--exclude-per-directory=.gitignore"];

/// The files of the repository at `top` that git tracks, and those that no `.gitignore` of it excludes.
/// `None` where there is no git.
pub(super) fn files(top: &Path) -> Result<Option<Vec<PathBuf>>, Error> {
    let Some(git) = program(top) else { return Ok(None) };
    check(top)?;
    let mut command = command(&git, top);
    command.args(LIST);
    let said = answer(command)?;
    let names = said.split(|&byte| byte == 0).filter(|name| !name.is_empty() && counts(name));
    names.map(inside).collect::<Result<_, _>>().map(Some)
}

/// What git reads of every repository: in its work tree, and in its own directory.
const OF_TREE: [&str; 3] = [".gitattributes", ".gitignore", ".gitmodules"];
const OF_GIT: [&str; 7] =
    ["HEAD", "commondir", "config", "index", "info/attributes", "info/exclude", "packed-refs"];

/// Refuses a repository in which git would wait for another process, or read without an end.
pub(crate) fn check(top: &Path) -> Result<(), Error> {
    odd(top).map_or(Ok(()), |path| Err(Error::Odd(path)))
}

/// A file that git reads there, and that is neither a regular file nor a directory.
pub(crate) fn odd(top: &Path) -> Option<PathBuf> {
    let own = directory(top);
    // A further work tree shares most of them with the first.
    let common = own.as_ref().and_then(|own| {
        let text = goward_installer::read::read(&own.join("commondir"), LONGEST_LINE).ok()?;
        Some(own.join(path_of(text.trim_ascii_end())))
    });
    let of_tree = [".git"].iter().chain(&OF_TREE).map(|name| top.join(name));
    let of_git =
        own.iter().chain(&common).flat_map(|dir| OF_GIT.iter().map(move |name| dir.join(name)));
    let is_odd =
        |path: &PathBuf| path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir());
    of_tree.chain(of_git).find(is_odd)
}

/// Whether a file of this name is of the project's own.
pub(super) fn counts(name: &[u8]) -> bool {
    !name.split(|&byte| byte == b'/').any(|part| part == b"node_modules")
}

/// The version of the `git` of PATH, major and minor; `None` if there is none outside the repository at `top`, or it does
/// not say that in time. It is asked in its own directory, so that no repository takes part.
pub(crate) fn version(top: &Path) -> Option<(u32, u32)> {
    let git = program(top)?;
    let mut command = command(&git, git.parent()?);
    command.arg("version");
    let ended =
        child::converse(
            &mut command,
            &OF_VERSIONS,
            |_, out| Ok(piece(out, LONGEST_LINE as u64)?.0),
        );
    let said = ended.ok()?.said.ok()?;
    said_version(std::str::from_utf8(&said).ok()?)
}

/// As git says it: `git version 2.39.5 (Apple Git-154)`.
fn said_version(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.strip_prefix("git version ")?.split('.');
    let number = |text: &str| text.trim_end().parse().ok();
    Some((number(numbers.next()?)?, number(numbers.next()?)?))
}

/// The `git` of PATH, but none that PATH names relative to here, and none of the repository or of one around it,
/// whichever links lead there.
pub(crate) fn program(top: &Path) -> Option<PathBuf> {
    program_of(&std::env::var_os("PATH")?, top)
}

fn program_of(path: &OsStr, top: &Path) -> Option<PathBuf> {
    let name = format!("git{}", std::env::consts::EXE_SUFFIX);
    let known = std::env::split_paths(path).filter(|dir| dir.is_absolute());
    let real =
        |path: &Path| goward_installer::canonical(path).unwrap_or_else(|_| path.to_path_buf());
    let top = real(top);
    let is_top =
        |dir: &&Path| dir.parent().is_some() && dir.join(".git").symlink_metadata().is_ok();
    let outermost = top.ancestors().filter(is_top).last().unwrap_or(&top);
    let is_own = |git: &Path| git.starts_with(&top) || real(git).starts_with(outermost);
    known.map(|dir| dir.join(&name)).find(|git| git.is_file() && !is_own(git))
}

/// git's own directory of the work tree at `top`.
pub(super) fn directory(top: &Path) -> Option<PathBuf> {
    let git = top.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let text = goward_installer::read::read(&git, LONGEST_LINE).ok()?;
    let path = text.strip_prefix(b"gitdir: ")?.trim_ascii_end();
    Some(top.join(path_of(path)))
}

/// git in the repository at `top`, still without its question.
pub(crate) fn command(git: &Path, top: &Path) -> Command {
    command_with(git, top, &SETTINGS)
}

/// As [`command`], for the question where the hooks are. It runs none.
pub(crate) fn command_about_hooks(git: &Path, top: &Path) -> Command {
    command_with(git, top, &SETTINGS[1..])
}

fn command_with(git: &Path, top: &Path, settings: &[&str]) -> Command {
    let mut command = Command::new(git);
    // The user's own files of configuration stay: they may say whose repositories are safe.
    for key in NOT_OURS {
        command.env_remove(key);
    }
    for (key, _) in std::env::vars_os() {
        let name = key.to_string_lossy();
        if name.starts_with("GIT_CONFIG_KEY_")
            || name.starts_with("GIT_CONFIG_VALUE_")
            || name.starts_with("GIT_TRACE")
        {
            command.env_remove(key);
        }
    }
    for (key, value) in [
        // No protocol at all. A repository's `protocol.ext.allow` beats `protocol.allow`, but not this.
        ("GIT_ALLOW_PROTOCOL", ""),
        ("GIT_NO_LAZY_FETCH", "1"),
        // What is committed is what an object's own name says.
        ("GIT_NO_REPLACE_OBJECTS", "1"),
        ("GIT_OPTIONAL_LOCKS", "0"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("LC_ALL", "C"),
    ] {
        command.env(key, value);
    }
    for setting in settings {
        command.args(["-c", setting]);
    }
    command.args(["--no-pager", "--literal-pathspecs", "-C"]).arg(top);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// All that it prints. An error if it fails, prints without end or does not end.
pub(crate) fn answer(command: Command) -> Result<Vec<u8>, Error> {
    converse(command, |_, out| {
        let text = piece(out, LIMIT + 1)?.0;
        let endless = text.len() as u64 > LIMIT;
        if endless { Err(io::Error::other("it prints without end")) } else { Ok(text) }
    })
}

/// What `work` makes of git's output, with the pipe to its input if it has one. An error if git fails or does not
/// end.
pub(super) fn converse<T>(
    mut command: Command,
    work: impl FnOnce(Option<ChildStdin>, &mut dyn Read) -> io::Result<T>,
) -> Result<T, Error> {
    let failed = |why: &str| Error::Git(why.to_owned());
    let ended = child::converse(&mut command, &BOUNDS, work);
    let Ended { said, words, status } = ended.map_err(|why| match why {
        Unanswered::Endless => failed(ENDLESS),
        Unanswered::Unable(error) => failed(&error.to_string()),
    })?;
    let words = String::from_utf8_lossy(&words);
    let lines = words.lines().map(str::trim).filter(|line| !line.is_empty()).take(TOLD);
    let first = &*lines.collect::<Vec<_>>().join("\n");
    match said {
        Ok(said) if status.success() || ended_by_pipe(status) => Ok(said),
        // It ended too early, and says why.
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof || first.is_empty() => {
            Err(failed(&error.to_string()))
        }
        _ => Err(failed(first)),
    }
}

/// Whether a program ended because its reader had enough.
fn ended_by_pipe(status: ExitStatus) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        const PIPE: i32 = 13;
        status.signal() == Some(PIPE)
    }
    #[cfg(not(unix))]
    {
        let _ = status;
        false
    }
}

/// The path of a name below the top. An error for one that leads out of there or to git's own files: git
/// does not verify the names of an index, which anything may have written.
pub(super) fn inside(name: &[u8]) -> Result<PathBuf, Error> {
    // A repository in this one is named as a directory.
    let parts = name.strip_suffix(b"/").unwrap_or(name).split(|&byte| byte == b'/');
    let is_name =
        |part: &[u8]| !matches!(part, b"" | b"." | b"..") && !part.eq_ignore_ascii_case(b".git");
    let path = path_of(name);
    let below = path.components().all(|part| matches!(part, Component::Normal(_)));
    if below && parts.into_iter().all(is_name) {
        return Ok(path);
    }
    let name = String::from_utf8_lossy(name).escape_debug().to_string();
    Err(Error::Git(format!("its index names {name}, which cannot be a file of this repository")))
}

#[cfg(all(test, unix))]
#[path = "git_tests.rs"]
mod tests;

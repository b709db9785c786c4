//! The one place that starts git, which names the files of a repository. Nothing of the repository runs: git
//! asks neither its hooks nor its monitors, fetches nothing and waits for nothing.

use super::Error;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// The longest that git may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// The most that git may say, in bytes.
const LIMIT: u64 = 256 << 20;

/// What git is asked.
const LIST: [&str; 5] =
    ["ls-files", "-z", "--cached", "--others", "--exclude-per-directory=.gitignore"];

/// The files of the repository at `top` that git tracks, and those that no `.gitignore` of it excludes.
/// `None` where there is no git.
pub(super) fn files(top: &Path) -> Result<Option<Vec<PathBuf>>, Error> {
    let Some(git) = program(top) else { return Ok(None) };
    let mut command = command(&git, top);
    command.args(LIST);
    let said = answer(command)?;
    let names = said.split(|&byte| byte == 0).filter(|name| !name.is_empty());
    let names =
        names.filter(|name| !name.split(|&b| b == b'/').any(|part| part == b"node_modules"));
    let refused = |name: &[u8]| {
        let name = String::from_utf8_lossy(name).escape_debug().to_string();
        Error::Git(format!("its index names {name}, which cannot be a file of this repository"))
    };
    let names = names.map(|name| inside(name).ok_or_else(|| refused(name)));
    names.collect::<Result<_, _>>().map(Some)
}

/// The `git` of PATH, but none that PATH names relative to here, and none of the repository.
fn program(top: &Path) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let name = format!("git{}", std::env::consts::EXE_SUFFIX);
    let known = std::env::split_paths(&path).filter(|dir| dir.is_absolute());
    known.map(|dir| dir.join(&name)).find(|git| git.is_file() && !git.starts_with(top))
}

fn command(git: &Path, top: &Path) -> Command {
    let mut command = Command::new(git);
    for (key, _) in std::env::vars_os() {
        // A hook of another repository may have set them.
        if key.to_string_lossy().starts_with("GIT_") {
            command.env_remove(key);
        }
    }
    for (key, value) in [
        // No protocol at all. A repository's `protocol.ext.allow` beats `protocol.allow`, but not this.
        ("GIT_ALLOW_PROTOCOL", ""),
        ("GIT_NO_LAZY_FETCH", "1"),
        ("GIT_OPTIONAL_LOCKS", "0"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("LC_ALL", "C"),
    ] {
        command.env(key, value);
    }
    for setting in [
        "core.fsmonitor=false",
        "core.hooksPath=/dev/null",
        "safe.bareRepository=explicit",
        "protocol.allow=never",
    ] {
        command.args(["-c", setting]);
    }
    command.args(["--no-pager", "--literal-pathspecs", "-C"]).arg(top);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// All that it prints. An error if it fails, prints without end or does not end.
fn answer(mut command: Command) -> Result<Vec<u8>, Error> {
    let failed = |why: &str| Error::Git(why.to_owned());
    let mut child = command.spawn().map_err(|error| failed(&error.to_string()))?;
    let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(failed("it has no output"));
    };
    // Both at once: git waits for the reader of the one that is full.
    let text = piece(out, LIMIT + 1, Rest::Unread);
    let words = piece(err, 4 << 10, Rest::Drained);
    let end = Instant::now() + PATIENCE;
    let left = || end.saturating_duration_since(Instant::now());
    let said = text.recv_timeout(left()).and_then(|text| Ok((text, words.recv_timeout(left())?)));
    let Ok((text, words)) = said else {
        // It may have ended just now.
        let _ = child.kill();
        let _ = child.wait();
        return Err(failed("it does not end"));
    };
    let text = text.map_err(|error| failed(&error.to_string()))?;
    if text.len() as u64 > LIMIT {
        let _ = child.kill();
        let _ = child.wait();
        return Err(failed("it prints without end"));
    }
    let status = child.wait().map_err(|error| failed(&error.to_string()))?;
    if !status.success() {
        let words = words.map_err(|error| failed(&error.to_string()))?;
        let words = String::from_utf8_lossy(&words);
        return Err(failed(words.trim().lines().next().unwrap_or_default()));
    }
    Ok(text)
}

/// The path of a name below the top. `None` for one that leads out of there or to git's own files: git
/// does not verify the names of an index, which anything may have written.
fn inside(name: &[u8]) -> Option<PathBuf> {
    // A repository in this one is named as a directory.
    let parts = name.strip_suffix(b"/").unwrap_or(name).split(|&byte| byte == b'/');
    let is_name =
        |part: &[u8]| !matches!(part, b"" | b"." | b"..") && !part.eq_ignore_ascii_case(b".git");
    let path = path_of(name);
    let below = path.components().all(|part| matches!(part, Component::Normal(_)));
    (below && parts.into_iter().all(is_name)).then_some(path)
}

/// What becomes of the output behind the piece that is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    Unread,
    Drained,
}

/// The first `limit` bytes of an output, which a thread reads.
fn piece(
    mut output: impl Read + Send + 'static,
    limit: u64,
    rest: Rest,
) -> Receiver<io::Result<Vec<u8>>> {
    let (send, piece) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut read = output.by_ref().take(limit).read_to_end(&mut bytes).map(|_| ());
        if rest == Rest::Drained {
            read = read.and_then(|()| io::copy(&mut output, &mut io::sink()).map(|_| ()));
        }
        // The other side may have given up.
        let _ = send.send(read.map(|()| bytes));
    });
    piece
}

fn path_of(name: &[u8]) -> PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        PathBuf::from(std::ffi::OsStr::from_bytes(name))
    }
    #[cfg(not(unix))]
    PathBuf::from(String::from_utf8_lossy(name).into_owned())
}

#[cfg(all(test, unix))]
#[path = "git_tests.rs"]
mod tests;

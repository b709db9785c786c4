//! The one place that starts git, which names the files of a repository. Nothing of the repository runs: git
//! asks neither its hooks nor its monitors, fetches nothing and waits for nothing.

use super::Error;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// The longest that git may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// The most that git may say, in bytes.
const LIMIT: u64 = 256 << 20;

/// The files of the repository at `top` that git tracks, and those that no `.gitignore` of it excludes.
/// `None` where there is no git.
pub(super) fn files(top: &Path) -> Result<Option<Vec<PathBuf>>, Error> {
    let Some(git) = program(top) else { return Ok(None) };
    let mut command = command(&git, top);
    command.args(["ls-files", "-z", "--cached", "--others", "--exclude-per-directory=.gitignore"]);
    let said = answer(command)?;
    let names = said.split(|&byte| byte == 0).filter(|name| !name.is_empty());
    let names =
        names.filter(|name| !name.split(|&b| b == b'/').any(|part| part == b"node_modules"));
    Ok(Some(names.map(path_of).collect()))
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
    let (send, said) = mpsc::channel();
    thread::spawn(move || {
        let (mut text, mut words) = (Vec::new(), Vec::new());
        let read = out.take(LIMIT + 1).read_to_end(&mut text);
        let read = read.and_then(|_| err.take(4 << 10).read_to_end(&mut words));
        // The other side may have given up.
        let _ = send.send(read.map(|_| (text, words)));
    });
    let Ok(said) = said.recv_timeout(PATIENCE) else {
        // It may have ended just now.
        let _ = child.kill();
        let _ = child.wait();
        return Err(failed("it does not end"));
    };
    let (text, words) = said.map_err(|error| failed(&error.to_string()))?;
    if text.len() as u64 > LIMIT {
        let _ = child.kill();
        let _ = child.wait();
        return Err(failed("it prints without end"));
    }
    let status = child.wait().map_err(|error| failed(&error.to_string()))?;
    if !status.success() {
        let words = String::from_utf8_lossy(&words);
        return Err(failed(words.trim().lines().next().unwrap_or_default()));
    }
    Ok(text)
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

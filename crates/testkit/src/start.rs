//! How tests start programs: always with an environment that the test names. A test of the
//! repository (`tests/tests/tidy`) finds any other way.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::environment::{SEEN, original};

/// Where a system keeps its own programs.
const SYSTEM: [&str; 4] = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

/// The programs of the machine that the tests' scripts call.
#[cfg(unix)]
const TOOLS: [&str; 13] = [
    "sh", "env", "cat", "sleep", "ls", "mkdir", "rm", "touch", "dirname", "true", "cp", "chmod",
    "pwd",
];

/// A program under test, or one that starts it, with exactly this environment.
pub fn program<K, V>(program: impl AsRef<OsStr>, env: impl IntoIterator<Item = (K, V)>) -> Command
where
    K: AsRef<OsStr>,
    V: AsRef<OsStr>,
{
    let mut command = Command::new(program);
    command.env_clear().envs(env);
    command
}

/// A program of this machine that a test itself needs, such as `mkfifo`: the system's own before
/// any other of that name, without any setting.
///
/// # Panics
///
/// When this machine has none.
pub fn tool(name: &str) -> Command {
    let found = find(name).unwrap_or_else(|| panic!("this machine has no {name}"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut command = program(found, [("PATH", path.as_os_str()), ("LC_ALL", OsStr::new("C"))]);
    for name in ["TMPDIR", "TMP", "TEMP", "SystemRoot"] {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    command
}

/// A tool of the developer's that keeps its settings (cargo; Python with pip, which may need a
/// proxy), without those of Go, goward and git.
pub fn developers(program: impl AsRef<OsStr>) -> Command {
    let of_go = |name: &OsStr| {
        let name = name.to_string_lossy();
        let ours = name.starts_with("GOWARD_") && !name.starts_with("GOWARD_TEST_");
        ours || name.starts_with("GO") && !name.starts_with("GOWARD_") || name.starts_with("GIT_")
    };
    let kept = original().iter().filter(|(name, _)| !of_go(name));
    self::program(program, kept.map(|(name, value)| (name, value)))
}

/// One test of this test program in a process of its own, which sees these variables.
///
/// # Panics
/// When this process does not know its own executable.
pub fn again(test: &str, env: &[(&str, &OsStr)]) -> Command {
    let this = std::env::current_exe().expect("a process knows its executable");
    let mut command = program(this, std::env::vars_os());
    let seen: Vec<_> = env.iter().map(|(name, _)| *name).collect();
    command.args(["--exact", test]).envs(env.iter().copied()).env(SEEN, seen.join(","));
    command
}

/// Makes `dir` a directory for a PATH with the commonest tools and nothing else: no `go` and no C
/// compiler, although the system may have them beside its tools.
///
/// # Panics
///
/// When this machine lacks one of the tools, or `dir` cannot be made.
pub fn offer_tools(dir: &Path) {
    std::fs::create_dir_all(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    #[cfg(unix)]
    for tool in TOOLS {
        let found = find(tool).unwrap_or_else(|| panic!("this machine has no {tool}"));
        std::os::unix::fs::symlink(&found, dir.join(tool))
            .unwrap_or_else(|error| panic!("{}: {error}", dir.join(tool).display()));
    }
}

/// The program `name` of this machine, as [`tool`] finds it.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let system = SYSTEM.iter().map(PathBuf::from);
    system.chain(std::env::split_paths(&path)).map(|dir| dir.join(&name)).find(|at| at.is_file())
}

/// The developer's own value of a variable, for a test of its effect.
pub fn setting(name: &str) -> Option<OsString> {
    original().iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

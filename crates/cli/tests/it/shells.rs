//! `goward setup` and the shells themselves: in a new shell the shims come first on PATH, with any
//! name of the root and after any file that the shell reads before the line.
//!
//! A shell that is not installed is `NOT TESTED`; with `GOWARD_TEST_SHELLS` in the environment that
//! is an error, but for Nushell, which distributions do not have.

use crate::machine::Machine;
use crate::setup::unpacked;
use crate::strangers::bounded;
use goward_testkit::start::find;
use goward_testkit::untested::{Lack, not_tested};
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

/// A way to start a shell that runs `printenv PATH`.
struct Start {
    shell: &'static str,
    args: &'static [&'static str],
    /// Given on stdin, where the arguments take none.
    typed: bool,
}

const fn asked(shell: &'static str, args: &'static [&'static str]) -> Start {
    Start { shell, args, typed: false }
}

const fn typed(shell: &'static str, args: &'static [&'static str]) -> Start {
    Start { shell, args, typed: true }
}

const STARTS: [Start; 23] = [
    asked("bash", &["-lc"]),
    asked("bash", &["-ic"]),
    asked("bash", &["-lic"]),
    asked("zsh", &["-lc"]),
    asked("zsh", &["-ic"]),
    asked("zsh", &["-lic"]),
    asked("zsh", &["-c"]),
    asked("sh", &["-lc"]),
    asked("sh", &["-ic"]),
    asked("dash", &["-lc"]),
    asked("dash", &["-ic"]),
    asked("ksh", &["-lc"]),
    asked("ksh", &["-ic"]),
    asked("mksh", &["-lc"]),
    asked("mksh", &["-ic"]),
    asked("fish", &["-c"]),
    asked("fish", &["-lc"]),
    asked("fish", &["-ic"]),
    asked("csh", &["-c"]),
    asked("tcsh", &["-c"]),
    typed("tcsh", &["-l"]),
    typed("elvish", &[]),
    asked("nu", &["-lc"]),
];

/// Whether a shell can find its own files, and name the shims, below a home directory of that name.
fn can(start: &Start, home: &[u8]) -> bool {
    match (start.shell, start.args) {
        ("nu", _) => std::str::from_utf8(home).is_ok(),
        // It crashes at its start.
        ("csh", _) => !home.contains(&b'`'),
        // It expands the path of `.kshrc` once more.
        ("ksh", ["-ic"]) => !home.iter().any(|byte| b"'\"\\$`".contains(byte)),
        _ => true,
    }
}

/// The text of the user's files before goward adds to them. Each puts another Go first, as on some
/// systems the files before a login shell's own do (`/etc/profile`, macOS' `path_helper`).
const BEFORE: [(&str, &str); 9] = [
    (".profile", "PATH=/other/go/bin:/usr/bin:/bin\n"),
    (".bashrc", "PATH=/other/go/bin:/usr/bin:/bin\n"),
    (".zshenv", "export PATH=/other/go/bin:/usr/bin:/bin\n"),
    (".zprofile", "PATH=/other/go/bin:/usr/bin:/bin"),
    (".zshrc", "PATH=/other/go/bin:$PATH\n"),
    (".kshrc", "PATH=/other/go/bin:$PATH\n"),
    (".mkshrc", "PATH=/other/go/bin:$PATH\n"),
    (".cshrc", "set path = (/other/go/bin $path:q)\n"),
    (".config/elvish/rc.elv", "set paths = [/other/go/bin $@paths]\n"),
];

/// A home directory whose name is `name`, with the files above.
pub(crate) fn home(m: &Machine, name: &[u8]) -> PathBuf {
    let home = m.path("").join(OsStr::from_bytes(name));
    for (file, text) in BEFORE {
        let file = home.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    home
}

pub(crate) fn setup(m: &Machine, home: &Path, shell: &str) -> Output {
    let there = m.path("archive/goward");
    let goward = if there.exists() { there } else { unpacked(m) };
    let mut command = m.command_of(&goward, &["setup"]);
    command.env("HOME", home).env("SHELL", format!("/usr/bin/{shell}"));
    bounded(command.envs(env_file(shell)))
}

/// The variable `ENV` and its value: `sh` expands it. The other shells have files of their own,
/// without it.
pub(crate) fn env_file(shell: &str) -> Option<(&'static str, &'static str)> {
    matches!(shell, "sh" | "dash").then_some(("ENV", "$HOME/.shrc"))
}

/// The path of the shell, if it is installed.
fn found(shell: &str) -> Option<PathBuf> {
    let found = find(shell);
    if found.is_none() {
        let lack = if shell == "nu" { Lack::Rare } else { Lack::Shell };
        not_tested(&format!("goward setup in {shell}"), lack, "it is not installed");
    }
    found
}

/// The PATH of a shell that was started so, below a process with another Go on PATH.
fn path_in(start: &Start, program: &Path, home: &Path) -> Vec<u8> {
    let path = OsStr::new("/other/go/bin:/usr/bin:/bin");
    let env = [("HOME", home.as_os_str()), ("PATH", path), ("TERM", OsStr::new("dumb"))];
    let mut command = goward_testkit::start::program(program, env);
    command.args(start.args).current_dir(home);
    // In the locale C fish finds no file below a home directory that is not ASCII.
    command.envs(env_file(start.shell)).env("LC_ALL", "C.UTF-8");
    let output = if start.typed {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"/usr/bin/printenv PATH\n").unwrap();
        child.wait_with_output().unwrap()
    } else {
        bounded(command.arg("/usr/bin/printenv PATH"))
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.stdout.is_empty(), "{} {:?}: {errors}", start.shell, start.args);
    // A shell without a terminal may complain of that first.
    let last = output.stdout.trim_ascii_end().rsplit(|&byte| byte == b'\n').next();
    last.unwrap_or_default().to_vec()
}

/// Sets up for every shell in a home directory of that name, and starts each as it is started.
fn every_shell_finds_the_shims(name: &[u8]) {
    let m = Machine::new();
    let home = home(&m, name);
    let root = home.join(".goward");
    let first = std::env::join_paths([root.join("shims"), root.join("bin")]).unwrap();
    let first = [first.as_bytes(), b":"].concat();
    let mut set_up = "";
    for start in STARTS {
        let Some(program) = found(start.shell) else { continue };
        if !can(&start, name) {
            continue;
        }
        if std::mem::replace(&mut set_up, start.shell) != start.shell {
            let ran = setup(&m, &home, start.shell);
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            assert_eq!(ran.status.code(), Some(0), "{}: {said}", start.shell);
        }
        let path = path_in(&start, &program, &home);
        let (is, shell, args) = (String::from_utf8_lossy(&path), start.shell, start.args);
        assert!(path.starts_with(&first), "{shell} {args:?}: {is}");
    }
}

#[test]
fn every_shell_finds_the_shims_below_a_plain_home() {
    every_shell_finds_the_shims(b"me");
}

#[test]
fn every_shell_finds_the_shims_below_an_odd_home() {
    every_shell_finds_the_shims(
        b"it's a \"$HOME\" `x` $(y) a\\b! {c,d}*?[e] #~ %PATH% \xe4\xb8\xad",
    );
    every_shell_finds_the_shims(b"\\' ''\\\\");
}

/// Linux alone has such names.
#[cfg(target_os = "linux")]
#[test]
fn every_shell_finds_the_shims_below_a_home_that_is_no_text() {
    every_shell_finds_the_shims(b"caf\xe9 \xff'$x");
}

/// Every file below `dir`.
pub(crate) fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap().flatten().map(|entry| entry.path()) {
        match entry.is_dir() {
            true if entry.ends_with(".goward") => {}
            true => found.extend(files(&entry)),
            false => found.push((entry.clone(), fs::read(&entry).unwrap())),
        }
    }
    found.sort();
    found
}

#[test]
fn a_second_setup_changes_nothing() {
    let m = Machine::new();
    let home = home(&m, b"me");
    let shells = ["bash", "zsh", "dash", "ksh", "mksh", "fish", "csh", "tcsh", "nu", "elvish"];
    shells.iter().for_each(|shell| drop(setup(&m, &home, shell)));
    let first = files(&home);
    for shell in shells {
        let ran = setup(&m, &home, shell);
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(said.starts_with("goward: open a new shell, and `go` is goward's\n"), "{said}");
        assert_eq!(said.lines().count(), 3, "{shell}: {said}");
    }
    assert_eq!(files(&home), first);
    for (file, text) in first {
        let lines = String::from_utf8(text).unwrap();
        assert_eq!(lines.matches("# added by goward setup\n").count(), 1, "{}", file.display());
    }
}

#[test]
fn a_shell_that_cannot_say_the_root_is_told_so() {
    let m = Machine::new();
    let home = home(&m, b"me\xff");
    let before = files(&home);
    for args in [&["setup", "--shell", "nu"][..], &["setup", "--shell", "powershell"]] {
        let mut command = m.command_of(&unpacked(&m), args);
        let ran = bounded(command.env("HOME", &home));
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert_eq!(ran.status.code(), Some(2), "{said}");
        assert!(said.contains("is not UTF-8, and "), "{said}");
        assert!(said.contains("\nhint: set GOWARD_ROOT to another directory"), "{said}");
        assert_eq!(files(&home), before);
    }
}

#[test]
fn another_shell_than_the_login_shell_can_be_named() {
    let m = Machine::new();
    let setup = |shell: &str, args: &[&str]| {
        let mut all = vec!["setup"];
        all.extend(args);
        let mut command = m.command_of(&unpacked(&m), &all);
        crate::machine::ran(command.env("SHELL", shell).output().unwrap(), &m)
    };
    let ran = setup("/bin/bash", &["--shell", "fish"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(m.path("home/.config/fish/conf.d/goward.fish").is_file());
    assert!(!m.path("home/.bashrc").exists());
    for (shell, args, said, line) in [
        (
            "/bin/xonsh",
            &["--no-modify-path"][..],
            "goward: there is no line for /bin/xonsh here; ",
            "case ",
        ),
        (
            "/usr/bin/pwsh",
            &[],
            "goward: put this line into ~/.config/powershell/profile.ps1:\n",
            "$env:PATH = (@('",
        ),
        (
            "/bin/zsh",
            &["--no-modify-path"],
            "goward: put this line into ~/.zprofile and ~/.zshrc:\n",
            "case ",
        ),
        (
            "/bin/zsh",
            &["--no-modify-path", "--shell", "tcsh"],
            "goward: put this line into ~/.cshrc:\n",
            "if (\"$path[1]\" != '",
        ),
    ] {
        let ran = setup(shell, args);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stderr.starts_with(said), "{shell}: {}", ran.stderr);
        assert!(ran.stdout.starts_with(line), "{shell}: {}", ran.stdout);
        assert_eq!(ran.stdout.lines().count(), 1, "{shell}");
    }
    let made = fs::read_dir(m.path("home")).unwrap().flatten().map(|entry| entry.file_name());
    let mut made: Vec<_> = made.collect();
    made.sort();
    assert_eq!(made, [".config", ".goward"], "what is only advised is not written");
}

//! A machine without any Go: a person at a terminal is asked, and all others get the error.

use super::terminal::on_terminal;
use goward_testkit::start::program;
use goward_tests::release::SmallRelease;
use goward_tests::sandbox::Sandbox;
use std::path::Path;
use std::process::{Command, Stdio};

const QUESTION: &str = "goward: no Go toolchain is installed and nothing selects one; install the \
                        newest release? [Y/n] ";
const ERROR: &str = "goward: error: no Go toolchain is installed and nothing selects one; run: \
                     goward install latest";

/// goward on a machine that has no Go, and a mirror that has one.
struct Fresh {
    sandbox: Sandbox,
    vars: Vec<(&'static str, String)>,
}

impl Fresh {
    fn new(name: &str) -> Fresh {
        let sandbox = Sandbox::empty(name);
        let release = SmallRelease::make(&sandbox);
        let mirror = format!("{}/", goward_testkit::url::of_file(release.dir()));
        let vars = vec![
            ("GOWARD_MIRROR", mirror),
            ("GOWARD_MIRROR_DIGESTS", "own".to_owned()),
            ("TERM", "xterm".to_owned()),
        ];
        Fresh { sandbox, vars }
    }

    fn call(&self, file: &Path, args: &[&str]) -> Command {
        let mut command = program(file, self.sandbox.env());
        command.args(args).current_dir(self.sandbox.project("p"));
        command.envs(self.vars.iter().map(|(key, value)| (key, value)));
        command
    }

    fn go(&self) -> Command {
        self.call(&self.sandbox.shim(), &["version"])
    }

    fn has_go(&self) -> bool {
        self.sandbox.toolchain(SmallRelease::VERSION).exists()
    }

    /// What a person sees who types `answer`, and the status.
    fn seen(&self, command: Command, answer: &str) -> (String, Option<i32>) {
        let (seen, status) = on_terminal(command, Some(answer));
        let seen = String::from_utf8(seen).unwrap().replace("\r\n", "\n");
        let colours = ["\x1b[2m", "\x1b[1;31m", "\x1b[0m"];
        (colours.iter().fold(seen, |seen, colour| seen.replace(colour, "")), status)
    }
}

#[test]
fn plain_go_offers_a_first_toolchain_and_runs_it_after_a_yes() {
    for yes in ["\n", "y\n", "YES\n"] {
        let fresh = Fresh::new("first-yes");
        let (seen, status) = fresh.seen(fresh.go(), yes);
        assert_eq!(status, Some(0), "{seen}");
        assert!(seen.contains(QUESTION), "{seen}");
        assert!(seen.contains(&format!("go version go{} ", SmallRelease::VERSION)), "{seen}");
        assert!(
            seen.contains(&format!("go{} is the default now", SmallRelease::VERSION)),
            "{seen}"
        );
        // From now on there is a Go, and no question.
        let (seen, status) = fresh.seen(fresh.go(), "");
        assert!(status == Some(0) && seen.starts_with("go version go"), "{seen}");
    }
}

/// The terminal's character for the end of the input is Ctrl-D.
#[test]
fn a_no_and_the_end_of_the_input_install_nothing() {
    let fresh = Fresh::new("first-no");
    for no in ["n\n", "no\n", "what\n", "\x04"] {
        let (seen, status) = fresh.seen(fresh.go(), no);
        assert_eq!(status, Some(127), "{no:?}: {seen}");
        assert!(seen.contains(QUESTION), "{no:?}: {seen}");
        assert_eq!(seen.trim_end().lines().last(), Some(ERROR), "{no:?}: {seen}");
        assert!(!fresh.has_go(), "{no:?}: {seen}");
    }
    // Other questions, too.
    let (seen, status) = fresh.seen(fresh.call(&fresh.sandbox.manager(), &["setup"]), "\x04");
    assert!(status == Some(0) && seen.contains("first on PATH, in "), "{status:?} {seen}");
    assert!(!seen.contains("first on PATH now"), "{seen}");
}

/// Ctrl-C ends the shim and the manager, which are the terminal's foreground.
#[test]
fn ctrl_c_installs_nothing() {
    let fresh = Fresh::new("first-interrupt");
    let shim = fresh.sandbox.shim();
    // A shell that started the tests in its background has them ignore Ctrl-C.
    let setsid = ["--default-signal=INT", "/usr/bin/setsid", "--ctty", "--wait"];
    let args = [&setsid[..], &[shim.to_str().unwrap(), "version"]].concat();
    let call = fresh.call(Path::new("/usr/bin/env"), &args);
    let (seen, status) = fresh.seen(call, "\x03");
    assert!(seen.contains(QUESTION), "{seen}");
    assert_ne!(status, Some(0), "{seen}");
    assert!(!fresh.has_go() && !seen.contains("go version"), "{seen}");
}

#[test]
fn goward_install_offers_it_too() {
    let fresh = Fresh::new("first-install");
    let install = || fresh.call(&fresh.sandbox.manager(), &["install"]);
    let (seen, status) = fresh.seen(install(), "n\n");
    assert!(status == Some(3) && seen.contains(QUESTION) && !fresh.has_go(), "{status:?} {seen}");
    let (seen, status) = fresh.seen(install(), "\n");
    assert!(status == Some(0) && fresh.has_go(), "{status:?} {seen}");
}

/// Each of these would wait for a person, and there is none, or none who wants to be asked.
#[test]
fn nothing_else_is_asked() {
    let fresh = Fresh::new("first-silent");
    for (key, value) in [
        ("CI", "true"),
        ("GOWARD_QUIET", "1"),
        ("GOWARD_AUTO_INSTALL", "never"),
        ("GOWARD_OFFLINE", "1"),
        ("GOTOOLCHAIN", "local"),
        ("GOTOOLCHAIN", "path"),
    ] {
        let mut call = fresh.go();
        call.env(key, value);
        let (seen, status) = fresh.seen(call, "y\n");
        assert_eq!(status, Some(127), "{key}={value}: {seen}");
        assert!(!seen.contains("[Y/n]") && seen.contains(ERROR), "{key}={value}: {seen}");
    }
    let of_no_person = || {
        let mut call = fresh.go();
        call.stdin(Stdio::null());
        call
    };
    let said = of_no_person().output().unwrap();
    assert_eq!(said.status.code(), Some(127));
    assert_eq!(String::from_utf8(said.stderr).unwrap(), format!("{ERROR}\n"));
    // stdout and stderr are a terminal, stdin is not.
    let (seen, status) = on_terminal(of_no_person(), None);
    let seen = String::from_utf8(seen).unwrap();
    assert!(status == Some(127) && !seen.contains("[Y/n]"), "{seen}");
    // X=$(go env GOPATH) in a start-up file: stdout is a pipe, all else is the terminal.
    let mut inner = fresh.call(Path::new("/bin/sh"), &["-c", "X=$(\"$1\" env GOPATH)", "sh"]);
    inner.arg(fresh.sandbox.shim());
    let (seen, status) = fresh.seen(inner, "y\n");
    assert!(status == Some(127) && !seen.contains("[Y/n]"), "{seen}");
    assert!(!fresh.has_go());
}

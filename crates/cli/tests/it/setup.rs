//! Setting up, providing for the shim, and configuring.

use crate::machine::{Machine, Ran, copy, ran, script};
use std::fs;
use std::path::{Path, PathBuf};

/// A copy of goward with a file that passes for a shim beside it, as in a release archive.
pub(crate) fn unpacked(m: &Machine) -> PathBuf {
    let dir = m.path("archive");
    let goward = dir.join("goward");
    copy(Path::new(env!("CARGO_BIN_EXE_goward")), &goward);
    let magic = String::from_utf8(goward_resolver::SHIM_MAGIC.to_vec()).unwrap();
    let stamp = format!("version={}\0", env!("CARGO_PKG_VERSION"));
    script(&dir.join("go"), &format!("# {magic}{stamp}"));
    goward
}

fn setup(m: &Machine, shell: &str, args: &[&str]) -> Ran {
    let mut all = vec!["setup"];
    all.extend(args);
    let mut command = m.command_of(&unpacked(m), &all);
    ran(command.env("SHELL", shell).output().unwrap(), m)
}

#[test]
fn setup_puts_everything_in_place_once() {
    let m = Machine::new();
    m.write("home/.zshrc", "alias x=y");
    let dry = setup(&m, "/bin/zsh", &["--dry-run"]);
    assert!(dry.stdout.contains("would copy @/archive/go to ~/.goward/shims/gofmt\n"));
    assert!(dry.stdout.contains("would add to ~/.zshrc: case "), "{}", dry.stdout);
    assert!(!m.root("").exists());
    let first = setup(&m, "/bin/zsh", &[]);
    assert_eq!(first.code, 0, "{}", first.stderr);
    assert_eq!(
        first.stderr,
        "goward: copied @/archive/goward to ~/.goward/bin/goward\n\
         goward: copied @/archive/go to ~/.goward/shims/go\n\
         goward: copied @/archive/go to ~/.goward/shims/gofmt\n\
         goward: ~/.zprofile puts ~/.goward/shims first on PATH now\n\
         goward: ~/.zshrc puts ~/.goward/shims first on PATH now\n\
         goward: open a new shell, and `go` is goward's\n\
         goward: for this shell, run: . ~/.zshrc\n\
         goward: next, run: goward install latest\n"
    );
    let written = m.read("home/.zshrc");
    assert!(written.starts_with("alias x=y\ncase \"$PATH:\" in "), "{written}");
    let again = setup(&m, "/bin/zsh", &[]);
    assert!(again.stderr.starts_with("goward: open a new shell, and `go` is goward's\n"));
    assert_eq!(again.stderr.lines().count(), 3, "{}", again.stderr);
    assert_eq!(m.read("home/.zshrc"), written);
    assert_eq!(m.json(&["list"]).as_array().unwrap().len(), 0, "the shim is no system go");
}

#[test]
fn setup_from_the_store_mends_it() {
    let m = Machine::new();
    setup(&m, "/bin/zsh", &[]);
    m.ok(&["install", "1.22.10"]);
    fs::remove_file(m.root("shims/gofmt")).unwrap();
    fs::remove_file(m.root("shims/go1.22.10")).unwrap();
    let mut command = m.command_of(&m.root("bin/goward"), &["setup", "--no-modify-path"]);
    let ran = ran(command.output().unwrap(), &m);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(m.root("shims/gofmt").exists() && m.root("shims/go1.22.10").exists());
    assert!(
        ran.stdout.starts_with("case \"$PATH:\" in "),
        "the line to put somewhere: {}",
        ran.stdout
    );
}

#[test]
fn setup_refuses_what_is_no_shim() {
    let m = Machine::new();
    let goward = unpacked(&m);
    fs::write(m.path("archive/go"), "something else").unwrap();
    let ran = ran(m.command_of(&goward, &["setup"]).output().unwrap(), &m);
    assert_eq!(ran.code, 3);
    assert!(
        ran.stderr.starts_with("goward: error: @/archive/go is not goward's shim `go`\nhint: ")
    );
    assert!(!m.root("").exists());
}

#[test]
fn the_store_of_a_manager_is_where_it_lies() {
    let m = Machine::new().with("GOWARD_ROOT", "");
    let root = m.path("elsewhere");
    let mut command = m.command_of(&unpacked(&m), &["setup", "--no-modify-path"]);
    command.env("GOWARD_ROOT", &root).output().unwrap();
    let mut command = m.command_of(&root.join("bin/goward"), &["install", "1.22.10"]);
    assert_eq!(ran(command.output().unwrap(), &m).code, 0);
    assert!(root.join("toolchains/go1.22.10").is_dir());
}

#[test]
fn a_miss_of_the_shim_is_provided_once() {
    let m = Machine::new();
    let provide = |args: &[&str]| {
        let mut all = vec!["provide"];
        all.extend(args);
        m.run(&all)
    };
    let at = ["1.22", "--at-least", "1.22.5", "--wanted-by", "/x/go.mod:3"];
    let first = provide(&at);
    assert_eq!((first.code, first.stdout.as_str()), (0, ""), "{}", first.stderr);
    assert_eq!(first.stderr, "goward: installing go1.22.10, wanted by /x/go.mod:3\n");
    let again = provide(&at);
    assert_eq!((again.code, again.stderr.as_str()), (0, ""));
    assert_eq!(provide(&["1.22", "--at-least", "1.22.11", "--wanted-by", "x"]).code, 3);
    let strict = provide(&["1.23.2", "--wanted-by", "x", "--known-digests"]);
    assert_eq!(strict.code, 5, "{}", strict.stderr);
    assert!(!m.root("toolchains/go1.23.2").exists());
}

#[test]
fn many_at_once_install_once() {
    let m = Machine::new();
    let start = |_| {
        let mut command = m.command(&["provide", "1.22", "--wanted-by", "x"]);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        command.spawn().unwrap()
    };
    let all: Vec<_> = (0..12).map(start).collect();
    let done: Vec<_> =
        all.into_iter().map(|child| ran(child.wait_with_output().unwrap(), &m)).collect();
    assert!(done.iter().all(|one| one.code == 0));
    let said: String = done.iter().map(|one| one.stderr.as_str()).collect();
    assert_eq!(said, "goward: installing go1.22.10, wanted by x\n");
}

#[test]
fn a_dead_network_is_told_once_where_a_call_does_not_wait() {
    let m = Machine::new().with("GOWARD_MIRROR", "http://127.0.0.1:9/");
    let args = ["provide", "1.22", "--wanted-by", "x", "--impatient"];
    let first = m.run(&args);
    assert_eq!(first.code, 4, "{}", first.stderr);
    let start = "goward: warning: Go 1.22, wanted by x, is not installed: ";
    assert!(first.stderr.starts_with(start), "{}", first.stderr);
    assert_eq!(first.stderr.lines().count(), 1, "{}", first.stderr);
    let second = m.run(&args);
    assert_eq!((second.code, second.stderr.as_str()), (4, ""));
}

#[test]
fn the_configuration_file_is_read_strictly_where_it_forbids() {
    let m = Machine::new();
    let mirror = goward_testkit::url::of_file(&m.path("mirror"));
    let m = m.with("GOWARD_MIRROR", "").with("GOWARD_MIRROR_DIGESTS", "");
    let known = format!("mirrors = ['{mirror}']\nmirror-digests = 'own'\n");
    m.write("home/.goward/config.toml", &known);
    m.ok(&["install", "1.22.10"]);
    // A newer goward may know it, and a person may have misspelt it.
    m.write("home/.goward/config.toml", &format!("{known}ofline = true\n\n[check]\nx = 1\n"));
    let ran = m.run(&["install", "1.23.2"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for (line, key) in [(3, "ofline"), (5, "check")] {
        let warning = format!("~/.goward/config.toml:{line}: unknown key");
        let warned = ran.stderr.lines().filter(|said| said.contains(&warning));
        let warned: Vec<_> = warned.filter(|said| said.contains(key)).collect();
        assert_eq!(warned.len(), 1, "{}", ran.stderr);
    }
    for policy in ["minimal = '1.24'", "[policy.further]\nx = 1"] {
        m.write("home/.goward/config.toml", &format!("{known}[policy]\n{policy}\n"));
        let ran = m.run(&["install", "1.21.13"]);
        assert_eq!(ran.code, 2);
        let start = "goward: error: ~/.goward/config.toml:4: unknown field";
        assert!(ran.stderr.starts_with(start), "{}", ran.stderr);
    }
}

#[test]
fn completions_and_help_are_data() {
    let m = Machine::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = m.ok(&["completions", shell]);
        assert!(script.contains("goward") && script.contains("GOWARD_COMPLETE"), "{shell}");
    }
    // The shell has two names, and each command takes both.
    assert_eq!(m.ok(&["completions", "pwsh"]), m.ok(&["completions", "powershell"]));
    let line = |shell: &str| setup(&m, "", &["--shell", shell, "--no-modify-path"]).stdout;
    assert!(line("pwsh").starts_with("$env:PATH = "), "{}", line("pwsh"));
    assert_eq!(line("pwsh"), line("powershell"));
    for command in [
        "setup",
        "install",
        "uninstall",
        "list",
        "use",
        "default",
        "which",
        "current",
        "explain",
        "env",
        "exec",
        "trust",
        "link",
        "completions",
        "self",
    ] {
        assert!(m.ok(&[command, "--help"]).contains("\nExamples:\n"), "{command}");
    }
    assert!(!m.ok(&["--help"]).contains("provide"));
}

/// Any user may put a file into a directory such as /tmp, beside a download of goward.
#[test]
fn no_shim_is_taken_that_another_user_may_have_put_beside() {
    use std::os::unix::fs::{PermissionsExt as _, lchown};
    let m = Machine::new();
    let goward = unpacked(&m);
    let set = |mode| {
        fs::set_permissions(m.path("archive"), fs::Permissions::from_mode(mode)).unwrap();
    };
    let setup = || ran(m.command_of(&goward, &["setup", "--no-modify-path"]).output().unwrap(), &m);
    for mode in [0o1777, 0o777] {
        set(mode);
        let ran = setup();
        assert_eq!(ran.code, 1, "{mode:o}: {}", ran.stderr);
        let start = "goward: error: cannot take @/archive/go\n    @/archive can be written by other users\n\
                     hint: copy it into a directory of your own\n";
        assert!(ran.stderr.starts_with(start), "{}", ran.stderr);
        assert!(!m.root("").exists());
    }
    set(0o755);
    if goward_testkit::untested::is_root("a shim of another user") {
        lchown(m.path("archive/go"), Some(crate::strangers::OTHER), None).unwrap();
        let ran = setup();
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(ran.stderr.contains("@/archive/go is a file of user 12345\n"), "{}", ran.stderr);
        assert!(!m.root("").exists());
        lchown(m.path("archive/go"), Some(0), None).unwrap();
    }
    assert_eq!(setup().code, 0);
    // The store's own shim, of the same release, is as good.
    set(0o1777);
    assert_eq!(setup().code, 0);
}

/// Containers, cron and `env -i` set no SHELL.
#[test]
fn without_a_variable_the_shell_of_the_account_counts() {
    let entry = goward_testkit::start::tool("sh")
        .args(["-c", "getent passwd \"$(id -u)\""])
        .output()
        .unwrap();
    let entry = String::from_utf8_lossy(&entry.stdout).into_owned();
    let login = entry.trim_end().rsplit([':', '/']).next().unwrap_or_default().to_owned();
    let m = Machine::new();
    let goward = unpacked(&m);
    for value in [None, Some("")] {
        let mut command = m.command_of(&goward, &["setup"]);
        match value {
            Some(value) => command.env("SHELL", value),
            None => command.env_remove("SHELL"),
        };
        let ran = ran(command.output().unwrap(), &m);
        if login == "bash" {
            assert_eq!(ran.code, 0, "{}", ran.stderr);
            assert!(m.read("home/.bashrc").contains("# added by goward setup\n"));
            fs::remove_file(m.path("home/.bashrc")).unwrap();
        } else {
            assert_eq!(
                ran.code == 0,
                !ran.stderr.contains("none of those that setup edits"),
                "{}",
                ran.stderr
            );
        }
    }
}

#[test]
fn a_shell_that_goward_has_no_line_for_is_no_success() {
    let m = Machine::new();
    let goward = unpacked(&m);
    let setup = |args: &[&str], more: &[(&str, String)]| {
        let mut command = m.command_of(&goward, &[&["setup"], args].concat());
        command.env("SHELL", "/bin/xonsh").envs(more.iter().map(|(key, value)| (key, value)));
        ran(command.output().unwrap(), &m)
    };
    let told = setup(&[], &[]);
    assert_eq!(told.code, 1, "it did not take effect: {}", told.stderr);
    assert!(told.stderr.contains("goward: there is no line for /bin/xonsh here; "));
    let hint = "hint: name another shell, for example: goward setup --shell bash\n";
    assert!(told.stderr.contains(hint), "{}", told.stderr);
    assert!(told.stdout.starts_with("case "), "{}", told.stdout);
    for args in [&["--no-modify-path"][..], &["-n"], &["--shell", "bash"]] {
        let ran = setup(args, &[]);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.stderr);
    }
    let first = format!("{}:/usr/bin:/bin", m.root("shims").display());
    let file = m.write("github-path", "").display().to_string();
    for more in
        [&[("PATH", first)][..], &[("GITHUB_ACTIONS", "true".to_owned()), ("GITHUB_PATH", file)]]
    {
        assert_eq!(setup(&[], more).code, 0, "{more:?}");
    }
}

/// The suite `tests/shared` does this as root. Everyone may ask what it would do.
#[test]
fn setup_for_all_is_for_root_and_says_what_it_would_do() {
    let m = Machine::new();
    let root = m.path("for-all");
    let m = m.with("GOWARD_SYSTEM_ROOT", root.to_str().unwrap());
    let dry = setup(&m, "/bin/sh", &["--system", "--dry-run"]);
    assert!(
        dry.stdout.contains("would copy @/archive/go to @/for-all/shims/gofmt\n"),
        "{}",
        dry.stdout
    );
    assert!(!root.exists() && !m.root("").exists(), "nothing is written");
    let refused = setup(&m, "/bin/sh", &["--system", "--yes"]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    if cfg!(unix) && !is_root() {
        for args in [&["--system"][..], &["--remove", "--system"]] {
            let refused = setup(&m, "/bin/sh", args);
            assert_eq!((refused.code, &*refused.stdout), (1, ""), "{args:?}");
            assert!(refused.stderr.contains("only root can write to"), "{}", refused.stderr);
        }
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    tempfile::tempfile().unwrap().metadata().unwrap().uid() == 0
}

/// The root for all is its owner's to fill, and every other user's to read.
#[test]
fn an_install_for_all_goes_into_the_system_root() {
    let m = Machine::new();
    let root = m.path("for-all");
    let m = m.with("GOWARD_SYSTEM_ROOT", root.to_str().unwrap());
    assert_eq!(m.ok(&["install", "--system", "-n", "1.22.10"]), "would install go1.22.10\n");
    assert!(!root.exists());
    m.ok(&["install", "--system", "1.22.10"]);
    assert!(root.join("toolchains/go1.22.10").is_dir() && !m.root("").exists());
    let listed = m.json(&["list"]);
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
    let again = m.run(&["install", "--system", "1.22.10"]);
    assert!(again.stderr.contains("is installed already"), "{}", again.stderr);
    m.ok(&["install", "1.22.9"]);
    assert!(m.root("toolchains/go1.22.9").is_dir());
}

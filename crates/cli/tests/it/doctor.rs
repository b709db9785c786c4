//! `goward doctor` from outside: what it finds on a machine, what it mends after a yes, and that nothing that
//! others have put there is run, waited for or printed.

// The places are those of Linux.
#[cfg(target_os = "linux")]
mod broken;

use crate::machine::{Machine, script};
use crate::setup::unpacked;
use goward_testkit::http::{Answer, Server};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

const GO_ENV: &str = "home/.config/go/env";

/// A machine with a toolchain of the newest minor.
pub(crate) fn machine() -> Machine {
    let m = Machine::set_up();
    let newest = crate::machine::newest();
    m.publish(&[&newest]);
    m.ok(&["install", &newest]);
    m.ok(&["default", &newest]);
    m
}

#[test]
fn a_machine_on_which_all_is_right_passes() {
    let m = machine();
    let ran = m.run(&["doctor"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let rows: Vec<Vec<&str>> = ran
        .stdout
        .lines()
        .filter(|line| !line.starts_with(' '))
        .map(|line| line.split_whitespace().take(2).collect())
        .collect();
    let list = m.ok(&["doctor", "--list"]);
    let ids: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let named: Vec<&str> = rows.iter().filter_map(|row| row.get(1).copied()).collect();
    assert_eq!(named, ids, "one line a check");
    assert!(rows.iter().all(|row| matches!(row[0], "ok" | "skipped" | "note")), "{}", ran.stdout);
    let two = m.ok(&["doctor", "goroot", "path-order"]);
    assert_eq!(two.lines().count(), 2, "{two}");
    let wide = m.ok(&["doctor", "-v", "toolchains"]);
    assert!(wide.contains(": go version go"), "{wide}");
}

#[test]
fn what_is_wrong_is_told_with_one_command() {
    let m = machine();
    m.write(GO_ENV, "GOTOOLCHAIN=go1.22.10\nGOPROXY='https://me:secret@x.example/'\n");
    let m = m.with("GOROOT", "/nowhere").with("GODEBUG", "asynctimerchan=1");
    let ran = m.run(&["doctor"]);
    assert_eq!(ran.code, 7, "{}", ran.stdout);
    let errors = "error    goroot          GOROOT=/nowhere in the environment is no Go tree\n    run: unset GOROOT\n";
    assert!(ran.stdout.contains(errors), "{}", ran.stdout);
    let pin = "warning  go-env-pin      ~/.config/go/env:1 sets GOTOOLCHAIN=go1.22.10, which hides the pins of projects\n    run: go env -u GOTOOLCHAIN\n";
    assert!(ran.stdout.contains(pin), "{}", ran.stdout);
    assert!(ran.stderr.contains("goward: 4 errors, 1 warning"), "{}", ran.stderr);
    for args in [&["doctor", "-v"][..], &["doctor", "--json"], &["doctor", "--fix", "-n"]] {
        let ran = m.run(args);
        let all = ran.stdout + &ran.stderr;
        assert!(!all.contains("secret"), "{all}");
        assert!(!all.contains("@/home/"), "the home directory is ~: {all}");
    }
    // In a narrow window the messages stand below the checks, and no line is cut.
    let narrow = m.with("COLUMNS", "40").run(&["doctor", "goroot"]).stdout;
    assert!(narrow.starts_with("error    goroot\n    GOROOT=/nowhere in the"), "{narrow}");
}

#[test]
fn safe_edits_are_shown_and_made_after_a_yes() {
    let m = machine();
    let text = "# mine\nGOTOOLCHAIN=1.22\nGOPROXY=\"off\"\r\nGONOSUMDB=a\n";
    let file = m.write(GO_ENV, text);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let shown = "~/.config/go/env:2\n- GOTOOLCHAIN=1.22\n~/.config/go/env:3\n- GOPROXY=\"off\"\\r\n+ GOPROXY=off\n";
    let dry = m.run(&["doctor", "--fix", "--dry-run"]);
    assert!(dry.code == 7 && dry.stdout.starts_with(shown), "{}", dry.stdout);
    let unasked = m.run(&["doctor", "--fix"]);
    assert_eq!(unasked.code, 2, "{}", unasked.stderr);
    assert!(unasked.stderr.ends_with("without a yes\nhint: add --yes\n"), "{}", unasked.stderr);
    assert_eq!(m.read(GO_ENV), text);
    let done = m.run(&["doctor", "--fix", "--yes"]);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    assert_eq!(m.read(GO_ENV), "# mine\nGOPROXY=off\nGONOSUMDB=a\n");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let again = m.run(&["doctor", "--fix", "--yes"]);
    assert!(again.stderr.contains("no edit that goward would make"), "{}", again.stderr);
    assert_eq!(m.read(GO_ENV), "# mine\nGOPROXY=off\nGONOSUMDB=a\n");
}

/// A user's go/env may lie among dotfiles: the file that changes is named.
#[test]
fn an_edit_through_a_link_names_the_file_that_changes() {
    let m = machine();
    m.write("dotfiles/goenv", "GOTOOLCHAIN=1.22\n");
    fs::create_dir_all(m.path("home/.config/go")).unwrap();
    std::os::unix::fs::symlink(m.path("dotfiles/goenv"), m.path(GO_ENV)).unwrap();
    let done = m.run(&["doctor", "--fix", "--yes"]);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
    let told = "dotfiles/goenv (to which ~/.config/go/env leads)";
    assert!(done.stderr.contains(told), "{}", done.stderr);
    assert_eq!(m.read("dotfiles/goenv"), "");
}

/// A toolchain that other users may have exchanged is not started, and one that never answers is given up.
#[test]
fn only_sound_toolchains_are_started_and_not_for_long() {
    let m = machine();
    m.ok(&["install", "1.22.9", "1.23.2"]);
    let mark = m.path("ran");
    script(&m.root("toolchains/go1.22.9/bin/go"), &format!("echo x > {}", mark.display()));
    let tree = m.root("toolchains/go1.22.9");
    fs::set_permissions(&tree, fs::Permissions::from_mode(0o777)).unwrap();
    let ran = m.run(&["doctor", "toolchains"]);
    assert_eq!(ran.code, 7, "{}", ran.stdout);
    assert!(ran.stdout.contains("go1.22.9 was not started"), "{}", ran.stdout);
    assert!(!mark.exists(), "it was started");
    fs::set_permissions(&tree, fs::Permissions::from_mode(0o755)).unwrap();
    script(&m.root("toolchains/go1.22.9/bin/go"), "exit 3");
    script(&m.root("toolchains/go1.23.2/bin/go"), "while :; do :; done");
    let begun = Instant::now();
    let ran = m.run(&["doctor", "-v", "toolchains"]);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert!(ran.stdout.contains("go1.23.2: not started, for want of time"), "{}", ran.stdout);
}

/// Whatever lies around: a project that goward refuses, files that never end, and text that acts on terminals.
#[test]
fn a_hostile_machine_is_examined_all_the_same() {
    let m = machine();
    let mark = m.path("ran");
    let compiler = m.path("cc");
    script(&compiler, &format!("echo x > {}", mark.display()));
    let named = format!("CC={0}\nPKG_CONFIG={0}\nCGO_CFLAGS=-B{0}\n", compiler.display());
    m.write("p/.goenv", &format!("GOFLAGS=-toolexec=/x\nGOCACHE=/x\n{named}"));
    m.write("p/go.env", &named);
    let of_project = m.command(&["doctor", "cgo"]).env("GOENV", "go.env").output();
    assert!(of_project.unwrap().status.success() && !mark.exists(), "a project's go/env was taken");
    fs::remove_file(m.path("p/go.env")).unwrap();
    m.write("p/.go-version", "\u{1b}[2J\n");
    m.write("p/go.mod", "module m\n\ngo 99.9\ntoolchain ../x\n");
    let trap = format!("[core]\n\tfsmonitor = touch {}\n", mark.display());
    m.write("p/.git/config", &trap);
    m.write("home/.profile", "export GOROOT=$(touch $HOME/ran)\n\u{1b}]0;x\u{7}\n");
    for fifo in ["home/.bashrc", "home/.zshrc", GO_ENV] {
        let path = m.path(fifo);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let made = goward_testkit::start::tool("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
    }
    m.write("home/.gitconfig", &"x".repeat(2 << 20));
    let m = m.with("GODEBUG", "x=\u{1b}[31m,tls3des=1").with("GOFLAGS", "\u{1b}[2J -mod=mod");
    let ran = m.run(&["doctor", "-v"]);
    assert_eq!(ran.code, 7, "{}{}", ran.stdout, ran.stderr);
    let all = ran.stdout + &ran.stderr;
    assert!(!all.contains(['\u{1b}', '\u{7}']), "{all:?}");
    assert!(!mark.exists() && !m.path("home/ran").exists(), "something was run");
    let names: Vec<_> =
        fs::read_dir(m.path("p")).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(names.len(), 4, "{names:?}");
}

/// A compiler is started where the user names it outside the repository, and for no longer than a second.
#[test]
fn a_c_compiler_is_tried_and_none_of_the_repository() {
    let m = machine();
    fs::create_dir_all(m.path("p/.git")).unwrap();
    let mark = m.path("ran");
    let with = |at: &str, body: &str| {
        let compiler = m.path(at);
        script(&compiler, body);
        let mut command = m.command(&["doctor", "-v", "cgo"]);
        command.env("CC", &compiler);
        let begun = Instant::now();
        let ran = crate::machine::ran(command.output().unwrap(), &m);
        (ran.code, ran.stdout, begun.elapsed())
    };
    let touch = format!("echo x > {}", mark.display());
    let (code, said, _) = with("p/sub/cc", &touch);
    assert!(code == 0 && said.contains("cc: it lies in this repository"), "{said}");
    assert!(!mark.exists(), "it was started");
    let fails = "echo 'x.c:1: error: \u{1b}[2J no library' >&2; exit 1";
    let (code, said, _) = with("cc", fails);
    assert_eq!(code, 7, "{said}");
    assert!(said.contains("links no program: x.c:1: error: \\x1b[2J no library"), "{said}");
    let (code, said, time) = with("cc", "while :; do :; done");
    assert!(code == 0 && said.contains("within a second"), "{said}");
    assert!(time < Duration::from_secs(15), "{time:?}");
    let (code, said, _) = with("cc", &touch);
    assert!(code == 7 && mark.exists() && said.contains("made no file"), "{said}");
    // What it leaves is in a directory that goes.
    let left: Vec<_> = fs::read_dir(m.path("tmp")).unwrap().flatten().collect();
    assert!(left.is_empty(), "{left:?}");
    let m = m.with("CC", "./cc");
    let ran = m.run(&["doctor", "cgo"]);
    let (code, said) = (ran.code, ran.stdout);
    assert!(code == 7 && said.contains("Go takes no relative path"), "{said}");
}

#[test]
fn a_toolchain_in_parts_is_damaged_and_mended() {
    let m = machine();
    let file = m.root(&format!("toolchains/go{}/VERSION", crate::machine::newest()));
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}\n\n")).unwrap();
    let ran = m.run(&["doctor", "store"]);
    assert!(
        ran.code == 7 && ran.stdout.contains("is damaged: VERSION is changed"),
        "{}",
        ran.stdout
    );
    let command =
        ran.stdout.lines().find_map(|line| line.trim().strip_prefix("run: goward ")).unwrap();
    m.ok(&command.split(' ').collect::<Vec<_>>());
    m.ok(&["doctor", "store"]);
    // A directory without a living process, and one at whose lock a process is.
    let lock = |name: &str| m.root(&format!("state/locks/{name}.lock"));
    let held = fs::File::create(lock("go1.22.9")).unwrap();
    held.lock().unwrap();
    fs::File::create(lock("go1.23.2")).unwrap();
    for name in ["go1.22.9.00", "go1.23.2.00"] {
        fs::create_dir_all(m.root(&format!("state/staging/{name}"))).unwrap();
    }
    let left = m.ok(&["doctor", "store"]);
    assert!(
        left.contains("left 1 directories, such as ~/.goward/state/staging/go1.23.2.00"),
        "{left}"
    );
}

#[test]
fn settings_of_goward_are_read_as_the_other_commands_do() {
    let m = machine();
    let config = "home/.goward/config.toml";
    let said = |text: &str| {
        m.write(config, text);
        let ran = m.run(&["doctor", "config"]);
        (ran.code, ran.stdout, ran.stderr)
    };
    assert_eq!(said("offline = false\n").0, 0);
    let (code, unknown, warned) = said("ofline = true\n");
    assert_eq!(code, 7, "{unknown}");
    assert!(unknown.contains("~/.goward/config.toml:1: unknown key \"ofline\""), "{unknown}");
    assert!(!warned.contains("ofline"), "it is said twice: {warned}");
    let (code, value, _) = said("\nmirrors = ['hello']\n");
    assert_eq!(code, 7, "{value}");
    assert!(
        value.contains("config.toml:2: mirror \"hello\": not a URL\n    give a base URL"),
        "{value}"
    );
    assert!(!value.contains("keys are"), "{value}");
    let (_, key, _) = said("[policy]\nminimal = '1.24'\n");
    assert!(key.contains("unknown field `minimal`") && key.contains("keys are: mirrors"), "{key}");
    fs::write(m.path(config), b"\xff\xfe").unwrap();
    assert_eq!(m.run(&["doctor", "config"]).code, 7);
    fs::remove_file(m.path(config)).unwrap();
    let made = goward_testkit::start::tool("mkfifo").arg(m.path(config)).status().unwrap();
    assert!(made.success());
    assert_eq!(m.run(&["doctor", "config"]).code, 7);
    fs::remove_file(m.path(config)).unwrap();
    let m = m.with("GOWARD_MIRROR", "hello");
    let ran = m.run(&["doctor", "--network"]);
    assert!(
        ran.stdout.contains("error    config          GOWARD_MIRROR: mirror"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.lines().any(|line| line.starts_with("error    network")), "{}", ran.stdout);
    assert_eq!(ran.code, 7);
}

/// Go runs a tree of its module cache by the notes beside it.
#[test]
fn what_go_has_in_its_caches_is_looked_at() {
    let m = machine();
    let [cache, golang] =
        ["home/go/pkg/mod/cache/download/golang.org/toolchain/@v", "home/go/pkg/mod/golang.org"];
    let os = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
    let arch = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
    let module = format!("v0.0.1-go1.24.1.{os}-{arch}");
    fs::create_dir_all(m.path(&format!("{golang}/toolchain@{module}/src"))).unwrap();
    // Go fetches it anew.
    m.ok(&["doctor", "toolchains"]);
    m.write(&format!("{cache}/{module}.ziphash"), "h1:x=");
    let ran = m.run(&["doctor", "toolchains"]);
    assert!(
        ran.code == 7 && ran.stdout.contains("Go takes it for a whole toolchain"),
        "{}",
        ran.stdout
    );
    m.write(&format!("{cache}/{module}.partial"), "");
    m.ok(&["doctor", "toolchains"]);
    let large = fs::File::create(m.path("home/go/pkg/mod/large")).unwrap();
    large.set_len(21 << 30).unwrap();
    let said = m.ok(&["doctor", "-v", "caches"]);
    assert!(
        said.contains("GOMODCACHE, ~/go/pkg/mod, holds 21 GiB\n    run: go clean -modcache"),
        "{said}"
    );
    // The overview has counted by itself.
    let overview = m.ok(&["cache"]);
    assert!(!overview.contains("holds 21 GiB"), "{overview}");
}

/// Blanks around `=` are what a person writes by hand.
#[test]
fn a_name_with_blanks_is_mended() {
    let m = machine();
    m.write(GO_ENV, "GOFLAGS = -v\n");
    m.ok(&["doctor", "--fix", "--yes", "go-env-file"]);
    assert_eq!(m.read(GO_ENV), "GOFLAGS=-v\n");
}

#[test]
fn a_shell_from_before_setup_is_told_how_to_go_on() {
    let m = Machine::new();
    // Beside a goward of a build lies a shim only where it was built, too.
    let mut setup = m.command_of(&unpacked(&m), &["setup", "--shell", "bash", "--yes"]);
    assert!(setup.status().unwrap().success());
    let ran = m.run(&["doctor", "path-order"]);
    assert_eq!(ran.code, 7, "{}", ran.stdout);
    assert!(
        ran.stdout.contains("    run: . ~/.bashrc\n    open a new shell: ~/.bashrc:1"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("goward setup"), "{}", ran.stdout);
}

/// The bytes of two of goward's own do not make one of them; names of one file do.
#[test]
fn a_second_goward_on_path_is_told() {
    let m = machine();
    let place = |name: &str| {
        script(&m.path(name), "exit 0");
        m.path(name).parent().unwrap().display().to_string()
    };
    let path = m.vars().find(|(key, _)| *key == "PATH").unwrap().1.clone();
    let (package, other) = (place("usr/bin/goward"), place("opt/goward"));
    m.write("usr/share/goward/packaged", "apt-get install \u{1b}[2Jgoward\n");
    fs::create_dir(m.path("links")).unwrap();
    std::os::unix::fs::symlink(m.path("usr/bin/goward"), m.path("links/goward")).unwrap();
    let links = m.path("links").display().to_string();
    let one = m.with("PATH", &format!("{path}:{links}:{package}"));
    let said = one.ok(&["doctor", "path-order"]);
    assert!(!said.contains("another goward"), "{said}");
    let two = one.with("PATH", &format!("{path}:{package}:{other}"));
    let said = two.ok(&["doctor", "path-order"]);
    let words =
        "/usr/bin/goward (of a package: apt-get install \\x1b[2Jgoward) runs, and there is another";
    assert!(said.contains(words), "{said}");
}

/// The checksum database is asked by the way on which Go would ask it.
#[test]
fn servers_are_named_with_time_and_status() {
    let head = "go.sum database tree\n1\nx\n\n";
    let sound = Server::start(move |_| Answer::ok(head));
    let sick = Server::start(|_| Answer::status("503 Service Unavailable"));
    let with = |database: &str| {
        let m =
            machine().with("GOSUMDB", &format!("sum.golang.org {database}")).with("GOPROXY", "off");
        let ran = m.run(&["doctor", "-v", "--network", "network"]);
        (ran.code, ran.stdout)
    };
    let (code, said) = with(&sound.url);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("the checksum database sum.golang.org at http://127.0.0.1"), "{said}");
    assert!(said.contains(" answers within "), "{said}");
    assert!(said.contains("no module proxy was asked: module lookup is disabled by GOPROXY=off"));
    assert!(!said.contains("--from"), "a flag that was not typed: {said}");
    let (code, said) = with(&sick.url);
    assert!(code == 7 && said.contains("503"), "{said}");
    let (code, said) = with(&Server::start(|_| Answer::ok("<html>")).url);
    assert!(code == 7 && said.contains("it sent something else"), "{said}");
}

/// Go would wait for it, and the shim refuses it: that is no absent file.
#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_go_env_is_told() {
    let m = Machine::set_up();
    m.write("home/.config/go/x", "");
    let pipe = m.path("home/.config/go/env");
    assert!(goward_testkit::start::tool("mkfifo").arg(&pipe).status().unwrap().success());
    let ran = m.run(&["doctor", "go-env-file"]);
    assert_eq!(ran.code, 7, "{}", ran.stdout);
    assert!(ran.stdout.contains("is not a regular file"), "{}", ran.stdout);
}

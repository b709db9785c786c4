//! The shim never finds itself, under any name, and never calls itself for long.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;

use goward_tests::sandbox::{Sandbox, copy_program, version_of};

const OURS: &str = "the sandbox is ours";

/// A sandbox whose PATH holds the shim many times over: twice as it is, by symbolic links to the
/// directory and to the file, as a hard link and as a copy.
fn surrounded() -> Sandbox {
    let mut sandbox = Sandbox::empty("surrounded");
    let dir = |name: &str| {
        let dir = sandbox.dir().join(name);
        fs::create_dir(&dir).expect(OURS);
        dir
    };
    let (linked, hard, copied) = (dir("linked"), dir("hard"), dir("copied"));
    symlink(sandbox.shim(), linked.join("go")).expect(OURS);
    fs::hard_link(sandbox.shim(), hard.join("go")).expect(OURS);
    copy_program(&sandbox.shim(), &copied.join("go"));
    let twin = sandbox.dir().join("twin");
    symlink(sandbox.shims(), &twin).expect(OURS);
    for (dir, first) in
        [(twin, true), (sandbox.shims(), false), (linked, false), (hard, true), (copied, true)]
    {
        sandbox.add_to_path(dir, first);
    }
    sandbox
}

#[test]
fn itself_is_no_system_go() {
    let sandbox = surrounded();
    let project = sandbox.project("p");
    sandbox.write(project.join(".go-version"), "system\n");
    for name in ["hard/go", "copied/go", "linked/go", "twin/go", "home/.goward/shims/go"] {
        let call = sandbox.go(&project, &["version"]).program(sandbox.dir().join(name));
        call.env("GOWARD_OFFLINE", "1").run().code(127).nothing_on_stdout();
    }
}

#[test]
fn a_real_system_go_behind_all_of_them_is_found() {
    let mut sandbox = surrounded();
    let system = sandbox.add_system_go();
    let project = sandbox.project("p");
    sandbox.write(project.join(".go-version"), "system\n");
    for name in ["hard/go", "linked/go", "twin/go", "home/.goward/shims/go"] {
        let call = sandbox.go(&project, &["version"]).program(sandbox.dir().join(name));
        assert_eq!(version_of(&call), system.version, "{name}");
    }
}

/// How often one call executes something, by strace.
#[cfg(target_os = "linux")]
#[test]
fn few_executions_before_it_gives_up() {
    let Some(strace) = goward_testkit::untested::strace("how often a call executes") else {
        return;
    };
    let sandbox = surrounded();
    let project = sandbox.project("p");
    sandbox.write(project.join(".go-version"), "system\n");
    let log = sandbox.dir().join("log");
    let options = ["-f", "-qq", "-e", "trace=execve", "-o", log.to_str().unwrap()];
    sandbox.go(&project, &["version"]).under(&strace, options).run().code(127);
    let log = fs::read_to_string(log).unwrap();
    let count = log.lines().filter(|line| line.contains("execve(")).count();
    assert!((1..=5).contains(&count), "{count} executions\n{log}");
}

/// The shim of another manager that calls back: a loop of two that neither can see alone.
#[test]
fn a_loop_with_another_shim_is_cut() {
    let mut sandbox = Sandbox::empty("loop");
    let other = sandbox.dir().join("other");
    let log = sandbox.dir().join("log");
    let body =
        format!("echo called >> {}\nexec {} \"$@\"", log.display(), sandbox.shim().display());
    sandbox.script(other.join("go"), &body);
    sandbox.add_to_path(other.clone(), false);
    let project = sandbox.project("p");
    let looped = sandbox.go(&project, &["version"]).env("GOWARD_OFFLINE", "1").run();
    assert!([125, 126, 127].contains(&looped.status.code().unwrap()), "{looped}");
    looped.nothing_on_stdout().says(&other.join("go").display().to_string());
    let shim = sandbox.shim().display().to_string();
    looped.says(if cfg!(unix) { "~/.goward/shims/go" } else { &shim });
    let calls = fs::read_to_string(log).unwrap().lines().count();
    assert!((1..=5).contains(&calls), "{calls} rounds");
}

/// The counter behind the guard goes to scripts only: a real Go does not get it.
#[test]
fn the_guard_does_not_reach_go() {
    let mut sandbox = Sandbox::empty("guard");
    let other = sandbox.dir().join("other");
    sandbox.script(other.join("go"), "env");
    sandbox.install_script("1.22.10", "env");
    sandbox.add_to_path(other, false);
    let project = sandbox.project("p");
    let call = sandbox.go(&project, &[]).env("GOWARD_VERSION", "system").env("PWD", &project);
    let plain = call.clone().program(sandbox.dir().join("tools/env")).ok();
    let scripts = call.ok();
    let is_shells =
        |line: &&str| ["_=", "SHLVL=", "OLDPWD="].iter().any(|key| line.starts_with(key));
    let guard: Vec<_> = scripts
        .lines()
        .filter(|line| !plain.lines().any(|have| have == *line) && !is_shells(line))
        .filter_map(|line| line.split_once('='))
        .collect();
    assert!(!guard.is_empty(), "a script on PATH could call back without end\n{scripts}");
    let stored = call.env("GOWARD_VERSION", "1.22.10");
    let stored = guard.iter().fold(stored, |call, (key, value)| call.env(key, value)).ok();
    for (key, _) in guard {
        let left = stored.lines().find(|line| line.starts_with(&format!("{key}=")));
        assert_eq!(left, None, "{stored}");
    }
}

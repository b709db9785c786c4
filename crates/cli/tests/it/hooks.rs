//! `goward hook`: what it writes, keeps, restores and leaves alone.

mod differences;
mod planted;
mod refused;

use crate::machine::{Machine, ran, script};
use goward_testkit::start::{find, program};
use serde_json::json;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

const HOOK: &str = "p/.git/hooks/pre-commit";
const KEPT: &str = "p/.git/hooks/pre-commit.before-goward";

/// A machine with git and goward on PATH, and a repository without hooks in the directory `p`.
pub(crate) fn machine() -> Machine {
    let m = Machine::new();
    fs::create_dir(m.path("bin")).unwrap();
    symlink(env!("CARGO_BIN_EXE_goward"), m.path("bin/goward")).unwrap();
    let git = find("git").unwrap();
    let dirs = [&m.path("bin"), &m.path("tools"), git.parent().unwrap()];
    let path = std::env::join_paths(dirs).unwrap().into_string().unwrap();
    let m = m.with("PATH", &path);
    git_in(&m, "p", &["init", "-q"]);
    fs::remove_dir_all(m.path("p/.git/hooks")).unwrap();
    fs::create_dir(m.path("p/.git/hooks")).unwrap();
    m
}

fn git_in(m: &Machine, dir: &str, args: &[&str]) {
    let out = git(m, dir, args).output().unwrap();
    assert!(out.status.success(), "{args:?}: {out:?}");
}

/// git with the machine's environment.
fn git(m: &Machine, dir: &str, args: &[&str]) -> Command {
    let mut git = program(find("git").unwrap(), m.vars());
    let user =
        ["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "protocol.file.allow=always"];
    git.args(user).args(args).current_dir(m.path(dir));
    git
}

/// Stages a pin, good or below the module's go line, and commits.
fn commit(m: &Machine, pin: &str) -> Output {
    m.write("p/go.mod", "module m\n\ngo 1.26.0\n");
    m.write("p/.go-version", pin);
    git_in(m, "p", &["add", "."]);
    git(m, "p", &["commit", "-qm", "x"]).output().unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// What there is in the directory of hooks.
fn hooks(m: &Machine) -> Vec<String> {
    let entries = fs::read_dir(m.path("p/.git/hooks")).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_hook_checks_each_commit_until_it_is_taken_away() {
    let m = machine();
    assert_eq!(
        m.ok(&["hook", "status"]),
        "no commit is checked: there is no @/p/.git/hooks/pre-commit\n"
    );
    assert_eq!(m.ok(&["hook", "install", "-n"]), "would write @/p/.git/hooks/pre-commit\n");
    assert!(hooks(&m).is_empty());
    let ran = m.run(&["hook", "install"]);
    let said = "goward: @/p/.git/hooks/pre-commit checks each commit from now on\n";
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", said));
    assert_eq!(mode(&m.path(HOOK)), 0o755);
    let state = json!({
        "format": 1, "file": "@/p/.git/hooks/pre-commit", "state": "installed", "active": true, "strict": false,
        "manager": null, "kept": null, "kept_runs": null, "hooks_path": null, "obstacle": null,
        "differences": { "active": false, "driver": "absent", "go_mod": null, "go_work": null }
    });
    assert_eq!(m.json(&["hook", "status"]), state);
    let refused = commit(&m, "1.25.0\n");
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && said.contains("pin-below-floor"), "{said}");
    let taken = commit(&m, "1.26.0\n");
    assert!(taken.status.success(), "{taken:?}");
    // Again, and in another manner.
    let before = m.read(HOOK);
    assert!(m.run(&["hook", "install"]).stderr.ends_with("checks each commit already\n"));
    assert_eq!(m.read(HOOK), before);
    m.ok(&["hook", "install", "--strict"]);
    assert_eq!(m.json(&["hook", "status"])["strict"], true);
    fs::set_permissions(m.path(HOOK), fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(m.json(&["hook", "status"])["active"], false);
    let said = m.ok(&["hook", "status"]);
    let first =
        "no commit is checked: git does not run @/p/.git/hooks/pre-commit\nto run it: chmod +x ";
    assert!(said.starts_with(first), "{said}");
    assert_eq!(m.ok(&["hook", "uninstall", "-n"]), "would remove @/p/.git/hooks/pre-commit\n");
    assert_eq!(m.ok(&["hook", "uninstall"]), "removed @/p/.git/hooks/pre-commit\n");
    assert!(hooks(&m).is_empty());
    assert!(
        m.run(&["hook", "uninstall"]).stderr.ends_with("there is no @/p/.git/hooks/pre-commit\n")
    );
    // Git's directory may have none.
    fs::remove_dir(m.path("p/.git/hooks")).unwrap();
    m.ok(&["hook", "install", "-q"]);
    assert_eq!(hooks(&m), ["pre-commit"]);
}

#[test]
fn the_hook_that_was_there_runs_first_and_comes_back() {
    let m = machine();
    let log = m.path("log");
    let own = format!("echo \"$# $1 $(cat)\" >>'{}'\nexit $(cat '{0}.status')", log.display());
    script(&m.path(HOOK), &own);
    fs::set_permissions(m.path(HOOK), fs::Permissions::from_mode(0o750)).unwrap();
    let before = m.read(HOOK);
    let said = m.run(&["hook", "install", "-n"]).stdout;
    assert!(
        said.starts_with("would keep what is there as @/p/.git/hooks/pre-commit.before-goward\n")
    );
    m.ok(&["hook", "install"]);
    assert_eq!(
        (m.read(KEPT), mode(&m.path(KEPT)), mode(&m.path(HOOK))),
        (before.clone(), 0o750, 0o755)
    );
    assert!(
        m.ok(&["hook", "status"]).ends_with("before-goward was there before, and runs first\n")
    );
    // By hand, with arguments and input; its failure is the hook's.
    for (status, pin, want) in [("3", "1.26.0\n", 3), ("0", "1.25.0\n", 7), ("0", "1.26.0\n", 0)] {
        m.write("log.status", status);
        m.write("p/go.mod", "module m\n\ngo 1.26.0\n");
        m.write("p/.go-version", pin);
        git_in(&m, "p", &["add", "."]);
        let mut hook = program(m.path(HOOK), m.vars());
        hook.args(["a b", "c"])
            .current_dir(m.path("p"))
            .stdin(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = hook.stdout(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"input").unwrap();
        let ran = ran(child.wait_with_output().unwrap(), &m);
        assert_eq!(ran.code, want, "{}", ran.stderr);
    }
    assert_eq!(m.read("log"), "2 a b input\n".repeat(3));
    // A hook that git would not run is not run.
    fs::set_permissions(m.path(KEPT), fs::Permissions::from_mode(0o640)).unwrap();
    m.write("log.status", "3");
    assert!(commit(&m, "1.26.0\n").status.success());
    assert_eq!(m.json(&["hook", "status"])["kept_runs"], false);
    assert_eq!(m.ok(&["hook", "uninstall"]), "put back @/p/.git/hooks/pre-commit\n");
    assert_eq!(
        (m.read(HOOK), mode(&m.path(HOOK)), hooks(&m)),
        (before, 0o640, vec!["pre-commit".to_owned()])
    );
}

#[test]
fn without_goward_on_path_a_commit_passes_unless_strict() {
    let m = machine();
    let all = m.vars().find(|(key, _)| *key == "PATH").unwrap().1.clone();
    // As from a window, whose PATH has no goward; and with one that lies in the work tree.
    let rest = all.split_once(':').unwrap().1.to_owned();
    script(&m.path("p/goward"), "touch ran");
    script(&m.path("p/sub/goward"), "touch ran");
    m.ok(&["hook", "install"]);
    for (path, strict) in [(rest.clone(), false), (format!(".:sub:{rest}"), false), (rest, true)] {
        if strict {
            m.ok(&["hook", "install", "--strict"]);
        }
        m.write("p/.go-version", "1.26.0\n");
        git_in(&m, "p", &["add", "."]);
        let mut git = git(&m, "p", &["commit", "-q", "--allow-empty", "-m", "x"]);
        let out = git.env("PATH", path).output().unwrap();
        let said = String::from_utf8(out.stderr).unwrap();
        assert_eq!((out.status.success(), said.lines().count()), (!strict, 1), "{said}");
        let (begin, end) = match strict {
            true => (
                "goward: this commit is refused: ",
                "; to commit all the same: git commit --no-verify\n",
            ),
            false => ("goward: this commit is not checked: ", " has a goward\n"),
        };
        assert!(said.starts_with(begin) && said.ends_with(end), "{said}");
        assert!(!m.path("p/ran").exists() && !m.path("p/sub/ran").exists());
    }
}

/// The repository is as it was, stdout has what to add, and stderr says why and where.
fn nothing_written(m: &Machine, stdout: &str, why: &str) {
    let before = (hooks(m), fs::read(m.path(HOOK)).ok());
    let ran = m.run(&["hook", "install"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, stdout), "{}", ran.stderr);
    assert!(ran.stderr.starts_with("goward: error: no hook is written\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains(why), "{}", ran.stderr);
    assert_eq!((hooks(m), fs::read(m.path(HOOK)).ok()), before);
}

#[test]
fn other_managers_are_told_what_to_do() {
    let m = machine();
    for (text, begins, file) in [
        (
            "# File generated by pre-commit: https://pre-commit.com",
            "- repo: local\n",
            ".pre-commit-config.yaml",
        ),
        ("# husky", "goward check --staged\n", ".husky/pre-commit"),
        ("call_lefthook run", "pre-commit:\n", "lefthook.yml"),
    ] {
        script(&m.path(HOOK), text);
        let lines = m.run(&["hook", "install"]).stdout;
        assert!(lines.starts_with(begins) && lines.contains("goward check --staged\n"), "{lines}");
        nothing_written(&m, &lines, &format!("hint: add the lines above to {file}\n"));
        assert!(m.run(&["hook", "uninstall"]).stderr.ends_with("is no hook of goward's\n"));
    }
    assert_eq!(m.json(&["hook", "status"])["manager"], "lefthook");
    fs::remove_file(m.path(HOOK)).unwrap();
    let line = "goward check --staged\n";
    for (dir, file) in [(".husky/_", ".husky/pre-commit"), ("../ours", "@/p/../ours/pre-commit")] {
        git_in(&m, "p", &["config", "core.hooksPath", dir]);
        nothing_written(&m, line, &format!("hint: add the line above to {file}\n"));
    }
    let status = m.json(&["hook", "status"]);
    assert_eq!(status["hooks_path"], json!("@/p/../ours"));
    // Installed before, it is taken away in spite of the setting.
    git_in(&m, "p", &["config", "core.hooksPath", ".git/hooks"]);
    m.ok(&["hook", "install"]);
    git_in(&m, "p", &["config", "core.hooksPath", "/nowhere"]);
    assert_eq!(m.json(&["hook", "status"])["active"], false);
    let said = m.ok(&["hook", "status"]);
    assert!(said.starts_with("no commit is checked: git does not run "), "{said}");
    assert!(said.contains("leads git to the hooks in /nowhere instead\n"), "{said}");
    m.ok(&["hook", "uninstall"]);
    assert!(hooks(&m).is_empty());
}

#[test]
fn what_changed_since_is_left_alone() {
    let m = machine();
    script(&m.path(HOOK), "true");
    m.ok(&["hook", "install"]);
    let ours = m.read(HOOK);
    for (text, says) in [
        ([&ours, "make lint\n"].concat(), "was changed since goward wrote it"),
        ("#!/bin/sh\nmake lint\n".to_owned(), "is not goward's any more, and nothing was put back"),
    ] {
        fs::write(m.path(HOOK), &text).unwrap();
        let ran = m.run(&["hook", "uninstall"]);
        assert_eq!(ran.code, 1);
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
        assert_eq!((m.read(HOOK), hooks(&m).len()), (text, 2));
    }
    // The first hook is still kept, so a second one cannot be.
    let ran = m.run(&["hook", "install"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("before-goward is there, from an earlier hook\n"),
        "{}",
        ran.stderr
    );
    fs::write(m.path(HOOK), [&ours, "x\n"].concat()).unwrap();
    nothing_written(&m, "", "was changed since goward wrote it");
    fs::remove_file(m.path(HOOK)).unwrap();
    symlink("pre-commit.before-goward", m.path(HOOK)).unwrap();
    nothing_written(&m, "", "it is a link");
}

#[test]
fn an_install_that_was_interrupted_is_taken_up_again() {
    let m = machine();
    script(&m.path(HOOK), "true");
    let own = m.read(HOOK);
    fs::hard_link(m.path(HOOK), m.path(KEPT)).unwrap();
    // And the file that a killed one was writing.
    fs::write(m.path("p/.git/hooks/.pre-commit.goward-0123456789abcdef"), "#!").unwrap();
    m.ok(&["hook", "install"]);
    assert_eq!(hooks(&m), ["pre-commit", "pre-commit.before-goward"]);
    assert_eq!(
        (m.read(KEPT), m.json(&["hook", "status"])["state"].clone()),
        (own, json!("installed"))
    );
}

#[test]
fn several_installs_at_once_keep_what_was_there() {
    for _ in 0..5 {
        let m = machine();
        script(&m.path(HOOK), "true");
        let own = m.read(HOOK);
        let all: Vec<_> = (0..6)
            .map(|_| m.command(&["hook", "install", "-q"]).stderr(Stdio::piped()).spawn().unwrap())
            .collect();
        let ended = all.into_iter().map(|child| child.wait_with_output().unwrap());
        let ended: Vec<_> = ended.map(|out| ran(out, &m)).collect();
        assert!(ended.iter().any(|ran| ran.code == 0));
        // Another one may have been faster between a look and a write.
        for ran in ended.iter().filter(|ran| ran.code != 0) {
            assert!(ran.stderr.contains("changed while it was edited"), "{}", ran.stderr);
        }
        assert_eq!(m.read(KEPT), own);
        assert_eq!(m.json(&["hook", "status"])["state"], "installed");
        assert_eq!(hooks(&m), ["pre-commit", "pre-commit.before-goward"]);
    }
}

/// A file `.git` may lead anywhere, a directory of hooks may be a link, and each may be another user's.
#[test]
fn nothing_is_written_outside_of_the_repository() {
    let m = machine();
    let script_shown = |m: &Machine, why: &str| {
        let shown = m.run(&["hook", "install"]).stdout;
        assert!(shown.starts_with("#!/bin/sh\n"), "{shown}");
        nothing_written(m, &shown, why);
    };
    fs::remove_dir(m.path("p/.git/hooks")).unwrap();
    fs::create_dir(m.path("outside")).unwrap();
    symlink("../../outside", m.path("p/.git/hooks")).unwrap();
    script_shown(&m, "hooks is not a directory");
    fs::remove_file(m.path("p/.git/hooks")).unwrap();
    // The work tree of a stranger that leads to a repository of the user's.
    fs::rename(m.path("p/.git"), m.path("theirs.git")).unwrap();
    fs::write(m.path("p/.git"), "gitdir: ../theirs.git\n").unwrap();
    let ran = m.run(&["hook", "install"]);
    assert_eq!(ran.code, 1);
    let says = "@/theirs.git, to which @/p leads, does not name it as its own work tree";
    assert!(ran.stderr.contains(says), "{}", ran.stderr);
    assert!(!m.path("theirs.git/hooks").exists());
    fs::remove_file(m.path("p/.git")).unwrap();
    symlink("../theirs.git", m.path("p/.git")).unwrap();
    assert!(m.run(&["hook", "install"]).stderr.contains("does not name it as its own work tree"));
    assert!(!m.path("theirs.git/hooks").exists() && !m.path("outside/pre-commit").exists());
    // No repository at all, and no git.
    fs::remove_file(m.path("p/.git")).unwrap();
    for command in ["install", "status", "uninstall"] {
        let ran = m.run(&["hook", command]);
        assert_eq!(ran.code, 1);
        assert!(ran.stderr.starts_with("goward: error: @/p is in no git repository\n"));
    }
}

#[test]
fn a_directory_of_another_user_is_left_alone() {
    if !goward_testkit::untested::is_root("a directory of hooks of another user") {
        return;
    }
    let m = machine();
    std::os::unix::fs::chown(m.path("p/.git/hooks"), Some(65534), None).unwrap();
    let shown = m.run(&["hook", "install"]).stdout;
    nothing_written(&m, &shown, "hooks belongs to user 65534\n");
}

#[test]
fn work_trees_and_submodules_have_the_hook_that_git_takes() {
    let m = machine();
    assert!(commit(&m, "1.26.0\n").status.success());
    git_in(&m, "p", &["worktree", "add", "-q", "../further"]);
    let install = |dir: &str| {
        let out = m.command(&["hook", "install"]).current_dir(m.path(dir)).output().unwrap();
        ran(out, &m)
    };
    let ran = install("further");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(hooks(&m), ["pre-commit"]);
    m.ok(&["hook", "uninstall"]);
    m.write("super/README", "");
    git_in(&m, "super", &["init", "-q"]);
    git_in(&m, "super", &["submodule", "--quiet", "add", "../p", "sub"]);
    let ran = install("super/sub");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(m.path("super/.git/modules/sub/hooks/pre-commit").exists());
    assert!(!m.path("super/.git/hooks/pre-commit").exists());
    // Its file may be copied elsewhere.
    m.write("copy/.git", &format!("gitdir: {}\n", m.path("super/.git/modules/sub").display()));
    assert!(install("copy").stderr.contains("does not name it as its own work tree"));
}

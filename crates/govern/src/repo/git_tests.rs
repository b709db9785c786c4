//! Tests of git's answers, and of what it may not do.

use super::*;
use goward_testkit::start::tool;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Instant;

fn shell(script: &str) -> Command {
    let mut shell = tool("sh");
    shell.args(["-c", script]).stdout(Stdio::piped()).stderr(Stdio::piped());
    shell
}

/// A pipe holds 64 KiB, and git writes warnings before it names a file.
#[test]
fn many_warnings_do_not_stop_git() {
    let warnings = "i=0; while [ $i -lt 4000 ]; do echo 'warning: a line of git, 40 bytes' >&2; \
                    i=$((i+1)); done; ";
    assert_eq!(answer(shell(&format!("{warnings} echo name"))).unwrap(), b"name\n");
    let Err(Error::Git(words)) = answer(shell(&format!("{warnings} exit 1"))) else { panic!() };
    assert_eq!(words, ["warning: a line of git, 40 bytes"; TOLD].join("\n"));
}

/// An included configuration may be a pipe: each git waits for it.
#[test]
fn all_of_a_command_has_one_deadline() {
    let dir = tempfile::tempdir().unwrap();
    let ran = dir.path().join("ran");
    let asked = || answer(shell(&format!("echo >> '{}'; sleep 50", ran.display())));
    LEFT.set(Duration::from_secs(2));
    let begun = Instant::now();
    for _ in 0..3 {
        let Err(Error::Git(words)) = asked() else { panic!() };
        assert_eq!(words, ENDLESS);
    }
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    assert_eq!(fs::read(&ran).unwrap(), b"\n", "it ran once");
}

/// git holds a file as a whole that is packed as a difference, and a few bytes may stand for gigabytes.
#[cfg(target_os = "linux")]
#[test]
fn git_has_a_bound_of_memory() {
    let held = |size: &str| {
        let read = format!("head -c {size} /dev/zero | tail -c {size} | wc -c");
        let asked = answer(shell(&format!("sleep 1; {read}")));
        String::from_utf8(asked.unwrap()).unwrap().trim().to_owned()
    };
    assert_eq!((held("10M").as_str(), held("3G").as_str()), ("10485760", "0"));
}

/// A partial clone names a program that fetches what is missing, and its configuration allows that. Git
/// before 2.45 does not know `GIT_NO_LAZY_FETCH`.
#[test]
fn no_protocol_of_the_repository_is_used() {
    let dir = tempfile::tempdir().unwrap();
    let top = dir.path();
    let git = |args: &[&str]| {
        let mut git = tool("git");
        let out = git.arg("-C").arg(top).args(args).output().unwrap();
        assert!(out.status.success(), "{args:?}");
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    };
    let script = top.join("script");
    fs::write(&script, "#!/bin/sh\necho ran >> \"$(dirname \"$0\")/ran\"\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    git(&["init", "-q"]);
    fs::write(top.join(".gitignore"), "x\n").unwrap();
    git(&["add", ".gitignore"]);
    git(&["update-index", "--skip-worktree", ".gitignore"]);
    let blob = git(&["rev-parse", ":.gitignore"]);
    fs::remove_file(top.join(".gitignore")).unwrap();
    fs::remove_file(top.join(".git/objects").join(&blob[..2]).join(&blob[2..])).unwrap();
    let url = format!("ext::{}", script.display());
    for (key, value) in [
        ("core.repositoryformatversion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", &url),
        ("protocol.ext.allow", "always"),
    ] {
        git(&["config", key, value]);
    }
    let run = |change: &dyn Fn(&mut Command)| {
        let mut command = command(&program(top).unwrap(), top);
        command.env_remove("GIT_NO_LAZY_FETCH").args(LIST);
        change(&mut command);
        // It may fail: a file is missing.
        let _ = answer(command);
        top.join("ran").exists()
    };
    assert!(!run(&|_| {}));
    // The trap is one.
    assert!(run(&|command| {
        command.env_remove("GIT_ALLOW_PROTOCOL");
    }));
}

/// Neither a link on the way nor a repository within hides that a program is the repository's.
#[test]
fn no_git_of_the_repository_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let outer = dir.path().join("outer");
    let inner = outer.join("inner");
    for made in [outer.join(".git"), outer.join("bin"), inner.join(".git"), dir.path().join("sys")]
    {
        fs::create_dir_all(made).unwrap();
    }
    let usual = dir.path().join("sys/git");
    for git in [&outer.join("bin/git"), &usual] {
        fs::write(git, "").unwrap();
    }
    std::os::unix::fs::symlink(&outer, dir.path().join("link")).unwrap();
    for own in ["outer/bin", "link/bin", "sys/../outer/bin"] {
        let path = std::env::join_paths([dir.path().join(own), dir.path().join("sys")]).unwrap();
        for top in [&outer, &inner, &dir.path().join("link")] {
            assert_eq!(program_of(&path, top), Some(usual.clone()), "{own} {}", top.display());
        }
    }
}

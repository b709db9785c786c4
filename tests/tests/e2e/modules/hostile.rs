//! Commands that have Go look at a stranger's repository: no program runs that its git configuration or its `.goenv`
//! names.

use super::scene::{NEWEST, Scene, go_mod};
use goward_testkit::start::tool;
use goward_tests::call::Call;
use std::fs;
use std::path::{Path, PathBuf};

/// The commands that run Go on a tree.
const ASK_GO: [&[&str]; 4] = [
    &["mod"],
    &["compat", "--build"],
    &["cross", "linux/amd64", "windows/amd64"],
    &["check", "--deep"],
];

/// A repository with a program and a package, and nothing that goward would complain of.
fn clone(scene: &Scene) -> PathBuf {
    let dir = scene.project("clone", &go_mod("clone", "1.21", ""));
    scene.sandbox.write(dir.join("x.go"), "package main\n\nfunc main() {}\n");
    scene.sandbox.write(dir.join("lib/lib.go"), "package lib\n\nvar Word = \"word\"\n");
    git(&dir, &["init", "-q", "--template="]);
    dir
}

fn git(dir: &Path, args: &[&str]) {
    let user = ["-c", "user.name=g", "-c", "user.email=g@example.com"];
    let made = tool("git").args(user).args(args).current_dir(dir).status();
    assert!(made.expect("git is here").success(), "{args:?}");
}

/// A call of goward in the repository, by a user who has git on PATH.
fn call(scene: &Scene, dir: &Path, args: &[&str]) -> Call {
    with_git(scene, scene.online(scene.sandbox.goward(args), dir))
}

fn with_git(scene: &Scene, call: Call) -> Call {
    let path = [scene.sandbox.shims(), "/usr/bin".into(), "/bin".into()];
    call.env("PATH", std::env::join_paths(path).expect("no separator"))
}

/// A program that notes that it ran, and does then what it was asked.
fn trap(scene: &Scene) -> (PathBuf, PathBuf) {
    let ran = scene.sandbox.dir().join("ran");
    let body = format!("echo \"$0 $*\" >>{}\nexec \"$@\"", ran.display());
    (scene.sandbox.script("evil", &body), ran)
}

fn nothing_ran(ran: &Path, args: &[&str]) {
    let said = fs::read_to_string(ran).unwrap_or_default();
    assert!(!ran.exists(), "{args:?}: {said}");
}

/// `go build` asks git for the state of the tree, and git runs what the repository's configuration names. goward has
/// Go ask no git.
#[test]
fn what_a_git_configuration_names_does_not_run() {
    let scene = Scene::with("hostile-git", &[NEWEST]);
    let dir = clone(&scene);
    scene.sandbox.write(dir.join(".gitattributes"), "* filter=x diff=x\n");
    git(&dir, &["add", "."]);
    git(&dir, &["commit", "-q", "-m", "first"]);
    let (evil, ran) = trap(&scene);
    let hooks = dir.join("hooks");
    for hook in ["post-index-change", "fsmonitor-watchman", "reference-transaction"] {
        scene.sandbox.script(hooks.join(hook), &format!("exec {}", evil.display()));
    }
    let evil = evil.to_str().expect("text");
    for key in [
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "diff.x.textconv",
        "filter.x.clean",
        "filter.x.smudge",
        "filter.x.process",
    ] {
        git(&dir, &["config", key, evil]);
    }
    git(&dir, &["config", "core.hooksPath", hooks.to_str().expect("text")]);
    // git has to look at the bytes anew.
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    fs::File::open(dir.join("x.go")).and_then(|file| file.set_modified(old)).expect("ours");
    for args in ASK_GO {
        call(&scene, &dir, args).run().code(0);
        nothing_ran(&ran, args);
    }
    let build = scene.sandbox.direct(NEWEST, &dir, &["build", "-o", "/dev/null", "."]);
    with_git(&scene, build).run();
    let said = fs::read_to_string(&ran).expect("the traps are traps");
    assert!(said.contains("evil"), "{said}");
}

/// The commands stop at a `.goenv` that needs trust, as the shim does.
#[test]
fn what_a_goenv_names_does_not_run() {
    let scene = Scene::with("hostile-goenv", &[NEWEST]);
    let dir = clone(&scene);
    let (evil, ran) = trap(&scene);
    scene.sandbox.write(dir.join(".goenv"), &format!("GOFLAGS=-toolexec={}\n", evil.display()));
    for args in ASK_GO {
        let refused = call(&scene, &dir, args).run();
        assert_ne!(refused.status.code(), Some(0), "{refused}");
        let said = [refused.stdout.as_str(), &refused.stderr].concat();
        assert!(said.contains(".goenv"), "{refused}");
        nothing_ran(&ran, args);
    }
    // The trap is one, for a user who trusts it.
    call(&scene, &dir, &["trust"]).run().code(0);
    scene.sandbox.go(&dir, &["build", "-buildvcs=false", "./lib"]).run().code(0);
    assert!(ran.exists(), "Go runs it");
}

//! `goward inspect` against `go version -m` of the newest Go, on every program of the mirror's
//! toolchains. `tests/inspect/run` compares more kinds.

use goward_testkit::start::tool;
use goward_tests::mirror::tree;
use goward_tests::sandbox::{Sandbox, files_below};
use serde_json::Value;
use std::path::PathBuf;

const NEWEST: &str = "1.27.3";

/// The programs of toolchains of four minors.
fn programs() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for version in ["1.21.13", "1.22.10", "1.23.2", NEWEST] {
        for part in ["bin", "pkg/tool"] {
            let dir = tree(version).join(part);
            found.extend(files_below(&dir).into_iter().map(|(path, _)| dir.join(path)));
        }
    }
    found
}

/// The files as arguments.
fn words<'p>(command: &[&'p str], files: &'p [PathBuf]) -> Vec<&'p str> {
    let files = files.iter().map(|file| file.to_str().expect("a path of ours"));
    command.iter().copied().chain(files).collect()
}

#[test]
fn the_text_is_gos_to_the_byte() {
    let sandbox = Sandbox::with("inspect-text", &[NEWEST]);
    let (here, files) = (sandbox.project("p"), programs());
    assert!(files.len() > 60, "the toolchains lost their programs");
    let theirs = sandbox.direct(NEWEST, &here, &words(&["version", "-m"], &files)).run();
    let ours = sandbox.goward(&words(&["inspect", "--like-go"], &files)).run();
    assert_eq!(ours.stdout, theirs.stdout);
    theirs.code(0);
    ours.code(0).silent();
}

/// The directory has the toolchain's scripts and sources, too.
#[test]
fn a_directory_is_walked_as_go_walks_it() {
    let sandbox = Sandbox::with("inspect-tree", &[NEWEST]);
    let (here, top) = (sandbox.project("p"), tree("1.22.10"));
    let top = [top.join("pkg"), top.join("misc"), top.join("bin")];
    let theirs = sandbox.direct(NEWEST, &here, &words(&["version", "-m"], &top)).run();
    let ours = sandbox.goward(&words(&["inspect", "--like-go"], &top)).run();
    assert_eq!(ours.stdout, theirs.stdout);
    ours.code(0);
}

/// Paths as Go joins them, what lies in archives and objects, links, and the status of each.
#[test]
fn paths_and_archives_are_as_go_has_them() {
    let sandbox = Sandbox::with("inspect-paths", &[NEWEST]);
    let here = sandbox.project("p");
    let main = "package main\n\nimport \"C\"\n\nfunc main() {}\n";
    sandbox.module(&here, "module m\n\ngo 1.21\n", main);
    let build = |args: &[&str]| {
        let call = sandbox.direct(NEWEST, &here, &[&["build"], args].concat());
        call.env("CGO_ENABLED", "1").env("PATH", "/usr/bin:/bin").run().code(0);
    };
    build(&["-o", "dist/app"]);
    build(&["-buildmode=c-archive", "-o", "dist/lib.a"]);
    build(&["-buildmode=c-shared", "-o", "dist/lib.so"]);
    let args = ["x", "lib.a", "go.o"];
    let unpack = tool("ar").args(args).current_dir(here.join("dist")).status();
    assert!(unpack.expect("ar").success());
    let link = |to: &str, name: &str| {
        std::os::unix::fs::symlink(to, here.join(name)).expect("a link");
    };
    link("app", "dist/link");
    link("dist", "around");
    for paths in [
        &["."][..],
        &["./dist"],
        &["dist/"],
        &["dist//./"],
        &["../p/dist"],
        &["dist/../dist", "./dist/app"],
        &["./dist/../dist/app"],
        &["dist/lib.a"],
        &["dist/go.o"],
        &["dist/app", "dist/lib.a", "dist/lib.so"],
        &["around"],
        &["around/"],
        &["nowhere", "dist"],
    ] {
        let theirs = sandbox.direct(NEWEST, &here, &[&["version", "-m"], paths].concat()).run();
        let ours = sandbox.goward(&[&["inspect", "--like-go"], paths].concat());
        let ours = ours.dir(&here).run();
        assert_eq!(
            (&ours.stdout, ours.status.code()),
            (&theirs.stdout, theirs.status.code()),
            "{paths:?}"
        );
    }
    // What is not linked yet has no known needs.
    for condition in ["static", "glibc<=2.99", "pie"] {
        let refused = sandbox.goward(&["inspect", "--require", condition, "dist/lib.a"]);
        let refused = refused.dir(&here).run();
        assert!(refused.code(7).stdout.contains("(not known: it is not linked)"), "{refused}");
    }
    let page = sandbox.goward(&["inspect", "dist/lib.a"]).dir(&here).ok();
    assert!(page.contains("not yet") && !page.contains("static"), "{page}");
}

#[test]
fn the_json_has_all_of_gos() {
    let sandbox = Sandbox::with("inspect-json", &[NEWEST]);
    let (here, files) = (sandbox.project("p"), programs());
    let args = words(&["version", "-m", "-json"], &files);
    let theirs = sandbox.direct(NEWEST, &here, &args).run();
    let ours = sandbox.goward(&words(&["inspect", "--json"], &files)).run();
    let ours: Vec<Value> = serde_json::from_str(&ours.code(0).stdout).expect("an array");
    let theirs = serde_json::Deserializer::from_str(&theirs.code(0).stdout).into_iter::<Value>();
    let theirs: Vec<Value> = theirs.map(|one| one.expect("an object")).collect();
    assert_eq!(ours.len(), theirs.len());
    for (one, other) in ours.iter().zip(&theirs) {
        for (key, value) in other.as_object().expect("an object") {
            assert_eq!(&one[key], value, "{key} of {}", one["file"]);
        }
    }
}

/// The compiler's own name outlives `-X runtime.buildVersion`, with and without the recorded flag.
#[test]
fn a_forced_version_is_found_out() {
    let sandbox = Sandbox::with("inspect-forced", &[NEWEST]);
    let here = sandbox.project("p");
    sandbox.module(&here, "module m\n\ngo 1.21\n", "package main\n\nfunc main() {}\n");
    let build = |name: &str, flags: &[&str]| {
        let args = [&["build", "-o", name], flags].concat();
        sandbox.direct(NEWEST, &here, &args).env("CGO_ENABLED", "0").run().code(0);
        let call = sandbox.goward(&["inspect", "--deep", "--json"]).args([here.join(name)]);
        let mut found: Vec<Value> = serde_json::from_str(&call.ok()).expect("an array");
        found.remove(0)
    };
    let force = "-ldflags=-X runtime.buildVersion=go1.99.0";
    for flags in [&[force][..], &[force, "-trimpath"]] {
        let found = build("forced", flags);
        assert_eq!((&found["forced"], &found["GoVersion"]), (&"yes".into(), &"go1.99.0".into()));
        assert_eq!(found["compiled_by"], format!("go{NEWEST}"));
    }
    assert_eq!(build("plain", &[])["forced"], "no");
    let stripped = "-ldflags=-s -w -X runtime.buildVersion=go1.99.0";
    assert_eq!(build("stripped", &[stripped, "-trimpath"])["compiled_by"], Value::Null);
    let refused = sandbox.goward(&["inspect", "--require", "not-forced"]);
    let refused = refused.args([here.join("forced")]).run();
    let why = "its version was forced: debug information names go1.27.3";
    assert!(refused.code(7).stdout.contains(why), "{refused}");
}

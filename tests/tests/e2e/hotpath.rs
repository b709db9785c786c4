//! The shim's calls of the system when the toolchain is there: it looks for every file of the
//! chain, and writes nothing; there is no network, no thread, no process.
#![cfg(target_os = "linux")]

mod calls;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use goward_tests::binaries::is_bare;
use goward_tests::sandbox::Sandbox;

use calls::{assert_few, assert_harmless, calls_before_go, name, paths};

/// A project four levels deep in which every source is looked for before one decides.
fn sandbox() -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::with("hotpath", &["1.22.10"]);
    let dir = sandbox.project("a/b/c/d");
    (sandbox, dir)
}

#[test]
fn every_file_of_the_chain_is_looked_for_at_every_level() {
    let (sandbox, dir) = sandbox();
    sandbox.set_default("1.22.10");
    assert_all_looked_for(&sandbox, &dir);
    // So far down that the shim looks from directories between.
    let deep = deeper(dir, 60);
    assert_all_looked_for(&sandbox, &deep);
}

fn deeper(top: PathBuf, levels: usize) -> PathBuf {
    let dir = (0..levels).fold(top, |dir, level| dir.join(format!("level{level}")));
    fs::create_dir_all(&dir).expect("a deep directory");
    dir
}

fn assert_all_looked_for(sandbox: &Sandbox, dir: &Path) {
    let Some(lines) = calls_before_go(sandbox, dir, &[]) else { return };
    let seen: BTreeSet<_> = lines.iter().flat_map(|line| paths(line, dir)).collect();
    let mut wanted = Vec::new();
    for level in dir.ancestors() {
        for file in [".goenv", ".go-version", ".tool-versions", "go.work", "go.mod"] {
            wanted.push(level.join(file));
        }
    }
    wanted.push(sandbox.home().join(".config/go/env"));
    wanted.push(sandbox.home().join(".go-version"));
    wanted.push(sandbox.home().join(".tool-versions"));
    wanted.push(sandbox.root().join("default"));
    for path in wanted {
        assert!(seen.contains(&path), "never looked for: {}\n{}", path.display(), lines.join("\n"));
    }
}

/// The deciding source, and other files beside it, without a file that the shim has to pass over.
#[test]
fn a_hit_neither_writes_nor_starts_anything() {
    type Prepare = fn(&Sandbox, &Path);
    let cases: [(&str, Prepare); 8] = [
        ("default", |sandbox, _| sandbox.set_default("1.22.10")),
        (".goenv", |sandbox, top| {
            drop(sandbox.write(top.join(".goenv"), "GOTOOLCHAIN=go1.22.10\nGOFLAGS=-v\n"));
        }),
        ("go/env", |sandbox, _| drop(sandbox.go_env_file("GOTOOLCHAIN=go1.22.10\n"))),
        (".go-version", |sandbox, top| drop(sandbox.write(top.join(".go-version"), "1.22.10\n"))),
        (".go-version, open", |sandbox, top| {
            drop(sandbox.write(top.join(".go-version"), "1.22\n"))
        }),
        ("go.mod", |sandbox, top| {
            drop(sandbox.write(top.join("go.mod"), "module m\n\ngo 1.22\n"));
        }),
        ("go.work", |sandbox, top| drop(sandbox.write(top.join("go.work"), "go 1.22\n"))),
        ("settings of all layers", |sandbox, top| {
            sandbox.write(top.join(".goenv"), "GOFLAGS=-v\n");
            sandbox.go_env_file("GOPRIVATE=example.com\n");
            sandbox.write(top.join(".go-version"), "1.22.10\n");
        }),
    ];
    for (case, prepare) in cases {
        let (sandbox, dir) = sandbox();
        prepare(&sandbox, &sandbox.project("a"));
        let Some(lines) = calls_before_go(&sandbox, &dir, &[]) else { return };
        assert_harmless(case, &lines);
        assert_few(case, &lines, &dir, 0);
    }
}

/// The shim looks at a caller's possible settings within the seventeen calls.
#[test]
fn an_inherited_goroot_costs_few_calls() {
    let cases: [(&str, Option<&str>); 5] = [
        ("other", None),
        ("empty", None),
        ("own", None),
        ("equal", None),
        ("equal", Some("go1.22.10")),
    ];
    for (name, gotoolchain) in cases {
        let (sandbox, dir) = sandbox();
        sandbox.set_default("1.22.10");
        let goroot = match name {
            "own" => sandbox.toolchain("1.22.10"),
            name => sandbox.project(name),
        };
        if let Some(version) = [("other", "go1.23.2"), ("equal", "go1.22.10")]
            .iter()
            .find_map(|(tree, version)| (*tree == name).then_some(version))
        {
            sandbox.write(goroot.join("VERSION"), &format!("{version}\n"));
            sandbox.write(goroot.join("pkg/tool/README"), "a tree\n");
        }
        let mut env = vec![("GOROOT", goroot.to_str().expect("ASCII"))];
        env.extend(gotoolchain.map(|value| ("GOTOOLCHAIN", value)));
        let Some(lines) = calls_before_go(&sandbox, &dir, &env) else { return };
        assert_harmless(&format!("{env:?}"), &lines);
        assert_few(&format!("{env:?}"), &lines, &dir, 0);
    }
}

/// For a go line the shim asks whether the base meets it: an exact default costs six calls more,
/// the system's Go eight more than these and a look at each directory in front of it, an open
/// default a list of the installed toolchains. An installed toolchain line costs nothing of that.
#[test]
fn a_go_line_costs_a_look_at_the_default() {
    const LISTED: usize = 4;
    for (case, lines, default, empty, more) in [
        ("a toolchain line", "go 1.21\ntoolchain go1.22.10", Some("1.22.10"), None, 0),
        ("an exact default", "go 1.21", Some("1.22.10"), None, 6),
        ("a directive", "go 1.17\ntoolchain default", Some("1.22.10"), None, 6),
        ("a default that leaves room", "go 1.21", Some("1.22"), None, 6 + LISTED),
        ("the system's Go", "go 1.21", None, Some(0), 6 + 8),
        ("the system's Go behind others", "go 1.21", None, Some(5), 6 + 5 + 8),
        ("the newest", "go 1.21", None, None, 6 + LISTED),
    ] {
        let (sandbox, dir) = sandbox();
        sandbox.write(dir.join("../go.mod"), &format!("module m\n\n{lines}\n"));
        if let Some(default) = default {
            sandbox.set_default(default);
        }
        let mut path = sandbox.shims().display().to_string();
        if let Some(empty) = empty {
            for number in 0..empty {
                path.push_str(&format!(":{}", sandbox.project(&format!("bin{number}")).display()));
            }
            path.push_str(&format!(":{}", sandbox.toolchain("1.22.10").join("bin").display()));
        }
        let Some(lines) = calls_before_go(&sandbox, &dir, &[("PATH", &path)]) else { return };
        assert_harmless(case, &lines);
        assert_few(case, &lines, &dir, more);
    }
}

/// The next `go` on PATH costs a look at each directory that has none.
#[test]
fn a_long_path_costs_a_call_a_directory() {
    for empty in [0, 5] {
        let (sandbox, dir) = sandbox();
        let mut path = sandbox.shims().display().to_string();
        for number in 0..empty {
            path.push_str(&format!(":{}", sandbox.project(&format!("bin{number}")).display()));
        }
        path.push_str(&format!(":{}", sandbox.toolchain("1.22.10").join("bin").display()));
        let Some(lines) = calls_before_go(&sandbox, &dir, &[("PATH", &path)]) else { return };
        assert_harmless("system", &lines);
        assert_few("system", &lines, &dir, empty);
    }
}

/// A file that says nothing of Go has to be opened, looked at and read; a directory in a file's
/// place, opened and looked at.
#[test]
fn a_file_that_is_passed_over_costs_a_look_at_it() {
    for (name, more) in [(".tool-versions", 3), ("go.mod", 2), (".goenv", 2)] {
        let (sandbox, dir) = sandbox();
        sandbox.set_default("1.22.10");
        let levels = dir.ancestors().take_while(|level| level.starts_with(sandbox.dir()));
        let levels: Vec<_> = levels.map(|level| level.join(name)).collect();
        for path in &levels {
            match name {
                ".tool-versions" => drop(sandbox.write(path, "nodejs 20.0.0\n")),
                _ => fs::create_dir(path).expect("the sandbox is ours"),
            }
        }
        let Some(lines) = calls_before_go(&sandbox, &dir, &[]) else { return };
        assert_harmless(name, &lines);
        assert_few(name, &lines, &dir, more * levels.len());
    }
}

/// The user's own `.go-version` is met on the way from a project below the home directory, and not
/// looked for again.
#[test]
fn the_home_directory_is_looked_through_once() {
    for text in [Some("1.22.10\n"), None] {
        let (sandbox, _) = sandbox();
        sandbox.set_default("1.22.10");
        let dir = sandbox.home().join("src/project");
        fs::create_dir_all(&dir).expect("the sandbox is ours");
        text.map(|text| sandbox.write("home/.go-version", text));
        let Some(lines) = calls_before_go(&sandbox, &dir, &[]) else { return };
        let home = sandbox.home().join(".go-version");
        let opened = |line: &&String| name(line) == "openat" && paths(line, &dir).contains(&home);
        let times = lines.iter().filter(opened).count();
        if is_bare() {
            assert_eq!(times, usize::from(text.is_some()), "{}", lines.join("\n"));
        }
        assert_few("below the home directory", &lines, &dir, 0);
    }
}

/// From a directory of any depth, the shim finds files near the root as well as others.
#[test]
fn a_file_is_found_from_every_depth() {
    let (sandbox, top) = sandbox();
    sandbox.set_default("1.22.10");
    sandbox.write(top.join(".go-version"), "1.0.1\n");
    let mut dir = top;
    while dir.components().count() < 68 {
        dir.push("x");
        fs::create_dir(&dir).expect("the sandbox is ours");
        let go = sandbox.go(&dir, &["version"]).env("GOWARD_OFFLINE", "1").run();
        go.says("Go 1.0.1");
    }
}

/// With any number of selectors in a line, the shim lists the store once: one read fills the
/// buffer, and one finds the end.
#[test]
fn fallbacks_list_the_store_once() {
    let (sandbox, dir) = sandbox();
    let absent = (30..45).map(|minor| format!(" 1.{minor}")).collect::<String>();
    sandbox.write(dir.join(".tool-versions"), &format!("golang{absent} 1.22\n"));
    let Some(lines) = calls_before_go(&sandbox, &dir, &[]) else { return };
    let lists = |line: &&String| name(line) == "getdents64" && line.contains("/toolchains>");
    assert_eq!(lines.iter().filter(lists).count(), 2, "{}", lines.join("\n"));
}

/// A walk of 300 levels asks for five files a level and hardly more, and finds the file at its top.
#[test]
fn a_long_walk_costs_five_calls_a_level() {
    let (sandbox, top) = sandbox();
    sandbox.write(top.join(".go-version"), "1.22.10\n");
    let dir = deeper(top, 300);
    let Some(lines) = calls_before_go(&sandbox, &dir, &[]) else { return };
    assert_few("300 levels", &lines, &dir, 0);
}

/// The home directory and the default are looked at besides, so that the seventeen are used up
/// where four directories had to be opened on the way; every twenty levels more cost one.
#[test]
fn a_long_walk_that_finds_nothing_costs_hardly_more() {
    for (levels, more) in [(80, 0), (300, 9)] {
        let (sandbox, top) = sandbox();
        sandbox.set_default("1.22.10");
        let dir = deeper(top, levels);
        let Some(lines) = calls_before_go(&sandbox, &dir, &[]) else { return };
        assert_few(&format!("{levels} levels and nothing"), &lines, &dir, more);
    }
}

/// From any level of a long way up, the shim finds the nearest file.
#[test]
fn a_file_is_found_at_each_of_many_levels() {
    let (sandbox, top) = sandbox();
    sandbox.set_default("1.22.10");
    let dir = deeper(top.clone(), 45);
    for level in dir.ancestors().take_while(|level| *level != top) {
        // Nothing calls itself 1.0.1: that this is asked for proves that the file was read.
        let pin = sandbox.write(level.join(".go-version"), "1.0.1\n");
        let go = sandbox.go(&dir, &["version"]).env("GOWARD_OFFLINE", "1").run();
        go.says(&format!("{}:1", pin.display()));
        fs::remove_file(pin).expect("the pin is ours");
        sandbox.go(&dir, &["version"]).run().code(0);
    }
}

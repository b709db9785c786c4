//! What the shim asks of the system when the toolchain is there: every file of the chain is looked
//! for, nothing is written, no network, no thread, no process.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use goward_tests::mirror::note;
use goward_tests::sandbox::Sandbox;

/// The system calls that the shim makes before it becomes `go`, as strace prints them; `None`
/// where there is no strace.
fn calls_before_go(sandbox: &Sandbox, dir: &Path) -> Option<Vec<String>> {
    let strace = Path::new("/usr/bin/strace");
    if !strace.exists() {
        note("no strace here: the system calls of the shim are not looked at");
        return None;
    }
    let log = sandbox.dir().join("log");
    let options = ["-f", "-qq", "-y", "-s", "4096", "-o", log.to_str().expect("ASCII")];
    sandbox.go(dir, &["version"]).under(strace, options).run().code(0);
    let text = fs::read_to_string(log).expect("strace wrote its log");
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    let is_go =
        |line: &String| line.contains("execve(") && line.contains("toolchains/go1.22.10/bin/go\"");
    let end = lines.iter().position(is_go).unwrap_or_else(|| panic!("no exec of go in\n{text}"));
    assert!(lines[end].ends_with("= 0"), "{}", lines[end]);
    // The first line is the exec of the shim itself.
    Some(lines[1..end].to_vec())
}

/// The name of the system call of a line `PID name(…`.
fn name(line: &str) -> &str {
    let call = line.split_once(' ').map_or(line, |(_, call)| call.trim_start());
    call.split('(').next().unwrap_or_default()
}

/// Every path that a line names, made absolute by the directory that strace shows beside it.
fn paths(line: &str, dir: &Path) -> Vec<PathBuf> {
    let quoted: Vec<_> = line.split('"').collect();
    let mut found = Vec::new();
    for (before, text) in quoted.iter().zip(quoted.iter().skip(1)).step_by(2) {
        let base = before.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
        let base = base.map_or(dir, |(base, _)| Path::new(base));
        let mut path = PathBuf::new();
        for part in base.join(text).components() {
            match part {
                Component::ParentDir => drop(path.pop()),
                Component::CurDir => {}
                other => path.push(other),
            }
        }
        found.push(path);
    }
    found
}

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
    let Some(lines) = calls_before_go(sandbox, dir) else { return };
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

#[test]
fn a_hit_neither_writes_nor_starts_anything() {
    type Prepare = fn(&Sandbox, &Path);
    let cases: [(&str, Prepare); 7] = [
        ("default", |sandbox, _| sandbox.set_default("1.22.10")),
        (".goenv", |sandbox, top| {
            drop(sandbox.write(top.join(".goenv"), "GOTOOLCHAIN=go1.22.10\nGOFLAGS=-v\n"));
        }),
        ("go/env", |sandbox, _| drop(sandbox.go_env_file("GOTOOLCHAIN=go1.22.10\n"))),
        (".go-version", |sandbox, top| drop(sandbox.write(top.join(".go-version"), "1.22.10\n"))),
        (".go-version, roomy", |sandbox, top| {
            drop(sandbox.write(top.join(".go-version"), "1.22\n"))
        }),
        ("go.mod", |sandbox, top| {
            drop(sandbox.write(top.join("go.mod"), "module m\n\ngo 1.22\n"));
        }),
        ("go.work", |sandbox, top| drop(sandbox.write(top.join("go.work"), "go 1.22\n"))),
    ];
    for (case, prepare) in cases {
        let (sandbox, dir) = sandbox();
        prepare(&sandbox, &sandbox.project("a"));
        let Some(lines) = calls_before_go(&sandbox, &dir) else { return };
        for line in &lines {
            assert!(harmless(line), "{case}: {line}\n{}", lines.join("\n"));
        }
        assert_few(&lines, &dir);
    }
}

/// A walk of 300 levels asks for five files a level and hardly more, and finds what is at its top.
#[test]
fn a_long_walk_costs_five_calls_a_level() {
    let (sandbox, top) = sandbox();
    sandbox.write(top.join(".go-version"), "1.22.10\n");
    let dir = deeper(top, 300);
    let Some(lines) = calls_before_go(&sandbox, &dir) else { return };
    assert_few(&lines, &dir);
}

/// From wherever a long way up is looked along, the nearest file is found at each of its levels.
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

/// Five files are looked for in each directory, and everything else takes sixteen calls. The build
/// on `std` has a runtime that asks for things of its own, a heap to begin with.
fn assert_few(lines: &[String], dir: &Path) {
    let has_runtime = lines.iter().any(|line| name(line) == "brk");
    let limit = 16 + 5 * dir.ancestors().count();
    assert!(
        has_runtime || lines.len() <= limit,
        "{} calls, more than {limit}:\n{}",
        lines.len(),
        lines.join("\n")
    );
}

/// Whether a line neither writes, nor reaches out, nor starts anything.
fn harmless(line: &str) -> bool {
    const HARMFUL: [&str; 40] = [
        "write",
        "writev",
        "pwrite64",
        "creat",
        "mkdir",
        "mkdirat",
        "rmdir",
        "rename",
        "renameat",
        "renameat2",
        "unlink",
        "unlinkat",
        "link",
        "linkat",
        "symlink",
        "symlinkat",
        "truncate",
        "ftruncate",
        "chmod",
        "fchmod",
        "fchmodat",
        "chown",
        "fchown",
        "utimensat",
        "flock",
        "fsync",
        "syncfs",
        "socket",
        "connect",
        "sendto",
        "bind",
        "clone",
        "clone3",
        "fork",
        "vfork",
        "chdir",
        "fchdir",
        "kill",
        "mknod",
        "mknodat",
    ];
    let opens_for_writing = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"];
    // glibc's locks of descriptors are none of ours.
    let locks = line.contains("F_SETLK") || line.contains("F_OFD_SETLK");
    !HARMFUL.contains(&name(line))
        && !locks
        && !opens_for_writing.iter().any(|flag| line.contains(flag))
}

/// The checks above would see a harmful call if there was one.
#[test]
fn harmful_calls_are_recognised() {
    for line in [
        "12 openat(AT_FDCWD</x>, \"f\", O_WRONLY|O_CREAT, 0666) = 3</x/f>",
        "12 mkdir(\"/x\", 0777) = 0",
        "12 socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3",
        "12 clone3({flags=CLONE_VM}, 88) = 13",
        "12    write(2</dev/null>, \"x\", 1) = 1",
    ] {
        assert!(!harmless(line), "{line}");
    }
    assert!(harmless("12 openat(AT_FDCWD</x>, \"../go.mod\", O_RDONLY|O_CLOEXEC) = -1 ENOENT (x)"));
    let dir = Path::new("/x/y");
    let line = "12 openat(AT_FDCWD</x/y>, \"../go.mod\", O_RDONLY|O_CLOEXEC) = -1 ENOENT (x)";
    assert_eq!(paths(line, dir), [Path::new("/x/go.mod")]);
    assert_eq!(paths("12 access(\"../../go.mod\", F_OK) = 0", dir), [Path::new("/go.mod")]);
    assert_eq!(
        paths("1 openat(5</z>, \".goenv\", O_RDONLY) = 6</z/.goenv>", dir),
        [Path::new("/z/.goenv")]
    );
}

//! The calls that the shim makes before Go runs, by strace, and the calls that it may make.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use goward_testkit::untested::strace;
use goward_tests::binaries::is_bare;
use goward_tests::sandbox::Sandbox;

/// The system calls that the shim makes before it becomes `go`, as strace prints them; `None`
/// where there is no strace.
pub(super) fn calls_before_go(
    sandbox: &Sandbox,
    dir: &Path,
    env: &[(&str, &str)],
) -> Option<Vec<String>> {
    let strace = strace("the system calls of the shim")?;
    let log = sandbox.dir().join("log");
    let options = ["-f", "-qq", "-y", "-s", "4096", "-o", log.to_str().expect("ASCII")];
    let call = sandbox.go(dir, &["version"]).under(&strace, options);
    env.iter().fold(call, |call, (key, value)| call.env(key, value)).run().code(0);
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
pub(super) fn name(line: &str) -> &str {
    let call = line.split_once(' ').map_or(line, |(_, call)| call.trim_start());
    call.split('(').next().unwrap_or_default()
}

/// Every path that a line names, made absolute by the directory that strace shows beside it.
pub(super) fn paths(line: &str, dir: &Path) -> Vec<PathBuf> {
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

/// Five files are looked for in each directory, and everything else takes seventeen calls, or `more`.
/// The build on `std` has a runtime that asks for things of its own.
#[track_caller]
pub(super) fn assert_few(case: &str, lines: &[String], dir: &Path, more: usize) {
    let limit = 17 + 5 * dir.ancestors().count() + more + of_databases(lines);
    assert!(
        !is_bare() || lines.len() <= limit,
        "{case}: {} calls, more than {limit}:\n{}",
        lines.len(),
        lines.join("\n")
    );
}

/// A store that its owner's group may write, as a umask of 002 makes it, costs a look into the
/// databases of users and groups: opening, asking for and reading each. Whatever the group may write may
/// have an access list.
fn of_databases(lines: &[String]) -> usize {
    let lists = lines.iter().filter(|line| name(line).ends_with("getxattr")).count();
    let databases = if lines.iter().any(|line| line.contains("\"/etc/group\"")) { 6 } else { 0 };
    databases + lists.min(8)
}

/// Asserts that no call writes, reaches out, or starts anything. The bare shim may only look, and at
/// no file's text twice; but the list of users answers two questions: the home, and the group's members.
#[track_caller]
pub(super) fn assert_harmless(case: &str, lines: &[String]) {
    let bare = is_bare();
    let mut opened = BTreeMap::new();
    for line in lines {
        assert!(harmless(line, bare), "{case}: {line}\n{}", lines.join("\n"));
        let reads = bare && name(line) == "openat" && !line.contains("O_PATH");
        let path = line.split('"').nth(1).unwrap_or_default();
        let times = opened.entry(path).or_insert(0);
        *times += usize::from(reads);
        let questions = if path == "/etc/passwd" && of_databases(lines) > 0 { 2 } else { 1 };
        assert!(*times <= questions, "{case}: {path} is read {times} times\n{}", lines.join("\n"));
    }
}

/// Whether a line only looks at something.
fn harmless(line: &str, bare: bool) -> bool {
    const LOOKS: [&str; 12] = [
        "arch_prctl",
        "clock_gettime",
        "faccessat",
        "fgetxattr",
        "getcwd",
        "getdents64",
        "getxattr",
        "newfstatat",
        "openat",
        "openat2",
        "read",
        "readlinkat",
    ];
    const HARMFUL: [&str; 42] = [
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
        "io_uring_setup",
        "execve",
    ];
    let opens_for_writing = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"];
    let locks = line.contains("F_SETLK") || line.contains("F_OFD_SETLK");
    // The other calls of a C library for itself and for `std` differ from one to the next.
    let known = if bare { LOOKS.contains(&name(line)) } else { !HARMFUL.contains(&name(line)) };
    known && !locks && !opens_for_writing.iter().any(|flag| line.contains(flag))
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
        "12 io_uring_setup(8, {}) = 3",
        "12 openat(AT_FDCWD</x>, \"f\", O_RDWR) = 3</x/f>",
    ] {
        assert!(!harmless(line, true) && !harmless(line, false), "{line}");
    }
    let line = "12 openat(AT_FDCWD</x>, \"../go.mod\", O_RDONLY|O_CLOEXEC) = -1 ENOENT (x)";
    assert!(harmless(line, true) && harmless(line, false));
    let line = "12 close(3</x/go.mod>) = 0";
    assert!(!harmless(line, true) && harmless(line, false), "what is open the exec closes");
    let dir = Path::new("/x/y");
    let line = "12 openat(AT_FDCWD</x/y>, \"../go.mod\", O_RDONLY|O_CLOEXEC) = -1 ENOENT (x)";
    assert_eq!(paths(line, dir), [Path::new("/x/go.mod")]);
    assert_eq!(paths("12 access(\"../../go.mod\", F_OK) = 0", dir), [Path::new("/go.mod")]);
    assert_eq!(
        paths("1 openat(5</z>, \".goenv\", O_RDONLY) = 6</z/.goenv>", dir),
        [Path::new("/z/.goenv")]
    );
}

//! The files that `goward` reads for a directory: each file of the chain once, for any number of
//! questions of a command. The shim does without a part of that.
#![cfg(target_os = "linux")]

use goward_testkit::untested::strace;
use goward_tests::binaries::binaries;
use goward_tests::sandbox::Sandbox;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The files of the chain, by name.
const CHAIN: [&str; 7] =
    [".goenv", ".go-version", ".tool-versions", "go.work", "go.mod", "go/env", ".goward/default"];

/// One event of a command: a file of the chain that was opened to be read, or one that was written.
#[derive(Debug, PartialEq, Eq)]
enum Event {
    Read(String),
    Written,
}

/// The events of `goward ARGS` with files of the chain; `None` without strace.
fn events(sandbox: &Sandbox, dir: &Path, args: &[&str]) -> Option<Vec<Event>> {
    let strace = strace("what goward reads")?;
    let log = sandbox.dir().join("log");
    let calls = "trace=open,openat,openat2,rename,renameat,renameat2";
    let log_name = log.to_str().expect("ASCII");
    let options = ["-f", "-qq", "-y", "-s", "4096", "-e", calls, "-o", log_name];
    sandbox.goward(args).dir(dir).env("PWD", dir).under(&strace, options).run().code(0);
    let text = fs::read_to_string(log).expect("strace wrote its log");
    Some(text.lines().filter_map(event).collect())
}

/// The event in a line of strace. The opened file stands behind the result, with its whole path.
fn event(line: &str) -> Option<Event> {
    let (call, result) = line.rsplit_once(" = ")?;
    if call.contains("rename") {
        return call.contains(".go-version\"").then_some(Event::Written);
    }
    let path = result.split_once('<')?.1.strip_suffix('>')?;
    let reads = !["O_PATH", "O_DIRECTORY", "O_WRONLY"].iter().any(|flag| call.contains(flag));
    let of_chain = |name: &str| path.ends_with(&format!("/{name}"));
    (reads && CHAIN.iter().any(|name| of_chain(name))).then(|| Event::Read(path.to_owned()))
}

/// How often each file was read before something was written, and from then on.
fn counts(events: &[Event]) -> [BTreeMap<&str, usize>; 2] {
    let end = events.iter().position(|event| *event == Event::Written).unwrap_or(events.len());
    let (before, after) = events.split_at(end);
    [before, after].map(|part| {
        let mut counts = BTreeMap::new();
        for event in part {
            if let Event::Read(path) = event {
                *counts.entry(path.as_str()).or_default() += 1;
            }
        }
        counts
    })
}

#[test]
fn no_file_of_the_chain_is_read_twice() {
    let sandbox = Sandbox::with("survey", &["1.22.10", "1.23.2"]);
    let project = sandbox.project("p");
    let dir = sandbox.project("p/a/b");
    sandbox.write(project.join(".goenv"), "GOFLAGS=-v\n");
    sandbox.write(project.join("go.mod"), "module m\n\ngo 1.22\n");
    sandbox.write(project.join("a/.tool-versions"), "nodejs 20.0.0\n");
    sandbox.go_env_file("GOPRIVATE=example.com\n");
    sandbox.set_default("1.22.10");
    let commands: [&[&str]; 8] = [
        &["explain"],
        &["explain", "--json", "--", "test", "./..."],
        &["list"],
        &["list", "--json", "-v"],
        &["current"],
        &["which", "--json"],
        &["use", "1.23.2", "--dry-run"],
        &["use", "1.23.2"],
    ];
    for args in commands {
        let Some(events) = events(&sandbox, &dir, args) else { return };
        let [before, after] = counts(&events);
        let read = |name: &str| before.keys().any(|path| path.ends_with(name));
        for name in ["p/.goenv", "p/go.mod", "p/a/.tool-versions", "go/env"] {
            assert!(read(name), "{args:?} never read {name}: {events:?}");
        }
        // `goward` looks at a written file anew, with all files that could outrank it.
        let wrote = events.contains(&Event::Written);
        assert_eq!(wrote, args == ["use", "1.23.2"], "{args:?}: {events:?}");
        assert_eq!(after.is_empty(), !wrote, "{args:?}: {events:?}");
        for (path, times) in before.iter().chain(&after) {
            assert_eq!(*times, 1, "{args:?} reads {path} more than once: {events:?}");
        }
    }
}

/// The trace is the manager's: a text that only asking for it makes is in the manager and not in
/// the shim, in any build of the two.
#[test]
fn the_shim_does_not_link_the_trace() {
    const OF_THE_TRACE: &[u8] = b"a package at a version is built outside of this module";
    let has = |program: &Path| {
        let bytes = fs::read(program).expect("the program is there");
        bytes.windows(OF_THE_TRACE.len()).any(|window| window == OF_THE_TRACE)
    };
    assert!(has(&binaries().manager), "the manager explains");
    assert!(!has(&binaries().shim), "the shim has no room for explanations");
}

/// Without `HOME` the shim, which has no C library, reads `/etc/passwd` itself. The manager does not ask
/// other databases either: with a home in a directory service the two would look into two stores.
#[test]
fn the_manager_knows_homes_from_the_shims_file_alone() {
    let Some(strace) = strace("which databases of users are read") else { return };
    let sandbox = Sandbox::with("survey-home", &["1.22.10"]);
    sandbox.set_default("1.22.10");
    let dir = sandbox.project("p");
    let log = sandbox.dir().join("log");
    let options = ["-f", "-qq", "-e", "trace=open,openat", "-o", log.to_str().expect("ASCII")];
    for call in [sandbox.goward(&["current"]), sandbox.go(&dir, &["version"])] {
        call.dir(&dir).env("PWD", &dir).unset("HOME").under(&strace, options).run().code(0);
        let text = fs::read_to_string(&log).expect("strace wrote its log");
        assert!(text.contains("\"/etc/passwd\""), "{text}");
        assert!(!text.contains("nsswitch") && !text.contains("libnss"), "{text}");
    }
}

/// The check above would see the events that it is to find.
#[test]
fn events_are_recognised() {
    let read = |path: &str| Some(Event::Read(path.to_owned()));
    for (line, seen) in [
        (
            "1 openat(AT_FDCWD</x>, \"/p/go.mod\", O_RDONLY|O_CLOEXEC) = 3</p/go.mod>",
            read("/p/go.mod"),
        ),
        ("1 openat(5</p>, \"go.mod\", O_RDONLY|O_CLOEXEC) = 3</p/go.mod>", read("/p/go.mod")),
        ("1 openat(AT_FDCWD</x>, \"/p/go.mod\", O_RDONLY) = -1 ENOENT (No such file)", None),
        ("1 openat(AT_FDCWD</x>, \"/p/go.mod\", O_RDONLY|O_PATH) = 3</p/go.mod>", None),
        ("1 openat(AT_FDCWD</x>, \"/p/x.mod\", O_RDONLY) = 3</p/x.mod>", None),
        ("1 renameat(4</p>, \".x\", 4</p>, \".go-version\") = 0", Some(Event::Written)),
    ] {
        assert_eq!(event(line), seen, "{line}");
    }
    let twice = [Event::Read("a".into()), Event::Written, Event::Read("a".into())];
    assert_eq!(counts(&twice).map(|part| part["a"]), [1, 1]);
}

//! Rules for code: each thing that can go wrong is done in one place.

use std::collections::BTreeSet;
use std::path::Path;

use crate::{files, read, rust_files, with_extension};

/// Files of the manager and the installer that open files by themselves, and why. All others read
/// by `goward_installer::read`, which waits for nothing and has a limit.
const READERS: [(&str, &str); 6] = [
    ("crates/installer/src/read.rs", "it is that reader"),
    (
        "crates/installer/src/store/staging.rs",
        "directories, to bring them to the disk and to lock them",
    ),
    ("crates/cli/src/commands/check/mend/lock.rs", "the directory of a repository, to lock it"),
    ("crates/installer/src/install/publish.rs", "directories, to bring them to the disk"),
    ("crates/installer/src/store/lock.rs", "lock files, of which nothing is read"),
    ("crates/installer/src/store/replace/directory.rs", "its own temporary files, to lock them"),
];

/// As Windows spells them, canonical paths are for few programs, and for no person.
#[test]
fn canonical_paths_are_asked_for_in_one_place() {
    let code = ["crates/cli/src", "crates/govern/src", "crates/installer/src"]
        .into_iter()
        .flat_map(files)
        .collect();
    for path in with_extension(code, &["rs"]) {
        let here = read(&path).contains("canonicalize");
        assert_eq!(here, path.ends_with("installer/src/canonical.rs"), "{}", path.display());
    }
}

/// A FIFO, a device or a file without an end must stop no command.
#[test]
fn files_are_opened_by_the_one_reader() {
    let ways = ["fs::read(", "fs::read_to_string(", "File::open(", ".read(true)"];
    let code = ["crates/cli/src", "crates/govern/src", "crates/installer/src", "crates/sumdb/src"];
    let code = code.into_iter().flat_map(files).collect();
    let mut known: BTreeSet<&str> = READERS.iter().map(|(path, _)| *path).collect();
    let mut met = BTreeSet::new();
    for path in with_extension(code, &["rs"]) {
        let name = path.to_str().expect("our names are text");
        if name.ends_with("_tests.rs") || name.ends_with("/fuzzing.rs") {
            continue;
        }
        let text = read(&path);
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let text = text.split("#[cfg(all(test, unix))]\nmod tests {").next().unwrap_or_default();
        for (line, number) in text.lines().zip(1..) {
            let Some(way) = ways.iter().find(|way| line.contains(**way)) else { continue };
            let excepted = READERS.iter().any(|(path, _)| *path == name);
            assert!(excepted, "{name}:{number}: {way}…; use goward_installer::read");
            met.insert(name.to_owned());
        }
    }
    known.retain(|path| !met.contains(*path));
    assert!(known.is_empty(), "these need no exception any more: {known:?}");
}

/// Files that start programs by themselves, and why. All others start them by
/// `goward_testkit::start`, with an environment that the test names.
const STARTERS: [(&str, &str); 9] = [
    ("crates/testkit/src/start.rs", "it is that helper"),
    ("crates/installer/src/install/build.rs", "make.bash of a Go that is built from its sources"),
    ("crates/installer/src/selfupdate/trial.rs", "a goward that is to become the manager"),
    ("crates/govern/src/repo/git.rs", "git, which lists the files of a repository"),
    ("crates/govern/src/go/run.rs", "the one door to real Go"),
    ("crates/govern/src/cross/probe.rs", "the one door to C compilers"),
    ("crates/cli/src/commands/ci/plan/close.rs", "chmod as root, on GitHub's own machines"),
    ("crates/cli/src/commands/exec.rs", "the command of the user"),
    ("shims/go/src/std_shim.rs", "the manager"),
];

/// A developer's Go and settings must get into no test, nor may a machine's.
#[test]
fn tests_start_programs_by_one_helper() {
    let way = concat!("Command", "::new(");
    let mut met = BTreeSet::new();
    for path in rust_files().iter().filter(|path| !path.starts_with("tests/fuzz")) {
        let name = path.to_str().expect("our names are text").replace('\\', "/");
        let text = read(path);
        let Some(number) = text.lines().position(|line| line.contains(way)) else { continue };
        let excepted = STARTERS.iter().any(|(path, _)| *path == name);
        assert!(excepted, "{name}:{}: use goward_testkit::start", number + 1);
        met.insert(name);
    }
    let listed: BTreeSet<_> = STARTERS.iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(met, listed, "an exception is none any more");
}

/// A developer's directories have blanks in their names.
#[test]
fn urls_of_files_are_made_by_one_function() {
    let way = concat!("file:/", "/{");
    let spared = ["crates/testkit", "tests/fuzz"].map(Path::new);
    let production = ["install/offer.rs", "fetch/url.rs", "unpack/fuzzing.rs"];
    for path in rust_files() {
        let own =
            production.iter().any(|name| path == Path::new("crates/installer/src").join(name));
        if !own && !spared.iter().any(|dir| path.starts_with(dir)) {
            let made = read(&path).contains(way);
            assert!(!made, "{}: use goward_testkit::url::of_file", path.display());
        }
    }
}

/// Where a path may become text other than by the crates' `shown`, and why that reaches no message.
const PATHS_AS_TEXT: [(&str, &str); 1] =
    [("crates/installer/src/unpack/fuzzing.rs", "a URL that is opened")];

/// A directory of a clone may be called anything: its name is said by one function in each crate.
#[test]
fn paths_are_said_by_one_function() {
    let marks = [".display()", "{path:?}", "{dir:?}", "{directory:?}", "{file:?}", "{root:?}"];
    let logged = ["?path", "?dir", "?file", "?root"];
    let sources = [
        "crates/cli/src",
        "crates/gomod/src",
        "crates/govern/src",
        "crates/installer/src",
        "crates/resolver/src",
        "crates/sumdb/src",
        "shims/go/src",
    ];
    let sources = with_extension(sources.into_iter().flat_map(files).collect(), &["rs"]);
    let mut spared = BTreeSet::new();
    for path in sources {
        let name = path.to_str().unwrap().replace('\\', "/");
        let text = read(&path);
        // Tests come last in a file, or have one of their own.
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate().filter(|_| !name.ends_with("_tests.rs")) {
            let said = marks.iter().any(|mark| line.contains(mark))
                || (line.contains("tracing::") && logged.iter().any(|mark| line.contains(mark)));
            if said && !PATHS_AS_TEXT.iter().any(|(file, _)| *file == name) {
                panic!("{name}:{}: say paths with `shown`: {line}", number + 1);
            }
            if said {
                spared.insert(name.clone());
            }
        }
    }
    let listed = PATHS_AS_TEXT.iter().map(|(file, _)| file.to_string()).collect();
    assert_eq!(spared, listed, "an exception is none any more");
}

/// What prints: the last way out is where text is made harmless, so there are no others.
#[test]
fn one_module_prints() {
    let allowed = [
        "crates/cli/src/output.rs",
        "crates/cli/src/output/voice.rs",
        "crates/cli/src/watch.rs",
        "crates/testkit/src/untested.rs",
        "shims/go/src/std_shim.rs",
    ];
    let marks = ["stderr()", "stdout()"];
    for path in with_extension(["crates", "shims"].into_iter().flat_map(files).collect(), &["rs"]) {
        let name = path.to_str().unwrap().replace('\\', "/");
        if !name.contains("/src/") || allowed.contains(&&*name) {
            continue;
        }
        for (number, line) in read(&path).lines().enumerate() {
            let prints = marks.iter().any(|mark| line.contains(mark));
            // A child's stdout goes to stderr; whether a person sits there is no text.
            let other = line.contains(".stdout(") || line.contains("is_terminal");
            assert!(!prints || other, "{name}:{}: prints past output.rs: {line}", number + 1);
        }
    }
}

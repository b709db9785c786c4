//! Current directories that are gone, closed, or deep.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;

use goward_tests::sandbox::Sandbox;

use super::start::{Stage, Start, VERSION};

/// A start in a directory that is removed before the program runs.
fn deleted(stage: &Stage, name: &str) -> Start {
    let gone = stage.sandbox.dir().join(name);
    fs::create_dir(&gone).expect("the sandbox is ours");
    let gone = gone.to_str().expect("ASCII").to_owned();
    stage.start().then(["chdir", &gone]).then(["rmdir", &gone])
}

#[test]
fn a_deleted_directory_passes() {
    let stage = Stage::new("deleted");
    let [first, second] = ["one", "two"].map(|name| {
        // Both runs remove it, so each needs its own; only the name differs then.
        deleted(&stage, name)
    });
    let bare = first.run(&stage, &stage.real());
    let mut ours = second.run(&stage, &stage.sandbox.shim());
    assert!(bare.lines("cwd").any(|cwd| cwd.ends_with("/one (deleted)")), "{bare}");
    ours.state = ours.state.replace("/two (deleted)", "/one (deleted)");
    ours.same_as(&bare);
}

/// With a `PWD` that lies about it, too.
#[test]
fn real_go_in_a_deleted_directory() {
    let sandbox = Sandbox::with("deleted", &[VERSION]);
    sandbox.set_default(VERSION);
    let project = sandbox.project("p");
    for args in ["version", "env GOMOD", "env GOVERSION", "list", "build"] {
        for before in ["", "unset PWD; "] {
            let command =
                format!("mkdir gone && cd gone && rm -r ../gone && {before} exec \"$0\" {args}");
            let run = |go: &std::path::Path| {
                sandbox.go(&project, &["-c", &command]).program("/bin/sh").args([go]).run()
            };
            run(&sandbox.shim()).same_as(&run(&sandbox.toolchain(VERSION).join("bin/go")));
        }
    }
}

/// For root everything is readable: this runs as another user then.
#[test]
fn directories_that_may_not_be_read_or_searched() {
    let stage = Stage::new("closed");
    let closed = stage.sandbox.project("closed");
    stage.sandbox.write(closed.join(".go-version"), "1.99.9\n");
    let inner = stage.sandbox.project("closed/inner");
    for (dir, mode) in [(&closed, 0o000), (&closed, 0o444), (&closed, 0o111), (&inner, 0o000)] {
        // Going there must come before it is closed, and before the privileges go.
        let closing = |start: Start, mode: u32| {
            start.then(["chmod".as_ref(), mode.to_string().as_ref(), closed.as_os_str()])
        };
        let there = closing(stage.start(), 0o755).then(["chdir".as_ref(), dir.as_os_str()]);
        let start = closing(there, mode).unprivileged();
        if mode & 0o111 == 0 || dir == &inner {
            stage.same(&start);
        } else {
            // Searchable is enough to find the file.
            stage.refused(&start.var("GOWARD_OFFLINE", "1"), 127, "1.99.9");
        }
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(&closed, open).expect("it is ours");
    }
}

/// A start in the lowest of `count` directories below each other. It makes and enters them one by
/// one, because the system may not accept so long a path.
fn chain(stage: &Stage, top: &str, name: &str, count: usize) -> Start {
    let top = stage.sandbox.project(top);
    let start = stage.start().then(["chdir".as_ref(), top.as_os_str()]);
    (0..count).fold(start, |start, _| start.then(["enter", name]))
}

#[test]
fn three_hundred_levels_up() {
    let stage = Stage::new("levels");
    let start = chain(&stage, "top", "d", 300);
    let end = stage.same(&start);
    assert!(end.lines("cwd").any(|cwd| cwd.ends_with(&"/d".repeat(300))), "{end}");
    stage.add_toolchain("1.23.2");
    stage.sandbox.write("projects/top/.go-version", "1.23.2\n");
    let found = start.run(&stage, &stage.sandbox.shim());
    let wanted = stage.sandbox.toolchain("1.23.2").join("bin/go");
    found.tells(&format!("exe {}", wanted.display()));
}

/// The whole path is longer than the system can name.
#[test]
fn a_path_that_is_too_long_to_be_named() {
    let stage = Stage::new("long");
    let name = "a-name-of-thirty-two-letters-xyz";
    for count in [120, 126, 150, 300] {
        stage.same(&chain(&stage, &format!("top{count}"), name, count));
    }
    // It counts like a directory that has no name any more.
    stage.sandbox.write("projects/top300/.go-version", "1.99.9\n");
    stage.same(&chain(&stage, "top300", name, 300));
}

/// The shim opens directories on a long way up; where descriptors run out it does without them.
#[test]
fn eight_descriptors_are_enough_deep_down() {
    let stage = Stage::new("eight");
    stage.add_toolchain("1.23.2");
    stage.sandbox.go_env_file("GOTOOLCHAIN=go1.23.2\n");
    let start = chain(&stage, "top", "d", 130).then(["limit", "7", "8", "8"]);
    let found = start.run(&stage, &stage.sandbox.shim());
    let wanted = stage.sandbox.toolchain("1.23.2").join("bin/go");
    found.tells(&format!("exe {}", wanted.display()));
}

/// A name that is no text is a name all the same.
#[test]
fn a_path_of_any_bytes() {
    let stage = Stage::new("any");
    stage.add_toolchain("1.23.2");
    let odd = stage.project.join(OsStr::from_bytes(b"\xff\xfe \n\xe4"));
    let dir = odd.join("below");
    fs::create_dir_all(&dir).expect("the sandbox is ours");
    let start = stage.start().then(["chdir".as_ref(), dir.as_os_str()]);
    for start in [start.clone().unset("PWD"), start.var("PWD", &dir)] {
        stage.same(&start);
        for place in [&dir, &odd] {
            let pin = stage.sandbox.write(place.join(".go-version"), "1.23.2\n");
            let found = start.run(&stage, &stage.sandbox.shim());
            let wanted = stage.sandbox.toolchain("1.23.2").join("bin/go");
            found.tells(&format!("exe {}", wanted.display()));
            stage.sandbox.write(&pin, "1.99.9\n");
            let start = start.clone().var("GOWARD_OFFLINE", "1");
            stage.refused(&start, 127, ".go-version:1");
            fs::remove_file(pin).expect("it is ours");
        }
    }
}

/// The files that the shim opens on a long way up get the numbers of closed streams. Neither Go nor
/// the shim itself may take them for the streams.
#[test]
fn closed_streams_stay_closed_deep_down() {
    let stage = Stage::new("closed-deep");
    for closed in
        [&["0"][..], &["1"], &["2"], &["0", "1"], &["1", "2"], &["0", "2"], &["0", "1", "2"]]
    {
        let start = chain(&stage, "top", "d", 60);
        let start = closed.iter().fold(start, |start, number| start.then(["close", *number]));
        let end = stage.same(&start);
        assert_eq!(end.lines("fd").count(), 3 - closed.len(), "{end}");
        let pin = stage.sandbox.write("projects/top/.go-version", "1.99.9\n");
        stage.refused(&start.var("GOWARD_OFFLINE", "1"), 127, "");
        assert_eq!(fs::read(&pin).expect("it is ours"), b"1.99.9\n", "a message went into a file");
        fs::remove_file(pin).expect("it is ours");
    }
}

/// For any number of descriptors, at each point at which they run out.
#[test]
fn few_descriptors_are_enough_anywhere() {
    let stage = Stage::new("few");
    stage.add_toolchain("1.23.2");
    let wanted = stage.sandbox.toolchain("1.23.2").join("bin/go");
    let (top, levels) = (stage.sandbox.project("top"), 90);
    let start = chain(&stage, "top", "d", levels);
    stage.same(&start);
    let level = |up: usize| top.join("d/".repeat(levels - up));
    // Files that say nothing of Go are opened, too.
    for up in [1, 2, 3, 14, 31, 32, 55] {
        stage.sandbox.write(level(up).join(".tool-versions"), "nodejs 20.0.0\n");
    }
    for up in [90, 60, 45, 12] {
        let pin = stage.sandbox.write(level(up).join(".go-version"), "1.23.2\n");
        for limit in ["4", "5", "6", "7", "8", "12", "16"] {
            let start = start.clone().then(["limit", "7", limit, limit]);
            let found = start.run(&stage, &stage.sandbox.shim());
            found.tells(&format!("exe {}", wanted.display()));
        }
        fs::remove_file(pin).expect("it is ours");
    }
}

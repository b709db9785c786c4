//! Limits on resources pass, and the shim itself needs next to nothing.

use super::start::{Stage, VERSION};
use goward_tests::binaries::is_bare;
use goward_tests::sandbox::Sandbox;

/// Numbers of `setrlimit`.
const FILE_SIZE: &str = "1";
const DATA: &str = "2";
const STACK: &str = "3";
const CORE: &str = "4";
const PROCESSES: &str = "6";
const OPEN_FILES: &str = "7";
const ADDRESS_SPACE: &str = "9";

#[test]
fn every_limit_passes() {
    let stage = Stage::new("limits");
    for (resource, value) in [
        ("0", 100),
        (FILE_SIZE, 1 << 20),
        (DATA, 1 << 28),
        (STACK, 4 << 20),
        (CORE, 0),
        ("5", 1 << 30),
        (PROCESSES, 1000),
        (OPEN_FILES, 64),
        ("8", 65536),
        (ADDRESS_SPACE, 1 << 30),
        ("10", 100),
        ("11", 100),
        ("12", 1000),
        ("15", 1_000_000),
    ] {
        let value = value.to_string();
        let end = stage.same(&stage.start().then(["limit", resource, &value, &value]));
        let limits = end.lines("limits").next().unwrap_or_default();
        assert!(limits.contains(&format!(" {value} ")), "limit {resource}\n{end}");
    }
}

/// Three streams and one file more: less, and not even a program's libraries load.
#[test]
fn four_descriptors_are_enough() {
    let stage = Stage::new("four");
    stage.add_toolchain("1.23.2");
    let start = stage.start().then(["limit", OPEN_FILES, "4", "4"]);
    stage.same(&start);
    for (file, text) in [
        (".go-version", "1.22\n"),
        (".goenv", "GOTOOLCHAIN=go1.22.10\n"),
        ("go.mod", "module m\n\ngo 1.22\n"),
        ("go.work", "go 1.22\n"),
        (".tool-versions", "golang 1.22.10\n"),
    ] {
        let path = stage.sandbox.write(stage.project.join(file), text);
        let end = start.run(&stage, &stage.sandbox.shim());
        end.tells(&format!("exe {}", stage.real().display()));
        std::fs::remove_file(path).expect("it is ours");
    }
}

#[test]
fn little_memory_is_enough() {
    let stage = Stage::new("memory");
    let small = |bytes: u64| (bytes << 20).to_string();
    for (resource, size) in [(ADDRESS_SPACE, small(64)), (DATA, small(16)), (STACK, small(1))] {
        stage.same(&stage.start().then(["limit", resource, &size, &size]));
    }
    stage.same(&stage.start().then(["limit", STACK, "131072", "131072"]));
}

/// A hit starts no thread and no process, and writes no file.
#[test]
fn no_process_and_no_file_is_needed() {
    let stage = Stage::new("processes");
    let start = stage.start().unprivileged().then(["limit", PROCESSES, "0", "0"]);
    stage.same(&start);
    // The program cannot write its state to a file then; the status shows that it ran.
    let start = stage.start().var("STATE_FILE", "").then(["limit", FILE_SIZE, "0", "0"]);
    let start = start.var("STATE_THEN", "exit 7");
    for program in [stage.real(), stage.sandbox.shim()] {
        let end = start.run(&stage, &program);
        assert_eq!(end.status.code(), Some(7), "{}\n{end}", program.display());
    }
}

/// A stranger's go.mod costs its size, with any lines: millions that are no text, too.
#[test]
fn a_huge_module_file_is_read_once() {
    let sandbox = Sandbox::with("huge", &[VERSION]);
    let project = sandbox.project("p");
    let lines = b"\x85\n".repeat(8 << 20);
    std::fs::write(project.join("go.mod"), &lines[..lines.len() - 2]).expect("a file");
    let command = "ulimit -v 1000000 && exec \"$0\" version";
    let under = |go: &std::path::Path| {
        sandbox.go(&project, &["-c", command]).program("/bin/sh").args([go]).run()
    };
    let bare = under(&sandbox.toolchain(VERSION).join("bin/go"));
    under(&sandbox.shim()).same_as(&bare);
}

/// For any number of programs on PATH, the search for a shim takes the memory of one.
#[test]
fn programs_on_path_take_the_memory_of_one() {
    let sandbox = Sandbox::empty("path");
    let project = sandbox.project("p");
    let mut program = vec![b'x'; 500_000];
    program.extend_from_slice(goward_resolver::SHIM_MAGIC);
    let first = sandbox.dir().join("go");
    std::fs::write(&first, program).expect("a file");
    let rights = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&first, rights).expect("it is ours");
    let dirs: Vec<_> = (0..100).map(|number| sandbox.dir().join(format!("d{number}"))).collect();
    for dir in &dirs {
        std::fs::create_dir(dir).expect("a directory");
        std::fs::hard_link(&first, dir.join("go")).expect("a second name");
    }
    let path = std::env::join_paths(&dirs).expect("plain names");
    let command = "ulimit -d 16000 && exec \"$0\" +system version";
    let call = sandbox.go(&project, &["-c", command]).program("/bin/sh").args([sandbox.shim()]);
    call.env("PATH", path).run().code(127).says("no go on PATH");
}

/// A stranger's file for which there is no memory is no bug of the shim's.
#[test]
fn where_memory_ends_the_shim_says_so() {
    if !is_bare() {
        // Rust's own runtime ends the other build.
        return;
    }
    let sandbox = Sandbox::with("out-of-memory", &[VERSION]);
    let project = sandbox.project("p");
    std::fs::write(project.join("go.mod"), b"//\n".repeat(4 << 20)).expect("a file");
    let command = "ulimit -v 8000 && exec \"$0\" version";
    let call = sandbox.go(&project, &["-c", command]).program("/bin/sh").args([sandbox.shim()]);
    call.run().code(125).says("goward: error: out of memory");
}

/// Limits under which real Go still starts are none for the shim. (Four descriptors are not enough
/// for Go.)
#[test]
fn real_go_under_limits() {
    let sandbox = Sandbox::with("real", &[VERSION]);
    let project = sandbox.project("p");
    sandbox.write(project.join("go.mod"), "module m\n\ngo 1.22\n");
    for limits in ["-n 8", "-s 256", "-v 1000000", "-d 1000000", "-f 0", "-c 0", "-t 60"] {
        let command = format!("ulimit {limits} && exec \"$0\" version");
        let under = |go: &std::path::Path| {
            sandbox.go(&project, &["-c", &command]).program("/bin/sh").args([go]).run()
        };
        let bare = under(&sandbox.toolchain(VERSION).join("bin/go"));
        under(&sandbox.shim()).same_as(&bare);
    }
}

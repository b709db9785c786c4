//! `goward doctor` on a machine with real Go.

use crate::hearsay::{transcripts_in, typed};
#[cfg(target_os = "linux")]
use goward_testkit::start::tool;
use goward_tests::binaries::workspace;
use goward_tests::sandbox::Sandbox;
use std::fs;
use std::path::PathBuf;

const PAGE: &str = "docs/src/reference/doctor.md";

/// The page's transcript, with a real toolchain that is started; nothing of the machine changes by it.
#[test]
fn a_machine_is_examined_as_the_page_says() {
    let mut sandbox = Sandbox::with("doctor", &["1.27.3"]);
    sandbox.set_default("1.27.3");
    sandbox.add_to_path(sandbox.root().join("bin"), false);
    for system in ["/usr/bin", "/bin"] {
        sandbox.add_to_path(PathBuf::from(system), false);
    }
    let page = fs::read_to_string(workspace().join(PAGE)).expect("the page is there");
    let all = transcripts_in(&page);
    assert!(!all.is_empty(), "the transcript is lost");
    let dir = sandbox.project("p");
    for lines in all {
        assert_eq!(&typed(&sandbox, &dir, lines), lines);
    }
    let files = || {
        let config = sandbox.config_dir();
        let entries = fs::read_dir(&config).into_iter().flatten().flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name()).collect();
        names.sort();
        (names, fs::read(config.join("go/env")).ok())
    };
    let before = files();
    let outcome = sandbox.goward(&["doctor", "-v", "toolchains"]).run();
    outcome.code(0);
    assert!(outcome.stdout.contains("go1.27.3: go version go1.27.3 "), "{}", outcome.stdout);
    assert_eq!(files(), before);
    // Only Go knows its flags; and it runs nothing by them.
    let mark = dir.join("ran");
    for (flags, code) in [("-tags x", 7), ("-none=1", 7), ("-tags=x", 0)] {
        let outcome = sandbox.goward(&["doctor", "goflags"]).env("GOFLAGS", flags).run();
        outcome.code(code);
        assert_eq!(outcome.stdout.contains("refuses GOFLAGS"), code == 7, "{}", outcome.stdout);
    }
    let trap = format!("'-toolexec=touch {}'", mark.display());
    sandbox.goward(&["doctor", "goflags"]).env("GOFLAGS", &trap).run().code(7);
    assert!(!mark.exists(), "a program of GOFLAGS was run");
}

/// The system's own C compiler makes programs, and libraries that ask much of the loader.
#[cfg(target_os = "linux")]
#[test]
fn what_a_real_compiler_makes_is_judged() {
    let mut sandbox = Sandbox::with("doctor-cgo", &["1.27.3"]);
    sandbox.set_default("1.27.3");
    for system in ["/usr/bin", "/bin"] {
        sandbox.add_to_path(PathBuf::from(system), false);
    }
    let outcome = sandbox.goward(&["doctor", "-v", "cgo"]).run();
    outcome.code(0);
    assert!(outcome.stdout.contains("gcc links programs"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("    with glibc 2."), "{}", outcome.stdout);
    let dir = sandbox.project("p");
    let source = "__thread char data[4096] __attribute__((tls_model(\"initial-exec\")));\n\
                  int touch(void) { return ++data[0]; }\n";
    fs::write(dir.join("x.c"), source).expect("the project can be written");
    let flags = ["-shared", "-fPIC", "-Wl,-z,execstack", "-o", "x.so", "x.c"];
    let made = tool("gcc").args(flags).current_dir(&dir).status();
    assert!(made.expect("gcc is there").success());
    let outcome = sandbox.goward(&["doctor", "libc-tls"]).dir(&dir).run();
    outcome.code(7);
    for words in ["has 4096 bytes of data of threads", "asks for a stack that code may run on"] {
        assert!(outcome.stdout.contains(words), "{}", outcome.stdout);
    }
    let outcome = sandbox.goward(&["doctor", "cgo"]).env("CGO_CFLAGS", "-include lost.h").run();
    outcome.code(7);
    assert!(outcome.stdout.contains("lost.h: No such file or directory"), "{}", outcome.stdout);
}

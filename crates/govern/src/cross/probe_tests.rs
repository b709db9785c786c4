//! Compilers that are scripts: what is made of what they do. `tests/cross/run` has real ones.

use super::*;

#[test]
fn the_line_that_tells_why_is_told() {
    for (words, expected) in [
        ("", "it failed, and said nothing"),
        ("\n  one\ntwo\n", "one"),
        (
            "In file included from x:\n/x.c:1:10: fatal error: pthread.h:  No such file\n",
            "/x.c:1:10: fatal error: pthread.h: No such file",
        ),
        ("/usr/bin/ld: note\n/usr/bin/ld: cannot find -lc\n", "/usr/bin/ld: cannot find -lc"),
    ] {
        assert_eq!(reason(words), expected);
    }
    assert_eq!(reason(&"x".repeat(999)).len(), LONGEST);
}

#[test]
fn a_library_is_known_by_what_loads_the_program() {
    let of = |loader: &str, glibc: Option<&str>| {
        let needs = Needs {
            linked: true,
            interpreter: (!loader.is_empty()).then(|| loader.to_owned()),
            glibc_at_least: glibc.map(str::to_owned),
            ..Needs::default()
        };
        Libc::of(Format::Elf, &needs).name()
    };
    assert_eq!(of("", None), "none");
    assert_eq!(of("/lib64/ld-linux-x86-64.so.2", Some("2.34")), "glibc");
    assert_eq!(of("/lib/ld-linux-aarch64.so.1", None), "glibc");
    assert_eq!(of("/lib/ld-musl-aarch64.so.1", None), "musl");
    assert_eq!(of("/system/bin/linker64", None), "bionic");
    assert_eq!(of("/libexec/ld-elf.so.1", None), "system");
    assert_eq!(Libc::of(Format::Pe, &Needs::default()), Libc::System);
}

/// A compiler that is a script: it sees the words, in a directory of goward's own, and no stdin.
#[cfg(unix)]
fn tried(script: &str, flags: &Flags) -> (tempfile::TempDir, Outcome) {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let program = dir.path().join("cc");
    fs::write(&program, format!("#!/bin/sh\nout={}\n{script}\n", dir.path().display())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let command = Command::of(&["cc", "-first"]);
    let outcome = probe((&program, &command), flags, true).unwrap();
    (dir, outcome)
}

#[cfg(unix)]
#[test]
fn a_compiler_gets_the_words_of_the_user_and_of_go() {
    let flags = Flags {
        compile: vec!["-O2".to_owned()],
        own: vec!["-m64"],
        link: vec!["-lx".to_owned()],
        path: None,
    };
    let (dir, outcome) =
        tried("echo \"$@\" >\"$out/args\"; pwd >\"$out/pwd\"; cat; exit 1", &flags);
    assert_eq!(outcome, Outcome::Failed("it failed, and said nothing".to_owned()));
    let read = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
    let (args, pwd) = (read("args"), read("pwd"));
    assert!(args.starts_with("-first -O2 -m64 -o ") && args.ends_with(" -lx\n"), "{args}");
    assert!(!Path::new(pwd.trim()).exists(), "the directory goes");
}

#[cfg(unix)]
#[test]
fn what_is_no_program_is_no_success() {
    let none = Flags::default();
    let (_dir, outcome) = tried("exit 0", &none);
    assert!(
        matches!(&outcome, Outcome::Failed(why) if why.starts_with("it made no file")),
        "{outcome:?}"
    );
    let write = "while [ \"$1\" != -o ]; do shift; done; echo x >\"$2\"";
    let (_dir, outcome) = tried(write, &none);
    assert!(
        matches!(&outcome, Outcome::Failed(why) if why.contains("another kind")),
        "{outcome:?}"
    );
    // A FIFO in its place is not waited for.
    let fifo = "while [ \"$1\" != -o ]; do shift; done; mkfifo \"$2\"";
    let (_dir, outcome) = tried(fifo, &none);
    assert!(
        matches!(&outcome, Outcome::Failed(why) if why.starts_with("it made no file")),
        "{outcome:?}"
    );
}

#[cfg(unix)]
#[test]
fn what_does_not_end_is_ended() {
    LEFT.set(Duration::from_millis(300));
    let (_dir, outcome) = tried("sleep 77 & sleep 77", &Flags::default());
    assert_eq!(outcome, Outcome::Endless);
}

//! Limits that the caller sets: an error that is told, and no signal that ends goward.

use crate::machine::{Machine, ran};
use std::fs;
use std::path::Path;

#[test]
fn a_file_beyond_the_limit_of_its_size_is_an_error() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    let limited = |args: &[&str]| {
        let mut shell = m.command_of(Path::new("/bin/sh"), &["-c"]);
        shell.arg("ulimit -f 0; exec \"$0\" \"$@\"").arg(env!("CARGO_BIN_EXE_goward")).args(args);
        ran(shell.output().unwrap(), &m)
    };
    for args in [&["default", "1.22.10"][..], &["install", "1.23.2"]] {
        let ran = limited(args);
        assert_eq!(ran.code, 6, "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("File too large"), "{args:?}: {}", ran.stderr);
    }
    let left = fs::read_dir(m.root("")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().contains(".goward-")));
    // The programs that goward becomes have the signal as the caller has it.
    let becomes = limited(&["exec", "1.22.10", "--", "sh", "-c", "echo x > file; echo alive"]);
    let direct = {
        let mut shell = m.command_of(Path::new("/bin/sh"), &["-c"]);
        shell.arg("ulimit -f 0; exec sh -c 'echo x > file; echo alive'");
        ran(shell.output().unwrap(), &m)
    };
    assert_eq!((becomes.code, becomes.stdout), (direct.code, direct.stdout));
}

//! `goward install` without a version: it installs the toolchain for which this directory's files
//! ask.

use crate::machine::Machine;
use goward_testkit::untested::is_root;
use std::os::unix::fs::chown;

#[test]
fn a_strangers_file_chooses_among_known_digests_and_no_default() {
    if !is_root("a pin of another user") {
        return;
    }
    let m = Machine::new();
    chown(m.path("p"), Some(1000), None).unwrap();
    chown(m.write("p/.go-version", "1.22.10\n"), Some(1000), None).unwrap();
    let ran = m.run(&["install"]);
    assert_eq!(ran.code, 5, "only the mirror vouches for it: {}", ran.stderr);
    let hint = "hint: @/p/.go-version:1 is another user's; if you want it all the same: goward install 1.22.10";
    assert!(ran.stderr.contains(hint), "{}", ran.stderr);
    assert!(!m.root("toolchains/go1.22.10").exists() && !m.root("default").exists());
    // A typed version is the caller's own wish.
    m.ok(&["install", "1.22.10"]);
    assert!(m.root("default").exists());
}

#[test]
fn the_callers_own_file_chooses_what_any_mirror_has() {
    let m = Machine::new();
    m.write("p/.go-version", "1.22.10\n");
    m.ok(&["install"]);
    assert!(m.root("toolchains/go1.22.10").exists() && m.root("default").exists());
}

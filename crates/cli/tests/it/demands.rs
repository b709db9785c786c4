//! `--verify` and `--sha256` hold for a toolchain that is installed already, too.

use crate::life::tree;
use crate::machine::{Machine, RELEASES};
use std::fs;

#[test]
fn an_installed_toolchain_needs_the_witness_that_is_demanded() {
    let m = Machine::new();
    tree(&m, "t", "1.22.5");
    m.ok(&["install", "--verify", "none", &m.path("t").display().to_string()]);
    for (least, code) in [("t0", 5), ("t1", 5), ("t2", 5), ("t3", 5), ("none", 0)] {
        for further in [&[][..], &["-n"]] {
            let mut args = vec!["install", "--verify", least, "1.22.5"];
            args.extend(further);
            let ran = m.run(&args);
            assert_eq!(ran.code, code, "{args:?}: {}", ran.stderr);
            let says = "goward: error: go1.22.5 is installed already, vouched for by only the user";
            assert_eq!(ran.stderr.contains(says), code == 5, "{args:?}: {}", ran.stderr);
            assert_eq!(ran.stderr.contains("goward repair"), code == 5, "{args:?}: {}", ran.stderr);
        }
    }
    // By the mirror's own word.
    m.ok(&["install", "1.22.10"]);
    m.ok(&["install", "--verify", "t3", "1.22.10"]);
    let ran = m.run(&["install", "--verify", "t2", "1.22.10"]);
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: fetch it anew with: goward repair --force go1.22.10\n"));
    m.write("p/.go-version", "1.22.10\n");
    assert_eq!(m.run(&["install", "--verify", "t2"]).code, 5, "what this directory asks for");
    m.ok(&["install", "--verify", "t3"]);
    // No receipt tells of a witness.
    fs::remove_file(m.root("state/receipts/go1.22.10.json")).unwrap();
    assert_eq!(m.run(&["install", "--verify", "t3", "1.22.10"]).code, 5);
    m.ok(&["install", "1.22.10"]);
}

#[test]
fn an_installed_toolchain_needs_the_digest_that_is_given() {
    assert!(RELEASES.contains(&"1.22.10"));
    let m = Machine::new();
    let archive = goward_testkit::release::archive("1.22.10");
    fs::copy(m.path("mirror").join(&archive), m.path("p").join(&archive)).unwrap();
    let digest = goward_testkit::release::sha256(&fs::read(m.path("p").join(&archive)).unwrap());
    let path = format!("./{archive}");
    let install = |digest: &str| m.run(&["install", "--sha256", digest, &path]);
    assert_eq!(install(&digest).code, 0);
    assert_eq!(install(&digest).code, 0, "again");
    let ran = install(&"0".repeat(64));
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    let says =
        format!("go1.22.10 is installed already, from an archive with the SHA-256 {digest}, not 0");
    assert!(ran.stderr.contains(&says), "{}", ran.stderr);
}

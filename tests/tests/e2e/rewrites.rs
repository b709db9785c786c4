//! `goward` rewrites a file that others may not read: the new one is closed to them from the start.
#![cfg(target_os = "linux")]

use goward_testkit::untested::strace;
use goward_tests::sandbox::Sandbox;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

#[test]
fn a_private_file_is_private_while_it_is_written() {
    let Some(strace) = strace("how files are made anew") else { return };
    let sandbox = Sandbox::with("rewrites", &["1.22.10"]);
    let project = sandbox.project("p");
    let (goenv, log) = (project.join(".goenv"), sandbox.dir().join("log"));
    sandbox.write(&goenv, "GOPRIVATE=secret.example.com\n");
    fs::set_permissions(&goenv, Permissions::from_mode(0o640)).expect("a private file");
    let log_name = log.to_str().expect("ASCII");
    let options = ["-f", "-qq", "-e", "trace=openat,fchmod,rename,renameat", "-o", log_name];
    let used = sandbox.goward(&["use", "1.22.10", "--goenv"]).dir(&project);
    used.env("PWD", &project)
        .under(&strace, options)
        .run()
        .code(1)
        .says("GOPRIVATE needs your trust");
    let text = fs::read_to_string(&log).expect("strace wrote its log");
    let is_new = |line: &&str| line.contains("O_CREAT") && line.contains(".goenv.goward-");
    let made: Vec<&str> = text.lines().filter(is_new).collect();
    assert!(made.len() == 1 && made[0].contains(", 0600)"), "{made:?} {text}");
    let mode = fs::metadata(&goenv).expect("it is still there").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

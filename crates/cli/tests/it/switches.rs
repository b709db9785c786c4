//! Switches of the environment whose values mean nothing, and a `go` on PATH that is not goward's.

use crate::machine::{Machine, script};

const SWITCHES: [(&str, &str); 4] = [
    ("GOWARD_OFFLINE", "1 or 0"),
    ("GOWARD_QUIET", "1 or 0"),
    ("GOWARD_AUTO_INSTALL", "always or never"),
    ("GOWARD_GO_LINE", "minor or minimum"),
];

#[test]
fn a_switch_that_means_nothing_is_named_with_its_values() {
    for (key, values) in SWITCHES {
        let m = Machine::set_up();
        m.ok(&["install", "1.22.10"]);
        let m = m.with(key, "yes");
        for args in [&["list"][..], &["version"], &["trust", "--list"]] {
            let ran = m.run(args);
            let says = format!(
                "goward: warning: {key}=yes in the environment means nothing; write {values}\n"
            );
            let says = says.replace("=yes", "=\"yes\"");
            assert!(ran.code == 0 && ran.stderr.ends_with(&says), "{key} {args:?}: {}", ran.stderr);
            assert_eq!(ran.stderr.matches(key).count(), 1, "{}", ran.stderr);
            assert_eq!(m.run(&[&["-q"], args].concat()).stderr.matches(key).count(), 0);
        }
        for value in ["", values.split(' ').next().unwrap(), values.split(' ').nth(2).unwrap()] {
            let m = Machine::set_up().with(key, value);
            assert!(!m.run(&["version"]).stderr.contains(key), "{key}={value}");
        }
    }
}

#[test]
fn quiet_is_on_or_off_as_offline_is() {
    let notes = |value: &str| {
        let m = Machine::set_up().with("GOWARD_QUIET", value);
        let ran = m.run(&["install", "1.22.10"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stderr.contains("go1.22.10 is the default now")
    };
    for (value, quiet) in
        [("1", true), ("true", true), ("0", false), ("false", false), ("", false), ("yes", false)]
    {
        assert_eq!(notes(value), !quiet, "{value:?}");
    }
}

#[test]
fn a_command_that_needs_the_switch_fails_by_it_in_the_same_words() {
    let m = Machine::new().with("GOWARD_OFFLINE", "yes");
    for args in [&["install", "1.22"][..], &["list", "--remote"], &["outdated"], &["use", "1.22"]] {
        m.write("p/.go-version", "1.22.9\n");
        let ran = m.run(args);
        let says = "goward: error: GOWARD_OFFLINE=\"yes\" in the environment\nhint: write 1 or 0\n";
        assert_eq!((ran.code, ran.stderr.as_str()), (2, says), "{args:?}");
        assert!(!m.root("toolchains").exists());
    }
    // What the shim says where it misses a toolchain.
    let ran = m.run(&["current"]);
    let says = "goward: error: GOWARD_OFFLINE=\"yes\" in the environment\nhint: write 1 or 0\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (2, says));
    // The flag outranks the variable.
    let ran = m.run(&["--offline", "version"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn use_and_default_name_another_go_that_comes_first() {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10"]);
    for args in
        [&["use", "1.22.10"][..], &["default", "1.22.10"], &["default"], &["use", "1.22.10", "-n"]]
    {
        let said = m.run(args).stderr;
        assert!(!said.contains("typing `go`"), "{args:?}: {said}");
    }
    script(&m.path("other/go"), "echo other");
    let (other, shims) = (m.path("other"), m.root("shims"));
    let m = m.with("PATH", &format!("{}:{}", other.display(), shims.display()));
    for args in
        [&["use", "1.22.10"][..], &["default", "1.22.10"], &["default"], &["use", "1.22.10", "-n"]]
    {
        let ran = m.run(args);
        let says = "goward: warning: typing `go` here runs @/other/go, not goward: @/other comes before \
                    ~/.goward/shims on PATH; to put goward first, run: goward setup\n";
        assert_eq!(
            (ran.code, ran.stderr.matches(says).count()),
            (0, 1),
            "{args:?}: {}",
            ran.stderr
        );
    }
}

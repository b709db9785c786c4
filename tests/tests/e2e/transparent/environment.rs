//! The environment: every entry, in its order, in any form.

use super::start::{End, Stage, Start};

/// Entries that no library would make, and every program may meet.
const ODD: [&[u8]; 11] = [
    b"",
    b"=",
    b"=x",
    b"=C:=C:\\",
    b"NO_SIGN",
    b"\xff\xfe=\xff",
    b"LINES=a\nb\n",
    b"TWICE=1",
    b"TWICE=2",
    b"EMPTY=",
    b"TWICE=1",
];

fn entries(end: &End) -> Vec<&str> {
    end.lines("env").collect()
}

#[test]
fn odd_entries_pass() {
    let stage = Stage::new("odd");
    let start = ODD.iter().fold(stage.start(), Start::entry);
    let end = stage.same(&start);
    assert_eq!(entries(&end).len(), stage.sandbox.env().len() + ODD.len() + 1, "{end}");
    end.tells("env NO_SIGN").tells("env \\xff\\xfe=\\xff");
}

#[test]
fn an_empty_environment_passes() {
    let stage = Stage::new("empty");
    stage.module_decides();
    let bare = stage
        .sandbox
        .env()
        .iter()
        .fold(stage.start(), |start, (key, _)| start.unset(key.to_str().expect("ASCII")));
    let end = stage.same(&bare);
    assert_eq!(entries(&end).len(), 1, "the name of the state file alone\n{end}");
}

#[test]
fn ten_thousand_variables_pass() {
    let stage = Stage::new("many");
    let value = "v".repeat(150);
    let start = (0..10_000).fold(stage.start(), |start, n| start.entry(format!("V{n}={value}")));
    assert!(entries(&stage.same(&start)).len() > 10_000);
}

/// The first of two equal names counts, for Go as for the shim; both pass.
#[test]
fn the_first_of_two_equal_names_counts() {
    let stage = Stage::new("twice");
    stage.add_toolchain("1.23.2");
    for key in ["GOTOOLCHAIN=go", "GOWARD_VERSION="] {
        let start = stage.start().entry(format!("{key}1.22.10")).entry(format!("{key}1.23.2"));
        let end = start.run(&stage, &stage.sandbox.shim());
        assert_eq!(end.lines("exe").collect::<Vec<_>>(), [stage.real().to_str().unwrap()], "{end}");
    }
    let twice = stage.start().entry("GOTOOLCHAIN=go1.22.10").entry("GOTOOLCHAIN=go1.23.2");
    stage.same(&twice);
}

/// A pin adds variables of its own; every other variable stays in its place.
#[test]
fn only_the_additions_of_a_pin_differ() {
    let stage = Stage::new("pin");
    stage.sandbox.write(stage.project.join(".go-version"), "1.22.10\n");
    stage.sandbox.write(stage.project.join(".goenv"), "GOFLAGS=-v\n");
    let start = ODD.iter().fold(stage.start(), Start::entry).entry("GOTOOLCHAIN=");
    let start = start.entry("GOTOOLCHAIN_=x").entry("GOFLAGSX=x").entry("GOFLAGS");
    let ours = start.run(&stage, &stage.sandbox.shim());
    let bare = start.run(&stage, &stage.real());
    let (all, before) = (entries(&ours), entries(&bare));
    let (kept, added): (Vec<&str>, Vec<&str>) =
        all.iter().partition(|entry| before.contains(entry));
    let mut before = before;
    before.retain(|entry| *entry != "GOTOOLCHAIN=");
    assert_eq!(kept, before, "{ours}\n{bare}");
    assert_eq!(added.len(), 3, "two variables and one marker\n{ours}");
    ours.tells("env GOTOOLCHAIN=local").tells("env GOFLAGS=-v");
    let rest = |end: &End| {
        let lines = end.state.lines().filter(|line| !line.starts_with("env "));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(rest(&ours), rest(&bare), "{ours}\n{bare}");
}

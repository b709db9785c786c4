//! Files that look as if they chose a Go, and do not: `explain` names them.

use crate::machine::Machine;
use std::fs;
use std::os::unix::fs::symlink;

/// A clone may lead its files to the user's own.
#[test]
fn lines_of_linked_files_that_do_not_count_are_not_shown() {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10"]);
    m.write("home/secret", "GOTOOLCHAIN=tangerine\n");
    m.write("home/more", "golang 1.21.13 tangerine\n");
    m.write("p/.go-version", "1.22.10\n");
    symlink("../home/secret", m.path("p/Makefile")).unwrap();
    symlink("../home/more", m.path("p/.tool-versions")).unwrap();
    for args in [&["explain"][..], &["explain", "--json"]] {
        let said = m.ok(args);
        assert!(!said.contains("tangerine"), "{said}");
        assert!(said.contains("Makefile") && said.contains("(not shown)"), "{said}");
    }
    let said = m.run(&["use", "1.22.10"]);
    assert!(
        !said.stderr.contains("tangerine") && !said.stderr.contains("1.21.13"),
        "{}",
        said.stderr
    );
}

/// In a recipe the first `goward explain` names the line that sets the variable.
#[test]
fn below_make_the_makefile_is_named() {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10"]);
    let goward = env!("CARGO_BIN_EXE_goward");
    m.write(
        "p/Makefile",
        &format!("export GOTOOLCHAIN = local\nwhy:\n\t@{goward} explain --json\n"),
    );
    let Some(make) = goward_testkit::start::find("make") else {
        use goward_testkit::untested::{Lack, not_tested};
        return not_tested("goward explain below make", Lack::Program, "it is not installed");
    };
    let made = m.command_of(&make, &["why"]).output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    let by = &json["set_by_make"];
    assert_eq!((&by["variable"], &by["line"]["line"]), (&"GOTOOLCHAIN".into(), &1.into()), "{by}");
    assert_eq!(by["line"]["says"], "export GOTOOLCHAIN = local");
    if cfg!(target_os = "linux") {
        assert_eq!(by["process"], "make");
    }
    let outside = m.json(&["explain"]);
    assert!(outside["set_by_make"].is_null() && outside["seen"][0]["line"] == 1, "{outside}");
}

/// A recipe's line sets the variable for itself alone.
#[test]
fn below_make_the_line_that_runs_goward_goes_first() {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10"]);
    let below = m.with("MAKELEVEL", "1").with("GOTOOLCHAIN", "local");
    let build = "\tGOTOOLCHAIN=local go build\n";
    for (makefile, line) in [
        (format!("all:\n{build}why:\n\tGOTOOLCHAIN=local goward explain\n"), Some(4)),
        (format!("all:\n{build}why: export GOTOOLCHAIN = local\nwhy:\n\tx\n"), Some(3)),
        (format!("all:\n{build}"), Some(2)),
        // Either may have started the script that runs goward.
        (format!("all:\n{build}{build}"), None),
    ] {
        below.write("p/Makefile", &makefile);
        let by = below.json(&["explain"])["set_by_make"].clone();
        assert_eq!(by["line"]["line"].as_u64(), line, "{makefile}: {by}");
    }
}

/// JSON knows no such names, and shows what it can of them.
#[test]
fn a_directory_with_any_name_is_explained_in_json() {
    use std::os::unix::ffi::OsStrExt as _;
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10"]);
    let dir = m.path("p").join(std::ffi::OsStr::from_bytes(b"caf\xe9"));
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("mise.toml"), "[tools]\ngo = '1.21'\n").unwrap();
    let mut command = m.command(&["explain", "--json"]);
    let ran = command.current_dir(&dir).env_remove("PWD").output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
    let json: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(json["seen"][0]["line"], 2);
}

/// A key of another table has the same name.
#[test]
fn only_the_table_of_tools_counts() {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10"]);
    m.write("p/mise.toml", "[settings]\ngo = 'x'\n\n[tools]\ngo = '1.21'\n");
    m.write("p/.prototools", "node = '20'\ngo = '1.23'\n\n[settings]\ngo = 'x'\n");
    m.write("p/.mise.toml", "[env]\ngo = 'x'\n");
    let json = m.json(&["explain"]);
    let seen = json["seen"].as_array().unwrap();
    let seen: Vec<_> =
        seen.iter().map(|row| (row["line"].as_u64(), row["says"].as_str())).collect();
    assert_eq!(seen, [(Some(5), Some("go = '1.21'")), (Some(2), Some("go = '1.23'"))]);
}

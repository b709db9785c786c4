//! The answers of `explain` about a directory.

use crate::machine::{Machine, mended};
use goward_testkit::untested::is_root;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

fn level(json: &Value, level: u64) -> &Value {
    json["levels"].as_array().unwrap().iter().find(|row| row["level"] == level).unwrap()
}

#[test]
fn explain_shows_every_level() {
    let m = Machine::set_up();
    m.ok(&["install", "1.21.13", "1.22.10", "1.23.2"]);
    m.write("p/.go-version", "1.22.10\n1.21.13\n");
    m.write("p/go.mod", "module m\ngo 1.23\n");
    assert_eq!(
        m.ok(&["explain"]),
        "In @/p, `go build` runs go1.22.10\n\
         Go will refuse here, because go.mod:2 needs Go 1.23 or later\n\
         \n  \
           picked by  .go-version:1         1.22.10\n  \
           against    go.mod:2              go >= 1.23\n  \
           fix        goward use 1.23       changes .go-version\n  \
           or         go mod edit -go=1.22  changes go.mod\n\
         \n  \
           program    ~/.goward/toolchains/go1.22.10/bin/go\n  \
           also       go.mod:2             go >= 1.23; the pin outranks it, and is older\n             \
                      ~/.goward/default:1  1.21.13; not needed\n             \
                      newest               go1.23.2; not needed\n  \
           silent     command line, environment, .goenv, go/env file, system\n  \
           go gets    GOTOOLCHAIN=local\n  \
           PATH       ~/.goward/shims/go   goward's shim is first\n\
         \n  \
           note       1.22 has reached its end of life: Go mends MENDED\n  \
           note       .go-version:2 has no effect: one version counts, the first\n"
            .replace("MENDED", &mended())
    );
    let all = m.ok(&["-v", "explain"]);
    for row in [
        "  command line  -           no +VERSION\n",
        "  .go-version   1.22.10     .go-version:1: decides\n",
        "  go.mod        go >= 1.23  go.mod:2: the pin outranks it, and is older\n",
    ] {
        assert!(all.contains(row), "{all}");
    }
    let json = m.json(&["explain"]);
    assert_eq!(level(&json, 5)["status"], "won");
    assert_eq!(level(&json, 6)["status"], "outranked");
    assert_eq!(level(&json, 7)["status"], "not-reached");
    assert_eq!(json["decided"]["level"], 5);
    assert_eq!(json["runs"]["toolchain"], "go1.22.10");
    assert_eq!(json["end_of_life"]["minor"], "1.22");
    assert_eq!(json["end_of_life"]["ended_by"], "1.24");
    let changed = json["environment"].as_array().unwrap();
    assert!(changed.iter().any(|c| c["name"] == "GOTOOLCHAIN" && c["value"] == "local"));
}

#[test]
fn explain_tells_the_layers_of_gotoolchain_apart() {
    let m = Machine::set_up().with("GOTOOLCHAIN", "go1.21.13+auto");
    m.ok(&["install", "1.21.13", "1.22.10"]);
    m.write("p/.goenv", "GOTOOLCHAIN=go1.23.2\n");
    m.write("p/go.mod", "module m\ngo 1.22\n");
    let json = m.json(&["explain"]);
    assert_eq!(level(&json, 2)["reason"], "asks for no more than @/p/go.mod:2");
    assert_eq!(
        level(&json, 3)["reason"],
        "GOTOOLCHAIN is set by GOTOOLCHAIN in the environment already"
    );
    assert_eq!(level(&json, 6)["status"], "won");
    let m = m.with("GOTOOLCHAIN", "local");
    let json = m.json(&["explain"]);
    assert_eq!(level(&json, 2)["status"], "silent");
    assert_eq!(level(&json, 6)["status"], "off");
    let remark = json["remarks"][0].as_str().unwrap();
    assert!(remark.ends_with("switches the module file and implicit downloads off"), "{remark}");
    let m = m.with("GOTOOLCHAIN", "1.22.10");
    let json = m.json(&["explain"]);
    assert_eq!(level(&json, 2)["status"], "refused");
    assert!(
        json["error"].as_str().unwrap().contains("write GOTOOLCHAIN=go1.22.10")
            && json["runs"].is_null()
    );
}

/// Why a file is refused need not begin with its name, and another file's reason may.
#[cfg(unix)]
#[test]
fn explain_refuses_a_file_at_its_own_level() {
    let m = Machine::set_up();
    std::os::unix::fs::symlink(".goenv", m.path("p/.goenv")).unwrap();
    let json = m.json(&["explain"]);
    assert_eq!(level(&json, 3)["status"], "refused");
    assert!(level(&json, 3)["reason"].as_str().unwrap().contains("leads back to itself"));
    assert_eq!(level(&json, 4)["status"], "absent");

    let m = Machine::set_up();
    let file = m.write("home/long.env", &"#".repeat(70_000));
    let m = m.with("GOENV", file.to_str().unwrap());
    m.write("p/.goenv", "GOFLAGS=-v\n");
    let json = m.json(&["explain"]);
    assert_eq!(
        (&level(&json, 3)["status"], &level(&json, 4)["status"]),
        (&"absent".into(), &"refused".into())
    );
}

#[test]
fn explain_looks_from_elsewhere_and_at_arguments() {
    let m = Machine::set_up();
    m.ok(&["install", "1.21.13", "1.22.10"]);
    m.write("other/.go-version", "1.22.10\n");
    m.write("other/go.mod", "module m\ngo 1.23\n");
    let text = m.ok(&["explain", "../other"]);
    assert!(
        text.starts_with("In @/other, `go build` runs go1.22.10\nGo will refuse here"),
        "{text}"
    );
    let text = m.ok(&["explain", "--", "+1.21", "vet"]);
    assert!(
        text.starts_with(
            "In @/p, `go +1.21 vet` runs go1.21.13\n\n  picked by  command line  +1.21\n"
        ),
        "{text}"
    );
    m.write("p/.go-version", "1.23.2\n");
    let text = m.ok(&["explain"]);
    assert!(text.starts_with(
        "In @/p, `go build` installs Go 1.23.2 and runs it\n\n  picked by  .go-version:1  1.23.2\n"
    ));
    assert_eq!(m.json(&["explain"])["installs"]["selector"], "1.23.2");
}

#[test]
fn an_untrusted_goenv_is_shown_with_its_key_and_the_command() {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10"]);
    let file = m.write("p/.goenv", "GOOS=linux\nCC=./evil\n");
    let text = m.ok(&["explain"]);
    assert!(
        text.contains(
            "runs nothing: .goenv:2: CC needs your trust\n\n  \
             fix     read the file, then run: goward trust .goenv\n"
        ),
        "{text}"
    );
    assert_eq!(m.json(&["trust", "--diff"])["status"], "untrusted");
    assert_eq!(
        m.ok(&["trust"]),
        "@/p/.goenv is trusted as it is, which lets it set:\n  CC=./evil (line 2)\n"
    );
    let record = m.root("trust").join(file.strip_prefix("/").unwrap());
    assert_eq!(fs::read(&record).unwrap(), fs::read(&file).unwrap());
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(m.root("trust")), mode(record.clone())), (0o700, 0o600));
    assert_eq!(m.ok(&["current"]), "go1.22.10 (~/.goward/default:1)\n");
    assert_eq!(m.ok(&["trust", "--list"]), "trusted   @/p/.goenv\n");
    m.write("p/.goenv", "GOOS=linux\nCC=./worse\n");
    assert_eq!(m.run(&["current"]).code, 1);
    assert_eq!(m.ok(&["trust", "--diff"]), " GOOS=linux\n-CC=./evil\n+CC=./worse\n");
    assert_eq!(m.ok(&["trust", "--list"]), "changed   @/p/.goenv\n");
    let dry = m.ok(&["trust", "--revoke", "-n"]);
    assert_eq!(dry, "would remove ~/.goward/trust@/p/.goenv\n", "the path is mirrored");
    m.ok(&["trust", "--revoke"]);
    assert!(!record.exists());
    assert_eq!(m.run(&["trust", "--revoke"]).code, 3);
    m.write("p/.goenv", "GOOS=linux\n");
    assert!(m.ok(&["trust"]).contains("needs no trust"));
    m.write("p/.goenv", "PATH=/x\n");
    assert_eq!(m.run(&["trust"]).code, 1, "no trust reaches that far");
}

#[test]
fn a_directory_means_the_goenv_in_it() {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10"]);
    m.write("p/.goenv", "CC=./cc\n");
    m.write("q/x", "");
    let ran = m.run(&["trust", "../q"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "none above stands in for it");
    assert_eq!(ran.stderr, "goward: error: there is no file @/p/../q/.goenv\n");
    assert!(m.ok(&["trust", "."]).starts_with("@/p/.goenv is trusted as it is"));
    assert_eq!(m.json(&["trust", "--diff", "../p"])["status"], "trusted");
    m.ok(&["trust", "--revoke", "."]);
    assert_eq!(m.json(&["trust", "--diff", "."])["status"], "untrusted");
}

#[test]
fn a_file_of_another_user_is_not_trusted() {
    let m = Machine::set_up();
    let file = m.write("p/.goenv", "CC=./evil\n");
    if !is_root("a .goenv of another user") {
        return;
    }
    std::os::unix::fs::chown(&file, Some(12345), None).unwrap();
    let ran = m.run(&["trust"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.starts_with("goward: error: @/p/.goenv belongs to another user"));
    assert!(!m.root("trust").exists());
}

#[test]
fn explain_says_where_a_level_is_passed_over() {
    let m = Machine::set_up().with("GOWARD_AUTO_INSTALL", "never");
    m.ok(&["install", "1.22.10"]);
    m.write("p/go.mod", "module m\ngo 1.19\n");
    let json = m.json(&["explain"]);
    assert_eq!(
        (&level(&json, 6)["status"], &level(&json, 7)["status"]),
        (&"silent".into(), &"won".into())
    );
    m.write("p/go.mod", "module m\ngo 1.28\n");
    let json = m.json(&["explain"]);
    assert_eq!(level(&json, 6)["reason"], "decides, but nothing that is here meets it");
    m.write("p/.go-version", "nonsense!\n");
    let m = m.with("GOWARD_VERSION", "1.22");
    let json = m.json(&["explain"]);
    assert_eq!(level(&json, 2)["status"], "won");
    let reason = level(&json, 5)["reason"].as_str().unwrap();
    assert!(
        reason.starts_with(
            "not asked: the environment decides; else: @/p/.go-version:1: not a Go version"
        ),
        "{reason}"
    );
}

fn remarks(json: &Value) -> String {
    let all = json["remarks"].as_array().unwrap().iter().map(|remark| remark.as_str().unwrap());
    all.collect::<Vec<_>>().join("\n")
}

#[test]
fn explain_says_what_meets_a_go_line() {
    let m = Machine::set_up().with("GOWARD_AUTO_INSTALL", "never");
    m.ok(&["install", "1.22.10", "1.23.2"]);
    for (go_mod, default, runs, six, says) in [
        (
            "go 1.21",
            "1.22.10",
            "go1.22.10",
            "a minimum, which the default meets",
            "@/p/go.mod:1 states a minimum, go >= 1.21, which the default \
             (@/home/.goward/default:1) meets; for its own minor run: go +1.21, or set \
             GOWARD_GO_LINE=minor",
        ),
        (
            "go 1.23",
            "1.22.10",
            "go1.23.2",
            "decides",
            "which what runs without it does not meet: the newest installed release of its minor \
             runs; to change that, run: goward default 1.23.2",
        ),
        (
            "go 1.21\ngodebug default=go1.21",
            "1.22.10",
            "go1.23.2",
            "decides",
            "@/p/go.mod:2: Go reads the directive `godebug` from 1.23 on",
        ),
        (
            "go 1.21\ntoolchain go1.22.3",
            "1.23.2",
            "go1.22.10",
            "decides",
            "a later release of its minor is installed, and runs",
        ),
        (
            "go 1.21\ntoolchain go1.21.3",
            "1.23.2",
            "go1.22.10",
            "decides",
            "so the nearest later release runs; to have it, run: goward install 1.21.3",
        ),
        (
            "go 1.20",
            "1.22.10",
            "go1.22.10",
            "@/p/go.mod:1: go 1.20 is older than 1.21, and every later Go builds that",
            "",
        ),
    ] {
        m.ok(&["default", default]);
        m.write("p/go.mod", go_mod);
        let (text, json) = (m.ok(&["explain"]), m.json(&["explain"]));
        assert!(text.starts_with(&format!("In @/p, `go build` runs {runs}\n")), "{go_mod}: {text}");
        assert_eq!(level(&json, 6)["reason"], six, "{go_mod}");
        assert!(remarks(&json).contains(says), "{go_mod}: {}", remarks(&json));
    }
}

#[test]
fn a_pin_below_a_toolchain_line_is_no_conflict() {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10", "1.23.2"]);
    m.write("p/go.mod", "go 1.21\ntoolchain go1.23.2\n");
    m.write("p/.go-version", "1.22.10\n");
    let said = remarks(&m.json(&["explain"]));
    assert!(
        said.contains("@/p/.go-version:1 outranks the toolchain line of @/p/go.mod:2"),
        "{said}"
    );
    assert!(said.contains("no conflict"), "{said}");
}

#[test]
fn explain_does_not_say_of_a_default_what_it_is_not() {
    let m = Machine::set_up().with("GOWARD_AUTO_INSTALL", "never").with("GO111MODULE", "off");
    m.ok(&["install", "1.22.10"]);
    for (go_mod, six, says) in [
        ("go 1.23", "a minimum, which the default does not meet", "states a minimum, go >= 1.23,"),
        (
            "toolchain go1.23.2",
            "a wish, which the default does not meet",
            "wishes for go1.23.2 or a later 1.23,",
        ),
    ] {
        m.write("p/go.mod", go_mod);
        let json = m.json(&["explain"]);
        assert_eq!(level(&json, 6)["reason"], format!("{six}, and need not without modules"));
        let says = format!(
            "@/p/go.mod:1 {says} which the default (@/home/.goward/default:1) does not meet"
        );
        assert!(remarks(&json).contains(&says), "{}", remarks(&json));
    }
    // A directive stays a minimum with any GOWARD_GO_LINE.
    let m = m.with("GO111MODULE", "").with("GOWARD_GO_LINE", "minor");
    m.write("p/go.mod", "go 1.21\ntoolchain default\n");
    let said = remarks(&m.json(&["explain"]));
    assert!(said.contains("the directive `toolchain`") && said.contains("meets"), "{said}");
    assert!(!said.contains("GOWARD_GO_LINE"), "{said}");
    // A tree without a `VERSION` file.
    m.ok(&["link", "mine", m.root("toolchains/go1.22.10").to_str().unwrap()]);
    m.ok(&["default", "mine"]);
    fs::remove_file(m.root("toolchains/go1.22.10/VERSION")).unwrap();
    m.write("p/go.mod", "go 1.99\n");
    let json = m.with("GOWARD_GO_LINE", "").json(&["explain"]);
    assert_eq!(level(&json, 6)["reason"], "a minimum, which the default may meet");
    assert!(remarks(&json).contains("may meet: Go judges for itself"), "{}", remarks(&json));
}

#[test]
fn explain_says_what_the_policy_forbids_and_raises() {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10"]);
    m.write("home/.goward/config.toml", "[policy]\nminimum = \"1.23\"\n");
    m.write("p/.go-version", "1.21.13\n");
    let (text, json) = (m.ok(&["explain"]), m.json(&["explain"]));
    assert!(
        text.starts_with("In @/p, `go build` runs nothing: .go-version:1: Go 1.21.13 is"),
        "{text}"
    );
    assert!(json["runs"].is_null() && json["installs"].is_null(), "{json}");
    let error = json["error"].as_str().unwrap();
    assert!(error.starts_with("@/p/.go-version:1: Go 1.21.13 is below the least"), "{error}");
    assert!(error.contains("config.toml"), "{error}");
    fs::remove_file(m.path("p/.go-version")).unwrap();
    m.write("p/go.mod", "go 1.21\ntoolchain go1.21.13\n");
    m.ok(&["uninstall", "1.22.10", "--force"]);
    fs::remove_file(m.root("default")).unwrap();
    let json = m.json(&["explain"]);
    assert_eq!(json["installs"]["selector"], "1.23");
    assert!(remarks(&json).contains("is raised to 1.23 by"), "{}", remarks(&json));
    let m = m.with("GOWARD_MINIMUM", "1.24");
    let json = m.json(&["explain"]);
    assert_eq!(
        (&json["installs"]["selector"], &json["installs"]["at_least"]),
        (&"1.24".into(), &"1.24".into())
    );
    assert!(remarks(&json).contains("raised to 1.24 by GOWARD_MINIMUM=1.24"), "{}", remarks(&json));
    m.write("p/.go-version", "<1.23\n");
    assert!(m.json(&["explain"])["error"].as_str().unwrap().contains("GOWARD_MINIMUM=1.24"));
}

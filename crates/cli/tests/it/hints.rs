//! A hint helps in the place in which goward gives it, and a variable that makes no sense is a
//! wrong use.

use crate::machine::{Machine, ran};
use crate::strangers::bounded;
use goward_testkit::files::Server;
use std::os::unix::fs::chown;

/// A hint names a release that there is, or the command that finds out.
#[test]
fn hints_name_releases_that_there_are() {
    let m = Machine::set_up();
    let server = Server::start(&m.path("mirror"));
    let m = m.with("GOWARD_MIRROR", &server.url());
    m.ok(&["install", "1.22.10"]);
    let m = m.with("GOWARD_AUTO_INSTALL", "never");
    m.write("p/.go-version", "1.22.99\n");
    let hint = "goward use 1.22.10 (there is no Go 1.22.99)\n";
    let ran = m.run(&["current"]);
    assert!(ran.stderr.contains(hint), "{}", ran.stderr);
    let page = m.ok(&["explain"]);
    assert!(page.contains(&format!("fix        {hint}")), "{page}");
    assert!(m.run(&["which"]).stderr.contains(hint));
    m.write("p/.go-version", "1.22.10\n");
    m.write("p/go.mod", "module m\n\ngo 1.97\n");
    let page = m.ok(&["explain"]);
    let asks = "goward list --remote 1.97 --refresh";
    assert!(page.contains(&format!("fix        {asks}")), "{page}");
    assert!(!page.contains("goward use 1.97"), "{page}");
    assert_eq!(m.json(&["explain"])["cures"][0]["command"], asks);
    // Another Go could be installed for it, if there is one.
    m.write("p/go.mod", "module m\n\ngo 1.23\n");
    assert!(m.ok(&["explain"]).contains("fix        goward use 1.23 "));
}

#[test]
fn a_variable_that_makes_no_sense_is_a_wrong_use() {
    let m = Machine::new();
    m.write("p/.go-version", "1.22.10\n");
    m.ok(&["install", "1.22.10"]);
    for (key, value, commands) in [
        ("GOWARD_MINIMUM", "latest", &["current", "which"][..]),
        ("GOWARD_TRUSTED_PATHS", "here", &["current", "which", "list", "explain"]),
        ("GOWARD_TRUSTED_PATHS", "/..", &["current", "which", "list", "explain"]),
        ("GOWARD_ROOT", "here", &["current", "which", "list", "explain"]),
        ("GOWARD_SYSTEM_ROOT", "here", &["current", "which", "list", "explain"]),
        ("GOTOOLCHAIN", "1.22", &["current", "which"]),
        ("GOWARD_VERSION", "1..2", &["current", "which"]),
        ("GOWARD_VERSION", "oldstable", &["current", "which"]),
    ] {
        for command in commands {
            let ran = ran(m.command(&[command]).env(key, value).output().unwrap(), &m);
            assert_eq!(ran.code, 2, "{key}={value} goward {command}: {}", ran.stderr);
            assert!(ran.stderr.contains(value), "{}", ran.stderr);
        }
    }
    // Only a miss asks these.
    m.write("p/.go-version", "1.22.9\n");
    for key in ["GOWARD_OFFLINE", "GOWARD_AUTO_INSTALL"] {
        let ran = ran(m.command(&["current"]).env(key, "perhaps").output().unwrap(), &m);
        assert_eq!(ran.code, 2, "{key}: {}", ran.stderr);
    }
    // A mistake in a file is no wrong use.
    m.write("p/.go-version", "1..2\n");
    assert_eq!(m.run(&["current"]).code, 1);
    m.write("p/.goenv", "GOTOOLCHAIN=1.22\n");
    assert_eq!(m.run(&["current"]).code, 1);
}

#[test]
fn a_refusal_says_what_to_do() {
    let m = Machine::new();
    let tree = m.path("p").display().to_string();
    for (args, code, hint) in [
        (
            &["use", "mine"][..],
            2,
            "a linked tree is for you alone: go +mine, or GOWARD_VERSION=mine in",
        ),
        (&["use", "tip"], 2, "build a checkout with: goward install --source DIR --name NAME"),
        (&["default", "tip"], 2, "build a checkout with: goward install --source DIR --name NAME"),
        (
            &["use", "--goenv", "1.22", "--as-given"],
            2,
            "leave out --as-given, and the exact version",
        ),
        (&["use", "oldstable", "--as-given"], 2, "leave out --as-given, and the exact version"),
        (&["use", "system", "--goenv"], 2, "leave out --goenv and --go-mod"),
        (&["link", "x", &tree], 3, "name the directory that holds bin/go"),
    ] {
        let ran = m.run(args);
        assert_eq!(ran.code, code, "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(&format!("\nhint: {hint}")), "{args:?}: {}", ran.stderr);
    }
    // A mirror is named already.
    let m = m.with("GOWARD_MIRROR", "http://127.0.0.1:1/");
    let ran = m.run(&["provide", "1.22.10", "--wanted-by", "me"]);
    assert!(ran.stderr.contains("or name another mirror in GOWARD_MIRROR"), "{}", ran.stderr);
}

#[test]
fn the_minimum_may_be_written_as_go_names_a_release() {
    let m = Machine::new();
    m.write("p/.goenv", "GOTOOLCHAIN=go1.21.13\n");
    let refused = |m: &Machine, args: &[&str]| {
        let ran = m.run(args);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        let hint = "run: goward use \"~1.22.9\" --goenv\n";
        assert!(ran.stderr.contains(hint), "{}", ran.stderr);
    };
    let m = m.with("GOWARD_MINIMUM", "go1.22.9");
    refused(&m, &["current"]);
    refused(&m, &["install"]);
    let m = m.with("GOWARD_MINIMUM", "");
    m.write("home/.goward/config.toml", "[policy]\nminimum = 'go1.22.9'\n");
    refused(&m, &["install"]);
    m.write("p/.goenv", "");
    m.write("p/.go-version", "1.21.13\n");
    let ran = m.run(&["install"]);
    assert!(ran.stderr.contains("run: goward use \"~1.22.9\"\n"), "{}", ran.stderr);
}

/// Below a running Go the shim does not look for the store, so no setting of it is in the way.
#[test]
fn a_running_toolchain_is_told_whatever_leads_to_the_store() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    let tree = m.root("toolchains/go1.22.10");
    let tools = tree.join("pkg/tool/x");
    let keys = ["GOWARD_TRUSTED_PATHS", "GOWARD_ROOT", "GOWARD_SYSTEM_ROOT"];
    for (key, command) in keys.iter().flat_map(|key| [(key, "which"), (key, "explain")]) {
        let mut command = m.command(&[command]);
        command.env("GOROOT", &tree).env("GOTOOLDIR", &tools).env("GOVERSION", "go1.22.10");
        let ran = ran(command.env(key, "here").output().unwrap(), &m);
        assert_eq!(ran.code, 0, "{key}: {}", ran.stderr);
        assert!(ran.stdout.contains("toolchains/go1.22.10/bin/go"), "{}", ran.stdout);
    }
}

/// Below `GOWARD_TRUSTED_PATHS` another user's `.goenv` counts, so there is nothing to do.
#[test]
fn a_file_that_counts_as_trusted_needs_no_trust() {
    let m = Machine::new();
    let goenv = m.write("p/.goenv", "GOFLAGS=-exec=x\n");
    if chown(&goenv, Some(12345), None).is_err() {
        return;
    }
    let ran = m.run(&["trust"]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stderr.contains("belongs to another user"), "{}", ran.stderr);
    let m = m.with("GOWARD_TRUSTED_PATHS", goenv.parent().unwrap().to_str().unwrap());
    let said = m.ok(&["trust"]);
    assert!(said.starts_with("@/p/.goenv counts as trusted already: GOWARD_TRUSTED"), "{said}");
    assert_eq!(m.json(&["trust"])["status"], "trusted");
    assert!(!m.root("trust").exists(), "nothing is recorded");
    let ran = m.run(&["trust", "--revoke"]);
    let says = "@/p/.goenv counts as trusted without a record\n    GOWARD_TRUSTED_PATHS names";
    assert!(ran.code == 3 && ran.stderr.contains(says), "{}", ran.stderr);
}

/// It is the caller's own, and no other user has anything to do with it.
#[test]
fn an_odd_file_of_ones_own_is_no_matter_of_owners() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    let file = m.path("p/.go-version");
    let said = || {
        let ran = ran(bounded(&mut m.command(&["use", "1.22.10"])), &m);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        let hint = "\nhint: move it away, and a file takes its place\n";
        assert!(ran.stderr.ends_with(hint), "{}", ran.stderr);
        assert!(!ran.stderr.contains("GOWARD_TRUSTED_PATHS"), "{}", ran.stderr);
    };
    assert!(goward_testkit::start::tool("mkfifo").arg(&file).status().unwrap().success());
    said();
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    said();
    std::fs::remove_dir(&file).unwrap();
    std::fs::write(&file, "1.21.13\n").unwrap();
    if chown(&file, Some(12345), None).is_ok() {
        let ran = m.run(&["use", "1.22.10"]);
        assert!(ran.stderr.contains("or run this as the user it belongs to"), "{}", ran.stderr);
    }
}

#[test]
fn explain_marks_the_file_that_lacks_trust() {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10"]);
    m.write("home/.config/go/env", "GOFLAGS=-v\n");
    for text in ["GOFLAGS=-exec=x\n", "GOFLAGS=-race\n", "GOTOOLCHAIN=go1.22.10\nGOFLAGS=-race\n"] {
        m.write("p/.goenv", text);
        let said = m.ok(&["explain"]);
        assert!(
            said.split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .contains(" needs your trust fix "),
            "{text}: {said}"
        );
        assert!(said.contains("read the file, then run: goward trust .goenv\n"), "{text}: {said}");
        assert_eq!(m.json(&["explain"])["levels"][2]["status"], "refused");
    }
}

#[test]
fn every_command_has_its_help() {
    let m = Machine::new();
    let all = m.ok(&["help"]);
    assert_eq!(all, m.ok(&["--help"]));
    let mut seen = 0;
    for command in crate::help::listed(&all) {
        if command != "help" {
            assert_eq!(m.ok(&["help", &command]), m.ok(&[&command, "--help"]), "{command}");
            seen += 1;
        }
    }
    assert!(seen > 15, "{all}");
    assert_eq!(m.ok(&["help", "cache", "clean"]), m.ok(&["cache", "clean", "--help"]));
    assert_eq!(m.run(&["help", "frobnicate"]).code, 2);
}

/// A tag is called `v1.22.10`, and no toolchain, unless a tree was linked under that name.
#[test]
fn a_version_in_another_spelling_is_told_how_to_be_written() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    for args in [
        &["use"][..],
        &["use", "--goenv"],
        &["install"],
        &["install", "--source"],
        &["default"],
        &["uninstall"],
        &["list", "--remote"],
        &["verify"],
        &["repair"],
        &["adopt"],
        &["exec"],
    ] {
        let mut args = args.to_vec();
        args.push("v1.22.10");
        if args[0] == "exec" {
            args.extend(["--", "true"]);
        }
        let ran = m.run(&args);
        let says = "goward: error: not a Go version: \"v1.22.10\"\nhint: write 1.22.10\n";
        assert_eq!((ran.code, ran.stderr.as_str()), (2, says), "{args:?}");
    }
    assert!(!m.path("p/.go-version").exists());
    let goroot = m.root("toolchains/go1.22.10");
    m.ok(&["link", "v1.22.10", goroot.to_str().unwrap()]);
    m.ok(&["default", "v1.22.10"]);
    // It can be taken away again, although nothing is there any more.
    std::fs::remove_dir_all(goroot).unwrap();
    m.ok(&["uninstall", "--force", "v1.22.10"]);
    assert_eq!(m.run(&["uninstall", "v1.22.10"]).code, 2);
}

/// The shim says no more where goward fails.
#[test]
fn a_miss_is_told_as_a_whole() {
    let m = Machine::new();
    let provide = |args: &[&str]| {
        let mut all = vec!["provide", "--wanted-by", "/x/go.mod:3"];
        all.extend(args);
        let ran = m.run(&all);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        ran.stderr
    };
    let platform = goward_installer::Platform::host();
    for (args, what) in [
        (&["1.28", "--at-least", "1.28"][..], " matches 1.28"),
        (&["1.28.1", "--at-least", "1.28.1"], " matches 1.28.1"),
        (&["1.28"], " matches 1.28"),
        (&["1.23", "--at-least", "1.23.9"], " of 1.23.9 or later matches 1.23"),
    ] {
        let error = format!(
            "goward: error: Go {}, wanted by /x/go.mod:3, is not installed: no release{what} for \
             {platform} in file://@/mirror/\nhint: `goward list --remote` shows what there is\n",
            args[0]
        );
        assert_eq!(provide(args), error);
    }
}

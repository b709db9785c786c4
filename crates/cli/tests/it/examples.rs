//! Every example of every help text, typed as it stands, on a machine that has what it is about.

use crate::help::listed;
use crate::inspect;
use crate::machine::{Machine, RELEASES, copy, script};
use goward_testkit::release;
use goward_testkit::start::{self, tool};
use std::os::unix::fs::symlink;
use std::path::Path;

/// Examples that this machine cannot run: the beginning of each, and the reason.
const NOT_HERE: [(&str, &str); 23] = [
    ("goward adopt 1.22.10", "asks Go's checksum database"),
    ("goward install --from proxy", "asks the public proxies"),
    ("goward install --from 'https://x.example/", "a server that does not exist"),
    ("goward install --source", "builds Go: tests/source-build does it"),
    ("goward self update", "a release, with the keys of releases: tests/ship"),
    ("goward cache verify -- go", "asks real Go: tests/caches"),
    ("goward cache record", "asks real Go: e2e::buildcache"),
    ("goward cache diff", "the same"),
    ("goward check --deep", "asks real Go: e2e::modules::deep"),
    ("goward compat", "asks real Go: e2e::compat"),
    ("goward use \"$(goward compat", "the same"),
    ("goward cross  ", "asks real Go: e2e::cross"),
    ("goward cross linux", "the same"),
    ("goward cross --probe", "the same"),
    ("goward cross --dir", "the same"),
    ("goward doctor --network", "asks the servers of Go"),
    ("goward mod  ", "asks real Go: e2e::modules"),
    ("goward mod --all", "the same"),
    ("goward mod --why", "the same"),
    ("goward mod --offline", "the same"),
    ("goward self uninstall --yes", "removes the goward that the next example needs: it::itself"),
    ("goward self uninstall --keep-toolchains", "the same"),
    ("goward self uninstall  ", "asks on a terminal: e2e::printable::terminal"),
];

/// A machine with a project, releases old and new, a linked tree, and a Go of another tool.
fn machine() -> Machine {
    let m = Machine::set_up();
    std::fs::create_dir_all(m.root("bin")).unwrap();
    // A copy takes longer than most examples.
    symlink(env!("CARGO_BIN_EXE_goward"), m.root("bin/goward")).unwrap();
    m.ok(&["install", "1.21.13", "1.22.10"]);
    m.write("p/go.mod", "module m\n\ngo 1.21\n");
    m.write("p/.go-version", "1.22.10\n");
    m.write("p/Makefile", "test:\n\tgo version\n");
    m.write("home/src/other/go.mod", "module o\n\ngo 1.21\n");
    m.write("home/work/go.mod", "module w\n\ngo 1.21\n");
    m.write("other/.goenv", "GOFLAGS=-mod=mod -modfile=x\n");
    for tree in ["DIR", "home/src/go", "home/src/mine"] {
        script(&m.path(&format!("p/{tree}").replace("p/home", "home")).join("bin/go"), "true");
    }
    inspect::put_programs(&m);
    let old = m.path("home/old");
    std::fs::create_dir(&old).unwrap();
    std::fs::write(old.join("a"), release::tar_gz(&release::needed("1.19", "true"))).unwrap();
    let unpack = "tar -xzf a && mv go go1.19 && rm a";
    assert!(tool("sh").args(["-c", unpack]).current_dir(&old).status().unwrap().success());
    let archive = release::archive("1.22.10");
    std::fs::copy(m.path("mirror").join(&archive), m.path("p").join(&archive)).unwrap();
    assert!(RELEASES.contains(&"1.22.10"));
    let path = [m.root("shims"), m.root("bin"), m.path("tools")];
    let path = std::env::join_paths(path).unwrap().into_string().unwrap();
    m.with("PATH", &format!("{path}:/usr/bin:/bin")).with("SHELL", "/bin/bash")
}

/// What has to be done before an example can.
fn prepare(m: &Machine, example: &str) {
    let mine = m.path("home/src/mine").display().to_string();
    if example.contains("mytree") && !example.starts_with("goward link") {
        m.ok(&["link", "mytree", &mine]);
    }
    if example.starts_with("goward trust") {
        m.write("p/.goenv", "GOFLAGS=-modfile=x\n");
    }
    if example.contains("--revoke") {
        m.ok(&["trust", m.path("other/.goenv").to_str().unwrap()]);
    }
    if example.starts_with("goward uninstall 1.21.13") || example.contains("--all 1.21") {
        m.ok(&["default", "1.22.10"]);
    }
    if example.starts_with("goward completions fish >") {
        // The example before it.
        std::fs::create_dir_all(m.path("home/.config/fish/completions")).unwrap();
    }
    if example.starts_with("goward setup") || example.starts_with("goward self") {
        std::fs::remove_file(m.root("bin/goward")).unwrap();
        copy(Path::new(env!("CARGO_BIN_EXE_goward")), &m.root("bin/goward"));
    }
    if example.starts_with("goward check") {
        m.write("p/services/api/go.mod", "module api\n\ngo 1.21\n");
    }
    if example.contains("--staged") || example.starts_with("goward hook") {
        let made = tool("git").args(["init", "-q"]).arg(m.path("p")).status().unwrap();
        assert!(made.success());
    }
    if example.contains("--go-mod") {
        std::fs::remove_file(m.path("p/.go-version")).unwrap();
    }
}

/// The machine of a job of GitLab's that has a plan.
fn planned(m: Machine) -> Machine {
    let checkout = m.path("p").display().to_string();
    let vars = [
        ("GITLAB_CI", "true"),
        ("CI_PIPELINE_SOURCE", "push"),
        ("CI_COMMIT_BRANCH", "main"),
        ("CI_DEFAULT_BRANCH", "main"),
        ("CI_PROJECT_DIR", &checkout),
        ("CI_JOB_ID", "7"),
    ];
    let m = vars.into_iter().fold(m, |m, (key, value)| m.with(key, value));
    m.ok(&["ci", "plan", "--apply"]);
    m
}

/// The examples of all help texts, each without its remark.
fn examples(m: &Machine) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![Vec::<String>::new()];
    while let Some(command) = open.pop() {
        let mut args: Vec<&str> = command.iter().map(String::as_str).collect();
        args.push("--help");
        let help = m.ok(&args);
        for name in listed(&help).into_iter().filter(|name| name != "help") {
            open.push([&command[..], &[name]].concat());
        }
        let Some((_, lines)) = help.split_once("\nExamples:\n") else { continue };
        let lines = lines.lines().take_while(|line| line.starts_with("  "));
        found.extend(lines.map(|line| format!("{}  ", line.trim())));
    }
    found.sort();
    found.dedup();
    found
}

#[test]
fn every_example_of_help_does_what_it_says() {
    let all = examples(&machine().with("COLUMNS", "200"));
    assert!(all.len() > 70, "this test has lost its examples: {all:#?}");
    for (beginning, _) in NOT_HERE {
        let needed = all.iter().any(|example| example.starts_with(beginning));
        assert!(needed, "no example begins with {beginning}");
    }
    let mut failed = Vec::new();
    for example in &all {
        if NOT_HERE.iter().any(|(beginning, _)| example.starts_with(beginning)) {
            continue;
        }
        let needs_plan = ["goward ci mark", "goward ci finish"];
        let m = match needs_plan.iter().any(|command| example.starts_with(command)) {
            true => planned(machine()),
            false => machine(),
        };
        prepare(&m, example);
        let command = example.split("  ").next().unwrap_or_default();
        let mut shell = start::program(find_shell(), m.vars());
        let ran = shell.args(["-c", command]).current_dir(m.path("p")).output().unwrap();
        // Doctor judges the programs of the machine that runs this test, too.
        let is_judged = example.starts_with("goward doctor") && ran.status.code() == Some(7);
        if !ran.status.success() && !is_judged {
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            failed.push(format!("$ {command}\n{:?} {said}", ran.status.code()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn find_shell() -> std::path::PathBuf {
    tool("sh").get_program().into()
}

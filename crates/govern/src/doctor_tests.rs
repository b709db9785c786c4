//! Each check on a machine that is healthy but for one thing.

use super::facts::{
    Answer, Compiler, Desktop, Directory, Disk, Facts, GoEnv, Limits, Repository, Server, Shims,
    StartupLine, StoreState, Tool, ToolchainState,
};
use super::*;
use crate::cross::probe::{Libc, Made, Outcome};
use crate::path::{OnPath, Whose};
use crate::startup::others::Does;
use goward_installer::Platform;
use goward_resolver::{Os, Version};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

pub(super) const ME: u32 = 1000;

pub(super) fn version(text: &str) -> Version {
    Version::parse(text).expect("a version")
}

pub(super) fn on_path(program: &str, whose: Whose) -> OnPath {
    OnPath { program: program.into(), whose, version: None }
}

pub(super) fn directory(path: &str) -> Directory {
    let disk = Disk { free: 50 << 30, files: None, ..Disk::default() };
    Directory {
        path: path.into(),
        is_there: true,
        is_blocked: false,
        owner: Some(ME),
        is_writable: true,
        disk: Some(disk),
        weight: None,
    }
}

pub(super) fn toolchain(text: &str, answer: &str) -> ToolchainState {
    let answer = Answer::Says(answer.to_owned());
    ToolchainState { name: format!("go{text}"), version: version(text), answer }
}

/// What a compiler makes that is right.
pub(super) fn made() -> Made {
    Made {
        os: Some("linux"),
        arch: Some("amd64"),
        libc: Libc::Glibc,
        interpreter: None,
        glibc_at_least: None,
        min_os: None,
        linker: None,
        links_static: None,
    }
}

pub(super) fn compiler(outcome: Option<Outcome>) -> Compiler {
    Compiler {
        command: b"gcc".to_vec(),
        is_there: true,
        is_on: true,
        why: "Go's own rule".to_owned(),
        is_for: "amd64".to_owned(),
        outcome,
        ..Compiler::default()
    }
}

pub(super) fn server(fault: Option<&str>) -> Server {
    let fault = fault.map(str::to_owned);
    Server { url: "https://x/".into(), millis: 9, fault, wanted: "list" }
}

fn shims() -> Shims {
    let directory = b"/h/.goward/shims".to_vec();
    Shims { directory, is_there: true, line: Some(("/h/.bashrc".into(), 9)) }
}

/// A machine on which all is right.
pub(super) fn healthy() -> Facts {
    let host = Platform::host();
    Facts {
        os: Os::Linux,
        user: ME,
        go: vec![on_path("/h/.goward/shims/go", Whose::Shim), on_path("/usr/bin/go", Whose::Other)],
        gofmt: vec![on_path("/h/.goward/shims/gofmt", Whose::Shim)],
        managers: Vec::new(),
        missets: Vec::new(),
        settings: Vec::new(),
        path: [&b"/h/.goward/shims"[..], b"/usr/bin"].map(<[u8]>::to_vec).to_vec(),
        shims: Some(shims()),
        variables: BTreeMap::new(),
        refused_flags: None,
        goroot_version: None,
        go_env: None,
        foreign_go_env: None,
        unread_go_env: None,
        open_go_env: Vec::new(),
        blind: None,
        goenv_godebug: None,
        lines: Vec::new(),
        goenv_directories: Vec::new(),
        toolchains: vec![toolchain("1.27.3", &format!("go version go1.27.3 {host}"))],
        default: Some(version("1.27.3")),
        default_fault: None,
        newest: vec![version("1.27.3"), version("1.26.6")],
        supported: vec![version("1.26"), version("1.27")],
        build_cache: Ok(directory("/h/.cache/go-build")),
        module_cache: Ok(directory("/h/go/pkg/mod")),
        temporary: directory("/tmp"),
        root: Some(directory("/h/.goward")),
        store: StoreState::default(),
        repository: Some(Repository { top: "/h/p".into(), owner: ME, is_safe: false, odd: None }),
        has_git: true,
        git: Some((2, 47)),
        compiler: compiler(Some(Outcome::Made(made()))),
        editors: Vec::new(),
        tools: vec![Tool { path: "/h/go/bin/gopls".into(), built_by: version("1.27.0") }],
        desktop: Some(Desktop { has_shims: true }),
        is_musl: false,
        libraries: Vec::new(),
        open_parents: Vec::new(),
        system_root_fault: None,
        home_owner: Some(ME),
        servers: Some(vec![server(None)]),
        unasked: Vec::new(),
        emulated: None,
        broken_trees: Vec::new(),
        limits: Limits {
            stack: Some(8 << 20),
            files: Some(1 << 20),
            processes: Some(1 << 16),
            memory: None,
            promised: None,
        },
        now: SystemTime::now(),
        written: Some(SystemTime::now() - Duration::from_secs(60)),
    }
}

/// The verdict of a check on a machine that is healthy but for one thing.
#[track_caller]
pub(super) fn broken(id: &str, breaks: impl FnOnce(&mut Facts)) -> Verdict {
    let mut facts = healthy();
    breaks(&mut facts);
    Check::named(id).expect("a check").of(&facts)
}

/// Status, message and command or words.
pub(super) fn said(verdict: &Verdict) -> String {
    let fix = verdict.fix.clone().unwrap_or_default();
    let todo = fix.command.unwrap_or(fix.words);
    format!("{} {} | {todo}", verdict.status.word(), verdict.message)
}

#[test]
fn a_healthy_machine_has_nothing_to_complain_of() {
    let facts = healthy();
    for check in &CHECKS {
        let verdict = check.of(&facts);
        assert_eq!(verdict.status, Status::Ok, "{}: {}", check.id, verdict.message);
        assert!(!verdict.message.is_empty() && verdict.others.is_empty(), "{}", check.id);
    }
}

#[test]
fn another_go_before_the_shim_is_told() {
    let behind = broken("path-order", |facts| facts.go.reverse());
    assert_eq!(said(&behind), "warning /usr/bin/go comes before goward's shim | goward setup");
    let absent = broken("path-order", |facts| drop(facts.go.remove(0)));
    let words = "warning /usr/bin/go runs, since goward's shims are not on PATH | goward setup";
    assert_eq!(said(&absent), words);
    let raw = "/h/.goward/toolchains/go1.27.3/bin/go";
    let raw = broken("path-order", |facts| facts.go.insert(0, on_path(raw, Whose::Store)));
    assert_eq!(raw.status, Status::Note);
    assert!(raw.message.ends_with("comes before goward's shim, so no project chooses"));
    let none = broken("path-order", |facts| facts.go.clear());
    assert_eq!(said(&none), "error there is no `go` on PATH | goward setup");
    let gofmt = broken("path-order", |facts| {
        facts.gofmt.insert(0, on_path("/usr/bin/gofmt", Whose::Other));
    });
    let words = "warning /usr/bin/gofmt comes before goward's gofmt | goward setup";
    assert_eq!(said(&gofmt), words);
    let twice = broken("path-order", |facts| facts.path.push(b"/h/.goward/shims/".to_vec()));
    assert_eq!(twice.status, Status::Note, "{}", twice.message);
}

#[test]
fn a_goroot_is_told_with_its_setter() {
    let set = |facts: &mut Facts| {
        facts.variables.insert("GOROOT", b"/usr/local/go".to_vec());
        facts.goroot_version = Some("go1.19".into());
        let does = Does::Sets("GOROOT", None);
        facts.lines.push(StartupLine { file: "/h/.profile".into(), line: 12, does });
    };
    let words = "warning GOROOT=/usr/local/go in the environment is the tree of go1.19; \
                 /h/.profile:12 sets it | unset GOROOT";
    assert_eq!(said(&broken("goroot", set)), words);
    let nowhere = broken("goroot", |facts| {
        facts.variables.insert("GOROOT", b"/gone".to_vec());
    });
    assert_eq!(nowhere.status, Status::Error);
    let later = broken("goroot", |facts| {
        set(facts);
        facts.variables.clear();
    });
    assert!(later.message.starts_with("/h/.profile:12 sets GOROOT"), "{}", later.message);
    let below = broken("goroot", |facts| {
        set(facts);
        facts.variables.insert("GOTOOLDIR", b"x".to_vec());
        facts.variables.insert("GOVERSION", b"go1.19".to_vec());
    });
    assert_eq!(below.status, Status::Skipped);
    let in_file = of_file("goroot", "GOPROXY=off\nGOROOT=/x\n");
    assert_eq!(edits(&in_file), [(2, None)]);
}

/// The verdict on a go/env file with this text.
#[track_caller]
pub(super) fn of_file(id: &str, text: &str) -> Verdict {
    let go_env = GoEnv { file: "/h/.config/go/env".into(), text: text.into() };
    broken(id, |facts| facts.go_env = Some(go_env))
}

/// The edits that mend it: each line with its new text.
pub(super) fn edits(verdict: &Verdict) -> Vec<(usize, Option<String>)> {
    let changes = verdict.fix.iter().flat_map(|fix| &fix.changes);
    let text = |new: &Vec<u8>| String::from_utf8(new.clone()).expect("text");
    changes.map(|change| (change.line, change.new.as_ref().map(text))).collect()
}

#[test]
fn a_gotoolchain_of_the_go_env_file_is_judged() {
    for (text, status, edited) in [
        ("GOTOOLCHAIN=1.22.10\n", Status::Error, vec![(1, None)]),
        ("GOTOOLCHAIN=go1.22.10\n", Status::Warning, vec![(1, None)]),
        ("GOTOOLCHAIN=auto\nGOTOOLCHAIN=go1.22.10+auto\n", Status::Warning, vec![(2, None)]),
        // Two minors came after it; a patch of the last two may still come.
        ("GOTOOLCHAIN=go1.25.77\n", Status::Error, vec![(1, None)]),
        ("GOTOOLCHAIN=go1.26.77\n", Status::Warning, vec![(1, None)]),
        ("GOTOOLCHAIN=go1.25.2\n", Status::Warning, vec![(1, None)]),
        // It may be meant.
        ("GOTOOLCHAIN=local\n", Status::Note, vec![]),
        ("GOTOOLCHAIN=auto\n", Status::Ok, vec![]),
        ("GOTOOLCHAIN=\n", Status::Ok, vec![]),
        ("GOPROXY=off\n", Status::Ok, vec![]),
    ] {
        let verdict = broken("go-env-pin", |facts| {
            facts.newest.push(version("1.25.5"));
            facts.go_env = Some(GoEnv { file: "/h/env".into(), text: text.into() });
        });
        assert_eq!((verdict.status, edits(&verdict)), (status, edited), "{text:?}");
    }
}

#[test]
fn a_go_env_file_of_another_user_is_told() {
    let verdict = broken("go-env-file", |facts| facts.foreign_go_env = Some("/x/go/env".into()));
    assert_eq!((verdict.status, edits(&verdict)), (Status::Warning, vec![]));
    assert!(said(&verdict).contains("/x/go/env belongs to another user"), "{}", said(&verdict));
    let pin = broken("go-env-pin", |facts| facts.foreign_go_env = Some("/x/go/env".into()));
    assert!(pin.message.contains("/x/go/env is another user's"), "{}", pin.message);
}

#[test]
fn a_go_env_file_that_cannot_be_read_is_not_called_absent() {
    let verdict = broken("go-env-file", |facts| facts.blind = Some("/h/env: is a pipe".into()));
    assert_eq!(verdict.status, Status::Error);
    assert!(said(&verdict).contains("/h/env: is a pipe"), "{}", said(&verdict));
    let pin = broken("go-env-pin", |facts| facts.blind = Some("/h/env: is a pipe".into()));
    assert_eq!(pin.status, Status::Skipped, "{}", pin.message);
    let closed = |facts: &mut Facts| facts.unread_go_env = Some("/h/env".into());
    let verdict = broken("go-env-file", closed);
    assert_eq!(verdict.status, Status::Warning);
    assert!(said(&verdict).contains("/h/env cannot be read, so Go takes nothing of it"));
    assert_eq!(broken("go-env-pin", closed).status, Status::Skipped);
}

#[test]
fn no_account_of_a_url_is_told() {
    for text in ["proxy: https://u:s3cr3t@p/?x=y\n", "GOPROXY:https://u:s3cr3t@p/?x=1\n"] {
        let verdict = of_file("go-env-file", text);
        let told = said(&verdict);
        assert!(told.contains("://") && !told.contains("s3cr3t"), "{told}");
    }
}

#[test]
fn lines_of_the_go_env_file_that_mean_something_else_are_told() {
    for (text, status, words, edited) in [
        ("GOPROXY=off\r\n", Status::Error, "carriage return", Some("GOPROXY=off")),
        ("GOPROXY=\"off\"\r\n", Status::Error, "carriage return", Some("GOPROXY=off")),
        ("GOFLAGS = -v\n", Status::Warning, "blanks before `=`", Some("GOFLAGS=-v")),
        ("GOFLAGS\t='-v' \r\n", Status::Warning, "blanks before `=`", Some("GOFLAGS=-v")),
        ("NAME = x\n", Status::Warning, "no variable", None),
        ("GOPROXY='off'\n", Status::Error, "quotation marks", Some("GOPROXY=off")),
        ("GOPROXY=off \n", Status::Warning, "blanks", Some("GOPROXY=off")),
        ("goproxy=off\n", Status::Warning, "does nothing", None),
        (" GOPROXY=off\n", Status::Warning, "does nothing", None),
        ("export GOPROXY=off\n", Status::Warning, "takes `export` for a part", None),
        ("GOPROXY off\n\n  \n#\n", Status::Warning, ":1: \"GOPROXY off\" does nothing", None),
        ("", Status::Ok, "has 0 lines", None),
        ("GOPROXI=off\n", Status::Warning, "no variable \"GOPROXI\"", None),
        ("# GOPROXI=off\nGOAMD64=v3\nGOFLAGS=-ldflags='-s -w'\n", Status::Ok, "3 lines", None),
    ] {
        let verdict = of_file("go-env-file", text);
        assert_eq!(verdict.status, status, "{text:?}: {}", verdict.message);
        assert!(verdict.message.contains(words), "{text:?}: {}", verdict.message);
        let edited: Vec<_> = edited.map(|text| (1, Some(text.to_owned()))).into_iter().collect();
        assert_eq!(edits(&verdict), edited, "{text:?}");
    }
}

#[test]
fn a_line_that_go_does_not_read_is_taken_out() {
    let verdict = of_file("go-env-file", "GOPROXY=off\nGODEBUG=panicnil=1\n");
    assert!(verdict.message.contains(":2: GODEBUG does nothing"), "{}", verdict.message);
    assert_eq!((verdict.status, edits(&verdict)), (Status::Warning, vec![(2, None)]));
}

#[test]
fn a_removed_setting_of_godebug_is_told() {
    let set = |facts: &mut Facts| {
        let value = b"madvdontneed=1,asynctimerchan=1".to_vec();
        facts.variables.insert("GODEBUG", value);
    };
    let words = "error GODEBUG in the environment has asynctimerchan=1, which stops every program \
                 of Go 1.27 and later | take asynctimerchan=1 out of GODEBUG";
    assert_eq!(said(&broken("godebug", set)), words);
    let later = broken("godebug", |facts| {
        set(facts);
        facts.toolchains = vec![toolchain("1.26.6", "")];
    });
    assert_eq!(later.status, Status::Warning, "no Go here stops by it");
    // Go reads it from the environment alone.
    assert_eq!(of_file("godebug", "GODEBUG=tlskyber=0\n").status, Status::Ok);
    let project = broken("godebug", |facts| {
        facts.goenv_godebug = Some((b"asynctimerchan=1".to_vec(), "/h/p/.goenv:2".to_owned()));
    });
    let words = "error /h/p/.goenv:2 has asynctimerchan=1, which stops every program of Go 1.27 and \
                 later | take asynctimerchan=1 out of GODEBUG";
    assert_eq!(said(&project), words);
}

#[test]
fn variables_that_do_harm_are_told() {
    for (key, value, status, words) in [
        ("GOFLAGS", "-tags=x -mod=mod", Status::Warning, "rewrite go.mod"),
        ("GOFLAGS", "-insecure", Status::Error, "was removed"),
        ("GOFLAGS", "--modcacherw", Status::Note, "open for changes"),
        ("GOFLAGS", "'-toolexec=/x y'", Status::Warning, "runs a program"),
        ("GOFLAGS", "-mod=vendor -trimpath -asan", Status::Ok, "no variable"),
        ("GOFLAGS", "-v --tags", Status::Error, "has --tags without a value"),
        ("GOFLAGS", "-tags= -run", Status::Ok, "no variable"),
        ("GO111MODULE", "off", Status::Warning, "GO111MODULE=off"),
        ("GO111MODULE", "auto", Status::Note, "GO111MODULE=auto"),
        ("GO111MODULE", "on", Status::Ok, "no variable"),
        ("GOBIN", "/h/.goward/shims", Status::Error, "among goward's shims"),
    ] {
        let verdict = broken("goflags", |facts| drop(facts.variables.insert(key, value.into())));
        assert_eq!(verdict.status, status, "{key}={value}: {}", verdict.message);
        assert!(verdict.message.contains(words), "{key}={value}: {}", verdict.message);
    }
    let both = broken("goflags", |facts| {
        facts.variables.insert("GOPATH", b"/a:/usr/local/go".to_vec());
        facts.variables.insert("GOROOT", b"/usr/local/go".to_vec());
    });
    assert_eq!(both.status, Status::Error, "{}", both.message);
    let in_file = of_file("goflags", "GOFLAGS=-mod=mod\n");
    assert!(in_file.message.contains("/h/.config/go/env:1"), "{}", in_file.message);
    let in_file = said(&of_file("goflags", "GO111MODULE=off\n"));
    assert!(in_file.ends_with("| go env -u GO111MODULE"), "{in_file}");
    let secret = broken("goflags", |facts| {
        let value = b"-toolexec=https://me:secret@x/y".to_vec();
        facts.variables.insert("GOFLAGS", value);
    });
    assert!(!format!("{secret:?}").contains("secret"), "{secret:?}");
}

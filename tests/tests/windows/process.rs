//! The process that stands in for Go: its arguments and variables, and the way in which its end
//! becomes the shim's.

use super::{STAND_IN, raw, with_child};
use goward_tests::call::{Call, Outcome};
use goward_tests::mirror::note;
use goward_tests::sandbox::Sandbox;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// The texts behind the program's name: all those that different programs split differently.
const TAILS: &[&str] = &[
    "",
    " ",
    "build",
    "  build   ./...  ",
    "\tbuild\t\tx",
    r#"run . "a b" "" c"#,
    r#"-ldflags "-X main.v=\"a b\"" ."#,
    r#"-ldflags="-X 'main.v=a b'" ."#,
    r#""C:\Program Files\x\" y"#,
    r#""C:\Program Files\x\\" y"#,
    r#"C:\x\ C:\y\\ \"#,
    r#"\\server\share\ \\\"a\\\\" "#,
    r#"a"b c"d "e""f" """g""" h"#,
    r#"unclosed "a b"#,
    r"' 'a b' ^ & | < > % %PATH% !x! $x `x` * ? [a] {b}",
    "\u{e9}\u{4e16}\u{754c} \u{1f600} \"\u{fc} \u{df}\"",
    "+x -+ ++ a+1.22",
    "--flag=\"a\tb\" @file",
];

fn lines<'o>(outcome: &'o Outcome, kind: &str) -> Vec<&'o str> {
    outcome.stdout.lines().filter(|line| line.starts_with(kind)).collect()
}

#[test]
fn the_command_line_passes_to_the_unit() {
    let sandbox = with_child("line");
    let project = sandbox.project("p");
    let (ours, bare) = (sandbox.go(&project, &[]), sandbox.direct(STAND_IN, &project, &[]));
    let shim = format!("\"{}\"", sandbox.shim().display());
    for tail in TAILS.iter().filter(|tail| !tail.starts_with('+')) {
        let (ours, bare) = (raw(&ours, tail), raw(&bare, tail));
        ours.code(0).silent();
        assert_eq!(lines(&ours, "arg ")[1..], lines(&bare, "arg ")[1..], "{tail}");
        assert_eq!(lines(&ours, "line "), [format!("line {:?}", format!("{shim} {tail}"))]);
        assert_eq!(lines(&ours, "dir "), lines(&bare, "dir "));
    }
}

#[test]
fn only_the_selector_leaves_the_command_line() {
    let sandbox = with_child("selector");
    let project = sandbox.project("p");
    let call = sandbox.go(&project, &[]);
    let shim = format!("\"{}\"", sandbox.shim().display());
    for tail in TAILS {
        for selector in [STAND_IN, "1.26", "\"~1.26.0\""] {
            let with = raw(&call, &format!("+{selector} {tail}"));
            let wanted = format!("{shim} {}", tail.trim_start_matches([' ', '\t']));
            with.code(0).silent();
            assert_eq!(lines(&with, "line "), [format!("line {wanted:?}")], "{selector} {tail}");
        }
    }
    raw(&call, "\"+1.26.1\" x").code(0).silent();
}

/// Only the shim's own changes differ, and those in the caller's spelling.
#[test]
fn variables_are_found_in_any_case() {
    let sandbox = with_child("variables");
    let project = sandbox.project("p");
    sandbox.write(project.join(".goenv"), "GOARM64=v8.1\nGOPROXY=off\n");
    let of = |outcome: &Outcome| -> Vec<String> {
        let lines = lines(outcome, "env ").into_iter().map(str::to_owned);
        lines.filter(|line| !line.contains("GOWARD_CHANGES")).collect()
    };
    let set = |call: Call| {
        let path = sandbox.env().into_iter().find(|(key, _)| key == "PATH").unwrap().1;
        let call = call.unset("PATH").env("pAtH", path).unset("GOPROXY").env("GoProxy", "direct");
        call.env("empty", "").env("\u{e9}t\u{e9}", "\u{1f600}").env("GOTOOLCHAIN", "local")
    };
    let ours = set(sandbox.go(&project, &[])).run();
    let bare = set(sandbox.direct(STAND_IN, &project, &[])).run();
    ours.code(0).silent();
    let mut wanted = of(&bare);
    wanted.push("env \"GOARM64=v8.1\"".to_owned());
    wanted.sort();
    assert_eq!(of(&ours), wanted);
    // A value that the caller sets in his own spelling still hides a lower layer.
    assert!(of(&ours).contains(&"env \"GoProxy=direct\"".to_owned()), "{ours}");
}

#[test]
fn the_selection_takes_variables_in_any_case() {
    let sandbox = with_child("cases");
    let project = sandbox.project("p");
    for (key, value) in [("Goward_Version", "1.26.7"), ("gotoolchain", "go1.26.7")] {
        let outcome = sandbox.go(&project, &[]).env(key, value).env("GOWARD_OFFLINE", "1").run();
        outcome.code(127).says("1.26.7").says("environment");
    }
    sandbox.go(&project, &[]).env("goWard_version", "1.26.1").run().code(0).silent();
}

#[test]
fn exit_codes_are_whole() {
    let sandbox = with_child("codes");
    let project = sandbox.project("p");
    let mut codes = vec![0, 1, 2, 3, 125, 126, 127, 128, 255, 256, 259, 65_536];
    codes.extend([0x4000_0015, 0x8000_0003, 0xC000_0005, 3_221_225_786, u32::MAX]);
    for code in codes {
        let outcome = sandbox.go(&project, &["exit", &code.to_string()]).run();
        outcome.code(code.cast_signed()).silent().nothing_on_stdout();
    }
}

#[test]
fn streams_pass() {
    let sandbox = with_child("streams");
    let project = sandbox.project("p");
    let input = "line \u{1f600}\r\n\x1a\0".repeat(60_000);
    let copy = |call: Call| {
        let mut child = call.spawn();
        let (mut stdin, bytes) = (child.stdin.take().unwrap(), input.clone());
        // More than a pipe holds: another thread has to read at the same time.
        let writer = thread::spawn(move || stdin.write_all(bytes.as_bytes()));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        call.outcome(output)
    };
    let ours = copy(sandbox.go(&project, &["copy"]));
    ours.code(0).same_as(&copy(sandbox.direct(STAND_IN, &project, &["copy"])));
    assert!(ours.stdout == input && ours.stderr == format!("{}\n", input.len()));
}

/// Go gets every handle that a caller hands on besides the three streams.
#[test]
fn other_handles_pass() {
    let sandbox = with_child("handles");
    let project = sandbox.project("p");
    for program in [sandbox.toolchain(STAND_IN).join("bin/go.exe"), sandbox.shim()] {
        let file = project.join("lent");
        let call = sandbox.direct(STAND_IN, &project, &["lend"]).args([&file, &program]);
        call.run().code(0).silent();
        assert_eq!(fs::read_to_string(&file).unwrap(), "by the handle\n", "{}", program.display());
        fs::remove_file(file).unwrap();
    }
}

/// As without goward: a user who kills `go` kills Go.
#[test]
fn a_killed_shim_takes_go_with_it() {
    let sandbox = with_child("killed");
    let project = sandbox.project("p");
    let mut shim = sandbox.go(&project, &["wait"]).spawn();
    let mut output = BufReader::new(shim.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    shim.kill().unwrap();
    shim.wait().unwrap();
    // The child alone holds the other end now, and its input does not end.
    let (ended, end) = mpsc::channel();
    thread::spawn(move || ended.send(output.read_to_end(&mut Vec::new()).is_ok()));
    assert_eq!(end.recv_timeout(Duration::from_secs(20)), Ok(true), "the child lives on");
}

/// As without goward: the processes that Go leaves behind live on.
#[test]
fn processes_that_go_started_outlive_the_shim() {
    let sandbox = with_child("left");
    let project = sandbox.project("p");
    let file = project.join("late");
    sandbox.go(&project, &["leave", file.to_str().unwrap()]).run().code(0);
    assert!(!file.exists(), "it was not to be done yet");
    assert!(appears(&file), "what Go started was ended with the shim");
}

fn appears(file: &Path) -> bool {
    let start = Instant::now();
    while !file.exists() && start.elapsed() < Duration::from_secs(20) {
        thread::sleep(Duration::from_millis(50));
    }
    file.exists()
}

/// Under wine, `tests/wine/run` presses Ctrl-C instead.
#[test]
fn ctrl_break_is_left_to_go() {
    let sandbox = with_child("break");
    let project = sandbox.project("p");
    let send =
        |program: PathBuf| sandbox.direct(STAND_IN, &project, &["interrupt"]).args([program]).ok();
    let bare = send(sandbox.toolchain(STAND_IN).join("bin/go.exe"));
    if bare.starts_with("no console") {
        return note("wine's consoles take no events: Ctrl-Break was not tried");
    }
    assert_eq!(bare, "42", "without the shim");
    assert_eq!(send(sandbox.shim()), "42");
}

#[test]
fn a_program_that_is_none_is_126_and_a_vanished_one_127() {
    let sandbox = with_child("none");
    let project = sandbox.project("p");
    let go = sandbox.toolchain(STAND_IN).join("bin/go.exe");
    fs::write(&go, "no program\n").unwrap();
    sandbox.go(&project, &["version"]).run().code(126).says("cannot execute");
    fs::remove_file(&go).unwrap();
    sandbox.go(&project, &["version"]).run().code(127).says("go.exe");
}

/// A shim that was renamed, or is called without its extension or in another case, is the same.
#[test]
fn the_shim_answers_to_any_spelling_of_its_name() {
    let sandbox: Sandbox = with_child("names");
    let project = sandbox.project("p");
    for name in ["go", "GO.EXE", "Gofmt.exe", "gofmt"] {
        let call = sandbox.go(&project, &["exit", "7"]).program(sandbox.shims().join(name));
        call.run().code(7).silent();
    }
    let named = sandbox.shims().join(format!("go{STAND_IN}.exe"));
    fs::copy(sandbox.shim(), &named).unwrap();
    let elsewhere = sandbox.project("q");
    sandbox.write(elsewhere.join(".go-version"), "1.2.3.4 is nothing\n");
    sandbox.go(&elsewhere, &["exit", "7"]).program(&named).run().code(7).silent();
    sandbox.go(&elsewhere, &["exit", "7"]).run().code(125).says(".go-version:1");
}

//! On a terminal goward paints and draws: its own sequences, and nothing of others'.

use super::said::{MARK, odd_texts, wrong};
use super::scene::{HERE, Scene, name};
use goward_testkit::start::program;
use goward_tests::release::SmallRelease;
use rustix::fs::{Mode, OFlags};
use rustix::pty;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The bytes that a terminal gets from `goward ARGS` there.
fn screen(scene: &Scene, args: &[&str]) -> Vec<u8> {
    screen_with(scene, args, &[])
}

/// The same, where these variables are set as well.
fn screen_with(scene: &Scene, args: &[&str], vars: &[(&str, &str)]) -> Vec<u8> {
    answered(scene, args, vars, None).0
}

/// The same, where a person types `answer`; and the status.
fn answered(
    scene: &Scene,
    args: &[&str],
    vars: &[(&str, &str)],
    answer: Option<&str>,
) -> (Vec<u8>, Option<i32>) {
    let mut command = program(scene.sandbox.manager(), scene.sandbox.env());
    command.args(args).current_dir(&scene.dir);
    command.env("TERM", "xterm").envs(vars.iter().copied());
    on_terminal(command, answer)
}

/// All that a terminal gets from `command`, whose stdin is that terminal where a person types
/// `answer` after each question; and the status, if no signal ended it.
pub(super) fn on_terminal(mut command: Command, answer: Option<&str>) -> (Vec<u8>, Option<i32>) {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let master = rustix::fs::open("/dev/ptmx", flags, Mode::empty()).unwrap();
    pty::unlockpt(&master).unwrap();
    let path = PathBuf::from(pty::ptsname(&master, Vec::new()).unwrap().to_str().unwrap());
    let open = || Stdio::from(File::options().read(true).write(true).open(&path).unwrap());
    command.stdout(open()).stderr(open());
    command.stdin(answer.map_or_else(Stdio::null, |_| open()));
    let mut child = command.spawn().unwrap();
    drop(command);
    let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
    let mut master = File::from(master);
    let answer = answer.unwrap_or_default().as_bytes();
    // A terminal that no process holds any more fails to be read.
    while let Ok(read @ 1..) = master.read(&mut buffer) {
        seen.extend_from_slice(&buffer[..read]);
        // The person reads each question first.
        if seen.ends_with(b"] ") {
            master.write_all(answer).unwrap();
        }
    }
    (seen, child.wait().unwrap().code())
}

/// `bytes` without the colours that goward has, and the terminal's carriage returns.
fn unpainted(bytes: &[u8]) -> Vec<u8> {
    let mut text = bytes.to_vec();
    for ours in
        ["\x1b[1;32m", "\x1b[2m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m", "\x1b[0m", "\r\n"]
    {
        let with = if ours == "\r\n" { "\n" } else { "" };
        while let Some(at) = text.windows(ours.len()).position(|part| part == ours.as_bytes()) {
            text.splice(at..at + ours.len(), with.bytes());
        }
    }
    text
}

#[test]
fn a_terminal_gets_goward_s_colours_only() {
    let mut painted = false;
    for text in odd_texts() {
        let mut scene = Scene::new("terminal");
        scene.dir = scene.dir.join(name(text));
        scene.sandbox.script(scene.dir.join("tree/bin/go"), "true");
        scene.file(".goenv", &[b"GOFLAGS=", text, b"\n"]);
        scene.file(".go-version", &[HERE.as_bytes(), b"\n"]);
        let tree = scene.dir.join("tree");
        scene.goward(&["link", "corp"]).args([&tree]).run().code(0);
        let mut shown = false;
        for args in [&["explain"][..], &["list", "-v"], &["trust", "-n"], &["which"], &["current"]]
        {
            let seen = screen(&scene, args);
            let plain = unpainted(&seen);
            assert_eq!(wrong(&plain), None, "{args:?}: {}", seen.escape_ascii());
            painted |= plain.len() < seen.iter().filter(|byte| **byte != b'\r').count();
            shown |= String::from_utf8_lossy(&plain).contains(MARK);
        }
        assert!(shown, "nothing arrived");
    }
    assert!(painted, "no colours, so nothing was tried");
}

#[test]
fn a_terminal_gets_no_colours_where_it_has_none() {
    let scene = Scene::new("terminal");
    scene.file(".go-version", &[HERE.as_bytes(), b"\n"]);
    let is_painted = |vars: &[_]| screen_with(&scene, &["explain"], vars).contains(&0x1b);
    assert!(is_painted(&[]));
    assert!(!is_painted(&[("TERM", "dumb")]) && !is_painted(&[("NO_COLOR", "1")]));
}

/// The first words of an error, a warning, a hint and a note, on stderr.
#[test]
fn lines_on_stderr_begin_in_colour() {
    let scene = Scene::new("terminal");
    let error = b"goward: \x1b[1;31merror:\x1b[0m ";
    let hint = b"\x1b[1;36mhint:\x1b[0m ";
    let has = |seen: &[u8], part: &[u8]| seen.windows(part.len()).any(|here| here == part);
    let seen = |vars: &[_]| screen_with(&scene, &["unlink", "none"], vars);
    assert!(has(&seen(&[]), error) && has(&seen(&[]), hint), "{}", seen(&[]).escape_ascii());
    for plain in [("TERM", "dumb"), ("NO_COLOR", "1"), ("CLICOLOR", "0"), ("CI", "true")] {
        assert!(!seen(&[plain]).contains(&0x1b), "{plain:?}");
        // A CI system's terminal is not more than it says.
        assert!(!seen(&[plain, ("CI", "true")]).contains(&0x1b), "{plain:?}");
    }
    let flag = screen_with(&scene, &["--no-color", "unlink", "none"], &[]);
    assert!(!flag.contains(&0x1b));
    // A note, a complaint about the command line.
    assert!(has(&screen(&scene, &["adopt"]), b"\x1b[2mgoward:\x1b[0m "));
    assert!(has(&screen(&scene, &["frobnicate"]), error));
    // stderr is judged apart: here stdout is a terminal, or nothing is.
    for (forced, colored) in [("0", false), ("1", true)] {
        let mut call = program(scene.sandbox.manager(), scene.sandbox.env());
        call.args(["unlink", "none"]).env("TERM", "xterm").env("CLICOLOR_FORCE", forced);
        let said = call.output().unwrap();
        assert_eq!(has(&said.stderr, error), colored, "{}", said.stderr.escape_ascii());
    }
}

#[test]
fn goward_asks_before_it_removes_itself() {
    let scene = Scene::new("terminal");
    for (answer, goes) in [("\n", false), ("n\n", false), ("yes please\n", false), ("y\n", true)] {
        let (seen, status) = answered(&scene, &["self", "uninstall"], &[], Some(answer));
        let seen = String::from_utf8_lossy(&seen).into_owned();
        assert_eq!(status, Some(0), "{answer:?}: {seen}");
        assert!(seen.contains("with every toolchain in it? [y/N] "), "{answer:?}: {seen}");
        assert_eq!(seen.contains("nothing was removed"), !goes, "{answer:?}: {seen}");
        assert_eq!(scene.sandbox.manager().exists(), !goes, "{answer:?}: {seen}");
    }
}

#[test]
fn goward_asks_before_it_prunes() {
    let scene = Scene::new("prune");
    scene.sandbox.install_script("1.21.13", "true");
    let tree = scene.sandbox.toolchain("1.21.13");
    for (answer, goes) in [("\n", false), ("n\n", false), ("yes please\n", false), ("y\n", true)] {
        let (seen, status) = answered(&scene, &["prune", "--unused-for", "0"], &[], Some(answer));
        let seen = String::from_utf8_lossy(&seen).into_owned();
        assert_eq!(status, Some(0), "{answer:?}: {seen}");
        assert!(
            seen.contains("remove 1 toolchain, ") && seen.contains("? [y/N] "),
            "{answer:?}: {seen}"
        );
        assert_eq!(seen.contains("nothing was removed"), !goes, "{answer:?}: {seen}");
        assert_eq!(tree.exists(), !goes, "{answer:?}: {seen}");
    }
}

/// The path that a program asks for is a path to the byte; on a terminal it is text.
#[test]
fn a_path_is_data_for_programs_and_text_for_people() {
    for text in odd_texts() {
        let mut scene = Scene::new("which");
        let bin = scene.dir.join(name(text).to_string_lossy().replace(':', "")).join("bin");
        let go = scene.sandbox.script(bin.join("go"), "true");
        scene.sandbox.add_to_path(bin, false);
        scene.file(".go-version", &[b"system\n"]);
        let seen = unpainted(&screen(&scene, &["which"]));
        assert_eq!(wrong(&seen), None, "{}", seen.escape_ascii());
        assert!(String::from_utf8_lossy(&seen).contains(MARK), "{}", seen.escape_ascii());
        let mut child = scene.goward(&["which"]).spawn();
        drop(child.stdin.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.stdout, [go.as_os_str().as_bytes(), b"\n"].concat());
    }
}

/// A log keeps every state of a bar, so there is none where `CI` says that there is a log.
#[test]
fn no_bar_is_drawn_where_ci_is_set() {
    let scene = Scene::new("ci");
    let release = SmallRelease::make(&scene.sandbox);
    let mirror = format!("{}/", goward_testkit::url::of_file(release.dir()));
    let mirror = [("GOWARD_MIRROR", mirror.as_str()), ("GOWARD_MIRROR_DIGESTS", "own")];
    let install = |ci: &[(&str, &str)]| {
        let _ = std::fs::remove_dir_all(scene.sandbox.toolchain(SmallRelease::VERSION));
        let args = ["install", SmallRelease::VERSION];
        let seen = screen_with(&scene, &args, &[&mirror[..], ci].concat());
        assert!(scene.sandbox.toolchain(SmallRelease::VERSION).is_dir(), "{}", seen.escape_ascii());
        String::from_utf8(seen).unwrap()
    };
    for drawn in [install(&[]), install(&[("CI", "")])] {
        assert!(drawn.contains("\x1b["), "no bar where a person sits: {drawn:?}");
    }
    for ci in ["true", "1", "woodpecker"] {
        let said = install(&[("CI", ci)]);
        let lines: Vec<&str> = said.lines().collect();
        let installing = format!("goward: installing go{}", SmallRelease::VERSION);
        assert_eq!(lines[0], installing, "one line in its place: {said:?}");
        assert!(!said.contains('\x1b') && !said.replace("\r\n", "").contains('\r'), "{said:?}");
    }
}

/// Who waits for Go on a terminal is told so after a second, and a log is not.
#[test]
fn a_long_silence_is_named() {
    let scene = Scene::new("silence");
    scene.sandbox.install_script("1.27.3", "sleep 3; exit 1");
    scene.file("go.mod", &[b"module example.com/m\n\ngo 1.21\n"]);
    let waits = |seen: Vec<u8>| {
        let seen = String::from_utf8(seen).unwrap();
        assert!(seen.contains(" failed"), "{seen:?}");
        seen.contains("asking Go about its modules (1 s)")
    };
    assert!(waits(screen(&scene, &["mod"])));
    assert!(!waits(screen_with(&scene, &["mod"], &[("CI", "true")])));
    assert!(!waits(screen(&scene, &["-q", "mod"])));
}

/// goward moves its line behind one of the user's only with a yes.
#[test]
fn goward_asks_before_it_moves_its_line() {
    let scene = Scene::new("terminal");
    let bash = ("SHELL", "/bin/bash");
    scene.goward(&["setup", "--yes"]).env(bash.0, bash.1).run().code(0);
    let file = scene.sandbox.home().join(".bashrc");
    let line = std::fs::read_to_string(&file).unwrap();
    let hidden = format!("{line}PATH=/usr/bin:/bin\n");
    std::fs::write(&file, &hidden).unwrap();
    let moved = format!("PATH=/usr/bin:/bin\n{line}");
    for (answer, text) in [("\n", &hidden), ("n\n", &hidden), ("y\n", &moved)] {
        let (seen, status) = answered(&scene, &["setup"], &[bash], Some(answer));
        let seen = String::from_utf8_lossy(&seen).into_owned();
        let end = if text == &moved { 0 } else { 1 };
        assert_eq!(status, Some(end), "{answer:?}: {seen}");
        assert!(seen.contains("put goward's line at the end of ~/.bashrc? [y/N] "), "{seen}");
        assert_eq!(&std::fs::read_to_string(&file).unwrap(), text, "{answer:?}: {seen}");
        let all_right = seen.contains("the shims are first on PATH");
        assert_eq!(all_right, text == &moved, "{answer:?}: {seen}");
    }
}

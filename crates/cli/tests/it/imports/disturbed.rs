//! An import among other users' files, odd files, kills and other processes.

use super::{rows, used};
use crate::machine::{Machine, Ran, ran};
use crate::strangers::{OTHER, bounded, can_give, odd, run};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

/// Files of another user are named, and nothing is taken from them.
#[test]
fn trees_and_files_of_another_user_are_listed_and_not_taken() {
    let m = used();
    let tree = m.path("home/.goenv/versions/1.22.10");
    if !(can_give(&tree) && can_give(&m.path("home/.goenv/version"))) {
        return;
    }
    let json = m.json(&["import", "goenv"]);
    let why = format!("nothing it belongs to user {OTHER}");
    assert_eq!(rows(&m, &json, "toolchains", &["does", "why"]), [why]);
    let why = "null null the file is another user's";
    assert_eq!(rows(&m, &json, "defaults", &["says", "sets", "why"]), [why]);
    m.ok(&["import", "goenv", "--yes"]);
    assert!(!m.root("toolchains/go1.22.10").exists() && !m.root("default").exists());
}

/// Nothing in a foreign file holds a plan up, or reaches the terminal.
#[test]
fn odd_files_harm_nothing() {
    for name in [
        "home/.goenv/version",
        "home/.goenv/versions/1.22.10/VERSION",
        "home/.gvm/environments/default",
        "home/.config/mise/config.toml",
        "home/.bashrc",
        "home/.goup/current",
        "p/mise.toml",
        "p/.prototools",
        "p/.go-pkgset",
        "p/.go-version",
    ] {
        let m = used();
        let path = m.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let tools = ["import", "goenv", "mise", "gvm", "goup", "proto"];
        let mut see = |what: &str| {
            let ran = run(&m, &tools);
            assert_eq!(ran.code, 0, "{name} {what}: {}{}", ran.stdout, ran.stderr);
        };
        odd(&path, &mut see);
        let _ = fs::remove_file(&path);
        for text in [
            &b"\x1b[2J\xff\xfe\n##[error]x\n::set-output name=x::y\n"[..],
            b"export gvm_go_name; gvm_go_name=\"../../x\x1b[2J\"\nexport GOROOT=\x1b]0;x\x07\n",
            b"[tools]\ngo = \"\\u001b[2J\"\n",
            b"go = '../../x'\n",
        ] {
            fs::write(&path, text).unwrap();
            for further in [&[][..], &["--json"]] {
                let ran = bounded(&mut m.command(&[&tools[..], further].concat()));
                assert_eq!(ran.status.code(), Some(0), "{name}: {ran:?}");
                let all = [ran.stdout, ran.stderr].concat();
                let bad = all.iter().any(|byte| *byte < 0x20 && *byte != b'\n');
                assert!(
                    !bad && !all.starts_with(b"::"),
                    "{name}: {}",
                    String::from_utf8_lossy(&all)
                );
            }
        }
    }
}

#[test]
fn a_store_that_cannot_be_written_is_told() {
    let m = used();
    m.write("home/.goward/toolchains", "a file");
    let ran = m.run(&["import", "goenv", "--yes"]);
    assert_ne!(ran.code, 0);
    assert!(ran.stderr.contains("~/.goward/toolchains"), "{}", ran.stderr);
    assert!(!m.root("default").exists());
}

/// The state in which every import ends.
#[track_caller]
fn is_whole(m: &Machine, ran: &Ran) {
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(m.read("home/.goward/default"), "1.22.10\n");
    assert_eq!(m.read("p/.go-version"), "1.23\n");
    assert!(m.ok(&["verify"]).matches("intact").count() == 2);
    assert_eq!(fs::read_dir(m.root("state/staging")).unwrap().count(), 0);
    let left = |dir: &Path| {
        let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().contains(".goward-")).count()
    };
    assert_eq!((left(&m.root("")), left(&m.path("p"))), (0, 0));
}

#[test]
fn a_killed_import_is_run_again() {
    let args = ["import", "goenv", "mise", "--yes"];
    for milliseconds in [20, 60, 120, 250] {
        let m = used();
        let mut child =
            m.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        let _ = child.kill();
        child.wait().unwrap();
        is_whole(&m, &m.run(&args));
    }
}

#[test]
fn two_imports_at_once_do_it_once() {
    let (m, args) = (used(), ["import", "goenv", "mise", "--yes"]);
    let mut first = m.command(&args);
    let first = first.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let second = m.run(&args);
    let first = ran(first.wait_with_output().unwrap(), &m);
    assert_eq!(first.code, 0);
    is_whole(&m, &second);
}

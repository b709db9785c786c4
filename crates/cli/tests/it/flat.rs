//! `goward mod --flat`: what git shows of a go.mod by it, and files that strangers wrote.

use crate::machine::Machine;
use goward_testkit::start::{find, tool};
use std::fs;
use std::os::unix::fs::symlink;

const BLOCK: &str =
    "module m\n\nrequire (\n\ta.example/x v1.2.3 // indirect\n\tb.example v1.0.0\n)\n";
const FLAT: &str = "module m\nrequire a.example/x v1.2.3 // indirect\nrequire b.example v1.0.0\n";

#[test]
fn each_directive_has_a_line() {
    let m = Machine::new();
    m.write("p/go.mod", BLOCK);
    m.write("p/blob", &BLOCK.replace('\n', "\r\n"));
    m.write("p/go.work", "use (\n\t./a\n\t./b // why\n)\n");
    assert_eq!(m.ok(&["mod", "--flat", "go.mod"]), FLAT);
    assert_eq!(m.ok(&["mod", "--flat", "blob"]), FLAT);
    assert_eq!(m.ok(&["mod", "--flat", "go.work"]), "use ./a\nuse ./b // why\n");
}

/// git runs it on each version of each file that anyone committed, and fails where it fails.
#[test]
fn what_cannot_be_parsed_is_printed_as_it_is() {
    let m = Machine::new();
    let large = "// long\n".repeat((17 << 20) / 8);
    let cases: [&[u8]; 5] =
        [b"", b"require (\n", b"\xff\x00\x1b[2J\n", b"/* no end", large.as_bytes()];
    for bytes in cases {
        fs::write(m.path("p/go.mod"), bytes).unwrap();
        let ran = m.command(&["mod", "--flat", "go.mod"]).output().unwrap();
        assert!(ran.status.success() && ran.stderr.is_empty(), "{ran:?}");
        assert!(ran.stdout == bytes, "{} bytes", bytes.len());
    }
}

/// Neither a configuration nor a variable that goward refuses elsewhere, nor a file of the directory.
#[test]
fn the_file_alone_counts() {
    let m = Machine::new();
    m.write("p/go.mod", BLOCK);
    m.write("p/.goenv", "GOFLAGS=-toolexec=x\n");
    m.write("home/.goward/config.toml", "broken =\n");
    let m = m.with("GOWARD_ROOT", "relative").with("GOTOOLCHAIN", "nonsense").with("GOFLAGS", "-x");
    let ran = m.run(&["mod", "--flat", "go.mod"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, FLAT, ""));
}

#[test]
fn what_is_no_file_is_refused_at_once() {
    let m = Machine::new();
    assert!(tool("mkfifo").arg(m.path("p/pipe")).status().unwrap().success());
    symlink("/dev/zero", m.path("p/endless")).unwrap();
    for (name, code) in [("absent", 3), ("pipe", 1), ("endless", 1), (".", 1)] {
        let ran = m.run(&["mod", "--flat", name]);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{name}");
        let first = format!("goward: error: cannot read {name}\n");
        assert!(ran.stderr.starts_with(&first), "{}", ran.stderr);
    }
}

#[test]
fn a_terminal_gets_nothing_that_acts_on_it() {
    let m = Machine::new();
    let evil = "// \u{1b}]52;c;x\u{7}##vso[task.x]\u{202e}\n";
    let script = "import os, pty, sys\n\
         pid, terminal = pty.fork()\n\
         if pid == 0: os.execv(sys.argv[1], [sys.argv[1], 'mod', '--flat', 'go.mod'])\n\
         said = b''\n\
         try:\n\
         \x20   while chunk := os.read(terminal, 4096): said += chunk\n\
         except OSError: pass\n\
         sys.stdout.buffer.write(said)\n\
         sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n";
    for (text, line) in
        [(format!("{BLOCK}{evil}"), "require b.example v1.0.0"), (format!("({evil}"), "(//")]
    {
        m.write("p/go.mod", &text);
        let args = ["-c", script, env!("CARGO_BIN_EXE_goward")];
        let ran = m.command_of(&find("python3").unwrap(), &args).output().unwrap();
        let said = String::from_utf8(ran.stdout).unwrap();
        assert!(ran.status.success() && said.contains(line), "{said:?}");
        assert!(
            !said.contains(['\u{1b}', '\u{7}', '\u{202e}']) && !said.contains("##vso["),
            "{said:?}"
        );
    }
}

/// Each CI system reads what its jobs print for commands, from a pipe, too.
#[test]
fn a_ci_system_gets_no_command() {
    let evil = "module m\n// \u{1b}]52;c;x\u{7} ##vso[task.x]\n\t::add-mask::x\n";
    for (name, value) in [
        ("CI", "true"),
        ("TF_BUILD", "True"),
        ("JENKINS_URL", "http://x"),
        ("TEAMCITY_VERSION", "1"),
    ] {
        let m = Machine::new().with(name, value);
        // A larger one is not taken apart.
        let large = if name == "CI" { (17 << 20) / 8 } else { 0 };
        let large = [evil, &"// long\n".repeat(large)].concat();
        for text in [evil, &format!("({evil}"), &large] {
            m.write("p/go.mod", text);
            let said = m.ok(&["mod", "--flat", "go.mod"]);
            let acts = said.contains(['\u{1b}', '\u{7}']) || said.contains("##vso[");
            assert!(!acts && !said.contains("\n\t::"), "{name}");
        }
        m.write("p/go.mod", BLOCK);
        assert_eq!(m.ok(&["mod", "--flat", "go.mod"]), FLAT);
    }
}

/// The difference of a line in a block says what it is of.
#[test]
fn git_shows_differences_by_it() {
    let m = Machine::new();
    let git = |args: &[&str]| {
        let mut git = tool("git");
        let who = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
        let ran = git.args(who).args(args).current_dir(m.path("p")).output().unwrap();
        assert!(ran.status.success(), "{args:?}: {ran:?}");
        String::from_utf8(ran.stdout).unwrap()
    };
    git(&["init", "-q"]);
    m.write("p/.gitattributes", "go.mod diff=gomod\n");
    m.write("p/go.mod", BLOCK);
    git(&["add", "."]);
    git(&["commit", "-qm", "x"]);
    m.write("p/go.mod", &BLOCK.replace("v1.0.0", "v1.1.0"));
    let plain = git(&["diff", "-U0"]);
    assert!(plain.contains("\n-\tb.example v1.0.0\n"), "{plain}");
    let goward = format!("'{}' mod --flat", env!("CARGO_BIN_EXE_goward"));
    git(&["config", "diff.gomod.textconv", &goward]);
    let shown = git(&["diff", "-U0"]);
    let lines = "\n-require b.example v1.0.0\n+require b.example v1.1.0\n";
    assert!(shown.contains(lines), "{shown}");
}

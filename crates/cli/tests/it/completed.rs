//! Completion in the shells themselves, in a home directory that has nothing yet: the commands of
//! `goward completions --help`, and then a press of Tab.
//!
//! A shell that is not installed is `NOT TESTED`.

use crate::machine::{Machine, copy, script};
use goward_testkit::start::{self, find};
use goward_testkit::untested::{Lack, not_tested};
use std::path::Path;

/// A machine with two releases and a linked tree, whose `goward` is on PATH.
fn machine() -> Machine {
    let m = Machine::new();
    m.ok(&["install", "1.22.10", "1.21.13"]);
    script(&m.path("tree/bin/go"), "echo go version gomine");
    m.ok(&["link", "mine", m.path("tree").to_str().unwrap()]);
    copy(Path::new(env!("CARGO_BIN_EXE_goward")), &m.path("bin/goward"));
    let path = format!("{}:/usr/bin:/bin", m.path("bin").display());
    // The mirrors that everyone has, which are not asked.
    m.with("PATH", &path).with("GOWARD_MIRROR", "").with("GOWARD_MIRROR_DIGESTS", "")
}

/// What the script prints in that shell.
fn said(m: &Machine, shell: &str, args: &[&str], text: &str) -> Option<String> {
    let Some(program) = find(shell) else {
        not_tested(&format!("completion in {shell}"), Lack::Shell, "it is not installed");
        return None;
    };
    let mut command = start::program(program, m.vars());
    command.args(args).arg(text).current_dir(m.path("p")).env("LC_ALL", "C.UTF-8");
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && !stdout.is_empty(), "{shell}: {stdout}{errors}");
    Some(stdout)
}

/// The examples of the help text for that shell.
fn examples(m: &Machine, shell: &str) -> String {
    let help = m.ok(&["completions", "--help"]);
    let examples = help.split_once("\nExamples:\n").unwrap().1;
    let lines = examples.lines().filter(|line| line.contains(shell) && line.contains('~'));
    let lines: Vec<_> = lines.map(str::trim).collect();
    assert!(!lines.is_empty(), "no example for {shell}: {help}");
    lines.join("\n")
}

/// What a person types before Tab, what is offered, and what is not.
const TYPED: [(&str, &[&str], &[&str]); 10] = [
    ("uninstall ", &["1.22.10", "1.21.13", "mine"], &["system", "1.23.2"]),
    ("use 1.2", &["1.22.10", "1.21.13"], &["mine", "1.23.2"]),
    ("unlink ", &["mine"], &["1.22.10"]),
    // The newest patches of the compiled-in table: no server is asked.
    ("install 1.2", &["1.23.12", "1.22.12"], &["1.22.10", "1.24rc1"]),
    ("pro", &[], &["provide"]),
    ("doctor go", &["goroot", "go-env-pin"], &["disk"]),
    ("cross linux/a", &["linux/arm64", "linux/amd64"], &["windows/amd64"]),
    ("config set ", &["mirrors", "policy.minimum"], &["format"]),
    ("config set offline ", &["true", "false"], &["own"]),
    ("uni", &["uninstall"], &["provide"]),
];

/// Whether the words offered are right.
fn judge(shell: &str, typed: &str, offered: &str) {
    let (_, there, not) = TYPED.iter().find(|(known, ..)| *known == typed).unwrap();
    let words: Vec<&str> = offered.split_whitespace().collect();
    for word in *there {
        assert!(words.contains(word), "{shell}: {typed:?}: no {word} in {offered}");
    }
    for word in *not {
        assert!(!words.contains(word), "{shell}: {typed:?}: {word} in {offered}");
    }
}

#[test]
fn bash_completes_on_a_fresh_home() {
    let m = machine();
    for (typed, ..) in TYPED {
        let words: Vec<&str> = typed.split(' ').collect();
        let (last, all) = (words[words.len() - 1], words.join("' '"));
        let count = words.len();
        let text = format!(
            "{}\n. ~/.bashrc\nCOMP_WORDS=(goward '{all}')\nCOMP_CWORD={count}\nCOMP_TYPE=9\n\
             eval \"$(complete -p goward | sed 's/.*-F \\([^ ]*\\) .*/\\1/')\" goward '{last}' x\n\
             printf '%s\\n' offered \"${{COMPREPLY[@]}}\"",
            examples(&m, "bash")
        );
        let text = text.replace("eval \"$(complete", "\"$(complete");
        if let Some(offered) = said(&m, "bash", &["--norc", "-c"], &text) {
            judge("bash", typed, &offered);
        }
    }
}

#[test]
fn fish_completes_on_a_fresh_home() {
    let m = machine();
    for (typed, ..) in TYPED {
        let examples = examples(&m, "fish");
        let text = format!("{examples}\necho offered\ncomplete -C 'goward {typed}'");
        if let Some(offered) = said(&m, "fish", &["-c"], &text) {
            judge("fish", typed, &offered);
        }
    }
}

/// `_describe` gets what would be offered.
#[test]
fn zsh_completes_on_a_fresh_home() {
    let m = machine();
    for (typed, ..) in TYPED {
        let words: Vec<&str> = typed.split(' ').collect();
        let (all, current) = (words.join("' '"), words.len() + 1);
        let text = format!(
            "{}\n. ~/.zshrc\n(( $+_comps[goward] )) || exit 1\n\
             _describe() {{ print -rl -- ${{(P)3}} }}\n\
             words=(goward '{all}')\nCURRENT={current}\necho offered\n$_comps[goward]",
            examples(&m, "zsh")
        );
        if let Some(offered) = said(&m, "zsh", &["-f", "-c"], &text) {
            let plain: Vec<_> =
                offered.lines().map(|line| line.split(':').next().unwrap_or_default()).collect();
            judge("zsh", typed, &plain.join("\n"));
        }
    }
}

/// A store that cannot be read, or a directory that is refused, offers nothing and says nothing.
#[test]
fn completion_is_silent_where_anything_is_wrong() {
    let m = Machine::new();
    m.write("home/.goward/toolchains", "no directory");
    m.write("p/.goenv", "GOFLAGS=-toolexec=x\n");
    let mut command = m.command(&["--", "goward", "uninstall", ""]);
    command.env("GOWARD_COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", "2").env("_CLAP_IFS", "\n");
    let ran = crate::machine::ran(command.output().unwrap(), &m);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    assert!(!ran.stdout.contains("1."), "{}", ran.stdout);
}

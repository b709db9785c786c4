//! The help text of each command, and the messages about wrong command lines, to the byte: `help/`
//! holds them as goward prints them. With `GOWARD_TEST_UPDATE` set, the test writes them there.

use crate::machine::Machine;
use std::fs;
use std::path::Path;

/// Command lines that make no sense: one at least for each command.
const MISTAKES: &[&[&str]] = &[
    &[],
    &["frobnicate"],
    &["instal"],
    &["local", "1.22"],
    &["rehash"],
    &["help", "frobnicate"],
    &["-q", "-v", "list"],
    &["setup", "--shell", "tcl"],
    &["install", "not a version"],
    &["install", "--from"],
    &["install", "https://x.example/go1.22.10.linux-amd64.tar.gz"],
    &["install", "--from", "nowhere", "1.22"],
    &["install", "--verify", "t9", "1.22"],
    &["install", "--sha256", "x", "1.22"],
    &["uninstall"],
    &["list", "nonsense!"],
    &["list", "--bogus"],
    &["outdated", "--default"],
    &["upgrade", "--exit-code"],
    &["verify", "nonsense!"],
    &["repair", "nonsense!"],
    &["prune", "--bogus"],
    &["adopt", "--from", "x"],
    &["import", "rbenv"],
    &["import", "--json", "--yes"],
    &["hook", "instal"],
    &["ci", "start"],
    &["ci", "plan", "--cache", "yes"],
    &["inspect"],
    &["inspect", "--require", "glibc", "x"],
    &["inspect", "--like-go", "--json", "x"],
    &["check", "--format", "xml"],
    &["check", "--fail-on", "never"],
    &["check", "--json", "--format", "github"],
    &["compat", "--test"],
    &["compat", "--matrix", "1.24"],
    &["compat", "--at-most", "new"],
    &["cross", "linux"],
    &["cross", "--platforms", "linux/arm64"],
    &["config"],
    &["config", "set", "offline"],
    &["config", "get"],
    &["doctor", "health"],
    &["doctor", "--fix", "--json"],
    &["mod", "--flat"],
    &["mod", "--flat", "go.mod", "--why", "x"],
    &["cache", "dir", "extra"],
    &["cache", "dir", "--go", "--modules"],
    &["cache", "record", "keys"],
    &["cache", "record", "keys", "--", "make"],
    &["cache", "diff", "--env", "GOAMD64=v3"],
    &["cache", "diff", "keys"],
    &["cache", "clean", "--bogus"],
    &["cache", "mark", "--unmarked"],
    &["cache", "trim"],
    &["cache", "trim", "--unmarked", "--older-than", "2d"],
    &["cache", "trim", "--older-than", "2"],
    &["cache", "trim", "--older-than", "10m"],
    &["use"],
    &["use", "no such thing"],
    &["use", "1.22", "--goenv", "--go-mod"],
    &["default", "no such thing"],
    &["default", "1.22", "--unset"],
    &["which", "--bogus"],
    &["current", "--bogus"],
    &["explain", "--from", "x"],
    &["env", "--bogus"],
    &["exec"],
    &["exec", "1.22"],
    &["trust", "--list", "--diff"],
    &["link"],
    &["link", "corp"],
    &["link", "a b", "."],
    &["self"],
    &["self", "update", "latest"],
    &["self", "update", "--check", "--rollback"],
    &["self", "check", "x"],
    &["completions"],
    &["completions", "tcl"],
    &["unlink"],
    &["provide"],
    &["version", "extra"],
    &["provide", "1.22"],
];

/// The names in the lists of commands of a help text: in all lists between usage and options.
pub(crate) fn listed(help: &str) -> Vec<String> {
    let lists = help.split_once("\n\nUsage: ").map_or("", |(_, rest)| rest);
    let lists = lists.split_once('\n').map_or("", |(_, lists)| lists).trim_start();
    let ends = ["Options:", "Everywhere:", "Arguments:"];
    let lines = lists.lines().take_while(|line| !ends.contains(line));
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// The lists of commands in help texts, followed down. `provide` is in none: only the shim calls it.
pub(crate) fn commands(m: &Machine) -> Vec<Vec<String>> {
    let mut open = vec![Vec::<String>::new(), vec!["provide".to_owned()]];
    let mut found = Vec::new();
    while let Some(command) = open.pop() {
        let help = help(m, &command);
        let names = listed(&help);
        for name in names.into_iter().filter(|name| name != "help") {
            open.push([&command[..], &[name]].concat());
        }
        found.push(command);
    }
    found.sort();
    found
}

pub(crate) fn help(m: &Machine, command: &[String]) -> String {
    let mut args: Vec<&str> = command.iter().map(String::as_str).collect();
    args.push("--help");
    m.ok(&args)
}

/// Holds `text` against the file of that name.
#[track_caller]
fn is_recorded(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/help").join(name);
    if std::env::var_os("GOWARD_TEST_UPDATE").is_some() {
        fs::write(&path, text).unwrap();
    }
    let recorded = fs::read_to_string(&path).unwrap();
    let differs = recorded.lines().zip(text.lines()).find(|(recorded, now)| recorded != now);
    assert!(
        recorded == text,
        "{name} has other words, the first here: {differs:?}; if the new ones are meant, run: \
         GOWARD_TEST_UPDATE=1 cargo test -p goward --test it help::"
    );
}

#[test]
fn every_help_text_is_the_one_that_was_read() {
    // As a reader has it in a window of the usual width.
    let m = Machine::new().with("COLUMNS", "80");
    let commands = commands(&m);
    assert!(commands.len() > 20, "{commands:?}");
    let mut text = String::new();
    for command in &commands {
        let help = help(&m, command);
        let shown = ["goward"].into_iter().chain(command.iter().map(String::as_str));
        let shown = shown.collect::<Vec<_>>().join(" ");
        // No person types `provide`; the parts of a command are shown with it.
        let example = help.contains("\nExamples:\n") && help.contains(&format!("  {shown}"));
        let spared = shown == "goward provide" || command.len() > 1;
        assert!(example || spared, "{shown}: {help}");
        text.push_str(&format!("$ {shown} --help\n{help}\n"));
    }
    is_recorded("commands.txt", &text);
}

#[test]
fn the_words_for_help_are_one() {
    let m = Machine::new().with("COLUMNS", "40");
    let help = m.ok(&["--help"]);
    assert_eq!(m.ok(&["help"]), help);
    assert_eq!(m.ok(&["-h"]), help);
    assert_eq!(m.run(&[]).stderr, format!("goward: {}", help.trim_start()));
    assert_eq!(m.ok(&["help", "use"]), m.ok(&["use", "--help"]));
    assert!(help.lines().all(|line| line.chars().count() <= 40), "{help}");
    assert!(help.find("\nChoose:\n  use ") < help.find("\nAsk:\n  which "), "{help}");
}

#[test]
fn every_mistake_is_answered_in_the_words_that_were_read() {
    let m = Machine::new();
    let mut text = String::new();
    for args in MISTAKES.iter().copied() {
        let ran = m.run(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}: {}", ran.stderr);
        let quoted =
            |arg: &&str| if arg.contains(' ') { format!("'{arg}'") } else { arg.to_string() };
        let shown: Vec<_> = ["goward"].iter().chain(args).map(quoted).collect();
        text.push_str(&format!("$ {}\n{}\n", shown.join(" "), ran.stderr));
    }
    let all = commands(&m).into_iter().map(|command| command.first().cloned().unwrap_or_default());
    for command in all {
        assert!(text.contains(&format!("\n$ goward {command}")), "no mistake with {command}");
    }
    is_recorded("mistakes.txt", &text);
}

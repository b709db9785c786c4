//! The parsers, on text made of the words of their grammars: the plain reference accepts the same
//! text with the same meaning, parsed text renders back, and refusals name the place and the
//! reason.

use crate::checks;
use crate::holds;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};

/// Words for text files and values; a word with a blank at its end begins a line.
const WORDS: &[&str] = &[
    "go",
    "1",
    ".",
    "22",
    "21",
    "20",
    "10",
    "0",
    "rc",
    "1.22.10",
    "1.22",
    "go1.22.3",
    "1.24rc1",
    ".x",
    ".*",
    "latest",
    "system",
    "oldstable",
    "tip",
    "mine",
    "^",
    "~",
    ">=",
    "<",
    "=",
    ">",
    ",",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\u{b}",
    "\u{c}",
    "\u{a0}",
    "\u{feff}",
    "#",
    "//",
    "+",
    "-",
    "/",
    "\\",
    "auto",
    "path",
    "local",
    "-corp",
    "golang ",
    "nodejs ",
    "go ",
    "toolchain ",
    "default",
    "GOTOOLCHAIN=",
    "GOFLAGS=",
    "GOPROXY=",
    "GOOS=",
    "CGO_ENABLED=",
    "GOEXPERIMENT=",
    "CC=",
    "LD_PRELOAD=",
    "GOWARD_X=",
    "GO111MODULE=",
    "GOPRIVATE=",
    "export ",
    "\"",
    "'",
    "-tags=",
    "-v",
    "-mod=vendor",
    "-toolexec=",
    "https://",
    "off",
    "direct",
    "http://",
    "|",
    "\0",
    "é",
    "$HOME",
    "install",
    "run",
    "env",
    "mod",
    "tidy",
    "work",
    "-C",
    "--C=",
    "-x",
    "--",
    "-tags",
    "-w",
    "-u",
    "p@v",
    "./p@v",
    "GOMOD",
    "gofmt",
    "999999999999999999999999999999999999999999999999999999999999",
];

/// Words of `go.mod`, `go.work` and `modules.txt`.
const MODULE_WORDS: &[&str] = &[
    "module ",
    "go ",
    "toolchain ",
    "godebug ",
    "require ",
    "exclude ",
    "replace ",
    "retract ",
    "tool ",
    "ignore ",
    "use ",
    "future ",
    "m",
    " example.com/m/v2 ",
    " gopkg.in/y.v3",
    " v1.2.3",
    " v2.0.0",
    "1.22",
    "1.21rc1",
    "go1.22.3",
    "default",
    "a=b",
    " => ",
    "./d",
    "..",
    "(\n",
    ")\n",
    "( ) ",
    "[",
    ",",
    "]",
    "\"",
    "\"a b\"",
    "`",
    "\\",
    " // indirect\n",
    "// Deprecated: no\n",
    "//\n",
    "/*",
    "\t",
    "\r\n",
    "\n",
    "\n\n",
    "é",
    "\u{feff}",
    "# m v1.2.3\n",
    "## explicit; go 1.21\n",
];

/// Text of up to sixteen words, with a byte here and there that is in no grammar.
fn text() -> impl Strategy<Value = Vec<u8>> {
    text_of(WORDS)
}

fn text_of(words: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        12 => (0..words.len()).prop_map(|at| words[at].as_bytes().to_vec()),
        2 => Just(b"\n".to_vec()),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ];
    vec(word, 0..16).prop_map(|words| words.concat())
}

fn check(name: &str, cases: u32) {
    holds(cases, &text(), |bytes| checks::run(name, &bytes));
}

#[test]
fn versions_and_names() {
    check("version", 20_000);
}

#[test]
fn selectors() {
    check("selector", 20_000);
}

#[test]
fn gotoolchain_values() {
    check("gotoolchain", 20_000);
}

#[test]
fn goenv_files_and_their_tiers() {
    check("goenv", 20_000);
}

#[test]
fn go_env_files() {
    check("goenvfile", 10_000);
}

#[test]
fn module_files_as_go_reads_them() {
    holds(10_000, &text_of(MODULE_WORDS), |bytes| checks::run("gomod", &bytes));
}

#[test]
fn pin_files() {
    check("pinfile", 10_000);
}

#[test]
fn module_files() {
    check("modfile", 3_000);
}

#[test]
fn command_lines() {
    check("invocation", 20_000);
}

/// One setting of each kind, so that no tier is left to chance.
#[test]
fn values_of_goenv() {
    const KEYS: &[&str] = &[
        "GOTOOLCHAIN",
        "GOFLAGS",
        "GOPROXY",
        "GOOS",
        "GOARM",
        "CGO_ENABLED",
        "GOEXPERIMENT",
        "GO111MODULE",
        "GOPRIVATE",
        "GOSUMDB",
        "CC",
        "PATH",
        "GIT_DIR",
        "X",
    ];
    let setting = ((0..KEYS.len()).prop_map(|at| KEYS[at]), text());
    holds(20_000, &setting, |(key, value)| {
        checks::run("goenv", &[key.as_bytes(), b"=", &value].concat());
    });
}

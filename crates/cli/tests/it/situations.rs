//! The page of `explain` in the situations in which a user asks "why is my Go wrong?":
//! `explain/pages.txt` holds each as goward prints it, at 80 columns; some at 40 and 120, too. With
//! `GOWARD_TEST_UPDATE` set, the test writes them there.

use crate::machine::{Machine, mended, newest, ran, script};
use std::fmt::Write as _;
use std::path::Path;

/// A file and its text, or a variable and its value.
type Pairs = &'static [(&'static str, &'static str)];

/// A page: its question, and the files and variables that lead to it.
struct Page {
    title: &'static str,
    files: Pairs,
    vars: Pairs,
    args: &'static [&'static str],
}

/// Releases that are installed: the first is the default.
const INSTALLED: [&str; 3] = ["1.22.10", "1.21.13", "1.23.2"];

const GO_1_21: (&str, &str) = ("w/p/go.mod", "module m\n\ngo 1.21\n");
const GO_1_23: (&str, &str) = ("w/p/go.mod", "module m\n\ngo 1.23\n");
const GO_1_97: (&str, &str) = ("w/p/go.mod", "module m\n\ngo 1.97.3\n");
const NEVER: (&str, &str) = ("w/p/go.mod", "module m\n\ngo 1.23.99\n");
const WISH: (&str, &str) = ("w/p/go.mod", "module m\n\ngo 1.21\n\ntoolchain go1.23.2\n");
const NO_SUCH_WISH: (&str, &str) = ("w/p/go.mod", "module m\n\ngo 1.21\n\ntoolchain go1.23.9\n");
const MEMBER: (&str, &str) = ("w/q/go.mod", "module q\n\ngo 1.22\n");
const ONLY_Q: (&str, &str) = ("w/go.work", "go 1.22\n\nuse ./q\n");
const MAKEFILE: (&str, &str) = ("w/p/Makefile", "export GOTOOLCHAIN = local\nall:\n\tgo build\n");

const fn page(title: &'static str, files: Pairs, vars: Pairs) -> Page {
    Page { title, files, vars, args: &[] }
}

const PAGES: [Page; 60] = [
    page("Nothing here chooses", &[], &[]),
    page("GOTOOLCHAIN is exported", &[GO_1_23], &[("GOTOOLCHAIN", "go1.21.13")]),
    page(
        "GOTOOLCHAIN was set by go env -w",
        &[GO_1_23, (".config/go/env", "GOTOOLCHAIN=go1.21.13\n")],
        &[],
    ),
    page(
        "GOROOT is exported: another version",
        &[GO_1_23],
        &[("GOROOT", "@/home/.goward/toolchains/go1.21.13")],
    ),
    page("GOROOT is exported: no Go", &[], &[("GOROOT", "/opt/nothing")]),
    page(
        "GOROOT is exported: another tree of that version",
        &[
            ("old/VERSION", "go1.22.10\n"),
            ("old/src/runtime/x.go", ""),
            ("old/pkg/tool/x", ""),
            ("old/bin/go", ""),
        ],
        &[("GOROOT", "@/old")],
    ),
    page("A pin above is older than the module", &[("w/.go-version", "1.22.10\n"), GO_1_23], &[]),
    page("Another go is first on PATH", &[], &[("PATH", "@/other:@SHIMS")]),
    page("The shims are not on PATH", &[], &[("PATH", "@/other")]),
    page("No go is on PATH", &[], &[("PATH", "@/tools")]),
    page("A go.work lies above", &[("w/go.work", "go 1.21\n\nuse ./p\n"), WISH], &[]),
    page(
        "A go.work is older than its member",
        &[GO_1_21, ("w/go.work", "go 1.21\n\nuse (\n\t./p\n\t./q\n)\n"), MEMBER],
        &[],
    ),
    page(
        "The same, and the pin is older, too",
        &[
            GO_1_21,
            ("w/go.work", "go 1.21\n\nuse (\n\t./p\n\t./q\n)\n"),
            MEMBER,
            ("w/p/.go-version", "1.21.13\n"),
        ],
        &[],
    ),
    page("A go.work leaves the module out", &[GO_1_21, ONLY_Q, MEMBER], &[]),
    Page {
        args: &["sub"],
        ..page(
            "The same, in a directory of that module",
            &[GO_1_21, ONLY_Q, MEMBER, ("w/p/sub/x", "")],
            &[],
        )
    },
    page(
        "A toolchain line without its go",
        &[("w/p/go.mod", "module m\n\ngo 1.21\n\ntoolchain 1.23.2\n")],
        &[],
    ),
    page("A go line that is none", &[("w/p/go.mod", "module m\n\ngo 1.23.x\n")], &[]),
    page("A go.work that Go cannot read", &[GO_1_21, ("w/go.work", "go 1.21\n\nusing ./p\n")], &[]),
    page("Under sudo", &[], &[("SUDO_USER", "gopher")]),
    page("A Makefile sets GOTOOLCHAIN: outside of make", &[GO_1_23, MAKEFILE], &[]),
    page(
        "A Makefile sets GOTOOLCHAIN: in a recipe",
        &[GO_1_23, MAKEFILE],
        &[("GOTOOLCHAIN", "local"), ("MAKELEVEL", "1")],
    ),
    page(
        "A make above sets GOTOOLCHAIN, and no Makefile here",
        &[GO_1_23],
        &[("GOTOOLCHAIN", "local"), ("MAKELEVEL", "1")],
    ),
    page("GOTOOLCHAIN=local over a toolchain line", &[WISH], &[("GOTOOLCHAIN", "local")]),
    page("The same, by go env -w", &[WISH, (".config/go/env", "GOTOOLCHAIN=local\n")], &[]),
    page(
        "The same, by a Makefile",
        &[WISH, MAKEFILE],
        &[("GOTOOLCHAIN", "local"), ("MAKELEVEL", "1")],
    ),
    page("GOTOOLCHAIN=local, and what runs is met", &[GO_1_21], &[("GOTOOLCHAIN", "local")]),
    page("GOTOOLCHAIN is no name", &[], &[("GOTOOLCHAIN", "1.22.10")]),
    page("A toolchain line that is not installed", &[NO_SUCH_WISH], &[]),
    page(
        "The same, and nothing may be installed",
        &[NO_SUCH_WISH],
        &[("GOWARD_AUTO_INSTALL", "never")],
    ),
    page("GOWARD_VERSION is set", &[GO_1_23], &[("GOWARD_VERSION", "1.22")]),
    page(
        "GOTOOLCHAIN is exported over a pin",
        &[("w/p/.go-version", "1.23.2\n")],
        &[("GOTOOLCHAIN", "go1.21.13")],
    ),
    page(
        "go env -w over a pin",
        &[("w/p/.go-version", "1.23.2\n"), (".config/go/env", "GOTOOLCHAIN=go1.21.13\n")],
        &[],
    ),
    Page {
        args: &["-v"],
        ..page(
            "GOTOOLCHAIN is no name, and is outranked",
            &[],
            &[("GOTOOLCHAIN", "1.22.10"), ("GOWARD_VERSION", "1.22.10")],
        )
    },
    page("A pin in the home directory", &[(".go-version", "1.21.13\n")], &[]),
    page("Under sudo, without the shims", &[], &[("SUDO_USER", "gopher"), ("PATH", "@/tools")]),
    page("A pin, and a module that it meets", &[("w/p/.go-version", "1.23.2\n"), GO_1_23], &[]),
    page("A pin that is not installed", &[("w/p/.go-version", "1.22.9\n")], &[]),
    page("The same, older than the module", &[("w/p/.go-version", "1.22.9\n"), GO_1_23], &[]),
    page(
        "The same, without a network",
        &[("w/p/.go-version", "1.22.9\n")],
        &[("GOWARD_OFFLINE", "1")],
    ),
    page("A pin that is no version", &[("w/p/.go-version", "v\n")], &[]),
    page("A pin with two lines", &[("w/p/.go-version", "1.22.10\n1.23.2\n")], &[]),
    page(
        "A .tool-versions beside a .go-version",
        &[("w/p/.go-version", "1.22.10\n"), ("w/p/.tool-versions", "nodejs 20\ngolang 1.21.13\n")],
        &[],
    ),
    page(
        "Files of other managers",
        &[("w/p/mise.toml", "[tools]\ngo = '1.21'\n"), ("w/.prototools", "go = \"1.21\"\n")],
        &[],
    ),
    page(
        "A .goenv falls below the module",
        &[("w/p/.goenv", "GOTOOLCHAIN=go1.22.10\n"), GO_1_23],
        &[],
    ),
    page("A .goenv that needs trust", &[("w/p/.goenv", "CC=./cc\n")], &[]),
    page(
        "A .goenv below a pin",
        &[("w/.go-version", "1.21.13\n"), ("w/p/.goenv", "GOOS=js\nGOTOOLCHAIN=go1.23.2\n")],
        &[],
    ),
    page("A go line that the default meets", &[GO_1_21], &[]),
    page("A go line that another release meets", &[GO_1_23], &[]),
    page("A go line of a release that goward does not know", &[GO_1_97], &[]),
    page("The same, and no installs", &[GO_1_97], &[("GOWARD_AUTO_INSTALL", "never")]),
    page("A go line of a release that there is not", &[NEVER], &[]),
    page("A pin of a release that goward does not know", &[("w/p/.go-version", "1.97.3\n")], &[]),
    page("A pin of a release that there is not", &[("w/.go-version", "1.21.99\n")], &[]),
    page(
        "A toolchain line of a release that there is not",
        &[("w/p/go.mod", "module m\n\ngo 1.20\n\ntoolchain go1.21.99\n")],
        &[],
    ),
    page(
        "A toolchain line that repeats the go line",
        &[("w/p/go.mod", "module m\n\ngo 1.23.2\n\ntoolchain go1.23.2\n")],
        &[],
    ),
    page(
        "A toolchain line of a Go without such lines",
        &[("w/p/go.mod", "module m\n\ngo 1.19\n\ntoolchain go1.20.1\n")],
        &[],
    ),
    page("A toolchain line", &[WISH], &[]),
    page("A toolchain line above a pin", &[("w/p/.go-version", "1.22.10\n"), WISH], &[]),
    Page {
        args: &["--", "+1.22", "test", "./..."],
        ..page("On the command line", &[GO_1_23], &[])
    },
    page(
        "A pin below the user's minimum",
        &[("w/p/.go-version", "1.21.13\n")],
        &[("GOWARD_MINIMUM", "1.22")],
    ),
];

#[test]
fn every_page_is_the_one_that_was_read() {
    let mut all = String::new();
    for page in &PAGES {
        let narrow = page.title == "GOTOOLCHAIN is exported" || page.title.contains("beside");
        for columns in ["80", "40", "120"].iter().filter(|columns| narrow || **columns == "80") {
            let text = shown(page, columns);
            let _ = writeln!(all, "# {} ({columns} columns)\n\n{text}", page.title);
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/explain/pages.txt");
    if std::env::var_os("GOWARD_TEST_UPDATE").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, &all).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap();
    let other = all.lines().zip(kept.lines()).find(|(now, then)| now != then);
    assert!(
        all == kept,
        "pages.txt has another page, the first line here: {other:?}; if the new one is meant, run: \
         GOWARD_TEST_UPDATE=1 cargo test -p goward --test it situations::"
    );
}

/// The page on a machine of its own.
fn shown(page: &Page, columns: &str) -> String {
    let mut m = Machine::set_up();
    script(&m.path("other/go"), "echo other");
    for version in INSTALLED {
        m.ok(&["install", version]);
    }
    for (name, text) in page.files {
        m.write(name, text);
    }
    let dir = m.path("").display().to_string();
    let dir = dir.trim_end_matches('/').to_owned();
    let shims = format!("{dir}/home/.goward/shims:{dir}/tools");
    for (key, value) in page.vars {
        m = m.with(key, &value.replace("@SHIMS", &shims).replace('@', &dir));
    }
    let project = m.path("w/p");
    std::fs::create_dir_all(&project).unwrap();
    let mut args = vec!["explain"];
    args.extend(page.args);
    let mut command = m.command(&args);
    // All lies in the home directory, so a page is as wide on every machine.
    let places = [("PWD", project.clone()), ("HOME", dir.into()), ("GOWARD_ROOT", m.root(""))];
    command.current_dir(&project).envs(places).env("COLUMNS", columns);
    let ran = ran(command.output().unwrap(), &m);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    // The next release of Go changes no page.
    let pages = ran.stdout.replace(&mended(), "1.98 and 1.99");
    let minor = format!("-go={} ", newest().rsplit_once('.').unwrap().0);
    pages.replace(&newest(), "1.99.9").replace(&minor, "-go=1.99 ")
}

//! `goward compat` with real Go: the page of the book, and its tables against Go's own. `tests/compat/run` tries it
//! on modules of many kinds.

use goward_tests::binaries::workspace;
use goward_tests::mirror::tree;
use goward_tests::proxy::ModuleProxy;
use goward_tests::sandbox::Sandbox;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// The Go that is asked.
const NEWEST: &str = "1.27.3";

const GO_MOD: &str = "module example.com/app\n\ngo 1.22.0\n\nrequire example.com/dep v1.0.0\n";
const MAIN: &str = "package main\n\nimport (\n\t\"slices\"\n\t\"strings\"\n\n\t\
                    \"example.com/dep\"\n)\n\nfunc main() {\n\twords := slices.Sorted(strings.FieldsSeq(\"b a\"))\n\t\
                    println(words[0], dep.Name)\n}\n";

/// A machine with a proxy, and a project.
fn scene(name: &str) -> (Sandbox, ModuleProxy, PathBuf) {
    let sandbox = Sandbox::with(name, &[NEWEST]);
    let files = [
        ("go.mod", "module example.com/dep\n\ngo 1.22.0\n"),
        ("x.go", "package dep\n\nvar Name = \"dep\"\n"),
    ];
    let proxy = ModuleProxy::new(&sandbox).offer_version("example.com/dep", "v1.0.0", &files);
    let dir = sandbox.project("app");
    sandbox.module(&dir, GO_MOD, MAIN);
    // The user's module cache stays empty.
    let cache = sandbox.dir().join("modules");
    let tidy = sandbox.direct(NEWEST, &dir, &["mod", "tidy"]).env("GOMODCACHE", cache);
    let tidy = tidy.env("GOPROXY", proxy.url()).env("GOSUMDB", "off").env("GOFLAGS", "-modcacherw");
    tidy.run().code(0);
    (sandbox, proxy, dir)
}

/// The packages that came after Go 1.16 are those of the manifest of the newest toolchain. There the oldest of its
/// symbols dates a package, but for runtime/cgo, which had none before.
#[test]
fn packages_are_as_old_as_go_says() {
    let path = "src/cmd/vendor/golang.org/x/tools/internal/stdlib/manifest.go";
    let text = fs::read_to_string(tree(NEWEST).join(path)).expect("the manifest");
    let mut oldest: BTreeMap<&str, u16> = BTreeMap::new();
    let mut package = "";
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("\t\"").and_then(|rest| rest.strip_suffix("\": {")) {
            package = name;
        } else if let Some(symbol) = line.strip_prefix("\t\t{\"") {
            let minor = symbol.split(", ").nth(2).expect("a symbol has a version");
            let minor: u16 = minor.parse().expect("a minor");
            let known = oldest.entry(package).or_insert(minor);
            *known = minor.min(*known);
        }
    }
    assert!(oldest.len() > 150, "the manifest has another form");
    oldest.retain(|package, minor| *minor > 16 && *package != "runtime/cgo");
    let ours = source("since.rs");
    let rows = ours.lines().filter_map(|line| line.strip_prefix("    (\"")?.strip_suffix("),"));
    let rows = rows.map(|row| row.split_once("\", ").expect("a path and a minor"));
    let rows = rows.map(|(path, minor)| (path, minor.parse().expect("a minor")));
    assert_eq!(rows.collect::<BTreeMap<&str, u16>>(), oldest);
}

/// A source of `govern::compat`: its tables are private, and no program prints them.
fn source(name: &str) -> String {
    let path = workspace().join("crates/govern/src/compat").join(name);
    fs::read_to_string(path).expect("our sources")
}

/// The settings of GODEBUG are those of Go's own source.
#[test]
fn settings_are_those_of_go() {
    let text = fs::read_to_string(tree(NEWEST).join("src/internal/godebugs/table.go"));
    let text = text.expect("the table");
    let field = |line: &str, name: &str| {
        let rest = line.split_once(&[name, ": "].concat())?.1;
        let end = rest.find([',', '}'])?;
        Some(rest[..end].trim_matches('"').to_owned())
    };
    let (mut kept, mut gone) = (BTreeSet::new(), BTreeSet::new());
    for line in text.lines().filter(|line| line.starts_with("\t{Name: ")) {
        let name = field(line, "Name").expect("a name");
        if let Some(minor) = field(line, "Removed") {
            let values = line.rsplit_once("// Old: ").expect("the values").1;
            let values: Vec<&str> =
                values.split(" or ").map(|value| value.trim_matches('"')).collect();
            gone.insert(format!("{name} {} {minor}", values.join(" ")));
        } else if let Some(minor) = field(line, "Changed") {
            kept.insert(format!("{name} {minor} {}", field(line, "Old").expect("a value")));
        }
    }
    assert_eq!((kept.len() > 20, gone.len()), (true, 9), "the table has another form");
    let (mut ours_kept, mut ours_gone) = (BTreeSet::new(), BTreeSet::new());
    for line in source("debug.rs").lines() {
        let Some((before, row)) = line.split_once("changed(\"") else { continue };
        let (name, row) = row.split_once("\", ").expect("a name");
        let (minor, row) = row.split_once(", &[").expect("a minor");
        let (values, rest) = row.split_once("])").expect("values");
        let values = values.replace(['"', ','], "");
        match before.trim() {
            "removed(" => {
                let removed = rest.trim_matches([',', ' ', ')']);
                ours_gone.insert(format!("{name} {values} {removed}"))
            }
            _ => ours_kept.insert(format!("{name} {minor} {values}")),
        };
    }
    assert_eq!((ours_kept, ours_gone), (kept, gone));
}

/// Go refuses a workspace whose go.work says less than a member; goward tells why, and what else holds.
#[test]
fn a_workspace_below_its_member_is_told() {
    let sandbox = Sandbox::with("compat-work", &["1.27.3"]);
    let dir = sandbox.project("app");
    sandbox.write(dir.join("go.work"), "go 1.21\n\nuse (\n\t./a\n\t./b\n)\n");
    for (name, line) in [("a", "1.21"), ("b", "1.25.0")] {
        sandbox.write(dir.join(name).join("go.mod"), &format!("module {name}\n\ngo {line}\n"));
        sandbox.write(dir.join(name).join("x.go"), &format!("package {name}\n"));
    }
    let told = || -> serde_json::Value {
        let call = sandbox.goward(&["compat", "--json"]).dir(&dir).env("PWD", &dir);
        let ran = call.env("GOPROXY", "off").run();
        serde_json::from_str(&ran.code(0).stdout).expect("a document")
    };
    let below = told();
    let reason = "module b has the go line 1.25.0, and go.work only 1.21";
    assert_eq!(
        (&below["untidy"]["reason"], &below["floor"]["version"]),
        (&reason.into(), &"1.25.0".into())
    );
    sandbox.direct("1.27.3", &dir, &["list", "./a"]).run().code(1);
    let command = below["untidy"]["command"].as_str().expect("a command");
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    sandbox.direct("1.27.3", &dir, &words).run().code(0);
    assert_eq!(told()["untidy"], serde_json::Value::Null);
}

/// An import asks for a release whose language the go line does not allow.
#[test]
fn a_go_line_below_the_language_is_told() {
    let sandbox = Sandbox::with("compat-language", &["1.27.3"]);
    let dir = sandbox.project("app");
    let code =
        "package main\n\nimport \"slices\"\n\nfunc main() { println(slices.Max([]int{min(1)})) }\n";
    let needs = || {
        let call = sandbox.goward(&["compat", "--json"]).dir(&dir).env("PWD", &dir);
        let told: serde_json::Value =
            serde_json::from_str(&call.env("GOPROXY", "off").run().code(0).stdout).expect("JSON");
        told["needs_go_line"].clone()
    };
    for (line, expected) in [
        ("\ngo 1.19\n", "1.21".into()),
        ("", "1.21".into()),
        ("\ngo 1.21\n", serde_json::Value::Null),
    ] {
        sandbox.module(&dir, &format!("module m\n{line}"), code);
        assert_eq!(needs(), expected, "{line:?}");
        let built = sandbox.direct("1.27.3", &dir, &["build", "-o", "p", "."]).run();
        assert_eq!(built.status.success(), expected.is_null(), "{built}");
    }
}

/// The page of the book; and no file of the tree changes, no copy is left, and without a network nothing is asked.
#[test]
fn the_page_shows_what_it_prints_and_the_tree_stays() {
    let (sandbox, proxy, dir) = scene("compat-page");
    let call = |args: &[&str]| {
        let call = sandbox.goward(&[&["compat"], args].concat()).dir(&dir).env("PWD", &dir);
        call.env("GOPROXY", proxy.url()).env("GOSUMDB", "off").env("COLUMNS", "100").run()
    };
    let json = |args: &[&str]| -> serde_json::Value {
        serde_json::from_str(&call(args).code(0).stdout).expect("a document")
    };
    let before = goward_tests::sandbox::files_below(&dir);
    let offline = json(&["--offline", "--json"]);
    assert_eq!(
        (&offline["exact"], &offline["floor"]["version"]),
        (&false.into(), &"1.22.0".into())
    );
    assert!(!sandbox.home().join("go/pkg/mod").exists());
    let ran = call(&[]);
    ran.code(0).silent();
    let sums = fs::read(dir.join("go.sum")).expect("tidy has made it");
    fs::remove_file(dir.join("go.sum")).expect("ours");
    let untidy = json(&["--json"])["untidy"].clone();
    assert_eq!(untidy["command"], "go mod tidy", "{untidy}");
    assert!(untidy["reason"].to_string().contains("missing go.sum entry"), "{untidy}");
    fs::write(dir.join("go.sum"), sums).expect("ours");
    let path = workspace().join("docs/src/check/compat.md");
    let page = fs::read_to_string(&path).expect("the page");
    let command = "$ goward compat\n";
    let (before_it, rest) = page.split_once(command).expect("the command");
    let (shown, after) = rest.split_once("```\n").expect("its end");
    if std::env::var_os("GOWARD_TEST_UPDATE").is_some() {
        let page = [before_it, command, &ran.stdout, "```\n", after].concat();
        fs::write(&path, page).expect("the page is ours");
    } else {
        assert_eq!(shown, ran.stdout);
    }
    let told = json(&["--json"]);
    assert_eq!((&told["exact"], &told["floor"]["version"]), (&true.into(), &"1.24".into()));
    assert_eq!(goward_tests::sandbox::files_below(&dir), before);
    let left = fs::read_dir(sandbox.dir().join("tmp")).expect("ours").count();
    assert_eq!(left, 0);
}

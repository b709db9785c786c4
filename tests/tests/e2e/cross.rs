//! `goward cross` with real Go: the page of the book, and that Go keeps what it promises. `tests/cross/run` tries it with
//! compilers for many platforms.

use goward_testkit::untested::{Lack, not_tested};
use goward_tests::binaries::workspace;
use goward_tests::proxy::ModuleProxy;
use goward_tests::sandbox::{Sandbox, files_below};
use std::fs;
use std::path::{Path, PathBuf};

/// The Go that is asked.
const NEWEST: &str = "1.27.3";

const GO_MOD: &str = "module example.com/app\n\ngo 1.21\n";
const MAIN: &str = "package main\n\nimport \"net\"\n\nfunc main() {\n\t_, err := net.LookupPort(\"tcp\", \"http\")\n\t\
                    println(err == nil)\n}\n";

/// What a page shows behind a command; or the page with what is printed now.
fn compare(page: &Path, command: &str, printed: &str) {
    let text = fs::read_to_string(page).expect("the page");
    let command = format!("$ {command}\n");
    let (before, rest) = text.split_once(&command).expect("the command");
    let (shown, after) = rest.split_once("```\n").expect("its end");
    if std::env::var_os("GOWARD_TEST_UPDATE").is_some() {
        let text = [before, &command, printed, "```\n", after].concat();
        fs::write(page, text).expect("the page is ours");
    } else {
        assert_eq!(shown, printed);
    }
}

fn scene(name: &str) -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::with(name, &[NEWEST]);
    let dir = sandbox.project("app");
    sandbox.module(&dir, GO_MOD, MAIN);
    (sandbox, dir)
}

/// The page of the book; and no file of the tree changes, and nothing is left.
#[test]
fn the_page_shows_what_it_prints_and_the_tree_stays() {
    let (sandbox, dir) = scene("cross-page");
    let call = |args: &[&str]| {
        let call = sandbox.goward(&[&["cross"], args].concat()).dir(&dir).env("PWD", &dir);
        call.env("PATH", "/usr/bin:/bin").env("COLUMNS", "100").env("GOPROXY", "off").run()
    };
    let page = workspace().join("docs/src/check/cross.md");
    compare(&page, "goward cross --platforms", &call(&["--platforms"]).code(0).silent().stdout);
    let before = files_below(&dir);
    let ran = call(&["linux/amd64", "linux/arm64", "windows/amd64"]);
    ran.code(0).silent();
    // The compiler, and the glibc, are those of this machine.
    if cfg!(target_arch = "x86_64") && Path::new("/usr/bin/gcc").exists() {
        let command = "goward cross linux/amd64 linux/arm64 windows/amd64";
        compare(&page, command, &ran.stdout);
    } else {
        not_tested("the page on goward cross", Lack::Program, "there is no gcc for x86-64 here");
    }
    assert_eq!(files_below(&dir), before);
    let left = fs::read_dir(sandbox.dir().join("tmp")).expect("ours").count();
    assert_eq!(left, 0);
}

/// A program for another processor, by the line of variables that goward prints.
#[test]
fn go_builds_by_the_line_that_is_printed() {
    let (sandbox, dir) = scene("cross-build");
    let call = sandbox.goward(&["cross", "--json", "linux/arm64"]).dir(&dir).env("PWD", &dir).run();
    let told: serde_json::Value = serde_json::from_str(&call.code(0).stdout).expect("a document");
    let one = &told["platforms"][0];
    assert_eq!((&one["verdict"], &one["linkage"]), (&"ready".into(), &"static".into()));
    let mut go = sandbox.go(&dir, &["build", "-o", "program", "."]);
    for word in one["environment"].as_str().expect("a line").split(' ') {
        let (key, value) = word.split_once('=').expect("a variable");
        go = go.env(key, value);
    }
    go.run().code(0);
    let said = sandbox.goward(&["inspect", "--json", "program"]).dir(&dir).env("PWD", &dir).run();
    let said: serde_json::Value = serde_json::from_str(&said.code(0).stdout).expect("a document");
    assert_eq!(
        (&said[0]["goarch"], &said[0]["interpreter"]),
        (&"arm64".into(), &serde_json::Value::Null)
    );
}

/// A source that imports a module which no file names: Go would find it by the proxy, and does not look for it.
#[test]
fn no_module_is_looked_up() {
    let (sandbox, dir) = scene("cross-lookup");
    let files = [("go.mod", "module example.com/hidden\n"), ("x.go", "package hidden\n")];
    let proxy = ModuleProxy::new(&sandbox).offer_version("example.com/hidden", "v1.0.0", &files);
    let main = "package main\n\nimport _ \"example.com/hidden\"\n\nfunc main() {}\n";
    sandbox.module(&dir, GO_MOD, main);
    for (command, field) in [("cross", "platforms"), ("compat", "untidy")] {
        let call = sandbox.goward(&[command, "--json"]).dir(&dir).env("PWD", &dir);
        let call = call.env("GOPROXY", proxy.url()).env("GOSUMDB", "off").run();
        let told: serde_json::Value =
            serde_json::from_str(&call.code(0).stdout).expect("a document");
        let told = told[field].to_string();
        assert!(told.contains("no required module provides package example.com/hidden"), "{told}");
        assert!(!sandbox.home().join("go/pkg/mod/cache/download/example.com").exists());
    }
    // Go itself finds it.
    let found = sandbox.direct(NEWEST, &dir, &["list", "-mod=mod", "-deps", "."]);
    found
        .env("GOPROXY", proxy.url())
        .env("GOSUMDB", "off")
        .env("GOFLAGS", "-modcacherw")
        .run()
        .code(0);
    assert!(sandbox.home().join("go/pkg/mod/cache/download/example.com").exists());
}

/// Whether cgo is on, and the compiler, are what `go env` says. `tests/cross/run` asks about every port.
#[test]
fn cgo_is_on_where_go_has_it_on() {
    let (sandbox, dir) = scene("cross-env");
    for value in ["", "0", "1"] {
        let call = sandbox.goward(&["cross", "--json", "linux/amd64", "linux/arm64"]);
        let call = call.dir(&dir).env("PWD", &dir).env("CGO_ENABLED", value).run();
        let told: serde_json::Value =
            serde_json::from_str(&call.code(0).stdout).expect("a document");
        for one in told["platforms"].as_array().expect("platforms") {
            let name = |key: &str| one[key].as_str().expect("a name").to_owned();
            let go = sandbox.direct(NEWEST, &dir, &["env", "CGO_ENABLED", "CC"]);
            let go = go.env("GOOS", name("goos")).env("GOARCH", name("goarch"));
            let said = go.env("CGO_ENABLED", value).ok();
            let (enabled, compiler) = said.split_once('\n').expect("two lines");
            assert_eq!(one["cgo"]["enabled"], enabled == "1", "{one} {said}");
            for first in one["compilers"].as_array().expect("compilers").iter().take(1) {
                assert_eq!(first["command"], compiler, "{one}");
            }
        }
    }
}

/// A package that does not build for a mistake of its own does not need cgo for that.
#[test]
fn a_mistake_is_no_need_of_cgo() {
    let (sandbox, dir) = scene("cross-mistake");
    let files = [
        ("c.go", "package main\n\nimport \"C\"\n\nfunc fast() int { return 1 }\n"),
        ("stub.go", "//go:build !cgo\n\npackage main\n\nfunc fast() int { return 0 }\n"),
    ];
    let told = || {
        let call = sandbox.goward(&["cross", "--json", "linux/arm64"]).dir(&dir).env("PWD", &dir);
        let told: serde_json::Value = serde_json::from_str(&call.run().stdout).expect("a document");
        let one = &told["platforms"][0];
        (one["verdict"].to_string(), one["packages"][0]["need"].to_string(), one.to_string())
    };
    for (name, text) in files {
        fs::write(dir.join(name), text).expect("ours");
    }
    for (main, verdict, need) in [
        ("println(fast())", "ready", "optional"),
        // With cgo the function takes an argument.
        ("println(fast(1))", "", "required"),
        ("println(fast(), slow())", "unsupported", "optional"),
    ] {
        fs::write(dir.join("main.go"), format!("package main\n\nfunc main() {{ {main} }}\n"))
            .expect("ours");
        let told = told();
        assert_eq!(told.1.trim_matches('"'), need, "{main}");
        // A machine may have no compiler for it.
        assert!(verdict.is_empty() || told.0.trim_matches('"') == verdict, "{}", told.2);
        let says = told.2.contains("./main.go:3:31: undefined: slow");
        assert_eq!(says, verdict == "unsupported", "{}", told.2);
    }
    fs::remove_file(dir.join("stub.go")).expect("ours");
    fs::write(dir.join("main.go"), "package main\n\nfunc main() { println(fast()) }\n")
        .expect("ours");
    assert_eq!(told().1, "\"required\"");
    // What is left of the package compiles, and what imports it does not.
    sandbox.write(dir.join("lib/p.go"), "package lib\n\nfunc P() {}\n");
    sandbox.write(dir.join("lib/c.go"), "package lib\n\nimport \"C\"\n\nfunc One() {}\n");
    fs::remove_file(dir.join("c.go")).expect("ours");
    for (called, need) in [("P", "\"optional\""), ("One", "\"required\"")] {
        let main = format!(
            "package main\n\nimport \"example.com/app/lib\"\n\nfunc main() {{ lib.{called}() }}\n"
        );
        fs::write(dir.join("main.go"), main).expect("ours");
        assert_eq!(told().1, need, "{called}");
    }
}

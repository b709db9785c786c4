//! `goward mod` with real Go, on a proxy of tiny modules: what it says of each.

mod deep;
mod harmless;
#[cfg(target_os = "linux")]
mod hostile;
mod job;
mod listed;
#[cfg(target_os = "linux")]
mod looking;
mod scene;

use goward_tests::binaries::workspace;
use scene::{NEWEST, Scene, go_mod, row};
use serde_json::{Value, json};
use std::fs;

#[test]
fn the_page_shows_what_it_prints() {
    let scene = Scene::with("mod-page", &[NEWEST]);
    let dir = scene.app();
    let path = workspace().join("docs/src/check/mod.md");
    let mut page = fs::read_to_string(&path).expect("the page");
    for args in [&[][..], &["--why", "example.com/c"]] {
        let ran = scene.call(&dir, args).env("COLUMNS", "100").run();
        ran.code(0).silent();
        let command = format!("$ goward {}\n", [&["mod"], args].concat().join(" "));
        let (before, rest) = page.split_once(&command).expect("the command");
        let (shown, after) = rest.split_once("```\n").expect("its end");
        if std::env::var_os("GOWARD_TEST_UPDATE").is_some() {
            page = [before, &command, &ran.stdout, "```\n", after].concat();
        } else {
            assert_eq!(shown, ran.stdout);
        }
    }
    if std::env::var_os("GOWARD_TEST_UPDATE").is_some() {
        fs::write(&path, page).expect("the page is ours");
    }
}

#[test]
fn each_difference_is_told_with_its_reason() {
    let scene = Scene::with("mod-rows", &[NEWEST]);
    let dir = scene.app();
    let all = scene.json(&dir, &[]);
    assert_eq!((&all["mode"], &all["toolchain"]), (&"module".into(), &json!("go1.27.3")));
    assert_eq!((&all["untidy"], &all["error"]), (&true.into(), &Value::Null));
    let c = row(&all, "c");
    assert_eq!((&c["asked"][0]["version"], &c["asked"][0]["line"]), (&"v1.0.0".into(), &8.into()));
    assert_eq!((&c["selected"], &c["differs"]), (&"v1.1.0".into(), &true.into()));
    let way = json!([
        { "module": "example.com/app", "version": null },
        { "module": "example.com/a", "version": "v1.0.0" },
    ]);
    assert_eq!(c["because"], way);
    let b = row(&all, "b");
    assert_eq!((&b["replaced"]["path"], &b["selected"]), (&"./b".into(), &"v1.2.0".into()));
    let d = row(&all, "d");
    assert_eq!((&d["retracted"], &d["newest"]), (&json!(["broken on 32-bit"]), &"v1.4.2".into()));
    let e = row(&all, "e");
    assert_eq!((&e["excluded"], &e["selected"]), (&true.into(), &Value::Null));
    assert_eq!(row(&all, "a")["differs"], false);
    let why = scene.json(&dir, &["--why", "example.com/c"]);
    assert_eq!(why["imports"], json!(["example.com/app", "example.com/a", "example.com/c"]));
    let users: Vec<_> = why["required_by"].as_array().expect("users").iter().collect();
    let users: Vec<_> = users.iter().map(|it| (&it["module"], &it["requires"])).collect();
    let (app, a, b) = (json!("example.com/app"), json!("example.com/a"), json!("example.com/b"));
    let (old, new) = (json!("v1.0.0"), json!("v1.1.0"));
    assert_eq!(users, [(&a, &new), (&app, &old), (&b, &old)]);
    let absent = scene.call(&dir, &["--why", "example.com/nowhere"]).run();
    absent.code(3).says("no module example.com/nowhere");
}

/// In a tidy module every version is Go's own, and nothing differs.
#[test]
fn a_tidy_module_is_as_go_lists_it() {
    let scene = Scene::with("mod-tidy", &[NEWEST]);
    let scene =
        scene.offer("deep", "v0.0.0-20240102030405-abcdefabcdef", &go_mod("deep", "1.16", ""));
    let scene = scene.offer("old", "v2.0.1+incompatible", "module example.com/old\n");
    let requires = "require (\n\texample.com/a v1.0.0\n\texample.com/c v1.1.0 // indirect\n\
                    \texample.com/deep v0.0.0-20240102030405-abcdefabcdef\n\
                    \texample.com/old v2.0.1+incompatible\n)\n";
    let imports = "package x\n\nimport (\n\t_ \"example.com/a\"\n\t_ \"example.com/deep\"\n\t\
                   _ \"example.com/old\"\n)\n";
    let dir = scene.project("tidy", &go_mod("tidy", "1.21", requires));
    scene.sandbox.write(dir.join("x.go"), imports);
    scene.go(&dir, &["mod", "tidy"]);
    let listed = scene.go(&dir, &["list", "-m", "-json", "all"]);
    let listed = serde_json::Deserializer::from_str(&listed).into_iter::<Value>();
    let listed: Vec<Value> = listed.map(|one| one.expect("an object")).collect();
    let ours = scene.json(&dir, &["--all"]);
    assert_eq!(ours["untidy"], false, "{ours:#}");
    let rows = ours["modules"].as_array().expect("rows");
    assert_eq!(rows.len() + 1, listed.len());
    for theirs in listed.iter().filter(|module| module["Main"] != true) {
        let row = rows.iter().find(|row| row["path"] == theirs["Path"]).expect("a row");
        assert_eq!((&row["selected"], &row["go_line"]), (&theirs["Version"], &theirs["GoVersion"]));
        let asked = &row["asked"][0];
        assert_eq!(asked["indirect"] == true, theirs["Indirect"] == true, "{row:#}");
        assert_eq!((&row["differs"], &row["error"]), (&false.into(), &Value::Null));
    }
    assert_eq!(row(&ours, "old")["kind"], "incompatible");
    let commit =
        json!({ "base": null, "time": "2024-01-02T03:04:05Z", "revision": "abcdefabcdef" });
    assert_eq!(row(&ours, "deep")["pseudo"], commit);
    let text = scene.call(&dir, &[]).ok();
    assert_eq!(text, "none of 4 modules differs");
}

/// A dependency's go line raises ours, and may be newer than the Go that runs.
#[test]
fn newer_go_lines_of_dependencies_are_told() {
    let scene = Scene::with("mod-go-line", &["1.22.10", NEWEST]);
    let text = go_mod("m", "1.21", "require example.com/n v1.0.0\n");
    let dir = scene.project("m", &text);
    scene.sandbox.write(dir.join(".go-version"), "1.22.10\n");
    let told = scene.json(&dir, &[]);
    // The newest is asked, whatever the pin is.
    assert_eq!(told["toolchain"], "go1.27.3");
    let n = row(&told, "n");
    assert_eq!((&n["go_line"], &n["raises_go_line"]), (&"1.23.4".into(), &true.into()));
    assert_eq!((&n["go_line_ok"], &told["untidy"]), (&false.into(), &true.into()));
    let said = scene.call(&dir, &[]).ok();
    assert!(said.contains("needs Go 1.23.4, and go.mod:3 says 1.21"), "{said}");
    scene.sandbox.write(dir.join("go.mod"), &text.replace("1.21", "1.23.4"));
    let said = scene.call(&dir, &[]).ok();
    assert!(said.contains("needs Go 1.23.4, and go1.22.10 runs here"), "{said}");
}

#[test]
fn vendored_versions_are_compared() {
    let scene = Scene::with("mod-vendor", &[NEWEST]);
    let requires = "require (\n\texample.com/a v1.0.0\n\texample.com/c v1.1.0 // indirect\n)\n";
    let dir = scene.project("v", &go_mod("v", "1.21", requires));
    scene.sandbox.write(dir.join("x.go"), "package x\n\nimport _ \"example.com/a\"\n");
    scene.go(&dir, &["mod", "tidy"]);
    scene.go(&dir, &["mod", "vendor"]);
    let told = scene.json(&dir, &["--all"]);
    assert_eq!((&told["mode"], &row(&told, "c")["vendored"]), (&"vendor".into(), &"v1.1.0".into()));
    assert_eq!(row(&told, "c")["differs"], false);
    let list = fs::read_to_string(dir.join("vendor/modules.txt")).expect("Go wrote it");
    scene.sandbox.write(dir.join("vendor/modules.txt"), &list.replace("c v1.1.0", "c v1.0.0"));
    let said = scene.call(&dir, &[]).ok();
    assert!(said.contains("vendored v1.0.0") && said.contains("1 of 2 modules differs;"), "{said}");
}

/// Members raise each other, and a module that the go.work leaves out is not among them.
#[test]
fn members_of_a_workspace_are_asked_together() {
    let scene = Scene::with("mod-work", &[NEWEST]);
    let scene = scene.offer("x", "v0.0.0", &go_mod("x", "1.21", ""));
    let dir = scene.sandbox.project("w");
    let x = go_mod("x", "1.21", "require example.com/c v1.0.0\n");
    let y = "require (\n\texample.com/a v1.0.0\n\texample.com/c v1.1.0 // indirect\n\
             \texample.com/x v0.0.0\n)\n";
    scene.sandbox.write(dir.join("x/go.mod"), &x);
    scene.sandbox.write(dir.join("y y/go.mod"), &go_mod("y", "1.21", y));
    scene.sandbox.write(dir.join("go.work"), "go 1.21\n\nuse (\n\t./x\n\t\"./y y\"\n)\n");
    let told = scene.json(&dir.join("x"), &[]);
    assert_eq!((&told["mode"], &told["untidy"]), (&"workspace".into(), &false.into()));
    let main: Vec<_> =
        told["main"].as_array().expect("main").iter().map(|it| &it["path"]).collect();
    assert_eq!(main, ["example.com/x", "example.com/y"]);
    let c = row(&told, "c");
    assert_eq!((&c["selected"], c["asked"].as_array().map(Vec::len)), (&"v1.1.0".into(), Some(2)));
    assert_eq!(row(&told, "x")["main"], true);
    let said = scene.call(&dir.join("x"), &[]).ok();
    let asked = "asked v1.0.0 (go.mod:5), v1.1.0 (";
    assert!(
        said.contains(asked)
            && said.contains("/y y/go.mod:7)")
            && said.contains("is a module of this workspace"),
        "{said}"
    );
    let text = fs::read_to_string(dir.join("go.work")).expect("ours");
    assert!(!dir.join("go.work.sum").exists() && text.contains("./y y"));
}

/// What is unreachable has an error on its row, and the rest is told.
#[test]
fn an_unreachable_module_is_a_row_with_an_error() {
    let scene = Scene::with("mod-gone", &[NEWEST]);
    let requires = "require (\n\texample.com/c v1.0.0\n\texample.com/gone v1.0.0\n)\n";
    let dir = scene.project("m", &go_mod("m", "1.21", requires));
    let ran = scene.call(&dir, &[]).run();
    // Go cannot draw the graph without it.
    ran.code(1).says("go mod graph failed");
    assert!(ran.stdout.contains("example.com/gone  asked v1.0.0 (go.mod:7)"), "{ran}");
    let broken = scene.project("b", "module b\n\nrequire x\n");
    scene.call(&broken, &[]).run().code(1).says("go.mod:3: usage: require module/path v1.2.3");
    let nowhere = scene.sandbox.project("none");
    scene.call(&nowhere, &[]).run().code(3).says("no go.mod and no go.work holds");
    let new = scene.project("new", &go_mod("new", "1.99", ""));
    scene.call(&new, &[]).run().code(3).says("this needs Go 1.99 or later");
}

/// Go prints versions in the order that a test of `govern` holds for theirs.
#[test]
fn versions_are_in_gos_order() {
    let sorted = include_str!("../../../../crates/govern/src/requirement/sorted.txt");
    let sorted: Vec<&str> = sorted.lines().collect();
    let mut scene = Scene::with("mod-order", &[NEWEST]);
    for version in sorted.iter().rev() {
        scene = scene.offer("many", version, &go_mod("many", "1.21", ""));
    }
    let dir = scene.project("m", &go_mod("m", "1.21", ""));
    let said = scene.go(&dir, &["list", "-m", "-versions", "example.com/many"]);
    assert_eq!(said.trim(), format!("example.com/many {}", sorted.join(" ")));
}

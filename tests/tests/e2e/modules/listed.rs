//! `goward mod` against `go list -m -json all`, module by module.

use super::scene::{NEWEST, Scene, go_mod, row};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// What Go lists, by an own call of it.
fn listed(scene: &Scene, dir: &Path, flags: &[&str]) -> Vec<Value> {
    let args = [&["list"], flags, &["-m", "-json", "all"]].concat();
    let listed = scene.go(dir, &args);
    let listed = serde_json::Deserializer::from_str(&listed).into_iter::<Value>();
    listed.map(|one| one.expect("an object")).collect()
}

/// Compares: the same modules with the same versions, replacements and go lines, and no other ones. Gives our document.
#[track_caller]
fn compare(ours: Value, theirs: &[Value]) -> Value {
    let rows = ours["modules"].as_array().expect("rows");
    let ours_of = |path: &Value| rows.iter().find(|row| row["path"] == *path);
    for theirs in theirs {
        let Some(row) = ours_of(&theirs["Path"]) else {
            assert_eq!(theirs["Main"], true, "no row for {theirs:#}");
            continue;
        };
        assert_eq!(row["main"] == true, theirs["Main"] == true, "{row:#}\n{theirs:#}");
        if theirs["Main"] == true {
            continue;
        }
        assert_eq!(row["selected"], theirs["Version"], "{row:#}");
        assert_eq!(row["go_line"], theirs["GoVersion"], "{row:#}\n{theirs:#}");
        let replaced = &theirs["Replace"];
        assert_eq!(row["replaced"]["path"], replaced["Path"], "{row:#}\n{theirs:#}");
        assert_eq!(row["replaced"]["version"], replaced["Version"], "{row:#}\n{theirs:#}");
    }
    let is_listed = |row: &&Value| theirs.iter().any(|one| one["Path"] == row["path"]);
    let (listed, others): (Vec<&Value>, Vec<&Value>) = rows.iter().partition(is_listed);
    assert!(others.iter().all(|row| row["selected"].is_null()), "{others:#?}");
    let main = theirs.iter().filter(|one| one["Main"] == true);
    let without = main.filter(|one| ours_of(&one["Path"]).is_none()).count();
    assert_eq!(listed.len() + without, theirs.len());
    ours
}

/// The page's project is untidy, replaces a module by a directory, and excludes one. Go may complete a copy of its
/// go.mod only.
#[test]
fn an_untidy_module_with_a_replaced_and_an_excluded_one() {
    let scene = Scene::with("listed-untidy", &[NEWEST]);
    let dir = scene.app();
    let ours = scene.json(&dir, &["--all"]);
    let copy = scene.sandbox.dir().join("copy/go.mod");
    let text = fs::read_to_string(dir.join("go.mod")).expect("ours");
    scene.sandbox.write(&copy, &text);
    let modfile = format!("-modfile={}", copy.display());
    let theirs = listed(&scene, &dir, &["-mod=mod", &modfile]);
    assert_ne!(fs::read_to_string(&copy).expect("ours"), text, "it is tidy");
    let ours = compare(ours, &theirs);
    assert_eq!(ours["untidy"], true);
    assert_eq!(row(&ours, "b")["replaced"]["path"], "./b");
    assert_eq!(
        (&row(&ours, "e")["excluded"], &row(&ours, "e")["selected"]),
        (&true.into(), &Value::Null)
    );
    assert_eq!(row(&ours, "c")["selected"], "v1.1.0");
}

/// A replacement by another version, and by another module; an excluded version where a later one remains.
#[test]
fn other_versions_and_modules_in_the_place_of_some() {
    let scene = Scene::with("listed-replaced", &[NEWEST]);
    let scene = scene.offer("e", "v1.1.0", &go_mod("e", "1.19", ""));
    let scene = scene.offer("fork", "v0.3.0", &go_mod("c", "1.20", ""));
    let text = "require (\n\texample.com/a v1.0.0\n\texample.com/d v1.4.0\n\texample.com/e v1.1.0\n)\n\n\
                require example.com/c v1.1.0 // indirect\n\n\
                exclude example.com/e v1.0.0\n\n\
                replace (\n\texample.com/c => example.com/fork v0.3.0\n\
                \texample.com/d v1.4.0 => example.com/d v1.4.2\n)\n";
    let dir = scene.project("replaced", &go_mod("replaced", "1.21", text));
    let imports = "package x\n\nimport (\n\t_ \"example.com/a\"\n\t_ \"example.com/d\"\n\t\
                   _ \"example.com/e\"\n)\n";
    scene.sandbox.write(dir.join("x.go"), imports);
    scene.go(&dir, &["mod", "tidy"]);
    let ours = compare(scene.json(&dir, &["--all"]), &listed(&scene, &dir, &[]));
    assert_eq!(ours["untidy"], false, "{ours:#}");
    assert_eq!(row(&ours, "c")["replaced"]["path"], "example.com/fork");
    assert_eq!(row(&ours, "d")["replaced"]["version"], "v1.4.2");
}

/// Two members, one of which the other requires; their go.work replaces a module as well.
#[test]
fn a_workspace() {
    let scene = Scene::with("listed-work", &[NEWEST]);
    let scene = scene.offer("x", "v0.0.0", &go_mod("x", "1.21", ""));
    let dir = scene.sandbox.project("w");
    let y = "require (\n\texample.com/a v1.0.0\n\texample.com/d v1.4.0\n\texample.com/x v0.0.0\n)\n\n\
             require example.com/c v1.1.0 // indirect\n";
    let x = go_mod("x", "1.21", "require example.com/c v1.0.0\n");
    scene.sandbox.write(dir.join("x/go.mod"), &x);
    scene.sandbox.write(dir.join("x/x.go"), "package x\n\nimport _ \"example.com/c\"\n");
    scene.sandbox.write(dir.join("y/go.mod"), &go_mod("y", "1.21", y));
    let imports = "package y\n\nimport (\n\t_ \"example.com/a\"\n\t_ \"example.com/d\"\n\t\
                   _ \"example.com/x\"\n)\n";
    scene.sandbox.write(dir.join("y/y.go"), imports);
    let work =
        "go 1.21\n\nuse (\n\t./x\n\t./y\n)\n\nreplace example.com/d => example.com/d v1.4.2\n";
    scene.sandbox.write(dir.join("go.work"), work);
    for member in ["x", "y"] {
        let at = dir.join(member);
        let ours = scene.json(&at, &["--all"]);
        assert!(!dir.join("go.work.sum").exists(), "goward wrote it");
        let theirs = listed(&scene, &at, &[]);
        let ours = compare(ours, &theirs);
        assert_eq!(ours["mode"], "workspace");
        let main = theirs.iter().filter(|one| one["Main"] == true).count();
        assert_eq!(ours["main"].as_array().map(Vec::len), Some(main), "{ours:#}");
        assert_eq!(row(&ours, "c")["selected"], "v1.1.0");
        assert_eq!(row(&ours, "d")["replaced"]["version"], "v1.4.2");
        let _ = fs::remove_file(dir.join("go.work.sum"));
    }
}

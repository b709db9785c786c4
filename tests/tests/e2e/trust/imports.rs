//! `goward import` where a checksum database knows the files.

use super::levels::Scene;
use goward_testkit::start::tool;
use goward_tests::release::SmallRelease;
use goward_tests::sandbox::files_below;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

const VERSION: &str = SmallRelease::VERSION;

/// goenv's tree of the release, and its default.
fn goenv(scene: &Scene) -> PathBuf {
    let goenv = scene.sandbox.home().join(".goenv");
    fs::create_dir_all(goenv.join("versions")).unwrap();
    let tree = goenv.join("versions").join(VERSION);
    let copied = tool("cp").arg("-R").arg(scene.release.tree()).arg(&tree).status().unwrap();
    assert!(copied.success());
    let made = tool("chmod").args(["755"]).arg(tree.join("bin/go")).status().unwrap();
    assert!(made.success());
    fs::write(goenv.join("version"), format!("{VERSION}\n")).unwrap();
    tree
}

fn plan(scene: &Scene) -> serde_json::Value {
    serde_json::from_str(&scene.call(&["import", "goenv", "--json"]).ok()).unwrap()
}

/// A tree whose files the database knows is copied: each file is one of the store's own.
#[test]
fn a_proven_tree_is_copied_and_never_shared() {
    let scene = Scene::honest("import-proven");
    let original = goenv(&scene);
    let before = files_below(&original);
    let plan = plan(&scene);
    assert_eq!(plan["toolchains"][0]["does"], "copy", "{plan}");
    assert_eq!(plan["defaults"][0]["sets"], VERSION);
    assert!(!scene.sandbox.toolchain(VERSION).exists(), "a plan is no step");
    scene.goward(&["import", "goenv", "--yes"]).code(0).says("is in the store now (verified, T1");
    assert_eq!(scene.level(), "T1");
    let archive = scene.release.archive();
    assert_eq!(scene.mirror.count(&archive), 0, "nothing is fetched");
    let copy = scene.sandbox.toolchain(VERSION);
    let mut count = 0;
    for (name, _) in files_below(&copy) {
        let facts = fs::metadata(copy.join(&name)).unwrap();
        let other = fs::metadata(original.join(&name)).unwrap();
        assert_eq!(facts.nlink(), 1, "{name:?}");
        assert_ne!((facts.dev(), facts.ino()), (other.dev(), other.ino()), "{name:?}");
        count += 1;
    }
    assert!(count > 300 && files_below(&original) == before);
    let default = fs::read_to_string(scene.sandbox.root().join("default")).unwrap();
    assert_eq!(default, format!("{VERSION}\n"));
    scene.goward(&["import", "goenv", "--yes"]).code(0).says("there is nothing to import");
}

/// Of a changed tree, and of one that was built, nothing is taken: a mirror has the release.
#[test]
fn a_changed_tree_is_installed_anew() {
    for built in [false, true] {
        let scene = Scene::honest("import-changed");
        let original = goenv(&scene);
        match built {
            true => fs::create_dir(original.join(".git")).unwrap(),
            false => fs::write(original.join("src/mine.go"), "package mine\n").unwrap(),
        }
        let plan = plan(&scene);
        let row = &plan["toolchains"][0];
        assert_eq!(row["does"], "install", "{plan}");
        let why = if built { "built from source" } else { "not the files of the release" };
        assert!(row["why"].as_str().unwrap().starts_with(why), "{row}");
        scene.goward(&["import", "goenv", "--yes"]).code(0);
        assert_eq!(scene.level(), "T1");
        assert!(!scene.sandbox.toolchain(VERSION).join("src/mine.go").exists());
        assert!(original.is_dir(), "it stays");
    }
}

/// A tree that cannot be proven now is named and left, and does not become the default.
#[test]
fn without_a_database_that_answers_nothing_is_taken() {
    let scene = Scene::honest("import-unproven");
    goenv(&scene);
    for further in ["--offline", "-q"] {
        let call = scene.call(&["import", "goenv", "--yes", further]);
        let dead = "sum.golang.org http://127.0.0.1:9/";
        let outcome = call.env("GOSUMDB", dead).run();
        outcome.code(0);
        assert!(outcome.stdout.contains("  leave  "), "{outcome}");
        let root = scene.sandbox.root();
        assert!(!scene.sandbox.toolchain(VERSION).exists() && !root.join("default").exists());
    }
}

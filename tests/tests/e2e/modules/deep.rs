//! `goward check --deep` with real Go, on the proxy of tiny modules: each rule fires, and is silent on a module
//! that is as it should be.

use super::scene::{NEWEST, Scene, go_mod, state};
use goward_tests::call::{Call, Outcome};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The module that is as it should be.
const REQUIRES: &str = "require example.com/a v1.0.0\n\nrequire example.com/c v1.1.0 // indirect\n";

/// `goward check --deep ARGS` in a directory.
fn deep(scene: &Scene, dir: &Path, args: &[&str]) -> Call {
    scene.online(scene.sandbox.goward(&[&["check", "--deep"], args].concat()), dir)
}

/// The document, and the run that it is of.
#[track_caller]
fn told(scene: &Scene, dir: &Path, args: &[&str]) -> (Value, Outcome) {
    let ran = deep(scene, dir, &[args, &["--json"]].concat()).run();
    let told = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran}"));
    (told, ran)
}

/// The rules that fire.
fn fired(document: &Value) -> Vec<&str> {
    let findings = document["findings"].as_array().expect("findings").iter();
    findings.map(|one| one["rule"].as_str().expect("a rule")).collect()
}

/// The one finding of a rule.
#[track_caller]
fn only<'d>(document: &'d Value, rule: &str) -> &'d Value {
    let findings = document["findings"].as_array().expect("findings").iter();
    let of_rule: Vec<&Value> = findings.filter(|one| one["rule"] == rule).collect();
    assert_eq!(of_rule.len(), 1, "{document:#}");
    assert!(!of_rule[0]["related"].as_array().expect("sides").is_empty(), "{document:#}");
    of_rule[0]
}

/// A tidy, vendored module in a repository.
fn sound(scene: &Scene) -> PathBuf {
    let dir = scene.project("sound", &go_mod("sound", "1.21", REQUIRES));
    scene.sandbox.write(dir.join("x.go"), "package x\n\nimport _ \"example.com/a\"\n");
    scene.go(&dir, &["mod", "tidy"]);
    scene.go(&dir, &["mod", "vendor"]);
    dir
}

#[test]
fn a_sound_module_has_no_finding_and_stays_as_it_is() {
    let scene = Scene::with("deep-sound", &[NEWEST]);
    let dir = sound(&scene);
    let before = state(&dir);
    for args in [&[][..], &["--offline"], &["-v"]] {
        let (told, ran) = told(&scene, &dir, args);
        ran.code(0);
        assert_eq!(fired(&told), [""; 0], "{told:#}");
        assert_eq!(
            told["unresolved"].as_array().map(Vec::len),
            Some(usize::from(args == ["--offline"]))
        );
        assert_eq!(state(&dir), before, "{args:?}");
    }
    let left = fs::read_dir(scene.sandbox.dir().join("tmp")).expect("ours").count();
    assert_eq!(left, 0);
}

/// The page's project: a raised version, an excluded one, one that is taken back.
#[test]
fn what_go_selects_is_told_and_the_tree_stays() {
    let scene = Scene::with("deep-rows", &[NEWEST]);
    let dir = scene.app();
    let before = state(&dir);
    let (told, ran) = told(&scene, &dir, &["go.mod"]);
    ran.code(7);
    let untidy = only(&told, "mod-untidy");
    assert_eq!((&untidy["file"], &untidy["severity"]), (&"go.mod".into(), &"error".into()));
    assert_eq!(untidy["fix"]["command"], "go mod tidy");
    let retracted = only(&told, "retracted");
    assert_eq!((&retracted["line"], &retracted["severity"]), (&9.into(), &"warning".into()));
    let said = retracted["message"].as_str().expect("a sentence");
    assert!(said.contains("example.com/d v1.4.0") && said.contains("broken on 32-bit"), "{said}");
    assert_eq!(retracted["fix"]["command"], "go get example.com/d@v1.4.2");
    let side = "example.com/d v1.4.0 is selected, which its author has retracted";
    assert_eq!(retracted["related"][0]["note"], side);
    let dropped = only(&told, "excluded-dropped");
    assert_eq!((&dropped["line"], &dropped["severity"]), (&10.into(), &"note".into()));
    assert_eq!(dropped["related"][0]["line"], 13);
    for format in ["text", "github", "gitlab", "sarif"] {
        let ran = deep(&scene, &dir, &["--format", format]).run();
        assert!(ran.code(7).stdout.contains("broken on 32-bit"), "{ran}");
    }
    assert_eq!(state(&dir), before);
}

/// By a Go that prints no difference, the copies are compared.
#[test]
fn an_older_go_tidies_copies() {
    let scene = Scene::with("deep-older", &["1.21.13"]);
    let dir = scene.project("m", &go_mod("m", "1.21", "require example.com/c v1.0.0\n"));
    let before = state(&dir);
    let (told, ran) = told(&scene, &dir, &[]);
    ran.code(7);
    let untidy = only(&told, "mod-untidy");
    assert_eq!(untidy["line"], 5, "{untidy:#}");
    assert!(untidy["message"].as_str().expect("words").contains("removes require"), "{untidy:#}");
    assert_eq!(state(&dir), before);
    scene.sandbox.write(dir.join("go.mod"), "module example.com/m\n\ngo 1.21\n");
    let (told, ran) = self::told(&scene, &dir, &[]);
    ran.code(0);
    assert_eq!(fired(&told), [""; 0]);
}

#[test]
fn a_changed_module_cache_and_a_stale_vendor_are_found() {
    let scene = Scene::with("deep-cache", &[NEWEST]);
    let dir = sound(&scene);
    let list = dir.join("vendor/modules.txt");
    let text = fs::read_to_string(&list).expect("Go wrote it");
    scene.sandbox.write(&list, &text.replace("a v1.0.0", "a v1.0.1"));
    let (document, ran) = told(&scene, &dir, &[]);
    ran.code(7);
    assert!(fired(&document).iter().all(|rule| *rule == "vendor-stale"), "{document:#}");
    let stale = &document["findings"][0];
    assert_eq!(
        (&stale["line"], &stale["related"][0]["file"]),
        (&5.into(), &"vendor/modules.txt".into())
    );
    assert_eq!(stale["fix"]["command"], "go mod vendor");
    scene.sandbox.write(&list, &text);
    let copy = scene.cache().join("example.com/a@v1.0.0");
    let file = copy.join("x.go");
    let writable = |path: &Path| {
        let mut rights = fs::metadata(path).expect("Go made it").permissions();
        #[expect(clippy::permissions_set_readonly_false, reason = "a directory of this test")]
        rights.set_readonly(false);
        fs::set_permissions(path, rights).expect("ours");
    };
    writable(&copy);
    writable(&file);
    fs::write(&file, "package a\n\nimport _ \"example.com/c\"\n// changed\n").expect("ours");
    let (document, ran) = told(&scene, &dir, &["--offline"]);
    ran.code(7);
    assert_eq!(fired(&document), ["mod-modified"], "{document:#}");
    let modified = only(&document, "mod-modified");
    assert_eq!((&modified["line"], &modified["related"][0]["file"]), (&5.into(), &"go.sum".into()));
    assert!(modified["message"].as_str().expect("words").contains("dir has been modified"));
}

/// It has what all the modules of the workspace use, of which `go mod vendor` would remove a part.
#[test]
fn the_vendor_directory_of_a_workspace_is_judged_with_its_go_work() {
    let scene = Scene::with("deep-work", &[NEWEST]);
    let dir = sound(&scene);
    let member = dir.join("member");
    let text = go_mod("member", "1.21", "require example.com/d v1.4.0\n");
    scene.sandbox.write(member.join("go.mod"), &text);
    scene.sandbox.write(member.join("x.go"), "package x\n\nimport _ \"example.com/d\"\n");
    scene.go(&member, &["mod", "tidy"]);
    scene.sandbox.write(dir.join("go.work"), "go 1.23.0\n\nuse (\n\t.\n\t./member\n)\n");
    scene.go(&dir, &["work", "vendor"]);
    let (document, _) = told(&scene, &dir, &[]);
    assert!(!fired(&document).contains(&"vendor-stale"), "{document:#}");
    let list = dir.join("vendor/modules.txt");
    let text = fs::read_to_string(&list).expect("Go wrote it");
    scene.sandbox.write(&list, &text.replace("d v1.4.0", "d v1.4.1"));
    let (document, ran) = told(&scene, &dir, &[]);
    ran.code(7);
    let findings = document["findings"].as_array().expect("findings");
    let stale = findings.iter().find(|one| one["rule"] == "vendor-stale").expect("it is stale");
    assert_eq!(
        (&stale["file"], &stale["fix"]["command"]),
        (&"go.work".into(), &"go work vendor".into())
    );
}

#[test]
fn a_dependency_with_a_newer_go_line_is_found() {
    let scene = Scene::with("deep-floor", &[NEWEST]);
    let dir = scene.sandbox.project("repo");
    let text = go_mod("m", "1.21", "require example.com/n v1.0.0\n");
    scene.sandbox.write(dir.join("svc/go.mod"), &text);
    scene.sandbox.write(dir.join("svc/x.go"), "package x\n\nimport _ \"example.com/n\"\n");
    let (document, ran) = told(&scene, &dir, &[]);
    ran.code(7);
    let floor = only(&document, "floor-by-dependency");
    assert_eq!((&floor["file"], &floor["line"]), (&"svc/go.mod".into(), &3.into()));
    assert_eq!(floor["related"][0]["line"], 5);
    let words = floor["fix"]["words"].as_str().expect("words");
    assert_eq!(words, "run in svc: go mod edit -go=1.23.4");
    scene.sandbox.write(dir.join("svc/go.mod"), &text.replace("1.21", "1.23.4"));
    let (document, _) = told(&scene, &dir, &[]);
    assert!(!fired(&document).contains(&"floor-by-dependency"), "{document:#}");
}

/// Offline nothing is added to the module cache, and what Go cannot know is no finding.
#[test]
fn offline_what_is_not_known_is_no_finding() {
    let scene = Scene::with("deep-offline", &[NEWEST]);
    let dir = scene.app();
    scene.sandbox.write(dir.join("go.sum"), "");
    told(&scene, &dir, &["go.mod", "--offline"]).1.code(0);
    assert!(!scene.cache().exists(), "one that is not there is not made");
    fs::create_dir_all(scene.cache()).expect("ours");
    let before = (state(&scene.cache()), state(&dir));
    let (document, ran) = told(&scene, &dir, &["go.mod", "--offline"]);
    ran.code(0);
    let open = document["unresolved"].as_array().expect("places").iter();
    assert!(open.clone().count() > 0, "{document:#}");
    assert!(open.clone().all(|one| one["reason"] == "not known offline"), "{document:#}");
    assert!(!fired(&document).contains(&"mod-untidy"), "{document:#}");
    assert_eq!((state(&scene.cache()), state(&dir)), before);
}

#[test]
fn a_go_that_cannot_look_ends_with_1_and_its_own_words() {
    let scene = Scene::with("deep-fails", &[NEWEST]);
    let dir = scene.project("m", &go_mod("m", "1.21", "require example.com/gone v1.0.0\n"));
    scene.sandbox.write(dir.join("x.go"), "package x\n\nimport _ \"example.com/gone\"\n");
    let (document, ran) = told(&scene, &dir, &[]);
    ran.code(1).says("could not check go.mod: go ").says("example.com/gone");
    assert_eq!(document["unresolved"][0]["reason"], "Go could not look");
    // Without the flag no Go is run.
    let plain = scene.online(scene.sandbox.goward(&["check"]), &dir).run();
    plain.code(0).silent();
    let none = scene.project("new", &go_mod("new", "1.99", ""));
    let ran = deep(&scene, &none, &[]).run();
    ran.code(1).says("could not check go.mod: this needs Go 1.99 or later");
    for other in ["--staged", "--fix"] {
        deep(&scene, &dir, &[other]).run().code(2).says("cannot be used with");
    }
}

/// A comment for a rule that no one looks for is not called useless.
#[test]
fn a_comment_allows_what_only_go_finds() {
    let scene = Scene::with("deep-allow", &[NEWEST]);
    let text = "module example.com/m\n\ngo 1.21\n\nrequire example.com/c v1.0.0 // goward: allow mod-untidy\n";
    let dir = scene.project("m", text);
    let (document, ran) = told(&scene, &dir, &[]);
    ran.code(0);
    assert_eq!(document["suppressed"]["allowed"][0]["rule"], "mod-untidy", "{document:#}");
    let plain = scene.sandbox.goward(&["check", "--fail-on", "warning", "--json"]).dir(&dir).run();
    assert!(!plain.stdout.contains("allow-unused"), "{plain}");
    scene.sandbox.write(dir.join("x.go"), "package x\n\nimport _ \"example.com/c\"\n");
    scene.go(&dir, &["mod", "tidy"]);
    let (document, _) = told(&scene, &dir, &[]);
    assert_eq!(fired(&document), ["allow-unused"], "{document:#}");
}

/// Go then builds no such program; a test of another value, and a package that is none, are as they should be.
#[test]
fn a_removed_setting_of_a_go_file_is_told() {
    let scene = Scene::with("deep-debug", &[NEWEST]);
    let dir = scene.project("debug", &go_mod("debug", "1.21", ""));
    let write = |name: &str, text: &str| scene.sandbox.write(dir.join(name), text);
    write("p/p.go", "//go:debug asynctimerchan=1\n\npackage p\n");
    write("p/p_test.go", "//go:debug asynctimerchan=0\n\npackage p\n");
    write(
        "cmd/x/x.go",
        "// A program.\n\n//go:debug asynctimerchan=1\npackage main\n\nfunc main() {}\n",
    );
    let (document, ran) = told(&scene, &dir, &[]);
    ran.code(7);
    let removed = only(&document, "godebug-removed");
    assert_eq!((&removed["file"], &removed["line"]), (&"cmd/x/x.go".into(), &3.into()));
    let go = scene.sandbox.direct(NEWEST, &dir, &["build", "./cmd/x"]).run();
    assert!(go.stderr.contains("asynctimerchan"), "{go}");
    write("cmd/x/x.go", "//go:debug asynctimerchan=0\npackage main\n\nfunc main() {}\n");
    let (document, _) = told(&scene, &dir, &[]);
    assert_eq!(fired(&document), [""; 0], "{document:#}");
}

//! An entry that names an output that is sound and belongs to other sources.

use super::{Scene, entries};
use std::fs;
use std::path::{Path, PathBuf};

/// The file of the cache that holds the package of the library.
fn package(scene: &Scene) -> PathBuf {
    scene.go(&["list", "-export", "-f", "{{.Export}}", "./lib"]).ok().into()
}

/// The id of an output: the name of its file, without `-d`.
fn id(output: &Path) -> &str {
    output.file_name().unwrap().to_str().unwrap().strip_suffix("-d").unwrap()
}

/// Has each entry that names `right` name `other` in its place, with the size of that.
fn plant(scene: &Scene, right: &Path, other: &Path) {
    let mut planted = 0;
    for entry in entries(&scene.cache()) {
        let text = fs::read_to_string(&entry).unwrap_or_default();
        if !entry.to_str().unwrap().ends_with("-a") || text.get(68..132) != Some(id(right)) {
            continue;
        }
        let size = fs::metadata(other).unwrap().len();
        fs::write(&entry, format!("{}{} {size:20}{}", &text[..68], id(other), &text[153..]))
            .unwrap();
        planted += 1;
    }
    assert_eq!(planted, 1, "one action makes the package");
}

/// Each hash is right, and Go builds the wrong program. A build into an empty cache finds the entry, as the page
/// shows it.
#[test]
fn a_build_anew_finds_an_entry_of_other_sources() {
    let mut scene = Scene::new("1.27.3");
    scene.build();
    let right = package(&scene);
    scene.edit("two");
    scene.build();
    let other = package(&scene);
    assert_ne!(right, other);
    scene.edit("one");
    let run = |scene: &Scene| scene.go(&["run", "."]).run().code(0).stderr.clone();
    assert_eq!(run(&scene), "one one\n");
    plant(&scene, &right, &other);
    assert_eq!(run(&scene), "two one\n", "Go looks at its cache now");
    scene.goward(&["cache", "verify"]).run().code(0);
    scene.same_as_the_page(2);
    let anew = ["cache", "verify", "--fix", "--", "go", "build", "./..."];
    let path = std::env::join_paths([scene.sandbox.shims(), "/usr/bin".into()]).unwrap();
    let mended = scene.goward(&anew).dir(&scene.project).env("PATH", path).run();
    assert!(mended.code(0).stdout.contains("; removed"), "{mended}");
    assert_eq!(run(&scene), "one one\n");
}

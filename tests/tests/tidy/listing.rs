//! `tests/README.md` names what there is in `tests`, and nothing else.

use std::collections::BTreeSet;
use std::fs;

use goward_tests::binaries::workspace;

use crate::read;

/// Directories of which the page names each entry, and the name that these have there.
const LISTED: [(&str, &str); 3] =
    [("tests", ""), ("tests/tests", "tests/"), ("tests/tests/e2e", "tests/e2e/")];

/// What needs no word.
const OBVIOUS: [&str; 6] =
    ["Cargo.toml", "README.md", "tests/", "tests/e2e/", "tests/e2e/main.rs", "src/"];

/// The entries of a directory that are part of the project, as the page spells them. A module has one
/// name, whether it is a file, a directory or both.
fn entries(dir: &str, named: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(workspace().join(dir)).expect("it is a directory") {
        let entry = entry.expect("a directory can be read");
        let name = entry.file_name().into_string().expect("our names are text");
        let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let beside = is_dir && workspace().join(dir).join(format!("{name}.rs")).is_file();
        if !beside && name != "__pycache__" && name != "target" {
            found.insert(format!("{named}{name}{}", if is_dir { "/" } else { "" }));
        }
    }
    assert!(found.len() > 2, "this test has lost its files: {found:?}");
    found
}

#[test]
fn the_readme_of_the_tests_names_what_there_is() {
    let page = read("tests/README.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let named: BTreeSet<_> = rows.map(|(name, _)| name.to_owned()).collect();
    let there = LISTED.iter().flat_map(|(dir, name)| entries(dir, name));
    let there: BTreeSet<_> = there.filter(|name| !OBVIOUS.contains(&name.as_str())).collect();
    assert_eq!(named, there);
}

/// The picture of the README is small, stands still where the reader wants that, loads nothing and
/// names no place of the machine that made it.
#[test]
fn the_picture_of_the_readme_is_small_and_still() {
    let picture = read("docs/demo.svg");
    assert!((10_000..40_000).contains(&picture.len()), "{} bytes", picture.len());
    assert!(picture.contains("Made by tests/record"));
    assert!(read("tests/record").starts_with("#!"));
    let moved = picture.find("animation:").expect("it moves");
    let asked = picture.find("@media (prefers-reduced-motion:no-preference)");
    assert!(asked.is_some_and(|asked| asked < moved), "it moves for all");
    let still =
        picture.lines().filter(|line| line.starts_with("<text") && !line.contains("class=\"s\""));
    let still: Vec<_> = still.collect();
    assert!(still.iter().any(|line| line.contains("picked by")), "{still:?}");
    for bad in ["\x1b", "<script", "href", "url(", "/home/", "/tmp/", "/Users/", "goward-record"] {
        assert!(!picture.contains(bad), "docs/demo.svg has {bad:?}");
    }
    for readme in ["README.md", "README.zh-CN.md"] {
        assert!(read(readme).contains("](docs/demo.svg)"), "{readme}");
    }
}

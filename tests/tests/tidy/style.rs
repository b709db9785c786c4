//! How files look.

use std::fs;
use std::path::PathBuf;

use goward_tests::binaries::workspace;

use crate::{files, read, rust_files, with_extension};

/// No file may have more lines.
const LONGEST_FILE: usize = 400;

#[test]
fn every_file_says_what_it_is_for_and_fits_a_head() {
    for path in rust_files() {
        let text = read(&path);
        assert!(text.starts_with("//!"), "{}:1: no //! says what it is for", path.display());
        let lines = text.lines().count();
        assert!(lines <= LONGEST_FILE, "{}: {lines} lines", path.display());
    }
}

#[test]
fn nothing_is_left_unfinished() {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("#[ig", "nore"),
        concat!("todo", "!("),
        concat!("unimpl", "emented!("),
    ];
    let scripts = ["tests/run", "tests/demo", ".ci/run"].map(PathBuf::from);
    let python = with_extension(files("tests"), &["py", "rs"]);
    for path in rust_files().into_iter().chain(python).chain(scripts) {
        for (number, line) in read(&path).lines().enumerate() {
            let mark = marks.iter().find(|mark| line.contains(**mark));
            assert_eq!(mark, None, "{}:{}: {line}", path.display(), number + 1);
        }
    }
}

#[test]
fn no_file_names_the_place_where_it_was_written() {
    let here = format!("{}/", workspace().display());
    let extensions = ["rs", "md", "toml", "py", "yml", "txt", "go"];
    for path in with_extension(files("."), &extensions) {
        let text = fs::read(workspace().join(&path)).unwrap();
        let text = String::from_utf8_lossy(&text);
        assert!(!text.contains(&here), "{} names {here}", path.display());
        let bad = concat!("/root", "/.");
        assert!(!text.contains(bad), "{} names {bad}", path.display());
    }
}

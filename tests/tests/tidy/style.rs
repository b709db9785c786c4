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

/// How many parameters a function may have besides `self`. Of more, some travel together, and that is
/// a value with a name.
const MOST_PARAMETERS: usize = 4;

#[test]
fn functions_have_few_parameters() {
    let mut seen = 0;
    for path in rust_files().iter().filter(|path| !path.starts_with("tests")) {
        for (name, parameters) in functions(&read(path)) {
            assert!(parameters <= MOST_PARAMETERS, "{}: {name}: {parameters}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 1000, "this test has lost its functions: {seen}");
}

#[test]
fn parameters_are_counted() {
    let text = "fn a() fn b(&self, x: u8,) fn c<F: Fn(u8, u8) -> u8>(f: F, (x, y): (u8, u8)) \
                fn d(&mut self, map: Map<u8, u8>, f: impl Fn(&str) -> bool, last: &'a [u8])";
    assert_eq!(functions(text), [("a", 0), ("b", 1), ("c", 2), ("d", 3)]);
}

/// The functions of `text`, each with the number of its parameters besides `self`.
fn functions(text: &str) -> Vec<(&str, usize)> {
    let mut found = Vec::new();
    for (_, rest) in text.match_indices("fn ").map(|(at, word)| text.split_at(at + word.len())) {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (name, mut rest) = rest.split_at(rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
        if rest.starts_with('<') {
            rest = &rest[parts(rest).1..];
        }
        if !name.is_empty() && rest.starts_with('(') {
            let (parameters, _) = parts(rest);
            let mut words =
                parameters.first().into_iter().flat_map(|text| text.split(|c| !is_word(c)));
            let own = words.any(|word| word == "self");
            found.push((name, parameters.len() - usize::from(own)));
        }
    }
    found
}

/// What stands between the bracket that `text` begins with and the one that closes it, at the commas,
/// and how long it is with both.
fn parts(text: &str) -> (Vec<&str>, usize) {
    let (mut depth, mut begin, mut found, mut last) = (0, 1, Vec::new(), ' ');
    for (at, character) in text.char_indices() {
        match character {
            '(' | '[' | '{' | '<' => depth += 1,
            '>' if last == '-' || last == '=' => {}
            ')' | ']' | '}' | '>' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && character == ',') {
            found.extend(Some(&text[begin..at]).filter(|part| !part.trim().is_empty()));
            begin = at + 1;
        }
        if depth == 0 {
            return (found, at + 1);
        }
        last = character;
    }
    (found, text.len())
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

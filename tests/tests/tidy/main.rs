//! The repository itself: who may depend on whom, how files look, and that documents say what
//! the code does.

mod book;
mod chinese;
mod circles;
mod functions;
mod glossary;
mod listing;
mod messages;
mod packages;
mod shown;
mod sources;
mod style;

use std::fs;
use std::path::{Path, PathBuf};

use goward_tests::binaries::workspace;

fn read(path: impl AsRef<Path>) -> String {
    let path = workspace().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below `dir` that is part of the project, relative to the workspace.
fn files(dir: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::from(dir)];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(workspace().join(&dir)).expect("it is a directory") {
            let entry = entry.expect("a directory can be read");
            let path = dir.join(entry.file_name());
            let built = ["target", "book", ".git", "__pycache__"].map(Path::new);
            let name = Path::new(path.file_name().expect("an entry has a name"));
            match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                true if built.contains(&name) => {}
                true => open.push(path),
                false => found.push(path),
            }
        }
    }
    found.sort();
    found
}

fn with_extension(paths: Vec<PathBuf>, extensions: &[&str]) -> Vec<PathBuf> {
    let has = |path: &PathBuf| extensions.iter().any(|e| path.extension().is_some_and(|x| x == *e));
    let found: Vec<_> = paths.into_iter().filter(has).collect();
    assert!(found.len() > 2, "this test has lost its files: {found:?}");
    found
}

fn rust_files() -> Vec<PathBuf> {
    let all = ["crates", "shims", "tests"].into_iter().flat_map(files).collect();
    with_extension(all, &["rs"])
}

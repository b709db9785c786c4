//! The file that `go-version-file` of setup-go names.

use crate::finding::{Finding, Place};
use crate::repo::{Repository, name_of};
use crate::rule::{Rule, Severity};

/// Whether the file has a version for setup-go. One that goward does not read may have one.
pub(super) fn has_version(repository: &Repository, path: &str) -> bool {
    let Some(bytes) = repository.bytes(path) else { return true };
    let text = String::from_utf8_lossy(bytes);
    let of = |words: &[&str]| {
        let mut lines = text.lines().map(str::split_whitespace);
        lines.any(|mut line| {
            line.next().is_some_and(|first| words.contains(&first)) && line.next().is_some()
        })
    };
    match name_of(path) {
        "go.mod" | "go.work" => of(&["go", "toolchain"]),
        ".tool-versions" => of(&["golang"]),
        _ => !text.trim().is_empty(),
    }
}

pub(super) fn missing(at: Place, file: &str) -> Finding {
    let message = format!("go-version-file names {file}, which is not in this repository");
    let finding = Finding::new(Rule::VersionFileMissing, at, [file, "this file"], message);
    finding.mend("name a file that is there, from the repository's top")
}

/// setup-go sets up none then, and does not fail.
pub(super) fn empty(at: Place, file: &str) -> Finding {
    let message = format!("go-version-file names {file}, which has no version: no Go is set up");
    let finding = Finding::new(Rule::VersionFileMissing, at, [file, "this file"], message);
    finding.at_most(Severity::Warning).mend("write a version in it, or name another file")
}

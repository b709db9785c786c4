//! Whether a release builds the module: it is tried.

use super::copies::{Copies, Files, Saying};
use crate::go::{Error, Go};
use crate::graph::Grounds;
use goward_gomod::Kind;
use goward_resolver::Version;
use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

/// What is written nowhere.
const NULL: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// How a release fared. A step after one that failed is not tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The release.
    pub version: Version,
    /// Whether `go build` passes.
    pub build: Option<bool>,
    /// Whether `go vet` passes, which also compiles the tests.
    pub vet: Option<bool>,
    /// Whether `go test` passes, if it was to be tried.
    pub test: Option<bool>,
    /// How long all that took.
    pub took: Duration,
    /// The first line of Go's words where it failed. A stranger may have written parts: escape them.
    pub error: Option<String>,
}

impl Trial {
    /// One that is still to be done, or that cannot be.
    #[must_use]
    pub fn open(version: Version, error: Option<String>) -> Trial {
        let (build, vet, test) = (None, None, None);
        Trial { version, build, vet, test, took: Duration::ZERO, error }
    }

    /// Whether it was tried.
    #[must_use]
    pub fn is_tried(&self) -> bool {
        self.build.is_some()
    }

    /// That it fails, and why. A stranger may have written parts: escape them.
    pub(super) fn failure(&self) -> String {
        let why = self.error.as_deref().unwrap_or("it gave no reason");
        format!("go{} {}: {why}", self.version, self.fails_at())
    }

    /// At which step it fails, as the end of a sentence.
    #[must_use]
    pub fn fails_at(&self) -> &'static str {
        match (self.build, self.vet) {
            (Some(true), Some(true)) => "builds it, and its tests fail",
            (Some(true), _) => "builds it, and go vet fails",
            _ => "does not build it",
        }
    }

    /// Whether all passed that was tried.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.is_tried() && ![self.build, self.vet, self.test].contains(&Some(false))
    }
}

/// Tries a release on the module or the workspace of a module file. Nothing is written into the tree, unless
/// its tests do that.
///
/// # Errors
/// If a module file cannot be read, or Go cannot be run.
pub fn attempt(
    (go, version): (&Go, &Version),
    (file, kind): (&Path, Kind),
    tests: bool,
) -> Result<Trial, Error> {
    let grounds = Grounds::around(file)?;
    let files = Files::read(&grounds, file, kind)?;
    let mut copies = Copies::of((go, &grounds), &files)?;
    let asked = copies.saying(&files, Saying::All)?.building(&files.patterns());
    let (begun, patterns) = (Instant::now(), files.patterns());
    let mut trial = Trial::open(version.clone(), None);
    let mut step = |verb: &[&str], patterns: &[OsString]| -> Result<bool, Error> {
        match asked.hear(verb, patterns) {
            Ok((said, Some(Error::Failed { words, .. }))) => {
                trial.error = first(&asked.about_file(&words), &said)
                    .or(Some(format!("go {} failed", verb[0])));
                Ok(false)
            }
            Ok((_, Some(error))) | Err(error) => Err(error),
            Ok((_, None)) => Ok(true),
        }
    };
    let build = step(&["build", "-o", NULL], &patterns)?;
    let vet = if build { Some(step(&["vet"], &patterns)?) } else { None };
    let test = match vet {
        Some(true) if tests => Some(step(&["test"], &patterns)?),
        _ => None,
    };
    (trial.build, trial.vet, trial.test, trial.took) = (Some(build), vet, test, begun.elapsed());
    Ok(trial)
}

/// The line that says what is wrong: of the words on stderr, else of the tests' output.
fn first(words: &str, said: &str) -> Option<String> {
    let is_news = |line: &&str| {
        !line.trim().is_empty() && !line.starts_with('#') && !line.starts_with("go: downloading ")
    };
    let of_test = |line: &&str| line.starts_with("--- FAIL") || line.starts_with("FAIL");
    let mut news = words.lines().filter(is_news);
    let line = news.next().or_else(|| said.lines().find(of_test))?;
    // Behind a colon the next line says it.
    let next = news.next().filter(|_| line.trim_end().ends_with(':')).unwrap_or_default();
    let words = line.split_whitespace().chain(next.split_whitespace());
    Some(words.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_says_what_is_wrong() {
        let words = "go: downloading x v1.0.0\n# x\n./x.go:1:1: \t bad\n";
        assert_eq!(first(words, "").as_deref(), Some("./x.go:1:1: bad"));
        assert_eq!(
            first("", "ok  a\n--- FAIL: TestX (0.00s)\n").as_deref(),
            Some("--- FAIL: TestX (0.00s)")
        );
        assert_eq!(first("\n", "ok\n"), None);
        let words = "go: error loading go.mod:\ngo.mod:6: removed\n";
        let joined = "go: error loading go.mod: go.mod:6: removed";
        assert_eq!(first(words, "").as_deref(), Some(joined));
    }

    #[test]
    fn what_was_not_tried_does_not_pass() {
        let open = Trial::open(Version::parse("1.22.1").unwrap(), None);
        assert!(!open.is_tried() && !open.passes());
        let passed = Trial { build: Some(true), vet: Some(true), ..open };
        assert!(passed.passes() && !Trial { vet: Some(false), ..passed }.passes());
    }
}

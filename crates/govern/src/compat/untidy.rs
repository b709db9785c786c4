//! Module files that Go would have to change before it builds: no release builds by them.

use super::copies::Files;
use super::packages::{LONGEST, Package};
use super::reason::{Cause, Reason};
use crate::excerpt::excerpt;
use goward_resolver::Version;

/// Why no release builds a module by its files as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untidy {
    /// Go's words, or ours, on one line. A stranger may have written parts: escape them.
    pub reason: String,
    /// The command that mends the files.
    pub command: &'static str,
}

/// By these words Go says so (cmd/go/internal/modload: import.go, init.go, vendor.go).
const WORDS: [&str; 6] = [
    GO_MOD,
    "missing go.sum entry",
    "no required module provides package",
    "cannot find module providing package",
    "and is replaced but not required",
    VENDOR,
];
const GO_MOD: &str = "updates to go.mod needed";
const VENDOR: &str = "inconsistent vendoring";

/// The place and Go's words of the first package that Go cannot load since the module files lack something.
pub(super) fn lacking(listed: &[Package]) -> Option<(&str, &str)> {
    listed.iter().filter_map(Package::failure).find(|(_, words)| says(words))
}

/// Whether these words of Go's say that the module files lack something.
pub(super) fn says(words: &str) -> bool {
    // Where Go may not look for a module, it does not know.
    !words.contains("disabled by GOPROXY=off") && WORDS.iter().any(|word| words.contains(word))
}

impl Untidy {
    /// That a workspace has a member with a higher go line.
    pub(super) fn of_workspace(files: &Files) -> Option<Untidy> {
        let (member, line) = files.above_workspace()?;
        let module = member.file.module.as_ref().map(|module| module.path.to_lossy());
        let module = excerpt(&module.unwrap_or_default(), LONGEST);
        let own = match files.own.go_line() {
            Some(own) => format!("only {own}"),
            None => "none".to_owned(),
        };
        let reason = format!("module {module} has the go line {line}, and go.work {own}");
        Some(Untidy { reason, command: "go work use" })
    }

    /// By Go's words, which stand at `place`.
    pub(super) fn of(files: &Files, reasons: &[Reason], (place, words): (&str, &str)) -> Untidy {
        let line = words.lines().find(|line| says(line)).unwrap_or(words);
        // Behind the semicolon Go names another command, which does less.
        let line = line.split("; to ").next().unwrap_or(line);
        let line = excerpt(line.trim().trim_start_matches("go: "), LONGEST);
        let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
        let low = words.contains(GO_MOD).then(|| too_low(files, reasons)).flatten();
        let command = match (words.contains(VENDOR), words.contains("-mod=vendor")) {
            (true, _) => "go mod vendor",
            (false, true) => "go mod tidy && go mod vendor",
            (false, false) => "go mod tidy",
        };
        Untidy { reason: low.unwrap_or_else(|| [place, line].concat()), command }
    }
}

/// That a dependency has a higher go line than the module.
fn too_low(files: &Files, reasons: &[Reason]) -> Option<String> {
    let line = files.own.go_line()?;
    let own = Version::parse(&line)?;
    let dependencies = reasons.iter().filter(|one| one.cause == Cause::Dependency);
    let highest = dependencies.max_by(|a, b| a.version.cmp(&b.version));
    let highest = highest.filter(|one| one.version > own)?;
    let (module, version) = (highest.module.as_deref()?, &highest.version);
    Some(format!("{module} has the go line {version}, and the module's own is only {line}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_files_lack_is_known_by_gos_words() {
        for (words, expected) in [
            ("go: updates to go.mod needed; to update it:\n\tgo mod tidy", true),
            ("missing go.sum entry for module providing package x (imported by m); to add:", true),
            ("no required module provides package x.org/y; to add it:\n\tgo get x.org/y", true),
            ("package x is not in std (/go/src/x)", false),
            (
                "cannot find module providing package x: module lookup disabled by GOPROXY=off",
                false,
            ),
            ("build constraints exclude all Go files in /x", false),
        ] {
            assert_eq!(says(words), expected, "{words}");
        }
    }
}

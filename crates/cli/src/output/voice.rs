//! The lines on stderr, and their colours.

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use goward_resolver::shown;
use std::env::var_os;
use std::io::{self, Write as _};

/// The words that begin a line, and their colours: an error, a warning, a hint, a note.
const BEGINNINGS: [(&str, &str, &str); 4] = [
    ("goward: ", "error:", "\x1b[1;31m"),
    ("goward: ", "warning:", "\x1b[1;33m"),
    ("", "hint:", "\x1b[1;36m"),
    ("", "goward:", "\x1b[2m"),
];
const PLAIN: &str = "\x1b[0m";

/// The way of a line to stderr.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Voice {
    /// Whether a line begins in colour.
    color: bool,
}

impl Voice {
    /// The voice on this process's stderr; `no_color` is the flag.
    pub(crate) fn on_stderr(no_color: bool) -> Voice {
        Voice { color: has_color(&io::stderr(), no_color) }
    }

    /// Prints one line, in one write so that lines of many processes do not mix. goward cannot
    /// report a stderr that does not work.
    pub(crate) fn say(self, text: &str) {
        let line = shown(text.as_bytes());
        let line = if self.color { painted(&line) } else { line };
        let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
    }
}

/// A printable line with its first words in colour.
fn painted(line: &str) -> String {
    for (before, word, color) in BEGINNINGS {
        if let Some(rest) = line.strip_prefix(before).and_then(|rest| rest.strip_prefix(word)) {
            return format!("{before}{color}{word}{PLAIN}{rest}");
        }
    }
    line.to_owned()
}

/// Whether `stream` gets colours: a terminal that has them and is no CI system's, or any stream that
/// `CLICOLOR_FORCE` demands them for; never with the flag or with `NO_COLOR`.
pub(super) fn has_color(stream: &impl RawStream, no_color: bool) -> bool {
    let set = |key| var_os(key).is_some_and(|value| !value.is_empty());
    if no_color || set("NO_COLOR") {
        return false;
    }
    if set("CLICOLOR_FORCE") && var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    // A CI system keeps what is written as a log.
    let plain = is_dumb() || is_ci() || !stream.is_terminal();
    !plain && AutoStream::choice(stream) != ColorChoice::Never
}

/// The variables by which CI systems are known; the book lists them. Most set the first one.
const OF_CI: [&str; 12] = [
    "CI",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "TF_BUILD",
    "JENKINS_URL",
    "BUILD_ID",
    "TEAMCITY_VERSION",
    "BUILDKITE",
    "CIRCLECI",
    "TRAVIS",
    "CODEBUILD_BUILD_ID",
    "BITBUCKET_BUILD_NUMBER",
];

/// Whether a CI system runs this: what goward prints becomes a log, and no person reads along.
pub(crate) fn is_ci() -> bool {
    OF_CI.into_iter().any(|name| var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Whether the terminal can only print text.
pub(crate) fn is_dumb() -> bool {
    var_os("TERM").is_some_and(|term| term == "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_lists_the_variables_of_ci_systems() {
        let book = include_str!("../../../../docs/src/reference/variables.md");
        let listed = OF_CI.map(|name| format!("`{name}`")).join(", ");
        assert!(book.replace('\n', " ").contains(&listed), "{listed}");
    }

    #[test]
    fn the_first_words_alone_are_in_colour() {
        for (line, is) in [
            ("goward: error: hint: x", "goward: \x1b[1;31merror:\x1b[0m hint: x"),
            ("goward: warning: x", "goward: \x1b[1;33mwarning:\x1b[0m x"),
            ("goward: a note: x", "\x1b[2mgoward:\x1b[0m a note: x"),
            ("hint: x", "\x1b[1;36mhint:\x1b[0m x"),
            ("    a cause: x", "    a cause: x"),
            ("", ""),
        ] {
            assert_eq!(painted(line), is);
        }
    }
}

//! Advice that names a release. Where goward knows of no such release, it names the nearest one that
//! there is, or the command that asks the mirrors.

use crate::commands::Releases;
use crate::context::Context;
use crate::existence::Existence;
use crate::failure::Failure;
use goward_resolver::{Selector, Survey, Version};
use std::cell::LazyCell;

/// The beginnings of the commands that take a version.
const COMMANDS: [&str; 4] = ["goward install ", "goward use ", "goward default ", "go +"];

/// The releases that advice may name. Most text names no release: so they are listed for the first
/// that does.
pub(crate) struct Advice<'r>(LazyCell<Named, Box<dyn FnOnce() -> Named + 'r>>);

struct Named {
    /// Empty, if goward knows of none: then it cannot judge.
    known: Vec<Version>,
    /// Those, and all that goward knows of: the mirrors here may not have them, nor this platform.
    all: Vec<Version>,
}

/// A command that can work, in the place of one that cannot.
#[derive(Debug, PartialEq, Eq)]
struct Better {
    command: String,
    /// The reason, for parentheses.
    why: String,
}

impl<'r> Advice<'r> {
    /// By the releases that goward knows, and those that are installed.
    pub(crate) fn of(releases: &'r Releases, here: &'r Survey<'_>) -> Advice<'r> {
        Advice(LazyCell::new(Box::new(|| Named::of(releases, here))))
    }

    /// The text, with each command that names no release replaced.
    pub(crate) fn checked(&self, text: &str) -> String {
        let mut checked = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = COMMANDS.iter().filter_map(|begin| rest.find(begin)).min() {
            let (before, found) = rest.split_at(at);
            checked.push_str(before);
            let (command, behind) = found.split_at(end(found));
            match self.0.better(command) {
                Some(Better { command, why }) => checked.push_str(&format!("{command} ({why})")),
                None => checked.push_str(command),
            }
            rest = behind;
        }
        checked + rest
    }

    /// As [`Advice::checked`], for a command and its effect.
    pub(crate) fn checked_command(&self, command: String, effect: String) -> (String, String) {
        match self.0.better(&command) {
            Some(better) => (better.command, better.why),
            None => (command, effect),
        }
    }
}

impl Named {
    fn of(releases: &Releases, here: &Survey<'_>) -> Named {
        let mut known = releases.known.clone();
        let mut all = releases.all();
        if !known.is_empty() {
            let installed = here.roots().installed().unwrap_or_default();
            known.extend(installed.iter().cloned());
            all.extend(installed);
        }
        Named { known, all }
    }

    /// `None` for a command that names a release that there is, or that goward cannot judge.
    fn better(&self, command: &str) -> Option<Better> {
        let begin = COMMANDS.into_iter().find(|begin| command.starts_with(begin))?;
        let behind = &command[begin.len()..];
        let (word, rest) = behind.split_at(behind.find(' ').unwrap_or(behind.len()));
        let word = word.trim_matches('"');
        if let Some(least) = word.strip_prefix('~') {
            return self.better_range(begin, &Version::parse(least)?, rest);
        }
        let (Selector::Exact(version) | Selector::Minor(version)) = Selector::parse(word).ok()?
        else {
            return None;
        };
        if Existence::of(&self.known, &version)? == Existence::Known {
            return None;
        }
        let (nearest, lack) = match Existence::of(&self.all, &version)? {
            Existence::Known => (self.nearest(&version), "no mirror here has"),
            Existence::Never => (self.nearest(&version), "there is no"),
            Existence::Unknown => (None, ""),
        };
        Some(nearest.map_or_else(
            || asks(word),
            |nearest| Better {
                command: format!("{}{nearest}{rest}", chooses(begin)),
                why: format!("{lack} Go {word}"),
            },
        ))
    }

    /// As [`Named::better`], for `"~LEAST"`: what replaces it is no older.
    fn better_range(&self, begin: &str, least: &Version, rest: &str) -> Option<Better> {
        let mut known = self.known.iter();
        if self.known.is_empty() || known.any(|it| it.same_minor(least) && it >= least) {
            return None;
        }
        let released = || self.known.iter().filter(|known| !known.is_prerelease());
        // The minor may have got a later patch since, if no two later ones are out.
        let later = released().filter(|known| known.language() > least.language());
        let mut minors: Vec<Version> = later.map(Version::language).collect();
        minors.sort();
        minors.dedup();
        let next = minors.first().filter(|_| minors.len() > 1);
        Some(next.map_or_else(
            || asks(least.as_str()),
            |next| Better {
                command: format!("{}{next}{rest}", chooses(begin)),
                why: format!("there is no Go {least}, and no later {}", least.language()),
            },
        ))
    }

    /// The newest release of its minor, else the oldest one of a later minor.
    fn nearest(&self, version: &Version) -> Option<&Version> {
        let released = || self.known.iter().filter(|known| !known.is_prerelease());
        let own = released().filter(|known| known.same_minor(version)).max();
        own.or_else(|| released().filter(|known| *known > version).min())
    }
}

/// The beginning of the command that chooses another version: to install it does not change what is
/// asked for.
fn chooses(begin: &str) -> &str {
    if begin.starts_with("goward install") { "goward use " } else { begin }
}

/// The command that finds out.
fn asks(word: &str) -> Better {
    Better {
        command: format!("goward list --remote {word} --refresh"),
        why: format!("goward knows of no Go {word}, and this asks the mirrors"),
    }
}

/// The length of the command that begins here: its words, up to a mark or a word of the sentence.
fn end(text: &str) -> usize {
    let mark = text.find([';', ',', ')', '\n', '`']).unwrap_or(text.len());
    let text = &text[..mark];
    let begin = COMMANDS.into_iter().find(|begin| text.starts_with(begin));
    let from = begin.map_or(0, str::len);
    let word = text[from..].find(' ').map_or(text.len(), |at| from + at);
    // Only flags belong to it, with the value of one.
    match text[word..].starts_with(" --") {
        true => text.find(" (").unwrap_or(text.len()),
        false => word,
    }
}

fn names_a_release(text: &str) -> bool {
    COMMANDS.iter().any(|begin| text.contains(begin))
}

/// The failure, with advice that can work.
pub(crate) fn checked(cx: &Context, mut failure: Failure) -> Failure {
    let texts = || failure.message.iter().chain(&failure.hints);
    if texts().any(|text| names_a_release(text))
        && let Ok(here) = cx.survey()
    {
        let releases = Releases::seen(cx, &here);
        let advice = Advice::of(&releases, &here);
        failure.message = failure.message.map(|message| advice.checked(&message));
        failure.hints.iter_mut().for_each(|hint| *hint = advice.checked(hint));
    }
    failure
}

/// One line for people, with advice that can work.
pub(crate) fn checked_line(cx: &Context, line: &str) -> String {
    let here = names_a_release(line).then(|| cx.survey().ok()).flatten();
    let checked = here.map(|here| Advice::of(&Releases::seen(cx, &here), &here).checked(line));
    checked.unwrap_or_else(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_names_releases_that_there_are() {
        let known = ["1.21.13", "1.22.9", "1.22.10", "1.26.0", "1.27rc1", "1.27.0", "1.27.3"];
        let known = known.map(|text| Version::parse(text).unwrap()).to_vec();
        let all = known.iter().cloned().chain(Version::parse("1.25.0")).collect();
        let by = |named: Named| Advice(LazyCell::new(Box::new(|| named)));
        let advice = by(Named { known, all });
        for (text, checked) in [
            ("run: goward install 1.22.10", "run: goward install 1.22.10"),
            ("run: goward install 1.22", "run: goward install 1.22"),
            ("run: goward install latest", "run: goward install latest"),
            ("run: goward use 1.27rc1 --goenv", "run: goward use 1.27rc1 --goenv"),
            ("run: goward install 1.22.99", "run: goward use 1.22.10 (there is no Go 1.22.99)"),
            (
                "a; run: goward use 1.21.9 --project ~/a; b",
                "a; run: goward use 1.21.13 --project ~/a (there is no Go 1.21.9); b",
            ),
            ("goward use 1.23 or x", "goward use 1.26.0 (there is no Go 1.23) or x"),
            ("for it: go +1.24, or set X", "for it: go +1.26.0 (there is no Go 1.24), or set X"),
            (
                "goward use 1.28 --goenv",
                "goward list --remote 1.28 --refresh (goward knows of no Go 1.28, and this asks the \
                 mirrors)",
            ),
            (
                "goward install 1.27.4",
                "goward list --remote 1.27.4 --refresh (goward knows of no Go 1.27.4, and this asks \
                 the mirrors)",
            ),
            ("goward install 1.27.2", "goward use 1.27.3 (there is no Go 1.27.2)"),
            ("goward use VERSION --here", "goward use VERSION --here"),
            ("goward use 1.25.0", "goward use 1.26.0 (no mirror here has Go 1.25.0)"),
            ("run: goward use \"~1.22.9\" --goenv", "run: goward use \"~1.22.9\" --goenv"),
            (
                "goward use \"~1.21.99\" --here",
                "goward use 1.22 --here (there is no Go 1.21.99, and no later 1.21)",
            ),
            (
                "go +\"~1.26.9\"; x",
                "goward list --remote 1.26.9 --refresh (goward knows of no Go 1.26.9, and this asks the \
                 mirrors); x",
            ),
        ] {
            assert_eq!(advice.checked(text), checked, "{text}");
        }
        let nothing = by(Named { known: Vec::new(), all: Vec::new() });
        assert_eq!(nothing.checked("goward install 1.99.9"), "goward install 1.99.9");
    }
}

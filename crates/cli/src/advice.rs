//! Advice that names a release. Where goward knows of no such release, it names the nearest one that
//! there is, or the command that asks the mirrors.

use crate::commands::Releases;
use crate::context::Context;
use crate::failure::Failure;
use goward_resolver::{Selector, Survey, Version};

/// The beginnings of the commands that take a version.
const COMMANDS: [&str; 4] = ["goward install ", "goward use ", "goward default ", "go +"];

/// The releases that advice may name.
pub(crate) struct Advice {
    /// Empty, if goward knows of none: then it cannot judge.
    known: Vec<Version>,
}

/// A command that can work, in the place of one that cannot.
#[derive(Debug, PartialEq, Eq)]
struct Better {
    command: String,
    /// The reason, for parentheses.
    why: String,
}

impl Advice {
    /// By the releases that goward knows, and those that are installed.
    pub(crate) fn of(releases: &Releases, here: &Survey<'_>) -> Advice {
        let mut known = releases.known.clone();
        if !known.is_empty() {
            known.extend(here.roots().installed().unwrap_or_default());
        }
        Advice { known }
    }

    /// The text, with each command that names no release replaced.
    pub(crate) fn checked(&self, text: &str) -> String {
        let mut checked = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = COMMANDS.iter().filter_map(|begin| rest.find(begin)).min() {
            let (before, found) = rest.split_at(at);
            checked.push_str(before);
            let (command, behind) = found.split_at(end(found));
            match self.better(command) {
                Some(Better { command, why }) => checked.push_str(&format!("{command} ({why})")),
                None => checked.push_str(command),
            }
            rest = behind;
        }
        checked + rest
    }

    /// As [`Advice::checked`], for a command and its effect.
    pub(crate) fn checked_command(&self, command: String, effect: String) -> (String, String) {
        match self.better(&command) {
            Some(better) => (better.command, better.why),
            None => (command, effect),
        }
    }

    /// `None` for a command that names a release that there is, or that goward cannot judge.
    fn better(&self, command: &str) -> Option<Better> {
        let begin = COMMANDS.into_iter().find(|begin| command.starts_with(begin))?;
        let behind = &command[begin.len()..];
        let (word, rest) = behind.split_at(behind.find(' ').unwrap_or(behind.len()));
        let (Selector::Exact(version) | Selector::Minor(version)) = Selector::parse(word).ok()?
        else {
            return None;
        };
        if self.known.is_empty() || self.exists(&version) {
            return None;
        }
        Some(match self.nearest(&version) {
            Some(nearest) => {
                // To install another one does not change what is asked for.
                let begin = if begin.starts_with("goward install") { "goward use " } else { begin };
                Better {
                    command: format!("{begin}{nearest}{rest}"),
                    why: format!("there is no Go {word}"),
                }
            }
            None => Better {
                command: format!("goward list --remote {word} --refresh"),
                why: format!("goward knows of no Go {word}, and this asks the mirrors"),
            },
        })
    }

    fn exists(&self, version: &Version) -> bool {
        let minor = version.is_language();
        self.known.iter().any(|known| known == version || minor && known.same_minor(version))
    }

    /// The newest release of its minor, else the oldest one of a later minor; `None` above all.
    fn nearest(&self, version: &Version) -> Option<&Version> {
        let released = || self.known.iter().filter(|known| !known.is_prerelease());
        let own = released().filter(|known| known.same_minor(version)).max();
        // The newest minor may have got a later patch since.
        let may_come = released().max().is_some_and(|newest| newest.same_minor(version));
        let own = own.filter(|own| !may_come || *own > version);
        own.or_else(|| released().filter(|known| *known > version).min())
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
    if let Some(advice) = texts().any(|text| names_a_release(text)).then(|| here(cx)).flatten() {
        failure.message = failure.message.map(|message| advice.checked(&message));
        failure.hints.iter_mut().for_each(|hint| *hint = advice.checked(hint));
    }
    failure
}

/// One line for people, with advice that can work.
pub(crate) fn checked_line(cx: &Context, line: &str) -> String {
    let advice = names_a_release(line).then(|| here(cx)).flatten();
    advice.map_or_else(|| line.to_owned(), |advice| advice.checked(line))
}

fn here(cx: &Context) -> Option<Advice> {
    let here = cx.survey().ok()?;
    Some(Advice::of(&Releases::seen(cx, &here), &here))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_names_releases_that_there_are() {
        let known = ["1.21.13", "1.22.9", "1.22.10", "1.26.0", "1.27rc1", "1.27.0", "1.27.3"];
        let known = known.map(|text| Version::parse(text).unwrap()).to_vec();
        let advice = Advice { known };
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
        ] {
            assert_eq!(advice.checked(text), checked, "{text}");
        }
        let nothing = Advice { known: Vec::new() };
        assert_eq!(nothing.checked("goward install 1.99.9"), "goward install 1.99.9");
    }
}

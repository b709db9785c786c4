//! Suggestions for a mistyped command line: only commands for people, by their full names.
//!
//! The parser compares with every name that it takes. Among them are abbreviations, which are like
//! any short word, and commands that only the shim calls. It also takes `unpin` for `uninstall`.

use crate::foreign;
use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use goward_govern::slip::is_slip;

/// The complaint about the words of `line`, which suggests only commands that `goward --help` shows.
pub(crate) fn honest(mut error: Error, command_line: &Command, line: &[String]) -> Error {
    let kind = ContextKind::SuggestedSubcommand;
    let typed = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(typed)) => typed.clone(),
        _ => String::new(),
    };
    let at = line.iter().position(|word| *word == typed);
    let rest = at.and_then(|at| line.get(at + 1..)).unwrap_or_default();
    if let Some(answer) = foreign::answer(&typed, rest) {
        return Error::raw(ErrorKind::InvalidSubcommand, answer);
    }
    // A mistyped flag is not meant as a value.
    error.remove(ContextKind::Suggested);
    match error.get(kind) {
        Some(ContextValue::Strings(names)) => {
            let slips = names.iter().filter(|name| is_slip(&typed, name));
            let names = known(slips, command_line);
            error.remove(kind);
            if !names.is_empty() {
                error.insert(kind, ContextValue::Strings(names));
            }
        }
        // A flag that another command has.
        Some(ContextValue::String(name)) if known([name], command_line).is_empty() => {
            error.remove(kind);
            error.remove(ContextKind::SuggestedArg);
        }
        _ => {}
    }
    error
}

/// The names of the visible commands among these, each once; an alias of more than one letter
/// stands for its command.
fn known<'a>(names: impl IntoIterator<Item = &'a String>, command_line: &Command) -> Vec<String> {
    let mut known = Vec::new();
    for name in names.into_iter().filter(|name| name.chars().count() > 1) {
        let command = command_line.find_subcommand(name).filter(|command| !command.is_hide_set());
        let name = command.map(|command| command.get_name().to_owned());
        known.extend(name.filter(|name| !known.contains(name)));
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Args;
    use clap::{CommandFactory as _, Parser as _};

    /// The complaint about a wrong command line.
    fn said(line: &str) -> String {
        let error = Args::try_parse_from(line.split(' ')).unwrap_err();
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        honest(error, &Args::command(), &words).render().to_string()
    }

    #[test]
    fn a_slip_is_answered_by_a_command_that_people_know() {
        for (line, meant) in [
            ("goward instal", "'install'"),
            ("goward lss", "'list'"),
            ("goward exlain", "'explain'"),
            ("goward uninstal", "'uninstall'"),
        ] {
            let said = said(line);
            assert!(said.contains(meant), "{line}: {said}");
        }
    }

    #[test]
    fn a_word_of_another_manager_is_answered_by_goward_s() {
        for (word, command) in [("local", "goward use VERSION"), ("versions", "goward list")] {
            for line in [format!("goward {word} x"), format!("goward help {word}")] {
                let said = said(&line);
                let answer = format!("goward has no command \"{word}\"; goward says: {command}");
                assert!(said.contains(&answer), "{line}: {said}");
            }
        }
        assert!(said("goward rehash").contains("needs no `rehash`"));
    }

    #[test]
    fn another_word_is_no_slip() {
        for word in ["unpin", "info", "pin", "update", "local", "global", "shell", "versions"] {
            let said = said(&format!("goward {word}"));
            assert!(!said.contains("similar"), "{said}");
        }
        for (typed, name, is) in [
            ("", "a", true),
            ("ab", "a", true),
            ("lsit", "list", true),
            ("pin", "link", false),
            ("exlpain", "explain", true),
            ("envs", "env", true),
            ("instal", "install", true),
            ("unistal", "uninstall", true),
            ("unstal", "uninstall", false),
        ] {
            assert_eq!(is_slip(typed, name), is, "{typed} {name}");
        }
    }

    /// The test types every short word, and every name with a letter more, less or other.
    #[test]
    fn no_suggestion_is_an_abbreviation_or_hidden() {
        let letters = ('a'..='z').chain(['-']);
        let mut words: Vec<String> = letters.clone().map(|letter| letter.to_string()).collect();
        for first in letters.clone() {
            words.extend(letters.clone().map(|second| format!("{first}{second}")));
        }
        let names = Args::command();
        for name in names.get_subcommands().map(Command::get_name) {
            words.extend((0..name.len()).map(|at| format!("{}{}", &name[..at], &name[at + 1..])));
            words.extend((0..=name.len()).map(|at| format!("{}q{}", &name[..at], &name[at..])));
            words.push(format!("un{name}"));
        }
        let visible: Vec<&str> = names
            .get_subcommands()
            .filter(|command| !command.is_hide_set())
            .map(Command::get_name)
            .chain(["help"])
            .collect();
        let mut suggestions = 0;
        for word in words {
            let Err(error) = Args::try_parse_from(["goward", &word]) else { continue };
            let error = honest(error, &names, &[]);
            let Some(ContextValue::Strings(found)) = error.get(ContextKind::SuggestedSubcommand)
            else {
                continue;
            };
            suggestions += 1;
            assert!(!found.is_empty(), "{word}");
            assert!(found.iter().all(|name| visible.contains(&name.as_str())), "{word}: {found:?}");
        }
        assert!(suggestions > 100, "this test has lost its words: {suggestions}");
        for flag in ["--impatien", "--at-leas", "--wanted-b", "--known-digest"] {
            let said = said(&format!("goward {flag}"));
            assert!(!said.contains("provide"), "{said}");
        }
    }
}

//! Every message that a program of goward can print, with sample values, in one file that a person can
//! read from top to bottom; and what holds for all of them.
//!
//! Messages are found in the sources: a text that reads like words is taken for one. So a new message is
//! in the file without being registered, and what is no message is named in [`NO_MESSAGES`].

mod collect;
mod samples;
mod template;

use std::collections::BTreeSet;
use std::fs;

use goward_tests::binaries::workspace;

use self::collect::{Message, messages};
use self::samples::sample;
use self::template::Piece;
use crate::{files, read, with_extension};

/// The file, relative to the workspace.
const CATALOGUE: &str = "target/messages.txt";

/// Sources in the order in which a call of `go` that installs a toolchain comes to them. A source is
/// sorted by the longest of these that its path begins with.
const PIPELINE: [&str; 24] = [
    "shims/go/src",
    "crates/resolver/src",
    "crates/gomod/src",
    "crates/cli/src/main.rs",
    "crates/cli/src/commands/provide.rs",
    "crates/installer/src/query.rs",
    "crates/installer/src/mirror",
    "crates/installer/src/fetch",
    "crates/installer/src/install/find.rs",
    "crates/installer/src/install/pick.rs",
    "crates/installer/src/install/offer.rs",
    "crates/installer/src/assurance.rs",
    "crates/installer/src/authority.rs",
    "crates/installer/src/database",
    "crates/sumdb/src",
    "crates/installer/src/unpack",
    "crates/installer/src/install",
    "crates/installer/src/store",
    "crates/installer/src",
    "crates/gobin/src",
    "crates/govern/src",
    "crates/cli/src/commands/install",
    "crates/cli/src/commands",
    "crates/cli/src",
];

/// A source, the beginning of a text in it, and why that text is an exception.
type Exception = (&'static str, &'static str, &'static str);

/// Texts that read like words and are no messages.
const NO_MESSAGES: [Exception; 19] = [
    ("crates/cli/src/args.rs", "A VERSION may be", "help, which has snapshots"),
    ("crates/cli/src/groups.rs", "", "help, which has snapshots"),
    ("crates/cli/src/shell/files.rs", "Library/Application Support", "a directory"),
    ("crates/cli/src/shell/line.rs", "", "lines of shells"),
    ("crates/cli/src/watch.rs", "{msg}", "a template of indicatif"),
    ("crates/govern/src/claims/commands.rs", "", "commands of go"),
    ("crates/govern/src/cross/probe.rs", "#include", "a program in C"),
    ("crates/govern/src/rule.rs", "", "the table of rules, a page of the book"),
    ("crates/installer/src/fetch/credentials.rs", "Basic ", "a header"),
    ("crates/installer/src/fetch/response.rs", "bytes ", "a header"),
    ("crates/installer/src/fetch/date.rs", "verification time ", "words of rustls"),
    ("crates/installer/src/fetch/date.rs", "valid ", "words of rustls"),
    ("crates/installer/src/fetch/http.rs", "failed to lookup", "words of ureq"),
    ("crates/installer/src/install/build.rs", "go version ", "words of Go"),
    ("crates/installer/src/install/build/checkout.rs", "const Version = ", "words of Go"),
    ("crates/resolver/src/goenvfile.rs", "Library/Application Support", "a directory"),
    ("crates/resolver/src/invocation.rs", "", "commands and flags of go"),
    ("crates/resolver/src/tier.rs", "", "values of GOFLAGS"),
    ("crates/sumdb/src/head.rs", "go.sum database tree", "the first line of a tree head"),
];

/// Messages that may break a rule.
const EXCEPTIONS: [Exception; 8] = [
    ("crates/gomod/src/line.rs", "usage: require", "it has two lines, as Go's own message has"),
    ("crates/sumdb/src/error.rs", "The key that signs", "the first sentence of a file"),
    ("crates/sumdb/src/timeline.rs", "--- older ---", "a part of that file"),
    ("crates/sumdb/src/timeline.rs", "The proof", "a sentence of that file"),
    ("crates/installer/src/unpack/entry_path.rs", "has a component . or ..", "it ends in a name"),
    ("crates/cli/src/commands/explain/page.rs", "In /home", "the first sentence of a page"),
    ("crates/cli/src/commands/explain/page.rs", "Typing `go`", "the first sentence of a page"),
    ("crates/cli/src/commands/explain/remarks.rs", "something was mounted", "it ends in a command"),
];

/// Persons that no message may name: it names the actor.
const INDEFINITE: [&str; 3] = ["nobody", "somebody", "anybody"];

/// Names that are written with a capital letter, wherever they stand.
const NAMES: [&str; 2] = ["Go", "Go's"];

const LONGEST: usize = 300;

/// Where a source stands in the pipeline.
fn stage(path: &str) -> usize {
    let stages = PIPELINE.iter().enumerate().filter(|(_, stage)| path.starts_with(**stage));
    let (stage, _) = stages.max_by_key(|(_, stage)| stage.len()).expect("all sources have a stage");
    stage
}

/// The sources of all programs, in the order of the pipeline.
fn sources() -> Vec<String> {
    let all = ["crates", "shims"].into_iter().flat_map(files).collect();
    let all = with_extension(all, &["rs"]).into_iter();
    let all = all.map(|path| path.to_str().expect("our names are text").replace('\\', "/"));
    let of_tests = |path: &String| {
        path.starts_with("crates/testkit")
            || path.ends_with("_tests.rs")
            || path.ends_with("fuzzing.rs")
            // The language of manual pages.
            || path.ends_with("manual.rs")
    };
    let mut all: Vec<_> = all.filter(|path| path.contains("/src/") && !of_tests(path)).collect();
    all.sort_by_key(|path| (stage(path), path.clone()));
    all
}

/// The exception that fits a text.
fn exception(table: &[Exception], path: &str, text: &str) -> Option<Exception> {
    table.iter().copied().find(|(file, start, _)| *file == path && text.starts_with(start))
}

/// The message as it is printed, with sample values; else the names for which there is none.
fn rendered(path: &str, pieces: &[Piece]) -> Result<String, Vec<String>> {
    let (mut text, mut unknown) = (String::new(), Vec::new());
    for piece in pieces {
        match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Value { name, debug } => match sample(path, name) {
                Some(value) if *debug => text.push_str(&format!("{value:?}")),
                Some(value) => text.push_str(value),
                None => unknown.push(name.clone()),
            },
        }
    }
    if unknown.is_empty() { Ok(text) } else { Err(unknown) }
}

/// The rule that a message breaks. Behind its sentence, each line is a remedy. `pieces` are the same message, unless that begins with a value.
fn broken(pieces: &[Piece], text: &str) -> Option<String> {
    let line = text.strip_suffix('\n').unwrap_or(text);
    let words = || line.split(|c: char| !c.is_alphanumeric() && c != '\'');
    let written = pieces.iter().find_map(|piece| match piece {
        Piece::Text(text) if text.is_empty() => None,
        Piece::Text(text) => Some(text.as_str()),
        Piece::Value { .. } => Some(""),
    });
    let first = written.unwrap_or_default().split([' ', ',', '=', ':']).next().unwrap_or_default();
    let capital = first.starts_with(char::is_uppercase) && first.contains(char::is_lowercase);
    if let Some(word) = words().find(|word| INDEFINITE.contains(word)) {
        Some(format!("it says {word}: name the actor"))
    } else if capital && !NAMES.contains(&first) {
        Some("it begins with a capital letter".to_owned())
    } else if line.lines().any(|line| line.ends_with('.')) {
        Some("it ends in a full stop".to_owned())
    } else if line.lines().any(|line| line.contains(char::is_control)) {
        Some("it has a control character".to_owned())
    } else if line.trim().contains("  ") {
        Some("it has two blanks in a row".to_owned())
    } else if line.chars().count() > LONGEST {
        Some(format!("it has more than {LONGEST} characters"))
    } else {
        None
    }
}

/// What the sources say, and what is wrong with it.
#[derive(Default)]
struct Catalogue {
    text: String,
    wrong: Vec<String>,
    /// The entries of the tables that were needed.
    needed: BTreeSet<Exception>,
}

impl Catalogue {
    fn add_source(&mut self, path: &str, found: &[Message]) {
        let mut lines = Vec::new();
        for message in found {
            lines.extend(self.line(path, message).filter(|line| !lines.contains(line)));
        }
        if !lines.is_empty() {
            self.text.push_str(&format!("{path}\n    {}\n\n", lines.join("\n    ")));
        }
    }

    /// The line of a message, if it is one.
    fn line(&mut self, path: &str, message: &Message) -> Option<String> {
        let text = match rendered(path, &message.pieces) {
            Ok(text) => text,
            Err(unknown) => {
                let names = unknown.join(", ");
                let how = "give a sample in tests/tests/tidy/messages/samples.rs for";
                self.wrong.push(format!("{path}:{}: {how}: {names}", message.line));
                return None;
            }
        };
        if let Some(entry) = exception(&NO_MESSAGES, path, &text) {
            self.needed.insert(entry);
            return None;
        }
        if let Some(why) = broken(&message.pieces, &text) {
            match exception(&EXCEPTIONS, path, &text) {
                Some(entry) => _ = self.needed.insert(entry),
                None => self.wrong.push(format!("{path}:{}: {why}: {text:?}", message.line)),
            }
        }
        Some(text.trim_end_matches('\n').replace('\n', "\n        ").replace('\t', "\\t"))
    }
}

#[test]
fn every_message_can_be_read_in_one_file_and_keeps_the_rules() {
    let mut catalogue = Catalogue::default();
    for path in sources() {
        let found = messages(&read(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        catalogue.add_source(&path, &found);
    }
    let path = workspace().join(CATALOGUE);
    fs::create_dir_all(path.parent().expect("it lies in a directory")).unwrap();
    fs::write(&path, &catalogue.text).unwrap();
    let listed = NO_MESSAGES.iter().chain(&EXCEPTIONS);
    for (file, start, _) in listed.filter(|entry| !catalogue.needed.contains(entry)) {
        catalogue.wrong.push(format!("{file}: {start:?} needs no exception any more"));
    }
    assert!(catalogue.wrong.is_empty(), "{}", catalogue.wrong.join("\n"));
    let lines = catalogue.text.lines().filter(|line| line.starts_with(' ')).count();
    assert!(lines > 900, "this test has lost its messages: {lines}");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rule that the only message of a piece of source breaks.
    fn judged(message: &str) -> Option<String> {
        let source = format!("fn f() -> Error {{ Error::refused({message}) }}");
        let found = messages(&source).expect("it is Rust");
        assert_eq!(found.len(), 1, "{message}");
        let text = rendered("crates/x/src/lib.rs", &found[0].pieces).expect("the names are known");
        broken(&found[0].pieces, &text)
    }

    #[test]
    fn a_message_that_breaks_a_rule_is_found() {
        let long = format!("format!(\"it is long: {}\")", "x".repeat(LONGEST));
        for (message, why) in [
            ("\"nobody vouches for it\"", "it says nobody: name the actor"),
            ("\"Cannot read it\"", "it begins with a capital letter"),
            ("text!(\"it is {}.\", value)", "it ends in a full stop"),
            ("\"it has\\tthis\"", "it has a control character"),
            ("\"it has  this\"", "it has two blanks in a row"),
            (long.as_str(), "it has more than 300 characters"),
        ] {
            assert_eq!(judged(message).as_deref(), Some(why), "{message}");
        }
        for message in
            ["\"wait\"", "\"Go 1.20 is needed\"", "\"GOPROXY=off is set\"", "\"{path} is no file\""]
        {
            assert_eq!(judged(message), None, "{message}");
        }
    }

    #[test]
    fn a_value_without_a_sample_is_named() {
        let found = messages("const X: String = format!(\"it is {oddity} of {path}\");").unwrap();
        assert_eq!(rendered("x.rs", &found[0].pieces), Err(vec!["oddity".to_owned()]));
        let mut catalogue = Catalogue::default();
        catalogue.add_source("x.rs", &found);
        assert_eq!((catalogue.wrong.len(), catalogue.text.as_str()), (1, ""));
    }
}

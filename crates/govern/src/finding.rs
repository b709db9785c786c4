//! A finding: what does not agree, and where both sides stand.

use crate::hex::hex;
use crate::rule::{Rule, Severity};
use sha2::{Digest as _, Sha256};
use std::ops::Range;

/// A place in a file of the repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, from the repository's top, with slashes.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The first column, from 1, and the one behind the last; absent for the whole line. In
    /// characters, of which a byte order mark at the front of the file is none.
    pub columns: Option<(u32, u32)>,
}

impl Place {
    /// A whole line.
    pub fn line(file: &str, line: u32) -> Place {
        Place { file: file.to_owned(), line: line.max(1), columns: None }
    }

    /// A part of a line.
    pub fn part(file: &str, line: u32, columns: Range<u32>) -> Place {
        let columns = (columns.start < columns.end).then_some((columns.start, columns.end));
        Place { columns, ..Place::line(file, line) }
    }

    /// As `FILE:LINE`, not escaped.
    pub fn said(&self) -> String {
        [&self.file, ":", &self.line.to_string()].concat()
    }
}

/// The other side of a disagreement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Related {
    /// Its place.
    pub at: Place,
    /// What stands there, in few words.
    pub note: String,
}

/// New text in the place of a part of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edit {
    /// The file, from the repository's top, with slashes.
    pub file: String,
    /// The offset of the first byte that goes, in the file as it was read.
    pub start: usize,
    /// The offset behind the last of them.
    pub end: usize,
    /// What takes their place.
    pub text: String,
}

impl Edit {
    /// Of a part of a file.
    pub fn new(file: &str, at: Range<usize>, text: impl Into<String>) -> Edit {
        Edit { file: file.to_owned(), start: at.start, end: at.end, text: text.into() }
    }
}

/// What to do about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// In words.
    pub words: String,
    /// A command that does it, if there is one.
    pub command: Option<String>,
    /// Edits that do it, which a program may make unasked. None where a person has to decide.
    pub edits: Vec<Edit>,
}

/// What should not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: Rule,
    /// How bad it is here.
    pub severity: Severity,
    /// Where it stands.
    pub at: Place,
    /// What stands there, in few words.
    pub label: String,
    /// The sentence. It may hold a file's text: escape it before a terminal sees it.
    pub message: String,
    /// The other sides.
    pub related: Vec<Related>,
    /// What to do.
    pub remedy: Option<Remedy>,
    /// The text that is at fault.
    pub subject: String,
    /// The rules that found the same text, too, with their severities there: none is worse. Each once.
    pub also: Vec<(Rule, Severity)>,
    /// By what it is told with those about other versions of its list.
    pub(crate) listed: Option<Listed>,
}

/// What findings about several versions of one list share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Listed {
    /// The number of the claim.
    pub(crate) claim: usize,
    /// The version of the claim, as it stands there.
    pub(crate) text: String,
    /// The sentence about several of them, before and behind the versions.
    pub(crate) several: [String; 2],
    /// What to do about them, if the words name them: before and behind the versions.
    pub(crate) mend: Option<[String; 2]>,
}

impl Finding {
    /// A finding at a place: `subject` is the text at fault, `label` its role.
    pub fn new(rule: Rule, at: Place, [subject, label]: [&str; 2], message: String) -> Finding {
        let (label, subject) = (label.to_owned(), subject.to_owned());
        let severity = rule.severity();
        let (related, remedy, also, listed) = (Vec::new(), None, Vec::new(), None);
        Finding { rule, severity, at, label, message, related, remedy, subject, also, listed }
    }

    /// With another side.
    pub fn beside(mut self, at: Place, note: &str) -> Finding {
        self.related.push(Related { at, note: note.to_owned() });
        self
    }

    /// With words of what to do.
    pub fn mend(mut self, words: impl Into<String>) -> Finding {
        self.remedy = Some(Remedy { words: words.into(), command: None, edits: Vec::new() });
        self
    }

    /// With safe edits that do what the words say.
    pub fn edit(mut self, edits: impl IntoIterator<Item = Edit>) -> Finding {
        if let Some(remedy) = &mut self.remedy {
            remedy.edits.extend(edits);
        }
        self
    }

    /// With a command of what to do.
    pub fn run(mut self, command: String) -> Finding {
        let words = ["run: ", &command].concat();
        self.remedy = Some(Remedy { words, command: Some(command), edits: Vec::new() });
        self
    }

    /// As one of several versions of a claim's list, if it is one: by the claim's number, and the version as it
    /// stands there.
    pub(crate) fn listed(mut self, of: Option<(usize, &str)>, several: [String; 2]) -> Finding {
        let listed = |(claim, text): (usize, &str)| {
            let (text, mend) = (text.to_owned(), None);
            Listed { claim, text, several, mend }
        };
        self.listed = of.map(listed);
        self
    }

    /// With words of what to do that name the version: before and behind it.
    pub(crate) fn mend_listed(mut self, words: [String; 2]) -> Finding {
        let subject = self.subject.clone();
        if let Some(listed) = &mut self.listed {
            listed.mend = Some(words.clone());
        }
        self.mend(words.join(&subject))
    }

    /// With a severity of its own.
    pub fn at_most(mut self, severity: Severity) -> Finding {
        self.severity = self.severity.min(severity);
        self
    }

    /// What stays the same when lines above change: of the rule, the file and the text at fault. A fact about a
    /// release is told once, at the first of its places: its fingerprint is of no file.
    pub fn fingerprint(&self) -> String {
        let file = if self.rule.is_of_release() { "" } else { &self.at.file };
        let parts = [self.rule.id(), file, &self.subject];
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hex(hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_outlives_the_lines_above() {
        let at = |line, subject| {
            let place = Place::line(".go-version", line);
            Finding::new(Rule::PinBelowFloor, place, [subject, ""], String::new()).fingerprint()
        };
        assert_eq!(at(1, "1.21.13"), at(7, "1.21.13"));
        assert_ne!(at(1, "1.21.13"), at(1, "1.21.12"));
        assert_eq!(at(1, "x").len(), 64);
    }
}

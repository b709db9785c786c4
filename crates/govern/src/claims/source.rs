//! One file whose claims are read, and what is done with the values in it.

use super::image::Image;
use super::jsonc;
use super::means::{Left, Means, Values};
use super::yaml::{self, Node};
use super::{Claim, ClaimKind, Claims, NO_VERSION, Said, Use, Uses};
use crate::finding::{Finding, Place, Related};
use crate::rule::Rule;
use goward_resolver::Selector;
use std::rc::Rc;

/// A file, and what is found in it.
pub(super) struct ClaimFile<'c> {
    pub(super) claims: &'c mut Claims,
    pub(super) path: &'c str,
    /// The directory that its claims are about, from the top.
    pub(super) directory: &'c str,
    /// Whether its readers take 1.20 without quotes for a number.
    pub(super) numbers: bool,
}

impl ClaimFile<'_> {
    /// The documents of a YAML file; none if it cannot be read, which is noted.
    pub(super) fn documents(&mut self, bytes: &[u8]) -> Vec<Rc<Node>> {
        yaml::load_all(bytes).unwrap_or_else(|why| {
            self.claims.unreadable(self.path, why.line, why.why);
            Vec::new()
        })
    }

    /// The first document of a YAML file.
    pub(super) fn document(&mut self, bytes: &[u8]) -> Option<Rc<Node>> {
        yaml::load(bytes).unwrap_or_else(|why| {
            self.claims.unreadable(self.path, why.line, why.why);
            None
        })
    }

    /// A JSON file, which may have comments.
    pub(super) fn json(&mut self, bytes: &[u8]) -> Option<Rc<Node>> {
        jsonc::load(bytes).unwrap_or_else(|why| {
            self.claims.unreadable(self.path, why.line, why.why);
            None
        })
    }

    /// The end of a file. One in which there was too much to look at says nothing.
    pub(super) fn end(self, left: &Left) {
        if left.is_spent() {
            *self.claims = Claims::default();
            self.claims.unreadable(self.path, 1, "too large");
        }
    }

    pub(super) fn place(&self, node: &Node) -> Place {
        Place::part(self.path, node.line, node.columns.0..node.columns.1)
    }

    pub(super) fn open(&mut self, node: &Node, why: &'static str) {
        let at = self.place(node);
        self.claims.open(at, why);
    }

    /// The versions that values name. What is none is noted.
    pub(super) fn versions(&mut self, values: Vec<Means>) -> Vec<Said> {
        self.versions_by(values, |text| selector(text).ok_or(NO_VERSION))
    }

    /// The versions that values name in a grammar. What is none is noted, with the reason.
    pub(super) fn versions_by(
        &mut self,
        values: Vec<Means>,
        grammar: impl Fn(&str) -> Result<Selector, &'static str>,
    ) -> Vec<Said> {
        let (mut said, is_list) = (Vec::new(), values.len() > 1);
        for value in values {
            let at = value.place_of_all(self.path);
            if self.numbers && value.plain && loses_its_zero(&value.text) {
                self.claims.findings.push(number(at, &value.text, is_list));
                continue;
            }
            match grammar(&value.text) {
                Ok(says) => said.push(Said { text: value.text, says, at, tied: None }),
                Err(why) => self.claims.open(at, why),
            }
        }
        said
    }

    /// The versions of the images of Go that values name, and whether all are official. An image whose
    /// name does not say is noted.
    pub(super) fn images(&mut self, values: &[Means]) -> (Vec<Said>, bool) {
        let (mut said, mut official) = (Vec::new(), true);
        for value in values {
            let Some(found) = Image::parse(&value.text) else { continue };
            official &= found.official;
            let at = value.place(self.path, found.range.clone());
            let number = self.numbers && value.is_plain(found.range);
            if number && loses_its_zero(&found.text) {
                self.claims.findings.push(self::number(at, &found.text, values.len() > 1));
                continue;
            }
            match found.says {
                Some(says) => said.push(Said { text: found.text, says, at, tied: found.tied }),
                None => self.claims.open(at, NO_VERSION),
            }
        }
        (said, official)
    }

    /// Adds the claim of an image, by what its name comes to. What is built in it may depend on whether it is
    /// official. A name that is not known is noted where it may be that of an image of Go.
    pub(super) fn image(
        &mut self,
        node: &Node,
        values: Values,
        builds: impl FnOnce(bool) -> Use,
    ) -> Option<&mut Claim> {
        match values {
            Ok(values) => {
                let (said, official) = self.images(&values);
                if said.is_empty() {
                    return None;
                }
                self.claim((ClaimKind::Image, builds(official)), said, Some(node))
            }
            Err(why) => {
                if node.text().is_none_or(may_be_of_go) {
                    self.open(node, why);
                }
                None
            }
        }
    }

    /// Adds the claim of a version, by what its text comes to. One that is not known is noted.
    pub(super) fn version(
        &mut self,
        node: &Node,
        values: Values,
        about: (ClaimKind, impl Into<Use>),
    ) -> Option<&mut Claim> {
        match values {
            Ok(values) => {
                let said = self.versions(values);
                self.claim(about, said, Some(node))
            }
            Err(why) => {
                self.open(node, why);
                None
            }
        }
    }

    /// Adds a claim of these versions, if there are any. `used` is the scalar that comes to them.
    pub(super) fn claim(
        &mut self,
        (kind, of): (ClaimKind, impl Into<Use>),
        said: Vec<Said>,
        used: Option<&Node>,
    ) -> Option<&mut Claim> {
        if said.is_empty() {
            return None;
        }
        let elsewhere = |node: &&Node| {
            let inside = |one: &Said| {
                let column = one.at.columns.map_or(node.columns.0, |columns| columns.0);
                one.at.line == node.line && (node.columns.0..=node.columns.1).contains(&column)
            };
            !said.iter().any(inside)
        };
        let used = used.filter(elsewhere).map(|node| {
            let note = "used here".to_owned();
            Related { at: self.place(node), note }
        });
        let uses = Uses::one(of, self.directory).at(used.as_ref());
        self.claims.claims.push(Claim { kind, said, uses });
        self.claims.claims.last_mut()
    }
}

/// Whether the name of an image has a word that begins with `go`: that of MongoDB has none.
fn may_be_of_go(name: &str) -> bool {
    let begins = |(at, _)| !name[..at].ends_with(|c: char| c.is_ascii_alphabetic());
    name.match_indices("go").any(begins)
}

/// Whether YAML reads a plain scalar as a number that is printed without its last zero.
fn loses_its_zero(text: &str) -> bool {
    let Some((whole, part)) = text.split_once('.') else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(part) && part.ends_with('0') && part.len() > 1
}

/// The label of a number that is one of several versions.
pub(crate) const NUMBER_OF_LIST: &str = "this number of a list";

fn number(at: Place, text: &str, is_list: bool) -> Finding {
    let short = text.trim_end_matches('0');
    let message = format!("{text} without quotes is the number {short} for every YAML reader");
    let label = if is_list { NUMBER_OF_LIST } else { "this number" };
    let finding = Finding::new(Rule::YamlNumber, at, [text, label], message);
    finding.mend(format!("write '{text}'"))
}

/// The meaning of a version in the grammars of most tools: releases, minors, and ranges of semantic versions.
pub(super) fn selector(text: &str) -> Option<Selector> {
    let text = text.trim();
    match text {
        "*" | "x" | "stable" | "latest" => return Some(Selector::Latest),
        "oldstable" => return Some(Selector::OldStable),
        _ => {}
    }
    if text.bytes().all(|b| b.is_ascii_digit()) && text != "1" {
        return None;
    }
    // A range may have blanks behind an operator.
    let text = text.replace(">= ", ">=").replace("< ", "<").replace("> ", ">");
    // `~1.22.x` and `^1.22.x` say the same without the x.
    let text = match text.strip_suffix(".x").filter(|_| text.starts_with(['~', '^'])) {
        Some(short) => short.to_owned(),
        None => text,
    };
    match Selector::parse(&text).ok()? {
        Selector::Linked(_) | Selector::System | Selector::Tip => None,
        selector => Some(selector),
    }
}

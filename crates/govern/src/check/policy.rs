//! The policy of a repository: `.goward.toml` at its top, or the file that the caller names in its place.

use super::Suppressed;
pub use super::relation::Relation;
use crate::claims::{ClaimKind, MOST_OWN, OwnClaim};
use crate::finding::{Finding, Place};
use crate::names::{LONGEST, MOST, NamePattern, Names};
use crate::repo::Repository;
use crate::rule::{Rule, Severity};
use crate::slip::meant;
use goward_resolver::Version;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The file's name.
pub const FILE: &str = crate::kind::POLICY;

/// What a policy says.
#[derive(Clone, Debug, Default)]
pub struct RepoPolicy {
    /// The least version of statements and claims.
    pub minimum: Option<Version>,
    /// Where that stands, if it is in the repository.
    pub(super) minimum_at: Option<Place>,
    /// Whether pins must name one release.
    pub exact_pins: bool,
    /// The least severity that is a failure.
    pub fail_on: Option<Severity>,
    relations: BTreeMap<ClaimKind, Relation>,
    exclude: Names,
    /// Patterns for files whose form goward does not know.
    pub(crate) claims: Vec<OwnClaim>,
    /// What each rule is, or that it is off.
    rules: BTreeMap<Rule, Option<Severity>>,
    /// The least severity of rules by the machine's owner, which nothing of the repository's lowers.
    raised: BTreeMap<Rule, Severity>,
    /// Where the machine's owner sets the minimum, if that is the one that counts.
    pub(super) minimum_by: Option<String>,
}

/// What the owner of a machine demands of every repository that is checked there.
#[derive(Clone, Debug, Default)]
pub struct Demands {
    /// The least version of statements and claims, and where that stands, in words.
    pub minimum: Option<(Version, String)>,
    /// The least severity of rules.
    pub severities: BTreeMap<Rule, Severity>,
}

/// What is wrong with a policy, and in which line.
#[derive(Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The line, from 1.
    pub line: u32,
    /// The sentence.
    pub why: String,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

type Result<T> = std::result::Result<T, Invalid>;

/// A key or a value of a table.
type Value<'v> = Spanned<DeValue<'v>>;

impl RepoPolicy {
    /// The policy in the repository's `.goward.toml`; of none, one that says nothing.
    ///
    /// # Errors
    /// If the file cannot be read, or a line makes no sense.
    pub fn of(repository: &Repository) -> Result<RepoPolicy> {
        match repository.content(FILE) {
            None => Ok(RepoPolicy::default()),
            Some(Err(_)) => Err(Invalid { line: 1, why: "it cannot be read".to_owned() }),
            Some(Ok(bytes)) => {
                let mut policy = RepoPolicy::parse(bytes)?;
                policy.minimum_at = policy.minimum_at.take().map(|at| Place::line(FILE, at.line));
                Ok(policy)
            }
        }
    }

    /// The policy in a text.
    ///
    /// # Errors
    /// If a line makes no sense.
    pub fn parse(bytes: &[u8]) -> Result<RepoPolicy> {
        let invalid = |line, why: &str| Invalid { line, why: why.to_owned() };
        let source = std::str::from_utf8(bytes).map_err(|_| invalid(1, "it is not UTF-8 text"))?;
        let line = |span: std::ops::Range<usize>| {
            let before = source.get(..span.start).unwrap_or_default();
            u32::try_from(before.matches('\n').count()).unwrap_or_default() + 1
        };
        let reader = Reader { line: &line };
        let document = DeTable::parse(source).map_err(|error| {
            let line = error.span().map_or(1, line);
            let said = source.lines().nth(line as usize - 1).unwrap_or_default();
            let of_minimum = said.trim_start().starts_with("minimum");
            let why = match of_minimum && !said.contains('"') {
                true => "write the version in quotes, such as \"1.24\"",
                false => "it is not valid TOML",
            };
            invalid(line, why)
        })?;
        let mut policy = RepoPolicy::default();
        for (key, value) in document.get_ref() {
            match &**key.get_ref() {
                "check" => reader.check(&mut policy, value)?,
                other => return Err(reader.unknown((key.span(), other), TABLES)),
            }
        }
        Ok(policy)
    }

    /// The same with what the machine's owner demands on top: nothing is less severe by that.
    pub fn raised_by(mut self, demands: Demands) -> RepoPolicy {
        if let Some((minimum, by)) = demands.minimum
            && self.minimum.as_ref().is_none_or(|own| *own < minimum)
        {
            (self.minimum, self.minimum_at, self.minimum_by) = (Some(minimum), None, Some(by));
        }
        // A rule that is asked for counts.
        for rule in demands.severities.keys() {
            if self.mutes(*rule) {
                self.rules.remove(rule);
            }
        }
        self.raised = demands.severities;
        self
    }

    pub(super) fn relation(&self, kind: ClaimKind) -> Option<Relation> {
        self.relations.get(&kind).copied()
    }

    /// Whether a rule is switched off.
    pub(super) fn is_off(&self, rule: Rule) -> bool {
        self.rules.get(&rule) == Some(&None)
    }

    /// Whether no finding of a rule counts.
    pub(super) fn mutes(&self, rule: Rule) -> bool {
        match self.rules.get(&rule) {
            Some(severity) => severity.is_none(),
            None => rule.is_off_unless_asked() && !self.raised.contains_key(&rule),
        }
    }

    /// The rules that are less severe than the table says.
    fn lowered(&self) -> Vec<(Rule, Severity)> {
        let severities =
            self.rules.iter().filter_map(|(rule, severity)| Some((*rule, (*severity)?)));
        let lowered = severities.filter(|(rule, severity)| *severity < rule.severity());
        lowered.filter(|(rule, _)| !self.raised.contains_key(rule)).collect()
    }

    /// Whether a pattern of the policy is for a file, which [`Repository::read_also`] has to read.
    pub fn takes(&self, path: &str) -> bool {
        self.claims.iter().any(|claim| claim.takes(path))
    }

    /// Whether the policy leaves a file out.
    pub(crate) fn excludes(&self, path: &str) -> bool {
        self.exclude.take(path)
    }

    /// Whether the patterns for names have looked at too much, so that the rest counts as taken by none.
    pub(super) fn is_exhausted(&self) -> bool {
        self.exclude.are_exhausted() || self.claims.iter().any(OwnClaim::is_exhausted)
    }

    /// Takes out findings of excluded files and of rules that are off, and gives the others their
    /// severity.
    pub(super) fn apply(&self, repository: &Repository, findings: &mut Vec<Finding>) -> Suppressed {
        findings.retain_mut(|finding| {
            match self.rules.get(&finding.rule) {
                Some(None) => return false,
                Some(Some(severity)) => finding.severity = *severity,
                None if self.mutes(finding.rule) => return false,
                None => {}
            }
            let least = self.raised.get(&finding.rule);
            finding.severity = finding.severity.max(least.copied().unwrap_or(Severity::Note));
            !self.excludes(&finding.at.file)
        });
        let excluded = repository.read_files().filter(|(path, ..)| self.excludes(path));
        let off: BTreeSet<Rule> = self
            .rules
            .iter()
            .filter(|(_, severity)| severity.is_none())
            .map(|(rule, _)| *rule)
            .collect();
        Suppressed {
            excluded_files: if self.exclude.is_empty() { 0 } else { excluded.count() },
            rules_off: off.into_iter().collect(),
            lowered: self.lowered(),
            allowed: Vec::new(),
        }
    }
}

/// The tables of a policy.
const TABLES: &[&str] = &["check"];
/// The keys of `[check]`.
const KEYS: [&str; 7] = ["minimum", "pins", "fail-on", "relation", "exclude", "claim", "rules"];

/// Reads values, and knows their lines.
struct Reader<'r> {
    line: &'r dyn Fn(std::ops::Range<usize>) -> u32,
}

impl Reader<'_> {
    /// A key that is none of `keys`.
    fn unknown(&self, (span, key): (Range<usize>, &str), keys: &[&str]) -> Invalid {
        let meant = match KEYS.contains(&key) && keys == TABLES {
            true => format!("; write it below [check], or as check.{key}"),
            false => meant(key, keys.iter().copied()),
        };
        Invalid { line: (self.line)(span), why: format!("there is no key {key:?}{meant}") }
    }

    fn refuse(&self, value: &Value<'_>, wants: &str) -> Invalid {
        Invalid { line: (self.line)(value.span()), why: format!("write {wants}") }
    }

    fn text<'v>(&self, value: &'v Value<'_>, wants: &str) -> Result<&'v str> {
        value.get_ref().as_str().ok_or_else(|| self.refuse(value, wants))
    }

    fn table<'v>(&self, value: &'v Value<'v>, wants: &str) -> Result<&'v DeTable<'v>> {
        value.get_ref().as_table().ok_or_else(|| self.refuse(value, wants))
    }

    fn check<'v>(&self, policy: &mut RepoPolicy, value: &'v Value<'v>) -> Result<()> {
        for (key, value) in self.table(value, "a table [check]")? {
            match &**key.get_ref() {
                "minimum" => {
                    let wants = match value.get_ref() {
                        // A number would lose its last zero.
                        DeValue::Float(number) => {
                            format!("it in quotes: \"{}\"", number.as_str())
                        }
                        _ => "a version such as \"1.24\"".to_owned(),
                    };
                    let text = self.text(value, &wants)?;
                    let version = Version::parse(text).ok_or_else(|| self.refuse(value, &wants))?;
                    policy.minimum = Some(version);
                    policy.minimum_at = Some(Place::line("", (self.line)(value.span())));
                }
                "pins" => {
                    let wants = "\"exact\" or \"any\"";
                    policy.exact_pins = match self.text(value, wants)? {
                        "exact" => true,
                        "any" => false,
                        _ => return Err(self.refuse(value, wants)),
                    };
                }
                "fail-on" => {
                    let wants = "\"error\", \"warning\" or \"note\"";
                    let severity = Severity::named(self.text(value, wants)?);
                    policy.fail_on = Some(severity.ok_or_else(|| self.refuse(value, wants))?);
                }
                "relation" => self.relations(policy, value)?,
                "exclude" => policy.exclude = self.patterns(value)?,
                "claim" => policy.claims = self.claims(value)?,
                "rules" => self.rules(policy, value)?,
                other => return Err(self.unknown((key.span(), other), &KEYS)),
            }
        }
        Ok(())
    }

    /// One relation for all kinds, or a table with one for each.
    fn relations<'v>(&self, policy: &mut RepoPolicy, value: &'v Value<'v>) -> Result<()> {
        let relation = |value: &Value<'_>| {
            let wants = "\"same\", \"same-minor\" or \"at-least\"";
            let text = self.text(value, wants)?;
            let known = Relation::ALL.iter().find(|(name, _)| *name == text);
            known.map(|(_, relation)| *relation).ok_or_else(|| self.refuse(value, wants))
        };
        if value.get_ref().as_str().is_some() {
            let relation = relation(value)?;
            policy.relations = ClaimKind::ALL.into_iter().map(|kind| (kind, relation)).collect();
            return Ok(());
        }
        for (key, value) in self.table(value, "a relation, or a table of them")? {
            let kind = ClaimKind::ALL.into_iter().find(|kind| kind.id() == key.get_ref());
            let kinds = ClaimKind::ALL.map(ClaimKind::id);
            let kind = kind.ok_or_else(|| self.unknown((key.span(), key.get_ref()), &kinds))?;
            policy.relations.insert(kind, relation(value)?);
        }
        Ok(())
    }

    fn patterns(&self, value: &Value<'_>) -> Result<Names> {
        let wants = "a list of 100 patterns at most such as [\"third_party/**\"]";
        let items = value.get_ref().as_array().filter(|items| items.len() <= MOST);
        let items = items.ok_or_else(|| self.refuse(value, wants))?;
        let pattern = |item: &Value<'_>| {
            let text = self.text(item, wants)?;
            if text.len() > LONGEST {
                return Err(self.refuse(item, "patterns of 256 bytes at most"));
            }
            NamePattern::new(text).ok_or_else(|| self.refuse(item, wants))
        };
        items.iter().map(pattern).collect::<Result<_>>().map(Names::new)
    }

    /// `[[check.claim]]`.
    fn claims<'v>(&self, value: &'v Value<'v>) -> Result<Vec<OwnClaim>> {
        let wants = "tables [[check.claim]], 50 at most";
        let items = value.get_ref().as_array().ok_or_else(|| self.refuse(value, wants))?;
        if items.len() > MOST_OWN {
            return Err(self.refuse(value, wants));
        }
        let claim = |item: &'v Value<'v>| {
            let (mut files, mut pattern) = (None, None);
            for (key, value) in self.table(item, wants)? {
                match &**key.get_ref() {
                    "files" => files = Some(self.patterns(value)?),
                    "pattern" => pattern = Some(value),
                    other => {
                        return Err(self.unknown((key.span(), other), &["files", "pattern"]));
                    }
                }
            }
            let (Some(files), Some(pattern)) = (files, pattern) else {
                return Err(self.refuse(item, "files and pattern in each [[check.claim]]"));
            };
            let text = self.text(pattern, "a regular expression such as 'go(1[.0-9]+)'")?;
            OwnClaim::new(files, text).map_err(|wants| self.refuse(pattern, wants))
        };
        items.iter().map(claim).collect()
    }

    fn rules<'v>(&self, policy: &mut RepoPolicy, value: &'v Value<'v>) -> Result<()> {
        for (key, value) in self.table(value, "a table of rules")? {
            let Some(rule) = Rule::named(key.get_ref()) else {
                let typed: &str = key.get_ref();
                let why = format!("there is no rule {typed:?}{}", meant(typed, Rule::ids()));
                return Err(Invalid { line: (self.line)(key.span()), why });
            };
            let wants = "\"error\", \"warning\", \"note\" or \"off\"";
            let severity = match self.text(value, wants)? {
                "off" => None,
                name => Some(Severity::named(name).ok_or_else(|| self.refuse(value, wants))?),
            };
            policy.rules.insert(rule, severity);
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;

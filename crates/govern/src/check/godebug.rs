//! Values of GODEBUG that a release of Go has removed: in `godebug` lines, and in a `.goenv`.

use super::statement::Site;
use super::{Look, pins};
use crate::claims::{Builds, Claim, Claims, Said};
use crate::compat::debug::removal;
use crate::finding::{Edit, Finding, Place};
use crate::kind::FileKind;
use crate::repo::{directory_of, upwards};
use crate::rule::{Rule, Severity};
use goward_gomod::File;
use goward_resolver::{Selector, Version};
use std::collections::{BTreeSet, HashMap};

/// The newest version that claims name, and where.
type Newest<'c> = Option<(Version, &'c Said)>;

/// The newest Go that builds each module, by the claims: those that surely do, and those that may.
pub(super) struct Built<'c>(HashMap<String, [Newest<'c>; 2]>);

impl<'c> Built<'c> {
    pub(super) fn of(look: &Look<'_>, claims: &'c Claims) -> Built<'c> {
        let mut all: HashMap<String, [Newest<'_>; 2]> = HashMap::new();
        let uses = |claim: &'c Claim| claim.uses.iter().map(move |one| (claim, one));
        for (claim, one) in claims.claims.iter().flat_map(uses) {
            let sure = match one.builds {
                Builds::Fixed | Builds::Searching | Builds::Switching => 0,
                Builds::Doubtful => 1,
                Builds::Elsewhere | Builds::Unknown | Builds::Linted => continue,
            };
            let dir = look.sites.own_floors().nearest(&one.directory);
            let found = all.entry(dir.unwrap_or(&one.directory).to_owned()).or_default();
            for said in &claim.said {
                let version = match &said.says {
                    Selector::Exact(version) | Selector::Minor(version) => Some(version),
                    Selector::Latest => look.releases.supported.last(),
                    Selector::OldStable => look.releases.supported.first(),
                    _ => None,
                };
                let newest = &mut found[sure];
                let newer = |version: &&Version| {
                    newest.as_ref().is_none_or(|(newest, _)| newest < *version)
                };
                if let Some(version) = version.filter(newer) {
                    *newest = Some((version.clone(), said));
                }
            }
        }
        Built(all)
    }

    /// A claim of a directory's module with a Go from `release` on, and whether it surely builds that.
    fn from(&self, look: &Look<'_>, dir: &str, release: &Version) -> Option<(&'c Said, bool)> {
        let reaches = |newest: &Newest<'c>| {
            newest.as_ref().filter(|(version, _)| version >= release).map(|(_, said)| *said)
        };
        let own = self.0.get(dir);
        if let Some(said) = own.and_then(|[sure, _]| reaches(sure)) {
            return Some((said, true));
        }
        if let Some(said) = own.and_then(|[_, maybe]| reaches(maybe)) {
            return Some((said, false));
        }
        // One about no module of its own may be about each one below.
        let open = upwards(dir).skip(1).filter(|above| look.sites.module(above).is_none());
        let mut open = open.filter_map(|above| self.0.get(above));
        open.find_map(|[sure, maybe]| reaches(sure).or_else(|| reaches(maybe)))
            .map(|said| (said, false))
    }
}

/// `godebug` lines.
pub(super) fn of_module(
    (look, built): (&Look<'_>, &Built<'_>),
    site: &Site,
    file: &File,
    findings: &mut Vec<Finding>,
) {
    for line in &file.godebug {
        let (key, value) = (line.key.to_lossy(), line.value.to_lossy());
        let Some(release) = removed(&key, &value) else { continue };
        let at = Place::line(&site.file, line.place.start.line);
        let message = format!("Go {release} has removed this value: {key}={value}");
        let finding = Finding::new(Rule::GodebugRemoved, at, [&key, "removed"], message);
        let bytes = file.syntax().removal(line.place.start.offset);
        let edit = bytes.map(|bytes| Edit::new(&site.file, bytes, ""));
        let finding = finding.mend("remove the line").edit(edit);
        findings.extend(judged((look, built), directory_of(&site.file), &release, finding));
    }
}

/// The GODEBUG of each `.goenv`: with such a value no program that this Go has built starts, nor Go itself.
pub(super) fn of_goenv(look: &Look<'_>, built: &Built<'_>, findings: &mut Vec<Finding>) {
    for (path, kind, content) in look.repository.read_files() {
        let (FileKind::Goenv, Ok(bytes)) = (kind, content) else { continue };
        let Some((at, value)) = pins::setting(look, (path, bytes), "GODEBUG") else { continue };
        let value = String::from_utf8_lossy(&value);
        // Go refuses each of several values of a key, also where a later one is good.
        let settings = value.split(',').filter_map(|setting| setting.split_once('='));
        let values = settings.map(|(key, value)| (key, value.split('#').next().unwrap_or(value)));
        for (key, value) in values.collect::<BTreeSet<_>>() {
            let Some(release) = removed(key, value) else { continue };
            let message = format!(
                "Go {release} has removed this value: {key}={value}, with which it does not start"
            );
            let finding = Finding::new(Rule::GodebugRemoved, at.clone(), [key, "removed"], message);
            let finding = finding.mend(format!("take {key} out of GODEBUG"));
            findings.extend(judged((look, built), directory_of(path), &release, finding));
        }
    }
}

/// The minor that has removed a value.
pub(crate) fn removed(key: &str, value: &str) -> Option<Version> {
    Version::parse(&format!("1.{}", removal(key, value)?))
}

/// The finding, if a Go from `release` on runs in a directory, or may.
fn judged(
    (look, built): (&Look<'_>, &Built<'_>),
    dir: &str,
    release: &Version,
    finding: Finding,
) -> Option<Finding> {
    let statement = look.sites.statement(dir);
    let chosen = statement.filter(|statement| match &statement.says {
        Selector::Exact(version) | Selector::Minor(version) => version >= release,
        Selector::Latest => true,
        _ => false,
    });
    if let Some(statement) = chosen {
        return Some(finding.beside(statement.at.clone(), "this Go"));
    }
    match built.from(look, dir, release) {
        Some((said, true)) => Some(finding.beside(said.at.clone(), "this Go")),
        Some((said, false)) => {
            let finding = finding.at_most(Severity::Warning);
            Some(finding.beside(said.at.clone(), "this Go, if it builds that"))
        }
        // Without a statement the default of some machine is such a Go.
        None => statement.is_none().then(|| finding.at_most(Severity::Warning)),
    }
}

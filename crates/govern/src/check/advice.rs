//! Advice on versions. A version that it names meets what the other rules ask for, so that to follow
//! it leads to no other finding.

use super::Look;
use super::reach::reaches;
use super::statement::{Kind, Statement};
use crate::claims::{Claim, Said};
use crate::finding::Place;
use crate::fix::spelling;
use crate::rule::Rule;
use goward_resolver::{Selector, Version};

/// The least version that a file of the directory may name: `needs`, or what a module, the policy or
/// the end of support asks for beyond it.
pub(super) fn least(look: &Look<'_>, dir: &str, needs: &Version) -> Version {
    let floor = look.sites.least_floor(dir).map(|floor| &floor.version);
    let asked = [Some(needs), floor, look.policy.minimum.as_ref(), oldest(look)];
    asked.into_iter().flatten().max().unwrap_or(needs).language()
}

/// The oldest minor that Go mends, unless the policy does not ask for one.
fn oldest<'l>(look: &'l Look<'_>) -> Option<&'l Version> {
    look.releases.supported.first().filter(|_| !look.policy.is_off(Rule::VersionEol))
}

/// The statement whose version a claim of the directory may name: one that names a release or a minor,
/// and meets the floor and the policy.
pub(super) fn statement<'l>(look: &'l Look<'_>, dir: &str) -> Option<&'l Statement> {
    let found = look.sites.statement(dir).filter(|one| one.kind != Kind::GoLine)?;
    let floor = look.sites.least_floor(dir).map(|floor| &floor.version);
    let asked = [floor, look.policy.minimum.as_ref()];
    let meets = asked.into_iter().flatten().all(|least| reaches(&found.says, least));
    (meets && matches!(found.says, Selector::Exact(_) | Selector::Minor(_))).then_some(found)
}

/// The version to write in a claim that is too old: that of the statement, if it meets `needs`; else the
/// least that will do, with what asks for more than `needs`.
pub(super) fn instead(look: &Look<'_>, dir: &str, needs: &Version) -> String {
    let meets = |one: &&Statement| reaches(&one.says, needs);
    match statement(look, dir).filter(meets) {
        Some(Statement { says, at: Place { file, .. }, .. }) => {
            format!("{says}, as {file} says")
        }
        None => {
            let least = least(look, dir, needs);
            format!("{least} or later{}", beyond(look, needs, &least))
        }
    }
}

/// Why no less than `least` is named where a lower minor meets `needs`.
fn beyond(look: &Look<'_>, needs: &Version, least: &Version) -> String {
    let lower = needs.language();
    if lower >= *least {
        return String::new();
    }
    let asks = |version: Option<&Version>| version.is_some_and(|one| one.language() == *least);
    let why = match asks(look.policy.minimum.as_ref()) {
        true => "the policy's minimum is later",
        false if asks(oldest(look)) => "Go mends it no more",
        false => return String::new(),
    };
    format!("; {lower} would do, but {why}")
}

/// The words for a claim that does not fit the statement `found`, where that is itself below what the
/// directory needs; `None` where it is not.
pub(super) fn both(look: &Look<'_>, dir: &str, claim: &Claim, found: &Statement) -> Option<String> {
    let floor = look.sites.least_floor(dir).map(|floor| &floor.version);
    let asked = [floor, look.policy.minimum.as_ref()];
    let missed = asked.into_iter().flatten().filter(|least| !reaches(&found.says, least)).max();
    let needs = missed?;
    let Statement { says, at: Place { file, .. }, .. } = found;
    let old = format!("{says} there is below Go {needs}");
    let names = |said: &&Said| matches!(said.says, Selector::Exact(_) | Selector::Minor(_));
    Some(match claim.said.iter().filter(names).find(|said| reaches(&said.says, needs)) {
        Some(said) => format!("write {} in {file} as well: {old}", said.says),
        None => format!("write {} or later in both: {old}", least(look, dir, needs)),
    })
}

/// The release to write in a claim that does not meet `needs`: the statement's, if that meets it; else the
/// newest that is known of the least minor that will do.
pub(super) fn release(look: &Look<'_>, dir: &str, needs: &Version) -> Version {
    let known = &look.releases.known;
    let stated = statement(look, dir).filter(|one| reaches(&one.says, needs));
    if let Some(release) = stated.and_then(|one| spelling::release_of(&one.says, known)) {
        return release;
    }
    spelling::release(&least(look, dir, needs), known).max(needs.clone())
}

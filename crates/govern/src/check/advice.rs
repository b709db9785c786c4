//! Advice on versions. A version that it names meets what the other rules ask for, so that to follow
//! it leads to no other finding.

use super::Look;
use super::reach::{agree, reaches};
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

/// A version to write, and where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) says: Selector,
    /// What follows it in a sentence: the file that says so, or that a later one will do.
    pub(super) why: String,
}

/// The version to write in what is too old: that of the statement, if it meets `needs`; beside a pin that is
/// too old, too, the one that the repository names; else the least that will do, with what asks for more.
pub(super) fn wanted(look: &Look<'_>, dir: &str, needs: &Version) -> Wanted {
    let meets = |one: &&Statement| reaches(&one.says, needs);
    let stated = statement(look, dir).filter(meets).map(|one| (one.says.clone(), &one.at));
    let stated = stated.map(|(says, at)| (says, at.clone()));
    match stated.or_else(|| named(look, dir, needs)) {
        Some((says, Place { file, .. })) => Wanted { says, why: format!(", as {file} says") },
        None => {
            let least = least(look, dir, needs);
            let why = [" or later", &beyond(look, needs, &least)].concat();
            Wanted { says: Selector::Minor(least), why }
        }
    }
}

/// As [`wanted`], in words.
pub(super) fn instead(look: &Look<'_>, dir: &str, needs: &Version) -> String {
    let Wanted { says, why } = wanted(look, dir, needs);
    format!("{says}{why}")
}

/// The Go that the repository names beside a pin that is too old: another pin, a toolchain line, or what all
/// claims say that are new enough.
fn named(look: &Look<'_>, dir: &str, needs: &Version) -> Option<(Selector, Place)> {
    let pin = look.sites.statement(dir).filter(|one| look.doubted.has_refused(one))?;
    let asked = [Some(needs), look.sites.least_floor(dir).map(|floor| &floor.version)];
    let asked = asked.into_iter().chain([look.policy.minimum.as_ref()]).flatten().max()?;
    let will_do = |says: &Selector| {
        matches!(says, Selector::Exact(_) | Selector::Minor(_)) && reaches(says, asked)
    };
    let others = look.doubted.beside(pin).iter().map(|pin| (&pin.says, &pin.at));
    if let Some(found) = agreed(others.filter(|(says, _)| will_do(says))) {
        return Some(found);
    }
    let line = look.sites.toolchain_line(dir).filter(|(says, _)| will_do(says));
    if line.is_some() {
        return line;
    }
    let mended = |says: &Selector| oldest(look).is_none_or(|oldest| reaches(says, oldest));
    let claimed = look.doubted.claimed(pin).iter().map(|(says, at)| (says, at));
    agreed(claimed.filter(|(says, _)| will_do(says) && mended(says)))
}

/// What all of these say, if they agree: the one that leaves least room.
fn agreed<'a>(all: impl Iterator<Item = (&'a Selector, &'a Place)>) -> Option<(Selector, Place)> {
    let all: Vec<_> = all.collect();
    let exact = all.iter().find(|(says, _)| says.exact().is_some());
    let (says, at) = *exact.or(all.first())?;
    let agree = all.iter().all(|(other, _)| agree(says, other));
    agree.then(|| (says.clone(), at.clone()))
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
    let (needs, first) = (missed?, claim.said.first()?);
    let Statement { says, at: Place { file, .. }, .. } = found;
    let old = format!("{says} there is below Go {needs}");
    let names = |said: &&Said| matches!(said.says, Selector::Exact(_) | Selector::Minor(_));
    Some(match claim.said.iter().filter(names).find(|said| reaches(&said.says, needs)) {
        Some(said) => format!("write {} in {file}, too: {old}", said.says),
        None => {
            let (own, least) = (&first.at.file, least(look, dir, needs));
            format!("write {least} or later in {own} and {file}: {says} is below Go {needs}")
        }
    })
}

/// The release to write in a claim that does not meet `needs`, as [`wanted`]; of a minor the newest that is
/// known.
pub(super) fn release(look: &Look<'_>, wanted: &Wanted, needs: &Version) -> Version {
    let known = &look.releases.known;
    let release = spelling::release_of(&wanted.says, known);
    release.unwrap_or_else(|| needs.clone()).max(needs.clone())
}

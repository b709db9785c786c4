//! Versions by themselves: whether they were released, are mended, and meet the policy's minimum.

use super::mend::{self, Wants};
use super::statement::Kind;
use super::{Look, advice};
use crate::claims::{Builds, Claim, Claims, Said};
use crate::existence::Existence;
use crate::finding::{Finding, Place};
use crate::fix::spelling::release;
use crate::repo::directory_of;
use crate::rule::{Rule, Severity};
use goward_resolver::{Selector, Version};

/// Where a version stands.
#[derive(Clone, Copy)]
struct At<'a> {
    place: &'a Place,
    /// The directory that it is about if it is a claim.
    claims: Option<&'a str>,
    /// The claim's number if it is one of several there, and its text.
    of_list: Option<(usize, &'a str)>,
}

impl At<'_> {
    fn statement(place: &Place) -> At<'_> {
        At { place, claims: None, of_list: None }
    }
}

pub(super) fn check(look: &Look<'_>, claims: &Claims, findings: &mut Vec<Finding>) {
    for statement in look.sites.statements() {
        let (says, at) = (&statement.says, &statement.at);
        if statement.kind != Kind::GoLine {
            findings.extend(unknown(look, says, at));
            findings.extend(ended(look, says, At::statement(at)));
        }
        findings.extend(below_minimum(look, says, At::statement(at)));
        if statement.kind == Kind::Pin && look.policy.exact_pins && says.exact().is_none() {
            findings.push(roomy(look, says, at));
        }
    }
    // A linter's version is that of the language, as a go line is.
    let of_go = |(_, claim): &(usize, &Claim)| claim.uses.builds() != Builds::Linted;
    for (number, Claim { said, uses, .. }) in claims.claims.iter().enumerate().filter(of_go) {
        let claims = Some(uses.directory());
        fn at<'a>(said: &'a Said, claims: Option<&'a str>, of_list: Option<usize>) -> At<'a> {
            At { place: &said.at, claims, of_list: of_list.map(|number| (number, &*said.text)) }
        }
        let of_list = (said.len() > 1).then_some(number);
        for one in said {
            findings.extend(unknown(look, &one.says, &one.at));
            findings.extend(below_minimum(look, &one.says, at(one, claims, of_list)));
        }
        // A matrix that tests old minors beside a new one does so on purpose.
        let end = |one: &Said| ended(look, &one.says, at(one, claims, of_list));
        let ends: Vec<_> = said.iter().map(end).collect();
        if ends.iter().all(Option::is_some) {
            findings.extend(ends.into_iter().flatten());
        }
    }
}

/// A release that is not known: one that never was, or one that may be newer than this goward.
fn unknown(look: &Look<'_>, says: &Selector, at: &Place) -> Option<Finding> {
    let known = &look.releases.known;
    let (Selector::Exact(version) | Selector::Minor(version)) = says else { return None };
    // The first releases had no archives, and many previews none, so the table lacks some of them.
    if version.is_prerelease() || known.iter().all(|known| version < known) {
        return None;
    }
    let never = match Existence::of(known, version)? {
        Existence::Known => return None,
        existence => existence == Existence::Never,
    };
    // A minor has at least one release.
    let newest = Selector::Minor(version.language()).newest(known);
    let what = [version.as_str(), "this version"];
    let finding = |message| Finding::new(Rule::VersionUnknown, at.clone(), what, message);
    if never {
        let finding = finding(format!("Go {version} was never released"));
        return Some(match newest {
            Some(newest) => finding.mend(format!("the newest of its minor is {newest}")),
            None => finding,
        });
    }
    let newest = newest.or(known.iter().filter(|known| !known.is_prerelease()).max())?;
    let message = format!(
        "this goward does not know Go {version}: the newest that its table has is {newest}"
    );
    let ask = format!("if it is out, nothing is wrong: goward list --remote {version} --refresh");
    Some(finding(message).at_most(Severity::Note).mend(ask))
}

/// The advice for a version below another one.
fn later(look: &Look<'_>, at: At<'_>, needs: &Version) -> String {
    let instead = match at.claims {
        Some(dir) => advice::instead(look, dir, needs),
        None => format!("{} or later", advice::least(look, directory_of(&at.place.file), needs)),
    };
    ["move to ", &instead].concat()
}

/// A version of a minor that Go mends no more. Of a range this is the newest minor of which it takes a release.
fn ended(look: &Look<'_>, says: &Selector, at: At<'_>) -> Option<Finding> {
    let supported = &look.releases.supported;
    let oldest = supported.first()?;
    let minor = match says {
        Selector::Exact(version) | Selector::Minor(version) => version.language(),
        Selector::Range(_) => says.newest(&look.releases.known)?.language(),
        _ => return None,
    };
    if minor >= *oldest || minor.same_minor(oldest) {
        return None;
    }
    let newest = look.releases.known.iter().filter(|known| !known.is_prerelease()).max()?;
    let mended = supported.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
    let rest = format!(
        " no more security fixes: Go mends {mended}, as far as this goward knows ({newest}, as of {})",
        look.releases.as_of
    );
    let message = format!("Go {minor} gets{rest}");
    let what = [minor.as_str(), "this version"];
    let finding = Finding::new(Rule::VersionEol, at.place.clone(), what, message);
    let finding = finding.listed(at.of_list, ["Go ".to_owned(), [" get", &rest].concat()]);
    Some(finding.mend(later(look, at, oldest)))
}

fn below_minimum(look: &Look<'_>, says: &Selector, at: At<'_>) -> Option<Finding> {
    let minimum = look.policy.minimum.as_ref()?;
    if super::reach::reaches(says, minimum) {
        return None;
    }
    let rest = match &look.policy.minimum_by {
        Some(by) => format!(" below this machine's minimum {minimum} ({by})"),
        None => format!(" below the policy's minimum {minimum}"),
    };
    let (text, message) = (says.to_string(), format!("{says} is{rest}"));
    let what = [text.as_str(), "this version"];
    let finding = Finding::new(Rule::BelowMinimum, at.place.clone(), what, message);
    let finding = finding.listed(at.of_list, [String::new(), [" are", &rest].concat()]);
    let finding = match &look.policy.minimum_at {
        Some(place) => finding.beside(place.clone(), "the minimum"),
        None => finding,
    };
    Some(finding.mend(later(look, at, minimum)))
}

fn roomy(look: &Look<'_>, says: &Selector, at: &Place) -> Finding {
    let text = says.to_string();
    let message = format!("the policy demands exact pins, and {text} leaves room");
    let finding = Finding::new(Rule::PinRoomy, at.clone(), [&text, "this pin"], message);
    let Selector::Minor(minor) = says else {
        return finding.mend("pin one release, such as 1.22.10");
    };
    let release = release(minor, &look.releases.known);
    let full = |says: &Selector| says.exact() == Some(&release);
    let edit = mend::pin(look, (at, says), &Wants { release: &release, fits: &full });
    finding.mend(format!("pin one release, such as {release}")).edit(edit)
}

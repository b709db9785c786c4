//! Claims against the repository: do they reach the floor, and fit the statement?

use super::Look;
use super::advice::{self, Wanted};
use super::floors::Need;
use super::mend::{self, Wants};
use super::policy::Relation;
use super::reach::{agree, is_advice, reaches};
use super::statement::{Kind, Statement};
use crate::claims::{Builds, Claim, ClaimKind, Claims, Said, Use};
use crate::existence::Existence;
use crate::finding::{Edit, Finding, Place, Related};
use crate::fix::spelling::release_of;
use crate::repo::directory_of;
use crate::rule::{Rule, Severity};
use goward_resolver::{Selector, Version};
use std::cmp::Reverse;

pub(super) fn check(look: &Look<'_>, claims: &Claims, findings: &mut Vec<Finding>) {
    for (number, claim) in claims.claims.iter().enumerate() {
        let of_list = (claim.said.len() > 1).then_some(number);
        let known = claim.uses.iter().filter(|one| one.builds > Builds::Unknown);
        let floors: Vec<_> = known.map(|one| (one, floors(look, claim.kind, one))).collect();
        let low = claim.said.iter().filter_map(|said| {
            let runs = |one: &Use| one.runs.is_none() || cannot_switch(&said.says);
            let runs = floors.iter().filter(|(one, _)| runs(one));
            let missed = runs.filter_map(|(one, floors)| Missed::of(said, one, floors));
            // One that mends the worst and the highest.
            let worst = missed.min_by_key(|one| Reverse((one.fails(), &one.floor.version)))?;
            Some(below(look, (claim, of_list), &worst))
        });
        findings.extend(low);
        // The language of a linter is that of the go line, and a pin that is refused will change.
        let compared = claim.uses.iter();
        let compared =
            compared.filter(|one| !matches!(one.builds, Builds::Elsewhere | Builds::Linted));
        let stated = compared.filter_map(|one| Some((one, look.sites.statement(&one.directory)?)));
        let counts = |one: &Statement| one.kind != Kind::GoLine && !look.doubted.has_refused(one);
        let mut stated = stated.filter(|(_, statement)| counts(statement));
        findings.extend(stated.find_map(|of| differs(look, claim, of)));
    }
}

/// A floor that a version does not reach.
struct Missed<'m> {
    said: &'m Said,
    by: &'m Use,
    floor: &'m Need,
    /// What is known of the builds that need it.
    builds: Builds,
}

impl<'m> Missed<'m> {
    fn of(said: &'m Said, by: &'m Use, floors: &[(&'m Need, Builds)]) -> Option<Missed<'m>> {
        let (floor, builds) =
            *floors.iter().find(|(floor, _)| !reaches(&said.says, &floor.version))?;
        Some(Missed { said, by, floor, builds })
    }

    /// What comes of it, with one version and with several.
    fn consequence(&self, kind: ClaimKind) -> [String; 2] {
        let (says, stuck) = (&self.said.says, cannot_switch(&self.said.says));
        let [one, several] = match self.builds {
            Builds::Linted => ["so the linter takes its code for older code"; 2],
            _ if is_advice(&self.floor.version) => [
                "and {} tries to compile it all the same",
                "and each tries to compile it all the same",
            ],
            _ if stuck => ["and {} cannot switch", "and none of them can switch"],
            Builds::Fixed => ["and Go does not switch there"; 2],
            Builds::Searching => {
                ["and Go there takes another one from PATH, and downloads none"; 2]
            }
            Builds::Doubtful => ["which counts if it builds that module"; 2],
            _ if kind == ClaimKind::Ci => ["so each run downloads another Go"; 2],
            _ => ["so Go switches to another one there"; 2],
        };
        [one.replace("{}", &any(says)), several.to_owned()]
    }

    /// Whether the build fails.
    fn fails(&self) -> bool {
        let sure = self.builds >= Builds::Switching;
        let stuck = self.builds == Builds::Fixed || cannot_switch(&self.said.says);
        sure && stuck && !is_advice(&self.floor.version)
    }

    /// The line that keeps Go from switching, or by which it is not certain what is built.
    fn why(&self) -> Option<Related> {
        let stuck = self.builds >= Builds::Switching && cannot_switch(&self.said.says);
        (!stuck && self.builds == self.by.builds).then(|| why(self.by, &self.said.at)).flatten()
    }
}

/// The line that decides what is known of a use, which is of this place's file.
pub(super) fn why(of: &Use, at: &Place) -> Option<Related> {
    let why = of.why.as_ref()?;
    Some(Related { at: Place::line(&at.file, why.line), note: why.words.clone() })
}

/// What a use of a claim has to reach, each with what is known of the builds that need it.
pub(super) fn floors<'l>(look: &'l Look<'_>, kind: ClaimKind, of: &Use) -> Vec<(&'l Need, Builds)> {
    let Use { builds, directory, .. } = of;
    // Of several modules it may build another one.
    let doubtful = (*builds).min(Builds::Doubtful);
    let mut floors: Vec<(&Need, Builds)> = Vec::new();
    let (own, all) = (look.sites.own_floors(), look.sites.floors());
    if let Some((least, most)) = own.around(directory) {
        floors.extend([(least, *builds), (most, doubtful)]);
    }
    // The version of the language is that of the module.
    if *builds != Builds::Linted
        && let Some((least, most)) = all.around(directory)
    {
        let module = all.nearest(directory).unwrap_or(directory);
        let of_work = look.sites.work(directory_of(&least.at.file));
        let of_work = of_work.is_some_and(|work| work.file == least.at.file);
        // What is copied into an image may be a part of the workspace, without its go.work.
        let apart = of_work && directory_of(&least.at.file) != module;
        let part = kind == ClaimKind::Image && apart || of.alone && of_work;
        floors.insert(floors.len().min(1), (least, if part { doubtful } else { *builds }));
        floors.push((most, doubtful));
    }
    floors
}

/// The setting of a policy by which one of these fits a statement, as another way out.
pub(super) fn looser(says: &[&Selector], statement: &Selector) -> String {
    let fits = |relation: &Relation| says.iter().any(|says| relation.holds(says, statement));
    let found = [Relation::SameMinor, Relation::AtLeast].into_iter().find(fits);
    found.map_or(String::new(), |relation| {
        format!(", or set relation = \"{}\" below [check] in .goward.toml", relation.id())
    })
}

/// `of_list` is the claim's number, if it has several versions.
fn below(
    look: &Look<'_>,
    (claim, of_list): (&Claim, Option<usize>),
    missed: &Missed<'_>,
) -> Finding {
    let &Missed { said, by, floor, builds } = missed;
    let (rule, thing) = match claim.kind {
        ClaimKind::Ci => (Rule::CiBelowFloor, "this job"),
        ClaimKind::Image => (Rule::ImageBelowFloor, "this image"),
        ClaimKind::Tool => (Rule::ToolBelowFloor, "this file"),
    };
    let (file, needs, says) = (&floor.at.file, &floor.version, &said.text);
    let [one, several] = missed.consequence(claim.kind);
    let begin = format!("{file} needs Go {needs}, {thing} has ");
    let message = format!("{begin}{says}, {one}");
    let finding = Finding::new(rule, said.at.clone(), [&said.text, "this version"], message);
    let of_list = of_list.map(|number| (number, &*said.text));
    let finding = finding.listed(of_list, [begin, [", ", &several].concat()]);
    let mut finding = finding.beside(floor.at.clone(), &floor.by);
    finding.related.extend(by.used.clone());
    finding.related.extend(missed.why());
    finding.severity = if missed.fails() { Severity::Error } else { Severity::Warning };
    if builds == Builds::Linted {
        let wants = Wants { release: needs, fits: &|says| reaches(says, needs) };
        let edit = mend::claim(look, claim, &wants).ok();
        let text = edit.as_ref().map_or(needs.language().to_string(), |edit| edit.text.clone());
        return finding.mend(format!("write {text}")).edit(edit);
    }
    if let Some(words) = of_list.and_then(|_| others_will_do(look, claim, missed)) {
        return finding.mend_listed(words);
    }
    let wanted = advice::wanted(look, &by.directory, needs);
    let edit = respelt(look, (claim, builds), &advice::release(look, &wanted, needs));
    finding.mend(write(said, &wanted, edit.as_ref())).edit(edit)
}

/// What to do about a version of a list of which another one is new enough: before and behind the version.
fn others_will_do(look: &Look<'_>, claim: &Claim, missed: &Missed<'_>) -> Option<[String; 2]> {
    let floor = look.sites.least_floor(&missed.by.directory).map(|floor| &floor.version);
    let asked = [Some(&missed.floor.version), floor, look.policy.minimum.as_ref()];
    let least = asked.into_iter().flatten().max()?;
    let mut will_do = claim.said.iter().filter(|said| reaches(&said.says, least)).peekable();
    will_do.peek()?;
    let minor = Selector::Minor(least.language());
    let end = match will_do.any(|said| agree(&said.says, &minor)) {
        true => String::new(),
        false => format!(", or write {minor}"),
    };
    Some(["remove ".to_owned(), end])
}

/// The words for a version to write, as an edit writes it if there is one.
fn write(said: &Said, wanted: &Wanted, edit: Option<&Edit>) -> String {
    let text = edit.map_or(wanted.says.to_string(), |edit| edit.text.clone());
    format!("write {text}{}{}", wanted.why, unless_gone(said, &text))
}

/// The edit that makes a claim name a release, or in its own notation the release's minor, if that meets
/// the floor and fits the statement. A claim that may be about something else stays, and so does the image
/// or the job that builds nothing of this repository: what it is for is not known. So does the tag that names a
/// release of a system, which an image of another Go may not have.
pub(super) fn respelt(
    look: &Look<'_>,
    (claim, builds): (&Claim, Builds),
    release: &Version,
) -> Option<Edit> {
    // A release that is not known may be a slip.
    let known = Existence::of(&look.releases.known, release) == Some(Existence::Known);
    let tied = claim.said.iter().any(|said| said.tied.is_some());
    let sure = || claim.uses.iter().filter(|one| one.builds >= Builds::Switching);
    // Of pins in doubt a person decides first.
    let mut stated = sure().filter_map(|one| look.sites.statement(&one.directory));
    let doubted = stated.any(|one| look.doubted.has(one));
    if builds < Builds::Switching || !known || tied || doubted {
        return None;
    }
    let floors: Vec<_> = sure().filter_map(|one| look.sites.least_floor(&one.directory)).collect();
    // Of one that does not meet the floor another rule speaks.
    let statements: Vec<_> =
        sure().filter_map(|one| advice::statement(look, &one.directory)).collect();
    let holds =
        |says: &Selector, one: &Statement| relation(look, claim.kind, one).holds(says, &one.says);
    let fits = |says: &Selector| {
        floors.iter().all(|floor| reaches(says, &floor.version))
            && statements.iter().all(|one| holds(says, one))
    };
    mend::claim(look, claim, &Wants { release, fits: &fits }).ok()
}

/// What is to be looked at before another version is written in a tag.
fn unless_gone(said: &Said, text: &str) -> String {
    let tied = said.tied.as_ref();
    tied.map_or(String::new(), |tied| format!("; look first whether there is a tag {text}-{tied}"))
}

/// Whether every release that it takes is older than the first one that switches.
pub(super) fn cannot_switch(says: &Selector) -> bool {
    Version::parse("1.21").is_some_and(|first| !reaches(says, &first))
}

/// The releases that a selector takes, as the subject of a sentence.
fn any(says: &Selector) -> String {
    match says {
        Selector::Exact(version) | Selector::Minor(version) => format!("Go {version}"),
        _ => "a Go before 1.21".to_owned(),
    }
}

/// How a claim has to fit a statement.
pub(super) fn relation(look: &Look<'_>, kind: ClaimKind, statement: &Statement) -> Relation {
    let usual = if statement.says.exact().is_some() && statement.kind == Kind::Pin {
        Relation::Same
    } else {
        Relation::SameMinor
    };
    look.policy.relation(kind).unwrap_or(usual)
}

fn differs(look: &Look<'_>, claim: &Claim, (by, statement): (&Use, &Statement)) -> Option<Finding> {
    let relation = relation(look, claim.kind, statement);
    if claim.said.iter().any(|said| relation.holds(&said.says, &statement.says)) {
        return None;
    }
    let (first, wants) = (claim.said.first()?, &statement.says);
    let mut texts: Vec<&str> = Vec::new();
    for said in &claim.said {
        if !texts.contains(&said.text.as_str()) {
            texts.push(&said.text);
        }
    }
    let all = texts.join(", ");
    let (kind, how) = (statement.kind.words(), relation.words());
    let is_list = claim.said.len() > 1;
    let (subject, label) = match is_list {
        true => (format!("none of {all} fits"), "the first of a list"),
        false => (format!("{all} differs from"), "this version"),
    };
    let message = format!("{subject} the {kind}, which is {wants} ({how} is expected)");
    let what = [first.text.as_str(), label];
    let finding = Finding::new(Rule::ClaimDiffers, first.at.clone(), what, message);
    let mut finding = finding.beside(statement.at.clone(), &["this ", kind].concat());
    finding.related.extend(by.used.clone());
    let says: Vec<&Selector> = claim.said.iter().map(|said| &said.says).collect();
    let set = |same: &str| [same, &looser(&says, &statement.says)].concat();
    Some(match advice::statement(look, &by.directory) {
        Some(one) => {
            let release = release_of(&one.says, &look.releases.known);
            let edit = release.and_then(|one| respelt(look, (claim, by.builds), &one));
            let verb = if is_list { "add" } else { "write" };
            let text = edit.as_ref().map_or(wants.to_string(), |edit: &Edit| edit.text.clone());
            let words = format!("{verb} {text}{}", unless_gone(first, &text));
            finding.mend(set(&words)).edit(edit)
        }
        None => {
            let both = advice::both(look, &by.directory, claim, statement);
            let same = || {
                let (own, other) = (&first.at.file, &statement.at.file);
                set(&format!("write the same in {own} and {other}"))
            };
            finding.mend(both.unwrap_or_else(same))
        }
    })
}

//! Versions that YAML reads as numbers: the edit that mends one, and its words.

use super::Look;
use super::advice::{self, Wanted};
use super::agreement::{relation, respelt};
use super::floors::Need;
use super::reach::reaches;
use super::statement::Statement;
use crate::claims::{Claim, ClaimKind, Claims, NUMBER_OF_LIST, Said};
use crate::finding::{Edit, Finding};
use crate::fix::apply;
use crate::rule::Rule;
use goward_resolver::Selector;

/// The longest file that is read once more, in bytes.
const LONGEST: usize = 16 << 10;

/// As many numbers of a check read their file once more.
const MOST: usize = 50;

/// The findings, those of numbers with their edits and words.
pub(super) fn advised<'l>(
    look: &'l Look<'_>,
    findings: Vec<Finding>,
) -> impl Iterator<Item = Finding> + 'l {
    let mut count = 0;
    findings.into_iter().map(move |finding| {
        count += usize::from(finding.rule == Rule::YamlNumber);
        advised_one(look, finding, count <= MOST)
    })
}

/// A number without quotes: with the edit that quotes it, as its words say, and with what the version in
/// quotes would not fit. Of a list one that is too old may not belong there: a person decides.
fn advised_one(look: &Look<'_>, finding: Finding, may_read: bool) -> Finding {
    if finding.rule != Rule::YamlNumber {
        return finding;
    }
    let edit = quoted(look, &finding);
    let Ok(says) = Selector::parse(&finding.subject) else { return finding.edit(edit) };
    let claim = edit.as_ref().filter(|_| may_read);
    let claim = claim.and_then(|edit| as_quoted(look, &finding, edit));
    let dir = claim.as_ref().map_or("", |claim| claim.uses.directory());
    let floor = look.sites.least_floor(dir).filter(|floor| !reaches(&says, &floor.version));
    let differs = |one: &&Statement| !relation(look, ClaimKind::Ci, one).holds(&says, &one.says);
    let finding = match (floor, advice::statement(look, dir).filter(differs)) {
        (Some(floor), _) => {
            let (words, edit) = too_old(look, (&finding, &says), (floor, edit), claim.as_ref());
            let note = format!("this needs Go {}", floor.version);
            return finding.beside(floor.at.clone(), &note).mend(words).edit(edit);
        }
        (None, Some(Statement { says, at, kind })) => {
            finding.beside(at.clone(), &format!("this {} is {says}", kind.words()))
        }
        (None, None) => finding,
    };
    finding.edit(edit)
}

/// What to do about a number without quotes that in quotes is too old: words, and the edit that they are about.
fn too_old(
    look: &Look<'_>,
    (finding, says): (&Finding, &Selector),
    (floor, quoted): (&Need, Option<Edit>),
    claim: Option<&Claim>,
) -> (String, Option<Edit>) {
    let Need { version, at, .. } = floor;
    if finding.label == NUMBER_OF_LIST {
        return (format!("take it out, or write '{says}', which is below Go {version}"), None);
    }
    let why = format!("since {} needs Go {version}", at.file);
    let wanted = advice::wanted(look, claim.map_or("", |claim| claim.uses.directory()), version);
    let raised = claim.and_then(|claim| {
        let release = advice::release(look, &wanted, version);
        let edit = respelt(look, (claim, claim.uses.builds()), &release)?;
        // What was a number is a text from now on.
        let text = format!("'{}'", edit.text.trim_matches('\''));
        Some(Edit { text, ..edit })
    });
    match raised {
        Some(edit) => (format!("write {}{}, {why}", edit.text, wanted.why), Some(edit)),
        None => {
            let Wanted { says: least, why: by } = wanted;
            (format!("write '{says}', or, {why}, '{least}'{by}"), quoted)
        }
    }
}

/// The claim that a number without quotes is in quotes, at the number's place.
fn as_quoted(look: &Look<'_>, finding: &Finding, edit: &Edit) -> Option<Claim> {
    let Finding { at, subject, .. } = finding;
    let mut files = look.repository.read_files();
    let (path, kind, content) = files.find(|(path, ..)| *path == at.file)?;
    // Each number reads its file once more: a person writes no longer one.
    let old = content.as_ref().ok().filter(|bytes| bytes.len() <= LONGEST)?;
    let new = apply(old, [edit]);
    let claims = Claims::of_file(look.repository, look.host, (path, kind, &new));
    let is_it = |said: &Said| said.at.line == at.line && said.text == *subject;
    let mut claims = claims.into_iter().filter(|claim| claim.said.iter().any(is_it));
    let mut claim = claims.next().filter(|_| claims.next().is_none())?;
    claim.said.first_mut()?.at = at.clone();
    (claim.said.len() == 1).then_some(claim)
}

fn quoted(look: &Look<'_>, finding: &Finding) -> Option<Edit> {
    let Finding { at, subject, .. } = finding;
    let bytes = look.lines.part(at)?;
    let is_all = look.lines.content(&at.file)?.get(bytes.clone())? == subject.as_bytes();
    is_all.then(|| Edit::new(&at.file, bytes, format!("'{subject}'")))
}

//! One finding for one value: of several rules at one place the worst speaks, of several versions of one list
//! what is at fault is told once, and so is one fact about a release, with all its places.

use crate::finding::{Finding, Listed, Place, Related};
use crate::rule::{Rule, Severity};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::mem;

/// The most other places that a finding lists.
const MOST: usize = 50;
/// The words of what to do, from which on no place is added, in bytes.
const LONGEST: usize = 200;

/// Joins the findings, which are in the order of files and lines. Each keeps a fingerprint that is of none of its
/// further places.
pub(super) fn merge(findings: &mut Vec<Finding>) {
    absorb(findings);
    let all = listed(gathered(mem::take(findings)));
    findings.extend(all.into_iter().map(|(mut finding, places)| {
        tell_others(&mut finding);
        with_places(finding, places)
    }));
}

/// Adds the other rules of a finding to its sentence, each once.
fn tell_others(finding: &mut Finding) {
    let mut names: Vec<&str> = Vec::new();
    for (rule, _) in finding.also.iter().filter(|(rule, _)| *rule != finding.rule) {
        if !names.contains(&rule.id()) {
            names.push(rule.id());
        }
    }
    if !names.is_empty() {
        finding.message.push_str(&format!(" (also {})", names.join(", ")));
    }
}

/// How much a rule of one version says: the one that says most comes first. `None` for a rule that is about
/// something else.
fn rank(rule: Rule) -> Option<u8> {
    Some(match rule {
        Rule::PinBelowFloor | Rule::CiBelowFloor | Rule::ImageBelowFloor | Rule::ToolBelowFloor => {
            0
        }
        Rule::BelowMinimum => 1,
        Rule::ClaimDiffers | Rule::PinBelowToolchainLine => 2,
        Rule::VersionEol => 3,
        _ => return None,
    })
}

/// Of findings about one version the worst remains, and names the rules of the others.
fn absorb(findings: &mut Vec<Finding>) {
    // The versions of a list may all come from one place, by an expression.
    let mut of: HashMap<(Place, Option<String>), Vec<usize>> = HashMap::new();
    for (number, finding) in findings.iter().enumerate().filter(|(_, one)| is_of_version(one)) {
        let text = finding.listed.as_ref().map(|listed| listed.text.clone());
        of.entry((finding.at.clone(), text)).or_default().push(number);
    }
    let mut gone = vec![false; findings.len()];
    for mut group in of.into_values().filter(|group| group.len() > 1) {
        let weight = |number: &usize| {
            let Finding { rule, severity, .. } = &findings[*number];
            (Reverse::<Severity>(*severity), rank(*rule))
        };
        group.sort_by_key(weight);
        let (first, others) = (group[0], &group[1..]);
        for &other in others {
            // One that has an edit of its own has something to say.
            if has_edits(&findings[first]) || !has_edits(&findings[other]) {
                gone[other] = true;
                let Finding { rule, severity, related, .. } = findings[other].clone();
                take(&mut findings[first], (vec![(rule, severity)], related));
            }
        }
    }
    let mut gone = gone.into_iter();
    findings.retain(|_| !gone.next().unwrap_or_default());
}

/// Adds what another finding says to one that is told in its place.
fn take(kept: &mut Finding, (also, related): (Vec<(Rule, Severity)>, Vec<Related>)) {
    for rule in also {
        if !kept.also.contains(&rule) {
            kept.also.push(rule);
        }
    }
    for side in related {
        if !kept.related.contains(&side) {
            kept.related.push(side);
        }
    }
}

/// A finding with the other places of the same fact.
type Gathered = (Finding, Vec<Place>);

/// The versions of one list at which the same is at fault are one finding, at the first of them.
fn listed(findings: Vec<Gathered>) -> Vec<Gathered> {
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    let mut all: Vec<(Gathered, Vec<Gathered>)> = Vec::with_capacity(findings.len());
    for (finding, places) in findings {
        let Some(listed) = finding.listed.clone().filter(|_| !has_edits(&finding)) else {
            all.push(((finding, places), Vec::new()));
            continue;
        };
        let words = finding.remedy.as_ref().map(|remedy| remedy.words.clone());
        let words = words.filter(|_| listed.mend.is_none());
        let of = (listed.claim, listed.several, listed.mend);
        let same = (of, finding.rule, finding.severity, words);
        match known.get(&same).and_then(|at| all.get_mut(*at)) {
            Some((_, others)) => others.push((finding, places)),
            None => {
                known.insert(same, all.len());
                all.push(((finding, places), Vec::new()));
            }
        }
    }
    all.into_iter().map(|(first, others)| as_one(first, others)).collect()
}

/// Of the versions the first by name is the subject: the list may get another order.
fn as_one((mut first, mut places): Gathered, others: Vec<Gathered>) -> Gathered {
    let listed = first.listed.take().filter(|_| !others.is_empty());
    let Some(Listed { several, mend, .. }) = listed else { return (first, places) };
    let mut versions = vec![first.subject.clone()];
    for (other, more) in others {
        let Finding { subject, at, also, mut related, .. } = other;
        if !versions.contains(&subject) {
            versions.push(subject);
        }
        let is_another = at != first.at && !related.iter().any(|side| side.at == at);
        related.extend(is_another.then(|| Related { at, note: first.label.clone() }));
        take(&mut first, (also, related));
        places.extend(more.into_iter().filter(|at| *at != first.at));
    }
    places.sort();
    places.dedup();
    if let [rest @ .., last] = &versions[..]
        && !rest.is_empty()
    {
        let names = format!("{} and {last}", rest.join(", "));
        first.message = several.join(&names);
        if let (Some(mend), Some(remedy)) = (mend, &mut first.remedy) {
            remedy.words = mend.join(&names);
        }
    }
    first.subject = versions.into_iter().min().unwrap_or_default();
    (first, places)
}

/// Whether it is about the one version at its place. A finding about a list stands at the first of it.
fn is_of_version(finding: &Finding) -> bool {
    rank(finding.rule).is_some() && matches!(finding.label.as_str(), "this version" | "this pin")
}

fn has_edits(finding: &Finding) -> bool {
    finding.remedy.as_ref().is_some_and(|remedy| !remedy.edits.is_empty())
}

/// A fact about a release is one finding, wherever the release is named. Where another place asks for something
/// else, the words of what to do name that place.
fn gathered(findings: Vec<Finding>) -> Vec<Gathered> {
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    let mut all: Vec<Gathered> = Vec::with_capacity(findings.len());
    for finding in findings {
        if !finding.rule.is_of_release() {
            all.push((finding, Vec::new()));
            continue;
        }
        let also = finding.also.clone();
        let same = (finding.rule, finding.severity, finding.message.clone(), also);
        match known.get(&same).and_then(|at| all.get_mut(*at)) {
            Some((first, places)) => {
                advise_there(first, &finding);
                places.push(finding.at);
            }
            None => {
                known.insert(same, all.len());
                all.push((finding, Vec::new()));
            }
        }
    }
    all
}

/// Adds what to do at another place, if that is not said.
fn advise_there(first: &mut Finding, other: &Finding) {
    let (Some(first), Some(there)) = (&mut first.remedy, &other.remedy) else { return };
    if !first.words.contains(&there.words) && first.words.len() < LONGEST {
        first.words.push_str(&format!("; in {}: {}", other.at.file, there.words));
    }
}

fn with_places(mut finding: Finding, places: Vec<Place>) -> Finding {
    if places.is_empty() {
        return finding;
    }
    let others = if places.len() == 1 { "place" } else { "places" };
    finding.message.push_str(&format!(", here and in {} other {others}", places.len()));
    let note = finding.label.clone();
    let places = places.into_iter().take(MOST);
    finding.related.extend(places.map(|at| Related { at, note: note.clone() }));
    finding
}

#[cfg(test)]
mod tests {
    use super::super::tests::report;
    use crate::rule::{Rule, Severity};

    /// The findings, each with its rule, place, message and the places beside it.
    fn said(files: &[(&str, &str)]) -> Vec<String> {
        let found = report(files).findings.into_iter().map(|finding| {
            let beside: Vec<String> = finding.related.iter().map(|side| side.at.said()).collect();
            let (rule, at) = (finding.rule, finding.at.said());
            format!("{rule} {at}: {} [{}]", finding.message, beside.join(" "))
        });
        found.collect()
    }

    const BUILD: &str = "FROM golang:1.24\nCOPY . .\nRUN go build\n";

    #[test]
    fn several_rules_at_one_version_are_one_finding() {
        let module = ("go.mod", "module m\n\ngo 1.26.0\n");
        let files = [module, (".go-version", "1.26.6\n"), ("Dockerfile", BUILD)];
        assert_eq!(
            said(&files),
            [
                "image-below-floor Dockerfile:1: go.mod needs Go 1.26.0, this image has 1.24, and Go \
              does not switch there (also claim-differs, version-eol) [go.mod:3 .go-version:1]"
            ]
        );
        // The worst speaks, as the policy says.
        let policy = "[check.rules]\nversion-eol = \"error\"\nimage-below-floor = \"note\"\n";
        let files = [(".goward.toml", policy), module, ("Dockerfile", BUILD)];
        let found = said(&files);
        assert_eq!(found.len(), 2, "{found:?}");
        // What a comment allows is no more said.
        let allowed = ["# goward: allow version-eol\n", BUILD].concat();
        let found = said(&[module, ("Dockerfile", &allowed)]);
        assert!(found.len() == 1 && !found[0].contains("also"), "{found:?}");
    }

    #[test]
    fn a_fact_about_a_version_is_told_once() {
        let image = "FROM golang:1.24\n";
        let eol = "Go 1.24 gets no more security fixes: Go mends 1.26 and 1.27, as far as this \
                   goward knows (1.27.3, as of 2026-11-22)";
        let files = [("Dockerfile", image), ("a/Dockerfile", image), ("b/Dockerfile", image)];
        let one = "version-eol Dockerfile:1: ";
        let rest = ", here and in 2 other places [a/Dockerfile:1 b/Dockerfile:1]";
        assert_eq!(said(&files), [[one, eol, rest].concat()]);
        // Another minor is another fact.
        let files = [("Dockerfile", image), ("a/Dockerfile", "FROM golang:1.25\n")];
        assert_eq!(said(&files).len(), 2);
        let many: Vec<_> = (0..200).map(|n| format!("{n:03}/Dockerfile")).collect();
        let many: Vec<_> = many.iter().map(|file| (file.as_str(), image)).collect();
        let found = report(&many).findings;
        assert_eq!((found.len(), found[0].related.len()), (1, super::MOST));
        assert!(found[0].message.ends_with(", here and in 199 other places"));
    }

    #[test]
    fn a_fingerprint_stays() {
        let image = "FROM golang:1.24\n";
        let print = |files: &[(&str, &str)]| report(files).findings[0].fingerprint();
        let one = print(&[("Dockerfile", image)]);
        assert_eq!(one, print(&[("Dockerfile", image), ("z/Dockerfile", image)]));
        // Another place may come before, and the first may go.
        assert_eq!(one, print(&[("Dockerfile", image), ("a/Dockerfile", image)]));
        assert_eq!(one, print(&[("z/Dockerfile", image), ("a/Dockerfile", image)]));
        // A place that names a patch of the minor is one of the same fact.
        assert_eq!(
            one,
            print(&[("a/Dockerfile", "FROM golang:1.24.3\n"), ("z/Dockerfile", image)])
        );
        assert_ne!(one, print(&[("Dockerfile", "FROM golang:1.25\n")]));
        // So with the versions of a list, which may stand in another order.
        let module = ("go.mod", "module m\n\ngo 1.27.0\n");
        let list = |versions| print(&[module, (CI, &matrix(versions))]);
        assert_eq!(list("'1.25', '1.26'"), list("'1.26', '1.25'"));
    }

    const CI: &str = ".github/workflows/ci.yml";

    fn matrix(versions: &str) -> String {
        let steps = "steps: [{uses: a/checkout@v6}, {uses: a/setup-go@v6, with: {go-version: '${{ matrix.go }}'}}, {run: go vet}]";
        format!("jobs: {{t: {{strategy: {{matrix: {{go: [{versions}]}}}}, {steps}}}}}\n")
    }

    #[test]
    fn the_versions_of_a_list_are_one_finding() {
        let module = ("go.mod", "module m\n\ngo 1.27.0\n");
        let low = |versions| said(&[module, (CI, &matrix(versions))]);
        let rest = "so each run downloads another Go";
        let at = [CI, ":1"].concat();
        assert_eq!(
            low("'1.25', '1.26', '1.24', '1.27'"),
            [format!(
                "ci-below-floor {at}: go.mod needs Go 1.27.0, this job has 1.25, 1.26 and 1.24, {rest} \
                 [go.mod:3 {at} {at} {at}]"
            )]
        );
        // Those that fail are another finding than those that switch.
        let found = low("'1.19', '1.20', '1.25', '1.27'");
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("this job has 1.19 and 1.20, and none of them can switch"));
        // A comment takes away what it allows, and no more.
        let lines = "\n  '1.25', # goward: allow ci-below-floor\n\n  '1.26', '1.24', '1.27'\n  ";
        let found = low(lines);
        assert!(found.len() == 1 && found[0].contains("this job has 1.26 and 1.24, "), "{found:?}");
        let found = said(&[(CI, &matrix("'1.24', '1.25'"))]);
        let eol = "Go 1.24 and 1.25 get no more security fixes: Go mends 1.26 and 1.27";
        assert!(found.len() == 1 && found[0].contains(eol), "{found:?}");
    }

    /// The versions of a list may all come from one expression, and a range has an end, too.
    #[test]
    fn every_version_that_has_ended_is_told_once() {
        let job = "steps: [{uses: a/checkout@v6}, {uses: a/setup-go@v6, with: {go-version: '1.${{ matrix.go }}.x'}}, {run: go vet}]";
        let jobs = format!("jobs: {{t: {{strategy: {{matrix: {{go: [23, 24, 25]}}}}, {job}}}}}\n");
        let found = said(&[(CI, &jobs), ("Dockerfile", "FROM golang:1.24.3\n")]);
        let eol = "Go 1.23, 1.24 and 1.25 get no more security fixes: ";
        assert!(found.len() == 1 && found[0].contains(eol), "{found:?}");
        assert!(found[0].ends_with(", here and in 1 other place [Dockerfile:1]"), "{found:?}");
        let found = said(&[("go.mod", "module m\n\ngo 1.26.0\n"), (CI, &jobs)]);
        let low = "this job has 1.23.x, 1.24.x and 1.25.x, so each run downloads another Go";
        assert!(found.len() == 1 && found[0].contains(low), "{found:?}");
        let one = |version: &str| {
            let jobs = jobs.replace("1.${{ matrix.go }}.x", version);
            said(&[(CI, &jobs)]).join("\n")
        };
        for range in ["~1.24.0", "~1.24", ">=1.23 <1.25", "1.24.0 - 1.24.9"] {
            let found = one(range);
            assert!(found.contains("version-eol") && found.contains(": Go 1.24 gets"), "{found}");
        }
        for range in ["^1.24", ">=1.23", "~1.26", ">=1.24 <1.27", "stable"] {
            assert_eq!(one(range), "", "{range}");
        }
        // What to do may differ.
        let files = [
            ("a/.go-version", "1.27.3\n"),
            ("a/Dockerfile", "FROM golang:1.24\n"),
            ("b/Dockerfile", "FROM golang:1.24.3\n"),
            (".goward.toml", "[check.rules]\nclaim-differs = \"off\"\n"),
        ];
        let found = report(&files).findings;
        let words = &found[0].remedy.as_ref().unwrap().words;
        let wants = "move to 1.27.3, as a/.go-version says; in b/Dockerfile: move to 1.26 or later";
        assert_eq!((found.len(), words.as_str()), (1, wants));
    }

    /// Two modules that one job builds, and two policies of one version: each rule is named once.
    #[test]
    fn a_rule_is_named_once() {
        let jobs = "jobs: {t: {steps: [{uses: a/checkout@v6}, {uses: a/setup-go@v6, with: {go-version: '1.24'}}, {run: go vet, working-directory: a}, {run: go vet, working-directory: b}]}}\n";
        let files = [
            (CI, jobs),
            (".go-version", "1.24.3\n"),
            ("a/go.mod", "module a\n\ngo 1.26.0\n"),
            ("b/go.mod", "module b\n\ngo 1.27.0\n"),
        ];
        for one in report(&files).findings {
            let (_, names) = one.message.split_once(" (also ").unwrap_or(("", ")"));
            let names: Vec<&str> = names.trim_end_matches(')').split(", ").collect();
            let mut once = names.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(names.len(), once.len(), "{}", one.message);
            assert!(!names.contains(&one.rule.id()), "{}", one.message);
        }
        let mut one = report(&[("Dockerfile", BUILD)]).findings.remove(0);
        one.also = [Rule::ClaimDiffers, Rule::ClaimDiffers, one.rule, Rule::VersionUnknown]
            .map(|rule| (rule, Severity::Note))
            .to_vec();
        one.message.clear();
        super::tell_others(&mut one);
        assert_eq!(one.message, " (also claim-differs, version-unknown)");
    }
}

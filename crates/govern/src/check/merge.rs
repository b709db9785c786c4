//! One finding for one value: of several rules at one place the worst speaks, of several versions of one list
//! what is at fault is told once, and so is one fact about a release, with all its places.

use crate::finding::{Finding, Place, Related};
use crate::rule::{Rule, Severity};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::mem;

/// The most other places that a finding lists.
const MOST: usize = 50;

/// Joins the findings, which are in the order of files and lines. Each keeps a fingerprint that is of none of its
/// further places.
pub(super) fn merge(findings: &mut Vec<Finding>) {
    absorb(findings);
    list(findings);
    for finding in &mut *findings {
        tell_others(finding);
    }
    gather(findings);
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
        Rule::ClaimDiffers => 2,
        Rule::VersionEol => 3,
        _ => return None,
    })
}

/// Of findings about one version the worst remains, and names the rules of the others.
fn absorb(findings: &mut Vec<Finding>) {
    let mut of: HashMap<Place, Vec<usize>> = HashMap::new();
    for (number, finding) in findings.iter().enumerate().filter(|(_, one)| is_of_version(one)) {
        of.entry(finding.at.clone()).or_default().push(number);
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

/// The versions of one list at which the same is at fault are one finding, at the first of them.
fn list(findings: &mut Vec<Finding>) {
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    let mut all: Vec<(Finding, Vec<Finding>)> = Vec::with_capacity(findings.len());
    for finding in mem::take(findings) {
        let Some(listed) = finding.listed.clone().filter(|_| !has_edits(&finding)) else {
            all.push((finding, Vec::new()));
            continue;
        };
        let words = finding.remedy.as_ref().map(|remedy| remedy.words.clone());
        let same = (listed, finding.rule, finding.severity, words);
        match known.get(&same).and_then(|at| all.get_mut(*at)) {
            Some((_, others)) => others.push(finding),
            None => {
                known.insert(same, all.len());
                all.push((finding, Vec::new()));
            }
        }
    }
    findings.extend(all.into_iter().map(|(first, others)| as_one(first, others)));
}

/// Of the versions the first by name is the subject: the list may get another order.
fn as_one(mut first: Finding, others: Vec<Finding>) -> Finding {
    let Some(listed) = first.listed.take().filter(|_| !others.is_empty()) else { return first };
    let mut versions = vec![first.subject.clone()];
    for other in others {
        let Finding { subject, at, also, mut related, .. } = other;
        if !versions.contains(&subject) {
            versions.push(subject);
        }
        related.push(Related { at, note: first.label.clone() });
        take(&mut first, (also, related));
    }
    let [begin, end] = listed.several;
    if let [rest @ .., last] = &versions[..]
        && !rest.is_empty()
    {
        first.message = format!("{begin}{} and {last}{end}", rest.join(", "));
    }
    first.subject = versions.into_iter().min().unwrap_or_default();
    first
}

/// Whether it is about the one version at its place. A finding about a list stands at the first of it.
fn is_of_version(finding: &Finding) -> bool {
    rank(finding.rule).is_some() && matches!(finding.label.as_str(), "this version" | "this pin")
}

fn has_edits(finding: &Finding) -> bool {
    finding.remedy.as_ref().is_some_and(|remedy| !remedy.edits.is_empty())
}

/// A fact about a release is one finding, wherever the release is named.
fn gather(findings: &mut Vec<Finding>) {
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    let mut all: Vec<(Finding, Vec<Place>)> = Vec::with_capacity(findings.len());
    for finding in mem::take(findings) {
        if !finding.rule.is_of_release() {
            all.push((finding, Vec::new()));
            continue;
        }
        let words = finding.remedy.as_ref().map(|remedy| remedy.words.clone());
        let same = (finding.rule, finding.severity, finding.message.clone(), words);
        match known.get(&same).and_then(|at| all.get_mut(*at)) {
            Some((_, places)) => places.push(finding.at),
            None => {
                known.insert(same, all.len());
                all.push((finding, Vec::new()));
            }
        }
    }
    findings.extend(all.into_iter().map(|(finding, places)| with_places(finding, places)));
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

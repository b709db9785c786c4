//! One finding for one value: of several rules at one place the worst speaks, and one fact about a version is
//! told once, with all its places.

use crate::finding::{Finding, Place, Related};
use crate::rule::{Rule, Severity};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// The most other places that a finding lists.
const MOST: usize = 50;

/// Joins the findings, which are in the order of files and lines. A finding keeps its place and its subject, and
/// so its fingerprint.
pub(super) fn merge(findings: &mut Vec<Finding>) {
    absorb(findings);
    gather(findings);
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
        let mut also = Vec::new();
        for &other in others {
            // One that has an edit of its own has something to say.
            if has_edits(&findings[first]) || !has_edits(&findings[other]) {
                gone[other] = true;
                also.push((findings[other].rule, findings[other].severity));
            }
        }
        if also.is_empty() {
            continue;
        }
        let names: Vec<&str> = also.iter().map(|(rule, _)| rule.id()).collect();
        let message = format!("{} (also {})", findings[first].message, names.join(", "));
        let sides = others.iter().filter(|other| gone[**other]);
        let sides: Vec<Related> =
            sides.flat_map(|other| findings[*other].related.clone()).collect();
        let kept = &mut findings[first];
        (kept.message, kept.also) = (message, also);
        for side in sides {
            if !kept.related.contains(&side) {
                kept.related.push(side);
            }
        }
    }
    let mut gone = gone.into_iter();
    findings.retain(|_| !gone.next().unwrap_or_default());
}

/// Whether it is about the one version at its place. A finding about a list stands at the first of it.
fn is_of_version(finding: &Finding) -> bool {
    rank(finding.rule).is_some() && matches!(finding.label.as_str(), "this version" | "this pin")
}

fn has_edits(finding: &Finding) -> bool {
    finding.remedy.as_ref().is_some_and(|remedy| !remedy.edits.is_empty())
}

/// A fact about a version is one finding, wherever the version stands.
fn gather(findings: &mut Vec<Finding>) {
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    let mut all: Vec<(Finding, Vec<Place>)> = Vec::with_capacity(findings.len());
    for finding in std::mem::take(findings) {
        let facts = [Rule::VersionEol, Rule::VersionUnknown, Rule::BelowMinimum];
        if !facts.contains(&finding.rule) {
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
                   goward knows (1.27.3)";
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
    }
}

//! Each rule in a repository where it fires, and in one where it is silent.

#[path = "check/advice_tests.rs"]
mod advice;
#[path = "check/claims_tests.rs"]
mod claims;
#[path = "check/floors_tests.rs"]
mod floors;
#[path = "check/forms_tests.rs"]
mod forms;
#[path = "check/modules_tests.rs"]
mod modules;
#[path = "check/pins_tests.rs"]
mod pins;
#[path = "check/switching_tests.rs"]
mod switching;

use super::*;
use goward_installer::known_releases;
use std::collections::BTreeSet;

pub(crate) fn releases() -> Releases {
    let known = ["1.20", "1.20.14", "1.21.0", "1.21.13", "1.22.0", "1.22.10", "1.23.2", "1.24.3"];
    let later = ["1.25.0", "1.25.5", "1.26.0", "1.26.6", "1.27.0", "1.27.3"];
    let parse = |text: &&str| Version::parse(text).unwrap();
    let known = known.iter().chain(&later).map(parse).collect();
    let supported = ["1.26", "1.27"].iter().map(parse).collect();
    Releases { known, supported, as_of: "2026-11-22".to_owned() }
}

/// What a directory states, with its place.
pub(crate) fn states(repository: &Repository, dir: &str) -> Option<String> {
    let sites = Sites::of(repository, &RepoHost::new(repository));
    let stated = sites.statement(dir)?;
    Some(format!("states {} {}", stated.says, stated.at.line))
}

/// The findings in a repository of these files.
pub(crate) fn report(files: &[(&str, &str)]) -> Report {
    let repository = Repository::of(files);
    let policy = RepoPolicy::of(&repository).unwrap();
    check(&repository, (&policy, true), &releases(), &[String::new()])
}

/// What a finding says of a rule, in short, at each of its places.
fn of_rule(finding: &Finding, rule: Rule) -> Vec<String> {
    let line = |severity: Severity, at: &Place| format!("{rule} {severity} {}", at.said());
    let also = finding.also.iter().filter(|(other, _)| *other == rule);
    let mut all: Vec<String> = also.map(|(_, severity)| line(*severity, &finding.at)).collect();
    if finding.rule == rule {
        all.push(line(finding.severity, &finding.at));
        let same = finding.related.iter().filter(|side| side.note == finding.label);
        all.extend(same.map(|side| line(finding.severity, &side.at)));
    }
    all
}

/// A finding in short: its rule, its severity and its place.
pub(super) fn said(finding: &Finding) -> String {
    format!("{} {} {}", finding.rule, finding.severity, finding.at.said())
}

const MOD: &str = "module m\n\ngo 1.26.0\n";
const CI: &str = ".github/workflows/ci.yml";

/// Files, and the findings of a rule in them.
pub(crate) type Case<'c> = (Rule, &'c [(&'c str, &'c str)], &'c [&'c str]);

pub(crate) fn cases() -> Vec<Case<'static>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    cases.extend(pins::of_pins());
    cases.extend(pins::of_toolchain_lines());
    cases.extend(pins::of_pin_files());
    cases.extend(pins::of_goenv());
    cases.extend(modules::of_modules());
    cases.extend(modules::of_godebug());
    cases.extend(modules::of_requirements());
    cases.extend(modules::of_workspaces());
    cases.extend(claims::of_versions());
    cases.extend(claims::of_claims());
    cases.extend(floors::of_workspaces());
    cases.extend(floors::of_advice());
    cases.extend(floors::of_least_toolchains());
    cases.extend(claims::of_releases_that_cannot_switch());
    cases.extend(claims::of_statements());
    cases.extend(claims::of_files());
    cases.extend(claims::of_setup_go());
    cases.extend(claims::of_comments());
    cases.extend(claims::of_jobs());
    cases.extend(claims::of_shared_versions());
    cases.extend(forms::of_pipelines());
    cases.extend(forms::of_directories());
    cases.extend(forms::of_tools());
    cases
}

#[test]
fn each_rule_fires_where_it_should_and_nowhere_else() {
    let (mut fired, mut silent) = (BTreeSet::new(), BTreeSet::new());
    for (rule, files, wants) in cases() {
        let report = report(files);
        let found: Vec<String> =
            report.findings.iter().flat_map(|one| of_rule(one, rule)).collect();
        assert_eq!(found, wants, "{files:?}: {:#?}", report.findings);
        if wants.is_empty() {
            silent.insert(rule)
        } else {
            fired.insert(rule)
        };
    }
    // Of the others real Go speaks: `e2e::modules::deep`.
    let of_files = Rule::ALL.iter().copied().filter(|rule| rule.needs().is_none());
    let all: BTreeSet<Rule> = of_files.collect();
    assert_eq!(fired, all);
    assert_eq!(silent, all);
}

#[test]
fn both_sides_are_named() {
    for (rule, files, wants) in cases() {
        let alone = [
            Rule::PinMalformed,
            Rule::GoenvMalformed,
            Rule::GoLineSetting,
            Rule::ModuleFileInvalid,
            Rule::FileUnreadable,
            Rule::AllowUnused,
            Rule::YamlNumber,
            Rule::InputIgnored,
            Rule::VersionUnknown,
            Rule::VersionEol,
            Rule::PinRoomy,
            Rule::VersionFileMissing,
            Rule::GotoolchainInvalid,
            Rule::GotoolchainBare,
            Rule::GoLineMissing,
            Rule::NewGoBreaks,
            Rule::ReplaceOutside,
            Rule::SumMissing,
            Rule::WorkMemberMissing,
            Rule::GodebugRemoved,
            Rule::PinCrlf,
            Rule::WorkCommitted,
            Rule::ToolchainUnstated,
        ];
        for finding in
            report(files).findings.iter().filter(|one| one.rule == rule && !wants.is_empty())
        {
            assert!(!finding.message.contains("/r/"), "{finding:?}");
            assert!(alone.contains(&rule) || !finding.related.is_empty(), "{finding:?}");
        }
    }
}

#[test]
fn a_policy_and_comments_switch_off_and_say_so() {
    let policy = "[check]\nexclude = [\"old/\"]\n[check.rules]\nversion-eol = \"off\"\npin-surplus-lines = \"error\"\nclaim-differs = \"note\"\n";
    let report = report(&[
        (".goward.toml", policy),
        (".go-version", "1.20.14\n1.20\n"),
        ("old/.go-version", "x\n"),
        ("a/.go-version", "1.22.77 # goward: allow version-unknown\n"),
    ]);
    assert_eq!(
        report.findings.iter().map(said).collect::<Vec<_>>(),
        ["pin-surplus-lines error .go-version:2"]
    );
    let Suppressed { excluded_files, rules_off, lowered, allowed } = report.suppressed;
    assert_eq!(lowered, [(Rule::ClaimDiffers, Severity::Note)]);
    assert_eq!((excluded_files, rules_off, allowed.len()), (1, vec![Rule::VersionEol], 1));
}

#[test]
fn the_caller_s_policy_replaces_the_repository_s() {
    let repository = Repository::of(&[
        (".goward.toml", "[check]\nexclude = [\"**\"]\n"),
        (".go-version", "1.22.77 # goward: allow version-unknown\n"),
    ]);
    let policy = RepoPolicy::parse(b"").unwrap();
    let report = check(&repository, (&policy, false), &releases(), &[String::new()]);
    assert!(report.findings.iter().any(|finding| finding.rule == Rule::VersionUnknown));
    assert_eq!(report.suppressed, Suppressed::default());
}

#[test]
fn only_what_lies_below_a_path_is_reported() {
    let repository = Repository::of(&[("a/.go-version", "x\n"), ("ab/.go-version", "x\n")]);
    let policy = RepoPolicy::default();
    let report = check(&repository, (&policy, true), &releases(), &["a".to_owned()]);
    assert_eq!(
        report.findings.iter().map(said).collect::<Vec<_>>(),
        ["pin-malformed error a/.go-version:1"]
    );
    assert_eq!(report.files, 1);
}

#[test]
fn the_compiled_table_has_what_a_check_needs() {
    assert!(known_releases().count() > 100);
    let newest = known_releases().filter(|version| !version.is_prerelease()).max().unwrap();
    assert!(!newest.is_language());
    assert!(Severity::Error > Severity::Note);
}

/// No bytes of a file make the check fail: every file of a repository is broken in turn.
#[test]
fn no_text_breaks_the_check() {
    let texts = [
        (".go-version", "1.26.6\n"),
        (".tool-versions", "golang 1.26.6\n"),
        (".goenv", "GOTOOLCHAIN=go1.26.6\n"),
        ("go.mod", MOD),
        ("go.work", "go 1.26.0\n\nuse ./a\n"),
        (CI, claims::V6),
        ("Dockerfile", claims::BUILDS),
        ("mise.toml", "[tools]\ngo = \"1.26\"\n"),
        ("action.yml", "runs: {steps: []}\n"),
    ];
    for (at, (_, text)) in texts.iter().enumerate() {
        for cut in (0..text.len()).step_by(3) {
            for with in ["", "\0", "\u{202e}", "${{", "<<X\n", "\"", "[", "&a *a", "$", "\r\n"] {
                let broken = [&text[..cut], with, &text[(cut + 1).min(text.len())..]].concat();
                let mut files = texts.to_vec();
                files[at].1 = &broken;
                let repository = Repository::of(&files);
                check(&repository, (&RepoPolicy::default(), true), &releases(), &[String::new()]);
            }
        }
    }
}

#[test]
fn of_too_many_findings_the_worst_are_told() {
    let found = |file: &str, rule: Rule| {
        let at = Place::line(file, 1);
        Finding::new(rule, at, ["", ""], "x".to_owned())
    };
    let note = |n: usize| found(&format!("{n:05}"), Rule::PinCrlf);
    let mut few: Vec<_> = (0..MOST_FINDINGS).map(note).collect();
    bound(&mut few);
    assert_eq!(few, (0..MOST_FINDINGS).map(note).collect::<Vec<_>>());
    let mut many: Vec<_> = (0..MOST_FINDINGS + 5).map(note).collect();
    many.push(found("z", Rule::PinMalformed));
    bound(&mut many);
    assert_eq!(many.len(), MOST_FINDINGS + 1);
    assert_eq!(many.last().map(|last| last.rule), Some(Rule::PinMalformed));
    let told = &many[MOST_FINDINGS - 1];
    let place = told.at.said();
    assert_eq!((told.rule, place.as_str()), (Rule::FileUnreadable, "09999:1"));
    assert_eq!(told.message, "6 more findings, the first of them here, are left out");
}

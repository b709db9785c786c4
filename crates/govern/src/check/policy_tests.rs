//! The keys of a policy, and what relations mean.

use super::*;
use goward_resolver::Selector;

#[test]
fn every_key_is_read_and_an_unknown_one_is_an_error() {
    let text = "[check]\nminimum = \"1.24\"\npins = \"exact\"\nfail-on = \"warning\"\n\
                exclude = [\"third_party/\", \"**/old.yml\"]\nrelation = { ci = \"at-least\" }\n\
                [check.rules]\nversion-eol = \"off\"\npin-roomy = \"error\"\n";
    let policy = RepoPolicy::parse(text.as_bytes()).unwrap();
    assert_eq!(policy.minimum_at, Some(Place::line("", 2)));
    assert!(policy.excludes("third_party/a/go.mod") && policy.excludes("x/old.yml"));
    assert!(!policy.excludes("first_party/go.mod"));
    assert_eq!(policy.relation(ClaimKind::Ci), Some(Relation::AtLeast));
    assert_eq!(policy.relation(ClaimKind::Image), None);
    for (line, text) in [
        (1, "x = 1\n"),
        (2, "[check]\nminimun = \"1.24\"\n"),
        (2, "[check]\nminimum = 1.24\n"),
        (2, "[check]\nminimum = \"go1.24\"\n"),
        (2, "[check]\nrelation = \"older\"\n"),
        (2, "[check.relation]\ncli = \"same\"\n"),
        (2, "[check.rules]\nversion-eo = \"off\"\n"),
        (2, "[check.rules]\nversion-eol = true\n"),
        (2, "[check]\nexclude = [\"***\"]\n"),
        (2, "[check]\nx y\n"),
        (1, "[[check.claim]]\nfiles = ['*']\n"),
        (3, "[[check.claim]]\nfiles = ['*']\npattern = 'go1'\n"),
        (3, "[[check.claim]]\nfiles = ['*']\npattern = '(go'\n"),
        (3, "[[check.claim]]\nfiles = ['*']\npattern = '((a{99}){99})'\n"),
        (3, "[[check.claim]]\nfiles = ['*']\npatern = '(go)'\n"),
    ] {
        assert_eq!(RepoPolicy::parse(text.as_bytes()).unwrap_err().line, line, "{text}");
    }
}

#[test]
fn an_unknown_name_is_answered_by_the_nearest() {
    for (text, why) in [
        ("[check]\nminimun = \"1.24\"\n", "there is no key \"minimun\"; did you mean minimum?"),
        (
            "[check.rules]\nversion-eo = \"off\"\n",
            "there is no rule \"version-eo\"; did you mean version-eol?",
        ),
        ("[check.rules]\neverything = \"off\"\n", "there is no rule \"everything\""),
        (
            "[check.relation]\nimages = \"same\"\n",
            "there is no key \"images\"; did you mean image?",
        ),
        ("[[check.claim]]\npatern = '(go)'\n", "there is no key \"patern\"; did you mean pattern?"),
        ("[chek]\n", "there is no key \"chek\"; did you mean check?"),
        (
            "minimum = \"1.24\"\n",
            "there is no key \"minimum\"; write it below [check], or as check.minimum",
        ),
        (
            "[rules]\npin-crlf = \"off\"\n",
            "there is no key \"rules\"; write it below [check], or as check.rules",
        ),
    ] {
        assert_eq!(RepoPolicy::parse(text.as_bytes()).unwrap_err().why, why, "{text}");
    }
}

/// The keys that are suggested are those that are read.
#[test]
fn each_key_that_is_named_is_read() {
    for key in KEYS {
        let text = format!("[check]\n{key} = 1\n");
        let why = RepoPolicy::parse(text.as_bytes()).unwrap_err().why;
        assert!(why.starts_with("write "), "{key}: {why}");
    }
}

#[test]
fn patterns_have_bounds() {
    let policy = |patterns: Vec<String>| {
        let list = patterns.iter().map(|one| format!("'{one}'")).collect::<Vec<_>>().join(", ");
        RepoPolicy::parse(format!("[check]\nexclude = [{list}]\n").as_bytes()).map(drop)
    };
    assert_eq!(policy(vec!["*".repeat(2); MOST]), Ok(()));
    assert!(policy(vec!["a".to_owned(); MOST + 1]).is_err());
    assert_eq!(policy(vec!["a".repeat(LONGEST)]), Ok(()));
    assert!(policy(vec!["a".repeat(LONGEST + 1)]).is_err());
}

#[test]
fn a_version_without_quotes_is_told_to_have_them() {
    for (text, why) in [
        ("minimum = 1.20\n", "write it in quotes: \"1.20\""),
        ("minimum = 1.24.3\n", "write the version in quotes, such as \"1.24\""),
        ("minimum = \"x\"\n", "write a version such as \"1.24\""),
        ("x y\n", "it is not valid TOML"),
    ] {
        let text = ["[check]\n", text].concat();
        let invalid = RepoPolicy::parse(text.as_bytes()).unwrap_err();
        assert_eq!((invalid.line, invalid.why.as_str()), (2, why), "{text}");
    }
}

#[test]
fn relations_compare_by_meaning() {
    use Relation::{AtLeast, Same, SameMinor};
    for (relation, claim, statement, holds) in [
        (Same, "1.22.3", "1.22.3", true),
        (Same, "1.22", "1.22.3", false),
        (Same, "1.22.4", "1.22", true),
        (SameMinor, "1.22", "1.22.3", true),
        (SameMinor, "1.23", "1.22.3", false),
        (SameMinor, "latest", "1.22.3", false),
        (AtLeast, "1.23", "1.22.3", true),
        (AtLeast, "latest", "1.22.3", true),
        (AtLeast, "1.21.9", "1.22.3", false),
        (AtLeast, "^1.21", "1.22.3", true),
        (Same, "1.22.3", "latest", true),
        (Same, "1.25.0", ">=1.21,<1.23", false),
    ] {
        let [claim, statement] = [claim, statement].map(|text| Selector::parse(text).unwrap());
        assert_eq!(relation.holds(&claim, &statement), holds, "{claim} {statement}");
    }
}

#[test]
fn a_machine_raises_and_never_lowers() {
    let text = "[check]\nminimum = \"1.23\"\n[check.rules]\nversion-eol = \"off\"\npin-roomy = \"error\"\n";
    let minimum = |text: &str| Some((Version::parse(text).unwrap(), "there:1".to_owned()));
    let severities = [
        (Rule::VersionEol, Severity::Warning),
        (Rule::PinRoomy, Severity::Note),
        (Rule::ToolchainUnstated, Severity::Note),
    ];
    let raised = |text: &str, least: &str| {
        let demands =
            Demands { minimum: minimum(least), severities: severities.into_iter().collect() };
        RepoPolicy::parse(text.as_bytes()).unwrap().raised_by(demands)
    };
    let policy = raised(text, "1.24");
    assert_eq!(policy.minimum.as_ref().map(Version::as_str), Some("1.24"));
    assert_eq!((policy.minimum_by.as_deref(), &policy.minimum_at), (Some("there:1"), &None));
    let own = raised(text, "1.22");
    assert_eq!(own.minimum.as_ref().map(Version::as_str), Some("1.23"));
    assert!(own.minimum_by.is_none() && own.minimum_at.is_some());
    assert!(!policy.mutes(Rule::VersionEol) && !policy.is_off(Rule::VersionEol));
    assert!(!policy.mutes(Rule::ToolchainUnstated) && policy.mutes(Rule::WorkCommitted));
    let repository =
        Repository::of(&[(".go-version", "1.22\n"), ("go.mod", "module m\n\ngo 1.21\n")]);
    let finding = |rule, severity| {
        let mut finding =
            Finding::new(rule, Place::line(".go-version", 1), ["", ""], String::new());
        finding.severity = severity;
        finding
    };
    let mut findings = vec![
        finding(Rule::VersionEol, Severity::Note),
        finding(Rule::PinRoomy, Severity::Note),
        finding(Rule::ToolchainUnstated, Severity::Note),
    ];
    let suppressed = policy.apply(&repository, &mut findings);
    let severities: Vec<_> = findings.iter().map(|finding| finding.severity).collect();
    assert_eq!(severities, [Severity::Warning, Severity::Error, Severity::Note]);
    assert_eq!(suppressed.rules_off, []);
}

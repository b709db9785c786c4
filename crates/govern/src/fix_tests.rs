//! Edits: of each rule, of the version that a caller wants, and of pins that are to agree.

#[path = "fix/decided_tests.rs"]
mod decided;
#[path = "fix/moves_tests.rs"]
mod moves;
#[path = "fix/rules_tests.rs"]
mod rules;

use super::*;
use crate::check::policy::RepoPolicy;
use crate::check::tests::releases;
use crate::check::{Asked, Judged, fix};
use crate::repo::Repository;

pub(super) const CI: &str = ".github/workflows/ci.yml";

/// A repository's files.
type Files<'f> = &'f [(&'f str, &'f str)];

/// What [`fix`] makes of files: those that it changes, and the judgement afterwards.
pub(super) fn fixed(files: Files<'_>, wish: &Wish) -> (Vec<(String, String)>, Judged) {
    let mut repository = Repository::of(files);
    let policy = RepoPolicy::of(&repository).unwrap();
    let (releases, within) = (releases(), [String::new()]);
    let asked = Asked {
        policy: &policy,
        allows: true,
        releases: &releases,
        within: &within,
        wish,
        beside: None,
    };
    let (changes, judged) = fix(&mut repository, &asked, &mut |_| true);
    // What has been done is not done again.
    assert_eq!(fix(&mut repository, &asked, &mut |_| true).0, [], "{files:?}");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    for change in &changes {
        let (_, old) = files.iter().find(|(file, _)| *file == change.file).unwrap();
        assert_eq!(text(change.old.clone()), *old);
    }
    (changes.into_iter().map(|change| (change.file, text(change.new))).collect(), judged)
}

#[test]
fn of_edits_that_overlap_the_first_counts() {
    let edit = |start, end, text: &str| Edit::new("f", start..end, text);
    let said = |edits: &[Edit]| String::from_utf8(apply(b"0123456789", edits)).unwrap();
    assert_eq!(said(&[]), "0123456789");
    assert_eq!(said(&[edit(2, 4, "x"), edit(3, 5, "y"), edit(1, 3, "z")]), "01x456789");
    assert_eq!(said(&[edit(2, 4, "x"), edit(4, 5, "y"), edit(0, 2, "")]), "xy56789");
    assert_eq!(said(&[edit(2, 4, "x"), edit(2, 4, "x")]), "01x456789");
    assert_eq!(said(&[edit(2, 2, "x"), edit(2, 2, "y"), edit(2, 3, "z")]), "01x23456789");
    assert_eq!(said(&[edit(0, 9, "x"), edit(3, 3, "y"), edit(9, 9, "z")]), "xz9");
    assert_eq!(said(&[edit(9, 11, "x"), Edit { start: 4, ..edit(0, 2, "y") }]), "0123456789");
    assert_eq!(said(&[edit(10, 10, "x")]), "0123456789x");
}

#[test]
fn a_file_that_must_not_be_edited_is_left() {
    let mut repository =
        Repository::of(&[(".go-version", "1.27.0\n1.26.0\n"), ("a/.go-version", "1.27.0\n1\n")]);
    let (policy, releases, within) = (RepoPolicy::default(), releases(), [String::new()]);
    let wish = Wish::default();
    let asked = Asked {
        policy: &policy,
        allows: true,
        releases: &releases,
        within: &within,
        wish: &wish,
        beside: None,
    };
    let (changes, judged) = fix(&mut repository, &asked, &mut |file| file.starts_with("a/"));
    assert_eq!(
        changes.iter().map(|change| change.file.as_str()).collect::<Vec<_>>(),
        ["a/.go-version"]
    );
    assert_eq!(judged.report.findings.len(), 1);
    let within = ["b".to_owned()];
    let asked = Asked { within: &within, ..asked };
    assert_eq!(fix(&mut repository, &asked, &mut |_| true).0, [], "outside of the paths");
}

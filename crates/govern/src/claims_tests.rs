//! The forms in which files say which Go, each with what is read from it, and no false error on any.
//! They lie in `tests/corpus`: each case has comments, files, and what is wanted of them.

#[path = "claims/bounds_tests.rs"]
mod bounds;
#[path = "claims/forms_tests.rs"]
mod forms;

use super::*;
use crate::check::check;
use crate::check::policy::RepoPolicy;
use crate::check::tests::{releases, states};
use crate::rule::Severity;
use std::path::PathBuf;

/// What the files of a case are built with, unless it has a go.mod of its own.
const AROUND: [(&str, &str); 2] =
    [("go.mod", "module m\n\ngo 1.25.0\n"), ("x/y/go.mod", "module y\n\ngo 1.25.0\n")];

/// A case of the corpus.
#[derive(Default)]
struct Case {
    comment: String,
    files: Vec<(String, String)>,
    wants: Vec<String>,
}

impl Case {
    fn repository(&self) -> Repository {
        let mut files: Vec<_> =
            self.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let around =
            AROUND.iter().filter(|(path, _)| !self.files.iter().any(|(own, _)| own == path));
        files.extend(around);
        Repository::of(&files)
    }

    /// The text of a place, if it is of one line.
    fn text_at(&self, at: &Place) -> Option<String> {
        let (_, text) = self.files.iter().find(|(path, _)| *path == at.file)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let line: Vec<char> = text.lines().nth(at.line as usize - 1)?.chars().collect();
        let (start, end) = at.columns?;
        Some(line.get(start as usize - 1..end as usize - 1)?.iter().collect())
    }

    /// A claim in a line: `KIND VERSIONS LINE:COLUMN BUILDS`, of several uses each with its directory. A version
    /// that does not stand in the file as it is has a `~` in front.
    fn line(&self, claim: &Claim) -> String {
        let version = |said: &Said| {
            let exact = self.text_at(&said.at).as_deref() == Some(said.text.as_str());
            format!("{}{}", if exact { "" } else { "~" }, said.says)
        };
        let all = claim.said.iter().map(version).collect::<Vec<_>>().join(" ");
        let builds = |builds: Builds| format!("{builds:?}").to_lowercase();
        let each =
            claim.uses.iter().map(|one| [&*builds(one.builds), ":", &one.directory].concat());
        let uses = match claim.uses.iter().count() {
            1 => builds(claim.uses.builds()),
            _ => each.collect::<Vec<_>>().join(" "),
        };
        format!("{} {all} {} {uses}", claim.kind.id(), place(&claim.said[0].at))
    }

    /// What goward reads in the files.
    fn found(&self) -> Vec<String> {
        let repository = self.repository();
        let policy = RepoPolicy::of(&repository).expect("a policy that goward takes");
        let host = RepoHost::new(&repository);
        let claims = Claims::read(&repository, &host, &policy.claims);
        let open = claims.unresolved.iter();
        let open = open.map(|open| format!("open {}: {}", place(&open.at), open.reason));
        let of_claims = |finding: &Finding| format!("{} {}", finding.rule, place(&finding.at));
        let read = claims.reads_go_line.iter();
        let read = read.map(|read| format!("reads {} {}", read.module, place(&read.at)));
        let mut all: Vec<String> = claims.claims.iter().map(|claim| self.line(claim)).collect();
        all.extend(open.chain(read).chain(claims.findings.iter().map(of_claims)));
        all.extend(states(&repository, ""));
        let errors = self.errors();
        all.extend(self.wants.iter().filter(|want| errors.contains(*want)).cloned());
        all
    }

    /// The errors that `goward check` finds.
    fn errors(&self) -> Vec<String> {
        let repository = self.repository();
        let policy = RepoPolicy::of(&repository).expect("a policy that goward takes");
        let report = check(&repository, (&policy, true), &releases(), &[String::new()]);
        let errors = report.findings.iter().filter(|one| one.severity == Severity::Error);
        errors.map(|one| format!("error {} {}", one.rule, place(&one.at))).collect()
    }
}

fn place(at: &Place) -> String {
    match at.columns {
        Some((start, _)) => format!("{}:{start}", at.line),
        None => at.line.to_string(),
    }
}

fn corpus() -> Vec<PathBuf> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
    let files = std::fs::read_dir(dir).expect("the corpus is there");
    let mut files: Vec<PathBuf> =
        files.map(|file| file.expect("it can be listed").path()).collect();
    files.sort();
    files
}

/// The cases of all files.
fn all_cases() -> Vec<Case> {
    let text = |path: PathBuf| std::fs::read_to_string(path).expect("it can be read");
    corpus().into_iter().flat_map(|path| cases(&text(path))).collect()
}

/// The cases of a file: lines `-- PATH --` begin a file, `-- wants --` what is read.
fn cases(text: &str) -> Vec<Case> {
    let (mut cases, mut wants): (Vec<Case>, bool) = (vec![Case::default()], false);
    for line in text.lines() {
        let name = line.strip_prefix("-- ").and_then(|line| line.strip_suffix(" --"));
        let case = cases.last_mut().expect("there is one");
        match name {
            Some("wants") => wants = true,
            Some(path) => case.files.push((path.to_owned(), String::new())),
            None if wants && line.is_empty() => {
                cases.push(Case::default());
                wants = false;
            }
            None if wants => case.wants.push(line.to_owned()),
            None => match case.files.last_mut() {
                Some((_, text)) => *text += &format!("{line}\n"),
                None => case.comment += &format!("{line}\n"),
            },
        }
    }
    cases.retain(|case| !case.files.is_empty());
    cases
}

fn written(cases: &[Case]) -> String {
    let case = |case: &Case| {
        let files = case.files.iter().map(|(path, text)| format!("-- {path} --\n{text}"));
        let wants = case.wants.iter().map(|want| format!("{want}\n")).collect::<String>();
        format!("{}{}-- wants --\n{wants}", case.comment, files.collect::<String>())
    };
    cases.iter().map(case).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_form_is_read_and_none_is_a_false_error() {
    let (mut count, mut wrong) = (0, Vec::new());
    for path in corpus() {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut cases = cases(&text);
        assert_eq!(written(&cases), text, "{path:?}");
        for case in &mut cases {
            let found = case.found();
            if std::env::var_os("GOWARD_TEST_UPDATE").is_some() {
                case.wants = found;
            } else if found != case.wants {
                let (files, wants) = (&case.files, &case.wants);
                wrong.push(format!("{path:?} {files:?}\n  found {found:#?}, and not {wants:#?}"));
            }
            // An error is expected only where a person wrote so.
            for error in case.errors().iter().filter(|error| !case.wants.contains(error)) {
                wrong.push(format!("{path:?} {:?}\n  {error}", case.files));
            }
            count += 1;
        }
        if std::env::var_os("GOWARD_TEST_UPDATE").is_some() {
            std::fs::write(&path, written(&cases)).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 200, "{count} forms");
}

/// What a person does not see in a file.
#[test]
fn marks_of_windows_are_no_text() {
    for (path, text, wants) in [
        ("Dockerfile", "\u{feff}FROM golang:1.27\r\nRUN go build\r\n", "image 1.27 1:13 unknown"),
        (".gitlab-ci.yml", "\u{feff}image: golang:1.27\r\n", "image 1.27 1:15 doubtful"),
        ("Makefile", "GO_VERSION = 1.27\r\n", "tool 1.27 1:14 doubtful"),
        (".env", "GO_VERSION=1.27\r\n", "tool 1.27 1:12 doubtful"),
    ] {
        let files = vec![(path.to_owned(), text.to_owned())];
        assert_eq!(Case { files, ..Case::default() }.found(), [wants], "{text:?}");
    }
}

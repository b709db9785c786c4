//! Files of a repository that say which Go: no input makes the readers panic, what they find lies in the
//! file, and the safe edits of a finding are within it.

use goward_govern::check::policy::RepoPolicy;
use goward_govern::check::{Asked, Releases, judge};
use goward_govern::finding::Place;
use goward_govern::fix::Wish;
use goward_govern::repo::Repository;
use goward_resolver::Version;
use std::path::PathBuf;

/// The names of the targets, each with its check.
pub const ALL: &[(&str, fn(&[u8]))] = &[
    ("azure", |data| check("azure", data)),
    ("circle", |data| check("circle", data)),
    ("devcontainer", |data| check("devcontainer", data)),
    ("dockerfile", |data| check("dockerfile", data)),
    ("gitlab", |data| check("gitlab", data)),
    ("golangci", |data| check("golangci", data)),
    ("makefile", |data| check("makefile", data)),
    ("others", others),
    ("pipeline", |data| check("pipeline", data)),
    ("policy", policy),
    ("travis", |data| check("travis", data)),
    ("workflow", |data| check("workflow", data)),
];

/// The file of each target.
const FILES: &[(&str, &str)] = &[
    ("azure", "azure-pipelines.yml"),
    ("circle", ".circleci/config.yml"),
    ("devcontainer", ".devcontainer/devcontainer.json"),
    ("dockerfile", "Dockerfile"),
    ("gitlab", ".gitlab-ci.yml"),
    ("golangci", ".golangci.yml"),
    ("makefile", "Makefile"),
    ("pipeline", ".woodpecker.yml"),
    ("policy", ".goward.toml"),
    ("travis", ".travis.yml"),
    ("workflow", ".github/workflows/ci.yml"),
];

/// Files with a reader of their own, of the target `others`: its first byte chooses one.
const OTHERS: [&str; 9] = [
    "mise.toml",
    ".prototools",
    ".vfox.toml",
    "devbox.json",
    "compose.yml",
    ".goreleaser.yml",
    ".pre-commit-config.yaml",
    ".promu.yml",
    "Earthfile",
];

fn releases() -> Releases {
    let parse = |text: &&str| Version::parse(text).expect("a version");
    let known = ["1.20.14", "1.24.3", "1.25.5", "1.26.6", "1.27.3"].iter().map(parse).collect();
    let supported = ["1.26", "1.27"].iter().map(parse).collect();
    Releases { known, supported, as_of: "2026-11-22".to_owned() }
}

/// Checks one file, beside a module and a pin.
fn check(target: &str, data: &[u8]) {
    let (_, path) = FILES.iter().find(|(name, _)| *name == target).expect("a target of ours");
    file(path, data);
}

fn others(data: &[u8]) {
    let Some((first, data)) = data.split_first() else { return };
    file(OTHERS[usize::from(*first) % OTHERS.len()], data);
}

fn file(path: &str, data: &[u8]) {
    let files = [("go.mod", "module m\n\ngo 1.26.0\n"), (".go-version", "1.27.3\n"), (path, "")];
    let mut repository = Repository::of(&files);
    repository.set(path, data.to_vec());
    found(&repository, &RepoPolicy::default(), (path, data));
}

/// Checks a policy, with a file that its patterns may be for.
fn policy(data: &[u8]) {
    let Ok(policy) = RepoPolicy::parse(data) else { return };
    let file = "versions.json";
    let text = "{\"go_version\": \"1.24.3\"}\n";
    let repository = Repository::of(&[("go.mod", "module m\n\ngo 1.26.0\n"), (file, text)]);
    found(&repository, &policy, (file, text.as_bytes()));
}

fn found(repository: &Repository, policy: &RepoPolicy, (path, data): (&str, &[u8])) {
    let (releases, within, wish) = (&releases(), &[String::new()][..], &Wish::default());
    let asked = Asked { policy, allows: true, releases, within, wish, beside: None };
    let judged = judge(repository, &asked);
    let lines = 1 + data.iter().filter(|byte| **byte == b'\n').count();
    let within = |at: &Place| {
        let (line, columns) = (at.line as usize, at.columns.unwrap_or((1, 2)));
        assert!(at.file != path || line <= lines && columns.0 < columns.1, "{at:?}");
    };
    for finding in &judged.report.findings {
        within(&finding.at);
        finding.related.iter().for_each(|related| within(&related.at));
    }
    judged.report.unresolved.iter().for_each(|open| within(&open.at));
    for edit in judged.edits.iter().filter(|edit| edit.file == path) {
        assert!(edit.start <= edit.end && edit.end <= data.len(), "{edit:?}");
    }
}

/// Seeds: the files of the corpus of forms.
///
/// # Errors
/// If it cannot be read.
pub fn seeds() -> std::io::Result<Vec<(&'static str, Vec<u8>)>> {
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../crates/govern/tests/corpus");
    let mut seeds = Vec::new();
    for entry in std::fs::read_dir(corpus)? {
        let text = ["\n", &std::fs::read_to_string(entry?.path())?].concat();
        for member in text.split("\n-- ").skip(1) {
            let Some((path, text)) = member.split_once(" --\n") else { continue };
            let of_kind = |(target, file): &&(&str, &str)| {
                path == *file || *target == "workflow" && path.contains("workflows/")
            };
            if let Some((target, _)) = FILES.iter().find(of_kind) {
                seeds.push((*target, format!("{text}\n").into_bytes()));
            }
            if let Some(at) = (0..).zip(OTHERS).find(|(_, file)| path == *file).map(|(at, _)| at) {
                seeds.push(("others", [&[at], text.as_bytes(), b"\n"].concat()));
            }
        }
    }
    Ok(seeds)
}

//! Settings of tools that are told a version of Go: golangci-lint, goreleaser, pre-commit, promu.

use super::means::{Left, Means};
use super::source::ClaimFile;
use super::yaml::Node;
use super::{Builds, COMPUTED, ClaimKind, Claims};
use crate::kind::FileKind;
use crate::repo::directory_of;
use toml::de::DeTable;

/// Adds the claims of a file to none.
pub(super) fn read(claims: &mut Claims, kind: FileKind, (path, bytes): (&str, &[u8])) {
    let numbers = kind != FileKind::Promu;
    let mut source = ClaimFile { claims, path, directory: directory_of(path), numbers };
    if path.ends_with(".toml") {
        return of_toml(&mut source, bytes);
    }
    let tree = match path.ends_with(".json") {
        true => source.json(bytes),
        false => source.document(bytes),
    };
    let Some(tree) = tree else { return };
    let left = Left::new();
    // Anchors make a file longer than it is.
    if left.take(tree.weight).is_some() {
        match kind {
            FileKind::Golangci => {
                let version = tree.get("run").and_then(|run| run.get("go"));
                take(&mut source, version.map(|version| &**version), Builds::Linted);
            }
            FileKind::Goreleaser => goreleaser(&mut source, &tree),
            FileKind::PreCommit => pre_commit(&mut source, &tree),
            _ => {
                let version = tree.get("go").and_then(|go| go.get("version"));
                take(&mut source, version.map(|version| &**version), Builds::Doubtful);
            }
        }
    }
    source.end(&left);
}

/// `run.go` of golangci-lint, in TOML.
fn of_toml(source: &mut ClaimFile<'_>, bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).ok();
    let Some((text, table)) = text.and_then(|text| Some((text, DeTable::parse(text).ok()?))) else {
        return source.claims.unreadable(source.path, 1, "not valid TOML");
    };
    let run = table.get_ref().get("run").and_then(|run| run.get_ref().as_table());
    let Some(version) = run.and_then(|run| run.get("go")) else { return };
    let Some(said) = version.get_ref().as_str().filter(|said| !said.trim().is_empty()) else {
        return;
    };
    let (before, line) = text.split_at(version.span().start);
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let Some(within) = line.find(said) else { return };
    let number = |count: usize| u32::try_from(count).unwrap_or(1);
    let column = 1 + before[start..].chars().count() + line[..within].chars().count();
    let means = Means::written(said, number(1 + before.matches('\n').count()), number(column));
    let said = source.versions(vec![means]);
    source.claim((ClaimKind::Tool, Builds::Linted), said, None);
}

/// `gobinary`, which is `tool` from version 2 on: `go`, or a release's own name.
fn goreleaser(source: &mut ClaimFile<'_>, tree: &Node) {
    for build in tree.get("builds").map_or(&[][..], |builds| builds.items()) {
        for tool in ["tool", "gobinary"].iter().filter_map(|key| build.get(key)) {
            let text = tool.text().unwrap_or_default();
            let name = text.rsplit('/').next().unwrap_or_default();
            if name.starts_with("go1") || text.contains("{{") {
                take(source, Some(tool), Builds::Switching);
            }
        }
    }
}

/// The version for all hooks in Go, and those of single ones.
fn pre_commit(source: &mut ClaimFile<'_>, tree: &Node) {
    let of_all = tree.get("default_language_version").and_then(|all| all.get("golang"));
    let mut all: Vec<&Node> = of_all.map(|version| &**version).into_iter().collect();
    for repo in tree.get("repos").map_or(&[][..], |repos| repos.items()) {
        for hook in repo.get("hooks").map_or(&[][..], |hooks| hooks.items()) {
            let language = hook.get("language").and_then(|language| language.text());
            if language == Some("golang") {
                all.extend(hook.get("language_version").map(|version| &**version));
            }
        }
    }
    for version in all {
        // pre-commit's own words for a Go that it finds or chooses.
        if !matches!(version.text(), Some("system" | "default")) {
            take(source, Some(version), Builds::Doubtful);
        }
    }
}

fn take(source: &mut ClaimFile<'_>, version: Option<&Node>, builds: Builds) {
    let Some(version) = version else { return };
    match version.text().map(str::trim) {
        None | Some("") => {}
        Some(text) if text.contains(['{', '$']) => source.open(version, COMPUTED),
        Some(_) => {
            let said = source.versions(vec![Means::trimmed(version)]);
            source.claim((ClaimKind::Tool, builds), said, None);
        }
    }
}

//! Lines that a comment marks: the one behind `# renovate: …` for Go, and one that ends in
//! `# goward: go-version`.

use super::means::Means;
use super::source::ClaimFile;
use super::{Builds, ClaimKind, Claims, NO_VERSION};
use crate::finding::Place;
use crate::repo::directory_of;
use std::collections::HashSet;

/// The mark of goward's own.
const MARK: &str = "goward: go-version";
/// What Renovate calls releases of Go.
const RENOVATE: [&str; 5] = [
    "datasource=golang-version",
    "datasource=docker depName=golang",
    "datasource=docker packageName=golang",
    "datasource=github-tags depName=golang/go",
    "datasource=github-releases depName=golang/go",
];

/// Adds the claims of marked lines about which nothing is known yet.
pub(super) fn read(claims: &mut Claims, path: &str, bytes: &[u8]) {
    // Most files have none.
    let Some(text) = std::str::from_utf8(bytes)
        .ok()
        .filter(|text| text.contains("renovate:") || text.contains(MARK))
    else {
        return;
    };
    let said = claims.claims.iter().flat_map(|claim| claim.said.iter().map(|said| said.at.line));
    let open = claims.unresolved.iter().map(|open| open.at.line);
    let found = claims.findings.iter().map(|finding| finding.at.line);
    let known: HashSet<u32> = said.chain(open).chain(found).collect();
    let mut source = ClaimFile { claims, path, directory: directory_of(path), numbers: false };
    let mut marked = false;
    for (line, number) in text.lines().zip(1..) {
        let own = line.trim_end().strip_suffix(MARK).is_some_and(|before| {
            let before = before.trim_end();
            before.ends_with('#') || before.ends_with("//")
        });
        let here = marked || own;
        let comment = line.split_once("renovate:");
        marked = comment.is_some_and(|(_, words)| is_of_go(words)) || marked && comment.is_some();
        if !here || known.contains(&number) || comment.is_some() {
            continue;
        }
        let Some(bytes) = version(line) else {
            source.claims.open(Place::line(path, number), NO_VERSION);
            continue;
        };
        let column = u32::try_from(line[..bytes.start].chars().count()).unwrap_or_default() + 1;
        let said = source.versions(vec![Means::written(&line[bytes], number, column)]);
        source.claim((ClaimKind::Tool, Builds::Doubtful), said, None);
    }
}

/// Whether the words of Renovate's comment are about Go.
fn is_of_go(words: &str) -> bool {
    let words: Vec<&str> = words.split_whitespace().collect();
    let words = words.join(" ");
    RENOVATE.iter().any(|begin| {
        words.match_indices(begin).any(|(at, begin)| {
            words[at + begin.len()..].chars().next().is_none_or(|next| next == ' ')
        })
    })
}

/// The first version in a line.
fn version(line: &str) -> Option<std::ops::Range<usize>> {
    let bytes = line.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let ends = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'.';
        let length = bytes[at..].iter().take_while(ends).count();
        let before = line[..at].trim_end_matches("go").chars().next_back();
        let apart = before.is_none_or(|c| !c.is_alphanumeric() && c != '.')
            || line[..at].ends_with(['v', 'V']);
        let word = &line[at..at + length];
        // A file's name may follow: `1.22.3.linux-amd64.tar.gz`.
        let end = word.find(".l").or(word.find(".w")).or(word.find(".d")).or(word.find(".s"));
        let word = &word[..end.unwrap_or(length)];
        if apart && word.contains('.') && goward_resolver::Version::parse(word).is_some() {
            return Some(at..at + word.len());
        }
        at += length.max(1);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_version_of_a_line_is_found() {
        for (line, wants) in [
            ("GO_VERSION=1.22.3", "1.22.3"),
            ("  version: \"1.22\" # goward: go-version", "1.22"),
            ("curl -O https://go.dev/dl/go1.22.3.linux-amd64.tar.gz", "1.22.3"),
            ("FROM golang:1.22-alpine3.19", "1.22"),
            ("sha256sum abc1.22 1.23rc1", "1.23rc1"),
            ("v1.22.3", "1.22.3"),
            ("one 2 three", ""),
            ("é1.22", ""),
        ] {
            let found = version(line).map_or("", |bytes| &line[bytes]);
            assert_eq!(found, wants, "{line}");
        }
        assert!(is_of_go(" datasource=golang-version depName=golang"));
        assert!(is_of_go(" datasource=docker  depName=golang versioning=docker"));
        assert!(!is_of_go(" datasource=docker depName=golangci/golangci-lint"));
        assert!(!is_of_go(" datasource=docker depName=node"));
    }
}

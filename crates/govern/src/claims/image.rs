//! Names of container images that have a Go in them.

use goward_resolver::Selector;
use std::ops::Range;

/// An image, as a `FROM` or a `container:` names it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Image {
    /// The Go in it; `None` if the name does not say.
    pub(crate) says: Option<Selector>,
    /// The text that says so: the version, or the image and its tag where that means the newest Go.
    pub(crate) text: String,
    /// The bytes of the name that say so.
    pub(crate) range: Range<usize>,
    /// The part of the tag behind the version that names a release of a system, or something else that the image
    /// of another Go may lack: `alpine3.20`.
    pub(crate) tied: Option<String>,
    /// Whether it is the official image or a copy of it, which sets `GOTOOLCHAIN=local`.
    pub(crate) official: bool,
}

/// The last parts of names of images of which the tag begins with the version of Go.
const KNOWN: [&str; 9] = [
    "cimg/go",
    "circleci/golang",
    "bitnami/golang",
    "oss/go/microsoft/golang",
    "chainguard/go",
    "go-toolset",
    "golang-builder",
    "goreleaser-cross",
    "devcontainers/go",
];

/// Last parts of names of images with a Go in them, whose tags have a meaning of their own.
const OTHERS: [&str; 3] = ["go-builder", "kube-cross", "golang-cross"];

/// Parts of tags that stay from one Go to the next.
const LASTING: [&str; 8] =
    ["alpine", "base", "browsers", "nanoserver", "node", "slim", "windowsservercore", "fips"];

impl Image {
    /// `None` if the name is not that of an image of Go.
    pub(crate) fn parse(name: &str) -> Option<Image> {
        let (name, digest) = match name.split_once('@') {
            Some((name, _)) => (name, true),
            None => (name, false),
        };
        // A colon before the last slash is that of a port.
        let last = name.rfind('/').map_or(0, |at| at + 1);
        let (repository, tag) = match name[last..].split_once(':') {
            Some((end, tag)) => (&name[..last + end.len()], Some(tag)),
            None => (name, None),
        };
        let is = |known: &str| {
            let rest = repository.strip_suffix(known);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        let named = KNOWN.iter().any(|known| is(known));
        let official = !named && is("golang");
        let whole = 0..name.len();
        if OTHERS.iter().any(|other| is(other)) {
            let text = name.to_owned();
            return Some(Image { says: None, text, range: whole, tied: None, official });
        }
        if !(named || official) {
            return None;
        }
        let (range, says, tied) = match tag {
            // Only its digest says.
            None if digest => (whole, None, None),
            None => (whole, Some(Selector::Latest), None),
            Some(tag) => {
                let of_go = match tag.split_once('-') {
                    // The version of the image may come first: `1-1.22-bookworm`, `1.22-bookworm`.
                    Some((_, tag)) if is("devcontainers/go") && begins_with_digit(tag) => tag,
                    _ if is("goreleaser-cross") => tag.strip_prefix('v').unwrap_or(tag),
                    _ => tag,
                };
                let start = name.len() - of_go.len();
                let version = of_go.split('-').next().unwrap_or_default();
                let others = of_go.split_once('-').map(|(_, others)| others);
                let is_tied =
                    |others: &&str| others.split('-').any(|part| !LASTING.contains(&part));
                let tied = others.filter(is_tied).map(str::to_owned);
                (start..start + version.len(), selector(version, official), tied)
            }
        };
        let range = match says {
            Some(Selector::Latest) => last..name.len(),
            _ => range,
        };
        Some(Image { says, text: name[range.clone()].to_owned(), range, tied, official })
    }
}

fn begins_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// The Go of the first part of a tag.
fn selector(version: &str, official: bool) -> Option<Selector> {
    let number = begins_with_digit(version);
    match version {
        "1" | "latest" => Some(Selector::Latest),
        "tip" | "rc" | "" => None,
        // Red Hat's images may be named by a release of the system: `go-toolset:9.7-1776962329`.
        _ if number && (official || version.starts_with("1.")) => {
            match Selector::parse(version).ok()? {
                says @ (Selector::Exact(_) | Selector::Minor(_)) => Some(says),
                _ => None,
            }
        }
        // `alpine`, `bookworm`: a system, with the newest Go.
        _ if official && version.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.') => {
            Some(Selector::Latest)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_say_which_go() {
        for (name, want) in [
            ("golang", "latest"),
            ("golang:1", "latest"),
            ("golang:latest", "latest"),
            ("golang:alpine", "latest"),
            ("golang:alpine3.23", "latest"),
            ("golang:bookworm", "latest"),
            ("golang:1.31", "1.31"),
            ("golang:1.31-bookworm", "1.31"),
            ("golang:1.31.4-alpine3.23", "1.31.4"),
            ("golang:1.31rc1-alpine", "1.31rc1"),
            ("golang:1.31.4@sha256:0123", "1.31.4"),
            ("docker.io/library/golang:1.31", "1.31"),
            ("localhost:5000/mirror/golang:1.31", "1.31"),
            ("cimg/go:1.31-node", "1.31"),
            ("mcr.microsoft.com/oss/go/microsoft/golang:1.31-bullseye", "1.31"),
            ("registry.example/ubi9/go-toolset:1.31.4-2", "1.31.4"),
            ("registry.example/ubi9/go-toolset:9.7-1776962329", ""),
            ("golang:tip-alpine", ""),
            ("golang@sha256:0123", ""),
            ("golang:1.31.x", "1.31"),
            ("golang:$V", ""),
            ("mcr.microsoft.com/devcontainers/go:1-1.31-bookworm", "1.31"),
            ("mcr.microsoft.com/devcontainers/go:1.31-bookworm", "1.31"),
            ("mcr.microsoft.com/devcontainers/go:dev-1.31-bookworm", "1.31"),
            ("mcr.microsoft.com/devcontainers/go:1.31", "1.31"),
            ("mcr.microsoft.com/devcontainers/go:1-bookworm", "latest"),
            ("mcr.microsoft.com/devcontainers/go:1", "latest"),
            ("mcr.microsoft.com/devcontainers/go:dev-bookworm", ""),
            ("ghcr.io/goreleaser/goreleaser-cross:v1.31.4", "1.31.4"),
            ("quay.io/prometheus/golang-builder:1.31-base", "1.31"),
            ("ghcr.io/acme/go-builder:latest", ""),
        ] {
            let image = Image::parse(name).unwrap_or_else(|| panic!("{name}"));
            let says = image.says.map(|says| says.to_string()).unwrap_or_default();
            assert_eq!(says, want, "{name}");
        }
        for name in
            ["alpine:3.23", "golangci/golangci-lint:v2.1", "mygolang:1.31", "node", "", "a/go:1"]
        {
            assert_eq!(Image::parse(name), None, "{name}");
        }
        for (name, wants) in [
            ("golang:1.31-alpine3.23", "alpine3.23"),
            ("golang:1.31-bookworm", "bookworm"),
            ("golang:1.31.4-windowsservercore-ltsc2022", "windowsservercore-ltsc2022"),
            ("mcr.microsoft.com/devcontainers/go:1-1.31-trixie", "trixie"),
            ("registry.example/ubi9/go-toolset:1.31.4-2", "2"),
            ("golang:1.31-alpine", ""),
            ("cimg/go:1.31-node", ""),
            ("golang:1.31", ""),
            ("golang", ""),
        ] {
            assert_eq!(Image::parse(name).unwrap().tied.unwrap_or_default(), wants, "{name}");
        }
        assert!(Image::parse("golang:1.31").unwrap().official);
        assert!(!Image::parse("cimg/go:1.31").unwrap().official);
    }
}

//! The page of a directory, as web servers make it (nginx, Apache, Caddy, lighttpd, Python), and
//! the names in a directory of this machine. A listing names releases; it vouches for none.
//!
//! goward follows no link of a page. A link counts if it leads to a file in the same directory that
//! has the name of a Go archive; then only its name is used.

use super::{Archive, Entry, SOURCE};
use crate::error::{Error, Result, reject};
use crate::fetch::url::{Url, decoded};
use crate::platform::Platform;
use goward_resolver::Version;
use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};
use std::collections::{BTreeMap, BTreeSet};

/// The most bytes that a name may have.
const MAX_NAME: usize = 128;
/// Further files of a directory are ignored.
pub(super) const MAX_FILES: usize = 100_000;
/// In bytes: a page's base URL may be joined to each of its links.
const MAX_LINK: usize = 1024;

/// The releases that the page at `base`, a directory, links to.
///
/// # Errors
/// If it links to none.
pub(super) fn parse(base: &str, page: &[u8]) -> Result<Vec<Entry>> {
    let Ok(base) = Url::parse(base) else { return Err(none()) };
    let (mut from, mut moved, mut looked_at) = (base.clone(), false, 0);
    let mut names = BTreeSet::new();
    for (tag, link) in links(page) {
        let Ok(link) = std::str::from_utf8(&link) else { continue };
        let (link, short) = (link.trim(), link.len() <= MAX_LINK);
        match tag {
            // The first of two counts.
            Tag::Base if moved => {}
            Tag::Base if !short => break,
            Tag::Base => {
                moved = true;
                from = resolve(&from, link).unwrap_or(from);
            }
            Tag::Anchor if short && may_name_an_archive(link) => {
                looked_at += 1;
                let name = resolve(&from, link).and_then(|to| file_of(&base, &to));
                names.extend(name.filter(|name| archive(name).is_some()));
            }
            Tag::Anchor => {}
        }
        if looked_at == MAX_FILES {
            break;
        }
    }
    of_names(names)
}

/// The tags that have a URL.
#[derive(Clone, Copy)]
enum Tag {
    Anchor,
    Base,
}

/// The targets of a page's links, in their order.
fn links(page: &[u8]) -> impl Iterator<Item = (Tag, Vec<u8>)> {
    let (mut tag, mut is_href, mut had_href) = (None, false, false);
    let mut emitter = CallbackEmitter::new(move |event: CallbackEvent<'_>, _: Span<()>| {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                tag = match name {
                    b"a" => Some(Tag::Anchor),
                    b"base" => Some(Tag::Base),
                    _ => None,
                };
                (is_href, had_href) = (false, false);
            }
            CallbackEvent::AttributeName { name } => {
                // The first of two counts.
                is_href = name == b"href" && !had_href;
                had_href |= is_href;
            }
            CallbackEvent::AttributeValue { value } if is_href => {
                return tag.map(|tag| (tag, value.to_vec()));
            }
            CallbackEvent::CloseStartTag { .. } => tag = None,
            _ => {}
        }
        None
    });
    // Links inside of scripts, styles and comments are none.
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(page, emitter).map(|Ok(link)| link)
}

/// The URL of a link. Dots in a path are understood only if they name the directory itself, as
/// Caddy writes them.
fn resolve(from: &Url, link: &str) -> Option<Url> {
    let link = link.strip_prefix("./").unwrap_or(link);
    from.follow(link).ok()
}

/// Whether a link ends with the name of an archive; no other link needs to be resolved.
fn may_name_an_archive(link: &str) -> bool {
    let link = link.split('#').next().unwrap_or(link);
    let name = link.rsplit('/').next().unwrap_or(link);
    String::from_utf8(decoded(name)).is_ok_and(|name| archive(&name).is_some())
}

/// The name of the file to which `to` leads, if it lies in the directory `base` itself.
fn file_of(base: &Url, to: &Url) -> Option<String> {
    let directory = base.uri().path();
    let name = to.uri().path().strip_prefix(directory)?;
    let there = to.endpoint() == base.endpoint() && directory.ends_with('/');
    let plain = to.uri().query().is_none() && !name.contains('/');
    (there && plain).then(|| String::from_utf8(decoded(name)).ok()).flatten()
}

/// The releases whose archives have these names. Any other name is skipped.
///
/// # Errors
///
/// If there is none.
pub(super) fn of_names(names: impl IntoIterator<Item = String>) -> Result<Vec<Entry>> {
    let mut releases: BTreeMap<Version, BTreeMap<String, Archive>> = BTreeMap::new();
    for name in names {
        let Some((version, archive)) = archive(&name) else { continue };
        releases.entry(version).or_default().insert(name, archive);
    }
    if releases.is_empty() {
        return Err(none());
    }
    let entry = |(version, archives): (_, BTreeMap<_, _>)| Entry {
        version,
        archives: archives.into_values().collect(),
    };
    Ok(releases.into_iter().map(entry).collect())
}

/// Parses `go1.22.10.linux-amd64.tar.gz`, `go1.22.10.windows-amd64.zip`, `go1.22.10.src.tar.gz`.
/// The name must equal the one that its parsed parts give, so it holds nothing else.
fn archive(name: &str) -> Option<(Version, Archive)> {
    let (stem, end) =
        [".tar.gz", ".zip"].iter().find_map(|end| Some((name.strip_suffix(end)?, end)))?;
    let (version, platform) = stem.strip_prefix("go")?.rsplit_once('.')?;
    let version = Version::parse(version)?;
    let (os, arch) = match platform {
        SOURCE => (SOURCE, ""),
        _ => {
            Platform::parse(platform)?;
            platform.split_once('-')?
        }
    };
    if name.len() > MAX_NAME || name != format!("go{version}.{platform}{end}") {
        return None;
    }
    let (file_name, os, arch) = (name.to_owned(), os.to_owned(), arch.to_owned());
    Some((version, Archive { file_name, os, arch, digest: None, size: None }))
}

fn none() -> Error {
    reject("no Go archive is listed there").absent()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(base: &str, page: &str) -> Vec<String> {
        let entries = parse(base, page.as_bytes()).unwrap_or_default();
        let archives = entries.into_iter().flat_map(|entry| entry.archives);
        archives.map(|archive| archive.file_name).collect()
    }

    const FILE: &str = "go1.22.10.linux-amd64.tar.gz";

    /// The servers themselves made these pages of one directory; `tests/mirror/listings.py` makes
    /// them anew.
    #[test]
    fn the_pages_of_real_servers_are_read() {
        let pages = [
            ("nginx", include_str!("listings/nginx.html")),
            ("nginx fancyindex", include_str!("listings/nginx-fancyindex.html")),
            ("Apache, plain", include_str!("listings/apache-plain.html")),
            ("Apache, fancy", include_str!("listings/apache-fancy.html")),
            ("Apache, table", include_str!("listings/apache-table.html")),
            ("Caddy", include_str!("listings/caddy.html")),
            ("lighttpd", include_str!("listings/lighttpd.html")),
            ("Python", include_str!("listings/python.html")),
        ];
        for (server, page) in pages {
            let entries = parse("http://127.0.0.1/golang/", page.as_bytes()).unwrap();
            let versions: Vec<_> = entries.iter().map(|entry| entry.version().as_str()).collect();
            assert_eq!(versions, ["1.22.0", "1.22.10", "1.23.2", "1.25rc1"], "{server}");
            let archives: Vec<_> =
                entries[2].archives.iter().map(|a| a.file_name.as_str()).collect();
            let there = [
                "go1.23.2.darwin-arm64.tar.gz",
                "go1.23.2.linux-amd64.tar.gz",
                "go1.23.2.linux-armv6l.tar.gz",
                "go1.23.2.src.tar.gz",
                "go1.23.2.windows-amd64.zip",
            ];
            assert_eq!(archives, there, "{server}");
            assert!(
                entries[2]
                    .artifact(crate::query::Artifact::SourceCode, &Platform::host())
                    .is_some(),
                "{server}"
            );
            assert!(
                entries[2].archive(&Platform::parse("linux/arm").unwrap()).is_some(),
                "{server}"
            );
            assert!(entries.iter().flat_map(|e| &e.archives).all(|a| a.digest.is_none()));
        }
    }

    #[test]
    fn links_lead_to_the_directory_itself() {
        for link in [
            FILE,
            "./go1.22.10.linux-amd64.tar.gz",
            "/dl/go1.22.10.linux-amd64.tar.gz",
            "//x.example/dl/go1.22.10.linux-amd64.tar.gz",
            "https://X.example:443/dl/go1.22.10.linux-amd64.tar.gz",
            "go1%2E22.10.linux%2Damd64.tar.gz",
            " go1.22.10.linux-amd64.tar.gz\n",
            "go1.22.10.linux-amd64.tar.gz#top",
            "go1&#46;22.10.linux-amd64&period;tar.gz",
        ] {
            let page = format!("<p><A class=x HREF='{link}'>a name</A>");
            assert_eq!(names("https://x.example/dl/", &page), [FILE], "{link}");
        }
        for link in [
            "https://y.example/dl/go1.22.10.linux-amd64.tar.gz",
            "//y.example/dl/go1.22.10.linux-amd64.tar.gz",
            "http://x.example/dl/go1.22.10.linux-amd64.tar.gz",
            "https://x.example:8443/dl/go1.22.10.linux-amd64.tar.gz",
            "https://x.example@y.example/dl/go1.22.10.linux-amd64.tar.gz",
            "/go1.22.10.linux-amd64.tar.gz",
            "../dl/go1.22.10.linux-amd64.tar.gz",
            "old/go1.22.10.linux-amd64.tar.gz",
            "old%2Fgo1.22.10.linux-amd64.tar.gz",
            "go1.22.10.linux-amd64.tar.gz?x",
            "?go1.22.10.linux-amd64.tar.gz",
            "#go1.22.10.linux-amd64.tar.gz",
            "javascript:go1.22.10.linux-amd64.tar.gz",
            "file:///dl/go1.22.10.linux-amd64.tar.gz",
            "\\go1.22.10.linux-amd64.tar.gz",
            "",
        ] {
            let page = format!("<a href=\"{link}\">{FILE}</a>");
            assert!(names("https://x.example/dl/", &page).is_empty(), "{link}");
        }
        let moved = format!("<base href='/dl/'><a href='{FILE}'>");
        assert_eq!(names("https://x.example/dl/", &moved), [FILE]);
        let twice = format!("<base href='/dl/'><base href='/x/'><a href='{FILE}'>");
        assert_eq!(names("https://x.example/dl/", &twice), [FILE]);
        let away = format!("<base href='//y.example/dl/'><a href='{FILE}'>");
        assert!(names("https://x.example/dl/", &away).is_empty());
    }

    #[test]
    fn only_links_count() {
        for page in [
            format!("<!-- <a href='{FILE}'> -->"),
            format!("<script>'<a href=\"{FILE}\">'</script>"),
            format!("<style><a href='{FILE}'></style>"),
            format!("<title><a href='{FILE}'></title>"),
            format!("<textarea><a href='{FILE}'>"),
            format!("<link href='{FILE}'><img src='{FILE}'>{FILE}"),
            format!("<p title=\"<a href='{FILE}'>\">"),
            format!("<a name='{FILE}'><a><a href>"),
            format!("<a href='x' href='{FILE}'>"),
            format!("<a></a href='{FILE}'>"),
            format!("<a name=href title='{FILE}'>"),
        ] {
            assert!(names("https://x.example/dl/", &page).is_empty(), "{page}");
        }
    }

    #[test]
    fn only_names_of_archives_count() {
        for good in
            [FILE, "go1.21.0.windows-386.zip", "go1.25rc1.linux-riscv64.tar.gz", "go1.4.src.tar.gz"]
        {
            assert!(archive(good).is_some(), "{good}");
        }
        for bad in [
            "go1.22.10.linux-amd64.tar.xz",
            "go1.22.10.linux-amd64.pkg",
            "go1.22.10.linux-amd64.tar.gz.asc",
            "go1.22.10.linux-amd64.tar.gz.sha256",
            "go1.22.10-corp.linux-amd64.tar.gz",
            "go1.22.10.linux.tar.gz",
            "go1.22.10.linux/amd64.tar.gz",
            "go1.22.10.linux-amd64-x.tar.gz",
            "go1.22.10.Linux-amd64.tar.gz",
            "go01.22.10.linux-amd64.tar.gz",
            "go.linux-amd64.tar.gz",
            "xgo1.22.10.linux-amd64.tar.gz",
            "../go1.22.10.linux-amd64.tar.gz",
            "go1.22.10\u{202e}.linux-amd64.tar.gz",
            "go1.22.10.linux-amd64\x1b[2J.tar.gz",
            "go1.3rc1.darwin-amd64-osx10.8.tar.gz",
            ".zip",
            "",
        ] {
            assert!(archive(bad).is_none(), "{bad:?}");
        }
    }

    /// The base URL that each link is joined to is short.
    #[test]
    fn no_page_multiplies_itself() {
        let long = format!("<base href='/{}/'>", "x".repeat(60_000));
        let pages = [
            long.clone() + &"<a href=x>".repeat(100_000),
            long + &format!("<a href={FILE}>").repeat(100_000),
            "<base href=x/>".repeat(100_000),
        ];
        let since = std::time::Instant::now();
        for page in &pages {
            assert!(names("https://x.example/dl/", page).is_empty());
        }
        assert!(since.elapsed().as_secs() < 30, "{:?}", since.elapsed());
    }

    /// Reading any page ends soon, and gives no more than the limits allow.
    #[test]
    fn pages_are_read_in_bounds() {
        let deep = "<a ".repeat(1 << 18) + &"<div".repeat(1 << 18);
        let open = format!("<a href='{}", "x".repeat(1 << 20));
        let many = format!("<a {}>", (0..50_000).map(|at| format!("b{at} ")).collect::<String>());
        for page in [deep.as_str(), &open, &many, "<", "<!", "<!--", "<a href=", "&#", "\0\u{fffd}"]
        {
            assert!(names("https://x.example/dl/", page).is_empty());
        }
        assert!(
            parse("https://x.example/dl/", b"<a href='go1.22.10.linux-amd64\xff.zip'>").is_err()
        );
        let links = |count: usize| -> String {
            (0..count).map(|at| format!("<a href=go1.{at}.linux-amd64.zip>")).collect()
        };
        let page = links(MAX_FILES + 9);
        assert_eq!(names("https://x.example/dl/", &page).len(), MAX_FILES);
    }
}

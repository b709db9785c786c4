//! `<root>/config.toml`: the settings that a user wants to keep.
//!
//! ```toml
//! mirrors = ["https://go.example/dl/", "file:///srv/go/"]   # GOWARD_MIRROR
//! mirror-digests = "own"                                    # GOWARD_MIRROR_DIGESTS
//! offline = true                                            # GOWARD_OFFLINE
//! dist-url = "https://mirror.example/goward/"               # GOWARD_DIST_URL
//!
//! [policy]
//! minimum = "1.24.5"                                        # GOWARD_MINIMUM
//! ```
//!
//! A variable that is set beats its key. An unknown key is a warning: it may be a newer goward's.
//! In `[policy]` it is an error: a misspelt policy that goward ignores is worse than none.

pub(crate) mod edit;
mod guard;
pub(crate) mod key;
pub(crate) mod policy_file;
pub(crate) mod setting;

use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use goward_installer::{CONFIG, Dist, Format, Mirror, Settings};
use goward_resolver::{Minimum, Roots, Version, quoted};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use toml::Spanned;
use toml::de::DeTable;

/// The most bytes that the file may have.
const LIMIT: usize = 1 << 20;
/// The keys that goward knows at its top.
const KEYS: [&str; 6] = ["format", "mirrors", "mirror-digests", "offline", "dist-url", "policy"];

/// A mistake in the file: its line, and the reason; on a further line, if there is one, the remedy.
pub(crate) type Fault = (usize, String);

/// The file's content.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Config {
    format: Option<u64>,
    mirrors: Option<Vec<Spanned<String>>>,
    mirror_digests: Option<Digests>,
    offline: Option<bool>,
    dist_url: Option<Spanned<String>>,
    #[serde(default)]
    policy: PolicyTable,
    /// The unknown keys, each with its place, for people.
    #[serde(skip)]
    pub(crate) unknown: Vec<String>,
}

/// The limits on the wishes of a repository's file, and on those of users, which only the policy file may
/// set.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PolicyTable {
    minimum: Option<Spanned<String>>,
    mirrors_only: Option<Spanned<bool>>,
    auto_install: Option<Spanned<AutoInstall>>,
    min_trust: Option<Spanned<String>>,
    check_rules: Option<Spanned<BTreeMap<Spanned<String>, Spanned<String>>>>,
}

/// Whether a miss in the shim installs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum AutoInstall {
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Digests {
    Own,
}

impl Config {
    /// Reads the file of the caller's root, at `path`; an absent one sets nothing. It names the
    /// mirrors and the witnesses of toolchains, so goward judges it as it judges the default.
    pub(crate) fn read(roots: &Roots<'_>, path: &Path) -> Result<Config> {
        let Some(text) = text(roots, path)? else { return Ok(Config::default()) };
        let mut config = Config::parse(&text).map_err(|fault| faulty(path, &fault))?;
        config.note_unknown(&text, path);
        Ok(config)
    }

    /// Keeps the keys of the text that goward does not know, for a warning.
    fn note_unknown(&mut self, text: &str, path: &Path) {
        self.format().tell(path);
        let unknown = unknown(text).into_iter();
        self.unknown = unknown
            .map(|(line, key)| format!("{}:{line}: unknown key {}", path.shown(), quoted(&key)))
            .collect();
    }

    /// The format of the file.
    pub(crate) fn format(&self) -> Format {
        Format::numbered(self.format.unwrap_or(1))
    }

    /// What the text of a user's file says.
    ///
    /// # Errors
    /// The line of the first mistake, and its reason.
    pub(crate) fn parse(text: &str) -> std::result::Result<Config, Fault> {
        let config = Config::parse_any(text)?;
        match config.policy.first_of_owner() {
            Some((key, at)) => {
                let file = policy_file::FILE;
                let why = format!("{key} is for the owner of the machine, who sets it in {file}");
                Err((line_of(text, at), why))
            }
            None => Ok(config),
        }
    }

    /// What the text of a user's file or of the policy file says.
    fn parse_any(text: &str) -> std::result::Result<Config, Fault> {
        let config: Config = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            (line, error.message().to_owned())
        })?;
        for mirror in config.mirrors.iter().flatten() {
            let (line, mirror) = (line_of(text, mirror.span().start), mirror.get_ref());
            if mirror.contains(',') {
                return Err((line, format!("mirror {mirror:?}: one URL for each entry")));
            }
            Mirror::parse(mirror, false).map_err(|error| (line, with_remedy(&error)))?;
        }
        if let Some(url) = &config.dist_url {
            let line = line_of(text, url.span().start);
            Dist::parse(url.get_ref()).map_err(|error| (line, with_remedy(&error)))?;
        }
        if let Some(minimum) = &config.policy.minimum
            && version(minimum.get_ref()).is_none()
        {
            let (line, minimum) = (line_of(text, minimum.span().start), minimum.get_ref());
            return Err((line, format!("minimum {minimum:?}: not a Go version such as 1.24.5")));
        }
        Ok(config)
    }

    /// The place of goward's own releases, by the value of GOWARD_DIST_URL, else by this file, else by the
    /// policy file below it.
    ///
    /// # Errors
    /// If the variable is no URL of a directory.
    pub(crate) fn dist(&self, below: Option<&Config>, variable: Option<&str>) -> Result<Dist> {
        let of_owner = below.and_then(|below| below.dist_url.as_ref());
        match (variable, self.dist_url.as_ref().or(of_owner)) {
            (Some(url), _) => Dist::parse(url).map_err(|error| {
                Failure::from(error).hint("GOWARD_DIST_URL in the environment says so")
            }),
            (None, Some(url)) => Ok(Dist::parse(url.get_ref())?),
            (None, None) => Ok(Dist::official()),
        }
    }

    /// The least version that goward installs for a repository's file, by this file at `path`.
    pub(crate) fn minimum(&self, path: &Path) -> Option<Minimum> {
        let version = version(self.policy.minimum.as_ref()?.get_ref())?;
        let set_by = format!("minimum = \"{version}\" in {}", path.shown());
        Some(Minimum { version, set_by })
    }

    /// Whether the file says anything of mirrors. A file's digests apply only to its own mirrors.
    fn names_mirrors(&self) -> bool {
        self.mirrors.is_some() || self.mirror_digests.is_some()
    }

    /// The settings by the environment (`var`), this file and the policy file below it together.
    pub(crate) fn settings(
        &self,
        below: Option<&Config>,
        var: impl Fn(&str) -> Option<String>,
    ) -> Result<Settings> {
        let named = var("GOWARD_MIRROR").is_some();
        let files = || [Some(self), below].into_iter().flatten();
        let with_mirrors = files().find(|file| file.names_mirrors()).unwrap_or(self);
        let Config { mirrors, mirror_digests, .. } = with_mirrors;
        let settings = Settings::from_vars(|key| {
            var(key).or_else(|| match key {
                "GOWARD_OFFLINE" => {
                    files().find_map(|file| file.offline).map(|on| u8::from(on).to_string())
                }
                "GOWARD_MIRROR" => mirrors.as_ref().map(|mirrors| list(mirrors)),
                "GOWARD_MIRROR_DIGESTS" if !named => mirror_digests.map(|_| "own".to_owned()),
                _ => None,
            })
        })?;
        Ok(settings)
    }
}

/// The text of the file of the caller's root, at `path`; `None` if there is none.
///
/// # Errors
/// If it is a link, is too large, can be written by another user, or is no text.
pub(crate) fn text(roots: &Roots<'_>, path: &Path) -> Result<Option<String>> {
    let cannot = |why: &str| {
        Failure::new(Exit::Failure, format!("cannot read {}", path.shown())).because(why)
    };
    let text = roots.own_file(CONFIG, LIMIT).map_err(|error| cannot(&error.to_string()))?;
    let text = text.map(|text| String::from_utf8(text.bytes)).transpose();
    text.map_err(|_| cannot("not UTF-8 text"))
}

/// An error of a value, and the first of its remedies.
fn with_remedy(error: &goward_installer::Error) -> String {
    let remedy = error.hints().first().map(|hint| format!("\n{hint}"));
    format!("{error}{}", remedy.unwrap_or_default())
}

/// The failure by a mistake in the file at `path`, with the keys as the remedy where the mistake has none of its own.
pub(crate) fn faulty(path: &Path, (line, why): &Fault) -> Failure {
    let failure = Failure::in_lines(Exit::Usage, &format!("{}:{line}: {why}", path.shown()));
    let keys = "keys are: mirrors, mirror-digests, offline, dist-url; in [policy]: minimum";
    if failure.hints.is_empty() { failure.hint(keys) } else { failure }
}

impl PolicyTable {
    /// A key that only the policy file may have, and the byte at which its value begins.
    fn first_of_owner(&self) -> Option<(&'static str, usize)> {
        let at = |span: std::ops::Range<usize>| span.start;
        [
            ("mirrors-only", self.mirrors_only.as_ref().map(|value| at(value.span()))),
            ("auto-install", self.auto_install.as_ref().map(|value| at(value.span()))),
            ("min-trust", self.min_trust.as_ref().map(|value| at(value.span()))),
            ("check-rules", self.check_rules.as_ref().map(|value| at(value.span()))),
        ]
        .into_iter()
        .find_map(|(key, at)| Some((key, at?)))
    }
}

/// The keys at the top of the file that goward does not know, with their lines.
fn unknown(text: &str) -> Vec<(usize, Vec<u8>)> {
    let Ok(table) = DeTable::parse(text) else { return Vec::new() };
    let keys = table.get_ref().keys().filter(|key| !KEYS.contains(&key.get_ref().as_ref()));
    let mut found: Vec<_> = keys
        .map(|key| (line_of(text, key.span().start), key.get_ref().as_bytes().to_vec()))
        .collect();
    found.sort();
    found
}

/// The line of the byte `at`.
fn line_of(text: &str, at: usize) -> usize {
    text[..at.min(text.len())].matches('\n').count() + 1
}

/// The mirrors in the spelling of the variable.
fn list(mirrors: &[Spanned<String>]) -> String {
    let mirrors: Vec<_> = mirrors.iter().map(|mirror| mirror.get_ref().as_str()).collect();
    mirrors.join(",")
}

/// A version, with `go` in front of it or not.
fn version(text: &str) -> Option<Version> {
    Version::parse(text.strip_prefix("go").unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str, vars: &[(&str, &str)]) -> Settings {
        let var = |key: &str| vars.iter().find(|(k, _)| *k == key).map(|(_, v)| v.to_string());
        Config::parse(text).unwrap().settings(None, var).unwrap()
    }

    #[test]
    fn variables_beat_the_file() {
        let file = "mirrors = ['https://a.example/', 'file:///b']\nmirror-digests = 'own'\noffline = true\n";
        let read = settings(file, &[]);
        assert!(read.offline);
        let bases: Vec<_> = read.mirrors.iter().map(Mirror::base).collect();
        assert_eq!(bases, ["https://a.example/", "file:///b/"]);
        assert!(read.mirrors.iter().all(Mirror::has_own_digests));
        let read = settings(file, &[("GOWARD_MIRROR", "file:///c"), ("GOWARD_OFFLINE", "0")]);
        assert!(!read.offline && read.mirrors[0].base() == "file:///c/");
        assert!(!read.mirrors[0].has_own_digests(), "the file vouches for its own mirrors only");
    }

    #[test]
    fn a_key_that_a_newer_goward_may_know_is_passed_over() {
        let text =
            "format = 2\nofline = true\n\n[check]\nminimum = '1'\n\n[policy]\nminimum = '1.21'\n";
        assert!(Config::parse(text).is_ok());
        assert_eq!(unknown(text), [(2, b"ofline".to_vec()), (4, b"check".to_vec())]);
        assert_eq!(unknown("offline = true\n"), []);
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, line, words) in [
            ("\n\noffline = 'yes'\n", 3, "expected a boolean"),
            ("mirrors = [\n'ftp://x/']\n", 2, "only https, http and file"),
            ("mirrors = ['file:///a,file:///b']", 1, "one URL for each entry"),
            ("mirror-digests = 'any'", 1, "unknown variant"),
            ("[policy]\nminimum = 'latest'", 2, "not a Go version"),
            ("[policy]\nminimal = '1.24'", 2, "unknown field `minimal`"),
            ("[policy]\n[policy.further]\nx = 1", 2, "unknown field `further`"),
            ("\ndist-url = 'file://x'", 2, "no place of releases"),
            ("format = 'new'", 1, "expected u64"),
            ("[policy]\n\nauto-install = 'never'", 3, "is for the owner of the machine"),
            ("[policy]\nmirrors-only = false", 2, "mirrors-only is for the owner"),
        ] {
            let (at, why) = Config::parse(text).unwrap_err();
            assert_eq!(at, line, "{why}");
            assert!(why.contains(words), "{why}");
        }
    }
}

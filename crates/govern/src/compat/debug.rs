//! GODEBUG: the settings whose default an older go line takes, and those that a release has removed. A module
//! with an older go line keeps an older behaviour until its setting is gone; that is what a newer toolchain
//! changes although the go line stays. The table is that of `internal/godebugs/table.go` in 1.21 to 1.27; a
//! test compares it.

use goward_resolver::Version;

/// A setting.
struct Setting {
    name: &'static str,
    /// The minor whose go line takes the newer behaviour; 0 if a go line does not matter.
    changed: u16,
    /// The values for the older behaviour; a go line below `changed` takes the first.
    old: &'static [&'static str],
    /// The minor that removed it.
    removed: Option<u16>,
}

const fn changed(name: &'static str, changed: u16, old: &'static [&'static str]) -> Setting {
    Setting { name, changed, old, removed: None }
}

const fn removed(mut setting: Setting, minor: u16) -> Setting {
    setting.removed = Some(minor);
    setting
}

/// By name.
const SETTINGS: [Setting; 37] = [
    removed(changed("asynctimerchan", 23, &["1", "2"]), 27),
    changed("containermaxprocs", 25, &["0"]),
    changed("cryptocustomrand", 26, &["1"]),
    changed("decoratemappings", 25, &["0"]),
    removed(changed("gotypesalias", 23, &["0"]), 27),
    changed("gotestjsonbuildtext", 24, &["1"]),
    changed("httpcookiemaxnum", 24, &["0"]),
    changed("httplaxcontentlength", 22, &["1"]),
    changed("httpmuxgo121", 22, &["1"]),
    changed("httpservecontentkeepheaders", 23, &["1"]),
    changed("httpservecontentmaxranges", 26, &["1"]),
    changed("multipathtcp", 24, &["0"]),
    changed("netedns0", 19, &["0"]),
    changed("panicnil", 21, &["1"]),
    changed("randseednop", 24, &["0"]),
    changed("rsa1024min", 24, &["0"]),
    removed(changed("tls10server", 22, &["1"]), 27),
    removed(changed("tls3des", 23, &["1"]), 27),
    removed(changed("tlskyber", 23, &["0"]), 24),
    changed("tlsmlkem", 24, &["0"]),
    removed(changed("tlsrsakex", 22, &["1"]), 27),
    changed("tlssecpmlkem", 26, &["0"]),
    changed("tlssha1", 25, &["1"]),
    removed(changed("tlsunsafeekm", 22, &["1"]), 27),
    changed("tracebacklabels", 27, &["0"]),
    changed("updatemaxprocs", 25, &["0"]),
    changed("urlmaxqueryparams", 24, &["0"]),
    changed("urlstrictcolons", 26, &["0"]),
    changed("winreadlinkvolume", 23, &["0"]),
    changed("winsymlink", 23, &["0"]),
    removed(changed("x509keypairleaf", 23, &["0"]), 27),
    changed("x509negativeserial", 23, &["1"]),
    changed("x509rsacrt", 24, &["0"]),
    removed(changed("x509sha1", 0, &["1"]), 24),
    changed("x509sha256skid", 25, &["0"]),
    changed("x509sslcertoverrideplatform", 27, &["0"]),
    changed("x509usepolicies", 24, &["0"]),
];

/// A removed setting, and the one that has taken its place.
const REPLACED: [(&str, &str); 1] = [("tlskyber", "tlsmlkem")];

/// The settings that a go line, a minor of Go 1, takes under a toolchain of another minor: name and value.
/// As `DefaultGODEBUG` of `go list`, but for lines of the module that set one.
#[must_use]
pub(super) fn defaults(go_line: u16, toolchain: u16) -> Vec<(&'static str, &'static str)> {
    let counts = |setting: &&Setting| {
        let known = setting.changed <= toolchain;
        let gone = setting.removed.is_some_and(|minor| minor <= toolchain);
        go_line < setting.changed && known && !gone
    };
    SETTINGS.iter().filter(counts).map(|setting| (setting.name, setting.old[0])).collect()
}

/// The minor of Go 1 that removed an older behaviour which this value asks for.
#[must_use]
pub(crate) fn removal(name: &str, value: &str) -> Option<u16> {
    let setting = SETTINGS.iter().find(|setting| setting.name == name)?;
    setting.removed.filter(|_| setting.old.contains(&value))
}

/// What a step from one toolchain to another changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The minor before.
    pub from: Version,
    /// The minor behind.
    pub to: Version,
    /// The settings for an older behaviour that the newer toolchain no longer has, with their values: what
    /// changes with the go line as it is.
    pub lost: Vec<(&'static str, &'static str)>,
    /// The settings that the newer toolchain takes for the go line as it is, and would not for one of its own
    /// minor: what changes where the go line is raised, too.
    pub changed: Vec<(&'static str, &'static str)>,
}

impl Step {
    /// With a go line; `None` where one of the three is no minor of Go 1, or where nothing is ahead.
    #[must_use]
    pub fn of(go_line: &Version, from: &Version, to: &Version) -> Option<Step> {
        let (line, old, new) = (minor(go_line)?, minor(from)?, minor(to)?);
        let changed = defaults(line, new);
        // A toolchain that does not know the setting yet has the older behaviour, too.
        let goes = |setting: &&Setting| {
            let gone = setting.removed.is_some_and(|minor| old < minor && minor <= new);
            gone && line < setting.changed
        };
        let goes = SETTINGS.iter().filter(goes);
        let kept = |name: &str| {
            let next = REPLACED.iter().find(|(before, _)| *before == name);
            next.is_some_and(|(_, next)| changed.iter().any(|(name, _)| name == next))
        };
        let lost = goes.map(|setting| (setting.name, setting.old[0]));
        let lost = lost.filter(|(name, _)| !kept(name)).collect();
        Some(Step { from: from.language(), to: to.language(), lost, changed })
    }
}

/// The minor of a version of Go 1.
#[must_use]
pub fn minor(version: &Version) -> Option<u16> {
    version.language().as_str().strip_prefix("1.")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(line: &str, from: &str, to: &str) -> Vec<&'static str> {
        let [line, from, to] = [line, from, to].map(|text| Version::parse(text).unwrap());
        Step::of(&line, &from, &to).unwrap().lost.into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn settings_are_lost_with_the_release_that_removes_them() {
        let all = "asynctimerchan gotypesalias tls10server tls3des tlsrsakex tlsunsafeekm x509keypairleaf";
        assert_eq!(step("1.19", "1.24.3", "1.27.3").join(" "), all);
        assert_eq!(
            step("1.22", "1.24", "1.27").join(" "),
            "asynctimerchan gotypesalias tls3des x509keypairleaf"
        );
        assert_eq!(step("1.19", "1.19", "1.27").join(" "), all, "1.19 knew none of them");
        assert!(step("1.23", "1.24", "1.27").is_empty() && step("1.19", "1.27", "1.24").is_empty());
        assert_eq!(step("1.22", "1.22", "1.24").join(" "), "", "tlsmlkem has replaced tlskyber");
        let [a, b, c] = ["1.26", "1.26", "1.27"].map(|text| Version::parse(text).unwrap());
        let raised = Step::of(&a, &b, &c).unwrap().changed;
        assert_eq!(raised, [("tracebacklabels", "0"), ("x509sslcertoverrideplatform", "0")]);
    }

    #[test]
    fn only_the_older_value_is_removed() {
        assert_eq!((removal("tls3des", "1"), removal("asynctimerchan", "2")), (Some(27), Some(27)));
        assert_eq!((removal("x509sha1", "1"), removal("tlskyber", "0")), (Some(24), Some(24)));
        assert_eq!(
            (removal("tls3des", "0"), removal("panicnil", "1"), removal("x", "1")),
            (None, None, None)
        );
    }
}

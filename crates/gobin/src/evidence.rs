//! Whether the version that an executable claims is that of its compiler.
//!
//! `-ldflags "-X runtime.buildVersion=…"` makes both `runtime.Version` and the build information
//! claim any text. What the compiler leaves elsewhere stays.

use crate::build_info::BuildInfo;
use crate::image::{Format, Image};
use crate::stamp::Recorded;
use std::fmt;

/// A trace of the compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Evidence {
    /// Debug information names the compiler: `go1.27.3`.
    Compiler(String),
    /// The recorded flags set the version.
    Flag,
    /// This came with the minor, such as 24 for Go 1.24.
    Since(&'static str, u32),
    /// This went with the minor.
    Until(&'static str, u32),
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Evidence::Compiler(version) => write!(f, "debug information names {version}"),
            Evidence::Flag => f.write_str("-ldflags sets runtime.buildVersion"),
            Evidence::Since(trace, minor) => write!(f, "{trace}: Go 1.{minor} or later"),
            Evidence::Until(trace, minor) => write!(f, "{trace}: before Go 1.{minor}"),
        }
    }
}

/// Whether the version was forced on an executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forced {
    /// Some evidence contradicts the version.
    Yes,
    /// The compiler's own name agrees.
    No,
    /// No evidence decides.
    Unknown,
}

/// The traces in the headers and the build information of an executable.
pub(crate) fn of(image: &Image<'_>, info: &BuildInfo, recorded: Recorded) -> Vec<Evidence> {
    let mut found = Vec::new();
    if info.setting("-ldflags").is_some_and(|flags| sets_version(&flags)) {
        found.push(Evidence::Flag);
    }
    match recorded {
        Recorded::Inline => found.push(Evidence::Since("build information in one piece", 18)),
        Recorded::Pointers => found.push(Evidence::Until("build information by address", 18)),
        Recorded::Header => {}
    }
    if matches!(image.format, Format::Elf | Format::MachO) {
        for (name, trace, minor) in
            [("go.fipsinfo", "section go.fipsinfo", 24), ("go.module", "section go.module", 26)]
        {
            if image.section(name).is_some() {
                found.push(Evidence::Since(trace, minor));
            }
        }
        if image.section("typelink").is_some() {
            found.push(Evidence::Until("section typelink", 27));
        }
    }
    found
}

/// The trace in the first bytes of the table of functions.
pub(crate) fn of_functions(magic: [u8; 4]) -> Vec<Evidence> {
    let number = u32::from_le_bytes(magic);
    let number = if magic[0] == 0xff { number.swap_bytes() } else { number };
    let trace = "table of functions";
    match number {
        0xffff_fffb => vec![Evidence::Until(trace, 16)],
        0xffff_fffa => vec![Evidence::Since(trace, 16), Evidence::Until(trace, 18)],
        0xffff_fff0 => vec![Evidence::Since(trace, 18), Evidence::Until(trace, 20)],
        0xffff_fff1 => vec![Evidence::Since(trace, 20)],
        _ => Vec::new(),
    }
}

fn sets_version(flags: &[u8]) -> bool {
    let flags = String::from_utf8_lossy(flags);
    let mut words = flags.split(|c: char| c.is_whitespace() || c == '"' || c == '\'');
    let mut after_x = false;
    words.any(|word| {
        let value = word.strip_prefix("-X=").or(word.strip_prefix("--X="));
        let value = value.or(after_x.then_some(word));
        after_x = word == "-X" || word == "--X" || (after_x && word.is_empty());
        value.is_some_and(|value| value.starts_with("runtime.buildVersion="))
    })
}

/// The verdict of `evidence`, of which `against` contradicts the version that is claimed.
pub(crate) fn verdict(against: &[&Evidence], evidence: &[Evidence]) -> Forced {
    let named = evidence.iter().any(|one| matches!(one, Evidence::Compiler(_)));
    match against.is_empty() {
        false => Forced::Yes,
        true if named => Forced::No,
        true => Forced::Unknown,
    }
}

/// What of `evidence` contradicts the version that is claimed: nothing, if the compiler's own name
/// agrees.
pub(crate) fn against<'e>(claimed: &[u8], evidence: &'e [Evidence]) -> Vec<&'e Evidence> {
    let claimed = String::from_utf8_lossy(claimed);
    // A build between releases: `devel go1.28-0123abc Mon …`.
    let plain = claimed.strip_prefix("devel ").unwrap_or(&claimed);
    let agrees = |one: &Evidence| match one {
        Evidence::Compiler(version) => [first(plain), first(&claimed)].contains(&first(version)),
        _ => false,
    };
    if evidence.iter().any(agrees) {
        return Vec::new();
    }
    // Before its first release, a minor still has what goes with it. A text that names no minor
    // contradicts no trace.
    let early = u32::from(plain != claimed || first(plain).contains('-'));
    let minor = minor(plain);
    let contradicts = |one: &&Evidence| match one {
        Evidence::Compiler(_) | Evidence::Flag => true,
        Evidence::Since(_, least) => minor.is_some_and(|minor| minor < *least),
        Evidence::Until(_, end) => minor.is_some_and(|minor| minor >= end + early),
    };
    evidence.iter().filter(contradicts).collect()
}

fn first(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

/// The minor of a version: 27 of `go1.27.3`.
fn minor(version: &str) -> Option<u32> {
    let rest = version.strip_prefix("go1.")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_seen_in_every_form() {
        for flags in [
            "-s -w -X runtime.buildVersion=go1.99",
            "-X=runtime.buildVersion=x",
            "-X 'runtime.buildVersion=a b'",
            "--X \"runtime.buildVersion=a\"",
        ] {
            assert!(sets_version(flags.as_bytes()), "{flags}");
        }
        for flags in ["", "-X main.runtime.buildVersion=x", "runtime.buildVersion=x", "-X main.v=1"]
        {
            assert!(!sets_version(flags.as_bytes()), "{flags}");
        }
    }

    #[test]
    fn the_strongest_evidence_decides() {
        let compiler = |version: &str| Evidence::Compiler(version.to_owned());
        let since = |minor| Evidence::Since("x", minor);
        for (claimed, evidence, forced) in [
            ("go1.27.3", vec![], Forced::Unknown),
            ("go1.27.3", vec![compiler("go1.27.3"), Evidence::Flag], Forced::No),
            ("go1.27.3 X:foo", vec![compiler("go1.27.3 X:foo")], Forced::No),
            ("go1.99.0", vec![compiler("go1.27.3")], Forced::Yes),
            ("go1.27.3", vec![Evidence::Flag], Forced::Yes),
            ("go1.21.0", vec![since(24)], Forced::Yes),
            ("go1.24.0", vec![since(24), Evidence::Until("x", 27)], Forced::Unknown),
            ("go1.27.0", vec![Evidence::Until("x", 27)], Forced::Yes),
            ("mine", vec![since(18)], Forced::Unknown),
            ("mine", vec![Evidence::Flag], Forced::Yes),
            ("go1.25-20250209-RC00 cl/1 X:a", vec![since(18), since(24)], Forced::Unknown),
            ("go1.25-20250209-RC00 cl/1 X:a", vec![since(26)], Forced::Yes),
            ("go1.27-20260101-RC00 cl/1", vec![Evidence::Until("x", 27)], Forced::Unknown),
            ("devel go1.27-0123abc Mon", vec![Evidence::Until("x", 27)], Forced::Unknown),
            ("devel go1.28-0123abc Mon", vec![since(26)], Forced::Unknown),
            ("devel go1.28-0123abc Mon", vec![compiler("go1.28-0123abc")], Forced::No),
        ] {
            let against = against(claimed.as_bytes(), &evidence);
            assert_eq!(verdict(&against, &evidence), forced, "{claimed} {evidence:?}");
        }
        // What agrees is no reason.
        let evidence = [Evidence::Flag, since(18), since(24), Evidence::Until("x", 27)];
        assert_eq!(against(b"go1.22.1", &evidence), [&Evidence::Flag, &since(24)]);
        assert_eq!(of_functions([0xf1, 0xff, 0xff, 0xff]).len(), 1);
        assert_eq!(of_functions([0xff, 0xff, 0xff, 0xfa]).len(), 2);
        assert!(of_functions([0; 4]).is_empty());
    }
}

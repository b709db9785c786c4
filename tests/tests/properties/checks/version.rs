//! Versions and toolchain names: grammar and order are the reference's, and both render back.
//!
//! The input is up to six texts, one a line.

use crate::bounds::linear;
use crate::reference::{toolchain, version};
use goward_resolver::{ToolchainName, Version};

/// Checks every line of `data`, and every pair and triple of versions among them.
pub(crate) fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let texts: Vec<&str> = text.split('\n').take(6).collect();
    let versions: Vec<_> = texts.iter().filter_map(|text| one(text)).collect();
    for (a, plain_a) in &versions {
        for (b, plain_b) in &versions {
            assert_eq!(a.cmp(b), plain_a.cmp(plain_b), "{a} against {b}");
            assert_eq!(a.cmp(b), b.cmp(a).reverse(), "{a} against {b}");
            assert_eq!(a == b, plain_a == plain_b, "{a} == {b}");
            assert_eq!(a.same_minor(b), plain_a.same_minor(plain_b), "{a} and {b}");
            for (c, _) in &versions {
                assert!(!(a <= b && b <= c) || a <= c, "{a} <= {b} <= {c}");
            }
        }
    }
    texts.iter().for_each(|text| name(text));
}

/// One text as a version.
fn one(text: &str) -> Option<(Version, version::Version)> {
    let (parsed, plain) = (linear(text.len(), || Version::parse(text)), version::parse(text));
    assert_eq!(parsed.is_some(), plain.is_some(), "{text:?}");
    let (parsed, plain) = (parsed?, plain?);
    assert_eq!(parsed.to_string(), text);
    assert_eq!(parsed.as_str(), text);
    assert_eq!(Version::parse(parsed.as_str()), Some(parsed.clone()));
    assert!(text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'z' | b'.')), "{text:?}");
    assert_eq!(parsed.is_prerelease(), plain.is_prerelease(), "{text}");
    assert_eq!(parsed.is_language(), plain.is_language(), "{text}");
    assert_eq!(parsed.knows_gotoolchain(), plain >= version::parse("1.21")?, "{text}");
    let (language, release) = (parsed.language(), parsed.release());
    assert!(language.same_minor(&parsed) && !language.is_prerelease(), "{text}: {language}");
    assert_eq!(language.language().as_str(), language.as_str());
    assert_eq!(release, parsed, "the release of {text} is another version");
    assert_eq!(release.release().as_str(), release.as_str());
    for derived in [&language, &release] {
        assert!(version::parse(derived.as_str()).is_some(), "{text}: {derived}");
    }
    let name = ToolchainName::of(&parsed);
    assert_eq!(*name.version(), parsed);
    assert!(!name.is_custom() && name.is_file_name(), "{name}");
    assert_eq!(ToolchainName::parse(name.as_str()), Some(name));
    Some((parsed, plain))
}

/// One text as a toolchain name.
fn name(text: &str) {
    let (parsed, plain) =
        (linear(text.len(), || ToolchainName::parse(text)), toolchain::name(text));
    assert_eq!(parsed.is_some(), plain.is_some(), "{text:?}");
    let (Some(parsed), Some(plain)) = (parsed, plain) else { return };
    assert_eq!(parsed.as_str(), text);
    assert_eq!(version::parse(parsed.version().as_str()), Some(plain), "{text:?}");
    assert_eq!(parsed.is_custom(), toolchain::is_custom(text), "{text:?}");
    assert!(!parsed.is_file_name() || !text.contains(['/', '\\', '\0', ' ', '\t']), "{text:?}");
}

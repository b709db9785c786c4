//! Selectors: grammar and meaning are the reference's, and they render back.
//!
//! The first line of the input is the selector, further lines are versions to choose from.

use crate::bounds::linear;
use crate::reference::{selector, version};
use goward_resolver::{Selector, SelectorError, Version};

/// Versions that every selector is asked about.
const ALWAYS: &[&str] = &[
    "1", "1.0.1", "1.19.8", "1.20rc1", "1.20", "1.20.0", "1.20.14", "1.21", "1.21rc2", "1.21.0",
    "1.22", "1.22rc1", "1.22.0", "1.22.3", "1.22.10", "1.23rc1", "1.23.2", "1.30", "2", "2.1.0",
];

/// Checks the selector in the first line of `data`.
pub(crate) fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (text, more) = text.split_once('\n').unwrap_or((text, ""));
    let (parsed, plain) = (linear(text.len(), || Selector::parse(text)), selector::parse(text));
    assert_eq!(parsed.is_ok(), plain.is_some(), "{text:?}: {parsed:?} {plain:?}");
    assert_eq!(parsed == Err(SelectorError::Empty), text.is_empty(), "{text:?}");
    let (Ok(parsed), Some(plain)) = (parsed, plain) else { return };

    let rendered = parsed.to_string();
    assert_eq!(Selector::parse(&rendered).as_ref(), Ok(&parsed), "{text:?} as {rendered:?}");
    let safe = |c: char| c.is_ascii_alphanumeric() || "._-,=<>~^".contains(c);
    assert!(rendered.chars().all(safe) && rendered != "." && rendered != "..", "{rendered:?}");
    let linked = matches!(plain, selector::Selector::Linked(_));
    let never_in_files =
        linked || matches!(plain, selector::Selector::OldStable | selector::Selector::Tip);
    assert_eq!(parsed.allowed_in_files(), !never_in_files, "{text:?}");
    assert_eq!(parsed.exact().is_some(), matches!(plain, selector::Selector::Exact(_)), "{text:?}");

    let all: Vec<Version> =
        ALWAYS.iter().copied().chain(more.split('\n').take(8)).filter_map(Version::parse).collect();
    let mut best: Option<version::Version> = None;
    for version in &all {
        let simple = version::parse(version.as_str()).expect("the two grammars are one");
        assert_eq!(parsed.matches(version), plain.matches(&simple), "{text:?} and {version}");
        if plain.matches(&simple) && best.as_ref().is_none_or(|best| *best < simple) {
            best = Some(simple);
        }
    }
    let newest = parsed.newest(&all).and_then(|version| version::parse(version.as_str()));
    assert_eq!(newest, best, "{text:?}");
}

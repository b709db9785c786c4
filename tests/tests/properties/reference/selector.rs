//! Selectors, from the book's page of that name.

use super::toolchain;
use super::version::{self, Version};

/// The meaning of a selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selector {
    /// That release.
    Exact(Version),
    /// Every release that meets all conditions.
    Conditions(Vec<(String, Version)>),
    /// The newest release.
    Latest,
    /// The newest release of the minor before the newest.
    OldStable,
    /// The development tree.
    Tip,
    /// The system's Go on PATH.
    System,
    /// A registered tree.
    Linked(String),
}

/// The meaning of `text`; `None` if it has none.
pub(crate) fn parse(text: &str) -> Option<Selector> {
    match text {
        "latest" | "stable" => return Some(Selector::Latest),
        "oldstable" => return Some(Selector::OldStable),
        "tip" => return Some(Selector::Tip),
        "system" => return Some(Selector::System),
        "local" | "auto" | "path" | "default" => return None,
        _ => {}
    }
    if let Some(version) = semantic(text) {
        return Some(Selector::Exact(version));
    }
    let number = |text: &str| version::parse(text.strip_prefix("go").unwrap_or(text));
    let stem = text.strip_suffix(".x").or_else(|| text.strip_suffix(".*"));
    if let Some(version) = number(stem.unwrap_or(text)) {
        if version.has_two_numbers() {
            return Some(Selector::Conditions(vec![("=".into(), version)]));
        }
        if version.numbers() == 1 {
            let major = stem.unwrap_or(text);
            let major = major.strip_prefix("go").unwrap_or(major);
            return conditions(&format!("^{major}")).map(Selector::Conditions);
        }
        return stem.is_none().then_some(Selector::Exact(version));
    }
    if text.starts_with(['=', '<', '>', '~', '^']) {
        return conditions(text).map(Selector::Conditions);
    }
    let begins = text.chars().next()?.is_ascii_alphabetic();
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let release = text.strip_prefix("go").unwrap_or(text);
    let like_a_version = release.chars().next().is_some_and(|c| c.is_ascii_digit());
    let custom = text.contains('-') && toolchain::name(text).is_some();
    (begins && text.chars().all(allowed) && (!like_a_version || custom) && text.len() <= 64)
        .then(|| Selector::Linked(text.to_string()))
}

/// A candidate as semantic versioning spells it: 1.25.0-rc.1 is Go's 1.25rc1.
fn semantic(text: &str) -> Option<Version> {
    let (release, prerelease) = text.split_once('-')?;
    let (major, rest) = release.split_once('.')?;
    let (minor, patch) = rest.split_once('.')?;
    let (kind, number) = prerelease.split_once('.')?;
    let plain = patch == "0" && kind == "rc" && !number.is_empty();
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let digits = digits(major) && digits(minor) && digits(number);
    (plain && digits).then(|| version::parse(&format!("{major}.{minor}rc{number}")))?
}

/// Conditions with commas or spaces between; from one to eight.
fn conditions(text: &str) -> Option<Vec<(String, Version)>> {
    let mut all = Vec::new();
    for one in text.split([',', ' ']).filter(|one| !one.is_empty()) {
        let operator: String = one.chars().take_while(|c| "=<>~^".contains(*c)).collect();
        if !["=", ">", ">=", "<", "<=", "~", "^"].contains(&operator.as_str()) || one.len() > 64 {
            return None;
        }
        let rest = &one[operator.len()..];
        let plain = || version::parse(rest.strip_prefix("go").unwrap_or(rest));
        all.push((operator, semantic(rest).or_else(plain)?));
    }
    (1..=8).contains(&all.len()).then_some(all)
}

impl Selector {
    /// Whether the release `version` is one that was asked for.
    pub(crate) fn matches(&self, version: &Version) -> bool {
        match self {
            Selector::Exact(want) => want == version,
            Selector::Latest => !version.is_prerelease(),
            Selector::Conditions(all) => {
                let named = all.iter().any(|(_, bound)| bound.is_prerelease());
                (named || !version.is_prerelease()) && all.iter().all(|one| meets(version, one))
            }
            Selector::OldStable | Selector::Tip | Selector::System | Selector::Linked(_) => false,
        }
    }
}

impl Selector {
    /// Whether it is plain that every release that it can name is below `floor`.
    pub(crate) fn is_below(&self, floor: &Version) -> bool {
        let Selector::Conditions(all) = self else { return false };
        all.iter().any(|(operator, bound)| {
            let whole = bound.has_two_numbers() && bound.same_minor(floor);
            match operator.as_str() {
                "<" => bound <= floor,
                "~" => bound < floor && !bound.same_minor(floor),
                "=" | "<=" => bound < floor && !whole,
                _ => false,
            }
        })
    }

    /// Whether every release that it can name is `floor` or later. That `latest` names an older one
    /// means that there is none.
    pub(crate) fn is_above(&self, floor: &Version) -> bool {
        match self {
            Selector::Exact(want) => want >= floor,
            Selector::Latest => true,
            Selector::Conditions(all) => {
                let named = all.iter().any(|(_, bound)| bound.is_prerelease());
                all.iter().any(|(operator, bound)| {
                    let least = if named { bound.clone() } else { bound.first_release() };
                    !operator.starts_with('<') && least >= *floor
                })
            }
            Selector::OldStable | Selector::Tip | Selector::System | Selector::Linked(_) => false,
        }
    }
}

/// A bound of two numbers stands for its whole minor.
fn meets(version: &Version, (operator, bound): &(String, Version)) -> bool {
    let within = bound.has_two_numbers() && version.same_minor(bound);
    match operator.as_str() {
        "=" => version == bound || within,
        "<=" => version <= bound || within,
        ">" => version > bound && !within,
        ">=" => version >= bound,
        "<" => version < bound,
        "~" => version >= bound && version.same_minor(bound),
        _ => version >= bound && version.major == bound.major,
    }
}

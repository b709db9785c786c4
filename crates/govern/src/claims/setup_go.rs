//! The versions that setup-go takes: npm's ranges of semantic versions, `stable` and `oldstable`.

use super::NO_VERSION;
use super::source::selector;
use goward_resolver::{Selector, Version};

/// setup-go fails with the text.
const REFUSED: &str = "no version that setup-go takes";

/// The most ranges of which one has to hold.
const MOST: usize = 16;

/// The meaning of a text. Of several ranges it is the one with the newest Go, which setup-go installs.
/// The error is why there is none.
pub(crate) fn version(text: &str) -> Result<Selector, &'static str> {
    let text = text.trim();
    if matches!(text, "stable" | "oldstable") {
        return selector(text).ok_or(NO_VERSION);
    }
    if text.split("||").count() > MOST {
        return Err(NO_VERSION);
    }
    let all = text.split("||").map(range).collect::<Result<Vec<_>, _>>()?;
    all.into_iter().max_by_key(newest).ok_or(NO_VERSION)
}

fn range(text: &str) -> Result<Selector, &'static str> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if let [from, "-", to] = words[..] {
        let (from, to) = (term(from)?, term(to)?);
        // A minor at the end has all its releases.
        let end = match selector(&to) {
            Some(Selector::Minor(minor)) => {
                let next = minor.as_str().strip_prefix("1.").and_then(|n| n.parse::<u32>().ok());
                format!("<1.{}", next.and_then(|n| n.checked_add(1)).ok_or(NO_VERSION)?)
            }
            Some(Selector::Exact(version)) => format!("<={version}"),
            _ => return Err(NO_VERSION),
        };
        return selector(&format!(">={from} {end}")).ok_or(NO_VERSION);
    }
    let (mut terms, mut operator) = (Vec::new(), "");
    for word in words {
        if !word.is_empty() && word.bytes().all(|b| b"<>=~^".contains(&b)) {
            operator = word;
            continue;
        }
        terms.push(term(&[std::mem::take(&mut operator), word].concat())?);
    }
    match &terms[..] {
        [] => Err(REFUSED),
        _ if !operator.is_empty() => Err(REFUSED),
        terms => selector(&terms.join(" ")).ok_or(NO_VERSION),
    }
}

/// One comparison, as goward writes it.
fn term(text: &str) -> Result<String, &'static str> {
    let length = text.bytes().take_while(|b| b"<>=~^".contains(b)).count();
    let (operator, version) = text.split_at(length);
    let operator = if operator == "=" { "" } else { operator };
    if !matches!(operator, "" | "<" | "<=" | ">" | ">=" | "~" | "^") {
        return Err(REFUSED);
    }
    let version = version.strip_prefix('v').unwrap_or(version);
    let (numbers, prerelease) = match version.split_once('-') {
        Some((numbers, prerelease)) => (numbers, Some(prerelease)),
        None => (version, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let any = |part: &str| matches!(part, "x" | "X" | "*");
    let parts: Vec<&str> = numbers.split('.').collect();
    if parts.len() > 3
        || !parts.iter().all(|part| digits(part) || any(part))
        || prerelease.is_some_and(|one| one.is_empty() || parts.len() < 3)
    {
        return Err(REFUSED);
    }
    // `-0` is the first prerelease of all.
    let version = version.strip_suffix("-0").unwrap_or(version).replace('X', "x");
    Ok([operator, &version].concat())
}

/// The newest minor that a selector takes, up to one that no release has.
fn newest(says: &Selector) -> u32 {
    let reaches = |minor: &u32| {
        let minor = Version::parse(&format!("1.{minor}"));
        minor.is_some_and(|minor| match says {
            Selector::Exact(version) => *version >= minor,
            says => says.may_reach(&minor),
        })
    };
    (0..=99).rev().find(reaches).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_ranges_and_no_names_of_releases() {
        for (text, wants) in [
            ("1.26", "1.26"),
            ("v1.26.1", "1.26.1"),
            ("=1.26.1", "1.26.1"),
            ("1.26.x", "1.26"),
            ("1.26.X", "1.26"),
            ("1.x", "^1"),
            ("*", "latest"),
            ("stable", "latest"),
            ("oldstable", "oldstable"),
            ("1.26 || 1.27", "1.27"),
            ("^1.27 || 1.26.1", "^1.27"),
            ("1.27||1.26", "1.27"),
            ("1.25 - 1.27", ">=1.25,<1.28"),
            ("1.25.1 - 1.27.2", ">=1.25.1,<=1.27.2"),
            (">= 1.26", ">=1.26"),
            (">=1.26.0 <1.28.0", ">=1.26.0,<1.28.0"),
            ("^1.26.0-0", "^1.26.0"),
            ("1.27.0-rc.1", "1.27rc1"),
        ] {
            let found = version(text).map(|says| says.to_string());
            assert_eq!(found.as_deref(), Ok(wants), "{text}");
        }
        for text in [
            "latest",
            "go1.26.1",
            "1.27rc1",
            ">=1.26.0, <1.27.0",
            "1.26.1.1",
            "tip",
            "",
            "1.26 ||",
            ">=",
            "=>1.26",
            "1.26-rc.1",
        ] {
            assert_eq!(version(text), Err(REFUSED), "{text}");
        }
        assert_eq!(version("26"), Err(NO_VERSION));
        assert_eq!(version(&"1.26||".repeat(1_000)), Err(NO_VERSION));
    }
}

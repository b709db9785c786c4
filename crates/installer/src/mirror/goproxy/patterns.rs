//! Lists of path patterns, as `GOPRIVATE` and `GONOPROXY` have them.
//!
//! After `MatchPrefixPatterns` of `golang.org/x/mod/module` and `Match` of Go's `path`.

/// Whether one of `patterns`, separated by commas, fits `path` or its first elements.
pub(super) fn match_prefix(patterns: &str, path: &str) -> bool {
    patterns.split(',').any(|pattern| {
        let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
        let elements = pattern.matches('/').count() + 1;
        let mut ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        let Some(end) = ends.nth(elements - 1) else { return false };
        !pattern.is_empty() && matches(pattern, &path[..end])
    })
}

/// Whether the whole of `text` fits `pattern`. A pattern that is not well formed fits nothing.
fn matches(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.chars();
    let Some(first) = rest.next() else { return text.is_empty() };
    let mut left = text.chars();
    let next = left.next();
    match first {
        '*' => {
            let mut tails = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            tails.any(|at| !text[..at].contains('/') && matches(rest.as_str(), &text[at..]))
        }
        '[' => match (class(rest.as_str(), next), next) {
            (Some((true, rest)), Some(_)) => matches(rest, left.as_str()),
            _ => false,
        },
        '?' => next.is_some_and(|c| c != '/') && matches(rest.as_str(), left.as_str()),
        '\\' => {
            rest.next().is_some_and(|c| next == Some(c)) && matches(rest.as_str(), left.as_str())
        }
        _ => next == Some(first) && matches(rest.as_str(), left.as_str()),
    }
}

/// Whether `c` is in the class whose text begins `pattern`, behind its bracket, and what follows
/// the class.
fn class(pattern: &str, c: Option<char>) -> Option<(bool, &str)> {
    let (negated, mut rest) = match pattern.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    let (mut inside, mut ranges) = (false, 0);
    loop {
        if let Some(after) = rest.strip_prefix(']').filter(|_| ranges > 0) {
            return Some((inside != negated, after));
        }
        let (low, after) = member(rest)?;
        let (high, after) = match after.strip_prefix('-') {
            Some(after) => member(after)?,
            None => (low, after),
        };
        inside |= c.is_some_and(|c| (low..=high).contains(&c));
        (ranges, rest) = (ranges + 1, after);
    }
}

/// The character at which a range begins or ends, and what follows it.
fn member(text: &str) -> Option<(char, &str)> {
    let mut chars = text.chars();
    let c = match chars.next()? {
        '-' | ']' => return None,
        '\\' => chars.next()?,
        c => c,
    };
    Some((c, chars.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_gos() {
        let path = "golang.org/toolchain";
        for fits in [
            "golang.org",
            "golang.org/",
            "corp.example,golang.org",
            "*",
            "*/toolchain",
            "*.org/*",
            "go?ang.org",
            "[f-h]olang.org",
            "[^x]olang.org",
            r"golang\.org",
            "golang.org/tool*",
        ] {
            assert!(match_prefix(fits, path), "{fits}");
        }
        for other in [
            "",
            ",",
            "none",
            "golang",
            "org",
            "golang.org/toolchain/x",
            "golang.org/tool",
            "*.example",
            " golang.org",
            "[^g]olang.org",
            "[]olang.org",
            "[golang.org",
            "golang?org?toolchain",
            "golang.org\\",
        ] {
            assert!(!match_prefix(other, path), "{other}");
        }
    }
}

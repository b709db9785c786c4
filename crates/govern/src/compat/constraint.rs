//! The expression of a `//go:build` line, as far as it says which releases take the file: the rule of
//! `GoVersion` in `go/build/constraint`. Of `&&` both sides count, of `||` the lesser one, and what is
//! denied asks for nothing.

/// The least minor of Go 1 that may take the file; `None` if the expression asks for none.
#[must_use]
pub(super) fn least(expression: &str) -> Option<u16> {
    let mut words = Words { rest: expression, depth: 0 };
    words.either(true)
}

/// Whether the expression leaves out releases from some minor on, as `!go1.21` does.
#[must_use]
pub(super) fn ends(expression: &str) -> bool {
    let dense: String = expression.chars().filter(|char| !char.is_whitespace()).collect();
    dense.contains("!go1.") || dense.contains("!(go1.")
}

/// The most parentheses and denials in each other. Go has no bound, and people write two.
const DEEPEST: u32 = 50;

struct Words<'e> {
    rest: &'e str,
    depth: u32,
}

impl<'e> Words<'e> {
    fn takes(&mut self, word: &str) -> bool {
        self.rest = self.rest.trim_start();
        let rest = self.rest.strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Denied, `||` asks for both sides, and `&&` for the lesser one.
    fn either(&mut self, sign: bool) -> Option<u16> {
        let mut least = self.both(sign);
        while self.takes("||") {
            let other = self.both(sign);
            least = if sign { least.min(other) } else { least.max(other) };
        }
        least
    }

    fn both(&mut self, sign: bool) -> Option<u16> {
        let mut least = self.one(sign);
        while self.takes("&&") {
            let other = self.one(sign);
            least = if sign { least.max(other) } else { least.min(other) };
        }
        least
    }

    fn one(&mut self, sign: bool) -> Option<u16> {
        self.depth += 1;
        if self.depth > DEEPEST {
            self.rest = "";
            return None;
        }
        let found = if self.takes("!") {
            self.one(!sign)
        } else if self.takes("(") {
            let inner = self.either(sign);
            self.takes(")");
            inner
        } else {
            self.tag().filter(|_| sign)
        };
        self.depth -= 1;
        found
    }

    fn tag(&mut self) -> Option<u16> {
        let is_part = |char: char| char.is_alphanumeric() || char == '_' || char == '.';
        let end = self.rest.find(|char| !is_part(char)).unwrap_or(self.rest.len());
        let (tag, rest) = self.rest.split_at(end);
        self.rest = rest;
        match tag {
            "go1" => Some(0),
            tag => tag.strip_prefix("go1.")?.parse().ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_release_of_an_expression() {
        for (expression, expected) in [
            ("go1.23", Some(23)),
            ("linux && go1.22", Some(22)),
            ("linux || go1.22", None),
            ("go1.21 || go1.23", Some(21)),
            ("(go1.21&&go1.23) && !windows", Some(23)),
            ("!go1.23", None),
            ("!(!go1.23)", Some(23)),
            ("!(!go1.23 || windows)", Some(23)),
            ("!(!go1.23 && windows)", None),
            ("linux", None),
            ("", None),
            ("go1.x && (", None),
        ] {
            assert_eq!(least(expression), expected, "{expression}");
        }
        assert_eq!(least(&"(".repeat(10_000)), None);
        assert_eq!(least(&"!".repeat(10_000)), None);
        assert!(ends("! go1.21") && ends("linux && !(go1.20)") && !ends("go1.21 && !linux"));
    }
}

//! The texts by which a job names a Go: goward's selectors, and those that setup-go takes besides.

use crate::claims::setup_go;
use goward_resolver::Selector;

/// The longest text, in bytes: a list of ranges is the longest that makes sense.
const LONGEST: usize = 256;

/// Why a text names no Go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// A number that a reader of YAML has made of a version: `1.2` of `1.20`. The versions that may be meant.
    Number(&'static [&'static str]),
    /// It names a tree of this machine, the system's Go, or a checkout.
    NoRelease,
    /// Neither goward nor setup-go takes it.
    NotAVersion,
}

/// What YAML makes of a version without quotes.
const NUMBERS: [(&str, &[&str]); 5] = [
    ("1", &["1.x"]),
    ("1.1", &["1.10", "1.1.2"]),
    ("1.2", &["1.20", "1.2.2"]),
    ("1.3", &["1.30", "1.3.3"]),
    ("1.4", &["1.40", "1.4.3"]),
];

/// The selector of one line of the input `go-version`.
///
/// # Errors
/// [`Refused`], of a text that names no release.
pub fn parse(text: &str) -> Result<Selector, Refused> {
    let text = text.trim();
    if let Some((_, meant)) = NUMBERS.iter().find(|(number, _)| *number == text) {
        return Err(Refused::Number(meant));
    }
    if text.len() > LONGEST {
        return Err(Refused::NotAVersion);
    }
    match Selector::parse(text) {
        Ok(Selector::System | Selector::Tip) => Err(Refused::NoRelease),
        Ok(Selector::Linked(_)) => setup_go::version(text).map_err(|_| Refused::NoRelease),
        Ok(selector) => Ok(selector),
        Err(_) => setup_go::version(text).map_err(|_| Refused::NotAVersion),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_grammars_are_taken() {
        for (text, is) in [
            ("1.25", "1.25"),
            ("1.25.x", "1.25"),
            ("^1.25", "^1.25"),
            ("~1.25.1", "~1.25.1"),
            ("1.24.0-rc.1", "1.24rc1"),
            ("go1.25.3", "1.25.3"),
            ("v1.25.3", "1.25.3"),
            ("1.25.3", "1.25.3"),
            ("stable", "latest"),
            ("latest", "latest"),
            ("oldstable", "oldstable"),
            (">=1.24.0 <1.26.0", ">=1.24.0,<1.26.0"),
            ("1.24 || 1.25", "1.25"),
            ("1.24 - 1.25", ">=1.24,<1.26"),
            ("1.x", "^1"),
            (" 1.10 ", "1.10"),
        ] {
            assert_eq!(parse(text).map(|says| says.to_string()).as_deref(), Ok(is), "{text}");
        }
    }

    #[test]
    fn others_are_refused() {
        for text in ["1", "1.1", "1.2", "1.3", "1.4"] {
            let Err(Refused::Number(meant)) = parse(text) else { panic!("{text}") };
            for meant in meant {
                parse(meant).unwrap_or_else(|_| panic!("{meant}"));
            }
        }
        for text in ["system", "tip", "mine", "go1.23.2-corp"] {
            assert_eq!(parse(text), Err(Refused::NoRelease), "{text}");
        }
        let long = "1.25 || ".repeat(100);
        for text in ["", "1.25.3.4", "::set-env name=X::y", "../x", "$(id)", "1.25\n1.26", &long] {
            assert_eq!(parse(text), Err(Refused::NotAVersion), "{text}");
        }
    }
}

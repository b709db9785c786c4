//! `GOTOOLCHAIN` values: Go's grammar and nothing else.

use crate::name::ToolchainName;
use crate::printable::{escaped, quoted};
use crate::text;
use crate::version::Version;
use alloc::string::String;

/// A parsed `GOTOOLCHAIN` (`cmd/go/internal/toolchain/select.go`, `Select`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gotoolchain {
    /// The toolchain that it names; `None` for `auto`, `path` and `local…`.
    pub name: Option<ToolchainName>,
    /// From where Go may raise it.
    pub mode: Mode,
}

/// Whether and from where Go may go up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Up, downloading where needed.
    Auto,
    /// Up, to what PATH has.
    Path,
    /// Not at all.
    Fixed,
}

impl Gotoolchain {
    /// The value where no layer sets the variable: official releases ship `auto` in `go.env`.
    pub const AUTO: Gotoolchain = Gotoolchain { name: None, mode: Mode::Auto };

    /// Parses a non-empty value. The error is Go's own sentence, and on a second line the right
    /// spelling where it is plain what was meant.
    pub fn parse(value: &[u8]) -> Result<Gotoolchain, String> {
        let Ok(text) = core::str::from_utf8(value) else {
            return Err(text!("invalid GOTOOLCHAIN {}", quoted(value)));
        };
        let bare = text.trim_ascii();
        if bare.len() != text.len() && !bare.is_empty() {
            return Err(stray(value, bare));
        }
        let plus = text.bytes().position(|byte| byte == b'+').unwrap_or(text.len());
        let (min, suffix) = text.split_at_checked(plus).unwrap_or((text, ""));
        let name = match (min, suffix) {
            ("local", _) | ("auto" | "path", "") => None,
            _ => Some(parse_name(text, min, !suffix.is_empty())?),
        };
        let mode = match (min, suffix) {
            ("auto", "") | (_, "+auto") => Mode::Auto,
            ("path", "") | (_, "+path") => Mode::Path,
            (_, "") => Mode::Fixed,
            _ => {
                return Err(text!(
                    "invalid GOTOOLCHAIN {}: only version suffixes are +auto and +path",
                    quoted(value)
                ));
            }
        };
        Ok(Gotoolchain { name, mode })
    }

    /// Whether this is `local`: no level 6, no download, no switching.
    pub fn is_local(&self) -> bool {
        self.name.is_none() && self.mode == Mode::Fixed
    }

    /// Whether implicit downloads are allowed.
    pub fn may_download(&self) -> bool {
        match self.mode {
            Mode::Auto => true,
            Mode::Path => false,
            Mode::Fixed => self.name.is_some(),
        }
    }
}

/// Why `value` is refused: blanks round `bare` make another name of it.
fn stray(value: &[u8], bare: &str) -> String {
    text!(
        "invalid GOTOOLCHAIN {}\nremove the blanks round {}",
        quoted(value),
        escaped(bare.as_bytes())
    )
}

fn parse_name(value: &str, min: &str, plus: bool) -> Result<ToolchainName, String> {
    let invalid = || text!("invalid GOTOOLCHAIN {}", quoted(value.as_bytes()));
    // A suffix may begin with a blank. A blank at the end is a slip, of which Go says only that there
    // is no such release.
    let bare = min.trim_ascii();
    if bare.len() != min.len() && ToolchainName::parse(bare).is_some() {
        return Err(stray(value.as_bytes(), bare));
    }
    let Some(name) = ToolchainName::parse(min) else {
        let mend = match Version::parse(bare).filter(is_of_go) {
            // Behind `go` alone it would be refused below.
            Some(version) if version.is_language() => {
                text!("\nwrite GOTOOLCHAIN=go{}.0 or a later patch release, or go +{}", bare, bare)
            }
            Some(_) => text!("\nwrite GOTOOLCHAIN=go{}", bare),
            None => String::from("\nwrite a name such as go1.22.10, or auto, path or local"),
        };
        let minimum = if plus {
            text!(": invalid minimum toolchain {}", quoted(min.as_bytes()))
        } else {
            String::new()
        };
        return Err(text!("{}{}{}", invalid(), minimum, mend));
    };
    if !is_of_go(name.version()) {
        return Err(text!("{}\nwrite a name such as go1.22.10", invalid()));
    }
    // Go notices this only when it tries to download; a Go below 1.21 never does.
    if name.version().is_language() && !name.is_custom() && !plus {
        return Err(text!(
            "{}: {} is a language version but not a toolchain version ({}.x)\nwrite \
             GOTOOLCHAIN={}.0 or a later patch release",
            invalid(),
            name,
            name,
            name
        ));
    }
    Ok(name)
}

/// Whether there can be such a release: no Go has another major version.
fn is_of_go(version: &Version) -> bool {
    version.as_str().as_bytes().first() == Some(&b'1')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(value: &str) -> (Option<String>, Mode) {
        let value = Gotoolchain::parse(value.as_bytes()).unwrap();
        (value.name.map(|n| n.as_str().into()), value.mode)
    }

    #[test]
    fn every_form_of_go() {
        assert_eq!(parsed("auto"), (None, Mode::Auto));
        assert_eq!(parsed("path"), (None, Mode::Path));
        assert_eq!(parsed("local"), (None, Mode::Fixed));
        assert_eq!(parsed("local+auto"), (None, Mode::Auto));
        assert_eq!(parsed("local+path"), (None, Mode::Path));
        assert_eq!(parsed("go1.22.10"), (Some("go1.22.10".into()), Mode::Fixed));
        assert_eq!(parsed("go1.22.10+auto"), (Some("go1.22.10".into()), Mode::Auto));
        assert_eq!(parsed("go1.22.10-corp+path"), (Some("go1.22.10-corp".into()), Mode::Path));
        assert_eq!(parsed("go1.20"), (Some("go1.20".into()), Mode::Fixed));
    }

    #[test]
    fn refused_in_gos_words() {
        for (value, words) in [
            ("1.22.10", "invalid GOTOOLCHAIN \"1.22.10\"\nwrite GOTOOLCHAIN=go1.22.10"),
            ("go1.22", "invalid GOTOOLCHAIN \"go1.22\": go1.22 is a language version"),
            ("1.22", "\"1.22\"\nwrite GOTOOLCHAIN=go1.22.0 or a later patch release, or go +1.22"),
            ("1.20", "invalid GOTOOLCHAIN \"1.20\"\nwrite GOTOOLCHAIN=go1.20"),
            ("1.22+auto", "invalid minimum toolchain \"1.22\"\nwrite GOTOOLCHAIN=go1.22.0 or a"),
            ("2.5.0", "invalid GOTOOLCHAIN \"2.5.0\"\nwrite a name such as go1.22.10"),
            ("x+y", "invalid GOTOOLCHAIN \"x+y\": invalid minimum toolchain \"x\""),
            ("go1.22.10+y", "only version suffixes are +auto and +path"),
            ("local+y", "only version suffixes are +auto and +path"),
            ("go1.22.10\r", "\"go1.22.10\\r\"\nremove the blanks round go1.22.10"),
            ("go1.22.10 ", "\"go1.22.10 \"\nremove the blanks round go1.22.10"),
            ("\tgo1.22.10", "remove the blanks round go1.22.10"),
            (" go1.22.10-x +auto ", "remove the blanks round go1.22.10-x"),
            ("go1.22.10 +auto", "remove the blanks round go1.22.10"),
            (" local", "remove the blanks round local"),
            ("1.22.10 ", "invalid GOTOOLCHAIN \"1.22.10 \"\nremove the blanks round 1.22.10"),
            ("  ", "invalid GOTOOLCHAIN \"  \"\nwrite a name such as"),
            ("bash", "invalid GOTOOLCHAIN \"bash\""),
            ("go1.22/../x", "invalid GOTOOLCHAIN"),
        ] {
            let error = Gotoolchain::parse(value.as_bytes()).unwrap_err();
            assert!(error.contains(words), "{value}: {error}");
        }
    }

    #[test]
    fn the_spelling_in_a_refusal_is_taken() {
        for value in
            ["1.22.10", "1.22", "1.20", "1.22+auto", "1.21rc2", "1.22.10-corp", "2.5", "x", "go2"]
        {
            let Err(error) = Gotoolchain::parse(value.as_bytes()) else { panic!("{value}") };
            let name =
                error.split_once("\nwrite ").unwrap().1.trim_start_matches("a name such as ");
            let name = name.trim_start_matches("GOTOOLCHAIN=").split([' ', ',']).next().unwrap();
            assert!(Gotoolchain::parse(name.as_bytes()).is_ok(), "{value}: {error}");
        }
    }
}

//! Toolchain names: `go1.22.10`, `go1.25rc1`, `go1.22.10-corp`.

use crate::printable::escaped;
use crate::text;
use crate::text::Piece;
use crate::version::Version;
use alloc::string::String;

/// A toolchain name as `GOTOOLCHAIN` and toolchain lines use it: `go`, a version, and
/// optionally a custom suffix that starts with `-`, a space or a tab.
///
/// Equality is that of the text; the suffix is ignored when versions are compared
/// (`cmd/go/internal/gover/toolchain.go`, `FromToolchain`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolchainName {
    text: String,
    version: Version,
}

impl ToolchainName {
    /// Parses a name by Go's rules. `None` for text without the prefix `go`, with a path
    /// separator, or whose version is malformed.
    pub fn parse(text: &str) -> Option<ToolchainName> {
        // A separator would make a PATH lookup relative to the current directory.
        if text.bytes().any(|byte| matches!(byte, b'/' | b'\\' | 0)) {
            return None;
        }
        let rest = text.strip_prefix("go")?;
        let version = match rest.bytes().position(|byte| matches!(byte, b' ' | b'\t' | b'-')) {
            Some(at) => &rest[..at],
            None => rest,
        };
        let version = Version::parse(version)?;
        (text.len() <= 2 * crate::version::MAX_LEN)
            .then(|| ToolchainName { text: String::from(text), version })
    }

    /// The name of the release `version`, `go1.20` for both `1.20` and `1.20.0`.
    pub fn of(version: &Version) -> ToolchainName {
        let version = version.release();
        ToolchainName { text: text!("go{}", version), version }
    }

    /// The whole name as it was written, for lookups and for Go.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The version inside the name, without the suffix.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Whether the name has a suffix of its own (`go1.22.10-corp`), so that no release answers
    /// to it.
    pub fn is_custom(&self) -> bool {
        self.text.len() != "go".len() + self.version.as_str().len()
    }

    /// Whether the name can be looked up as one file name on every system.
    pub fn is_file_name(&self) -> bool {
        self.text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    }
}

/// For people: the suffix may hold anything that a file can.
impl Piece for ToolchainName {
    fn append(&self, text: &mut String) {
        text.push_str(&escaped(self.text.as_bytes()));
    }
}

text::displayed!(ToolchainName);

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn names_follow_go() {
        for (text, version, custom) in [
            ("go1.22.10", "1.22.10", false),
            ("go1.22", "1.22", false),
            ("go1.22.10-corp", "1.22.10", true),
            ("go1.21.0 X:boringcrypto", "1.21.0", true),
            ("go1.25rc1", "1.25rc1", false),
        ] {
            let name = ToolchainName::parse(text).unwrap();
            assert_eq!((name.version().as_str(), name.is_custom()), (version, custom), "{text}");
        }
        for bad in ["1.22.10", "go", "gox", "go1.22/../x", r"go1.22\..\x", "bash", "./x", "local"] {
            assert!(ToolchainName::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(ToolchainName::of(&Version::parse("1.20.0").unwrap()).as_str(), "go1.20");
    }

    #[test]
    fn a_name_is_shown_and_looked_up() {
        let text = "go1.99.0-\x1b]52;c;\x07\u{202e}";
        let name = ToolchainName::parse(text).unwrap();
        assert_eq!(name.as_str(), text);
        assert_eq!(name.to_string(), "go1.99.0-\\x1b]52;c;\\x07\\xe2\\x80\\xae");
    }
}

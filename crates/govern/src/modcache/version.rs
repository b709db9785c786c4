//! One version of a module, and its names in the cache.

use std::fmt;

/// The module as which Go keeps toolchains.
#[cfg(unix)]
pub(super) const TOOLCHAIN: &str = "golang.org/toolchain";

/// One version of a module. Its order is that of the names in the cache.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The path in the cache, in which capitals are `!x`.
    module: String,
    /// The version in the cache, the same.
    version: String,
}

impl Version {
    /// By the names that it has in the cache; `None` for names that Go does not give.
    #[cfg(any(unix, test))]
    pub(super) fn in_cache(module: &str, version: &str) -> Option<Version> {
        unescaped(module)?;
        unescaped(version).filter(|version| version.starts_with('v'))?;
        Some(Version { module: module.to_owned(), version: version.to_owned() })
    }

    /// The module's path.
    #[must_use]
    pub fn module(&self) -> String {
        unescaped(&self.module).unwrap_or_default()
    }

    /// The version.
    #[must_use]
    pub fn version(&self) -> String {
        unescaped(&self.version).unwrap_or_default()
    }

    /// The path of the tree in the cache.
    #[must_use]
    pub fn tree(&self) -> String {
        format!("{}@{}", self.module, self.version)
    }

    /// The path of the directory of downloads in the cache.
    #[must_use]
    pub fn downloads(&self) -> String {
        format!("cache/download/{}/@v", self.module)
    }

    /// The name of one of its files there, such as its `zip`.
    #[must_use]
    pub fn file(&self, extension: &str) -> String {
        format!("{}.{extension}", self.version)
    }

    /// Whether it is a toolchain. Go adds files to the tree of one (`cmd/go/internal/toolchain/select.go`).
    #[cfg(unix)]
    pub(super) fn is_toolchain(&self) -> bool {
        self.module == TOOLCHAIN
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.module(), self.version())
    }
}

/// A name of the cache as it is elsewhere (`golang.org/x/mod/module`: `UnescapePath`).
fn unescaped(text: &str) -> Option<String> {
    let (mut plain, mut chars) = (String::with_capacity(text.len()), text.chars());
    while let Some(c) = chars.next() {
        match c {
            '!' => plain.extend(chars.next().filter(char::is_ascii_lowercase)?.to_uppercase()),
            'A'..='Z' => return None,
            c if c.is_control() => return None,
            c => plain.push(c),
        }
    }
    (!plain.is_empty()).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_are_escaped() {
        let found = Version::in_cache("github.com/!burnt!sushi/toml", "v1.0.0-!r!c1").unwrap();
        assert_eq!(found.to_string(), "github.com/BurntSushi/toml@v1.0.0-RC1");
        assert_eq!(found.tree(), "github.com/!burnt!sushi/toml@v1.0.0-!r!c1");
        assert_eq!(found.downloads(), "cache/download/github.com/!burnt!sushi/toml/@v");
        assert_eq!(found.file("zip"), "v1.0.0-!r!c1.zip");
        for (module, version) in
            [("", "v1"), ("A", "v1"), ("a!", "v1"), ("a!1", "v1"), ("a", "1"), ("a\n", "v1")]
        {
            assert!(Version::in_cache(module, version).is_none(), "{module}@{version}");
        }
    }
}

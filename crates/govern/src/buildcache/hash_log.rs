//! What Go says of its keys with `GODEBUG=gocachehash=1` (`cmd/go/internal/cache/hash.go`).
//!
//! ```text
//! HASH[build m/lib]                          a key begins
//! HASH[build m/lib]: "compile\n"             a piece of it, quoted
//! HASH[build m/lib]: 0123…                   the key
//! HASH subkey 0123… "stdout" = 4567…         a key made of another one
//! ```

use goward_installer::Digest;
use std::collections::HashMap;

/// The names of keys.
#[derive(Debug, Default)]
pub struct HashLog {
    names: HashMap<Digest, String>,
}

/// The beginning of such lines.
const WORD: &[u8] = b"HASH";
/// Keys whose outputs may differ by right: what tests and tools print, with times in it, and what `go test -cover` writes
/// for a test with the names of temporary files.
const BY_RIGHT: [&str; 4] = ["stdout", "link-stdout", "inputs:", "_testmain.cover.go"];

impl HashLog {
    /// Takes a line, if it is one of these; returns whether it is.
    pub fn hear(&mut self, line: &[u8]) -> bool {
        if !HashLog::is_one(line) {
            return false;
        }
        let rest = &line[WORD.len()..];
        // Only keys have names; pieces may hold anything.
        if let Some((name, key)) = std::str::from_utf8(rest).ok().and_then(named) {
            self.names.insert(key, name);
        }
        true
    }

    /// Whether a line is one of these.
    #[must_use]
    pub fn is_one(line: &[u8]) -> bool {
        let rest = line.strip_prefix(WORD).unwrap_or_default();
        matches!(rest.first(), Some(b'[' | b' '))
    }

    /// The step and the package of an action: `compile` and `m/lib`.
    #[must_use]
    pub fn step(&self, action: &Digest) -> Option<(&str, &str)> {
        let name = self.names.get(action)?;
        let (step, package) = name.split_once(' ').unwrap_or((name, ""));
        Some((if step == "build" { "compile" } else { step }, package))
    }

    /// Whether the output of an action may differ by right.
    #[must_use]
    pub fn differs_by_right(&self, action: &Digest) -> bool {
        self.names.get(action).is_some_and(|name| {
            let is_part =
                |part: &&str| name.split('"').nth(1).is_some_and(|of| of.starts_with(*part));
            name.starts_with("test") || BY_RIGHT.iter().any(is_part)
        })
    }
}

/// The name and the key of a line that ends one.
fn named(rest: &str) -> Option<(String, Digest)> {
    if let Some(subkey) = rest.strip_prefix(" subkey ") {
        let (made, key) = subkey.rsplit_once(" = ")?;
        let (_, part) = made.split_once(' ')?;
        return Some((format!("subkey {part}"), Digest::parse(key)?));
    }
    let (name, key) = rest.strip_prefix('[')?.rsplit_once("]: ")?;
    Some((name.to_owned(), Digest::parse(key)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_names() {
        let (one, two) = (Digest::of("one"), Digest::of("two"));
        let mut log = HashLog::default();
        for (line, is_one) in [
            ("HASH[build m/lib]".to_owned(), true),
            ("HASH[build m/lib]: \"compile\\n\"".to_owned(), true),
            (format!("HASH[build m/lib]: {one}"), true),
            (format!("HASH subkey {one} \"stdout\" = {two}"), true),
            (format!("HASH /src/a.go: {two}"), true),
            ("HASHES are nice".to_owned(), false),
            ("# m/lib".to_owned(), false),
        ] {
            assert_eq!(log.hear(line.as_bytes()), is_one, "{line}");
        }
        assert_eq!(log.step(&one), Some(("compile", "m/lib")));
        assert!(!log.differs_by_right(&one) && log.differs_by_right(&two));
        let cover = Digest::of("cover");
        log.hear(format!("HASH subkey {one} \"_testmain.cover.go\" = {cover}").as_bytes());
        assert!(log.differs_by_right(&cover), "it has names of temporary files");
        let three = Digest::of("three");
        log.hear(format!("HASH[testResult]: {three}").as_bytes());
        assert!(log.differs_by_right(&three) && log.step(&Digest::of("four")).is_none());
    }
}

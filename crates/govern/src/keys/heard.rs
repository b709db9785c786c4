//! What Go says of its keys.

use super::quoted::unquoted;
use super::{Keys, Step};
use crate::buildcache::HashLog;
use goward_installer::Digest;

/// The words with which Go begins the names of the keys of packages, and ours for the steps
/// (`cmd/go/internal/work/exec.go`).
const KINDS: [(&str, &str); 3] = [("build", "compile"), ("link", "link"), ("vet", "vet")];

impl Keys {
    /// Takes a line of Go's stderr, if it is about a key; returns whether it is. The keys of test results and of
    /// listings of directories are left out: they hold times.
    pub fn hear(&mut self, line: &[u8]) -> bool {
        if !HashLog::is_one(line) {
            return false;
        }
        let text = String::from_utf8_lossy(line);
        if let Some((step, said)) = text.strip_prefix("HASH[").and_then(said) {
            match unquoted(said) {
                Some(piece) => self.add_piece(step, piece),
                None if Digest::parse(said).is_some() => self.add_key(step, said.to_owned()),
                None => {}
            }
        }
        true
    }
}

/// The step of a line, and what the line says of it.
fn said(rest: &str) -> Option<(Step, &str)> {
    let (name, said) = rest.split_once("]: ")?;
    let (word, package) = name.split_once(' ')?;
    let (_, kind) = KINDS.iter().find(|(known, _)| *known == word)?;
    Some((Step { kind: (*kind).to_owned(), package: package.to_owned() }, said))
}

//! The lines of a start-up file that bring another manager into a shell, or that it has left there.
//! The file is read as text, and nothing of it is run.

use super::{NewPath, assignment, expanded};
use crate::peers::{self, Peer};
use goward_resolver::Environment;

/// The variables of Go's that other managers set.
const VARIABLES: [&str; 3] = ["GOROOT", "GOPATH", "GOBIN"];

/// A line that goward would take out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherLine {
    /// Its number, from 1.
    pub line: usize,
    /// The line without blanks around it.
    pub text: Vec<u8>,
    /// What it does.
    pub does: Does,
}

/// What such a line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// It brings this manager into the shell.
    Enters(Peer),
    /// It sets a variable of Go's, to something of this manager's if one is known.
    Sets(&'static str, Option<Peer>),
    /// It puts `$GOROOT/bin` before the rest of PATH, which is `/bin` where `GOROOT` is not set.
    PutsGoroot,
}

impl Does {
    /// The manager.
    pub fn peer(self) -> Option<Peer> {
        match self {
            Does::Enters(peer) => Some(peer),
            Does::Sets(_, peer) => peer,
            Does::PutsGoroot => None,
        }
    }
}

/// Such lines of a file. Those that end with `mark` are goward's own.
pub fn other_lines(env: &Environment<'_>, text: &[u8], mark: &[u8]) -> Vec<OtherLine> {
    let lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).zip(1..);
    let counts = |line: &[u8]| !line.starts_with(b"#") && !line.ends_with(mark);
    let found = lines.filter(|(line, _)| counts(line)).filter_map(|(text, line)| {
        let does = does(env, text)?;
        Some(OtherLine { line, text: text.to_vec(), does })
    });
    found.collect()
}

fn does(env: &Environment<'_>, line: &[u8]) -> Option<Does> {
    if let Some(init) = peers::init(line) {
        return Some(Does::Enters(init.peer));
    }
    let home = env.host().home().unwrap_or_default();
    let lookup = |name: &[u8]| env.get(std::str::from_utf8(name).ok()?).map(<[u8]>::to_vec);
    let full = |word: &[u8]| expanded(word, &home, &lookup);
    if let Some((key, value)) = assignment(line)
        && let Some(key) = VARIABLES.into_iter().find(|known| known.as_bytes() == key)
    {
        let peer = full(&value).and_then(|value| peers::setter(env, key, &value));
        // goward and Go need no GOROOT; a GOPATH may be the user's own.
        return (peer.is_some() || key == "GOROOT").then_some(Does::Sets(key, peer));
    }
    let path = NewPath::of(line)?;
    let mut peers = path.first.iter().filter_map(|dir| peers::keeper(env, &full(dir)?));
    let manager = peers.find(|peer| peer.is_manager()).map(Does::Enters);
    manager.or_else(|| path.puts_goroot().then_some(Does::PutsGoroot))
}

#[cfg(all(test, unix))]
#[path = "others_tests.rs"]
mod tests;

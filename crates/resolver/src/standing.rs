//! Whose file counts: a file that another user could put into a directory says nothing there.
//!
//! This is about `.goenv`, `.go-version` and `.tool-versions`. The files on which Go itself acts
//! (`go.mod`, `go.work`, the go/env file) count wherever Go takes them.

use crate::environment::Environment;
use crate::host::{Facts, FileText, Host, Kind, Os, Owner, ReadError};
use crate::path::{join, parent, same_text};
use crate::printable::escaped;
use crate::roots::Roots;
use crate::soundness::whose;
use crate::text;
use alloc::string::String;
use alloc::vec::Vec;

/// What a file may do where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It counts. If it is another user's, it chooses, and sets what needs no trust.
    Counts,
    /// It counts as the caller's own, by `GOWARD_TRUSTED_PATHS`.
    Vouched,
    /// It counts as absent; the number is that of the user who owns it.
    PassedOver(u32),
}

/// A file that counts as absent because of its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// The file.
    pub path: Vec<u8>,
    /// The user that owns it, or the link that leads to it.
    pub owner: u32,
    /// Whether a project lies beside it, so that the file seems to be meant to count.
    pub in_project: bool,
}

impl PassedOver {
    /// One line that says what was passed over, whose it is, and what makes it count.
    pub fn message(&self, os: Os) -> String {
        let directory = parent(os, &self.path).unwrap_or_default();
        text!(
            "{} is passed over: it belongs to {}, and other users can put files there; take \
             ownership of it, or name {} in GOWARD_TRUSTED_PATHS, if whatever anyone puts there is \
             to count as yours",
            escaped(&self.path),
            whose(os, self.owner),
            escaped(directory)
        )
    }
}

/// What the file at `path` may do. `text` is the result of reading it, and `temporary` tells whether
/// its directory is Go's temporary one.
pub(crate) fn standing(
    roots: &Roots<'_>,
    path: &[u8],
    text: &Result<FileText, ReadError>,
    temporary: impl FnOnce() -> bool,
) -> Standing {
    let host = roots.host();
    let dir = parent(host.os(), path).unwrap_or_default();
    // A link's owner, and that of what is read in the end.
    let (link, owner) = match text {
        Ok(text) => (text.link, Some(text.facts.owner)),
        Err(_) => {
            let link = host.entry(path).filter(Facts::is_link);
            (link.map(|link| link.owner), host.target(path).map(|target| target.owner))
        }
    };
    if link.is_none() && roots.vouches_for(dir) {
        return Standing::Vouched;
    }
    let foreign = |user: &u32| Owner::of(host, *user) == Owner::Foreign;
    let (link, owner) = (link.filter(foreign), owner.filter(foreign));
    let Some(user) = link.or(owner) else { return Standing::Counts };
    let directory = host.target(dir);
    let keeper = directory.map(|dir| dir.owner);
    if [link, owner].iter().all(|user| user.is_none() || *user == keeper) {
        return Standing::Counts;
    }
    let shared = match host.os() {
        // No access list is evaluated there; these are the places where all may write.
        Os::Windows => is_shared_place(&roots.env, dir),
        _ => directory.is_none_or(|dir| dir.is_open_to_others()),
    };
    if shared || temporary() { Standing::PassedOver(user) } else { Standing::Counts }
}

/// Whether `dir` is one of the directories of Windows that every user may write to.
fn is_shared_place(env: &Environment<'_>, dir: &[u8]) -> bool {
    let os = env.host().os();
    let is = |key: &str, below: &str| {
        let place = env.get(key).map(|place| join(os, place, below));
        place.is_some_and(|place| same_text(os, &place, dir))
    };
    parent(os, dir).is_none()
        || is("TEMP", "")
        || is("SystemRoot", "Temp")
        || is("PUBLIC", "")
        || is("ProgramData", "")
}

/// Whether a directory has what marks a project.
pub(crate) fn is_project(host: &dyn Host, dir: &[u8]) -> bool {
    let there = |name: &&str| host.kind(&join(host.os(), dir, name)) != Kind::Absent;
    ["go.mod", "go.work", ".git"].iter().any(there)
}

//! A `go.work`, those of its members that goward looks at, and the command that loads it.

use crate::paths::to_path;
use goward_gomod::{File, Kind, Rules};
use goward_resolver::{FileText, Host, Kind as FileKind, MOD_LIMIT, Origin, Survey, Version, path};

/// The members that goward looks at.
const MOST_MEMBERS: usize = 256;
/// The bytes of all their files together.
const MOST_BYTES: usize = 2 * MOD_LIMIT;

/// The command that Go would refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Command {
    /// The one that the survey is of.
    Asked,
    /// `go build`, whatever the survey is of.
    Build,
}

/// The text of a file, without one that goward cannot read: the resolver tells of that. The resolver's own
/// text does not say whether a link led there, behind which it may be a secret.
pub(super) fn text(here: &Survey<'_>, path: &[u8]) -> Option<FileText> {
    let is_link = to_path(path).symlink_metadata().is_ok_and(|found| found.is_symlink());
    let known = here.chain.text(path).filter(|_| !is_link).cloned();
    known.or_else(|| here.chain.env().host().read_entry(path, MOD_LIMIT).ok()?)
}

/// The `go.mod` that holds the directory.
pub(super) fn nearest(here: &Survey<'_>) -> Option<Vec<u8>> {
    let host = here.chain.env().host();
    let dirs = path::ancestors(host.os(), here.chain.directory.as_deref()?);
    let mut files = dirs.map(|dir| path::join(host.os(), dir, "go.mod"));
    files.find(|file| matches!(host.kind(file), FileKind::File { .. }))
}

/// The highest go line of the workspace's members that Go compares with that of the `go.work`.
pub(super) fn highest_member(here: &Survey<'_>) -> Option<Version> {
    let members = Workspace::read(here)?.near(here.chain.env().host());
    let lines = members.into_iter().filter_map(go_line).map(|(_, version)| version);
    lines.filter(Version::knows_gotoolchain).max()
}

/// The go line of a member's file.
pub(super) fn go_line((path, text): (Vec<u8>, FileText)) -> Option<(Origin, Version)> {
    let owner = text.owner;
    let go = File::parse(text.bytes, Rules::lax()).ok()?.go?;
    let version = Version::parse(go.value.as_str()?)?;
    Some((Origin { path, line: go.place.start.line, owner }, version))
}

/// A `go.work` that Go can read.
pub(super) struct Workspace {
    /// The file; its line is 0.
    pub(super) origin: Origin,
    /// Its text.
    pub(super) file: File,
}

impl Workspace {
    /// The `go.work` that counts; `None` without one, and for a file that Go's parser refuses, which
    /// Go tells in other words.
    pub(super) fn read(here: &Survey<'_>) -> Option<Workspace> {
        if !here.chain.has_workspace() {
            return None;
        }
        let module = here.chain.module.as_ref()?.as_ref().ok()?;
        let text = text(here, &module.path)?;
        let file = File::parse(text.bytes, Rules::strict(Kind::Workspace)).ok()?;
        let origin = Origin { path: module.path.clone(), line: 0, owner: module.owner };
        Some(Workspace { origin, file })
    }

    /// A path in the file, made absolute as Go makes it.
    pub(super) fn absolute(&self, host: &dyn Host, path: &[u8]) -> Option<Vec<u8>> {
        let root = path::parent(host.os(), &self.origin.path)?;
        Some(path::absolute(host.os(), root, path))
    }

    /// The directories of all members.
    pub(super) fn members(&self, host: &dyn Host) -> impl Iterator<Item = Vec<u8>> {
        self.file.uses.iter().filter_map(move |member| self.absolute(host, member.path.as_bytes()))
    }

    /// The `go.mod` files of the members. A stranger's `go.work` can name any path, so goward looks at
    /// those that lie below the workspace or beside it, and at no other.
    pub(super) fn near(&self, host: &dyn Host) -> Vec<(Vec<u8>, FileText)> {
        let (os, mut left) = (host.os(), MOST_BYTES);
        let Some(root) = path::parent(os, &self.origin.path) else { return Vec::new() };
        let around = path::parent(os, root).filter(|dir| path::parent(os, dir).is_some());
        let is_near = |dir: &Vec<u8>| {
            path::same_text(os, dir, root) || path::is_below(os, dir, around.unwrap_or(root))
        };
        let mut files = Vec::new();
        for dir in self.members(host).take(MOST_MEMBERS).filter(is_near) {
            let path = path::join(os, &dir, "go.mod");
            if let Ok(Some(text)) = host.read_entry(&path, MOD_LIMIT.min(left)) {
                left -= text.bytes.len().min(left);
                files.push((path, text));
            }
        }
        files
    }
}

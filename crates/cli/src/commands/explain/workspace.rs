//! A `go.work` whose go line is below that of a member: every Go from 1.21 on then refuses to load the
//! workspace, whatever its own version (`cmd/go/internal/modload/init.go`, `errWorkTooOld`).
//!
//! The shim does not look at the members: Go says it in its own words. Only the commands that foretell
//! do.

use super::cures::Cure;
use crate::failure::{Exit, Failure};
use crate::paths::{Near, shown};
use goward_gomod::{File, Kind, Rules};
use goward_resolver::{Host, MOD_LIMIT, Origin, Survey, Version, path};

/// The members that goward looks at.
const MOST_MEMBERS: usize = 256;
/// The bytes of all their files together.
const MOST_BYTES: usize = 2 * MOD_LIMIT;
/// The version that Go takes for a `go.work` without a go line.
const WITHOUT_A_LINE: &str = "1.18";

/// The refusal to load a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct WorkTooOld {
    /// The go line of the `go.work`; of line 0, if there is none.
    work: Origin,
    /// Its version.
    lists: Version,
    /// The member's go line, the highest of all.
    pub(in crate::commands) member: Origin,
    /// Its version.
    pub(in crate::commands) needs: Version,
    /// The number of further members above the `go.work`.
    others: usize,
}

/// Go's refusal to load the workspace here, by a Go of the version `running`.
pub(in crate::commands) fn too_old(here: &Survey<'_>, running: &Version) -> Option<WorkTooOld> {
    here.loads_workspace().then(|| older_than_a_member(here, running)).flatten()
}

/// The same, whatever the command.
fn older_than_a_member(here: &Survey<'_>, running: &Version) -> Option<WorkTooOld> {
    if !here.chain.has_workspace() || !running.knows_gotoolchain() {
        return None;
    }
    let (host, module) = (here.chain.env().host(), here.chain.module.as_ref()?.as_ref().ok()?);
    let text = host.read_entry(&module.path, MOD_LIMIT).ok()??;
    // What Go's parser refuses, it refuses in other words.
    let file = File::parse(text.bytes, Rules::strict(Kind::Workspace)).ok()?;
    let (lists, line) = match &file.go {
        Some(go) => (Version::parse(go.value.as_str()?)?, go.place.start.line),
        None => (Version::parse(WITHOUT_A_LINE)?, 0),
    };
    let work = Origin { path: module.path.clone(), line, owner: module.owner };
    let uses = file.uses.iter().map(|member| member.path.as_bytes());
    let mut above = Members { host, left: MOST_BYTES }.of(&work, uses);
    above.retain(|(_, version)| version.knows_gotoolchain() && *version > lists);
    let others = above.len().saturating_sub(1);
    let (member, needs) = above.into_iter().reduce(|a, b| if b.1 > a.1 { b } else { a })?;
    Some(WorkTooOld { work, lists, member, needs, others })
}

/// The same for a command that builds, as the failure of one of goward's, with the cures.
pub(in crate::commands) fn refusal(here: &Survey<'_>, running: &Version) -> Option<Failure> {
    let work = older_than_a_member(here, running)?;
    let because = work.because(|origin| place(origin, &shown(&origin.path)));
    let message = format!("Go refuses to load the workspace here: {because}");
    let cures = work.cures(running, &Near::new(here.chain.directory.as_deref()));
    let failure = Failure::new(Exit::Failure, message);
    Some(cures.iter().fold(failure, |failure, Cure { command, effect }| {
        failure.hint(format!("run: {command} ({effect})"))
    }))
}

/// The reader of the members' files.
struct Members<'h> {
    host: &'h dyn Host,
    /// The bytes that it may still read.
    left: usize,
}

impl Members<'_> {
    /// The go lines of the members. A stranger's `go.work` can name any path, so goward looks at
    /// those that lie below the workspace or beside it, and at no other.
    fn of<'a>(
        mut self,
        work: &Origin,
        uses: impl Iterator<Item = &'a [u8]>,
    ) -> Vec<(Origin, Version)> {
        let os = self.host.os();
        let Some(root) = path::parent(os, &work.path) else { return Vec::new() };
        let around = path::parent(os, root).filter(|dir| path::parent(os, dir).is_some());
        let members = uses.take(MOST_MEMBERS).map(|member| path::absolute(os, root, member));
        let is_near = |dir: &Vec<u8>| {
            path::same_text(os, dir, root) || path::is_below(os, dir, around.unwrap_or(root))
        };
        let near: Vec<Vec<u8>> = members.filter(is_near).collect();
        near.iter().filter_map(|dir| self.go_line(path::join(os, dir, "go.mod"))).collect()
    }

    fn go_line(&mut self, path: Vec<u8>) -> Option<(Origin, Version)> {
        let text = self.host.read_entry(&path, MOD_LIMIT.min(self.left)).ok()??;
        self.left -= text.bytes.len().min(self.left);
        let owner = text.owner;
        let go = File::parse(text.bytes, Rules::lax()).ok()?.go?;
        let version = Version::parse(go.value.as_str()?)?;
        Some((Origin { path, line: go.place.start.line, owner }, version))
    }
}

impl WorkTooOld {
    /// The reason, for a sentence; `place` shows a line of a file.
    fn because(&self, place: impl Fn(&Origin) -> String) -> String {
        let WorkTooOld { work, lists, member, needs, .. } = self;
        let more = match self.others {
            0 => String::new(),
            1 => " (and one more member is above it)".to_owned(),
            others => format!(" (and {others} more members are above it)"),
        };
        let member = place(member);
        match work.line {
            0 => {
                let file = place(work);
                format!(
                    "{member} needs Go {needs}, and {file} has no go line, which counts as {lists}{more}"
                )
            }
            _ => {
                let work = place(work);
                format!(
                    "{member} needs Go {needs}, but the workspace says go {lists} ({work}){more}"
                )
            }
        }
    }

    /// The reason, with paths as they look from there.
    pub(in crate::commands) fn near(&self, near: &Near) -> String {
        self.because(|origin| place(origin, &near.show(&origin.path)))
    }

    /// The line that is against what the member needs.
    pub(in crate::commands) fn against(&self, near: &Near) -> (String, String) {
        let WorkTooOld { work, lists, .. } = self;
        (place(work, &near.show(&work.path)), format!("go {lists}"))
    }

    /// The commands that make Go load the workspace, or leave it alone; `running` is the version of
    /// the Go that runs.
    pub(in crate::commands) fn cures(&self, running: &Version, near: &Near) -> Vec<Cure> {
        let WorkTooOld { work, lists, member, needs, others } = self;
        let file = near.show(&work.path);
        let raise = if running >= needs {
            let effect = format!("raises the go line of {file} to {needs}");
            Cure { command: "go work use".to_owned(), effect }
        } else {
            let word = near.word(&work.path);
            let effect = format!("changes {file}; Go {needs} or later must run then");
            Cure { command: format!("go work edit -go={needs} {word}"), effect }
        };
        let lower = (*others == 0 && work.line > 0).then(|| {
            let (word, file) = (near.word(&member.path), near.show(&member.path));
            let command = format!("go mod edit -go={lists} {word}");
            Cure { command, effect: format!("changes {file}") }
        });
        let effect = "in this shell: builds the module here alone";
        let alone = Cure { command: "export GOWORK=off".to_owned(), effect: effect.to_owned() };
        [Some(raise), lower, Some(alone)].into_iter().flatten().collect()
    }
}

fn place(origin: &Origin, file: &str) -> String {
    if origin.line == 0 { file.to_owned() } else { format!("{file}:{}", origin.line) }
}

//! A `go.work` whose go line is below that of a member: every Go from 1.21 on then refuses to load the
//! workspace, whatever its own version (`cmd/go/internal/modload/init.go`, `errWorkTooOld`).

use super::cures::{Cure, place};
use super::members::{Command, Workspace, go_line, nearest};
use crate::paths::Near;
use goward_resolver::{Origin, Survey, Version};

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
    /// Whether a module holds the directory, so that Go has something to build without the workspace.
    in_module: bool,
}

/// Go's refusal to load the workspace here for `command`, by a Go of the version `running`.
pub(super) fn too_old(
    here: &Survey<'_>,
    running: &Version,
    command: Command,
) -> Option<WorkTooOld> {
    let loads = here.loads_workspace() || command == Command::Build;
    if !loads || !running.knows_gotoolchain() {
        return None;
    }
    let workspace = Workspace::read(here)?;
    let Workspace { origin, file } = &workspace;
    let (lists, line) = match &file.go {
        Some(go) => (Version::parse(go.value.as_str()?)?, go.place.start.line),
        None => (Version::parse(WITHOUT_A_LINE)?, 0),
    };
    let work = Origin { line, ..origin.clone() };
    let members = workspace.near(here.chain.env().host());
    let mut above: Vec<_> = members.into_iter().filter_map(go_line).collect();
    above.retain(|(_, version)| version.knows_gotoolchain() && *version > lists);
    let others = above.len().saturating_sub(1);
    let (member, needs) = above.into_iter().reduce(|a, b| if b.1 > a.1 { b } else { a })?;
    let in_module = nearest(here).is_some();
    Some(WorkTooOld { work, lists, member, needs, others, in_module })
}

impl WorkTooOld {
    /// The reason, with paths as they look from there.
    pub(super) fn because(&self, near: &Near) -> String {
        let WorkTooOld { work, lists, member, needs, .. } = self;
        let more = match self.others {
            0 => String::new(),
            1 => " (and one more member is above it)".to_owned(),
            others => format!(" (and {others} more members are above it)"),
        };
        let [member, work] = [member, work].map(|origin| place(origin, &near.show(&origin.path)));
        if self.work.line == 0 {
            format!(
                "{member} needs Go {needs}, and {work} has no go line, which counts as {lists}{more}"
            )
        } else {
            format!("{member} needs Go {needs}, but the workspace says go {lists} ({work}){more}")
        }
    }

    /// The line that is against what the member needs.
    pub(super) fn against(&self, near: &Near) -> (String, String) {
        let WorkTooOld { work, lists, .. } = self;
        (place(work, &near.show(&work.path)), format!("go {lists}"))
    }

    /// The commands that make Go load the workspace, or leave it alone; `running` is the version of
    /// the Go that runs.
    pub(super) fn cures(&self, running: &Version, near: &Near) -> Vec<Cure> {
        let WorkTooOld { work, lists, member, needs, others, in_module } = self;
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
        let alone = in_module.then_some(alone);
        [Some(raise), lower, alone].into_iter().flatten().collect()
    }
}

//! An inherited `GOROOT`: the commands that say what `go` does say the same of it.

use crate::paths::shown;
use goward_govern::peers::{self, Peer};
use goward_resolver::{Kind, Plan, Source, Survey, path};

/// The caller's `GOROOT`, which is not the tree of the toolchain that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Inherited {
    value: Vec<u8>,
    /// The manager in whose directory it lies.
    keeper: Option<Peer>,
    becomes: Becomes,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Becomes {
    /// goward does not pass it on: it names another version's tree.
    Dropped,
    /// Go gets it, and compiles the standard library of that tree.
    Kept,
    /// Go gets it, and fails: it names no Go tree.
    Broken,
}

/// `None` if it is not set, or is the tree of the toolchain that `plan` runs.
pub(crate) fn inherited(here: &Survey<'_>, plan: &Plan) -> Option<Inherited> {
    let env = here.chain.env();
    let (host, value) = (env.host(), env.get("GOROOT")?);
    let launch = plan.launch.as_ref().ok()?;
    // Below a running Go it is that Go's own.
    if plan.source == Source::Running {
        return None;
    }
    let same = |tree: &[u8]| {
        let id = |path: &[u8]| host.identity(path);
        path::same_text(host.os(), value, tree) || id(value).is_some() && id(value) == id(tree)
    };
    let library = || path::join(host.os(), &path::join(host.os(), value, "src"), "runtime");
    let becomes = if launch.env.iter().any(|change| change.key == "GOROOT") {
        Becomes::Dropped
    } else if plan.target.as_ref().and_then(|target| target.goroot.as_deref()).is_some_and(same) {
        return None;
    } else if host.kind(&library()) == Kind::Absent {
        Becomes::Broken
    } else {
        Becomes::Kept
    };
    Some(Inherited { value: value.to_vec(), keeper: peers::keeper(env, value), becomes })
}

impl Inherited {
    /// Whether Go fails with it.
    pub(crate) fn breaks_go(&self) -> bool {
        self.becomes == Becomes::Broken
    }

    /// Whether Go gets it.
    pub(crate) fn reaches_go(&self) -> bool {
        self.becomes != Becomes::Dropped
    }

    /// Its value, and the manager that keeps it.
    pub(crate) fn place(&self) -> String {
        let value = shown(&self.value);
        match self.keeper {
            Some(Peer { name }) => format!("{value} of {name}"),
            None => value,
        }
    }

    /// The setting, for a sentence.
    pub(crate) fn setting(&self) -> String {
        format!("GOROOT={}", self.place())
    }

    /// What becomes of it.
    pub(crate) fn effect(&self) -> &'static str {
        match self.becomes {
            Becomes::Dropped => "is the tree of another Go, and is not passed on",
            Becomes::Kept => "is another tree, and Go compiles the standard library of that one",
            Becomes::Broken => "is no Go tree, and Go fails with it",
        }
    }

    /// The remark, with the cure.
    pub(crate) fn remark(&self) -> String {
        format!("{} in the environment {}; run: unset GOROOT", self.setting(), self.effect())
    }
}

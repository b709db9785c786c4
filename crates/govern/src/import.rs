//! The plan of an import: what becomes of each tree, default and pin of another manager. Nothing
//! here asks the machine.

use crate::peer::Peer;
use crate::pins::Statement;
use goward_resolver::{Owner, Selector};
use std::fmt;

/// What becomes of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A copy of it goes into the store.
    Copy,
    /// A mirror's archive of that release goes into the store.
    Install,
    /// The user may give it a name; import does not.
    Link,
    /// Nothing.
    Nothing,
}

impl Step {
    /// One word for it.
    pub fn word(self) -> &'static str {
        match self {
            Step::Copy => "copy",
            Step::Install => "install",
            Step::Link => "link",
            Step::Nothing => "nothing",
        }
    }
}

/// The facts about a tree that need no look at its files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The store has this release, or a link leads to the tree.
    pub there: bool,
    /// The user it belongs to, if that is neither the caller nor root.
    pub foreign: Option<u32>,
    /// A package manager or a distribution replaces it.
    pub own: bool,
    /// It has a name of its own, as a company's build has.
    pub custom: bool,
    /// It was built from a checkout.
    pub built: bool,
}

/// What the checksum database says of a tree's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// They are Go's own.
    Proven,
    /// They are not; the reason.
    Differs(String),
    /// It does not know this release, or none is asked.
    Unknown,
    /// It cannot be reached; the reason.
    Unreachable(String),
    /// The tree cannot be read; the reason.
    Impossible(String),
}

/// The reason of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// There is nothing to do.
    There,
    /// Another tree of the same release is copied.
    Twin,
    /// It belongs to another user.
    Foreign(u32),
    /// Its keeper replaces it.
    Own,
    /// It has a name of its own.
    Custom,
    /// It was built from a checkout.
    Built,
    /// What the database says.
    Database(Proof),
}

impl fmt::Display for Why {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::There => to.write_str("there already"),
            Why::Twin => to.write_str("the same release as another one here"),
            Why::Foreign(user) => write!(to, "it belongs to user {user}"),
            Why::Own => to.write_str("it is updated where it is"),
            Why::Custom => to.write_str("no release of Go: it has a name of its own"),
            Why::Built => to.write_str("built from source, so nothing can vouch for it"),
            Why::Database(Proof::Proven) => to.write_str("the checksum database knows its files"),
            Why::Database(Proof::Differs(why)) => write!(to, "not the files of the release: {why}"),
            Why::Database(Proof::Unknown) => to.write_str("no checksum database knows its files"),
            Why::Database(Proof::Unreachable(why) | Proof::Impossible(why)) => to.write_str(why),
        }
    }
}

/// What becomes of a tree. `prove` looks at its files, and is called only where that matters.
pub fn step(facts: Facts, prove: impl FnOnce() -> Proof) -> (Step, Why) {
    if facts.there {
        return (Step::Nothing, Why::There);
    }
    if let Some(user) = facts.foreign {
        return (Step::Nothing, Why::Foreign(user));
    }
    if facts.own {
        return (Step::Link, Why::Own);
    }
    if facts.custom {
        return (Step::Link, Why::Custom);
    }
    if facts.built {
        return (Step::Install, Why::Built);
    }
    let proof = prove();
    let step = match proof {
        Proof::Proven => Step::Copy,
        Proof::Differs(_) | Proof::Unknown => Step::Install,
        Proof::Unreachable(_) | Proof::Impossible(_) => Step::Nothing,
    };
    (step, Why::Database(proof))
}

/// Whether a release is in the store, or will be after the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum There {
    /// It is, or will be.
    Yes,
    /// No witness vouched for it.
    Unverified,
    /// It is not.
    No,
}

/// What becomes of a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// It becomes goward's.
    Yes,
    /// goward has a default.
    Set,
    /// goward has no selector for it.
    Unclear,
    /// The file is another user's.
    Foreign,
    /// That release is not installed.
    Absent,
    /// No witness vouched for the toolchain.
    Unverified,
    /// Another manager's counts.
    Outranked,
    /// Another manager says something else, and no `go` on PATH tells which one counts.
    Contradicted,
}

impl Chosen {
    /// The reason in words.
    pub fn why(self) -> &'static str {
        match self {
            Chosen::Yes => "no default is set",
            Chosen::Set => "goward has a default",
            Chosen::Unclear => "goward has no word for it",
            Chosen::Foreign => "the file is another user's",
            Chosen::Absent => "that release is not installed",
            Chosen::Unverified => "nothing vouched for that toolchain",
            Chosen::Outranked => "another manager's counts",
            Chosen::Contradicted => "the managers contradict each other",
        }
    }
}

/// What becomes of each default. At most one becomes goward's: that of the manager whose `go` is
/// `first` on PATH, or else the one that all managers name.
pub fn defaults(
    found: &[Statement],
    first: Option<Peer>,
    is_set: bool,
    there: &dyn Fn(&Selector) -> There,
) -> Vec<Chosen> {
    let alone = |statement: &Statement| {
        let Some(wants) = &statement.wants else { return Chosen::Unclear };
        match there(wants) {
            _ if statement.owner == Owner::Foreign => Chosen::Foreign,
            _ if is_set => Chosen::Set,
            There::Yes => Chosen::Yes,
            There::Unverified => Chosen::Unverified,
            There::No => Chosen::Absent,
        }
    };
    let mut all: Vec<Chosen> = found.iter().map(alone).collect();
    let fit = |at: &usize| all[*at] == Chosen::Yes;
    let open: Vec<usize> = (0..found.len()).filter(fit).collect();
    let by_path = open.iter().copied().find(|at| Some(found[*at].peer) == first);
    let same = open.windows(2).all(|two| found[two[0]].wants == found[two[1]].wants);
    let counts = by_path.or_else(|| open.first().copied().filter(|_| same));
    for at in open {
        if Some(at) != counts {
            all[at] = if counts.is_some() { Chosen::Outranked } else { Chosen::Contradicted };
        }
    }
    all
}

/// What becomes of a pin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pinned {
    /// It goes into a new `.go-version`.
    Written,
    /// A file that goward reads says the same.
    There,
    /// A file that goward reads says this.
    Overruled(String),
    /// Another file of the directory is written down.
    Twin,
    /// Another file of the directory says something else.
    Contradicted,
    /// goward has no selector for it.
    Unclear,
}

impl fmt::Display for Pinned {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Pinned::Written => "goward does not read that file",
            Pinned::There => "there already",
            Pinned::Overruled(says) => {
                return write!(to, "the file that goward reads there says {says}");
            }
            Pinned::Twin => "the same as another file there",
            Pinned::Contradicted => "another file there says something else",
            Pinned::Unclear => "goward has no word for it",
        })
    }
}

/// What becomes of the pins of one directory, in the order in which one outranks the next. `has` is
/// what a file there says that goward reads; an unreadable one says something, too.
pub fn pins(found: &[Statement], has: Option<Result<&Selector, &str>>) -> Vec<Pinned> {
    let wants: Vec<&Selector> = found.iter().filter_map(|one| one.wants.as_ref()).collect();
    let agree = wants.windows(2).all(|two| two[0] == two[1]);
    let mut written = false;
    let each = |one: &Statement| match (&one.wants, has) {
        (None, _) => Pinned::Unclear,
        (Some(wants), Some(Ok(has))) if has == wants => Pinned::There,
        (Some(_), Some(Ok(has))) => Pinned::Overruled(has.to_string()),
        (Some(_), Some(Err(says))) => Pinned::Overruled(says.to_owned()),
        (Some(_), None) if !agree => Pinned::Contradicted,
        (Some(_), None) if std::mem::replace(&mut written, true) => Pinned::Twin,
        (Some(_), None) => Pinned::Written,
    };
    found.iter().map(each).collect()
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;

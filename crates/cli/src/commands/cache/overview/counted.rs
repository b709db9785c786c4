//! A place of files, and what was counted there.

use crate::failure::Result;
use goward_govern::doctor::facts::Disk;
use goward_govern::usage::Usage;
use goward_govern::{buildcache, modcache};
use std::path::PathBuf;

/// A cache, or the toolchains.
pub(super) struct Area {
    /// The variable that names it, or ours for it.
    pub(super) name: &'static str,
    /// The directory; `None` if there is none.
    pub(super) path: Option<PathBuf>,
    /// What sets it, if that is not a default.
    pub(super) set_by: Option<String>,
    /// Why nothing was counted.
    pub(super) fault: Option<String>,
    pub(super) disk: Option<Disk>,
    /// What is there; `None` if nothing is.
    pub(super) counts: Option<Counts>,
}

/// What was counted.
pub(super) enum Counts {
    Build(Box<buildcache::Counted>),
    Modules(Box<modcache::Counted>),
    /// Of another directory, with the number of directories in it.
    Tree(Usage, u64),
}

impl Counts {
    pub(super) fn usage(&self) -> &Usage {
        match self {
            Counts::Build(counted) => &counted.usage,
            Counts::Modules(counted) => &counted.usage,
            Counts::Tree(usage, _) => usage,
        }
    }
}

impl Area {
    pub(super) fn new(
        name: &'static str,
        place: Result<(PathBuf, Option<buildcache::Setting>)>,
    ) -> Area {
        let (path, set_by, fault) = match place {
            Ok((path, set_by)) => (Some(path), set_by.map(|by| by.to_string()), None),
            Err(why) => (None, None, Some(why.one_line())),
        };
        Area { name, path, set_by, fault, disk: None, counts: None }
    }
}

//! Floors: the least that a build in a directory needs.

use crate::finding::Place;
use crate::repo::upwards;
use goward_resolver::Version;
use std::collections::BTreeMap;

/// The least that a module file needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) version: Version,
    pub(super) at: Place,
    /// What asks for it, in few words.
    pub(super) by: String,
}

impl Need {
    /// The need as a sentence.
    pub(super) fn words(&self) -> String {
        let Need { version, by, .. } = self;
        // A directive is called by what it needs.
        let whole = by.ends_with(version.as_str());
        if whole { by.clone() } else { format!("{by} needs Go {version}") }
    }
}

/// The floors of modules.
#[derive(Debug)]
pub(super) struct Floors {
    /// By the modules' directories; `None` for one that has no floor.
    modules: BTreeMap<String, Option<Need>>,
    /// For each directory with modules below it, those directories.
    below: BTreeMap<String, Below>,
}

/// The modules in and below a directory.
#[derive(Debug, Default)]
struct Below {
    /// The directory of the first.
    first: String,
    /// Directories of the modules with the least and the greatest floor.
    extremes: Option<(String, String)>,
    /// Whether a module has no floor.
    open: bool,
}

impl Floors {
    /// Of modules by their directories.
    pub(super) fn of(modules: BTreeMap<String, Option<Need>>) -> Floors {
        Floors { below: below(&modules), modules }
    }

    /// The floor of the module in a directory.
    pub(super) fn module(&self, dir: &str) -> Option<&Need> {
        self.modules.get(dir)?.as_ref()
    }

    /// The directory of the nearest module at or above a directory.
    pub(super) fn nearest<'d>(&self, dir: &'d str) -> Option<&'d str> {
        upwards(dir).find(|dir| self.modules.contains_key(*dir))
    }

    /// The directory of a module in or below a directory.
    pub(super) fn some_module_below(&self, dir: &str) -> Option<&str> {
        self.below.get(dir).map(|below| below.first.as_str())
    }

    /// The least and the greatest floor of the modules that a build in a directory may be of: the nearest
    /// one above, else those below. They differ where several are below.
    pub(super) fn around(&self, dir: &str) -> Option<(&Need, &Need)> {
        if let Some(above) = self.nearest(dir) {
            return self.module(above).map(|floor| (floor, floor));
        }
        let below = self.below.get(dir).filter(|below| !below.open)?;
        let (least, most) = below.extremes.as_ref()?;
        Some((self.module(least)?, self.module(most)?))
    }
}

/// What lies below each directory that has modules in or below it.
fn below(modules: &BTreeMap<String, Option<Need>>) -> BTreeMap<String, Below> {
    let mut all: BTreeMap<String, Below> = BTreeMap::new();
    let version = |dir: &String| Some(&modules.get(dir)?.as_ref()?.version);
    for (dir, floor) in modules {
        for above in upwards(dir) {
            if !all.contains_key(above) {
                all.insert(above.to_owned(), Below { first: dir.clone(), ..Below::default() });
            }
            let Some(below) = all.get_mut(above) else { continue };
            let Some(floor) = floor else {
                below.open = true;
                continue;
            };
            let (least, most) = below.extremes.get_or_insert_with(|| (dir.clone(), dir.clone()));
            if version(least).is_some_and(|other| floor.version < *other) {
                least.clone_from(dir);
            }
            if version(most).is_some_and(|other| *other < floor.version) {
                most.clone_from(dir);
            }
        }
    }
    all
}

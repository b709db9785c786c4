//! Which packages of a build need cgo, by two lists of Go's: with cgo and without.

use crate::go::without_texts;
use crate::listing::{Failure, Module};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;

/// What is asked of each package. Go looks for embedded files only where they are asked for.
pub(super) const FIELDS: &str = "-json=ImportPath,Name,Dir,Standard,DepOnly,Module,GoFiles,CgoFiles,CgoPkgConfig,\
    SFiles,Imports,EmbedFiles,Error";

/// Go's words where no file of a package is for this system, or all are for cgo.
const EXCLUDED: &str = "build constraints exclude all Go files";
/// Go's words where C sources stand beside Go files that import no C.
const NOT_USING: &str = "source files not allowed when not using cgo";
/// Go adds it to every program with cgo.
const RUNTIME: &str = "runtime/cgo";
/// The longest that Go's words may be, in characters.
const LONGEST: usize = 200;

/// A package as Go lists it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Package {
    import_path: String,
    name: String,
    dir: String,
    standard: bool,
    dep_only: bool,
    module: Option<Module>,
    go_files: Vec<String>,
    cgo_files: Vec<String>,
    cgo_pkg_config: Vec<String>,
    #[serde(rename = "SFiles")]
    s_files: Vec<String>,
    imports: Vec<String>,
    error: Option<Failure>,
}

/// How much a package needs cgo. A later one weighs more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It is of the standard library, which has Go in the place of C.
    Standard,
    /// It leaves files out without cgo: only its documentation tells whether it works so.
    Optional,
    /// It does not build without cgo.
    Required,
}

impl Weight {
    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Weight::Standard => "standard",
            Weight::Optional => "optional",
            Weight::Required => "required",
        }
    }
}

/// A package that uses cgo. A stranger may have written its texts: escape them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its import path.
    pub package: String,
    /// The dependency that it is of, with its version; `None` for the standard library and the module's own.
    pub module: Option<String>,
    /// How much it needs cgo.
    pub weight: Weight,
    /// The imports that lead to it: from a program, or a package that is asked about, to the package itself.
    pub chain: Vec<String>,
    /// What it asks pkg-config about.
    pub pkg_config: Vec<String>,
}

/// The files of a package that differ with cgo.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LeftOut {
    pub(super) package: String,
    pub(super) dir: String,
    /// Those that a build without cgo leaves out.
    pub(super) files: Vec<String>,
    /// Those that only a build without cgo has.
    pub(super) instead: Vec<String>,
    /// Whether it is a program.
    pub(super) is_program: bool,
}

/// The packages of a build for one system, as far as cgo matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Those that use cgo, the weightiest first.
    pub users: Vec<User>,
    /// The package that Go cannot load or build for that system, whatever cgo is, and why.
    pub unloaded: Option<(String, String)>,
    /// The package that Go cannot load with cgo alone, and why.
    pub unloaded_with: Option<(String, String)>,
    /// How many packages were listed as asked about.
    pub asked: usize,
    /// What differs with cgo, of the packages that are not of the standard library.
    pub(super) left_out: Vec<LeftOut>,
    /// The packages that may do without cgo, and all that import them: whether these compile tells.
    pub(super) doubtful: Vec<String>,
    /// The directories of all packages of the build without cgo, but for the standard library's; the asked ones first.
    pub(super) dirs: Vec<PathBuf>,
    /// Whether one of these has assembly.
    pub(super) has_assembly: bool,
}

impl Needs {
    /// The weight of the weightiest; `None` if no package uses cgo.
    #[must_use]
    pub fn weight(&self) -> Option<Weight> {
        self.users.iter().map(|user| user.weight).max()
    }

    /// Compares the lists.
    pub(super) fn of(with: Vec<Package>, without: Vec<Package>) -> Needs {
        let list = Listed::of(with);
        let dirs = dirs(&without);
        let has_assembly = without.iter().any(|one| !one.standard && !one.s_files.is_empty());
        let without: BTreeMap<String, Package> =
            without.into_iter().map(|package| (package.import_path.clone(), package)).collect();
        let ways = list.ways();
        let asked = list.roots().len();
        let mut needs = Needs { asked, dirs, has_assembly, ..Needs::default() };
        for path in ways.keys() {
            let Some(package) = list.all.get(*path) else { continue };
            let other = without.get(*path);
            // Only files with cgo import what is not listed without.
            let fails = || other.map_or(!package.dep_only, Package::fails);
            if let Some(why) = package.failure() {
                let told = if fails() { &mut needs.unloaded } else { &mut needs.unloaded_with };
                told.get_or_insert_with(|| (package.import_path.clone(), why));
            } else if let Some(weight) = list.weight(package, &without) {
                needs.left_out.extend(package.left_out(other));
                needs.users.push(User {
                    package: package.import_path.clone(),
                    module: package.dependency(),
                    weight,
                    chain: way(&ways, path),
                    pkg_config: package.asks_about(),
                });
            }
        }
        needs.users.sort_by(|a, b| b.weight.cmp(&a.weight).then(a.package.cmp(&b.package)));
        let optional = needs.users.iter().filter(|user| user.weight == Weight::Optional);
        let optional: Vec<&str> = optional.map(|user| user.package.as_str()).collect();
        needs.doubtful = list.importers(&optional, &ways);
        needs
    }
}

impl Package {
    fn files(&self) -> BTreeSet<&String> {
        self.go_files.iter().chain(&self.cgo_files).collect()
    }

    /// How its files differ without cgo.
    fn left_out(&self, without: Option<&Package>) -> Option<LeftOut> {
        let (with, without) = (self.files(), without.map(Package::files).unwrap_or_default());
        let only = |one: &BTreeSet<&String>, other: &BTreeSet<&String>| {
            one.difference(other).map(|file| (*file).clone()).collect()
        };
        (!self.standard).then(|| LeftOut {
            package: self.import_path.clone(),
            dir: self.dir.clone(),
            files: only(&with, &without),
            instead: only(&without, &with),
            is_program: self.name == "main",
        })
    }

    fn fails(&self) -> bool {
        self.error.is_some()
    }

    fn fails_for_want_of_cgo(&self) -> bool {
        self.error.as_ref().is_some_and(|failure| wants_cgo(&failure.err))
    }

    /// Why Go cannot load it, on one line.
    fn failure(&self) -> Option<String> {
        Some(on_one_line(&without_texts(&self.error.as_ref()?.err)))
    }

    /// What it asks pkg-config about, each once.
    fn asks_about(&self) -> Vec<String> {
        let names: BTreeSet<&String> = self.cgo_pkg_config.iter().collect();
        names.into_iter().cloned().collect()
    }

    fn dependency(&self) -> Option<String> {
        self.module.as_ref().and_then(Module::dependency)
    }
}

fn dirs(packages: &[Package]) -> Vec<PathBuf> {
    let mut own: Vec<&Package> = packages.iter().filter(|package| !package.standard).collect();
    own.sort_by_key(|package| package.dep_only);
    own.iter().map(|package| PathBuf::from(&package.dir)).collect()
}

/// Whether Go says that all files of a package, or its C sources, are for cgo.
pub(super) fn wants_cgo(words: &str) -> bool {
    words.contains(EXCLUDED) || words.contains(NOT_USING)
}

/// Go's words, cut where they are long.
pub(super) fn on_one_line(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(LONGEST).collect()
}

/// One list, by import path.
struct Listed {
    all: BTreeMap<String, Package>,
}

impl Listed {
    fn of(packages: Vec<Package>) -> Listed {
        let by_path = packages.into_iter().map(|package| (package.import_path.clone(), package));
        Listed { all: by_path.collect() }
    }

    /// How much a package needs cgo; `None` if it builds of the same files without.
    fn weight(&self, with: &Package, without: &BTreeMap<String, Package>) -> Option<Weight> {
        if with.standard {
            return (!with.cgo_files.is_empty()).then_some(Weight::Standard);
        }
        let Some(other) = without.get(&with.import_path) else {
            // Go leaves a package out that a pattern names and that has no file; one that only files with cgo import
            // is no part of the build without.
            return (!with.dep_only).then_some(Weight::Required);
        };
        // Its tests alone may be left. The linker alone would tell that runtime/cgo is nothing without C.
        let must = other.files().is_empty() && !with.files().is_empty()
            || other.imports.iter().any(|path| path == RUNTIME)
            || other.fails_for_want_of_cgo()
            || self.lacks(other, without);
        let weight = if must { Weight::Required } else { Weight::Optional };
        (must || with.files() != other.files()).then_some(weight)
    }

    /// Whether a package needs another that Go cannot load, and that the build with cgo, which this list is of, does not
    /// need.
    fn lacks(&self, package: &Package, without: &BTreeMap<String, Package>) -> bool {
        let (mut seen, mut open) = (BTreeSet::new(), vec![package]);
        while let Some(package) = open.pop() {
            let only = package.imports.iter().filter(|path| !self.all.contains_key(*path));
            for import in only.filter_map(|path| without.get(path)) {
                if import.fails() {
                    return true;
                }
                if seen.insert(&import.import_path) {
                    open.push(import);
                }
            }
        }
        false
    }

    /// The programs that are asked about; where there are none, all packages that are.
    fn roots(&self) -> Vec<&str> {
        let asked = || self.all.values().filter(|package| !package.dep_only && !package.standard);
        let programs = asked().filter(|package| package.name == "main");
        let names = |package: &Package| package.import_path.len();
        let mut roots: Vec<&Package> = programs.collect();
        if roots.is_empty() {
            roots = asked().collect();
        }
        roots.sort_by_key(|package| names(package));
        roots.iter().map(|package| package.import_path.as_str()).collect()
    }

    /// These packages, and all of the build that import them, directly or not.
    fn importers(&self, packages: &[&str], ways: &BTreeMap<&str, Option<&str>>) -> Vec<String> {
        let mut importers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for package in ways.keys().filter_map(|path| self.all.get(*path)) {
            for import in &package.imports {
                importers.entry(import).or_default().push(&package.import_path);
            }
        }
        let mut found: BTreeSet<&str> = packages.iter().copied().collect();
        let mut open: Vec<&str> = packages.to_vec();
        while let Some(path) = open.pop() {
            let by = importers.get(path).into_iter().flatten();
            open.extend(by.copied().filter(|by| found.insert(by)));
        }
        found.into_iter().map(str::to_owned).collect()
    }

    /// All that is built for them, each package with the one that imports it, by the shortest way.
    fn ways(&self) -> BTreeMap<&str, Option<&str>> {
        let mut ways: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        let mut open: VecDeque<&str> = VecDeque::new();
        for root in self.roots() {
            ways.insert(root, None);
            open.push_back(root);
        }
        while let Some(path) = open.pop_front() {
            let imports = self.all.get(path).map(|package| package.imports.as_slice());
            for import in imports.unwrap_or_default() {
                if self.all.contains_key(import) && !ways.contains_key(import.as_str()) {
                    ways.insert(import, Some(path));
                    open.push_back(import);
                }
            }
        }
        ways.remove(RUNTIME);
        ways
    }
}

/// The way to a package.
fn way(ways: &BTreeMap<&str, Option<&str>>, path: &str) -> Vec<String> {
    let mut way = vec![path.to_owned()];
    let mut at = path;
    while let Some(Some(from)) = ways.get(at) {
        way.push((*from).to_owned());
        at = from;
    }
    way.reverse();
    way
}

#[cfg(test)]
#[path = "need_tests.rs"]
mod tests;

//! The packages of a build, as `go list -deps -test` tells them: the module's own with their tests, and all
//! that they need.

use super::gained::{self, GAINED};
use super::head::{Head, import_line};
use super::reason::{Cause, Reason};
use super::since::since;
use crate::excerpt::excerpt;
use crate::go::without_texts;
use crate::listing::{Failure, Module};
use goward_resolver::Version;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What is asked of each package.
pub(super) const FIELDS: &str = "-json=ImportPath,Name,Dir,Standard,ForTest,Module,GoFiles,CgoFiles,SwigFiles,SwigCXXFiles,SysoFiles,SFiles,\
    IgnoredGoFiles,Imports,TestImports,XTestImports,Incomplete,Error";

/// A package as Go lists it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Package {
    pub(super) import_path: String,
    name: String,
    dir: PathBuf,
    standard: bool,
    for_test: String,
    module: Option<Module>,
    go_files: Vec<PathBuf>,
    cgo_files: Vec<PathBuf>,
    swig_files: Vec<PathBuf>,
    #[serde(rename = "SwigCXXFiles")]
    swig_cxx_files: Vec<PathBuf>,
    syso_files: Vec<PathBuf>,
    #[serde(rename = "SFiles")]
    s_files: Vec<PathBuf>,
    ignored_go_files: Vec<PathBuf>,
    imports: Vec<String>,
    test_imports: Vec<String>,
    #[serde(rename = "XTestImports")]
    x_test_imports: Vec<String>,
    incomplete: bool,
    error: Option<Failure>,
}

/// The packages that are no part of Go, with the tops of their files.
pub(super) struct Packages {
    all: Vec<Package>,
    heads: BTreeMap<PathBuf, Head>,
    /// The paths of all packages, also of the standard library.
    known: BTreeSet<String>,
    /// The paths of those that a C compiler has a part in, and of all that import them.
    with_c: BTreeSet<String>,
}

impl Package {
    pub(super) fn is_main(&self) -> bool {
        self.module.as_ref().is_some_and(|module| module.main)
    }

    /// The dependency that it is of, with its version.
    pub(super) fn dependency(&self) -> Option<String> {
        self.module.as_ref().and_then(Module::dependency)
    }

    /// The go line of its module. That of a replacement counts, and Go tells that one.
    pub(super) fn go_line(&self) -> Option<Version> {
        let module = self.module.as_ref()?;
        let replacing = module.replace.as_ref().and_then(|to| to.go_version.as_deref());
        Version::parse(replacing.or(module.go_version.as_deref())?)
    }

    /// Why Go cannot load it: the place, which may be empty, and Go's words.
    pub(super) fn failure(&self) -> Option<(&str, &str)> {
        self.error.as_ref().map(|failure| (failure.pos.as_str(), failure.err.as_str()))
    }

    /// Whether Go made it, for the program that runs tests.
    fn is_made(&self) -> bool {
        self.name == "main" && self.import_path.ends_with(".test")
    }

    /// Whether it is a package with its tests, or the tests alone.
    fn is_variant(&self) -> bool {
        !self.for_test.is_empty()
    }

    fn files(&self) -> impl Iterator<Item = PathBuf> {
        self.go_files.iter().chain(&self.cgo_files).map(|file| self.dir.join(file))
    }

    /// The imports of its files, tests too.
    fn imported(&self) -> impl Iterator<Item = &str> {
        let all = self.imports.iter().chain(&self.test_imports).chain(&self.x_test_imports);
        all.map(String::as_str)
    }

    fn ignored(&self) -> impl Iterator<Item = PathBuf> {
        self.ignored_go_files.iter().map(|file| self.dir.join(file))
    }
}

impl Packages {
    /// Of what Go has listed.
    pub(super) fn of(listed: Vec<Package>) -> Packages {
        let known = listed.iter().map(|package| package.import_path.clone()).collect();
        let own = |package: &Package| !package.standard && !package.is_made();
        let mut all: Vec<Package> = listed.into_iter().filter(own).collect();
        // Reasons are found first in what the user can change.
        all.sort_by_key(|package| !package.is_main());
        let files = all.iter().flat_map(|package| package.files().chain(package.ignored()));
        let mut heads = BTreeMap::new();
        for file in files {
            heads.entry(file).or_insert_with_key(|file| Head::of(file));
        }
        let with_c = with_c(&all);
        Packages { all, heads, known, with_c }
    }

    /// What their imports of newer packages of the standard library need. A file that older releases leave out
    /// is no reason.
    pub(super) fn imports(&self) -> Vec<Reason> {
        let mut found: BTreeMap<&str, Reason> = BTreeMap::new();
        for package in &self.all {
            for path in &package.imports {
                let Some(minor) = since(path).filter(|_| !found.contains_key(path.as_str())) else {
                    continue;
                };
                if let Some(reason) = self.import((package, path), minor) {
                    found.insert(path, reason);
                }
            }
        }
        found.into_values().collect()
    }

    /// The go lines of the dependencies that packages are of.
    pub(super) fn go_lines(&self) -> Vec<Reason> {
        let mut found: BTreeMap<String, Reason> = BTreeMap::new();
        for package in &self.all {
            let line = package.go_line().filter(Version::knows_gotoolchain);
            if let Some((name, version)) = package.dependency().zip(line) {
                let reason = Reason::new(Cause::Dependency, version, format!("go line of {name}"));
                found.entry(name.clone()).or_insert_with(|| reason.of(Some(name)));
            }
        }
        found.into_values().collect()
    }

    fn import(&self, (package, path): (&Package, &str), minor: u16) -> Option<Reason> {
        let version = Version::parse(&format!("1.{minor}"))?;
        let importing = |file: PathBuf| Some((import_line(&file, path)?, file));
        let places: Vec<(u32, PathBuf)> = package.files().filter_map(importing).collect();
        let guarded =
            |file: &PathBuf| self.heads.get(file).and_then(|head| head.least) >= Some(minor);
        let open = places.iter().find(|(_, file)| !guarded(file));
        if open.is_none() && !places.is_empty() {
            return None;
        }
        let reason = Reason::new(Cause::Import, version, format!("package {path}"));
        let reason = reason.about(path).of(package.dependency());
        Some(match open {
            Some((line, file)) => reason.at(file.clone(), Some(*line)),
            None => reason.at(package.dir.clone(), None),
        })
    }

    /// The packages of the modules that are built, for `go vet`: each once, without those that Go cannot load,
    /// and without those of dependencies whose tests need more than the build has. `go vet` loads the tests
    /// of each package that it is given, and would fetch modules for them.
    pub(super) fn judged(&self) -> Vec<&str> {
        let plain = self.all.iter().filter(|package| !package.is_variant() && !package.incomplete);
        let judged = plain.filter(|package| package.is_main() || self.has_tests_of(package));
        judged.map(|package| package.import_path.as_str()).collect()
    }

    /// Whether the imports of its tests are among these packages, or of the standard library.
    fn has_tests_of(&self, package: &Package) -> bool {
        let of_go = |path: &str| {
            let first = path.split('/').next().unwrap_or(path);
            !first.contains('.')
        };
        let mut imports = package.test_imports.iter().chain(&package.x_test_imports);
        imports.all(|path| of_go(path) || self.known.contains(path))
    }

    /// Their directories, the main modules' first.
    pub(super) fn dirs(&self) -> Vec<PathBuf> {
        let mut dirs: Vec<PathBuf> = self.all.iter().map(|package| package.dir.clone()).collect();
        dirs.dedup();
        dirs
    }

    /// Whether an assembler takes part in a build of them.
    pub(super) fn have_assembly(&self) -> bool {
        self.all.iter().any(|package| !package.s_files.is_empty())
    }

    /// Whether a C compiler takes part in a build of a package, or of its tests.
    pub(super) fn takes_c(&self, path: &str) -> bool {
        self.with_c.contains(path)
    }

    /// Whether Go builds a package of that name, or the tests of one.
    pub(super) fn has(&self, name: &str) -> bool {
        let tested = name.strip_suffix(".test").or(name.strip_suffix("_test"));
        self.known.contains(name) || tested.is_some_and(|name| self.known.contains(name))
    }

    /// The package whose directory holds a file.
    pub(super) fn holding(&self, file: &Path) -> Option<&Package> {
        let dir = file.parent()?;
        self.all.iter().find(|package| package.dir == dir)
    }

    /// The GODEBUG settings of the module's own programs: setting and value, with the place.
    pub(super) fn debug(&self) -> Vec<(&str, &str, PathBuf, u32)> {
        let programs = self.all.iter().filter(|package| package.is_main());
        let files: BTreeSet<PathBuf> = programs.flat_map(Package::files).collect();
        let mut found = Vec::new();
        for file in files {
            for (key, value, line) in self.heads.get(&file).into_iter().flat_map(|head| &head.debug)
            {
                found.push((key.as_str(), value.as_str(), file.clone(), *line));
            }
        }
        found
    }

    /// Why `go vet` cannot judge all of them, a sentence each.
    pub(super) fn doubts(&self) -> Vec<String> {
        let plain = || self.all.iter().filter(|package| !package.is_variant());
        let modules = |doubted: &dyn Fn(&Package) -> bool| -> BTreeSet<String> {
            plain()
                .filter(|one| !one.is_main() && doubted(one))
                .filter_map(Package::dependency)
                .collect()
        };
        let files = |doubted: &dyn Fn(&Head) -> bool, of: &dyn Fn(&Package) -> Vec<PathBuf>| {
            let doubted = |file: &PathBuf| self.heads.get(file).is_some_and(doubted);
            let packages = self.all.iter().filter(|one| of(one).iter().any(doubted));
            packages.map(|one| one.dependency().unwrap_or_else(|| bare(&one.import_path))).collect()
        };
        let old = modules(&|one| one.go_line().is_none_or(|line| !line.knows_gotoolchain()));
        let unseen = modules(&|one| !one.incomplete && !self.has_tests_of(one));
        let generated = files(&|head| head.generated, &|one| one.files().collect());
        let ended = files(&|head| head.ends, &|one| one.ignored().collect());
        let cgo = self.all.iter().filter(|one| !one.cgo_files.is_empty());
        let cgo =
            cgo.map(|one| one.dependency().unwrap_or_else(|| bare(&one.import_path))).collect();
        let told = [
            ("go vet does not judge dependencies whose go line is below 1.21", old),
            ("go vet cannot load the tests of dependencies, and so does not judge them", unseen),
            ("go vet does not judge generated files", generated),
            ("go vet does not judge files with cgo", cgo),
            ("files that only older releases take are not judged", ended),
        ];
        let told = told.into_iter().filter(|(_, names)| !names.is_empty());
        told.map(|(why, names)| format!("{why}: {}", some(&names))).collect()
    }

    /// That an interface of the module asks for a method which a type of the library has only above this floor, and so no
    /// release below may build it.
    pub(super) fn gained(&self, floor: &Version) -> Option<String> {
        let own = || self.all.iter().filter(|package| package.is_main());
        let imported: BTreeSet<&str> = own().flat_map(Package::imported).collect();
        let is_above = |minor: u16| {
            Version::parse(&format!("1.{minor}")).is_some_and(|since| since > floor.language())
        };
        let counts = |(_, package, minor): &&(&str, &str, u16)| {
            imported.contains(package) && is_above(*minor)
        };
        let may: Vec<_> = GAINED.iter().filter(counts).collect();
        if may.is_empty() {
            return None;
        }
        let files: BTreeSet<PathBuf> = own().flat_map(Package::files).collect();
        let asked: BTreeSet<String> = files.iter().flat_map(|file| gained::asked(file)).collect();
        let (name, package, minor) = may.iter().find(|(name, ..)| asked.contains(*name))?;
        Some(format!(
            "an interface asks for {name}, which a type of {package} has from Go 1.{minor} on: go vet does not see that"
        ))
    }

    /// What Go cannot load, in its words.
    pub(super) fn failures(&self) -> impl Iterator<Item = String> {
        let failed = self.all.iter().filter(|package| !package.is_variant());
        let failed = failed.filter_map(|package| Some((package, package.error.as_ref()?)));
        let words = failed.map(|(package, failure)| {
            let words = excerpt(&without_texts(&failure.err), LONGEST);
            format!("Go cannot load {}: {words}", package.import_path)
        });
        words.take(MOST_NAMED)
    }
}

/// The packages that a C compiler has a part in, and all that import them, or whose tests do.
fn with_c(all: &[Package]) -> BTreeSet<String> {
    let mut importers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in all {
        for import in package.imported() {
            importers.entry(import).or_default().push(&package.import_path);
        }
    }
    let takes_c = |one: &&Package| {
        let files = [&one.cgo_files, &one.swig_files, &one.swig_cxx_files, &one.syso_files];
        files.iter().any(|files| !files.is_empty())
    };
    let mut open: Vec<&str> =
        all.iter().filter(takes_c).map(|package| package.import_path.as_str()).collect();
    let mut found: BTreeSet<&str> = open.iter().copied().collect();
    while let Some(path) = open.pop() {
        let by = importers.get(path).into_iter().flatten();
        open.extend(by.copied().filter(|by| found.insert(by)));
    }
    found.into_iter().map(str::to_owned).collect()
}

/// How many names a sentence has.
const MOST_NAMED: usize = 3;
/// The longest that words of Go's may be, in characters.
pub(super) const LONGEST: usize = 200;

/// The path without what `go list -test` puts behind it.
fn bare(path: &str) -> String {
    path.split(' ').next().unwrap_or(path).to_owned()
}

/// Some of the names, and the number of the others.
fn some(names: &BTreeSet<String>) -> String {
    let named: Vec<&str> = names.iter().take(MOST_NAMED).map(String::as_str).collect();
    match names.len().saturating_sub(MOST_NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(path: &str, module: &str, main: bool, go: &str) -> Package {
        let (path, module) = (path.to_owned(), module.to_owned());
        let version = (!main).then(|| "v1.0.0".to_owned());
        let go_version = (!go.is_empty()).then(|| go.to_owned());
        let module = Module { path: module, version, main, go_version, ..Module::default() };
        Package { import_path: path, module: Some(module), ..Package::default() }
    }

    #[test]
    fn tests_that_need_more_are_not_loaded() {
        let own = package("m", "m", true, "1.21");
        let needs = |import: &str| vec![import.to_owned()];
        let a = Package {
            test_imports: needs("testing"),
            ..package("x.org/a", "x.org/a", false, "1.21")
        };
        let b = Package {
            x_test_imports: needs("y.org/t"),
            ..package("x.org/b", "x.org/b", false, "1.20")
        };
        let c =
            Package { test_imports: needs("x.org/a"), ..package("x.org/c", "x.org/c", false, "") };
        let packages = Packages::of(vec![b, a, c, own]);
        assert_eq!(packages.judged(), ["m", "x.org/a", "x.org/c"]);
        assert_eq!(
            packages.doubts(),
            [
                "go vet does not judge dependencies whose go line is below 1.21: x.org/b v1.0.0, x.org/c v1.0.0",
                "go vet cannot load the tests of dependencies, and so does not judge them: x.org/b v1.0.0",
            ]
        );
    }

    #[test]
    fn a_file_that_older_releases_leave_out_needs_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        write("a.go", "//go:build go1.23\n\npackage m\n\nimport _ \"iter\"\n");
        write("b.go", "package m\n\nimport _ \"slices\"\n");
        let (imports, files) = (["iter", "slices", "fmt"], ["a.go", "b.go"]);
        let own = Package {
            dir: dir.path().to_owned(),
            imports: imports.map(str::to_owned).to_vec(),
            go_files: files.map(PathBuf::from).to_vec(),
            ..package("m", "m", true, "1.19")
        };
        let found = Packages::of(vec![own]).imports();
        let found: Vec<_> =
            found.iter().map(|it| (it.symbol.as_deref(), it.version.as_str(), it.line)).collect();
        assert_eq!(found, [(Some("slices"), "1.21", Some(3))]);
    }

    #[test]
    fn names_are_cut() {
        let names = ["a", "b", "c", "d"].map(str::to_owned).into_iter().collect();
        assert_eq!(some(&names), "a, b, c and 1 more");
    }
}

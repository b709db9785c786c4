//! Comments `//go:debug` with a value that the Go of a module has removed: it does not build that program.

use super::{Heard, MOST, Module};
use crate::check::godebug::removed;
use crate::compat::copies::{Copies, Files, Saying};
use crate::compat::head::Head;
use crate::finding::{Finding, Place};
use crate::go::Error;
use crate::listing::stream;
use crate::rule::Rule;
use goward_gomod::Kind;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// What is asked of each package.
const FIELDS: &str = "-json=Dir,Name,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles";
/// The most files that are looked at.
const MOST_FILES: usize = 10_000;

/// A package as Go lists it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Package {
    dir: PathBuf,
    name: String,
    go_files: Vec<String>,
    cgo_files: Vec<String>,
    test_go_files: Vec<String>,
    #[serde(rename = "XTestGoFiles")]
    x_test_go_files: Vec<String>,
}

impl Package {
    /// Its files in which Go heeds the comment: those of a program, and tests (`cmd/go/internal/load/godebug.go`).
    fn files(&self) -> impl Iterator<Item = PathBuf> {
        let own = self.go_files.iter().chain(&self.cgo_files).filter(|_| self.name == "main");
        let all = own.chain(&self.test_go_files).chain(&self.x_test_go_files);
        all.map(|file| self.dir.join(file))
    }
}

pub(super) fn look(module: &Module<'_>, heard: &mut Heard) -> Result<(), Error> {
    // Go would take locks in the module cache for what it lacks, and leave them there.
    if heard.lacks || module.version.is_none() {
        return Ok(());
    }
    let files = Files::read(&module.grounds, &module.held.path, Kind::Module)?;
    let mut copies = Copies::of((module.go, &module.grounds), &files)?;
    let asked = copies.saying(&files, Saying::Readable)?;
    let packages: Vec<Package> = match asked.ask(&["list", "-e", FIELDS], &files.patterns(), stream)
    {
        // The other looks have found why.
        Err(Error::Failed { .. }) if !heard.findings.is_empty() => return Ok(()),
        listed => listed?,
    };
    let files = packages.iter().flat_map(Package::files).take(MOST_FILES);
    let found = files.flat_map(|file| findings(module, &file));
    heard.findings.extend(found.take(MOST));
    Ok(())
}

/// Those of a file.
fn findings(module: &Module<'_>, file: &Path) -> Vec<Finding> {
    let Some(name) = module.named(file) else { return Vec::new() };
    let finding = |(key, value, line): &(String, String, u32)| {
        let release = removed(key, value)?;
        let runs = module.version.filter(|runs| **runs >= release)?;
        let message = format!("Go {release} has removed this value: {key}={value}");
        let at = Place::line(&name, *line);
        let finding = Finding::new(Rule::GodebugRemoved, at, [key, "removed"], message);
        let note = format!("go{runs} builds this module");
        Some(finding.beside(module.head(), &note).mend("remove the line"))
    };
    Head::of(file).debug.iter().filter_map(finding).collect()
}

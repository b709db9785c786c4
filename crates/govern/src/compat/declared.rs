//! What the module files state: go lines, directives that older releases do not know, the go lines of
//! dependencies. Go refuses a module file that asks for more than it is, from 1.21 on; below that a go line is
//! advice. A toolchain line is no bound.

use super::debug::removal;
use super::reason::{Cause, Reason};
use crate::graph::{Asked, ModFile};
use crate::listing::Module;
use goward_gomod::Kind;
use goward_resolver::Version;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a go.mod without a go line is for Go.
const NO_LINE: &str = "1.16";

/// Of a module file of our own.
pub(super) fn stated(file: &ModFile, kind: Kind) -> Vec<Reason> {
    let own = &file.file;
    let cause = if kind == Kind::Workspace { Cause::Work } else { Cause::GoLine };
    let mut reasons = Vec::new();
    let line = own.go.as_ref().map(|go| (go.value.to_lossy(), go.place.start.line));
    match line.and_then(|(value, line)| Some((Version::parse(&value)?, line))) {
        Some((version, line)) => {
            reasons.push(Reason::new(cause, version, "go line").at(file.path.clone(), Some(line)));
        }
        None if kind == Kind::Module => {
            let message = "no go line, for which Go takes 1.16";
            let version = Version::parse(NO_LINE);
            let reason = version.map(|version| Reason::new(cause, version, message));
            reasons.extend(reason.map(|reason| reason.at(file.path.clone(), None)));
        }
        None => {}
    }
    let first = |places: Option<u32>, word: &str, minor: &str| {
        let (line, version) = (places?, Version::parse(minor)?);
        let reason = Reason::new(Cause::Directive, version, format!("directive {word}"));
        Some(reason.about(word).at(file.path.clone(), Some(line)))
    };
    // What a toolchain line names is no bound, but releases before 1.21 refuse the word.
    let toolchain = own.toolchain.as_ref().map(|one| one.place.start.line);
    let godebug = own.godebug.first().map(|one| one.place.start.line);
    let tool = own.tool.first().map(|one| one.place.start.line);
    let ignore = own.ignore.first().map(|one| one.place.start.line);
    let all = [
        first(toolchain, "toolchain", "1.21"),
        first(godebug, "godebug", "1.23"),
        first(tool, "tool", "1.24"),
        first(ignore, "ignore", "1.25"),
    ];
    reasons.extend(all.into_iter().flatten());
    reasons
}

/// Of the modules that Go has selected. Those that no package of the build is of count, too: Go refuses them
/// when it loads the graph.
pub(super) fn of_dependencies(listed: &[Module], files: &[ModFile]) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let asked: BTreeMap<String, Asked> =
        files.iter().rev().flat_map(ModFile::requirements).collect();
    for module in listed.iter().filter(|module| !module.main) {
        let line = module.go_version.as_deref().and_then(Version::parse);
        let Some(version) = line.filter(Version::knows_gotoolchain) else { continue };
        let name = module.name();
        let message = format!("go line of {name}");
        let reason = Reason::new(Cause::Dependency, version, message).of(Some(name));
        reasons.push(match asked.get(&module.path) {
            Some(asked) => reason.at(asked.file.clone(), Some(asked.line)),
            None => reason,
        });
    }
    reasons
}

/// A setting with a value that a release has removed, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// The setting.
    pub name: String,
    /// The value.
    pub value: String,
    /// The first minor that refuses it.
    pub by: Version,
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: u32,
}

impl Removed {
    /// If a release has removed that value.
    pub(super) fn of((name, value): (&str, &str), file: &Path, line: u32) -> Option<Removed> {
        let by = Version::parse(&format!("1.{}", removal(name, value)?))?;
        let (name, value) = (name.to_owned(), value.to_owned());
        Some(Removed { name, value, by, file: file.to_owned(), line })
    }
}

/// The removed settings of a module file.
pub(super) fn removed(file: &ModFile) -> Vec<Removed> {
    let all = file
        .file
        .godebug
        .iter()
        .map(|one| (one.key.to_lossy(), one.value.to_lossy(), one.place.start.line));
    all.filter_map(|(key, value, line)| Removed::of((&key, &value), &file.path, line)).collect()
}

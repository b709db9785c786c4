//! Which toolchains a module can have: the least by its files, its imports and its code, and the greatest by
//! the settings that a release has removed. Real Go is asked, on copies of the module files.

mod conclude;
mod constraint;
pub(crate) mod copies;
pub mod debug;
mod declared;
mod gained;
pub(crate) mod head;
mod includes;
mod ladder;
mod packages;
mod reason;
mod recommend;
mod since;
mod sources;
mod trial;
mod untidy;

pub use declared::Removed;
pub use reason::{Cause, Reason};
pub use recommend::{Recommended, recommended};
pub use trial::{Trial, attempt};
pub use untidy::Untidy;

use crate::go::{Error, Go, Network};
use crate::graph::{Grounds, ModFile};
use crate::listing::{Module, stream};
use copies::{Copies, Files, Saying};
use goward_gomod::Kind;
use goward_resolver::Version;
use packages::{Package, Packages};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What Go cannot know without the network.
const OFFLINE: &str = "not known offline";

/// A question about module files.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The `go.mod` or `go.work` that counts.
    pub file: &'a Path,
    /// Which of both it is.
    pub kind: Kind,
    /// The version of the Go that is asked, if it is known.
    pub version: Option<&'a Version>,
}

/// A greatest version, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// The newest minor or release that builds it.
    pub version: Version,
    /// Why a later one does not, on one line. A stranger may have written parts: escape them.
    pub reason: String,
}

/// The answer.
#[derive(Debug)]
pub struct Report {
    /// The least version: the greatest of the reasons.
    pub floor: Version,
    /// The newest release below the floor that was tried and fails, where releases between the two were not: the floor
    /// may be lower.
    pub above: Option<Version>,
    /// What it would be without go lines of the module's and the workspace's own.
    pub code: Option<Version>,
    /// All that needs a release, the newest first.
    pub reasons: Vec<Reason>,
    /// Why the floor may be higher, a sentence each.
    pub doubts: Vec<String>,
    /// Why no release builds it as it is, if Go says so.
    pub untidy: Option<Untidy>,
    /// The greatest version, where it is known without a trial.
    pub ceiling: Option<Ceiling>,
    /// The settings of the module that a release has removed.
    pub removed: Vec<Removed>,
    /// The go line by which Go chooses defaults of GODEBUG; `None` for a go.work without one.
    pub go_line: Option<Version>,
    /// Each go.mod of the module's or the workspace's own, with its go line, or what Go assumes.
    lines: Vec<(PathBuf, Version)>,
}

impl Report {
    /// Asks Go.
    ///
    /// # Errors
    /// If a module file cannot be read, or Go cannot list the modules or packages for another reason than the
    /// want of a network.
    pub fn of(go: &Go, question: &Question<'_>) -> Result<Report, Error> {
        let grounds = Grounds::around(question.file)?;
        let files = Files::read(&grounds, question.file, question.kind)?;
        let mut look = Look::of(go, &files);
        look.reasons.extend(declared::stated(&files.own, files.kind));
        if files.kind == Kind::Workspace {
            let members = files.members.iter();
            look.reasons.extend(members.flat_map(|file| declared::stated(file, Kind::Module)));
        }
        let mut copies = Copies::of((go, &grounds), &files)?;
        let packages = look.packages(&mut copies)?;
        if let Some(packages) = &packages {
            look.reasons.extend(packages.imports());
            look.climb(&mut copies, packages, question.version)?;
        }
        look.report(packages.as_ref())
    }

    /// Code of the module's own, or of a member's, whose language the go line there does not allow: no release builds it
    /// as it is. And the go.mod with that line.
    #[must_use]
    pub fn beyond_go_line(&self) -> Option<(&Reason, &Path)> {
        self.reasons.iter().find_map(|reason| {
            let is_own = reason.cause == Cause::Language && reason.module.is_none();
            let file = reason.file.as_ref().filter(|_| is_own)?;
            let holds = |(go_mod, _): &&(PathBuf, Version)| {
                go_mod.parent().is_some_and(|dir| file.starts_with(dir))
            };
            let holding = self.lines.iter().filter(holds);
            let (go_mod, line) = holding.max_by_key(|(go_mod, _)| go_mod.as_os_str().len())?;
            (reason.version > line.language()).then_some((reason, go_mod.as_path()))
        })
    }

    /// Whether no release below the floor builds it, and the floor does, on this platform.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.doubts.is_empty() && self.above.is_none()
    }
}

/// What was found so far.
struct Look<'a> {
    go: &'a Go,
    files: &'a Files,
    reasons: Vec<Reason>,
    doubts: Vec<String>,
    untidy: Option<Untidy>,
}

impl<'a> Look<'a> {
    fn of(go: &'a Go, files: &'a Files) -> Look<'a> {
        Look { go, files, reasons: Vec::new(), doubts: Vec::new(), untidy: None }
    }

    /// The packages, and the go lines of the dependencies; `None` where they are not known offline.
    fn packages(&mut self, copies: &mut Copies) -> Result<Option<Packages>, Error> {
        if !self.files.vendored {
            let asked = copies.saying(self.files, Saying::Readable)?.selecting();
            let listed =
                asked.ask(&["list", "-e", "-m", "-json"], &["all".into()], stream::<Module>);
            let Some(listed) = self.unless_offline(listed)? else { return Ok(None) };
            self.reasons.extend(declared::of_dependencies(&listed, &self.files.members));
            if self.go.network() == Network::Off && self.lacks(&listed) {
                return Ok(None);
            }
        }
        let listed = self.list(copies);
        let packages = self.unless_offline(listed)?.map(Packages::of);
        if let Some(packages) = packages.as_ref().filter(|_| self.files.vendored) {
            self.reasons.extend(packages.go_lines());
        }
        Ok(packages)
    }

    /// The packages as Go lists them; where the module files lack something, as far as it can list them all the same.
    fn list(&mut self, copies: &mut Copies) -> Result<Vec<Package>, Error> {
        let verb = ["list", "-deps", "-test", "-e", packages::FIELDS];
        let patterns = self.files.patterns();
        let asked = copies.saying(self.files, Saying::Readable)?;
        let listed = asked.ask(&verb, &patterns, stream);
        let lacking = match &listed {
            Ok(packages) => untidy::lacking(packages),
            Err(Error::Failed { words, .. }) => Some(("", words.as_str())),
            Err(_) => None,
        };
        let Some(lacking) = lacking.filter(|(_, words)| untidy::says(words)) else { return listed };
        let words = asked.about_file(lacking.1);
        self.untidy = Some(Untidy::of(self.files, &self.reasons, (lacking.0, &words)));
        asked.without_vendor().completing().ask(&verb, &patterns, stream).or(listed)
    }

    /// An answer; `None`, and a doubt, where Go lacks something for want of the network.
    fn unless_offline<T>(&mut self, answer: Result<T, Error>) -> Result<Option<T>, Error> {
        match answer {
            Err(error) if self.go.network() == Network::Off && error.is_offline() => {
                let words = error.to_string();
                let last = words.lines().last().unwrap_or_default();
                self.doubts.push(format!("{OFFLINE}: {last}"));
                Ok(None)
            }
            answer => answer.map(Some),
        }
    }

    /// Whether the module cache lacks a module that the build may need: Go would leave locks there. From go line
    /// 1.17 on the module files name all that a build needs.
    fn lacks(&mut self, listed: &[Module]) -> bool {
        let members = &self.files.members;
        let named: BTreeSet<String> =
            members.iter().flat_map(ModFile::requirements).map(|(path, _)| path).collect();
        let whole = Version::parse("1.17");
        let are_whole = members
            .iter()
            .all(|member| member.go_line().and_then(|line| Version::parse(&line)) >= whole);
        let needed =
            |module: &&Module| !module.main && (!are_whole || named.contains(&module.path));
        let lacking = listed.iter().filter(needed).find(|module| module.dir.is_none());
        if let Some(module) = lacking {
            self.doubts.push(format!("{OFFLINE}: the module cache lacks {}", module.path));
        }
        lacking.is_some()
    }

    /// What the code needs, by vet.
    fn climb(
        &mut self,
        copies: &mut Copies,
        packages: &Packages,
        version: Option<&Version>,
    ) -> Result<(), Error> {
        self.doubts.extend(packages.doubts());
        match self.untidy {
            None => self.doubts.extend(packages.failures()),
            Some(_) => self.doubts.push("what the module files lack is not judged".to_owned()),
        }
        let Some(version) =
            version.filter(|version| Some(*version) >= Version::parse(ladder::FIRST).as_ref())
        else {
            let first = ladder::FIRST;
            self.doubts.push(format!("the code is not judged: that takes Go {first} or later"));
            return Ok(());
        };
        let needs = |one: &&Reason| matches!(one.cause, Cause::Import | Cause::Dependency);
        let needs = self.reasons.iter().filter(needs).map(|one| one.version.language()).max();
        // A go line below that of a dependency Go would raise, or refuse.
        let Some(start) = needs.max(Version::parse(ladder::LOWEST)) else { return Ok(()) };
        let climbed = ladder::climb((self.go, version), (copies, self.files), packages, start)?;
        self.reasons.extend(climbed.reasons);
        self.doubts.extend(climbed.doubts);
        Ok(())
    }

    fn report(self, packages: Option<&Packages>) -> Result<Report, Error> {
        let Look { files, mut reasons, mut doubts, untidy, .. } = self;
        let untidy = untidy.or_else(|| Untidy::of_workspace(files));
        reasons.sort_by(|a, b| b.version.cmp(&a.version).then(a.cause.cmp(&b.cause)));
        let Some(floor) = reasons.first().map(|first| first.version.clone()) else {
            let why = "it names no main module".to_owned();
            return Err(Error::Answer("list -m".to_owned(), why));
        };
        let code = reasons.iter().find(|one| !one.cause.is_stated()).map(|one| one.version.clone());
        if !floor.knows_gotoolchain() {
            doubts.push("what releases before 1.21 lack shows only when they are tried".to_owned());
        }
        doubts.extend(packages.and_then(|packages| packages.gained(&floor)));
        let mut removed = declared::removed(&files.own);
        for (key, value, file, line) in packages.iter().flat_map(|packages| packages.debug()) {
            removed.extend(Removed::of((key, value), &file, line));
        }
        removed.sort_by(|a, b| a.by.cmp(&b.by));
        let ceiling = removed.first().and_then(ceiling_of);
        let own = |one: &&Reason| one.file.as_ref() == Some(&files.own.path);
        let go_line = reasons.iter().filter(own).find(|one| one.cause.is_stated());
        let go_line = go_line.map(|one| one.version.clone());
        let line = |member: &ModFile| Some((member.path.clone(), ladder::line_of(member)?));
        let lines = files.members.iter().filter_map(line).collect();
        let above = None;
        Ok(Report { floor, above, code, reasons, doubts, untidy, ceiling, removed, go_line, lines })
    }
}

/// The minor before the one that refuses a setting.
fn ceiling_of(removed: &Removed) -> Option<Ceiling> {
    let last = debug::minor(&removed.by)?.checked_sub(1)?;
    let Removed { name, value, by, .. } = removed;
    let reason = format!("Go {by} has removed {name}={value}");
    Some(Ceiling { version: Version::parse(&format!("1.{last}"))?, reason })
}

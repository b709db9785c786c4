//! What real Go says of a module, beyond what its files say. It is asked about copies; the tree stays as
//! it is.

mod cached;
mod debug;
mod rows;
mod tidy;
mod vendor;

use crate::claims::Unresolved;
use crate::finding::{Finding, Place};
use crate::go::{Error, Go, Network};
use crate::graph::{Grounds, ModFile, SUM_LIMIT};
use crate::repo::directory_of;
use goward_gomod::Kind;
use goward_resolver::{Os, Version, word};
use std::path::Path;

/// The most findings of one kind in a module.
const MOST: usize = 50;
/// What Go cannot know without the network.
const OFFLINE: &str = "not known offline";
/// What Go cannot say.
const FAILED: &str = "Go could not look";

/// What Go says of a module.
#[derive(Debug, Default)]
pub struct Heard {
    /// What should not be.
    pub findings: Vec<Finding>,
    /// What it does not know.
    pub unresolved: Vec<Unresolved>,
    /// Why it could not look at all of it.
    pub failed: Option<Error>,
    /// Whether the module cache lacks a module, and no server may be asked.
    lacks: bool,
}

/// A module, and the Go that is asked about it.
struct Module<'a> {
    go: &'a Go,
    /// The version of that Go, if it is known.
    version: Option<&'a Version>,
    /// Its go.mod, from the repository's top.
    file: &'a str,
    /// The repository.
    grounds: Grounds,
    held: ModFile,
    /// Its go.sum; empty if there is none.
    sum: Vec<u8>,
}

/// Asks Go about the module whose go.mod is `file`, a path with slashes from `top`. The version is that of
/// this Go, if it is known.
#[must_use]
pub fn ask((go, version): (&Go, Option<&Version>), top: &Path, file: &str) -> Heard {
    let mut heard = Heard::default();
    let module = match Module::read((go, version), top, file) {
        Ok(module) => module,
        Err(error) => {
            heard.fail(go.network(), file, error);
            return heard;
        }
    };
    for look in [rows::look, tidy::look, cached::look, vendor::look, debug::look] {
        if let Err(error) = look(&module, &mut heard) {
            let endless = matches!(error, Error::Endless(_));
            heard.fail(go.network(), file, error);
            // What makes Go wait once does so each time.
            if endless {
                break;
            }
        }
    }
    heard
}

impl Heard {
    /// A look that failed: offline that may be for want of the network alone.
    fn fail(&mut self, network: Network, file: &str, error: Error) {
        let offline = network == Network::Off && error.is_offline();
        self.open(file, if offline { OFFLINE } else { FAILED });
        if !offline && self.failed.is_none() {
            self.failed = Some(error);
        }
    }

    /// A module of which not all is known.
    fn open(&mut self, file: &str, reason: &'static str) {
        self.unresolved.push(Unresolved { at: Place::line(file, 1), reason });
    }
}

impl<'a> Module<'a> {
    fn read(
        (go, version): (&'a Go, Option<&'a Version>),
        top: &Path,
        file: &'a str,
    ) -> Result<Module<'a>, Error> {
        let path = top.join(file);
        let grounds = Grounds::of(top)?;
        let held = ModFile::read(&grounds, &path, Kind::Module)?;
        grounds.look(&held.path, &held.file, Kind::Module)?;
        let sum = grounds.read(&path.with_file_name("go.sum"), SUM_LIMIT)?.unwrap_or_default();
        Ok(Module { go, version, file, grounds, held, sum })
    }

    /// A line of the go.mod.
    fn line(&self, line: u32) -> Place {
        Place::line(self.file, line)
    }

    /// The line that names the module.
    fn head(&self) -> Place {
        self.line(self.held.file.module.as_ref().map_or(1, |module| module.place.start.line))
    }

    /// The first requirement of a module.
    fn requirement(&self, path: &str) -> Option<Place> {
        let mut all = self.held.requirements();
        all.find(|(module, _)| module == path).map(|(_, asked)| self.line(asked.line))
    }

    /// The line of a version in the go.sum.
    fn summed(&self, path: &str, version: &str) -> Option<Place> {
        let begin = [path, " ", version, " "].concat();
        let line =
            self.sum.split(|&b| b == b'\n').position(|line| line.starts_with(begin.as_bytes()))?;
        Some(Place::line(&self.beside("go.sum"), u32::try_from(line).ok()? + 1))
    }

    /// A file of the module, from the repository's top, with slashes.
    fn named(&self, file: &Path) -> Option<String> {
        let rest = file.strip_prefix(self.held.path.parent()?).ok()?.to_str()?;
        Some(self.beside(&rest.replace(std::path::MAIN_SEPARATOR, "/")))
    }

    /// A file beside the go.mod, from the top.
    fn beside(&self, name: &str) -> String {
        match directory_of(self.file) {
            "" => name.to_owned(),
            dir => [dir, "/", name].concat(),
        }
    }

    /// The finding with a command that is run in the module's directory.
    fn cured(&self, finding: Finding, command: String) -> Finding {
        match directory_of(self.file) {
            "" => finding.run(command),
            dir => match word(Os::HERE, dir.as_bytes()) {
                Some(dir) => finding.mend(format!("run in {dir}: {command}")),
                None => finding.mend(format!("run in its directory: {command}")),
            },
        }
    }
}

//! The programs that `go install` has put in the user's directory, beside the Go that the module here needs.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Near, Shown as _, to_path};
use goward_gobin::Program;
use goward_resolver::{Host as _, Layers, Os, Version, shown_word};
use std::path::PathBuf;

/// What the directory here asks of such programs.
pub(super) struct Here {
    /// Where `go install` puts programs.
    pub(super) directory: PathBuf,
    /// The least Go that the module needs, with the line that says so.
    floor: Option<(Version, String)>,
    /// The Go that runs here, as far as its version is known.
    running: Option<Version>,
    os: Os,
}

/// That a program is older than the code that it is to read.
#[derive(Clone, Debug)]
pub(super) struct Older {
    /// The Go that it should be built with, at the least.
    pub(super) than: Version,
    /// What asks for that: a file with its line, or the Go that runs here.
    pub(super) by: String,
    /// Whether the module asks for it. golangci-lint and delve then refuse the code.
    pub(super) floor: bool,
    /// The command that builds it anew.
    pub(super) command: Option<String>,
}

impl Here {
    /// What counts in the directory of the call.
    ///
    /// # Errors
    /// For a go.mod that cannot be read, and a directory that Go refuses.
    pub(super) fn of(cx: &Context) -> Result<Here> {
        let here = cx.survey_for(&[b"go", b"install"])?;
        if let Some(refusal) = here.refusals.first() {
            return Err(refusal.clone().into());
        }
        let floor = match &here.chain.module {
            Some(module) => module.as_ref().map_err(|error| error.clone())?.required(),
            None => None,
        };
        let near = Near::new(here.chain.directory.as_deref());
        let said = |floor: goward_resolver::Floor| {
            let by = floor.source.origin().map(ToString::to_string).unwrap_or_default();
            (floor.version, near.shorten(&by))
        };
        let target = here.plan()?.target;
        let running = target.and_then(|target| target.name.map(|name| name.version().clone()));
        let (directory, os) = (directory(cx, &here.chain.layers())?, cx.machine.system());
        Ok(Here { directory, floor: floor.map(said), running, os })
    }

    /// Says what leaves nothing to look at, or nothing to compare with.
    pub(super) fn says(&self, cx: &Context) {
        if !self.directory.exists() {
            let directory = self.directory.shown();
            cx.output
                .note(&format!("go install has put nothing here yet: there is no {directory}"));
        } else if self.floor.is_none() {
            cx.output.note("no go.mod here says which Go a tool must know");
        }
    }

    /// Whether a program of this version is too old here.
    pub(super) fn older(&self, program: &Program, version: &Version) -> Option<Older> {
        let command = rebuild(self.os, program);
        if let Some((than, by)) = self.floor.as_ref().filter(|(floor, _)| version < floor) {
            return Some(Older { than: than.clone(), by: by.clone(), floor: true, command });
        }
        let than = self.running.clone().filter(|running| version < running)?;
        Some(Older { than, by: "the Go that runs here".to_owned(), floor: false, command })
    }
}

/// `GOBIN`, else `bin` in the first directory of `GOPATH` (cmd/go/internal/modload/init.go, `BinDir`).
fn directory(cx: &Context, layers: &Layers<'_>) -> Result<PathBuf> {
    let absolute = |key: &str, path: PathBuf| match path.is_absolute() {
        true => Ok(path),
        false => {
            let message =
                format!("{key} is {}, and Go installs only to an absolute path", path.shown());
            Err(Failure::new(Exit::Usage, message).hint("goward env --explain shows what sets it"))
        }
    };
    if let Some((value, _)) = layers.get("GOBIN") {
        return absolute("GOBIN", to_path(value));
    }
    let list = layers.get("GOPATH").map(|(list, _)| to_path(list));
    let first = list.as_deref().and_then(|list| std::env::split_paths(list).next());
    let gopath = match first.filter(|path| !path.as_os_str().is_empty()) {
        Some(first) => absolute("GOPATH", first)?,
        None => {
            let home = cx.machine.home().ok_or_else(|| {
                let failure =
                    Failure::new(Exit::Usage, "there is no GOBIN, no GOPATH and no home directory");
                failure.hint("set GOBIN, or name the directory of the programs")
            })?;
            to_path(&home).join("go")
        }
    };
    Ok(gopath.join("bin"))
}

/// `go install PACKAGE@VERSION`, if the program says both in words that a shell leaves alone.
fn rebuild(os: Os, program: &Program) -> Option<String> {
    let info = &program.info;
    let (path, main) = (info.path(), info.modules().main);
    let version = main.version.strip_prefix(b"v").map(|_| main.version)?;
    // A build of a checkout with changes is no version that a server has.
    if path.is_empty() || version.ends_with(b"+dirty") || main.replace.is_some() {
        return None;
    }
    let word = shown_word(os, &[path, b"@", version].concat())?;
    Some(format!("go install {word}"))
}

//! A statement: a line that names the release or the selector that a directory gets, or the default.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{to_bytes, to_path};
use crate::project::Form;
use crate::projects;
use goward_installer::{Store, canonical};
use goward_resolver::{
    Caller, Error, Gotoolchain, Host as _, MOD_LIMIT, ModuleFile, Origin, Pin, Policy, Selector,
    Survey, ToolchainName, Version,
};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The kind of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// A pin file, or `GOTOOLCHAIN` in a `.goenv`.
    Pin,
    /// The toolchain line of a `go.mod` or `go.work`.
    ToolchainLine,
    /// The default.
    Default,
}

/// What a line says.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) kind: Kind,
    /// How the line is written.
    pub(crate) form: Form,
    pub(crate) origin: Origin,
    pub(crate) says: Selector,
}

impl Statement {
    /// The file.
    pub(crate) fn file(&self) -> PathBuf {
        to_path(&self.origin.path)
    }

    /// The directory of the file.
    pub(crate) fn directory(&self) -> PathBuf {
        self.file().parent().map(PathBuf::from).unwrap_or_default()
    }
}

/// Where goward looks, and what it does not understand there.
pub(crate) struct Statements {
    /// The real paths of the directories, each with all that is below.
    pub(crate) dirs: Vec<PathBuf>,
    pub(crate) found: Vec<Statement>,
    /// The go lines: minimums, which are never out of date.
    pub(crate) minimums: Vec<(Origin, Version)>,
    /// The files that goward cannot read, or that it refuses.
    pub(crate) unread: Vec<Failure>,
}

impl Statements {
    /// The statements at or below `dirs`; without any, those of the project around the current
    /// directory. The default is among them if it is asked for, and where there is no project.
    pub(crate) fn of(
        cx: &Context,
        store: &Store,
        dirs: &[PathBuf],
        default: bool,
    ) -> Result<Statements> {
        let mut dirs: Vec<PathBuf> =
            dirs.iter().map(|dir| projects::found(dir)).collect::<Result<_>>()?;
        let here = cx.survey()?;
        let named = !dirs.is_empty();
        if !named {
            dirs.extend(around(cx, &here).map(|dir| projects::found(&dir)).transpose()?);
        }
        let (found, minimums, unread) = (Vec::new(), Vec::new(), Vec::new());
        let mut statements = Statements { dirs, found, minimums, unread };
        let passed_over = projects::passed_over(cx, store)?;
        for dir in statements.dirs.clone() {
            for project in projects::below(&dir, &passed_over)? {
                if let Err(failure) = statements.read(cx, &project) {
                    statements.unread.push(failure);
                }
            }
        }
        if default || statements.dirs.is_empty() {
            let pin = here.default_pin().map_err(Failure::from);
            match pin {
                Ok(pin) => statements.pin(Kind::Default, pin.as_ref()),
                Err(failure) => statements.unread.push(failure),
            }
        }
        Ok(statements)
    }

    /// The statements of the files in one directory.
    fn read(&mut self, cx: &Context, project: &Path) -> Result<()> {
        let argv: [&[u8]; 2] = [b"go", b"build"];
        // The selection of this shell says nothing about a directory.
        let policy = Policy { caller: Caller::Unselecting, ..Policy::default() };
        let place = cx.place(project)?;
        let there = cx.survey_in(place.as_deref(), &argv, policy)?;
        let is_here = |path: &[u8]| to_path(path).parent() == Some(project);
        let mut first = Ok(());
        if let Some(Ok(file)) = &there.chain.pin
            && is_here(&file.path)
        {
            match file.parse(false) {
                Ok(pin) => self.pin(Kind::Pin, Some(&pin)),
                Err(error) => first = Err(error.into()),
            }
        }
        if let Some(goenv) = &there.chain.goenv
            && is_here(&goenv.path)
        {
            first = self.goenv(goenv.get("GOTOOLCHAIN")).and(first);
        }
        for name in ["go.mod", "go.work"] {
            first = self.module(cx, &project.join(name)).and(first);
        }
        let unread = there.chain.pin.as_ref().and_then(|pin| pin.as_ref().err());
        for error in unread.into_iter().chain(there.refusals.goenv.as_ref()) {
            let of_here = error.source.as_ref().and_then(|source| source.origin());
            if of_here.is_none_or(|origin| is_here(&origin.path)) {
                first = first.and_then(|()| Err(error.clone().into()));
            }
        }
        first
    }

    fn pin(&mut self, kind: Kind, pin: Option<&Pin>) {
        let Some(Pin { selector, fallbacks, origin, .. }) = pin else { return };
        for says in [selector].into_iter().chain(fallbacks) {
            let (form, origin, says) = (Form::GoVersion, origin.clone(), says.clone());
            self.found.push(Statement { kind, form, origin, says });
        }
    }

    fn goenv(&mut self, setting: Option<(&[u8], Origin)>) -> Result<()> {
        let Some((value, origin)) = setting else { return Ok(()) };
        let value = Gotoolchain::parse(value)
            .map_err(|why| Failure::in_lines(Exit::Usage, &format!("{origin}: {why}")))?;
        if let Some(says) = value.name.as_ref().and_then(selector) {
            self.found.push(Statement { kind: Kind::Pin, form: Form::Goenv, origin, says });
        }
        Ok(())
    }

    fn module(&mut self, cx: &Context, file: &Path) -> Result<()> {
        let path = to_bytes(file);
        let text = match cx.machine.read(&path, MOD_LIMIT) {
            Ok(Some(text)) => text,
            Ok(None) => return Ok(()),
            Err(error) => return Err(Error::unreadable(&path, error).into()),
        };
        let module = ModuleFile::scan(&path, &text);
        if let (Some(version), Some(line)) = (module.go_version(), &module.go) {
            let origin = Origin { path: path.clone(), line: line.line, owner: text.owner };
            self.minimums.push((origin, version));
        }
        let line = module.toolchain;
        let name = line.and_then(|line| Some((ToolchainName::parse(&line.value)?, line.line)));
        if let Some((name, line)) = name
            && let Some(says) = selector(&name)
        {
            let origin = Origin { path, line, owner: text.owner };
            let (kind, form) = (Kind::ToolchainLine, Form::Module);
            self.found.push(Statement { kind, form, origin, says });
        }
        Ok(())
    }
}

/// The directory of the project around the current one. The home directory is no project.
fn around(cx: &Context, here: &Survey<'_>) -> Option<PathBuf> {
    let chain = &here.chain;
    let file = match (&chain.pin, &chain.module) {
        (Some(Ok(pin)), _) => Some(&pin.path),
        (_, Some(Ok(module))) => Some(&module.path),
        _ => chain.goenv_path.as_ref(),
    };
    let directory = to_path(file?).parent()?.to_owned();
    let real = |path: PathBuf| canonical(&path).unwrap_or(path);
    let homes = [cx.machine.var("HOME").map(<[u8]>::to_vec), cx.machine.home()];
    let here = real(directory.clone());
    let is_home = homes.into_iter().flatten().any(|home| real(to_path(&home)) == here);
    (!is_home).then_some(directory)
}

/// What the name of a toolchain asks for; nothing for a custom one.
fn selector(name: &ToolchainName) -> Option<Selector> {
    let version = name.version().clone();
    let open = version.is_language() && version.knows_gotoolchain();
    let says = if open { Selector::Minor(version) } else { Selector::Exact(version) };
    (!name.is_custom()).then_some(says)
}

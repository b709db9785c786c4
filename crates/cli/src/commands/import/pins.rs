//! The versions in other managers' files of projects in a plan.

use super::Wanted;
use super::defaults::said;
use super::leftovers::Leftover;
use crate::commands::use_;
use crate::context::Context;
use crate::failure::Result;
use crate::paths::{Shown as _, text, to_bytes, to_path};
use crate::{project, projects};
use goward_govern::import::{self, Pinned};
use goward_govern::pins::{self, Statement, Unread};
use goward_installer::{Store, canonical};
use goward_resolver::{Caller, Host as _, Policy, Selector, Survey};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The names by which a project is found.
const NAMES: [&str; 7] = [
    "mise.toml",
    ".mise.toml",
    "mise.local.toml",
    ".vfox.toml",
    ".prototools",
    ".go-pkgset",
    ".gvm_local/",
];

/// A pin, and what becomes of it.
#[derive(Serialize)]
pub(super) struct PinRow {
    pub(super) file: String,
    pub(super) line: Option<usize>,
    /// The tool.
    pub(super) by: &'static str,
    /// The statement; null if the file cannot be read.
    pub(super) says: Option<String>,
    /// The selector that goes into a `.go-version` beside it.
    pub(super) writes: Option<String>,
    /// The reason.
    pub(super) why: String,
    #[serde(skip)]
    pub(super) pinned: Option<Pinned>,
    #[serde(skip)]
    wants: Option<Selector>,
    #[serde(skip)]
    directory: PathBuf,
}

/// What the projects have.
#[derive(Default)]
pub(super) struct Found {
    pub(super) rows: Vec<PinRow>,
    /// What has no equal in a `.go-version`.
    pub(super) constructs: Vec<Leftover>,
}

/// The pins at and below `project`, or of the project around this directory.
pub(super) fn found(
    cx: &Context,
    store: &Store,
    wanted: &Wanted<'_>,
    project: Option<&Path>,
) -> Result<Found> {
    let mut found = Found::default();
    for dir in directories(cx, store, project)? {
        let (mut statements, mut unread) = (Vec::new(), Vec::new());
        for (name, form) in pins::FILES.iter().filter(|(_, form)| wanted.has(form.peer())) {
            let file = to_bytes(&dir.join(name));
            match pins::statement(&cx.machine, &file, *form) {
                Ok(statement) => statements.extend(statement),
                Err(why) => unread.push(PinRow::unread(&file, form.peer().name, why)),
            }
        }
        if !statements.is_empty() {
            let has = pin_there(cx, &dir)?;
            let has = has.as_ref().map(|has| has.as_ref().map_err(String::as_str));
            let all = import::pins(&statements, has);
            let rows = statements.into_iter().zip(all);
            found.rows.extend(rows.map(|(one, pinned)| PinRow::of(one, pinned, &dir)));
        }
        found.rows.extend(unread);
        let constructs = pins::constructs(&cx.machine, &to_bytes(&dir)).into_iter();
        let constructs = constructs.filter(|construct| wanted.has(construct.peer));
        found.constructs.extend(constructs.map(|construct| Leftover::of_project(&construct, &dir)));
    }
    Ok(found)
}

/// The directories that may have such a file.
fn directories(cx: &Context, store: &Store, project: Option<&Path>) -> Result<Vec<PathBuf>> {
    let here = cx.survey()?;
    let chain = &here.chain;
    let top = match project {
        Some(dir) => Some(dir.to_owned()),
        None => project::directory(chain).filter(|dir| !is_around_home(cx, dir)),
    };
    let Some(top) = top else { return Ok(Vec::new()) };
    let top = projects::found(&top)?;
    let is_project = matches!(chain.pin, Some(Ok(_))) || matches!(chain.module, Some(Ok(_)));
    if project.is_none() && !is_project {
        // Below may be anything.
        return Ok(vec![top]);
    }
    projects::having(&NAMES, &top, &projects::passed_over(cx, store)?)
}

/// Whether a directory is the home directory or one above. Files there are no project's.
fn is_around_home(cx: &Context, dir: &Path) -> bool {
    let real = |path: &Path| canonical(path).unwrap_or_else(|_| path.to_owned());
    cx.machine.home().is_some_and(|home| real(&to_path(&home)).starts_with(real(dir)))
}

/// What a file of this very directory says that goward reads; a text for one that it refuses.
fn pin_there(cx: &Context, dir: &Path) -> Result<Option<std::result::Result<Selector, String>>> {
    let survey = survey(cx, dir)?;
    let is_here = |path: &[u8]| to_path(path).parent() == Some(dir);
    Ok(match &survey.chain.pin {
        Some(Ok(file)) if is_here(&file.path) => Some(match file.parse(false) {
            Ok(pin) => Ok(pin.selector),
            Err(_) => Err("what goward refuses".to_owned()),
        }),
        Some(Err(error)) => {
            let origin = error.source.as_ref().and_then(|source| source.origin());
            let here = origin.is_none_or(|origin| is_here(&origin.path));
            here.then(|| Err("what goward cannot read".to_owned()))
        }
        _ => None,
    })
}

fn survey<'a>(cx: &'a Context, dir: &Path) -> Result<Survey<'a>> {
    // The selection of this shell says nothing about a directory.
    let policy = Policy { caller: Caller::Unselecting, ..Policy::default() };
    cx.survey_in(cx.place(dir)?.as_deref(), &[b"go", b"build"], policy)
}

impl PinRow {
    fn of(statement: Statement, pinned: Pinned, dir: &Path) -> PinRow {
        let writes = statement.wants.as_ref().filter(|_| pinned == Pinned::Written);
        PinRow {
            file: text(&statement.file),
            line: statement.line,
            by: statement.peer.name,
            says: said(&statement),
            writes: writes.map(Selector::to_string),
            why: pinned.to_string(),
            pinned: Some(pinned),
            wants: statement.wants,
            directory: dir.to_owned(),
        }
    }

    fn unread(file: &[u8], by: &'static str, why: Unread) -> PinRow {
        PinRow {
            file: text(file),
            line: None,
            by,
            says: None,
            writes: None,
            why: why.why().to_owned(),
            pinned: None,
            wants: None,
            directory: PathBuf::new(),
        }
    }

    /// Whether it is written down.
    pub(super) fn is_to_do(&self) -> bool {
        self.pinned == Some(Pinned::Written)
    }

    /// Writes it down, if no file that goward reads has come meanwhile.
    pub(super) fn carry_out(&self, cx: &Context) -> Result<()> {
        let Some(wants) = &self.wants else { return Ok(()) };
        let path = self.directory.join(".go-version");
        if pin_there(cx, &self.directory)?.is_some() {
            cx.output.note(&format!("{} has a version meanwhile, and keeps it", path.shown()));
            return Ok(());
        }
        let here = survey(cx, &self.directory)?;
        let place = use_::find(here.roots(), &path)?;
        place.replace(format!("{wants}\n").as_bytes())?;
        cx.output.note(&format!("wrote {}: {wants}", place.shown()));
        Ok(())
    }
}

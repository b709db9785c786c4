//! Asks Go: the newest that is here, about the module file that counts in the directory.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Near, to_path};
use goward_gomod::Kind;
use goward_govern::go::{Error, Go, Network, OLDEST, newest};
use goward_govern::graph::{Question, Report};
use goward_resolver::{Floor, Launch, Minimum, Owner, Policy, Survey, Version, shown};

/// The most lines of Go's own words that an error shows.
const MOST_LINES: usize = 12;

/// The answer, and what it is about.
pub(super) struct Told {
    pub(super) report: Report,
    /// The Go that was asked.
    pub(super) toolchain: String,
    /// The Go that runs in the directory, if its version is known.
    pub(super) runs: Option<String>,
    /// The directory, from which files are named.
    pub(super) near: Near,
}

/// Asks; `why` is a module to be told all about.
pub(super) fn ask(cx: &Context, why: Option<&str>) -> Result<Told> {
    let here = cx.survey_for(&[b"go", b"list"])?;
    if let Some(refusal) = here.refusals.first() {
        return Err(refusal.clone().into());
    }
    let module = match &here.chain.module {
        Some(module) => module.as_ref().map_err(Clone::clone)?,
        None => return Err(nothing(&here)),
    };
    let kind = if here.chain.has_workspace() { Kind::Workspace } else { Kind::Module };
    let minimum = cx.minimum(&cx.store()?)?;
    let floor = module.required();
    // The plan may be an old pin, or a refusal; the newest that is installed is asked all the same.
    let plan = here.plan().ok();
    let target = plan.as_ref().and_then(|plan| plan.target.as_ref());
    let runs = target.and_then(|target| Some(target.name.as_ref()?.version().clone()));
    let installed = here.roots().installed()?;
    let best = newest(&installed, floor.as_ref().map(|floor| &floor.version), minimum.as_ref());
    let network = if here.chain.env().is_offline()? { Network::Off } else { Network::AsGo };
    let (go, toolchain) = match best {
        Some(version) => {
            let typed = format!("+{version}");
            let argv: [&[u8]; 3] = [b"go", typed.as_bytes(), b"list"];
            let there = cx.survey_by(&argv, Policy::default())?;
            let launch = there.plan()?.launch.clone()?;
            (Go::new(&there, &launch, network), format!("go{version}"))
        }
        None => {
            let launch = whatever_runs(&here, floor.as_ref(), minimum.as_ref())?;
            let name = runs.as_ref().map_or("go".to_owned(), |version| format!("go{version}"));
            (Go::new(&here, &launch, network), name)
        }
    };
    if let Some(Ok(launch)) = plan.as_ref().map(|plan| &plan.launch) {
        launch.notes.iter().for_each(|note| cx.output.note(note));
    }
    if module.owner == Owner::Foreign {
        let file = shown(&module.path);
        cx.output.warning(&format!("{file} belongs to another user, and Go acts on it"));
    }
    let file = to_path(&module.path);
    let question = Question { file: &file, kind, runs: runs.as_ref(), why };
    let report = Report::of(&go, &question).map_err(|error| failed(&error))?;
    let near = Near::new(here.chain.directory.as_deref());
    Ok(Told { report, toolchain, runs: runs.map(|version| format!("go{version}")), near })
}

/// The failure of a call of Go, with Go's words as its causes.
pub(super) fn failed(error: &Error) -> Failure {
    let text = error.to_string();
    let mut lines = text.lines();
    let failure = Failure::new(Exit::Failure, lines.next().unwrap_or_default());
    let failure = lines.by_ref().take(MOST_LINES).fold(failure, Failure::because);
    match lines.count() {
        0 => failure,
        more => failure.because(format!("{more} more lines")),
    }
}

fn nothing(here: &Survey<'_>) -> Failure {
    let place = here.chain.directory.as_deref().map_or_else(|| "here".to_owned(), shown);
    Failure::new(Exit::NotFound, format!("no go.mod and no go.work holds {place}"))
        .hint("name the directory of a module: goward mod DIR")
}

/// The Go that runs here, where no installed release is new enough: the system's Go, or a linked tree. Go
/// itself then says whether it is.
fn whatever_runs(
    here: &Survey<'_>,
    floor: Option<&Floor>,
    minimum: Option<&Minimum>,
) -> Result<Launch> {
    let needed = floor.map(|floor| floor.version.clone());
    let needed = needed.max(minimum.map(|minimum| minimum.version.clone()));
    let needed = needed.max(Version::parse(OLDEST));
    let missing = || {
        let needed = needed.as_ref().map(|needed| needed.language().to_string());
        let needed = needed.unwrap_or_default();
        let message = format!("this needs Go {needed} or later, and no such release is installed");
        Failure::new(Exit::NotFound, message).hint(format!("run: goward install {needed}"))
    };
    let plan = here.plan()?;
    let named = plan.target.as_ref().and_then(|target| target.name.as_ref());
    let is_old = named.is_some_and(|name| Some(name.version()) < needed.as_ref());
    match (&plan.miss, is_old || plan.is_unmet()) {
        (None, false) => Ok(plan.launch.clone()?),
        _ => Err(missing()),
    }
}

//! The Go that is asked about a module: the newest that is installed and meets its go line, else the one that
//! runs there.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::running;
use goward_gomod::Kind;
use goward_govern::go::{Error, Go, Network, OLDEST, newest};
use goward_resolver::{Floor, Launch, Minimum, ModuleFile, Owner, Policy, Survey, Version, shown};

/// The most lines of Go's own words that an error shows.
const MOST_LINES: usize = 12;

/// A Go to ask.
pub(crate) struct RealGo {
    pub(crate) go: Go,
    /// Its version, if that is known.
    pub(crate) version: Option<Version>,
    /// The version of the Go that runs in the directory, if that is known.
    pub(crate) runs: Option<Version>,
}

impl RealGo {
    /// Chooses it for the module or workspace of a survey of `go list`.
    pub(crate) fn of(cx: &Context, here: &Survey<'_>, module: &ModuleFile) -> Result<RealGo> {
        let minimum = cx.minimum(&cx.store()?)?;
        let floor = module.required();
        // The plan may be an old pin, or a refusal; the newest that is installed is asked all the same.
        let plan = here.plan().ok();
        let runs = plan.as_ref().and_then(|plan| running::version(cx, plan));
        let installed = here.roots().installed()?;
        let best = newest(&installed, floor.as_ref().map(|floor| &floor.version), minimum.as_ref());
        let offline = here.chain.env().is_offline()?;
        let network = if offline { Network::Off } else { Network::AsGo };
        let (go, version) = match best {
            Some(version) => {
                let typed = format!("+{version}");
                let argv: [&[u8]; 3] = [b"go", typed.as_bytes(), b"list"];
                let directory = here.chain.env().directory();
                let there = cx.survey_in(directory, &argv, Policy::default())?;
                let launch = there.plan()?.launch.clone()?;
                (Go::new(&there, &launch, network), Some(version.clone()))
            }
            None => {
                let launch =
                    whatever_runs(here, runs.as_ref(), (floor.as_ref(), minimum.as_ref()))?;
                (Go::new(here, &launch, network), runs.clone())
            }
        };
        if let Some(Ok(launch)) = plan.as_ref().map(|plan| &plan.launch) {
            launch.notes.iter().for_each(|note| cx.output.note(note));
        }
        if module.owner == Owner::Foreign {
            let file = shown(&module.path);
            cx.output.warning(&format!("{file} belongs to another user, and Go acts on it"));
        }
        Ok(RealGo { go, version, runs })
    }
}

/// The module file that counts in a directory, and which of both it is, for `goward COMMAND`.
///
/// # Errors
/// Where Go would not start, or no file counts.
pub(crate) fn module<'h>(here: &'h Survey<'_>, command: &str) -> Result<(&'h ModuleFile, Kind)> {
    if let Some(refusal) = here.refusals.first() {
        return Err(refusal.clone().into());
    }
    let Some(module) = &here.chain.module else {
        let place = here.chain.directory.as_deref().map_or_else(|| "here".to_owned(), shown);
        return Err(Failure::new(
            Exit::NotFound,
            format!("no go.mod and no go.work holds {place}"),
        )
        .hint(format!("name the directory of a module: goward {command} DIR")));
    };
    let kind = if here.chain.has_workspace() { Kind::Workspace } else { Kind::Module };
    Ok((module.as_ref().map_err(Clone::clone)?, kind))
}

/// The failure of a call of Go, with Go's words as its causes.
pub(crate) fn failed(error: &Error) -> Failure {
    let text = error.to_string();
    let mut lines = text.lines();
    let failure = Failure::new(Exit::Failure, lines.next().unwrap_or_default());
    let failure = lines.by_ref().take(MOST_LINES).fold(failure, Failure::because);
    match lines.count() {
        0 => failure,
        more => failure.because(format!("{more} more lines")),
    }
}

/// The Go that runs here, where no installed release is new enough: the system's Go, or a linked tree. Where its
/// version is not known, Go itself says whether it is.
fn whatever_runs(
    here: &Survey<'_>,
    runs: Option<&Version>,
    (floor, minimum): (Option<&Floor>, Option<&Minimum>),
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
    let is_old = runs.is_some_and(|runs| Some(runs) < needed.as_ref());
    match (&plan.miss, is_old || plan.is_unmet()) {
        (None, false) => Ok(plan.launch.clone()?),
        _ => Err(missing()),
    }
}

//! The whole report on one call of `go`.

use super::answer::{Answer, Trouble, Verdict};
use super::cures::Cure;
use super::doubt::Doubtful;
use super::floors;
use super::invalid::Edit;
use super::levels::{self, Row};
use super::make::{self, SetByMake};
use super::order::{Installs, order, wanted};
use super::remarks;
use super::seen::{self, Seen};
use crate::advice::Advice;
use crate::commands::outdated::end_of_life::EndOfLife;
use crate::commands::outdated::releases::Releases;
use crate::context::Context;
use crate::failure::Result;
use crate::paths::{NOT_SHOWN, to_path};
use crate::running;
use goward_govern::path::{FirstGo, first_go};
use goward_resolver::{
    Chain, ChainLevel, Error, MARKER, Minimum, Origin, Plan, Source, Survey, Version,
};
use serde::Serialize;

/// The whole answer; its JSON has these fields.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// The answer in short.
    answer: Answer,
    /// The commands that make Go accept the module.
    cures: Vec<Cure>,
    /// The line of a file that Go refuses, for an editor.
    pub(super) edit: Option<Edit>,
    /// Files about Go that do not count here.
    pub(super) seen: Vec<Seen>,
    /// The make above this process that sets a variable.
    pub(super) set_by_make: Option<SetByMake>,
    /// The first `go` on PATH.
    #[serde(skip)]
    pub(super) first: Option<FirstGo>,
    /// That program, for JSON.
    path: Option<OnPath>,
    /// Go's own part in the answer.
    #[serde(skip)]
    pub(super) verdict: Verdict,
    /// The error with its remedies.
    #[serde(skip)]
    pub(super) trouble: Option<Trouble>,
    /// The directory, in the resolver's bytes.
    #[serde(skip)]
    pub(super) looked_from: Option<Vec<u8>>,
    /// The directory in which goward looks for files.
    pub(super) directory: Option<String>,
    /// The command that goward explains.
    pub(super) command: Vec<String>,
    /// Every source, in order.
    pub(super) levels: Vec<Row>,
    /// The source that decides.
    decided: Option<Decision>,
    /// The source of the toolchain that runs where no toolchain meets that one's floor.
    #[serde(skip)]
    base: Option<String>,
    /// The program that would run; null if none would.
    pub(super) runs: Option<Runs>,
    /// The order that goward would install first.
    pub(super) installs: Option<Installs>,
    /// What goward knows of a release that it does not know.
    #[serde(skip)]
    pub(super) doubt: Option<Doubtful>,
    /// The end of life of the toolchain's minor, which then gets no more security fixes.
    pub(super) end_of_life: Option<EndOfLife>,
    /// Whether the Go that runs without that install asks for the toolchain itself.
    #[serde(skip)]
    pub(super) asks_itself: bool,
    /// The differences of the program's environment from the caller's.
    environment: Vec<Change>,
    /// Further facts that the user should know.
    pub(super) remarks: Vec<String>,
    /// The reason why no program would run.
    pub(super) error: Option<String>,
}

#[derive(Debug, Serialize)]
struct Decision {
    level: Option<u8>,
    source: &'static str,
    #[serde(flatten, serialize_with = "levels::origin")]
    origin: Option<Origin>,
    wants: String,
    #[serde(skip)]
    by: String,
}

/// The first `go` on PATH.
#[derive(Debug, Serialize)]
struct OnPath {
    program: String,
    is_goward: bool,
    version: Option<String>,
}

impl OnPath {
    fn of(cx: &Context, first: &FirstGo) -> OnPath {
        OnPath {
            program: text(&first.program),
            is_goward: first.is_ours(),
            version: first.version(&cx.machine),
        }
    }
}

/// A program.
#[derive(Debug, Serialize)]
pub(super) struct Runs {
    pub(super) program: String,
    goroot: Option<String>,
    toolchain: Option<String>,
}

#[derive(Debug, Serialize)]
struct Change {
    name: String,
    value: Option<String>,
}

impl Report {
    /// Makes the report. Fails only where goward cannot even locate the store.
    pub(super) fn make<'a>(cx: &'a Context, argv: &[&'a [u8]]) -> Result<Report> {
        let here = cx.survey_for(argv)?;
        let chain = &here.chain;
        let plan = here.plan();
        let running = plan.as_deref().ok().and_then(|plan| running::version(cx, plan));
        let mut trace = here.trace(plan.as_deref(), running.as_ref());
        let base = plan.as_deref().ok().and_then(|plan| base(&here, plan));
        if let (Some(base), Ok(plan)) = (&base, &plan) {
            trace.stand_in(base, &plan.source);
        }
        let decided = plan.as_deref().ok();
        let chosen = decided.and_then(|plan| running::chosen(cx, plan));
        let wanted = decided.and_then(|plan| wanted(cx, plan));
        let mut ordered = wanted.map(|miss| order(cx, miss)).transpose();
        let why = ordered.as_ref().err().and_then(|refusal| refusal.why.as_ref());
        if let Some((miss, why)) = wanted.zip(why) {
            trace.blame(&miss.source, why);
        }
        let mut remarks = remarks_of(cx, &here, decided, running.as_ref());
        remarks.extend(ordered.iter().flatten().filter_map(|order| order.raised.clone()));
        let verdict = |plan: &Plan| Verdict::of(&here, plan, chosen.as_ref());
        let mut verdict = decided.map(verdict).unwrap_or_default();
        let first = first_go(chain.env());
        let mut trouble =
            ordered.as_ref().err().map(|no| no.trouble.clone()).or_else(|| error(&plan));
        let releases = Releases::seen(cx, &here);
        let advice = Advice::of(&releases, &here);
        remarks.iter_mut().for_each(|remark| *remark = advice.checked(remark));
        verdict.check(&advice);
        let doubt = wanted.and_then(|miss| Doubtful::of(&here, &releases, miss));
        let doubt = doubt.inspect(|it| it.tell(&mut verdict, ordered.iter_mut().flatten().next()));
        trouble.iter_mut().for_each(|trouble| trouble.check(&advice));
        Ok(Report {
            end_of_life: chosen.as_ref().and_then(|version| releases.end(version)),
            directory: chain.directory.as_deref().map(text),
            command: argv.iter().copied().map(text).collect(),
            environment: decided.map(|plan| changes(chain, plan)).unwrap_or_default(),
            base: base.map(|base| base.to_string()),
            decided: decided.map(decision),
            cures: verdict.cures.clone(),
            edit: verdict.edit(),
            answer: verdict
                .answer(decided.and_then(|plan| running::toolchain(cx, plan)), trouble.as_ref()),
            doubt,
            seen: seen::files(&here),
            set_by_make: make::above(&here),
            path: first.as_ref().map(|first| OnPath::of(cx, first)),
            first,
            looked_from: chain.directory.clone(),
            runs: decided.filter(|_| ordered.is_ok()).and_then(|plan| runs(cx, plan)),
            error: trouble.as_ref().map(ToString::to_string),
            trouble,
            verdict,
            asks_itself: wanted.is_some_and(|miss| miss.is_floor && !miss.has_fallback)
                && running.as_ref().is_some_and(Version::knows_gotoolchain),
            installs: ordered.ok().flatten(),
            remarks,
            levels: levels::rows(chain, &trace),
        })
    }

    /// The answer in half a sentence.
    pub(super) fn headline(&self) -> String {
        let decided = self.decided.as_ref().map(|decided| &decided.by);
        match (&self.installs, &self.runs) {
            (Some(_), runs) if self.doubt.is_some() => {
                let runs = runs.as_ref().map(|it| it.toolchain.as_deref().unwrap_or(&it.program));
                self.doubt.as_ref().map(|doubt| doubt.headline(runs)).unwrap_or_default()
            }
            (Some(installs), _) => format!("installs {} and runs it", installs.in_words()),
            (None, Some(runs)) => {
                let name = runs.toolchain.as_deref().unwrap_or(&runs.program);
                match self.base.as_ref().zip(decided) {
                    Some((base, by)) => {
                        format!("runs {name}, by {base}: nothing that is here meets {by}")
                    }
                    None => format!("runs {name}"),
                }
            }
            (None, None) => match &self.trouble {
                Some(trouble) => format!("runs nothing: {}", trouble.message),
                None => "runs nothing".to_owned(),
            },
        }
    }

    /// The environment's differences without goward's own marker.
    pub(super) fn visible_changes(&self) -> impl Iterator<Item = String> {
        // A row of its own tells that of GOROOT.
        let shown = |change: &&Change| {
            change.name != MARKER && (change.name != "GOROOT" || change.value.is_some())
        };
        self.environment.iter().filter(shown).map(|change| match &change.value {
            Some(value) => format!("{}={value}", change.name),
            None => format!("{} is removed", change.name),
        })
    }
}

/// What goward changes in the environment of the program that will run.
fn changes(chain: &Chain<'_>, plan: &Plan) -> Vec<Change> {
    let shown = |key: &str, value: &[u8]| {
        if is_hidden(chain, key, value) { NOT_SHOWN.to_owned() } else { text(value) }
    };
    let changes = plan.launch.iter().flat_map(|launch| &launch.env);
    let told = changes.map(|change| Change {
        name: change.key.clone(),
        value: change.value.as_deref().map(|value| shown(&change.key, value)),
    });
    told.collect()
}

/// What a reader should know besides the answer.
fn remarks_of(
    cx: &Context,
    here: &Survey<'_>,
    decided: Option<&Plan>,
    running: Option<&Version>,
) -> Vec<String> {
    let mut remarks = remarks::of(&here.chain, decided);
    let Some(plan) = decided else { return remarks };
    remarks.extend(floors::remarks(here, plan, running));
    remarks.extend(below_policy(cx, plan, running));
    remarks
}

/// Whether goward may not show this value: it comes from a `.goenv` whose text it may not quote, or
/// repeats that file's values.
fn is_hidden(chain: &Chain<'_>, key: &str, value: &[u8]) -> bool {
    let says = chain.goenv.as_ref().and_then(|file| file.get(key));
    let repeats = key == MARKER || says.is_some_and(|(said, _)| said == value);
    !chain.may_quote_goenv() && repeats
}

fn text(bytes: &[u8]) -> String {
    to_path(bytes).to_string_lossy().into_owned()
}

/// The source of a missing toolchain decides, as that toolchain will run after the install.
fn decision(plan: &Plan) -> Decision {
    let source = plan.miss.as_deref().map_or(&plan.source, |miss| &miss.source);
    Decision {
        level: source.level().map(ChainLevel::number),
        source: source.id(),
        origin: source.origin().cloned(),
        wants: plan.selection.want.to_string(),
        by: source.to_string(),
    }
}

fn runs(cx: &Context, plan: &Plan) -> Option<Runs> {
    let launch = plan.launch.as_ref().ok()?;
    let goroot = plan.target.as_ref().and_then(|target| target.goroot.as_deref());
    Some(Runs {
        program: text(&launch.program),
        goroot: goroot.map(text),
        toolchain: running::toolchain(cx, plan),
    })
}

/// The source of the toolchain that runs, where another source decides.
fn base(here: &Survey<'_>, plan: &Plan) -> Option<Source> {
    let runs = plan.target.is_some() && plan.miss.is_none() && plan.is_unmet();
    running::chooser(here, plan).ok().filter(|_| runs)
}

/// Says that a repository chooses a toolchain that the configuration's policy would not install.
/// The environment's policy binds the shim, too, and another remark tells it.
fn below_policy(cx: &Context, plan: &Plan, running: Option<&Version>) -> Option<String> {
    let of_environment = Minimum::of(&cx.environment());
    let runs = plan.launch.is_ok() && plan.miss.is_none() && Minimum::judges(&plan.source);
    if !runs || !matches!(of_environment, Ok(None)) {
        return None;
    }
    match cx.store().and_then(|store| cx.minimum(&store)) {
        Ok(minimum) => {
            let Minimum { version, set_by } = minimum?;
            running.is_some_and(|running| *running < version).then(|| {
                format!(
                    "{} chooses what is installed already, and so runs: nothing below {version} is \
                     installed for a repository ({set_by})",
                    plan.source
                )
            })
        }
        Err(failure) => failure.message,
    }
}

/// The reason why no program runs; `None` where an install comes first, as its toolchain may run.
fn error(plan: &std::result::Result<Box<Plan>, Error>) -> Option<Trouble> {
    match plan {
        Err(error) => Some(error.into()),
        Ok(plan) if plan.miss.is_none() => plan.launch.as_ref().err().map(Trouble::from),
        Ok(_) => None,
    }
}

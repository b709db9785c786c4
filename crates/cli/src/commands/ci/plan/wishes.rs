//! The Gos that a job asks for: by its inputs, and by the files of its checkout.

use super::Plan;
use super::answer::Answer;
use super::bring::{Bringer, Request};
use super::input::Inputs;
use crate::failure::Result;
use crate::policy::Wish;
use goward_installer::{Assurance, Query};
use goward_resolver::{Minimum, Policy, Selector, Version, Want, shown};

/// Meets them, and says in the answer which Go runs at the top of the checkout.
pub(super) fn meet(
    plan: &Plan,
    inputs: &Inputs,
    bringer: &mut Bringer<'_>,
    answer: &mut Answer,
) -> Result<()> {
    let mut pin = None;
    for named in &inputs.pins {
        let request = Request { query: Query::new(&named.selector), why: &named.by };
        let version = bringer.bring(&request)?;
        pin = pin.or(version);
    }
    let default = match &pin {
        Some(pin) => Some(pin.clone()),
        None => {
            let why = if plan.default_version.is_some() {
                "the input default-version, for directories that state nothing"
            } else {
                "the newest release that is known, for directories that state nothing"
            };
            bringer.bring(&Request { query: Query::new(&inputs.default), why })?
        }
    };
    if let Some(default) = default.as_ref().filter(|_| plan.apply) {
        bringer.workshop.store.set_default_selector(Some(default.as_str()))?;
    }
    answer.choose(pin.as_ref(), default.as_ref());
    let at_top = match pin {
        Some(pin) => Some(pin),
        None => of_checkout(bringer, default.as_ref(), !plan.no_install)?.or(default),
    };
    answer.runs(bringer, at_top.as_ref())
}

/// The Go that the files at the top of the checkout ask for, brought if the job `brings` it; `None` if they leave it to the default, or
/// cannot be taken as they are: then each call of `go` will say why.
fn of_checkout(
    bringer: &mut Bringer<'_>,
    default: Option<&Version>,
    brings: bool,
) -> Result<Option<Version>> {
    let asked_for = Policy { may_install: true, ..Policy::default() };
    let cx = bringer.cx;
    let survey = cx.survey_by(&[b"go", b"build"], asked_for)?;
    let plan = match survey.plan() {
        Ok(plan) => plan,
        Err(error) => {
            let first = error.lines().lines().next().unwrap_or_default().to_owned();
            bringer.say(format!("the checkout's files choose no Go: {first}"));
            return Ok(None);
        }
    };
    let Some(wish) = wish(&plan, default) else { return Ok(None) };
    let (source, why) = (plan.selection.source.clone(), format!("wanted by {}", wish.wanted_by));
    let wish = match Minimum::judges(&source) {
        true => wish.judged(cx, &bringer.workshop.store)?,
        false => wish,
    };
    if !brings {
        let mut query = Query::new(&wish.selector);
        query.at_least = wish.at_least.clone();
        return bringer.guess(&query);
    }
    // A stranger may choose only a release with a known digest.
    let least = bringer.workshop.settings.min_assurance;
    if source.is_foreign() {
        bringer.workshop.demand(Assurance::ChecksumDatabase)?;
    }
    let mut query = Query::new(&wish.selector);
    query.at_least = wish.at_least.clone();
    query.or_older = true;
    let brought = bringer.bring(&Request { query, why: &why });
    bringer.workshop.settings.min_assurance = least;
    brought
}

/// What the files ask for that the default does not meet.
fn wish(plan: &goward_resolver::Plan, default: Option<&Version>) -> Option<Wish> {
    let wanted_by = shown(plan.selection.source.to_string().as_bytes());
    let of = |selector: Selector, at_least: Option<Version>, is_floor| {
        Some(Wish { selector, at_least, is_floor, wanted_by: wanted_by.clone() })
    };
    match &plan.selection.want {
        Want::Nothing | Want::Pin(Selector::System | Selector::Linked(_) | Selector::Tip) => None,
        Want::Pin(selector) => of(selector.clone(), None, false),
        Want::Name(name) if name.is_custom() => None,
        Want::Name(name) => of(Selector::Exact(name.version().clone()), None, false),
        Want::Floor { floor, .. } => {
            let met = !floor.wish && default.is_some_and(|default| *default >= floor.version);
            if met {
                return None;
            }
            of(floor.selector(), Some(floor.version.clone()), true)
        }
    }
}

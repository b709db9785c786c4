//! `goward install` without a version: it installs the toolchain that this directory asks for.

use super::Order;
use crate::commands::current;
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::paths::shown;
use crate::policy::Wish;
use goward_resolver::resolve::Miss;
use goward_resolver::{Minimum, Plan, Policy, Want};

/// The toolchain that `go` would miss here; `None`, with a note, where it misses none.
pub(super) fn wanted(cx: &Context) -> Result<Option<Order>> {
    // This command, and not the shim, reports errors in the settings.
    cx.settings(&cx.store()?)?;
    // The user asks for this install, so a ban on installs without a request does not bind it.
    let asked_for = Policy { may_install: true, ..Policy::default() };
    let plan = cx.survey_by(&[b"go", b"build"], asked_for)?.plan()?;
    if let Some(wanted) = plan.wanted() {
        return judged(cx, wanted).map(Some);
    }
    cx.output.note(&all_is_here(cx, &plan)?);
    Ok(None)
}

/// The order of a repository's file, as far as the policy allows it.
fn judged(cx: &Context, wanted: Miss) -> Result<Order> {
    let Miss { selector, at_least, source, is_floor, .. } = wanted;
    let (wanted_by, foreign) = (source.to_string(), source.is_foreign());
    let mut wish = Wish { selector, at_least, is_floor, wanted_by };
    if Minimum::judges(&source) {
        wish = wish.judged(cx, &cx.store()?)?;
    }
    let Wish { selector, at_least, wanted_by, .. } = wish;
    Ok(Order { selector, at_least, wanted_by: Some(wanted_by), foreign })
}

/// The toolchain that is here already, and the source that wants it, in words.
fn all_is_here(cx: &Context, plan: &Plan) -> Result<String> {
    let launch = plan.launch.clone().map_err(|error| {
        let failure = Failure::from(error);
        match plan.selection.want {
            Want::Nothing => failure.hint("say which version: goward install latest"),
            _ => failure,
        }
    })?;
    let name = current::toolchain(cx, plan).unwrap_or_else(|| shown(&launch.program));
    Ok(match &plan.selection.want {
        Want::Floor { floor, .. } if plan.source != floor.source => {
            format!("{name} is there already, and meets {}, which asks for {floor}", floor.source)
        }
        _ => format!("{name} is there already, wanted by {}", plan.source),
    })
}

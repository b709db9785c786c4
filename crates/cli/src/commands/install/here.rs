//! `goward install` without a version: it installs the toolchain that this directory asks for.

use super::{Install, first};
use crate::commands::set_default::make_first;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::shown;
use crate::policy::Wish;
use crate::running;
use goward_installer::{Assurance, Query};
use goward_resolver::{Minimum, Plan, Policy, Want};

/// Installs the toolchain that `go` would miss here; prints a note where it misses none.
pub(super) fn run(install: &Install, cx: &Context) -> Result<()> {
    // This command, and not the shim, reports errors in the settings.
    let (mut workshop, demand) = (install.workshop(cx)?, install.demand());
    // The user asks for this install, so a ban on installs without a request does not bind it.
    let asked_for = Policy { may_install: true, ..Policy::default() };
    let plan = cx.survey_by(&[b"go", b"build"], asked_for)?.plan()?;
    let Some(miss) = plan.wanted() else {
        if plan.offer.is_some() && !install.dry_run && first::offered(cx)? {
            return Ok(());
        }
        cx.output.note(&all_is_here(cx, &plan)?);
        let name = plan.target.as_ref().and_then(|target| target.name.as_ref());
        let name = name.filter(|name| workshop.store.toolchain(name.as_str()).is_some());
        return name.map_or(Ok(()), |name| demand.of_installed(&workshop.store, name.as_str()));
    };
    let mut wish = Wish::of(&miss);
    if Minimum::judges(&miss.source) {
        wish = wish.judged(cx, &workshop.store)?;
    }
    // A stranger may choose only a release with a known digest, and sets no default.
    let foreign = miss.source.is_foreign();
    if foreign {
        workshop.demand(Assurance::ChecksumDatabase)?;
    }
    // goward meets a file's wish as it does for the shim.
    let mut query = Query::new(&wish.selector);
    query.at_least = wish.at_least.clone();
    query.or_older = true;
    if install.dry_run {
        let there = workshop.announce(&query)?;
        return there.map_or(Ok(()), |name| demand.of_installed(&workshop.store, &name));
    }
    let by = &wish.wanted_by;
    match (workshop.install(&query, Some(by)), wish.selector.exact()) {
        (Err(why), Some(version)) if foreign && why.exit == Exit::Verification => {
            Err(why.hint(format!(
                "{by} is another user's; if you want it all the same: goward install {version}"
            )))
        }
        (Err(why), _) => Err(why),
        (Ok(toolchain), _) => {
            if !toolchain.new {
                demand.of_installed(&workshop.store, &toolchain.name)?;
            }
            if foreign { Ok(()) } else { make_first(cx, &workshop.store, &toolchain) }
        }
    }
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
    let name = running::toolchain(cx, plan).unwrap_or_else(|| shown(&launch.program));
    Ok(match &plan.selection.want {
        Want::Floor { floor, .. } if plan.source != floor.source => {
            format!("{name} is there already, and meets {}, which asks for {floor}", floor.source)
        }
        _ => format!("{name} is there already, wanted by {}", plan.source),
    })
}

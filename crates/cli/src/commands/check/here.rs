//! What this machine makes of a directory, with its own environment.

use crate::context::Context;
use crate::failure::Result;
use crate::goroot;
use crate::running::{chooser, chosen, version};
use goward_govern::check::{Above, Seen};
use goward_resolver::{Plan, Policy, Source, Survey, Want};
use std::path::Path;

/// Of a directory below `top`. Fails where goward or the shim would refuse to choose.
pub(super) fn seen(cx: &Context, top: &Path, dir: &str) -> Result<Seen> {
    let place = cx.place(&top.join(dir))?;
    let here = cx.survey_in(place.as_deref(), &[b"go", b"build"], Policy::default())?;
    let plan = here.plan()?;
    let by = chooser(&here, &plan)?;
    let is_floor = matches!(plan.selection.want, Want::Floor { .. });
    let missing = plan.miss.as_ref().map(|miss| miss.selector.to_string());
    let is_default = matches!(by, Source::Default(_) | Source::System | Source::Newest);
    let leak = goroot::inherited(&here, &plan).filter(goroot::Inherited::reaches_go);
    let godebug = here.chain.env().get("GODEBUG").unwrap_or_default();
    Ok(Seen {
        directory: dir.to_owned(),
        runs: chosen(cx, &plan),
        chosen_by: by.to_string(),
        outranked_by: above(&here, &plan),
        is_floor: is_floor && (missing.is_some() || plan.is_unmet()),
        missing,
        default: version(cx, &plan).filter(|_| is_default || plan.miss.is_some()),
        goroot: leak.map(|leak| format!("{} {}", leak.setting(), leak.effect())),
        godebug: String::from_utf8_lossy(godebug).into_owned(),
    })
}

/// What of the user's decides, or takes a GOTOOLCHAIN of the project's away.
fn above(here: &Survey<'_>, plan: &Plan) -> Option<Above> {
    let source = match &plan.selection.source {
        Source::PinFile(_) | Source::Goenv(_) | Source::Running => return None,
        source @ (Source::Environment(_) | Source::GoEnvFile(_)) => source.clone(),
        _ => here.chain.layers().get("GOTOOLCHAIN")?.1,
    };
    let undo = match &source {
        Source::Environment(key) => format!("unset {key}"),
        Source::GoEnvFile(_) => "go env -u GOTOOLCHAIN".to_owned(),
        _ => return None,
    };
    Some(Above { source: source.to_string(), undo })
}

//! The effect of a go line, a toolchain line or `NAME+auto`, and the command that changes it.

use crate::commands::set_default;
use crate::paths::shown;
use goward_resolver::{Chain, Floor, GoLine, Plan, Selector, Source, Survey, Version, Want};

/// The remarks; `running` is the version of the toolchain that runs, if goward knows it.
pub(super) fn remarks(here: &Survey<'_>, plan: &Plan, running: Option<&Version>) -> Vec<String> {
    let chain = &here.chain;
    let (mut remarks, lines) = (Vec::new(), super::levels::lines(chain));
    match &plan.selection.want {
        Want::Floor { floor, .. } => {
            remarks.extend(raised(floor));
            remarks.extend(read_by(lines, floor));
            remarks.extend(met(here, floor, plan, running));
            remarks.extend(unmet(here, floor, plan, running));
        }
        Want::Pin(_) | Want::Name(_) => remarks.extend(above_a_pin(chain, plan)),
        Want::Nothing => {}
    }
    remarks
}

/// Says that a setting changes the meaning of the line.
fn read_by(lines: GoLine, floor: &Floor) -> Option<String> {
    let by = matches!(floor.source, Source::Module(_)).then_some(&floor.source)?;
    match lines {
        GoLine::Minor if floor.name.is_none() && floor.wish => {
            Some(format!("{by} wishes for its own minor, as GOWARD_GO_LINE=minor is set"))
        }
        GoLine::Minimum if !floor.wish => {
            Some(format!("{by} states a minimum in any case, as GOWARD_GO_LINE=minimum is set"))
        }
        _ => None,
    }
}

/// Names the directive that asks for more than the go line.
fn raised(floor: &Floor) -> Option<String> {
    let (by, word) = (&floor.source, floor.feature?);
    let since = &floor.version;
    Some(format!(
        "{by}: Go reads the directive `{word}` from {since} on, and no older Go builds it"
    ))
}

/// Names the toolchain that meets the floor.
fn met(here: &Survey<'_>, floor: &Floor, plan: &Plan, running: Option<&Version>) -> Option<String> {
    plan.launch.as_ref().ok()?;
    if plan.miss.is_some() {
        return None;
    }
    if plan.source != floor.source {
        let lines = super::levels::lines(&here.chain);
        return Some(met_below(floor, plan, running, lines));
    }
    let (by, wants) = (&floor.source, &floor.version);
    let running = running.filter(|running| *running >= wants)?;
    if floor.wish {
        return wish_met(floor, &floor.selector(), running);
    }
    let which = if running.same_minor(wants) {
        "the newest installed release of its minor"
    } else {
        "no release of its minor is installed, so the newest installed one"
    };
    let command = set_default::command(here, running.as_str());
    Some(format!(
        "{by} states a minimum, {floor}, which what runs without it does not meet: {which} runs; to \
         change that, run: {command}"
    ))
}

/// Says what Go itself does where goward has nothing that meets the floor, and installs nothing.
fn unmet(
    here: &Survey<'_>,
    floor: &Floor,
    plan: &Plan,
    running: Option<&Version>,
) -> Option<String> {
    let running = running.filter(|running| running.knows_gotoolchain())?;
    let alone = plan.is_unmet() && plan.miss.is_none() && plan.launch.is_ok();
    // With a fixed GOTOOLCHAIN it refuses, which the answer says.
    let asks = alone && here.refused_by_go(plan, running).is_none();
    asks.then(|| {
        format!("go{running} then asks GOPROXY itself for what meets {floor}, and fails without it")
    })
}

/// Says whether a level below meets the floor.
fn met_below(floor: &Floor, plan: &Plan, running: Option<&Version>, lines: GoLine) -> String {
    let (by, wants, base) = (&floor.source, &floor.version, base(&plan.source));
    let kind = if floor.wish { "wishes for" } else { "states a minimum," };
    if running.is_some_and(|running| running < wants) {
        return format!(
            "{by} {kind} {floor}, which {base} does not meet; without modules Go does not mind"
        );
    }
    if !floor.wish {
        // goward cannot judge a default whose version it does not know.
        let meets = if running.is_some() { "meets" } else { "may meet: Go judges for itself" };
        let minor = wants.language();
        // The variable cannot change a directive's minimum, or the policy's.
        let from_line = matches!(by, Source::Module(_)) && floor.feature.is_none();
        let is_own = running.is_some_and(|running| running.same_minor(wants));
        let own = if !from_line || plan.selection.raised || is_own {
            String::new()
        } else if lines == GoLine::Usual {
            format!("; for its own minor run: go +{minor}, or set GOWARD_GO_LINE=minor")
        } else {
            format!("; for its own minor run: go +{minor}")
        };
        return format!("{by} {kind} {floor}, which {base} {meets}{own}");
    }
    if running == Some(wants) {
        return format!("{by} {kind} {floor}, and {base} is of that version");
    }
    let selector = floor.selector();
    format!(
        "{by} {kind} {floor}, which is not installed; {base} is later, and runs; to have it, run: \
         goward install {selector}"
    )
}

/// Says how an installed toolchain meets the wish; `None` for the very release.
fn wish_met(floor: &Floor, selector: &Selector, running: &Version) -> Option<String> {
    let by = &floor.source;
    match selector.exact() {
        Some(exact) if exact == running => None,
        None if running.same_minor(&floor.version) => None,
        _ if running.same_minor(&floor.version) => Some(format!(
            "{by} wishes for {floor}: a later release of its minor is installed, and runs"
        )),
        _ => Some(format!(
            "{by} wishes for {floor}: nothing of its minor is installed, and nothing may be now, so \
             the nearest later release runs; to have it, run: goward install {selector}"
        )),
    }
}

/// A toolchain line above the pin: Go accepts the pin all the same.
fn above_a_pin(chain: &Chain<'_>, plan: &Plan) -> Option<String> {
    let Some(Ok(module)) = &chain.module else { return None };
    let wish = module.floor(super::levels::lines(chain)).filter(|floor| floor.wish)?;
    let running = plan.target.as_ref()?.name.as_ref()?;
    let met = module.required().is_none_or(|floor| *running.version() >= floor.version);
    let below = *running.version() < wish.version && met;
    below.then(|| {
        let (pin, by) = (&plan.source, &wish.source);
        format!("{pin} outranks the toolchain line of {by}, which wishes for {wish}: no conflict")
    })
}

/// The base, in words.
fn base(source: &Source) -> String {
    match source {
        Source::Default(origin) => {
            format!("the default ({}:{})", shown(&origin.path), origin.line)
        }
        other => other.to_string(),
    }
}

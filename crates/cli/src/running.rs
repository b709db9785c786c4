//! The toolchain of a plan: its name, its version and who chose it.

use crate::context::Context;
use crate::failure::Result;
use crate::paths::{to_bytes, to_path};
use goward_installer::read;
use goward_resolver::resolve::TargetKind;
use goward_resolver::{Host as _, Plan, Selector, Source, Survey, ToolchainName, Version};

/// The source of the toolchain that runs. Where no toolchain meets a module's floor, it is not the
/// module's file.
pub(crate) fn chooser(here: &Survey<'_>, plan: &Plan) -> Result<Source> {
    let target = plan.target.as_ref().filter(|_| plan.is_unmet());
    let Some(target) = target else { return Ok(plan.source.clone()) };
    Ok(match here.default_pin()? {
        Some(pin) => Source::Default(pin.origin),
        None if target.kind == TargetKind::System => Source::System,
        None => Source::Newest,
    })
}

/// The version of the chosen toolchain, if its name or its tree says that.
pub(crate) fn version(cx: &Context, plan: &Plan) -> Option<Version> {
    let name = ToolchainName::parse(&toolchain(cx, plan)?)?;
    Some(name.version().clone())
}

/// The name of the chosen toolchain: its directory's name, else the name in its `VERSION` file. A file
/// that is a link, or another user's, gives a toolchain's name only: its text may be a secret.
pub(crate) fn toolchain(cx: &Context, plan: &Plan) -> Option<String> {
    let target = plan.target.as_ref()?;
    target.name.as_ref().map(|name| name.as_str().to_owned()).or_else(|| {
        let file = to_path(target.goroot.as_ref()?).join("VERSION");
        let read = cx.machine.read_entry(&to_bytes(&file), read::MAX_VERSION);
        let text = read.ok()??;
        let may_be_shown = text.is_quotable();
        let text = String::from_utf8(text.bytes).ok()?;
        let line = text.lines().next()?.trim();
        (may_be_shown || ToolchainName::parse(line).is_some()).then(|| line.to_owned())
    })
}

/// The version that will run, if goward knows it.
pub(crate) fn chosen(cx: &Context, plan: &Plan) -> Option<Version> {
    if let Some(miss) = &plan.miss {
        return match &miss.selector {
            Selector::Exact(version) | Selector::Minor(version) => Some(version.clone()),
            _ => None,
        };
    }
    plan.launch.as_ref().ok()?;
    version(cx, plan)
}

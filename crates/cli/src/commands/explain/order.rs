//! The install that a call of `go` would order first.

use super::answer::Trouble;
use crate::config::policy_file::PolicyFile;
use crate::context::Context;
use crate::failure::Failure;
use crate::policy::Wish;
use goward_resolver::resolve::Miss;
use goward_resolver::{Minimum, Plan, on_one_line};
use serde::Serialize;

/// An order to install.
#[derive(Debug, Serialize)]
pub(super) struct Installs {
    selector: String,
    at_least: Option<String>,
    wanted_by: String,
    /// Whether there is such a release; `None` where goward does not know.
    pub(super) exists: Option<bool>,
    /// The raise by the user's policy, in words.
    #[serde(skip)]
    pub(super) raised: Option<String>,
}

impl Installs {
    pub(super) fn in_words(&self) -> String {
        let selector = &self.selector;
        match &self.at_least {
            Some(least) if least != selector => format!("Go {selector} ({least} or later)"),
            _ => format!("Go {selector}"),
        }
    }
}

/// The reason why goward would install nothing.
pub(super) struct NoOrder {
    /// The refusal, with its remedies.
    pub(super) trouble: Trouble,
    /// The error in the line that wants it, where that is the reason.
    pub(super) why: Option<String>,
}

impl NoOrder {
    fn new(failure: Failure, why: Option<String>) -> NoOrder {
        let Failure { message, hints, .. } = failure;
        NoOrder { trouble: Trouble { message: message.unwrap_or_default(), hints }, why }
    }
}

/// The miss of a plan that the manager minds: where the owner of the machine lets none install, and
/// something else runs, it says nothing.
pub(super) fn wanted<'p>(cx: &Context, plan: &'p Plan) -> Option<&'p Miss> {
    let owner = cx.policy().ok().flatten();
    let never = owner.and_then(PolicyFile::never_installs).is_some();
    plan.miss.as_deref().filter(|miss| !(miss.has_fallback && never))
}

/// The shim's order as the manager would take it: the manager's own policy judges it, too.
pub(super) fn order(cx: &Context, miss: &Miss) -> std::result::Result<Installs, NoOrder> {
    let mut wish = Wish::of(miss);
    let mut raised = None;
    let owner = cx.policy().map_err(|failure| NoOrder::new(failure, None))?;
    if let Some(never) = owner.and_then(PolicyFile::never_installs) {
        return Err(NoOrder::new(wish.forbidden(&never), None));
    }
    if Minimum::judges(&miss.source) {
        let minimum = cx.store().and_then(|store| cx.minimum(&store));
        let minimum = minimum.map_err(|failure| NoOrder::new(failure, None))?;
        if let Some(minimum) = minimum {
            let asked = (wish.selector.clone(), wish.at_least.clone());
            let why = wish.refusal(&minimum).map(|why| on_one_line(&why));
            wish = wish.by(&minimum).map_err(|failure| NoOrder::new(failure, why))?;
            let Minimum { version, set_by } = &minimum;
            let by = &miss.source;
            raised = (asked != (wish.selector.clone(), wish.at_least.clone()))
                .then(|| format!("what {by} has installed is raised to {version} by {set_by}"));
        }
    }
    Ok(Installs {
        selector: wish.selector.to_string(),
        at_least: wish.at_least.as_ref().map(ToString::to_string),
        wanted_by: wish.wanted_by,
        exists: Some(true),
        raised,
    })
}

//! The refusal in the answer of `explain`, for a command that answers in one line.

use super::answer::{Answer, Trouble, Verdict};
use super::doubt::refusal;
use super::invalid::Edit;
use super::order::order;
use crate::advice::Advice;
use crate::commands::Releases;
use crate::context::Context;
use crate::existence::Doubt;
use crate::running::chosen;
use goward_resolver::{Plan, Survey};
use serde::Serialize;

/// Whether Go or goward refuses `go build`, as `explain` answers it.
#[derive(Debug, Serialize)]
pub(in crate::commands) struct Refusal {
    refuses: bool,
    /// The reason.
    why: Option<String>,
    /// The line that an editor mends.
    edit: Option<Edit>,
}

impl Refusal {
    /// Of what `plan` runs; `doubt` is of what it would install.
    pub(in crate::commands) fn of(
        cx: &Context,
        here: &Survey<'_>,
        plan: &Plan,
        doubt: Option<&Doubt>,
    ) -> Refusal {
        let mut verdict = Verdict::of(here, plan, chosen(cx, plan).as_ref());
        verdict.impossible = plan.miss.as_deref().zip(doubt).and_then(refusal);
        let mut trouble = match &plan.miss {
            Some(miss) => order(cx, miss).err().map(|no| no.trouble),
            None => plan.launch.as_ref().err().map(Trouble::from),
        };
        if let Some(trouble) = &mut trouble {
            trouble.check(&Advice::of(&Releases::seen(cx, here), here));
        }
        let Answer { refuses, why, .. } = verdict.answer(None, trouble.as_ref());
        Refusal { refuses, why, edit: verdict.edit() }
    }
}

//! The offer of a first toolchain: where there is no Go at all, nothing selects one, and a person
//! sits at the terminal.

use crate::commands::set_default::make_first;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::workshop::Workshop;
use goward_installer::Query;
use goward_resolver::Selector;

/// The question.
const QUESTION: &str =
    "no Go toolchain is installed and nothing selects one; install the newest release?";

/// Asks, and after a yes does what `goward install latest` does. Whether it did.
pub(in crate::commands) fn offered(cx: &Context) -> Result<bool> {
    if !cx.output.can_ask() {
        return Ok(false);
    }
    let workshop = Workshop::open(cx)?;
    // A yes would lead to an error. A mirror on this machine is no network.
    if workshop.settings.offline && !workshop.settings.is_local() {
        return Ok(false);
    }
    let answer = cx.output.confirms(QUESTION);
    if !answer.map_err(|error| Failure::new(Exit::Failure, "cannot ask").because(error))? {
        return Ok(false);
    }
    let toolchain = workshop.install(&Query::new(&Selector::Latest), None)?;
    make_first(cx, &workshop.store, &toolchain)?;
    Ok(true)
}

//! The plan: everything that is there, and what becomes of it. Making it writes nothing but the
//! checksum database's answers into the cache.

use super::Wanted;
use super::defaults::{self, DefaultRow};
use super::leftovers::{self, Leftover, Tools};
use super::pins::{self, PinRow};
use super::toolchains::{self, ToolchainRow};
use crate::context::Context;
use crate::failure::Result;
use crate::workshop::Workshop;
use serde::Serialize;
use std::path::Path;

/// The plan of an import.
#[derive(Serialize)]
pub(super) struct Plan {
    pub(super) toolchains: Vec<ToolchainRow>,
    pub(super) defaults: Vec<DefaultRow>,
    pub(super) pins: Vec<PinRow>,
    /// Directories of programs that stay behind.
    pub(super) tools: Vec<Tools>,
    /// What the user would take out.
    pub(super) leftovers: Vec<Leftover>,
    /// Whether nothing is left to do.
    pub(super) done: bool,
}

impl Plan {
    /// The plan for these tools, and for the projects at and below `project`.
    pub(super) fn of(
        cx: &Context,
        workshop: &Workshop<'_>,
        wanted: &Wanted<'_>,
        project: Option<&Path>,
    ) -> Result<Plan> {
        let toolchains = toolchains::rows(cx, workshop, wanted)?;
        let defaults = defaults::rows(cx, &workshop.store, wanted, &toolchains)?;
        let found = pins::found(cx, &workshop.store, wanted, project)?;
        let mut leftovers = leftovers::rows(cx, wanted);
        leftovers.extend(found.constructs);
        let tools = leftovers::tools(cx, wanted);
        let pins = found.rows;
        let mut plan = Plan { toolchains, defaults, pins, tools, leftovers, done: false };
        plan.done = !plan.has_steps() && !plan.toolchains.iter().any(|row| row.is_open);
        Ok(plan)
    }

    /// Whether import would do anything.
    pub(super) fn has_steps(&self) -> bool {
        self.toolchains.iter().any(ToolchainRow::is_to_do)
            || self.defaults.iter().any(DefaultRow::is_to_do)
            || self.pins.iter().any(PinRow::is_to_do)
    }
}

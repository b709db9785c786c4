//! The refusal of Go itself: a toolchain that is older than the module's go line builds nothing of it
//! (`cmd/go/internal/modload/init.go`, `loadModFile`: `TooNewError`).

use crate::child;
use crate::decide::Plan;
use crate::gotoolchain::{Gotoolchain, Mode};
use crate::modfile::Floor;
use crate::selection::Want;
use crate::survey::Survey;
use crate::version::Version;
use alloc::string::String;

/// A floor that the toolchain falls below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoRefusal {
    /// The line that asks for more.
    pub floor: Floor,
    /// Whether that Go compares its version with the line. Go before 1.21 builds as far as it can.
    pub compares: bool,
}

impl Survey<'_> {
    /// Whether the command loads a workspace: Go then compares its go line with its members'.
    pub fn loads_workspace(&self) -> bool {
        let chain = &self.chain;
        chain.has_workspace() && chain.invocation.loads_workspace() && child::go_minds(chain)
    }

    /// Whether Go refuses what `plan` runs, of the version `running`: it is older than the module's
    /// floor, and its `GOTOOLCHAIN` lets it switch to no other.
    pub fn refused_by_go(&self, plan: &Plan, running: &Version) -> Option<GoRefusal> {
        let chain = &self.chain;
        let module = chain.module.as_ref()?.as_ref().ok()?;
        let floor = module.required().filter(|floor| *running < floor.version)?;
        let asked = !chain.invocation.is_quiet() && child::go_minds(chain);
        if !asked || chain.invocation.is_package_at_version() {
            return None;
        }
        let compares = running.knows_gotoolchain();
        if plan.miss.is_some() {
            // The pin's toolchain will run by `GOTOOLCHAIN=local`.
            let pinned = matches!(plan.selection.want, Want::Pin(_) | Want::Name(_));
            return pinned.then_some(GoRefusal { floor, compares });
        }
        let launch = plan.launch.as_ref().ok()?;
        let changed = launch.env.iter().find(|change| change.key == "GOTOOLCHAIN");
        let value = match changed {
            Some(change) => change.value.as_deref().map(Gotoolchain::parse),
            None => chain.layers().get("GOTOOLCHAIN").map(|(value, _)| Gotoolchain::parse(value)),
        };
        let fixed = value.and_then(Result::ok).is_some_and(|value| value.mode == Mode::Fixed);
        (fixed || !compares).then_some(GoRefusal { floor, compares })
    }
}

impl GoRefusal {
    /// The number for `go mod edit -go=` with which a Go of the version `running` builds the module;
    /// `None` where a directive asks for more than the go line.
    pub fn lower(&self, running: &Version) -> Option<String> {
        let own = running.language();
        let number = if own < self.floor.version.language() { own } else { running.release() };
        self.floor.feature.is_none().then(|| String::from(number.as_str()))
    }
}

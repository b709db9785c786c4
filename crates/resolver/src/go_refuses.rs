//! The refusal of Go itself: a toolchain that is older than the module's go line builds nothing of it
//! (`cmd/go/internal/modload/init.go`, `loadModFile`: `TooNewError`).

use crate::child;
use crate::decide::Plan;
use crate::gotoolchain::{Gotoolchain, Mode};
use crate::modfile::{Directive, Floor};
use crate::selection::Want;
use crate::survey::Survey;
use crate::switching::is_first_of_1_21;
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
    /// Whether the command, or one that builds in its place, goes by modules.
    pub fn minds_modules(&self) -> bool {
        child::go_minds(&self.chain)
    }

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
        let fixed = self.is_fixed(plan)?;
        let refuses = fixed || plan.miss.is_none() && !compares;
        refuses.then_some(GoRefusal { floor, compares })
    }

    /// The toolchain line for which Go refuses every command, since it is no toolchain's name: a Go that
    /// may switch reads it before anything else. `running` is the version of what `plan` runs.
    pub fn refused_toolchain_line(&self, plan: &Plan, running: &Version) -> Option<&Directive> {
        let chain = &self.chain;
        let module = chain.module.as_ref()?.as_ref().ok()?;
        let invocation = &chain.invocation;
        let apart = invocation.is_package_at_version() || invocation.repairs_gotoolchain();
        // To the first of 1.21 each text is a name, and goward refuses it.
        let reads = running.knows_gotoolchain() && !is_first_of_1_21(running);
        let switches = reads && !apart && child::go_minds(chain) && !self.is_fixed(plan)?;
        module.malformed_toolchain().filter(|_| switches)
    }

    /// Whether the command reads the module's own file by Go's parser, which refuses what is no
    /// directive.
    pub fn loads_module(&self) -> bool {
        self.chain.invocation.loads_module() && child::go_minds(&self.chain)
    }

    /// Whether the `GOTOOLCHAIN` of what `plan` runs lets Go switch to no other toolchain; `None`
    /// where nothing runs.
    fn is_fixed(&self, plan: &Plan) -> Option<bool> {
        if plan.miss.is_some() {
            // The pin's toolchain will run by `GOTOOLCHAIN=local`.
            return Some(matches!(plan.selection.want, Want::Pin(_) | Want::Name(_)));
        }
        let launch = plan.launch.as_ref().ok()?;
        let changed = launch.env.iter().find(|change| change.key == "GOTOOLCHAIN");
        let value = match changed {
            Some(change) => change.value.as_deref().map(Gotoolchain::parse),
            None => {
                let layers = self.chain.layers();
                layers.get("GOTOOLCHAIN").map(|(value, _)| Gotoolchain::parse(value))
            }
        };
        Some(value.and_then(Result::ok).is_some_and(|value| value.mode == Mode::Fixed))
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

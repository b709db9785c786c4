//! What Go itself would do inside a toolchain: look at `GOTOOLCHAIN` and the module files, and
//! switch or stay.

use crate::chain::Chain;
use crate::gotoolchain::{Gotoolchain, Mode};
use crate::{ToolchainName, Version};
use alloc::format;
use alloc::string::String;

/// Whether Go would look at `GOTOOLCHAIN` and the module files at all: not without modules
/// (`cmd/go/internal/modload/init.go`, `WillBeEnabled`), nor when asked for `GOTOOLCHAIN` itself.
pub(crate) fn go_selects(chain: &Chain<'_>) -> bool {
    let enabled = match chain.layers().get("GO111MODULE").map(|value| value.bytes) {
        None | Some(b"on") => true,
        Some(b"auto") => chain.module.is_some(),
        Some(_) => false,
    };
    enabled && !chain.invocation.go_answers_locally()
}

/// Whether Go inside the toolchain `local` would stay there, given its `GOTOOLCHAIN` and the
/// module files (`cmd/go/internal/toolchain/select.go`, `Select`).
pub(crate) fn go_stays(local: &ToolchainName, value: &Gotoolchain, chain: &Chain<'_>) -> bool {
    if !local.version().knows_gotoolchain() || !go_selects(chain) {
        return true;
    }
    let named = value.name.as_ref().unwrap_or(local);
    let (mut chosen, mut least) = (String::from(named.as_str()), named.version().clone());
    // Before 1.25 Go did not look at the module's files for `p@v`.
    let apart = chain.invocation.is_package_at_version()
        && Version::parse("1.25").is_some_and(|since| *local.version() < since);
    let module = match &chain.module {
        Some(Ok(module)) if !apart && value.mode != Mode::Fixed => Some(module),
        _ => None,
    };
    let Some(module) = module else { return chosen == local.as_str() };
    let toolchain = module.toolchain.as_ref().map(|line| line.value.as_str());
    if toolchain == Some("default") {
        return chosen == local.as_str();
    }
    let name = toolchain.map(ToolchainName::parse);
    if let Some(None) = name {
        // Go refuses such a line before it switches anywhere.
        return chosen == local.as_str();
    }
    if let Some(name) = name.flatten().filter(|name| *name.version() > least) {
        least = name.version().clone();
        chosen = String::from(name.as_str());
    }
    if let Some(version) = module.go_version().filter(|version| *version > least) {
        let patch = if version.is_language() { ".0" } else { "" };
        chosen = format!("go{version}{patch}");
    }
    chosen == local.as_str()
}

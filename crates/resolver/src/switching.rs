//! What Go itself would do inside a toolchain: look at `GOTOOLCHAIN` and the module files, and
//! switch or stay.

use crate::chain::{Chain, is_link};
use crate::environment::EnvChange;
use crate::error::{Code, Error};
use crate::gotoolchain::{Gotoolchain, Mode};
use crate::host::{Host, Owner};
use crate::invocation::Tool;
use crate::name::ToolchainName;
use crate::printable::quoted;
use crate::roots::self_name;
use crate::target::{Target, TargetKind};
use crate::text;
use crate::version::Version;
use alloc::string::String;

/// Whether Go would look at `GOTOOLCHAIN` and the module files at all: not without modules
/// (`cmd/go/internal/modload/init.go`, `WillBeEnabled`), nor when asked for `GOTOOLCHAIN` itself.
pub(crate) fn go_selects(chain: &Chain<'_>) -> bool {
    selects(chain, chain.layers().get("GO111MODULE").map(|(value, _)| value))
}

fn selects(chain: &Chain<'_>, modules: Option<&[u8]>) -> bool {
    let enabled = match modules {
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
    let toolchain = module.toolchain_line().map(|line| line.value.as_str());
    if toolchain == Some("default") {
        return chosen == local.as_str();
    }
    let name = toolchain.map(ToolchainName::parse);
    if let Some(None) = name {
        // Go refuses such a line before it switches anywhere, and where it does not, goward has.
        return chosen == local.as_str();
    }
    // Go 1.21 goes to a toolchain of its own version, too, if the line has another name for it.
    let equal = is_of_1_21(local.version());
    let rises =
        |name: &ToolchainName| *name.version() > least || (equal && *name.version() == least);
    if let Some(name) = name.flatten().filter(rises) {
        least = name.version().clone();
        chosen = String::from(name.as_str());
    }
    if let Some(version) = module.go_version().filter(|version| *version > least) {
        let patch = if version.is_language() { ".0" } else { "" };
        chosen = text!("go{}{}", version, patch);
    }
    chosen == local.as_str()
}

/// Whether Go inside the toolchain `local` goes to another one of its own version, if the toolchain
/// line has another name for it. Only Go 1.21 does.
pub(crate) fn rises_to_its_equal(local: &ToolchainName, chain: &Chain<'_>) -> bool {
    let Some(Ok(module)) = &chain.module else { return false };
    let name = module.toolchain_line().and_then(|line| ToolchainName::parse(&line.value));
    is_of_1_21(local.version()) && name.is_some_and(|name| name.version() == local.version())
}

/// Why Go may not run: it would take the text of a malformed toolchain line for the name of a
/// program, which may be a path into the repository, and run that. Go refuses such a line since
/// 1.21.1 (CVE-2023-39320); 1.21.0 and its release candidates, which are the first to look at the
/// line, obey it. Only where there is such a line does this ask which Go `target` is.
///
/// `changes` is what the child's environment differs in.
pub(crate) fn obeys_malformed_line(
    chain: &Chain<'_>,
    target: &Target,
    changes: &[EnvChange],
) -> Result<(), Error> {
    let Some(Ok(module)) = &chain.module else { return Ok(()) };
    let Some(line) = module.malformed_toolchain() else { return Ok(()) };
    let apart = chain.invocation.tool == Tool::Gofmt || chain.invocation.is_package_at_version();
    let selects = selects(chain, of_child(chain, changes, "GO111MODULE"));
    if apart || !selects || !may_rise(chain, changes) || !is_obedient(chain, target) {
        return Ok(());
    }
    let quotable = module.owner == Owner::Trusted && !is_link(chain.env().host(), &module.path);
    let text = if quotable { quoted(line.value.as_bytes()) } else { String::from("line") };
    let why = text!(
        "invalid toolchain {}: this Go is older than 1.21.1 and would run a program of that name\n\
         mend or remove the line, or choose a later Go",
        text
    );
    Err(Error::of(Code::Refused, module.source(line.line), why))
}

/// Whether the child's `GOTOOLCHAIN` lets Go look at the module files. A value that Go refuses
/// lets it look at nothing.
fn may_rise(chain: &Chain<'_>, changes: &[EnvChange]) -> bool {
    let Some(value) = of_child(chain, changes, "GOTOOLCHAIN") else { return true };
    Gotoolchain::parse(value).is_ok_and(|value| value.mode != Mode::Fixed)
}

/// The value that Go will find for a variable: from its environment, which is the process's with the
/// changes, else from the go/env file. A setting of a `.goenv` is there only if it was exported.
fn of_child<'c>(
    chain: &'c Chain<'_>,
    changes: &'c [EnvChange],
    key: &'static str,
) -> Option<&'c [u8]> {
    let set = match changes.iter().find(|change| change.key == key) {
        Some(change) => change.value.as_deref(),
        None => chain.env().host().var(key),
    };
    let in_file = || Some(chain.go_env_file.as_ref()?.get(key)?.0);
    set.filter(|value| !value.is_empty()).or_else(in_file)
}

/// Whether a Go takes a malformed toolchain line for a name: by what its tree calls itself, since
/// a name says little about the tree behind it. If a user put the tree together and it does not say
/// which version it is, the worst is assumed.
fn is_obedient(chain: &Chain<'_>, target: &Target) -> bool {
    let goroot = target.goroot.as_deref();
    let said = goroot.and_then(|goroot| self_version(chain.env().host(), goroot));
    let version = match target.kind {
        TargetKind::Linked | TargetKind::Custom if said.is_none() => return true,
        _ => said.or_else(|| target.name.as_ref().map(|name| name.version().clone())),
    };
    version.is_some_and(|version| is_first_of_1_21(&version))
}

/// From 1.21's development to 1.21.0.
pub(crate) fn is_first_of_1_21(version: &Version) -> bool {
    Version::parse("1.21.0").is_some_and(|last| is_of_1_21(version) && *version <= last)
}

/// Whether it is of the first minor that looks at toolchain lines.
fn is_of_1_21(version: &Version) -> bool {
    version.language().as_str() == "1.21"
}

/// The version of a tree, as Go reads its own: `go1.22.10-corp` is 1.22.10, `devel go1.28-1a2b` is
/// 1.28 (`cmd/go/internal/gover/local.go`).
pub(crate) fn self_version(host: &dyn Host, goroot: &[u8]) -> Option<Version> {
    let text = self_name(host, goroot)?;
    let text = text.strip_prefix(b"devel ").unwrap_or(&text);
    let name = ToolchainName::parse(core::str::from_utf8(text).ok()?)?;
    Some(name.version().clone())
}

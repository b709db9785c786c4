//! Toolchains that are there, and the selectors that the user types for one.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::to_path;
use crate::values;
use goward_installer::Installed;
use goward_resolver::{GoTrees, Selector, Survey, ToolchainName, Version};
use std::path::PathBuf;

/// A toolchain that is there.
pub(crate) struct Toolchain {
    /// Its name: `go1.22.10`, or the name of its link.
    pub(crate) name: String,
    /// Its version, unless it is a linked tree or the system's.
    pub(crate) version: Option<Version>,
    /// Its GOROOT; `None` for the system's, which goward looks up at each call.
    pub(crate) goroot: Option<PathBuf>,
    /// Whether this command installed it.
    pub(crate) new: bool,
}

impl Toolchain {
    fn found(name: &str, version: Option<&Version>, goroot: Option<&[u8]>) -> Toolchain {
        let (version, goroot) = (version.cloned(), goroot.map(to_path));
        Toolchain { name: name.to_owned(), version, goroot, new: false }
    }

    /// A toolchain of the store.
    /// The toolchain that an install of `version` returns.
    pub(crate) fn of_install(installed: Installed, version: Option<Version>) -> Toolchain {
        let Installed { name, directory, already, .. } = installed;
        Toolchain { name, version, goroot: Some(directory), new: !already }
    }
}

/// The selector that a person types, see [`spelt`].
pub(crate) fn typed(cx: &Context, text: &str) -> Result<Selector> {
    spelt(cx, values::selector(text)?)
}

/// Refuses a version in another spelling, which goward would take for the name of a linked tree. It
/// is no error if a tree has that name.
pub(crate) fn spelt(cx: &Context, selector: Selector) -> Result<Selector> {
    if let Selector::Linked(name) = &selector
        && let Some(version) = meant(name)
        && cx.roots()?.linked(name)?.is_none()
    {
        let message = format!("not a Go version: {name:?}");
        return Err(Failure::new(Exit::Usage, message).hint(format!("write {version}")));
    }
    Ok(selector)
}

/// The refusal of `tip` where the user must name a release.
pub(crate) fn tip() -> Failure {
    Failure::new(Exit::Usage, "tip is not a release that can be installed")
        .hint("build a checkout with: goward install --source DIR --name NAME")
}

/// The version that a user means by a name such as `v1.22.10`, in the spelling of modules and tags.
fn meant(name: &str) -> Option<Selector> {
    let name = name.to_ascii_lowercase();
    let version = ["golang", "go", "v"].iter().find_map(|prefix| name.strip_prefix(prefix))?;
    let version = version.trim_start_matches(['-', '_', '.', 'v']);
    let meant = Selector::parse(version).ok();
    meant.filter(|meant| matches!(meant, Selector::Exact(_) | Selector::Minor(_)))
}

/// The newest present toolchain that `selector` takes: installed in one of the roots, or by Go or
/// golang.org/dl, or linked.
pub(crate) fn present(here: &Survey<'_>, selector: &Selector) -> Result<Option<Toolchain>> {
    let store = here.roots();
    let release = |version: &Version, goroot: Vec<u8>| {
        let name = ToolchainName::of(version).to_string();
        Toolchain::found(&name, Some(version), Some(&goroot))
    };
    Ok(match selector {
        Selector::System => Some(Toolchain::found("system", None, None)),
        Selector::Linked(name) => {
            let goroot = store.linked(name)?.ok_or_else(|| {
                Failure::new(Exit::NotFound, format!("no toolchain is linked as {name}"))
                    .hint(format!("link one with: goward link {name} GOROOT"))
                    .hint("versions are written like 1.22.10, 1.22 or latest")
            })?;
            Some(Toolchain::found(name, None, Some(&goroot)))
        }
        Selector::Exact(version) => {
            let goroot = store.find(&ToolchainName::of(version))?;
            let by_go =
                || GoTrees::of(&here.chain.layers()).find(version).map(|(goroot, _)| goroot);
            goroot.or_else(by_go).map(|at| release(version, at))
        }
        open => {
            let installed = store.installed()?;
            let Some(version) = open.newest(&installed) else { return Ok(None) };
            store.find(&ToolchainName::of(version))?.map(|goroot| release(version, goroot))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_in_other_spellings_are_known() {
        for (name, version) in [
            ("v1.22.10", Some("1.22.10")),
            ("V1.22", Some("1.22")),
            ("Go1.22.10", Some("1.22.10")),
            ("go-1.22.10", Some("1.22.10")),
            ("golang-1.25rc1", Some("1.25rc1")),
            ("gov1.22", Some("1.22")),
            ("v1.25.0-rc.1", Some("1.25rc1")),
            ("vendor", None),
            ("v", None),
            ("v1", None),
            ("v>=1.22", None),
            ("go1.23.2-corp", None),
            ("gotip", None),
            ("mine-1.22", None),
            ("v2ray", None),
        ] {
            let meant = meant(name).map(|version| version.to_string());
            assert_eq!(meant.as_deref(), version, "{name}");
        }
    }
}

//! Obtaining a toolchain: what is there already, else what can be installed.

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::paths::{shown_path, to_path};
use crate::watch::Watch;
use goward_installer::{ErrorKind, Installed, Installer, Settings, Store, Trust, Want};
use goward_resolver::{Selector, SelectorError, Survey, ToolchainName, Version};
use std::path::PathBuf;

/// A toolchain that is there.
pub(crate) struct Obtained {
    /// What it is: `go1.22.10`, or the name that it is linked under.
    pub(crate) name: String,
    /// Its version, unless it is a linked tree or the system's.
    pub(crate) version: Option<Version>,
    /// Its GOROOT; `None` for the system's, which is looked up at each call.
    pub(crate) goroot: Option<PathBuf>,
    /// Who vouched for it, if that is known.
    pub(crate) trust: Option<Trust>,
    /// Whether it was installed just now.
    pub(crate) new: bool,
}

/// A selector as it was typed.
pub(crate) fn parse(text: &str) -> Result<Selector> {
    Selector::parse(text.trim()).map_err(|error| {
        let why = match error {
            SelectorError::Empty => "no version given".to_owned(),
            SelectorError::TooLong => "a version of more than 64 bytes".to_owned(),
            SelectorError::Malformed => format!("not a Go version: {text:?}"),
        };
        Failure::new(Exit::Usage, why)
            .hint("write one such as 1.22.10, 1.22, latest or '>=1.21,<1.23'")
    })
}

/// A selector as a person typed it: no version in another spelling, which would be taken for the name
/// of a linked tree, unless a tree has that name.
pub(crate) fn typed(cx: &Context, text: &str) -> Result<Selector> {
    let selector = parse(text)?;
    if let Selector::Linked(name) = &selector
        && let Some(version) = meant(name)
        && cx.roots()?.linked(name)?.is_none()
    {
        let message = format!("not a Go version: {name:?}");
        return Err(Failure::new(Exit::Usage, message).hint(format!("write {version}")));
    }
    Ok(selector)
}

/// Why `tip` is refused where a release is wanted.
pub(crate) fn tip() -> Failure {
    Failure::new(Exit::Usage, "tip is not a release that can be installed")
        .hint("build a checkout with: goward install --source DIR --name NAME")
}

/// The version that is meant by a name such as `v1.22.10`, as modules and tags are called.
fn meant(name: &str) -> Option<Selector> {
    let name = name.to_ascii_lowercase();
    let version = ["golang", "go", "v"].iter().find_map(|prefix| name.strip_prefix(prefix))?;
    let version = version.trim_start_matches(['-', '_', '.', 'v']);
    let meant = Selector::parse(version).ok();
    meant.filter(|meant| matches!(meant, Selector::Exact(_) | Selector::Minor(_)))
}

/// What there is already that `selector` takes: installed in one of the roots, or by Go or
/// golang.org/dl, or linked. The newest, if several do.
pub(crate) fn present(here: &Survey<'_>, selector: &Selector) -> Result<Option<Obtained>> {
    let store = here.store();
    let release = |version: &Version, goroot: Vec<u8>| Obtained {
        name: ToolchainName::of(version).to_string(),
        version: Some(version.clone()),
        goroot: Some(to_path(&goroot)),
        trust: None,
        new: false,
    };
    Ok(match selector {
        Selector::System => Some(Obtained {
            name: "system".to_owned(),
            version: None,
            goroot: None,
            trust: None,
            new: false,
        }),
        Selector::Linked(name) => {
            let goroot = store.linked(name)?.ok_or_else(|| {
                Failure::new(Exit::NotFound, format!("no toolchain is linked as {name}"))
                    .hint(format!("link one with: goward link {name} GOROOT"))
                    .hint("versions are written like 1.22.10, 1.22 or latest")
            })?;
            let goroot = Some(to_path(&goroot));
            Some(Obtained { name: name.clone(), version: None, goroot, trust: None, new: false })
        }
        Selector::Exact(version) => {
            let goroot = store.find(&ToolchainName::of(version))?;
            goroot
                .or_else(|| store.adopted(version, &here.chain.layers()))
                .map(|at| release(version, at))
        }
        roomy => {
            let installed = store.installed()?;
            let Some(version) = roomy.newest(&installed) else { return Ok(None) };
            store.find(&ToolchainName::of(version))?.map(|goroot| release(version, goroot))
        }
    })
}

/// [`present`], else installed.
pub(crate) fn ensure(cx: &Context, here: &Survey<'_>, selector: &Selector) -> Result<Obtained> {
    match present(here, selector)? {
        Some(there) => Ok(there),
        None => install(cx, here, selector),
    }
}

/// Installs the newest release that a selector takes, and says so.
fn install(cx: &Context, here: &Survey<'_>, selector: &Selector) -> Result<Obtained> {
    let store = cx.store()?;
    let settings = cx.settings_at(here, &store)?;
    let watch = Watch::new(&cx.output, None);
    let obtained = install_with(&store, &settings, &Want::new(selector), &watch);
    drop(watch);
    let obtained = obtained.map_err(|error| failed(cx, error))?;
    report(cx, &obtained);
    Ok(obtained)
}

/// Why an install failed, with what else a person may try.
pub(crate) fn failed(cx: &Context, error: goward_installer::Error) -> Failure {
    let unreachable = error.kind() == ErrorKind::Network;
    let hint = unreachable.then(|| cx.proxy_hint()).flatten();
    let failure = Failure::from(error);
    hint.into_iter().fold(failure, Failure::hint)
}

/// What an install of `version` came to.
pub(crate) fn of_install(installed: Installed, version: Option<Version>) -> Obtained {
    Obtained {
        name: installed.name,
        version,
        goroot: Some(installed.directory),
        trust: installed.trust,
        new: !installed.already,
    }
}

/// Installs without a word but those of `watch`.
pub(crate) fn install_with(
    store: &Store,
    settings: &Settings,
    want: &Want<'_>,
    watch: &Watch,
) -> std::result::Result<Obtained, goward_installer::Error> {
    let (release, installed) = Installer { store, settings, progress: watch }.bring(want)?;
    Ok(of_install(installed, Some(release.version().clone())))
}

/// Says what was installed, or that it was there.
pub(crate) fn report(cx: &Context, obtained: &Obtained) {
    let name = &obtained.name;
    let place = obtained.goroot.as_deref().map(shown_path).unwrap_or_default();
    cx.output.note(&match (obtained.new, obtained.trust) {
        (false, _) => format!("{name} is installed already, in {place}"),
        (true, Some(Trust::User)) => {
            format!("installed {name} in {place} (not verified: {})", Trust::User.describe())
        }
        (true, Some(trust)) => {
            let (level, who) = (trust.level(), trust.describe());
            format!("installed {name} in {place} (verified, {level}: {who})")
        }
        (true, None) => format!("installed {name} in {place}"),
    });
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

//! `goward install PATH`: an archive or a tree that lies here.

use super::Install;
use crate::commands::set_default::make_first;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use crate::toolchain::Toolchain;
use goward_installer::{Assurance, Local};
use goward_resolver::ToolchainName;
use std::path::Path;

/// Installs every path.
pub(super) fn run(install: &Install, cx: &Context) -> Result<()> {
    if let Some(version) = install.versions.iter().find(|text| !Local::is_path(text)) {
        let message = format!("{version} is no path, and paths and versions do not go together");
        return Err(Failure::new(Exit::Usage, message)
            .hint(format!(
                "install it by itself: goward install {}",
                Path::new(version).word("VERSION")
            ))
            .hint(format!(
                "or, if it is a path: {}",
                Path::new(".").join(version).word("./PATH")
            )));
    }
    let one_only = install.name.is_some() || install.sha256.is_some();
    if one_only && install.versions.len() > 1 {
        let message = "--name and --sha256 are about one archive";
        return Err(Failure::new(Exit::Usage, message));
    }
    if install.from.is_some() {
        return Err(Failure::new(Exit::Usage, "--from says nothing about paths"));
    }
    let mut workshop = install.workshop(cx)?;
    if workshop.settings.checksum_database.is_none() && install.verify != Some(Assurance::User) {
        workshop.use_checksum_database()?;
    }
    // The database is one witness among others, so goward does not wait long for it.
    workshop.settings.has_fallback = true;
    let store = &workshop.store;
    let name = install.name.as_deref().map(toolchain_name).transpose()?;
    for path in &install.versions {
        let local = Local {
            path: path.into(),
            name: name.clone(),
            digest: install.sha256,
            as_it_is: Some("to take it as it is, add: --verify none"),
        };
        if install.dry_run {
            cx.output.line(&format!("would install what {path} holds, if it is verified"));
            continue;
        }
        let installed = cx.watched(|watch| workshop.installer(watch).install_local(&local))?;
        let there = store.toolchain(&installed.name);
        let host = there.filter(|there| there.platform().is_host() && !there.name().is_custom());
        let version = host.map(|there| there.name().version().clone());
        workshop.report(&installed);
        if installed.already {
            install.demand().of_installed(store, &installed.name)?;
        }
        make_first(cx, store, &Toolchain::of_install(installed, version))?;
    }
    Ok(())
}

/// The name of `--name`, in which the user may leave `go` out.
fn toolchain_name(text: &str) -> Result<ToolchainName> {
    let with_go = format!("go{text}");
    let name = ToolchainName::parse(text).or_else(|| ToolchainName::parse(&with_go));
    name.filter(ToolchainName::is_file_name).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("{text:?} is not the name of a toolchain"))
            .hint("write one such as go1.22.10")
    })
}

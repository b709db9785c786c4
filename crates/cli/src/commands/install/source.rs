//! `goward install --source`: releases and checkouts, built here.

use super::{Install, typed};
use crate::commands::set_default::make_first;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::paths::{Shown as _, shown_path, to_path};
use crate::toolchain::Toolchain;
use crate::values;
use crate::watch::Watch;
use crate::workshop::Workshop;
use goward_installer::{
    Artifact, Bootstrap, Build, Checkout, Local, Platform, Query, Store, build_checkout, enough,
};
use goward_resolver::{Host as _, Selector, Version};
use std::path::Path;

/// Builds the releases or the checkout that the user names.
pub(super) fn run(install: &Install, cx: &Context) -> Result<()> {
    if install.sha256.is_some() {
        return Err(Failure::new(Exit::Usage, "--sha256 says nothing about sources"));
    }
    match (install.versions.as_slice(), &install.name) {
        ([], _) => {
            let message = "--source wants a version, or the directory of a checkout";
            Err(Failure::new(Exit::Usage, message))
        }
        ([path], Some(name)) => checkout(install, cx, Path::new(path), name),
        ([path], None) if Local::is_path(path) => {
            let message = format!("{path} needs a name to be built as");
            let hint =
                format!("goward install --source {} --name mine", Path::new(path).word("DIR"));
            Err(Failure::new(Exit::Usage, message).hint(hint))
        }
        (_, Some(_)) => Err(Failure::new(Exit::Usage, "--name is about one checkout")),
        (versions, None) => {
            typed(cx, versions)?.iter().try_for_each(|selector| release(install, cx, selector))
        }
    }
}

fn release(install: &Install, cx: &Context, selector: &Selector) -> Result<()> {
    let workshop = install.workshop(cx)?;
    let mut query = Query::new(selector);
    query.artifact = Artifact::SourceCode;
    let release = workshop.find(&query)?;
    let name = release.store_name();
    if install.dry_run {
        let with = installed_bootstrap(cx, release.version())?;
        let with = with.map_or_else(|| "a Go that would be installed".to_owned(), |it| it.name);
        cx.output.line(&format!("would build {name} with {with}"));
        return Ok(());
    }
    let store = &workshop.store;
    if store.toolchain(&name).is_some() {
        let message = format!("{name} is installed already");
        return Err(Failure::new(Exit::Failure, message)
            .hint(format!("to build it anew, first: goward uninstall {name}")));
    }
    let how = how(cx, &workshop, release.version())?;
    let installed = workshop.installer(&every_line(cx)).build(&release, &how)?;
    let toolchain = Toolchain::of_install(&installed, Some(release.version().clone()));
    workshop.report(&toolchain, installed.assurance);
    cx.output.note(&format!("{name} was built from source with {}", how.bootstrap.name));
    make_first(cx, store, &toolchain)
}

/// Shows every line of the build with `-v`.
fn every_line(cx: &Context) -> Watch {
    Watch::new(&cx.output, None).with_every_line(cx.verbose)
}

fn checkout(install: &Install, cx: &Context, dir: &Path, name: &str) -> Result<()> {
    let Ok(Selector::Linked(name)) = values::selector(name) else {
        let message = format!("{name:?} cannot be the name of a built tree");
        return Err(Failure::new(Exit::Usage, message)
            .hint("a name begins with a letter, and is not a version or a word like latest"));
    };
    let store = &cx.store()?;
    if store.is_taken(&name) {
        let message = format!("there is a link {name} already");
        return Err(Failure::new(Exit::Usage, message)
            .hint(format!("take it away first: goward uninstall {name}")));
    }
    let checkout = Checkout::open(dir, &name)?;
    if install.dry_run {
        cx.output.line(&format!("would build a copy of {} as {name}", shown_path(dir)));
        return Ok(());
    }
    let workshop = install.workshop(cx)?;
    let how = how(cx, &workshop, checkout.language())?;
    let goroot = build_checkout(store, &checkout, &how, &every_line(cx))?;
    store.link(&name, &goroot)?;
    let with = &how.bootstrap.name;
    cx.output.note(&format!("built {name} from source with {with}, in {}", shown_path(&goroot)));
    cx.output.note(&format!("try: go +{name} version"));
    Ok(())
}

/// The Go that builds it: `GOROOT_BOOTSTRAP`, the oldest installed Go that can (it is nearest to
/// the Go that Go's authors test with), or the newest Go before it, which goward installs first.
fn how(cx: &Context, workshop: &Workshop<'_>, version: &Version) -> Result<Build> {
    let environment = std::env::vars_os().collect();
    if let Some(bootstrap) = installed_bootstrap(cx, version)? {
        return Ok(Build { bootstrap, environment });
    }
    let least = least(version)?;
    let allowed = cx.text("GOWARD_AUTO_INSTALL").as_deref() != Some("never");
    let missing = || {
        let message =
            format!("no installed Go can build Go {version}: Go {least} or newer is needed");
        Failure::new(Exit::NotFound, message)
            .hint(format!("install one: goward install '>={least},<{}'", version.language()))
            .hint("or name its GOROOT in GOROOT_BOOTSTRAP")
    };
    if !allowed {
        return Err(missing());
    }
    // The newest release before it: a mirror may lack minors, and any of the rest can build it.
    let selector = values::selector(&format!(">={least},<{}", version.language()))?;
    let query = Query::new(&selector);
    cx.output
        .note(&format!("Go {version} is built by Go {least} or newer, which is installed first"));
    let brought = cx.watched(|watch| workshop.bring(&query, watch));
    let (toolchain, installed) = brought.map_err(|error| {
        let failure = missing();
        Failure::from(error).because(failure.message.unwrap_or_default())
    })?;
    workshop.report(&toolchain, installed.assurance);
    Ok(Build { bootstrap: Bootstrap::at(&installed.directory)?, environment })
}

fn least(version: &Version) -> Result<Version> {
    enough(version).ok_or_else(|| {
        let message = format!("Go {version} is not written in Go, so that no Go can build it");
        Failure::new(Exit::Usage, message).hint("Go 1.5 is the first that can be built by another")
    })
}

fn installed_bootstrap(cx: &Context, version: &Version) -> Result<Option<Bootstrap>> {
    if let Some(goroot) = cx.machine.var("GOROOT_BOOTSTRAP").filter(|goroot| !goroot.is_empty()) {
        return Ok(Some(Bootstrap::at(&to_path(goroot))?));
    }
    let least = least(version)?;
    let roots = cx.roots()?;
    let mut oldest: Option<Bootstrap> = None;
    for root in roots.roots() {
        for toolchain in Store::open(to_path(&root))?.installed()? {
            let found = toolchain.name().version();
            let usable = toolchain.platform() == &Platform::host() && !found.is_prerelease();
            let older = oldest.as_ref().is_none_or(|oldest| *found < oldest.version);
            if usable && *found >= least && older {
                oldest = Some(Bootstrap {
                    name: toolchain.name().to_string(),
                    version: found.clone(),
                    goroot: toolchain.directory().to_owned(),
                });
            }
        }
    }
    Ok(oldest)
}

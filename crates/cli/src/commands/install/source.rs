//! `goward install --source`: releases and checkouts, built here.

use super::{Install, typed};
use crate::commands::set_default::make_first;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Shown as _, to_path};
use crate::toolchain::Toolchain;
use crate::values;
use crate::workshop::Workshop;
use goward_installer::{
    Artifact, Bootstrap, Build, Checkout, Local, Query, Store, build_checkout, enough,
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
    let installed = cx.watched(|watch| workshop.installer(watch).build(&release, &how))?;
    workshop.report(&installed);
    cx.output.note(&format!("{name} was built from source with {}", how.bootstrap.name));
    make_first(cx, store, &Toolchain::of_install(installed, Some(release.version().clone())))
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
        cx.output.line(&format!("would build a copy of {} as {name}", dir.shown()));
        return Ok(());
    }
    let workshop = install.workshop(cx)?;
    let how = how(cx, &workshop, checkout.language())?;
    let goroot = cx.watched(|watch| build_checkout(store, &checkout, &how, watch))?;
    store.link(&name, &goroot, true)?;
    let with = &how.bootstrap.name;
    cx.output.note(&format!("built {name} from source with {with}, in {}", goroot.shown()));
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
    let missing = || {
        let message =
            format!("no installed Go can build Go {version}: Go {least} or newer is needed");
        Failure::new(Exit::NotFound, message)
            .hint(format!("install one: goward install '>={least},<{}'", version.language()))
            .hint("or name its GOROOT in GOROOT_BOOTSTRAP")
    };
    if !cx.environment().may_install()? {
        return Err(missing());
    }
    // The newest release before it: a mirror may lack minors, and any of the rest can build it.
    let selector = values::selector(&format!(">={least},<{}", version.language()))?;
    let query = Query::new(&selector);
    cx.output
        .note(&format!("Go {version} is built by Go {least} or newer, which is installed first"));
    let brought = cx.watched(|watch| workshop.installer(watch).bring(&query));
    let (_, installed) = brought
        .map_err(|error| Failure::from(error).because(missing().message.unwrap_or_default()))?;
    workshop.report(&installed);
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
    let (least, mut usable) = (least(version)?, Vec::new());
    for root in cx.roots()?.roots() {
        usable.extend(Store::open(to_path(&root))?.installed()?);
    }
    usable.retain(|toolchain| {
        let version = toolchain.name().version();
        toolchain.platform().is_host() && !version.is_prerelease() && *version >= least
    });
    let oldest = usable.into_iter().min_by_key(|toolchain| toolchain.name().version().clone());
    Ok(oldest.map(|toolchain| Bootstrap {
        name: toolchain.name().to_string(),
        version: toolchain.name().version().clone(),
        goroot: toolchain.directory().to_owned(),
    }))
}

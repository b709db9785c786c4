//! The programs that setup puts into a store: this one, and its shim.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::packaged::Packaged;
use crate::paths::{Shown as _, to_bytes};
use crate::shim;
use goward_installer::replace::check_program;
use goward_installer::{Program, Store, canonical};
use goward_resolver::Host as _;
use std::path::{Path, PathBuf};

/// The remedy where there is no shim of this version.
pub(super) const TAKE: &str =
    "run the goward of a release archive, which has its shim in it, or of a build of the workspace";

/// The programs of a store, and the places of their copies.
pub(super) fn copies<'p>(
    store: &Store,
    manager: &'p Program,
    shim: &'p Program,
) -> [(&'p Program, PathBuf); 3] {
    [
        (manager, store.manager_file()),
        (shim, store.shim_file("go")),
        (shim, store.shim_file("gofmt")),
    ]
}

/// What setup does with a program: copies it to its place, or makes a link there.
pub(super) fn placing(program: &Program, to: &Path, (copy, link): (&str, &str)) -> String {
    match program {
        Program::Link(_) => format!("{link} {} to {program}", to.shown()),
        _ => format!("{copy} {program} to {}", to.shown()),
    }
}

/// This program, and its shim: the one in it, else the one beside it, else the one in the store, from
/// which goward can still make gofmt. A shim of this version comes before any other.
pub(super) fn sources(cx: &Context, store: &Store) -> Result<(Program, Program)> {
    let manager = std::env::current_exe().and_then(canonical).map_err(|error| {
        Failure::new(Exit::Failure, "cannot find this program's own file").because(error)
    })?;
    let beside = manager.with_file_name(format!("go{}", std::env::consts::EXE_SUFFIX));
    let shim = match shim::EMBEDDED {
        // Any user may have put a file beside a download; the shim in this program came with it.
        Some(bytes) => Program::Embedded(bytes),
        None => Program::File(shim_file(cx, store, beside)?),
    };
    // An update of the package would leave a copy behind.
    let manager = match Packaged::here().filter(|_| cfg!(unix)) {
        Some(packaged) => Program::Link(packaged.program),
        None => Program::File(manager),
    };
    Ok((manager, shim))
}

/// The shim in the file `beside`, which no other user may have chosen, or in the store.
fn shim_file(cx: &Context, store: &Store, beside: PathBuf) -> Result<PathBuf> {
    let is_shim = |path: &PathBuf| cx.machine.has_shim_magic(&to_bytes(path));
    let refused = is_shim(&beside).then(|| check_program(&beside).err()).flatten();
    let placed = store.shim_file("go");
    let shims = [&beside, &placed].into_iter().filter(|path| is_shim(path));
    let shims = || shims.clone().filter(|path| refused.is_none() || **path != beside);
    let ours = shims().find(|path| shim::is_ours(cx, path));
    match (ours.or_else(|| shims().next()).cloned(), refused) {
        (Some(shim), _) => Ok(shim),
        (None, Some(refused)) => Err(Failure::from(refused).hint(TAKE)),
        (None, None) => {
            let message = format!("{} is not goward's shim `go`", beside.shown());
            Err(Failure::new(Exit::NotFound, message).hint(TAKE))
        }
    }
}

//! The shim that belongs to this manager. Both should be of one release. Each understands the other
//! in any case, and this module reports a difference.

use crate::context::Context;
use crate::paths::{Shown as _, to_bytes};
use goward_installer::{Store, read};
use goward_resolver::{Host as _, shim_version};
use std::path::Path;

/// This program's version, and its shim's.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The shim that is part of this program: releases have one.
#[cfg(feature = "embed-shim")]
pub(crate) static EMBEDDED: Option<&[u8]> = Some(include_bytes!(concat!(env!("OUT_DIR"), "/shim")));
/// The shim that is part of this program: releases have one.
#[cfg(not(feature = "embed-shim"))]
pub(crate) static EMBEDDED: Option<&[u8]> = None;

/// The most bytes that goward reads to find a version: a shim with debug information.
const LIMIT: usize = 64 << 20;

/// Whether the program at `path` is the shim of a build of this version.
pub(crate) fn is_ours(cx: &Context, path: &Path) -> bool {
    cx.machine.has_shim_magic(&to_bytes(path)) && version(path).as_deref() == Some(VERSION)
}

/// The difference of the store's shim from this manager, for people; `None` where both agree, or
/// where the store has no shim.
pub(crate) fn mismatch(cx: &Context, store: &Store) -> Option<String> {
    let placed = store.shim_file("go");
    if !cx.machine.has_shim_magic(&to_bytes(&placed)) {
        return None;
    }
    let shim = match version(&placed) {
        Some(version) if version == VERSION => return None,
        Some(version) => format!("goward {version}"),
        None => "a goward older than any that says its version".to_owned(),
    };
    Some(format!("{} is of {shim}, and this is goward {VERSION}", placed.shown()))
}

/// Warns of the difference, with the remedy.
pub(crate) fn warn(cx: &Context) {
    let mismatch = cx.store().ok().and_then(|store| mismatch(cx, &store));
    if let Some(mismatch) = mismatch {
        cx.output.warning(&format!("{mismatch}; to bring them in step, run: goward setup"));
    }
}

fn version(path: &Path) -> Option<String> {
    let program = read::read(path, LIMIT).ok()?;
    shim_version(&program).map(str::to_owned)
}

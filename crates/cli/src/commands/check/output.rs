//! The file of `--output`.

use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use goward_installer::replace::{Follow, Place};
use std::path::Path;

/// Refuses a link before there is anything to write.
pub(super) fn check(file: &Path) -> Result<()> {
    if file.symlink_metadata().is_ok_and(|facts| facts.is_symlink()) {
        return Err(Failure::new(Exit::Failure, format!("cannot write {}", file.shown()))
            .because("it is a link")
            .hint("name the file itself"));
    }
    Place::find(file, Follow::Never)?;
    Ok(())
}

/// Puts the whole report there, or nothing.
pub(super) fn write(file: &Path, report: &[u8]) -> Result<()> {
    check(file)?;
    Ok(Place::find(file, Follow::Never)?.replace(report)?)
}

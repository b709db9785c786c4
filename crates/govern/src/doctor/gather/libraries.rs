//! Libraries of C's kind in a directory, by their headers.

use super::super::facts::Library;
use goward_gobin::{Depth, Format, headers, programs};
use goward_installer::read;
use std::path::{Path, PathBuf};

/// The most libraries of one directory that are looked at.
const MOST: usize = 32;

/// The libraries in a directory that ask for something of the loader.
pub(super) fn within(directory: &Path) -> Vec<Library> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path()).filter(|path| {
        path.extension().is_some_and(|end| end == "so")
            && path.symlink_metadata().is_ok_and(|found| found.is_file())
    });
    let mut found: Vec<_> = files.take(MOST).filter_map(look).collect();
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn look(path: PathBuf) -> Option<Library> {
    let file = read::open(&path).ok()?;
    let found = headers(&file).ok().filter(|found| found.format == Format::Elf)?;
    let (tls, stack) = (found.needs.tls, found.needs.stack);
    let runs_stack = stack.executable == Some(true);
    let asks = found.needs.library && (tls.fixed || runs_stack);
    asks.then(|| Library {
        is_gos: programs(&file, Depth::Headers).is_ok_and(|found| !found.is_empty()),
        fixed_data: tls.fixed.then_some(tls.size),
        runs_stack,
        path,
    })
}

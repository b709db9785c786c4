//! The selection contract, as data: the cases under `tests/select`, a model of the world each of
//! them describes, and the checks that every runner shares.
//!
//! A case runs twice: through the built shim on a real directory tree (`disk`, `shim`; on Unix),
//! and in process on a tree in memory ([`memory`], [`inprocess`]). Both end in a [`Seen`], which
//! [`check()`] holds against the case.

pub mod case;
pub mod check;
#[cfg(unix)]
pub mod disk;
pub mod escape;
pub mod expand;
pub mod inprocess;
pub mod layout;
pub mod memory;
pub mod parse;
#[cfg(unix)]
pub mod shim;

pub use case::{Case, System, World};
pub use check::{Outcome, Seen, check};
pub use layout::Layout;

use std::path::Path;

/// Every case under `tests/select`, in the order of files and lines.
///
/// # Errors
/// The first malformed line, with its file and number.
pub fn cases() -> Result<Vec<Case>, String> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("select");
    let mut files: Vec<_> = std::fs::read_dir(&dir)
        .and_then(|entries| entries.map(|entry| entry.map(|e| e.path())).collect())
        .map_err(|error| format!("{}: {error}", dir.display()))?;
    files.retain(|file| file.extension().is_some_and(|e| e == "txt"));
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        for raw in expand::expand(&expand::split(&name, &text)?)? {
            all.push(parse::parse(&raw)?);
        }
    }
    let mut ids: Vec<_> = all.iter().map(|case| case.id.as_str()).collect();
    ids.sort_unstable();
    match ids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("two cases have the id {}", pair[0])),
        None => Ok(all),
    }
}

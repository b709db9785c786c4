//! The one walk over a list of mirrors.

use super::Mirror;
use crate::error::{Error, Result};
use crate::progress::Progress;

/// The result of asking one mirror.
pub(crate) enum Asked<T> {
    Found(T),
    /// It answered, and has nothing.
    Nothing,
    /// It failed. The text, if any, names the failed request in a note that the next mirror is
    /// tried.
    Failed(Error, Option<String>),
}

/// Asks `mirrors` in their order until one has something, or fails in a way that forbids to ask
/// another. `ask` learns how many are left, this one included. Returns the failures in their order:
/// the first one is the one to report, since the others mostly follow from it.
pub(crate) fn try_each<T>(
    mirrors: &[Mirror],
    progress: &dyn Progress,
    mut ask: impl FnMut(&Mirror, usize) -> Result<Asked<T>>,
) -> Result<std::result::Result<T, Vec<Error>>> {
    let mut errors = Vec::new();
    for (at, mirror) in mirrors.iter().enumerate() {
        let left = mirrors.len() - at;
        let (error, from) = match ask(mirror, left)? {
            Asked::Found(found) => return Ok(Ok(found)),
            Asked::Nothing => continue,
            Asked::Failed(error, from) => (error, from),
        };
        let last = mirror.ends_list(&error);
        if let Some(from) = from.filter(|_| left > 1 && !last) {
            progress.note(&format!("{from}: {error}; trying the next mirror"));
        }
        errors.push(error);
        if last {
            break;
        }
    }
    Ok(Err(errors))
}

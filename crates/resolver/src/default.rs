//! The default: level 7, which counts where no level above it selects.

use crate::chain::{Chain, pin_file};
use crate::error::Error;
use crate::pinfile::{Pin, PinFile};
use crate::walk;

/// What stands there.
pub(crate) fn pin(chain: &Chain<'_>) -> Result<Option<Pin>, Error> {
    let found = chain.default.get_or_init(|| file(chain));
    let Some((file, linked)) = found.as_ref().map_err(Clone::clone)? else { return Ok(None) };
    file.parse(*linked).map(Some)
}

/// Where the default stands, and whether it may name a linked toolchain: the pin files directly in
/// home directories, then `<root>/default`, the caller's before the system's, and last what other
/// users have in their homes.
fn file(chain: &Chain<'_>) -> Result<Option<(PinFile, bool)>, Error> {
    let host = chain.env().host();
    let home = if chain.seen_home { None } else { host.home() };
    let in_home = home.and_then(|home| walk::pin_in(&chain.roots, &home));
    let (mut own, mut theirs) = (None, None);
    for found in in_home.as_deref().into_iter().chain(&chain.defaults) {
        // The null device names nothing.
        if !found.is_null() {
            let first = if found.is_foreign(host) { &mut theirs } else { &mut own };
            first.get_or_insert(found);
        }
    }
    if own.is_none()
        && let Some(default) = chain.roots.default_file()?
    {
        return Ok(Some((default, true)));
    }
    own.or(theirs).map(|found| Ok((pin_file(host, found)?, false))).transpose()
}

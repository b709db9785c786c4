//! Trust in a `.goenv`: which file it is bound to, where it is recorded, and whether it holds.

use crate::error::Error;
use crate::host::{Host, Os};
use crate::path::{base_name, join, join_bytes, parent};
use crate::roots::{Roots, TRUST};
use crate::walk::ENV_LIMIT;
use alloc::vec::Vec;

/// Whether the user's record for this path holds exactly these bytes. Comparing bytes, rather
/// than digests, keeps a hash function out of the shim.
pub fn is_trusted(roots: &Roots<'_>, path: &[u8], bytes: &[u8]) -> Result<bool, Error> {
    Ok(trusted_bytes(roots, path)?.is_some_and(|trusted| trusted == bytes))
}

/// The bytes that the user trusted for this path, if any.
#[inline(never)]
pub(crate) fn trusted_bytes(roots: &Roots<'_>, path: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let host = roots.host();
    let (Some(root), Some(subject)) = (roots.trust_root()?, trust_subject(host, path)) else {
        return Ok(None);
    };
    let record = trust_record(host.os(), root, &subject);
    Ok(match host.read_entry(&record, ENV_LIMIT) {
        Ok(Some(text)) if roots.is_sound_file(&text) => Some(text.bytes),
        _ => None,
    })
}

/// The subject of trust in a `.goenv`: the true path of its directory with the file's own name.
/// A link in another directory to a trusted file is another file: its settings would be taken
/// relative to that other directory.
pub fn trust_subject(host: &dyn Host, file: &[u8]) -> Option<Vec<u8>> {
    let os = host.os();
    let directory = host.canonical(parent(os, file)?)?;
    Some(join_bytes(os, &directory, base_name(os, file)))
}

/// Where the trusted copy of a `.goenv` lies: its canonical path, mirrored below `<root>/trust`.
/// See [`trust_subject`] for what is canonical about it.
pub fn trust_record(os: Os, root: &[u8], canonical: &[u8]) -> Vec<u8> {
    let mirrored = canonical.strip_prefix(br"\\?\").unwrap_or(canonical);
    let drive = |&b: &u8| os != Os::Windows || b != b':';
    let mirrored: Vec<u8> = mirrored.iter().copied().filter(drive).collect();
    let relative = mirrored.strip_prefix(b"/").unwrap_or(&mirrored);
    let mut path = join(os, root, TRUST);
    path.push(if os == Os::Windows { b'\\' } else { b'/' });
    path.extend_from_slice(relative);
    path
}

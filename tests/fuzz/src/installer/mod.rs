//! What holds for anything that the installer reads from a server, one module per target: `check`
//! takes bytes and panics if a property does not hold. Where bytes alone would never get past a
//! checksum or a signature, the first of them say how the rest becomes an archive, a note or a log.

mod index;
mod note;
mod pkzip;
mod place;
mod range;
pub mod seeds;
mod tar;
mod tile;
mod ustar;
mod zip;

#[path = "../../../../crates/sumdb/tests/it/log.rs"]
mod log;
#[path = "../../../../crates/sumdb/tests/it/signer.rs"]
mod signer;

/// Every check, by the name of its fuzz target.
pub const ALL: &[(&str, fn(&[u8]))] = &[
    ("index", index::check),
    ("note", note::check),
    ("range", range::check),
    ("tar", tar::check),
    ("tile", tile::check),
    ("zip", zip::check),
];

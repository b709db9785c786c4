//! The properties of all texts that the installer reads from a server, one module per target:
//! `check` takes bytes and panics if a property does not hold. Where bytes alone would never get
//! past a checksum or a signature, the first of them say how the rest becomes an archive, a note or
//! a log.

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

// By their files: the package that they belong to brings more with it than should be instrumented.
#[path = "../../../../crates/testkit/src/tar.rs"]
#[expect(dead_code, reason = "the tests of the installer use the rest")]
mod tar_writer;
#[path = "../../../../crates/testkit/src/zip.rs"]
#[expect(dead_code, reason = "the tests of the installer use the rest")]
mod zip_writer;

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

//! Unpacks into a staging directory, while the bytes arrive if the format allows it.
//!
//! No archive is trusted here: both formats go through one [`sink::Sink`], which accepts only
//! regular files and directories with harmless names below one top directory.

mod directory;
mod disk;
mod entry_path;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod inflate;
mod limits;
mod modes;
mod program;
mod root;
mod sink;
mod tar;
mod tar_header;
mod xz;
mod zip;

pub(crate) use directory::{check as check_directory, digest, list};
pub(crate) use program::program;

use crate::authority::Authority;
use crate::error::{Error, ErrorKind, OrCannot as _, Result, reject};
use crate::fetch::download::Download;
use crate::fetch::url::redact;
use crate::hash::Hashed;
use crate::read;
use crate::store::manifest::FileList;
use crate::store::staging::Staging;
use modes::Modes;
use sink::Sink;
use std::path::Path;
use std::thread::{Builder, ScopedJoinHandle};

/// An archive format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    TarGz,
    TarXz,
    Zip,
    /// The zip of the module `golang.org/toolchain`.
    Module,
}

impl Format {
    /// The format that belongs to a file name.
    pub(crate) fn of(file_name: &str) -> Option<Format> {
        match file_name {
            name if name.ends_with(".tar.gz") => Some(Format::TarGz),
            name if name.ends_with(".tar.xz") => Some(Format::TarXz),
            name if name.starts_with("v0.0.1-go") && name.ends_with(".zip") => Some(Format::Module),
            name if name.ends_with(".zip") => Some(Format::Zip),
            _ => None,
        }
    }

    /// Whether its directory stands at its end, so that it must be a file before it is unpacked.
    pub(crate) fn is_zip(self) -> bool {
        matches!(self, Format::Zip | Format::Module)
    }
}

/// A tree in staging, with the digest of the archive that it came from.
pub(crate) struct Unpacked {
    pub(crate) staging: Staging,
    pub(crate) files: FileList,
    pub(crate) archive: Hashed,
}

/// The format of an archive, and the authority for it.
pub(crate) struct Archive<'a> {
    pub(crate) format: Format,
    pub(crate) authority: &'a Authority,
}

/// Reads `download` to its end and unpacks it into `staging`. If the format needs the whole file
/// first, calls `whole` between the two. A wrong digest is reported before any error inside of the
/// archive, which it explains. If `authority` knows no digest, only the files can show whether it
/// is the right archive.
pub(crate) fn unpack(
    staging: Staging,
    download: Download<'_>,
    archive: &Archive<'_>,
    whole: &dyn Fn(),
) -> Result<Unpacked> {
    let Archive { format, authority } = *archive;
    let (expected, origin) = (authority.expected(), &redact(download.url()));
    let compare = |archive: &Hashed| expected.map_or(Ok(()), |e| archive.compare(e, origin));
    let (archive, files) = match format {
        Format::TarGz => unpack_tar(&staging.tree(), download, modes(authority))?,
        Format::TarXz => xz::unpack(&staging.tree(), download, modes(authority))?,
        Format::Zip | Format::Module => {
            let archive = download.finish()?;
            compare(&archive)?;
            whole();
            (archive, unpack_zip(&staging, format, archive.bytes()))
        }
    };
    compare(&archive)?;
    let wrong = |error: Error| match error.kind() {
        ErrorKind::Verification => {
            reject(format!("{origin} is not acceptable as a Go archive")).because(error)
        }
        _ => error,
    };
    Ok(Unpacked { staging, files: files.map_err(wrong)?, archive })
}

/// A hash of names and contents does not cover the modes, so these would be the packer's.
fn modes(authority: &Authority) -> Modes {
    if authority.covers_modes() { Modes::Told } else { Modes::Gos }
}

/// One thread fetches and hashes, one inflates, this one creates the files.
fn unpack_tar(
    tree: &Path,
    download: Download<'_>,
    modes: Modes,
) -> Result<(Hashed, Result<FileList>)> {
    std::thread::scope(|scope| {
        let (fetched, compressed) = inflate::ring();
        let (inflated, plain) = inflate::ring();
        let start = |error| Error::store("cannot start a thread").because(error);
        let fetching = Builder::new().name("fetch".into());
        let fetching =
            fetching.spawn_scoped(scope, || inflate::fetch(download, fetched)).map_err(start)?;
        let inflating = Builder::new().name("inflate".into());
        let inflating =
            inflating.spawn_scoped(scope, || inflate::run(compressed, inflated)).map_err(start)?;
        let files = Sink::create(tree, modes).and_then(|sink| tar::unpack(plain, sink));
        let inflated = joined(inflating);
        let hashed = joined(fetching)?;
        // The first error explains the later ones.
        Ok((hashed, inflated.and(files)))
    })
}

/// The result of a thread, or its panic.
pub(crate) fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Copies the tree at `source`, a directory for which `authority` vouches, into `staging`. Its
/// digest is over the digests and names of its files.
pub(crate) fn copy(staging: Staging, source: &Path, authority: &Authority) -> Result<Unpacked> {
    let sink = Sink::create(&staging.tree(), modes(authority))?;
    let (archive, files) = directory::copy(source, sink)?;
    Ok(Unpacked { staging, files, archive })
}

fn unpack_zip(staging: &Staging, format: Format, bytes: u64) -> Result<FileList> {
    let path = staging.archive();
    let file = read::open(&path).or_cannot("open", &path)?;
    let sink = Sink::create(&staging.tree(), Modes::Gos)?;
    zip::unpack(file, bytes, format == Format::Module, sink)
}

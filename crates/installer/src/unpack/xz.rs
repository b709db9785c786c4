//! `.tar.xz` archives: go.dev has none, but distributions and companies do.
//!
//! One thread does everything, since these are not downloaded: they are files on a disk.

use super::limits::allowed;
use super::modes::Modes;
use super::sink::Sink;
use super::tar;
use crate::error::{Result, reject};
use crate::fetch::download::Download;
use crate::hash::Hashed;
use crate::store::manifest::FileList;
use lzma_rust2::XzReader;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;

/// In KiB: the decoder's dictionary; the highest preset needs 65 MiB.
const MEMORY_KIB: u32 = 128 << 10;

/// Unpacks a whole archive. Returns the digest even if the content is bad.
pub(super) fn unpack(
    tree: &Path,
    download: Download<'_>,
    modes: Modes,
) -> Result<(Hashed, Result<FileList>)> {
    let buffered = BufReader::with_capacity(128 << 10, download);
    let mut xz = Counted { xz: XzReader::new_mem_limit(buffered, false, MEMORY_KIB), total: 0 };
    let files = Sink::create(tree, modes).and_then(|sink| tar::unpack(&mut xz, sink));
    let mut rest = xz.xz.into_inner();
    let more = rest.fill_buf().map(|rest| !rest.is_empty());
    let hashed = rest.into_inner().finish()?;
    let files = match more {
        Ok(true) if files.is_ok() => Err(reject("there is data after the end of the xz stream")),
        _ => files,
    };
    Ok((hashed, files))
}

/// Ends a stream that grows too much.
struct Counted<'a> {
    xz: XzReader<BufReader<Download<'a>>>,
    total: u64,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.xz.read(buffer)?;
        self.total += read as u64;
        let allowed = allowed(self.xz.inner().get_ref().delivered());
        if self.total > allowed {
            Err(io::Error::other(reject(format!("it unpacks to more than {allowed} bytes"))))
        } else {
            Ok(read)
        }
    }
}

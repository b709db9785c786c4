//! The bytes of a file, read at offsets.

use std::fs::File;
use std::io;

/// A place from which bytes are read at an offset, without a position that moves.
pub trait Contents {
    /// The size in bytes.
    ///
    /// # Errors
    /// If the system does not say.
    fn size(&self) -> io::Result<u64>;

    /// Reads bytes that begin at `offset` into `bytes`, and returns their number: fewer than asked
    /// for at the end, or where the system gives fewer.
    ///
    /// # Errors
    /// If the system cannot read there.
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize>;
}

impl Contents for File {
    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        #[cfg(unix)]
        return std::os::unix::fs::FileExt::read_at(self, bytes, offset);
        #[cfg(windows)]
        return std::os::windows::fs::FileExt::seek_read(self, bytes, offset);
    }
}

impl Contents for &[u8] {
    fn size(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        let from = usize::try_from(offset).ok().and_then(|offset| self.get(offset..));
        let from = from.unwrap_or_default();
        let count = from.len().min(bytes.len());
        bytes[..count].copy_from_slice(&from[..count]);
        Ok(count)
    }
}

//! The gzip half of unpacking: inflates on a thread of its own, and hands the tar half buffers
//! over a small ring, so that neither waits for the other and memory stays within a few MiB.

use super::{allowed, reject};
use crate::error::{Error, Result};
use crate::fetch::download::Download;
use crate::verify::Hashed;
use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

const BUFFER: usize = 256 << 10;
const BUFFERS: usize = 8;

/// The inflating end.
pub(super) struct RingWriter {
    full: SyncSender<Option<Vec<u8>>>,
    empty: Receiver<Vec<u8>>,
}

/// The reading end: a stream that ends only where the other side said so.
pub(super) struct RingReader {
    full: Receiver<Option<Vec<u8>>>,
    empty: Sender<Vec<u8>>,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
}

/// The two ends of a ring of buffers.
pub(super) fn ring() -> (RingWriter, RingReader) {
    let (full, filled) = sync_channel(BUFFERS);
    let (emptied, empty) = channel();
    for _ in 0..BUFFERS {
        // The receiver lives in this function.
        let _ = emptied.send(Vec::new());
    }
    let reader =
        RingReader { full: filled, empty: emptied, buffer: Vec::new(), at: 0, ended: false };
    (RingWriter { full, empty }, reader)
}

impl Read for RingReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.buffer.len() {
            if self.ended {
                return Ok(0);
            }
            let _ = self.empty.send(std::mem::take(&mut self.buffer));
            self.at = 0;
            match self.full.recv() {
                Ok(Some(buffer)) => self.buffer = buffer,
                Ok(None) => self.ended = true,
                Err(_) => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
        let read = (&self.buffer[self.at..]).read(into)?;
        self.at += read;
        Ok(read)
    }
}

/// Inflates `download` into the ring and reads it to its end. The digest comes back whatever the
/// content was like; the inner result says what was wrong with it.
pub(super) fn run(download: Download<'_>, ring: RingWriter) -> Result<(Hashed, Result<()>)> {
    let mut gzip = GzDecoder::new(BufReader::with_capacity(128 << 10, download));
    let inflated = inflate(&mut gzip, &ring);
    let compressed = gzip.into_inner();
    let inflated = match inflated {
        // The connection failed, not the archive.
        Err(error) if error.kind() == crate::ErrorKind::Network => return Err(error),
        Err(error) if error.kind() == crate::ErrorKind::Store => return Err(error),
        Ok(Inflated::Whole) => {
            let end = end_of_file(compressed);
            if matches!(end, Ok((_, Ok(())))) {
                let _ = ring.full.send(None);
            }
            return end;
        }
        Ok(Inflated::NobodyReads) => Ok(()),
        Err(error) => Err(error),
    };
    drop(ring);
    Ok((compressed.into_inner().finish()?, inflated))
}

enum Inflated {
    Whole,
    /// The tar half gave up.
    NobodyReads,
}

fn inflate(gzip: &mut GzDecoder<BufReader<Download<'_>>>, ring: &RingWriter) -> Result<Inflated> {
    let mut total = 0;
    loop {
        let Ok(mut buffer) = ring.empty.recv() else { return Ok(Inflated::NobodyReads) };
        buffer.resize(BUFFER, 0);
        let read = fill(gzip, &mut buffer).map_err(|error| {
            Error::from_io(error, |error| reject("the gzip stream is damaged").because(error))
        })?;
        if read == 0 {
            return Ok(Inflated::Whole);
        }
        buffer.truncate(read);
        total += read as u64;
        let allowed = allowed(gzip.get_ref().get_ref().delivered());
        if total > allowed {
            return Err(reject(format!("it unpacks to more than {allowed} bytes")));
        }
        if ring.full.send(Some(buffer)).is_err() {
            return Ok(Inflated::NobodyReads);
        }
    }
}

/// Fills the buffer as far as the stream goes.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// After the gzip trailer there must be nothing: no second member, no other data.
fn end_of_file(mut compressed: BufReader<Download<'_>>) -> Result<(Hashed, Result<()>)> {
    let more = compressed.fill_buf().map(|rest| !rest.is_empty());
    let hashed = compressed.into_inner().finish()?;
    let end = match more {
        Ok(false) => Ok(()),
        _ => Err(reject("there is data after the end of the gzip stream")),
    };
    Ok((hashed, end))
}

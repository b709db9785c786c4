//! The part of the work on a `.tar.gz` before the tar reader: one thread fetches and hashes, one
//! inflates. Each hands its buffers on over a small ring, so that neither waits for the other and
//! memory stays within a few MiB.

use super::limits::allowed;
use crate::error::{Error, Result, reject};
use crate::fetch::broken_off;
use crate::fetch::download::Download;
use crate::hash::Hashed;
use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

const BUFFER: usize = 256 << 10;
const BUFFERS: usize = 8;

/// The writing end of a ring.
pub(super) struct RingWriter {
    full: SyncSender<Option<Vec<u8>>>,
    empty: Receiver<Vec<u8>>,
}

/// The reading end: a stream that ends only if the other side said so.
pub(super) struct RingReader {
    full: Receiver<Option<Vec<u8>>>,
    empty: Sender<Vec<u8>>,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
    /// The bytes of all buffers so far.
    received: u64,
}

/// The two ends of a ring of buffers.
pub(super) fn ring() -> (RingWriter, RingReader) {
    let (full, filled) = sync_channel(BUFFERS);
    let (emptied, empty) = channel();
    for _ in 0..BUFFERS {
        // The receiver lives in this function.
        let _ = emptied.send(Vec::new());
    }
    let reader = RingReader {
        full: filled,
        empty: emptied,
        buffer: Vec::new(),
        at: 0,
        ended: false,
        received: 0,
    };
    (RingWriter { full, empty }, reader)
}

impl Read for RingReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for RingReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.buffer.len() && !self.ended {
            let _ = self.empty.send(std::mem::take(&mut self.buffer));
            self.at = 0;
            match self.full.recv() {
                Ok(Some(buffer)) => self.buffer = buffer,
                Ok(None) => self.ended = true,
                Err(_) => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
            self.received += self.buffer.len() as u64;
        }
        Ok(&self.buffer[self.at..])
    }

    fn consume(&mut self, read: usize) {
        self.at += read;
    }
}

/// Fetches `download` to its end and hashes it, even if no thread reads the bytes any more.
pub(super) fn fetch(mut download: Download<'_>, ring: RingWriter) -> Result<Hashed> {
    while let Ok(mut buffer) = ring.empty.recv() {
        buffer.resize(BUFFER, 0);
        let read = match download.read(&mut buffer) {
            Ok(read) => read,
            Err(error) => return Err(broken_off(download.url(), error)),
        };
        buffer.truncate(read);
        let end = read == 0;
        if ring.full.send(Some(buffer).filter(|_| !end)).is_err() || end {
            break;
        }
    }
    download.finish()
}

/// Inflates the bytes of one ring into the other.
pub(super) fn run(compressed: RingReader, ring: RingWriter) -> Result<()> {
    let mut gzip = GzDecoder::new(compressed);
    match inflate(&mut gzip, &ring)? {
        Inflated::NobodyReads => Ok(()),
        Inflated::Whole => match gzip.into_inner().fill_buf() {
            // Nothing may follow the gzip trailer: no second member, no other data.
            Ok([]) => {
                let _ = ring.full.send(None);
                Ok(())
            }
            _ => Err(reject("there is data after the end of the gzip stream")),
        },
    }
}

enum Inflated {
    Whole,
    /// The tar reader gave up.
    NobodyReads,
}

fn inflate(gzip: &mut GzDecoder<RingReader>, ring: &RingWriter) -> Result<Inflated> {
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
        let allowed = allowed(gzip.get_ref().received);
        if total > allowed {
            return Err(reject(format!("it unpacks to more than {allowed} bytes")));
        }
        if ring.full.send(Some(buffer)).is_err() {
            return Ok(Inflated::NobodyReads);
        }
    }
}

/// Fills the buffer, or stops at the end of the stream.
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

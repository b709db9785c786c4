//! Writes zip archives, malicious ones among them.

use flate2::{Compression, Crc, write::DeflateEncoder};
use std::io::{Result, Write};

/// One entry. A field that is `None` gets its true value.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Its name.
    pub name: Vec<u8>,
    /// Its content.
    pub content: Vec<u8>,
    /// Whether the content is deflated or stored.
    pub deflated: bool,
    /// The name in front of the data, if it differs.
    pub local_name: Option<Vec<u8>>,
    /// The compression method that the headers name.
    pub method: Option<u16>,
    /// The CRC-32 that the headers name.
    pub crc: Option<u32>,
    /// The size that the headers name.
    pub size: Option<u32>,
    /// General purpose flags.
    pub flags: u16,
    /// Its mode on Unix.
    pub mode: u32,
    /// The extra field.
    pub extra: Vec<u8>,
    /// Shares the data of the entry before it.
    pub overlaps: bool,
}

impl Entry {
    /// A file, stored.
    pub fn new(name: &str, content: &[u8]) -> Entry {
        Entry { name: name.into(), content: content.into(), mode: 0o100_644, ..Entry::default() }
    }
}

/// An archive of `entries`.
///
/// # Panics
/// Never: memory takes everything.
pub fn write(entries: &[Entry]) -> Vec<u8> {
    with(entries, b"", b"")
}

/// An archive of `entries`, with `between` before its directory and `comment` after it.
///
/// # Panics
/// Never: memory takes everything.
pub fn with(entries: &[Entry], between: &[u8], comment: &[u8]) -> Vec<u8> {
    let mut zip = Zip::new(Vec::new());
    let added = entries.iter().try_for_each(|entry| zip.add(entry));
    added.and_then(|()| zip.finish(between, comment)).expect("memory takes everything")
}

/// An archive that is being written.
#[derive(Debug)]
pub struct Zip<W> {
    out: W,
    written: usize,
    /// Where the last entry with data begins.
    last: usize,
    directory: Vec<u8>,
    count: usize,
}

impl<W: Write> Zip<W> {
    /// Begins an archive.
    pub fn new(out: W) -> Zip<W> {
        Zip { out, written: 0, last: 0, directory: Vec::new(), count: 0 }
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.written += bytes.len();
        self.out.write_all(bytes)
    }

    /// Writes an entry.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn add(&mut self, entry: &Entry) -> Result<()> {
        let data = if entry.deflated { deflate(&entry.content)? } else { entry.content.clone() };
        let mut crc = Crc::new();
        crc.update(&entry.content);
        let mut common = Vec::new();
        common.extend(short(20));
        common.extend(entry.flags.to_le_bytes());
        common.extend(entry.method.unwrap_or(8 * u16::from(entry.deflated)).to_le_bytes());
        common.extend([0, 0, 0x21, 0]);
        common.extend(entry.crc.unwrap_or(crc.sum()).to_le_bytes());
        common.extend(long(data.len()));
        common.extend(entry.size.map_or(long(entry.content.len()), u32::to_le_bytes));
        if !entry.overlaps {
            self.last = self.written;
            let name = entry.local_name.as_ref().unwrap_or(&entry.name);
            let sizes = [short(name.len()), short(entry.extra.len())].concat();
            for part in [b"PK\x03\x04", &common[..], &sizes, name, &entry.extra, &data] {
                self.put(part)?;
            }
        }
        let directory = &mut self.directory;
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(&common);
        directory.extend([short(entry.name.len()), short(entry.extra.len())].concat());
        directory.extend([0; 6]);
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(long(self.last));
        directory.extend([&entry.name[..], &entry.extra].concat());
        self.count += 1;
        Ok(())
    }

    /// Writes the directory, with `between` before it and `comment` after it.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(mut self, between: &[u8], comment: &[u8]) -> Result<W> {
        self.put(between)?;
        let (start, directory) = (self.written, std::mem::take(&mut self.directory));
        self.put(&directory)?;
        self.put(b"PK\x05\x06\0\0\0\0")?;
        self.put(&[short(self.count), short(self.count)].concat())?;
        self.put(&[long(directory.len()), long(start)].concat())?;
        self.put(&[&short(comment.len()), comment].concat())?;
        self.out.flush()?;
        Ok(self.out)
    }
}

fn deflate(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Two bytes; the largest number if this one is too large.
pub fn short(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}

/// Four bytes; the largest number if this one is too large.
pub fn long(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}

//! Writes tar archives, malicious ones among them.

use flate2::{Compression, write::GzEncoder};
use std::io::Write;

/// Bytes in a block.
const BLOCK: usize = 512;

/// An archive, without its end mark.
#[derive(Clone, Debug, Default)]
pub struct Tar(Vec<u8>);

impl Tar {
    /// An archive without entries.
    pub fn empty() -> Tar {
        Tar::default()
    }

    /// An archive with these files: name, mode, content.
    pub fn of<N: AsRef<[u8]>, C: AsRef<[u8]>>(files: impl IntoIterator<Item = (N, u32, C)>) -> Tar {
        let mut tar = Tar::empty();
        for (name, mode, content) in files {
            tar.entry(name.as_ref(), b'0', mode, content.as_ref());
        }
        tar
    }

    /// Appends a file.
    pub fn file(&mut self, name: &str, content: &[u8]) -> &mut Tar {
        self.entry(name.as_bytes(), b'0', 0o644, content)
    }

    /// Appends a directory.
    pub fn directory(&mut self, name: &str) -> &mut Tar {
        self.entry(name.as_bytes(), b'5', 0o755, b"")
    }

    /// Appends an entry of any kind, with a correct header.
    pub fn entry(&mut self, name: &[u8], kind: u8, mode: u32, content: &[u8]) -> &mut Tar {
        self.header(name, kind, mode, content.len() as u64).content(content)
    }

    /// Appends a link. The kind is `1` for a hard one, `2` for a symbolic one.
    pub fn link(&mut self, name: &str, kind: u8, target: &str) -> &mut Tar {
        self.header(name.as_bytes(), kind, 0o777, 0).edit(157, target.as_bytes())
    }

    /// Appends an extended header (`x` or `g`) of well-formed records.
    pub fn pax(&mut self, kind: u8, records: &[(&str, &str)]) -> &mut Tar {
        let records = records.iter().map(|(key, value)| record(key.as_bytes(), value.as_bytes()));
        let content: Vec<u8> = records.flatten().collect();
        self.entry(b"pax", kind, 0o644, &content)
    }

    /// Appends a header that says that `size` bytes follow.
    pub fn header(&mut self, name: &[u8], kind: u8, mode: u32, size: u64) -> &mut Tar {
        let mut block = [0; BLOCK];
        block[..name.len().min(100)].copy_from_slice(&name[..name.len().min(100)]);
        block[100..108].copy_from_slice(format!("{:07o}\0", mode & 0o7_777_777).as_bytes());
        block[108..124].copy_from_slice(b"0000000\x000000000\0");
        block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
        block[136..148].copy_from_slice(b"00000000000\0");
        block[156] = kind;
        block[257..265].copy_from_slice(b"ustar\x0000");
        sign(&mut block);
        self.0.extend(block);
        self
    }

    /// Overwrites the last header from `at` on with `bytes`, and corrects its checksum.
    pub fn edit(&mut self, at: usize, bytes: &[u8]) -> &mut Tar {
        let start = self.0.len() - BLOCK;
        let block = &mut self.0[start..];
        block[at..at + bytes.len()].copy_from_slice(bytes);
        sign(block);
        self
    }

    /// Appends content that a header announced.
    pub fn content(&mut self, content: &[u8]) -> &mut Tar {
        self.0.extend(content);
        self.0.resize(self.0.len().next_multiple_of(BLOCK), 0);
        self
    }

    /// The bytes without an end mark.
    pub fn cut(&self) -> Vec<u8> {
        self.0.clone()
    }

    /// The bytes with the two blocks of zeros at the end.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.cut();
        bytes.extend([0; 2 * BLOCK]);
        bytes
    }

    /// The whole archive, packed.
    pub fn gz(&self) -> Vec<u8> {
        gzip(&self.bytes())
    }
}

/// One record of an extended header.
pub fn record(key: &[u8], value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let length = (1..).find(|digits| (rest + digits).to_string().len() == *digits);
    let mut record = (rest + length.unwrap_or_default()).to_string().into_bytes();
    for part in [b" ", key, b"=", value, b"\n"] {
        record.extend(part);
    }
    record
}

/// Sets the checksum of a header.
pub fn sign(block: &mut [u8]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// The bytes as gzip.
///
/// # Panics
/// Never: memory takes everything.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes everything")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_counts_itself() {
        assert_eq!(record(b"path", b"go/x"), b"13 path=go/x\n");
        // At this length, the length of the number itself matters.
        assert_eq!(record(b"a", &[b'x'; 93]).len(), 99);
        assert_eq!(record(b"a", &[b'x'; 94]).len(), 101);
    }

    #[test]
    fn entries_fill_blocks() {
        let tar = Tar::of([("go/a", 0o644, "text"), ("go/b", 0o755, "")]);
        assert_eq!((tar.cut().len(), tar.bytes().len()), (3 * BLOCK, 5 * BLOCK));
        let header = &tar.cut()[2 * BLOCK..];
        assert_eq!((&header[..5], &header[100..108]), (&b"go/b\0"[..], &b"0000755\0"[..]));
        let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
        let own: u32 = header[148..156].iter().map(|&byte| u32::from(byte)).sum();
        let said = format!("{:06o}\0 ", sum - own + 8 * u32::from(b' '));
        assert_eq!(&header[148..156], said.as_bytes());
    }
}

//! Writes tar archives that no honest program would write.

use crate::dist::needed;
use flate2::{Compression, write::GzEncoder};
use std::io::Write;

pub(crate) struct Tar(Vec<u8>);

impl Tar {
    /// An archive without entries.
    pub(crate) fn empty() -> Tar {
        Tar(Vec::new())
    }

    /// A whole toolchain, to which a test adds what it is about.
    pub(crate) fn toolchain() -> Tar {
        let mut tar = Tar::empty();
        tar.directory("go/");
        for (path, mode, content) in needed() {
            tar.entry(format!("go/{path}").as_bytes(), b'0', mode, content);
        }
        tar
    }

    pub(crate) fn file(&mut self, name: &str, content: &[u8]) -> &mut Tar {
        self.entry(name.as_bytes(), b'0', 0o644, content)
    }

    pub(crate) fn directory(&mut self, name: &str) -> &mut Tar {
        self.entry(name.as_bytes(), b'5', 0o755, b"")
    }

    pub(crate) fn entry(&mut self, name: &[u8], kind: u8, mode: u32, content: &[u8]) -> &mut Tar {
        self.header(name, kind, mode, content.len() as u64, b"").content(content)
    }

    pub(crate) fn link(&mut self, name: &str, kind: u8, target: &str) -> &mut Tar {
        self.header(name.as_bytes(), kind, 0o777, 0, target.as_bytes())
    }

    /// An extended header (`x` or `g`) of well-formed records.
    pub(crate) fn pax(&mut self, kind: u8, records: &[(&str, &str)]) -> &mut Tar {
        let mut content = String::new();
        for (key, value) in records {
            let rest = format!(" {key}={value}\n");
            let mut length = rest.len();
            while length != rest.len() + length.to_string().len() {
                length = rest.len() + length.to_string().len();
            }
            content.push_str(&format!("{length}{rest}"));
        }
        self.entry(b"pax", kind, 0o644, content.as_bytes())
    }

    pub(crate) fn header(
        &mut self,
        name: &[u8],
        kind: u8,
        mode: u32,
        size: u64,
        link: &[u8],
    ) -> &mut Tar {
        let mut block = [0; 512];
        block[..name.len().min(100)].copy_from_slice(&name[..name.len().min(100)]);
        block[100..108].copy_from_slice(format!("{mode:07o}\0").as_bytes());
        block[108..124].copy_from_slice(b"0000000\x000000000\0");
        block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
        block[136..148].copy_from_slice(b"00000000000\0");
        block[156] = kind;
        block[157..157 + link.len()].copy_from_slice(link);
        block[257..265].copy_from_slice(b"ustar\x0000");
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self.0.extend(block);
        self
    }

    /// Writes `bytes` over those at `at` of the header that was written last, and sums it again.
    pub(crate) fn edit(&mut self, at: usize, bytes: &[u8]) -> &mut Tar {
        let start = self.0.len() - 512;
        let block = &mut self.0[start..];
        block[at..at + bytes.len()].copy_from_slice(bytes);
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self
    }

    pub(crate) fn content(&mut self, content: &[u8]) -> &mut Tar {
        self.0.extend(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    /// The bytes without an end mark.
    pub(crate) fn cut(&self) -> Vec<u8> {
        self.0.clone()
    }

    /// The bytes with the two blocks of zeros at the end.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.cut();
        bytes.extend([0; 1024]);
        bytes
    }

    pub(crate) fn gz(&self) -> Vec<u8> {
        gzip(&self.bytes())
    }
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

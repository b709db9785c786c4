//! Writes zip archives that no honest program would write.

use crate::dist::needed;
use flate2::Crc;

/// One entry, stored. What is `None` is told truly.
#[derive(Clone, Default)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) content: Vec<u8>,
    pub(crate) local_name: Option<Vec<u8>>,
    pub(crate) crc: Option<u32>,
    pub(crate) size: Option<u32>,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) mode: u32,
    /// Points at the entry before instead of having data of its own.
    pub(crate) overlaps: bool,
}

impl Entry {
    pub(crate) fn new(name: &str, content: &[u8]) -> Entry {
        Entry { name: name.into(), content: content.into(), mode: 0o100_644, ..Entry::default() }
    }
}

/// The entries of a whole toolchain.
pub(crate) fn toolchain() -> Vec<Entry> {
    let files = needed().into_iter();
    files.map(|(path, _, content)| Entry::new(&format!("go/{path}"), content)).collect()
}

pub(crate) fn write(entries: &[Entry]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    let mut at = 0;
    for entry in entries {
        if !entry.overlaps {
            at = u32::try_from(out.len()).unwrap();
        }
        let mut crc = Crc::new();
        crc.update(&entry.content);
        let size = u32::try_from(entry.content.len()).unwrap();
        let mut common = Vec::new();
        common.extend(20u16.to_le_bytes());
        common.extend(entry.flags.to_le_bytes());
        common.extend(entry.method.to_le_bytes());
        common.extend([0, 0, 0x21, 0]);
        common.extend(entry.crc.unwrap_or(crc.sum()).to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend(entry.size.unwrap_or(size).to_le_bytes());
        if !entry.overlaps {
            let name = entry.local_name.as_ref().unwrap_or(&entry.name);
            out.extend(b"PK\x03\x04");
            out.extend(&common);
            out.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            out.extend([0, 0]);
            out.extend(name);
            out.extend(&entry.content);
        }
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(&common);
        directory.extend(u16::try_from(entry.name.len()).unwrap().to_le_bytes());
        directory.extend([0; 8]);
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(at.to_le_bytes());
        directory.extend(&entry.name);
    }
    let start = u32::try_from(out.len()).unwrap();
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count, count].concat());
    out.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

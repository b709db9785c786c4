//! Zip archives, written as no honest program writes them, and read in the plainest way.

use flate2::bufread::DeflateDecoder;
use flate2::{Compression, Crc, write::DeflateEncoder};
use std::io::{Read, Write};

/// The most that one entry may inflate to here.
const MOST: u64 = 1 << 20;

/// One entry. What is `None` is told truly.
#[derive(Default)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) content: Vec<u8>,
    pub(super) deflated: bool,
    pub(super) local_name: Option<Vec<u8>>,
    pub(super) method: Option<u16>,
    pub(super) crc: Option<u32>,
    pub(super) size: Option<u32>,
    pub(super) flags: u16,
    pub(super) mode: u32,
    pub(super) extra: Vec<u8>,
    /// Points at the entry before instead of having data of its own.
    pub(super) overlaps: bool,
}

fn short(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}

fn long(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}

/// An archive of `entries`, with `between` before its directory and `comment` after it.
pub(super) fn write(entries: &[Entry], between: &[u8], comment: &[u8]) -> Vec<u8> {
    let (mut out, mut directory, mut at) = (Vec::new(), Vec::new(), 0);
    for entry in entries {
        let data = if entry.deflated { deflate(&entry.content) } else { entry.content.clone() };
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
            at = out.len();
            let name = entry.local_name.as_ref().unwrap_or(&entry.name);
            out.extend(b"PK\x03\x04");
            out.extend([&common[..], &short(name.len()), &short(entry.extra.len())].concat());
            out.extend([&name[..], &entry.extra, &data].concat());
        }
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(&common);
        directory.extend([short(entry.name.len()), short(entry.extra.len())].concat());
        directory.extend([0; 6]);
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(long(at));
        directory.extend([&entry.name[..], &entry.extra].concat());
    }
    out.extend(between);
    let start = out.len();
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([short(entries.len()), short(entries.len())].concat());
    out.extend([long(directory.len()), long(start)].concat());
    out.extend([&short(comment.len()), comment].concat());
    out
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes everything")
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?).into())
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()
}

/// Places of a signature.
fn places(archive: &[u8], signature: &[u8; 4]) -> Vec<usize> {
    let windows = archive.windows(4).enumerate();
    windows.filter(|(_, window)| window == signature).map(|(at, _)| at).collect()
}

/// Makes offsets, sizes and sums right, for as many entries as there seem to be.
pub(super) fn mend(archive: &mut [u8]) {
    let locals = places(archive, b"PK\x03\x04");
    let centrals = places(archive, b"PK\x01\x02");
    let (Some(&first), Some(end)) = (centrals.first(), archive.len().checked_sub(22)) else {
        return;
    };
    for (index, (&local, &central)) in locals.iter().zip(&centrals).enumerate() {
        let data = local + 30;
        let Some((name, extra)) = u16_at(archive, local + 26).zip(u16_at(archive, local + 28))
        else {
            continue;
        };
        let (start, stop) = (data + name + extra, *locals.get(index + 1).unwrap_or(&first));
        if start > stop || central + 46 > archive.len() {
            continue;
        }
        let packed = &archive[start..stop];
        let plain = match u16_at(archive, central + 10) {
            Some(8) => inflate(packed).unwrap_or_default(),
            _ => packed.to_vec(),
        };
        let mut crc = Crc::new();
        crc.update(&plain);
        let sums = [crc.sum().to_le_bytes(), long(stop - start), long(plain.len())].concat();
        archive[local + 14..local + 26].copy_from_slice(&sums);
        archive[central + 16..central + 28].copy_from_slice(&sums);
        archive[central + 42..central + 46].copy_from_slice(&long(local));
    }
    if first < end {
        archive[end..end + 8].copy_from_slice(b"PK\x05\x06\0\0\0\0");
        let count = short(centrals.len());
        archive[end + 8..end + 12].copy_from_slice(&[count, count].concat());
        let sizes = [long(end - first), long(first)].concat();
        archive[end + 12..end + 20].copy_from_slice(&sizes);
    }
}

fn inflate(packed: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    DeflateDecoder::new(packed).take(MOST).read_to_end(&mut plain).ok()?;
    Some(plain)
}

/// Name, mode and content of each entry of the directory that the end of the file leads to.
pub(super) fn read(archive: &[u8]) -> Option<Vec<(Vec<u8>, u32, Vec<u8>)>> {
    let end = archive.len().checked_sub(22)?;
    let (count, mut at) = (u16_at(archive, end + 10)?, u32_at(archive, end + 16)?);
    let mut entries = Vec::new();
    for _ in 0..count {
        archive.get(at..)?.strip_prefix(b"PK\x01\x02")?;
        let [name, extra, comment] = [28, 30, 32].map(|field| u16_at(archive, at + field));
        let (name, extra, comment) = (name?, extra?, comment?);
        let [packed, size, local] = [20, 24, 42].map(|field| u32_at(archive, at + field));
        let (packed, size, local) = (packed?, size?, local?);
        let data = local + 30 + u16_at(archive, local + 26)? + u16_at(archive, local + 28)?;
        let data = archive.get(data..data.checked_add(packed)?)?;
        let content = match u16_at(archive, at + 10)? {
            0 => data.to_vec(),
            8 => inflate(data)?,
            _ => return None,
        };
        if content.len() != size {
            return None;
        }
        // Only where Unix is what made it are there modes.
        let unix = matches!(archive[at + 5], 3 | 19);
        let mode = if unix { u16_at(archive, at + 40)? } else { 0 };
        let text = archive.get(at + 46..at + 46 + name)?.to_vec();
        entries.push((text, u32::try_from(mode).ok()?, content));
        at += 46 + name + extra + comment;
    }
    Some(entries)
}

//! Zip archives, read in the plainest way, and with their sums and offsets set right.

use super::zip_writer::{long, short};
use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use std::io::Read;

/// The most that one entry may inflate to here.
const MOST: u64 = 1 << 20;

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
        // Only an entry that Unix made has modes.
        let unix = matches!(archive[at + 5], 3 | 19);
        let mode = if unix { u16_at(archive, at + 40)? } else { 0 };
        let text = archive.get(at + 46..at + 46 + name)?.to_vec();
        entries.push((text, u32::try_from(mode).ok()?, content));
        at += 46 + name + extra + comment;
    }
    Some(entries)
}

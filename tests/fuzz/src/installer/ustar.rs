//! Tar archives, read in the plainest way, and with their checksums set right.

use super::tar_writer::sign;

/// Bytes in a block.
const BLOCK: usize = 512;

/// An entry as the plainest of readers sees it.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its name, after extended headers.
    pub(super) name: Vec<u8>,
    /// Its type: `0`, `5` and so on; 0 for the oldest kind of a file.
    pub(super) kind: u8,
    /// Its mode.
    pub(super) mode: u64,
    /// Its content.
    pub(super) content: Vec<u8>,
}

/// Sets the checksum of every header that there seems to be.
pub(super) fn mend(archive: &mut [u8]) {
    let mut at = 0;
    while let Some(block) = archive.get_mut(at..at + BLOCK)
        && block.iter().any(|&byte| byte != 0)
    {
        sign(block);
        let size = number(&block[124..136]).and_then(|size| usize::try_from(size).ok());
        let size = size.unwrap_or(0).min(archive.len());
        at += BLOCK + size.next_multiple_of(BLOCK);
    }
}

/// Octal digits with blanks or zeros around them, and nothing else; or the high bit and a binary
/// number.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        let high = field[..field.len() - 8].iter().skip(1).all(|&byte| byte == 0);
        let low = field[field.len() - 8..].try_into().ok()?;
        return (high && field[0] == 0x80).then(|| u64::from_be_bytes(low));
    }
    let end = field.iter().position(|&byte| byte == 0).unwrap_or(field.len());
    let digits = field[..end].trim_ascii();
    let octal = !digits.is_empty() && digits.iter().all(|byte| (b'0'..=b'7').contains(byte));
    let text = std::str::from_utf8(digits).ok().filter(|_| octal)?;
    u64::from_str_radix(text, 8).ok()
}

/// Every entry up to the end mark. `None` where even this reader finds nothing to go on.
pub(super) fn read(archive: &[u8]) -> Option<Vec<Entry>> {
    let (mut entries, mut at, mut said) = (Vec::new(), 0, Said::default());
    loop {
        let block = archive.get(at..at + BLOCK)?;
        if block.iter().all(|&byte| byte == 0) {
            return Some(entries);
        }
        let kind = block[156];
        let size = match kind {
            b'x' | b'L' | b'g' => number(&block[124..136])?,
            _ => said.size.take().or_else(|| number(&block[124..136]))?,
        };
        let (size, start) = (usize::try_from(size).ok()?, at + BLOCK);
        let content = archive.get(start..start.checked_add(size)?)?;
        at = start + size.next_multiple_of(BLOCK);
        match kind {
            b'x' => said.take(content)?,
            b'L' => said.name = Some(content.strip_suffix(b"\0").unwrap_or(content).to_vec()),
            b'g' => {}
            _ => {
                let name = said.name.take().unwrap_or_else(|| name(block));
                let mode = number(&block[100..108])?;
                entries.push(Entry { name, kind, mode, content: content.to_vec() });
            }
        }
    }
}

fn name(block: &[u8]) -> Vec<u8> {
    let text = |field: &[u8]| field.split(|&byte| byte == 0).next().unwrap_or_default().to_vec();
    let prefix = match &block[257..265] {
        b"ustar\x0000" => text(&block[345..500]),
        _ => Vec::new(),
    };
    let name = text(&block[..100]);
    if prefix.is_empty() { name } else { [prefix, name].join(&b'/') }
}

/// The facts of the next entry in extended headers.
#[derive(Default)]
struct Said {
    name: Option<Vec<u8>>,
    size: Option<u64>,
}

impl Said {
    /// Takes records; of two that contradict each other the last counts.
    fn take(&mut self, mut rest: &[u8]) -> Option<()> {
        while !rest.is_empty() {
            let blank = rest.iter().position(|&byte| byte == b' ')?;
            let length: usize = std::str::from_utf8(&rest[..blank]).ok()?.parse().ok()?;
            let record = rest.get(blank + 1..length)?.strip_suffix(b"\n")?;
            if let Some(value) = record.strip_prefix(b"path=") {
                self.name = Some(value.to_vec());
            }
            if let Some(value) = record.strip_prefix(b"size=") {
                self.size = Some(std::str::from_utf8(value).ok()?.parse().ok()?);
            }
            rest = &rest[length..];
        }
        Some(())
    }
}

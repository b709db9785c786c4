//! The header block of a tar entry, read no more leniently than by Go's own `archive/tar`
//! (`strconv.go`, `format.go`). A field that the tar crate, or any other reader, could understand
//! differently is refused.

use crate::error::{Result, reject};
use std::ops::Range;
use tar::EntryType;

/// The fields of an entry's header, before extended headers apply.
pub(super) struct TarHeader {
    pub(super) kind: EntryType,
    pub(super) name: Vec<u8>,
    pub(super) size: u64,
    pub(super) mode: u64,
}

/// The places of the fields in the block.
const NAME: Range<usize> = 0..100;
const MODE: Range<usize> = 100..108;
const UID: Range<usize> = 108..116;
const GID: Range<usize> = 116..124;
const SIZE: Range<usize> = 124..136;
const MTIME: Range<usize> = 136..148;
const SUM: Range<usize> = 148..156;
const MAGIC: Range<usize> = 257..265;
const DEVICE_MAJOR: Range<usize> = 329..337;
const DEVICE_MINOR: Range<usize> = 337..345;
/// In the POSIX format.
const PREFIX: Range<usize> = 345..500;
const PADDING: Range<usize> = 500..512;
/// In the GNU format.
const ATIME: Range<usize> = 345..357;
const CTIME: Range<usize> = 357..369;

impl TarHeader {
    /// Reads a header whose checksum the tar crate has compared.
    pub(super) fn read(header: &tar::Header) -> Result<TarHeader> {
        let block = header.as_bytes();
        let numeric = |field: Range<usize>, what: &str| {
            number(&block[field]).ok_or_else(|| malformed(what, "is no number"))
        };
        let natural = |field: Range<usize>, what: &str| {
            u64::try_from(numeric(field, what)?).map_err(|_| malformed(what, "is negative"))
        };
        let (size, mode) = (natural(SIZE, "size")?, natural(MODE, "mode")?);
        for (field, what) in [(UID, "user"), (GID, "group"), (MTIME, "time")] {
            numeric(field, what)?;
        }
        let theirs = (header.cksum().ok().map(i64::from), header.entry_size().ok());
        if theirs != (octal(&block[SUM]), Some(size)) {
            return Err(malformed("size or sum", "is written in a way that is read differently"));
        }
        let mut name = text(&block[NAME])?.to_vec();
        match &block[MAGIC] {
            b"\0\0\0\0\0\0\0\0" => {}
            b"ustar\x0000" => {
                numeric(DEVICE_MAJOR, "device")?;
                numeric(DEVICE_MINOR, "device")?;
                // A field of star here makes the prefix before it shorter.
                if block[PADDING] != [0; 12] {
                    return Err(malformed("padding", "is not empty"));
                }
                let prefix = text(&block[PREFIX])?;
                if !prefix.is_empty() {
                    name = [prefix, b"/", &name].concat();
                }
            }
            b"ustar  \0" => {
                // If these are no numbers, Go takes them for the beginning of a prefix.
                for (field, what) in [
                    (DEVICE_MAJOR, "device"),
                    (DEVICE_MINOR, "device"),
                    (ATIME, "time of access"),
                    (CTIME, "time of change"),
                ] {
                    numeric(field, what)?;
                }
            }
            _ => return Err(malformed("format", "is unknown")),
        }
        Ok(TarHeader { kind: header.entry_type(), name, size, mode })
    }
}

fn malformed(field: &str, why: &str) -> crate::error::Error {
    reject(format!("the {field} in a tar header {why}"))
}

/// A text that ends at its first NUL or fills its field. Some readers see bytes after the NUL,
/// others do not.
fn text(field: &[u8]) -> Result<&[u8]> {
    let end = field.iter().position(|&byte| byte == 0).unwrap_or(field.len());
    if field[end..].iter().all(|&byte| byte == 0) {
        Ok(&field[..end])
    } else {
        Err(malformed("name", "has bytes after its end"))
    }
}

/// A number: octal digits, or, with the highest bit set, a two's complement in the bits after it,
/// which must fit 64 bits.
fn number(field: &[u8]) -> Option<i64> {
    let first = *field.first()?;
    if first & 0x80 == 0 {
        return octal(field);
    }
    let invert = if first & 0x40 == 0 { 0 } else { 0xff };
    let bytes = field.iter().enumerate().map(|(at, byte)| match at {
        0 => (byte ^ invert) & 0x7f,
        _ => byte ^ invert,
    });
    let mut value = 0_i64;
    for byte in bytes {
        value = value.checked_mul(256)?.checked_add(i64::from(byte))?;
    }
    Some(if invert == 0 { value } else { !value })
}

/// Octal digits with blanks before them and blanks or NULs after them; none at all are a zero.
fn octal(field: &[u8]) -> Option<i64> {
    let blank = |byte: &u8| *byte == b' ';
    let start = field.iter().position(|byte| !blank(byte)).unwrap_or(field.len());
    let end = field.iter().rposition(|byte| !blank(byte) && *byte != 0).map_or(start, |at| at + 1);
    let mut value = 0_i64;
    for digit in field.get(start..end)? {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 8)?;
        value = value.checked_mul(8)?.checked_add(i64::from(digit))?;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octal_numbers_are_digits_alone() {
        for (field, value) in [
            (&b"0000644\0"[..], 0o644),
            (b"000644 \0", 0o644),
            (b"   644 \0", 0o644),
            (b"00000000644 ", 0o644),
            (b"77777777777\0", 0o77_777_777_777),
            (b"\0\0\0\0\0\0\0\0", 0),
            (b"        ", 0),
        ] {
            assert_eq!(number(field), Some(value), "{field:?}");
        }
        for bad in [
            &b"+000644\0"[..],
            b"-000644\0",
            b"0o644\0\0\0",
            b"0x644\0\0\0",
            b"000648\0\0",
            b"00_0644\0",
            b"0644\x00044",
            b"06 44\0\0\0",
            b"\x000644\0\0\0",
            b"\t0644\0\0\0",
            b"644\0 1\0\0",
        ] {
            assert_eq!(number(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn binary_numbers_fit_64_bits() {
        let field = |bytes: [u8; 12]| number(&bytes);
        assert_eq!(field([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]), Some(0x102));
        let most = [0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(field(most), Some(i64::MAX));
        assert_eq!(field([0xff; 12]), Some(-1));
        assert_eq!(number(&[0x80, 0, 0, 0, 0, 0, 1, 0]), Some(256));
        // 2^63, 2^64 + 1, and more.
        for bad in [
            [0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0],
            [0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1],
            [0x81, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            [0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        ] {
            assert_eq!(field(bad), None, "{bad:?}");
        }
    }
}

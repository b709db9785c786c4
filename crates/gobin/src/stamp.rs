//! Where Go's linker leaves build information in an executable, and its two texts
//! (debug/buildinfo/buildinfo.go).

use crate::blocks::Part;
use crate::image::{Image, Span};
use crate::refused::Refused;
use std::borrow::Cow;

const MAGIC: &[u8] = b"\xff Go buildinf:";
const ALIGN: u64 = 16;
const HEADER: usize = 32;
/// The most bytes of one text.
const TEXT: u64 = 16 << 20;
/// The bytes of one step of a search.
const STEP: u64 = 1 << 20;

/// How the two texts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Behind the header, from Go 1.18 on.
    Inline,
    /// At addresses that the header holds, in Go 1.13 to 1.17.
    Pointers,
    /// In the first line of a package archive, with no build information.
    Header,
}

/// How the place was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// By the section that is for it.
    Section,
    /// In the first writable data, without such a section. Go up to 1.26 looks there, too.
    Search,
}

/// The two texts of an executable.
pub(crate) struct Stamp<'b> {
    pub(crate) version: Cow<'b, [u8]>,
    /// The lines of modules and settings, without their frame; empty without modules.
    pub(crate) lines: Cow<'b, [u8]>,
    pub(crate) recorded: Recorded,
    pub(crate) found: Found,
}

impl<'b> Stamp<'b> {
    /// The stamp of an executable.
    pub(crate) fn of(image: &Image<'_>, part: Part<'b>) -> Result<Stamp<'b>, Refused> {
        let reader = Reader { image, part };
        let (span, found) = match (image.own, image.writable) {
            (Some(own), _) => (own, Found::Section),
            (None, Some(writable)) => (writable, Found::Search),
            (None, None) => return Err(Refused::NotGo),
        };
        let header = reader.search(span).ok_or(Refused::NotGo)?;
        let (version, lines, recorded) = reader.texts(header).ok_or(Refused::NotGo)?;
        if version.is_empty() {
            return Err(Refused::NotGo);
        }
        Ok(Stamp { version, lines: unframed(lines), recorded, found })
    }
}

/// The lines between the two marks of 16 bytes.
fn unframed(lines: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let length = lines.len();
    if length < 33 || lines[length - 17] != b'\n' {
        return Cow::default();
    }
    match lines {
        Cow::Borrowed(lines) => Cow::Borrowed(&lines[16..length - 16]),
        Cow::Owned(lines) => Cow::Owned(lines[16..length - 16].to_vec()),
    }
}

/// The version, the lines, and how both are written.
type Texts<'b> = (Cow<'b, [u8]>, Cow<'b, [u8]>, Recorded);

/// Reads at addresses.
struct Reader<'r, 'b> {
    image: &'r Image<'r>,
    part: Part<'b>,
}

impl<'b> Reader<'_, 'b> {
    /// `length` bytes at `address`, all of them in one mapped part.
    fn bytes(&self, address: u64, length: u64) -> Option<Cow<'b, [u8]>> {
        let (offset, left) = self.image.find(address)?;
        if length > left || length > TEXT {
            return None;
        }
        self.part.bytes(offset, length as usize)
    }

    /// The address of the header.
    fn search(&self, span: Span) -> Option<u64> {
        let end = span.address.checked_add(span.size)?;
        let mut start = span.address.checked_next_multiple_of(ALIGN)?;
        while start < end {
            let (offset, left) = self.image.find(start)?;
            // The parser of the format has not compared this with the size of the file.
            let filed = self.part.size().checked_sub(offset)?;
            // The first step is short, since most linkers put the header first.
            let step = if start - span.address < ALIGN { 64 * ALIGN } else { STEP };
            let length = step.min(end - start).min(left).min(filed);
            let bytes =
                self.part.bytes(offset, length as usize).filter(|bytes| !bytes.is_empty())?;
            let mut places = bytes.chunks(ALIGN as usize);
            if let Some(at) = places.position(|place| place.starts_with(MAGIC)) {
                let address = start + at as u64 * ALIGN;
                return (end - address >= HEADER as u64).then_some(address);
            }
            // What is cut short has no more in the file, and then no address to go on from.
            start = start.checked_add(length)?.checked_next_multiple_of(ALIGN)?;
        }
        None
    }

    fn texts(&self, address: u64) -> Option<Texts<'b>> {
        let header = self.bytes(address, HEADER as u64)?;
        let (pointer, flags) = (header[14], header[15]);
        if flags & 2 != 0 {
            let (version, next) = self.inline(address + HEADER as u64)?;
            let (lines, _) = self.inline(next)?;
            return Some((version, lines, Recorded::Inline));
        }
        let pointers = Pointers { size: pointer.into(), big_endian: flags & 1 != 0 };
        if !matches!(pointer, 4 | 8) {
            return None;
        }
        let version = self.pointed(&pointers, pointers.get(&header, 16)?);
        let lines = self.pointed(&pointers, pointers.get(&header, 16 + pointers.size)?);
        Some((version.unwrap_or_default(), lines.unwrap_or_default(), Recorded::Pointers))
    }

    /// A text behind its length, and the address behind it.
    fn inline(&self, address: u64) -> Option<(Cow<'b, [u8]>, u64)> {
        let (_, left) = self.image.find(address)?;
        let head = self.bytes(address, left.min(10))?;
        let (mut length, mut size) = (0_u64, 0);
        for byte in head.iter() {
            let value = u64::from(byte & 0x7f);
            let shifted = value.checked_shl(7 * size).filter(|all| all >> (7 * size) == value)?;
            length |= shifted;
            size += 1;
            if *byte < 0x80 {
                let start = address.checked_add(u64::from(size))?;
                let text = match length {
                    0 => Cow::default(),
                    _ => self.bytes(start, length)?,
                };
                return Some((text, start.checked_add(length)?));
            }
        }
        None
    }

    /// The Go string at an address: a pointer and a length.
    fn pointed(&self, pointers: &Pointers, address: u64) -> Option<Cow<'b, [u8]>> {
        let string = self.bytes(address, 2 * pointers.size as u64)?;
        let (text, length) = (pointers.get(&string, 0)?, pointers.get(&string, pointers.size)?);
        self.bytes(text, length)
    }
}

/// The form of pointers in an executable.
struct Pointers {
    /// Bytes: 4 or 8.
    size: usize,
    big_endian: bool,
}

impl Pointers {
    fn get(&self, bytes: &[u8], at: usize) -> Option<u64> {
        let bytes = bytes.get(at..at.checked_add(self.size)?)?;
        let add = |all: u64, byte: &u8| all << 8 | u64::from(*byte);
        Some(match self.big_endian {
            true => bytes.iter().fold(0, add),
            false => bytes.iter().rev().fold(0, add),
        })
    }
}

//! An executable as the loader sees it, the same for all formats.

use crate::needs::Needs;
use crate::refused::Refused;
use std::fmt;

/// The format of an executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Linux, the BSDs, Solaris.
    Elf,
    /// macOS and iOS.
    MachO,
    /// Windows.
    Pe,
    /// AIX.
    Xcoff,
    /// A package archive of Go's own compiler.
    GoObject,
}

impl Format {
    /// The name for programs.
    pub fn id(self) -> &'static str {
        match self {
            Format::Elf => "elf",
            Format::MachO => "macho",
            Format::Pe => "pe",
            Format::Xcoff => "xcoff",
            Format::GoObject => "go-object",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Elf => "ELF",
            Format::MachO => "Mach-O",
            Format::Pe => "PE",
            Format::Xcoff => "XCOFF",
            Format::GoObject => "Go object",
        })
    }
}

/// What an executable's headers say.
pub(crate) struct Image<'d> {
    pub(crate) format: Format,
    /// Go's name of the operating system, where the headers tell it.
    pub(crate) os: Option<&'static str>,
    /// Go's name of the processor.
    pub(crate) arch: Option<&'static str>,
    pub(crate) big_endian: bool,
    pub(crate) sections: Vec<Section<'d>>,
    /// What the loader maps where.
    pub(crate) mapped: Vec<Mapped>,
    /// The section for build information, by its name or nature.
    pub(crate) own: Option<Span>,
    /// The first writable data, for a file without that section.
    pub(crate) writable: Option<Span>,
    pub(crate) needs: Needs,
    pub(crate) taken: Taken,
}

/// How much of its lists an image has taken.
#[derive(Default)]
pub(crate) struct Taken {
    /// The bytes of the names of libraries.
    names: usize,
    /// The bound that it would have gone beyond.
    beyond: Option<&'static str>,
}

/// The most parts that a loader would map: an address is looked for in one after the other.
const MAPPED: usize = 1 << 12;
/// The most bytes of the names of libraries: a file may name the same long one often.
const NAMES: usize = 1 << 20;

/// A section.
pub(crate) struct Section<'d> {
    pub(crate) name: &'d [u8],
    pub(crate) offset: u64,
    /// Its bytes in the file.
    pub(crate) filed: u64,
    /// How it is packed, in ELF.
    pub(crate) packed: Option<Packed>,
}

/// Packed contents.
#[derive(Clone, Copy)]
pub(crate) struct Packed {
    /// Bytes before the packed data.
    pub(crate) header: usize,
    /// Bytes when it is unpacked.
    pub(crate) size: u64,
}

/// Addresses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) address: u64,
    pub(crate) size: u64,
}

/// A part of the file at an address.
#[derive(Clone, Copy)]
pub(crate) struct Mapped {
    pub(crate) address: u64,
    pub(crate) offset: u64,
    pub(crate) filed: u64,
}

impl<'d> Image<'d> {
    /// One in which nothing lies yet, of little-endian numbers.
    pub(crate) fn new(format: Format, arch: Option<&'static str>, needs: Needs) -> Image<'d> {
        Image {
            format,
            os: None,
            arch,
            big_endian: false,
            sections: Vec::new(),
            mapped: Vec::new(),
            own: None,
            writable: None,
            needs,
            taken: Taken::default(),
        }
    }

    /// Adds what the loader maps.
    pub(crate) fn map(&mut self, mapped: Mapped) {
        match self.mapped.len() {
            ..MAPPED => self.mapped.push(mapped),
            _ => self.taken.beyond = Some("4096 segments"),
        }
    }

    /// Adds a library that the loader needs. Returns whether there is room for another one.
    pub(crate) fn need(&mut self, library: &[u8]) -> bool {
        let library = String::from_utf8_lossy(&library[..library.len().min(NAMES + 1)]);
        // Each takes more than its name.
        self.taken.names += library.len() + size_of::<String>();
        if self.taken.names > NAMES {
            self.taken.beyond = Some("1 MiB of names of libraries");
            return false;
        }
        self.needs.libraries.push(library.into_owned());
        true
    }

    /// The image, if it has stayed within all bounds.
    pub(crate) fn bounded(self) -> Result<Image<'d>, Refused> {
        match self.taken.beyond {
            Some(bound) => Err(Refused::Limit(bound)),
            None => Ok(self),
        }
    }

    /// Where the bytes at `address` are in the file, and how many follow there.
    pub(crate) fn find(&self, address: u64) -> Option<(u64, u64)> {
        self.mapped.iter().find_map(|mapped| {
            let skip = address.checked_sub(mapped.address)?;
            let left = mapped.filed.checked_sub(skip).filter(|left| *left > 0)?;
            Some((mapped.offset.checked_add(skip)?, left))
        })
    }

    /// The section of this name without the format's own marks: `go.buildinfo` is `.go.buildinfo`
    /// in ELF and `__go_buildinfo` in Mach-O.
    pub(crate) fn section(&self, name: &str) -> Option<&Section<'_>> {
        self.sections.iter().find(|section| {
            let same = |(a, b): (&u8, &u8)| a == b || *a == b'_' && *b == b'.';
            let rest = section.unmarked();
            rest.len() == name.len() && rest.iter().zip(name.as_bytes()).all(same)
        })
    }
}

impl Section<'_> {
    /// The name without the format's marks; empty where it has none.
    fn unmarked(&self) -> &[u8] {
        match self.name {
            [b'.', rest @ ..] | [b'_', b'_', rest @ ..] => rest,
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image() -> Image<'static> {
        Image::new(Format::Elf, None, Needs::default())
    }

    #[test]
    fn lists_that_a_file_makes_long_are_refused() {
        let mut named = image();
        let name = [0xff; 4095];
        let count = (0..1000).take_while(|_| named.need(&name)).count();
        // Each byte that is no text takes three.
        assert_eq!(count, NAMES / (3 * name.len() + size_of::<String>()));
        assert!(matches!(named.bounded(), Err(Refused::Limit("1 MiB of names of libraries"))));
        let mut long = image();
        assert!(!long.need(&vec![b'x'; 64 << 20]) && long.needs.libraries.is_empty());
        let mut mapped = image();
        (0..=MAPPED).for_each(|_| mapped.map(Mapped { address: 0, offset: 0, filed: 1 }));
        assert!(matches!(mapped.bounded(), Err(Refused::Limit("4096 segments"))));
        let mut usual = image();
        assert!(usual.need(b"libc.so.6") && usual.bounded().is_ok());
    }
}

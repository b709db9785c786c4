//! An executable as the loader sees it, the same for all formats.

use crate::needs::Needs;
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
}

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

impl Image<'_> {
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

//! XCOFF: AIX.

use crate::data::Data;
use crate::image::{Format, Image, Mapped, Section, Span};
use crate::needs::Needs;
use object::read::xcoff::{FileHeader, SectionHeader as _};
use object::read::{ReadRef as _, Result};
use object::xcoff::{self, FileHeader32, FileHeader64};

/// The image of a file that begins as XCOFF does.
pub(crate) fn image<'a>(data: Data<'a, '_>) -> Result<Image<'a>> {
    match data.read_bytes_at(0, 2) {
        Ok([1, 0xf7]) => of::<FileHeader64>(data),
        _ => of::<FileHeader32>(data),
    }
}

fn of<'a, Xcoff: FileHeader>(data: Data<'a, '_>) -> Result<Image<'a>> {
    let mut offset = 0;
    let header = Xcoff::parse(data, &mut offset)?;
    let _ = header.aux_header(data, &mut offset)?;
    let table = header.sections(data, &mut offset)?;
    let needs = Needs {
        symbols: header.f_nsyms() > 0,
        linked: header.f_flags().0 & xcoff::F_EXEC.0 != 0,
        ..Needs::default()
    };
    let mut image =
        Image::new(Format::Xcoff, Some(if header.is_type_64() { "ppc64" } else { "ppc" }), needs);
    (image.os, image.big_endian) = (Some("aix"), true);
    let wide = header.is_type_64();
    for section in table.iter() {
        let name = section.name();
        let (address, filed) = (section.s_vaddr().into(), section.s_size().into());
        let offset = section.s_scnptr().into();
        image.map(Mapped { address, offset, filed });
        // The upper half says more of debug information.
        let nature = section.s_flags().0 as u16;
        if nature == xcoff::STYP_DATA.0 && image.own.is_none() {
            image.own = Some(Span { address, size: filed });
        }
        if nature == xcoff::STYP_LOADER.0 {
            for library in libraries(data, offset, filed, wide).unwrap_or_default() {
                image.need(library.as_bytes());
            }
        }
        image.needs.dwarf |= nature == xcoff::STYP_DWARF.0;
        image.sections.push(Section { name, offset, filed, packed: None });
    }
    Ok(image)
}

/// The imported files that the loader section names: triples of path, base and member.
fn libraries(data: Data<'_, '_>, offset: u64, size: u64, wide: bool) -> Option<Vec<String>> {
    let header = data.read_bytes_at(offset, 32.min(size)).ok()?;
    let word = |at: usize| header.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    let (length, start) = match wide {
        true => (word(12)?, u64::from(word(24)?) << 32 | u64::from(word(28)?)),
        false => (word(12)?, u64::from(word(20)?)),
    };
    let length = u64::from(length);
    let inside = start.checked_add(length).is_some_and(|end| end <= size);
    let text = data.read_bytes_at(offset.checked_add(start).filter(|_| inside)?, length).ok()?;
    let mut parts = text.split(|byte| *byte == 0);
    let mut found = Vec::new();
    // The first triple is the path in which the loader looks.
    while let (Some(_), Some(base), Some(member)) = (parts.next(), parts.next(), parts.next()) {
        let (base, member) = (String::from_utf8_lossy(base), String::from_utf8_lossy(member));
        match member.is_empty() {
            _ if base.is_empty() => {}
            true => found.push(base.into_owned()),
            false => found.push(format!("{base}({member})")),
        }
    }
    Some(found)
}

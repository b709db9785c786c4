//! PE: Windows.

use crate::data::Data;
use crate::image::{Format, Image, Mapped, Section, Span};
use crate::needs::{Needs, Stack};
use object::LittleEndian as LE;
use object::pe::{self, ImageDosHeader, ImageNtHeaders32, ImageNtHeaders64};
use object::read::Result;
use object::read::pe::{ImageNtHeaders, ImageOptionalHeader as _, optional_header_magic};

/// The nature of Go's data: initialised, readable, writable, and nothing else but an alignment.
const DATA: u32 = 0xc000_0040;
const ALIGN: u32 = 0x60_0000;

/// The image of a file that begins as PE does.
pub(crate) fn image<'a>(data: Data<'a, '_>) -> Result<Image<'a>> {
    match optional_header_magic(data)? {
        pe::IMAGE_NT_OPTIONAL_HDR64_MAGIC => of::<ImageNtHeaders64>(data),
        _ => of::<ImageNtHeaders32>(data),
    }
}

fn of<'a, Pe: ImageNtHeaders>(data: Data<'a, '_>) -> Result<Image<'a>> {
    let mut offset = ImageDosHeader::parse(data)?.nt_headers_offset().into();
    let (headers, directories) = Pe::parse(data, &mut offset)?;
    let (file, optional) = (headers.file_header(), headers.optional_header());
    let table = headers.sections(data, offset)?;
    // A file without symbols has no long names, either.
    let strings = headers.symbols(data).map(|symbols| symbols.strings()).unwrap_or_default();
    let needs = Needs {
        pie: optional.dll_characteristics().0 & pe::IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE.0 != 0,
        linked: true,
        library: file.characteristics.get(LE).0 & pe::IMAGE_FILE_DLL.0 != 0,
        symbols: file.number_of_symbols.get(LE) > 0,
        stack: Stack { executable: None, size: optional.size_of_stack_reserve() },
        min_os: Some(format!(
            "{}.{}",
            optional.major_operating_system_version(),
            optional.minor_operating_system_version()
        )),
        linker: Some((optional.major_linker_version(), optional.minor_linker_version())),
        ..Needs::default()
    };
    let mut image = Image::new(Format::Pe, arch(file.machine.get(LE)), needs);
    image.os = Some("windows");
    for section in table.iter() {
        let name = section.name(strings).unwrap_or_else(|_| section.raw_name());
        let (offset, filed) =
            (section.pointer_to_raw_data.get(LE), section.size_of_raw_data.get(LE));
        let address = u64::from(section.virtual_address.get(LE));
        let (offset, filed) = (offset.into(), filed.into());
        let address = address.wrapping_add(optional.image_base());
        image.map(Mapped { address, offset, filed });
        let is_data = section.characteristics.get(LE).0 & !ALIGN == DATA;
        if is_data && filed > 0 && image.own.is_none() {
            image.own = Some(Span { address, size: section.virtual_size.get(LE).into() });
        }
        image.sections.push(Section { name, offset, filed, packed: None });
    }
    let debug = ["debug_info", "zdebug_info"];
    image.needs.dwarf = debug.iter().any(|name| image.section(name).is_some());
    if let Ok(Some(imports)) = directories.import_table(data, &table)
        && let Ok(mut libraries) = imports.descriptors()
    {
        while let Ok(Some(library)) = libraries.next() {
            let name = imports.name(library.name.get(LE)).unwrap_or_default();
            if !image.need(name) {
                break;
            }
        }
    }
    Ok(image)
}

fn arch(machine: pe::Machine) -> Option<&'static str> {
    Some(match machine {
        pe::IMAGE_FILE_MACHINE_I386 => "386",
        pe::IMAGE_FILE_MACHINE_AMD64 => "amd64",
        pe::IMAGE_FILE_MACHINE_ARMNT => "arm",
        pe::IMAGE_FILE_MACHINE_ARM64 => "arm64",
        _ => return None,
    })
}

//! Mach-O: macOS and iOS. Several processors' executables may be slices of one file.

use crate::blocks::Part;
use crate::data::Data;
use crate::image::{Format, Image, Mapped, Section, Span};
use crate::needs::{Needs, Stack};
use object::macho::{self, FatArch32, FatArch64, MachHeader32, MachHeader64};
use object::read::macho::{
    FatArch, LoadCommandVariant, MachHeader, MachOFatFile, Section as _, Segment as _,
};
use object::read::{Error, ReadRef as _};
use object::{Endianness, read};

/// The most slices of one file.
const SLICES: usize = 64;

/// The image of a file that begins as Mach-O does.
pub(crate) fn image<'a>(data: Data<'a, '_>) -> read::Result<Image<'a>> {
    let magic = data.read_bytes_at(0, 4).unwrap_or_default();
    match magic {
        [0xcf, 0xfa, 0xed, 0xfe] | [0xfe, 0xed, 0xfa, 0xcf] => of::<MachHeader64<Endianness>>(data),
        _ => of::<MachHeader32<Endianness>>(data),
    }
}

fn of<'a, Mach: MachHeader<Endian = Endianness>>(data: Data<'a, '_>) -> read::Result<Image<'a>> {
    let header = Mach::parse(data, 0)?;
    let endian = header.endian()?;
    let flags = header.flags(endian).0;
    let kind = header.filetype(endian);
    let needs = Needs {
        pie: flags & macho::MH_PIE.0 != 0,
        library: [macho::MH_DYLIB, macho::MH_BUNDLE, macho::MH_OBJECT].contains(&kind),
        linked: kind != macho::MH_OBJECT,
        ..Needs::default()
    };
    let mut image = Image::new(Format::MachO, arch(header.cputype(endian)), needs);
    (image.os, image.big_endian) = (Some("darwin"), endian == Endianness::Big);
    let mut commands = header.load_commands(endian, data, 0)?;
    while let Some(command) = commands.next()? {
        if let Some((segment, rest)) = Mach::Segment::from_command(command)? {
            add_segment::<Mach>(&mut image, segment, rest, endian)?;
            continue;
        }
        let string = |at| {
            command.string(endian, at).ok().map(|text| String::from_utf8_lossy(text).into_owned())
        };
        let variant = command.variant()?;
        if let LoadCommandVariant::Dylib(dylib) = variant {
            let name = command.string(endian, dylib.dylib.name).ok();
            if name.is_some_and(|name| !image.need(name)) {
                break;
            }
            continue;
        }
        let needs = &mut image.needs;
        match variant {
            LoadCommandVariant::LoadDylinker(loader) => needs.interpreter = string(loader.name),
            LoadCommandVariant::Symtab(table) => needs.symbols = table.nsyms.get(endian) > 0,
            LoadCommandVariant::EntryPoint(entry) => {
                needs.stack = Stack { executable: None, size: entry.stacksize.get(endian) };
            }
            LoadCommandVariant::VersionMin(least) => {
                needs.min_os = Some(version(least.version.get(endian).0));
                let is_macos = least.cmd.get(endian) == macho::LC_VERSION_MIN_MACOSX;
                image.os = Some(if is_macos { "darwin" } else { "ios" });
            }
            LoadCommandVariant::BuildVersion(build, _) => {
                needs.min_os = Some(version(build.minos.get(endian).0));
                let is_macos = build.platform.get(endian) == macho::PLATFORM_MACOS;
                image.os = Some(if is_macos { "darwin" } else { "ios" });
            }
            _ => {}
        }
    }
    let debug = ["debug_info", "zdebug_info"];
    image.needs.dwarf = debug.iter().any(|name| image.section(name).is_some());
    Ok(image)
}

fn add_segment<'a, Mach: MachHeader<Endian = Endianness>>(
    image: &mut Image<'a>,
    segment: &'a Mach::Segment,
    rest: &'a [u8],
    endian: Endianness,
) -> read::Result<()> {
    let (address, filed) = (segment.vmaddr(endian).into(), segment.filesize(endian).into());
    let offset = segment.fileoff(endian).into();
    if segment.name() != b"__PAGEZERO" {
        image.map(Mapped { address, offset, filed });
    }
    // Readable and writable, no code.
    let is_data = segment.initprot(endian).0 & 7 == 3 && filed > 0;
    if is_data && image.writable.is_none() {
        image.writable = Some(Span { address, size: filed });
    }
    for section in segment.sections(endian, rest)? {
        let name = section.name();
        let (address, size) = (section.addr(endian).into(), section.size(endian).into());
        if name == b"__go_buildinfo" && image.own.is_none() {
            image.own = Some(Span { address, size });
        }
        let offset = section.offset(endian).into();
        image.sections.push(Section { name, offset, filed: size, packed: None });
    }
    Ok(())
}

fn version(packed: u32) -> String {
    let (major, minor, patch) = (packed >> 16, packed >> 8 & 0xff, packed & 0xff);
    match patch {
        0 => format!("{major}.{minor}"),
        _ => format!("{major}.{minor}.{patch}"),
    }
}

fn arch(cpu: macho::CpuType) -> Option<&'static str> {
    Some(match cpu {
        macho::CPU_TYPE_X86 => "386",
        macho::CPU_TYPE_X86_64 => "amd64",
        macho::CPU_TYPE_ARM => "arm",
        macho::CPU_TYPE_ARM64 => "arm64",
        _ => return None,
    })
}

/// The slices of a file for several processors, in the file's order. Slices that overlap, or that
/// are more than [`SLICES`], are no file of this format.
pub(crate) fn slices<'b>(file: Part<'b>, data: Data<'_, '_>, wide: bool) -> Option<Vec<Part<'b>>> {
    let ranges = match wide {
        true => ranges::<FatArch64>(data),
        false => ranges::<FatArch32>(data),
    };
    let ranges = ranges.ok().filter(|ranges| !ranges.is_empty() && ranges.len() <= SLICES)?;
    let mut sorted = ranges.clone();
    sorted.sort_unstable();
    let apart = |pair: &[(u64, u64)]| pair[0].0.saturating_add(pair[0].1) <= pair[1].0;
    if !sorted.windows(2).all(apart) {
        return None;
    }
    ranges.into_iter().map(|(offset, size)| file.part(offset, size)).collect()
}

fn ranges<Fat: FatArch>(data: Data<'_, '_>) -> Result<Vec<(u64, u64)>, Error> {
    let fat = MachOFatFile::<Fat>::parse(data)?;
    Ok(fat.arches().iter().map(FatArch::file_range).collect())
}

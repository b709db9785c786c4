//! ELF: Linux, the BSDs, Solaris.

mod dynamic;

use crate::data::Data;
use crate::image::{Format, Image, Mapped, Packed, Section, Span};
use crate::needs::{Needs, Relro, Stack, Tls};
use object::Endianness;
use object::elf::{self, FileHeader32, FileHeader64};
use object::read::elf::{
    CompressionHeader as _, Dyn as _, FileHeader, ProgramHeader as _, SectionHeader as _,
};
use object::read::{Error, ReadRef as _};

type Result<T> = std::result::Result<T, Error>;

/// The image of a file that begins as ELF does.
pub(crate) fn image<'a>(data: Data<'a, '_>) -> Result<Image<'a>> {
    let class: &[u8] = data.read_bytes_at(0, 5).unwrap_or_default();
    match class.last() {
        Some(2) => of::<FileHeader64<Endianness>>(data),
        _ => of::<FileHeader32<Endianness>>(data),
    }
}

fn of<'a, Elf: FileHeader<Endian = Endianness>>(data: Data<'a, '_>) -> Result<Image<'a>> {
    let header = Elf::parse(data)?;
    let endian = header.endian()?;
    let (sections, own) = sections(header, endian, data)?;
    let needs = Needs {
        library: header.e_type(endian) != elf::ET_EXEC,
        linked: header.e_type(endian) != elf::ET_REL,
        ..Needs::default()
    };
    let mut image = Image::new(
        Format::Elf,
        arch(header.e_machine(endian), header.is_class_64(), endian),
        needs,
    );
    image.big_endian = endian == Endianness::Big;
    (image.sections, image.own) = (sections, own);
    let relocatable = header.e_type(endian) == elf::ET_REL;
    if let (true, Some(section)) = (relocatable, image.section("go.buildinfo")) {
        // Its sections have no addresses yet: this one gets a range of its own.
        let (offset, filed) = (section.offset, section.filed);
        image.map(Mapped { address: 0, offset, filed });
    }
    segments(&mut image, header, endian, data)?;
    image.needs.symbols = image.section("symtab").is_some();
    let debug = ["debug_info", "zdebug_info"];
    image.needs.dwarf = debug.iter().any(|name| image.section(name).is_some());
    image.os = os(&image, header.e_ident().os_abi);
    Ok(image)
}

/// The sections, and the addresses of the one for build information.
fn sections<'a, Elf: FileHeader<Endian = Endianness>>(
    header: &Elf,
    endian: Endianness,
    data: Data<'a, '_>,
) -> Result<(Vec<Section<'a>>, Option<Span>)> {
    let table = header.section_headers(endian, data)?;
    // What it refuses is no ELF. It would read each name by itself.
    header.section_strings(endian, data, table)?;
    let names = names(header, table, endian, data).unwrap_or_default();
    let (mut sections, mut own) = (Vec::with_capacity(table.len()), None);
    for section in table {
        let name = name_at(names, section.sh_name(endian)).unwrap_or_default();
        let (address, size) = (section.sh_addr(endian).into(), section.sh_size(endian).into());
        if name == b".go.buildinfo" && own.is_none() {
            own = Some(Span { address, size });
        }
        let filed = if section.sh_type(endian) == elf::SHT_NOBITS { 0 } else { size };
        let offset = section.sh_offset(endian).into();
        let packed = packed::<Elf>(section, endian, data);
        sections.push(Section { name, offset, filed, packed });
    }
    Ok((sections, own))
}

/// The names of sections, one behind the other, as far as the file has them.
fn names<'a, Elf: FileHeader<Endian = Endianness>>(
    header: &Elf,
    table: &[Elf::SectionHeader],
    endian: Endianness,
    data: Data<'a, '_>,
) -> Option<&'a [u8]> {
    let index = header.section_strings_index(endian, data).ok()?;
    let (offset, size) = table.get(index.0)?.file_range(endian)?;
    let left = data.len().ok()?.checked_sub(offset)?;
    data.read_bytes_at(offset, size.min(left)).ok()
}

/// More than a name has that means something here. Many sections may share one long name.
const NAME: usize = 64;

/// The name that begins at `offset` and ends before a zero byte, unless it is long.
fn name_at(names: &[u8], offset: u32) -> Option<&[u8]> {
    let name = names.get(usize::try_from(offset).ok()?..)?;
    // To ask the processor for instructions that search faster takes longer than the search.
    Some(&name[..name.iter().take(NAME).position(|byte| *byte == 0)?])
}

/// How a section is packed; only zlib counts, for Go writes nothing else.
fn packed<Elf: FileHeader<Endian = Endianness>>(
    section: &Elf::SectionHeader,
    endian: Endianness,
    data: Data<'_, '_>,
) -> Option<Packed> {
    let (header, offset, _) = section.compression(endian, data).ok()??;
    let start = offset.checked_sub(section.sh_offset(endian).into())?;
    let zlib = header.ch_type(endian) == elf::ELFCOMPRESS_ZLIB;
    let size = header.ch_size(endian).into();
    zlib.then_some(Packed { header: usize::try_from(start).ok()?, size })
}

/// What the program headers say.
fn segments<Elf: FileHeader<Endian = Endianness>>(
    image: &mut Image<'_>,
    header: &Elf,
    endian: Endianness,
    data: Data<'_, '_>,
) -> Result<()> {
    let mut dynamic = None;
    let table = header.program_headers(endian, data)?;
    image.mapped.reserve(table.len());
    for segment in table {
        let (address, size) = (segment.p_vaddr(endian).into(), segment.p_memsz(endian).into());
        let (offset, filed) = (segment.p_offset(endian).into(), segment.p_filesz(endian).into());
        image.map(Mapped { address, offset, filed });
        let flags = segment.p_flags(endian);
        let needs = &mut image.needs;
        match segment.p_type(endian) {
            elf::PT_LOAD => {
                let code = flags.0 & elf::PF_X.0 != 0;
                if flags.0 & elf::PF_W.0 != 0 && !code && filed > 0 && image.writable.is_none() {
                    image.writable = Some(Span { address, size: filed });
                }
            }
            elf::PT_INTERP => {
                let path = segment.interpreter(endian, data)?;
                needs.interpreter = path.map(|path| String::from_utf8_lossy(path).into_owned());
                needs.library = false;
            }
            elf::PT_TLS => needs.tls = Tls { size, fixed: needs.tls.fixed },
            elf::PT_GNU_STACK => {
                let executable = Some(flags.0 & elf::PF_X.0 != 0);
                needs.stack = Stack { executable, size };
            }
            elf::PT_GNU_RELRO => needs.relro = Relro::Partial,
            elf::PT_NOTE => {
                if let Some(kernel) = kernel::<Elf>(segment, endian, data) {
                    needs.kernel_at_least = Some(kernel);
                }
            }
            elf::PT_DYNAMIC => dynamic = segment.dynamic(endian, data)?,
            _ => {}
        }
    }
    if let Some(table) = dynamic {
        let entries = table.iter().map(|entry| (entry.tag(endian).0, entry.val(endian)));
        dynamic::apply(image, &entries.collect::<Vec<_>>(), endian, data);
    }
    Ok(())
}

/// The kernel of `.note.ABI-tag`.
fn kernel<Elf: FileHeader<Endian = Endianness>>(
    segment: &Elf::ProgramHeader,
    endian: Endianness,
    data: Data<'_, '_>,
) -> Option<String> {
    let mut notes = segment.notes(endian, data).ok()??;
    while let Ok(Some(note)) = notes.next() {
        if note.name() == b"GNU" && note.n_type(endian) == elf::NT_GNU_ABI_TAG {
            let word = |at: usize| {
                let bytes: [u8; 4] = note.desc().get(at * 4..at * 4 + 4)?.try_into().ok()?;
                Some(match endian {
                    Endianness::Little => u32::from_le_bytes(bytes),
                    Endianness::Big => u32::from_be_bytes(bytes),
                })
            };
            // The first word is the system: 0 is Linux.
            if word(0)? == 0 {
                return Some(format!("{}.{}.{}", word(1)?, word(2)?, word(3)?));
            }
        }
    }
    None
}

/// Go's name of a processor. The order of bytes and the width tell variants apart.
fn arch(machine: elf::Machine, wide: bool, endian: Endianness) -> Option<&'static str> {
    let little = endian == Endianness::Little;
    Some(match (machine, wide, little) {
        (elf::EM_386, ..) => "386",
        (elf::EM_X86_64, ..) => "amd64",
        (elf::EM_ARM, ..) => "arm",
        (elf::EM_AARCH64, ..) => "arm64",
        (elf::EM_LOONGARCH, ..) => "loong64",
        (elf::EM_MIPS, false, false) => "mips",
        (elf::EM_MIPS, false, true) => "mipsle",
        (elf::EM_MIPS, true, false) => "mips64",
        (elf::EM_MIPS, true, true) => "mips64le",
        (elf::EM_PPC64, _, false) => "ppc64",
        (elf::EM_PPC64, _, true) => "ppc64le",
        (elf::EM_RISCV, true, _) => "riscv64",
        (elf::EM_S390, ..) => "s390x",
        _ => return None,
    })
}

/// Go's name of the system. Linux has no number of its own: there Go leaves 0, and GNU ld writes 3.
fn os(image: &Image<'_>, abi: elf::OsAbi) -> Option<&'static str> {
    let has = |name: &str| image.sections.iter().any(|section| section.name == name.as_bytes());
    let loader = image.needs.interpreter.as_deref().unwrap_or_default();
    Some(match abi.0 {
        2 => "netbsd",
        6 => "solaris",
        9 => "freebsd",
        12 => "openbsd",
        _ if has(".note.netbsd.ident") => "netbsd",
        _ if has(".note.openbsd.ident") => "openbsd",
        _ if loader == "/usr/libexec/ld-elf.so.2" => "dragonfly",
        _ if loader.starts_with("/system/bin/linker") => "android",
        0 | 3 => "linux",
        _ => return None,
    })
}

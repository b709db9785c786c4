//! What the dynamic section of ELF asks of the loader.

use crate::data::Data;
use crate::image::Image;
use crate::needs::{Relro, greater};
use object::Endianness;
use object::elf;
use object::read::{ReadRef as _, StringTable};

/// The most records of one table of versions.
const RECORDS: u32 = 1 << 12;

/// Adds what `entries`, pairs of tag and value, say to the needs of `image`.
pub(super) fn apply(
    image: &mut Image<'_>,
    entries: &[(i64, u64)],
    endian: Endianness,
    data: Data<'_, '_>,
) {
    let value = |tag: elf::DynamicTag| {
        entries.iter().find(|(one, _)| *one == tag.0).map(|(_, value)| *value)
    };
    let flags = value(elf::DT_FLAGS).unwrap_or_default();
    let flags_1 = value(elf::DT_FLAGS_1).unwrap_or_default();
    let needs = &mut image.needs;
    needs.tls.fixed = flags & elf::DF_STATIC_TLS.0 != 0;
    let now = flags & elf::DF_BIND_NOW.0 != 0 || flags_1 & elf::DF_1_NOW.0 != 0;
    if needs.relro == Relro::Partial && (now || value(elf::DT_BIND_NOW).is_some()) {
        needs.relro = Relro::Full;
    }
    // A static program that can move has no loader, and says so here.
    if flags_1 & elf::DF_1_PIE.0 != 0 {
        (needs.pie, needs.library) = (true, false);
    }
    let strings = value(elf::DT_STRTAB).and_then(|address| image.find(address));
    let (Some((offset, left)), Some(size)) = (strings, value(elf::DT_STRSZ)) else { return };
    let strings = StringTable::new(data, offset, offset.saturating_add(size.min(left)));
    for (_, at) in entries.iter().filter(|(tag, _)| *tag == elf::DT_NEEDED.0) {
        let name = u32::try_from(*at).ok().and_then(|at| strings.get(at).ok());
        if name.is_some_and(|name| !image.need(name)) {
            return;
        }
    }
    let string = |at: u32| Some(String::from_utf8_lossy(strings.get(at).ok()?).into_owned());
    let table = value(elf::DT_VERNEED).and_then(|address| image.find(address));
    if let Some((offset, left)) = table {
        for name in versions(offset, left, endian, data).into_iter().filter_map(string) {
            if let Some(version) = glibc(&name) {
                let most = image.needs.glibc_at_least.take();
                image.needs.glibc_at_least = greater(most, version.to_owned());
            }
        }
    }
}

/// The least glibc that has a version of this name; `None` if the name tells none, as `GLIBC_PRIVATE`.
fn glibc(name: &str) -> Option<&str> {
    let version = name.strip_prefix("GLIBC_")?;
    // glibc names features so since 2.36, whose `GLIBC_ABI_DT_RELR` was the first.
    if version.starts_with("ABI_") {
        return Some("2.36");
    }
    version.starts_with(|first: char| first.is_ascii_digit()).then_some(version)
}

/// The names of the needed versions, as places in the table of strings.
///
/// The section of this table may be gone from a stripped file; the loader finds it by address, too.
fn versions(offset: u64, left: u64, endian: Endianness, data: Data<'_, '_>) -> Vec<u32> {
    let read = |at: u64, size: u64| {
        let inside = at.checked_add(size).is_some_and(|end| end <= left);
        data.read_bytes_at(offset.checked_add(at).filter(|_| inside)?, size).ok()
    };
    let word = |bytes: &[u8], at: usize| {
        let bytes: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(u64::from(match endian {
            Endianness::Little => u32::from_le_bytes(bytes),
            Endianness::Big => u32::from_be_bytes(bytes),
        }))
    };
    let (mut names, mut library) = (Vec::new(), Some(0));
    for _ in 0..RECORDS {
        let Some(record) = library.and_then(|at| read(at, 16)) else { break };
        let start = library.unwrap_or_default();
        let mut name = word(record, 8).and_then(|skip| start.checked_add(skip));
        while let Some(record) = name.and_then(|at| read(at, 16)) {
            names.extend(word(record, 8).and_then(|at| u32::try_from(at).ok()));
            let next = word(record, 12).filter(|next| *next > 0 && names.len() < RECORDS as usize);
            name = next.and_then(|next| name?.checked_add(next));
        }
        let next = word(record, 12).filter(|next| *next > 0);
        library = next.and_then(|next| start.checked_add(next));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::glibc;

    #[test]
    fn a_name_tells_the_least_glibc() {
        for (name, least) in [
            ("GLIBC_2.34", Some("2.34")),
            ("GLIBC_3.0", Some("3.0")),
            ("GLIBC_ABI_DT_RELR", Some("2.36")),
            ("GLIBC_PRIVATE", None),
            ("GCC_3.0", None),
        ] {
            assert_eq!(glibc(name), least, "{name}");
        }
    }
}

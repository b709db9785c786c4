//! The compiler's own name in debug information.

use crate::blocks::Part;
use crate::image::{Image, Section};
use crate::refused::Refused;
use flate2::read::ZlibDecoder;
use gimli::{AttributeValue, Dwarf, EndianSlice, RunTimeEndian, SectionId};
use std::borrow::Cow;
use std::io::Read as _;
use std::time::{Duration, Instant};

/// The most units that are looked at.
const UNITS: usize = 1 << 12;
/// The most bytes of one section.
const ONE: u64 = 64 << 20;
/// The most bytes of the forms of entries: each unit has them parsed, and each takes many times as much then. Those of
/// Go stand first.
const FORMS: u64 = 1 << 20;
/// How long the units are looked through.
const TIME: Duration = Duration::from_secs(10);
/// The most bytes of one section for each byte in the file, as far as it is packed.
const RATIO: u64 = 100;
/// Less than this is never refused for its ratio.
const SMALL: u64 = 1 << 20;

/// The version of the first unit that Go's compiler made: `go1.27.3`.
///
/// # Errors
/// If a packed section would unpack to too much. Debug information that breaks its rules names no
/// compiler, and that is no error.
pub(crate) fn of(image: &Image<'_>, part: Part<'_>) -> Result<Option<String>, Refused> {
    let wanted = [
        SectionId::DebugInfo,
        SectionId::DebugAbbrev,
        SectionId::DebugStr,
        SectionId::DebugLineStr,
        SectionId::DebugStrOffsets,
        SectionId::DebugAddr,
    ];
    let mut sections = Vec::new();
    for id in wanted {
        let name = id.name().trim_start_matches('.');
        let most = if id == SectionId::DebugAbbrev { FORMS } else { ONE };
        let bytes = match image.section(name) {
            Some(section) => contents(section, part, most)?,
            None => match image.section(&format!("z{name}")) {
                Some(section) => contents(section, part, most)?,
                None => Cow::default(),
            },
        };
        sections.push((id, bytes));
    }
    let endian = if image.big_endian { RunTimeEndian::Big } else { RunTimeEndian::Little };
    let load = |id: SectionId| {
        let found = sections.iter().find(|(one, _)| *one == id);
        let bytes = found.map(|(_, bytes)| &**bytes).unwrap_or_default();
        Ok::<_, gimli::Error>(EndianSlice::new(bytes, endian))
    };
    Dwarf::load(load).map_or(Ok(None), |dwarf| compiler(&dwarf))
}

fn compiler(dwarf: &Dwarf<EndianSlice<'_, RunTimeEndian>>) -> Result<Option<String>, Refused> {
    let (mut units, until) = (dwarf.units(), Instant::now() + TIME);
    for _ in 0..UNITS {
        if Instant::now() >= until {
            return Err(Refused::Limit("10 seconds"));
        }
        let Ok(Some(header)) = units.next() else { break };
        let Ok(unit) = dwarf.unit(header) else { continue };
        let mut entries = unit.entries();
        let Ok(Some(entry)) = entries.next_dfs() else { continue };
        let Some(producer) = entry.attr_value(gimli::DW_AT_producer) else { continue };
        let text = match producer {
            AttributeValue::String(text) => Some(text),
            other => dwarf.attr_string(&unit, other).ok(),
        };
        let text = text.map(|text| text.to_string_lossy().into_owned());
        let version = text.as_deref().and_then(|text| text.strip_prefix("Go cmd/compile "));
        if let Some(version) = version {
            let version = version.split(';').next().unwrap_or_default().trim();
            return Ok(Some(version.to_owned()));
        }
    }
    Ok(None)
}

/// The first bytes of a section, at most `most`, unpacked.
fn contents<'b>(
    section: &Section<'_>,
    part: Part<'b>,
    most: u64,
) -> Result<Cow<'b, [u8]>, Refused> {
    let size = section.filed.min(ONE) as usize;
    let Some(filed) = part.bytes(section.offset, size) else { return Ok(Cow::default()) };
    let zlib = |rest: &[u8], size: u64| {
        if size > ONE || size > SMALL.max((rest.len() as u64).saturating_mul(RATIO)) {
            return Err(Refused::Limit("64 MiB, or 100 times its size, of debug information"));
        }
        let mut bytes = Vec::new();
        // What is broken gives less, and then no compiler is named.
        let _ = ZlibDecoder::new(rest).take(size.min(most)).read_to_end(&mut bytes);
        Ok(Cow::Owned(bytes))
    };
    // The older form: these letters, and the size.
    if let Some((size, rest)) = filed.strip_prefix(b"ZLIB").and_then(<[u8]>::split_first_chunk::<8>)
    {
        return zlib(rest, u64::from_be_bytes(*size));
    }
    match section.packed {
        Some(packed) => zlib(filed.get(packed.header..).unwrap_or_default(), packed.size),
        None => Ok(match filed {
            Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[..bytes.len().min(most as usize)]),
            Cow::Owned(mut bytes) => {
                bytes.truncate(most as usize);
                Cow::Owned(bytes)
            }
        }),
    }
}

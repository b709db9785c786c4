//! The executables of a file, and all that is known of each.

use crate::archive::{Package, members};
use crate::blocks::{Blocks, Part};
use crate::build_info::BuildInfo;
use crate::contents::Contents;
use crate::data::{Data, Tables};
use crate::evidence::{self, Evidence, Forced};
use crate::image::{Format, Image};
use crate::needs::Needs;
use crate::refused::Refused;
use crate::stamp::{Found, Recorded, Stamp};
use crate::{elf, macho, pe, producer, xcoff};

/// How much of a file is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// Headers, build information, and the loader's tables.
    #[default]
    Headers,
    /// Debug information, too: it names the compiler.
    Debug,
}

/// One executable.
#[derive(Clone, Debug)]
pub struct Program {
    /// Which part of the file it is: a processor, or a member of an archive.
    pub part: Option<String>,
    /// Whether it is a member of an archive.
    pub archived: bool,
    /// Its format.
    pub format: Format,
    /// Go's name of its system.
    pub os: Option<String>,
    /// Go's name of its processor.
    pub arch: Option<String>,
    /// What Go says of the build.
    pub info: BuildInfo,
    /// How that is written.
    pub recorded: Recorded,
    /// How that was found.
    pub found: Found,
    /// What it needs to run.
    pub needs: Needs,
    /// Traces of the compiler, the strongest first.
    pub evidence: Vec<Evidence>,
}

impl Program {
    /// The compiler that debug information names.
    pub fn compiled_by(&self) -> Option<&str> {
        self.evidence.iter().find_map(|one| match one {
            Evidence::Compiler(version) => Some(&**version),
            _ => None,
        })
    }

    /// The evidence that contradicts the version, the strongest first.
    pub fn contradictions(&self) -> Vec<&Evidence> {
        evidence::against(&self.info.version, &self.evidence)
    }

    /// Whether the version is another than the compiler's.
    pub fn forced(&self) -> Forced {
        evidence::verdict(&self.contradictions(), &self.evidence)
    }

    /// Both: the verdict, and the evidence that contradicts the version.
    pub fn judged(&self) -> (Forced, Vec<&Evidence>) {
        let against = self.contradictions();
        (evidence::verdict(&against, &self.evidence), against)
    }
}

/// The executables in a file that Go has built: one; or one for each processor of a file for
/// several; or those in an archive.
///
/// # Errors
/// If the file cannot be read, or has no such executable.
pub fn programs(source: &dyn Contents, depth: Depth) -> Result<Vec<Program>, Refused> {
    let blocks = Blocks::new(source)?;
    let found = of_file(blocks.whole(), depth);
    // A parser takes a sector that cannot be read for a broken file.
    blocks.failure().map_or(found, Err)
}

fn of_file(file: Part<'_>, depth: Depth) -> Result<Vec<Program>, Refused> {
    let head = file.head(16);
    let tables = Tables::of(file);
    let parts: Vec<_> = match *head {
        [0xca, 0xfe, 0xba, last @ (0xbe | 0xbf), ..] => {
            let slices = macho::slices(file, tables.data(), last == 0xbf);
            slices.ok_or(Refused::Format)?.into_iter().map(|slice| (None, slice)).collect()
        }
        _ if head.starts_with(b"!<arch>\n") => {
            let members = members(file, tables.data()).ok_or(Refused::Format)?;
            members.into_iter().map(|(name, member)| (Some(name), member)).collect()
        }
        _ => return Ok(vec![of_part(file, depth)?]),
    };
    let (mut found, mut refused) = (Vec::new(), None);
    for (name, part) in parts {
        if let Some(package) = name.and_then(|name| Package::of(name, part)) {
            found.push(of_package(package));
            continue;
        }
        match of_part(part, depth) {
            Ok(program) => {
                let slice = || program.arch.clone();
                let member = name.map(|name| String::from_utf8_lossy(name).into_owned());
                let archived = member.is_some();
                found.push(Program { part: member.or_else(slice), archived, ..program });
            }
            Err(other @ (Refused::Limit(_) | Refused::Read(_))) => return Err(other),
            Err(other) => refused = refused.or(Some(other)),
        }
    }
    match found.is_empty() {
        // An archive is a known format, whatever its members are.
        true if head.starts_with(b"!<arch>") => Err(Refused::NotGo),
        true => Err(refused.unwrap_or(Refused::NotGo)),
        false => Ok(found),
    }
}

/// What the headers of an executable say, whichever compiler made it.
#[derive(Clone, Debug)]
pub struct Headers {
    /// Its format.
    pub format: Format,
    /// Go's name of its system, where the headers tell it.
    pub os: Option<&'static str>,
    /// Go's name of its processor.
    pub arch: Option<&'static str>,
    /// What it needs to run.
    pub needs: Needs,
}

/// The headers of a file that is one executable, in C or another language.
///
/// # Errors
/// If the file cannot be read, or is no such executable.
pub fn headers(source: &dyn Contents) -> Result<Headers, Refused> {
    let blocks = Blocks::new(source)?;
    let part = blocks.whole();
    let tables = Tables::of(part);
    let read = image(tables.data(), part);
    // As above: an unreadable sector is not a broken file.
    blocks.failure().map_or(Ok(()), Err)?;
    let Image { format, os, arch, needs, .. } = read?;
    Ok(Headers { format, os, arch, needs })
}

/// The image of one executable.
fn image<'a>(data: Data<'a, '_>, part: Part<'_>) -> Result<Image<'a>, Refused> {
    let image = match *part.head(16) {
        [0x7f, b'E', b'L', b'F', ..] => elf::image(data),
        [b'M', b'Z', ..] => pe::image(data),
        [0xfe, 0xed, 0xfa, ..] | [_, 0xfa, 0xed, 0xfe, ..] => macho::image(data),
        [1, 0xdf | 0xf7, ..] => xcoff::image(data),
        _ => return Err(Refused::Format),
    };
    image.map_err(|_| Refused::Format)?.bounded()
}

/// One executable.
fn of_part(part: Part<'_>, depth: Depth) -> Result<Program, Refused> {
    let tables = Tables::of(part);
    let image = image(tables.data(), part)?;
    let stamp = Stamp::of(&image, part)?;
    let info = BuildInfo::parse(&stamp.version, &stamp.lines)?;
    let mut evidence = evidence::of(&image, &info, stamp.recorded);
    if depth == Depth::Debug {
        evidence.extend(functions(&image, part));
        if let Some(version) = producer::of(&image, part)? {
            evidence.insert(0, Evidence::Compiler(version));
        }
    }
    let said =
        |key: &str| info.setting(key).map(|value| String::from_utf8_lossy(&value).into_owned());
    Ok(Program {
        part: None,
        archived: false,
        format: image.format,
        os: said("GOOS").or(image.os.map(str::to_owned)),
        arch: said("GOARCH").or(image.arch.map(str::to_owned)),
        info,
        recorded: stamp.recorded,
        found: stamp.found,
        needs: image.needs,
        evidence,
    })
}

/// What the table of functions says of the compiler.
fn functions(image: &Image<'_>, part: Part<'_>) -> Vec<Evidence> {
    let section = image.section("gopclntab").or_else(|| image.section("data.rel.ro.gopclntab"));
    let magic = section.and_then(|section| {
        let mut magic = [0; 4];
        part.read(&mut magic, section.offset).map(|()| magic)
    });
    magic.map(evidence::of_functions).unwrap_or_default()
}

fn of_package(package: Package) -> Program {
    Program {
        part: None,
        archived: true,
        format: Format::GoObject,
        os: Some(package.os),
        arch: Some(package.arch),
        info: package.info,
        recorded: Recorded::Header,
        found: Found::Section,
        needs: Needs::default(),
        evidence: Vec::new(),
    }
}

//! Archives: C libraries that Go has built, and Go's own packages.

use crate::blocks::Part;
use crate::build_info::BuildInfo;
use crate::data::Data;
use object::read::archive::ArchiveFile;

/// The most members of one archive that are looked at.
const MEMBERS: usize = 1 << 16;
/// The most bytes of the first line of a package.
const LINE: usize = 1 << 10;

/// A member by its name, which many may share.
pub(crate) type Member<'a, 'b> = (&'a [u8], Part<'b>);

/// The members of an archive with their names, or `None` if it breaks its rules. An archive in an
/// archive stays closed.
pub(crate) fn members<'a, 'b>(file: Part<'b>, data: Data<'a, '_>) -> Option<Vec<Member<'a, 'b>>> {
    let archive = ArchiveFile::parse(data).ok().filter(|archive| !archive.is_thin())?;
    let members = archive.members().take(MEMBERS).map_while(Result::ok).filter_map(|member| {
        let (offset, size) = member.file_range();
        Some((member.name(), file.part(offset, size)?))
    });
    Some(members.collect())
}

/// What the first line of a Go package says: `go object linux amd64 go1.24.3 X:none`.
pub(crate) struct Package {
    pub(crate) os: String,
    pub(crate) arch: String,
    pub(crate) info: BuildInfo,
}

impl Package {
    /// Of the member that has the line.
    pub(crate) fn of(name: &[u8], member: Part<'_>) -> Option<Package> {
        let head = (name == b"__.PKGDEF").then(|| member.head(LINE))?;
        let line = head.split(|byte| *byte == b'\n').next()?;
        let text = std::str::from_utf8(line).ok()?.strip_prefix("go object ")?;
        let mut words = text.split(' ');
        let (os, arch, version) = (words.next()?, words.next()?, words.next()?);
        let info = BuildInfo::of_version(version);
        Some(Package { os: os.to_owned(), arch: arch.to_owned(), info })
    }
}

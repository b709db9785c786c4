//! Zip archives. The whole file is fetched and verified before it is read here, because a zip's
//! directory stands at its end.

use super::limits::allowed;
use super::modes::is_executable;
use super::sink::{Content, Sink, Stream};
use crate::error::{Error, Result, reject};
use crate::store::manifest::FileList;
use goward_resolver::quoted;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use zip::read::Config;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

/// Unpacks a whole archive of `bytes` bytes. If it is a `module`, its files have a module's names.
pub(super) fn unpack(
    mut file: impl Read + Seek,
    bytes: u64,
    module: bool,
    mut sink: Sink,
) -> Result<FileList> {
    let end = read_end(&mut file)?;
    let mut archive =
        ZipArchive::with_config(Config::default(), BufReader::new(file)).map_err(damaged)?;
    if archive.offset() != 0 {
        return Err(reject("there is data before the zip archive"));
    }
    if !archive.comment().is_empty() {
        return Err(reject("the zip archive has a comment, where other data can hide"));
    }
    if archive.has_duplicate_names() {
        return Err(reject("the zip archive names a file twice"));
    }
    let found = (archive.len() as u64, archive.central_directory_start());
    if found != (end.entries, end.directory) || end.directory + end.length + END != bytes {
        return Err(misplaced_end());
    }
    archive.validate_header_consistency().map_err(damaged)?;
    let total = archive.decompressed_size().ok_or_else(|| reject("its sizes are not known"))?;
    if total > u128::from(allowed(bytes)) {
        return Err(reject(format!("it unpacks to {total} bytes, far more than Go archives do")));
    }
    let mut names = module.then(ModuleNames::default);
    for index in 0..archive.len() {
        entry(&mut archive, index, names.as_mut(), &mut sink)?;
    }
    Ok(sink.finish())
}

/// The bytes of an end record without a comment.
const END: u64 = 22;

/// The directory's place according to an end record: number of entries, offset, length.
struct End {
    entries: u64,
    directory: u64,
    length: u64,
}

/// The end record must be the last thing in the file: no comment, nothing appended, one disk. A
/// reader that cannot use it may search for an earlier one, so the caller compares the two.
fn read_end(file: &mut (impl Read + Seek)) -> Result<End> {
    let mut record = [0; END as usize];
    file.seek(SeekFrom::End(-(END as i64))).map_err(|_| misplaced_end())?;
    file.read_exact(&mut record).map_err(unreadable)?;
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let one_disk = record[4..8] == [0; 4];
    if !record.starts_with(b"PK\x05\x06") || !record.ends_with(&[0, 0]) || !one_disk {
        return Err(misplaced_end());
    }
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte));
    let (entries, length) = (number(&record[10..12]), number(&record[12..16]));
    Ok(End { entries, directory: number(&record[16..20]), length })
}

fn misplaced_end() -> Error {
    reject("the zip archive does not end where its end record says")
}

fn entry(
    archive: &mut ZipArchive<impl Read + Seek>,
    index: usize,
    names: Option<&mut ModuleNames>,
    sink: &mut Sink,
) -> Result<()> {
    let mut file = archive.by_index(index).map_err(damaged)?;
    let name = file.name_raw().to_vec();
    let name = match names {
        Some(names) => names.in_archive(&name)?,
        None => name,
    };
    let shown = quoted(&name);
    if file.encrypted() {
        return Err(reject(format!("the entry {shown} is encrypted")));
    }
    if !matches!(file.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
        return Err(reject(format!("the entry {shown} is compressed in an unusual way")));
    }
    let mode = file.unix_mode().unwrap_or_default();
    let kind = mode & 0o170_000;
    if name.ends_with(b"/") {
        // Reading shows content that the size does not admit.
        let empty = file.size() == 0 && file.read(&mut [0]).map_err(unreadable)? == 0;
        return match (kind, empty) {
            (0 | 0o040_000, true) => sink.directory(&name),
            _ => Err(reject(format!("the entry {shown} is not the directory it seems to be"))),
        };
    }
    if !matches!(kind, 0 | 0o100_000) {
        return Err(reject(format!("the entry {shown} is neither a file nor a directory")));
    }
    let path = std::str::from_utf8(&name).unwrap_or_default();
    let executable = path.split_once('/').is_some_and(|(_, path)| is_executable(path));
    let size = file.size();
    sink.file(&name, executable, Content { size, content: &mut Stream(file), broken: unreadable })
}

/// The names in a module zip, which all start with the module's path and version.
#[derive(Default)]
struct ModuleNames {
    prefix: Option<Vec<u8>>,
}

impl ModuleNames {
    /// The name that the file `name` has in an ordinary archive: below `go/`, and with `go.mod`
    /// under its own name (`cmd/go/internal/toolchain/exec.go` renames it back, too).
    fn in_archive(&mut self, name: &[u8]) -> Result<Vec<u8>> {
        let start = b"golang.org/toolchain@";
        let wrong = || {
            let name = quoted(name);
            reject(format!("the entry {name} is not of one version of golang.org/toolchain"))
        };
        let version = name.strip_prefix(start).ok_or_else(wrong)?;
        let end = version.iter().position(|&byte| byte == b'/').ok_or_else(wrong)?;
        let prefix = name[..start.len() + end + 1].to_vec();
        if *self.prefix.get_or_insert_with(|| prefix.clone()) != prefix {
            return Err(wrong());
        }
        let inside = &name[prefix.len()..];
        let directory = inside.iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1);
        let (directory, file) = inside.split_at(directory);
        let file = if file == b"_go.mod" { b"go.mod" } else { file };
        Ok([b"go/", directory, file].concat())
    }
}

fn damaged(error: ZipError) -> Error {
    match error {
        ZipError::Io(error) => unreadable(error),
        error => reject("the zip archive is damaged").because(error),
    }
}

fn unreadable(error: io::Error) -> Error {
    reject("the zip archive is damaged").because(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unpack::modes::Modes;
    use std::io::Cursor;

    fn end(entries: u8, length: u8, directory: u8) -> Vec<u8> {
        let mut record = b"PK\x05\x06\0\0\0\0".to_vec();
        record.extend([entries, 0, entries, 0, length, 0, 0, 0, directory, 0, 0, 0, 0, 0]);
        record
    }

    fn unpacks(archive: &[u8]) -> bool {
        let home = tempfile::tempdir().unwrap();
        let sink = Sink::create(&home.path().join("tree"), Modes::Told).unwrap();
        unpack(Cursor::new(archive), archive.len() as u64, false, sink).is_ok()
    }

    /// If the last end record leads nowhere, no earlier one may take its place.
    #[test]
    fn only_the_last_end_record_counts() {
        let good = end(0, 0, 0);
        assert!(unpacks(&good), "an archive without entries");
        for last in [end(1, 57, 78), end(1, 0, 0), end(0, 0, 0), end(1, 0, 22)] {
            assert!(!unpacks(&[&good[..], &last].concat()), "{last:?}");
        }
    }
}

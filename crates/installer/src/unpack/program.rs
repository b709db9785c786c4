//! One program out of an archive of goward, which is whole in memory and has the digest that it should have.

use super::Format;
use crate::error::{Result, reject};
use flate2::read::GzDecoder;
use std::io::{Cursor, Read};

/// The most bytes of the program.
const LARGEST: u64 = 64 << 20;

/// The content of the regular file at the path `inside` in an archive of this name.
pub(crate) fn program(archive: &[u8], name: &str, inside: &str) -> Result<Vec<u8>> {
    let found = match Format::of(name) {
        Some(Format::TarGz) => of_tar(archive, inside),
        Some(Format::Zip) => of_zip(archive, inside),
        _ => return Err(reject("no archive of a kind that releases have")),
    };
    let found = found.map_err(|error| reject("the archive is damaged").because(error))?;
    match found {
        Some(bytes) if bytes.len() as u64 <= LARGEST => Ok(bytes),
        Some(_) => Err(reject(format!("{inside} has more than {LARGEST} bytes"))),
        None => Err(reject(format!("the archive has no file {inside}"))),
    }
}

fn content(from: impl Read) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn of_tar(archive: &[u8], inside: &str) -> std::io::Result<Option<Vec<u8>>> {
    let mut archive = ::tar::Archive::new(GzDecoder::new(archive));
    for entry in archive.entries()? {
        let entry = entry?;
        let is_it =
            entry.header().entry_type().is_file() && *entry.path_bytes() == *inside.as_bytes();
        if is_it {
            return content(entry);
        }
    }
    Ok(None)
}

fn of_zip(archive: &[u8], inside: &str) -> std::io::Result<Option<Vec<u8>>> {
    let mut archive = ::zip::ZipArchive::new(Cursor::new(archive))?;
    let Some(index) = archive.index_for_name(inside) else { return Ok(None) };
    let entry = archive.by_index(index)?;
    if entry.is_file() { content(entry) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write as _;

    fn tar_gz(kind: ::tar::EntryType, path: &str, content: &[u8]) -> Vec<u8> {
        let mut tar = ::tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let mut header = ::tar::Header::new_ustar();
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o755);
        tar.append_data(&mut header, path, content).unwrap();
        tar.into_inner().unwrap().finish().unwrap()
    }

    #[test]
    fn one_regular_file_is_taken() {
        let file = tar_gz(::tar::EntryType::Regular, "goward-1/goward", b"program");
        let take = |archive: &[u8], name: &str| {
            program(archive, name, "goward-1/goward").map_err(|error| error.to_string())
        };
        assert_eq!(take(&file, "x.tar.gz").unwrap(), b"program");
        let mut zip = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("goward-1/goward", ::zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(b"program").unwrap();
        let zip = zip.finish().unwrap().into_inner();
        assert_eq!(take(&zip, "x.zip").unwrap(), b"program");
        let link = tar_gz(::tar::EntryType::Symlink, "goward-1/goward", b"");
        let other = tar_gz(::tar::EntryType::Regular, "goward-1/other", b"program");
        for (archive, name, words) in [
            (&link[..], "x.tar.gz", "has no file goward-1/goward"),
            (&other, "x.tar.gz", "has no file"),
            (&file[..file.len() / 2], "x.tar.gz", "damaged"),
            (b"x", "x.zip", "damaged"),
            (b"", "x.tar.gz", "damaged"),
            (&file, "x.rar", "no archive of a kind"),
        ] {
            let error = take(archive, name).unwrap_err();
            assert!(error.contains(words), "{words}: {error}");
        }
    }
}

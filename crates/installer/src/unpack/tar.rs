//! Tar archives, read header by header; what the format allows beyond files and directories is
//! refused, and so is whatever two readers could understand differently.

use super::sink::Sink;
use crate::error::{Error, Result, reject};
use crate::file_list::FileList;
use std::io::{self, Read};
use tar::{Archive, EntryType};

/// The most bytes that an extended header may have.
const MAX_EXTENSION: u64 = 64 << 10;
/// Two blocks of zeros end an archive. The reader consumes the first.
const BLOCK: u64 = 512;

/// Unpacks a whole archive.
pub(super) fn unpack(reader: impl Read, mut sink: Sink) -> Result<FileList> {
    let mut archive = Archive::new(reader);
    entries(&mut archive, &mut sink)?;
    end(archive.into_inner())?;
    sink.finish()
}

fn entries(archive: &mut Archive<impl Read>, sink: &mut Sink) -> Result<()> {
    let mut pending = Extension::default();
    // Raw: the crate's own treatment of extended headers is lenient.
    for entry in archive.entries().map_err(damaged)?.raw(true) {
        let mut entry = entry.map_err(damaged)?;
        let header = entry.header();
        let kind = header.entry_type();
        let size = header.entry_size().map_err(damaged)?;
        let name = header.path_bytes().into_owned();
        let mode = header.mode().map_err(damaged)?;
        match kind {
            EntryType::XHeader | EntryType::XGlobalHeader | EntryType::GNULongName => {
                if size > MAX_EXTENSION {
                    return Err(reject(format!("an extended header has {size} bytes")));
                }
                let mut content = Vec::new();
                entry.read_to_end(&mut content).map_err(damaged)?;
                if content.len() as u64 != size {
                    return Err(reject("an extended header is cut short"));
                }
                pending.take(kind, &content)?;
                continue;
            }
            _ => {}
        }
        let extension = std::mem::take(&mut pending);
        if extension.size.is_some_and(|other| other != size) {
            return Err(reject("an entry's header and extended header differ in size"));
        }
        let name = extension.path.unwrap_or(name);
        match kind {
            EntryType::Regular if mode & 0o7000 != 0 => {
                return Err(reject("a file is set-user-ID, set-group-ID or sticky"));
            }
            EntryType::Regular => sink.file(&name, mode & 0o111 != 0, size, &mut entry, damaged)?,
            EntryType::Directory if size == 0 => sink.directory(&name)?,
            EntryType::Directory => return Err(reject("a directory has content")),
            other => {
                let name = String::from_utf8_lossy(&name).escape_debug().to_string();
                return Err(reject(format!(
                    "the entry {name} is neither a file nor a directory ({other:?})"
                )));
            }
        }
    }
    match pending.is_empty() {
        true => Ok(()),
        false => Err(reject("an extended header has no entry after it")),
    }
}

/// After the first block of zeros: at least one more, and nothing but zeros to the end.
fn end(mut reader: impl Read) -> Result<()> {
    let mut buffer = vec![0; 64 << 10];
    let mut zeros = 0;
    loop {
        match reader.read(&mut buffer).map_err(damaged)? {
            0 if zeros >= BLOCK => return Ok(()),
            0 => return Err(reject("the archive has no end mark; it is cut short")),
            read if buffer[..read].iter().all(|&byte| byte == 0) => zeros += read as u64,
            _ => return Err(reject("there is data after the end of the archive")),
        }
    }
}

fn damaged(error: io::Error) -> Error {
    Error::from_io(error, |error| reject("the tar archive is damaged").because(error))
}

/// What extended headers say about the entry that follows them.
#[derive(Default)]
struct Extension {
    path: Option<Vec<u8>>,
    size: Option<u64>,
    pax: bool,
    gnu: bool,
}

impl Extension {
    fn is_empty(&self) -> bool {
        !self.pax && !self.gnu
    }

    fn take(&mut self, kind: EntryType, content: &[u8]) -> Result<()> {
        match kind {
            EntryType::GNULongName if self.is_empty() => {
                self.gnu = true;
                self.path = Some(content.strip_suffix(b"\0").unwrap_or(content).to_vec());
                Ok(())
            }
            EntryType::XHeader if self.is_empty() => {
                self.pax = true;
                records(content, |key, value| match key {
                    b"path" if self.path.is_none() => {
                        self.path = Some(value.to_vec());
                        Ok(())
                    }
                    b"size" if self.size.is_none() => {
                        let size = std::str::from_utf8(value).ok().and_then(|v| v.parse().ok());
                        self.size = Some(size.ok_or_else(|| reject("a PAX size is no number"))?);
                        Ok(())
                    }
                    b"path" | b"size" => Err(reject("a PAX header says something twice")),
                    key if key.starts_with(b"GNU.sparse") => {
                        Err(reject("sparse files are refused"))
                    }
                    _ => Ok(()),
                })
            }
            EntryType::XGlobalHeader => records(content, |key, _| match key {
                b"path" | b"size" | b"linkpath" => {
                    Err(reject("a global PAX header changes every entry after it"))
                }
                _ => Ok(()),
            }),
            _ => Err(reject("an entry has more than one extended header")),
        }
    }
}

/// Splits PAX records: `LENGTH KEY=VALUE\n`, where LENGTH counts the whole record.
fn records(mut rest: &[u8], mut each: impl FnMut(&[u8], &[u8]) -> Result<()>) -> Result<()> {
    let malformed = || reject("a PAX header is malformed");
    while !rest.is_empty() {
        let blank = rest.iter().position(|&byte| byte == b' ').ok_or_else(malformed)?;
        let length = std::str::from_utf8(&rest[..blank]).ok().and_then(|text| text.parse().ok());
        let length: usize = length.ok_or_else(malformed)?;
        let record = rest.get(blank + 1..length).ok_or_else(malformed)?;
        let record = record.strip_suffix(b"\n").ok_or_else(malformed)?;
        let equals = record.iter().position(|&byte| byte == b'=').ok_or_else(malformed)?;
        each(&record[..equals], &record[equals + 1..])?;
        rest = &rest[length..];
    }
    Ok(())
}

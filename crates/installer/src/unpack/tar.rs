//! Tar archives, read header by header. Only files and directories are accepted, and nothing that
//! two readers could understand differently.

use super::sink::{Content, Sink, Stream};
use super::tar_header::TarHeader;
use crate::error::{Error, Result, reject};
use crate::store::manifest::FileList;
use goward_resolver::quoted;
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
    Ok(sink.finish())
}

fn entries(archive: &mut Archive<impl Read>, sink: &mut Sink) -> Result<()> {
    let mut pending = Extension::default();
    // Raw, because the crate reads extended headers leniently.
    for entry in archive.entries().map_err(damaged)?.raw(true) {
        let mut entry = entry.map_err(damaged)?;
        let TarHeader { kind, name, size, mode } = TarHeader::read(entry.header())?;
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
            EntryType::Regular => {
                let content = Content { size, content: &mut Stream(&mut entry), broken: damaged };
                sink.file(&name, mode & 0o111 != 0, content)?;
            }
            EntryType::Directory if size == 0 => sink.directory(&name)?,
            EntryType::Directory => return Err(reject("a directory has content")),
            other => {
                return Err(reject(format!(
                    "the entry {} is neither a file nor a directory ({other:?})",
                    quoted(&name)
                )));
            }
        }
    }
    if pending.taken { Err(reject("an extended header has no entry after it")) } else { Ok(()) }
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

/// The fields of extended headers for the entry after them.
#[derive(Default)]
struct Extension {
    path: Option<Vec<u8>>,
    size: Option<u64>,
    /// Whether there was one that is for that entry alone.
    taken: bool,
}

impl Extension {
    fn take(&mut self, kind: EntryType, content: &[u8]) -> Result<()> {
        // Go ignores one before a global one; other readers do not.
        if self.taken {
            return Err(reject("an entry has more than one extended header"));
        }
        self.taken = kind != EntryType::XGlobalHeader;
        match kind {
            EntryType::GNULongName => {
                self.path = Some(content.strip_suffix(b"\0").unwrap_or(content).to_vec());
                Ok(())
            }
            EntryType::XHeader => records(content, |key, value| match key {
                b"path" if self.path.is_none() => {
                    self.path = Some(value.to_vec());
                    Ok(())
                }
                b"size" if self.size.is_none() => {
                    let size = decimal(value);
                    self.size = Some(size.ok_or_else(|| reject("a PAX size is no number"))?);
                    Ok(())
                }
                b"path" | b"size" => Err(reject("a PAX header says something twice")),
                key => refuse_sparse(key),
            }),
            _ => records(content, |key, _| match key {
                b"path" | b"size" | b"linkpath" => {
                    Err(reject("a global PAX header changes every entry after it"))
                }
                key => refuse_sparse(key),
            }),
        }
    }
}

/// Keys by which some readers expand a file beyond its bytes.
fn refuse_sparse(key: &[u8]) -> Result<()> {
    let sparse = key.starts_with(b"GNU.sparse")
        || [&b"SCHILY.realsize"[..], b"SUN.holesdata"].contains(&key);
    if sparse { Err(reject("sparse files are refused")) } else { Ok(()) }
}

/// Splits PAX records: `LENGTH KEY=VALUE\n`, where LENGTH counts the whole record. As in Go, keys
/// have no NUL: some readers would end them there.
fn records(mut rest: &[u8], mut each: impl FnMut(&[u8], &[u8]) -> Result<()>) -> Result<()> {
    let malformed = || reject("a PAX header is malformed");
    while !rest.is_empty() {
        let blank = rest.iter().position(|&byte| byte == b' ').ok_or_else(malformed)?;
        let length = decimal(&rest[..blank]).and_then(|length| usize::try_from(length).ok());
        let length = length.ok_or_else(malformed)?;
        let record = rest.get(blank + 1..length).ok_or_else(malformed)?;
        let record = record.strip_suffix(b"\n").ok_or_else(malformed)?;
        let equals = record.iter().position(|&byte| byte == b'=').ok_or_else(malformed)?;
        let key = &record[..equals];
        if key.is_empty() || key.contains(&0) {
            return Err(malformed());
        }
        each(key, &record[equals + 1..])?;
        rest = &rest[length..];
    }
    Ok(())
}

/// A number of decimal digits: no sign, and no leading zero, because some readers would take it for
/// an octal number.
fn decimal(text: &[u8]) -> Option<u64> {
    let plain =
        text.iter().all(u8::is_ascii_digit) && (text.len() == 1 || text.first() != Some(&b'0'));
    std::str::from_utf8(text).ok().filter(|_| plain)?.parse().ok()
}

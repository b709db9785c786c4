//! The record of a mark: a file in the cache, which Go leaves alone. Its lock keeps marks and trims apart,
//! and it travels with the cache, as the times of the entries do.

use super::error::Error;
use super::{Seconds, Work};
use crate::directory::{Access, Directory, is_link, is_own};
use crate::lock;
use goward_installer::Format;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

/// The name of the file.
pub(super) const NAME: &str = "goward-mark.txt";

/// No record is longer. In bytes.
const LIMIT: usize = 4096;

/// The open record of a cache, and its lock.
pub(super) struct Record {
    file: File,
    path: PathBuf,
}

#[derive(Deserialize, Serialize)]
struct Text {
    #[serde(default)]
    format: Format,
    /// When the mark was complete. A newer format may say it otherwise.
    marked: Option<Seconds>,
}

impl Record {
    /// The record of a cache, locked; makes it if there is none.
    pub(super) fn create(cache: &Directory, work: &Work<'_>) -> Result<Record, Error> {
        let path = cache.path.join(NAME);
        Record::open(cache.file(NAME, Access::Create), path)?.locked(work)
    }

    /// The record of a cache, locked; `None` if there is none. Who only looks takes no lock: on NFS that is
    /// one for writers alone, and may wait for a server.
    pub(super) fn find(cache: &Directory, work: &Work<'_>) -> Result<Option<Record>, Error> {
        let path = cache.path.join(NAME);
        let access = if work.dry_run { Access::Read } else { Access::Write };
        match cache.file(NAME, access) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            file if work.dry_run => Record::open(file, path).map(Some),
            file => Record::open(file, path)?.locked(work).map(Some),
        }
    }

    fn open(file: io::Result<File>, path: PathBuf) -> Result<Record, Error> {
        let cannot = |action| {
            let path = path.clone();
            move |error| Error::Io(action, path, error)
        };
        let file = match file {
            Err(error) if is_link(&error) => return Err(Error::Record(path)),
            file => file.map_err(cannot("open"))?,
        };
        if !is_own(&file).map_err(cannot("read"))? {
            return Err(Error::Record(path));
        }
        Ok(Record { file, path })
    }

    fn locked(self, work: &Work<'_>) -> Result<Record, Error> {
        let locked = lock::wait(&self.file, &self.path, &work.patience);
        match locked.map_err(|error| Error::Io("lock", self.path.clone(), error))? {
            true => Ok(self),
            false => Err(Error::Busy(self.path, work.patience.most)),
        }
    }

    /// When the cache was marked; `None` if the mark was interrupted.
    pub(super) fn marked(&self) -> Result<Option<Seconds>, Error> {
        match self.text()? {
            None => Ok(None),
            Some(Text { marked: Some(marked), .. }) => Ok(Some(marked)),
            Some(_) => Err(Error::Newer(self.path.clone())),
        }
    }

    /// Refuses to replace what a newer goward wrote, or another program.
    pub(super) fn check(&self) -> Result<(), Error> {
        match self.text()? {
            Some(text) if text.format.is_newer() => Err(Error::Newer(self.path.clone())),
            _ => Ok(()),
        }
    }

    fn text(&self) -> Result<Option<Text>, Error> {
        let mut bytes = [0; LIMIT];
        let read = self.file.read_at(&mut bytes, 0);
        let read = read.map_err(|error| Error::Io("read", self.path.clone(), error))?;
        if read == 0 {
            return Ok(None);
        }
        let text: Option<Text> = serde_json::from_slice(&bytes[..read]).ok();
        let known = text.filter(|text| text.marked.is_some() || text.format.is_newer());
        known.map(Some).ok_or_else(|| Error::Record(self.path.clone()))
    }

    /// Forgets the mark: until the next one is complete, the cache counts as not marked.
    pub(super) fn clear(&self) -> Result<(), Error> {
        self.file.set_len(0).map_err(|error| Error::Io("write", self.path.clone(), error))
    }

    /// Notes a complete mark.
    pub(super) fn note(&self, now: Seconds) -> Result<(), Error> {
        let text = Text { format: Format::default(), marked: Some(now) };
        let text = serde_json::to_vec(&text).unwrap_or_default();
        let written = self.file.write_all_at(&[&text[..], b"\n"].concat(), 0);
        written.map_err(|error| Error::Io("write", self.path.clone(), error))
    }
}

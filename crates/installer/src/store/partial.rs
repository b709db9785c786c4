//! The part of an archive that a dead process had fetched: the next process goes on from there.
//!
//! While an archive arrives, its bytes go to a file in staging as well, and a note beside it names
//! their URL. goward trusts neither: the digest of the whole decides. If that differs, goward
//! fetches everything anew.

use crate::digests::Digest;
use crate::read;
use crate::shown::Shown as _;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The most bytes that a note may have.
const MAX_NOTE: usize = 64 << 10;

/// The copy of an archive that is being written.
pub(crate) struct ArchiveCopy {
    file: File,
    note: PathBuf,
    /// Whether the install needs it, and not only a later one if this one dies.
    needed: bool,
}

impl ArchiveCopy {
    /// Creates it at `archive`, in a directory that no other user can reach.
    pub(crate) fn create(archive: &Path, needed: bool) -> io::Result<ArchiveCopy> {
        let file = crate::store::replace::create(archive)?;
        Ok(ArchiveCopy { file, note: note(archive), needed })
    }

    /// Notes that the bytes are those of `url`, and the condition of a request for the rest.
    pub(crate) fn begins(&self, url: &str, state: Option<&str>) {
        let noted = match state {
            // The URL itself may hold a password.
            Some(state) => fs::write(&self.note, format!("{}\n{state}", Digest::of(url))),
            // Without the condition no later process can go on.
            None => fs::remove_file(&self.note),
        };
        if let Err(error) = noted {
            tracing::debug!(%error, note = %self.note.shown(), "a copy stays without a note");
        }
    }

    /// Adds bytes. Returns whether there is still a copy.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> io::Result<bool> {
        match self.file.write_all(bytes) {
            Err(error) if self.needed => Err(error),
            Err(error) => {
                tracing::debug!(%error, "no copy is kept to go on from");
                // The tree may lack this room. The sweep of staging deletes the rest.
                let _ = self.file.set_len(0);
                Ok(false)
            }
            Ok(()) => Ok(true),
        }
    }
}

/// The part of an archive that a dead process left. Its file may be deleted already.
pub(crate) struct Partial {
    file: File,
    bytes: u64,
    url: String,
    state: String,
}

impl Partial {
    /// The part at `archive` with its note, if there is one from which a process can go on.
    pub(crate) fn find(archive: &Path) -> Option<Partial> {
        let text = read::read_text(&note(archive), MAX_NOTE).ok()?;
        let (url, state) = text.split_once('\n')?;
        let file = read::open(archive).ok()?;
        let bytes = file.metadata().ok()?.len();
        let (url, state) = (url.to_owned(), state.to_owned());
        (bytes > 0 && !state.is_empty()).then_some(Partial { file, bytes, url, state })
    }

    /// Whether the bytes came from `url`.
    pub(crate) fn is_of(&self, url: &str) -> bool {
        self.url == Digest::of(url).to_string()
    }

    /// The number of bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The bytes, and the state of the archive of which they are the beginning.
    pub(crate) fn open(self) -> (File, String) {
        (self.file, self.state)
    }
}

fn note(archive: &Path) -> PathBuf {
    archive.with_extension("of")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_an_archive_is_found_with_its_note() {
        let home = tempfile::tempdir().unwrap();
        let archive = home.path().join("archive");
        let mut copy = ArchiveCopy::create(&archive, false).unwrap();
        assert!(Partial::find(&archive).is_none(), "there is no note yet");
        copy.begins("https://user:secret@host/a", Some("\"tag\""));
        assert!(Partial::find(&archive).is_none(), "there is nothing yet");
        assert!(copy.add(b"beginning").unwrap());
        let partial = Partial::find(&archive).unwrap();
        assert_eq!(partial.bytes(), 9);
        assert!(partial.is_of("https://user:secret@host/a"));
        assert!(!partial.is_of("https://host/a"));
        assert_eq!(partial.open().1, "\"tag\"");
        assert!(!fs::read_to_string(note(&archive)).unwrap().contains("secret"));
        copy.begins("https://user:secret@host/a", None);
        assert!(Partial::find(&archive).is_none(), "the server promises nothing");
    }
}

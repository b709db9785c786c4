//! The records of consent: private copies of trusted files.

use crate::error::{Error, OrCannot as _, Result};
use crate::read;
use crate::store::Store;
use crate::store::replace::temporary::is_temporary;
use crate::store::replace::{Follow, Place};
use goward_resolver::ENV_LIMIT;
use std::fs::{self, DirBuilder};
use std::path::{Path, PathBuf};

/// The user's consent to one file, given or not.
#[derive(Debug)]
pub struct Consent {
    store: Store,
    path: PathBuf,
}

impl Store {
    /// The consent whose record lies at `record`, as [`goward_resolver::trust_record`] says.
    pub fn consent(&self, record: PathBuf) -> Consent {
        Consent { store: self.clone(), path: record }
    }

    /// Every consent with the file that it is about, in the order of their paths.
    pub fn consents(&self) -> Vec<(PathBuf, Consent)> {
        let trust = self.trust_dir();
        let (mut found, mut open) = (Vec::new(), vec![trust.clone()]);
        while let Some(dir) = open.pop() {
            for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
                let path = entry.path();
                let kind = entry.file_type();
                if kind.as_ref().is_ok_and(fs::FileType::is_dir) {
                    open.push(path);
                } else if is_temporary(&entry.file_name()) || !kind.is_ok_and(|kind| kind.is_file())
                {
                    // A process that was killed left it, or it is no record.
                } else if let Ok(relative) = path.strip_prefix(&trust) {
                    found.push((original(relative), self.consent(path)));
                }
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }
}

impl Consent {
    /// The path of its record.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the user gave it.
    pub fn exists(&self) -> bool {
        self.path.is_file()
    }

    /// The bytes to which the user gave it.
    pub fn read(&self) -> Option<Vec<u8>> {
        read::read(&self.path, ENV_LIMIT).ok()
    }

    /// Gives it to `bytes`. No other user may read or write the record: the copy may hold secrets,
    /// and a user who could write it could consent.
    ///
    /// # Errors
    /// If the store is not the caller's own, or the record cannot be written.
    pub fn give(&self, bytes: &[u8]) -> Result<()> {
        self.store.prepare()?;
        let trust = self.store.trust_dir();
        let dir = self.path.parent().unwrap_or(&trust);
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(dir).or_cannot("create", dir)?;
        let place = Place::find(&self.path, Follow::Never).map_err(Error::of_store)?;
        place.replace_private(bytes).map_err(Error::of_store)
    }

    /// Takes it back: removes the record, and the directories that hold nothing else.
    ///
    /// # Errors
    /// If the store is not the caller's own, or the record cannot be removed.
    pub fn revoke(&self) -> Result<()> {
        self.store.check()?;
        fs::remove_file(&self.path).or_cannot("remove", &self.path)?;
        let trust = self.store.trust_dir();
        let mut above = self.path.ancestors().skip(1).take_while(|dir| *dir != trust);
        // The first directory that holds something else ends this.
        let _ = above.try_for_each(fs::remove_dir);
        Ok(())
    }
}

/// The path of the trusted file. On Windows the first component of `relative` is a drive.
fn original(relative: &Path) -> PathBuf {
    if cfg!(windows) {
        let mut parts = relative.components();
        let drive = parts.next().map(|part| part.as_os_str().to_string_lossy().into_owned());
        return PathBuf::from(format!("{}:\\", drive.unwrap_or_default())).join(parts.as_path());
    }
    Path::new("/").join(relative)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn records_are_private_and_leave_nothing() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("trust/home/me/p/.goenv");
        let store = Store::open(root.path()).unwrap();
        let consent = store.consent(path.clone());
        assert_eq!(consent.read(), None);
        consent.give(b"x").unwrap();
        assert_eq!(consent.read().as_deref(), Some(&b"x"[..]));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        for dir in path.ancestors().skip(1).take(4) {
            assert_eq!(mode(dir), 0o700);
        }
        // A killed process's leftover is no record, and the next write deletes it.
        let left = path.with_file_name("..goenv.goward-00112233445566ff");
        fs::write(&left, "x").unwrap();
        let files: Vec<_> = store.consents().into_iter().map(|(file, _)| file).collect();
        assert_eq!(files, [Path::new("/home/me/p/.goenv")]);
        consent.give(b"y").unwrap();
        assert!(!left.exists());
        consent.revoke().unwrap();
        assert_eq!(fs::read_dir(root.path().join("trust")).unwrap().count(), 0);
    }
}

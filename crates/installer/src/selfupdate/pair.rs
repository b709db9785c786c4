//! A manager with its shim: staged, tried out, and put in place of the store's own.

use super::release::ReleaseVersion;
use super::trial::Trial;
use crate::checkpoint;
use crate::error::{Error, OrCannot as _, Result, reject};
use crate::read;
use crate::shown::Shown as _;
use crate::store::Store;
use crate::store::program::{self, PROGRAM_LIMIT, Program};
use crate::store::replace::check_program;
use crate::store::staging::Staging;
use goward_resolver::shim_version;
use std::fs;
use std::path::{Path, PathBuf};

/// A manager and its shim, as files in staging.
pub(super) struct Pair {
    manager: PathBuf,
    shim: PathBuf,
}

/// The paths of a pair in a directory.
fn in_directory(directory: &Path) -> Pair {
    let file = |name: &str| directory.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    Pair { manager: file("goward"), shim: file("go") }
}

/// A new directory in staging.
fn fresh(staging: &Staging, name: &str) -> Result<PathBuf> {
    let directory = staging.directory().join(name);
    fs::create_dir(&directory).or_cannot("create", &directory)?;
    Ok(directory)
}

impl Pair {
    /// Stages the manager of release `version` with this content, and the shim that is in it.
    ///
    /// # Errors
    /// If it does not start, is of another version, cannot use the store, or has no shim of its version in it.
    pub(super) fn unpack(
        store: &Store,
        staging: &Staging,
        bytes: &[u8],
        version: &ReleaseVersion,
    ) -> Result<Pair> {
        let pair = in_directory(&fresh(staging, "new")?);
        program::write(bytes, &pair.manager).or_cannot("write", &pair.manager)?;
        let trial = Trial { program: &pair.manager, store };
        let said = trial.version()?;
        if said != *version {
            return Err(reject(format!("the archive of goward {version} has goward {said} in it")));
        }
        trial.check(Some(&pair.shim))?;
        let shim = read::read(&pair.shim, PROGRAM_LIMIT).or_cannot("read", &pair.shim)?;
        match shim_version(&shim) {
            Some(of) if of == version.to_string() => Ok(pair),
            _ => Err(reject(format!("goward {version} has no shim of that version in it"))),
        }
    }

    /// Stages copies of the pair that the last update has replaced, with the version of its manager.
    ///
    /// # Errors
    /// If there is none, another user could have put it there, or it cannot use the store any more.
    pub(super) fn previous(store: &Store, staging: &Staging) -> Result<(Pair, ReleaseVersion)> {
        let kept = in_directory(&store.previous_dir());
        if kept.manager.symlink_metadata().is_err() || kept.shim.symlink_metadata().is_err() {
            let place = store.previous_dir();
            return Err(Error::not_found(format!(
                "no update has left a pair in {}",
                place.shown()
            ))
            .hint("name the version that you want: goward self update VERSION"));
        }
        let pair = in_directory(&fresh(staging, "new")?);
        for (from, to) in [(&kept.manager, &pair.manager), (&kept.shim, &pair.shim)] {
            check_program(from)?;
            Program::File(from.clone()).write(to).or_cannot("write", to)?;
        }
        let shim = read::read(&pair.shim, PROGRAM_LIMIT).or_cannot("read", &pair.shim)?;
        if shim_version(&shim).is_none() {
            return Err(reject(format!("{} is no shim of goward's", kept.shim.shown())));
        }
        let trial = Trial { program: &pair.manager, store };
        let version = trial.version()?;
        trial.check(None)?;
        Ok((pair, version))
    }
}

impl Store {
    /// Puts a pair in place: the shims first, which understand an older manager, then the manager. The one that
    /// was there becomes the previous one, as a whole.
    pub(super) fn exchange(&self, pair: &Pair, staging: &Staging) -> Result<()> {
        let (manager, shim) =
            (Program::File(pair.manager.clone()), Program::File(pair.shim.clone()));
        let places = [
            (&shim, self.shim_file("go")),
            (&shim, self.shim_file("gofmt")),
            (&manager, self.manager_file()),
        ];
        // Another process may have made the same update while this one waited.
        if places.iter().all(|(program, to)| program.is_there(to)) {
            return Ok(());
        }
        self.keep_previous(staging)?;
        for (program, to) in places {
            checkpoint::reach("self-update-place");
            self.place(program, &to)?;
        }
        self.relink()
    }

    /// Keeps copies of the present pair. One rename brings them in place, so no reader sees a pair of two
    /// versions.
    fn keep_previous(&self, staging: &Staging) -> Result<()> {
        let kept = fresh(staging, "previous")?;
        let copies = in_directory(&kept);
        for (from, to) in
            [(self.manager_file(), copies.manager), (self.shim_file("go"), copies.shim)]
        {
            Program::File(from).write(&to).or_cannot("write", &to)?;
        }
        let place = self.previous_dir();
        if place.symlink_metadata().is_ok() {
            let old = staging.directory().join("old");
            fs::rename(&place, &old).or_cannot("move away", &place)?;
        }
        checkpoint::reach("self-update-previous");
        fs::rename(&kept, &place).or_cannot("write", &place)
    }
}

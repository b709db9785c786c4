//! What is wrong with goward's own settings.

use crate::config::Config;
use crate::config::policy_file::FILE;
use crate::context::Context;
use crate::failure::{Failure, Result};
use goward_govern::doctor::facts::Misset;
use goward_installer::{CONFIG, Store};
use goward_resolver::Survey;
use std::path::{Path, PathBuf};

/// What there is to say of settings.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) missets: Vec<Misset>,
    /// The files that are there.
    pub(super) files: Vec<PathBuf>,
}

impl Settings {
    /// Reads the files, and judges what they and the variables say together.
    pub(super) fn of(cx: &Context, here: Option<&Survey<'_>>, store: Option<&Store>) -> Settings {
        let mut found = Settings::default();
        // The page says it.
        cx.warned.set(true);
        let policy = cx.policy().map(|policy| policy.map(|file| file.config.unknown.clone()));
        found.file(Path::new(FILE), policy.map(Option::unwrap_or_default));
        if let (Some(store), Ok(roots)) = (store, cx.roots()) {
            let file = store.root().join(CONFIG);
            let own = Config::read(&roots, &file);
            found.file(&file, own.map(|config| config.unknown));
        }
        // Each of the files makes sense by itself here.
        let makes_sense = found.missets.iter().all(|one| one.is_harmless);
        if let (Some(here), Some(store), true) = (here, store, makes_sense) {
            let settings = cx.settings(here, store).err();
            let faults = settings.into_iter().chain(cx.minimum(store).err());
            faults.for_each(|failure| found.add(failure));
        }
        found
    }

    /// Notes a file, with the keys in it that goward does not know.
    fn file(&mut self, file: &Path, unknown: Result<Vec<String>>) {
        if file.symlink_metadata().is_ok() {
            self.files.push(file.to_owned());
        }
        let words = "goward does nothing by it: mend the name, or take it out";
        let misset = |message| Misset { is_harmless: true, message, words: words.to_owned() };
        match unknown {
            Err(failure) => self.add(failure),
            Ok(unknown) => self.missets.extend(unknown.into_iter().map(misset)),
        }
    }

    fn add(&mut self, failure: Failure) {
        let causes = failure.causes.into_iter();
        let message = failure.message.into_iter().chain(causes).collect::<Vec<_>>().join(": ");
        let words = failure.hints.join("; ");
        if self.missets.iter().all(|known| known.message != message) {
            self.missets.push(Misset { is_harmless: false, message, words });
        }
    }
}

//! The file of `--output`.

use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use goward_govern::repo;
use goward_installer::canonical;
use goward_installer::replace::{Follow, Place};
use std::path::{Path, PathBuf};

/// The file, and the repositories that are checked.
pub(super) struct Report {
    file: PathBuf,
    tops: Vec<PathBuf>,
}

impl Report {
    /// Refuses links before there is anything to write. `paths` are those to report on.
    pub(super) fn new(file: PathBuf, paths: &[PathBuf]) -> Result<Report> {
        let here = [PathBuf::from(".")];
        // One that is not there is in the index alone, if anywhere.
        let tops = paths.iter().chain(&here).filter_map(|path| repo::top_around(path).ok());
        let report = Report { tops: tops.collect(), file };
        report.place()?;
        Ok(report)
    }

    /// Puts the whole report there, or nothing.
    pub(super) fn write(&self, report: &[u8]) -> Result<()> {
        Ok(self.place()?.replace(report)?)
    }

    fn place(&self) -> Result<Place> {
        let failed = |why: String| {
            Failure::new(Exit::Failure, format!("cannot write {}", self.file.shown())).because(why)
        };
        if is_link(&self.file) {
            return Err(failed("it is a link".to_owned()).hint("name the file itself"));
        }
        let whole = std::path::absolute(&self.file);
        let whole = whole.map_err(|error| failed(error.to_string()))?;
        if let Some(link) = whole.ancestors().skip(1).find(|dir| self.has_link(dir)) {
            return Err(failed(format!("{} is a link of the repository", link.shown()))
                .hint("name the directory to which it leads, if that is meant"));
        }
        Ok(Place::find(&self.file, Follow::Never)?)
    }

    /// Whether a link lies below the top of a repository, where anyone may have committed it.
    fn has_link(&self, dir: &Path) -> bool {
        let above = || canonical(dir.parent()?).ok();
        is_link(dir)
            && above().is_some_and(|above| self.tops.iter().any(|top| above.starts_with(top)))
    }
}

fn is_link(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|facts| facts.is_symlink())
}

//! A cheap look at an installed toolchain: whether each file is there, with the size that it was installed with.

use super::{Difference, DifferenceKind, MAX_MANIFEST};
use crate::digests::Digest;
use crate::error::{Result, reject};
use crate::read::read_text;
use crate::shown::Shown as _;
use crate::store::Store;
use crate::store::manifest::Line;
use std::time::Instant;

/// So many files are looked at between two looks at the clock.
const ROUND: usize = 256;

/// What a glance saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Glance {
    /// Every file is there, with its size.
    Whole,
    /// So many are not, and one of them.
    Damaged(usize, Difference),
    /// There is no list of its files.
    Unknown,
    /// The time was over before all was seen.
    Unfinished,
}

impl Store {
    /// Looks whether each file of the toolchain `name` is there and has its size, until the time `by`. Neither what the files
    /// hold nor what was added shows: [`Store::audit`] sees that.
    ///
    /// # Errors
    /// If it is not installed, or its record is damaged.
    pub fn glance(&self, name: &str, by: Instant) -> Result<Glance> {
        let tree = self.require(name)?.directory().to_path_buf();
        let receipt = self.receipt(name)?;
        // Only a newer goward can read its own list.
        let receipt = receipt.filter(|receipt| !receipt.format.is_newer());
        let Some(digest) = receipt.and_then(|receipt| receipt.files.contents) else {
            return Ok(Glance::Unknown);
        };
        let path = self.manifest_file(name);
        let damaged = || reject(format!("the manifest {} is damaged", path.shown()));
        let text = read_text(&path, MAX_MANIFEST).map_err(|error| damaged().because(error))?;
        if Digest::of(&text).to_string() != digest {
            return Err(damaged());
        }
        let (mut count, mut first) = (0, None);
        for (at, line) in text.lines().enumerate() {
            if at % ROUND == 0 && Instant::now() > by && first.is_none() {
                return Ok(Glance::Unfinished);
            }
            let (line, _) = Line::parse(line).ok_or_else(damaged)?;
            let kind = match tree.join(&line.path).symlink_metadata() {
                Err(_) => DifferenceKind::Missing,
                Ok(found) if !found.is_file() => DifferenceKind::Replaced,
                Ok(found) if found.len() != line.size => DifferenceKind::Changed,
                Ok(_) => continue,
            };
            count += 1;
            first.get_or_insert(Difference { path: line.path, kind });
            if Instant::now() > by {
                break;
            }
        }
        Ok(first.map_or(Glance::Whole, |first| Glance::Damaged(count, first)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assurance::Assurance;
    use crate::format::Format;
    use crate::store::receipt::Receipt;
    use std::fs;
    use std::time::Duration;

    #[test]
    fn a_lost_and_a_short_file_are_seen_within_the_time() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path().join("root")).unwrap();
        store.prepare().unwrap();
        let name = "go1.22.10";
        let tree = store.toolchains_dir().join(name);
        fs::create_dir_all(tree.join("bin")).unwrap();
        for (file, text) in [("VERSION", "go1.22.10\n"), ("bin/go", "x"), ("README", "read")] {
            fs::write(tree.join(file), text).unwrap();
        }
        let later = Instant::now() + Duration::from_secs(60);
        assert_eq!(store.glance(name, later).unwrap(), Glance::Unknown, "it has no receipt");
        receipt(&tree).write(&store, name).unwrap();
        assert_eq!(store.glance(name, later).unwrap(), Glance::Whole);
        assert_eq!(
            store.glance(name, Instant::now() - Duration::from_millis(1)).unwrap(),
            Glance::Unfinished
        );
        fs::write(tree.join("README"), "rea").unwrap();
        fs::remove_file(tree.join("bin/go")).unwrap();
        let short = Difference { path: "README".to_owned(), kind: DifferenceKind::Changed };
        assert_eq!(store.glance(name, later).unwrap(), Glance::Damaged(2, short));
        fs::write(store.manifest_file(name), "x").unwrap();
        assert!(store.glance(name, later).unwrap_err().to_string().contains("is damaged"));
    }

    fn receipt(tree: &std::path::Path) -> Receipt {
        Receipt {
            format: Format::default(),
            toolchain: "go1.22.10".into(),
            platform: crate::Platform::host().to_string(),
            source: "here".into(),
            sha256: String::new(),
            size: 0,
            assurance: Assurance::User,
            built_with: None,
            installed: 0,
            files: crate::unpack::list(tree).unwrap(),
        }
    }
}

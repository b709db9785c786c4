//! Compares every tree and every zip of a module cache with its hash.

use super::error::Error;
use super::listing::{Listing, below, is_fresh};
use super::tree::{Files, Tree, of_zip};
use super::verified::{Bad, Fault, Fix, Verified};
use super::version::Version;
use super::{Sums, Work, removal};
use crate::directory::{Directory, Standing, me};
use crate::pool;
use goward_installer::{Difference, DifferenceKind, H1, Unsummed};
use rayon::prelude::*;
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

/// The most files of one tree that are named.
const MOST: usize = 100;
/// The files that a thread has open: the directories down to a file of a tree, and what lists one.
const OPEN: u64 = 24;
/// A hash has fewer bytes.
const HASH_LIMIT: u64 = 128;

/// Compares every tree and every zip, on all processors. With `fix` it removes damaged trees, if their zips are
/// sound: Go unpacks these again.
///
/// # Errors
/// If the directory is no module cache, or cannot be read.
pub fn verify(work: &Work<'_>) -> Result<Verified, Error> {
    let Some(cache) = open(work)? else { return Ok(Verified::default()) };
    let Listing { versions, trees } = Listing::of(&cache)?;
    let mut verified = Verified { is_there: true, ..Verified::default() };
    let known: HashSet<String> = versions.iter().map(Version::tree).collect();
    verified.unknown = trees.into_iter().filter(|tree| !known.contains(tree)).collect();
    let versions: Vec<Version> = versions.into_iter().collect();
    let sums = work.sums;
    let looked: Vec<Looked> = pool::with_files(OPEN, || {
        versions.par_iter().map(|version| Look { cache: &cache, sums, version }.run()).collect()
    });
    for (version, looked) in versions.iter().zip(looked) {
        verified.trees += u64::from(looked.has_tree);
        verified.zips += u64::from(looked.has_zip);
        verified.bytes = verified.bytes.saturating_add(looked.bytes);
        if looked.is_partial {
            verified.partial.push(version.clone());
        }
        let is_zip_sound = looked.bad.iter().all(|bad| bad.fault.kind() == "tree");
        for mut bad in looked.bad {
            let why = unmendable(&bad.fault, looked.has_zip && is_zip_sound);
            bad.fix = match why {
                Some(why) => Fix::Stays(why.to_owned()),
                None if work.fix => mend(work, &cache, version),
                None => Fix::Unasked,
            };
            verified.bad.push(bad);
        }
    }
    Ok(verified)
}

/// Opens the directory at `path`, of any owner; `None` if there is none.
pub(super) fn directory(path: &Path) -> Result<Option<Directory>, Error> {
    match Directory::find(path).map_err(|error| Error::Io("read", path.to_owned(), error))? {
        Standing::Nothing => Ok(None),
        Standing::Link => Err(Error::Link(path.to_owned())),
        Standing::Other => Err(Error::NotDirectory(path.to_owned())),
        Standing::Directory(directory) => Ok(Some(directory)),
    }
}

/// Opens the cache; `None` if there is none.
fn open(work: &Work<'_>) -> Result<Option<Directory>, Error> {
    let Some(directory) = directory(work.cache)? else { return Ok(None) };
    let cannot = |error| Error::Io("read", directory.path.clone(), error);
    let owner = directory.owner().map_err(cannot)?;
    if work.fix && owner != me() {
        return Err(Error::Owner(directory.path, owner));
    }
    let mut is_empty = true;
    directory
        .names(|_| {
            is_empty = false;
            false
        })
        .map_err(cannot)?;
    match below(&directory, "cache/download") {
        Ok(_) => Ok(Some(directory)),
        Err(_) if is_empty || is_fresh(&directory) => Ok(None),
        Err(_) => Err(Error::Unproven(directory.path)),
    }
}

/// Why goward mends no such damage.
fn unmendable(fault: &Fault, is_zip_sound: bool) -> Option<&'static str> {
    match fault {
        Fault::Tree { .. } if is_zip_sound => None,
        Fault::Tree { .. } => Some("there is no sound zip to unpack again"),
        _ => Some("goward removes trees alone"),
    }
}

/// Removes a damaged tree, which Go can unpack again.
fn mend(work: &Work<'_>, cache: &Directory, version: &Version) -> Fix {
    let removed = removal::lock(cache, version, &work.patience).and_then(|lock| {
        // Go may have unpacked it anew meanwhile.
        let again = Look { cache, sums: work.sums, version }.run();
        match again.bad.is_empty() {
            true => Ok(()),
            false => lock.remove(cache, version),
        }
    });
    removed.map_or_else(|error| Fix::Stays(error.to_string()), |()| Fix::Removed)
}

/// A look at one version.
#[derive(Clone, Copy)]
struct Look<'a> {
    cache: &'a Directory,
    sums: &'a Sums,
    version: &'a Version,
}

/// What it found.
#[derive(Default)]
struct Looked {
    has_tree: bool,
    has_zip: bool,
    is_partial: bool,
    bytes: u64,
    bad: Vec<Bad>,
}

impl Look<'_> {
    fn run(self) -> Looked {
        let mut looked = Looked::default();
        // Another process may remove the module meanwhile.
        let downloads = match below(self.cache, &self.version.downloads()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return looked,
            Err(error) => {
                let path = self.cache.path.join(self.version.downloads());
                looked.bad.push(self.bad(path, Fault::Unsound(error.to_string())));
                return looked;
            }
            Ok(downloads) => downloads,
        };
        let zip = self.version.file("zip");
        let said = self.said(&mut looked, &downloads);
        let sum = self.sums.of(self.version);
        if let (Some(said), Some(sum)) = (said, sum)
            && said != sum.h1
        {
            looked.bad.push(self.bad_file("ziphash", Fault::Sum(sum.clone(), said)));
        }
        let wanted = sum.map(|sum| sum.h1).or(said);
        let packed = self.zip(&mut looked, (&downloads, &zip), wanted);
        looked.is_partial = self.is_partial(&downloads);
        if !looked.is_partial {
            self.tree(&mut looked, &downloads, (wanted, packed));
        }
        looked
    }

    /// The hash in the file beside the zip.
    fn said(self, looked: &mut Looked, downloads: &Directory) -> Option<H1> {
        let read = downloads.read(&*self.version.file("ziphash"), HASH_LIMIT);
        let fault = match read {
            // Go makes it anew.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => Fault::Unsound(error.to_string()),
            Ok(bytes) => {
                match std::str::from_utf8(&bytes).ok().map(str::trim).and_then(H1::parse) {
                    None => Fault::Hash,
                    found => return found,
                }
            }
        };
        looked.bad.push(self.bad_file("ziphash", fault));
        None
    }

    fn is_partial(self, downloads: &Directory) -> bool {
        downloads.look(&*self.version.file("partial")).is_ok()
    }

    /// Hashes the zip, and returns its files and hash.
    fn zip(
        self,
        looked: &mut Looked,
        (downloads, name): (&Directory, &str),
        wanted: Option<H1>,
    ) -> Option<(Files, H1)> {
        let read = match of_zip(downloads, name, &self.version.to_string()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                looked.bad.push(self.bad_file("zip", Fault::Unsound(error.to_string())));
                return None;
            }
            Ok(read) => read,
        };
        looked.has_zip = true;
        match read {
            Err(why) => {
                looked.bad.push(self.bad_file("zip", Fault::Unsound(words(&why))));
                None
            }
            Ok((files, found)) => {
                if let Some(wanted) = wanted.filter(|wanted| *wanted != found) {
                    looked.bad.push(self.bad_file("zip", Fault::Zip { wanted, found }));
                }
                Some((files, found))
            }
        }
    }

    /// Compares the tree with the hash, and with the zip where they differ.
    fn tree(
        self,
        looked: &mut Looked,
        downloads: &Directory,
        (wanted, packed): (Option<H1>, Option<(Files, H1)>),
    ) {
        let opened = match below(self.cache, &self.version.tree()) {
            // Go has fetched the zip, and not unpacked it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            opened => opened,
        };
        let read = opened.and_then(|top| Tree::read(&top));
        let mut tree = match read {
            Ok(tree) => tree,
            Err(_) if self.is_partial(downloads) => {
                looked.is_partial = true;
                return;
            }
            Err(error) => {
                let path = self.cache.path.join(self.version.tree());
                looked.bad.push(self.bad(path, Fault::Unsound(error.to_string())));
                return;
            }
        };
        looked.has_tree = true;
        looked.bytes = tree.bytes;
        if self.version.is_toolchain() {
            tree.forget_copies();
        }
        let Some(wanted) = wanted.or(packed.as_ref().map(|(_, h1)| *h1)) else { return };
        let found = tree.h1(&self.version.to_string());
        if found == Some(wanted) {
            return;
        }
        if self.is_partial(downloads) {
            looked.is_partial = true;
            return;
        }
        let mut bad =
            self.bad(self.cache.path.join(self.version.tree()), Fault::Tree { wanted, found });
        // A damaged zip shows nothing.
        if let Some((files, _)) = packed.filter(|(_, h1)| *h1 == wanted) {
            let differences = differences(&tree, &files);
            bad.count = differences.len() as u64;
            bad.files = differences;
            bad.files.truncate(MOST);
        }
        looked.bad.push(bad);
    }

    fn bad_file(self, extension: &str, fault: Fault) -> Bad {
        let file = format!("{}/{}", self.version.downloads(), self.version.file(extension));
        self.bad(self.cache.path.join(file), fault)
    }

    fn bad(self, path: PathBuf, fault: Fault) -> Bad {
        let version = self.version.clone();
        Bad { version, path, fault, files: Vec::new(), count: 0, fix: Fix::Unasked }
    }
}

/// The files of a tree that are not those of its zip.
fn differences(tree: &Tree, zip: &Files) -> Vec<Difference> {
    let one = |path: &String, kind| Difference { path: path.clone(), kind };
    let mut found: Vec<Difference> = Vec::new();
    for (path, digest) in &tree.files {
        match zip.get(path) {
            None => found.push(one(path, DifferenceKind::Added)),
            Some(packed) if packed != digest => found.push(one(path, DifferenceKind::Changed)),
            Some(_) => {}
        }
    }
    for path in zip.keys().filter(|path| !tree.files.contains_key(*path)) {
        let is_replaced = tree.strange.contains(path);
        let kind = if is_replaced { DifferenceKind::Replaced } else { DifferenceKind::Missing };
        found.push(one(path, kind));
    }
    let added = tree.strange.iter().filter(|path| !zip.contains_key(*path));
    found.extend(added.map(|path| one(path, DifferenceKind::Added)));
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Why a zip has no hash, in words.
fn words(why: &Unsummed) -> String {
    match why {
        Unsummed::Twice(_) => "the zip archive names a file twice".to_owned(),
        Unsummed::LineBreak(_) => "a name in the zip archive has a line break".to_owned(),
        Unsummed::Damaged(_, error) => format!("a file in the zip archive is damaged: {error}"),
        Unsummed::Zip(why, _) => (*why).to_owned(),
    }
}

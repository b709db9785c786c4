//! Auditing: is an installed tree still what was installed, and what others say it should be?
//!
//! The store's own record, the manifest beside the receipt, finds damage: a lost file, a flipped
//! bit, an editor's accident. It has a CRC-32 of each file, made while the file was written, or, for
//! a tree that was built here, before it was published. Whoever can change the tree can change the
//! manifest, too, so that against intent only a word from outside helps: that of the checksum
//! database, see [`Store::audit_by_database`].

mod glance;
mod rights;

pub use glance::Glance;

use crate::assurance::Assurance;
use crate::database::Vouched;
use crate::digests::{self, Digest};
use crate::error::{ErrorKind, Result, reject};
use crate::format;
use crate::installer::Installer;
use crate::mirror::settings::Settings;
use crate::platform::Platform;
use crate::progress::Progress;
use crate::read::read_text;
use crate::shown::Shown as _;
use crate::store::manifest::{Line, is_executable, sum};
use crate::store::receipt::Receipt;
use crate::store::{Store, Toolchain};
use crate::tree;
use goward_resolver::ToolchainName;
use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::Path;

/// In bytes. The manifest of Go 1.27 has a megabyte.
const MAX_MANIFEST: usize = 64 << 20;

/// The result of an audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// The number of files in the tree.
    pub files: u64,
    /// How much the store's own record could show.
    pub extent: Extent,
    /// The differences from the installed tree, in the order of the paths.
    pub differences: Vec<Difference>,
}

/// The properties that could be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Names, modes, sizes and contents.
    Contents,
    /// Names, modes and sizes; the receipt is one of goward before it kept manifests.
    Shape,
    /// Nothing: there is no receipt.
    Nothing,
}

/// One difference from the tree that was installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The file, with slashes, relative to the GOROOT; empty where only the tree as a whole is
    /// known to differ.
    pub path: String,
    /// What is wrong with it.
    pub kind: DifferenceKind,
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// It is gone.
    Missing,
    /// It was not installed.
    Added,
    /// It has another size or content.
    Changed,
    /// It became executable, or is not executable any more; or other users may write to it, or it runs
    /// with its owner's or group's rights.
    Mode,
    /// It is a link or a device now.
    Replaced,
}

impl DifferenceKind {
    /// One word for it.
    pub fn word(self) -> &'static str {
        match self {
            DifferenceKind::Missing => "missing",
            DifferenceKind::Added => "added",
            DifferenceKind::Changed => "changed",
            DifferenceKind::Mode => "mode",
            DifferenceKind::Replaced => "replaced",
        }
    }
}

impl Store {
    /// Compares the installed toolchain `name` with the store's own record of it. If the record
    /// says that the compiled-in table vouched, compares the record with the table, too.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it is not installed, [`ErrorKind::Verification`] if the record
    /// itself is damaged or the table disagrees, [`ErrorKind::Store`] if something cannot be read.
    pub fn audit(&self, name: &str) -> Result<Audit> {
        let toolchain = self.require(name)?;
        let tree = toolchain.directory();
        let Some(receipt) = self.receipt(name)? else {
            let files = tree::files(tree)?.len() as u64;
            return Ok(Audit { files, extent: Extent::Nothing, differences: Vec::new() });
        };
        ask_table(&receipt)?;
        let mut audit = match &receipt.files.contents {
            Some(digest) => self.audit_contents(name, tree, digest).map_err(|error| {
                // Only a newer goward can say whether its own record is damaged.
                if receipt.format.is_newer() && error.kind() == ErrorKind::Verification {
                    format::too_new(&self.manifest_file(name), name).because(error)
                } else {
                    error
                }
            }),
            None => audit_shape(&receipt, tree),
        }?;
        for fault in rights::faults(tree)? {
            if !audit.differences.iter().any(|known| known.path == fault.path) {
                audit.differences.push(fault);
            }
        }
        audit.differences.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(audit)
    }

    fn audit_contents(&self, name: &str, tree: &Path, digest: &str) -> Result<Audit> {
        let path = self.manifest_file(name);
        let damaged = || {
            let message = format!("the manifest {} is damaged", path.shown());
            reject(message).hint(format!("`goward repair {name}` installs the toolchain anew"))
        };
        let text = read_text(&path, MAX_MANIFEST).map_err(|error| damaged().because(error))?;
        if Digest::of(&text).to_string() != digest {
            return Err(damaged());
        }
        let mut known = BTreeMap::new();
        for line in text.lines() {
            let line = Line::parse(line).ok_or_else(damaged)?;
            known.insert(line.0.path.clone(), line);
        }
        let found = tree::files(tree)?;
        let (mut differences, mut buffer) = (Vec::new(), vec![0; 256 << 10]);
        for (file, metadata) in &found {
            let kind = match known.remove(file) {
                None => Some(DifferenceKind::Added),
                Some(line) => compare(&line, &tree.join(file), metadata, &mut buffer)?,
            };
            differences.extend(kind.map(|kind| Difference { path: file.clone(), kind }));
        }
        let missing =
            known.into_keys().map(|path| Difference { path, kind: DifferenceKind::Missing });
        differences.extend(missing);
        Ok(Audit { files: found.len() as u64, extent: Extent::Contents, differences })
    }

    /// Asks the checksum database about the installed toolchain `name`, and compares every file
    /// that the database knows. `None` if the database cannot know it: it is older than Go 1.21, it
    /// is the user's own, or `settings` name no database.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Verification`] if the tree differs from the one in the database, or the answer
    /// is not proven; [`ErrorKind::Network`] if no server can be asked.
    pub fn audit_by_database(
        &self,
        toolchain: &Toolchain,
        settings: &Settings,
        progress: &dyn Progress,
    ) -> Result<Option<Vouched>> {
        let installer = Installer { store: self, settings, progress };
        let (name, platform) = (toolchain.name(), toolchain.platform());
        installer.vouch_for_tree(name, platform, toolchain.directory())
    }
}

impl Installer<'_> {
    /// Asks the checksum database about the release `name` for `platform`, and compares every file of
    /// `tree` that the database knows. `None` if the database cannot know it, see
    /// [`Installer::vouch`].
    ///
    /// # Errors
    ///
    /// As [`Store::audit_by_database`].
    pub fn vouch_for_tree(
        &self,
        name: &ToolchainName,
        platform: &Platform,
        tree: &Path,
    ) -> Result<Option<Vouched>> {
        let Some(vouched) = self.vouch(name, platform)? else { return Ok(None) };
        vouched.check_tree(tree, &tree.shown())?;
        Ok(Some(vouched))
    }
}

/// Checks that the table still agrees with a receipt: a later goward may have a corrected one.
fn ask_table(receipt: &Receipt) -> Result<()> {
    let file_name = receipt.source.rsplit('/').next().unwrap_or_default();
    if receipt.assurance != Assurance::Table {
        return Ok(());
    }
    let known = digests::lookup(file_name).map(|known| known.digest.to_string());
    if known.as_deref() == Some(receipt.sha256.as_str()) {
        return Ok(());
    }
    let known = known.unwrap_or_else(|| "nothing of it".into());
    Err(reject(format!(
        "{} was installed from {file_name} with the SHA-256 {}, by {}, which says {known}",
        receipt.toolchain,
        receipt.sha256,
        Assurance::Table.describe(),
    ))
    .hint(format!("`goward repair {}` installs the toolchain anew", receipt.toolchain)))
}

/// What is wrong with the file at `path` that `line` and `sum` describe.
fn compare(
    (line, known): &(Line, u32),
    path: &Path,
    metadata: &Metadata,
    buffer: &mut [u8],
) -> Result<Option<DifferenceKind>> {
    Ok(if !metadata.is_file() {
        Some(DifferenceKind::Replaced)
    } else if metadata.len() != line.size || sum(path, buffer)? != *known {
        Some(DifferenceKind::Changed)
    } else if is_executable(metadata).is_some_and(|executable| executable != line.executable) {
        Some(DifferenceKind::Mode)
    } else {
        None
    })
}

/// Compares names, modes and sizes, by the one digest over all lines that old receipts have.
fn audit_shape(receipt: &Receipt, tree: &Path) -> Result<Audit> {
    let line = |(path, metadata): (String, _)| format!("{}\n", Line::of(path, &metadata));
    let mut lines: Vec<_> = tree::files(tree)?.into_iter().map(line).collect();
    lines.sort_unstable();
    let same = Digest::of(lines.concat()).to_string() == receipt.files.sha256;
    let whole = Difference { path: String::new(), kind: DifferenceKind::Changed };
    let differences = if same { Vec::new() } else { vec![whole] };
    Ok(Audit { files: lines.len() as u64, extent: Extent::Shape, differences })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Format;
    use crate::store::manifest::FileList;
    use std::fs;

    #[test]
    fn a_tree_that_was_built_is_audited_by_contents() {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path().join("root")).unwrap();
        store.prepare().unwrap();
        let tree = store.toolchains_dir().join("go1.22.10");
        fs::create_dir_all(tree.join("src/a")).unwrap();
        for (path, text) in [("VERSION", "go1.22.10\n"), ("src/a/a b.go", "package a\n")] {
            fs::write(tree.join(path), text).unwrap();
        }
        let files = crate::unpack::list(&tree).unwrap();
        let receipt = Receipt {
            format: Format::default(),
            toolchain: "go1.22.10".into(),
            platform: crate::Platform::host().to_string(),
            source: "here".into(),
            sha256: String::new(),
            size: 0,
            assurance: Assurance::User,
            built_with: Some("go1.20.14".into()),
            installed: 0,
            files,
        };
        receipt.write(&store, "go1.22.10").unwrap();
        let audit = store.audit("go1.22.10").unwrap();
        assert_eq!((audit.files, audit.extent), (2, Extent::Contents));
        assert_eq!(audit.differences, []);
        // As long as before, so that names and sizes show nothing.
        fs::write(tree.join("src/a/a b.go"), "package b\n").unwrap();
        let changed = Difference { path: "src/a/a b.go".into(), kind: DifferenceKind::Changed };
        assert_eq!(store.audit("go1.22.10").unwrap().differences, [changed]);
    }

    #[test]
    fn a_tree_for_which_the_table_vouched_is_compared_with_it() {
        let (file, known) = (
            "go1.22.10.linux-amd64.tar.gz",
            "736ce492a19d756a92719a6121226087ccd91b652ed5caec40ad6dbfb2252092",
        );
        let receipt = |assurance, file: &str, sha256: &str| Receipt {
            format: Format::default(),
            toolchain: "go1.22.10".into(),
            platform: "linux/amd64".into(),
            source: format!("https://go.example/dl/{file}"),
            sha256: sha256.into(),
            size: 0,
            assurance,
            built_with: None,
            installed: 0,
            files: FileList {
                count: 0,
                bytes: 0,
                sha256: String::new(),
                contents: None,
                manifest: String::new(),
            },
        };
        let other = known.replace('7', "8");
        ask_table(&receipt(Assurance::Table, file, known)).unwrap();
        ask_table(&receipt(Assurance::Mirror, file, &other)).unwrap();
        for bad in
            [receipt(Assurance::Table, file, &other), receipt(Assurance::Table, "other.zip", known)]
        {
            let error = ask_table(&bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Verification);
            assert!(error.to_string().contains("compiled into goward, which says"), "{error}");
        }
    }
}

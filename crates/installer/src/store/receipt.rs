//! Receipts: the origin of a toolchain, and the witness that vouched for it.

use crate::assurance::Assurance;
use crate::error::{Error, OrCannot as _, Result, reject};
use crate::format::{self, Format};
use crate::read::{if_there, read};
use crate::shown::Shown as _;
use crate::store::Store;
use crate::store::manifest::FileList;
use crate::store::replace;
use crate::store::replace::temporary;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;

/// The most bytes that a receipt may have.
const LIMIT: usize = 1 << 20;

/// The record of one install, kept beside the toolchain, never inside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The format of this and of the manifest beside it.
    #[serde(default)]
    pub(crate) format: Format,
    /// The toolchain's name: `go1.22.10`.
    pub toolchain: String,
    /// `GOOS/GOARCH`.
    pub platform: String,
    /// The URL or path that the archive came from.
    pub source: String,
    /// The archive's SHA-256.
    pub sha256: String,
    /// The archive's size in bytes.
    pub size: u64,
    /// The witness that vouched for the archive.
    #[serde(rename = "trust")]
    pub assurance: Assurance,
    /// The toolchain that built it here, if the archive held source code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_with: Option<String>,
    /// The time of the install, in seconds since 1970.
    pub installed: u64,
    pub(crate) files: FileList,
}

impl Receipt {
    /// The number of files in the toolchain and their size in bytes.
    pub fn files(&self) -> (u64, u64) {
        (self.files.count, self.files.bytes)
    }

    pub(crate) fn write(&self, store: &Store, name: &str) -> Result<()> {
        Receipt::yields(store, name)?;
        let path = store.receipt_file(name);
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|error| Error::io("write", &path, error.into()))?;
        text.push('\n');
        if self.files.contents.is_some() {
            let path = store.manifest_file(name);
            // Publishing, which comes next, brings everything to the disk.
            replace::replace_unflushed(&path, self.files.manifest.as_bytes())
                .or_cannot("write", &path)?;
        }
        replace::replace(&path, text.as_bytes())
    }

    /// Fails if a newer goward installed the toolchain `name`: this goward would spoil its record.
    /// A record without a toolchain comes from a killed install, and describes nothing.
    pub(crate) fn yields(store: &Store, name: &str) -> Result<()> {
        let path = store.receipt_file(name);
        let is_newer = || read(&path, LIMIT).is_ok_and(|text| Format::of(&text).is_newer());
        if store.toolchains_dir().join(name).exists() && is_newer() {
            Err(format::too_new(&path, name))
        } else {
            Ok(())
        }
    }

    /// Deletes the leftovers of dead processes that wrote the receipt of `name`, whose lock the
    /// caller holds.
    pub(crate) fn sweep(store: &Store, name: &str) {
        temporary::sweep(&store.receipt_file(name));
        temporary::sweep(&store.manifest_file(name));
    }

    /// `None` if there is no receipt, as for adopted toolchains.
    pub(crate) fn read(store: &Store, name: &str) -> Result<Option<Receipt>> {
        let path = store.receipt_file(name);
        let damaged = || {
            reject(format!("the receipt {} is damaged", path.shown()))
                .hint(format!("`goward repair {name}` installs the toolchain anew"))
        };
        let text = if_there(read(&path, LIMIT)).map_err(|error| match error.kind() {
            // It is no regular file, or a larger one than any receipt.
            ErrorKind::Other | ErrorKind::FileTooLarge => damaged().because(error),
            _ => Error::io("read", &path, error),
        })?;
        let Some(text) = text else { return Ok(None) };
        let receipt = serde_json::from_slice(&text);
        let receipt = receipt.inspect(|receipt: &Receipt| receipt.format.tell(&path));
        receipt.map(Some).map_err(|error| {
            if Format::of(&text).is_newer() {
                return format::too_new(&path, name).because(error);
            }
            damaged().because(error)
        })
    }
}

impl Store {
    /// The receipt of an installed toolchain, by its name in the store. `None` if it has none.
    pub fn receipt(&self, name: &str) -> Result<Option<Receipt>> {
        self.parse(name).map_or(Ok(None), |_| Receipt::read(self, name))
    }
}

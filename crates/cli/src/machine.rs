//! The machine as the shim would see it.
//!
//! Everything is asked through the shim's own [`OsHost`], so that what `goward explain` says is
//! what `go` does. Only the process differs: where the manager stands in for the shim, it must
//! find the root that the shim would find, and skip on PATH what the shim would skip.

use crate::paths::to_bytes;
use goward_resolver::accounts::UserDatabase;
use goward_resolver::{
    Facts, FileId, FileText, Host, Kind, Listed, Os, Privileges, ReadError, SHIMS,
};
use goward_shim::OsHost;
use std::path::{Path, PathBuf};

/// The shim's view.
pub(crate) struct Machine {
    host: OsHost,
    shim: Option<PathBuf>,
}

impl Machine {
    /// This machine, this process.
    pub(crate) fn new() -> Machine {
        let exe = std::env::current_exe().ok();
        let exe = exe.map(|exe| goward_installer::canonical(&exe).unwrap_or(exe));
        Machine { host: OsHost::new(), shim: exe.as_deref().map(shim_of) }
    }

    /// A variable as text, if it is set, not empty and text.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        let value = std::str::from_utf8(self.var(key)?).ok()?;
        (!value.is_empty()).then(|| value.to_owned())
    }
}

/// The shim that belongs to a manager: `<root>/shims/go` for `<root>/bin/goward`, else what lies
/// beside it.
fn shim_of(manager: &Path) -> PathBuf {
    let go = format!("go{}", std::env::consts::EXE_SUFFIX);
    let dir = manager.parent().unwrap_or(manager);
    let shims = dir.parent().map(|root| root.join(SHIMS));
    match shims.filter(|shims| dir.ends_with("bin") && shims.is_dir()) {
        Some(shims) => shims.join(go),
        None => dir.join(go),
    }
}

impl Host for Machine {
    fn system(&self) -> Os {
        self.host.system()
    }

    fn arch(&self) -> &str {
        self.host.arch()
    }

    fn var(&self, key: &str) -> Option<&[u8]> {
        self.host.var(key)
    }

    fn cwd(&self) -> Option<Vec<u8>> {
        self.host.cwd()
    }

    fn exe(&self) -> Option<Vec<u8>> {
        self.shim.as_deref().map(to_bytes)
    }

    fn home(&self) -> Option<Vec<u8>> {
        self.host.home()
    }

    fn user_database(&self) -> &UserDatabase {
        self.host.user_database()
    }

    fn home_of(&self, user: u32) -> Option<Vec<u8>> {
        self.host.home_of(user)
    }

    fn read(&self, path: &[u8], limit: usize) -> Result<Option<FileText>, ReadError> {
        self.host.read(path, limit)
    }

    fn read_entry(&self, path: &[u8], limit: usize) -> Result<Option<FileText>, ReadError> {
        self.host.read_entry(path, limit)
    }

    fn kind(&self, path: &[u8]) -> Kind {
        self.host.kind(path)
    }

    fn identity(&self, path: &[u8]) -> Option<FileId> {
        self.host.identity(path)
    }

    fn canonical(&self, path: &[u8]) -> Option<Vec<u8>> {
        self.host.canonical(path)
    }

    fn list(&self, dir: &[u8]) -> Vec<Listed> {
        self.host.list(dir)
    }

    fn entry(&self, path: &[u8]) -> Option<Facts> {
        self.host.entry(path)
    }

    fn link(&self, path: &[u8]) -> Option<Vec<u8>> {
        self.host.link(path)
    }

    fn target(&self, path: &[u8]) -> Option<Facts> {
        self.host.target(path)
    }

    fn user(&self) -> u32 {
        self.host.user()
    }

    fn privileges(&self) -> Privileges {
        self.host.privileges()
    }

    fn has_shim_magic(&self, path: &[u8]) -> bool {
        self.host.has_shim_magic(path)
    }

    fn pause(&self) {
        self.host.pause();
    }
}

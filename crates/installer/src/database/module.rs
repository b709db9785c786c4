//! Toolchains as modules: `golang.org/toolchain` at a version that names the release.
//!
//! `cmd/distpack/pack.go` makes a module zip of an archive: it leaves out four directories that no
//! build needs, and renames `go.mod` files so that the go command does not find them.

use crate::error::{Result, reject};
use crate::platform::Platform;
use goward_resolver::{ToolchainName, quoted};
use goward_sumdb::H1;
use std::fmt;
use std::path::Path;

/// The path of the module that all toolchains are versions of.
const PATH: &str = "golang.org/toolchain";
/// Directories of an archive that the module zip leaves out.
const LEFT_OUT: [&str; 4] = ["api/", "doc/", "misc/", "test/"];

/// One toolchain as a module, such as `golang.org/toolchain@v0.0.1-go1.22.10.linux-amd64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    name: ToolchainName,
    platform: Platform,
}

impl Module {
    /// The module of the release `name` for `platform`. `None` for a name with a suffix of its own:
    /// no release has one.
    pub fn of(name: &ToolchainName, platform: &Platform) -> Option<Module> {
        let release = !name.is_custom();
        release.then(|| Module { name: name.clone(), platform: platform.clone() })
    }

    /// The toolchain's name.
    pub fn name(&self) -> &ToolchainName {
        &self.name
    }

    /// The module's path.
    pub fn path(&self) -> &'static str {
        PATH
    }

    /// The module's version: `v0.0.1-go1.22.10.linux-amd64`. 32-bit ARM is `arm` here, although the
    /// archive may be named otherwise.
    pub fn version(&self) -> String {
        format!("v0.0.1-{}.{}-{}", self.name, self.platform.os(), self.platform.arch())
    }

    /// The hash of its zip, computed from `tree`, which its ordinary archive unpacked to.
    /// [`Module::matches_archive`] says whether the two agree.
    ///
    /// # Errors
    ///
    /// If the tree holds a file that no archive of Go's holds, or cannot be read.
    pub fn h1_of(&self, tree: &Path) -> Result<H1> {
        super::tree::h1_of(tree, |path| self.zip_name(path))
    }

    /// Whether the zip and the archive hold the same files. Up to Go 1.20 the two were made
    /// separately.
    pub fn matches_archive(&self) -> bool {
        self.name.version().knows_gotoolchain()
    }

    /// The name that the archive's file `path` (below `go/`, with slashes) has in the module zip.
    /// `None` if the zip leaves it out.
    ///
    /// # Errors
    ///
    /// If the archive cannot have such a file: its name in the zip would be another file's, so that
    /// one hash would stand for two trees.
    pub fn zip_name(&self, path: &str) -> Result<Option<String>> {
        if LEFT_OUT.iter().any(|directory| path.starts_with(directory)) {
            return Ok(None);
        }
        let (directory, file) = path.rsplit_once('/').map_or(("", path), |(d, f)| (d, f));
        let slash = if directory.is_empty() { "" } else { "/" };
        let hidden = match file {
            "go.mod" => "_",
            "_go.mod" => {
                let path = quoted(path.as_bytes());
                let why =
                    format!("{path} is what a module zip calls a go.mod; Go's trees have none");
                return Err(reject(why));
            }
            _ => "",
        };
        Ok(Some(format!("{self}/{directory}{slash}{hidden}{file}")))
    }
}

/// `golang.org/toolchain@v0.0.1-go1.22.10.linux-amd64`.
impl fmt::Display for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PATH}@{}", self.version())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_become_zips() {
        let module = |name, platform| {
            let platform = Platform::parse(platform).unwrap();
            Module::of(&ToolchainName::parse(name).unwrap(), &platform)
        };
        let arm = module("go1.23.2", "linux/armv6l").unwrap();
        assert_eq!(arm.to_string(), "golang.org/toolchain@v0.0.1-go1.23.2.linux-arm");
        let zip_name = |path| arm.zip_name(path).unwrap();
        let name = |path| zip_name(path).map(|name| name.replace(&arm.to_string(), "M"));
        assert_eq!(name("src/cmd/go.mod").as_deref(), Some("M/src/cmd/_go.mod"));
        assert_eq!(name("go.mod").as_deref(), Some("M/_go.mod"));
        assert_eq!(name("src/go.mod.txt").as_deref(), Some("M/src/go.mod.txt"));
        assert_eq!(name("testdata/x").as_deref(), Some("M/testdata/x"));
        assert_eq!(name("src/test/x").as_deref(), Some("M/src/test/x"));
        for gone in ["api/go1.txt", "doc/x/y", "misc/z", "test/go.mod", "test/_go.mod"] {
            assert_eq!(name(gone), None, "{gone}");
        }
        for taken in ["_go.mod", "src/_go.mod", "src/cmd/_go.mod", "testdata/_go.mod"] {
            let error = arm.zip_name(taken).unwrap_err().to_string();
            assert!(error.contains("what a module zip calls a go.mod"), "{error}");
        }
        assert_eq!(name("src/x_go.mod").as_deref(), Some("M/src/x_go.mod"));
        assert_eq!(name("src/_go.mod/x").as_deref(), Some("M/src/_go.mod/x"));
        assert!(arm.matches_archive());
        assert!(module("go1.21rc2", "linux/amd64").unwrap().matches_archive());
        assert!(!module("go1.20.14", "linux/amd64").unwrap().matches_archive());
        assert_eq!(module("go1.22.1-corp", "linux/amd64"), None);
    }
}

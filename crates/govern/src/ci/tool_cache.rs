//! The Go trees in a runner's tool cache: `go/VERSION/ARCH`, and `go/VERSION/ARCH.complete` beside each that is
//! whole.

use goward_installer::read::version_of;
use goward_resolver::{Selector, ToolchainName, Version};
use std::fs;
use std::path::{Path, PathBuf};

/// The most versions that are looked at.
const MOST: usize = 200;

/// A tree of the tool cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedGo {
    /// Its release, as the directory's name and the tree's file `VERSION` say alike.
    pub version: Version,
    /// The tree.
    pub goroot: PathBuf,
}

/// The tool cache's names for a GOARCH.
fn names(goarch: &str) -> Vec<&str> {
    match goarch {
        "amd64" => vec!["x64", "amd64"],
        "386" => vec!["x86", "x32", "ia32", "386"],
        arch => vec![arch],
    }
}

/// GOARCH for a name of the tool cache, of the input `architecture`, or of Go's own.
pub fn goarch(name: &str) -> Option<&str> {
    let word = |text: &str| text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    match name {
        "x64" => Some("amd64"),
        "x86" | "x32" | "ia32" => Some("386"),
        "armv6l" => Some("arm"),
        name => (!name.is_empty() && name.len() <= 16 && word(name)).then_some(name),
    }
}

/// The whole trees for `goarch`, the oldest first. `tools` is the tool cache. A directory whose name and content
/// disagree is none.
pub fn list(tools: &Path, goarch: &str) -> Vec<CachedGo> {
    let entries = fs::read_dir(tools.join("go")).into_iter().flatten().flatten();
    let mut found: Vec<CachedGo> =
        entries.take(MOST).filter_map(|entry| tree(&entry.path(), goarch)).collect();
    found.sort_by(|one, other| one.version.cmp(&other.version));
    found
}

fn tree(directory: &Path, goarch: &str) -> Option<CachedGo> {
    let name = directory.file_name()?.to_str()?;
    let Selector::Exact(version) = Selector::parse(name).ok()? else { return None };
    let whole = |arch: &&str| directory.join(format!("{arch}.complete")).is_file();
    let arch = names(goarch).into_iter().find(whole)?;
    let goroot = goward_installer::canonical(directory.join(arch)).ok()?;
    // What a link leads to elsewhere is not the tool cache's, and its permissions are not ours to change.
    let all = goward_installer::canonical(directory.parent()?).ok()?;
    if !goroot.starts_with(all) {
        return None;
    }
    let text = version_of(&goroot).ok()?;
    let says = ToolchainName::parse(text.lines().next()?.trim_end())?;
    // For the directory 1.20.0 it is go1.20.
    let version = (says == ToolchainName::of(&version)).then(|| says.version().clone())?;
    Some(CachedGo { version, goroot })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_trees_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let add = |name: &str, arch: &str, says: &str, whole: bool| {
            let tree = dir.path().join("go").join(name).join(arch);
            fs::create_dir_all(&tree).unwrap();
            fs::write(tree.join("VERSION"), says).unwrap();
            if whole {
                let mark = dir.path().join("go").join(name).join(format!("{arch}.complete"));
                fs::write(mark, "").unwrap();
            }
        };
        add("1.26.6", "x64", "go1.26.6\ntime 2026\n", true);
        add("1.9.7", "x64", "go1.9.7", true);
        add("1.20.0", "x64", "go1.20", true);
        add("1.24.0-rc.1", "x64", "go1.24rc1", true);
        add("1.25.1", "x64", "go1.25.1", false);
        add("1.25.2", "x64", "go1.25.9", true);
        add("1.25.3", "arm64", "go1.25.3", true);
        add("1.25", "x64", "go1.25.0", true);
        add("junk", "x64", "go1.25.4", true);
        let versions = |arch| {
            let found = list(dir.path(), arch).into_iter();
            found.map(|one| one.version.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(versions("amd64"), ["1.9.7", "1.20", "1.24rc1", "1.26.6"]);
        assert_eq!(versions("arm64"), ["1.25.3"]);
        assert!(versions("386").is_empty() && list(&dir.path().join("none"), "amd64").is_empty());
    }

    #[test]
    fn architectures_have_several_names() {
        for (name, is) in [
            ("x64", Some("amd64")),
            ("amd64", Some("amd64")),
            ("x86", Some("386")),
            ("arm64", Some("arm64")),
            ("armv6l", Some("arm")),
            ("riscv64", Some("riscv64")),
            ("", None),
            ("../x", None),
            ("X64", None),
        ] {
            assert_eq!(goarch(name), is, "{name}");
        }
    }
}

//! The last check of a tree before it is published: is it the requested toolchain?

use crate::error::{Error, OrCannot as _, Result, reject};
use crate::install::verify::Verified;
use crate::platform::Platform;
use crate::read;
use goward_resolver::ToolchainName;
use std::fs;
use std::io;
use std::path::Path;

/// Checks that the tree names itself `name`, and has the files that every toolchain needs (the list
/// is that of `cmd/distpack/test.go`).
pub(crate) fn check(verified: &Verified, name: &ToolchainName, platform: &Platform) -> Result<()> {
    check_tree(&verified.unpacked().staging.tree(), name, platform)
}

fn check_tree(tree: &Path, name: &ToolchainName, platform: &Platform) -> Result<()> {
    let wrong = |why: String| {
        reject(format!("the archive of {name} {why}"))
            .hint("the archive is what its digest says, so the mirror serves a wrong one")
    };
    let version = tree.join("VERSION");
    let version = unless_absent(&version, read::version_of(tree))?
        .ok_or_else(|| wrong("has no readable VERSION".into()))?;
    let first = version.lines().next().unwrap_or_default().trim_end();
    if first != name.as_str() {
        // Another text may be a stranger's secret, if this is a copy of a tree.
        return Err(wrong(match ToolchainName::parse(first) {
            Some(other) => format!("holds {other} according to its VERSION"),
            None => "has a VERSION that does not begin with a toolchain's name".to_owned(),
        }));
    }
    let exe = platform.executable_suffix();
    let (go, gofmt) = (format!("bin/go{exe}"), format!("bin/gofmt{exe}"));
    // Go made the standard library a module some time before this version; the oldest releases have
    // no such file.
    let module = name.version().knows_gotoolchain().then_some("src/go.mod");
    for needed in [&*go, &*gofmt, "src/cmd/go/main.go"].into_iter().chain(module) {
        if !is_file(&tree.join(needed))? {
            return Err(wrong(format!("has no {needed}")));
        }
    }
    let (tools, compiler) = (tree.join("pkg/tool"), format!("compile{exe}"));
    for inner in unless_absent(&tools, fs::read_dir(&tools))?.into_iter().flatten() {
        let inner = inner.or_cannot("read", &tools)?;
        if is_file(&inner.path().join(&compiler))? {
            return Ok(());
        }
    }
    Err(wrong(format!("has no pkg/tool/*/{compiler}")))
}

fn is_file(path: &Path) -> Result<bool> {
    let found = unless_absent(path, fs::metadata(path))?;
    Ok(found.is_some_and(|found| found.is_file()))
}

/// The result of reading `path`; `None` if there is no such file. An I/O error is no fault of the
/// archive.
fn unless_absent<T>(path: &Path, read: io::Result<T>) -> Result<Option<T>> {
    use io::ErrorKind::{FileTooLarge, InvalidData, IsADirectory, NotADirectory, NotFound};
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) => match error.kind() {
            NotFound | NotADirectory | IsADirectory | InvalidData | FileTooLarge => Ok(None),
            _ => Err(Error::io("read", path, error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn each_needed_file_is_missed() {
        let home = tempfile::tempdir().unwrap();
        let platform = Platform::parse("linux/amd64").unwrap();
        let files = [
            "VERSION",
            "bin/go",
            "bin/gofmt",
            "src/cmd/go/main.go",
            "src/go.mod",
            "pkg/tool/linux_amd64/compile",
        ];
        let name = |text| ToolchainName::parse(text).unwrap();
        for file in files {
            let path = home.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "go1.22.10\ntime 2024-12-02T00:00:00Z\n").unwrap();
        }
        check_tree(home.path(), &name("go1.22.10"), &platform).unwrap();
        let other = check_tree(home.path(), &name("go1.22.1"), &platform).unwrap_err();
        assert!(other.to_string().contains("holds go1.22.10 according"), "{other}");
        fs::write(home.path().join("VERSION"), "SECRET\n").unwrap();
        let secret = check_tree(home.path(), &name("go1.22.10"), &platform).unwrap_err();
        assert!(secret.to_string().ends_with("not begin with a toolchain's name"), "{secret}");
        fs::write(home.path().join("VERSION"), "go1.22.10\n").unwrap();
        for file in files {
            let content = fs::read(home.path().join(file)).unwrap();
            fs::remove_file(home.path().join(file)).unwrap();
            let fails = || check_tree(home.path(), &name("go1.22.10"), &platform).unwrap_err();
            assert_eq!(fails().kind(), ErrorKind::Verification, "{file}");
            #[cfg(unix)]
            {
                // The file exists and cannot be read: a loop of links.
                std::os::unix::fs::symlink(home.path().join(file), home.path().join(file)).unwrap();
                assert_eq!(fails().kind(), ErrorKind::Store, "{file}");
                fs::remove_file(home.path().join(file)).unwrap();
            }
            fs::write(home.path().join(file), content).unwrap();
        }
        // A VERSION of a gigabyte is refused.
        let version = fs::File::create(home.path().join("VERSION")).unwrap();
        version.set_len(1 << 30).unwrap();
        let endless = check_tree(home.path(), &name("go1.22.10"), &platform).unwrap_err();
        assert!(endless.to_string().contains("has no readable VERSION"), "{endless}");
        // Go 1.12 had no such file.
        fs::write(home.path().join("VERSION"), "go1.12.17").unwrap();
        fs::remove_file(home.path().join("src/go.mod")).unwrap();
        check_tree(home.path(), &name("go1.12.17"), &platform).unwrap();
    }
}

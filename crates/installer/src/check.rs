//! The last look at a tree before it is published: is it the toolchain that was asked for?

use crate::error::{Error, ErrorKind, Result};
use crate::platform::Platform;
use crate::verify::Verified;
use goward_resolver::ToolchainName;
use std::fs;
use std::path::Path;

/// Checks that the tree says it is `name`, and has what a toolchain cannot do without
/// (the list is that of `cmd/distpack/test.go`).
pub(crate) fn check(verified: &Verified, name: &ToolchainName, platform: &Platform) -> Result<()> {
    check_tree(&verified.unpacked().staging().tree(), name.as_str(), platform)
}

fn check_tree(tree: &Path, name: &str, platform: &Platform) -> Result<()> {
    let wrong = |why: String| {
        Error::new(ErrorKind::Verification, format!("the archive of {name} {why}"))
            .hint("the archive is what its digest says, so the mirror serves a wrong one")
    };
    let version = fs::read_to_string(tree.join("VERSION"))
        .map_err(|error| wrong("has no readable VERSION".into()).because(error))?;
    let first = version.lines().next().unwrap_or_default().trim_end();
    if first != name {
        let shown: String = first.escape_debug().take(64).collect();
        return Err(wrong(format!("holds {shown:?} according to its VERSION")));
    }
    let exe = platform.executable_suffix();
    for needed in [&format!("bin/go{exe}"), &format!("bin/gofmt{exe}"), "src/cmd/go/main.go"] {
        if !tree.join(needed).is_file() {
            return Err(wrong(format!("has no {needed}")));
        }
    }
    let compiler = format!("compile{exe}");
    let has_compiler = fs::read_dir(tree.join("pkg/tool"))
        .map(|tools| tools.flatten().any(|tools| tools.path().join(&compiler).is_file()))
        .unwrap_or(false);
    match has_compiler {
        true => Ok(()),
        false => Err(wrong(format!("has no pkg/tool/*/{compiler}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_needed_file_is_missed() {
        let home = tempfile::tempdir().unwrap();
        let platform = Platform::parse("linux/amd64").unwrap();
        let files = [
            "VERSION",
            "bin/go",
            "bin/gofmt",
            "src/cmd/go/main.go",
            "pkg/tool/linux_amd64/compile",
        ];
        for file in files {
            let path = home.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "go1.22.10\ntime 2024-12-02T00:00:00Z\n").unwrap();
        }
        check_tree(home.path(), "go1.22.10", &platform).unwrap();
        let other = check_tree(home.path(), "go1.22.1", &platform).unwrap_err();
        assert!(other.to_string().contains(r#"holds "go1.22.10""#), "{other}");
        for file in files {
            let content = fs::read(home.path().join(file)).unwrap();
            fs::remove_file(home.path().join(file)).unwrap();
            let error = check_tree(home.path(), "go1.22.10", &platform).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Verification, "{file}");
            fs::write(home.path().join(file), content).unwrap();
        }
    }
}

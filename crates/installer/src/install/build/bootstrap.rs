//! Which Go can build which other Go.

use super::sources::{MAX_SOURCE, minor, version_line};
use crate::error::{Error, Result};
use crate::read::read_text;
use crate::shown::Shown as _;
use goward_resolver::{ToolchainName, Version};
use std::path::{Path, PathBuf};

/// A Go that compiles another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bootstrap {
    /// Its name: `go1.20.14`.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// Its GOROOT.
    pub goroot: PathBuf,
}

impl Bootstrap {
    /// The toolchain at `goroot`, with the version in its VERSION.
    pub fn at(goroot: &Path) -> Result<Bootstrap> {
        let name = version_line(goroot).and_then(|line| ToolchainName::parse(&line));
        let name = name.ok_or_else(|| {
            Error::not_found(format!("{} does not say which Go it is", goroot.shown()))
        })?;
        let version = name.version().clone();
        Ok(Bootstrap { name: name.to_string(), version, goroot: goroot.to_owned() })
    }

    /// Refuses a bootstrap that is older than the sources in `tree` demand.
    pub(super) fn check(&self, tree: &Path, version: &str) -> Result<()> {
        let Some(least) = demanded(tree) else { return Ok(()) };
        if self.version >= least {
            return Ok(());
        }
        let message = format!("{version} needs Go {least} or newer to be built, not {}", self.name);
        Err(Error::build(message).hint(format!("run: goward install {least}")))
    }
}

/// The oldest Go that builds `release`, by Go's own rule (`go.dev/doc/install/source`, "Install Go
/// compiler binaries for bootstrap"): since 1.22, Go 1.N needs Go 1.M, where M is N - 2 rounded
/// down to an even number. The patches are those that `src/make.bash` names. `None` up to Go 1.4,
/// which is built with a C compiler.
pub fn enough(release: &Version) -> Option<Version> {
    let text = match minor(release)? {
        0..=4 => return None,
        5..=19 => "1.4".to_owned(),
        20 | 21 => "1.17.13".to_owned(),
        22 | 23 => "1.20.6".to_owned(),
        minor => format!("1.{}.6", (minor - 2) & !1),
    };
    Version::parse(&text)
}

/// From the line `bootgo=1.20.6` of make.bash. Releases before 1.22 have it elsewhere or not at
/// all.
fn demanded(tree: &Path) -> Option<Version> {
    let script = read_text(&tree.join("src/make.bash"), MAX_SOURCE).ok()?;
    let line = script.lines().find_map(|line| line.trim().strip_prefix("bootgo="))?;
    Version::parse(line.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn each_release_has_a_least_bootstrap() {
        for (release, least) in [
            ("1.4.3", None),
            ("1.19.13", Some("1.4")),
            ("1.20", Some("1.17.13")),
            ("1.21.13", Some("1.17.13")),
            ("1.22rc1", Some("1.20.6")),
            ("1.23.2", Some("1.20.6")),
            ("1.24.0", Some("1.22.6")),
            ("1.25.1", Some("1.22.6")),
            ("1.26.0", Some("1.24.6")),
            ("1.27.3", Some("1.24.6")),
        ] {
            let found = enough(&Version::parse(release).unwrap());
            assert_eq!(found.as_ref().map(Version::as_str), least, "{release}");
        }
    }

    #[test]
    fn the_sources_have_the_last_word() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("src")).unwrap();
        let old = |version: &str| {
            let (name, version) = (format!("go{version}"), Version::parse(version).unwrap());
            Bootstrap { name, version, goroot: PathBuf::new() }
        };
        old("1.4").check(home.path(), "go1.22.0").unwrap();
        fs::write(home.path().join("src/make.bash"), "x\nbootgo=1.20.6\n").unwrap();
        old("1.20.6").check(home.path(), "go1.22.0").unwrap();
        let error = old("1.20.5").check(home.path(), "go1.22.0").unwrap_err();
        assert!(error.to_string().contains("needs Go 1.20.6 or newer"), "{error}");
    }
}

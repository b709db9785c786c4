//! Building a checkout of Go: a copy of it, under a name of the user's own.

use super::sources::{MAX_SOURCE, minor, script, version_line};
use super::{Build, Job};
use crate::authority::Authority;
use crate::canonical::canonical;
use crate::error::{Error, OrCannot as _, Result};
use crate::install::publish::publish;
use crate::install::verify::verify;
use crate::platform::Platform;
use crate::progress::{Progress, Stage};
use crate::read::read_text;
use crate::shown::Shown as _;
use crate::store::Store;
use crate::store::lock::Lock;
use crate::store::staging::{self, Staging};
use crate::unpack::copy;
use goward_resolver::{ToolchainName, Version};
use std::fs;
use std::path::{Path, PathBuf};

/// A tree of Go's sources.
#[derive(Clone, Debug)]
pub struct Checkout {
    directory: PathBuf,
    name: String,
    version: String,
    language: Version,
}

impl Checkout {
    /// The tree at `directory`, to be built as `name`, which must be one file name and no version.
    pub fn open(directory: &Path, name: &str) -> Result<Checkout> {
        let refuse = |message: String| Error::not_found(message);
        let directory = canonical(directory)
            .map_err(|error| refuse(format!("cannot find {}", directory.shown())).because(error))?;
        if !directory.join("src").join(script().1).is_file() {
            let script = script().1;
            let message = format!(
                "{} is not a tree of Go's sources: it has no src/{script}",
                directory.shown()
            );
            return Err(refuse(message));
        }
        let (version, language) = match version_line(&directory) {
            Some(line) => {
                let word = line.split_whitespace().find_map(ToolchainName::parse);
                (line, word.map(|name| name.version().clone()))
            }
            // As cmd/dist names a build from a repository; the copy has no history.
            None => {
                let minor = development(&directory);
                let version = minor.and_then(|minor| Version::parse(&format!("1.{minor}")));
                let minor = minor.map(|minor| format!("go1.{minor}-")).unwrap_or_default();
                (format!("devel {minor}{name}"), version)
            }
        };
        let language = language
            .ok_or_else(|| refuse(format!("{} does not say which Go it is", directory.shown())))?;
        Ok(Checkout { directory, name: name.to_owned(), version, language })
    }

    /// The version that decides which Go can build it.
    pub fn language(&self) -> &Version {
        &self.language
    }
}

/// Builds a copy of `checkout` and returns its place in the store. Its only witness is the user. A
/// tree of that name is not replaced.
pub fn build_checkout(
    store: &Store,
    checkout: &Checkout,
    how: &Build,
    progress: &dyn Progress,
) -> Result<PathBuf> {
    let name = &checkout.name;
    store.prepare()?;
    let lock = Lock::wait(&store.lock_file(name), name, progress)?;
    let place = store.toolchains_dir().join(name);
    if place.symlink_metadata().is_ok() {
        let message = format!("there is a toolchain {name} already");
        return Err(Error::usage(message).hint(format!("remove it first: goward uninstall {name}")));
    }
    staging::sweep(store, name, &lock, progress);
    let staging = Staging::create(store, name, &lock)?;
    progress.stage(name, Stage::Unpack);
    let origin = checkout.directory.to_string_lossy().into_owned();
    let verified =
        verify(copy(staging, &checkout.directory, &Authority::User)?, &Authority::User, &origin)?;
    let tree = verified.unpacked().staging.tree();
    let version = tree.join("VERSION");
    if !version.exists() {
        fs::write(&version, format!("{}\n", checkout.version)).or_cannot("write", &version)?;
    }
    let job = Job { tree: &tree, place: &place, version: &checkout.version };
    let built = how.run(store, &job, progress)?;
    progress.stage(name, Stage::Publish);
    verified.receipt(name, &Platform::host(), origin, Some(built)).write(store, name)?;
    publish(store, name, &verified, false)?;
    Ok(place)
}

/// The minor version that a checkout develops: `const Version = 28` in internal/goversion.
fn development(tree: &Path) -> Option<u32> {
    let path = tree.join("src/internal/goversion/goversion.go");
    let text = read_text(&path, MAX_SOURCE).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("const Version = "))?;
    let version = Version::parse(&format!("1.{}", line.trim()))?;
    minor(&version)
}

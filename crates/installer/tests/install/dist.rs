//! A scratch store, and a mirror of made-up archives in a directory.

use goward_installer::*;
use goward_resolver::Selector;
use goward_testkit::release::{self, File};
use goward_testkit::tar::Tar;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

pub(crate) use goward_testkit::release::sha256 as hex;

pub(crate) const VERSION: &str = "1.22.10";
pub(crate) const NAME: &str = "go1.22.10";

/// The files that every toolchain must have.
pub(crate) fn needed() -> Vec<(&'static str, u32, &'static [u8])> {
    static NEEDED: LazyLock<Vec<File>> = LazyLock::new(|| release::needed(VERSION, "echo go"));
    NEEDED.iter().map(|(path, mode, content)| (&**path, *mode, &**content)).collect()
}

/// A whole toolchain, to which a test adds its own files.
pub(crate) fn toolchain() -> Tar {
    let mut tar = Tar::empty();
    tar.directory("go/");
    for (path, mode, content) in needed() {
        tar.entry(format!("go/{path}").as_bytes(), b'0', mode, content);
    }
    tar
}

/// The name that an archive for this machine has, with its extension.
pub(crate) fn file_name(version: &str, extension: &str) -> String {
    let host = Platform::host();
    format!("go{version}.{}-{}.{extension}", host.os(), host.arch())
}

/// An index of one release with one archive, for this machine.
pub(crate) fn index(version: &str, file_name: &str, archive: &[u8]) -> String {
    index_for(&Platform::host(), version, file_name, archive)
}

/// An index of one release with one archive.
pub(crate) fn index_for(
    platform: &Platform,
    version: &str,
    file_name: &str,
    archive: &[u8],
) -> String {
    let (sha256, size) = (hex(archive), archive.len());
    serde_json::json!([{
        "version": format!("go{version}"),
        "stable": true,
        "files": [{
            "filename": file_name, "os": platform.os(), "arch": platform.arch(),
            "sha256": sha256, "size": size, "kind": "archive",
        }],
    }])
    .to_string()
}

pub(crate) struct World {
    home: tempfile::TempDir,
    pub(crate) store: Store,
    pub(crate) settings: Settings,
}

impl World {
    /// A store that knows only `mirror`, which answers for itself.
    pub(crate) fn new(mirror: &str) -> World {
        let home = tempfile::tempdir().unwrap();
        let store = Store::open(home.path().join("root")).unwrap();
        let mut settings = Settings::default();
        settings.mirrors = vec![Mirror::parse(mirror, true).unwrap()];
        World { home, store, settings }
    }

    /// A store with a mirror in a directory that has `archive` as the release [`VERSION`].
    pub(crate) fn with_archive(archive: &[u8], extension: &str) -> World {
        let mut world = World::new("file:///");
        let name = file_name(VERSION, extension);
        fs::create_dir(world.dist()).unwrap();
        fs::write(world.dist().join(&name), archive).unwrap();
        fs::write(world.dist().join("index.json"), index(VERSION, &name, archive)).unwrap();
        world.settings.mirrors = vec![world.mirror(true)];
        world
    }

    pub(crate) fn dist(&self) -> PathBuf {
        self.home.path().join("dist")
    }

    pub(crate) fn mirror(&self, own: bool) -> Mirror {
        Mirror::parse(&goward_testkit::url::of_file(&self.dist()), own).unwrap()
    }

    /// The installer, watched by `progress`.
    pub(crate) fn by<'a>(&'a self, progress: &'a dyn Progress) -> Installer<'a> {
        Installer { store: &self.store, settings: &self.settings, progress }
    }

    pub(crate) fn install(&self) -> Result<Installed, Error> {
        self.install_selector(VERSION)
    }

    pub(crate) fn install_selector(&self, selector: &str) -> Result<Installed, Error> {
        let selector = Selector::parse(selector).unwrap();
        let release = self.by(&Silent).find(&Query::new(&selector))?;
        self.by(&Silent).install(&release)
    }

    /// Installs, which must fail and leave nothing, inside of the store or outside.
    pub(crate) fn fails(&self) -> Error {
        self.store.prepare().unwrap();
        let before = self.outcome();
        let error = self.install().expect_err("the install should have failed");
        assert_eq!(before, self.outcome(), "{}", chain(&error));
        error
    }

    /// Everything but the files that a failed install may leave: locks, and its knowledge of
    /// mirrors.
    fn outcome(&self) -> BTreeMap<String, String> {
        let learnt =
            ["root/state/locks/", "root/state/unreachable", "root/state/seen", "root/cache/index/"];
        let mut found = snapshot(self.home.path());
        found.retain(|path, _| !learnt.iter().any(|prefix| path.starts_with(prefix)));
        found
    }
}

/// Every path below `root` with its permissions and a digest of its content.
pub(crate) fn snapshot(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut left = vec![root.to_path_buf()];
    while let Some(directory) = left.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            let content = match metadata.is_file() {
                true => hex(&fs::read(&path).unwrap()),
                false => format!("{:?}", metadata.file_type()),
            };
            let relative = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            found.insert(relative, format!("{:?} {content}", metadata.permissions()));
            if metadata.is_dir() {
                left.push(path);
            }
        }
    }
    found
}

/// An error with all its causes, on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

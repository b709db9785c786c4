//! A machine with a small release to install, and the rules that must hold on it after any fault.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::Hasher as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use goward_testkit::files::Server;
use goward_tests::call::{Call, Outcome};
use goward_tests::mirror;
use goward_tests::release::SmallRelease;
use goward_tests::sandbox::Sandbox;

pub(crate) const OURS: &str = "the sandbox is ours";

/// Every entry of a tree with its kind, mode and content.
pub(crate) type Manifest = BTreeMap<PathBuf, String>;

/// A machine whose mirror offers one release.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    pub(crate) version: &'static str,
    mirror: String,
    server: Option<Server>,
    whole: Manifest,
    outside: Manifest,
}

impl Scene {
    /// A machine with a release that takes no time to install.
    pub(crate) fn small(name: &str) -> Scene {
        let sandbox = Sandbox::empty(name);
        let release = SmallRelease::make(&sandbox);
        let mirror = goward_testkit::url::of_file(release.dir());
        Scene::of(sandbox, SmallRelease::VERSION, mirror, None)
    }

    /// A machine with the same release behind a server, which can go on with the rest of an
    /// archive.
    pub(crate) fn served(name: &str) -> Scene {
        let sandbox = Sandbox::empty(name);
        let server = Server::start(SmallRelease::make(&sandbox).dir());
        Scene::of(sandbox, SmallRelease::VERSION, server.url(), Some(server))
    }

    /// A machine with a real release.
    pub(crate) fn real(name: &str) -> Scene {
        let mirror = goward_testkit::url::of_file(mirror::mirror());
        Scene::of(Sandbox::empty(name), "1.22.10", mirror, None)
    }

    fn of(
        sandbox: Sandbox,
        version: &'static str,
        mirror: String,
        server: Option<Server>,
    ) -> Scene {
        let (whole, outside) = (Manifest::new(), Manifest::new());
        let mut scene = Scene { sandbox, version, mirror, server, whole, outside };
        scene.install().run().code(0);
        scene.whole = manifest(&scene.toolchain());
        assert!(scene.whole.len() > 300, "the manifest misses files");
        scene.clear();
        scene.outside = scene.look_outside();
        scene
    }

    /// A call of the manager, with the mirror as the authority for its archives.
    pub(crate) fn goward(&self, args: &[&str]) -> Call {
        let call = self.sandbox.goward(args);
        call.env("GOWARD_MIRROR", &self.mirror).env("GOWARD_MIRROR_DIGESTS", "own")
    }

    pub(crate) fn install(&self) -> Call {
        self.goward(&["install", self.version])
    }

    /// How many answers of its server were only the rest of an archive.
    pub(crate) fn resumed(&self) -> usize {
        self.server.as_ref().map_or(0, Server::resumed)
    }

    /// The GOROOT of the release.
    pub(crate) fn toolchain(&self) -> PathBuf {
        self.sandbox.toolchain(self.version)
    }

    pub(crate) fn is_installed(&self) -> bool {
        self.toolchain().exists()
    }

    /// Waits until an install that goes on has bytes of its archive in the store.
    pub(crate) fn waits_for_bytes(&self) {
        let start = std::time::Instant::now();
        let has_bytes = |staging: &PathBuf| {
            fs::metadata(staging.join("archive")).is_ok_and(|archive| archive.len() > 0)
        };
        while !list(&self.sandbox.root().join("state/staging")).iter().any(has_bytes) {
            assert!(start.elapsed().as_secs() < 60, "nothing arrives");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    /// Whether a dead install left a part of its archive with the note of its URL. A whole archive
    /// needs no request for the rest.
    pub(crate) fn has_a_part(&self) -> bool {
        let archive = goward_testkit::release::archive(self.version);
        let offered = self.sandbox.dir().join("small-mirror").join(archive);
        let whole = fs::metadata(offered).expect(OURS).len();
        let left = |staging: &PathBuf| {
            let bytes = fs::metadata(staging.join("archive")).map_or(0, |archive| archive.len());
            let note = fs::metadata(staging.join("archive.of")).map_or(0, |note| note.len());
            bytes > 0 && bytes < whole && note > 0
        };
        self.staging().iter().any(left)
    }

    /// Puts the store back into its state before the first install.
    pub(crate) fn clear(&self) {
        let root = self.sandbox.root();
        for part in ["toolchains", "state", "cache", "links"] {
            let _ = fs::remove_dir_all(root.join(part));
        }
        for entry in list(&root).iter().filter(|entry| entry.is_file()) {
            fs::remove_file(entry).expect(OURS);
        }
        for entry in list(&self.sandbox.shims()) {
            if !matches!(entry.file_name().and_then(|name| name.to_str()), Some("go" | "gofmt")) {
                fs::remove_file(entry).expect(OURS);
            }
        }
    }

    /// Asserts the invariant: no toolchain or a whole one, at most one stale staging directory, and
    /// nothing changed outside the store.
    pub(crate) fn holds(&self, when: &str) {
        if self.is_installed() {
            self.is_whole(when);
        }
        let staging = self.staging();
        assert!(staging.len() <= 1, "{when}: {staging:?}");
        for entry in list(&self.sandbox.shims()) {
            let link =
                entry.file_name().is_some_and(|name| *name == *format!("go{}", self.version));
            assert!(!link || entry.exists(), "{when}: {} leads nowhere", entry.display());
        }
        assert_same(&self.look_outside(), &self.outside, &format!("{when}, outside the store"));
    }

    /// Asserts that the toolchain is there, to the byte.
    pub(crate) fn is_whole(&self, when: &str) {
        assert_same(&manifest(&self.toolchain()), &self.whole, when);
    }

    /// Asserts that the next run installs without help, that it sets the default if an earlier run
    /// did not, and that no leftovers of earlier runs stay.
    pub(crate) fn recovers(&self, when: &str) {
        let was_installed = self.is_installed();
        self.install().run().code(0);
        self.is_whole(when);
        let default = fs::read_to_string(self.sandbox.root().join("default"));
        let default = default.unwrap_or_else(|error| panic!("{when}: no default: {error}"));
        assert_eq!(default.trim(), self.version, "{when}");
        let named = self.sandbox.shims().join(format!("go{}", self.version));
        let named = fs::canonicalize(named).unwrap_or_else(|error| panic!("{when}: {error}"));
        assert_eq!(named, self.toolchain().join("bin/go"), "{when}");
        if was_installed {
            // There was nothing to install, so nothing was cleared away either.
            self.goward(&["uninstall", "--force", self.version]).run().code(0);
            self.install().run().code(0);
        }
        self.is_clean(when);
    }

    /// Asserts that no temporary file or directory of installing is left.
    pub(crate) fn is_clean(&self, when: &str) {
        assert!(self.staging().is_empty(), "{when}: staging keeps {:?}", self.staging());
        let root = self.sandbox.root();
        for dir in ["shims", "toolchains", "state/receipts"] {
            for entry in list(&root.join(dir)) {
                let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let random = name.rsplit('.').next().is_some_and(|end| {
                    end.len() == 16 && end.bytes().all(|byte| byte.is_ascii_hexdigit())
                });
                assert!(!random && !name.starts_with('.'), "{when}: {} is left", entry.display());
            }
        }
    }

    /// The entries of the staging directory.
    pub(crate) fn staging(&self) -> Vec<PathBuf> {
        list(&self.sandbox.root().join("state/staging"))
    }

    /// Asserts a failure that names its subject in one error line.
    #[track_caller]
    pub(crate) fn failed(&self, outcome: &Outcome, code: i32) {
        outcome.code(code).nothing_on_stdout();
        let errors = outcome.stderr.lines().filter(|line| line.starts_with("goward: error: "));
        assert_eq!(errors.count(), 1, "{outcome}");
    }

    /// Everything of the sandbox but the store, and the tree to compare with.
    fn look_outside(&self) -> Manifest {
        let mut all = Manifest::new();
        for part in ["home", "projects", "tmp", "small-mirror"] {
            look(&self.sandbox.dir().join(part), &self.sandbox.root(), &mut all);
        }
        all
    }
}

/// The entries of a directory; none if it cannot be read.
pub(crate) fn list(dir: &Path) -> Vec<PathBuf> {
    fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// Everything at and below `dir`.
pub(crate) fn manifest(dir: &Path) -> Manifest {
    let mut all = Manifest::new();
    look(dir, Path::new(""), &mut all);
    all.into_iter()
        .map(|(path, what)| {
            (path.strip_prefix(dir).map(Path::to_path_buf).unwrap_or_default(), what)
        })
        .collect()
}

fn look(path: &Path, but: &Path, all: &mut Manifest) {
    // A file that vanishes meanwhile counts as absent.
    let Ok(facts) = fs::symlink_metadata(path) else { return };
    if path == but {
        return;
    }
    let mode = facts.permissions().mode();
    let content = match facts.is_file() {
        true => fs::read(path).unwrap_or_default(),
        false => fs::read_link(path)
            .map(|to| to.to_string_lossy().into_owned().into_bytes())
            .unwrap_or_default(),
    };
    let mut hasher = DefaultHasher::new();
    hasher.write(&content);
    let what = format!("{mode:o} {} {:016x}", content.len(), hasher.finish());
    all.insert(path.to_path_buf(), what);
    if facts.is_dir() {
        list(path).iter().for_each(|inner| look(inner, but, all));
    }
}

/// Asserts that two trees are equal, and names the differences.
#[track_caller]
pub(crate) fn assert_same(is: &Manifest, should: &Manifest, when: &str) {
    if is == should {
        return;
    }
    let differs = |path: &&PathBuf| is.get(*path) != should.get(*path);
    let paths = is.keys().chain(should.keys());
    let first: Vec<_> = paths.filter(differs).take(8).collect();
    panic!(
        "{when}: {} entries, should be {}; of those that differ: {first:?}",
        is.len(),
        should.len()
    );
}

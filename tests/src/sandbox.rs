//! A private machine for one test: its own HOME, store, PATH and projects.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::binaries::{binaries, executable, workspace};
use crate::call::Call;
use crate::mirror::{SystemGo, system_go};
use goward_testkit::start::{offer_tools, tool};

/// The files that select a toolchain; none may lie above the sandbox.
const SELECTING_FILES: [&str; 5] = [".goenv", ".go-version", ".tool-versions", "go.work", "go.mod"];

/// One private machine. The store is the default one, `$HOME/.goward`, with the shims in place
/// and first on PATH. Dropped, it is deleted.
#[derive(Debug)]
pub struct Sandbox {
    dir: PathBuf,
    path: Vec<PathBuf>,
}

impl Sandbox {
    /// A sandbox with the shims and the manager, and no Go toolchain at all.
    pub fn empty(name: &str) -> Sandbox {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let base = fs::canonicalize(std::env::temp_dir()).expect("the temporary directory exists");
        // The verbatim prefix that Windows puts before canonical paths is not for every program.
        let base = PathBuf::from(base.to_string_lossy().trim_start_matches(r"\\?\"));
        let dir = base.join(format!("goward-{}-{count}-{name}", std::process::id()));
        for above in base.ancestors() {
            for file in SELECTING_FILES {
                let stray = above.join(file);
                assert!(!stray.is_file(), "{} would decide in every test", stray.display());
            }
        }
        let mut sandbox = Sandbox { dir, path: Vec::new() };
        for part in ["tmp", "projects", "tools"] {
            fs::create_dir_all(sandbox.dir.join(part)).expect("the sandbox is ours");
        }
        for part in ["shims", "bin", "toolchains"] {
            fs::create_dir_all(sandbox.root().join(part)).expect("the sandbox is ours");
        }
        // Go would otherwise leave a process behind that writes there while we delete it.
        sandbox.write(sandbox.config_dir().join("telemetry/mode"), "off");
        link_file(&binaries().shim, &sandbox.shims().join(executable("go")));
        link_file(&binaries().shim, &sandbox.shims().join(executable("gofmt")));
        link_file(&binaries().manager, &sandbox.manager());
        sandbox.path = vec![sandbox.shims(), sandbox.dir.join("tools")];
        sandbox.offer_host_tools();
        sandbox
    }

    /// A sandbox whose store holds the given releases.
    pub fn with(name: &str, versions: &[&str]) -> Sandbox {
        let sandbox = Sandbox::empty(name);
        for version in versions {
            sandbox.install_tree(version);
        }
        sandbox
    }

    fn offer_host_tools(&mut self) {
        if cfg!(windows) {
            let system = std::env::var_os("SystemRoot").expect("Windows sets SystemRoot");
            self.path.push(PathBuf::from(system).join("System32"));
            return;
        }
        offer_tools(&self.dir.join("tools"));
    }

    /// The directory of everything.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The user's home directory.
    pub fn home(&self) -> PathBuf {
        self.dir.join("home")
    }

    /// The store.
    pub fn root(&self) -> PathBuf {
        self.home().join(".goward")
    }

    /// The directory of the shims.
    pub fn shims(&self) -> PathBuf {
        self.root().join("shims")
    }

    /// The shim `go`.
    pub fn shim(&self) -> PathBuf {
        self.shims().join(executable("go"))
    }

    /// The manager.
    pub fn manager(&self) -> PathBuf {
        self.root().join("bin").join(executable("goward"))
    }

    /// The GOROOT of an installed release.
    pub fn toolchain(&self, version: &str) -> PathBuf {
        self.root().join("toolchains").join(format!("go{version}"))
    }

    /// The directory of a project, created if need be. It lies outside HOME.
    pub fn project(&self, name: &str) -> PathBuf {
        let dir = self.dir.join("projects").join(name);
        fs::create_dir_all(&dir).expect("the sandbox is ours");
        dir
    }

    /// Writes a file; `path` is absolute or relative to the sandbox. Directories are created.
    pub fn write(&self, path: impl AsRef<Path>, text: &str) -> PathBuf {
        let path = self.dir.join(path);
        // The binaries may lie here under a second name: never write into those.
        #[cfg(unix)]
        if fs::metadata(&path).is_ok_and(|file| std::os::unix::fs::MetadataExt::nlink(&file) > 1) {
            fs::remove_file(&path).expect("the sandbox is ours");
        }
        fs::create_dir_all(path.parent().expect("a file lies in a directory"))
            .and_then(|()| fs::write(&path, text))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }

    /// Writes a shell script that can be executed.
    #[cfg(unix)]
    pub fn script(&self, path: impl AsRef<Path>, body: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.write(path, &format!("#!/bin/sh\n{body}\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("the file is ours");
        path
    }

    /// Writes a module of one program to `dir`: `go.mod` and `main.go`.
    pub fn module(&self, dir: &Path, go_mod: &str, main: &str) {
        self.write(dir.join("go.mod"), go_mod);
        self.write(dir.join("main.go"), main);
    }

    /// Puts a release of the mirror into the store, with its version-named link. The tree shares
    /// all but its own directories with the mirror, so this is quick; its path is real.
    pub fn install_tree(&self, version: &str) {
        let tree = self.toolchain(version);
        share_tree(&crate::mirror::tree(version), &tree);
        self.name_toolchain(version);
    }

    /// Puts a tree into the store whose `go` is a shell script.
    #[cfg(unix)]
    pub fn install_script(&self, version: &str, body: &str) {
        let tree = self.toolchain(version);
        self.write(tree.join("VERSION"), &format!("go{version}\n"));
        self.write(tree.join("pkg/tool/README"), "makes this directory a GOROOT to Go\n");
        self.script(tree.join("bin/go"), body);
        self.script(tree.join("bin/gofmt"), body);
        self.name_toolchain(version);
    }

    /// Makes `shims/go1.N.P`.
    fn name_toolchain(&self, version: &str) {
        let link = self.shims().join(executable(&format!("go{version}")));
        if cfg!(windows) {
            link_file(&binaries().shim, &link);
        } else {
            link_dir(&Path::new("../toolchains").join(format!("go{version}/bin/go")), &link);
        }
    }

    /// Makes `text` the default, as `goward default` would.
    pub fn set_default(&self, text: &str) {
        self.write(self.root().join("default"), &format!("{text}\n"));
    }

    /// Writes the file that `go env -w` writes.
    pub fn go_env_file(&self, text: &str) -> PathBuf {
        self.write(self.config_dir().join("env"), text)
    }

    /// The directory in which Go keeps the user's settings.
    pub fn config_dir(&self) -> PathBuf {
        self.home().join(match std::env::consts::OS {
            "macos" => "Library/Application Support/go",
            "windows" => "AppData/Roaming/go",
            _ => ".config/go",
        })
    }

    /// Puts the system Go on PATH, behind the shims.
    pub fn add_system_go(&mut self) -> &'static SystemGo {
        let system = system_go();
        self.path.push(system.tree.join("bin"));
        system
    }

    /// Puts a directory on PATH; `first` before the shims, else last.
    pub fn add_to_path(&mut self, dir: PathBuf, first: bool) {
        let at = if first { 0 } else { self.path.len() };
        self.path.insert(at, dir);
    }

    /// The environment of every call: nothing of the host's but a scratch of system variables,
    /// no module proxy, and the build cache that all tests share.
    pub fn env(&self) -> Vec<(OsString, OsString)> {
        let path = std::env::join_paths(&self.path).expect("paths hold no separator");
        let cache = workspace().join("target/go-test-cache");
        let mut env: Vec<(OsString, OsString)> = vec![
            ("PATH".into(), path),
            ("HOME".into(), self.home().into()),
            ("TMPDIR".into(), self.dir.join("tmp").into()),
            ("GOCACHE".into(), cache.into()),
            ("GOPROXY".into(), "off".into()),
            ("GOWARD_SYSTEM_ROOT".into(), self.dir.join("no-system-root").into()),
        ];
        if cfg!(windows) {
            env.push(("USERPROFILE".into(), self.home().into()));
            env.push(("AppData".into(), self.home().join("AppData/Roaming").into()));
            env.push(("LocalAppData".into(), self.home().join("AppData/Local").into()));
            env.push(("TMP".into(), self.dir.join("tmp").into()));
            let system = std::env::var_os("SystemRoot").expect("Windows sets SystemRoot");
            env.push(("SystemRoot".into(), system));
        }
        env
    }

    /// A call of the shim `go` in `dir`.
    pub fn go(&self, dir: &Path, args: &[&str]) -> Call {
        Call::new(self.shim(), dir.to_path_buf(), self.env()).args(args)
    }

    /// A call of the installed `go` of `version` in `dir`, without any shim but in the same
    /// environment.
    pub fn direct(&self, version: &str, dir: &Path, args: &[&str]) -> Call {
        self.go(dir, args).program(self.toolchain(version).join("bin").join(executable("go")))
    }

    /// A call of the manager in the directory of the projects.
    pub fn goward(&self, args: &[&str]) -> Call {
        // In a window this wide a page has no broken lines, however long the sandbox's name is.
        let call = Call::new(self.manager(), self.dir.join("projects"), self.env());
        call.env("COLUMNS", "400").args(args)
    }

    /// The version that plain `go version` reports in `dir`, without `go`.
    #[track_caller]
    pub fn version(&self, dir: &Path) -> String {
        version_of(&self.go(dir, &["version"]))
    }
}

/// The version that a call of `go version` reports, without `go`. It must succeed and be silent.
#[track_caller]
pub fn version_of(call: &Call) -> String {
    let outcome = call.run();
    outcome.code(0).silent();
    let word = outcome.stdout.split(' ').nth(2).unwrap_or_default();
    word.strip_prefix("go").unwrap_or_else(|| panic!("not from go version\n{outcome}")).to_owned()
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Go closes its module cache for writing, and only root may delete there all the same.
        if fs::remove_dir_all(&self.dir).is_err() {
            open_directories(&self.dir);
            // A process that a test left behind may still hold a file on Windows.
            let _ = fs::remove_dir_all(&self.dir);
        }
    }
}

/// Lets the owner write to each directory from `dir` down.
fn open_directories(dir: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let _ = fs::set_permissions(dir, fs::Permissions::from_mode(0o700));
    }
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
        open_directories(&entry.path());
    }
}

/// Makes `link` another name of the file `target`, or a copy where that is impossible.
pub fn link_file(target: &Path, link: &Path) {
    if fs::hard_link(target, link).is_err() {
        copy_program(target, link);
    }
}

/// Copies a program for an exec at once. If this process wrote the copy, a child of another test
/// could hold it open for a moment, and the system executes no file that is open for writing.
#[cfg(unix)]
pub fn copy_program(from: &Path, to: &Path) {
    let copied = tool("cp").arg("-p").arg("--").arg(from).arg(to).status();
    assert!(copied.is_ok_and(|status| status.success()), "cannot copy to {}", to.display());
}

/// Copies a program for an exec at once.
#[cfg(not(unix))]
pub fn copy_program(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", to.display()));
}

/// Makes `link` a symbolic link; on Windows, where that takes a privilege, a tree of hard links.
pub fn link_dir(target: &Path, link: &Path) {
    #[cfg(unix)]
    std::os::unix::fs::symlink(target, link)
        .unwrap_or_else(|error| panic!("{}: {error}", link.display()));
    #[cfg(not(unix))]
    link_tree(target, link);
}

#[cfg(not(unix))]
fn link_tree(target: &Path, link: &Path) {
    fs::create_dir_all(link).expect("the sandbox is ours");
    for entry in entries(target) {
        let (from, to) = (entry.path(), link.join(entry.file_name()));
        if from.is_dir() { link_tree(&from, &to) } else { link_file(&from, &to) }
    }
}

/// Makes `to` a GOROOT of its own: own top directory, own `bin`, own files there; the large
/// directories are links. Go finds its GOROOT by the path of its executable, hence the hard links.
fn share_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("bin")).expect("the sandbox is ours");
    for entry in entries(from) {
        let (path, link) = (entry.path(), to.join(entry.file_name()));
        if path.ends_with("bin") {
            entries(&path).for_each(|file| link_file(&file.path(), &link.join(file.file_name())));
        } else if path.is_dir() {
            link_dir(&path, &link);
        } else {
            link_file(&path, &link);
        }
    }
}

fn entries(dir: &Path) -> impl Iterator<Item = fs::DirEntry> {
    let list = fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    list.map(|entry| entry.expect("a directory can be read"))
}

/// Every file below `dir`, relative to it, with its size; sorted.
pub fn files_below(dir: &Path) -> Vec<(PathBuf, u64)> {
    let (mut found, mut left) = (Vec::new(), vec![dir.to_path_buf()]);
    while let Some(next) = left.pop() {
        for entry in entries(&next) {
            let facts = entry.metadata().expect("an entry can be looked at");
            if facts.is_dir() {
                left.push(entry.path());
            } else {
                let path = entry.path();
                let name = path.strip_prefix(dir).expect("it lies below");
                found.push((name.to_path_buf(), facts.len()));
            }
        }
    }
    found.sort();
    found
}

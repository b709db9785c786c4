//! The programs under test, built once per test process.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use goward_testkit::start::developers;

/// Names a directory with `go` and `goward` to test as they are, a release for example, instead
/// of building them.
pub const PREBUILT: &str = "GOWARD_TEST_BINARIES";
/// Names a shim to test as it is, beside a manager that is built here with kill points.
pub const SHIM: &str = "GOWARD_TEST_SHIM";

/// The paths of the programs under test.
#[derive(Debug)]
pub struct Binaries {
    /// The shim, `go`.
    pub shim: PathBuf,
    /// The manager, `goward`.
    pub manager: PathBuf,
    /// Whether the manager has the kill points of the crash tests.
    pub checkpoints: bool,
}

/// The shim and the manager: those of [`PREBUILT`], else built into the target directory of this
/// test with its profile, and with kill points.
///
/// # Panics
///
/// When they do not build: no test can run then.
pub fn binaries() -> &'static Binaries {
    static FOUND: OnceLock<Result<Binaries, String>> = OnceLock::new();
    let found = FOUND.get_or_init(|| match std::env::var_os(PREBUILT) {
        Some(dir) => Ok(in_directory(Path::new(&dir), false)),
        None => build(),
    });
    found.as_ref().unwrap_or_else(|error| panic!("{error}"))
}

/// Whether the shim is the one without a C library: no program on `std` is nearly as small.
///
/// # Panics
/// When it is a little larger than it may be.
pub fn is_bare() -> bool {
    const LARGEST: u64 = 128_000;
    let size = std::fs::metadata(&binaries().shim).expect("the shim is there").len();
    assert!(!(LARGEST + 1..2 * LARGEST).contains(&size), "{size} bytes are more than {LARGEST}");
    size <= LARGEST
}

fn build() -> Result<Binaries, String> {
    let profile_dir = profile_dir();
    let target_dir = profile_dir.parent().expect("a profile directory lies in a target one");
    let mut build = developers(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.current_dir(workspace()).args(["build", "--quiet"]);
    build.args(["-p", "goward", "-p", "goward-shim", "--features", "goward/checkpoints"]);
    build.arg("--target-dir").arg(target_dir);
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_of_one_package(name)) {
        build.env_remove(name);
    }
    if profile_dir.ends_with("release") {
        build.arg("--release");
    }
    match build.status() {
        Ok(status) if status.success() => {
            let built = in_directory(&profile_dir, true);
            Ok(match std::env::var_os(SHIM) {
                Some(shim) => Binaries { shim: present(shim.into()), ..built },
                None => built,
            })
        }
        other => Err(format!("the programs under test do not build: {build:?}: {other:?}")),
    }
}

/// Whether `cargo test` sets the variable for the package under test alone. Some build scripts
/// (ring's) look at these, and cargo would build them, and all that needs them, anew each time.
fn is_of_one_package(name: &OsStr) -> bool {
    const OF_A_PACKAGE: [&str; 4] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_EXE_", "OUT_DIR"];
    let name = name.to_string_lossy();
    OF_A_PACKAGE.iter().any(|start| name.starts_with(start))
}

fn in_directory(dir: &Path, checkpoints: bool) -> Binaries {
    let find = |name: &str| present(dir.join(executable(name)));
    Binaries { shim: find("go"), manager: find("goward"), checkpoints }
}

fn present(path: PathBuf) -> PathBuf {
    assert!(path.is_file(), "{} is missing", path.display());
    path
}

/// The top directory of the workspace.
pub fn workspace() -> &'static Path {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(|| {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
        let top = tests.parent().expect("the tests lie in the workspace");
        // Built on Linux and run by wine, the path lacks a drive: wine's current one is Linux'.
        std::path::absolute(top).expect("the path is not empty")
    })
}

/// `name` as this system calls an executable.
pub fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// `target/debug` or `target/release`: test executables lie in its `deps`.
fn profile_dir() -> PathBuf {
    let test = std::env::current_exe().expect("a process knows its executable");
    let deps = test.parent().expect("an executable lies in a directory");
    deps.parent().expect("test executables lie in deps").to_path_buf()
}

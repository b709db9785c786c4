//! The programs under test, built once per test process.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Where the programs under test are.
#[derive(Debug)]
pub struct Binaries {
    /// The shim, `go`.
    pub shim: PathBuf,
    /// The manager, `goward`.
    pub manager: PathBuf,
}

/// Builds the shim and the manager into the target directory of this test, with its profile, and
/// returns their paths. The manager gets the kill points of the crash tests.
///
/// # Panics
/// When they do not build: no test can say anything then.
pub fn binaries() -> &'static Binaries {
    static BUILT: OnceLock<Binaries> = OnceLock::new();
    BUILT.get_or_init(|| {
        let profile_dir = profile_dir();
        let target_dir = profile_dir.parent().expect("a profile directory lies in a target one");
        let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        build.current_dir(workspace()).args(["build", "--quiet"]);
        build.args(["-p", "goward", "-p", "goward-shim"]);
        if has_checkpoints() {
            build.args(["--features", "goward/checkpoints"]);
        }
        build.arg("--target-dir").arg(target_dir);
        if profile_dir.ends_with("release") {
            build.arg("--release");
        }
        let status = build.status().expect("cargo starts");
        assert!(status.success(), "the programs under test do not build: {build:?}");
        Binaries {
            shim: profile_dir.join(executable("go")),
            manager: profile_dir.join(executable("goward")),
        }
    })
}

/// The top directory of the workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace")
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

/// Whether the manager can be built with kill points.
pub fn has_checkpoints() -> bool {
    let manifest = workspace().join("crates/cli/Cargo.toml");
    let text = std::fs::read_to_string(manifest).expect("the manager has a manifest");
    text.lines().any(|line| line.starts_with("checkpoints ="))
}

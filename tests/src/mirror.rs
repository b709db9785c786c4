//! Real Go releases: the mirror that `tests/mirror/mirror.py` makes, and its unpacked trees.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;

use goward_testkit::start::developers;

use crate::binaries::workspace;

/// The releases that the mirror holds, oldest first.
pub const VERSIONS: [&str; 4] = ["1.21.13", "1.22.10", "1.23.2", "1.27.3"];

/// Names a mirror that was made already, where it cannot be made from here (under wine).
pub const MADE: &str = "GOWARD_TEST_MIRROR";

/// A Go that stands for the one a distribution installed.
#[derive(Debug)]
pub struct SystemGo {
    /// Its GOROOT.
    pub tree: PathBuf,
    /// The version that it gives itself, without `go`: `1.19.8`.
    pub version: String,
}

/// The directory of the mirror, made first if need be.
///
/// # Panics
/// When it cannot be made (no Python, no package registry): no end-to-end test can run then.
pub fn mirror() -> &'static Path {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(|| {
        if let Some(made) = std::env::var_os(MADE) {
            return made.into();
        }
        let script = workspace().join("tests/mirror/mirror.py");
        let python = if cfg!(windows) { "python" } else { "python3" };
        let mut make = developers(python);
        make.arg(&script).arg("make").stdin(Stdio::null()).stderr(Stdio::inherit());
        let made = make.output();
        let made = made.unwrap_or_else(|error| panic!("cannot run {python}: {error}"));
        assert!(made.status.success(), "{python} {} make failed", script.display());
        PathBuf::from(String::from_utf8_lossy(&made.stdout).trim_end())
    })
}

/// The unpacked GOROOT of one of [`VERSIONS`]. Tests must not write there.
pub fn tree(version: &str) -> PathBuf {
    let tree = mirror().join("trees").join(format!("go{version}"));
    assert!(tree.is_dir(), "the mirror has no tree of Go {version}: {}", tree.display());
    tree
}

/// Debian's Go 1.19, or Go 1.21.13 where apt does not give that. This function alone decides, and
/// says so once on stderr.
pub fn system_go() -> &'static SystemGo {
    static CHOSEN: OnceLock<SystemGo> = OnceLock::new();
    CHOSEN.get_or_init(|| {
        let debian = mirror().join("trees/system-go1.19");
        let tree = if debian.is_dir() { debian } else { tree("1.21.13") };
        let text = std::fs::read_to_string(tree.join("VERSION")).expect("a GOROOT has VERSION");
        let version = text.lines().next().unwrap_or_default().trim();
        let version = version.strip_prefix("go").expect("VERSION starts with go").to_owned();
        note(&format!("the system Go of these tests is {version}: {}", tree.display()));
        SystemGo { tree, version }
    })
}

/// One line on stderr about the run of the tests, such as a part that they leave out, and the
/// reason.
#[expect(clippy::print_stderr, reason = "the reader of a test log has to learn of it")]
pub fn note(text: &str) {
    eprintln!("note: {text}");
}

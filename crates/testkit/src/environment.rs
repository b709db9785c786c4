//! The environment of a test program, closed before its first test begins.
//!
//! A developer has a `GOROOT`, a proxy, a `GOWARD_VERSION`. A program that a test starts gets an
//! environment of the test's own ([`crate::start`]). Code under test that runs inside the test
//! program reads the program's environment. So the loader calls [`close`] before `main`, when there
//! is no thread yet, and it removes every variable that the tests do not need.

use std::ffi::{OsStr, OsString};
use std::sync::OnceLock;

/// Names more variables that a test program keeps, separated by commas. One test sets it for
/// another that it starts ([`crate::start::again`]).
pub(crate) const SEEN: &str = "GOWARD_TEST_SEEN";

/// The variables that find programs, libraries and a place for files, and those that the tests
/// read.
const NEEDED: [&str; 12] = [
    "PATH",
    "TMPDIR",
    "TMP",
    "TEMP",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "LLVM_PROFILE_FILE",
    "GOWARD_PROPERTY_CASES",
    "SELECT_CASE",
    "SYSTEMROOT",
    "COMSPEC",
];

/// The beginnings of the names of all other variables that stay.
const FAMILIES: [&str; 5] = ["CARGO", "RUST", "GOWARD_TEST_", "PROPTEST_", "WINE"];

static ORIGINAL: OnceLock<Vec<(OsString, OsString)>> = OnceLock::new();

/// The loader calls this in every program that this crate is linked into.
#[used]
#[expect(unsafe_code, reason = "the one way to be called before main")]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
#[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
static CLOSE: extern "C" fn() = close;

extern "C" fn close() {
    let found: Vec<_> = std::env::vars_os().collect();
    let seen = std::env::var_os(SEEN).unwrap_or_default();
    for (name, _) in found.iter().filter(|(name, _)| !stays(name, &seen)) {
        // SAFETY: no thread but this one exists before main.
        #[expect(unsafe_code, reason = "there is no thread yet that could read it")]
        unsafe {
            std::env::remove_var(name);
        }
    }
    let _ = ORIGINAL.set(found);
}

fn stays(name: &OsStr, seen: &OsStr) -> bool {
    let (name, seen) = (name.to_string_lossy(), seen.to_string_lossy());
    // Windows ignores the case of their names.
    let known = if cfg!(windows) { name.to_uppercase() } else { name.to_string() };
    NEEDED.contains(&known.as_str())
        || FAMILIES.iter().any(|start| known.starts_with(start))
        || seen.split(',').any(|also| also == name)
}

/// The environment that this test program was started with.
pub(crate) fn original() -> &'static [(OsString, OsString)] {
    ORIGINAL.get().map_or(&[], Vec::as_slice)
}

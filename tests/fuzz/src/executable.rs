//! Executables: no input makes the reader panic, what it takes of memory has a bound, and lines of
//! build information mean the same when they are written again.

use crate::bounds::linear_beyond;
use goward_gobin::{BuildInfo, Depth, programs};

// By its file: the package that it belongs to brings more with it than should be instrumented.
#[path = "../../../crates/testkit/src/executable.rs"]
mod made;

/// The name of the target, and its check.
pub const ALL: &[(&str, fn(&[u8]))] = &[("gobin", check)];

/// Tables may overlap, and each is kept; unpacked debug information may take this much, too.
const MOST: usize = 192 << 20;

/// Checks one file, and its bytes as lines.
fn check(data: &[u8]) {
    let found = linear_beyond(MOST, data.len(), || programs(&data, Depth::Debug));
    for program in found.unwrap_or_default() {
        let _ = (program.forced(), program.needs.musl());
        again(&program.info);
    }
    if let Ok(info) = BuildInfo::parse(b"go1.27.3", data) {
        again(&info);
    }
}

fn again(info: &BuildInfo) {
    let lines = info.lines();
    let read = BuildInfo::parse(&info.version, &lines).expect("lines of our own");
    assert_eq!(read.lines(), lines);
    assert!(read.settings().eq(info.settings()), "{lines:?}");
}

/// Seeds: a static executable, one for glibc, and lines.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let lines = "path\tm\nmod\tm\tv1.0.0\th1:x=\n=>\tn\tv1.0.1\th1:y=\ndep\td\tv1.0.0\n\
        build\t-ldflags=\"-X \\\"a.b=c\\\"\"\nbuild\tGOOS=linux\n";
    let made = made::Executable::new("go1.24.3", lines);
    vec![
        ("gobin", made.bytes()),
        ("gobin", made.with_glibc("2.34").bytes()),
        ("gobin", lines.as_bytes().to_vec()),
    ]
}

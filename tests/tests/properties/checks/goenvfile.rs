//! The go/env file: every value is the reference's, which reads as Go documents it; the lines that
//! count render back.

use crate::bounds::linear;
use crate::reference::environment;
use goward_resolver::{FileText, GoEnvFile, Owner};

/// Checks one file.
pub(crate) fn check(data: &[u8]) {
    let file = GoEnvFile { path: b"/e".to_vec(), text: FileText::of(Owner::Trusted, data) };
    let value = |file: &GoEnvFile, key: &str| {
        file.get(key).map(|(value, origin)| {
            assert_eq!(origin.path, b"/e");
            (value.to_vec(), origin.line)
        })
    };
    // For Go, empty and unset are one.
    let set = |key: &str| environment::go_env(data, key).filter(|(value, _)| !value.is_empty());
    let entries: Vec<_> = linear(data.len(), || file.entries().collect());
    for key in ["GOTOOLCHAIN", "GOROOT", "GOFLAGS", "GOWORK", "A", "Z", "", "a"] {
        assert_eq!(value(&file, key), set(key), "{key:?}");
    }
    let mut rendered = Vec::new();
    for (line, key, value) in &entries {
        let known = data.split(|b| *b == b'\n').nth(*line as usize - 1).expect("it is a line");
        assert_eq!(known, [key, b"=".as_slice(), value].concat(), "line {line}");
        rendered.extend([known, b"\n"].concat());
    }
    let again =
        GoEnvFile { path: file.path.clone(), text: FileText::of(Owner::Trusted, &rendered) };
    assert_eq!(again.entries().count(), entries.len());
    for (_, key, _) in entries.iter().take(16) {
        let Ok(key) = std::str::from_utf8(key) else { continue };
        let text = |file: &GoEnvFile| value(file, key).map(|(value, _)| value);
        assert_eq!(text(&again), text(&file), "{key:?}");
        assert_eq!(value(&file, key), set(key), "{key:?}");
    }
}

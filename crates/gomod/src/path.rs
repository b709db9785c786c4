//! Module paths and their major versions, import paths, and replacements that are directories.

use crate::quote::quote;
use crate::rules::Release;
use crate::version;

/// The major version that ends a module path, with its separator: `/v2`, `.v1`, `.v1-unstable` or
/// nothing; `None` if it makes the path invalid. x/mod's `module.SplitPathVersion`.
pub(crate) fn major(path: &[u8]) -> Option<&[u8]> {
    let gopkg = path.starts_with(b"gopkg.in/");
    let stem = path.strip_suffix(b"-unstable").filter(|_| gopkg).unwrap_or(path);
    let numeric = |b: &u8| b.is_ascii_digit() || *b == b'.' && !gopkg;
    let digits = stem.iter().rev().take_while(|b| numeric(b)).count();
    let (head, digits) = stem.split_at(stem.len() - digits);
    let separator = if gopkg { b'.' } else { b'/' };
    let marked = head.len() > 1 && head.ends_with(&[separator, b'v']);
    if gopkg {
        let unstable = stem.len() != path.len();
        let whole = match digits {
            [] => unstable,
            [b'0', rest @ ..] => rest.is_empty() && !unstable,
            _ => true,
        };
        return (marked && whole).then(|| &path[head.len() - 2..]);
    }
    if !marked || digits.is_empty() {
        return Some(b"");
    }
    let whole = !digits.contains(&b'.') && digits[0] != b'0' && digits != b"1";
    whole.then(|| &path[head.len() - 2..])
}

/// Whether the canonical `version` suits a path that ends in `major`; else Go's error. x/mod's
/// `module.CheckPathMajor`.
pub(crate) fn check_major(version: &[u8], major: &[u8], release: Release) -> Result<(), String> {
    let unstable = major.starts_with(b".v");
    let major = major.strip_suffix(b"-unstable").filter(|_| unstable).unwrap_or(major);
    // Pseudo-versions of gopkg.in once began like this.
    if version.starts_with(b"v0.0.0-") && major == b".v1" {
        return Ok(());
    }
    let (has, incompatible) = version::major(version);
    let wanted = major.get(1..).unwrap_or_default();
    let right = match wanted {
        b"" => has == b"v0" || has == b"v1" || incompatible,
        _ => has == wanted,
    };
    if right {
        return Ok(());
    }
    let wanted = if wanted.is_empty() { b"v0 or v1" } else { wanted };
    let (wanted, has) = (String::from_utf8_lossy(wanted), String::from_utf8_lossy(has));
    let version = quote(version, release);
    Err(format!("version {version} invalid: should be {wanted}, not {has}"))
}

/// Whether a replacement is a directory and no module, on any system. `modfile.IsDirectoryPath`.
pub(crate) fn is_directory(path: &[u8], release: Release) -> bool {
    let rooted = path.starts_with(b"/") || path.starts_with(b"\\");
    let dots = [&b"./"[..], b".\\", b"../", b"..\\"].iter().any(|dots| path.starts_with(dots));
    let bare = matches!(path, b"." | b"..") && release >= Release::BARE_DOTS;
    let drive = path.len() >= 2 && path[0].is_ascii_alphabetic() && path[1] == b':';
    rooted || dots || bare || drive
}

/// Names of devices: Windows has these in every directory.
const DEVICES: [&str; 22] = [
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8",
    "COM9", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];

/// Whether it is the path of a package. x/mod's `module.CheckImportPath`.
pub(crate) fn is_import(path: &[u8]) -> bool {
    path.first() != Some(&b'-') && path.split(|b| *b == b'/').all(is_element)
}

fn is_element(element: &[u8]) -> bool {
    let known = |b: &u8| b.is_ascii_alphanumeric() || b"-._~+".contains(b);
    let dots = element.iter().all(|b| *b == b'.');
    if dots || element.ends_with(b".") || !element.iter().all(known) {
        return false;
    }
    let short = element.split(|b| *b == b'.').next().unwrap_or_default();
    let device = DEVICES.iter().any(|name| short.eq_ignore_ascii_case(name.as_bytes()));
    let tilde = short.iter().rposition(|b| *b == b'~').map(|at| &short[at + 1..]);
    let cut = tilde.is_some_and(|end| !end.is_empty() && end.iter().all(u8::is_ascii_digit));
    !device && !cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn majors_of_paths() {
        for (path, expected) in [
            ("example.com/m", Some("")),
            ("example.com/m/v2", Some("/v2")),
            ("example.com/m/v10", Some("/v10")),
            ("example.com/m/v1", None),
            ("example.com/m/v0", None),
            ("example.com/m/v02", None),
            ("example.com/m/v2.0", None),
            ("example.com/m/v.", None),
            ("example.com/mv2", Some("")),
            ("example.com/m/v", Some("")),
            ("/v2", Some("/v2")),
            ("v2", Some("")),
            ("", Some("")),
            ("gopkg.in/yaml.v2", Some(".v2")),
            ("gopkg.in/yaml.v0", Some(".v0")),
            ("gopkg.in/yaml.v02", None),
            ("gopkg.in/yaml.v2-unstable", Some(".v2-unstable")),
            ("gopkg.in/yaml.v0-unstable", None),
            ("gopkg.in/yaml.v-unstable", Some(".v-unstable")),
            ("gopkg.in/yaml.v", None),
            ("gopkg.in/yaml", None),
            ("gopkg.in/yaml/v2", None),
            ("gopkg.in/yaml.v2.1", None),
        ] {
            assert_eq!(major(path.as_bytes()), expected.map(str::as_bytes), "{path}");
        }
    }

    #[test]
    fn versions_suit_majors() {
        for (version, major, error) in [
            ("v1.2.3", "", None),
            ("v0.2.3", "", None),
            ("v2.0.0+incompatible", "", None),
            ("v2.0.0", "/v2", None),
            ("v1.0.0", ".v1-unstable", None),
            ("v0.0.0-20161208181325-20d25e280405", ".v1", None),
            ("v2.0.0", "", Some("version \"v2.0.0\" invalid: should be v0 or v1, not v2")),
            ("v1.0.0", "/v2", Some("version \"v1.0.0\" invalid: should be v2, not v1")),
        ] {
            let got = check_major(version.as_bytes(), major.as_bytes(), Release::NEWEST);
            assert_eq!(got.err().as_deref(), error, "{version} {major}");
        }
    }

    #[test]
    fn directories_and_imports() {
        for path in ["./a", "../a", ".\\a", "..\\a", "/a", "\\a", "c:", "C:\\a", ".", ".."] {
            assert!(is_directory(path.as_bytes(), Release::NEWEST), "{path}");
        }
        for path in ["a", ".a", "...", "1:", ""] {
            assert!(!is_directory(path.as_bytes(), Release::NEWEST), "{path}");
        }
        assert!(!is_directory(b"..", Release(21)));
        for path in ["a", "example.com/a.b/c++", ".x/y", "a~b", "a~1b", "con1"] {
            assert!(is_import(path.as_bytes()), "{path}");
        }
        for path in [
            "", "-a", "a//b", "a/", "/a", "..", "a.", "a b", "é", "con.x", "a/Lpt1", "a~1",
            "a~12.x",
        ] {
            assert!(!is_import(path.as_bytes()), "{path}");
        }
    }
}

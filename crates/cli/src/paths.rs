//! Paths between the resolver, which has them as bytes, and the standard library; and as text.

use std::path::{Path, PathBuf};

/// A path of the resolver's.
pub(crate) fn to_path(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
    }
    // The only names that this loses are those with half of a surrogate pair.
    #[cfg(not(unix))]
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// A path for the resolver.
pub(crate) fn to_bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}

/// Bytes that a person is to read: control characters, and those that reorder text, are escaped,
/// so that no file name or value can act on a terminal.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for c in String::from_utf8_lossy(bytes).chars() {
        let reorders = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if c.is_control() || reorders {
            text.extend(c.escape_default());
        } else {
            text.push(c);
        }
    }
    text
}

/// [`shown`] for a path.
pub(crate) fn shown_path(path: &Path) -> String {
    shown(path.as_os_str().as_encoded_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_shown_can_act_on_a_terminal() {
        assert_eq!(shown("/home/用户/é".as_bytes()), "/home/用户/é");
        assert_eq!(shown(b"/a\x1b[2J\n"), "/a\\u{1b}[2J\\n");
        assert_eq!(shown("a\u{202e}b".as_bytes()), "a\\u{202e}b");
        assert_eq!(shown(b"\xff"), "\u{fffd}");
    }
}

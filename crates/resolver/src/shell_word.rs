//! A path as one word of a command line that a message prints, and that people paste. A
//! stranger may have named the directory; every shell still reads the path as this one word.

use crate::host::Os;
use crate::printable::{escaped, shown};
use crate::text;
use alloc::string::String;

/// `path` as one word for the shells of `os`, if every one of them reads the same there; else
/// `None`, and the message has to do without. ASCII only, as [`escaped`].
pub fn word(os: Os, path: &[u8]) -> Option<String> {
    one_word(os, path, escaped(path))
}

/// As [`word`], but what Unicode holds to be printable may be in it, as in [`shown`].
pub fn shown_word(os: Os, path: &[u8]) -> Option<String> {
    one_word(os, path, shown(path))
}

/// `printable` is the path if that needs no escapes.
fn one_word(os: Os, path: &[u8], printable: String) -> Option<String> {
    // With an escape in it, it names another file.
    if path.is_empty() || path[0] == b'-' || printable.as_bytes() != path {
        return None;
    }
    let windows = os == Os::Windows;
    // What only one of the two systems may leave bare.
    let own: &[u8] = if windows { b"\\" } else { b"@%," };
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_./:+-".contains(b) || own.contains(b);
    if path.iter().all(plain) {
        return Some(printable);
    }
    if windows {
        // cmd expands `%` and `!` between double quotes, PowerShell `$` and backquotes; for it
        // typographic quotes are quotes, too. A `\` in front of the last quote would escape it.
        let acts = |c: char| "\"%!$`".contains(c) || ('\u{2018}'..='\u{201f}').contains(&c);
        let quotable = !printable.contains(acts) && !printable.ends_with('\\');
        return quotable.then(|| text!("\"{}\"", printable));
    }
    // Only these three mean something between single quotes: in sh, fish or csh.
    let quotable = !path.iter().any(|byte| matches!(byte, b'\'' | b'\\' | b'!'));
    quotable.then(|| text!("'{}'", printable))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_for_every_shell() {
        for (path, unix, windows) in [
            (
                "/home/a/p-1.2_3/.goenv",
                Some("/home/a/p-1.2_3/.goenv"),
                Some("/home/a/p-1.2_3/.goenv"),
            ),
            (r"C:\a\.goenv", None, Some(r"C:\a\.goenv")),
            ("/a b", Some("'/a b'"), Some("\"/a b\"")),
            ("/$(x)", Some("'/$(x)'"), None),
            ("/`x`", Some("'/`x`'"), None),
            ("/%PATH%", Some("/%PATH%"), None),
            ("/a;b&c|d>e<f", Some("'/a;b&c|d>e<f'"), Some("\"/a;b&c|d>e<f\"")),
            ("~root/x", Some("'~root/x'"), Some("\"~root/x\"")),
            ("/*?[a]{b,c}#", Some("'/*?[a]{b,c}#'"), Some("\"/*?[a]{b,c}#\"")),
            ("=ls", Some("'=ls'"), Some("\"=ls\"")),
            ("/\"", Some("'/\"'"), None),
            ("/a'b", None, Some("\"/a'b\"")),
            (r"/a b\", None, None),
            (r"/a\';id;'", None, Some("\"/a\\';id;'\"")),
            ("/a!b", None, None),
            ("-rf", None, None),
            ("", None, None),
            ("/a\nb", None, None),
            ("/a\x1b[2J", None, None),
            ("/##[x]", None, None),
            ("/用", None, None),
        ] {
            assert_eq!(word(Os::Linux, path.as_bytes()).as_deref(), unix, "{path}");
            assert_eq!(word(Os::MacOs, path.as_bytes()).as_deref(), unix, "{path}");
            assert_eq!(word(Os::Windows, path.as_bytes()).as_deref(), windows, "{path}");
        }
    }

    #[test]
    fn readable_text_may_stay() {
        for (path, unix, windows) in [
            ("/用 x", Some("'/用 x'"), Some("\"/用 x\"")),
            ("/a\u{201d}x", Some("'/a\u{201d}x'"), None),
            ("/a\u{202e}x", None, None),
        ] {
            assert_eq!(shown_word(Os::Linux, path.as_bytes()).as_deref(), unix, "{path}");
            assert_eq!(shown_word(Os::Windows, path.as_bytes()).as_deref(), windows, "{path}");
        }
        assert_eq!(shown_word(Os::Linux, b"/a\xff"), None);
    }
}

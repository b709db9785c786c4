//! Texts of the machine in sentences.

use goward_installer::redact;
use goward_resolver::shown;
use std::path::Path;

/// A value that may have an account in a URL, without it: a list of URLs is separated by commas or bars.
pub fn masked(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    if !text.contains("://") && !text.contains('@') {
        return shown(value);
    }
    let pieces = text.split_inclusive([',', '|', ' ']);
    let masked = pieces.map(|piece| {
        let url = piece.trim_end_matches([',', '|', ' ']);
        [&redact(url), &piece[url.len()..]].concat()
    });
    shown(masked.collect::<String>().as_bytes())
}

/// A path.
pub(super) fn path(path: &Path) -> String {
    shown(path.as_os_str().as_encoded_bytes())
}

/// Bytes for people.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..0x4000_0000 => format!("{} MiB", bytes >> 20),
        _ => format!("{} GiB", bytes >> 30),
    }
}

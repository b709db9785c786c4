//! What may be printed: untrusted text is escaped before it reaches a terminal or a log.

use alloc::format;
use alloc::string::String;

/// The longest text quoted from a file, in bytes.
const MAX_QUOTED: usize = 64;

/// `bytes` with everything but printable ASCII escaped as `\xNN`.
pub fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'\\' | b'"' | b' '..=b'~' => text.push(byte as char),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text
}

/// `bytes` escaped, cut to a sane length, and put in double quotes.
pub fn quoted(bytes: &[u8]) -> String {
    match bytes.get(..MAX_QUOTED) {
        Some(head) if bytes.len() > MAX_QUOTED => format!("\"{}...\"", escaped(head)),
        _ => format!("\"{}\"", escaped(bytes)),
    }
}

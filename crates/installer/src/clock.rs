//! The time.

use std::ffi::OsStr;
use std::time::SystemTime;

/// Now, in seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// The time that a receipt says of an install, in seconds since 1970: that of `SOURCE_DATE_EPOCH`, by which two
/// builds of one image are equal to the byte; else now.
pub(crate) fn of_install() -> u64 {
    std::env::var_os("SOURCE_DATE_EPOCH").and_then(|text| seconds(&text)).unwrap_or_else(now)
}

/// A number of seconds in digits alone.
fn seconds(text: &OsStr) -> Option<u64> {
    let text = text.to_str()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_digits_alone() {
        for (text, seen) in [("0", Some(0)), ("1700000000", Some(1_700_000_000))] {
            assert_eq!(seconds(OsStr::new(text)), seen);
        }
        for odd in ["", "+1", "-1", " 1", "1.5", "now", "99999999999999999999"] {
            assert_eq!(seconds(OsStr::new(odd)), None, "{odd:?}");
        }
    }
}

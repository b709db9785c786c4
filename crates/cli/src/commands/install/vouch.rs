//! The flags that say who vouches.

use goward_installer::{Digest, Trust};

/// `--verify`: the least level.
pub(super) fn level(text: &str) -> Result<Trust, String> {
    match text.to_ascii_lowercase().as_str() {
        "t0" => Ok(Trust::Table),
        "t1" => Ok(Trust::ChecksumDatabase),
        "t2" => Ok(Trust::OfficialIndex),
        "t3" => Ok(Trust::Given),
        "none" => Ok(Trust::User),
        _ => Err("write t0, t1, t2, t3 or none".to_owned()),
    }
}

/// `--sha256`.
pub(super) fn digest(text: &str) -> Result<Digest, String> {
    Digest::parse(text).ok_or_else(|| "a SHA-256 has 64 hexadecimal digits".to_owned())
}

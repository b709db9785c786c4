//! A switch of the environment, which is on or off: `GOWARD_OFFLINE`, `GOWARD_QUIET`.

/// The values, for messages.
pub const VALUES: &str = "1 or 0";

/// Whether a switch with this value is on: `1` and `true` are, `0`, `false` and no value are not.
/// `None` for a value that means nothing.
pub fn parse(value: &[u8]) -> Option<bool> {
    match value {
        b"" | b"0" | b"false" => Some(false),
        b"1" | b"true" => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_each_and_nothing_else() {
        for (value, on) in
            [("1", true), ("true", true), ("0", false), ("false", false), ("", false)]
        {
            assert_eq!(parse(value.as_bytes()), Some(on), "{value}");
        }
        for value in ["yes", "no", "TRUE", "2", " 1", "00"] {
            assert_eq!(parse(value.as_bytes()), None, "{value}");
        }
    }
}

//! Bytes in hexadecimal digits.

/// Two digits for each byte, in lower case.
pub(crate) fn hex(bytes: impl IntoIterator<Item = u8>) -> String {
    bytes.into_iter().map(|byte| format!("{byte:02x}")).collect()
}

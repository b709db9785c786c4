//! From the resolver's bytes to what Windows calls text: sequences of 16-bit units.

/// The 16-bit units of `bytes`.
///
/// Bytes from the system are WTF-8 and come out as they went in, unpaired surrogates included. Bytes
/// from a user's file may be no text at all: as in Go, each byte that belongs to no character becomes
/// U+FFFD.
pub(crate) fn units(bytes: &[u8]) -> Vec<u16> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.encode_utf16().collect(),
        Err(_) => units_of_any(bytes),
    }
}

const REPLACEMENT: u16 = 0xfffd;

fn units_of_any(bytes: &[u8]) -> Vec<u16> {
    let (mut units, mut rest) = (Vec::with_capacity(bytes.len()), bytes);
    while let Some(chunk) = rest.utf8_chunks().next() {
        units.extend(chunk.valid().encode_utf16());
        rest = &rest[chunk.valid().len()..];
        match *rest {
            [0xed, b @ 0xa0..=0xbf, c @ 0x80..=0xbf, ..] => {
                units.push(0xd000 | (u16::from(b) & 0x3f) << 6 | (u16::from(c) & 0x3f));
                rest = &rest[3..];
            }
            [_, ..] => {
                units.push(REPLACEMENT);
                rest = &rest[1..];
            }
            [] => {}
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_surrogates_and_rubbish() {
        let text = "a\u{e9}\u{4e16}\u{1f600}\u{fffd}b";
        assert_eq!(units(text.as_bytes()), text.encode_utf16().collect::<Vec<_>>());
        let half = [b"C:\\".as_slice(), &[0xed, 0xa0, 0xbd], b"x"].concat();
        assert_eq!(units(&half), [67, 58, 92, 0xd83d, 120]);
        assert_eq!(units(&[0xed, 0xbf, 0xbf]), [0xdfff]);
        assert_eq!(units(b"a\xff\xfeb\xc3"), [97, 0xfffd, 0xfffd, 98, 0xfffd]);
        assert_eq!(units(b"\xed\xa0"), [0xfffd, 0xfffd]);
        assert_eq!(units(b""), [0u16; 0]);
    }
}

//! The entries of a build cache: their names, and the text of an action's.

use std::fmt;

/// The length of an action's entry: version, action, output, size and time, with a blank between.
const ACTION_LENGTH: usize = 2 + 1 + 64 + 1 + 64 + 1 + 20 + 1 + 20 + 1;
/// So much is read of an action's entry: one byte more tells that it is too long.
pub(super) const ACTION_LIMIT: u64 = ACTION_LENGTH as u64 + 1;

/// A SHA-256: the key of an action, or the hash of an output.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Id([u8; 32]);

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// `-a`: the record of an action.
    Action,
    /// `-d`: an output.
    Output,
}

/// The name of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Name {
    pub(super) id: Id,
    pub(super) part: Part,
}

impl Id {
    /// With these bytes.
    pub(super) fn new(bytes: [u8; 32]) -> Id {
        Id(bytes)
    }

    fn parse(hex: &[u8]) -> Option<Id> {
        let mut bytes = [0; 32];
        if hex.len() != 64 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Id(bytes))
    }

    /// The directory that has it.
    pub(super) fn fan_out(self) -> u8 {
        self.0[0]
    }

    /// Its bytes.
    pub(super) fn bytes(self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
        let mut text = String::with_capacity(64);
        for byte in self.0 {
            text.push(digit(byte >> 4));
            text.push(digit(byte & 15));
        }
        f.write_str(&text)
    }
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

impl Name {
    /// The entry that has this name in a directory; `None` for any name that Go does not give there.
    pub(super) fn parse(name: &[u8], fan_out: u8) -> Option<Name> {
        let (hex, part) = match name.split_last_chunk::<2>()? {
            (hex, b"-a") => (hex, Part::Action),
            (hex, b"-d") => (hex, Part::Output),
            _ => return None,
        };
        let id = Id::parse(hex).filter(|id| id.fan_out() == fan_out)?;
        Some(Name { id, part })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = match self.part {
            Part::Action => "-a",
            Part::Output => "-d",
        };
        write!(f, "{}{end}", self.id)
    }
}

/// What the text of an action's entry says.
#[derive(Clone, Copy)]
pub(super) struct Said {
    pub(super) output: Id,
    /// The bytes of the output.
    pub(super) size: u64,
}

/// The output that the text of an action's entry names; `None` if Go would not take the entry
/// (`DiskCache.get`).
pub(super) fn output_of(text: &[u8], action: Id) -> Option<Id> {
    Some(read(text, action)?.0.output)
}

/// What the text of an action's entry says, if it is as Go writes it (`DiskCache.putIndexEntry`). Go reads
/// more than it writes: digits of both cases, zeros and signs.
pub(super) fn as_written(text: &[u8], action: Id) -> Option<Said> {
    let (said, time) = read(text, action)?;
    let written = format!("v1 {action} {} {:20} {time:20}\n", said.output, said.size);
    (written.as_bytes() == text).then_some(said)
}

/// What Go reads in an action's entry, and the time.
fn read(text: &[u8], action: Id) -> Option<(Said, u64)> {
    if text.len() != ACTION_LENGTH {
        return None;
    }
    let text = text.strip_prefix(b"v1 ")?.strip_suffix(b"\n")?;
    let (named, rest) = text.split_at(64);
    let (output, rest) = rest.strip_prefix(b" ")?.split_at(64);
    let (size, rest) = rest.strip_prefix(b" ")?.split_at(20);
    let time = rest.strip_prefix(b" ")?;
    // Go reads hexadecimal in both cases.
    let id = |hex: &[u8]| Id::parse(&hex.to_ascii_lowercase());
    if id(named)? != action {
        return None;
    }
    let (size, time) = (number(size)?, number(time)?);
    Some((Said { output: id(output)?, size }, time))
}

/// A number behind blanks.
fn number(text: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(text).ok()?.trim_start_matches(' ');
    digits.parse().ok().filter(|number| *number <= i64::MAX as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9";

    #[test]
    fn only_names_that_go_gives_are_entries() {
        for (name, part) in [
            (format!("{HEX}-a"), Some(Part::Action)),
            (format!("{HEX}-d"), Some(Part::Output)),
            (format!("{HEX}-d.tmp"), None),
            (format!("{HEX}-x"), None),
            (HEX.to_owned(), None),
            (format!("{}-a", HEX.to_uppercase()), None),
            (format!("{}-a", &HEX[1..]), None),
            (format!("0b{}-a", &HEX[2..]), None),
            (format!("{HEX}0-a"), None),
            (format!("../{}-a", &HEX[3..]), None),
            ("-a".to_owned(), None),
            (String::new(), None),
        ] {
            let found = Name::parse(name.as_bytes(), 0x0a);
            assert_eq!(found.map(|name| name.part), part, "{name}");
            assert!(found.is_none_or(|found| found.to_string() == name));
        }
    }

    #[test]
    fn an_action_names_its_output_where_go_reads_it() {
        let (action, other) = (Id::parse(HEX.as_bytes()).unwrap(), HEX.replace('0', "f"));
        let text = format!("v1 {HEX} {other} {:20} {:20}\n", 175, 1_764_460_800_000_000_000_u64);
        let output = Id::parse(other.as_bytes());
        assert_eq!(text.len() as u64 + 1, ACTION_LIMIT);
        assert!(output_of(text.as_bytes(), action) == output);
        let upper = text.replace(&other, &other.to_uppercase());
        assert!(output_of(upper.as_bytes(), action) == output);
        for wrong in [
            text.replace("v1", "v2"),
            text.replace(HEX, &other),
            text.replace(" 175 ", " 17x "),
            text.replace(" 175 ", " -17 "),
            text.replace('\n', " "),
            format!("{text} "),
            text[1..].to_owned(),
            String::new(),
        ] {
            assert!(output_of(wrong.as_bytes(), action).is_none(), "{wrong}");
        }
    }

    #[test]
    fn what_go_reads_and_never_writes_is_told_from_what_it_writes() {
        let (action, other) = (Id::parse(HEX.as_bytes()).unwrap(), HEX.replace('0', "f"));
        let text = format!("v1 {HEX} {other} {:20} {:20}\n", 175, 1_764_460_800_000_000_000_u64);
        let said = as_written(text.as_bytes(), action).unwrap();
        assert_eq!((said.size, said.output.to_string()), (175, other.clone()));
        for odd in [
            text.replace(HEX, &HEX.to_uppercase()),
            text.replace(&other, &other.to_uppercase()),
            text.replace(" 175 ", "0175 "),
            text.replace(" 175 ", "+175 "),
        ] {
            assert!(output_of(odd.as_bytes(), action).is_some(), "Go takes {odd}");
            assert!(as_written(odd.as_bytes(), action).is_none(), "{odd}");
        }
    }
}

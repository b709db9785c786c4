//! The user database, as far as its files say: `/etc/passwd` and `/etc/group`.

use alloc::vec::Vec;
use core::cell::OnceCell;

/// The user database's file.
pub const PASSWD: &[u8] = b"/etc/passwd";
/// The group database's file.
pub const GROUP: &[u8] = b"/etc/group";
/// The largest database read, in bytes.
pub const LIMIT: usize = 1 << 20;
/// What is read at a time where the end is not needed, in bytes.
pub const PIECE: usize = 1 << 10;

/// The user database of one process, as far as it is needed whole: each file is read once, however
/// often it is asked for.
#[derive(Clone, Debug, Default)]
pub struct UserDatabase {
    passwd: OnceCell<Option<Vec<u8>>>,
    group: OnceCell<Option<Vec<u8>>>,
}

impl UserDatabase {
    /// As [`is_private_group`]; a database that cannot be read may list anyone.
    pub fn is_private_group(&self, read: Read<'_>, user: u32, group: u32) -> bool {
        let groups = || self.group.get_or_init(|| read(GROUP)).as_deref();
        match (self.passwd.get_or_init(|| read(PASSWD)).as_deref(), groups()) {
            (Some(passwd), Some(groups)) => is_private_group(passwd, groups, user, group),
            _ => false,
        }
    }
}

/// How a file of the database is read; `None` if it cannot be.
pub type Read<'a> = &'a dyn Fn(&[u8]) -> Option<Vec<u8>>;

/// The lines of a database, and of each the field that is asked for, from 0.
fn lines(database: &[u8]) -> impl Iterator<Item = &[u8]> {
    database.split(|&b| b == b'\n')
}

fn field(line: &[u8], at: usize) -> &[u8] {
    line.split(|&b| b == b':').nth(at).unwrap_or_default()
}

/// Whether a field is this number. C libraries step over blanks before one.
fn is(line: &[u8], at: usize, wanted: u32) -> bool {
    let text = core::str::from_utf8(field(line, at).trim_ascii());
    text.ok().and_then(|text| text.parse().ok()) == Some(wanted)
}

/// The home directory of `user`, from a database that comes piece by piece: `more` appends some bytes
/// to a text, at the end none, and says how many. Nothing behind the user's line is asked for.
pub fn home_of(user: u32, more: &mut dyn FnMut(&mut Vec<u8>) -> Option<usize>) -> Option<Vec<u8>> {
    let (mut text, mut length) = (Vec::new(), 0);
    loop {
        let looked = text.len();
        let read = more(&mut text)?;
        length += read;
        // However long the pieces are, the same bytes count.
        text.truncate(text.len().saturating_sub(length.saturating_sub(LIMIT)));
        // The last line may go on in the next piece, and was not whole in the last one.
        let piece = text.get(looked..).unwrap_or_default();
        let end = piece.iter().rposition(|&b| b == b'\n').map_or(0, |end| looked + end + 1);
        let whole = if read == 0 { text.len() } else { end };
        if let Some((at, line)) = line_of(&text[..whole], user) {
            let colons = line.iter().enumerate().filter(|(_, b)| **b == b':');
            let start = at + colons.map(|(colon, _)| colon + 1).nth(4).unwrap_or(line.len());
            text.truncate(start + field(line, 5).len());
            text.drain(..start);
            text.shrink_to_fit();
            return Some(text);
        }
        if read == 0 || length > LIMIT {
            return None;
        }
        text.drain(..whole);
    }
}

/// The line of `user`, and where it begins.
fn line_of(passwd: &[u8], user: u32) -> Option<(usize, &[u8])> {
    let mut at = 0;
    lines(passwd).find_map(|line| {
        let here = at;
        at += line.len() + 1;
        is(line, 2, user).then_some((here, line))
    })
}

/// Whether `group` is the private group of `user`, as most systems make one for each: the user's
/// primary group, no other user's primary group, and without further members.
pub fn is_private_group(passwd: &[u8], groups: &[u8], user: u32, group: u32) -> bool {
    let mut name: &[u8] = b"";
    for line in lines(passwd).filter(|line| is(line, 3, group)) {
        if !is(line, 2, user) {
            return false;
        }
        name = field(line, 0);
    }
    let mut members = lines(groups).filter(|line| is(line, 2, group)).map(|line| field(line, 3));
    let others = |members: &[u8]| !members.is_empty() && members != name;
    !name.is_empty() && !members.any(others)
}

#[cfg(test)]
mod tests {
    use super::*;

    const USERS: &[u8] = b"root:x:0:0:root:/root:/bin/sh\n# note\nann:x:1000:1000::/home/ann:/bin/sh\n\
        bob:x:1001:100:,,,:/home/bob:/bin/sh\neve:x:1002:100::/:\nkim:x:1003:1003::/home/kim:/bin/sh\n";
    const GROUPS: &[u8] = b"root:x:0:\nusers:x:100:\nann:x:1000:\nkim:x:1003:ann,kim\n";

    #[test]
    fn a_private_group_has_one_user() {
        assert!(is_private_group(USERS, GROUPS, 1000, 1000));
        assert!(is_private_group(USERS, b"ann:x:1000:ann\n", 1000, 1000), "listed once more");
        assert!(!is_private_group(USERS, GROUPS, 1001, 100), "eve has it, too");
        assert!(!is_private_group(USERS, GROUPS, 1003, 1003), "ann is a member");
        assert!(!is_private_group(USERS, GROUPS, 1000, 1003), "not the user's own");
        assert!(!is_private_group(b"", GROUPS, 1000, 1000), "not in the file");
        assert!(!is_private_group(USERS, GROUPS, 7, 1000), "no such user");
        let blank = [USERS, b"eve:x:1002: 1000::/:\n"].concat();
        assert!(!is_private_group(&blank, GROUPS, 1000, 1000), "eve has it, behind a blank");
    }

    #[test]
    fn each_file_is_read_once() {
        let reads = OnceCell::new();
        let read = |path: &[u8]| {
            let first = if path == PASSWD { reads.set(()).is_ok() } else { path == GROUP };
            first.then(|| if path == PASSWD { USERS.to_vec() } else { GROUPS.to_vec() })
        };
        let database = UserDatabase::default();
        assert!(database.is_private_group(&read, 1000, 1000));
        assert!(!database.is_private_group(&read, 1001, 100));
        let unreadable = UserDatabase::default();
        assert!(!unreadable.is_private_group(&|path| read(path), 1000, 1000), "read once already");
    }

    /// The home directory by pieces of that many bytes, and how many of them were asked for.
    fn by_pieces(database: &[u8], piece: usize, user: u32) -> (Option<Vec<u8>>, usize) {
        let (mut pieces, mut asked) = (database.chunks(piece), 0);
        let home = home_of(user, &mut |text| {
            asked += 1;
            let next = pieces.next().unwrap_or_default();
            text.extend_from_slice(next);
            Some(next.len())
        });
        (home, asked)
    }

    #[test]
    fn homes_are_read_by_number_from_pieces_of_any_length() {
        for piece in 1..=USERS.len() + 1 {
            let home = |user| by_pieces(USERS, piece, user).0;
            assert_eq!(home(0).as_deref(), Some(&b"/root"[..]), "{piece}");
            assert_eq!(home(1001).as_deref(), Some(&b"/home/bob"[..]), "{piece}");
            assert_eq!(home(1002).as_deref(), Some(&b"/"[..]), "{piece}");
            assert_eq!(home(7), None, "{piece}");
        }
        let unended = b"x:x:1::\nann:x:5:5::/home/ann";
        assert_eq!(by_pieces(unended, 9, 5).0.as_deref(), Some(&b"/home/ann"[..]));
        assert_eq!(by_pieces(b"ann:x:5:5", 4, 5).0.as_deref(), Some(&b""[..]), "a line too short");
        assert_eq!(home_of(0, &mut |_| None), None, "unreadable");
    }

    #[test]
    fn nothing_is_read_behind_the_line_nor_beyond_the_limit() {
        let long = [USERS, b"#\n".repeat(LIMIT).as_slice(), b"zoe:x:9:9::/home/zoe:\n"].concat();
        assert_eq!(by_pieces(&long, 64, 0).1, 1);
        let (home, asked) = by_pieces(&long, 1 << 16, 9);
        assert_eq!((home, asked), (None, LIMIT / (1 << 16) + 1));
        assert_eq!(by_pieces(&long, long.len(), 9).0, None);
        let line = b"\nzoe:x:9:9::/home/zoe:\n";
        for (before, home) in [(LIMIT - line.len(), Some(&b"/home/zoe"[..])), (LIMIT - 22, None)] {
            let edge = [&b"#".repeat(before)[..], line, b"more\n"].concat();
            for piece in [1 << 10, 1 << 20, 2 << 20] {
                assert_eq!(by_pieces(&edge, piece, 9).0.as_deref(), home, "{before} {piece}");
            }
        }
    }
}

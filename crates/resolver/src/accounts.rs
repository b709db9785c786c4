//! The user database, as far as its files say: `/etc/passwd` and `/etc/group`.

use alloc::vec::Vec;
use core::cell::RefCell;
use core::ops::Range;

/// The user database's file.
pub const PASSWD: &[u8] = b"/etc/passwd";
/// The group database's file.
pub const GROUP: &[u8] = b"/etc/group";
/// The largest database read, in bytes.
pub const LIMIT: usize = 1 << 20;
/// The size of one read where the end is not needed, in bytes.
pub const PIECE: usize = 1 << 10;

/// What one process has learned from the user database: the files are read once for each question,
/// however often it is asked.
#[derive(Clone, Debug, Default)]
pub struct UserDatabase {
    /// A user, a group, and whether that is the user's private one.
    answers: RefCell<Vec<(u32, u32, bool)>>,
}

impl UserDatabase {
    /// As [`is_private_group`]; a database that cannot be read may list anyone.
    pub fn is_private_group(&self, read: Read<'_>, user: u32, group: u32) -> bool {
        let known = |(of, about, _): &&(u32, u32, bool)| (*of, *about) == (user, group);
        let answer = self.answers.borrow().iter().find(known).map(|(_, _, answer)| *answer);
        answer.unwrap_or_else(|| {
            let answer = is_private_group(read, user, group).unwrap_or_default();
            self.answers.borrow_mut().push((user, group, answer));
            answer
        })
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
            let end = start + field(line, 5).len();
            reduce(&mut text, start..end);
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

/// Leaves of a text what lies in `range`, and gives the rest back: an allocator that only grows
/// takes back what its newest piece no longer needs, and nothing of a piece that is dropped.
fn reduce(text: &mut Vec<u8>, range: Range<usize>) {
    text.truncate(range.end);
    text.drain(..range.start);
    text.shrink_to_fit();
}

/// Whether `group` is the private group of `user`, as most systems make one for each: the user's
/// primary group, no other user's primary group, and without further members. `None` if a file of
/// the database cannot be read.
fn is_private_group(read: Read<'_>, user: u32, group: u32) -> Option<bool> {
    let mut name = read(PASSWD)?;
    let only = only_user(&name, user, group);
    reduce(&mut name, only.clone().unwrap_or(0..1));
    if only.is_none() {
        return Some(false);
    }
    let mut groups = read(GROUP)?;
    let answer = !has_others(&groups, group, &name);
    reduce(&mut groups, 0..1);
    Some(answer)
}

/// Whether a line of `group` lists anyone but the user `name`.
fn has_others(groups: &[u8], group: u32, name: &[u8]) -> bool {
    let mut lists = lines(groups).filter(|line| is(line, 2, group)).map(|line| field(line, 3));
    lists.any(|list| !list.is_empty() && list != name)
}

/// Where the name of `user` stands if `group` is the primary group of that user alone.
fn only_user(passwd: &[u8], user: u32, group: u32) -> Option<Range<usize>> {
    let (mut at, mut name) = (0, None);
    for line in lines(passwd) {
        if is(line, 3, group) {
            if !is(line, 2, user) {
                return None;
            }
            name = Some(at..at + field(line, 0).len()).filter(|name| !name.is_empty());
        }
        at += line.len() + 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::Cell;

    const USERS: &[u8] = b"root:x:0:0:root:/root:/bin/sh\n# note\nann:x:1000:1000::/home/ann:/bin/sh\n\
        bob:x:1001:100:,,,:/home/bob:/bin/sh\neve:x:1002:100::/:\nkim:x:1003:1003::/home/kim:/bin/sh\n";
    const GROUPS: &[u8] = b"root:x:0:\nusers:x:100:\nann:x:1000:\nkim:x:1003:ann,kim\n";

    /// Whether a group is a user's private one in a database with these texts.
    fn is_private(users: &[u8], groups: &[u8], user: u32, group: u32) -> bool {
        let read = |path: &[u8]| Some(if path == PASSWD { users } else { groups }.to_vec());
        UserDatabase::default().is_private_group(&read, user, group)
    }

    #[test]
    fn a_private_group_has_one_user() {
        assert!(is_private(USERS, GROUPS, 1000, 1000));
        assert!(is_private(USERS, b"ann:x:1000:ann\n", 1000, 1000), "listed once more");
        assert!(is_private(USERS, b"", 1000, 1000), "a group without a line has no members");
        assert!(!is_private(USERS, GROUPS, 1001, 100), "eve has it, too");
        assert!(!is_private(USERS, GROUPS, 1003, 1003), "ann is a member");
        assert!(!is_private(USERS, GROUPS, 1000, 1003), "not the user's own");
        assert!(!is_private(b"", GROUPS, 1000, 1000), "not in the file");
        assert!(!is_private(USERS, GROUPS, 7, 1000), "no such user");
        assert!(!is_private(b":x:1000:1000:\n", b"", 1000, 1000), "a user without a name");
        let blank = [USERS, b"eve:x:1002: 1000::/:\n"].concat();
        assert!(!is_private(&blank, GROUPS, 1000, 1000), "eve has it, behind a blank");
        let twice = [USERS, b"anna:x:1000:1000::/:\n"].concat();
        assert!(is_private(&twice, b"ann:x:1000:anna\n", 1000, 1000), "the last name counts");
        assert!(!is_private(&twice, b"ann:x:1000:ann\n", 1000, 1000), "the last name counts");
    }

    #[test]
    fn no_question_is_looked_up_twice() {
        let reads = Cell::new(0);
        let read = |path: &[u8]| {
            reads.set(reads.get() + 1);
            Some(if path == PASSWD { USERS } else { GROUPS }.to_vec())
        };
        let database = UserDatabase::default();
        for _ in 0..3 {
            assert!(database.is_private_group(&read, 1000, 1000));
            assert!(!database.is_private_group(&read, 1001, 100));
        }
        assert_eq!(reads.get(), 3, "bob's group is not his alone, whatever the groups say");
    }

    #[test]
    fn a_database_that_cannot_be_read_may_list_anyone() {
        for unreadable in [PASSWD, GROUP] {
            let read = |path: &[u8]| {
                let text = if path == PASSWD { USERS } else { GROUPS };
                (path != unreadable).then(|| text.to_vec())
            };
            assert!(!UserDatabase::default().is_private_group(&read, 1000, 1000));
        }
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

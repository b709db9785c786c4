//! The user database, as far as its files say: `/etc/passwd` and `/etc/group`.

use alloc::vec::Vec;
use core::cell::OnceCell;

/// The user database's file.
pub const PASSWD: &[u8] = b"/etc/passwd";
/// The group database's file.
pub const GROUP: &[u8] = b"/etc/group";
/// The largest database read, in bytes.
pub const LIMIT: usize = 1 << 20;

/// The user database of one process: each file is read once, however often it is asked for.
#[derive(Clone, Debug, Default)]
pub struct UserDatabase {
    passwd: OnceCell<Option<Vec<u8>>>,
    group: OnceCell<Option<Vec<u8>>>,
}

impl UserDatabase {
    /// The home directory of `user`.
    pub fn home_of(&self, read: Read<'_>, user: u32) -> Option<Vec<u8>> {
        home_of(self.passwd(read)?, user)
    }

    /// As [`is_private_group`]; a database that cannot be read may list anyone.
    pub fn is_private_group(&self, read: Read<'_>, user: u32, group: u32) -> bool {
        let groups = || self.group.get_or_init(|| read(GROUP)).as_deref();
        match (self.passwd(read), groups()) {
            (Some(passwd), Some(groups)) => is_private_group(passwd, groups, user, group),
            _ => false,
        }
    }

    fn passwd(&self, read: Read<'_>) -> Option<&[u8]> {
        self.passwd.get_or_init(|| read(PASSWD)).as_deref()
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

/// The home directory of `user`.
pub fn home_of(passwd: &[u8], user: u32) -> Option<Vec<u8>> {
    lines(passwd).find(|line| is(line, 2, user)).map(|line| field(line, 5).to_vec())
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
        assert_eq!(database.home_of(&read, 1001).as_deref(), Some(&b"/home/bob"[..]));
        let unreadable = UserDatabase::default();
        assert!(!unreadable.is_private_group(&|path| read(path), 1000, 1000), "read once already");
    }

    #[test]
    fn homes_are_read_by_number() {
        assert_eq!(home_of(USERS, 1001).as_deref(), Some(&b"/home/bob"[..]));
        assert_eq!(home_of(USERS, 7), None);
    }
}

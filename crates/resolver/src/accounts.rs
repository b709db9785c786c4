//! The user database, as far as its files say: `/etc/passwd` and `/etc/group`.

use alloc::vec::Vec;

/// The user database's file.
pub const PASSWD: &[u8] = b"/etc/passwd";
/// The group database's file.
pub const GROUP: &[u8] = b"/etc/group";
/// The largest database read, in bytes.
pub const LIMIT: usize = 1 << 20;

/// The lines of a database of at least `least` fields, split at `:`.
fn entries(database: &[u8], least: usize) -> impl Iterator<Item = Vec<&[u8]>> {
    let lines = database.split(|&b| b == b'\n');
    lines
        .map(|line| line.split(|&b| b == b':').collect())
        .filter(move |f: &Vec<_>| f.len() >= least)
}

fn number(field: &[u8]) -> Option<u32> {
    core::str::from_utf8(field).ok()?.parse().ok()
}

/// The home directory of `user`.
pub fn home_of(passwd: &[u8], user: u32) -> Option<Vec<u8>> {
    let ours = |fields: &Vec<&[u8]>| number(fields[2]) == Some(user);
    entries(passwd, 6).find(ours).map(|fields| fields[5].to_vec())
}

/// Whether `group` is the private group of `user`, as most systems make one for each: the user's
/// primary group, no other user's primary group, and without further members.
pub fn is_private_group(passwd: &[u8], groups: &[u8], user: u32, group: u32) -> bool {
    let primary = || entries(passwd, 4).filter(|fields| number(fields[3]) == Some(group));
    let names: Vec<&[u8]> =
        primary().filter(|f| number(f[2]) == Some(user)).map(|f| f[0]).collect();
    let alone = primary().all(|fields| number(fields[2]) == Some(user));
    let members = entries(groups, 4).filter(|fields| number(fields[2]) == Some(group));
    let others = members
        .flat_map(|fields| fields[3].split(|&b| b == b',').collect::<Vec<_>>())
        .any(|member| !member.is_empty() && !names.contains(&member));
    !names.is_empty() && alone && !others
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
    }

    #[test]
    fn homes_are_read_by_number() {
        assert_eq!(home_of(USERS, 1001).as_deref(), Some(&b"/home/bob"[..]));
        assert_eq!(home_of(USERS, 7), None);
    }
}

//! Soundness: only files that no user but the caller and root can change may decide which program
//! runs.
//!
//! Shim and manager ask the same question of everything on the way to an exec: of a root, of
//! `toolchains` and `links` in it, of a tree, of the default and of trust records.

use crate::accounts;
use crate::error::Error;
use crate::host::{ACCESS_LIST, Facts, Host, Node, Os, ROOT};
use crate::path::{is_separator, join_bytes, parent, trim_trailing};
use crate::printable::escaped;
use crate::shell_word::word;
use crate::text;
use crate::text::push_number;
use alloc::string::String;

/// Why something may not decide what runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It belongs to neither the caller nor root.
    Foreign,
    /// Other users may write to it.
    Open,
}

/// The fault of what has these facts, if it has one, for the effective user `caller`.
///
/// Group-writable counts as private if the group is root's, or the owner's own, which
/// `is_private` tells of an owner and a group.
pub fn fault(facts: &Facts, caller: u32, is_private: &dyn Fn(u32, u32) -> bool) -> Option<Fault> {
    if facts.owner != ROOT && facts.owner != caller {
        return Some(Fault::Foreign);
    }
    // A link has no permissions of its own.
    if facts.is_link() {
        return None;
    }
    // A list has users and groups of its own: whose they are, the mode does not tell.
    let by_all = facts.mode & (0o002 | ACCESS_LIST) != 0;
    let by_group = facts.mode & 0o020 != 0 && facts.group != 0;
    (by_all || (by_group && !is_private(facts.owner, facts.group))).then_some(Fault::Open)
}

/// As [`fault`], on `host`.
pub(crate) fn fault_on(host: &dyn Host, facts: &Facts) -> Option<Fault> {
    let read = |path: &[u8]| Some(host.read(path, accounts::LIMIT).ok()??.bytes);
    let is_private = |owner, group| host.user_database().is_private_group(&read, owner, group);
    fault(facts, host.user(), &is_private)
}

/// The number by which Linux shows each user whom the caller's user namespace does not map. In the
/// system's own namespace it is a user like any other.
const OVERFLOW: u32 = 65534;

/// Whether `user` stands for the users whom the caller's user namespace does not map, root among them.
pub fn is_unmapped(host: &dyn Host, user: u32) -> bool {
    let map = || host.read(b"/proc/self/uid_map", 1 << 14);
    user == OVERFLOW && matches!(map(), Ok(Some(map)) if !is_mapped(&map.bytes, user))
}

/// Whether a map of users has `user` inside of the namespace: each line of it has the first number there, the first
/// outside, and how many. Any other line may map everyone.
fn is_mapped(map: &[u8], user: u32) -> bool {
    let mut numbers =
        map.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).map(number);
    while let Some(first) = numbers.next() {
        let (first, _, Some(count)) = (first, numbers.next(), numbers.next()) else { return true };
        if user.wrapping_sub(first) < count {
            return true;
        }
    }
    false
}

/// A decimal number, which is as large as can be where the digits are none, or too many.
fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |number: u32, digit| match digit.wrapping_sub(b'0') {
        digit @ 0..=9 => number.saturating_mul(10).saturating_add(digit.into()),
        _ => u32::MAX,
    })
}

/// Whether `path` is root's where the caller's user namespace does not map root: every step of the way is
/// of such a user, is no link, and can be written by no one else. Other unmapped users look the same, so
/// this is for a place that the system itself keeps.
pub(crate) fn is_unmapped_roots(host: &dyn Host, path: &[u8]) -> bool {
    let mut step = Some(path);
    while let Some(at) = step {
        let Some(facts) = host.entry(at) else { return false };
        let others = facts.mode & (0o022 | ACCESS_LIST) != 0;
        if facts.is_link() || others || !is_unmapped(host, facts.owner) {
            return false;
        }
        step = parent(host.os(), at);
    }
    true
}

/// As many links as Linux follows.
const MOST_LINKS: usize = 40;

/// The facts of what `path` names, and its fault: every link that leads there from `path` belongs
/// to the caller or root, too. `None` if it does not exist.
pub(crate) fn examine(host: &dyn Host, path: &[u8]) -> Option<(Facts, Option<Fault>)> {
    let os = host.os();
    let mut at = named(os, path).to_vec();
    for _ in 0..MOST_LINKS {
        let entry = host.entry(&at)?;
        let fault = fault_on(host, &entry);
        if !entry.is_link() || fault.is_some() {
            return Some((entry, fault));
        }
        let target = join_bytes(os, parent(os, &at)?, &host.link(&at)?);
        at = named(os, &target).to_vec();
    }
    None
}

/// A path without the end that makes the system follow it where it names a link: `/`, or `/.`.
fn named(os: Os, path: &[u8]) -> &[u8] {
    let trimmed = trim_trailing(os, path);
    match trimmed {
        [above @ .., end, b'.'] if is_separator(os, *end) && !above.is_empty() => named(os, above),
        trimmed => trimmed,
    }
}

/// The refusal of a path with a fault: it says the fault and how to mend it.
pub(crate) fn refusal(host: &dyn Host, path: &[u8], facts: &Facts, fault: Fault) -> Error {
    let word = word(host.os(), path).unwrap_or_else(|| String::from("DIRECTORY"));
    let (given, path) = (path, escaped(path));
    let elsewhere = "where owners mean nothing, name the store in GOWARD_TRUSTED_PATHS";
    Error::refused(match fault {
        Fault::Foreign => {
            let what = match facts.is_link() {
                true if host.entry(named(host.os(), given)) == Some(*facts) => "is a link of",
                true => "leads through a link of",
                false => "belongs to",
            };
            let whose = whose(host.os(), facts.owner);
            let mode = mode(host.os(), facts);
            text!(
                "{} {} {}{}, so nothing runs from there\nset GOWARD_ROOT to a \
                 directory of your own, or {}",
                path,
                what,
                whose,
                mode,
                elsewhere
            )
        }
        // A device such as /dev/null has to stay open.
        Fault::Open if facts.node == Node::Other => text!(
            "{} is neither a file nor a directory, so nothing runs from there\n\
             set GOWARD_ROOT to a directory of your own",
            path
        ),
        Fault::Open => text!(
            "{} can be written by other users (it belongs to {}{}), so nothing runs from there\n\
             run: chmod go-w {}, or {}",
            path,
            whose(host.os(), facts.owner),
            mode(host.os(), facts),
            word,
            elsewhere
        ),
    })
}

/// A user as messages name one.
pub(crate) fn whose(os: Os, user: u32) -> String {
    match (os, user) {
        (Os::Windows, _) => String::from("another user"),
        (_, ROOT) => String::from("root"),
        (_, user) => text!("user {}", user),
    }
}

fn mode(os: Os, facts: &Facts) -> String {
    let known = os != Os::Windows && !facts.is_link();
    let mut text = String::new();
    if known {
        text.push_str(", mode ");
        push_number(&mut text, facts.mode & 0o7777, 8, 4);
        if facts.mode & ACCESS_LIST != 0 {
            text.push_str(" with an access list");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::{PASSWD, UserDatabase};
    use alloc::vec::Vec;

    #[test]
    fn a_map_tells_who_is_mapped() {
        for (map, mapped) in [
            (&b"         0          0 4294967295\n"[..], true),
            (b"         0       1000          1\n", false),
            (b"0 1000 1\n1 100000 65536\n", true),
            (b"0 1000 1\n1 100000 65533\n", false),
            (b"65534 1000 1\n", true),
            (b"65535 1000 1\n", false),
            (b"", false),
            (b"0 1000\n", true),
            (b"0 1000 x\n", true),
        ] {
            assert_eq!(is_mapped(map, OVERFLOW), mapped, "{}", map.escape_ascii());
        }
    }

    #[test]
    fn only_the_caller_and_root_may_write() {
        let users: &[u8] =
            b"ann:x:1000:1000::/home/ann:/bin/sh\nbob:x:1001:100::/home/bob:/bin/sh\n";
        let read = |path: &[u8]| Some(if path == PASSWD { users.to_vec() } else { Vec::new() });
        let database = UserDatabase::default();
        let private = |owner, group| database.is_private_group(&read, owner, group);
        for (owner, group, mode, want) in [
            (1000, 1000, 0o755, None),
            (0, 0, 0o755, None),
            (0, 0, 0o775, None),
            (1000, 0, 0o770, None),
            (1000, 1000, 0o775, None),
            (1000, 100, 0o775, Some(Fault::Open)),
            (0, 50, 0o2775, Some(Fault::Open)),
            (1000, 1000, 0o757, Some(Fault::Open)),
            (1000, 1000, 0o1777, Some(Fault::Open)),
            (1001, 1001, 0o700, Some(Fault::Foreign)),
            (0, 0, 0o775 | ACCESS_LIST, Some(Fault::Open)),
            (1000, 1000, 0o770 | ACCESS_LIST, Some(Fault::Open)),
        ] {
            let facts = Facts { node: Node::Directory, owner, group, mode };
            assert_eq!(fault(&facts, 1000, &private), want, "{facts:?}");
        }
        for lacks in [PASSWD, accounts::GROUP] {
            let (read, database) =
                (|path: &[u8]| read(path).filter(|_| path != lacks), UserDatabase::default());
            let private = |owner, group| database.is_private_group(&read, owner, group);
            let facts = Facts { node: Node::Directory, owner: 1000, group: 1000, mode: 0o775 };
            assert_eq!(fault(&facts, 1000, &private), Some(Fault::Open), "one cannot be read");
        }
        let link = Facts { node: Node::Link, owner: 1000, group: 100, mode: 0o777 };
        assert_eq!(fault(&link, 1000, &private), None);
        assert_eq!(fault(&Facts { owner: 1001, ..link }, 1000, &private), Some(Fault::Foreign));
    }
}

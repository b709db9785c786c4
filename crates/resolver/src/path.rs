//! Paths as bytes, under the rules of the host's system rather than the compiler's.

use crate::host::Os;
use alloc::vec::Vec;

pub(crate) fn is_separator(os: Os, byte: u8) -> bool {
    byte == b'/' || (os == Os::Windows && byte == b'\\')
}

fn separator(os: Os) -> u8 {
    if os == Os::Windows { b'\\' } else { b'/' }
}

/// The elements of a list such as PATH.
pub fn elements(os: Os, list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let separator = if os == Os::Windows { b';' } else { b':' };
    list.split(move |&b| b == separator)
}

/// Whether `path` is absolute: `/x`, or `C:\x` and `\\server\share` on Windows.
pub fn is_absolute(os: Os, path: &[u8]) -> bool {
    match os {
        Os::Windows => {
            let drive = path.len() >= 3 && path[0].is_ascii_alphabetic() && path[1] == b':';
            (drive && is_separator(os, path[2]))
                || (path.len() >= 2 && is_separator(os, path[0]) && is_separator(os, path[1]))
        }
        _ => path.first() == Some(&b'/'),
    }
}

/// Whether `path` is relative to the current directory of another drive, as `D:x` on Windows.
pub fn is_drive_relative(os: Os, path: &[u8]) -> bool {
    os == Os::Windows && path.get(1) == Some(&b':') && !is_absolute(os, path)
}

/// `dir` and `name` joined by one separator; `name` may have several components.
pub fn join(os: Os, dir: &[u8], name: &str) -> Vec<u8> {
    join_bytes(os, dir, name.as_bytes())
}

/// As [`join`], for a name that is not text. An absolute `name` stands alone; on Windows one like
/// `\x` has the drive or share of `dir`.
pub fn join_bytes(os: Os, dir: &[u8], name: &[u8]) -> Vec<u8> {
    if dir.is_empty() || is_absolute(os, name) {
        return name.to_vec();
    }
    let (dir, name) = match name {
        [b'\\' | b'/', rest @ ..] if os == Os::Windows => (&dir[..root_len(os, dir)], rest),
        name => (dir, name),
    };
    let mut path = Vec::with_capacity(dir.len() + 1 + name.len());
    path.extend_from_slice(dir);
    if !is_separator(os, dir[dir.len() - 1]) {
        path.push(separator(os));
    }
    let start = path.len();
    path.extend_from_slice(name);
    if os == Os::Windows {
        path[start..].iter_mut().filter(|byte| **byte == b'/').for_each(|byte| *byte = b'\\');
    }
    path
}

/// The last component.
pub fn base_name(os: Os, path: &[u8]) -> &[u8] {
    let start = path.iter().rposition(|&b| is_separator(os, b)).map_or(0, |at| at + 1);
    &path[start..]
}

/// The directory above; `None` for a root, or for a relative path of one component.
pub fn parent(os: Os, path: &[u8]) -> Option<&[u8]> {
    above(os, trim_trailing(os, path))
}

/// As [`parent`], of a path without separators at its end.
fn above(os: Os, path: &[u8]) -> Option<&[u8]> {
    let at = path.iter().rposition(|&b| is_separator(os, b))?;
    let root = root_len(os, path);
    (path.len() > root).then(|| trim_trailing(os, &path[..at.max(root)]))
}

/// The length of `/`, `C:\` or `\\server\share`, which have nothing above them; 0 for a relative path.
fn root_len(os: Os, path: &[u8]) -> usize {
    let separator = |at: usize| path.get(at).is_some_and(|&byte| is_separator(os, byte));
    if os != Os::Windows || !separator(0) || !separator(1) {
        let drive = os == Os::Windows && path.get(1) == Some(&b':');
        return if drive { 2 + usize::from(separator(2)) } else { usize::from(separator(0)) };
    }
    let end = |from: usize| (from..path.len()).find(|at| separator(*at)).unwrap_or(path.len());
    end((end(2) + 1).min(path.len()))
}

pub(crate) fn trim_trailing(os: Os, path: &[u8]) -> &[u8] {
    let (root, mut len) = (root_len(os, path), path.len());
    while len > root && len > 1 && is_separator(os, path[len - 1]) {
        len -= 1;
    }
    &path[..len]
}

/// `path` and every directory above it, up to the root.
pub fn ancestors(os: Os, path: &[u8]) -> impl Iterator<Item = &[u8]> {
    core::iter::successors(Some(trim_trailing(os, path)), move |dir| above(os, dir))
}

/// `path` made absolute against `dir`, with `.` and `..` resolved as text, as Go's
/// `filepath.Clean` does.
pub fn absolute(os: Os, dir: &[u8], path: &[u8]) -> Vec<u8> {
    let joined = join_bytes(os, dir, path);
    let (root, rest) = joined.split_at(root_len(os, &joined));
    let mut kept: Vec<&[u8]> = Vec::new();
    for part in rest.split(|&b| is_separator(os, b)) {
        match part {
            b"" | b"." => {}
            b".." => {
                kept.pop();
            }
            part => kept.push(part),
        }
    }
    let mut clean = root.to_vec();
    for part in kept {
        if clean.last().is_some_and(|&byte| !is_separator(os, byte)) {
            clean.push(separator(os));
        }
        clean.extend_from_slice(part);
    }
    clean
}

/// Whether two cleaned paths are the same text; case does not matter on Windows.
pub fn same_text(os: Os, a: &[u8], b: &[u8]) -> bool {
    let (a, b) = (trim_trailing(os, a), trim_trailing(os, b));
    if os == Os::Windows { a.eq_ignore_ascii_case(b) } else { a == b }
}

/// Whether `path` is `dir`, or lies below it, as text.
pub fn is_within(os: Os, path: &[u8], dir: &[u8]) -> bool {
    ancestors(os, path).any(|above| same_text(os, above, dir))
}

/// Whether `path` lies below `dir`, as text.
pub fn is_below(os: Os, path: &[u8], dir: &[u8]) -> bool {
    let dir = trim_trailing(os, dir);
    path.len() > dir.len() + 1
        && same_text(os, &path[..dir.len()], dir)
        && (is_separator(os, path[dir.len()]) || dir.ends_with(b"/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn up(os: Os, path: &str) -> Vec<String> {
        ancestors(os, path.as_bytes()).map(|p| String::from_utf8_lossy(p).into_owned()).collect()
    }

    #[test]
    fn ancestors_end_at_the_root() {
        assert_eq!(up(Os::Linux, "/a/b"), ["/a/b", "/a", "/"]);
        assert_eq!(up(Os::Linux, "/a//b/"), ["/a//b", "/a", "/"]);
        assert_eq!(up(Os::Linux, "/"), ["/"]);
        assert_eq!(up(Os::Windows, r"C:\a\b"), [r"C:\a\b", r"C:\a", r"C:\"]);
        assert_eq!(up(Os::Windows, r"C:\"), [r"C:\"]);
        let (share, deep) = (r"\\server\share", r"\\server\share\a\b");
        assert_eq!(up(Os::Windows, deep), [deep, r"\\server\share\a", share]);
        assert_eq!(up(Os::Windows, share), [share]);
        assert_eq!(up(Os::Windows, r"\\server"), [r"\\server"]);
    }

    #[test]
    fn joining_and_cleaning() {
        assert_eq!(join(Os::Linux, b"/", "x"), b"/x");
        assert_eq!(join(Os::Linux, b"/a", "b/c"), b"/a/b/c");
        assert_eq!(join(Os::Windows, br"C:\a", "b/c"), br"C:\a\b\c");
        assert_eq!(join(Os::Windows, br"C:\a\b", r"\x\y"), br"C:\x\y");
        assert_eq!(join(Os::Windows, br"\\s\x\a", r"\y"), br"\\s\x\y");
        assert_eq!(join(Os::Windows, br"C:\a", r"\\s\x"), br"\\s\x");
        assert_eq!(absolute(Os::Linux, b"/a/b", b"../c/./d"), b"/a/c/d");
        assert_eq!(absolute(Os::Linux, b"/a", b"/x/.."), b"/");
        assert_eq!(absolute(Os::Windows, br"C:\a", br"..\b"), br"C:\b");
        assert_eq!(absolute(Os::Windows, br"\\s\x\a", br"..\b"), br"\\s\x\b");
        assert_eq!(absolute(Os::Windows, br"\\s\x", br".."), br"\\s\x");
        assert!(is_below(Os::Linux, b"/g/pkg/tool/x", b"/g"));
        assert!(!is_below(Os::Linux, b"/gg/pkg", b"/g"));
        assert_eq!(base_name(Os::Windows, br"C:\a\go.exe"), b"go.exe");
    }
}

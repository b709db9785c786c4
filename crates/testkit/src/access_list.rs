//! Access lists of Linux, which give rights to users besides the owner and the group.

use rustix::fs::{XattrFlags, setxattr};
use std::path::Path;

use crate::untested::{Lack, not_tested};

/// Lets `user` write to `path`, whose mode then shows the list's mask, 775; whether it did. It says so
/// where the file system has no such lists.
///
/// # Panics
///
/// When the run promised what is lacking.
#[track_caller]
pub fn let_write(path: &Path, user: u32) -> bool {
    // The owner, that user, the group, the mask, all others: `linux/posix_acl_xattr.h`.
    let nobody = u32::MAX;
    let entries: [(u16, u16, u32); 5] =
        [(1, 7, nobody), (2, 7, user), (4, 5, nobody), (0x10, 7, nobody), (0x20, 5, nobody)];
    let mut list = 2_u32.to_le_bytes().to_vec();
    for (tag, rights, id) in entries {
        list.extend(tag.to_le_bytes().into_iter().chain(rights.to_le_bytes()));
        list.extend(id.to_le_bytes());
    }
    let set = setxattr(path, "system.posix_acl_access", &list, XattrFlags::empty());
    if let Err(error) = set {
        not_tested("access lists", Lack::Rare, &error.to_string());
    }
    set.is_ok()
}

//! The part of a look at the machine through `std` that differs on Windows.

use super::owner::{CALLER, owner_of};
use crate::wtf8;
use goward_resolver::{FileId, Privileges};
use std::ffi::OsString;
use std::fs::{self, Metadata, OpenOptions};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::os::windows::ffi::OsStringExt as _;
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use windows_sys::Win32::Storage::FileSystem::FILE_FLAG_OPEN_REPARSE_POINT;

/// A path of the resolver's.
pub(crate) fn from_bytes(path: &[u8]) -> PathBuf {
    OsString::from_wide(&wtf8::units(path)).into()
}

pub(crate) fn into_bytes(path: PathBuf) -> Vec<u8> {
    path.into_os_string().into_encoded_bytes()
}

/// Opening never waits here; a link is opened itself where it is not to be followed.
pub(crate) fn never_block(options: &mut OpenOptions, follow: bool) {
    if !follow {
        options.custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
    }
}

pub(crate) fn is_executable(_meta: &Metadata) -> bool {
    true
}

/// A file's canonical path stands for its identity.
pub(crate) fn identity_of(path: impl AsRef<Path>) -> Option<FileId> {
    let path = fs::canonicalize(path).ok()?;
    let mut hasher = DefaultHasher::new();
    path.as_os_str().to_ascii_lowercase().hash(&mut hasher);
    Some(FileId { volume: 0, index: hasher.finish() })
}

/// The caller's number: no user has one here.
pub(crate) fn effective_user() -> u32 {
    CALLER
}

/// There is no way to lend a program one's rights.
pub(crate) fn privileges() -> Privileges {
    Privileges::Plain
}

/// Owner, group and permission bits: access lists are not evaluated.
pub(crate) fn ownership(_meta: &Metadata, path: &Path, follow: bool) -> (u32, u32, u32) {
    (owner_of(path, follow), 0, 0)
}

/// Nothing is masked by it here.
pub(crate) fn is_null(_meta: &Metadata) -> bool {
    false
}

pub(crate) fn is_link_loop(_number: i32) -> bool {
    false
}

/// Canonical paths come with a prefix that switches Windows' own rules off, and with it much of
/// what programs, Go among them, do with paths.
pub(crate) fn without_prefix(path: Vec<u8>) -> Vec<u8> {
    match path.strip_prefix(br"\\?\UNC\".as_slice()) {
        Some(share) => [br"\\".as_slice(), share].concat(),
        None => path.strip_prefix(br"\\?\".as_slice()).map(<[u8]>::to_vec).unwrap_or(path),
    }
}

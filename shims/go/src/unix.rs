//! The part of a look at the machine through `std` that differs on Unix, and process replacement.
//!
//! `execve` is called directly because `std` would reset an ignored SIGPIPE on the way.
#![expect(unsafe_code, reason = "execve and identities have no safe interface")]

use crate::exec::{ENOENT, Inherited};
use goward_resolver::{Error, FileId, Launch, Privileges};
use std::ffi::OsStr;
#[cfg(target_os = "macos")]
use std::ffi::{CStr, c_int};
use std::fs::{self, Metadata, OpenOptions};
use std::io;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
#[cfg(target_os = "macos")]
use std::ptr;

pub(crate) fn from_bytes(path: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(path))
}

pub(crate) fn into_bytes(path: PathBuf) -> Vec<u8> {
    path.into_os_string().into_vec()
}

/// Opening a FIFO without a writer must not wait, and a terminal must not become ours.
pub(crate) fn never_block(options: &mut OpenOptions, follow: bool) {
    let stay = if follow { 0 } else { libc::O_NOFOLLOW };
    options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY | stay);
}

/// Owner, group and permission bits, which `stat` has all told.
pub(crate) fn ownership(meta: &Metadata, _path: &Path, _follow: bool) -> (u32, u32, u32) {
    (meta.uid(), meta.gid(), meta.mode() & 0o7777)
}

/// Whether this is the null device.
pub(crate) fn is_null(meta: &Metadata) -> bool {
    let null = || fs::metadata("/dev/null").is_ok_and(|null| null.rdev() == meta.rdev());
    meta.file_type().is_char_device() && null()
}

pub(crate) fn is_executable(meta: &Metadata) -> bool {
    meta.mode() & 0o111 != 0
}

pub(crate) fn identity_of(path: impl AsRef<Path>) -> Option<FileId> {
    let meta = fs::metadata(path).ok()?;
    Some(FileId { volume: meta.dev(), index: meta.ino() })
}

pub(crate) fn is_link_loop(number: i32) -> bool {
    number == libc::ELOOP
}

pub(crate) fn without_prefix(path: Vec<u8>) -> Vec<u8> {
    path
}

/// The effective user.
pub(crate) fn effective_user() -> u32 {
    // SAFETY: geteuid takes nothing and cannot fail.
    unsafe { libc::geteuid() }
}

/// Whose rights this process has.
pub(crate) fn privileges() -> Privileges {
    // SAFETY: these take nothing and cannot fail.
    let (user, group) =
        unsafe { (libc::getuid() == libc::geteuid(), libc::getgid() == libc::getegid()) };
    if !user || !group {
        return Privileges::Borrowed;
    }
    if has_more_than_its_caller() { Privileges::Raised } else { Privileges::Plain }
}

#[cfg(target_os = "linux")]
fn has_more_than_its_caller() -> bool {
    // SAFETY: takes a number; an entry that is not there is 0.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}

#[cfg(not(target_os = "linux"))]
fn has_more_than_its_caller() -> bool {
    // SAFETY: takes nothing and cannot fail.
    unsafe { libc::issetugid() != 0 }
}

/// A number that the kernel of a Mac gives by name; `None` if it does not know the name.
#[cfg(target_os = "macos")]
pub(crate) fn sysctl(name: &CStr) -> Option<c_int> {
    let (mut value, mut size) = (0, size_of::<c_int>());
    let into = (&raw mut value).cast();
    // SAFETY: name is a C string; value has room for size bytes; nothing is to be set.
    let done = unsafe { libc::sysctlbyname(name.as_ptr(), into, &mut size, ptr::null_mut(), 0) };
    (done == 0 && size == size_of::<c_int>()).then_some(value)
}

/// The home directory of a user, as the directory service of a Mac has it.
#[cfg(target_os = "macos")]
pub(crate) fn home_of(user: u32) -> Option<Vec<u8>> {
    let mut strings = vec![0; 16 << 10];
    let mut entry = std::mem::MaybeUninit::<libc::passwd>::uninit();
    let mut found = ptr::null_mut();
    let (room, size) = (strings.as_mut_ptr(), strings.len());
    // SAFETY: entry and found are written to, and strings has room for size bytes.
    let failed = unsafe { libc::getpwuid_r(user, entry.as_mut_ptr(), room, size, &mut found) };
    if failed != 0 || found.is_null() {
        return None;
    }
    // SAFETY: found is entry, which was written; its strings lie in `strings`.
    Some(unsafe { CStr::from_ptr((*found).pw_dir) }.to_bytes().to_vec())
}

/// Becomes `launch.program`, with the arguments as they came in. Returns only if that failed.
pub fn execute(launch: &Launch, inherited: &Inherited) -> Error {
    let error = inherited.execute(launch, |program, argv, envp| {
        // SAFETY: program is a C string; argv and envp are arrays of pointers to C strings that end
        // with a null pointer; all of them outlive the call.
        unsafe { libc::execve(program.as_ptr(), argv, envp) };
        io::Error::last_os_error().raw_os_error().unwrap_or(0)
    });
    match error {
        ENOENT => launch.vanished(),
        number => launch.refused(&io::Error::from_raw_os_error(number).to_string()),
    }
}

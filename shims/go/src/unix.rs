//! Process replacement on Unix, and all of this package's `unsafe` code there.
//!
//! The arguments and variables are handed on as the very bytes that came in. `execve` is called
//! directly because `std` would reset an ignored SIGPIPE on the way.
#![expect(unsafe_code, reason = "raw argv, environ and execve have no safe interface")]

use goward_resolver::{EnvChange, Error, Launch, Privileges};
use std::ffi::{CStr, CString, c_char, c_int};
use std::io;
use std::ptr;

unsafe extern "C" {
    static environ: *const *const c_char;
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

/// The arguments as C's `main` got them.
///
/// # Safety
///
/// `argc` and `argv` must be those of `main`, unchanged.
pub unsafe fn raw_arguments(argc: c_int, argv: *const *const c_char) -> Vec<&'static CStr> {
    let count = usize::try_from(argc).unwrap_or(0);
    // SAFETY: the caller vouches for argv: argc pointers to strings that live as long as the
    // process.
    (0..count).map(|at| unsafe { CStr::from_ptr(*argv.add(at)) }).collect()
}

/// Becomes `launch.program`, with `arguments` as they came in. Returns only if that failed.
pub fn execute(launch: &Launch, arguments: &[&'static CStr]) -> Error {
    let Ok(program) = CString::new(launch.program.clone()) else {
        return cannot_execute(launch, &io::Error::from_raw_os_error(libc::ENOENT));
    };
    let dropped = usize::from(launch.drop_selector);
    let kept = arguments.iter().enumerate().filter(|(at, _)| *at != 1 || dropped == 0);
    let argv = with_null(kept.map(|(_, argument)| argument.as_ptr()));
    let assignments = assignments(&launch.env);
    let inherited =
        inherited().filter(|entry| !launch.env.iter().any(|change| sets(entry, change)));
    let envp = with_null(
        inherited.map(CStr::as_ptr).chain(assignments.iter().map(|entry| entry.as_ptr())),
    );
    // SAFETY: program is a C string; argv and envp are arrays of pointers to C strings that end
    // with a null pointer; all of them outlive the call.
    unsafe { libc::execve(program.as_ptr(), argv.as_ptr(), envp.as_ptr()) };
    cannot_execute(launch, &io::Error::last_os_error())
}

fn with_null(pointers: impl Iterator<Item = *const c_char>) -> Vec<*const c_char> {
    pointers.chain([ptr::null()]).collect()
}

/// The process's environment, entry by entry, whatever its encoding.
fn inherited() -> impl Iterator<Item = &'static CStr> {
    // SAFETY: environ is null or an array that ends with a null pointer, and this process is
    // single-threaded and never changes it.
    let first = unsafe { environ };
    (0..).map_while(move |at| {
        if first.is_null() {
            return None;
        }
        // SAFETY: `at` goes up one by one and stops at the null pointer.
        let entry = unsafe { *first.add(at) };
        // SAFETY: entries are C strings that live as long as the process.
        (!entry.is_null()).then(|| unsafe { CStr::from_ptr(entry) })
    })
}

fn sets(entry: &CStr, change: &EnvChange) -> bool {
    entry.to_bytes().strip_prefix(change.key.as_bytes()).is_some_and(|rest| rest.starts_with(b"="))
}

fn assignments(changes: &[EnvChange]) -> Vec<CString> {
    changes.iter().filter_map(|change| CString::new(change.assignment()?).ok()).collect()
}

fn cannot_execute(launch: &Launch, error: &io::Error) -> Error {
    match error.raw_os_error() {
        Some(libc::ENOENT) => launch.vanished(),
        _ => launch.refused(&error.to_string()),
    }
}

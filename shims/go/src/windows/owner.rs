//! Who owns a file: the functions of advapi32 that `std` does not offer (`aclapi.h`,
//! `securitybaseapi.h`, `winnt.h`).
#![expect(unsafe_code, reason = "security descriptors and tokens have no safe interface")]

use goward_resolver::ROOT;
use std::ffi::c_void;
use std::fs::{File, OpenOptions};
use std::os::windows::fs::OpenOptionsExt as _;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle, RawHandle};
use std::path::Path;
use std::ptr;
use std::sync::OnceLock;

/// The number that stands for the caller.
pub(crate) const CALLER: u32 = 1;
/// The number that stands for every user who is neither the caller nor one of the system's.
const ANOTHER: u32 = 2;

const READ_CONTROL: u32 = 0x2_0000;
const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x200_0000;
const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x20_0000;
const SE_FILE_OBJECT: i32 = 1;
const OWNER_SECURITY_INFORMATION: u32 = 1;
const TOKEN_QUERY: u32 = 8;
const TOKEN_USER: i32 = 1;
const WIN_LOCAL_SYSTEM_SID: i32 = 22;
const WIN_BUILTIN_ADMINISTRATORS_SID: i32 = 26;

/// `NT SERVICE\TrustedInstaller`, S-1-5-80-956008885-…: Windows' own files belong to it.
#[repr(C)]
struct Sid {
    revision: u8,
    count: u8,
    authority: [u8; 6],
    parts: [u32; 6],
}

static TRUSTED_INSTALLER: Sid = Sid {
    revision: 1,
    count: 6,
    authority: [0, 0, 0, 0, 0, 5],
    parts: [80, 956_008_885, 3_418_522_649, 1_831_038_044, 1_853_292_631, 2_271_478_464],
};

#[link(name = "advapi32")]
unsafe extern "system" {
    fn GetSecurityInfo(
        handle: RawHandle,
        kind: i32,
        wanted: u32,
        owner: *mut *mut c_void,
        group: *mut *mut c_void,
        dacl: *mut *mut c_void,
        sacl: *mut *mut c_void,
        descriptor: *mut *mut c_void,
    ) -> u32;
    fn OpenProcessToken(process: RawHandle, access: u32, token: *mut RawHandle) -> i32;
    fn GetTokenInformation(
        token: RawHandle,
        class: i32,
        information: *mut c_void,
        size: u32,
        needed: *mut u32,
    ) -> i32;
    fn EqualSid(one: *const c_void, other: *const c_void) -> i32;
    fn IsWellKnownSid(sid: *const c_void, kind: i32) -> i32;
}

#[link(name = "kernel32")]
unsafe extern "system" {
    fn GetCurrentProcess() -> RawHandle;
    fn LocalFree(memory: *mut c_void) -> *mut c_void;
}

/// The owner of the entry at `path`: of a link, not of its target.
pub(crate) fn owner_of_entry(path: &Path) -> u32 {
    open(path, FILE_FLAG_OPEN_REPARSE_POINT).map_or(ANOTHER, |file| owner(&file))
}

/// The owner of what `path` names.
pub(crate) fn owner_of_target(path: &Path) -> u32 {
    open(path, 0).map_or(ANOTHER, |file| owner(&file))
}

/// Opens a file or a directory for nothing but its owner.
fn open(path: &Path, flags: u32) -> Option<File> {
    let mut options = OpenOptions::new();
    options.access_mode(READ_CONTROL).custom_flags(FILE_FLAG_BACKUP_SEMANTICS | flags);
    options.open(path).ok()
}

fn owner(file: &File) -> u32 {
    let (mut owner, mut descriptor) = (ptr::null_mut(), ptr::null_mut());
    let none: *mut *mut c_void = ptr::null_mut();
    // SAFETY: the handle is open; owner and descriptor are written, the rest is not asked for.
    let status = unsafe {
        GetSecurityInfo(
            file.as_raw_handle(),
            SE_FILE_OBJECT,
            OWNER_SECURITY_INFORMATION,
            &mut owner,
            none,
            none,
            none,
            &mut descriptor,
        )
    };
    if status != 0 {
        return ANOTHER;
    }
    let user = if owner.is_null() { ANOTHER } else { classify(owner) };
    // SAFETY: the descriptor was allocated for the caller to free, and owner points into it.
    unsafe { LocalFree(descriptor) };
    user
}

/// The number for a user.
fn classify(owner: *const c_void) -> u32 {
    let installer = (&raw const TRUSTED_INSTALLER).cast();
    // SAFETY: owner is a valid SID, and so is the constant.
    let systems = unsafe {
        IsWellKnownSid(owner, WIN_BUILTIN_ADMINISTRATORS_SID) != 0
            || IsWellKnownSid(owner, WIN_LOCAL_SYSTEM_SID) != 0
            || EqualSid(owner, installer) != 0
    };
    match caller() {
        // SAFETY: as above; the buffer holds the SID that its first word points to.
        Some(user)
            if unsafe { EqualSid(owner, user.as_ptr().cast::<*const c_void>().read()) } != 0 =>
        {
            CALLER
        }
        _ if systems => ROOT,
        _ => ANOTHER,
    }
}

/// The `TOKEN_USER` of this process: a pointer to a SID, and the SID behind it.
fn caller() -> Option<&'static [usize]> {
    static USER: OnceLock<Option<Vec<usize>>> = OnceLock::new();
    USER.get_or_init(token_user).as_deref()
}

fn token_user() -> Option<Vec<usize>> {
    let mut token = ptr::null_mut();
    // SAFETY: takes this process's own pseudo handle; writes one handle.
    if unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &mut token) } == 0 {
        return None;
    }
    // SAFETY: the handle was just given to this process alone.
    let token = unsafe { OwnedHandle::from_raw_handle(token) };
    // A SID has at most 68 bytes.
    let mut user = vec![0_usize; 32];
    let (into, size, mut needed) = (user.as_mut_ptr().cast(), 32 * size_of::<usize>(), 0);
    // SAFETY: writes at most that many bytes into the buffer, which is aligned for pointers and
    // never moves: the SID lies in it.
    let done = unsafe {
        GetTokenInformation(token.as_raw_handle(), TOKEN_USER, into, size as u32, &mut needed)
    };
    (done != 0).then_some(user)
}

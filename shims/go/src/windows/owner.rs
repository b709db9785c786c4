//! Who owns a file: functions of advapi32 that `std` does not offer.
#![expect(unsafe_code, reason = "security descriptors and tokens have no safe interface")]

use goward_resolver::ROOT;
use std::fs::{File, OpenOptions};
use std::os::windows::fs::OpenOptionsExt as _;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::path::Path;
use std::ptr;
use std::sync::OnceLock;
use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::Security::Authorization::{GetSecurityInfo, SE_FILE_OBJECT};
use windows_sys::Win32::Security::{
    EqualSid, GetTokenInformation, IsWellKnownSid, OWNER_SECURITY_INFORMATION, PSID, TOKEN_QUERY,
    TokenUser, WinBuiltinAdministratorsSid, WinLocalSystemSid,
};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_FLAG_BACKUP_SEMANTICS, FILE_FLAG_OPEN_REPARSE_POINT, READ_CONTROL,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

/// The number that stands for the caller.
pub(super) const CALLER: u32 = 1;
/// The number that stands for every user who is neither the caller nor one of the system's.
const ANOTHER: u32 = 2;

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

/// The owner of the file or directory at `path`; of a link itself if it is not to be followed. It is
/// opened for nothing but that.
pub(super) fn owner_of(path: &Path, follow: bool) -> u32 {
    let stay = if follow { 0 } else { FILE_FLAG_OPEN_REPARSE_POINT };
    let mut options = OpenOptions::new();
    options.access_mode(READ_CONTROL).custom_flags(FILE_FLAG_BACKUP_SEMANTICS | stay);
    options.open(path).map_or(ANOTHER, |file| owner(&file))
}

fn owner(file: &File) -> u32 {
    let (mut owner, mut descriptor) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the handle is open; owner and descriptor are written, the rest is not asked for.
    let status = unsafe {
        GetSecurityInfo(
            file.as_raw_handle(),
            SE_FILE_OBJECT,
            OWNER_SECURITY_INFORMATION,
            &mut owner,
            ptr::null_mut(),
            ptr::null_mut(),
            ptr::null_mut(),
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
fn classify(owner: PSID) -> u32 {
    let installer = (&raw const TRUSTED_INSTALLER).cast_mut().cast();
    // SAFETY: owner is a valid SID, and so is the constant.
    let systems = unsafe {
        IsWellKnownSid(owner, WinBuiltinAdministratorsSid) != 0
            || IsWellKnownSid(owner, WinLocalSystemSid) != 0
            || EqualSid(owner, installer) != 0
    };
    match caller() {
        // SAFETY: as above; the buffer holds the SID that its first word points to.
        Some(user) if unsafe { EqualSid(owner, user.as_ptr().cast::<PSID>().read()) } != 0 => {
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
        GetTokenInformation(token.as_raw_handle(), TokenUser, into, size as u32, &mut needed)
    };
    (done != 0).then_some(user)
}

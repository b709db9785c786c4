//! The system calls of the bare shim: the one place where it speaks to the kernel.
//!
//! Every function is a thin wrapper that turns the kernel's answer into a `Result`; the numbers
//! are those of `asm/unistd.h`. Paths are [`CStr`]s, so no call can run past the end of one.

use super::memory;
use alloc::vec::Vec;
use core::arch::asm;
use core::ffi::{CStr, c_char};
use core::mem::MaybeUninit;

/// What the kernel answered instead: an `errno`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Errno(pub(crate) i32);

/// The longest path that the kernel takes, with its NUL.
const PATH_MAX: usize = 4096;

pub(crate) const ENOENT: i32 = 2;
pub(crate) const EINTR: i32 = 4;
pub(crate) const E2BIG: i32 = 7;
pub(crate) const ENOEXEC: i32 = 8;
pub(crate) const EACCES: i32 = 13;
pub(crate) const ENOTDIR: i32 = 20;
pub(crate) const EMFILE: i32 = 24;
const ERANGE: i32 = 34;
pub(crate) const ENAMETOOLONG: i32 = 36;
pub(crate) const ELOOP: i32 = 40;

#[cfg(target_arch = "x86_64")]
mod number {
    pub(super) const READ: usize = 0;
    pub(super) const WRITE: usize = 1;
    pub(super) const CLOSE: usize = 3;
    pub(super) const MMAP: usize = 9;
    pub(super) const NANOSLEEP: usize = 35;
    pub(super) const CLONE: usize = 56;
    pub(super) const EXECVE: usize = 59;
    pub(super) const WAIT4: usize = 61;
    pub(super) const GETCWD: usize = 79;
    pub(super) const ARCH_PRCTL: usize = 158;
    pub(super) const GETDENTS64: usize = 217;
    pub(super) const CLOCK_GETTIME: usize = 228;
    pub(super) const EXIT_GROUP: usize = 231;
    pub(super) const OPENAT: usize = 257;
    pub(super) const NEWFSTATAT: usize = 262;
    pub(super) const READLINKAT: usize = 267;
    pub(super) const FACCESSAT: usize = 269;
    pub(super) const DUP3: usize = 292;
    pub(super) const OPENAT2: usize = 437;
}

#[cfg(target_arch = "aarch64")]
mod number {
    pub(super) const GETCWD: usize = 17;
    pub(super) const DUP3: usize = 24;
    pub(super) const FACCESSAT: usize = 48;
    pub(super) const OPENAT: usize = 56;
    pub(super) const CLOSE: usize = 57;
    pub(super) const GETDENTS64: usize = 61;
    pub(super) const READ: usize = 63;
    pub(super) const WRITE: usize = 64;
    pub(super) const READLINKAT: usize = 78;
    pub(super) const NEWFSTATAT: usize = 79;
    pub(super) const EXIT_GROUP: usize = 94;
    pub(super) const NANOSLEEP: usize = 101;
    pub(super) const CLOCK_GETTIME: usize = 113;
    pub(super) const CLONE: usize = 220;
    pub(super) const EXECVE: usize = 221;
    pub(super) const MMAP: usize = 222;
    pub(super) const WAIT4: usize = 260;
    pub(super) const OPENAT2: usize = 437;
}

/// The current directory, as a directory handle.
const AT_FDCWD: usize = -100isize as usize;
const AT_SYMLINK_NOFOLLOW: usize = 0x100;
const AT_EMPTY_PATH: usize = 0x1000;

const O_WRONLY: usize = 1;
const O_NOCTTY: usize = 0o400;
const O_NONBLOCK: usize = 0o4000;
const O_PATH: usize = 0o10_000_000;
const O_CLOEXEC: usize = 0o2_000_000;
#[cfg(target_arch = "x86_64")]
const O_DIRECTORY: usize = 0o200_000;
#[cfg(target_arch = "x86_64")]
const O_NOFOLLOW: usize = 0o400_000;
#[cfg(target_arch = "aarch64")]
const O_DIRECTORY: usize = 0o40_000;
#[cfg(target_arch = "aarch64")]
const O_NOFOLLOW: usize = 0o100_000;

/// # Safety
///
/// The arguments must be what the call `number` takes: pointers valid for what the kernel reads
/// or writes through them.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn call(number: usize, arguments: [usize; 6]) -> Result<usize, Errno> {
    let [a, b, c, d, e, f] = arguments;
    let result: isize;
    // SAFETY: the caller vouches for the arguments; the kernel clobbers rcx and r11 only.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number as isize => result,
            in("rdi") a, in("rsi") b, in("rdx") c, in("r10") d, in("r8") e, in("r9") f,
            lateout("rcx") _, lateout("r11") _,
            options(nostack),
        );
    }
    answer(result)
}

/// # Safety
///
/// As on x86-64.
#[cfg(target_arch = "aarch64")]
#[inline(always)]
unsafe fn call(number: usize, arguments: [usize; 6]) -> Result<usize, Errno> {
    let [a, b, c, d, e, f] = arguments;
    let result: isize;
    // SAFETY: the caller vouches for the arguments.
    unsafe {
        asm!(
            "svc 0",
            in("x8") number,
            inlateout("x0") a as isize => result,
            in("x1") b, in("x2") c, in("x3") d, in("x4") e, in("x5") f,
            options(nostack),
        );
    }
    answer(result)
}

#[inline(always)]
fn answer(result: isize) -> Result<usize, Errno> {
    if (-4095..0).contains(&result) { Err(Errno(-result as i32)) } else { Ok(result as usize) }
}

/// The answers of `fstat` that the shim uses.
#[derive(Clone, Copy)]
pub(crate) struct Stat {
    pub(crate) device: u64,
    pub(crate) inode: u64,
    pub(crate) mode: u32,
    pub(crate) owner: u32,
    pub(crate) group: u32,
    /// Which device it is, where it is one.
    pub(crate) names: u32,
    pub(crate) size: u64,
    /// Nanoseconds since 1970.
    pub(crate) modified: i64,
}

impl Stat {
    const fn kind(self) -> u32 {
        self.mode & 0o170_000
    }

    pub(crate) const fn is_file(self) -> bool {
        self.kind() == 0o100_000
    }

    /// Whether this is the null device, the third of the first kind of character devices.
    pub(crate) const fn is_null(self) -> bool {
        self.kind() == 0o20_000 && self.names == 0x103
    }

    pub(crate) const fn is_directory(self) -> bool {
        self.kind() == 0o40_000
    }

    pub(crate) const fn is_link(self) -> bool {
        self.kind() == 0o120_000
    }
}

/// The kernel's `struct stat` as machine words, decoded by offset.
fn stat_at(dir: usize, path: &CStr, flags: usize) -> Result<Stat, Errno> {
    let mut words = [0u64; 18];
    // SAFETY: path is a C string; the kernel writes one `struct stat`, 144 bytes on x86-64 and
    // 128 on aarch64.
    unsafe {
        let out = words.as_mut_ptr() as usize;
        call(number::NEWFSTATAT, [dir, path.as_ptr() as usize, out, flags, 0, 0])?;
    }
    Ok(decode_stat(&words))
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn decode_stat(words: &[u64; 18]) -> Stat {
    // dev, ino, nlink, mode|uid, gid|pad, rdev, size, blksize, blocks, atim(2), mtim(2), ...
    Stat {
        device: words[0],
        inode: words[1],
        mode: words[3] as u32,
        owner: (words[3] >> 32) as u32,
        group: words[4] as u32,
        names: words[5] as u32,
        size: words[6],
        modified: nanoseconds(words[11], words[12]),
    }
}

#[cfg(target_arch = "aarch64")]
#[inline(always)]
fn decode_stat(words: &[u64; 18]) -> Stat {
    // dev, ino, mode|nlink, uid|gid, rdev, pad, size, blksize|pad, blocks, atim(2), mtim(2), ...
    Stat {
        device: words[0],
        inode: words[1],
        mode: words[2] as u32,
        owner: words[3] as u32,
        group: (words[3] >> 32) as u32,
        names: words[4] as u32,
        size: words[6],
        modified: nanoseconds(words[11], words[12]),
    }
}

/// `stat`, links followed.
pub(crate) fn stat(path: &CStr) -> Result<Stat, Errno> {
    stat_at(AT_FDCWD, path, 0)
}

/// `lstat`.
pub(crate) fn stat_link(path: &CStr) -> Result<Stat, Errno> {
    stat_at(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW)
}

/// An open file or directory, or the current one. What is open stays open till the exec closes it,
/// which saves a call for each, unless it is closed before because descriptors run out.
#[derive(Clone, Copy)]
pub(crate) struct Handle(usize);

impl Handle {
    /// The current directory; absolute paths start from the root anyway.
    pub(crate) const CURRENT: Handle = Handle(AT_FDCWD);

    /// Opens for reading, without ever waiting for the other end of a FIFO.
    pub(crate) fn open(path: &CStr) -> Result<Handle, Errno> {
        Handle::CURRENT.open_at(path, O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    }

    /// As [`Handle::open`], but not through a link.
    pub(crate) fn open_entry(path: &CStr) -> Result<Handle, Errno> {
        Handle::CURRENT.open_at(path, O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    }

    /// A handle on whatever `path` names, without opening it.
    pub(crate) fn open_path(path: &CStr) -> Result<Handle, Errno> {
        Handle::CURRENT.open_at(path, O_PATH | O_CLOEXEC)
    }

    /// As [`Handle::open_path`], but only if no part of the path is a link. Kernels before 5.6
    /// refuse.
    pub(crate) fn open_true_path(path: &CStr) -> Result<Handle, Errno> {
        /// `RESOLVE_NO_SYMLINKS`
        const NO_LINKS: u64 = 4;
        let how = [(O_PATH | O_CLOEXEC) as u64, 0, NO_LINKS];
        let (path, size) = (path.as_ptr() as usize, size_of_val(&how));
        // SAFETY: path is a C string; the kernel reads one `struct open_how`: flags, mode, resolve.
        let opened =
            unsafe { call(number::OPENAT2, [AT_FDCWD, path, how.as_ptr() as usize, size, 0, 0]) };
        opened.map(Handle)
    }

    /// Opens a directory for listing.
    pub(crate) fn open_directory(path: &CStr) -> Result<Handle, Errno> {
        Handle::CURRENT.open_at(path, O_DIRECTORY | O_CLOEXEC)
    }

    /// The directory at `path`, seen from this one, to look from.
    pub(crate) fn step(self, path: &CStr) -> Result<Handle, Errno> {
        self.open_at(path, O_PATH | O_DIRECTORY | O_CLOEXEC)
    }

    fn open_at(self, path: &CStr, flags: usize) -> Result<Handle, Errno> {
        // SAFETY: path is a C string.
        unsafe { call(number::OPENAT, [self.0, path.as_ptr() as usize, flags, 0, 0, 0]) }
            .map(Handle)
    }

    /// Gives the handle back; whoever still holds a copy finds nothing by it.
    pub(crate) fn close(self) {
        // SAFETY: takes a number; closing what is no descriptor does nothing.
        let _ = unsafe { call(number::CLOSE, [self.0, 0, 0, 0, 0, 0]) };
    }

    /// Writes the descriptor's number in decimal.
    pub(crate) fn render(self, into: &mut [u8]) {
        let digits =
            (1..).take_while(|&place| place == 1 || self.0 >= 10usize.pow(place - 1)).count();
        for (at, digit) in into.iter_mut().take(digits).enumerate() {
            *digit = b'0' + (self.0 / 10usize.pow((digits - 1 - at) as u32) % 10) as u8;
        }
    }

    pub(crate) fn stat(self) -> Result<Stat, Errno> {
        stat_at(self.0, c"", AT_EMPTY_PATH)
    }

    /// Appends some bytes, at most as many as `into` has room for; 0 at the end.
    pub(crate) fn read(self, into: &mut Vec<u8>) -> Result<usize, Errno> {
        let room = into.spare_capacity_mut();
        let (start, length) = (room.as_mut_ptr() as usize, room.len());
        loop {
            // SAFETY: the kernel writes at most `length` bytes into the spare capacity.
            match unsafe { call(number::READ, [self.0, start, length, 0, 0, 0]) } {
                Err(Errno(EINTR)) => {}
                Err(error) => return Err(error),
                Ok(read) => {
                    // SAFETY: the kernel has written that many bytes behind the present ones.
                    unsafe { into.set_len(into.len() + read) };
                    return Ok(read);
                }
            }
        }
    }

    /// The records of some directory entries, which are written to `into`; none at the end.
    pub(crate) fn entries(self, into: &mut [MaybeUninit<u8>]) -> Result<&[u8], Errno> {
        let (start, length) = (into.as_mut_ptr(), into.len());
        // SAFETY: the kernel writes records to the first of at most `length` bytes from `start`, and
        // says how many; it leaves bytes between a name and the next record, which are not looked at.
        unsafe {
            let arguments = [self.0, start as usize, length, 0, 0, 0];
            let filled = call(number::GETDENTS64, arguments)?;
            Ok(core::slice::from_raw_parts(start.cast(), filled))
        }
    }

    /// Whether `path`, which ends with a NUL, relative to this directory certainly does not exist.
    pub(crate) fn lacks(self, path: &[u8]) -> bool {
        if path.last() != Some(&0) {
            return false;
        }
        // SAFETY: the kernel reads up to a NUL, of which there is one.
        let answer =
            unsafe { call(number::FACCESSAT, [self.0, path.as_ptr() as usize, 0, 0, 0, 0]) };
        answer == Err(Errno(ENOENT))
    }

    /// Makes `wanted` another number of this descriptor, which an exec leaves open; whether this
    /// is a descriptor.
    fn duplicate_to(self, wanted: usize) -> bool {
        // SAFETY: descriptors of this process; failing leaves them as they were.
        unsafe { call(number::DUP3, [self.0, wanted, 0, 0, 0, 0]) }.is_ok()
    }
}

/// The physical current directory, with its final NUL.
pub(crate) fn getcwd() -> Result<Vec<u8>, Errno> {
    // SAFETY: the kernel writes at most `length` bytes to `at`.
    filled(|at, length| unsafe { call(number::GETCWD, [at, length, 0, 0, 0, 0]) })
}

/// Where a link leads.
pub(crate) fn readlink(path: &CStr) -> Result<Vec<u8>, Errno> {
    let path = path.as_ptr() as usize;
    // SAFETY: path is a C string; the kernel writes at most `length` bytes to `at`.
    filled(|at, length| unsafe { call(number::READLINKAT, [AT_FDCWD, path, at, length, 0, 0]) })
}

/// What `fill` writes to an address where there is room for so many bytes, and how many it wrote.
fn filled(fill: impl Fn(usize, usize) -> Result<usize, Errno>) -> Result<Vec<u8>, Errno> {
    /// With less room than this it is better to take more at once than to ask again.
    const SHORT: usize = 256;
    let room = memory::room();
    let mut bytes: Vec<u8> =
        Vec::with_capacity(if room < SHORT { PATH_MAX } else { room.min(PATH_MAX) });
    let mut length = fill(bytes.as_mut_ptr() as usize, bytes.capacity());
    // One call says that there is too little room, the other fills what there is.
    if length == Err(Errno(ERANGE)) || length == Ok(bytes.capacity()) {
        bytes.reserve(PATH_MAX);
        length = fill(bytes.as_mut_ptr() as usize, PATH_MAX);
    }
    // SAFETY: that many bytes were written, at most as many as there is room for.
    unsafe { bytes.set_len(length?) };
    // The arena takes the rest back.
    bytes.shrink_to_fit();
    Ok(bytes)
}

fn nanoseconds(seconds: u64, rest: u64) -> i64 {
    (seconds as i64).saturating_mul(1_000_000_000).saturating_add(rest as i64)
}

/// Nanoseconds since 1970.
pub(crate) fn now() -> i64 {
    let mut time = [0u64; 2];
    // SAFETY: the kernel writes one timespec, two words.
    let _ = unsafe { call(number::CLOCK_GETTIME, [0, time.as_mut_ptr() as usize, 0, 0, 0, 0]) };
    nanoseconds(time[0], time[1])
}

/// Sleeps for a millisecond.
pub(crate) fn pause() {
    let time = [0i64, 1_000_000];
    // SAFETY: the kernel reads one timespec, two words.
    let _ = unsafe { call(number::NANOSLEEP, [time.as_ptr() as usize, 0, 0, 0, 0, 0]) };
}

/// Writes to stderr. If that fails there is no way to report it.
pub(crate) fn write_error(mut bytes: &[u8]) {
    while !bytes.is_empty() {
        // SAFETY: the kernel reads at most `bytes.len()` bytes from `bytes`.
        let written =
            unsafe { call(number::WRITE, [2, bytes.as_ptr() as usize, bytes.len(), 0, 0, 0]) };
        match written {
            Ok(written) if written > 0 => bytes = &bytes[written..],
            Err(Errno(EINTR)) => {}
            _ => return,
        }
    }
}

/// Fresh zeroed memory; null if there is none.
pub(crate) fn map(length: usize) -> *mut u8 {
    const READ_WRITE: usize = 3;
    const PRIVATE_ANONYMOUS: usize = 0x22;
    // SAFETY: an anonymous mapping at an address of the kernel's choice touches nothing.
    let mapped =
        unsafe { call(number::MMAP, [0, length, READ_WRITE, PRIVATE_ANONYMOUS, usize::MAX, 0]) };
    mapped.map_or(core::ptr::null_mut(), |address| address as *mut u8)
}

/// Sets the register that points at what belongs to the one thread there is.
#[cfg(target_arch = "x86_64")]
pub(crate) fn set_thread_pointer(address: usize, capabilities: usize) {
    /// `HWCAP2_FSGSBASE`: an instruction may do it, from Linux 5.9 on.
    const BY_INSTRUCTION: usize = 2;
    /// `ARCH_SET_FS`
    const SET_FS: usize = 0x1002;
    if capabilities & BY_INSTRUCTION != 0 {
        // SAFETY: the kernel allows it, and nothing else here uses the register.
        unsafe { asm!("wrfsbase {}", in(reg) address, options(nostack, preserves_flags)) };
    } else {
        // SAFETY: takes a number.
        if unsafe { call(number::ARCH_PRCTL, [SET_FS, address, 0, 0, 0, 0]) }.is_err() {
            write_error(b"goward: error: the system refuses arch_prctl\n");
            exit(125);
        }
    }
}

/// As on x86-64; here every process may do it by an instruction.
#[cfg(target_arch = "aarch64")]
pub(crate) fn set_thread_pointer(address: usize, _capabilities: usize) {
    // SAFETY: nothing else here uses the register.
    unsafe { asm!("msr tpidr_el0, {}", in(reg) address, options(nostack, preserves_flags)) };
}

/// Becomes another program; returns only the reason why not.
///
/// # Safety
///
/// `argv` and `envp` must be arrays of pointers to C strings that end with a null pointer.
pub(crate) unsafe fn execve(
    program: &CStr,
    argv: *const *const c_char,
    envp: *const *const c_char,
) -> Errno {
    let arguments = [program.as_ptr() as usize, argv as usize, envp as usize, 0, 0, 0];
    // SAFETY: the caller vouches for argv and envp.
    unsafe { call(number::EXECVE, arguments) }.err().unwrap_or(Errno(0))
}

/// Runs a program as a child, with stdin from `/dev/null` and stdout on stderr, and waits; its
/// exit status, or `None` if it could not be run or died of a signal.
///
/// # Safety
///
/// As for [`execve`].
pub(crate) unsafe fn run(
    program: &CStr,
    argv: *const *const c_char,
    envp: *const *const c_char,
) -> Option<i32> {
    const SIGCHLD: usize = 17;
    // SAFETY: a plain fork of a process with one thread; the child only makes system calls.
    let child = unsafe { call(number::CLONE, [SIGCHLD, 0, 0, 0, 0, 0]) }.ok()?;
    if child == 0 {
        // stdin and stdout are Go's: the manager reads nothing, and speaks on stderr or, where
        // that is closed, into nothing.
        put_null(0, 0);
        if !Handle(2).duplicate_to(1) {
            put_null(1, O_WRONLY);
        }
        // SAFETY: the caller vouches for argv and envp.
        unsafe { execve(program, argv, envp) };
        exit(127);
    }
    let mut status = 0i32;
    loop {
        let arguments = [child, &raw mut status as usize, 0, 0, 0, 0];
        // SAFETY: the kernel writes one int.
        match unsafe { call(number::WAIT4, arguments) } {
            Err(Errno(EINTR)) => {}
            Err(_) => return None,
            Ok(_) => break,
        }
    }
    (status & 0x7f == 0).then_some((status >> 8) & 0xff)
}

/// Makes `wanted` a descriptor of `/dev/null`, and leaves no other one to the child.
fn put_null(wanted: usize, flags: usize) {
    let Ok(null) = Handle::CURRENT.open_at(c"/dev/null", flags) else { return };
    if null.0 != wanted {
        null.duplicate_to(wanted);
        null.close();
    }
}

/// Ends the process.
pub(crate) fn exit(status: i32) -> ! {
    loop {
        // SAFETY: takes a number and does not return.
        let _ = unsafe { call(number::EXIT_GROUP, [status as usize, 0, 0, 0, 0, 0]) };
    }
}

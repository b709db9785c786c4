//! System calls: the one place where this package speaks to the kernel of Linux.
//!
//! Every function is a thin wrapper that turns the kernel's answer into a `Result`; the numbers
//! are those of `asm/unistd.h`. Paths are C strings, so no call can run past the end of one.

use core::arch::asm;

/// The kernel's error number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Errno(pub(crate) i32);

pub(crate) const ENOENT: i32 = 2;
pub(crate) const EINTR: i32 = 4;
pub(crate) const E2BIG: i32 = 7;
pub(crate) const ENOEXEC: i32 = 8;
pub(crate) const EAGAIN: i32 = 11;
pub(crate) const EACCES: i32 = 13;
pub(crate) const ENOTDIR: i32 = 20;
pub(crate) const EMFILE: i32 = 24;
pub(crate) const ERANGE: i32 = 34;
pub(crate) const ENAMETOOLONG: i32 = 36;
pub(crate) const ELOOP: i32 = 40;

/// The numbers of the calls.
pub(crate) mod number {
    use super::by_processor;

    pub(crate) const READ: usize = by_processor(0, 63);
    pub(crate) const WRITE: usize = by_processor(1, 64);
    pub(crate) const CLOSE: usize = by_processor(3, 57);
    pub(crate) const IOCTL: usize = by_processor(16, 29);
    pub(crate) const NANOSLEEP: usize = by_processor(35, 101);
    pub(crate) const CLONE: usize = by_processor(56, 220);
    pub(crate) const EXECVE: usize = by_processor(59, 221);
    pub(crate) const WAIT4: usize = by_processor(61, 260);
    pub(crate) const GETCWD: usize = by_processor(79, 17);
    pub(crate) const GETXATTR: usize = by_processor(191, 8);
    pub(crate) const FGETXATTR: usize = by_processor(193, 10);
    pub(crate) const GETDENTS64: usize = by_processor(217, 61);
    pub(crate) const CLOCK_GETTIME: usize = by_processor(228, 113);
    pub(crate) const EXIT_GROUP: usize = by_processor(231, 94);
    pub(crate) const OPENAT: usize = by_processor(257, 56);
    pub(crate) const NEWFSTATAT: usize = by_processor(262, 79);
    pub(crate) const READLINKAT: usize = by_processor(267, 78);
    pub(crate) const FACCESSAT: usize = by_processor(269, 48);
    pub(crate) const DUP3: usize = by_processor(292, 24);
    pub(crate) const OPENAT2: usize = by_processor(437, 437);
}

/// What the kernel has on this processor, where it differs.
pub(crate) const fn by_processor(x86_64: usize, aarch64: usize) -> usize {
    if cfg!(target_arch = "x86_64") { x86_64 } else { aarch64 }
}

/// # Safety
///
/// The arguments must be what the call `number` takes: pointers valid for what the kernel reads
/// or writes through them.
#[inline(always)]
pub unsafe fn call(number: usize, arguments: [usize; 6]) -> Result<usize, Errno> {
    let [a, b, c, d, e, f] = arguments;
    let result: isize;
    // SAFETY: the caller vouches for the arguments; on x86-64 the kernel clobbers rcx and r11 only.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        asm!(
            "syscall",
            inlateout("rax") number as isize => result,
            in("rdi") a, in("rsi") b, in("rdx") c, in("r10") d, in("r8") e, in("r9") f,
            lateout("rcx") _, lateout("r11") _,
            options(nostack),
        );
        #[cfg(target_arch = "aarch64")]
        asm!(
            "svc 0",
            in("x8") number,
            inlateout("x0") a as isize => result,
            in("x1") b, in("x2") c, in("x3") d, in("x4") e, in("x5") f,
            options(nostack),
        );
    }
    if (-4095..0).contains(&result) { Err(Errno(-result as i32)) } else { Ok(result as usize) }
}

pub(crate) fn nanoseconds(seconds: u64, rest: u64) -> i64 {
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
pub fn write_error(mut bytes: &[u8]) {
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

/// Ends the process.
pub fn exit(status: i32) -> ! {
    loop {
        // SAFETY: takes a number and does not return.
        let _ = unsafe { call(number::EXIT_GROUP, [status as usize, 0, 0, 0, 0, 0]) };
    }
}

//! Files and directories by their descriptors, and the kernel's answers about them.

use super::process::Memory;
use super::syscall::{EINTR, ENOENT, ERANGE, Errno, by_processor, call, nanoseconds, number};
use alloc::vec::Vec;
use core::ffi::CStr;
use core::mem::MaybeUninit;

/// The longest path that the kernel takes, with its NUL.
const PATH_MAX: usize = 4096;

/// The current directory, as a directory handle.
const AT_FDCWD: usize = -100isize as usize;
const AT_SYMLINK_NOFOLLOW: usize = 0x100;
const AT_EMPTY_PATH: usize = 0x1000;

pub(crate) const O_WRONLY: usize = 1;
const O_NOCTTY: usize = 0o400;
const O_NONBLOCK: usize = 0o4000;
const O_PATH: usize = 0o10_000_000;
const O_CLOEXEC: usize = 0o2_000_000;
const O_DIRECTORY: usize = by_processor(0o200_000, 0o40_000);
const O_NOFOLLOW: usize = by_processor(0o400_000, 0o100_000);

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
    // x86-64: dev, ino, nlink, mode|uid, gid|pad, rdev, size, blksize, blocks, atim(2), mtim(2), ...
    // aarch64: dev, ino, mode|nlink, uid|gid, rdev, pad, size, blksize|pad, blocks, atim(2), mtim(2), ...
    let (mode, owner, group, names) = if cfg!(target_arch = "x86_64") {
        (words[3], words[3] >> 32, words[4], words[5])
    } else {
        (words[2], words[3], words[3] >> 32, words[4])
    };
    Ok(Stat {
        device: words[0],
        inode: words[1],
        mode: mode as u32,
        owner: owner as u32,
        group: group as u32,
        names: names as u32,
        size: words[6],
        modified: nanoseconds(words[11], words[12]),
    })
}

/// `stat`, links followed.
pub(crate) fn stat(path: &CStr) -> Result<Stat, Errno> {
    stat_at(AT_FDCWD, path, 0)
}

/// `lstat`.
pub(crate) fn stat_link(path: &CStr) -> Result<Stat, Errno> {
    stat_at(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW)
}

/// Whether the file or directory at `path`, links followed, has an access list. Without the group's right
/// to write, which is that list's mask, none lets another user write, and the kernel is not asked.
pub(crate) fn has_list(path: &CStr, stat: Stat) -> bool {
    has_list_at(number::GETXATTR, path.as_ptr() as usize, stat)
}

/// `at`: the address of a C string, or a descriptor, as the call takes it.
fn has_list_at(call_number: usize, at: usize, stat: Stat) -> bool {
    let name = c"system.posix_acl_access".as_ptr() as usize;
    // SAFETY: both are C strings, or the one a number; without room the kernel writes nothing.
    let size = || unsafe { call(call_number, [at, name, 0, 0, 0, 0]) };
    stat.mode & 0o020 != 0 && !stat.is_link() && size().is_ok()
}

/// An open file or directory, or the current one. It stays open until the exec closes it, which saves
/// a call for each. It is closed before that only if descriptors run out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Handle(usize);

impl Handle {
    /// The current directory; absolute paths start from the root anyway.
    pub(crate) const CURRENT: Handle = Handle(AT_FDCWD);
    /// Where errors are written.
    pub(crate) const STDERR: Handle = Handle(2);

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

    pub(crate) fn open_at(self, path: &CStr, flags: usize) -> Result<Handle, Errno> {
        // SAFETY: path is a C string.
        unsafe { call(number::OPENAT, [self.0, path.as_ptr() as usize, flags, 0, 0, 0]) }
            .map(Handle)
    }

    /// Gives the handle back. A copy of it finds nothing from then on.
    pub(crate) fn close(self) {
        // SAFETY: takes a number; a number that is no descriptor does no harm.
        let _ = unsafe { call(number::CLOSE, [self.0, 0, 0, 0, 0, 0]) };
    }

    pub(crate) const fn number(self) -> usize {
        self.0
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

    /// As [`has_list`], of what is open.
    pub(crate) fn has_list(self, stat: Stat) -> bool {
        has_list_at(number::FGETXATTR, self.0, stat)
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
    pub(crate) fn duplicate_to(self, wanted: usize) -> bool {
        // SAFETY: descriptors of this process; failing leaves them as they were.
        unsafe { call(number::DUP3, [self.0, wanted, 0, 0, 0, 0]) }.is_ok()
    }
}

/// The physical current directory, with its final NUL.
pub(crate) fn getcwd<M: Memory>() -> Result<Vec<u8>, Errno> {
    // SAFETY: the kernel writes at most `length` bytes to `at`.
    filled::<M>(|at, length| unsafe { call(number::GETCWD, [at, length, 0, 0, 0, 0]) })
}

/// Where a link leads.
pub(crate) fn readlink<M: Memory>(path: &CStr) -> Result<Vec<u8>, Errno> {
    let path = path.as_ptr() as usize;
    // SAFETY: path is a C string; the kernel writes at most `length` bytes to `at`.
    filled::<M>(|at, length| unsafe {
        call(number::READLINKAT, [AT_FDCWD, path, at, length, 0, 0])
    })
}

/// The bytes that `fill` writes. It gets an address and the room there, and says how many it wrote.
fn filled<M: Memory>(
    fill: impl Fn(usize, usize) -> Result<usize, Errno>,
) -> Result<Vec<u8>, Errno> {
    /// With less room than this it is better to take more at once than to ask again.
    const SHORT: usize = 256;
    let room = M::room();
    let mut bytes: Vec<u8> =
        Vec::with_capacity(if room < SHORT { PATH_MAX } else { room.min(PATH_MAX) });
    let mut length = fill(bytes.as_mut_ptr() as usize, bytes.capacity());
    // One of the calls reports too little room, the other fills the room without a word.
    if length == Err(Errno(ERANGE)) || length == Ok(bytes.capacity()) {
        bytes.reserve(PATH_MAX);
        length = fill(bytes.as_mut_ptr() as usize, PATH_MAX);
    }
    // SAFETY: that many bytes were written, at most as many as there is room for.
    unsafe { bytes.set_len(length?) };
    // An arena takes the rest back.
    bytes.shrink_to_fit();
    Ok(bytes)
}

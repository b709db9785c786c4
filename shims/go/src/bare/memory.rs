//! Memory without a heap: an arena that only grows.
//!
//! The shim lives for a fraction of a millisecond and then becomes another program, so nothing is
//! ever given back: the compiler sees that, and leaves out the code that would.
//!
//! Each page that is touched costs a page fault, and each kind of memory costs the kernel time to
//! set up and to take down. So the arena lies on the stack, which is there anyway, and the thread
//! pointer, which has no other use here, says where: the shim has no variables of its own that
//! would have to lie somewhere else.

use alloc::vec::Vec;
use core::alloc::{GlobalAlloc, Layout};
use core::arch::asm;
use core::mem::{ManuallyDrop, MaybeUninit};
use core::ptr;
use goward_shim::linux::{Memory, call, exit, write_error};

/// Enough for an ordinary call with long paths. Its unused part lies between the arguments and
/// everything else: each further KiB would cost every fourth start a page fault.
const ARENA: usize = 5376;

/// The size of each further mapping: many small pieces must not need as many mappings.
const CHUNK: usize = 1 << 20;

/// The first memory that is given out.
#[repr(C, align(16))]
pub(super) struct Arena {
    free: Free,
    room: [MaybeUninit<u8>; ARENA],
}

/// Where the free part of the arena, or later of a chunk, begins and ends.
#[repr(C)]
struct Free {
    /// The address of this value itself: on x86-64 the thread pointer gives no more than the word
    /// at it.
    this: *mut Free,
    start: usize,
    end: usize,
}

impl Arena {
    pub(super) const fn new() -> Arena {
        let free = Free { this: ptr::null_mut(), start: 0, end: 0 };
        Arena { free, room: [MaybeUninit::uninit(); ARENA] }
    }

    /// Makes this the memory that is given out, on a processor with such `capabilities`.
    ///
    /// # Safety
    ///
    /// It must be done before anything asks for memory, and the arena must stay where it is to the
    /// end of the process.
    pub(super) unsafe fn open(&mut self, capabilities: usize) {
        let start = self.room.as_mut_ptr() as usize;
        self.free = Free { this: &raw mut self.free, start, end: start + ARENA };
        set_thread_pointer(self.free.this as usize, capabilities);
    }
}

impl Memory for Arena {
    fn room() -> usize {
        // SAFETY: one thread, and the reference does not outlive the expression.
        let free = unsafe { &*BUMP.free() };
        free.end - free.start
    }

    /// Nothing is taken back if memory was given out since.
    fn give_back(bytes: Vec<u8>) {
        let bytes = ManuallyDrop::new(bytes);
        // SAFETY: one thread, and the reference does not outlive this function.
        let free = unsafe { &mut *BUMP.free() };
        if bytes.as_ptr() as usize + bytes.capacity() == free.start {
            free.start = bytes.as_ptr() as usize;
        }
    }
}

/// The allocator.
struct Bump;

#[global_allocator]
static BUMP: Bump = Bump;

impl Bump {
    /// The address of the state, which stands nowhere but in the register.
    #[inline(always)]
    fn free(&self) -> *mut Free {
        let free: *mut Free;
        // SAFETY: reads what `Arena::open` has set before anything asks for memory.
        unsafe {
            #[cfg(target_arch = "x86_64")]
            asm!("mov {}, fs:[0]", out(reg) free, options(pure, readonly, nostack, preserves_flags));
            #[cfg(target_arch = "aarch64")]
            asm!("mrs {}, tpidr_el0", out(reg) free, options(pure, readonly, nostack, preserves_flags));
        }
        free
    }

    /// From now on memory comes from there.
    fn set(&self, start: usize, end: usize) {
        let free = self.free();
        // SAFETY: one thread, and there are no references to the value.
        unsafe {
            (*free).start = start;
            (*free).end = end;
        }
    }

    /// Memory that the arena has no room for: a mapping of its own if it is large, else the
    /// beginning of the next chunk. Ends the shim where there is none.
    #[cold]
    fn map(&self, layout: Layout) -> *mut u8 {
        let large = layout.size() >= CHUNK / 4;
        let length = if large { layout.size() } else { CHUNK };
        let mapped = map(length);
        if mapped.is_null() {
            write_error(b"goward: error: out of memory\n");
            exit(125);
        }
        if !large {
            self.set(mapped as usize + layout.size(), mapped as usize + length);
        }
        mapped
    }
}

// SAFETY: alloc returns memory behind everything given out before in the arena or chunk, aligned
// as asked and never given out twice, or the beginning of a fresh mapping, which is aligned to a
// page.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: one thread, and the reference does not outlive this function or a call.
        let free = unsafe { &mut *self.free() };
        let at = free.start.next_multiple_of(layout.align());
        match at.checked_add(layout.size()) {
            Some(end) if end <= free.end => {
                free.start = end;
                at as *mut u8
            }
            _ => self.map(layout),
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as in `alloc`.
        let free = unsafe { &mut *self.free() };
        let newest = pointer as usize + layout.size() == free.start;
        let end = (pointer as usize).saturating_add(size);
        if newest && end <= free.end {
            free.start = end;
            return pointer;
        }
        if size <= layout.size() {
            return pointer;
        }
        // SAFETY: the new layout has the alignment of the old, and the two do not overlap.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            ptr::copy_nonoverlapping(pointer, moved, layout.size());
            moved
        }
    }
}

/// Fresh zeroed memory; null if there is none.
fn map(length: usize) -> *mut u8 {
    /// The system call.
    const MMAP: usize = if cfg!(target_arch = "x86_64") { 9 } else { 222 };
    const READ_WRITE: usize = 3;
    const PRIVATE_ANONYMOUS: usize = 0x22;
    // SAFETY: an anonymous mapping at an address of the kernel's choice touches nothing.
    let mapped = unsafe { call(MMAP, [0, length, READ_WRITE, PRIVATE_ANONYMOUS, usize::MAX, 0]) };
    mapped.map_or(core::ptr::null_mut(), |address| address as *mut u8)
}

/// Sets the register that points at what belongs to the one thread there is.
#[cfg(target_arch = "x86_64")]
fn set_thread_pointer(address: usize, capabilities: usize) {
    /// `HWCAP2_FSGSBASE`: an instruction may do it, from Linux 5.9 on.
    const BY_INSTRUCTION: usize = 2;
    /// The system call.
    const ARCH_PRCTL: usize = 158;
    /// `ARCH_SET_FS`
    const SET_FS: usize = 0x1002;
    if capabilities & BY_INSTRUCTION != 0 {
        // SAFETY: the kernel allows it, and nothing else here uses the register.
        unsafe { asm!("wrfsbase {}", in(reg) address, options(nostack, preserves_flags)) };
    } else {
        // SAFETY: takes a number.
        if unsafe { call(ARCH_PRCTL, [SET_FS, address, 0, 0, 0, 0]) }.is_err() {
            write_error(b"goward: error: the system refuses arch_prctl\n");
            exit(125);
        }
    }
}

/// As on x86-64; here every process may do it by an instruction.
#[cfg(target_arch = "aarch64")]
fn set_thread_pointer(address: usize, _capabilities: usize) {
    // SAFETY: nothing else here uses the register.
    unsafe { asm!("msr tpidr_el0, {}", in(reg) address, options(nostack, preserves_flags)) };
}

//! Memory without a heap: an arena that only grows.
//!
//! The shim lives for a fraction of a millisecond and then becomes another program, so hardly
//! anything is ever given back. The arena lies in `.bss`: pages that are not touched cost nothing,
//! and each that is touched costs a page fault.

use super::syscall;
use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr;

/// Enough for every ordinary call; larger files get mappings of their own.
const ARENA: usize = 256 << 10;

/// The allocator: a bump pointer, in front of the arena so that both begin on one page.
#[repr(C, align(16))]
struct Bump {
    used: UnsafeCell<usize>,
    arena: UnsafeCell<[u8; ARENA]>,
}

// SAFETY: the shim has one thread.
unsafe impl Sync for Bump {}

#[global_allocator]
static BUMP: Bump = Bump { used: UnsafeCell::new(0), arena: UnsafeCell::new([0; ARENA]) };

/// Writes to the arena's first page before anything reads it: a page that is read before it is
/// written costs two faults.
pub(super) fn touch() {
    // SAFETY: one thread, and nothing is allocated yet.
    unsafe { BUMP.used.get().write_volatile(0) }
}

impl Bump {
    fn start(&self) -> usize {
        self.arena.get() as usize
    }

    /// The arena's end so far.
    fn used(&self) -> usize {
        // SAFETY: one thread, and no reference to the counter outlives an expression.
        unsafe { *self.used.get() }
    }

    fn set_used(&self, used: usize) {
        // SAFETY: as above.
        unsafe { *self.used.get() = used }
    }
}

// SAFETY: alloc returns memory that is in the arena behind everything given out before, aligned
// as asked and never given out twice, or a fresh mapping.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let at = (self.start() + self.used()).next_multiple_of(layout.align()) - self.start();
        match at.checked_add(layout.size()) {
            Some(end) if end <= ARENA => {
                self.set_used(end);
                (self.start() + at) as *mut u8
            }
            _ => syscall::map(layout.size().max(1)),
        }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // Only the newest piece can be taken back.
        if pointer as usize + layout.size() == self.start() + self.used() {
            self.set_used(pointer as usize - self.start());
        }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let newest = pointer as usize + layout.size() == self.start() + self.used();
        let end = (pointer as usize).wrapping_sub(self.start()).saturating_add(size);
        if newest && end <= ARENA {
            self.set_used(end);
            return pointer;
        }
        if size <= layout.size() {
            return pointer;
        }
        // SAFETY: the new layout has the alignment of the old, and the two do not overlap.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                ptr::copy_nonoverlapping(pointer, moved, layout.size());
            }
            moved
        }
    }
}

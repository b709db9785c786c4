//! Memory without a heap: an arena that only grows.
//!
//! The shim lives for a fraction of a millisecond and then becomes another program, so nothing is
//! ever given back: the compiler sees that, and leaves out the code that would. The arena lies in
//! `.bss`: pages that are not touched cost nothing, and each that is touched costs a page fault.

use super::syscall;
use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr;

/// Enough for every ordinary call.
const ARENA: usize = 256 << 10;

/// What is mapped at a time when that is full: many small pieces must not be as many mappings.
const CHUNK: usize = 1 << 20;

/// The allocator: where the free part of the arena begins and ends, in front of the arena so that
/// all three begin on one page.
#[repr(C, align(16))]
struct Bump {
    free: UnsafeCell<usize>,
    end: UnsafeCell<usize>,
    arena: UnsafeCell<[u8; ARENA]>,
}

// SAFETY: the shim has one thread.
unsafe impl Sync for Bump {}

#[global_allocator]
static BUMP: Bump =
    Bump { free: UnsafeCell::new(0), end: UnsafeCell::new(0), arena: UnsafeCell::new([0; ARENA]) };

/// Opens the arena. This writes to its first page before anything reads it: a page that is read
/// before it is written costs two faults.
pub(super) fn open() {
    BUMP.set(BUMP.arena.get() as usize, ARENA);
}

impl Bump {
    /// The address of the first free byte.
    fn free(&self) -> usize {
        // SAFETY: one thread, and no reference to the field outlives an expression.
        unsafe { *self.free.get() }
    }

    /// The address behind the last one.
    fn end(&self) -> usize {
        // SAFETY: as above.
        unsafe { *self.end.get() }
    }

    fn set_free(&self, address: usize) {
        // SAFETY: as above.
        unsafe { *self.free.get() = address }
    }

    /// From now on memory comes from there.
    fn set(&self, start: usize, length: usize) {
        self.set_free(start);
        // SAFETY: as above.
        unsafe { *self.end.get() = start + length }
    }

    /// Memory that the arena has no room for: a mapping of its own if it is large, else the
    /// beginning of the next chunk. Ends the shim where there is none.
    #[cold]
    fn map(&self, layout: Layout) -> *mut u8 {
        let large = layout.size() >= CHUNK / 4;
        let length = if large { layout.size() } else { CHUNK };
        let mapped = syscall::map(length);
        if mapped.is_null() {
            syscall::write_error(b"goward: error: out of memory\n");
            syscall::exit(125);
        }
        if !large {
            self.set(mapped as usize, length);
            self.set_free(mapped as usize + layout.size());
        }
        mapped
    }
}

// SAFETY: alloc returns memory behind everything given out before in the arena or chunk, aligned
// as asked and never given out twice, or the beginning of a fresh mapping, which is aligned to a
// page. Before `open` the arena is full, and mappings serve.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let at = self.free().next_multiple_of(layout.align());
        match at.checked_add(layout.size()) {
            Some(end) if end <= self.end() => {
                self.set_free(end);
                at as *mut u8
            }
            _ => self.map(layout),
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let newest = pointer as usize + layout.size() == self.free();
        let end = (pointer as usize).saturating_add(size);
        if newest && end <= self.end() {
            self.set_free(end);
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

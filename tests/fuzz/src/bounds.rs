//! Memory stays linear: an allocator that counts the bytes that are requested.
//!
//! libFuzzer watches the time (`-timeout`), which varies with the machine; memory does not.

#![expect(unsafe_code, reason = "a global allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, counted.
pub struct Counted;

/// Every byte that was ever asked for.
static ASKED: AtomicUsize = AtomicUsize::new(0);

// SAFETY: it hands every call on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promises are the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are the system allocator's.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ASKED.fetch_add(size, Ordering::Relaxed);
        // SAFETY: the caller's promises are the system allocator's.
        unsafe { System.realloc(block, layout, size) }
    }
}

/// Runs `parse` on an input of `length` bytes, and checks that its allocations, freed or not, come
/// to at most 64 bytes for each byte of input and 64 KiB more.
///
/// # Panics
///
/// If it asks for more.
pub fn linear<T>(length: usize, parse: impl FnOnce() -> T) -> T {
    linear_beyond(64 << 10, length, parse)
}

/// [`linear`], for a parser that begins with `buffers` bytes of its own.
///
/// # Panics
/// If it asks for more.
pub fn linear_beyond<T>(buffers: usize, length: usize, parse: impl FnOnce() -> T) -> T {
    let before = ASKED.load(Ordering::Relaxed);
    let parsed = parse();
    let asked = ASKED.load(Ordering::Relaxed) - before;
    assert!(asked <= 64 * length + buffers, "{asked} bytes for an input of {length}");
    parsed
}

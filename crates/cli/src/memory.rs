//! The memory of a static goward.

use crate::exit::Exit;

/// musl's own allocator makes an install slower: it maps each large buffer anew.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Ends the process at once. By the usual end the allocator would first give its memory back piece by piece. All
/// output has been flushed: each write of it flushes.
pub(crate) fn end(exit: Exit) -> ! {
    goward_shim::linux::exit(exit as i32)
}

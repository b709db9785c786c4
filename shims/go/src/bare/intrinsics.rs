//! The memory functions that compiled code calls by name and a C library would bring.
//!
//! On x86-64 long pieces are copied and set by the string instructions, which any processor of this
//! century runs fast once they have started. On aarch64 it is plain loops over volatile bytes, lest the
//! compiler turn a loop that copies into a call of the function that it is in.

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use core::arch::asm;

    goward_shim::c_copies!();

    /// # Safety
    ///
    /// As C's `memset`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn memset(to: *mut u8, value: i32, length: usize) -> *mut u8 {
        // SAFETY: writes `length` bytes.
        unsafe {
            asm!("rep stosb", inout("rcx") length => _, inout("rdi") to => _, in("al") value as u8,
                options(nostack, preserves_flags));
        }
        to
    }
}

#[cfg(target_arch = "aarch64")]
mod aarch64 {
    /// # Safety
    ///
    /// As C's `memcpy`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
        for at in 0..length {
            // SAFETY: both ranges are valid for `length` bytes.
            unsafe { to.add(at).write_volatile(from.add(at).read()) }
        }
        to
    }

    /// # Safety
    ///
    /// As C's `memmove`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
        if (to as usize).wrapping_sub(from as usize) >= length {
            // SAFETY: forwards is right unless the target begins inside the source.
            return unsafe { memcpy(to, from, length) };
        }
        for at in (0..length).rev() {
            // SAFETY: both ranges are valid for `length` bytes.
            unsafe { to.add(at).write_volatile(from.add(at).read()) }
        }
        to
    }

    /// # Safety
    ///
    /// As C's `memset`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn memset(to: *mut u8, value: i32, length: usize) -> *mut u8 {
        for at in 0..length {
            // SAFETY: the range is valid for `length` bytes.
            unsafe { to.add(at).write_volatile(value as u8) }
        }
        to
    }
}

goward_shim::c_comparisons!();

/// # Safety
///
/// As C's `strlen`.
#[unsafe(no_mangle)]
unsafe extern "C" fn strlen(text: *const u8) -> usize {
    let mut length = 0;
    // SAFETY: the text ends with a NUL, and nothing behind it is read.
    while unsafe { text.add(length).read_volatile() } != 0 {
        length += 1;
    }
    length
}

/// Named by the prebuilt `alloc`, which was compiled for unwinding; with `panic = "abort"`
/// nothing ever unwinds.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

/// As [`rust_eh_personality`].
#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() -> ! {
    goward_shim::linux::exit(125)
}

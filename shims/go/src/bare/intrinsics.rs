//! The memory functions that compiled code calls by name and a C library would bring.
//!
//! On x86-64 they are the string instructions, which any processor of this century runs fast once
//! they have started. Short pieces, as nearly all are here, are copied in two words that may
//! overlap. On aarch64 they are plain loops over volatile bytes, lest the compiler turn a loop that
//! copies into a call of the function that it is in.

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use core::arch::asm;

    /// # Safety
    ///
    /// As C's `memcpy`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
        // SAFETY: copies `length` bytes; the direction flag is clear by the ABI.
        unsafe {
            match length {
                0 => return to,
                1..2 => return ends::<u8>(to, from, length),
                2..4 => return ends::<u16>(to, from, length),
                4..8 => return ends::<u32>(to, from, length),
                8..16 => return ends::<u64>(to, from, length),
                16..=32 => return ends::<u128>(to, from, length),
                _ => {}
            }
            asm!("rep movsb", inout("rcx") length => _, inout("rdi") to => _, inout("rsi") from => _,
                options(nostack, preserves_flags));
        }
        to
    }

    /// Copies one word from the beginning and one from the end, both read before either is written.
    ///
    /// # Safety
    ///
    /// As C's `memmove`, and `length` must be at least one and at most two words.
    unsafe fn ends<Word>(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
        let last = length - size_of::<Word>();
        // SAFETY: both words lie within the `length` bytes.
        unsafe {
            let first = from.cast::<Word>().read_unaligned();
            let second = from.add(last).cast::<Word>().read_unaligned();
            to.cast::<Word>().write_unaligned(first);
            to.add(last).cast::<Word>().write_unaligned(second);
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
        // SAFETY: copies backwards from the last byte, and clears the direction flag again.
        unsafe {
            asm!("std", "rep movsb", "cld",
                inout("rcx") length => _,
                inout("rdi") to.wrapping_add(length).wrapping_sub(1) => _,
                inout("rsi") from.wrapping_add(length).wrapping_sub(1) => _,
                options(nostack));
        }
        to
    }

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

/// # Safety
///
/// As C's `memcmp`.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, length: usize) -> i32 {
    const WORD: usize = size_of::<u64>();
    let mut at = 0;
    // SAFETY: both ranges are valid for `length` bytes, and words are read while one fits.
    unsafe {
        while at + WORD <= length && word(a.add(at)) == word(b.add(at)) {
            at += WORD;
        }
        while at < length {
            let (x, y) = (a.add(at).read_volatile(), b.add(at).read_volatile());
            if x != y {
                return i32::from(x) - i32::from(y);
            }
            at += 1;
        }
    }
    0
}

/// # Safety
///
/// Eight bytes at `at` must be readable.
unsafe fn word(at: *const u8) -> u64 {
    // SAFETY: the caller's promise.
    unsafe { at.cast::<u64>().read_unaligned() }
}

/// # Safety
///
/// As `memcmp`.
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, length: usize) -> i32 {
    // SAFETY: the caller's promise is the same.
    unsafe { memcmp(a, b, length) }
}

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

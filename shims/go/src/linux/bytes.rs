//! C's functions on bytes, where no C library has fast ones: in the shim, which has none, and in a static manager.
//! On x86-64 musl starts a string instruction for each copy, which takes longer than most copies take, and it compares
//! one byte after the other.
//!
//! Short pieces, as nearly all are, are copied in words that may overlap. All of them are read before the first is
//! written. No loop copies: the compiler would turn it into a call of the function that it is in.

#[cfg(target_arch = "x86_64")]
use core::arch::asm;

/// The longest piece of which all words are read before the first is written.
#[cfg(target_arch = "x86_64")]
const READ_FIRST: usize = 64;

/// Copies `length` bytes, and returns `to`.
///
/// # Safety
///
/// As C's `memcpy`; the ranges may overlap if `to` lies before `from`.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub unsafe fn copy(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
    // SAFETY: each arm copies `length` bytes; the direction flag is clear by the ABI.
    unsafe {
        match length {
            0 => {}
            1 => ends::<u8>(to, from, length),
            2..4 => ends::<u16>(to, from, length),
            4..8 => ends::<u32>(to, from, length),
            8..16 => ends::<u64>(to, from, length),
            16..=32 => ends::<u128>(to, from, length),
            33..=READ_FIRST => quarters(to, from, length),
            _ => {
                asm!("rep movsb", inout("rcx") length => _, inout("rdi") to => _, inout("rsi") from => _,
                options(nostack, preserves_flags))
            }
        }
    }
    to
}

/// Copies from the end, where that alone is right, and returns how many bytes at the beginning [`copy`] has to copy
/// afterwards: together they copy ranges that overlap in any way.
///
/// # Safety
///
/// As C's `memmove`.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub unsafe fn copy_end(to: *mut u8, from: *const u8, mut length: usize) -> usize {
    // What is short is read as a whole first; forwards is right unless the target begins inside the source.
    if length > READ_FIRST && (to as usize).wrapping_sub(from as usize) < length {
        // SAFETY: copies backwards, 16 bytes at once, until fewer than that are left.
        unsafe {
            asm!("2:",
                "movups {word}, [{from} + {length} - 16]",
                "movups [{to} + {length} - 16], {word}",
                "sub {length}, 16",
                "cmp {length}, 16",
                "jae 2b",
                word = out(xmm_reg) _, from = in(reg) from, to = in(reg) to, length = inout(reg) length,
                options(nostack));
        }
    }
    length
}

/// Copies a word from the beginning and one from the end.
///
/// # Safety
///
/// As [`copy`], and `length` must be at least one and at most two words.
#[cfg(target_arch = "x86_64")]
unsafe fn ends<Word>(to: *mut u8, from: *const u8, length: usize) {
    let last = length - size_of::<Word>();
    // SAFETY: both words lie within the `length` bytes.
    unsafe {
        let first = from.cast::<Word>().read_unaligned();
        let second = from.add(last).cast::<Word>().read_unaligned();
        to.cast::<Word>().write_unaligned(first);
        to.add(last).cast::<Word>().write_unaligned(second);
    }
}

/// Copies two words of 16 bytes from the beginning and two from the end.
///
/// # Safety
///
/// As [`copy`], and `length` must be at least 32 and at most 64.
#[cfg(target_arch = "x86_64")]
unsafe fn quarters(to: *mut u8, from: *const u8, length: usize) {
    const WORD: usize = size_of::<u128>();
    let (third, last) = (length - 2 * WORD, length - WORD);
    // SAFETY: all four words lie within the `length` bytes.
    unsafe {
        let word = |at: usize| from.add(at).cast::<u128>().read_unaligned();
        let (one, two, three, four) = (word(0), word(WORD), word(third), word(last));
        let put = |at: usize, word: u128| to.add(at).cast::<u128>().write_unaligned(word);
        put(0, one);
        put(WORD, two);
        put(third, three);
        put(last, four);
    }
}

/// Compares `length` bytes: less than zero, zero or more, as the first that differ.
///
/// # Safety
///
/// As C's `memcmp`.
#[inline(always)]
pub unsafe fn compare(a: *const u8, b: *const u8, length: usize) -> i32 {
    const WORD: usize = size_of::<u64>();
    let mut at = 0;
    // SAFETY: both ranges are valid for `length` bytes, and words are read while one fits.
    unsafe {
        while at + WORD <= length && word(a.add(at)) == word(b.add(at)) {
            at += WORD;
        }
        while at < length {
            // The compiler would make a call of a loop that compares, too.
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

/// Defines C's `memcpy` and `memmove` by [`copy`] and [`copy_end`]. Compiled code calls them by these names,
/// so each program that has them defines them for itself.
#[cfg(target_arch = "x86_64")]
#[macro_export]
macro_rules! c_copies {
    () => {
        /// # Safety
        ///
        /// As C's `memcpy`.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
            // SAFETY: the caller's promise is the same.
            unsafe { $crate::linux::copy(to, from, length) }
        }

        /// # Safety
        ///
        /// As C's `memmove`.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
            // SAFETY: the caller's promise is the same, and for what is left `memcpy` is right.
            unsafe { memcpy(to, from, $crate::linux::copy_end(to, from, length)) }
        }
    };
}

/// Defines C's `memcmp` and `bcmp` by [`compare`], as [`c_copies`] does.
#[macro_export]
macro_rules! c_comparisons {
    () => {
        /// # Safety
        ///
        /// As C's `memcmp`.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, length: usize) -> i32 {
            // SAFETY: the caller's promise is the same.
            unsafe { $crate::linux::compare(a, b, length) }
        }

        /// # Safety
        ///
        /// As `memcmp`.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, length: usize) -> i32 {
            // SAFETY: the caller's promise is the same.
            unsafe { memcmp(a, b, length) }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::compare;
    #[cfg(target_arch = "x86_64")]
    use super::{copy, copy_end};
    use std::vec::Vec;

    fn text() -> Vec<u8> {
        (0..400).map(|at: u32| at as u8 ^ 0x5a).collect()
    }

    #[test]
    fn the_first_bytes_that_differ_decide() {
        let text = text();
        for length in 0..40 {
            // SAFETY: both ranges lie in the buffers.
            let compared = |other: &[u8]| unsafe { compare(text.as_ptr(), other.as_ptr(), length) };
            assert_eq!(compared(&text), 0);
            for at in 0..length {
                let mut other = text.clone();
                (other[at], other[at + 1]) = (!text[at], 0);
                let (told, right) = (compared(&other).signum(), text[at].cmp(&other[at]) as i32);
                assert_eq!(told, right, "byte {at} of {length}");
            }
        }
    }

    /// Of every length, and nothing beside the range.
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn every_length_is_copied() {
        let text = text();
        for length in 0..200 {
            let mut apart = [0xee; 300];
            // SAFETY: both ranges are longer.
            unsafe { copy(apart.as_mut_ptr().add(1), text.as_ptr().add(3), length) };
            assert_eq!((&apart[1..=length], apart[0]), (&text[3..3 + length], 0xee), "{length}");
            assert!(apart[1 + length..].iter().all(|byte| *byte == 0xee), "{length}");
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn what_overlaps_is_copied_either_way() {
        let text = text();
        for length in 0..200 {
            for (to, from) in [(0, 1), (0, 7), (0, 40), (1, 0), (7, 0), (15, 0), (40, 0), (3, 3)] {
                let mut moved = text.clone();
                let start = moved.as_mut_ptr();
                // SAFETY: both ranges lie in the buffer.
                unsafe {
                    let (to, from) = (start.add(to), start.add(from).cast_const());
                    copy(to, from, copy_end(to, from, length))
                };
                let (before, rest) = text.split_at(to);
                let told = [before, &text[from..from + length], &rest[length..]].concat();
                assert_eq!(moved, told, "{length} bytes from {from} to {to}");
            }
        }
    }
}

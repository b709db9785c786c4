//! The arguments and variables with which a program is started, on Unix: the very bytes that came in,
//! with the changes of the plan.
#![expect(unsafe_code, reason = "C's arrays of arguments and variables have no safe interface")]

use alloc::ffi::CString;
use alloc::vec::Vec;
use core::ffi::{CStr, c_char};
use core::ptr;
use goward_resolver::{EnvChange, Launch};

/// An array of pointers to C strings that ends with a null pointer.
type Array = *const *const c_char;

/// The arguments and the environment of this process.
pub struct Inherited {
    argv: Array,
    envp: Array,
}

impl Inherited {
    /// # Safety
    ///
    /// `argv` and `envp` must be arrays of pointers to C strings that end with a null pointer, and
    /// stay what they are to the end of the process.
    pub const unsafe fn new(argv: *const *const c_char, envp: *const *const c_char) -> Inherited {
        Inherited { argv, envp }
    }

    /// The arguments.
    pub fn arguments(&self) -> impl Iterator<Item = &CStr> {
        // SAFETY: argv holds C strings, which live as long as the process.
        pointers_in(self.argv).map(|argument| unsafe { CStr::from_ptr(argument) })
    }

    /// A variable's value; as for `getenv`, the first of two equal names counts.
    #[cfg(direct)]
    pub(crate) fn var(&self, key: &str) -> Option<&[u8]> {
        for entry in pointers_in(self.envp) {
            if let Some(value) = value_of(entry, key) {
                // SAFETY: the rest of a C string is a C string.
                return Some(unsafe { CStr::from_ptr(value) }.to_bytes());
            }
        }
        None
    }

    /// Becomes `launch.program` by `execve`, which gives the number of the error that it returns with.
    pub(crate) fn execute(
        &self,
        launch: &Launch,
        execve: impl FnOnce(&CStr, Array, Array) -> i32,
    ) -> i32 {
        let mut argv: Vec<*const c_char> = pointers_in(self.argv).collect();
        if launch.drop_selector && argv.len() > 1 {
            argv.remove(1);
        }
        argv.push(ptr::null());
        let assignments = assignments(&launch.env);
        let envp = self.changed(&launch.env, &assignments);
        // No file has a NUL in its name.
        let Ok(program) = CString::new(launch.program.as_slice()) else { return ENOENT };
        execve(&program, argv.as_ptr(), envp.as_ptr())
    }

    /// The environment with `changes` applied, of which `assignments` are the new entries, as
    /// `execve` takes it.
    pub(crate) fn changed(
        &self,
        changes: &[EnvChange],
        assignments: &[CString],
    ) -> Vec<*const c_char> {
        let mut environment = Vec::new();
        for entry in pointers_in(self.envp) {
            if !changes.iter().any(|change| value_of(entry, &change.key).is_some()) {
                environment.push(entry);
            }
        }
        for assignment in assignments {
            environment.push(assignment.as_ptr());
        }
        environment.push(ptr::null());
        environment
    }
}

/// There is no such file: the same number on every Unix.
pub(crate) const ENOENT: i32 = 2;

/// The new entries of the environment.
pub(crate) fn assignments(changes: &[EnvChange]) -> Vec<CString> {
    changes.iter().filter_map(|change| CString::new(change.assignment()?).ok()).collect()
}

/// The pointers in an array of `argv`'s kind.
fn pointers_in(array: Array) -> impl Iterator<Item = *const c_char> {
    // SAFETY: `at` goes up one by one and stops at the null pointer.
    (0..).map(move |at| unsafe { *array.add(at) }).take_while(|pointer| !pointer.is_null())
}

/// Where the value begins in `KEY=VALUE`, if that is the entry's key. Most entries differ in
/// the first byte, so no more of them is looked at.
#[inline(always)]
fn value_of(entry: *const c_char, key: &str) -> Option<*const c_char> {
    // SAFETY: the entry is a C string, and the first byte that differs, be it the NUL, ends this.
    unsafe {
        for (at, byte) in key.bytes().enumerate() {
            if *entry.cast::<u8>().add(at) != byte {
                return None;
            }
        }
        let end = entry.add(key.len());
        (*end.cast::<u8>() == b'=').then(|| end.add(1))
    }
}

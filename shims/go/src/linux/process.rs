//! The processes that look by [`LinuxHost`](super::LinuxHost), and their differences: the shim, which
//! becomes Go in a moment, and the manager.

use crate::exec::Inherited;
use crate::variables::Variables;
use alloc::vec::Vec;
use core::ffi::{CStr, c_char, c_ulong};
use core::marker::PhantomData;
use goward_resolver::Privileges;

/// A process that looks at the machine.
pub trait Process {
    /// Where it has its memory from.
    type Memory: Memory;

    /// Whether it becomes another program in a moment. Then the exec closes its descriptors, which saves
    /// a call for each, and an answer of the system holds to its end.
    const BRIEF: bool;

    /// A variable's value; as for `getenv`, the first of two equal names counts.
    fn var(&self, key: &str) -> Option<&[u8]>;

    /// Whose process it is.
    fn identity(&self) -> Identity;

    /// The path that was executed, as it was given, unless it may be a script's.
    fn executed(&self) -> Option<&CStr>;
}

/// A source of memory.
pub trait Memory {
    /// The number of bytes that it can give without a system call.
    fn room() -> usize;

    /// Takes memory back that was needed for one call only.
    fn give_back(bytes: Vec<u8>);
}

/// An allocator that takes back all dropped memory.
pub struct Heap;

impl Memory for Heap {
    fn room() -> usize {
        usize::MAX
    }

    fn give_back(bytes: Vec<u8>) {
        drop(bytes);
    }
}

/// Whose process it is, as the kernel has said at its start.
#[derive(Clone, Copy)]
pub struct Identity {
    pub(crate) user: u32,
    pub(crate) privileges: Privileges,
}

impl Identity {
    /// By the auxiliary vector, which has a `value` for some keys.
    fn new(value: impl Fn(usize) -> Option<usize>) -> Identity {
        /// `AT_UID`, `AT_EUID`, `AT_GID`, `AT_EGID`: the real and effective user and group.
        const USER: usize = 11;
        const EFFECTIVE_USER: usize = 12;
        const GROUP: usize = 13;
        const EFFECTIVE_GROUP: usize = 14;
        /// `AT_SECURE`: whether the process has more rights than its caller.
        const SECURE: usize = 23;
        // Every kernel gives both; no user has this number.
        let user = value(EFFECTIVE_USER).map_or(u32::MAX, |user| user as u32);
        let borrowed =
            value(USER) != value(EFFECTIVE_USER) || value(GROUP) != value(EFFECTIVE_GROUP);
        let privileges = match value(SECURE) {
            _ if borrowed => Privileges::Borrowed,
            None | Some(0) => Privileges::Plain,
            Some(_) => Privileges::Raised,
        };
        Identity { user, privileges }
    }
}

/// The shim, with memory from `M`.
pub struct Brief<M> {
    /// Its arguments and variables.
    pub(crate) inherited: Inherited,
    identity: Identity,
    executed: &'static CStr,
    memory: PhantomData<M>,
}

impl<M> Brief<M> {
    /// # Safety
    ///
    /// `argv` and `envp` must be as [`Inherited::new`] takes them, and `value` must say what the
    /// process's auxiliary vector has for a key.
    #[inline(always)]
    pub unsafe fn new(
        argv: *const *const c_char,
        envp: *const *const c_char,
        value: impl Fn(usize) -> Option<usize>,
    ) -> Brief<M> {
        /// `AT_EXECFN`: the path that was executed, a C string.
        const EXECUTED: usize = 31;
        let executed = value(EXECUTED).filter(|path| *path != 0);
        // SAFETY: the caller vouches for all three; the kernel's string lies there to the end.
        unsafe {
            let executed = executed.map(|path| CStr::from_ptr(path as *const c_char));
            let (inherited, identity) = (Inherited::new(argv, envp), Identity::new(value));
            let executed = executed.unwrap_or_default();
            Brief { inherited, identity, executed, memory: PhantomData }
        }
    }
}

impl<M: Memory> Process for Brief<M> {
    type Memory = M;
    const BRIEF: bool = true;

    fn var(&self, key: &str) -> Option<&[u8]> {
        self.inherited.var(key)
    }

    fn identity(&self) -> Identity {
        self.identity
    }

    fn executed(&self) -> Option<&CStr> {
        // If the kernel runs this as a script's interpreter, the executed path is the script's, which is
        // among the arguments.
        let is_script =
            self.inherited.arguments().skip(1).any(|argument| argument == self.executed);
        (!is_script).then_some(self.executed)
    }
}

/// The manager, whose variables are a copy.
pub struct Lasting {
    variables: Variables,
    identity: Identity,
}

impl Lasting {
    /// With the variables that it is to see.
    pub(crate) fn new(variables: Variables) -> Lasting {
        Lasting { variables, identity: Identity::new(auxiliary) }
    }
}

impl Process for Lasting {
    type Memory = Heap;
    const BRIEF: bool = false;

    fn var(&self, key: &str) -> Option<&[u8]> {
        self.variables.get(key)
    }

    fn identity(&self) -> Identity {
        self.identity
    }

    fn executed(&self) -> Option<&CStr> {
        None
    }
}

/// The value of the auxiliary vector for a key, in a program with a C library; 0 if it has none.
/// The kernel gives the identities to every program (`fs/binfmt_elf.c`).
pub fn auxiliary(key: usize) -> Option<usize> {
    unsafe extern "C" {
        fn getauxval(key: c_ulong) -> c_ulong;
    }
    // SAFETY: takes a number and gives one.
    Some(unsafe { getauxval(key as c_ulong) } as usize)
}

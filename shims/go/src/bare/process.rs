//! What the kernel put on the stack: the arguments and the environment, as they came in.

use super::syscall;
use alloc::ffi::CString;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::ffi::{CStr, c_char};
use core::ptr;
use goward_resolver::resolve::Install;
use goward_resolver::{
    Code, EnvChange, Error, Host, Launch, Privileges, escaped, sound_manager, text,
};

/// The arguments and the environment of this process.
pub(super) struct Process {
    argv: *const *const c_char,
    envp: *const *const c_char,
    user: u32,
    privileges: Privileges,
    executed: &'static CStr,
    capabilities: usize,
}

impl Process {
    /// # Safety
    ///
    /// `stack` must be the stack pointer at the process's entry: the number of arguments, that
    /// many pointers and a null pointer, then the environment's pointers and a null pointer, then
    /// the auxiliary vector's pairs of words, the last one with the key 0.
    pub(super) unsafe fn new(stack: *const usize) -> Process {
        /// `AT_UID`, `AT_EUID`, `AT_GID`, `AT_EGID`: the real and effective user and group.
        const USER: usize = 11;
        const EFFECTIVE_USER: usize = 12;
        const GROUP: usize = 13;
        const EFFECTIVE_GROUP: usize = 14;
        /// `AT_SECURE`: whether the process has more rights than its caller.
        const SECURE: usize = 23;
        /// `AT_HWCAP2`: the second word of what a process may do with the processor.
        const CAPABILITIES: usize = 26;
        /// `AT_EXECFN`: the path that was executed, a C string.
        const EXECUTED: usize = 31;
        // SAFETY: the caller vouches for the layout.
        unsafe {
            let argv = stack.add(1).cast::<*const c_char>();
            let envp = argv.add(*stack + 1);
            let variables = pointers_in(envp).count();
            let auxiliary = envp.add(variables + 1).cast::<[usize; 2]>();
            let value = |wanted| {
                let mut pairs = (0..).map(|at| *auxiliary.add(at)).take_while(|[key, _]| *key != 0);
                pairs.find(|[key, _]| *key == wanted).map(|[_, value]| value)
            };
            // Every kernel gives both; no user has this number.
            let user = value(EFFECTIVE_USER).map_or(u32::MAX, |user| user as u32);
            let borrowed =
                value(USER) != value(EFFECTIVE_USER) || value(GROUP) != value(EFFECTIVE_GROUP);
            let privileges = match value(SECURE) {
                _ if borrowed => Privileges::Borrowed,
                None | Some(0) => Privileges::Plain,
                Some(_) => Privileges::Raised,
            };
            let executed = value(EXECUTED).map(|path| CStr::from_ptr(path as *const c_char));
            let executed = executed.unwrap_or_default();
            let capabilities = value(CAPABILITIES).unwrap_or(0);
            Process { argv, envp, user, privileges, executed, capabilities }
        }
    }

    pub(super) fn arguments(&self) -> impl Iterator<Item = &CStr> {
        // SAFETY: argv holds C strings, which lie on the stack of the process's entry.
        pointers_in(self.argv).map(|argument| unsafe { CStr::from_ptr(argument) })
    }

    /// The path that was executed, as it was given.
    pub(super) fn executed(&self) -> &CStr {
        self.executed
    }

    /// What the kernel lets this process do with the processor, in bits.
    pub(super) fn capabilities(&self) -> usize {
        self.capabilities
    }

    /// The effective user.
    pub(super) fn user(&self) -> u32 {
        self.user
    }

    /// Whose rights this process has.
    pub(super) fn privileges(&self) -> Privileges {
        self.privileges
    }

    /// A variable's value; as for `getenv`, the first of two equal names counts.
    pub(super) fn var(&self, key: &str) -> Option<&[u8]> {
        for entry in pointers_in(self.envp) {
            if let Some(value) = value_of(entry, key) {
                // SAFETY: the rest of a C string is a C string.
                return Some(unsafe { CStr::from_ptr(value) }.to_bytes());
            }
        }
        None
    }

    /// Becomes `launch.program`. Returns only if that failed.
    pub(super) fn execute(&self, launch: &Launch) -> Error {
        let mut argv: Vec<*const c_char> = pointers_in(self.argv).collect();
        if launch.drop_selector && argv.len() > 1 {
            argv.remove(1);
        }
        argv.push(ptr::null());
        let assignments = assignments(&launch.env);
        let envp = self.changed(&launch.env, &assignments);
        let Ok(program) = CString::new(launch.program.as_slice()) else {
            return cannot_execute(launch, syscall::ENOENT);
        };
        // SAFETY: both arrays end with a null pointer, and what they point to outlives the call.
        let error = unsafe { syscall::execve(&program, argv.as_ptr(), envp.as_ptr()) };
        cannot_execute(launch, error.0)
    }

    /// Asks the manager beside the shim to install, and waits. Fails only where the manager's policy
    /// forbids it, which the manager has said.
    pub(super) fn provide(&self, host: &dyn Host, install: &Install) -> Result<(), Error> {
        let program = match sound_manager(host, &host.exe().unwrap_or_default()) {
            Ok(manager) => CString::new(manager).unwrap_or_default(),
            Err(why) => {
                super::say(self, "warning", &why);
                return Ok(());
            }
        };
        // Nothing that is said to the manager has a NUL in it.
        let mut argv = vec![program.as_ptr()];
        let mut arguments = install.arguments();
        for argument in &mut arguments {
            argument.push('\0');
            argv.push(argument.as_ptr().cast());
        }
        argv.push(ptr::null());
        let mut changes = Vec::new();
        if let Some(root) = install.root.clone() {
            changes.push(EnvChange { key: String::from("GOWARD_ROOT"), value: Some(root) });
        }
        let assignments = assignments(&changes);
        let envp = self.changed(&changes, &assignments);
        // SAFETY: both arrays end with a null pointer, and what they point to outlives the call.
        let status = unsafe { syscall::run(&program, argv.as_ptr(), envp.as_ptr()) };
        if status == Some(Code::Forbidden.status()) {
            return Err(Error::said());
        }
        if status == Some(Install::NOT_UNDERSTOOD) {
            super::say(self, "warning", Install::OLD_MANAGER);
        }
        if status == Some(127) {
            super::say(self, "warning", &text!("cannot run {}", escaped(program.as_bytes())));
        }
        Ok(())
    }

    /// The environment with changes applied, as `execve` takes it.
    fn changed(&self, changes: &[EnvChange], assignments: &[CString]) -> Vec<*const c_char> {
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

/// The pointers in an array of `argv`'s kind, which ends with a null pointer.
fn pointers_in(array: *const *const c_char) -> impl Iterator<Item = *const c_char> {
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

fn assignments(changes: &[EnvChange]) -> Vec<CString> {
    changes.iter().filter_map(|change| CString::new(change.assignment()?).ok()).collect()
}

fn cannot_execute(launch: &Launch, error: i32) -> Error {
    let why = match error {
        syscall::ENOENT => return launch.vanished(),
        syscall::E2BIG => "the arguments and the environment are too long",
        syscall::ENOEXEC => "it is no program for this machine",
        syscall::EACCES => "permission denied",
        _ => "the system refused",
    };
    launch.refused(&text!("{} (error {})", why, error))
}

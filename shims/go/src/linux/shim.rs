//! The shim's hands on Linux.

use super::handle::{Handle, O_WRONLY};
use super::host::LinuxHost;
use super::process::{Brief, Memory};
use super::syscall::{
    E2BIG, EACCES, EINTR, ENOENT, ENOEXEC, Errno, call, exit, number, write_error,
};
use crate::exec::assignments;
use crate::shim::Shim;
use alloc::ffi::CString;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::ffi::{CStr, c_char};
use core::ptr;
use goward_resolver::resolve::Miss;
use goward_resolver::{EnvChange, Error, Host, Launch, escaped, text};

impl<M: Memory> Shim for LinuxHost<Brief<M>> {
    fn host(&self) -> &dyn Host {
        self
    }

    fn arguments(&self) -> Vec<&[u8]> {
        self.process().inherited.arguments().map(CStr::to_bytes).collect()
    }

    fn execute(&self, launch: &Launch) -> Error {
        // SAFETY: both arrays end with a null pointer, and what they point to outlives the call.
        let error = self
            .process()
            .inherited
            .execute(launch, |program, argv, envp| unsafe { execve(program, argv, envp).0 });
        let why = match error {
            ENOENT => return launch.vanished(),
            E2BIG => "the arguments and the environment are too long",
            ENOEXEC => "it is no program for this machine",
            EACCES => "permission denied",
            _ => "the system refused",
        };
        launch.refused(&text!("{} (error {})", why, error))
    }

    fn is_on_terminal(&self) -> bool {
        (0..3).all(is_terminal)
    }

    fn start(&self, manager: &[u8], miss: &Miss) -> Result<i32, String> {
        // The manager's start may need a descriptor.
        self.release();
        let program = CString::new(manager).unwrap_or_default();
        // No argument for the manager has a NUL in it.
        let mut argv = vec![program.as_ptr()];
        let mut arguments = miss.arguments();
        for argument in &mut arguments {
            argument.push('\0');
            argv.push(argument.as_ptr().cast());
        }
        argv.push(ptr::null());
        let mut changes = Vec::new();
        if let Some(root) = miss.root.clone() {
            changes.push(EnvChange { key: String::from("GOWARD_ROOT"), value: Some(root) });
        }
        let assignments = assignments(&changes);
        let envp = self.process().inherited.changed(&changes, &assignments);
        // SAFETY: both arrays end with a null pointer, and what they point to outlives the call.
        match unsafe { run(&program, argv.as_ptr(), envp.as_ptr(), miss.is_offer) } {
            NOT_STARTED => Err(text!("cannot run {}", escaped(manager))),
            status => Ok(status),
        }
    }

    fn write(&self, line: &[u8]) {
        write_error(line);
    }
}

/// Becomes another program; returns only the reason why not.
///
/// # Safety
///
/// `argv` and `envp` must be arrays of pointers to C strings that end with a null pointer.
unsafe fn execve(program: &CStr, argv: *const *const c_char, envp: *const *const c_char) -> Errno {
    let arguments = [program.as_ptr() as usize, argv as usize, envp as usize, 0, 0, 0];
    // SAFETY: the caller vouches for argv and envp.
    unsafe { call(number::EXECVE, arguments) }.err().unwrap_or(Errno(0))
}

/// The status of a child that could not be made another program.
const NOT_STARTED: i32 = 127;

/// Runs a program as a child, with stdout on stderr, and stdin from `/dev/null` unless it `asks`
/// something, and waits; its exit status, 0 if that is lost or a signal ended it.
///
/// # Safety
///
/// As for [`execve`].
unsafe fn run(
    program: &CStr,
    argv: *const *const c_char,
    envp: *const *const c_char,
    asks: bool,
) -> i32 {
    const SIGCHLD: usize = 17;
    // SAFETY: a plain fork of a process with one thread; the child only makes system calls.
    let Ok(child) = (unsafe { call(number::CLONE, [SIGCHLD, 0, 0, 0, 0, 0]) }) else { return 0 };
    if child == 0 {
        // stdin and stdout are Go's: the manager reads nothing but an answer, and speaks on stderr
        // or, where that is closed, into nothing.
        if !asks {
            put_null(0, 0);
        }
        if !Handle::STDERR.duplicate_to(1) {
            put_null(1, O_WRONLY);
        }
        // SAFETY: the caller vouches for argv and envp.
        unsafe { execve(program, argv, envp) };
        exit(NOT_STARTED);
    }
    let mut status = 0i32;
    let arguments = [child, &raw mut status as usize, 0, 0, 0, 0];
    // SAFETY: the kernel writes one int.
    while unsafe { call(number::WAIT4, arguments) } == Err(Errno(EINTR)) {}
    // If a signal ended the child, these bits are 0.
    (status >> 8) & 0xff
}

/// Whether the descriptor is one of a terminal: only a terminal has settings to be read.
fn is_terminal(descriptor: usize) -> bool {
    const TCGETS: usize = 0x5401;
    // The kernel's `struct termios` has 36 bytes.
    let mut settings = [0u64; 8];
    let arguments = [descriptor, TCGETS, settings.as_mut_ptr() as usize, 0, 0, 0];
    // SAFETY: the kernel writes one termios, for which there is room.
    unsafe { call(number::IOCTL, arguments) }.is_ok()
}

/// Makes `wanted` a descriptor of `/dev/null`, and leaves no other one to the child.
fn put_null(wanted: usize, flags: usize) {
    let Ok(null) = Handle::CURRENT.open_at(c"/dev/null", flags) else { return };
    if null.number() != wanted {
        null.duplicate_to(wanted);
        null.close();
    }
}

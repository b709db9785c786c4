//! The shim without a C library and without Rust's runtime.

mod host;
mod intrinsics;
mod ladder;
mod memory;
mod process;
mod syscall;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::arch::global_asm;
use core::panic::PanicInfo;
use goward_resolver::resolve::Install;
use goward_resolver::{Error, Home, Plan, decide, escaped, text};
use host::BareHost;
use process::Process;

// The kernel enters here with the arguments on the stack and nothing else in place.
#[cfg(target_arch = "x86_64")]
global_asm!(".globl _start", "_start:", "mov rdi, rsp", "and rsp, -16", "call {entry}", entry = sym entry);
#[cfg(target_arch = "aarch64")]
global_asm!(".globl _start", "_start:", "mov x0, sp", "and sp, x0, #-16", "bl {entry}", entry = sym entry);

extern "C" fn entry(stack: *const usize) -> ! {
    // SAFETY: `_start` passes on the stack pointer as the kernel left it.
    let process = unsafe { Process::new(stack) };
    let mut arena = memory::Arena::new();
    // SAFETY: nothing was asked for yet, and this function ends with the process.
    unsafe { arena.open(process.capabilities()) };
    syscall::exit(run(&process))
}

/// Returns only if Go does not run: with the status for that.
fn run(process: &Process) -> i32 {
    let host = BareHost::new(process);
    let argv: Vec<&[u8]> = process.arguments().map(|argument| argument.to_bytes()).collect();
    let plan = decide(&host, &argv);
    match plan.as_ref().ok().and_then(|plan| plan.install.as_deref()) {
        Some(install) => provide(process, &host, &argv, install),
        None => carry_out(process, &plan),
    }
}

/// Has the manager install something first. Whatever else became of the manager (its status is
/// lost where SIGCHLD is ignored), what counts is what is there then.
#[inline(never)]
fn provide(process: &Process, host: &BareHost<'_>, argv: &[&[u8]], install: &Install) -> i32 {
    // The manager's start may need a descriptor.
    host.release();
    match process.provide(host, install) {
        Ok(()) => carry_out(process, &decide(host, argv)),
        Err(error) => fail(process, &error),
    }
}

#[inline(never)]
fn carry_out(process: &Process, plan: &Result<Box<Plan>, Error>) -> i32 {
    match plan.as_ref().and_then(|plan| plan.launch.as_ref()) {
        Ok(launch) => {
            for note in &launch.notes {
                say(process, "warning", note);
            }
            fail(process, &process.execute(launch))
        }
        Err(error) => fail(process, error),
    }
}

/// The status for an error, which is said if there is something to say.
#[inline(never)]
fn fail(process: &Process, error: &Error) -> i32 {
    if !error.message.is_empty() {
        say(process, "error", &error.message);
    }
    error.code.status()
}

/// One line on stderr, printable whatever it quotes, with `~/` for the home directory.
fn say(process: &Process, kind: &str, message: &str) {
    let home = Home::new(&[process.var("HOME").unwrap_or_default()], &[escaped]);
    let line = text!("goward: {}: {}\n", kind, home.shorten(&escaped(message.as_bytes())));
    syscall::write_error(line.as_bytes());
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    syscall::write_error(b"goward: error: a bug in the shim; please report it\n");
    syscall::exit(125)
}

//! The shim without a C library and without Rust's runtime.

mod host;
mod intrinsics;
mod ladder;
mod memory;
mod process;
mod syscall;

use alloc::vec::Vec;
use core::arch::global_asm;
use core::panic::PanicInfo;
use goward_resolver::{decide, escaped, text};
use host::BareHost;
use process::Process;

// The kernel enters here with the arguments on the stack and nothing else in place.
#[cfg(target_arch = "x86_64")]
global_asm!(".globl _start", "_start:", "mov rdi, rsp", "and rsp, -16", "call {entry}", entry = sym entry);
#[cfg(target_arch = "aarch64")]
global_asm!(".globl _start", "_start:", "mov x0, sp", "and sp, x0, #-16", "bl {entry}", entry = sym entry);

extern "C" fn entry(stack: *const usize) -> ! {
    memory::touch();
    // SAFETY: `_start` passes on the stack pointer as the kernel left it.
    let process = unsafe { Process::new(stack) };
    syscall::exit(run(&process))
}

/// Returns only if Go does not run: with the status for that.
fn run(process: &Process) -> i32 {
    let host = BareHost::new(process);
    let argv: Vec<&[u8]> = process.arguments().map(|argument| argument.to_bytes()).collect();
    let mut plan = decide(&host, &argv);
    if let Ok(first) = &plan
        && let Some(install) = &first.install
    {
        // The manager's start may need a descriptor.
        host.release();
        // Whatever else became of the manager (its status is lost where SIGCHLD is ignored), what
        // counts is what is there now.
        plan = process.provide(&host, install).and_then(|()| decide(&host, &argv));
    }
    let error = match plan.and_then(|plan| plan.launch) {
        Ok(launch) => {
            for note in &launch.notes {
                say("warning", note);
            }
            process.execute(&launch)
        }
        Err(error) => error,
    };
    if !error.message.is_empty() {
        say("error", &error.message);
    }
    error.code.status()
}

/// One line on stderr, printable whatever it quotes.
fn say(kind: &str, message: &str) {
    let line = text!("goward: {}: {}\n", kind, escaped(message.as_bytes()));
    syscall::write_error(line.as_bytes());
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    syscall::write_error(b"goward: error: a bug in the shim; please report it\n");
    syscall::exit(125)
}

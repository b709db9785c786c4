//! Where the kernel enters, with the arguments, the variables and its auxiliary vector on the stack.

use super::memory::Arena;
use core::arch::global_asm;
use core::ffi::c_char;
use goward_shim::linux::{Brief, LinuxHost, exit};
use goward_shim::run;

// There is nothing else in place.
#[cfg(target_arch = "x86_64")]
global_asm!(".globl _start", "_start:", "mov rdi, rsp", "and rsp, -16", "call {entry}", entry = sym entry);
#[cfg(target_arch = "aarch64")]
global_asm!(".globl _start", "_start:", "mov x0, sp", "and sp, x0, #-16", "bl {entry}", entry = sym entry);

extern "C" fn entry(stack: *const usize) -> ! {
    /// `AT_HWCAP2`: the second word of what a process may do with the processor.
    const CAPABILITIES: usize = 26;
    // SAFETY: `_start` passes on the stack pointer as the kernel left it: it points at the number of
    // arguments, that many pointers and a null pointer, then the environment's pointers and a null
    // pointer, then the auxiliary vector's pairs of words, the last one with the key 0.
    let (process, capabilities) = unsafe {
        let argv = stack.add(1).cast::<*const c_char>();
        let envp = argv.add(*stack + 1);
        let mut end = envp;
        while !(*end).is_null() {
            end = end.add(1);
        }
        let auxiliary = end.add(1).cast::<[usize; 2]>();
        let value = |wanted| {
            let mut pairs = (0..).map(|at| *auxiliary.add(at)).take_while(|[key, _]| *key != 0);
            pairs.find(|[key, _]| *key == wanted).map(|[_, value]| value)
        };
        (Brief::<Arena>::new(argv, envp, value), value(CAPABILITIES).unwrap_or(0))
    };
    let mut arena = Arena::new();
    // SAFETY: nothing was asked for yet, and this function ends with the process.
    unsafe { arena.open(capabilities) };
    exit(run(&LinuxHost::of(process)))
}

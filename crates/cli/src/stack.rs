//! A stack that is deep enough. The caller chooses the first thread's stack, and `ulimit -s` may
//! leave too little for an install.

/// The bytes that are enough for every command: other threads have as many.
const ENOUGH: usize = 2 << 20;

/// Runs `work`, on a new thread if the stack of this one, the first, is too short.
pub(crate) fn enough_for<T: Send + 'static>(work: fn() -> T) -> T {
    if !is_short() {
        return work();
    }
    match std::thread::Builder::new().name("main".into()).stack_size(ENOUGH).spawn(work) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        // There is no room for a thread; perhaps the present stack is enough.
        Err(_) => work(),
    }
}

#[cfg(unix)]
fn is_short() -> bool {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Stack).current;
    limit.is_some_and(|bytes| bytes < ENOUGH as u64)
}

/// Elsewhere the program's file sets the size of the stack.
#[cfg(not(unix))]
fn is_short() -> bool {
    false
}

//! A stack that is deep enough. The first thread's is the caller's choice, and `ulimit -s` may leave
//! too little for an install.

/// What is enough for everything, and what other threads have.
const ENOUGH: usize = 2 << 20;

/// Runs `work`, on a thread of its own if the stack of this one, the first, is short.
pub(crate) fn enough_for<T: Send + 'static>(work: fn() -> T) -> T {
    if !is_short() {
        return work();
    }
    match std::thread::Builder::new().name("main".into()).stack_size(ENOUGH).spawn(work) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        // There is no room for a thread; perhaps what there is will do.
        Err(_) => work(),
    }
}

#[cfg(unix)]
fn is_short() -> bool {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Stack).current;
    limit.is_some_and(|bytes| bytes < ENOUGH as u64)
}

/// Elsewhere the program's file says how much there is.
#[cfg(not(unix))]
fn is_short() -> bool {
    false
}

//! Threads for work on many files: no more than the limit of open files allows.

use rustix::process::{Resource, getrlimit};

/// Files that this process has open besides.
const OTHERS: u64 = 16;

/// Does work that opens at most `each` files at once in each thread.
pub(crate) fn with_files<T: Send>(each: u64, work: impl FnOnce() -> T + Send) -> T {
    let all = rayon::current_num_threads();
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let threads = fitting(limit, each, all);
    if threads == all {
        return work();
    }
    match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

fn fitting(limit: u64, each: u64, all: usize) -> usize {
    let fitting = limit.saturating_sub(OTHERS) / each.max(1);
    usize::try_from(fitting).unwrap_or(all).clamp(1, all.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_threads_as_files_allow() {
        assert_eq!(fitting(1024, 6, 16), 16);
        assert_eq!(fitting(64, 6, 16), 8);
        assert_eq!(fitting(64, 24, 16), 2);
        assert_eq!((fitting(20, 24, 16), fitting(u64::MAX, 1, 2)), (1, 2));
        assert_eq!(with_files(u64::MAX, || 7), 7);
    }
}

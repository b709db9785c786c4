//! What the system allows to a process.

use super::super::facts::Limits;
#[cfg(target_os = "linux")]
use std::path::Path;

#[cfg(unix)]
pub(super) fn of_process() -> Limits {
    use rustix::process::{Resource, getrlimit};
    Limits {
        stack: getrlimit(Resource::Stack).current,
        files: getrlimit(Resource::Nofile).current,
        processes: getrlimit(Resource::Nproc).current,
        memory: memory(),
        promised: promised(),
    }
}

#[cfg(not(unix))]
pub(super) fn of_process() -> Limits {
    Limits::default()
}

/// In bytes: the most of a file of the kernel's that is read.
#[cfg(target_os = "linux")]
const LIMIT: usize = 64 << 10;

#[cfg(target_os = "linux")]
fn text(path: &Path) -> Option<String> {
    goward_installer::read::read_text(path, LIMIT).ok()
}

/// The least limit of the control groups that this process is in. Version 2 has one tree of them, version 1 one for
/// memory alone.
#[cfg(target_os = "linux")]
fn memory() -> Option<u64> {
    /// Version 1 says no limit by a number near the largest.
    const NONE: u64 = 1 << 60;
    let groups = text(Path::new("/proc/self/cgroup"))?;
    let of_one = |(tree, beginning, file): (&str, &str, &str)| {
        let group = groups.lines().find_map(|line| {
            line.split_once(':').and_then(|(_, rest)| rest.strip_prefix(beginning))
        })?;
        let own = Path::new(tree).join(group.trim_start_matches('/'));
        let ancestors = own.ancestors().take_while(|dir| dir.starts_with(tree));
        let limits = ancestors.filter_map(|dir| text(&dir.join(file))?.trim().parse().ok());
        limits.filter(|limit| *limit < NONE).min()
    };
    let trees = [
        ("/sys/fs/cgroup", ":/", "memory.max"),
        ("/sys/fs/cgroup/memory", "memory:/", "memory.limit_in_bytes"),
    ];
    trees.into_iter().filter_map(of_one).min()
}

/// What the kernel still promises (`vm.overcommit_memory` 2).
#[cfg(target_os = "linux")]
fn promised() -> Option<u64> {
    let mode = text(Path::new("/proc/sys/vm/overcommit_memory"))?;
    (mode.trim() == "2").then(|| left(&text(Path::new("/proc/meminfo"))?)).flatten()
}

#[cfg(any(test, target_os = "linux"))]
fn left(meminfo: &str) -> Option<u64> {
    let kib = |name: &str| -> Option<u64> {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    };
    Some(kib("CommitLimit")?.saturating_sub(kib("Committed_AS")?).saturating_mul(1 << 10))
}

#[cfg(all(unix, not(target_os = "linux")))]
fn memory() -> Option<u64> {
    None
}

#[cfg(all(unix, not(target_os = "linux")))]
fn promised() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_promise_is_told() {
        let text = "MemTotal: 9 kB\nCommitLimit:     1000 kB\nCommitted_AS:   400 kB\n";
        assert_eq!(left(text), Some(600 << 10));
        assert_eq!(left("CommitLimit: 1 kB\nCommitted_AS: 2 kB\n"), Some(0));
        assert_eq!(left("CommitLimit: 1 kB\n"), None);
    }
}

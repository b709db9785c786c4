//! What the system allows to a process.

use super::super::facts::Limits;

#[cfg(unix)]
pub(super) fn of_process() -> Limits {
    use rustix::process::{Resource, getrlimit};
    Limits {
        stack: getrlimit(Resource::Stack).current,
        files: getrlimit(Resource::Nofile).current,
        processes: getrlimit(Resource::Nproc).current,
        memory: memory(),
    }
}

#[cfg(not(unix))]
pub(super) fn of_process() -> Limits {
    Limits::default()
}

/// The least limit of the control groups that this process is in. Version 2 has one tree of them.
#[cfg(target_os = "linux")]
fn memory() -> Option<u64> {
    use goward_installer::read;
    use std::path::Path;
    const LIMIT: usize = 64 << 10;
    const TREE: &str = "/sys/fs/cgroup";
    let groups = read::read_text(Path::new("/proc/self/cgroup"), LIMIT).unwrap_or_default();
    let group = groups.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
    let own = Path::new(TREE).join(group);
    let ancestors = own.ancestors().take_while(|dir| dir.starts_with(TREE));
    let limits = ancestors.filter_map(|dir| {
        let text = read::read_text(&dir.join("memory.max"), LIMIT).ok()?;
        text.trim().parse().ok()
    });
    limits.min()
}

#[cfg(all(unix, not(target_os = "linux")))]
fn memory() -> Option<u64> {
    None
}

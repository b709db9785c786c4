//! A directory, and the file system that it lies on.

use super::super::facts::{Directory, Disk};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// A server of files that is gone may never answer.
const PATIENCE: Duration = Duration::from_millis(900);

/// Looks at a directory. One that does not answer in time has no file system, and cannot be written.
pub(super) fn look(path: &Path) -> Directory {
    let (send, answer) = mpsc::channel();
    let asked = path.to_owned();
    // The thread may never end; it ends with the process.
    let started = thread::Builder::new().spawn(move || send.send(look_now(&asked)));
    let answer = started.ok().and_then(|_| answer.recv_timeout(PATIENCE).ok());
    answer.unwrap_or_else(|| Directory { path: path.to_owned(), ..Directory::default() })
}

fn look_now(path: &Path) -> Directory {
    let found = path.metadata().ok();
    let is_there = found.as_ref().is_some_and(std::fs::Metadata::is_dir);
    let is_blocked = !is_there && path.symlink_metadata().is_ok();
    let near = path.ancestors().find(|dir| dir.is_dir()).unwrap_or(path);
    Directory {
        path: path.to_owned(),
        is_there,
        is_blocked,
        owner: near.metadata().ok().and_then(|found| owner(&found)),
        is_writable: is_writable(near),
        disk: disk(near),
    }
}

#[cfg(unix)]
fn owner(found: &std::fs::Metadata) -> Option<u32> {
    Some(std::os::unix::fs::MetadataExt::uid(found))
}

#[cfg(not(unix))]
fn owner(_: &std::fs::Metadata) -> Option<u32> {
    None
}

#[cfg(unix)]
fn is_writable(path: &Path) -> bool {
    use rustix::fs::Access;
    rustix::fs::access(path, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

/// Windows says by an access list, which goward does not evaluate.
#[cfg(not(unix))]
fn is_writable(_: &Path) -> bool {
    true
}

#[cfg(unix)]
fn disk(path: &Path) -> Option<Disk> {
    use rustix::fs::{StatVfsMountFlags, statvfs};
    let found = statvfs(path).ok()?;
    Some(Disk {
        free: found.f_bavail.saturating_mul(found.f_frsize),
        files: (found.f_files > 0).then_some(found.f_favail),
        no_exec: is_no_exec(found.f_flag),
        read_only: found.f_flag.contains(StatVfsMountFlags::RDONLY),
        remote: is_remote(path),
    })
}

#[cfg(not(unix))]
fn disk(_: &Path) -> Option<Disk> {
    None
}

#[cfg(target_os = "linux")]
fn is_no_exec(flags: rustix::fs::StatVfsMountFlags) -> bool {
    flags.contains(rustix::fs::StatVfsMountFlags::NOEXEC)
}

/// Other systems do not say it in this call.
#[cfg(all(unix, not(target_os = "linux")))]
fn is_no_exec(_: rustix::fs::StatVfsMountFlags) -> bool {
    false
}

/// NFS, SMB and CIFS, by their numbers in Linux (`include/uapi/linux/magic.h`).
#[cfg(target_os = "linux")]
fn is_remote(path: &Path) -> bool {
    const REMOTE: [u32; 4] = [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42];
    let kind = rustix::fs::statfs(path).map(|found| found.f_type);
    // The field is signed on some machines.
    kind.is_ok_and(|kind| REMOTE.contains(&(kind as u32)))
}

#[cfg(all(unix, not(target_os = "linux")))]
fn is_remote(_: &Path) -> bool {
    false
}

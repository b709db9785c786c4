//! A directory, and the file system that it lies on.

use super::super::facts::{Directory, Disk};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// A server of files that is gone may never answer.
const PATIENCE: Duration = Duration::from_millis(900);

/// Looks at a directory. One that does not answer in time has no file system, and cannot be written.
pub fn look(path: &Path) -> Directory {
    let (send, answer) = mpsc::channel();
    let asked = path.to_owned();
    // The thread may never end; it ends with the process.
    let started = thread::Builder::new().spawn(move || {
        // The other side may have given up.
        let _ = send.send(look_now(&asked));
    });
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
        weight: None,
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
    let kind = kind(path);
    Some(Disk {
        kind,
        free: found.f_bavail.saturating_mul(found.f_frsize),
        files: (found.f_files > 0).then_some(found.f_favail),
        no_exec: is_no_exec(found.f_flag),
        read_only: found.f_flag.contains(StatVfsMountFlags::RDONLY),
        remote: kind.is_some_and(|kind| REMOTE.contains(&kind)),
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

/// File systems on other machines. On others than Linux goward does not know.
#[cfg(unix)]
const REMOTE: [&str; 3] = ["NFS", "SMB", "CIFS"];

/// File systems by their numbers in Linux (`include/uapi/linux/magic.h`, and the sources of ZFS).
#[cfg(target_os = "linux")]
const KINDS: [(u32, &str); 16] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB"),
    (0xef53, "ext4"),
    (0x9123_683e, "btrfs"),
    (0x5846_5342, "XFS"),
    (0x2fc1_2fc1, "ZFS"),
    (0xf2f5_2010, "F2FS"),
    (0x0102_1994, "tmpfs"),
    (0x794c_7630, "overlayfs"),
    (0x6573_5546, "FUSE"),
    (0x0102_1997, "9p"),
    (0x7371_7368, "SquashFS"),
    (0x4d44, "FAT"),
    (0x5346_4846, "WSL"),
];

#[cfg(target_os = "linux")]
fn kind(path: &Path) -> Option<&'static str> {
    // The field is signed on some machines.
    let number = rustix::fs::statfs(path).ok()?.f_type as u32;
    KINDS.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
}

#[cfg(all(unix, not(target_os = "linux")))]
fn kind(_: &Path) -> Option<&'static str> {
    None
}

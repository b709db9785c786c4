//! The desktop, the C library and other users.

use super::super::facts::Desktop;
use super::Machine;
use crate::os_path::path_of;
use goward_installer::read;
use goward_resolver::path::parent;
use goward_resolver::{Node, Os, ROOT, soundness};
use std::path::{Path, PathBuf};

/// In bytes: the most of a file that the desktop reads.
const LIMIT: usize = 64 << 10;
/// The most files of the desktop's that are looked at.
const MOST_FILES: usize = 32;

/// The desktop, if the environment tells of one.
pub(super) fn desktop(machine: &Machine<'_>) -> Option<Desktop> {
    let (env, home) = (machine.env, path_of(&machine.env.host().home()?));
    let is_one = match env.host().os() {
        Os::Linux => ["WAYLAND_DISPLAY", "DISPLAY"].iter().any(|key| env.get(key).is_some()),
        Os::MacOs => env.get("SSH_CONNECTION").is_none(),
        Os::Windows => false,
    };
    if !is_one {
        return None;
    }
    let directory = home.join(".config/environment.d");
    let more = std::fs::read_dir(&directory).into_iter().flatten().flatten();
    let files =
        [".profile", ".xprofile", ".pam_environment", ".zprofile"].map(|name| home.join(name));
    let mut files = files.into_iter().chain(more.map(|entry| entry.path()).take(MOST_FILES));
    let shims = machine.shims().map(|shims| shims.directory).unwrap_or_default();
    let has = |text: &[u8], piece: &[u8]| {
        !piece.is_empty() && text.windows(piece.len()).any(|window| window == piece)
    };
    let names = |file: PathBuf| {
        let text = read::read(&file, LIMIT).unwrap_or_default();
        has(&text, &shims) || has(&text, machine.mark) || has(&text, b".goward/shims")
    };
    Some(Desktop { has_shims: files.any(names) })
}

/// Whether the C library of this system is musl.
pub(super) fn is_musl() -> bool {
    let entries = std::fs::read_dir("/lib").into_iter().flatten().flatten();
    let mut names = entries.map(|entry| entry.file_name().into_encoded_bytes());
    names.any(|name| name.starts_with(b"ld-musl-")) && !Path::new("/etc/debian_version").exists()
}

/// The directories above the store that every user may write, and in which every user may rename.
pub(super) fn open_parents(machine: &Machine<'_>) -> Vec<PathBuf> {
    const STICKY: u32 = 0o1000;
    let (host, mut found) = (machine.env.host(), Vec::new());
    let Some(root) = machine.store.map(goward_installer::Store::root) else { return found };
    let mut at = root.as_os_str().as_encoded_bytes();
    while let Some(above) = parent(host.os(), at).filter(|above| above.len() < at.len()) {
        let facts = host.target(above).filter(|facts| facts.node == Node::Directory);
        if facts.is_some_and(|facts| facts.mode & 0o002 != 0 && facts.mode & STICKY == 0) {
            found.push(path_of(above));
        }
        at = above;
    }
    found
}

/// The go/env file and its directory, as far as every user may write them.
pub(super) fn open_go_env(machine: &Machine<'_>) -> Vec<PathBuf> {
    let host = machine.env.host();
    let Some(file) = machine.layers.and_then(|layers| layers.go_env_file) else {
        return Vec::new();
    };
    let places = [Some(&*file.path), parent(host.os(), &file.path)].into_iter().flatten();
    let is_open = |place: &&[u8]| host.target(place).is_some_and(|facts| facts.mode & 0o002 != 0);
    places.filter(is_open).map(path_of).collect()
}

/// Why the second root does not count, where it is there.
pub(super) fn system_root_fault(machine: &Machine<'_>) -> Option<String> {
    let root = machine.roots.system_root()?;
    let facts = machine.env.host().target(&root)?;
    let fault = soundness::fault(&facts, machine.env.host().user(), &|_, group| group == ROOT)?;
    let place = super::super::words::path(&path_of(&root));
    Some(match fault {
        soundness::Fault::Foreign => {
            let owner = facts.owner;
            format!("{place}, the root of all users, belongs to user {owner}")
        }
        soundness::Fault::Open => {
            format!("{place}, the root of all users, can be written by others")
        }
    })
}

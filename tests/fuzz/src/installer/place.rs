//! The place in which a target unpacks archives: a directory of this process, with files around it
//! that must stay as they are.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The text of the files around the tree, at each height above it.
const AROUND: &str = "stays";

/// A file below a tree: whether it is executable, and its content.
pub(super) type Content = (bool, Vec<u8>);

/// Room for one tree, removed when dropped.
pub(super) struct Place {
    base: PathBuf,
}

impl Place {
    /// An empty one.
    pub(super) fn new() -> Place {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("goward-fuzz-{}-{number}", std::process::id());
        let base = std::env::temp_dir().join(name);
        let inner = base.join("in");
        fs::create_dir_all(&inner).expect("there is room for files");
        for directory in [&base, &inner] {
            fs::write(directory.join(AROUND), AROUND).expect("there is room for files");
        }
        Place { base }
    }

    /// A path for a file that is no part of the tree.
    pub(super) fn archive(&self) -> PathBuf {
        self.base.join("archive")
    }

    /// The place in which the tree grows.
    pub(super) fn tree(&self) -> PathBuf {
        self.base.join("in").join("tree")
    }

    /// Every file of the tree, by its path.
    ///
    /// # Panics
    /// If there is anything but files and directories, or if something else was touched.
    pub(super) fn files(&self) -> BTreeMap<String, Content> {
        let names = |directory: &Path| {
            let entries = fs::read_dir(directory).expect("it is there");
            let mut names: Vec<_> =
                entries.map(|entry| entry.expect("it can be read").file_name()).collect();
            names.sort();
            names
        };
        let inner = self.base.join("in");
        let around = names(&self.base);
        assert!(around.iter().all(|name| name == "archive" || name == "in" || name == AROUND));
        assert!(names(&inner).iter().all(|name| name == "tree" || name == AROUND), "{inner:?}");
        for directory in [&self.base, &inner] {
            assert_eq!(fs::read_to_string(directory.join(AROUND)).ok().as_deref(), Some(AROUND));
        }
        let mut files = BTreeMap::new();
        if self.tree().symlink_metadata().is_ok() {
            collect(&self.tree(), "", &mut files);
        }
        files
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.base);
    }
}

fn collect(directory: &Path, inner: &str, files: &mut BTreeMap<String, Content>) {
    for entry in fs::read_dir(directory).expect("a directory of the tree can be read") {
        let entry = entry.expect("a directory of the tree can be read");
        let name = entry.file_name().into_string().expect("names are UTF-8");
        let name = format!("{inner}{name}");
        let metadata = entry.path().symlink_metadata().expect("it is there");
        if metadata.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else {
            assert!(metadata.is_file(), "{name} is neither a file nor a directory");
            let content = fs::read(entry.path()).expect("files can be read");
            files.insert(name, (is_executable(&metadata), content));
        }
    }
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o7777;
    assert_eq!(mode & 0o7022, 0, "{mode:o}");
    mode & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_metadata: &fs::Metadata) -> bool {
    false
}

/// Compares the disk with the manifest, `PATH MODE SIZE CRC32` a line, and checks that every path
/// is harmless on any system.
///
/// # Panics
/// If they differ, or if a path leads out, or to another of the paths.
pub(super) fn matches(files: &BTreeMap<String, Content>, manifest: &str) {
    let lines = files.iter().map(|(path, (executable, content))| {
        let mut sum = flate2::Crc::new();
        sum.update(content);
        let mode = if *executable { "755" } else { "644" };
        format!("{path} {mode} {} {:08x}", content.len(), sum.sum())
    });
    let (mut lines, mut said): (Vec<_>, Vec<_>) =
        (lines.collect(), manifest.lines().map(str::to_owned).collect());
    lines.sort_unstable();
    said.sort_unstable();
    assert_eq!(lines, said);
    let mut seen = BTreeMap::new();
    for path in files.keys() {
        assert!(path.len() <= 512, "{path}");
        for (end, _) in path.match_indices('/').chain([(path.len(), "")]) {
            let name = path[..end].rsplit('/').next().unwrap_or_default();
            assert!(is_harmless(name), "{path:?}");
            let before = seen.insert(path[..end].to_lowercase(), path[..end].to_owned());
            assert!(before.is_none_or(|before| before == path[..end]), "{path:?}");
        }
    }
}

/// Whether Windows and macOS would make a file of this name, too.
fn is_harmless(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let device = match stem.as_bytes() {
        b"con" | b"prn" | b"aux" | b"nul" | b"conin$" | b"conout$" => true,
        // The digits above the line: ¹ ² ³.
        [b'c', b'o', b'm', 0xc2, digit] | [b'l', b'p', b't', 0xc2, digit] => {
            matches!(digit, 0xb9 | 0xb2 | 0xb3)
        }
        [b'c', b'o', b'm', digit] | [b'l', b'p', b't', digit] => digit.is_ascii_digit(),
        _ => false,
    };
    !name.is_empty()
        && !device
        && !name.ends_with(['.', ' '])
        && !name.bytes().any(|byte| byte < b' ' || byte == 0x7f || b"\\/:*?\"<>|".contains(&byte))
}

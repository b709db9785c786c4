//! Tests for any process that looks at Linux: descriptors, threads, variables.

use super::LinuxHost;
use goward_resolver::{Ancestor, Host, Kind};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// A directory for one test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("goward-host-{}-{name}", std::process::id()));
        fs::create_dir_all(path.join("a/b")).unwrap();
        fs::write(path.join("a/go.mod"), "module m\n").unwrap();
        Scratch(fs::canonicalize(path).unwrap())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

/// How many descriptors of this process are of something at or below `dir`.
fn open_below(dir: &Path) -> usize {
    let entries = fs::read_dir("/proc/self/fd").unwrap().flatten();
    let at = |entry: fs::DirEntry| fs::read_link(entry.path()).ok();
    entries.filter_map(at).filter(|path| path.starts_with(dir)).count()
}

/// Asks everything for which something is opened.
fn ask(host: &LinuxHost<super::Lasting>, dir: &Path) {
    let (a, file) = (dir.join("a"), dir.join("a/go.mod"));
    let text = host.read(bytes(&file), 100).unwrap().unwrap();
    assert_eq!(text.bytes, b"module m\n");
    assert_eq!(host.read_entry(bytes(&file), 100).unwrap().unwrap().bytes, b"module m\n");
    assert!(host.read(bytes(&file), 3).is_err());
    assert_eq!(host.list(bytes(&a)).len(), 1);
    assert_eq!(host.canonical(bytes(&a.join("b/.."))).unwrap(), bytes(&a));
    assert!(!host.has_shim_magic(bytes(&file)));
    assert_eq!(host.kind(bytes(&a)), Kind::Directory);
    assert!(host.home_of(0).is_some());
    let at =
        |name| host.may_exist(&Ancestor { physical: false, up: 0, left: 9, dir: bytes(&a) }, name);
    assert!(at("go.mod") && !at("go.work"));
}

#[test]
fn a_lasting_process_closes_its_descriptors() {
    let scratch = Scratch::new("closes");
    let host = LinuxHost::new([]);
    (0..100).for_each(|_| ask(&host, &scratch.0));
    assert_eq!(open_below(&scratch.0), 0);
    // The check would see one.
    let open = fs::File::open(scratch.0.join("a/go.mod")).unwrap();
    assert_eq!(open_below(&scratch.0), 1);
    drop(open);
}

#[test]
fn each_thread_has_a_host_of_its_own() {
    let scratches = ["one", "two"].map(Scratch::new);
    std::thread::scope(|scope| {
        for scratch in &scratches {
            scope.spawn(|| {
                let host = LinuxHost::new([]);
                (0..200).for_each(|_| ask(&host, &scratch.0));
            });
        }
    });
}

/// The directory that a walk begins in is this process's, by its true path.
#[test]
fn a_walk_up_looks_from_the_current_directory() {
    let host = LinuxHost::new([]);
    let cwd = host.cwd().unwrap();
    assert_eq!(cwd, bytes(&std::env::current_dir().unwrap()));
    let dirs: Vec<&Path> = Path::new(std::str::from_utf8(&cwd).unwrap()).ancestors().collect();
    for _ in 0..2 {
        for (up, dir) in dirs.iter().enumerate() {
            let ancestor =
                Ancestor { physical: true, up, left: dirs.len() - 1 - up, dir: bytes(dir) };
            for name in ["Cargo.toml", "etc", "no such file"] {
                assert_eq!(
                    host.may_exist(&ancestor, name),
                    dir.join(name).exists(),
                    "{dir:?} {name}"
                );
            }
        }
    }
}

#[test]
fn variables_are_a_copy_and_the_first_counts() {
    let pairs = [("A", "1"), ("A", "2"), ("B", "")];
    let pairs = pairs.map(|(key, value)| (key.as_bytes().to_vec(), value.as_bytes().to_vec()));
    let mut host = LinuxHost::new(pairs);
    assert_eq!(host.var("A"), Some(b"1".as_slice()));
    assert_eq!(host.var("B"), Some(b"".as_slice()));
    assert_eq!(host.var("C"), None);
    assert_eq!(host.exe().unwrap(), bytes(&std::env::current_exe().unwrap()));
    host.stand_in_for(b"/x/shims/go".to_vec());
    assert_eq!(host.exe().unwrap(), b"/x/shims/go");
}

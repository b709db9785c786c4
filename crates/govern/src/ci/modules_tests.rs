//! Restored module caches, some of them a stranger's.

use super::*;

const NAMED: [&str; 3] =
    ["a.example/m/@v/v1.0.0.zip", "a.example/m/@v/v1.0.0.mod", "a.example/!n/@v/v1.zip"];

fn named() -> HashSet<String> {
    NAMED.iter().map(|name| (*name).to_owned()).collect()
}

fn write(cache: &Path, name: &str) {
    let path = cache.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, "1234").unwrap();
}

/// All files and links below a directory.
fn files(cache: &Path) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), vec![cache.to_owned()]);
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let entry = entry.unwrap();
            let path = entry.path();
            if entry.file_type().unwrap().is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(cache).unwrap().to_str().unwrap();
                found.push(name.replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

/// A cache with what Go wrote and what a stranger added.
fn cache() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for name in NAMED {
        write(dir.path(), &format!("cache/download/{name}"));
    }
    for name in [
        "cache/download/a.example/m/@v/v1.0.0.ziphash",
        "cache/download/a.example/m/@v/v1.0.0.lock",
        "cache/download/a.example/m/@v/v1.1.0.zip",
        "cache/download/a.example/m/@v/list",
        "cache/download/evil.example/x/@v/v1.0.0.zip",
        "cache/download/golang.org/toolchain/@v/v0.0.1-go1.27.3.linux-amd64.zip",
        "cache/download/sumdb/sum.golang.org/lookup/x",
        "cache/lock",
        "cache/vcs/0123/config",
        "a.example/m@v1.0.0/m.go",
        "file",
    ] {
        write(dir.path(), name);
    }
    dir
}

#[test]
fn only_what_go_checks_stays() {
    let dir = cache();
    let (deleted, kept) = prune(dir.path(), &named()).unwrap();
    assert_eq!(deleted, Deleted { files: 11, bytes: 44 });
    let zips = [NAMED[2], NAMED[0]].map(str::to_owned).to_vec();
    assert_eq!(kept, Kept { zips, files: 3, bytes: 12 });
    let mut left: Vec<_> = NAMED.iter().map(|name| format!("cache/download/{name}")).collect();
    left.sort();
    assert_eq!(files(dir.path()), left);
    assert!(!dir.path().join("cache/download/evil.example").exists(), "empty directories go");
    let (deleted, again) = prune(dir.path(), &named()).unwrap();
    assert_eq!((deleted, again), (Deleted::default(), kept));
}

/// At the end of a job Go's own trees are of use to later steps, and are no part of an entry.
#[test]
fn the_end_of_a_job_touches_the_download_cache_alone() {
    let dir = cache();
    let (deleted, kept) = trim(dir.path(), &named()).unwrap();
    assert_eq!((deleted.files, kept.files), (7, 3));
    for stays in ["a.example/m@v1.0.0/m.go", "cache/lock", "cache/vcs/0123/config", "file"] {
        assert!(dir.path().join(stays).exists(), "{stays}");
    }
}

#[test]
fn an_absent_cache_is_empty() {
    let dir = tempfile::tempdir().unwrap();
    let absent = dir.path().join("none");
    assert_eq!(prune(&absent, &named()).unwrap(), Default::default());
    assert!(is_empty(&absent).unwrap() && is_empty(dir.path()).unwrap());
    fs::create_dir_all(dir.path().join("cache/download/x")).unwrap();
    assert!(is_empty(dir.path()).unwrap());
    write(dir.path(), "cache/download/x/file");
    assert!(!is_empty(dir.path()).unwrap());
}

#[cfg(unix)]
#[test]
fn links_are_deleted_and_not_followed() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let (dir, outside) = (cache(), tempfile::tempdir().unwrap());
    write(outside.path(), "precious");
    write(outside.path(), "download/a.example/m/@v/v1.0.0.zip");
    let at = |name: &str| dir.path().join(name);
    symlink(outside.path(), at("tree")).unwrap();
    symlink(outside.path(), at("cache/download/dir")).unwrap();
    symlink(outside.path().join("precious"), at("cache/download/a.example/m/@v/v1.0.1.zip"))
        .unwrap();
    // A zip of the right name that is a link.
    fs::remove_file(at("cache/download").join(NAMED[0])).unwrap();
    symlink(outside.path().join("precious"), at("cache/download").join(NAMED[0])).unwrap();
    // As Go leaves its trees.
    fs::set_permissions(at("a.example/m@v1.0.0"), fs::Permissions::from_mode(0o555)).unwrap();
    let (_, kept) = prune(dir.path(), &named()).unwrap();
    assert_eq!(kept.files, 2);
    assert_eq!(files(outside.path()), ["download/a.example/m/@v/v1.0.0.zip", "precious"]);
    assert_eq!(files(dir.path()).len(), 2);
    // The whole download cache as a link.
    for link in ["cache", "cache/download"] {
        fs::remove_dir_all(at("cache")).unwrap();
        let path = at(link);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(outside.path(), &path).unwrap();
        let (_, kept) = prune(dir.path(), &named()).unwrap();
        assert_eq!((kept.files, path.symlink_metadata().is_err()), (0, true), "{link}");
        assert_eq!(files(outside.path()).len(), 2, "{link}");
        fs::create_dir_all(at("cache")).unwrap();
    }
}

/// An archive may bring what no download cache has.
#[cfg(unix)]
#[test]
fn what_an_archive_made_odd_goes() {
    use std::os::unix::fs::PermissionsExt as _;
    let (dir, outside) = (cache(), tempfile::tempdir().unwrap());
    let at = |name: &str| dir.path().join("cache/download").join(name);
    // A secret of the user's under the name of a module would be in the next entry.
    write(outside.path(), "secret");
    fs::remove_file(at(NAMED[2])).unwrap();
    fs::hard_link(outside.path().join("secret"), at(NAMED[2])).unwrap();
    // Go would hash a terabyte.
    fs::File::options().write(true).open(at(NAMED[0])).unwrap().set_len(1 << 40).unwrap();
    let fifo = at("a.example/m/@v/v1.1.0.mod");
    assert!(goward_testkit::start::tool("mkfifo").arg(&fifo).status().unwrap().success());
    // Deeper than any module, and with longer names.
    let script = "import os, sys\nos.chdir(sys.argv[1])\n\
                  for n in range(6000):\n  os.mkdir('n' * 200)\n  os.chdir('n' * 200)\n";
    let mut made = goward_testkit::start::tool("python3");
    assert!(made.args(["-c", script]).arg(at("a.example")).status().unwrap().success());
    write(dir.path(), "cache/download/closed/file");
    for closed in ["closed", ""] {
        fs::set_permissions(at(closed), fs::Permissions::from_mode(0o000)).unwrap();
    }
    let mut named = named();
    named.insert("a.example/m/@v/v1.1.0.mod".to_owned());
    let (_, kept) = prune(dir.path(), &named).unwrap();
    assert_eq!((kept.files, kept.zips), (1, Vec::new()));
    assert_eq!(files(dir.path()), ["cache/download/a.example/m/@v/v1.0.0.mod"]);
    assert!(outside.path().join("secret").exists());
}

#[test]
fn a_directory_is_made_anew() {
    let dir = cache();
    make_anew(dir.path().join("cache").as_path()).unwrap();
    assert!(is_empty(&dir.path().join("cache")).unwrap());
    make_anew(dir.path().join("file").as_path()).unwrap();
    make_anew(dir.path().join("some/where").as_path()).unwrap();
    assert!(dir.path().join("file").is_dir() && dir.path().join("some/where").is_dir());
}

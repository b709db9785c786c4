//! Places of users' files.

use super::*;
use crate::store::replace::stranger;
use std::error::Error as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

fn why(named: &Path, follow: Follow) -> String {
    let refused = Place::find(named, follow).err();
    refused.as_ref().and_then(|error| error.source()).map(<_>::to_string).unwrap_or_default()
}

#[test]
fn links_and_permissions_stay() {
    let dir = tempfile::tempdir().unwrap();
    let (file, link) = (dir.path().join("file"), dir.path().join("link"));
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("file", &link).unwrap();
    let place = Place::find(&link, Follow::Beside).unwrap();
    place.edit(b"old", b"new").unwrap();
    assert_eq!(place.path(), crate::canonical(&file).unwrap());
    assert_eq!(fs::read_to_string(&file).unwrap(), "new");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    let failure = place.edit(b"old", b"newer").unwrap_err();
    assert!(failure.to_string().ends_with("changed while it was edited"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "new");
    Place::find(&link, Follow::Never).unwrap().replace_private(b"own").unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_file());
    assert_eq!(fs::metadata(&link).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left over");
}

#[test]
fn a_program_may_be_run_and_takes_no_place_of_another() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    let place = Place::find(&file, Follow::Never).unwrap();
    place.put_program(None, b"one").unwrap();
    let mode = || fs::metadata(&file).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode() & 0o700, 0o700);
    for old in [None, Some(&b"other"[..])] {
        let failure = place.put_program(old, b"two").unwrap_err();
        assert!(failure.to_string().ends_with("changed while it was edited"));
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    place.put_program(Some(b"one"), b"two").unwrap();
    assert_eq!((fs::read(&file).unwrap(), mode() & 0o700), (b"two".to_vec(), 0o700));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left over");
    assert_eq!(stranger(&file).unwrap(), None);
}

#[test]
fn links_out_of_the_directory_are_followed_only_where_that_is_meant() {
    let dir = tempfile::tempdir().unwrap();
    let (project, home) = (dir.path().join("p"), dir.path().join("home"));
    [&project, &home].iter().for_each(|dir| fs::create_dir(dir).unwrap());
    let (secret, link, hop) = (home.join("secret"), project.join("link"), project.join("hop"));
    fs::write(&secret, "secret").unwrap();
    symlink(&secret, &link).unwrap();
    symlink("link", &hop).unwrap();
    for named in [&link, &hop] {
        let why = why(named, Follow::Beside);
        assert!(why.contains("home/secret, which lies outside of that directory"), "{why}");
        Place::find(named, Follow::Anywhere).unwrap();
    }
    symlink("../p/./new", project.join("back")).unwrap();
    fs::write(project.join("new"), "").unwrap();
    Place::find(&project.join("back"), Follow::Beside).unwrap().replace(b"x").unwrap();
    assert_eq!(fs::read_to_string(project.join("new")).unwrap(), "x");
    // A directory that is a link is the directory that it leads to.
    symlink(&project, dir.path().join("elsewhere")).unwrap();
    Place::find(&dir.path().join("elsewhere/new"), Follow::Beside).unwrap();
}

#[test]
fn an_entry_that_is_no_file_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::create_dir(at("directory")).unwrap();
    assert!(goward_testkit::start::tool("mkfifo").arg(at("fifo")).status().unwrap().success());
    symlink("nowhere", at("dangling")).unwrap();
    symlink("loop", at("loop")).unwrap();
    symlink("..", at("up")).unwrap();
    for (name, words) in [
        ("directory", "it is a directory"),
        ("fifo", "it is not a regular file"),
        ("dangling", "nowhere, which is not there"),
        ("loop", "which is one of too many links"),
        ("up", "which is a directory"),
    ] {
        for follow in [Follow::Beside, Follow::Anywhere] {
            let why = why(&at(name), follow);
            assert!(why.contains(words), "{name}: {why}");
        }
    }
    assert!(fs::symlink_metadata(at("dangling")).unwrap().is_symlink());
}

/// Between the look at a name and the write, another process can put a link there.
#[test]
fn a_file_that_became_a_link_is_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    let (file, secret) = (dir.path().join("file"), dir.path().join("secret"));
    fs::write(&file, "old").unwrap();
    fs::write(&secret, "secret").unwrap();
    let place = Place::find(&file, Follow::Beside).unwrap();
    fs::remove_file(&file).unwrap();
    symlink(&secret, &file).unwrap();
    assert!(place.read(9).is_err());
    assert!(place.replace(b"new").is_err());
    assert_eq!(fs::read_to_string(&secret).unwrap(), "secret");
    // A new link at the old path does not change the directory.
    let (moved, other) = (dir.path().join("moved"), dir.path().join("d"));
    fs::create_dir(&other).unwrap();
    let place = Place::find(&other.join("file"), Follow::Beside).unwrap();
    fs::rename(&other, &moved).unwrap();
    symlink(dir.path(), &other).unwrap();
    fs::remove_file(&file).unwrap();
    place.replace(b"new").unwrap();
    assert!(!file.exists() && moved.join("file").exists());
}

#[test]
fn a_file_stays_its_groups() {
    use std::os::unix::fs::{MetadataExt as _, chown};
    if !goward_testkit::untested::is_root("files of another group") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "old").unwrap();
    chown(&file, None, Some(4242)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o660)).unwrap();
    Place::find(&file, Follow::Beside).unwrap().edit(b"old", b"new").unwrap();
    let facts = fs::metadata(&file).unwrap();
    assert_eq!((facts.gid(), facts.mode() & 0o777), (4242, 0o660));
}

#[test]
fn files_and_links_of_others_are_left_alone() {
    use std::os::unix::fs::{chown, lchown};
    if !goward_testkit::untested::is_root("files of another user") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::write(at("theirs"), "").unwrap();
    fs::write(at("mine"), "").unwrap();
    chown(at("theirs"), Some(65534), None).unwrap();
    symlink("theirs", at("to-theirs")).unwrap();
    symlink("mine", at("their-link")).unwrap();
    lchown(at("their-link"), Some(65534), None).unwrap();
    let of = |name: &str| stranger(&at(name)).unwrap();
    assert_eq!((of("theirs"), of("mine"), of("their-link")), (Some(65534), None, Some(65534)));
    for (name, words) in [
        ("theirs", "it is a file of user 65534"),
        ("to-theirs", "theirs, which is a file of user 65534"),
        ("their-link", "it is a link of user 65534"),
    ] {
        for follow in [Follow::Beside, Follow::Anywhere] {
            let why = why(&at(name), follow);
            assert!(why.contains(words), "{name}: {why}");
        }
    }
}

/// The bits of a group are the most that such a list gives: without the list they are the group's own.
#[cfg(target_os = "linux")]
#[test]
fn attributes_stay() {
    use rustix::fs::{XattrFlags, lgetxattr, lsetxattr};
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o2640)).unwrap();
    // Version 2: the owner rw, user 65534 rw, the group nothing, the most rw, others nothing.
    let entry = |tag: u16, rights: u16, id: u32| {
        let head = [tag.to_le_bytes(), rights.to_le_bytes()].concat();
        [head, id.to_le_bytes().to_vec()].concat()
    };
    let any = u32::MAX;
    let entries = [(1, 6, any), (2, 6, 65534), (4, 0, any), (16, 6, any), (32, 0, any)];
    let entries = entries.map(|(tag, rights, id)| entry(tag, rights, id)).concat();
    let list = [2_u32.to_le_bytes().to_vec(), entries].concat();
    let mut known = Vec::new();
    for (name, value) in [("user.mine", &b"x"[..]), ("system.posix_acl_access", &list)] {
        if lsetxattr(&file, name, value, XattrFlags::empty()).is_ok() {
            known.push((name, value));
        }
    }
    let place = Place::find(&file, Follow::Beside).unwrap();
    place.edit(b"old", b"new").unwrap();
    let mut found = vec![0; 1 << 10];
    for (name, value) in known {
        let length = lgetxattr(&file, name, &mut found[..]).unwrap_or_default();
        assert_eq!(&found[..length], value, "{name}");
    }
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7070, 0o2060);
}

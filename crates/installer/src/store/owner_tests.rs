//! Directories whose owners, modes and links are wrong.

use super::*;
use crate::error::ErrorKind;
use goward_testkit::untested::is_root;
use std::fs;

#[test]
fn root_stays_out_of_other_peoples_homes() {
    let home = tempfile::tempdir().unwrap();
    if is_root("the home directory of another user") {
        std::os::unix::fs::chown(home.path(), Some(65534), None).unwrap();
    }
    let check = |root: &Path| imp::check_roots_home(root, home.path().as_os_str());
    let error = check(&home.path().join(".goward")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    assert!(error.to_string().contains("but this runs as root"), "{error}");
    check(Path::new("/usr/local/lib/goward")).unwrap();
    imp::check_roots_home(Path::new("/etc/goward"), "/etc".as_ref()).unwrap();
    let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(home.path()).unwrap());
    let error = imp::check_place_of(&home.path().join("a/b"), owner).unwrap_err();
    assert!(error.to_string().contains("but sudo runs this as root"), "{error}");
    imp::check_place_of(&home.path().join("a/b"), owner + 1).unwrap();
    imp::check_place_of(Path::new("/usr/local/lib/goward"), owner).unwrap();
}

#[test]
fn links_of_other_users_are_not_followed() {
    if !is_root("links of other users") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let (mine, link) = (home.path().join("mine"), home.path().join("link"));
    let own_directory = |path: &Path| super::own_directory(path, 0o755, false);
    own_directory(&mine).unwrap();
    std::os::unix::fs::symlink(&mine, &link).unwrap();
    own_directory(&link).unwrap();
    std::os::unix::fs::lchown(&link, Some(65534), None).unwrap();
    let hop = home.path().join("hop");
    std::os::unix::fs::symlink("./link/", &hop).unwrap();
    for path in [link.clone(), home.path().join("link/"), home.path().join("link/."), hop] {
        let error = own_directory(&path).unwrap_err();
        assert!(error.to_string().ends_with("leads through a link of user 65534"), "{error}");
    }
    super::own_directory(&link, 0o755, true).unwrap();
    std::os::unix::fs::chown(&mine, Some(65534), None).unwrap();
    assert!(own_directory(&mine).is_err());
    super::own_directory(&mine, 0o755, true).unwrap();
}

#[test]
fn a_tree_that_others_could_change_is_refused() {
    use std::os::unix::fs::{PermissionsExt, chown};
    let home = tempfile::tempdir().unwrap();
    let tree = home.path().join("go1.22.10");
    own_directory(&tree, 0o755, false).unwrap();
    check_tree(&tree).unwrap();
    fs::set_permissions(&tree, fs::Permissions::from_mode(0o757)).unwrap();
    let error = check_tree(&tree).unwrap_err();
    assert!(error.to_string().ends_with("can be written by other users"), "{error}");
    if is_root("a tree of another user") {
        fs::set_permissions(&tree, fs::Permissions::from_mode(0o755)).unwrap();
        chown(&tree, Some(65534), None).unwrap();
        let error = check_tree(&tree).unwrap_err();
        assert!(error.to_string().ends_with("belongs to user 65534"), "{error}");
    }
}

/// The mode of such a directory looks like that of a private group's.
#[cfg(target_os = "linux")]
#[test]
fn a_directory_with_an_access_list_that_may_write_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("d");
    own_directory(&directory, 0o755, false).unwrap();
    if !goward_testkit::access_list::let_write(&directory, 65534) {
        return;
    }
    assert_eq!(fs::metadata(&directory).unwrap().permissions().mode() & 0o777, 0o775);
    for checked in
        [check_directory(&directory, false), check_own(&directory), check_tree(&directory)]
    {
        let error = checked.unwrap_err();
        assert!(error.to_string().ends_with("can be written by other users"), "{error}");
        assert!(error.hints()[0].starts_with("run: chmod go-w "), "{error}");
    }
    check_directory(&directory, true).unwrap();
    // As the hint says: without its mask the list gives nothing.
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o755)).unwrap();
    check_directory(&directory, false).unwrap();
}

#[test]
fn directories_are_made_and_files_are_not_taken_for_them() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("d");
    own_directory(&directory, 0o755, false).unwrap();
    own_directory(&directory, 0o755, false).unwrap();
    assert!(directory.is_dir());
    fs::write(home.path().join("f"), "").unwrap();
    let error = own_directory(&home.path().join("f"), 0o755, false).unwrap_err();
    assert!(error.to_string().ends_with("is not a directory"), "{error}");
}

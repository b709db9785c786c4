//! Trees that are copied, and links in them.

use super::*;
use crate::unpack::modes::Modes;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use tempfile::TempDir;

/// A home with a secret in it, and a tree beside that.
fn home() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let tree = home.path().join("tree");
    fs::create_dir_all(tree.join("src/a")).unwrap();
    fs::create_dir(home.path().join("secret")).unwrap();
    fs::write(home.path().join("secret/key"), "SECRET").unwrap();
    fs::write(tree.join("VERSION"), "go1.22.10\n").unwrap();
    fs::write(tree.join("src/a/x.go"), "package a\n").unwrap();
    (home, tree)
}

/// The names below the copy, or the error.
fn copied(home: &TempDir, tree: &Path) -> Result<Vec<String>> {
    let place = home.path().join("copy");
    let _ = fs::remove_dir_all(&place);
    copy(tree, Sink::create(&place, Modes::Told)?)?;
    Ok(walk(&open(&place)?)?.into_iter().map(|file| file.name).collect())
}

#[test]
fn links_out_of_the_tree_are_refused_before_anything_is_read() {
    let outside = ["../secret/key", "../secret", "/", "/etc/passwd", "..", "src/../../secret"];
    for target in outside {
        let (home, tree) = home();
        symlink(target, tree.join("link")).unwrap();
        let error = copied(&home, &tree).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("tree/link is a link that leads out of the tree, to /"), "{text}");
        assert!(error.hints()[1].contains("goward link NAME /"), "{error}");
        assert_eq!(fs::read_dir(home.path().join("copy")).unwrap().count(), 0);
        assert_eq!(list(&tree).unwrap_err().to_string(), text);
    }
    // Through another directory, and by a name that only begins as the tree's does.
    let (home, tree) = home();
    symlink("../../secret", tree.join("src/b")).unwrap();
    symlink("src/b/key", tree.join("c")).unwrap();
    copied(&home, &tree).unwrap_err();
    let (home, tree) = self::home();
    fs::rename(home.path().join("secret"), home.path().join("tree-secret")).unwrap();
    symlink("../tree-secret/key", tree.join("c")).unwrap();
    copied(&home, &tree).unwrap_err();
}

/// The tree's owner puts links in after the walk has checked it.
#[test]
fn nothing_is_copied_from_behind_a_link_that_came_in_after_the_walk() {
    for (name, target) in [("src/a", "../../secret"), ("src", "../secret"), ("src/a/x.go", "/")] {
        let (home, tree) = home();
        fs::create_dir(home.path().join("secret/a")).unwrap();
        for secret in ["secret/x.go", "secret/a/x.go"] {
            fs::write(home.path().join(secret), "SECRET").unwrap();
        }
        let mut root = open(&tree).unwrap();
        let files = files(&mut root).unwrap();
        fs::rename(tree.join(name), home.path().join("old")).unwrap();
        symlink(target, tree.join(name)).unwrap();
        let place = home.path().join("copy");
        let sink = Sink::create(&place, Modes::Told).unwrap();
        let error = copy_files(&mut root, files, sink).unwrap_err();
        assert!(error.to_string().starts_with("cannot read /"), "{error}");
        assert!(!place.join("src/a/x.go").exists(), "{name}");
    }
}

#[test]
fn equal_trees_have_the_digest_of_a_copy() {
    let (home, tree) = home();
    let place = home.path().join("copy");
    let (copied, _) = copy(&tree, Sink::create(&place, Modes::Told).unwrap()).unwrap();
    assert_eq!(digest(&tree).unwrap(), copied.digest());
    assert_eq!(digest(&place).unwrap(), copied.digest());
    fs::write(tree.join("src/a/mine.go"), "").unwrap();
    assert_ne!(digest(&tree).unwrap(), copied.digest());
}

#[test]
fn links_inside_the_tree_are_followed() {
    let (home, tree) = home();
    symlink("src/a/x.go", tree.join("x.go")).unwrap();
    symlink(tree.join("src/a"), tree.join("b")).unwrap();
    symlink("../b", tree.join("src/c")).unwrap();
    symlink("nowhere", tree.join("dangling")).unwrap();
    // A link may lead to the tree itself.
    let by_link = home.path().join("by-link");
    symlink(&tree, &by_link).unwrap();
    for tree in [&tree, &by_link] {
        let names = copied(&home, tree).unwrap();
        assert_eq!(names, ["VERSION", "b/x.go", "src/a/x.go", "src/c/x.go", "x.go"]);
    }
    let copy = home.path().join("copy/src/c/x.go");
    assert!(fs::symlink_metadata(copy).unwrap().is_file());
}

#[test]
fn links_in_circles_end() {
    for links in [&[("src/a/up", "..")][..], &[("src/b", "a"), ("src/a/c", "../b")]] {
        let (home, tree) = home();
        for (link, target) in links {
            symlink(target, tree.join(link)).unwrap();
        }
        let error = copied(&home, &tree).unwrap_err();
        assert!(error.to_string().contains("leads in a circle"), "{error}");
    }
    let (home, tree) = home();
    symlink("self", tree.join("self")).unwrap();
    assert!(copied(&home, &tree).unwrap_err().to_string().contains("cannot follow"));
    // Not a circle, but twice as many files at every step.
    let (home, tree) = self::home();
    for step in 0..24 {
        let next = tree.join(format!("d{step:02}"));
        fs::create_dir(&next).unwrap();
        for link in ["l", "r"] {
            symlink(format!("../d{:02}", step + 1), next.join(link)).unwrap();
        }
    }
    fs::create_dir(tree.join("d24")).unwrap();
    let error = copied(&home, &tree).unwrap_err();
    assert!(error.to_string().contains("has more than 60000 entries"), "{error}");
}

#[test]
fn entries_that_are_no_files_are_refused_by_a_printable_name() {
    let (home, tree) = home();
    let fifo = tree.join("fifo\u{1b}]52;c;x");
    assert!(goward_testkit::start::tool("mkfifo").arg(&fifo).status().unwrap().success());
    let error = copied(&home, &tree).unwrap_err().to_string();
    assert!(error.contains("fifo\\x1b]52;c;x is neither file nor directory"), "{error}");
}

/// The store sets the modes, as for archives.
#[test]
fn modes_are_those_of_the_store() {
    let (home, tree) = home();
    for (file, mode) in [("VERSION", 0o600), ("src/a/x.go", 0o4711)] {
        fs::set_permissions(tree.join(file), fs::Permissions::from_mode(mode)).unwrap();
    }
    copied(&home, &tree).unwrap();
    let mode = |file: &str| {
        let copy = home.path().join("copy").join(file);
        fs::metadata(copy).unwrap().permissions().mode() & 0o7755
    };
    assert_eq!((mode("VERSION"), mode("src/a/x.go")), (0o644, 0o755));
}

#[test]
fn files_of_the_module_cache_get_their_own_names() {
    let (home, tree) = home();
    for (file, text) in [("_go.mod", "a"), ("src/_go.mod", "b"), ("src/go.mod", "b")] {
        fs::write(tree.join(file), text).unwrap();
    }
    fs::write(tree.join("src/x_go.mod"), "").unwrap();
    let as_is = ["VERSION", "_go.mod", "src/_go.mod", "src/a/x.go", "src/go.mod", "src/x_go.mod"];
    assert_eq!(copied(&home, &tree).unwrap(), as_is);
    let cached = home.path().join("mod/golang.org/toolchain@v0.0.1-go1.22.10.linux-amd64");
    fs::create_dir_all(cached.parent().unwrap()).unwrap();
    fs::rename(&tree, &cached).unwrap();
    let own = ["VERSION", "go.mod", "src/a/x.go", "src/go.mod", "src/x_go.mod"];
    assert_eq!(copied(&home, &cached).unwrap(), own);
}

//! Damage in module caches that a test makes. `tests/caches/run` plants it in Go's own.
#![expect(clippy::unwrap_used, reason = "a test ends with the first surprise")]

use super::*;
use goward_installer::{DifferenceKind, H1};
use goward_testkit::zip;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::time::Duration;

/// A module cache with versions of modules, each of two files.
struct Scene {
    dir: tempfile::TempDir,
}

const FILES: [(&str, &str); 2] = [("a.go", "package a\n"), ("sub/b.go", "package sub\n")];

impl Scene {
    fn new() -> Scene {
        let scene = Scene { dir: tempfile::tempdir().unwrap() };
        fs::create_dir_all(scene.path("cache/download")).unwrap();
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("mod").join(name)
    }

    /// Puts a version there, fetched and unpacked; returns its tree.
    fn put(&self, module: &str, version: &str, files: &[(&str, &str)]) -> PathBuf {
        let entry = |(name, text): &(&str, &str)| {
            zip::Entry::new(&format!("{module}@{version}/{name}"), text.as_bytes())
        };
        let bytes = zip::write(&files.iter().map(entry).collect::<Vec<_>>());
        let downloads = self.path(&format!("cache/download/{module}/@v"));
        fs::create_dir_all(&downloads).unwrap();
        let h1 = H1::of_zip(std::io::Cursor::new(&bytes)).unwrap();
        fs::write(downloads.join(format!("{version}.zip")), bytes).unwrap();
        fs::write(downloads.join(format!("{version}.ziphash")), h1.to_string()).unwrap();
        let tree = self.path(&format!("{module}@{version}"));
        for (name, text) in files {
            let file = tree.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        tree
    }

    fn verify(&self, fix: bool) -> Result<Verified, Error> {
        self.verify_by(&Sums::default(), fix)
    }

    fn verify_by(&self, sums: &Sums, fix: bool) -> Result<Verified, Error> {
        let patience = Patience { most: Duration::from_millis(50), told: &|_| {} };
        verify(&Work { cache: &self.path(""), sums, fix, patience })
    }
}

fn seal(tree: &Path, mode: u32) {
    for directory in ["sub", ""] {
        let path = tree.join(directory);
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
}

#[test]
fn trees_that_differ_are_named_with_their_files_and_go_alone() {
    let scene = Scene::new();
    let sound = scene.put("m.example/sound", "v1.0.0", &FILES);
    let tree = scene.put("m.example/a", "v1.2.3", &FILES);
    assert_eq!(scene.verify(false).unwrap().bad.len(), 0);
    fs::write(tree.join("a.go"), "package evil\n").unwrap();
    fs::write(tree.join("EXTRA.go"), "package a\n").unwrap();
    fs::remove_file(tree.join("sub/b.go")).unwrap();
    symlink("/etc/passwd", tree.join("sub/b.go")).unwrap();
    symlink("/etc", tree.join("link")).unwrap();
    seal(&tree, 0o555);
    let looked = scene.verify(false).unwrap();
    assert_eq!((looked.trees, looked.zips, looked.bad.len()), (2, 2, 1));
    let bad = &looked.bad[0];
    assert_eq!((bad.version.to_string().as_str(), &bad.path), ("m.example/a@v1.2.3", &tree));
    let files: Vec<_> = bad.files.iter().map(|one| (one.path.as_str(), one.kind)).collect();
    let wanted = [
        ("EXTRA.go", DifferenceKind::Added),
        ("a.go", DifferenceKind::Changed),
        ("link", DifferenceKind::Added),
        ("sub/b.go", DifferenceKind::Replaced),
    ];
    assert_eq!(files, wanted);
    let fixed = scene.verify(true).unwrap();
    assert_eq!(fixed.bad[0].fix, Fix::Removed);
    assert!(!tree.exists() && sound.join("sub/b.go").exists());
    let downloads = scene.path("cache/download/m.example/a/@v");
    let mut left: Vec<_> =
        fs::read_dir(downloads).unwrap().map(|e| e.unwrap().file_name().into_string()).collect();
    left.sort();
    assert_eq!(left, ["v1.2.3.lock", "v1.2.3.zip", "v1.2.3.ziphash"].map(|n| Ok(n.to_owned())));
    assert_eq!(scene.verify(true).unwrap().bad.len(), 0);
}

#[test]
fn a_zip_that_is_not_sound_keeps_the_tree() {
    let scene = Scene::new();
    let tree = scene.put("m.example/a", "v1.0.0", &FILES);
    let zip = scene.path("cache/download/m.example/a/@v/v1.0.0.zip");
    fs::write(tree.join("a.go"), "package evil\n").unwrap();
    let bytes = fs::read(&zip).unwrap();
    let at = bytes.windows(9).position(|piece| piece == b"package a").unwrap();
    let mut flipped = bytes.clone();
    flipped[at] ^= 1;
    for broken in [&flipped[..], &bytes[..40], b""] {
        fs::write(&zip, broken).unwrap();
        let fixed = scene.verify(true).unwrap();
        let kinds: Vec<_> = fixed.bad.iter().map(|bad| bad.fault.kind()).collect();
        assert_eq!(kinds, ["unreadable", "tree"], "{fixed:?}");
        assert!(fixed.bad.iter().all(|bad| matches!(bad.fix, Fix::Stays(_))) && tree.exists());
    }
    fs::remove_file(&zip).unwrap();
    let fixed = scene.verify(true).unwrap();
    assert!(matches!(&fixed.bad[0].fix, Fix::Stays(why) if why.contains("no sound zip")));
    assert!(tree.exists());
}

#[test]
fn a_go_sum_and_a_hash_are_compared() {
    let scene = Scene::new();
    scene.put("m.example/a", "v1.0.0", &FILES);
    let hash = scene.path("cache/download/m.example/a/@v/v1.0.0.ziphash");
    let said = fs::read_to_string(&hash).unwrap();
    let sum = scene.dir.path().join("go.sum");
    let other = "h1:8wlg68NqwW7eMnI1aABk/C2pDYXj8mrMY4TyRfiLeS0=";
    for (line, kinds) in [(said.as_str(), &[][..]), (other, &["sum", "zip", "tree"])] {
        fs::write(&sum, format!("m.example/a v1.0.0 {line}\n")).unwrap();
        let mut sums = Sums::default();
        sums.read(&sum).unwrap();
        let fixed = scene.verify_by(&sums, true).unwrap();
        let found: Vec<_> = fixed.bad.iter().map(|bad| bad.fault.kind()).collect();
        assert_eq!(found, kinds);
        assert!(scene.path("m.example/a@v1.0.0/a.go").exists(), "a go.sum removes nothing");
    }
    fs::write(&hash, "nonsense").unwrap();
    assert_eq!(scene.verify(false).unwrap().bad[0].fault.kind(), "ziphash");
}

#[test]
fn what_go_is_unpacking_and_what_it_never_fetched_is_no_damage() {
    let scene = Scene::new();
    let tree = scene.put("m.example/a", "v1.0.0", &FILES);
    fs::remove_file(tree.join("a.go")).unwrap();
    fs::write(scene.path("cache/download/m.example/a/@v/v1.0.0.partial"), "").unwrap();
    fs::create_dir_all(scene.path("m.example/own@v0.0.0")).unwrap();
    let text = [("src/_go.mod", "module std\n"), ("x/b.go", "package b\n")];
    let toolchain = scene.put("golang.org/toolchain", "v0.0.1-go1.22.1.linux-amd64", &text);
    fs::write(toolchain.join("src/go.mod"), "module std\n").unwrap();
    let verified = scene.verify(true).unwrap();
    assert!(verified.bad.is_empty(), "{verified:?}");
    assert_eq!(verified.unknown, ["m.example/own@v0.0.0"]);
    assert_eq!(verified.partial.len(), 1);
    fs::write(toolchain.join("src/go.mod"), "module evil\n").unwrap();
    let verified = scene.verify(false).unwrap();
    assert_eq!(verified.bad[0].files[0].path, "src/go.mod");
}

#[test]
fn a_directory_that_is_no_module_cache_is_left_alone() {
    let scene = Scene::new();
    fs::remove_dir_all(scene.path("cache")).unwrap();
    assert!(!scene.verify(true).unwrap().is_there);
    fs::create_dir_all(scene.path("m.example/a@v1.0.0")).unwrap();
    assert!(matches!(scene.verify(true), Err(Error::Unproven(_))));
    fs::remove_dir_all(scene.path("")).unwrap();
    assert!(!scene.verify(true).unwrap().is_there);
    symlink("/", scene.path("").components().collect::<PathBuf>()).unwrap();
    assert!(matches!(scene.verify(true), Err(Error::Link(_))));
}

/// A link in the place of a directory leads nowhere.
#[test]
fn links_lead_nowhere() {
    let scene = Scene::new();
    let tree = scene.put("m.example/a", "v1.0.0", &FILES);
    let outside = scene.dir.path().join("outside");
    fs::rename(&tree, &outside).unwrap();
    fs::write(outside.join("a.go"), "package evil\n").unwrap();
    symlink(&outside, &tree).unwrap();
    let fixed = scene.verify(true).unwrap();
    assert_eq!(fixed.bad[0].fault.kind(), "unreadable");
    assert!(outside.join("a.go").exists() && tree.is_symlink());
}

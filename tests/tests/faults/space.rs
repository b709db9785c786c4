//! Disks that are full, or closed for writing.

use std::path::{Path, PathBuf};

use goward_testkit::start::tool;
use goward_testkit::untested::{Lack, is_root, not_tested};
use goward_tests::call::Call;
use goward_tests::mirror::note;

use crate::full;
use crate::scene::{Scene, assert_same, list, manifest};

/// Exit code of a store that cannot be read or written.
const STORE: i32 = 6;

/// A file system in memory, unmounted when dropped.
struct Disk(PathBuf);

impl Disk {
    /// Mounts one at `dir` with `options`; none where this system allows none.
    fn mount(dir: PathBuf, options: &str) -> Option<Disk> {
        std::fs::create_dir_all(&dir).expect("the sandbox is ours");
        let args = ["-t", "tmpfs", "-o", options, "tmpfs"];
        let done = tool("mount").args(args).arg(&dir).output();
        let done = done.is_ok_and(|done| done.status.success());
        if !done {
            not_tested("full disks", Lack::Root, "this system mounts nothing");
        }
        done.then_some(Disk(dir))
    }

    fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        let done = tool("mount").args(["-o", &options]).arg(&self.0).status();
        assert!(done.is_ok_and(|done| done.success()), "cannot remount {}", self.0.display());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let done = tool("umount").arg("-l").arg(&self.0).status();
        assert!(done.is_ok_and(|done| done.success()), "cannot unmount {}", self.0.display());
    }
}

/// The install into a store on that disk.
fn into(scene: &Scene, root: &Path) -> Call {
    scene.install().env("GOWARD_ROOT", root)
}

/// The needs of an install into an empty store: bytes, and files and directories.
fn need(scene: &Scene, disk: &Disk) -> (u64, u64) {
    let used = || {
        let facts = rustix::fs::statvfs(&disk.0).expect("it is mounted");
        ((facts.f_blocks - facts.f_bfree) * facts.f_frsize, facts.f_files - facts.f_ffree)
    };
    let before = used();
    into(scene, &disk.0.join("root")).run().code(0);
    let after = used();
    (after.0 - before.0, after.1 - before.1)
}

/// Asserts that the install fails for want of room, says how much, and leaves nothing; and that
/// with room it succeeds.
fn too_small(scene: &Scene, dir: &Path, options: &str, enough: &str) {
    let Some(disk) = Disk::mount(dir.to_path_buf(), options) else { return };
    let root = disk.0.join("root");
    let run = into(scene, &root).run();
    scene.failed(&run, STORE);
    run.says("MiB are needed, ").says("MiB are free").says("free some space");
    let errors = run.stderr.lines().filter(|line| line.starts_with("goward: error")).count();
    assert_eq!(errors, 1, "{options}: {run}");
    assert!(list(&root.join("toolchains")).is_empty(), "{options}: {run}");
    assert!(list(&root.join("state/staging")).is_empty(), "{options}: {run}");
    disk.remount(enough);
    into(scene, &root).run().code(0);
}

fn fill(scene: &Scene, name: &str, percents: &[u64]) {
    let dir = scene.sandbox.dir().join("disk").join(name);
    let Some(large) = Disk::mount(dir.clone(), "size=1g") else { return };
    let (bytes, files) = need(scene, &large);
    drop(large);
    for percent in percents {
        let size = format!("size={}", bytes * percent / 100);
        too_small(scene, &dir, &size, "size=1g");
    }
    let nodes = format!("size=1g,nr_inodes={}", files / 2);
    too_small(scene, &dir, &nodes, "nr_inodes=100000");
    note(&format!("full disks: {bytes} bytes in {files} files needed, {percents:?} % given"));
}

#[test]
fn a_disk_that_is_too_small() {
    if !is_root("full disks") {
        return;
    }
    let percents: &[u64] = if full() { &[10, 25, 50, 75, 90, 99] } else { &[25, 90] };
    fill(&Scene::small("small-disk"), "small", percents);
}

#[test]
fn a_disk_that_is_too_small_for_a_real_release() {
    if full() && is_root("full disks") {
        fill(&Scene::real("real-disk"), "real", &[25, 50, 90, 99]);
    }
}

/// A record that cannot be written is the store's failure, and no part of it is left.
#[test]
fn a_disk_without_room_for_a_record() {
    if !is_root("full disks") {
        return;
    }
    let scene = Scene::small("no-room");
    let Some(disk) = Disk::mount(scene.sandbox.dir().join("disk"), "size=256m") else { return };
    let root = disk.0.join("root");
    into(&scene, &root).run().code(0);
    let project = scene.sandbox.project("p");
    scene.sandbox.write(project.join(".goenv"), "GOFLAGS=-x\n");
    // The directories of the records are there before.
    let trust = scene.goward(&["trust"]).dir(&project).env("GOWARD_ROOT", &root);
    trust.run().code(0);
    scene.sandbox.write(project.join(".goenv"), "GOFLAGS=-y\n");
    let before = manifest(&root);
    std::fs::write(disk.0.join("filler"), vec![0; 256 << 20]).expect_err("the disk is too small");
    let goenv = project.join(".goenv");
    let goenv = goenv.to_str().expect("the sandbox has a name in UTF-8");
    for args in [&["trust", goenv][..], &["default", "system"], &["default", scene.version]] {
        let run = scene.goward(args).env("GOWARD_ROOT", &root).run();
        run.code(STORE).says("No space left on device").says("free some space");
        assert_same(&manifest(&root), &before, &format!("{args:?}: {run}"));
    }
}

/// An edit or a report that does not fit, or may not be written, leaves the file as it was and nothing beside
/// it.
#[test]
fn a_disk_without_room_for_an_edit() {
    if !is_root("full disks") {
        return;
    }
    let sandbox = goward_tests::sandbox::Sandbox::empty("no-room-edit");
    let Some(disk) = Disk::mount(sandbox.dir().join("disk"), "size=1m") else { return };
    let project = disk.0.join("p");
    sandbox.write(project.join(".go-version"), "1.26.0\n1.25.0\n");
    sandbox.write(project.join("report"), "old\n");
    let _ = std::fs::write(disk.0.join("filler"), vec![0; 2 << 20]);
    let before = manifest(&project);
    for (args, why) in [
        (&["check", "--fix"][..], "No space left on device"),
        (&["check", "--output", "report"], "No space left on device"),
    ] {
        let run = sandbox.goward(args).dir(&project).run();
        run.code(1).says(why);
        assert_same(&manifest(&project), &before, &format!("{args:?}: {run}"));
    }
    std::fs::remove_file(disk.0.join("filler")).expect("the disk is ours");
    disk.remount("ro");
    for args in [&["check", "--fix"][..], &["check", "--output", "report"]] {
        let run = sandbox.goward(args).dir(&project).run();
        run.code(1).says("Read-only file system");
        assert_same(&manifest(&project), &before, &format!("{args:?}: {run}"));
    }
    sandbox.goward(&["check", "--fix", "-n"]).dir(&project).run().code(0);
    disk.remount("rw");
    sandbox.goward(&["check", "--fix"]).dir(&project).run().code(0);
    let text = std::fs::read_to_string(project.join(".go-version")).expect("it is there");
    assert_eq!(text, "1.26.0\n");
}

/// A hook that does not fit leaves the user's own as it was; once there is room, the next run goes on.
#[test]
fn a_disk_without_room_for_a_hook() {
    if !is_root("full disks") {
        return;
    }
    let sandbox = goward_tests::sandbox::Sandbox::empty("no-room-hook");
    let Some(disk) = Disk::mount(sandbox.dir().join("disk"), "size=1m") else { return };
    let project = disk.0.join("p");
    std::fs::create_dir(&project).expect("the disk is ours");
    let git = |args: &[&str]| {
        let mut git = goward_testkit::start::tool("git");
        assert!(git.args(args).current_dir(&project).status().expect("git is here").success());
    };
    git(&["init", "-q", "--template="]);
    let hook = project.join(".git/hooks/pre-commit");
    sandbox.write(&hook, "#!/bin/sh\nexit 0\n");
    let _ = std::fs::write(disk.0.join("filler"), vec![0; 2 << 20]);
    let goward =
        |args: &[&str]| sandbox.goward(args).dir(&project).env("PATH", "/usr/bin:/bin").run();
    let install = || goward(&["hook", "install"]);
    install().says("No space left on device").says("the next run goes on from there");
    assert_eq!(std::fs::read_to_string(&hook).expect("it stays"), "#!/bin/sh\nexit 0\n");
    std::fs::remove_file(disk.0.join("filler")).expect("the disk is ours");
    install().code(0).says("what was there is kept as");
    assert_ne!(std::fs::read_to_string(&hook).expect("it is there"), "#!/bin/sh\nexit 0\n");
    goward(&["hook", "uninstall"]).code(0);
    assert_eq!(std::fs::read_to_string(&hook).expect("it is back"), "#!/bin/sh\nexit 0\n");
}

/// A store on an overlay, as in containers: some renames fail there that succeed elsewhere.
#[test]
fn a_store_on_an_overlay() {
    if !is_root("a store on an overlay") {
        return;
    }
    let scene = Scene::small("overlay");
    let Some(below) = Disk::mount(scene.sandbox.dir().join("disk"), "size=256m") else { return };
    let [lower, upper, work] = ["lower", "upper", "work"].map(|name| below.0.join(name));
    for dir in [&lower, &upper, &work] {
        std::fs::create_dir(dir).expect("the disk is ours");
    }
    // An image's own files lie in its lower layer, and cannot be renamed there.
    let brought = scene.install().env("GOWARD_ROOT", lower.join("root"));
    brought.run().code(0);
    let layers =
        [("lowerdir=", &lower), ("upperdir=", &upper), ("workdir=", &work)].map(|(key, dir)| {
            let mut option = std::ffi::OsString::from(key);
            option.push(dir);
            option
        });
    let options = layers.join(std::ffi::OsStr::new(","));
    let merged = below.0.join("merged");
    std::fs::create_dir(&merged).expect("the disk is ours");
    let mut mount = tool("mount");
    mount.args(["-t", "overlay", "-o"]).arg(options).arg("overlay").arg(&merged);
    if !mount.output().is_ok_and(|done| done.status.success()) {
        return not_tested("a store on an overlay", Lack::Root, "this system mounts none");
    }
    let overlay = Disk(merged);
    let root = overlay.0.join("root");
    let tree = root.join("toolchains").join(format!("go{}", scene.version));
    let whole = manifest(&tree);
    let goward = |args: &[&str]| scene.goward(args).env("GOWARD_ROOT", &root);
    let repair = goward(&["repair", "--force", scene.version]);
    let remove = goward(&["uninstall", "--force", scene.version]);
    let damage = || std::fs::write(tree.join("src/go.mod"), "m\n").expect("the disk is ours");
    damage();
    for call in [&repair, &remove] {
        let run = call.run();
        scene.failed(&run, STORE);
        run.says("came with its image").says(&format!("run: rm -r {}", tree.display()));
    }
    std::fs::remove_dir_all(&tree).expect("the disk is ours");
    into(&scene, &root).run().code(0);
    assert_same(&manifest(&tree), &whole, "installed on an overlay");
    damage();
    repair.run().code(0);
    assert_same(&manifest(&tree), &whole, "repaired on an overlay");
    remove.run().code(0);
    assert!(!tree.exists(), "removed on an overlay");
    assert!(list(&root.join("state/staging")).is_empty(), "staging is left");
    drop(overlay);
}

/// An installed toolchain runs from a store that no user can write to; for another one goward tells
/// the reason.
#[test]
fn a_store_closed_for_writing() {
    if !is_root("stores closed for writing") {
        return;
    }
    let scene = Scene::small("closed");
    let dir = scene.sandbox.dir().join("disk");
    let Some(disk) = Disk::mount(dir, "size=256m") else { return };
    let root = disk.0.join("root");
    into(&scene, &root).run().code(0);
    disk.remount("ro");
    let project = scene.sandbox.project("p");
    scene.sandbox.write(project.join(".go-version"), scene.version);
    let go = scene.sandbox.go(&project, &["version"]).env("GOWARD_ROOT", &root);
    let ran = go.run();
    ran.code(0).silent();
    assert!(ran.stdout.starts_with("go version go1.30.1 "), "{ran}");
    scene.sandbox.write(project.join(".go-version"), "1.30.7");
    go.run().code(127).nothing_on_stdout().says("1.30.7");
    let remove = scene.goward(&["uninstall", "--force", scene.version]);
    scene.failed(&remove.env("GOWARD_ROOT", &root).run(), STORE);
    let repair = scene.goward(&["repair", "--force", scene.version]);
    scene.failed(&repair.env("GOWARD_ROOT", &root).run(), STORE);
    scene.sandbox.write(project.join(".go-version"), scene.version);
    go.run().code(0).silent();
}

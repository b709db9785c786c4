//! Removing toolchains.

use crate::dist::{NAME, World, snapshot, toolchain};
use goward_installer::{ErrorKind, Silent};
use goward_testkit::start::program;
use std::fs;

#[test]
fn uninstalling_removes_everything_but_the_lock() {
    let world = World::with_archive(&toolchain().gz(), "tar.gz");
    world.store.prepare().unwrap();
    let before = snapshot(world.store.root());
    world.install().unwrap();
    assert_eq!(world.store.installed().unwrap().len(), 1);
    let removed = world.store.uninstall(NAME, false, &Silent).unwrap();
    assert_eq!(removed.store_name(), NAME);
    let mut after = snapshot(world.store.root());
    assert!(after.remove("state/locks/go1.22.10.lock").is_some());
    assert_eq!(before, after);
}

#[test]
fn a_toolchain_that_is_not_installed_cannot_be_removed() {
    let world = World::with_archive(&toolchain().gz(), "tar.gz");
    world.install().unwrap();
    for name in ["go1.22", "../toolchains", "go1.22.10/bin", "", "VERSION"] {
        let error = world.store.uninstall(name, true, &Silent).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{name}");
    }
    assert!(world.store.toolchain(NAME).is_some());
}

#[cfg(target_os = "linux")]
#[test]
fn f23_a_running_toolchain_is_removed_only_by_force() {
    let world = World::with_archive(&toolchain().gz(), "tar.gz");
    let installed = world.install().unwrap();
    let tool = installed.directory.join("pkg/tool/any/compile");
    fs::remove_file(&tool).unwrap();
    fs::copy("/bin/sleep", &tool).unwrap();
    let mut child = program(&tool, [("LC_ALL", "C")]).arg("60").spawn().unwrap();
    let error = world.store.uninstall(NAME, false, &Silent).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    assert!(error.to_string().contains(&child.id().to_string()), "{error}");
    assert!(world.store.shims_dir().join(NAME).is_symlink());
    world.store.uninstall(NAME, true, &Silent).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(world.store.installed().unwrap().is_empty());
}

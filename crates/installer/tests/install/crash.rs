//! Deaths at every stage, by the kill points of the feature `checkpoints`. Each test runs this
//! test binary again as the victim.

use crate::dist::{NAME, World, toolchain};
use goward_installer::{Installed, Silent, Store};
use goward_testkit::start::again;
use std::fs;
use std::process::ExitStatus;

const ROOT: &str = "GOWARD_TEST_CRASH_ROOT";
const MIRROR: &str = "GOWARD_TEST_CRASH_MIRROR";

/// The victim. It does nothing unless a test below starts it.
#[test]
fn victim() {
    let (Ok(root), Ok(mirror)) = (std::env::var(ROOT), std::env::var(MIRROR)) else { return };
    let mut world = World::new(&mirror);
    world.store = Store::open(root).unwrap();
    match world.store.toolchain(NAME) {
        None => drop(world.install().unwrap()),
        Some(_) => drop(world.store.uninstall(NAME, false, &Silent).unwrap()),
    }
}

fn dies_at(world: &World, point: &str) -> ExitStatus {
    let mirror = world.mirror(true);
    let env = [
        (ROOT, world.store.root().as_os_str()),
        (MIRROR, mirror.base().as_ref()),
        ("GOWARD_TEST_KILL_AT", point.as_ref()),
    ];
    again("crash::victim", &env).output().unwrap().status
}

fn whole(installed: &Installed) -> bool {
    crate::dist::needed().iter().all(|(path, _, content)| {
        fs::read(installed.directory.join(path)).is_ok_and(|found| found == *content)
    })
}

#[test]
fn a_killed_install_leaves_nothing_or_all_and_the_next_one_works() {
    let mut tar = toolchain();
    for i in 0..20 {
        tar.file(&format!("go/src/{i}.go"), b"package p");
    }
    for (point, installed) in [
        ("download", false),
        ("unpack", false),
        ("before-publish", false),
        ("after-publish", true),
        ("before-link", true),
    ] {
        let world = World::with_archive(&tar.gz(), "tar.gz");
        assert!(!dies_at(&world, point).success(), "{point} was survived");
        assert_eq!(world.store.toolchain(NAME).is_some(), installed, "{point}");
        let next = world.install().unwrap();
        assert_eq!(next.already, installed, "{point}");
        assert!(whole(&next) && next.assurance.is_some(), "{point}");
        assert!(!cfg!(unix) || world.store.shims_dir().join(NAME).is_symlink(), "{point}");
        let staging = fs::read_dir(world.store.root().join("state/staging")).unwrap().count();
        assert!(staging == 0 || installed, "{point}");
    }
}

#[test]
fn a_killed_uninstall_can_be_done_again() {
    let world = World::with_archive(&toolchain().gz(), "tar.gz");
    world.install().unwrap();
    assert!(!dies_at(&world, "uninstall").success());
    assert!(whole(&world.install().unwrap()));
    world.store.uninstall(NAME, false, &Silent).unwrap();
    assert!(world.store.installed().unwrap().is_empty());
    assert_eq!(fs::read_dir(world.store.root().join("state/staging")).unwrap().count(), 0);
}

//! Many installs of one release at one time.

use crate::dist::{NAME, VERSION, World, file_name, index, toolchain};
use goward_installer::Silent;
use goward_testkit::http::{Answer, Server};
use std::fs;
use std::sync::Barrier;
use std::time::Duration;

#[test]
fn twenty_installs_make_one_download() {
    let gz = toolchain().gz();
    let name = file_name(VERSION, "tar.gz");
    let listing = index(VERSION, &name, &gz);
    let server = Server::start(move |request| match request.path.starts_with("/go") {
        true => Answer { delay: Duration::from_millis(300), ..Answer::ok(gz.clone()) },
        false => Answer::ok(listing.clone()),
    });
    let world = World::new(&server.url);
    for round in 0..3 {
        let barrier = Barrier::new(20);
        let first = std::thread::scope(|scope| {
            let install = || {
                barrier.wait();
                world.install().unwrap()
            };
            let threads: Vec<_> = (0..20).map(|_| scope.spawn(install)).collect();
            threads.into_iter().map(|thread| !thread.join().unwrap().already as usize).sum()
        });
        assert_eq!((first, server.count(&format!("/{name}"))), (1_usize, round + 1));
        assert_eq!(fs::read_dir(world.store.root().join("state/staging")).unwrap().count(), 0);
        world.store.uninstall(NAME, false, &Silent).unwrap();
    }
}

#[test]
fn leftovers_of_the_dead_are_swept_and_those_of_the_living_are_not() {
    let world = World::with_archive(&toolchain().gz(), "tar.gz");
    world.store.prepare().unwrap();
    let state = world.store.root().join("state");
    let leave = |name: &str| fs::create_dir_all(state.join("staging").join(name).join("tree/bin"));
    for name in ["go1.22.10.0123", "go1.9.0123", "go1.8.0123"] {
        leave(name).unwrap();
    }
    let living = fs::File::create(state.join("locks/go1.8.lock")).unwrap();
    living.lock().unwrap();
    world.install().unwrap();
    let left = fs::read_dir(state.join("staging")).unwrap().map(|e| e.unwrap().file_name());
    assert_eq!(left.collect::<Vec<_>>(), ["go1.8.0123"]);
}

#[test]
fn a_missing_link_is_mended() {
    let world = World::with_archive(&toolchain().gz(), "tar.gz");
    world.install().unwrap();
    let link = world.store.shims_dir().join(NAME);
    if cfg!(unix) {
        fs::remove_file(&link).unwrap();
        assert!(world.install().unwrap().already);
        assert!(link.is_symlink());
        fs::remove_file(&link).unwrap();
        world.store.relink().unwrap();
        assert!(link.is_symlink());
    }
}

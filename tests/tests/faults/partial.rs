//! F16: the part of an archive that a killed install had fetched, damaged before the next one goes
//! on with it.

use std::fs;
use std::path::PathBuf;

use goward_testkit::files::{Fault, Server};
use goward_testkit::release::archive;

use crate::scene::{OURS, Scene};

/// Kills an install that has a part of its archive; the file with it.
fn killed(scene: &Scene, server: &Server, mirrors: &str) -> PathBuf {
    server.fail(&archive(scene.version), Fault::Stall(40 << 10), 1);
    let mut child = scene.install().env("GOWARD_MIRROR", mirrors).spawn();
    server.wait_for_stall();
    scene.waits_for_bytes();
    child.kill().expect(OURS);
    child.wait().expect(OURS);
    let staging = scene.staging();
    assert_eq!(staging.len(), 1, "{staging:?}");
    staging[0].join("archive")
}

fn flip(bytes: &mut [u8]) {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
}

/// The ways in which a part can be wrong.
type Damage = fn(&mut Vec<u8>);

const DAMAGES: [(&str, Damage); 3] = [
    ("one byte flipped", |bytes| flip(bytes)),
    ("some bytes more", |bytes| bytes.extend([0; 77])),
    ("longer than the archive", |bytes| bytes.extend(vec![7; 64 << 20])),
];

#[test]
fn a_damaged_part_is_fetched_from_the_start_once() {
    for (what, damage) in DAMAGES {
        let scene = Scene::small("partial");
        let server = Server::start(&scene.sandbox.dir().join("small-mirror"));
        let part = killed(&scene, &server, &server.url());
        let mut bytes = fs::read(&part).expect(OURS);
        damage(&mut bytes);
        fs::write(&part, bytes).expect(OURS);
        let before = server.count(&archive(scene.version));
        let outcome = scene.install().env("GOWARD_MIRROR", server.url()).run();
        outcome.code(0).says("going on after").says("fetching it from the start");
        scene.is_whole(what);
        scene.is_clean(what);
        let asked = server.count(&archive(scene.version)) - before;
        assert!((1..=2).contains(&asked), "{what}: {asked} requests");
    }
}

/// An install goes on with a part from the second mirror of a list when that mirror's turn comes.
#[test]
fn a_part_of_the_second_mirror_is_kept() {
    let scene = Scene::small("partial-second");
    let dir = scene.sandbox.dir().join("small-mirror");
    let (first, second) = (Server::start(&dir), Server::start(&dir));
    first.fail(&archive(scene.version), Fault::Status(404), usize::MAX);
    let mirrors = format!("{},{}", first.url(), second.url());
    killed(&scene, &second, &mirrors);
    scene.install().env("GOWARD_MIRROR", mirrors).run().code(0).says("going on after");
    assert_eq!(second.resumed(), 1);
    scene.is_whole("from the second mirror");
    scene.is_clean("from the second mirror");
}

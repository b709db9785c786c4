//! Reads and writes that move fewer bytes than the caller asked: a program that takes them for
//! complete loses the rest.

use std::fs;
use std::path::PathBuf;

use goward_testkit::release::archive;
use goward_testkit::start::tool;
use goward_tests::binaries::workspace;
use goward_tests::call::Call;

use crate::full;
use crate::scene::{OURS, Scene};

/// The library that cuts calls short, made of `short.c`.
pub(crate) fn library(scene: &Scene) -> PathBuf {
    let library = scene.sandbox.dir().join("short.so");
    let source = workspace().join("tests/tests/faults/short.c");
    let made = tool("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
        .args([&library, &source])
        .output()
        .expect("a C compiler links every program here");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    library
}

/// Runs `call` in pieces of so many bytes, and asserts that it succeeds, and that as many reads and
/// writes were cut short as `packed` bytes must take.
fn in_pieces(scene: &Scene, call: &Call, bytes: u64, packed: u64) {
    let counts = scene.sandbox.dir().join("short-calls");
    let library = library(scene);
    let call = call.clone().env("LD_PRELOAD", &library).env("SHORT_CALLS", &counts);
    call.env("SHORT_BYTES", bytes.to_string()).run().code(0);
    let text = fs::read_to_string(&counts).expect("the library says what it has done");
    fs::remove_file(&counts).expect(OURS);
    let cut: Vec<u64> = text.split_whitespace().filter_map(|count| count.parse().ok()).collect();
    let [reads, writes] = cut[..] else { panic!("{text:?}") };
    // All but the last byte of each piece, of which there are few.
    let least = packed / bytes * 9 / 10;
    assert!(reads >= least && writes >= least, "of {packed} bytes, cut short: {text}");
}

#[test]
fn an_install_in_the_smallest_pieces() {
    let served = Scene::served("short-http");
    let packed = served.sandbox.dir().join("small-mirror").join(archive(served.version));
    let packed = fs::metadata(packed).expect(OURS).len();
    // In single bytes it takes its time.
    let bytes = if full() { 1 } else { 512 };
    in_pieces(&served, &served.install(), bytes, packed);
    served.is_whole("over HTTP");
    served.recovers("over HTTP");
    if !full() {
        return;
    }
    let file = Scene::small("short-file");
    in_pieces(&file, &file.install(), bytes, packed);
    file.is_whole("from a file");
    file.recovers("from a file");
    // A damaged tree is found and exchanged so, too.
    fs::write(served.toolchain().join("src/go.mod"), "module sts\n").expect(OURS);
    let repair = served.goward(&["repair"]);
    in_pieces(&served, &repair, bytes, packed);
    served.is_whole("repaired");
}

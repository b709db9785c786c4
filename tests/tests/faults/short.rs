//! Reads and writes that move less than they were asked to: who takes them to have moved everything,
//! loses the rest.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use goward_tests::binaries::workspace;
use goward_tests::call::Call;
use goward_tests::mirror::archive;

use crate::full;
use crate::scene::{OURS, Scene};

/// The library that cuts calls short, made of `short.c`.
pub(crate) fn library(scene: &Scene) -> PathBuf {
    let library = scene.sandbox.dir().join("short.so");
    let source = workspace().join("tests/tests/faults/short.c");
    let made = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
        .args([&library, &source])
        .output()
        .expect("a C compiler links every program here");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    library
}

/// Runs `call` so, and asserts that it succeeds with that many reads and writes cut short.
fn one_byte_at_a_time(scene: &Scene, call: &Call, least: (u64, u64)) {
    let counts = scene.sandbox.dir().join("short-calls");
    let library = library(scene);
    call.clone().env("LD_PRELOAD", &library).env("SHORT_CALLS", &counts).run().code(0);
    let text = fs::read_to_string(&counts).expect("the library says what it has done");
    fs::remove_file(&counts).expect(OURS);
    let cut: Vec<u64> = text.split_whitespace().filter_map(|count| count.parse().ok()).collect();
    let [reads, writes] = cut[..] else { panic!("{text:?}") };
    assert!(reads >= least.0 && writes >= least.1, "hardly anything was cut short: {text}");
}

#[test]
fn an_install_that_moves_one_byte_at_a_time() {
    let served = Scene::served("short-http");
    let packed = served.sandbox.dir().join("small-mirror").join(archive(served.version));
    let packed = fs::metadata(packed).expect(OURS).len();
    // All but the last byte of each piece, of which there are few.
    let all = (packed * 9 / 10, packed);
    one_byte_at_a_time(&served, &served.install(), all);
    served.is_whole("over HTTP");
    served.recovers("over HTTP");
    if !full() {
        return;
    }
    let file = Scene::small("short-file");
    one_byte_at_a_time(&file, &file.install(), all);
    file.is_whole("from a file");
    file.recovers("from a file");
    // A damaged tree is found and exchanged so, too.
    fs::write(served.toolchain().join("src/go.mod"), "module sts\n").expect(OURS);
    let repair = served.goward(&["repair"]);
    one_byte_at_a_time(&served, &repair, all);
    served.is_whole("repaired");
}

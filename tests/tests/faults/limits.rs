//! Few descriptors, little memory, and no room for a thread.

use std::path::Path;

use goward_tests::call::Call;
use goward_tests::mirror::note;

use crate::full;
use crate::scene::Scene;
use crate::trace::{can_trace, inject, record};

/// Exit code of a store that cannot be read or written.
const STORE: i32 = 6;
/// Exit codes of a mirror that has no such file, or does not answer.
const NOT_FOUND: i32 = 3;
const NETWORK: i32 = 4;

/// The call with one limit of `ulimit`.
fn limited(call: &Call, limit: &str) -> Call {
    let script = format!("ulimit {limit}; exec \"$0\" \"$@\"");
    call.clone().under(Path::new("/bin/sh"), ["-c", &script])
}

#[test]
fn sixteen_descriptors_are_enough() {
    let scene = Scene::small("descriptors");
    limited(&scene.install(), "-n 16").run().code(0);
    scene.is_whole("16 descriptors");
    for count in (3..16).rev() {
        scene.clear();
        let run = limited(&scene.install(), &format!("-n {count}")).run();
        let when = format!("{count} descriptors");
        scene.holds(&when);
        if !run.status.success() {
            note(&format!("an install needs {} descriptors", count + 1));
            // Below that not even the libraries of a program load.
            assert!(run.status.code().is_some_and(|code| code > 0), "{run}");
            scene.recovers(&when);
            return;
        }
        scene.is_whole(&when);
    }
    panic!("an install needs descriptors");
}

/// The whole system has no descriptor left, for a moment or for good.
#[test]
fn too_many_files_are_open_in_the_system() {
    if !can_trace("a system without descriptors") {
        return;
    }
    let scene = Scene::small("enfile");
    let points = record(&scene.install(), "openat", &scene.sandbox.dir().join("log"));
    // The first ones are those of the loader of programs.
    let own = points.iter().skip_while(|point| !point.args.contains("/state/locks/"));
    let own: Vec<_> = own.collect();
    assert!(own.len() > 300, "an install opens files: {}", own.len());
    let step = own.len() / if full() { 100 } else { 4 };
    let (mut failed, mut survived) = (0, 0);
    for point in own.into_iter().step_by(step) {
        for end in ["", "+"] {
            scene.clear();
            let when = format!("ENFILE from {point}{end}");
            let nth = format!("{}{end}", point.nth);
            let run = inject(&scene.install(), "openat", "error=ENFILE", &nth).run();
            scene.holds(&when);
            if run.status.success() {
                scene.is_whole(&when);
                survived += 1;
            } else {
                // A mirror of files has no descriptors either, and codes of its own.
                let code = run.status.code().unwrap_or_default();
                assert!([STORE, NOT_FOUND, NETWORK].contains(&code), "{when}: {run}");
                scene.failed(&run, code);
                run.says("Too many open files in system");
                failed += 1;
            }
            scene.recovers(&when);
        }
    }
    note(&format!("ENFILE: {failed} reported, {survived} made no difference"));
    assert!(failed > survived, "{failed} installs failed, {survived} did not");
}

#[test]
fn a_quarter_of_a_gibibyte_is_enough() {
    let scene = if full() { Scene::real("memory") } else { Scene::small("memory") };
    // In KiB.
    limited(&scene.install(), "-v 262144").run().code(0);
    scene.is_whole("256 MiB");
}

/// The first thread's stack is the caller's choice, and `ulimit -s` has a floor of its own: at 16 KiB
/// not every loader of programs works.
#[test]
fn a_stack_of_32_kib_is_enough() {
    for scene in [Scene::small("stack"), Scene::served("stack-http")] {
        for kib in [64, 32] {
            scene.clear();
            limited(&scene.install(), &format!("-s {kib}")).run().code(0);
            scene.is_whole(&format!("a stack of {kib} KiB"));
        }
        for command in ["list", "explain", "verify", "adopt"] {
            limited(&scene.goward(&[command]), "-s 32").run().code(0);
        }
    }
}

#[test]
fn too_little_memory_leaves_nothing() {
    let scene = Scene::small("starved");
    for megabytes in [16, 24, 32, 40] {
        scene.clear();
        let run = limited(&scene.install(), &format!("-v {}", megabytes << 10)).run();
        let when = format!("{megabytes} MiB");
        scene.holds(&when);
        if run.status.success() {
            scene.is_whole(&when);
        }
        scene.recovers(&when);
    }
}

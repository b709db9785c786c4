//! A machine without any network, not even loopback.

use std::path::Path;
use std::time::{Duration, Instant};

use goward_testkit::start::tool;
use goward_testkit::untested::{Lack, is_root, not_tested};
use goward_tests::call::Call;
use goward_tests::mirror::note;

use crate::scene::Scene;

/// The call where no network is.
fn cut_off(call: &Call) -> Call {
    call.clone().under(Path::new("/usr/bin/unshare"), ["--net"])
}

/// An installed toolchain runs, and the error for a missing one comes at once.
#[test]
fn without_a_network() {
    if !is_root("a machine without a network") {
        return;
    }
    let works = tool("unshare").args(["--net", "true"]).status();
    if !works.is_ok_and(|status| status.success()) {
        let why = "this system takes none away";
        return not_tested("a machine without a network", Lack::Root, why);
    }
    let scene = Scene::small("offline");
    scene.install().run().code(0);
    let project = scene.sandbox.project("p");
    scene.sandbox.write(project.join(".go-version"), scene.version);
    let go = cut_off(&scene.sandbox.go(&project, &["version"]));
    let ran = go.run();
    ran.code(0).silent();
    assert!(ran.stdout.starts_with("go version go1.30.1 "), "{ran}");
    scene.sandbox.write(project.join(".go-version"), "1.30.7");
    let missed = |call: &Call| {
        let start = Instant::now();
        let run = call.run();
        run.code(127).nothing_on_stdout().says("Go 1.30.7, wanted by").says(".go-version:1");
        start.elapsed()
    };
    // By address: the look-up of names depends on this machine.
    let first = missed(&go.clone().env("GOWARD_MIRROR", "http://192.0.2.1"));
    assert!(first < Duration::from_secs(2), "said after {first:?}");
    let told = missed(&go.clone().env("GOWARD_OFFLINE", "1"));
    assert!(told < Duration::from_secs(1), "said after {told:?}");
    note(&format!("no network: a miss was said after {first:?}, offline after {told:?}"));
}

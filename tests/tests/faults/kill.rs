//! Killed at every call that changes the store, and at any time.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use goward_testkit::start::tool;
use goward_tests::call::Call;
use goward_tests::mirror::note;

use crate::full;
use crate::scene::{Manifest, OURS, Scene, assert_same, manifest};
use crate::short::library;
use crate::trace::{CHANGES, Point, can_trace, inject, record, record_others};

const SIGKILL: i32 = 9;

/// The points at which a run is killed: every rename, sync, link and change of mode, the first and
/// the last write to a file, and of creations and removals, of which there are hundreds, one in
/// `few`.
pub(crate) fn chosen(points: &[Point], few: usize) -> Vec<Point> {
    let writes: Vec<usize> = (0..points.len()).filter(|&i| points[i].writes()).collect();
    let ends = [writes.first().copied(), writes.last().copied()];
    let mut many = 0;
    let mut keep = |i: usize, point: &Point| match point.call.as_str() {
        "write" => ends.contains(&Some(i)),
        "close" => false,
        "openat" if !point.creates() => false,
        "openat" | "mkdir" | "mkdirat" | "unlink" | "unlinkat" | "rmdir" => {
            many += 1;
            many % few == 1 % few
        }
        _ => true,
    };
    let kept = points.iter().enumerate().filter(|(i, point)| keep(*i, point));
    kept.map(|(_, point)| point.clone()).collect()
}

/// Kills `call` at each of `points`; `before` and `after` each.
pub(crate) fn sweep(
    name: &str,
    points: &[Point],
    call: &Call,
    before: impl Fn(),
    mut after: impl FnMut(&str),
) {
    let mut killed = 0;
    for point in points {
        before();
        let run = inject(call, &point.call, "signal=KILL", &point.nth.to_string()).run();
        killed += usize::from(run.status.signal() == Some(SIGKILL));
        after(&format!("{name} killed at {point}"));
    }
    note(&format!("{name}: killed at {killed} of {} points", points.len()));
    assert!(!points.is_empty() && killed * 10 >= points.len() * 9, "{name}: {killed} points met");
}

#[test]
fn an_install_at_every_change() {
    if !can_trace("installs killed at every change") {
        return;
    }
    let scene = Scene::small("kill-install");
    let points = record(&scene.install(), CHANGES, &scene.sandbox.dir().join("log"));
    let few = if full() { 1 } else { 100 };
    sweep(
        "install",
        &chosen(&points, few),
        &scene.install(),
        || scene.clear(),
        |when| {
            scene.holds(when);
            scene.recovers(when);
        },
    );
}

/// The same with an archive over HTTP, in small pieces, of which the install keeps a copy. The
/// kills come at the main thread's changes, and each time when the fetching thread waits for the
/// next piece. Then the next install goes on from the copy.
#[test]
fn an_install_over_http_at_every_change() {
    if !can_trace("installs over HTTP killed at every change") {
        return;
    }
    let scene = Scene::served("kill-http");
    let log = scene.sandbox.dir().join("log");
    let install = scene.install().env("LD_PRELOAD", library(&scene)).env("SHORT_BYTES", "8192");
    let changes = chosen(&record(&install, CHANGES, &log), if full() { 3 } else { 200 });
    scene.clear();
    // The main thread receives the index and the other answers before the archive in fewer calls.
    let pieces = record_others(&install, "recvfrom", &log).into_iter().filter(|at| at.nth > 24);
    let pieces: Vec<_> = pieces.step_by(if full() { 1 } else { 8 }).collect();
    let recovered = |when: &str| {
        scene.holds(when);
        scene.recovers(when);
    };
    sweep("install over HTTP", &changes, &install, || scene.clear(), recovered);
    // The pieces of a busy machine may not be on the disk yet when the thread that received them
    // is killed: only a part that the kill left can be gone on with.
    let mut parts = 0;
    sweep(
        "install over HTTP, at a piece",
        &pieces,
        &install,
        || scene.clear(),
        |when| {
            let (before, has_part) = (scene.resumed(), scene.has_a_part());
            recovered(when);
            let resumed = scene.resumed() - before;
            assert_eq!(resumed, usize::from(has_part), "{when}: whether it left a part");
            parts += resumed;
        },
    );
    note(&format!("install over HTTP: {parts} of {} went on from what was kept", pieces.len()));
    assert!(parts * 2 >= pieces.len(), "{parts} of {} left a part", pieces.len());
}

/// The same with a release of real size, at some of its thousands of calls.
#[test]
fn a_real_install_at_some_changes() {
    if !full() || !can_trace("real installs killed") {
        return;
    }
    let scene = Scene::real("kill-real");
    let points = record(&scene.install(), CHANGES, &scene.sandbox.dir().join("log"));
    let changes = chosen(&points, 1);
    let step = changes.len() / 25;
    let some: Vec<_> = changes.iter().step_by(step.max(1)).cloned().collect();
    let ends = changes.iter().filter(|point| point.call.starts_with("rename"));
    let some: Vec<_> = some.into_iter().chain(ends.cloned()).collect();
    sweep(
        "real install",
        &some,
        &scene.install(),
        || scene.clear(),
        |when| {
            scene.holds(when);
            scene.install().run().code(0);
            scene.is_whole(when);
        },
    );
}

#[test]
fn an_install_at_any_time() {
    let scene = Scene::small("kill-time");
    let usual = (0..5).map(|_| {
        scene.clear();
        let start = Instant::now();
        scene.install().run().code(0);
        start.elapsed()
    });
    let usual = usual.min().unwrap_or_default();
    let times = if full() { 200 } else { 6 };
    let mut killed = 0;
    // Spread evenly with an odd step: as random as need be, and the same every time.
    for turn in 0..times {
        scene.clear();
        let wait = usual.mul_f64(f64::from(turn * 89 % times) / f64::from(times) * 1.1);
        let mut child = scene.install().spawn();
        std::thread::sleep(wait);
        child.kill().expect(OURS);
        killed += u32::from(child.wait().expect(OURS).signal() == Some(SIGKILL));
        let when = format!("killed after {wait:?}");
        scene.holds(&when);
        scene.recovers(&when);
    }
    note(&format!("install: killed at {killed} of {times} times within {usual:?}"));
    assert!(killed * 4 > times, "most runs ended before they were killed");
}

/// Damages the installed tree, and returns its new content.
fn damage(scene: &Scene) -> Manifest {
    let file = scene.toolchain().join("src/cmd/go/main.go");
    fs::write(file, "package moon\n").expect(OURS);
    manifest(&scene.toolchain())
}

#[test]
fn a_repair_at_every_change() {
    if !can_trace("repairs killed at every change") {
        return;
    }
    let scene = Scene::small("kill-repair");
    scene.install().run().code(0);
    let whole = manifest(&scene.toolchain());
    let damaged = damage(&scene);
    assert_ne!(whole, damaged);
    let repair = scene.goward(&["repair"]);
    let points = record(&repair, CHANGES, &scene.sandbox.dir().join("log"));
    scene.is_whole("repaired");
    let few = if full() { 3 } else { 200 };
    let before = || {
        scene.clear();
        scene.install().run().code(0);
        damage(&scene);
    };
    sweep("repair", &chosen(&points, few), &repair, before, |when| {
        let is = manifest(&scene.toolchain());
        if is != damaged {
            assert_same(&is, &whole, when);
        }
        assert!(scene.staging().len() <= 1, "{when}: {:?}", scene.staging());
        // goward does not install a whole toolchain anew, and clears nothing away for it.
        scene.goward(&["repair", "--force", scene.version]).run().code(0);
        scene.is_whole(when);
        scene.is_clean(when);
    });
}

#[test]
fn an_uninstall_at_every_change() {
    if !can_trace("uninstalls killed at every change") {
        return;
    }
    let scene = Scene::small("kill-uninstall");
    scene.install().run().code(0);
    let uninstall = scene.goward(&["uninstall", "--force", scene.version]);
    let points = record(&uninstall, CHANGES, &scene.sandbox.dir().join("log"));
    let few = if full() { 2 } else { 200 };
    let before = || {
        scene.clear();
        scene.install().run().code(0);
    };
    sweep("uninstall", &chosen(&points, few), &uninstall, before, |when| {
        scene.holds(when);
        scene.recovers(when);
    });
}

/// Signals that ask: the process ends by them, and leaves no more than a kill would.
#[test]
fn an_install_by_signals_that_ask() {
    use goward_testkit::files::{Fault, Server};
    use goward_testkit::release::archive;
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        let scene = Scene::small("signal");
        let server = Server::start(&scene.sandbox.dir().join("small-mirror"));
        server.fail(&archive(scene.version), Fault::Stall(40 << 10), 1);
        let install = scene.install().env("GOWARD_MIRROR", server.url());
        // A program that starts tests in the background may ignore some signals, and a process
        // inherits that.
        let asks = ["--default-signal=INT,TERM,HUP"];
        let child = install.clone().under(Path::new("/usr/bin/env"), asks).spawn();
        server.wait_for_stall();
        scene.waits_for_bytes();
        let kill = tool("sh").args(["-c", &format!("kill -{name} {}", child.id())]).status();
        assert!(kill.expect(OURS).success());
        let start = Instant::now();
        let ended = install.outcome(child.wait_with_output().expect(OURS));
        assert!(start.elapsed() < Duration::from_secs(10), "SIG{name}: {:?}", start.elapsed());
        let status = ended.status;
        let told = status.signal() == Some(number) || status.code() == Some(128 + number);
        assert!(told, "SIG{name}: {status:?}");
        assert!(!scene.is_installed());
        scene.holds(name);
        install.run().code(0);
        scene.is_whole(name);
        scene.is_clean(name);
        assert_eq!(server.count(&archive(scene.version)), 2, "SIG{name}");
        assert_eq!(server.resumed(), 1, "SIG{name}: what had arrived is not fetched again");
    }
}

//! Many processes at one store.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use goward_testkit::files::{Fault, Server};
use goward_testkit::release::archive;
use goward_tests::call::Call;
use goward_tests::mirror::{mirror, note, tree};
use goward_tests::sandbox::{Sandbox, files_below};

use crate::full;
use crate::scene::{OURS, Scene, manifest};

/// The call, with the server as the only mirror and the authority for its archives.
fn from(call: Call, server: &Server) -> Call {
    call.env("GOWARD_MIRROR", server.url()).env("GOWARD_MIRROR_DIGESTS", "own")
}

/// Fifty shims miss one real version, again and again; one round of it is in `install.rs`.
#[test]
fn fifty_misses_make_one_download_each_round() {
    if !full() {
        return;
    }
    let (sandbox, server) = (Sandbox::empty("fifty"), Server::start(mirror()));
    let project = sandbox.project("p");
    sandbox.write(project.join(".go-version"), "1.22.10\n");
    let call = from(sandbox.go(&project, &["version"]), &server);
    for round in 1..=20 {
        let children: Vec<_> = (0..50).map(|_| call.spawn()).collect();
        let ends = children.into_iter().map(|child| child.wait_with_output().expect(OURS));
        for end in ends {
            let outcome = call.outcome(end);
            outcome.code(0);
            assert!(outcome.stdout.starts_with("go version go1.22.10 "), "{outcome}");
        }
        assert_eq!(server.count(&archive("1.22.10")), round, "round {round}");
        assert_eq!(files_below(&sandbox.toolchain("1.22.10")), files_below(&tree("1.22.10")));
        sandbox.goward(&["uninstall", "--force", "1.22.10"]).run().code(0);
    }
    note("fifty misses: 20 rounds, 20 downloads");
}

/// The one that downloads is killed: the next takes over at once, and none fails.
#[test]
fn the_one_at_work_is_killed() {
    let (rounds, waiting) = if full() { (20, 49) } else { (2, 10) };
    let scene = Scene::small("takeover");
    let mut longest = Duration::ZERO;
    for round in 0..rounds {
        scene.clear();
        let server = Server::start(&scene.sandbox.dir().join("small-mirror"));
        server.fail(&archive(scene.version), Fault::Stall(10_000 * round), 1);
        let install = scene.install().env("GOWARD_MIRROR", server.url());
        let mut first = install.spawn();
        server.wait_for_stall();
        if round > 0 {
            scene.waits_for_bytes();
        }
        let others: Vec<_> = (0..waiting).map(|_| install.spawn()).collect();
        // Long enough for most to wait for the lock.
        std::thread::sleep(Duration::from_millis(200));
        first.kill().expect(OURS);
        let start = Instant::now();
        first.wait().expect(OURS);
        while server.count(&archive(scene.version)) < 2 {
            assert!(start.elapsed() < Duration::from_secs(5), "no process takes over");
            std::thread::sleep(Duration::from_millis(1));
        }
        longest = longest.max(start.elapsed());
        for child in others {
            install.outcome(child.wait_with_output().expect(OURS)).code(0);
        }
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "taken over after {:?}",
            start.elapsed()
        );
        assert_eq!(server.count(&archive(scene.version)), 2, "round {round}");
        assert_eq!(server.resumed(), usize::from(round > 0), "round {round}: only the rest");
        scene.is_whole("taken over");
        scene.is_clean("taken over");
    }
    note(&format!("killed at work: {rounds} times, taken over after {longest:?} at most"));
}

/// A process that waits for its server holds no other process up.
#[test]
fn two_versions_are_fetched_at_once() {
    let (sandbox, server) = (Sandbox::empty("at-once"), Server::start(mirror()));
    server.fail(&archive("1.21.13"), Fault::Stall(1 << 20), 1);
    let slow = from(sandbox.goward(&["install", "1.21.13"]), &server);
    let child = slow.spawn();
    server.wait_for_stall();
    from(sandbox.goward(&["install", "1.22.10"]), &server).run().code(0);
    assert!(!sandbox.toolchain("1.21.13").exists(), "the first is not done yet");
    server.release();
    slow.outcome(child.wait_with_output().expect(OURS)).code(0);
    for version in ["1.21.13", "1.22.10"] {
        assert_eq!(files_below(&sandbox.toolchain(version)), files_below(&tree(version)));
    }
}

/// Eight processes install, remove and prune one version, while a ninth looks.
#[test]
fn installed_and_removed_without_end() {
    let time = Duration::from_secs(if full() { 60 } else { 3 });
    let scene = Scene::small("churn");
    let whole = {
        scene.install().run().code(0);
        manifest(&scene.toolchain())
    };
    // All of them would take longer than a tree stays.
    let some: Vec<_> = whole.keys().step_by(16).collect();
    let calls = [
        scene.install(),
        scene.goward(&["uninstall", "--force", scene.version]),
        scene.install(),
        scene.goward(&["prune", "--yes", "--unused-for", "0"]),
        scene.goward(&["repair", "--force", scene.version]),
        scene.install(),
        scene.goward(&["uninstall", scene.version]),
        scene.goward(&["list"]),
    ];
    let (end, done, seen) = (Instant::now() + time, AtomicUsize::new(0), AtomicUsize::new(0));
    let failed = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for call in &calls {
            scope.spawn(|| {
                while Instant::now() < end && !failed.load(Ordering::Relaxed) {
                    let outcome = call.run();
                    done.fetch_add(1, Ordering::Relaxed);
                    // 3: another process removed it first. 6: in use by the look of another.
                    let default = outcome.stderr.contains("is the default toolchain");
                    let fine = match outcome.status.code() {
                        Some(1) => default,
                        code => matches!(code, Some(0 | 3 | 6)),
                    };
                    if !fine {
                        failed.store(true, Ordering::Relaxed);
                    }
                    assert!(fine, "{outcome}");
                }
            });
        }
        scope.spawn(|| {
            let toolchain = scene.toolchain();
            let number = || fs::metadata(&toolchain).map(|facts| facts.ino()).ok();
            while Instant::now() < end && !failed.load(Ordering::Relaxed) {
                let before = number();
                let missing = some.iter().find(|path| !toolchain.join(path).exists());
                // Taken away or exchanged while it was looked at, it says nothing.
                if before.is_some() && before == number() {
                    seen.fetch_add(1, Ordering::Relaxed);
                    if let Some(missing) = missing {
                        failed.store(true, Ordering::Relaxed);
                        panic!("a tree without {}", missing.display());
                    }
                }
            }
        });
    });
    let (done, seen) = (done.into_inner(), seen.into_inner());
    note(&format!("churn: {done} calls, {seen} looks at a whole tree"));
    assert!(done > 5, "{done} calls in {time:?}");
    assert!(seen > 0, "no process saw a tree");
    scene.recovers("after all");
}

/// The store vanishes while shims resolve: they run Go, or say that there is none.
#[test]
fn the_store_vanishes_under_shims() {
    let sandbox = Sandbox::empty("vanish");
    let project = sandbox.project("p");
    sandbox.write(project.join(".go-version"), "1.22.10\n");
    let shim = sandbox.dir().join("tools/go");
    goward_tests::sandbox::copy_program(&sandbox.shim(), &shim);
    let call = sandbox.go(&project, &["version"]).program(&shim).env("GOWARD_OFFLINE", "1");
    let call = call.env("GOWARD_ROOT", sandbox.root());
    let aside = sandbox.home().join("aside");
    sandbox.install_script("1.22.10", "echo go version go1.22.10 script");
    let (mut ran, mut missed) = (0, 0);
    for turn in 0..if full() { 400 } else { 40 } {
        let children: Vec<_> = (0..4).map(|_| call.spawn()).collect();
        std::thread::sleep(Duration::from_micros(turn % 20 * 150));
        fs::rename(sandbox.root(), &aside).expect(OURS);
        for child in children {
            let outcome = call.outcome(child.wait_with_output().expect(OURS));
            match outcome.status.code() {
                Some(0) => ran += 1,
                // The shell found the script gone, or there is no toolchain.
                Some(2 | 126 | 127) => missed += 1,
                _ => panic!("{outcome}"),
            }
            assert!(!outcome.stderr.contains("panicked"), "{outcome}");
        }
        fs::rename(&aside, sandbox.root()).expect(OURS);
    }
    note(&format!("a store that vanishes: {ran} shims ran Go, {missed} said that it is not there"));
}

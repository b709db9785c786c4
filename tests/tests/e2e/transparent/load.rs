//! Many runs at once, and files that change while they are read.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use goward_tests::sandbox::Sandbox;

use super::start::{End, Stage, settle};

/// Something that is done to a file meanwhile.
type Change<'c> = &'c (dyn Fn() + Sync);

/// A store whose toolchains print their own version.
fn speaking(name: &str, versions: &[&str]) -> Sandbox {
    let sandbox = Sandbox::empty(name);
    for version in versions {
        sandbox.install_script(version, &format!("echo {version}"));
        settle(&sandbox, &sandbox.toolchain(version).join("bin/go"));
    }
    sandbox
}

/// The tests of this file load the machine each: one after the other.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// 64 loops side by side: the runs do not know of each other.
#[test]
fn sixty_four_loops_at_once() {
    let _alone = alone();
    let stage = Stage::new("loops");
    let rounds = 10;
    let runs = |program: &Path| -> Vec<End> {
        let run = || (0..rounds).map(|_| stage.start().run(&stage, program)).collect::<Vec<_>>();
        thread::scope(|scope| {
            let loops: Vec<_> = (0..64).map(|_| scope.spawn(run)).collect();
            loops.into_iter().flat_map(|one| one.join().expect("no loop failed")).collect()
        })
    };
    // The name of the file that a run tells its state to differs from loop to loop.
    let told = |end: &End| {
        let lines = end.state.lines().filter(|line| !line.starts_with("env STATE_FILE="));
        lines.collect::<Vec<_>>().join("\n")
    };
    let bare = told(&stage.start().run(&stage, &stage.real()));
    let ours = runs(&stage.sandbox.shim());
    assert_eq!(ours.len(), 64 * rounds);
    for end in ours {
        assert_eq!((end.status.code(), &*end.stderr), (Some(0), ""), "{end}");
        assert_eq!(told(&end), bare);
    }
}

/// Runs the shim in `dir` over and over in four threads, `total` times in all, while each of
/// `changers` is called over and over in a thread of its own. Asserts that every answer was one of
/// `allowed` and that each of them was given.
fn read_while(
    sandbox: &Sandbox,
    dir: &Path,
    total: usize,
    allowed: &[&str],
    changers: &[Change<'_>],
) {
    let (done, next) = (AtomicBool::new(false), AtomicUsize::new(0));
    let answers = Mutex::new(BTreeMap::new());
    let read = || {
        while next.fetch_add(1, Ordering::Relaxed) < total {
            let end = sandbox.go(dir, &["version"]).run();
            let answer = format!("{}{}{}", end.stdout, end.stderr, end.status);
            let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            *answers.entry(answer).or_insert(0) += 1;
        }
    };
    thread::scope(|scope| {
        for change in changers {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    change();
                }
            });
        }
        let readers: Vec<_> = (0..4).map(|_| scope.spawn(read)).collect();
        let ends: Vec<_> = readers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::Relaxed);
        assert!(ends.iter().all(Result::is_ok), "a reader failed, see above");
    });
    let mut answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    let all = format!("{answers:?}");
    for version in allowed {
        let given = answers.remove(&format!("{version}\nexit status: 0"));
        assert!(given.is_some(), "{version} was never read, the test is void: {all}");
    }
    assert!(answers.is_empty(), "wanted nothing but {allowed:?}: {all}");
}

/// How many reads the tests below make. The environment may ask for more, as the nightly run does.
fn reads(usual: usize) -> usize {
    let asked = std::env::var("GOWARD_TEST_READS").ok();
    asked.map_or(usual, |text| text.parse().expect("GOWARD_TEST_READS is a number"))
}

/// Go empties its file and then writes it. A reader that comes in between, and took the part for
/// the whole, would fall back to the default.
#[test]
fn go_env_w_hammered_by_four_writers() {
    let _alone = alone();
    let sandbox = speaking("hammered", &["1.21.13", "1.23.12", "1.27.3"]);
    sandbox.set_default("1.27.3");
    sandbox.install_tree("1.22.10");
    let project = sandbox.project("p");
    let real = sandbox.toolchain("1.22.10").join("bin/go");
    // Every writer writes all keys, equally long, so that no writer can remove a key of another
    // one's.
    let write = |version: &str| {
        let set = [format!("GOTOOLCHAIN=go{version}"), format!("GOFLAGS=-tags=v{version}")];
        let call = sandbox.go(&project, &["env", "-w"]).args(set).program(&real);
        call.env("GOTOOLCHAIN", "local").run().code(0);
    };
    write("1.21.13");
    let (a, b) = (|| write("1.21.13"), || write("1.23.12"));
    read_while(&sandbox, &project, reads(2000), &["1.21.13", "1.23.12"], &[&a, &b, &a, &b]);
}

/// A file that is replaced by renaming another over it is always whole.
#[test]
fn a_pin_replaced_by_renaming() {
    let _alone = alone();
    let sandbox = speaking("renamed", &["1.21.13", "1.23.2"]);
    let project = sandbox.project("p");
    let replace = |version: &str| {
        let new = sandbox.write(project.join("new"), &format!("{version}\n"));
        fs::rename(new, project.join(".go-version")).expect("the sandbox is ours");
    };
    replace("1.21.13");
    let change = || {
        replace("1.21.13");
        replace("1.23.2");
    };
    read_while(&sandbox, &project, reads(1000), &["1.21.13", "1.23.2"], &[&change]);
}

//! Calls that fail: each is reported, and the invariant holds.

use std::path::Path;

use goward_testkit::files::Server;
use goward_testkit::release::archive;
use goward_tests::mirror::note;

use crate::full;
use crate::kill::chosen;
use crate::scene::Scene;
use crate::trace::{CHANGES, Point, can_trace, inject, record, record_with_paths};

/// Exit code of a store that cannot be read or written.
const STORE: i32 = 6;

/// Fails each of some calls of an install in each way. A call without which the toolchain would not
/// survive a loss of power must end the install with an error. The install may not need the others,
/// and then it is whole.
#[test]
fn an_install_whose_calls_fail() {
    if !can_trace("installs whose calls fail") {
        return;
    }
    let scene = Scene::small("fail");
    let points = record(&scene.install(), CHANGES, &scene.sandbox.dir().join("log"));
    let few = if full() { 10 } else { 300 };
    let mut some = chosen(&points, few);
    let closes = points.iter().filter(|point| point.call == "close");
    some.extend(closes.step_by(few).cloned());
    let kinds = if full() { &["EIO", "ENOSPC", "EDQUOT"][..] } else { &["EIO", "ENOSPC"] };
    let (mut reported, mut survived) = (0, 0);
    for (i, point) in some.iter().enumerate() {
        for (k, error) in kinds.iter().enumerate() {
            // Every day one kind of failure per call.
            if full() || i % kinds.len() == k {
                match fail(&scene, point, error) {
                    true => reported += 1,
                    false => survived += 1,
                }
            }
        }
    }
    note(&format!("failing calls: {reported} reported, {survived} made no difference"));
    assert!(reported > survived);
}

/// Whether the install failed.
fn fail(scene: &Scene, point: &Point, error: &str) -> bool {
    scene.clear();
    let when = format!("{error} from {point}");
    let what = format!("error={error}");
    let run = inject(&scene.install(), &point.call, &what, &point.nth.to_string()).run();
    scene.holds(&when);
    let failed = !run.status.success();
    // Rust's own library ends a program that cannot close a directory that it has read.
    let abrupt = point.call == "close" && run.stderr.contains("during closedir");
    if failed && !abrupt {
        scene.failed(&run, STORE);
        // The default is set after the install.
        if error == "ENOSPC" && point.writes() && !run.stderr.contains("/default") {
            run.says(" MiB are needed, ").says(" MiB are free");
        }
        let removing = matches!(point.call.as_str(), "unlinkat" | "unlink" | "rmdir");
        assert!(removing || scene.staging().is_empty(), "{when}: staging is left\n{run}");
    } else if !failed {
        scene.is_whole(&when);
        let vital = point.writes()
            || point.creates()
            || matches!(point.call.as_str(), "syncfs" | "fsync" | "rename" | "renameat2");
        let own = point.args.contains("/cache/") || point.args.contains("/default");
        assert!(!vital || own, "{when} was ignored\n{run}");
    }
    scene.recovers(&when);
    failed
}

/// On some file systems, NFS above all, only the close of a file tells that a write is lost.
#[test]
fn a_file_that_cannot_be_closed() {
    if !can_trace("files that cannot be closed") {
        return;
    }
    let scene = Scene::small("close");
    let log = scene.sandbox.dir().join("log");
    let points = record_with_paths(&scene.install(), "close", &log);
    let of_tree = |point: &&Point| {
        point.args.contains("/state/staging/") && point.args.contains("/tree/src/filler/")
    };
    let files: Vec<_> = points.iter().filter(of_tree).filter(|p| p.args.contains(".go>")).collect();
    assert!(files.len() >= 300, "the files are not closed one by one: {}", files.len());
    let step = files.len() / if full() { 20 } else { 2 };
    for (i, point) in files.into_iter().step_by(step).enumerate() {
        scene.clear();
        let error = ["EIO", "ENOSPC", "EDQUOT"][i % 3];
        let when = format!("{error} from {point}");
        let nth = point.nth.to_string();
        let run = inject(&scene.install(), "close", &format!("error={error}"), &nth).run();
        scene.failed(&run, STORE);
        run.says("/src/filler/");
        assert!(!scene.is_installed(), "{when} was ignored\n{run}");
        assert!(scene.staging().is_empty(), "{when}: staging is left\n{run}");
        scene.recovers(&when);
    }
    // The file is closed all the same, and the flush before publishing tells a lost write.
    scene.clear();
    inject(&scene.install(), "close", "error=EINTR", "100+50").run().code(0);
    scene.is_whole("EINTR from close");
}

#[test]
fn interrupted_calls_are_made_again() {
    if !can_trace("interrupted calls") {
        return;
    }
    let scene = Scene::small("interrupted");
    let server = Server::start(&scene.sandbox.dir().join("small-mirror"));
    let install = scene.install().env("GOWARD_MIRROR", server.url());
    // The first reads are those of the loader of programs, which knows no interruption.
    for (call, when) in [
        ("read", "20+2"),
        ("write", "1+2"),
        ("flock", "1+2"),
        ("recvfrom", "1+2"),
        ("sendto", "1+2"),
        ("fsync", "1+2"),
    ] {
        scene.clear();
        inject(&install, call, "error=EINTR", when).run().code(0);
        scene.is_whole(call);
        scene.is_clean(call);
    }
}

/// A file system without locks costs a second download at worst.
#[test]
fn no_locks() {
    if !can_trace("a file system without locks") {
        return;
    }
    let scene = Scene::small("nolck");
    let server = Server::start(&scene.sandbox.dir().join("small-mirror"));
    let install = scene.install().env("GOWARD_MIRROR", server.url());
    let install = inject(&install, "flock", "error=ENOLCK", "1+");
    let both = [install.spawn(), install.spawn()];
    let mut told = 0;
    for child in both {
        let Ok(output) = child.wait_with_output() else { panic!("a child can be waited for") };
        let outcome = install.outcome(output);
        outcome.code(0);
        // One that starts late finds it installed.
        told += usize::from(outcome.stderr.contains("this file system has no locks"));
    }
    assert!(told > 0, "no process noticed that there are no locks");
    scene.is_whole("without locks");
    let count = server.count(&archive(scene.version));
    assert!((1..=2).contains(&count), "{count} downloads");
}

/// The layout makes it impossible; were it to happen, nothing is copied.
#[test]
fn staging_on_another_file_system() {
    if !can_trace("staging on another file system") {
        return;
    }
    let scene = Scene::small("exdev");
    let run = inject(&scene.install(), "renameat2", "error=EXDEV", "1+").run();
    scene.failed(&run, STORE);
    run.says("cannot create ").says("toolchains/go1.30.1");
    assert!(!scene.is_installed() && scene.staging().is_empty(), "{run}");
    scene.recovers("EXDEV");
}

/// A loss of power could undo a write: the tree is on the disk before it has its name, and the name
/// is before the install says that it is done.
#[test]
fn the_tree_is_on_the_disk_before_it_is_published() {
    if !can_trace("the order of writes") {
        return;
    }
    let scene = Scene::small("order");
    let calls = format!("{CHANGES},mmap");
    let log = scene.sandbox.dir().join("log");
    let points = record(&scene.install(), &calls, Path::new(&log));
    let last = |is: &dyn Fn(&Point) -> bool| points.iter().rposition(is);
    let after = |start: usize, is: &dyn Fn(&Point) -> bool| {
        points[start..].iter().position(is).map(|at| at + start)
    };
    let sync = last(&|point| point.call == "syncfs");
    let publish = last(&|point| point.call == "renameat2" && point.args.contains("NOREPLACE"));
    let (Some(sync), Some(publish)) = (sync, publish) else { panic!("{points:#?}") };
    assert!(sync < publish);
    let changed = points[sync..publish].iter().find(|point| point.writes() || point.creates());
    assert!(changed.is_none(), "between the flush and publishing: {changed:?}");
    let writes = points[..sync].iter().filter(|point| point.writes()).count();
    assert!(writes > 300, "the files were not written before the flush: {writes}");
    let flushed = after(publish, &|point| point.call == "fsync");
    assert!(flushed.is_some(), "the name is not flushed: {:#?}", &points[publish..]);
    let syncs = points.iter().filter(|point| point.call == "syncfs").count();
    assert_eq!(syncs, 1, "one flush of the file system is enough");
}

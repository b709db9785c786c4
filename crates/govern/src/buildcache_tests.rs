//! Marks and trims of caches that a test makes. `tests/tests/e2e/buildcache.rs` has Go's own.
#![expect(clippy::unwrap_used, reason = "a test ends with the first surprise")]

use super::scene::{DAY, HOUR, Scene};
use super::*;
use goward_testkit::untested::is_root;
use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt as _, chown, symlink};
use std::path::PathBuf;

fn days(days: u64) -> Unused {
    Unused::For(Duration::from_secs(days * DAY.unsigned_abs()))
}

fn modified(path: &Path) -> Seconds {
    fs::symlink_metadata(path).unwrap().mtime()
}

#[test]
fn what_is_used_after_the_mark_stays() {
    let mut scene = Scene::new();
    // Saved 20 minutes ago, and used or not since.
    let used = [scene.action(1, 0x11, 20 * 60), scene.output(0x11, 20 * 60)];
    let unused = [scene.action(2, 0x12, 20 * 60), scene.output(0x12, 20 * 60)];
    let old = [scene.action(3, 0x13, 3 * DAY), scene.output(0x13, 3 * DAY)];
    let dry = scene.work(true, mark).unwrap();
    assert_eq!((dry.entries, dry.set_back), (6, 4));
    assert_eq!(modified(&used[0]), scene.now - 20 * 60);
    let marked = scene.mark().unwrap();
    assert_eq!((marked.entries, marked.set_back, marked.stays.count), (6, 4, 0));
    assert_eq!(modified(&used[0]), scene.now - 2 * HOUR);
    assert_eq!(modified(&old[0]), scene.now - 3 * DAY, "older ones keep their age");
    // A build half an hour later.
    scene.now += 30 * 60;
    used.iter().for_each(|path| scene.age(path, 0));
    let new = [scene.action(4, 0x14, 0), scene.output(0x14, 0)];
    let dry = scene.work(true, |work| trim(work, Unused::SinceMark)).unwrap();
    assert!(unused.iter().chain(&old).all(|path| path.exists()));
    let trimmed = scene.trim(Unused::SinceMark).unwrap();
    assert_eq!((dry.kept, dry.removed), (trimmed.kept, trimmed.removed));
    assert!(used.iter().chain(&new).all(|path| path.exists()));
    assert!(!unused.iter().chain(&old).any(|path| path.exists()));
    assert_eq!(trimmed.removed, Tally { actions: 2, outputs: 2, bytes: 2 * 175 + 2 * 5 });
    assert_eq!(trimmed.kept, Tally { actions: 2, outputs: 2, bytes: 2 * 175 + 2 * 5 });
    // Again, nothing more goes; and after the next mark everything does.
    assert_eq!(scene.trim(Unused::SinceMark).unwrap().removed.entries(), 0);
    scene.mark().unwrap();
    assert_eq!(scene.trim(Unused::SinceMark).unwrap().kept.entries(), 0);
}

#[test]
fn an_output_stays_while_an_action_names_it() {
    let scene = Scene::new();
    // Go finds the output of a new action in the cache, and gives it no new time.
    let (action, output) = (scene.action(1, 0x11, 60), scene.output(0x11, 8 * DAY));
    let foreign = scene.action(2, 0x12, 8 * DAY);
    let used_alone = scene.output(0x12, 60);
    // Go would not take these.
    let broken = scene.action(3, 0x13, 60);
    fs::write(&broken, "v1 nonsense").unwrap();
    scene.age(&broken, 60);
    let unnamed = scene.output(0x13, 8 * DAY);
    let dangling = scene.action(4, 0x44, 60);
    let trimmed = scene.trim(days(1)).unwrap();
    assert!([&action, &output, &used_alone, &broken, &dangling].iter().all(|path| path.exists()));
    assert!(!foreign.exists() && !unnamed.exists());
    assert_eq!(modified(&output), modified(&action), "or Go's own trim would remove it");
    assert_eq!((trimmed.removed.actions, trimmed.removed.outputs), (1, 1));
    assert_eq!((trimmed.kept.actions, trimmed.kept.outputs), (3, 2));
}

#[test]
fn a_program_goes_with_its_directory() {
    let scene = Scene::new();
    let used = scene.program(1, &["app"], HOUR);
    let unused = scene.program(2, &["app"], 8 * DAY);
    // A trim that died between the program and its directory.
    let empty = scene.program(3, &[], 8 * DAY);
    let strange = scene.program(4, &["app", "precious"], 8 * DAY);
    let trimmed = scene.trim(days(1)).unwrap();
    assert!(used.join("app").exists() && !unused.exists() && !empty.exists());
    assert!(strange.join("app").exists() && strange.join("precious").exists());
    assert_eq!(trimmed.removed, Tally { actions: 0, outputs: 2, bytes: 7 });
    let [stay] = &trimmed.stays.first[..] else { panic!("{trimmed:?}") };
    assert_eq!((&stay.path, stay.why.to_string()), (&strange, "is nothing that Go makes".into()));
}

#[test]
fn nothing_but_entries_is_touched() {
    let scene = Scene::new();
    let hex = "07".repeat(32);
    let strange: Vec<PathBuf> = [
        "07/notes.txt".to_owned(),
        format!("07/{hex}-d.bak"),
        format!("07/{hex}"),
        format!("08/{hex}-d"),
        format!("{hex}-d"),
        "fuzz/x/y".to_owned(),
        "testexpire.txt".to_owned(),
    ]
    .iter()
    .map(|name| scene.path(name))
    .collect();
    for path in &strange {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
        scene.age(path, 100 * DAY);
    }
    // Links of every kind lead to a file and a directory of the caller's.
    let outside = scene.dir.path().join("outside");
    fs::create_dir(&outside).unwrap();
    let precious = outside.join(format!("{}-d", "09".repeat(32)));
    fs::write(&precious, "precious").unwrap();
    scene.age(&precious, 100 * DAY);
    let links = [scene.entry(0xa, "-a"), scene.entry(0xb, "-d")];
    symlink(&precious, &links[0]).unwrap();
    symlink(&outside, &links[1]).unwrap();
    links.iter().for_each(|link| scene.age(link, 100 * DAY));
    fs::remove_dir(scene.path("09")).unwrap();
    symlink(&outside, scene.path("09")).unwrap();
    fs::create_dir(scene.entry(0xc, "-a")).unwrap();
    let trimmed = scene.trim(days(1)).unwrap();
    assert!(strange.iter().all(|path| path.exists()), "{strange:?}");
    assert!(precious.exists() && links.iter().all(|link| link.is_symlink()));
    assert_eq!(modified(&precious), scene.now - 100 * DAY);
    assert!(trimmed.has_fuzz);
    let mut whys: Vec<_> = trimmed.stays.first.iter().map(|stay| stay.why.to_string()).collect();
    whys.sort();
    assert_eq!(whys, ["is a link", "is a link", "is a link", "is nothing that Go makes"]);
    assert_eq!(trimmed.removed.entries(), 0);
    scene.mark().unwrap();
    assert_eq!(modified(&precious), scene.now - 100 * DAY);
}

#[test]
fn other_users_entries_stay() {
    if !is_root("entries of another user") {
        return;
    }
    let scene = Scene::new();
    let (action, output) = (scene.action(1, 0x11, 8 * DAY), scene.output(0x11, 8 * DAY));
    chown(&action, Some(1000), None).unwrap();
    let program = scene.program(2, &["app"], 8 * DAY);
    chown(program.join("app"), Some(1000), None).unwrap();
    let theirs = scene.output(3, 8 * DAY);
    chown(scene.path("03"), Some(1000), None).unwrap();
    let young = scene.output(4, 60);
    chown(&young, Some(1000), None).unwrap();
    let trimmed = scene.trim(days(1)).unwrap();
    assert!([&action, &program.join("app"), &theirs, &young].iter().all(|path| path.exists()));
    assert!(!output.exists(), "it is ours, and nothing that was used names it");
    let whys = trimmed.stays.first.iter().map(|stay| stay.why.to_string());
    let mut whys: Vec<_> = whys.collect();
    whys.sort();
    let user = "belongs to user 1000";
    assert_eq!(whys, [user; 3]);
    let marked = scene.mark().unwrap();
    assert_eq!((marked.set_back, marked.stays.count), (0, 2));
    assert_eq!(modified(&young), scene.now - 60);
    chown(scene.path(""), Some(1000), None).unwrap();
    assert!(matches!(scene.trim(days(1)), Err(Error::Owner(_, 1000))));
    assert!(matches!(scene.mark(), Err(Error::Owner(_, 1000))));
}

#[test]
fn a_directory_that_go_did_not_make_is_refused() {
    let scene = Scene::new();
    let old = scene.output(1, 100 * DAY);
    let both = || [scene.mark().map(drop), scene.trim(days(1)).map(drop)];
    // A file of this name alone proves nothing, nor do some directories.
    fs::write(scene.path("README"), "My notes\n").unwrap();
    (0xc0..=0xff).for_each(|number| fs::remove_dir(scene.path(&format!("{number:02x}"))).unwrap());
    for refused in both() {
        assert!(matches!(refused, Err(Error::Unproven(_))), "{refused:?}");
    }
    assert!(old.exists() && !scene.path("goward-mark.txt").exists());
    assert!(!scene.path("trim.txt").exists());
    let real = scene.dir.path().join("real");
    fs::rename(scene.path(""), &real).unwrap();
    symlink(&real, scene.dir.path().join("go-build")).unwrap();
    for refused in both() {
        assert!(matches!(refused, Err(Error::Link(_))), "{refused:?}");
    }
    fs::remove_file(scene.dir.path().join("go-build")).unwrap();
    fs::write(scene.dir.path().join("go-build"), "").unwrap();
    for refused in both() {
        assert!(matches!(refused, Err(Error::NotDirectory(_))), "{refused:?}");
    }
    fs::remove_file(scene.dir.path().join("go-build")).unwrap();
    // Enough directories do, for a copy without the file; so does the file, for one without empty ones.
    let scene = Scene::new();
    fs::remove_file(scene.path("README")).unwrap();
    scene.mark().unwrap();
    let scene = Scene::new();
    (0..=0xff).for_each(|number| fs::remove_dir(scene.path(&format!("{number:02x}"))).unwrap());
    scene.mark().unwrap();
}

#[test]
fn a_cache_may_begin_with_a_mark() {
    let scene = Scene::new();
    fs::remove_dir_all(scene.path("")).unwrap();
    assert!(scene.trim(Unused::SinceMark).unwrap().since.is_none());
    scene.work(true, mark).unwrap();
    assert!(!scene.path("").exists());
    scene.mark().unwrap();
    assert!(!scene.path("trim.txt").exists(), "Go makes its own files");
    assert!(scene.trim(Unused::SinceMark).unwrap().since.is_none());
    scene.mark().unwrap();
    fs::create_dir(scene.path("01")).unwrap();
    fs::write(
        scene.path("README"),
        "This directory holds cached build artifacts from the Go build system.\n",
    )
    .unwrap();
    let (new, old) = (scene.output(1, 0), scene.entry(1, "-a"));
    scene.action(1, 0x11, DAY);
    scene.trim(Unused::SinceMark).unwrap();
    assert!(new.exists() && !old.exists());
}

#[test]
fn a_mark_counts_only_once_it_is_complete() {
    let mut scene = Scene::new();
    let old = scene.output(1, 8 * DAY);
    let file = scene.path("goward-mark.txt");
    let unmarked = |scene: &Scene| {
        let refused = scene.trim(Unused::SinceMark);
        assert!(matches!(refused, Err(Error::Unmarked(_))), "{refused:?}");
    };
    unmarked(&scene);
    scene.mark().unwrap();
    // A mark was killed.
    File::options().write(true).open(&file).unwrap().set_len(0).unwrap();
    unmarked(&scene);
    scene.now += DAY;
    scene.mark().unwrap();
    scene.now -= DAY;
    assert!(matches!(scene.trim(Unused::SinceMark), Err(Error::Clock(_))));
    fs::write(&file, "{\"format\": 2}").unwrap();
    for refused in [scene.mark().map(drop), scene.trim(Unused::SinceMark).map(drop)] {
        assert!(matches!(refused, Err(Error::Newer(_))), "{refused:?}");
    }
    let elsewhere = scene.dir.path().join("mine");
    fs::write(&elsewhere, "mine").unwrap();
    for name in [symlink as fn(PathBuf, PathBuf) -> std::io::Result<()>, fs::hard_link] {
        fs::remove_file(&file).unwrap();
        name(elsewhere.clone(), file.clone()).unwrap();
        assert!(matches!(scene.mark(), Err(Error::Record(_))));
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "mine");
    }
    assert!(old.exists());
}

#[test]
fn go_learns_of_a_trim_that_is_as_strict_as_its_own() {
    let scene = Scene::new();
    let file = scene.path("trim.txt");
    let trimmed = |unused, before: &str| {
        fs::write(&file, before).unwrap();
        scene.trim(unused).unwrap();
        fs::read_to_string(&file).unwrap()
    };
    let now = scene.now.to_string();
    scene.mark().unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), now);
    for before in ["", "1", "1600000000", "nonsense that is longer\n"] {
        assert_eq!(trimmed(days(2), before), now);
        assert_eq!(trimmed(days(5), before), now);
        assert_eq!(trimmed(Unused::SinceMark, before), now);
        assert_eq!(trimmed(days(6), before), before, "Go still has to remove the rest");
    }
    let elsewhere = scene.dir.path().join("mine");
    fs::write(&elsewhere, "mine").unwrap();
    for (name, why) in [
        (symlink as fn(PathBuf, PathBuf) -> std::io::Result<()>, "is a link"),
        (fs::hard_link, "has a second name elsewhere"),
    ] {
        fs::remove_file(&file).unwrap();
        name(elsewhere.clone(), file.clone()).unwrap();
        let stays = scene.trim(days(2)).unwrap().stays;
        assert_eq!(stays.first[0].why.to_string(), why);
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "mine");
    }
}

#[test]
fn times_of_the_future_and_of_long_ago_mean_something() {
    let scene = Scene::new();
    let (future, past) = (scene.output(1, -1000 * DAY), scene.output(2, scene.now + DAY));
    let far = scene.output(3, -(1 << 33));
    let trimmed = scene.trim(days(1)).unwrap();
    assert_eq!((trimmed.kept.outputs, trimmed.removed.outputs), (2, 1));
    assert!(!past.exists());
    // Go gives them no new time when it uses them, so they would stay for ever.
    assert_eq!([modified(&future), modified(&far)], [scene.now; 2]);
    scene.age(&future, -1000 * DAY);
    scene.mark().unwrap();
    assert_eq!(modified(&future), scene.now - 2 * HOUR);
}

#[test]
fn a_use_may_be_an_hour_younger_than_its_time() {
    let scene = Scene::new();
    let (used, unused) = (scene.output(1, DAY + HOUR - 60), scene.output(2, DAY + HOUR + 60));
    scene.trim(days(1)).unwrap();
    assert!(used.exists() && !unused.exists());
}

#[test]
fn trims_and_marks_at_once_wait_for_each_other_and_for_go() {
    let scene = Scene::new();
    for number in 0..=255 {
        scene.action(number, number, 8 * DAY);
        scene.output(number, 8 * DAY);
    }
    scene.mark().unwrap();
    let file = File::options().write(true).open(scene.path("trim.txt")).unwrap();
    file.lock().unwrap();
    std::thread::scope(|scope| {
        let all: Vec<_> =
            (0..4).map(|_| scope.spawn(|| scene.trim(Unused::SinceMark).unwrap())).collect();
        std::thread::sleep(Duration::from_millis(200));
        assert!(!all.iter().any(|trim| trim.is_finished()), "Go holds its lock");
        drop(file);
        let removed: u64 = all.into_iter().map(|trim| trim.join().unwrap().removed.entries()).sum();
        assert_eq!(removed, 512);
    });
}

/// A stranger may have linked any file of the caller's into a cache that is open to him.
#[test]
fn an_entry_with_a_second_name_stays_as_it_is() {
    let scene = Scene::new();
    let outside = scene.dir.path().join("mine");
    fs::write(&outside, "mine").unwrap();
    scene.age(&outside, 60);
    fs::hard_link(&outside, scene.entry(1, "-d")).unwrap();
    let inner = scene.program(2, &[], 60).join("app");
    fs::hard_link(&outside, &inner).unwrap();
    let marked = scene.mark().unwrap();
    assert_eq!((modified(&outside), marked.set_back), (scene.now - 60, 1), "the directory alone");
    assert_eq!(marked.stays.first[0].why.to_string(), "has a second name elsewhere");
    for path in [&outside, &scene.entry(2, "-d")] {
        scene.age(path, 8 * DAY);
    }
    let trimmed = scene.trim(days(1)).unwrap();
    assert_eq!((trimmed.removed.entries(), trimmed.stays.count), (0, 2));
    assert!(scene.entry(1, "-d").exists() && inner.exists());
    // Nor is one of the future dated.
    scene.age(&outside, -1000 * DAY);
    scene.trim(days(1)).unwrap();
    assert_eq!(modified(&outside), scene.now + 1000 * DAY);
}

#[test]
fn a_wait_ends_and_a_look_does_not_wait() {
    let scene = Scene::new();
    scene.output(1, 8 * DAY);
    scene.mark().unwrap();
    let path = scene.path(record::NAME);
    let file = File::options().write(true).open(&path).unwrap();
    file.lock().unwrap();
    let patience = Patience { most: Duration::from_millis(50), told: &|_| {} };
    let cache = scene.path("");
    let work = |dry_run| Work { cache: &cache, now: scene.now, dry_run, patience };
    for unused in [Unused::SinceMark, days(1)] {
        assert_eq!(trim(&work(true), unused).unwrap().removed.outputs, 1);
        let busy = trim(&work(false), unused).unwrap_err();
        assert!(matches!(&busy, Error::Busy(at, _) if *at == path), "{busy}");
    }
    assert!(matches!(mark(&work(false)), Err(Error::Busy(..))));
    assert_eq!(mark(&work(true)).unwrap().entries, 1);
}

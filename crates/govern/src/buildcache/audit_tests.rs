//! Damage in caches that a test makes. `tests/caches/run` plants it in Go's own.

use super::super::scene::{HOUR, Scene};
use super::*;
use goward_testkit::untested::is_root;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Puts an output of these bytes there, as a file or as a program, and an action that names it.
fn entry(scene: &Scene, bytes: &[u8], program: Option<&str>) -> [PathBuf; 2] {
    let (output, action) = (Digest::of(bytes), Digest::of([bytes, b"key"].concat()));
    let (output, action) = (output.to_string(), action.to_string());
    let at = |id: &str, end: &str| scene.path(&format!("{}/{id}-{end}", &id[..2]));
    let text = format!("v1 {action} {output} {:20} {:20}\n", bytes.len(), 1_700_000_000);
    fs::write(at(&action, "a"), text).unwrap();
    let mut path = at(&output, "d");
    if let Some(name) = program {
        fs::create_dir(&path).unwrap();
        path.push(name);
    }
    fs::write(&path, bytes).unwrap();
    [at(&action, "a"), at(&output, "d")].iter().for_each(|path| scene.age(path, HOUR));
    [at(&action, "a"), path]
}

fn change(scene: &Scene, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
    scene.age(path, HOUR);
    if !path.to_str().unwrap().ends_with("-a") && !path.to_str().unwrap().ends_with("-d") {
        scene.age(path.parent().unwrap(), HOUR);
    }
}

fn kinds(verified: &Verified) -> Vec<&'static str> {
    verified.bad.iter().map(|bad| bad.fault.kind()).collect()
}

#[test]
fn a_sound_cache_has_no_damage() {
    let scene = Scene::new();
    entry(&scene, b"one", None);
    entry(&scene, b"", None);
    entry(&scene, b"program", Some("app"));
    let gone = entry(&scene, b"gone", None);
    fs::remove_file(&gone[1]).unwrap();
    fs::write(scene.path("00/notes"), "x").unwrap();
    fs::create_dir_all(scene.path("fuzz/m")).unwrap();
    let verified = scene.work(true, verify).unwrap();
    assert!(verified.is_there && verified.bad.is_empty(), "{verified:?}");
    assert_eq!((verified.actions, verified.outputs, verified.dangling), (4, 3, 1));
    assert_eq!((verified.bytes, verified.stays.count), (10, 0));
    let nowhere = scene.path("absent");
    let patience = super::super::Patience { most: PAUSE, told: &|_| {} };
    let work = Work { cache: &nowhere, now: scene.now, dry_run: true, patience };
    assert!(!verify(&work).unwrap().is_there);
}

#[test]
fn every_kind_of_damage_is_found_and_only_that_is_removed() {
    let scene = Scene::new();
    let sound = entry(&scene, b"sound", None);
    let flipped = entry(&scene, b"flipped", None);
    let longer = entry(&scene, b"longer", None);
    let program = entry(&scene, b"program", Some("app"));
    let two = entry(&scene, b"two programs", Some("app"));
    let [version, key, size, time] =
        [b"version", b"the key", b"as size", b"in time"].map(|bytes| entry(&scene, bytes, None));
    change(&scene, &flipped[1], |bytes| bytes[0] ^= 1);
    change(&scene, &longer[1], |bytes| bytes.push(b'x'));
    change(&scene, &program[1], |bytes| bytes[6] ^= 0x80);
    fs::write(two[1].with_file_name("other"), "").unwrap();
    scene.age(two[1].parent().unwrap(), HOUR);
    change(&scene, &version[0], |bytes| bytes[1] = b'2');
    change(&scene, &key[0], |bytes| bytes[3] ^= 1);
    change(&scene, &size[0], |bytes| bytes[3 + 65 + 65 + 19] = b'9');
    change(&scene, &time[0], |bytes| bytes[3 + 65 + 65 + 21 + 19] = b'x');
    let looked = scene.work(true, verify).unwrap();
    let mut found = kinds(&looked);
    found.sort_unstable();
    let wanted =
        ["corrupt", "corrupt", "corrupt", "malformed", "malformed", "malformed", "program", "size"];
    assert_eq!(found, wanted, "{looked:?}");
    assert!(looked.bad.iter().all(|bad| !bad.removed && bad.path.exists()));
    let fixed = scene.work(false, verify).unwrap();
    assert_eq!(kinds(&fixed), kinds(&looked));
    for bad in &fixed.bad {
        // What Go does not make stays, with a word.
        let stays = bad.fault.kind() == "program";
        assert_eq!((bad.removed, bad.path.exists()), (!stays, stays), "{bad:?}");
        assert_eq!(bad.stays.is_some(), stays, "{bad:?}");
    }
    assert!(sound.iter().chain([&flipped[0], &size[1], &key[1]]).all(|path| path.exists()));
    let last = scene.work(true, verify).unwrap();
    assert_eq!((kinds(&last), last.dangling), (vec!["program"], 3), "{last:?}");
}

/// A flip at any place of an entry but its time and its output is found; so is any in an output.
#[test]
fn each_flip_of_a_bit_is_found() {
    let scene = Scene::new();
    let [action, output] = entry(&scene, b"some bytes of an output", None);
    let fields = (0..3 + 64 + 1).chain(3 + 65 + 64..3 + 65 + 65 + 21);
    let flips = fields.map(|at| (&action, at)).chain((0..23).map(|at| (&output, at)));
    for (path, at) in flips {
        // All eight in turn; the suite tries more.
        let bit = 1 << (at % 8);
        change(&scene, path, |bytes| bytes[at] ^= bit);
        let verified = scene.work(true, verify).unwrap();
        assert_eq!(verified.bad.len(), 1, "{path:?} {at} {bit}: {verified:?}");
        change(&scene, path, |bytes| bytes[at] ^= bit);
    }
    assert!(scene.work(true, verify).unwrap().bad.is_empty());
}

/// Nothing is read through a link, and no FIFO is waited for.
#[test]
fn strange_entries_are_passed_over() {
    let scene = Scene::new();
    let [action, output] = entry(&scene, b"one", None);
    let outside = scene.dir.path().join("outside");
    fs::write(&outside, "precious").unwrap();
    fs::remove_file(&output).unwrap();
    symlink(&outside, &output).unwrap();
    fs::remove_file(&action).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, &action, rustix::fs::Mode::RWXU).unwrap();
    let huge = entry(&scene, b"two", None);
    fs::hard_link(&huge[1], scene.dir.path().join("second")).unwrap();
    change(&scene, &huge[1], |bytes| bytes[0] ^= 1);
    let verified = scene.work(false, verify).unwrap();
    assert_eq!(kinds(&verified), ["corrupt"]);
    assert!(!verified.bad[0].removed && huge[1].exists());
    let why = verified.bad[0].stays.as_ref().map(ToString::to_string);
    assert_eq!(why.as_deref(), Some("has a second name elsewhere"));
    let words: Vec<_> = verified.stays.first.iter().map(|stay| stay.why.to_string()).collect();
    for word in ["is a link", "is nothing that Go makes"] {
        assert!(words.iter().any(|said| said == word), "{word}: {words:?}");
    }
    assert_eq!((fs::read_to_string(outside).unwrap().as_str(), words.len()), ("precious", 2));
    if is_root("an output of another user") {
        std::os::unix::fs::chown(&huge[0], Some(12345), None).unwrap();
        assert!(scene.work(true, verify).unwrap().stays.count >= 2);
    }
}

/// Go writes entries in place, and a build may run beside a look: what seems damaged and is young is looked at again.
#[test]
fn what_is_being_written_is_no_damage() {
    let scene = Scene::new();
    let written = entry(&scene, b"all of it", None);
    let half = |path: &Path| {
        let bytes = fs::read(path).unwrap();
        fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        bytes
    };
    let wholes: Vec<_> = written.iter().map(|path| half(path)).collect();
    let verified = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(PAUSE / 3);
            written.iter().zip(&wholes).for_each(|(path, whole)| fs::write(path, whole).unwrap());
        });
        scene.work(false, verify).unwrap()
    });
    assert!(verified.bad.is_empty(), "{verified:?}");
    assert!(written.iter().zip(&wholes).all(|(path, whole)| fs::read(path).unwrap() == *whole));
    // One that stays as it is was not being written.
    half(&written[1]);
    assert_eq!(kinds(&scene.work(true, verify).unwrap()), ["corrupt"]);
}

/// A few bytes on a disk may be a file of any size; Go writes none of that kind.
#[test]
fn files_without_bytes_take_no_time() {
    let scene = Scene::new();
    let long = entry(&scene, b"of another size", None);
    let large = entry(&scene, b"as its action says", None);
    let orphan = entry(&scene, b"that none names", None);
    fs::remove_file(&orphan[0]).unwrap();
    const SIZE: u64 = 20 << 30;
    for path in [&long[1], &large[1], &orphan[1]] {
        fs::File::options().write(true).open(path).unwrap().set_len(SIZE).unwrap();
        scene.age(path, HOUR);
    }
    change(&scene, &large[0], |text| {
        let size = format!("{SIZE:20}");
        text[3 + 65 + 65..][..20].copy_from_slice(size.as_bytes());
    });
    let began = std::time::Instant::now();
    let verified = scene.work(false, verify).unwrap();
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(kinds(&verified), ["length"; 3], "{verified:?}");
    assert!([&long[1], &large[1], &orphan[1]].iter().all(|path| !path.exists()));
    assert!([&long[0], &large[0]].iter().all(|path| path.exists()));
    // A large one that is there is read.
    let bytes = vec![7; 65 << 20];
    let whole = entry(&scene, &bytes, None);
    assert!(scene.work(true, verify).unwrap().bad.is_empty());
    change(&scene, &whole[1], |bytes| bytes[1 << 20] ^= 1);
    assert_eq!(kinds(&scene.work(true, verify).unwrap()), ["corrupt"]);
}

//! Other users: umasks, `sudo`, and a user who wants to choose another user's program.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, lchown, symlink};
use std::path::{Path, PathBuf};

use goward_tests::call::Call;

use crate::scene::{OURS, Scene, list, manifest};
use goward_testkit::untested::is_root;

/// Exit code of a store that cannot be read or written.
const STORE: i32 = 6;
const VICTIM: u32 = 65533;
const HOSTILE: u32 = 65534;

/// The call with that umask.
fn masked(call: &Call, umask: &str) -> Call {
    let script = format!("umask {umask}; exec \"$0\" \"$@\"");
    call.clone().under(Path::new("/bin/sh"), ["-c", &script])
}

/// The call as another user, without any group or privilege.
fn by(user: u32, call: &Call) -> Call {
    let user = user.to_string();
    let args = ["--reuid", &user, "--regid", &user, "--clear-groups"];
    call.clone().under(Path::new("/usr/bin/setpriv"), args)
}

/// Calls `see` with everything at and below `path` that is no link.
fn walk(path: &Path, see: &mut dyn FnMut(&Path, u32, u32)) {
    let facts = fs::symlink_metadata(path).expect(OURS);
    if facts.is_symlink() {
        return;
    }
    see(path, facts.mode(), facts.uid());
    if facts.is_dir() {
        list(path).iter().for_each(|inner| walk(inner, see));
    }
}

/// A directory of `user`.
fn directory(path: PathBuf, user: u32, mode: u32) -> PathBuf {
    fs::create_dir_all(&path).expect(OURS);
    chown(&path, Some(user), Some(user)).expect(OURS);
    fs::set_permissions(&path, Permissions::from_mode(mode)).expect(OURS);
    path
}

/// With any umask, no other user can write to anything, and all users can read root's installs.
#[test]
fn any_umask() {
    let scene = Scene::small("umask");
    let root = rustix::process::geteuid().is_root();
    for umask in ["000", "002", "022", "027", "077"] {
        for (kind, user) in [("own", None), ("user", Some(VICTIM))] {
            if user.is_some() && !is_root("umasks of another user") {
                continue;
            }
            let place = scene.sandbox.dir().join(format!("{kind}-{umask}"));
            let me = rustix::process::geteuid().as_raw();
            let place = directory(place, user.unwrap_or(me), 0o755);
            let store = place.join("root");
            let install = masked(&scene.install(), umask).env("GOWARD_ROOT", &store);
            let install = match user {
                Some(user) => by(user, &install.env("HOME", &place)),
                None => install,
            };
            install.run().code(0);
            let mut count = 0;
            walk(&store, &mut |path, mode, uid| {
                count += 1;
                let shown = format!("{kind}, umask {umask}: {} {mode:o}", path.display());
                assert_eq!(mode & 0o022, 0, "others can write: {shown}");
                assert_eq!(uid, user.unwrap_or(me));
                let tree = path.starts_with(store.join("toolchains"));
                if user.is_none() && root && tree {
                    let read = if mode & 0o100 == 0 { 0o444 } else { 0o555 };
                    assert_eq!(mode & read, read, "others cannot read: {shown}");
                }
            });
            assert!(count > 300, "{count} entries");
            if user.is_none() && root {
                let go = store.join("toolchains/go1.30.1/bin/go");
                let go = scene.install().program(go);
                by(HOSTILE, &go).run().code(0);
            }
        }
    }
}

/// `sudo goward` with the user's HOME kept leaves nothing of root's there.
#[test]
fn root_with_the_home_of_a_user() {
    if !is_root("root with the home of a user") {
        return;
    }
    let scene = Scene::small("sudo");
    let home = directory(scene.sandbox.dir().join("user"), VICTIM, 0o755);
    let kept = scene.install().env("HOME", &home);
    let given = kept.clone().env("GOWARD_ROOT", home.join("elsewhere")).env("HOME", "/root");
    let given = given.env("SUDO_UID", VICTIM.to_string());
    for (call, why) in
        [(kept.clone().env("GOWARD_ROOT", home.join(".goward")), "root"), (given, "sudo")]
    {
        let run = call.run();
        scene.failed(&run, STORE);
        run.says(why);
        walk(&home, &mut |path, _, uid| {
            assert_eq!(uid, VICTIM, "{} is not the user's", path.display());
        });
        assert!(list(&home).is_empty(), "{:?}", list(&home));
    }
    // The system's store all may use.
    let system = scene.sandbox.dir().join("system");
    kept.env("HOME", "/root").env("GOWARD_ROOT", &system).run().code(0);
    let project = scene.sandbox.project("p");
    scene.sandbox.write(project.join(".go-version"), scene.version);
    let go = scene.sandbox.go(&project, &["version"]);
    let go = go.env("HOME", &home).env("GOWARD_ROOT", home.join(".goward"));
    let ran = by(VICTIM, &go.env("GOWARD_SYSTEM_ROOT", &system)).run();
    ran.code(0);
    assert!(ran.stdout.starts_with("go version go1.30.1 "), "{ran}");
}

/// The traps of a hostile user in a place that all may write to.
#[test]
fn a_place_that_a_hostile_user_prepared() {
    if !is_root("a hostile user") {
        return;
    }
    let scene = Scene::small("hostile");
    let shared = directory(scene.sandbox.dir().join("shared"), 0, 0o1777);
    let mine = directory(shared.join("mine"), VICTIM, 0o755);
    fs::write(mine.join("letter"), "dear").expect(OURS);
    let theirs = directory(shared.join("theirs"), HOSTILE, 0o777);
    let link = |to: &Path, from: PathBuf| {
        symlink(to, &from).expect(OURS);
        lchown(&from, Some(HOSTILE), Some(HOSTILE)).expect(OURS);
        from
    };
    // The victim's store, which once was open to all, with an entry of the other user's in it.
    let open = |name: &str, inner: &str, to: Option<&Path>| {
        let store = directory(shared.join(name), VICTIM, 0o755);
        for above in ["state", "cache"] {
            directory(store.join(above), VICTIM, 0o755);
        }
        match to {
            Some(to) => drop(link(to, store.join(inner))),
            None => drop(directory(store.join(inner), HOSTILE, 0o755)),
        }
        store
    };
    let locks = directory(shared.join("l"), VICTIM, 0o755);
    directory(locks.join("state"), VICTIM, 0o755);
    directory(locks.join("state/locks"), VICTIM, 0o700);
    let lock = locks.join("state/locks/go1.30.1.lock");
    link(&mine.join("letter"), lock);
    let stores = [
        directory(shared.join("a"), HOSTILE, 0o755),
        directory(shared.join("b"), HOSTILE, 0o777),
        directory(shared.join("c"), VICTIM, 0o777),
        link(&mine, shared.join("d")),
        link(&theirs, shared.join("e")),
        open("f", "toolchains", None),
        open("g", "toolchains", Some(&mine)),
        open("h", "state/staging", None),
        open("i", "state/staging", Some(&mine)),
        open("j", "state/locks", Some(&mine)),
        open("k", "shims", Some(&theirs)),
    ];
    let before = manifest(&mine);
    for store in stores {
        let install = scene.install().env("HOME", &mine).env("GOWARD_ROOT", &store);
        let run = by(VICTIM, &install).run();
        scene.failed(&run, STORE);
        run.says(&store.display().to_string()).says("hint: ");
        assert_eq!(manifest(&mine), before, "{}", store.display());
        assert!(list(&theirs).is_empty(), "{}: {:?}", store.display(), list(&theirs));
        assert!(!store.join("toolchains/go1.30.1").exists(), "{run}");
    }
    // A lock that leads elsewhere locks that, and changes nothing there.
    let install = scene.install().env("HOME", &mine).env("GOWARD_ROOT", &locks);
    let run = by(VICTIM, &install).run();
    assert!(matches!(run.status.code(), Some(0 | STORE)), "{run}");
    assert_eq!(fs::read_to_string(mine.join("letter")).expect(OURS), "dear");
}

/// In a directory that all may write to, a hostile user's link, file or second name of a file sends
/// no write elsewhere. The kernel's own protection of such links may be off.
#[test]
fn a_project_that_a_hostile_user_prepared() {
    if !is_root("a hostile user's project") {
        return;
    }
    let scene = Scene::small("hostile-project");
    let home = directory(scene.sandbox.dir().join("user"), VICTIM, 0o755);
    for (mode, what) in [(0o1777, "sticky"), (0o777, "open")] {
        let shared = directory(scene.sandbox.dir().join(what), 0, mode);
        let below = directory(shared.join("work"), VICTIM, 0o755);
        let place = |name: &str, put: &dyn Fn(&Path)| {
            let path = shared.join(name);
            put(&path);
            lchown(&path, Some(HOSTILE), Some(HOSTILE)).expect(OURS);
            path
        };
        let own = |path: &Path, text: &str| {
            fs::write(path, text).expect(OURS);
            chown(path, Some(VICTIM), Some(VICTIM)).expect(OURS);
        };
        for (name, args, text) in [
            (".go-version", &["use", scene.version][..], "1.29.1\n"),
            (".goenv", &["use", scene.version, "--goenv"], "GOOS=linux\n"),
            ("go.mod", &["use", scene.version, "--go-mod"], "module m\n\ngo 1.21\n"),
        ] {
            let letter = home.join("letter");
            let beside = shared.join("letter");
            own(&letter, text);
            own(&beside, text);
            let use_ = scene.goward(args).dir(&below).env("HOME", &home);
            let use_ = use_.env("GOWARD_ROOT", home.join(".goward"));
            let dir = shared.display().to_string();
            let prepared: [&dyn Fn(&Path); 4] = [
                &|path| symlink(&letter, path).expect(OURS),
                &|path| symlink("letter", path).expect(OURS),
                &|path| fs::write(path, text).expect(OURS),
                &|path| symlink(path.with_file_name("other"), path).expect(OURS),
            ];
            for put in prepared {
                let path = place(name, put);
                let before = fs::symlink_metadata(&path).expect(OURS).ino();
                for call in [use_.clone(), use_.clone().args(["--project", &dir])] {
                    let run = by(VICTIM, &call).run();
                    for letter in [&letter, &beside] {
                        assert_eq!(fs::read_to_string(letter).expect(OURS), text, "{run}");
                        let facts = fs::metadata(letter).expect(OURS);
                        assert_eq!((facts.uid(), facts.nlink()), (VICTIM, 1), "{run}");
                    }
                    let now = fs::symlink_metadata(&path).expect(OURS);
                    assert_eq!((now.ino(), now.uid()), (before, HOSTILE), "{what}: {name}: {run}");
                    assert!(!shared.join("other").exists(), "{run}");
                }
                fs::remove_file(&path).expect(OURS);
                for left in [below.join(name), shared.join(".goenv"), shared.join(".go-version")] {
                    let _ = fs::remove_file(left);
                }
            }
            // A second name of the victim's own file is replaced, and the file is not.
            fs::hard_link(&letter, shared.join(name)).expect(OURS);
            by(VICTIM, &use_.clone().args(["--project", &dir])).run();
            assert_eq!(fs::read_to_string(&letter).expect(OURS), text, "{what}: {name}");
            fs::remove_file(shared.join(name)).expect(OURS);
        }
    }
}

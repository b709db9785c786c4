//! `goward mod` on trees of strangers: it writes nothing there, runs nothing of theirs, and offline asks no
//! server.

use super::scene::{NEWEST, Scene, go_mod, row, state};
use crate::server::{Answer, Server};
use goward_testkit::start::tool;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Bytes and times, of go.sum and go.work.sum, too, which Go would write.
#[test]
fn the_tree_stays_as_it_is() {
    let scene = Scene::with("mod-stays", &["1.21.13"]);
    let app = scene.app();
    let work = scene.sandbox.project("w");
    scene
        .sandbox
        .write(work.join("x/go.mod"), &go_mod("x", "1.21", "require example.com/a v1.0.0\n"));
    scene.sandbox.write(work.join("go.work"), "go 1.21\n\nuse ./x\n");
    for (dir, mend) in
        [(&app, None), (&app, Some("go.sum")), (&work, None), (&work, Some("go.work.sum"))]
    {
        if let Some(sum) = mend {
            scene.sandbox.write(dir.join(sum), "");
        }
        let before = state(dir);
        for args in [&[][..], &["--all"], &["--why", "example.com/c"], &["--offline"]] {
            scene.call(dir, args).run().code(0);
            assert_eq!(state(dir), before, "{args:?}");
        }
    }
    // Nothing is left in the directory for temporary files.
    let left = fs::read_dir(scene.sandbox.dir().join("tmp")).expect("ours").count();
    assert_eq!(left, 0);
}

/// GOMODCACHE stays, full or empty, and no server is asked, though the environment names one, and says of all
/// modules that they are private.
#[test]
fn offline_asks_no_server_and_adds_nothing() {
    let scene = Scene::with("mod-offline", &[NEWEST]);
    let dir = scene.app();
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    let server = Server::start(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Answer::status("404 Not Found")
    });
    let offline = |args: &[&str]| {
        let call = scene.call(&dir, &[args, &["--offline"]].concat());
        let call = call.env("GOPROXY", &server.url).env("GOPRIVATE", "example.com/*");
        call.env("GOSUMDB", "").env("GOVCS", "*:all")
    };
    // One that is not there is not made.
    offline(&[]).run().code(0);
    assert!(!scene.cache().exists());
    fs::create_dir_all(scene.cache()).expect("ours");
    let before = state(&scene.cache());
    let ran = offline(&[]).run();
    ran.code(0);
    assert!(ran.stdout.contains("not known offline"), "{ran}");
    assert_eq!(state(&scene.cache()), before);
    scene.call(&dir, &[]).run().code(0);
    let before = state(&scene.cache());
    let told = offline(&["--json"]).run();
    let told: serde_json::Value = serde_json::from_str(&told.code(0).stdout).expect("a document");
    assert_eq!(row(&told, "c")["selected"], "v1.1.0");
    assert!(row(&told, "d")["retracted"].is_null() && told["error"].is_null(), "{told:#}");
    assert_eq!(state(&scene.cache()), before);
    assert_eq!(requests.load(Ordering::SeqCst), 0);
    // That environment does lead there.
    let empty = scene.sandbox.project("empty");
    scene.call(&dir, &[]).env("GOPROXY", &server.url).env("GOMODCACHE", empty).run();
    assert!(requests.load(Ordering::SeqCst) > 0);
}

/// One network that is not there is one failure, whatever the number of modules.
#[test]
fn what_all_requests_fail_of_is_told_once() {
    let scene = Scene::with("harmless-unreachable", &[NEWEST]);
    let dir = scene.app();
    let empty = scene.sandbox.project("empty");
    let call = |args: &[&str]| {
        let call = scene.call(&dir, args).env("GOPROXY", "http://127.0.0.1:1");
        call.env("GOMODCACHE", empty.clone()).run()
    };
    let ran = call(&[]);
    ran.code(1);
    let said = [ran.stdout.as_str(), &ran.stderr].concat();
    assert_eq!(said.matches("127.0.0.1:1").count(), 1, "{said}");
    assert!(said.contains("3 of 5 modules are not known: dial tcp 127.0.0.1:1: "), "{said}");
    assert!(
        said.contains("hint: what the module cache tells without a network: goward mod --offline")
    );
    // For programs each module has Go's own words.
    let told: serde_json::Value =
        serde_json::from_str(&call(&["--json"]).stdout).expect("a document");
    assert!(row(&told, "c")["error"].as_str().is_some_and(|why| why.contains("/c@")), "{told:#}");
}

#[test]
fn words_of_strangers_act_on_no_terminal() {
    let evil = "\u{1b}]52;c;x\u{7} ##vso[task.x]y \u{202e}";
    let retracts = format!("// {evil}\nretract v1.0.0\n");
    let scene = Scene::with("mod-evil", &[NEWEST]);
    let scene = scene.offer("evil", "v1.0.0", &go_mod("evil", "1.21", ""));
    let scene = scene.offer(
        "evil",
        "v1.1.0",
        &format!("// Deprecated: {evil}\n{}", go_mod("evil", "1.21", &retracts)),
    );
    let dir = scene.project("m", &go_mod("m", "1.21", "require example.com/evil v1.0.0\n"));
    for args in [&[][..], &["--all"], &["--why", "example.com/evil"], &["--json"], &["-v"]] {
        let ran = scene.call(&dir, args).run();
        ran.code(0);
        for text in [&ran.stdout, &ran.stderr] {
            assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{args:?}: {text:?}");
            assert!(!text.contains("##vso["), "{args:?}: {text:?}");
        }
    }
    let told = scene.json(&dir, &[]);
    let why = row(&told, "evil")["retracted"][0].as_str().expect("a reason").to_owned();
    assert!(why.contains("##vso["), "programs get Go's own words: {why}");
    assert!(row(&told, "evil")["deprecated"].is_string(), "{told:#}");
}

/// A `.goenv` that no one trusts is refused as the shim refuses it, and no program of the tree runs.
#[test]
fn settings_of_strangers_run_nothing() {
    let scene = Scene::with("mod-goenv", &[NEWEST]);
    let dir = scene.app();
    let ran = scene.sandbox.dir().join("ran");
    scene.sandbox.script(dir.join("evil"), &format!("touch {}\nexec \"$@\"", ran.display()));
    for line in ["GOFLAGS=-toolexec=./evil", "GOROOT=./evil", "GOVCS=*:all"] {
        scene.sandbox.write(dir.join(".goenv"), &format!("{line}\n"));
        let refused = scene.call(&dir, &[]).run();
        let shim = scene.online(scene.sandbox.go(&dir, &["list", "-m"]), &dir).run();
        assert_ne!(shim.status.code(), Some(0), "{line}");
        assert!(!refused.status.success() && refused.stdout.is_empty(), "{line}: {refused}");
    }
    // A harmless one counts.
    scene.sandbox.write(dir.join(".goenv"), "GOFLAGS=-mod=vendor\n");
    scene.call(&dir, &[]).run().code(0);
    fs::remove_file(dir.join(".goenv")).expect("ours");
    // The tree's own programs are not on the way, and neither is PATH's.
    let path = format!("{}:/usr/bin:/bin", dir.display());
    scene.sandbox.script(dir.join("go"), &format!("touch {}", ran.display()));
    scene.call(&dir, &[]).env("PATH", path).run().code(0);
    assert!(!ran.exists());
}

/// Go acts on a go.work whoever has put it there, so it counts here, too, and goward says whose it is. Through a
/// link in the place of its go.work.sum, Go would write where the link leads: it does not start on one that leads
/// out.
#[cfg(unix)]
#[test]
fn a_workspace_of_a_stranger_writes_nothing() {
    use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
    if !goward_testkit::untested::is_root("a go.work of another user") {
        return;
    }
    let scene = Scene::with("mod-open", &[NEWEST]);
    let open = scene.sandbox.project("open");
    let (dir, requires) = (open.join("m"), "require example.com/a v1.0.0\n");
    scene.sandbox.write(dir.join("go.mod"), &go_mod("m", "1.21", requires));
    let work = scene.sandbox.write(open.join("go.work"), "go 1.21\n\nuse ./m\n");
    let mine = scene.sandbox.write("mine", "");
    symlink(&mine, open.join("go.work.sum")).expect("ours");
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).expect("ours");
    chown(work, Some(65_534), None).expect("root may");
    let before = (state(&open), state(&mine));
    let refused = scene.call(&dir, &["--all"]).run();
    refused.code(1).says("go.work.sum: it is no regular file of this repository");
    assert_eq!((state(&open), state(&mine)), before);
    fs::remove_file(open.join("go.work.sum")).expect("ours");
    symlink("shared.sum", open.join("go.work.sum")).expect("ours");
    scene.sandbox.write(open.join("shared.sum"), "");
    let before = (state(&open), state(&mine));
    let ran = scene.call(&dir, &["--all"]).run();
    ran.code(0).says("go.work belongs to another user");
    assert!(ran.stdout.contains("example.com/c"), "{ran}");
    assert_eq!((state(&open), state(&mine)), before);
}

/// Ctrl-C and its like end Go with all that it has started, and leave no copy.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_ends_all_and_leaves_nothing() {
    let scene = Scene::with("mod-signal", &[]);
    let dir = scene.project("m", &go_mod("m", "1.21", ""));
    // A Go that hangs in a child of its own.
    let pid = scene.sandbox.dir().join("pid");
    let script = format!("/bin/sleep 321 &\necho $! >{}\nwait", pid.display());
    scene.sandbox.install_script(NEWEST, &script);
    for signal in ["INT", "TERM", "HUP"] {
        // A shell without job control has its background programs ignore INT, and `nohup` HUP.
        let heard = ["--default-signal=INT,TERM,HUP"];
        let mut child = scene.call(&dir, &[]).under(Path::new("/usr/bin/env"), heard).spawn();
        let until = |done: &dyn Fn() -> bool| {
            (0..500).any(|_| {
                std::thread::sleep(Duration::from_millis(20));
                done()
            })
        };
        let number = || fs::read_to_string(&pid).unwrap_or_default();
        assert!(until(&|| number().ends_with('\n')), "Go runs");
        let kill = tool("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(kill.expect("kill").success());
        let ended = child.wait().expect("our child");
        let by = std::os::unix::process::ExitStatusExt::signal(&ended);
        assert!(by.is_some(), "{signal}: {ended}");
        let sleeper = number();
        let status = format!("/proc/{}/status", sleeper.trim());
        let gone = || {
            fs::read_to_string(&status).is_ok_and(|it| it.contains("State:\tZ"))
                || !fs::exists(&status).unwrap_or(true)
        };
        assert!(until(&gone), "{signal}: what Go has started goes on");
        let left = fs::read_dir(scene.sandbox.dir().join("tmp")).expect("ours").count();
        assert_eq!(left, 0, "{signal}: a copy is left");
        fs::remove_file(&pid).expect("ours");
    }
}

//! An install killed at any point leaves no toolchain or a whole one, and the next install works.
#![cfg(unix)]

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::time::Duration;

use goward_tests::binaries::{PREBUILT, binaries};
use goward_tests::call::Call;
use goward_tests::mirror::{archive, mirror, note, tree};
use goward_tests::sandbox::{Sandbox, files_below};
use goward_tests::server::{Fault, Server};

const SIGKILL: i32 = 9;

fn install(sandbox: &Sandbox, server: &Server) -> Call {
    let call = sandbox.goward(&["install", "1.22.10"]);
    call.env("GOWARD_MIRROR", server.url()).env("GOWARD_MIRROR_DIGESTS", "own")
}

/// Asserts that the store holds no 1.22.10 or a whole one, and then installs it unaided.
fn none_or_whole_then_install(sandbox: &Sandbox, server: &Server, when: &str) {
    let toolchain = sandbox.toolchain("1.22.10");
    if toolchain.exists() {
        assert_eq!(
            files_below(&toolchain),
            files_below(&tree("1.22.10")),
            "half a toolchain after {when}"
        );
    }
    install(sandbox, server).run().code(0);
    assert_eq!(files_below(&toolchain), files_below(&tree("1.22.10")), "after {when}");
    let project = sandbox.project("p");
    sandbox.write(project.join(".go-version"), "1.22.10\n");
    assert_eq!(sandbox.version(&project), "1.22.10", "after {when}");
    let named = sandbox.shims().join("go1.22.10");
    assert_eq!(
        fs::canonicalize(named).expect("go1.22.10 is a command"),
        toolchain.join("bin/go"),
        "after {when}"
    );
    let staging = sandbox.root().join("state/staging");
    let left = fs::read_dir(staging).map_or(0, Iterator::count);
    assert_eq!(left, 0, "staging keeps what died in {when}");
}

#[test]
fn killed_at_each_kill_point() {
    if !binaries().checkpoints {
        return note(&format!("{PREBUILT} is set: programs for users have no kill points"));
    }
    let server = Server::start(mirror());
    for point in ["download", "unpack", "before-publish", "after-publish", "before-link"] {
        let sandbox = Sandbox::empty("killpoint");
        let killed = install(&sandbox, &server).env("GOWARD_TEST_KILL_AT", point).run();
        assert_eq!(killed.status.signal(), Some(SIGKILL), "{point} was not reached\n{killed}");
        let published = point == "after-publish" || point == "before-link";
        assert_eq!(sandbox.toolchain("1.22.10").exists(), published, "{point}");
        none_or_whole_then_install(&sandbox, &server, point);
    }
}

#[test]
fn killed_while_the_archive_arrives() {
    for bytes in [0, 1 << 16, 20 << 20, 70 << 20] {
        let server = Server::start(mirror());
        let sandbox = Sandbox::empty("stall");
        server.fail(&archive("1.22.10"), Fault::Stall(bytes), 1);
        let mut child = install(&sandbox, &server).spawn();
        server.wait_for_stall();
        // Lets what has arrived reach the disk, more or less: any amount must do.
        std::thread::sleep(Duration::from_millis(100));
        child.kill().unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(SIGKILL));
        assert!(!sandbox.toolchain("1.22.10").exists());
        none_or_whole_then_install(&sandbox, &server, &format!("{bytes} bytes"));
    }
}

#[test]
fn killed_while_the_shim_waits() {
    if !binaries().checkpoints {
        return note(&format!("{PREBUILT} is set: programs for users have no kill points"));
    }
    let server = Server::start(mirror());
    let sandbox = Sandbox::empty("shimwaits");
    let project = sandbox.project("p");
    sandbox.write(project.join(".go-version"), "1.22.10\n");
    let call = sandbox.go(&project, &["version"]);
    let call = call.env("GOWARD_MIRROR", server.url()).env("GOWARD_MIRROR_DIGESTS", "own");
    let killed = call.clone().env("GOWARD_TEST_KILL_AT", "before-publish").run();
    assert!(!killed.status.success(), "{killed}");
    killed.nothing_on_stdout();
    assert!(!sandbox.toolchain("1.22.10").exists());
    assert!(call.ok().starts_with("go version go1.22.10 "));
}

/// Kills at every rename, whichever it is: publishing is one of them.
#[cfg(target_os = "linux")]
#[test]
fn killed_at_every_rename() {
    let strace = Path::new("/usr/bin/strace");
    if !strace.exists() {
        return note("no strace here: the sweep over every rename is left out");
    }
    let server = Server::start(mirror());
    for nth in 1..50 {
        let sandbox = Sandbox::empty("rename");
        let inject = format!("inject=rename,renameat,renameat2:signal=KILL:when={nth}");
        let options =
            ["-f", "-qq", "-o", "/dev/null", "-e", "trace=rename,renameat,renameat2", "-e"];
        let options = options.iter().copied().chain([inject.as_str()]);
        let killed = install(&sandbox, &server).under(strace, options).run();
        none_or_whole_then_install(&sandbox, &server, &format!("rename {nth}"));
        if killed.status.success() {
            assert!(nth > 1, "an install without a rename cannot be atomic");
            return;
        }
    }
    panic!("an install needs fewer than 50 renames");
}

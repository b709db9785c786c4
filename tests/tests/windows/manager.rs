//! The manager on Windows: archives are `.zip`, and a running program cannot be replaced, only
//! moved.

use super::{STAND_IN, with_child};
use goward_testkit::files::Server;
use goward_testkit::release::archive;
use goward_tests::binaries::{binaries, executable};
use goward_tests::call::Call;
use goward_tests::mirror::mirror;
use goward_tests::sandbox::{Sandbox, version_of};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

fn from(call: Call, server: &Server) -> Call {
    call.env("GOWARD_MIRROR", server.url()).env("GOWARD_MIRROR_DIGESTS", "own")
}

/// A directory as a release archive unpacks it. The shim differs from the one in place.
fn unpacked_release(sandbox: &Sandbox, mark: &str) -> PathBuf {
    let dir = sandbox.dir().join("release");
    fs::create_dir_all(&dir).unwrap();
    fs::copy(&binaries().manager, dir.join("goward.exe")).unwrap();
    let mut shim = fs::read(&binaries().shim).unwrap();
    shim.extend_from_slice(mark.as_bytes());
    fs::write(dir.join("go.exe"), shim).unwrap();
    dir.join("goward.exe")
}

/// Everything from an empty machine to a working Go, and back.
#[test]
fn a_release_is_set_up_installed_listed_and_removed() {
    let sandbox = Sandbox::empty("machine");
    let server = Server::start(mirror());
    let project = sandbox.project("p");
    // The sandbox comes with a store. This test begins without one.
    let root = sandbox.dir().join("store");
    let at = |call: Call| from(call.env("GOWARD_ROOT", &root).dir(&project), &server);
    let goward = |args: &[&str]| at(sandbox.goward(args));
    let go = |args: &[&str]| at(sandbox.go(&project, args).program(root.join("shims/go.exe")));
    let toolchain = root.join("toolchains").join("go1.22.10");
    let release = unpacked_release(&sandbox, "mark");
    goward(&["setup"]).program(release).run().code(0);
    for program in ["shims/go.exe", "shims/gofmt.exe", "bin/goward.exe"] {
        assert!(root.join(program).is_file(), "{program}");
    }
    let installed = goward(&["install", "1.22.10"]).run();
    installed.code(0).nothing_on_stdout();
    assert_eq!(server.count(&archive("1.22.10")), 1);
    assert!(goward(&["list"]).ok().contains("1.22.10"));
    assert_eq!(version_of(&go(&["version"])), "1.22.10");
    let which = PathBuf::from(goward(&["which"]).ok());
    assert_eq!(which, toolchain.join("bin").join("go.exe"));
    assert_eq!(Path::new(&go(&["env", "GOROOT"]).ok()), toolchain);
    // A miss installs, and the shim under the toolchain's name is there at once.
    sandbox.write(project.join(".go-version"), "1.23.2\n");
    let missed = go(&["version"]).run();
    assert!(missed.code(0).stdout.starts_with("go version go1.23.2 windows/"), "{missed}");
    let named = root.join("shims").join(executable("go1.22.10"));
    assert_eq!(version_of(&go(&["version"]).program(&named)), "1.22.10");
    // The first install made it the default.
    goward(&["default", "1.23.2"]).run().code(0);
    goward(&["uninstall", "1.22.10"]).run().code(0).nothing_on_stdout();
    assert!(!toolchain.exists() && !named.exists());
    assert_eq!(version_of(&go(&["version"])), "1.23.2");
}

/// Starts `program` in a project and waits until its Go runs.
fn running(sandbox: &Sandbox, program: &Path) -> std::process::Child {
    let call = sandbox.go(&sandbox.project("p"), &["wait"]).program(program);
    let mut child = call.spawn();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    child
}

/// Puts shims of another release in the place of `programs`. What was there is moved away first, since
/// it may be another name of a file that other tests are running.
fn place_old_shims(sandbox: &Sandbox, programs: &[PathBuf], mark: &str) {
    let mut old = fs::read(&binaries().shim).unwrap();
    old.extend_from_slice(mark.as_bytes());
    for (nth, program) in programs.iter().enumerate() {
        fs::rename(program, sandbox.dir().join(format!("{mark} {nth}"))).unwrap();
        fs::write(program, &old).unwrap();
    }
}

#[test]
fn setup_replaces_shims_that_run() {
    let sandbox = with_child("replace");
    let named = sandbox.shims().join(format!("go{STAND_IN}.exe"));
    fs::copy(sandbox.shim(), &named).unwrap();
    let programs = [sandbox.shim(), sandbox.shims().join("gofmt.exe"), named];
    let release = unpacked_release(&sandbox, "");
    let shim = fs::read(release.with_file_name("go.exe")).unwrap();
    let setup = || drop(sandbox.goward(&["setup"]).program(&release).run().code(0));
    let mut children = Vec::new();
    // More than once: the moved programs still run then.
    for round in ["first mark", "second mark"] {
        place_old_shims(&sandbox, &programs, round);
        children.extend(programs.iter().map(|program| running(&sandbox, program)));
        setup();
        for program in &programs {
            assert!(fs::read(program).unwrap() == shim, "{} is the old one", program.display());
        }
    }
    let shims = fs::read_dir(sandbox.shims()).unwrap().count();
    assert_eq!(shims, 3, "nothing but shims lies on PATH");
    for mut child in children {
        assert!(child.try_wait().unwrap().is_none(), "a shim in use was ended");
        drop(child.stdin.take());
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    place_old_shims(&sandbox, &programs, "third mark");
    setup();
    // The programs that setup could not delete while they ran are gone by now.
    let displaced = fs::read_dir(sandbox.root().join("state/displaced"));
    for entry in displaced.into_iter().flatten().flatten() {
        let bytes = fs::read(entry.path()).unwrap();
        assert!(!bytes.ends_with(b"mark"), "{} stays", entry.path().display());
    }
}

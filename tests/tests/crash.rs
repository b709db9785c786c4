//! An install killed at any point leaves no toolchain or a whole one, and the next install works.
#![cfg(unix)]

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::time::Duration;

use goward_testkit::files::{Fault, Server};
use goward_testkit::release::archive;
use goward_tests::binaries::{PREBUILT, binaries};
use goward_tests::call::Call;
use goward_tests::mirror::{mirror, note, tree};
use goward_tests::release::SmallRelease;
use goward_tests::sandbox::{Sandbox, files_below};

const SIGKILL: i32 = 9;

/// A machine, a server that offers one release, and what its tree has to be.
struct Scene {
    sandbox: Sandbox,
    server: Server,
    version: &'static str,
    tree: PathBuf,
}

impl Scene {
    /// With a release that is installed in no time.
    fn small() -> Scene {
        let sandbox = Sandbox::empty("crash");
        let release = SmallRelease::make(&sandbox);
        let server = Server::start(release.dir());
        let tree = release.tree().to_path_buf();
        Scene { sandbox, server, version: SmallRelease::VERSION, tree }
    }

    /// With a real one.
    fn real() -> Scene {
        let (sandbox, server) = (Sandbox::empty("crash"), Server::start(mirror()));
        Scene { sandbox, server, version: "1.22.10", tree: tree("1.22.10") }
    }

    fn install(&self) -> Call {
        self.with_mirror(self.sandbox.goward(&["install", self.version]))
    }

    fn with_mirror(&self, call: Call) -> Call {
        call.env("GOWARD_MIRROR", self.server.url()).env("GOWARD_MIRROR_DIGESTS", "own")
    }

    fn is_installed(&self) -> bool {
        self.sandbox.toolchain(self.version).exists()
    }

    /// Asserts that the store holds no toolchain or a whole one, and then installs it unaided.
    fn none_or_whole_then_install(&self, when: &str) {
        let toolchain = self.sandbox.toolchain(self.version);
        let was_installed = self.is_installed();
        if was_installed {
            assert_eq!(files_below(&toolchain), files_below(&self.tree), "half of it: {when}");
        }
        self.install().run().code(0);
        assert_eq!(files_below(&toolchain), files_below(&self.tree), "{when}");
        let project = self.sandbox.project("p");
        self.sandbox.write(project.join(".go-version"), self.version);
        assert_eq!(self.sandbox.version(&project), self.version, "{when}");
        let named = self.sandbox.shims().join(format!("go{}", self.version));
        let named = fs::canonicalize(named).expect("the version-named command is there");
        assert_eq!(named, toolchain.join("bin/go"), "{when}");
        if was_installed {
            // There was nothing to install, so nothing was cleared away either.
            self.sandbox.goward(&["uninstall", "--force", self.version]).run().code(0);
            self.install().run().code(0);
        }
        let staging = self.sandbox.root().join("state/staging");
        let left = fs::read_dir(staging).map_or(0, Iterator::count);
        assert_eq!(left, 0, "staging keeps what died: {when}");
    }
}

#[test]
fn killed_at_each_kill_point() {
    if !binaries().checkpoints {
        return note(&format!("{PREBUILT} is set: programs for users have no kill points"));
    }
    for point in ["download", "unpack", "before-publish", "after-publish", "before-link"] {
        let scene = Scene::small();
        let killed = scene.install().env("GOWARD_TEST_KILL_AT", point).run();
        assert_eq!(killed.status.signal(), Some(SIGKILL), "{point} was not reached\n{killed}");
        let published = point == "after-publish" || point == "before-link";
        assert_eq!(scene.is_installed(), published, "{point}");
        scene.none_or_whole_then_install(point);
    }
}

#[test]
fn killed_while_the_archive_arrives() {
    for bytes in [0, 1 << 10, 40 << 10] {
        killed_after(&Scene::small(), bytes);
    }
}

/// The same with a release of real size, of which much is unpacked by then.
#[test]
fn killed_while_a_real_archive_arrives() {
    killed_after(&Scene::real(), 40 << 20);
}

fn killed_after(scene: &Scene, bytes: usize) {
    scene.server.fail(&archive(scene.version), Fault::Stall(bytes), 1);
    let mut child = scene.install().spawn();
    scene.server.wait_for_stall();
    // Lets what has arrived reach the disk, more or less: any amount must do.
    std::thread::sleep(Duration::from_millis(100));
    child.kill().expect("the child is ours");
    assert_eq!(child.wait().expect("the child is ours").signal(), Some(SIGKILL));
    assert!(!scene.is_installed());
    scene.none_or_whole_then_install(&format!("{bytes} bytes"));
}

#[test]
fn killed_while_the_shim_waits() {
    if !binaries().checkpoints {
        return note(&format!("{PREBUILT} is set: programs for users have no kill points"));
    }
    let scene = Scene::small();
    let project = scene.sandbox.project("p");
    scene.sandbox.write(project.join(".go-version"), scene.version);
    let call = scene.with_mirror(scene.sandbox.go(&project, &["version"]));
    let killed = call.clone().env("GOWARD_TEST_KILL_AT", "before-publish").run();
    killed.code(127).nothing_on_stdout();
    assert!(!scene.is_installed());
    assert!(call.ok().starts_with("go version go1.30.1 "));
}

/// Wherever it is killed, the same call ends the work, as long as there is a manager to call.
#[test]
fn killed_while_it_removes_itself() {
    if !binaries().checkpoints {
        return note(&format!("{PREBUILT} is set: programs for users have no kill points"));
    }
    for step in 1..100 {
        let scene = Scene::small();
        scene.install().run().code(0);
        let start_up = scene.sandbox.write(scene.sandbox.home().join(".zshrc"), "alias x=y\n");
        scene.sandbox.goward(&["setup", "--shell", "zsh"]).run().code(0);
        let remove = scene.sandbox.goward(&["self", "uninstall", "--yes"]);
        let point = match step {
            1 => "uninstall".to_owned(),
            step => format!("dismantle-{}", step - 1),
        };
        let first = remove.clone().env("GOWARD_TEST_KILL_AT", &point).run();
        let died = first.status.signal() == Some(SIGKILL);
        if died {
            assert!(scene.sandbox.manager().exists(), "{point}: the manager goes last");
            remove.run().code(0);
        }
        assert!(!scene.sandbox.root().exists(), "{point}");
        let left = fs::read_to_string(start_up).expect("it is the user's file");
        assert_eq!(left, "alias x=y\n", "{point}");
        if !died {
            assert!(step > 5, "{point} was not reached\n{first}");
            return;
        }
    }
    panic!("there are fewer than 100 steps");
}

/// Kills at every rename, whichever it is: publishing is one of them.
#[cfg(target_os = "linux")]
#[test]
fn killed_at_every_rename() {
    let Some(strace) = goward_testkit::untested::strace("kills at every rename") else { return };
    for nth in 1..50 {
        let scene = Scene::small();
        let inject = format!("inject=rename,renameat,renameat2:signal=KILL:when={nth}");
        let options =
            ["-f", "-qq", "-o", "/dev/null", "-e", "trace=rename,renameat,renameat2", "-e"];
        let options = options.iter().copied().chain([inject.as_str()]);
        let killed = scene.install().under(&strace, options).run();
        scene.none_or_whole_then_install(&format!("rename {nth}"));
        if killed.status.success() {
            assert!(nth > 1, "an install without a rename cannot be atomic");
            return;
        }
    }
    panic!("an install needs fewer than 50 renames");
}

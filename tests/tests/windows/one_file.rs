//! A release for Windows: the manager with its shim in it, and nothing beside it.

use goward_resolver::{SHIM_MAGIC, SHIM_VERSION, shim_version};
use goward_testkit::files::Server;
use goward_testkit::untested::{Lack, not_tested};
use goward_tests::call::{Call, Outcome};
use goward_tests::mirror::mirror;
use goward_tests::sandbox::{Sandbox, files_below, version_of};
use std::fs;
use std::path::{Path, PathBuf};

/// Names a `goward.exe` that was built with the shim in it.
const ONE_FILE: &str = "GOWARD_TEST_ONE_FILE";

/// A user who has a downloaded program and no store. The user's settings name no root.
struct User {
    sandbox: Sandbox,
    download: PathBuf,
    home: PathBuf,
    project: PathBuf,
    server: Server,
}

impl User {
    /// Without the program there is no user, and the log says so.
    fn new(name: &str) -> Option<User> {
        let Some(program) = std::env::var_os(ONE_FILE) else {
            let why = format!("{ONE_FILE} names no goward.exe with the shim in it");
            not_tested(name, Lack::Rare, &why);
            return None;
        };
        let sandbox = Sandbox::empty(name);
        let home = sandbox.dir().join("a user");
        let download = sandbox.dir().join("download").join("goward.exe");
        fs::create_dir_all(download.parent().unwrap()).unwrap();
        fs::create_dir_all(home.join("go")).unwrap();
        fs::create_dir_all(home.join("AppData").join("Local").join("go-build")).unwrap();
        fs::copy(program, &download).unwrap();
        let project = sandbox.project("p");
        Some(User { sandbox, download, home, project, server: Server::start(mirror()) })
    }

    fn root(&self) -> PathBuf {
        self.home.join(".goward")
    }

    fn shim(&self) -> PathBuf {
        self.root().join("shims").join("go.exe")
    }

    fn placed(&self) -> PathBuf {
        self.root().join("bin").join("goward.exe")
    }

    fn call(&self, program: &Path, args: &[&str]) -> Call {
        let call = self.sandbox.go(&self.project, args).program(program);
        let call = call.env("HOME", &self.home).env("USERPROFILE", &self.home);
        let call = call.env("AppData", self.home.join("AppData").join("Roaming"));
        let call = call.env("LocalAppData", self.home.join("AppData").join("Local"));
        call.env("GOWARD_MIRROR", self.server.url()).env("GOWARD_MIRROR_DIGESTS", "own")
    }

    fn run(&self, program: &Path, args: &[&str]) -> Outcome {
        self.call(program, args).run()
    }
}

/// The lines with which a manager says that the shim is of another release.
fn mismatches(outcome: &Outcome) -> usize {
    outcome.stderr.lines().filter(|line| line.contains("go.exe is of goward 9")).count()
}

/// The shim as a release with another number would have it.
fn of_another_release(shim: &[u8]) -> Vec<u8> {
    let stamp = [SHIM_MAGIC, SHIM_VERSION].concat();
    let at = shim.windows(stamp.len()).position(|window| window == stamp).unwrap() + stamp.len();
    let mut other = shim.to_vec();
    assert_ne!(other[at], b'9');
    other[at] = b'9';
    other
}

#[test]
fn one_file_sets_a_machine_up() {
    let Some(user) = User::new("one-file") else { return };
    let setup = user.run(&user.download, &["setup"]);
    setup.code(0).says("copied the shim in this program to ");
    let shims = user.root().join("shims");
    let (manager, shim) = (fs::read(&user.download).unwrap(), fs::read(user.shim()).unwrap());
    assert_eq!(shim_version(&shim), Some(env!("CARGO_PKG_VERSION")));
    assert!(manager.windows(shim.len()).any(|part| part == shim), "it comes from elsewhere");
    assert!(fs::read(shims.join("gofmt.exe")).unwrap() == shim);
    assert!(fs::read(user.placed()).unwrap() == manager);
    // The command that is printed names the directories as a user would.
    let list = format!("'{};{};'", shims.display(), user.root().join("bin").display());
    assert!(setup.stdout.contains(&list), "{setup}");
    setup.says("run this in PowerShell");
    for program in [&user.download, &user.placed()] {
        let again = user.run(program, &["setup"]);
        assert!(
            again.code(0).stdout == setup.stdout && !again.stderr.contains("copied"),
            "{again}"
        );
        assert!(!format!("{setup}{again}").contains(r"\\?\"), "{again}");
    }
    fs::remove_file(user.shim()).unwrap();
    user.run(&user.placed(), &["setup"]).code(0).says("copied the shim in this program to ");
    assert!(user.shim().is_file());
}

#[test]
fn the_placed_go_installs_and_runs_go() {
    let Some(user) = User::new("placed-go") else { return };
    user.run(&user.download, &["setup"]).code(0);
    user.sandbox.write(user.project.join(".go-version"), "1.22.10\n");
    let offline = user.call(&user.shim(), &["version"]).env("GOWARD_OFFLINE", "1").run();
    offline.code(127).nothing_on_stdout().says("1.22.10").says(".go-version:1");
    let first = user.run(&user.shim(), &["version"]);
    assert!(first.code(0).stdout.starts_with("go version go1.22.10 windows/"), "{first}");
    assert_eq!(version_of(&user.call(&user.shim(), &["version"])), "1.22.10");
    let toolchain = user.root().join("toolchains").join("go1.22.10");
    assert_eq!(Path::new(&user.call(&user.shim(), &["env", "GOROOT"]).ok()), toolchain);
    // The manager finds the root by the place that it runs from, and names it as the shim does.
    for program in [&user.placed(), &user.download] {
        let which = user.call(program, &["which"]).ok();
        assert_eq!(Path::new(&which), toolchain.join("bin").join("go.exe"));
    }
}

#[test]
fn a_shim_of_another_release_is_named_once() {
    let Some(user) = User::new("another") else { return };
    user.run(&user.download, &["setup"]).code(0);
    let ours = fs::read(user.shim()).unwrap();
    user.run(&user.placed(), &["install", "1.22.10"]).code(0);
    assert_eq!(mismatches(&user.run(&user.placed(), &["current"])), 0);
    fs::write(user.shim(), of_another_release(&ours)).unwrap();
    for args in [&["current"][..], &["explain"]] {
        let outcome = user.run(&user.placed(), args);
        assert_eq!(mismatches(outcome.code(0)), 1, "{outcome}");
    }
    // A shim that installs hears it from its manager, and one that finds its toolchain does not
    // ask.
    user.sandbox.write(user.project.join(".go-version"), "1.23.2\n");
    let missed = user.run(&user.shim(), &["version"]);
    assert_eq!(mismatches(missed.code(0).says("run: goward setup")), 1, "{missed}");
    user.run(&user.shim(), &["version"]).code(0).silent();
    let mended = user.run(&user.download, &["setup"]);
    assert_eq!(mismatches(mended.code(0)), 0, "{mended}");
    assert!(fs::read(user.shim()).unwrap() == ours);
    assert_eq!(mismatches(&user.run(&user.placed(), &["current"])), 0);
}

#[test]
fn uninstalling_leaves_what_was_there_before() {
    let Some(user) = User::new("uninstall") else { return };
    let before = files_below(&user.home);
    user.run(&user.download, &["setup"]).code(0);
    user.run(&user.placed(), &["install", "1.22.10"]).code(0);
    let set_up = files_below(&user.home);
    let remove = |args: &[&str]| user.run(&user.download, &[&["self", "uninstall"], args].concat());
    remove(&[]).code(2).says("goward self uninstall --yes");
    let dry = remove(&["--dry-run"]);
    dry.code(0).silent();
    assert_eq!(files_below(&user.home), set_up);
    let done = remove(&["--yes"]);
    assert_eq!(done.code(0).stdout, dry.stdout.replace("would remove", "removed"), "{done}");
    for part in ["shims\\go.exe", "shims\\gofmt.exe", "toolchains\\go1.22.10", "bin\\goward.exe"] {
        let line = format!("removed {}\n", user.root().join(part).display());
        assert!(done.stdout.contains(&line), "{line}{done}");
    }
    for (path, why) in [
        (&user.download, "is this program"),
        (&user.home.join("go"), "is Go's: "),
        (&user.home.join("AppData").join("Local").join("go-build"), "is Go's cache"),
    ] {
        let line = format!("stays: {} {why}", path.display());
        assert!(done.stdout.contains(&line), "{line}\n{done}");
    }
    assert!(!user.root().exists());
    assert_eq!(files_below(&user.home), before);
    remove(&["--yes"]).code(0).says("there is nothing of goward's to remove");
}

/// Windows deletes no program that runs: the manager of the store leaves itself, and says so.
#[test]
fn the_stores_own_manager_removes_all_but_itself() {
    let Some(user) = User::new("itself") else { return };
    user.run(&user.download, &["setup"]).code(0);
    user.run(&user.placed(), &["install", "1.22.10"]).code(0);
    let before = fs::read_dir(user.root().join("bin")).unwrap().count();
    let dry = user.run(&user.placed(), &["self", "uninstall", "--dry-run"]);
    let done = user.run(&user.placed(), &["self", "uninstall", "--yes"]);
    assert_eq!(done.code(0).stdout, dry.stdout.replace("would remove", "removed"), "{done}");
    let line = format!("stays: {} is this program, which Windows keeps", user.placed().display());
    assert!(done.stdout.contains(&line), "{line}\n{done}");
    let left = files_below(&user.root());
    let left: Vec<&Path> = left.iter().map(|(path, _)| path.as_path()).collect();
    assert_eq!((before, left), (1, vec![Path::new("bin\\goward.exe")]));
    fs::remove_file(user.placed()).unwrap();
    user.run(&user.download, &["self", "uninstall", "--yes"]).code(0);
    assert!(!user.root().exists());
}

//! The effect of a miss in the shim, and the toolchains that goward must not install.

use std::fs;
#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;

use goward_testkit::files::{Fault, Server};
use goward_testkit::release::archive;
use goward_testkit::start::tool;
use goward_tests::binaries::executable;
use goward_tests::call::Call;
use goward_tests::mirror::mirror;
#[cfg(unix)]
use goward_tests::release::SmallRelease;
#[cfg(unix)]
use goward_tests::sandbox::files_below;
use goward_tests::sandbox::{Sandbox, version_of};

/// The call, with the server as the only mirror and the authority for its archives.
fn from(call: Call, server: &Server) -> Call {
    call.env("GOWARD_MIRROR", server.url()).env("GOWARD_MIRROR_DIGESTS", "own")
}

/// A sandbox without toolchains, a server of the releases, and a project pinned to 1.22.10.
fn pinned(name: &str) -> (Sandbox, Server, PathBuf) {
    let sandbox = Sandbox::empty(name);
    let project = sandbox.project("p");
    sandbox.write(project.join(".go-version"), "1.22.10\n");
    (sandbox, Server::start(mirror()), project)
}

/// The same with a release that is installed in no time, and its version.
#[cfg(unix)]
fn small(name: &str) -> (Sandbox, Server, PathBuf, &'static str) {
    let sandbox = Sandbox::empty(name);
    let server = Server::start(SmallRelease::make(&sandbox).dir());
    let project = sandbox.project("p");
    sandbox.write(project.join(".go-version"), SmallRelease::VERSION);
    (sandbox, server, project, SmallRelease::VERSION)
}

#[test]
fn the_first_use_installs() {
    let (sandbox, server, project) = pinned("first");
    let first = from(sandbox.go(&project, &["version"]), &server).run();
    first.code(0);
    assert!(first.stdout.starts_with("go version go1.22.10 "), "{first}");
    assert_eq!(server.count(&archive("1.22.10")), 1);
    let asked = server.total();
    let second = from(sandbox.go(&project, &["env", "GOROOT"]), &server);
    assert_eq!(PathBuf::from(second.ok()), sandbox.toolchain("1.22.10"));
    second.run().silent();
    assert_eq!(server.total(), asked, "a hit asks no server");
    let named = sandbox.shims().join(executable("go1.22.10"));
    assert_eq!(version_of(&sandbox.go(&project, &["version"]).program(named)), "1.22.10");
}

/// Some parents ignore SIGCHLD and hand that on; then the shim cannot learn how the manager ended.
#[cfg(unix)]
#[test]
fn a_miss_below_a_parent_that_ignores_its_children_installs() {
    let (sandbox, server, project, version) = small("sigchld");
    let which = tool("python3")
        .args(["-c", "import sys; print(sys.executable)"])
        .output()
        .expect("Python 3 is there");
    let python = String::from_utf8(which.stdout).expect("its path is text");
    let ignore = "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); \
                  os.execv(sys.argv[1], sys.argv[1:])";
    let call = from(sandbox.go(&project, &["version"]), &server);
    let first = call.under(Path::new(python.trim()), ["-c", ignore]).run();
    first.code(0);
    assert!(first.stdout.contains(&format!("go{version} ")), "{first}");
}

/// The tree is the archive's, with its modes, and no other user can write to it.
#[cfg(unix)]
#[test]
fn the_installed_tree_is_the_archives() {
    use std::os::unix::fs::PermissionsExt;
    let (sandbox, server, _) = pinned("tree");
    from(sandbox.goward(&["install", "1.22.10"]), &server).run().code(0).nothing_on_stdout();
    let (ours, theirs) = (sandbox.toolchain("1.22.10"), goward_tests::mirror::tree("1.22.10"));
    assert_eq!(files_below(&ours), files_below(&theirs));
    for path in ["bin/go", "bin/gofmt", "src/all.bash", "VERSION", "src", "go.env"] {
        let mode =
            |tree: &Path| fs::metadata(tree.join(path)).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode(&ours), mode(&theirs) & !0o022, "{path}");
    }
}

#[test]
fn fifty_misses_of_one_version_make_one_download() {
    let (sandbox, server, project) = pinned("fifty");
    let call = from(sandbox.go(&project, &["version"]), &server);
    let children: Vec<_> = (0..50).map(|_| call.spawn()).collect();
    for child in children {
        let outcome = call.outcome(child.wait_with_output().unwrap());
        outcome.code(0);
        assert!(outcome.stdout.starts_with("go version go1.22.10 "), "{outcome}");
    }
    assert_eq!(server.count(&archive("1.22.10")), 1);
}

#[test]
fn misses_of_two_versions_make_two_downloads() {
    let (sandbox, server, project) = pinned("two");
    let call = |version: &str| {
        let selector = format!("+{version}");
        from(sandbox.go(&project, &[&selector, "version"]), &server)
    };
    let calls = [call("1.21.13"), call("1.22.10")];
    let children: Vec<_> = (0..10).map(|i| calls[i % 2].spawn()).collect();
    for (i, child) in children.into_iter().enumerate() {
        calls[i % 2].outcome(child.wait_with_output().unwrap()).code(0);
    }
    assert_eq!(server.count(&archive("1.21.13")), 1);
    assert_eq!(server.count(&archive("1.22.10")), 1);
}

/// If goward may install nothing: 127, nothing on stdout, and all facts that the user needs.
#[test]
fn a_miss_that_must_not_install_explains_itself() {
    let (sandbox, server, project) = pinned("policy");
    let pin = format!("{}:1", project.join(".go-version").display());
    for (key, value) in
        [("GOWARD_AUTO_INSTALL", "never"), ("GOWARD_OFFLINE", "1"), ("GOTOOLCHAIN", "path")]
    {
        let missed = from(sandbox.go(&project, &["version"]), &server).env(key, value).run();
        missed.code(127).nothing_on_stdout();
        missed.says("1.22.10").says(&pin).says("goward install 1.22.10");
    }
    let plus = sandbox.go(&sandbox.project("q"), &["+1.22.10", "version"]);
    let plus = from(plus, &server).env("GOWARD_AUTO_INSTALL", "never").run();
    plus.code(127).nothing_on_stdout().says("command line").says("goward install 1.22.10");
    let gofmt =
        sandbox.go(&project, &["-l", "."]).program(sandbox.shims().join(executable("gofmt")));
    let gofmt = gofmt.env("GOWARD_AUTO_INSTALL", "never").run();
    gofmt.code(127).nothing_on_stdout().says("goward install 1.22.10");
    assert_eq!(server.total(), 0, "nothing was asked for");
}

#[test]
fn nothing_at_all_to_run() {
    let sandbox = Sandbox::empty("nothing");
    let nothing = sandbox.go(&sandbox.project("p"), &["version"]).env("GOWARD_OFFLINE", "1").run();
    nothing.code(127).nothing_on_stdout().says("goward install");
    sandbox.write(sandbox.dir().join("projects/q/.go-version"), "system\n");
    let system = sandbox.go(&sandbox.project("q"), &["version"]).run();
    system.code(127).nothing_on_stdout().says("system").says(".go-version:1");
}

/// `+SELECTOR` is a wish of this moment: `GOTOOLCHAIN` does not forbid its download.
#[cfg(unix)]
#[test]
fn a_selector_on_the_command_line_installs_under_any_gotoolchain() {
    let (sandbox, server, _, version) = small("plus");
    let project = sandbox.project("q");
    let plus = from(sandbox.go(&project, &["+1.30", "version"]), &server);
    let outcome = plus.env("GOTOOLCHAIN", "local").run();
    outcome.code(0);
    assert!(outcome.stdout.starts_with(&format!("go version go{version} ")), "{outcome}");
}

/// The files decide the minor, not the installed toolchains.
#[cfg(unix)]
#[test]
fn a_module_installs_its_minor_where_that_is_wished_for() {
    let (sandbox, server, _, version) = small("minor");
    sandbox.install_script("1.29.5", "echo go version go1.29.5 script");
    sandbox.install_script("1.31.2", "echo go version go1.31.2 script");
    sandbox.set_default("1.31.2");
    let project = sandbox.project("q");
    sandbox.write(project.join("go.mod"), "module m\n\ngo 1.30\n");
    let go = || from(sandbox.go(&project, &["version"]), &server).env("GOWARD_GO_LINE", "minor");
    let off = go().env("GO111MODULE", "off").run();
    off.code(0);
    assert_eq!(off.stdout, "go version go1.31.2 script\n", "GO111MODULE=off");
    assert_eq!(server.count(&archive(version)), 0, "GO111MODULE=off");
    let outcome = go().run();
    outcome.code(0);
    assert!(outcome.stdout.starts_with(&format!("go version go{version} ")), "{outcome}");
}

/// A floor met within its minor never downloads.
#[test]
fn a_met_floor_asks_no_server() {
    let server = Server::start(mirror());
    let sandbox = Sandbox::with("met", &["1.22.10"]);
    let project = sandbox.project("p");
    sandbox.write(project.join("go.mod"), "module m\n\ngo 1.22.3\n");
    let outcome = from(sandbox.go(&project, &["version"]), &server).run();
    outcome.code(0).silent();
    assert_eq!(server.total(), 0);
}

/// An index that cannot be reached costs one line once.
#[test]
fn an_unreachable_index_is_remembered() {
    let sandbox = Sandbox::with("unreachable", &["1.23.2"]);
    let project = sandbox.project("p");
    sandbox.write(project.join("go.mod"), "module m\n\ngo 1.22\n\ntoolchain go1.22.10\n");
    let call = sandbox.go(&project, &["version"]).env("GOWARD_MIRROR", "http://127.0.0.1:1");
    let call = call.env("GOWARD_MIRROR_DIGESTS", "own");
    let first = call.run();
    first.code(0);
    assert!(first.stdout.starts_with("go version go1.23.2 "), "{first}");
    assert_eq!(first.stderr.lines().count(), 1, "{first}");
    call.run().code(0).silent();
}

#[cfg(unix)]
#[test]
fn a_changed_archive_is_refused() {
    let (sandbox, server, project, version) = small("changed");
    server.fail(&archive(version), Fault::Corrupt, 8);
    let install = from(sandbox.goward(&["install", version]), &server);
    install.run().code(5).nothing_on_stdout().says(&archive(version));
    assert!(!sandbox.toolchain(version).exists());
    let miss = from(sandbox.go(&project, &["version"]), &server).run();
    miss.code(127).nothing_on_stdout();
    assert!(!sandbox.toolchain(version).exists());
    let left = fs::read_dir(sandbox.root().join("state/staging")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "nothing of it stays in the staging directory");
    let honest = Server::start(&sandbox.dir().join("small-mirror"));
    from(sandbox.goward(&["install", version]), &honest).run().code(0);
    assert_eq!(sandbox.version(&project), version);
}

/// The archives of the test mirror are packed anew: without the setting that makes the mirror an
/// authority, the digests that goward knows refuse them.
#[test]
fn a_mirror_is_no_authority_unless_told() {
    let (sandbox, server, _) = pinned("authority");
    let install = sandbox.goward(&["install", "1.22.10"]).env("GOWARD_MIRROR", server.url()).run();
    install.code(5).nothing_on_stdout();
    assert!(!sandbox.toolchain("1.22.10").exists());
    let url = format!("{}/", goward_testkit::url::of_file(mirror()));
    let local = sandbox.goward(&["install", "1.22.10"]).env("GOWARD_MIRROR", &url);
    local.run().code(5);
    local.env("GOWARD_MIRROR_DIGESTS", "own").run().code(0);
    assert!(sandbox.toolchain("1.22.10").exists());
}

#[cfg(unix)]
#[test]
fn passing_faults_of_the_network_are_survived() {
    for fault in
        [Fault::Truncate(1 << 10), Fault::Truncate(0), Fault::Status(500), Fault::Status(503)]
    {
        let (sandbox, server, project, version) = small("faults");
        server.fail(&archive(version), fault, 1);
        from(sandbox.goward(&["install", version]), &server).run().code(0);
        assert_eq!(server.count(&archive(version)), 2, "{fault:?}");
        assert_eq!(sandbox.version(&project), version);
    }
}

#[test]
fn lasting_faults_of_the_network_are_reported() {
    let (sandbox, server, _) = pinned("lasting");
    server.fail(&archive("1.22.10"), Fault::Status(404), usize::MAX);
    let missing = from(sandbox.goward(&["install", "1.22.10"]), &server).run();
    missing.code(3).nothing_on_stdout().says("404");
    assert_eq!(server.count(&archive("1.22.10")), 1, "404 is not retried");
    let unknown = from(sandbox.goward(&["install", "1.22.99"]), &server).run();
    unknown.code(3).nothing_on_stdout().says("1.22.99");
    assert_eq!(server.count(&archive("1.22.99")), 0, "not in the index, so not asked for");
    let gone = sandbox.goward(&["install", "1.22.10"]).env("GOWARD_MIRROR", "http://127.0.0.1:1");
    gone.env("GOWARD_MIRROR_DIGESTS", "own").run().code(4).nothing_on_stdout();
    let offline = sandbox.goward(&["install", "1.22.10"]).env("GOWARD_OFFLINE", "1").run();
    offline.code(4).nothing_on_stdout();
    assert!(fs::read_dir(sandbox.root().join("toolchains")).unwrap().next().is_none());
}

/// Toolchains that Go or golang.org/dl brought here satisfy an exact want.
#[test]
fn toolchains_of_others_are_used_before_anything_is_downloaded() {
    let (sandbox, server, project) = pinned("others");
    let sdk = sandbox.home().join("sdk/go1.22.10");
    fs::create_dir_all(sdk.parent().unwrap()).unwrap();
    goward_tests::sandbox::link_dir(&goward_tests::mirror::tree("1.22.10"), &sdk);
    assert_eq!(version_of(&from(sandbox.go(&project, &["version"]), &server)), "1.22.10");
    fs::remove_file(&sdk).or_else(|_| fs::remove_dir_all(&sdk)).unwrap();
    let platform = archive("1.22.10").replace(".tar.gz", "").replace(".zip", "");
    let cached = sandbox.home().join(format!("go/pkg/mod/golang.org/toolchain@v0.0.1-{platform}"));
    fs::create_dir_all(cached.parent().unwrap()).unwrap();
    goward_tests::sandbox::link_dir(&goward_tests::mirror::tree("1.22.10"), &cached);
    assert_eq!(version_of(&from(sandbox.go(&project, &["version"]), &server)), "1.22.10");
    assert_eq!(server.total(), 0);
}

//! The origins of toolchains besides a mirror with an index: module proxies, directories of
//! archives, trees on this machine, and sources.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};

use goward_testkit::files::Server;
use goward_testkit::release::{self, archive};
use goward_testkit::start::tool;
use goward_tests::call::Call;
use goward_tests::mirror::{mirror, tree};
use goward_tests::proxy::ModuleProxy;
use goward_tests::release::SmallRelease;
use goward_tests::sandbox::{Sandbox, files_below, version_of};

const OURS: &str = "the sandbox is ours";

/// No test here may reach a network: all offers are on this machine.
fn goward(sandbox: &Sandbox, args: &[&str]) -> Call {
    with_shell(sandbox.goward(args).env("GOWARD_OFFLINE", "1"))
}

/// With a bash for make.bash.
fn with_shell(call: Call) -> Call {
    call.env("PATH", "/usr/bin:/bin")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("sandboxes have plain names")
}

fn sha256(path: &Path) -> String {
    release::sha256(&fs::read(path).expect(OURS))
}

fn receipt(sandbox: &Sandbox, name: &str) -> serde_json::Value {
    let path = sandbox.root().join("state/receipts").join(format!("{name}.json"));
    serde_json::from_slice(&fs::read(path).expect(OURS)).expect(OURS)
}

/// A real release as a module: goward makes the same tree of the zip as Go.
#[test]
fn a_module_becomes_the_tree_that_go_makes_of_it() {
    let sandbox = Sandbox::with("module", &["1.23.2"]);
    let proxy = ModuleProxy::new(&sandbox).offer_go("1.22.10", &tree("1.22.10"));
    let install = ["install", "--from", "proxy", "--verify", "none", "1.22.10"];
    goward(&sandbox, &install).env("GOPROXY", proxy.url()).run().code(0).nothing_on_stdout();
    let ours = sandbox.toolchain("1.22.10");
    let project = sandbox.project("p");
    assert_eq!(version_of(&sandbox.go(&project, &["+1.22.10", "version"])), "1.22.10");
    sandbox.write(project.join("main.go"), "package main\n\nfunc main() { println(\"built\") }\n");
    let run = sandbox.go(&project, &["+1.22.10", "run", "main.go"]).run();
    run.code(0).says("built");

    let cache = sandbox.dir().join("modcache");
    let go = sandbox.direct("1.23.2", &project, &["version"]);
    // The database is waived for a single file proxy only, and only if it is off.
    let go = go.env("GOTOOLCHAIN", "go1.22.10").env("GOPROXY", proxy.url()).env("GOSUMDB", "off");
    let go = go.env("GOMODCACHE", &cache).env("GOFLAGS", "-modcacherw");
    // Without the shims on PATH, where Go would find the installed toolchains.
    let go = go.env("PATH", "/usr/bin:/bin").run();
    go.code(0);
    assert!(go.stdout.contains("go1.22.10 "), "{go}");
    let entries = fs::read_dir(cache.join("golang.org")).expect(OURS);
    let theirs: Vec<PathBuf> = entries.map(|entry| entry.expect(OURS).path()).collect();
    let files = |tree: &Path| {
        // Go copies a file with a hidden name to the plain one, and keeps both.
        let plain = |path: PathBuf| PathBuf::from(text(&path).replace("_go.mod", "go.mod"));
        let mut files: Vec<_> = files_below(tree).into_iter().map(|(p, n)| (plain(p), n)).collect();
        files.sort();
        files.dedup();
        files
    };
    assert_eq!(files(&ours), files(&theirs[0]));
}

#[test]
fn a_proxy_among_the_mirrors_needs_the_database() {
    let sandbox = Sandbox::empty("proxy-mirror");
    let small = SmallRelease::make(&sandbox);
    let proxy = ModuleProxy::new(&sandbox).offer_go(SmallRelease::VERSION, small.tree());
    let mirror = format!("proxy+{}", proxy.url());
    let install =
        goward(&sandbox, &["install", SmallRelease::VERSION]).env("GOWARD_MIRROR", mirror);
    let refused = install.run();
    refused.code(4).says("sum.golang.org").says("is needed, but goward is offline");
    install.env("GOSUMDB", "off").run().code(2).says("disabled by GOSUMDB=off");
    let off = goward(&sandbox, &["install", "--from", "proxy", "1.22"]).env("GOPROXY", "off").run();
    off.code(2).says("disabled by GOPROXY=off");
    let auth = goward(&sandbox, &["install", "--from", "proxy", "1.22"]).env("GOAUTH", "git /x");
    auth.run().code(2).says("GOAUTH has \"git\"").says("GOAUTH=netrc");
    assert!(!sandbox.toolchain(SmallRelease::VERSION).exists());
}

/// A directory of archives: found by name, and known by the table alone.
#[test]
fn a_directory_of_archives_needs_no_index() {
    let sandbox = Sandbox::empty("directory");
    let small = SmallRelease::make(&sandbox);
    fs::remove_file(small.dir().join("index.json")).expect(OURS);
    let server = Server::start(small.dir());
    let online =
        |version: &str| sandbox.goward(&["install", version]).env("GOWARD_MIRROR", server.url());
    // No source knows it: go.dev cannot be reached from here.
    let url = goward_testkit::url::of_file(small.dir());
    let unknown = goward(&sandbox, &["install", SmallRelease::VERSION]).env("GOWARD_MIRROR", &url);
    unknown.run().code(5).says("nothing vouches for go1.30.1").says("GOWARD_MIRROR_DIGESTS=own");
    let own = unknown.env("GOWARD_MIRROR_DIGESTS", "own").run();
    own.code(5).says(&format!("nor {}.sha256", small.archive())).says("as sha256sum writes it");
    // The table knows this one, and finds it by name without any index; but its bytes differ.
    fs::copy(small.dir().join(small.archive()), small.dir().join(archive("1.22.10"))).expect(OURS);
    online("1.22.10")
        .run()
        .code(5)
        .says("but the table compiled into goward says")
        .says("GOWARD_MIRROR_DIGESTS=own");
    assert_eq!(server.count(&archive("1.22.10")), 1);
    assert!(!sandbox.toolchain("1.22.10").exists());
}

#[test]
fn a_real_archive_is_installed_by_its_digest() {
    let sandbox = Sandbox::empty("archive");
    let path = mirror().join(archive("1.27.3"));
    let refused = goward(&sandbox, &["install", text(&path)]).run();
    refused.code(5).says("nothing vouches for").says("--sha256").says("--verify none");
    let digest = sha256(&path);
    let wrong = digest.chars().rev().collect::<String>();
    goward(&sandbox, &["install", text(&path), "--sha256", &wrong]).run().code(5).says(&digest);
    goward(&sandbox, &["install", text(&path), "--sha256", &digest]).run().code(0);
    assert_eq!(files_below(&sandbox.toolchain("1.27.3")), files_below(&tree("1.27.3")));
    assert_eq!(receipt(&sandbox, "go1.27.3")["trust"], "T3-given");
    assert_eq!(version_of(&sandbox.go(&sandbox.project("p"), &["version"])), "1.27.3");
}

/// The same small release in every shape that can lie around.
#[test]
fn archives_of_every_kind_and_trees_are_installed() {
    let sandbox = Sandbox::empty("local");
    let small = SmallRelease::make(&sandbox);
    let (version, name) = (SmallRelease::VERSION, format!("go{}", SmallRelease::VERSION));
    let gz = small.dir().join(small.archive());
    let install = |args: &[&str]| {
        let all: Vec<&str> = ["install"].iter().chain(args).copied().collect();
        let outcome = goward(&sandbox, &all).run();
        let tree = sandbox.toolchain(version);
        let files = if tree.exists() { files_below(&tree) } else { Vec::new() };
        let _ = goward(&sandbox, &["uninstall", "--force", version]).run();
        (outcome, files)
    };
    let good = |args: &[&str]| {
        let (outcome, files) = install(args);
        outcome.code(0);
        assert_eq!(files, files_below(small.tree()), "{args:?}");
    };
    // A digest beside it, as sha256sum writes it.
    let beside = small.dir().join(format!("{}.sha256", small.archive()));
    fs::write(&beside, format!("{}  {}\n", sha256(&gz), small.archive())).expect(OURS);
    good(&[text(&gz)]);
    fs::write(&beside, format!("{}\n", "0".repeat(64))).expect(OURS);
    install(&[text(&gz)]).0.code(5).says("the digest given with it says 0000");
    fs::remove_file(&beside).expect(OURS);
    good(&[text(&gz), "--verify", "none"]);
    install(&[text(&gz), "--verify", "t2", "--sha256", &sha256(&gz)]).0.code(5).says("at least T2");
    // Under a name that says nothing.
    let plain = sandbox.dir().join("download.tar.gz");
    fs::copy(&gz, &plain).expect(OURS);
    install(&[text(&plain), "--verify", "none"]).0.code(2).says("--name go1.22.10");
    good(&[text(&plain), "--verify", "none", "--name", version]);
    let lie = install(&[text(&plain), "--verify", "none", "--name", "1.30.2"]).0;
    lie.code(5).says(&format!("holds {name} "));
    // A copy of a tree.
    good(&[text(small.tree()), "--verify", "none"]);
    install(&[text(small.tree())]).0.code(5).says("nothing vouches for");
    let link = sandbox.dir().join("linked");
    std::os::unix::fs::symlink(small.tree(), &link).expect(OURS);
    good(&[text(&link), "--verify", "none"]);
    // And in the two other formats.
    let zip = sandbox.dir().join(small.archive().replace(".tar.gz", ".zip"));
    pack(
        &small,
        &zip,
        "import sys,shutil; shutil.make_archive(sys.argv[1][:-4],'zip',sys.argv[2])",
    );
    good(&[text(&zip), "--verify", "none"]);
    let xz = sandbox.dir().join(small.archive().replace(".gz", ".xz"));
    let tar = "import sys,tarfile; t=tarfile.open(sys.argv[1],'w:xz',preset=1); \
               t.add(sys.argv[2]+'/go','go'); t.close()";
    pack(&small, &xz, tar);
    good(&[text(&xz), "--sha256", &sha256(&xz)]);
    let mut cut = fs::read(&xz).expect(OURS);
    cut.truncate(cut.len() - 20);
    fs::write(&xz, cut).expect(OURS);
    install(&[text(&xz), "--verify", "none"]).0.code(5).says("not acceptable");
}

/// Packs the release, below `go/`, with Python's standard library.
fn pack(small: &SmallRelease, to: &Path, script: &str) {
    let above = to.with_extension("above");
    fs::create_dir_all(&above).expect(OURS);
    let go = above.join("go");
    if !go.exists() {
        copy(small.tree(), &go);
    }
    let mut python = tool("python3");
    python.args(["-c", script, text(to), text(&above)]);
    assert!(python.status().expect(OURS).success());
}

fn copy(from: &Path, to: &Path) {
    for (path, _) in files_below(from) {
        let target = to.join(&path);
        fs::create_dir_all(target.parent().expect(OURS)).expect(OURS);
        fs::copy(from.join(&path), target).expect(OURS);
    }
}

/// A tree of sources whose make.bash builds in no time a `go` that is a script.
fn sources(sandbox: &Sandbox, name: &str, version: Option<&str>, script: &str) -> PathBuf {
    let dir = sandbox.dir().join(name);
    let make = format!(
        "bootgo=1.20.6\nset -e\necho building with $GOROOT_BOOTSTRAP >&2\n\
         env | grep -c '^GO\\(ROOT\\|FLAGS\\|PROXY\\)=' && exit 7\n\
         test \"$GOTOOLCHAIN $GOENV\" = 'local off'\n{script}\ncd ..\n\
         mkdir -p bin pkg/tool/x pkg/obj\n\
         printf '#!/bin/sh\\necho go version %s x/y\\n' \"$(head -n 1 VERSION)\" >bin/go\n\
         cp bin/go bin/gofmt\ncp bin/go pkg/tool/x/compile\nchmod 755 bin/* pkg/tool/x/compile\n"
    );
    sandbox.write(dir.join("src/make.bash"), &make);
    sandbox.write(dir.join("src/cmd/go/main.go"), "package main\n");
    sandbox.write(dir.join("src/go.mod"), "module std\n");
    let goversion = "package goversion\n\nconst Version = 28\n";
    sandbox.write(dir.join("src/internal/goversion/goversion.go"), goversion);
    if let Some(version) = version {
        sandbox.write(dir.join("VERSION"), &format!("go{version}\ntime 2030-01-01T00:00:00Z\n"));
    }
    dir
}

/// A mirror that has the sources of go1.30.1 and nothing else.
fn source_mirror(sandbox: &Sandbox, script: &str) -> Server {
    let above = sandbox.dir().join("above");
    sources(sandbox, "above/go", Some("1.30.1"), script);
    let dist = sandbox.dir().join("dist");
    fs::create_dir_all(&dist).expect(OURS);
    let name = "go1.30.1.src.tar.gz";
    let mut tar = tool("tar");
    tar.args(["-czf", text(&dist.join(name)), "-C", text(&above), "--format=ustar", "go"]);
    assert!(tar.status().expect(OURS).success());
    let index = serde_json::json!([{"version": "go1.30.1", "stable": true, "files": [{
        "filename": name, "os": "", "arch": "", "version": "go1.30.1", "kind": "source",
        "sha256": sha256(&dist.join(name)), "size": fs::metadata(dist.join(name)).expect(OURS).len(),
    }]}]);
    sandbox.write(dist.join("index.json"), &index.to_string());
    Server::start(&dist)
}

fn own(call: Call, server: &Server) -> Call {
    with_shell(call).env("GOWARD_MIRROR", server.url()).env("GOWARD_MIRROR_DIGESTS", "own")
}

#[test]
fn a_release_is_built_from_its_sources() {
    let sandbox = Sandbox::with("source", &["1.21.13", "1.23.2"]);
    let server = source_mirror(&sandbox, "");
    // With Go 1.28 as the least, nothing here will do.
    let build = own(sandbox.goward(&["install", "--source", "1.30"]), &server);
    let missing = build.env("GOWARD_AUTO_INSTALL", "never").run();
    missing.code(3).says("Go 1.28.6 or newer is needed").says("goward install '>=1.28.6,<1.30'");
    let build = own(sandbox.goward(&["install", "--source", "1.30"]), &server);
    let build = build.env("GOROOT_BOOTSTRAP", sandbox.toolchain("1.23.2"));
    let build = build.env("GOFLAGS", "-mod=bad").env("GOPROXY", "off");
    let built = build.run();
    built.code(0).nothing_on_stdout().says("building with").says("from source with go1.23.2");
    let project = sandbox.project("p");
    assert_eq!(version_of(&sandbox.go(&project, &["+1.30.1", "version"])), "1.30.1");
    let receipt = receipt(&sandbox, "go1.30.1");
    assert_eq!((&receipt["built_with"], &receipt["trust"]), (&"go1.23.2".into(), &"T3".into()));
    assert!(!sandbox.toolchain("1.30.1").join("pkg/obj").exists());
    let log = fs::read_to_string(sandbox.root().join("state/logs/build-go1.30.1.log")).expect(OURS);
    assert!(log.starts_with("building with "), "{log}");
    let list = sandbox.goward(&["list", "-v"]).ok();
    assert!(list.contains("built from source with go1.23.2"), "{list}");
    build.run().code(1).says("is installed already").says("goward uninstall go1.30.1");
}

#[test]
fn a_build_that_fails_leaves_its_log_and_nothing_else() {
    let sandbox = Sandbox::with("broken-source", &["1.23.2"]);
    let server = source_mirror(&sandbox, "echo it is broken\nexit 3");
    let build = own(sandbox.goward(&["install", "--source", "1.30.1"]), &server);
    let failed = build.env("GOROOT_BOOTSTRAP", sandbox.toolchain("1.23.2")).run();
    let log = sandbox.root().join("state/logs/build-go1.30.1.log");
    failed
        .code(1)
        .says("exit status: 3")
        .says("it is broken")
        .says("~/.goward/state/logs/build-go1.30.1.log");
    assert!(fs::read_to_string(&log).expect(OURS).ends_with("it is broken\n"));
    assert!(!sandbox.toolchain("1.30.1").exists());
    assert_eq!(fs::read_dir(sandbox.root().join("state/staging")).expect(OURS).count(), 0);
}

#[test]
fn a_checkout_is_copied_and_built_under_a_name() {
    let sandbox = Sandbox::with("checkout", &["1.27.3"]);
    let dir = sources(&sandbox, "checkout", None, "");
    sandbox.write(dir.join(".git/HEAD"), "ref: refs/heads/master\n");
    let before = files_below(&dir);
    let build = ["install", "--source", text(&dir), "--name", "mine"];
    goward(&sandbox, &build).run().code(0).says("built mine from source with go1.27.3");
    assert_eq!(files_below(&dir), before, "the checkout is untouched");
    let said = sandbox.go(&sandbox.project("p"), &["+mine", "version"]).ok();
    assert_eq!(said, "go version devel go1.28-mine x/y");
    goward(&sandbox, &build).run().code(2).says("there is a link mine already");
    let unnamed = goward(&sandbox, &["install", "--source", text(&dir)]).run();
    unnamed.code(2).says("--name mine");
    goward(&sandbox, &["uninstall", "mine"]).run().code(0).says("which was built here");
    assert!(!sandbox.root().join("toolchains/mine").exists());
    goward(&sandbox, &build).run().code(0);
}

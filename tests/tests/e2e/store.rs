//! The life of real toolchains in the store: verified, repaired, adopted, pruned, and not taken
//! away from under a running program.
#![cfg(unix)]

use std::fs::{self, File, FileTimes};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use goward_testkit::files::Server;
use goward_testkit::release::archive;
use goward_testkit::start::program;
use goward_tests::call::Call;
use goward_tests::mirror::{mirror, tree};
use goward_tests::proxy::ModuleProxy;
use goward_tests::sandbox::{Sandbox, version_of};

const OURS: &str = "the sandbox is ours";

/// The call, with the server as the only mirror and the authority for its archives.
fn from(call: Call, server: &Server) -> Call {
    call.env("GOWARD_MIRROR", server.url()).env("GOWARD_MIRROR_DIGESTS", "own")
}

/// Adds one to a byte in the middle of a file, and leaves everything else about it as it was.
fn flip(path: &Path) {
    let times = fs::metadata(path).expect(OURS);
    let mut bytes = fs::read(path).expect(OURS);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    // Another file: the old one may be shared with the mirror's tree.
    let mode = times.permissions();
    fs::remove_file(path).expect(OURS);
    fs::write(path, bytes).expect(OURS);
    fs::set_permissions(path, mode).expect(OURS);
    let times = FileTimes::new().set_modified(times.modified().expect(OURS));
    File::open(path).expect(OURS).set_times(times).expect(OURS);
}

#[test]
fn one_flipped_bit_is_found_and_repaired() {
    let (sandbox, server) = (Sandbox::empty("flip"), Server::start(mirror()));
    from(sandbox.goward(&["install", "1.22.10"]), &server).run().code(0);
    let goward = |args: &[&str]| from(sandbox.goward(args), &server).run();
    let intact = goward(&["verify"]);
    intact.code(0);
    assert!(intact.stdout.contains("go1.22.10  intact: "), "{intact}");
    let tool = archive("1.22.10").replace("go1.22.10.", "").replace(".tar.gz", "");
    let tool = format!("pkg/tool/{}/compile", tool.replace('-', "_"));
    let files = [tool.as_str(), "src/fmt/print.go"];
    files.iter().for_each(|file| flip(&sandbox.toolchain("1.22.10").join(file)));
    let damaged = goward(&["verify", "1.22.10"]);
    damaged.code(5);
    assert!(damaged.stdout.contains("damaged: 2 of "), "{damaged}");
    for file in files {
        assert!(damaged.stdout.contains(&format!("changed   {file}\n")), "{damaged}");
    }
    goward(&["repair"]).code(0).nothing_on_stdout();
    goward(&["verify"]).code(0);
    assert_eq!(server.count(&archive("1.22.10")), 2, "one install, one repair");
    let project = sandbox.project("p");
    sandbox.module(&project, "module m\n\ngo 1.22\n", "package main\n\nfunc main() {}\n");
    assert_eq!(version_of(&sandbox.go(&project, &["+1.22.10", "version"])), "1.22.10");
    sandbox.go(&project, &["+1.22.10", "build", "-o", "/dev/null", "."]).run().code(0);
}

#[test]
fn a_toolchain_that_runs_is_not_removed() {
    let sandbox = Sandbox::with("runs", &["1.21.13", "1.22.10", "1.23.2"]);
    sandbox.set_default("1.21.13");
    let project = sandbox.project("p");
    let wait = "package main\n\nimport \"os\"\n\nfunc main() { os.Stdin.Read(make([]byte, 1)) }\n";
    sandbox.module(&project, "module m\n\ngo 1.22\n", wait);
    let mut command = program(sandbox.shim(), sandbox.env());
    command.args(["+1.22.10", "run", "."]).current_dir(&project);
    command.stdin(std::process::Stdio::piped());
    // Its toolchain is taken away from under it at last.
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut child = command.spawn().expect(OURS);
    let running = format!("/proc/{}/exe", child.id());
    for _ in 0..200 {
        let program = fs::read_link(&running).unwrap_or_default();
        if program.starts_with(sandbox.toolchain("1.22.10")) {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    if cfg!(target_os = "linux") {
        let refused = sandbox.goward(&["uninstall", "1.22.10"]).run();
        refused.code(6).says("go1.22.10 is in use").says("--force");
        let pruned = sandbox.goward(&["prune", "--yes", "--unused-for", "0"]).run();
        pruned.code(6).says("removed go1.23.2").says("go1.22.10 is in use");
        assert!(sandbox.toolchain("1.22.10").exists());
    }
    sandbox.goward(&["uninstall", "--force", "1.22.10"]).run().code(0);
    assert!(!sandbox.toolchain("1.22.10").exists());
    drop(child.stdin.take());
    child.wait().expect(OURS);
}

/// Makes every file below `tree` look as if it had been read last a hundred days ago.
fn forget_use(tree: &Path) {
    let then = SystemTime::now() - Duration::from_secs(100 * 24 * 60 * 60);
    let times = FileTimes::new().set_accessed(then).set_modified(then);
    let mut open = vec![tree.to_path_buf()];
    while let Some(path) = open.pop() {
        let facts = fs::symlink_metadata(&path).expect(OURS);
        if facts.is_dir() {
            open.extend(fs::read_dir(&path).expect(OURS).map(|entry| entry.expect(OURS).path()));
        }
        if !facts.is_symlink() {
            File::open(&path).expect(OURS).set_times(times).expect(OURS);
        }
    }
}

/// A toolchain that Go fetched for itself: goward adopts it, and prunes it with its read-only
/// directories, and Go fetches it anew as if it had never been there.
#[test]
fn gos_own_module_cache_is_adopted_and_pruned() {
    let sandbox = Sandbox::with("modcache", &["1.23.2"]);
    let proxy = ModuleProxy::new(&sandbox).offer_go("1.22.10", &tree("1.22.10"));
    let project = sandbox.project("p");
    let fetch = sandbox.direct("1.23.2", &project, &["version"]);
    let fetch = fetch.env("GOTOOLCHAIN", "go1.22.10").env("GOPROXY", proxy.url());
    // From a file proxy Go takes a toolchain that no checksum database knows, if told so.
    let fetch = fetch.env("GOSUMDB", "off");
    // Without the shims on PATH, where Go would find the installed toolchains.
    let fetch = fetch.env("PATH", sandbox.dir().join("tools"));
    fetch.run().code(0);
    let cache = sandbox.home().join("go/pkg/mod");
    let platform = archive("1.22.10").replace(".tar.gz", "");
    let cached = cache.join(format!("golang.org/toolchain@v0.0.1-{platform}"));
    let mode = fs::metadata(cached.join("src")).expect(OURS).permissions().mode();
    assert_eq!(mode & 0o222, 0, "Go makes its directories read-only");

    let listed = sandbox.goward(&["adopt"]).run();
    listed.code(0);
    assert!(listed.stdout.contains("go1.22.10  ") && listed.stdout.contains("(go)"), "{listed}");
    let offline = |args: &[&str]| sandbox.goward(args).env("GOWARD_OFFLINE", "1").run();
    let refused = offline(&["adopt", "1.22.10"]);
    assert_ne!(refused.status.code(), Some(0), "nothing vouches offline\n{refused}");
    assert!(!sandbox.toolchain("1.22.10").exists());
    offline(&["adopt", "1.22.10", "--unverified"]).code(0);
    sandbox.go(&project, &["+1.22.10", "vet", "fmt"]).run().code(0);
    offline(&["verify", "1.22.10"]).code(0);

    forget_use(&cached);
    let kept = offline(&["prune", "--module-cache", "--unused-for", "200", "-n"]);
    assert!(kept.stdout.contains("keeps go1.22.10 in Go's module cache"), "{kept}");
    offline(&["prune", "--module-cache", "--yes"]).code(0).says("in Go's module cache");
    assert!(!cached.exists());
    let zip = format!("cache/download/golang.org/toolchain/@v/v0.0.1-{platform}.zip");
    assert!(!cache.join(zip).exists());
    let again = fetch.run();
    again.code(0);
    assert!(again.stdout.starts_with("go version go1.22.10 "), "{again}");
    assert!(cached.exists(), "fetched anew");
    // For the sandbox to be deleted.
    offline(&["prune", "--module-cache", "--yes", "--unused-for", "0"]).code(0);
}

/// The mode of such a directory looks like that of a private group's.
#[cfg(target_os = "linux")]
#[test]
fn nothing_runs_where_an_access_list_lets_another_user_write() {
    let sandbox = Sandbox::empty("access-list");
    sandbox.install_script("1.22.10", "echo go version go1.22.10 script");
    sandbox.set_default("1.22.10");
    let project = sandbox.project("p");
    let go = || sandbox.go(&project, &["version"]).run();
    go().code(0);
    let root = sandbox.root();
    for path in [root.clone(), root.join("toolchains"), sandbox.toolchain("1.22.10")] {
        if !goward_testkit::access_list::let_write(&path, 65534) {
            return;
        }
        let refused = go();
        refused
            .code(125)
            .says("can be written by other users")
            .says("mode 0775 with an access list");
        // As the hint says: without its mask the list gives nothing.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect(OURS);
        go().code(0);
    }
}

//! Mirrors that are a directory of archives behind a web server, as people have them: real servers, real
//! archives, no index.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use goward_tests::binaries::workspace;
use goward_tests::call::Call;
use goward_tests::mirror::{VERSIONS, mirror, note};
use goward_tests::sandbox::Sandbox;

/// Demands every server that `tests/mirror/servers.py` knows.
const DEMANDED: &str = "GOWARD_TEST_SERVERS";

/// Web servers that serve one directory, until dropped.
struct Servers {
    child: Child,
    /// Their names and URLs.
    running: Vec<(String, String)>,
}

impl Servers {
    fn start(dir: &Path, names: &[&str]) -> Servers {
        let script = workspace().join("tests/mirror/servers.py");
        let mut python = goward_testkit::start::tool("python3");
        python.arg(script).arg("serve").arg(dir).args(names);
        python.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = python.spawn().expect("Python 3 is there");
        let lines = BufReader::new(child.stdout.take().expect("it is a pipe")).lines();
        let lines = lines.map(|line| line.expect("its words are text"));
        let running = lines.take_while(|line| !line.is_empty());
        let pair = |line: String| {
            let (name, url) = line.split_once(' ').expect("a name and a URL");
            (name.to_owned(), url.to_owned())
        };
        let running = running.map(pair).collect();
        Servers { child, running }
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        // The script stops its servers when its input ends.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// A directory with the archives of real releases and their digests, and nothing else.
fn bare(sandbox: &Sandbox) -> PathBuf {
    let dir = sandbox.dir().join("golang");
    fs::create_dir(&dir).expect("the sandbox is ours");
    let index = fs::read(mirror().join("index.json")).expect("the mirror has an index");
    let index: serde_json::Value = serde_json::from_slice(&index).expect("it is JSON");
    let releases = index.as_array().expect("it is a list");
    let files = releases.iter().flat_map(|release| release["files"].as_array().expect("files"));
    for file in files {
        let name = file["filename"].as_str().expect("a name");
        let digest = file["sha256"].as_str().expect("a digest");
        goward_tests::sandbox::link_file(&mirror().join(name), &dir.join(name));
        sandbox.write(dir.join(format!("{name}.sha256")), &format!("{digest}  {name}\n"));
    }
    dir
}

/// The call, with the mirror at `url`, whose digests beside the archives count, and no other.
fn from(call: Call, url: &str) -> Call {
    call.env("GOWARD_MIRROR", url).env("GOWARD_MIRROR_DIGESTS", "own")
}

/// Everything that a mirror with a page is good for.
fn is_a_mirror(name: &str, url: &str, sandbox: &Sandbox) {
    let list = from(sandbox.goward(&["list", "--remote"]), url).ok();
    assert_eq!(list.lines().count(), VERSIONS.len(), "{name}: {list}");
    let project = sandbox.project("p");
    sandbox.write(project.join(".go-version"), "1.22\n");
    let first = from(sandbox.go(&project, &["version"]), url).run();
    first.code(0).says("installing go1.22.10");
    assert!(first.stdout.starts_with("go version go1.22.10 "), "{name}: {first}");
    // A release that the page does not list is not asked for.
    from(sandbox.goward(&["install", "1.22.9"]), url).run().code(3).says("1.22.9");
    // Only the mirror vouches for these archives: they were packed anew.
    let refused = sandbox.goward(&["install", "1.23.2"]).env("GOWARD_MIRROR", url).run();
    refused.code(5).says("but the table compiled into goward says");
    refused.says("GOWARD_MIRROR_DIGESTS=own");
    sandbox.goward(&["uninstall", "--force", "1.22.10"]).run().code(0);
}

/// A directory that is not listed: the table says which releases there are.
fn is_a_bare_mirror(url: &str, sandbox: &Sandbox) {
    let typed = from(sandbox.goward(&["install", "1.22"]), url).run();
    typed.code(5).says("is the newest known for 1.22; newer releases may exist");
    from(sandbox.goward(&["install", "1.22.10"]), url).run().code(0);
    let project = sandbox.project("p");
    from(sandbox.go(&project, &["+1.22.10", "version"]), url).run().code(0);
    let template = format!("{url}{{file}}");
    sandbox.goward(&["uninstall", "--force", "1.22.10"]).run().code(0);
    from(sandbox.goward(&["install", "1.22.10"]), &template).run().code(0);
    sandbox.goward(&["uninstall", "--force", "1.22.10"]).run().code(0);
}

#[test]
fn a_directory_behind_python_is_a_mirror() {
    let sandbox = Sandbox::empty("python");
    let servers = Servers::start(&bare(&sandbox), &["python"]);
    let [(name, url)] = &servers.running[..] else { panic!("Python serves nothing") };
    is_a_mirror(name, url, &sandbox);
}

/// nginx, Apache, Caddy and lighttpd, where they are; see the page on testing.
#[test]
fn a_directory_behind_any_web_server_is_a_mirror() {
    let sandbox = Sandbox::empty("servers");
    let dir = bare(&sandbox);
    let names = [
        "nginx",
        "nginx-fancyindex",
        "nginx-bare",
        "apache-plain",
        "apache-fancy",
        "apache-table",
        "caddy",
        "lighttpd",
    ];
    let servers = Servers::start(&dir, &names);
    for (name, url) in &servers.running {
        note(&format!("{name} {url}"));
        match name.as_str() {
            "nginx-bare" => is_a_bare_mirror(url, &sandbox),
            name => is_a_mirror(name, url, &sandbox),
        }
        let cache = sandbox.root().join("cache/index");
        fs::remove_dir_all(cache).expect("the index was cached, or at least could be");
    }
    let there = |name: &&&str| !servers.running.iter().any(|(running, _)| running == *name);
    let missing: Vec<&str> = names.iter().filter(there).copied().collect();
    if !missing.is_empty() {
        assert!(std::env::var_os(DEMANDED).is_none(), "{DEMANDED} is set: {missing:?} missing");
        note(&format!("NOT TESTED: mirrors behind {}, which are not there", missing.join(", ")));
    }
}

//! `go +latest` means the newest release that there is; and where an install fails, there is one error.
#![cfg(unix)]

use std::time::{Duration, Instant};

use goward_testkit::files::{Fault, Server};
use goward_testkit::release::archive;
use goward_tests::call::{Call, Outcome};
use goward_tests::mirror::mirror;
use goward_tests::release::SmallRelease;
use goward_tests::sandbox::{Sandbox, version_of};

const NEWEST: &str = SmallRelease::VERSION;

/// The call, with that mirror alone, which is the authority for its archives.
fn from(call: Call, mirror: &str) -> Call {
    call.env("GOWARD_MIRROR", mirror).env("GOWARD_MIRROR_DIGESTS", "own")
}

/// A sandbox with an old release, and a server that has a newer one.
fn outdated(name: &str) -> (Sandbox, Server) {
    let sandbox = Sandbox::empty(name);
    sandbox.install_script("1.23.2", "echo go version go1.23.2 x/y");
    let server = Server::start(SmallRelease::make(&sandbox).dir());
    (sandbox, server)
}

#[track_caller]
fn ran(outcome: &Outcome, version: &str) {
    outcome.code(0);
    let said = format!("go version go{version} ");
    assert!(outcome.stdout.starts_with(&said), "go{version} is wanted: {outcome}");
}

#[test]
fn plus_latest_is_the_newest_that_there_is() {
    let sandbox = Sandbox::with("newest", &["1.22.10"]);
    let (server, p) = (Server::start(mirror()), sandbox.project("p"));
    let go = |selector: &str| from(sandbox.go(&p, &[selector, "version"]), &server.url());
    // A minor is content with what is installed, and asks no server.
    go("+1.22").run().code(0).silent();
    assert_eq!(server.total(), 0);
    let first = go("+latest").run();
    ran(&first, "1.27.3");
    first.says("installing go1.27.3");
    assert_eq!(server.count(&archive("1.27.3")), 1);
    let asked = server.total();
    let again = go("+stable").run();
    ran(&again, "1.27.3");
    again.silent();
    assert_eq!(server.total(), asked, "an hour long the index is fresh");
    // A Go that Go starts is the same, by the shim or without.
    sandbox.module(
        &p,
        "module m\n\ngo 1.21\n",
        "package main\n\n//go:generate go version\nfunc main() {}\n",
    );
    let nested = from(sandbox.go(&p, &["+latest", "generate"]), &server.url()).run();
    ran(&nested, "1.27.3");
}

/// Nothing connects, and nothing is said, where the user has switched that off.
#[test]
fn plus_latest_takes_what_is_here_where_nothing_may_be_asked() {
    let (sandbox, server) = outdated("latest-off");
    let p = sandbox.project("p");
    let go = || from(sandbox.go(&p, &["+latest", "version"]), &server.url());
    for (key, value) in [("GOWARD_OFFLINE", "1"), ("GOWARD_AUTO_INSTALL", "never")] {
        let outcome = go().env(key, value).env("CI", "true").run();
        ran(&outcome, "1.23.2");
        outcome.silent();
    }
    assert_eq!(server.total(), 0);
    let outcome = go().env("CI", "true").env("GOTOOLCHAIN", "local").run();
    ran(&outcome, NEWEST);
}

#[test]
fn plus_latest_without_a_network_says_what_it_takes() {
    let (sandbox, _server) = outdated("latest-dead");
    let go =
        |mirror: &str| from(sandbox.go(&sandbox.project("p"), &["+latest", "version"]), mirror);
    for _ in 0..2 {
        let outcome = go("http://127.0.0.1:1").run();
        ran(&outcome, "1.23.2");
        outcome.says("goward: go1.23.2 is the newest for latest that is here: ");
        outcome.says("; there is no index of releases, so newer ones may exist\n");
        assert_eq!(outcome.stderr.lines().count(), 1, "{outcome}");
    }
    let quiet = go("http://127.0.0.1:1").env("GOWARD_QUIET", "1").run();
    ran(&quiet, "1.23.2");
    quiet.silent();
}

/// A mirror that takes connections and says nothing is waited for a second, and not again at once.
#[test]
fn plus_latest_does_not_wait_for_a_silent_mirror() {
    let (sandbox, server) = outdated("latest-silent");
    server.fail("index", Fault::Silence, usize::MAX);
    let call = from(sandbox.go(&sandbox.project("p"), &["+latest", "version"]), &server.url());
    let start = Instant::now();
    let first = call.run();
    let took = start.elapsed();
    ran(&first, "1.23.2");
    first.says("go1.23.2 is the newest for latest that is here");
    assert_eq!(first.stderr.lines().count(), 1, "{first}");
    assert!(took < Duration::from_secs(8), "{took:?}");
    let asked = server.total();
    ran(&call.run(), "1.23.2");
    assert_eq!(server.total(), asked, "it is remembered");
}

/// Wrong bytes are no outage: an older release would run unnoticed.
#[test]
fn plus_latest_with_the_wrong_bytes_runs_nothing() {
    let (sandbox, server) = outdated("latest-bytes");
    server.replace(&archive(NEWEST), b"another".to_vec());
    let call = from(sandbox.go(&sandbox.project("p"), &["+latest", "version"]), &server.url());
    let outcome = call.run();
    outcome.code(125).nothing_on_stdout();
    outcome.says("hint: go1.23.2 is installed; to take that one, name its version");
    one_error(&outcome);
}

#[test]
fn a_manager_that_is_killed_leaves_what_is_here() {
    let (sandbox, server) = outdated("latest-killed");
    sandbox.script(sandbox.manager(), "kill -9 $$");
    let go =
        |selector| from(sandbox.go(&sandbox.project("p"), &[selector, "version"]), &server.url());
    ran(&go("+latest").run(), "1.23.2");
    // The manager has said nothing, so the shim does.
    let missing = go("+1.24.9").run();
    missing.code(127).nothing_on_stdout().says("run: goward install 1.24.9");
    one_error(&missing);
}

#[track_caller]
fn one_error(outcome: &Outcome) {
    assert_eq!(outcome.stderr.matches("goward: error: ").count(), 1, "{outcome}");
}

/// goward says why an install failed, where the wish came from, and the ways out; the shim ends with
/// its own status, and adds nothing.
#[test]
fn a_failed_install_is_one_error() {
    let (sandbox, server) = outdated("one-error");
    let (dead, url) = ("http://127.0.0.1:1", server.url());
    let p = sandbox.project("p");
    let pin = sandbox.write(p.join(".go-version"), "1.99.9\n");
    let listed = "hint: `goward list --remote` shows what there is\n";
    for (args, mirror, says, ends) in [
        (&["version"][..], url.as_str(), "is not installed: no release matches 1.99.9 ", listed),
        (&["+1.99", "version"], &url, "Go 1.99, wanted by the command line, is not ", listed),
        (&["+1.99.9", "version"], dead, "is not installed: cannot fetch ", "in GOWARD_MIRROR\n"),
    ] {
        let outcome = from(sandbox.go(&p, args), mirror).run();
        outcome.code(127).nothing_on_stdout().says(says);
        one_error(&outcome);
        assert!(outcome.stderr.ends_with(ends), "{outcome}");
        assert!(!outcome.stderr.contains("goward install"), "it has just failed: {outcome}");
    }
    from(sandbox.go(&p, &["version"]), &url).run().says(&format!("{}:1", pin.display()));
}

/// The ways out that are not the install again.
#[test]
fn a_failed_install_names_the_other_ways_out() {
    let (mut sandbox, server) = outdated("other-ways");
    let p = sandbox.project("p");
    let go = |sandbox: &Sandbox| from(sandbox.go(&p, &["version"]), &server.url());
    let pin = sandbox.write(p.join(".go-version"), "^1.21,<1.25\n");
    let outcome = go(&sandbox).env("GOWARD_MINIMUM", "1.24.5").run();
    outcome.code(127).says("forbids what is older, unless you name it: go +'^1.21,<1.25'");
    one_error(&outcome);
    std::fs::remove_file(pin).expect("it was there");
    std::fs::remove_dir_all(sandbox.toolchain("1.23.2")).expect("it was there");
    let system = sandbox.add_system_go().version.clone();
    sandbox.write(p.join("go.mod"), "module m\n\ngo 1.99\n");
    let outcome = go(&sandbox).run();
    outcome.code(127).says("hint: to run the system's Go all the same: go +system\n");
    outcome.says("go.mod:3");
    one_error(&outcome);
    let call = from(sandbox.go(&p, &["+system", "version"]), &server.url());
    assert_eq!(version_of(&call), system);
}

//! The least version that a repository's file may ask for, with real Go: by the environment, and by
//! the manager's configuration: the shim passes on the manager's answer.

use goward_testkit::files::Server;
use goward_tests::call::Call;
use goward_tests::mirror::mirror;
use goward_tests::sandbox::{Sandbox, version_of};
use std::path::Path;

const CONFIG: &str = "[policy]\nminimum = \"1.23.0\"\n";

fn from(call: Call, server: &Server) -> Call {
    call.env("GOWARD_MIRROR", server.url()).env("GOWARD_MIRROR_DIGESTS", "own")
}

/// An old Go runs hg in a clone, and 1.21.13 is one; nothing may bring it in unasked.
#[test]
fn a_clone_cannot_choose_an_old_go() {
    let sandbox = Sandbox::with("minimum", &["1.27.3"]);
    let (server, project) = (Server::start(mirror()), sandbox.project("p"));
    sandbox.write(project.join(".go-version"), "1.21.13\n");
    let go = |args: &[&str]| from(sandbox.go(&project, args), &server);
    let refused = go(&["list"]).env("GOWARD_MINIMUM", "1.24.5").run();
    refused.code(125).nothing_on_stdout().says(".go-version:1").says("GOWARD_MINIMUM=1.24.5");
    assert_eq!(server.total(), 0, "no server is asked");
    assert!(!sandbox.toolchain("1.21.13").exists());
    let manager = |args: &[&str]| sandbox.goward(args).dir(&project);
    manager(&["which"]).env("GOWARD_MINIMUM", "1.24.5").run().code(2).says(".go-version:1");
    manager(&["which"]).env("GOWARD_MINIMUM", "new").run().code(2).says("GOWARD_MINIMUM");
    sandbox.write(project.join(".go-version"), "1.27.3\n");
    assert_eq!(version_of(&go(&["version"]).env("GOWARD_MINIMUM", "1.24.5")), "1.27.3");
}

#[test]
fn the_managers_refusal_is_passed_on() {
    let sandbox = Sandbox::empty("policy-pin");
    let (server, project) = (Server::start(mirror()), sandbox.project("p"));
    sandbox.write(sandbox.root().join("config.toml"), CONFIG);
    sandbox.write(project.join(".go-version"), "1.22.10\n");
    let go = |args: &[&str]| from(sandbox.go(&project, args), &server);
    let refused = go(&["version"]).run();
    refused.code(125).nothing_on_stdout().says(".go-version:1").says("config.toml");
    assert_eq!(refused.stderr.matches("goward: error").count(), 1, "said once: {refused}");
    assert_eq!(server.total(), 0, "no server is asked");
    let install = |args: &[&str]| from(sandbox.goward(args).dir(&project), &server);
    install(&["install"]).run().code(2).says(".go-version:1");
    // A variable beats its key, and the policy does not judge a version that the user types.
    assert_eq!(version_of_first(&go(&["version"]).env("GOWARD_MINIMUM", "1.22")), "1.22.10");
    install(&["install", "1.21.13"]).run().code(0);
    assert_eq!(version_of(&go(&["+1.21.13", "version"])), "1.21.13");
}

#[test]
fn the_manager_raises_a_floor() {
    let sandbox = Sandbox::empty("policy-floor");
    let (server, project) = (Server::start(mirror()), sandbox.project("p"));
    sandbox.write(sandbox.root().join("config.toml"), CONFIG);
    sandbox.write(project.join("go.mod"), "module m\n\ngo 1.22\n");
    let go = from(sandbox.go(&project, &["version"]), &server);
    assert_eq!(version_of_first(&go), "1.23.2");
    assert!(!sandbox.toolchain("1.22.10").exists());
}

/// As [`version_of`], for a call that installs first and says so.
#[track_caller]
fn version_of_first(call: &Call) -> String {
    let outcome = call.run();
    outcome.code(0);
    let word = outcome.stdout.split(' ').nth(2).unwrap_or_default();
    word.trim_start_matches("go").to_owned()
}

/// goward's own requests follow the user's settings, and no file that a repository may have put
/// there.
#[test]
fn own_requests_follow_the_user_alone() {
    let sandbox = Sandbox::empty("own-requests");
    let release = goward_tests::release::SmallRelease::make(&sandbox);
    let version = goward_tests::release::SmallRelease::VERSION;
    let proxy = goward_tests::proxy::ModuleProxy::new(&sandbox).offer_go(version, release.tree());
    let project = sandbox.project("p");
    let install = |dir: &Path, more: &[&str]| {
        let args = ["install", "--from", "proxy", "--verify", "none", "--dry-run", version];
        let call = sandbox.goward(&args).args(more).dir(dir).unset("GOPROXY");
        call.env("GOWARD_OFFLINE", "1")
    };
    let found = |call: Call| assert_eq!(call.ok(), format!("would install go{version}"));
    let setting = format!("GOPROXY={}\n", proxy.url());

    // By the go/env file, over a .goenv that says otherwise.
    sandbox.go_env_file(&setting);
    sandbox.write(project.join(".goenv"), "GOPROXY=off\n");
    found(install(&project, &[]));
    // Once the user has read it, it counts.
    sandbox.goward(&["trust"]).dir(&project).run().code(0);
    install(&project, &[]).run().code(2).says("GOPROXY=off");
    // A go/env file of the repository's, by a relative path, does not; by an absolute one it does.
    let other = sandbox.project("q");
    let file = sandbox.write(other.join("repo.env"), &setting);
    sandbox.go_env_file("GOPROXY=off\n");
    let relative = install(&other, &[]).env("GOENV", "repo.env").run();
    assert_ne!(relative.status.code(), Some(0), "{relative}");
    found(install(&other, &[]).env("GOENV", &file));
}

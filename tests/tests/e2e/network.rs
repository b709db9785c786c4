//! Servers that stand still, and proxies in between.
#![cfg(unix)]

use std::time::{Duration, Instant};

use goward_testkit::files::{Fault, Server};
use goward_testkit::http::{self, Answer};
use goward_testkit::proxy::{ACCOUNT, Proxy};
use goward_testkit::release::archive;
use goward_testkit::release::platform;
use goward_testkit::start::tool;
use goward_tests::binaries::{PREBUILT, binaries};
use goward_tests::call::Call;
use goward_tests::mirror::note;
use goward_tests::proxy::ModuleProxy;
use goward_tests::release::SmallRelease;
use goward_tests::sandbox::Sandbox;

const VERSION: &str = SmallRelease::VERSION;

/// An install of a small release from the base URL `mirror`.
fn install(sandbox: &Sandbox, mirror: &str) -> Call {
    let call = sandbox.goward(&["install", VERSION]);
    call.env("GOWARD_MIRROR", mirror).env("GOWARD_MIRROR_DIGESTS", "own")
}

fn scene(name: &str) -> (Sandbox, Server) {
    let sandbox = Sandbox::empty(name);
    let server = Server::start(SmallRelease::make(&sandbox).dir());
    (sandbox, server)
}

/// F12. The limit, half a minute in earnest, is shortened here.
#[test]
fn a_server_that_stands_still_is_asked_again() {
    if !binaries().checkpoints {
        return note(&format!("{PREBUILT} is set: programs for users have real limits of time"));
    }
    for fault in [Fault::Silence, Fault::Stall(0), Fault::Stall(1 << 10), Fault::Drip] {
        let (sandbox, server) = scene("still");
        server.fail(&archive(VERSION), fault, 1);
        let start = Instant::now();
        let installed = install(&sandbox, &server.url()).env("GOWARD_TEST_PATIENCE", "600").run();
        installed.code(0).says("trying again").says(&archive(VERSION));
        assert_eq!(server.count(&archive(VERSION)), 2, "{fault:?}");
        assert!(start.elapsed() < Duration::from_secs(20), "{fault:?}: {:?}", start.elapsed());
    }
}

/// F12. Four tries, and it is over; the message names the host.
#[test]
fn a_server_that_never_moves_is_given_up() {
    if !binaries().checkpoints {
        return note(&format!("{PREBUILT} is set: programs for users have real limits of time"));
    }
    let (sandbox, server) = scene("never");
    server.fail(&archive(VERSION), Fault::Drip, usize::MAX);
    let outcome = install(&sandbox, &server.url()).env("GOWARD_TEST_PATIENCE", "300").run();
    outcome.code(4).nothing_on_stdout().says(server.url().trim_start_matches("http://"));
    assert_eq!(server.count(&archive(VERSION)), 4);
    assert!(!sandbox.toolchain(VERSION).exists());
}

/// F13. The next attempt does not fetch the first part again, and one line tells the event.
#[test]
fn a_broken_download_goes_on_where_it_broke() {
    let (sandbox, server) = scene("resume");
    server.fail(&archive(VERSION), Fault::Truncate(1 << 10), 1);
    let outcome = install(&sandbox, &server.url()).run();
    outcome.code(0).says("broke off after 0.0 of");
    assert_eq!(server.count(&archive(VERSION)), 2);
    assert_eq!(server.resumed(), 1);
}

/// A proxy before `server`, or one that refuses so.
fn before(server: &Server, refusal: Option<&'static str>) -> Proxy {
    Proxy::start(server.url().trim_start_matches("http://"), refusal)
}

/// F20.
#[test]
fn a_proxy_of_the_environment_is_used() {
    for variable in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy"] {
        let (sandbox, server) = scene("proxy");
        let proxy = before(&server, None);
        install(&sandbox, "http://go.invalid").env(variable, &proxy.url).run().code(0);
        assert!(proxy.asked().iter().all(|line| line.contains("go.invalid")), "{variable}");
        assert_eq!(server.count(&archive(VERSION)), 1, "{variable}");
    }
}

/// F20.
#[test]
fn no_proxy_leaves_hosts_out() {
    let (sandbox, server) = scene("no-proxy");
    let proxy = before(&server, None);
    let call = install(&sandbox, &server.url()).env("HTTP_PROXY", &proxy.url);
    call.env("NO_PROXY", "example.com,127.0.0.1").run().code(0);
    assert_eq!(proxy.asked(), [""; 0]);
}

/// A proxy is another machine, and reads unencrypted requests: goward sends no account through it.
#[test]
fn no_account_goes_through_a_proxy_in_plain_text() {
    let (sandbox, server) = scene("proxy-account");
    let proxy = before(&server, None);
    let netrc = sandbox.dir().join("netrc");
    std::fs::write(&netrc, "machine 127.0.0.1 login me password secret\n").expect("it is ours");
    let list = |mirror: &str| {
        let call = sandbox.goward(&["list", "--remote", "--refresh"]).env("NETRC", &netrc);
        call.env("GOWARD_MIRROR", mirror).env("GOWARD_MIRROR_DIGESTS", "own")
    };
    list(&server.url()).env("HTTP_PROXY", &proxy.url).run().code(0);
    let asked = proxy.asked();
    assert!(!asked.is_empty() && !asked.contains(&ACCOUNT.to_owned()), "{asked:?}");
    // There is one, as a server on this machine sees.
    let mirror = before(&server, Some("404 Not Found"));
    list(&mirror.url).run().code(3);
    assert!(mirror.asked().contains(&ACCOUNT.to_owned()), "{:?}", mirror.asked());
}

/// All of a proxy's answer has one limit of time, not each byte of it.
#[test]
fn a_proxy_that_answers_byte_by_byte_is_given_up() {
    if !binaries().checkpoints {
        return note(&format!("{PREBUILT} is set: programs for users have real limits of time"));
    }
    let slow = Answer::raw("HTTP/1.1 200 OK\r\nX: ").forever("x", Duration::from_millis(50));
    let proxy = serve(slow);
    let sandbox = Sandbox::empty("slow-proxy");
    // The index, and an archive that the compiled-in table knows.
    for args in [&["list", "--remote"][..], &["install", "1.22.10"]] {
        let call = sandbox.goward(args).env("GOWARD_MIRROR", "http://go.invalid");
        let call = call.env("HTTPS_PROXY", &proxy).env("GOWARD_TEST_DEADLINE", "800");
        let start = Instant::now();
        call.run().says("go.invalid");
        assert!(start.elapsed() < Duration::from_secs(20), "{args:?}: {:?}", start.elapsed());
    }
}

/// F20.
#[test]
fn a_proxy_that_refuses_is_named() {
    let (sandbox, server) = scene("refusing");
    for refusal in ["407 Proxy Authentication Required", "403 Forbidden"] {
        let proxy = before(&server, Some(refusal));
        let outcome = install(&sandbox, "http://go.invalid").env("HTTPS_PROXY", &proxy.url).run();
        outcome.code(4).nothing_on_stdout().says(proxy.url.trim_start_matches("http://"));
    }
    let gone = install(&sandbox, "http://go.invalid").env("HTTPS_PROXY", "http://127.0.0.1:1");
    gone.run().code(4).nothing_on_stdout().says("127.0.0.1:1");
    assert_eq!(server.total(), 0);
}

/// Without the checksum database goward installs no archive for which it has to vouch, and the
/// error names the server and the question.
#[test]
fn a_database_that_cannot_be_reached_is_named() {
    let (sandbox, mirror) = scene("no-database");
    let tree = SmallRelease::make(&sandbox);
    let proxy = ModuleProxy::new(&sandbox).offer_go(VERSION, tree.tree());
    let module = format!("golang.org/toolchain@v0.0.1-{}", archive(VERSION));
    let lookup = format!("lookup/{}", module.trim_end_matches(".tar.gz"));
    let mut faults = vec![None, Some(Fault::Status(500))];
    match binaries().checkpoints {
        true => faults.push(Some(Fault::Silence)),
        false => note(&format!("{PREBUILT} is set: programs for users have real limits of time")),
    }
    for fault in faults {
        let database = Server::start(sandbox.dir());
        let url = match fault {
            None => String::from("http://127.0.0.1:1"),
            Some(fault) => {
                database.fail(&lookup, fault, usize::MAX);
                database.url()
            }
        };
        for args in [["--from", "proxy"], ["--verify", "t1"]] {
            let call = sandbox.goward(&["install", args[0], args[1], VERSION]);
            let call = call.env("GOWARD_MIRROR", mirror.url()).env("GOPROXY", proxy.url());
            let call = call.env("GOSUMDB", format!("sum.golang.org {url}"));
            let outcome = call.env("GOWARD_TEST_PATIENCE", "200").run();
            outcome.code(4).nothing_on_stdout().says(url.trim_start_matches("http://"));
            outcome.says(&format!("to vouch for go{VERSION} on ")).says("cannot be reached");
            outcome.says("GOSUMDB");
            assert!(!sandbox.toolchain(VERSION).exists(), "{fault:?} {args:?}");
            assert_eq!(mirror.count(&archive(VERSION)), 0, "{fault:?} {args:?}");
        }
    }
}

/// A server that answers every request so, without a slash at the end of its URL.
fn serve(answer: Answer) -> String {
    let server = http::Server::start(move |_| answer.clone());
    format!("http://{}", server.address())
}

/// N12: trailers without end. The limit, a minute in earnest, is shortened here.
#[test]
fn an_index_that_does_not_end_is_given_up() {
    if !binaries().checkpoints {
        return note(&format!("{PREBUILT} is set: programs for users have real limits of time"));
    }
    let sandbox = Sandbox::empty("endless");
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\nX: y\r\n";
    let mirror = serve(Answer::raw(head).forever("X: yyyyyyyyyyyyyyyy\r\n", Duration::ZERO));
    for args in [&["list", "--remote"][..], &["install", VERSION], &["install", "latest"]] {
        let call = sandbox.goward(args).env("GOWARD_MIRROR", &mirror);
        let call = call.env("GOWARD_MIRROR_DIGESTS", "own").env("GOWARD_TEST_DEADLINE", "1500");
        let start = Instant::now();
        call.run().code(4).nothing_on_stdout().says(mirror.trim_start_matches("http://"));
        assert!(start.elapsed() < Duration::from_secs(15), "{args:?}: {:?}", start.elapsed());
    }
}

/// Only `127.0.0.1` can be reached: go.dev is behind a proxy that is not there.
fn alone(call: Call) -> Call {
    call.env("HTTPS_PROXY", "http://127.0.0.1:1").env("NO_PROXY", "127.0.0.1")
}

/// A bare directory of archives is a mirror: the compiled-in table names its releases.
#[test]
fn without_any_index_the_table_answers() {
    let sandbox = Sandbox::empty("bare");
    let mirror = serve(Answer::status("404 Not Found"));
    let call = alone(sandbox.goward(&["install", "-n", "1.23"]).env("GOWARD_MIRROR", &mirror));
    let outcome = call.run();
    outcome.code(0).says("go1.23.12 is the newest known for 1.23; newer releases may exist");
    let list = alone(sandbox.goward(&["list", "--remote", "1.22"]).env("GOWARD_MIRROR", &mirror));
    list.run().code(0).says("newer releases may exist");
}

/// FR1 and S12: a user who types a version learns that the mirror lacks it; for a file goward takes
/// a release that the mirror has.
#[test]
fn a_mirror_that_hides_releases_does_not_make_an_old_one_the_newest() {
    let sandbox = Sandbox::empty("freeze");
    let name = archive("1.22.0");
    let (os, arch) = platform();
    let index = serde_json::json!([{ "version": "go1.22.0", "files": [
        { "filename": name, "os": os, "arch": arch, "kind": "archive" },
    ] }]);
    let mirror = serve(Answer::ok(index.to_string()));
    for selector in ["1.22", ">=1.22,<1.23"] {
        let call = sandbox.goward(&["install", selector]).env("GOWARD_MIRROR", &mirror);
        let outcome = alone(call).run();
        outcome.code(3).says("is go1.22.12, which is not to be had").says("has go1.22.0 at most");
        outcome.says("goward install 1.22.0");
        let provide = ["provide", selector, "--wanted-by", "a file", "--known-digests"];
        let outcome = alone(sandbox.goward(&provide).env("GOWARD_MIRROR", &mirror)).run();
        // The server has the index for an archive, so it goes no further than that.
        outcome.code(5).says("go1.22.12 is known").says("is go1.22.0, which is taken");
        let typed = ["provide", selector, "--wanted-by", "the command line", "--known-digests"];
        let outcome = alone(sandbox.goward(&typed).env("GOWARD_MIRROR", &mirror)).run();
        outcome.code(3).says("is go1.22.12, which is not to be had");
        assert!(!sandbox.toolchain("1.22.0").exists());
    }
}

/// A release that a mirror invented blocks `latest` until the user makes goward forget it, and the
/// error tells how.
#[test]
fn an_invented_release_can_be_forgotten() {
    let sandbox = Sandbox::empty("invented");
    let name = archive("1.27.0");
    let (os, arch) = platform();
    let index = serde_json::json!([{ "version": "go1.27.0", "files": [
        { "filename": name, "os": os, "arch": arch, "kind": "archive" },
    ] }]);
    let mirror = serve(Answer::ok(index.to_string()));
    let seen = sandbox.root().join("state/seen");
    std::fs::create_dir_all(sandbox.root().join("state")).expect("it is ours");
    let invented = serde_json::json!({
        format!("{mirror}/"): { "1.999.0": [format!("{os}/{arch}")] },
    });
    std::fs::write(&seen, invented.to_string()).expect("it is ours");
    let latest =
        || alone(sandbox.goward(&["install", "latest"]).env("GOWARD_MIRROR", &mirror)).run();
    let outcome = latest();
    outcome.code(3).says("is go1.999.0, which is not to be had");
    outcome.says("if there is no such release, remove ~/.goward/state/seen");
    std::fs::remove_file(&seen).expect("it is there");
    // The server has the index for an archive.
    latest().code(5).says("installing go1.27.0");
}

/// CF2, CF3, P3: without a need for an account, goward minds neither the place nor the kind of
/// `.netrc`.
#[test]
fn an_odd_home_stops_no_install() {
    use std::os::unix::ffi::OsStrExt as _;
    let (sandbox, server) = scene("odd-home");
    let odd = std::ffi::OsStr::from_bytes(b"/nowhere/\xff");
    let root = sandbox.root();
    let call = install(&sandbox, &server.url()).env("HOME", odd).env("GOWARD_ROOT", &root);
    call.run().code(0);
    std::fs::remove_dir_all(sandbox.toolchain(VERSION)).expect("it was installed");
    let fifo = sandbox.dir().join("fifo");
    assert!(tool("mkfifo").arg(&fifo).status().expect("it runs").success());
    install(&sandbox, &server.url()).env("NETRC", &fifo).run().code(0);
}

/// If an installed toolchain will do meanwhile, a mirror that takes connections and says nothing
/// costs a second and a line, once.
#[test]
fn a_silent_mirror_costs_a_second_and_a_line_once() {
    let sandbox = Sandbox::empty("silent");
    sandbox.install_script("1.23.2", "echo go version go1.23.2 script");
    let project = sandbox.project("p");
    sandbox.write(project.join("go.mod"), "module m\n\ngo 1.22.98\n\ntoolchain go1.22.99\n");
    let server = Server::start(sandbox.dir());
    server.fail("index", Fault::Silence, usize::MAX);
    let call = sandbox.go(&project, &["version"]).env("GOWARD_MIRROR", server.url());
    let call = call.env("GOWARD_MIRROR_DIGESTS", "own");
    let start = Instant::now();
    let first = call.run();
    let took = start.elapsed();
    first.code(0).says("a later one that is here runs");
    assert_eq!(first.stdout, "go version go1.23.2 script\n");
    assert_eq!(first.stderr.lines().count(), 1, "{first}");
    assert!(took < Duration::from_secs(8), "half a minute is for people: {took:?}");
    let asked = server.total();
    for _ in 0..3 {
        call.run().code(0).silent();
    }
    assert_eq!(server.total(), asked, "it is remembered");
}

//! Every wait ends, whatever a server sends.

use crate::dist::{World, chain, file_name, index, toolchain};
use goward_installer::{ErrorKind, Index, Limits, Silent};
use goward_testkit::http::{Answer, Server};
use goward_testkit::start::tool;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The bytes that a server sends: some once, then others again and again, with pauses.
#[derive(Clone, Copy, Debug)]
struct Script {
    name: &'static str,
    first: &'static str,
    again: &'static str,
    pause: u64,
}

const OK: &str = "HTTP/1.1 200 OK\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n[\r\n";
const TRAILERS: &str =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\nX: y\r\n";

const ENDLESS: &[Script] = &[
    Script { name: "nothing", first: "", again: "", pause: 50 },
    Script { name: "head", first: OK, again: "X: y\r\n", pause: 0 },
    Script { name: "slow head", first: OK, again: "X: y\r\n", pause: 50 },
    Script { name: "one header", first: "HTTP/1.1 200 OK\r\nX: ", again: "yyyyyyyy", pause: 0 },
    Script { name: "100", first: "", again: "HTTP/1.1 100 Continue\r\n\r\n", pause: 0 },
    Script { name: "slow 103", first: "", again: "HTTP/1.1 103 Early Hints\r\n\r\n", pause: 50 },
    Script { name: "trailers", first: TRAILERS, again: "X: yyyyyyyyyyyyyyyy\r\n", pause: 0 },
    Script { name: "slow trailers", first: TRAILERS, again: "X: y\r\n", pause: 50 },
    Script { name: "one trailer", first: TRAILERS, again: "yyyyyyyyyyyyyyyy", pause: 0 },
    Script { name: "extension", first: CHUNKED, again: "1;xxxxxxxxxxxxxxxxxxxx", pause: 0 },
    Script { name: "chunks", first: CHUNKED, again: "1\r\n \r\n", pause: 20 },
    Script { name: "chunk size", first: CHUNKED, again: "0", pause: 0 },
    Script { name: "body", first: "HTTP/1.1 200 OK\r\n\r\n[", again: " ", pause: 20 },
    Script { name: "steady body", first: "HTTP/1.1 200 OK\r\n\r\n[", again: PAGE, pause: 20 },
    Script { name: "busy", first: "", again: BUSY, pause: 0 },
];
/// More bytes than any minimal rate demands.
const PAGE: &str = concat!(
    "                                                                                          ",
    "                                                                                          ",
);
const BUSY: &str = "HTTP/1.1 503 Busy\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n";

/// A server that answers each request for `/WHAT…` by the script, until the client hangs up, and
/// all others by `other`.
fn endless(script: Script, what: &'static str, other: fn() -> Vec<u8>) -> String {
    let server = Server::start(move |request| match request.path[1..].starts_with(what) {
        true => {
            let pause = Duration::from_millis(script.pause);
            Answer::raw(script.first).forever(script.again, pause)
        }
        false => Answer::ok(other()),
    });
    server.url
}

const LIMITS: Limits =
    Limits { metadata: Duration::from_millis(1500), stall: Duration::from_millis(700) };

/// N12, H4, H5, N18: one limit covers everything for an index: tries, pauses, redirects, trailers.
#[test]
fn an_index_that_does_not_end_is_given_up() {
    std::thread::scope(|scope| {
        for script in ENDLESS {
            scope.spawn(move || {
                let mut world = World::new(&endless(*script, "?mode", Vec::new));
                world.settings.limits = LIMITS;
                let start = Instant::now();
                let error = Index::load(&world.store, &world.settings, &Silent).unwrap_err();
                let took = start.elapsed();
                assert_eq!(error.kind(), ErrorKind::Network, "{script:?}: {}", chain(&error));
                assert!(took < Duration::from_secs(6), "{}: {took:?}", script.name);
            });
        }
    });
}

#[test]
fn a_redirect_that_takes_its_time_is_in_the_same_limit() {
    let server = Server::start(|request| Answer {
        delay: Duration::from_millis(600),
        ..Answer::redirect(&format!("{}x", request.path))
    });
    let mut world = World::new(&server.url);
    world.settings.limits = LIMITS;
    let start = Instant::now();
    let error = Index::load(&world.store, &world.settings, &Silent).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network, "{}", chain(&error));
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    assert!(chain(&error).contains("within 1.5 s"), "{}", chain(&error));
}

fn listing() -> Vec<u8> {
    let name = file_name(crate::dist::VERSION, "tar.gz");
    index(crate::dist::VERSION, &name, &toolchain().gz()).into_bytes()
}

/// N12, H4: an archive must keep a minimal rate, and bytes outside of its body have a limit: each
/// of its four tries ends.
#[test]
fn an_archive_that_does_not_come_is_given_up() {
    std::thread::scope(|scope| {
        // A body that arrives slowly but steadily may take its time; one that is too long is
        // refused.
        for script in ENDLESS {
            scope.spawn(move || {
                let mut world = World::new(&endless(*script, "go", listing));
                world.settings.limits = LIMITS;
                let start = Instant::now();
                let error = world.fails();
                let took = start.elapsed();
                let kinds = [ErrorKind::Network, ErrorKind::Verification];
                assert!(kinds.contains(&error.kind()), "{script:?}: {}", chain(&error));
                assert!(took < Duration::from_secs(25), "{}: {took:?}", script.name);
            });
        }
    });
}

/// C1: an index that was fetched while the clock was ahead does not count as fresh.
#[test]
fn a_clock_that_was_wrong_makes_nothing_fresh() {
    let listing = Arc::new(String::from_utf8(listing()).unwrap());
    let served = Arc::clone(&listing);
    let server = Server::start(move |_| Answer::ok(served.as_str()));
    let world = World::new(&server.url);
    let path = "/?mode=json&include=all";
    let load = || Index::load(&world.store, &world.settings, &Silent).unwrap();
    load();
    load();
    assert_eq!(server.count(path), 1, "it is fresh");
    let key = &crate::dist::hex(server.url.as_bytes())[..16];
    let meta = world.store.root().join("cache/index").join(format!("{key}.meta"));
    let text = std::fs::read_to_string(&meta).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    for (fetched, asked) in [(now + 3600 * 24 * 365 * 73, 2), (now + 60, 3), (0, 4), (u64::MAX, 5)]
    {
        value["fetched"] = fetched.into();
        std::fs::write(&meta, value.to_string()).unwrap();
        load();
        assert_eq!(server.count(path), asked, "fetched at {fetched}");
        load();
        assert_eq!(server.count(path), asked, "and now it is fresh");
    }
}

/// FZ2: a cache entry is read only if it is a file.
#[cfg(unix)]
#[test]
fn a_cache_of_fifos_is_no_cache() {
    let server = Server::start(|_| Answer::ok(listing()));
    let world = World::new(&server.url);
    Index::load(&world.store, &world.settings, &Silent).unwrap();
    let cache = world.store.root().join("cache/index");
    for entry in std::fs::read_dir(&cache).unwrap() {
        let path = entry.unwrap().path();
        std::fs::remove_file(&path).unwrap();
        assert!(tool("mkfifo").arg(&path).status().unwrap().success());
    }
    let start = Instant::now();
    Index::load(&world.store, &world.settings, &Silent).unwrap();
    assert!(start.elapsed() < Duration::from_secs(5));
}

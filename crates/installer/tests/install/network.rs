//! Servers that fail, lie or are not there.

use crate::dist::{VERSION, World, chain, file_name, index, toolchain};
use goward_installer::{ErrorKind, Index, Silent};
use goward_testkit::http::{Answer, Framing, Request, Server};
use goward_testkit::loopback::closed;
use goward_testkit::start::again;
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

/// A mirror with a correct index, and with an archive from `archive`.
pub(crate) fn mirror(
    archive: impl Fn(&Request, &[u8]) -> Answer + Send + Sync + 'static,
) -> (Server, World) {
    let gz = toolchain().gz();
    let name = file_name(VERSION, "tar.gz");
    let listing = index(VERSION, &name, &gz);
    let server = Server::start(move |request| match request.path.as_str() {
        "/?mode=json&include=all" => Answer::ok(listing.clone()),
        path if path.starts_with("/go") => archive(request, &gz),
        _ => Answer::status("404 Not Found"),
    });
    let world = World::new(&server.url);
    (server, world)
}

pub(crate) fn archive_path() -> String {
    format!("/{}", file_name(VERSION, "tar.gz"))
}

#[test]
fn a_good_mirror_is_asked_once_and_for_plain_bytes() {
    let (server, world) = mirror(|request, gz| {
        assert!(request.headers.contains("accept-encoding: identity"), "{}", request.headers);
        assert!(request.headers.contains("user-agent: goward/"), "{}", request.headers);
        Answer::ok(gz)
    });
    assert!(!world.install().unwrap().already);
    assert!(world.install().unwrap().already);
    assert_eq!(server.count(&archive_path()), 1);
    assert_eq!(server.count("/?mode=json&include=all"), 1);
}

#[test]
fn wrong_bytes_are_refused_with_both_digests() {
    let (_server, world) = mirror(|_, gz| {
        let mut other = gz.to_vec();
        other[100] ^= 1;
        Answer::ok(other)
    });
    let error = world.fails();
    assert_eq!(error.kind(), ErrorKind::Verification);
    let text = error.to_string();
    assert_eq!(text.split(|c: char| !c.is_ascii_hexdigit()).filter(|w| w.len() == 64).count(), 2);
}

#[test]
fn a_page_instead_of_the_archive_is_refused() {
    let (_server, world) = mirror(|_, _| Answer::ok("<html>sign in</html>"));
    let error = world.fails();
    assert_eq!(error.kind(), ErrorKind::Verification);
    assert!(error.to_string().contains("but the mirror itself says"), "{error}");
}

#[test]
fn f11_a_cut_body_is_fetched_again() {
    let (server, world) = mirror(|request, gz| Answer {
        cut: (request.before == 0).then_some(gz.len() / 2),
        ..Answer::ok(gz)
    });
    world.install().unwrap();
    assert_eq!(server.count(&archive_path()), 2);
}

#[test]
fn f11_a_body_need_not_say_how_long_it_is() {
    for framing in [Framing::Chunked, Framing::Close] {
        let (server, world) = mirror(move |_, gz| Answer { framing, ..Answer::ok(gz) });
        world.install().unwrap();
        assert_eq!(server.count(&archive_path()), 1);
    }
}

#[test]
fn f11_a_body_that_claims_another_length_is_refused() {
    for more in [-10, 10] {
        let (server, world) = mirror(move |_, gz| {
            let claim = gz.len().checked_add_signed(more).unwrap();
            Answer { framing: Framing::Claim(claim), ..Answer::ok(gz) }
        });
        let error = world.fails();
        assert_eq!(error.kind(), ErrorKind::Verification, "{more}: {}", chain(&error));
        assert!(error.to_string().contains("but the mirror itself says"), "{error}");
        assert_eq!(server.count(&archive_path()), 1, "{more}");
    }
    let (_server, world) = mirror(|_, gz| {
        let framing = Framing::Chunked;
        Answer { framing, ..Answer::ok([gz, &[0; 10]].concat()) }
    });
    let error = world.fails();
    assert!(chain(&error).contains("bytes that the mirror itself says"), "{}", chain(&error));
}

#[test]
fn f13_retry_after_may_be_a_date() {
    let (server, world) = mirror(|request, gz| match request.before {
        0 => Answer::status("503 Service Unavailable")
            .header("Date: Sun, 06 Nov 1994 08:49:37 GMT")
            .header("Retry-After: Sun, 06 Nov 1994 08:49:39 GMT"),
        _ => Answer::ok(gz),
    });
    let start = Instant::now();
    world.install().unwrap();
    assert!(start.elapsed() >= Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(server.count(&archive_path()), 2);
}

#[test]
fn f13_server_errors_are_tried_four_times_and_missing_files_once() {
    let (server, world) = mirror(|request, gz| match request.before {
        0 => Answer {
            headers: vec!["Retry-After: 1".into()],
            ..Answer::status("429 Too Many Requests")
        },
        1 => Answer::status("503 Service Unavailable"),
        _ => Answer::ok(gz),
    });
    let start = Instant::now();
    world.install().unwrap();
    assert!(start.elapsed() > Duration::from_millis(1700), "{:?}", start.elapsed());
    assert_eq!(server.count(&archive_path()), 3);

    let (server, mut world) = mirror(|_, _| Answer::status("500 Internal Server Error"));
    world.settings.has_fallback = true;
    assert_eq!(world.fails().kind(), ErrorKind::Network);
    assert_eq!(server.count(&archive_path()), 1);

    let (server, world) = mirror(|_, _| Answer::status("404 Not Found"));
    assert_eq!(world.fails().kind(), ErrorKind::NotFound);
    assert_eq!(server.count(&archive_path()), 1);

    let (server, world) = mirror(|_, _| Answer {
        headers: vec!["Retry-After: 3600".into()],
        ..Answer::status("503 Service Unavailable")
    });
    assert_eq!(world.fails().kind(), ErrorKind::Network);
    assert_eq!(server.count(&archive_path()), 1, "an hour is not waited for");
}

#[test]
fn f14_redirects_are_followed_five_times() {
    let hop = |request: &Request, gz: &[u8], hops: usize| {
        let hop = request.path.split("?hop=").nth(1).map_or(0, |hop| hop.parse().unwrap());
        match hop == hops {
            true => Answer::ok(gz),
            false => Answer::redirect(&format!("{}?hop={}", archive_path(), hop + 1)),
        }
    };
    let (_server, world) = mirror(move |request, gz| hop(request, gz, 5));
    world.install().unwrap();
    let (_server, world) = mirror(move |request, gz| hop(request, gz, 6));
    let error = world.fails();
    assert!(error.to_string().contains("redirects more than 5 times"), "{error}");
    let (_server, world) = mirror(|_, _| Answer::redirect("file:///etc/passwd"));
    assert!(world.fails().to_string().contains("other than http"));
}

#[test]
fn f15_a_second_mirror_makes_up_for_a_bad_first() {
    let (_bad, mut world) = mirror(|_, _| Answer::ok("bad"));
    let (good, other) = mirror(|_, gz| Answer::ok(gz));
    world.settings.mirrors.extend(other.settings.mirrors.clone());
    world.install().unwrap();
    assert_eq!(good.count(&archive_path()), 1);
    assert_eq!(world.store.receipt("go1.22.10").unwrap().unwrap().source, {
        format!("{}{}", good.url, file_name(VERSION, "tar.gz"))
    });
}

#[test]
fn f17_the_archive_cache_is_used_and_not_believed() {
    let (server, mut world) = mirror(|_, gz| Answer::ok(gz));
    world.settings.keep_archives = true;
    world.install().unwrap();
    let kept = world.store.archives_dir().join(file_name(VERSION, "tar.gz"));
    assert_eq!(fs::read(&kept).unwrap(), toolchain().gz());

    world.store.uninstall("go1.22.10", false, &Silent).unwrap();
    world.settings.offline = true;
    world.install().unwrap();
    assert_eq!(server.count(&archive_path()), 1);

    world.store.uninstall("go1.22.10", false, &Silent).unwrap();
    world.settings.offline = false;
    let mut flipped = fs::read(&kept).unwrap();
    flipped[50] ^= 1;
    fs::write(&kept, flipped).unwrap();
    world.install().unwrap();
    assert_eq!(server.count(&archive_path()), 2);
    assert_eq!(fs::read(&kept).unwrap(), toolchain().gz());
}

#[test]
fn offline_means_no_request() {
    let (server, mut world) = mirror(|_, gz| Answer::ok(gz));
    world.settings.offline = true;
    let error = world.fails();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(chain(&error).contains("offline"), "{}", chain(&error));
    assert_eq!(server.count("/?mode=json&include=all"), 0);
}

#[test]
fn an_install_with_a_fallback_remembers_an_outage() {
    let mut world = World::new(&format!("http://{}/", closed()));
    world.store.prepare().unwrap();
    world.settings.has_fallback = true;
    let first = world.install().unwrap_err();
    assert!(first.kind() == ErrorKind::Network && !first.is_remembered(), "{}", chain(&first));
    let second = world.install().unwrap_err();
    assert!(second.kind() == ErrorKind::Network && second.is_remembered(), "{}", chain(&second));

    // Another mirror is not affected.
    let (_server, good) = mirror(|_, gz| Answer::ok(gz));
    world.settings.mirrors = good.settings.mirrors.clone();
    world.install().unwrap();
}

#[test]
fn an_install_with_a_fallback_waits_until_another_notices_that_the_network_is_back() {
    let (server, mut world) = mirror(|_, gz| Answer::ok(gz));
    world.store.prepare().unwrap();
    let at = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let memory = world.store.root().join("state/unreachable");
    let text = serde_json::json!({ &server.url: {
        "at": at, "what": "it did not answer", "sort": "network",
    } });
    fs::write(&memory, text.to_string()).unwrap();
    world.settings.has_fallback = true;
    assert!(world.install().unwrap_err().is_remembered());
    assert_eq!(server.count("/?mode=json&include=all"), 0);
    world.settings.has_fallback = false;
    world.install().unwrap();
    assert!(!memory.exists());
}

#[test]
fn an_install_with_a_fallback_asks_once_for_what_no_mirror_has() {
    let (server, mut world) = mirror(|_, gz| Answer::ok(gz));
    world.store.prepare().unwrap();
    world.settings.has_fallback = true;
    let first = world.install_selector("1.25.99").unwrap_err();
    assert!(first.kind() == ErrorKind::NotFound && !first.is_remembered(), "{}", chain(&first));
    let second = world.install_selector("1.25.99").unwrap_err();
    assert!(second.kind() == ErrorKind::NotFound && second.is_remembered(), "{}", chain(&second));
    // A request for another release is made, and finds the index fresh enough.
    assert!(!world.install_selector("1.25.98").unwrap_err().is_remembered());
    assert_eq!(server.count("/?mode=json&include=all"), 1);
    world.install().unwrap();
    // A patient caller asks again, and the mirror, too.
    world.settings.has_fallback = false;
    assert!(!world.install_selector("1.25.99").unwrap_err().is_remembered());
    assert_eq!(server.count("/?mode=json&include=all"), 2);
}

#[test]
fn the_index_is_cached_and_asked_for_conditionally() {
    let listing = index("1.22.9", &file_name("1.22.9", "tar.gz"), b"x");
    let server = Server::start(move |request| {
        if request.headers.contains("if-none-match: \"one\"") {
            return Answer::status("304 Not Modified");
        }
        Answer { headers: vec!["ETag: \"one\"".into()], ..Answer::ok(listing.clone()) }
    });
    let mut world = World::new(&server.url);
    let load = |world: &World| Index::load(&world.store, &world.settings, &Silent).unwrap();
    let first = load(&world);
    assert_eq!(first.entries()[0].version().as_str(), "1.22.9");
    load(&world);
    assert_eq!(server.count("/?mode=json&include=all"), 1);
    world.settings.refresh = true;
    assert_eq!(load(&world), first);
    assert_eq!(server.count("/?mode=json&include=all"), 2);
    // If a fresh cached index lacks the release, the mirror is asked once more.
    world.settings.refresh = false;
    let error = world.install().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(server.count("/?mode=json&include=all"), 3);
}

#[test]
fn b138_a_huge_index_is_refused() {
    let server = Server::start(|_| Answer::ok(vec![b' '; 20 << 20]));
    let error = World::new(&server.url).install().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Verification);
    assert!(chain(&error).contains("larger than"), "{}", chain(&error));
}

#[test]
fn a_mirror_of_plain_files_may_keep_its_index_in_a_file() {
    let gz = toolchain().gz();
    let name = file_name(VERSION, "tar.gz");
    let listing = index(VERSION, &name, &gz);
    let server = Server::start(move |request| match request.path.as_str() {
        "/index.json" => Answer::ok(listing.clone()),
        path if path.starts_with("/go") => Answer::ok(gz.clone()),
        _ => Answer::ok("<html>a list of files</html>"),
    });
    World::new(&server.url).install().unwrap();
}

/// Where [`resetting`] breaks a connection.
#[test]
fn f14_an_account_is_not_sent_on_to_another_host() {
    let gz = toolchain().gz();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let elsewhere = Server::start(move |request| {
        log.lock().unwrap().push(request.headers.clone());
        Answer::ok(gz.clone())
    });
    let to = elsewhere.url.replace("127.0.0.1", "localhost");
    let (server, mut world) = mirror(move |request, _| {
        assert!(
            request.headers.contains("authorization: basic bwu6c2vjcmv0"),
            "the account is used"
        );
        Answer::redirect(&format!("{to}{}", &archive_path()[1..]))
    });
    let netrc = tempfile::NamedTempFile::new().unwrap();
    fs::write(netrc.path(), "machine 127.0.0.1 login me password secret\n").unwrap();
    let path = netrc.path().to_str().unwrap();
    world
        .settings
        .use_checksum_database(|name| (name == "NETRC").then(|| path.to_owned()))
        .unwrap();
    // Only the account matters in this test.
    world.settings.checksum_database = None;
    world.install().unwrap();
    assert_eq!(server.count(&archive_path()), 1);
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 1);
    assert!(!seen[0].contains("authorization") && !seen[0].contains("cookie"), "{}", seen[0]);
}

const BEHIND_SOCKS: &str = "GOWARD_TEST_BEHIND_SOCKS";

/// [`f20_a_socks_proxy_is_refused_by_name`] starts this process. It does nothing by itself.
#[test]
fn behind_socks() {
    let Ok(mirror) = std::env::var(BEHIND_SOCKS) else { return };
    let error = World::new(&mirror).fails();
    assert_eq!(error.kind(), ErrorKind::Network, "{}", chain(&error));
    assert!(chain(&error).contains("127.0.0.1:9050"), "{}", chain(&error));
    assert!(chain(&error).contains("SOCKS"), "{}", chain(&error));
}

/// A direct connection would show the server the address of the client.
#[test]
fn f20_a_socks_proxy_is_refused_by_name() {
    let (server, _world) = mirror(|_, gz| Answer::ok(gz));
    for scheme in ["socks4", "socks5", "socks5h"] {
        let proxy = format!("{scheme}://127.0.0.1:9050");
        let env = [(BEHIND_SOCKS, server.url.as_ref()), ("ALL_PROXY", proxy.as_ref())];
        let victim = again("network::behind_socks", &env).output().unwrap();
        let said = String::from_utf8_lossy(&victim.stdout);
        assert!(victim.status.success() && said.contains("1 passed"), "{scheme}: {said}");
    }
    assert_eq!(server.count("/?mode=json&include=all"), 0);
}

//! F16: downloads that break off, and servers that send the wrong rest.

use crate::dist::{NAME, VERSION, World, chain, file_name, toolchain};
use crate::network::{archive_path, mirror};
use goward_installer::ErrorKind;
use goward_testkit::http::{Answer, Request, Server, content_range};
use std::fs;
use std::sync::{Arc, Mutex};

const TAG: &str = "ETag: \"one\"";

/// The headers of every request for the archive.
type Log = Arc<Mutex<Vec<String>>>;

/// A mirror whose archive comes from `answer`, and the requests that it gets.
fn logged(
    answer: impl Fn(&Request, &[u8]) -> Answer + Send + Sync + 'static,
) -> (Server, World, Log) {
    let log = Log::default();
    let seen = Arc::clone(&log);
    let (server, world) = mirror(move |request, gz| {
        seen.lock().unwrap().push(request.headers.clone());
        answer(request, gz)
    });
    (server, world, log)
}

/// Installs the archive although the first request breaks off. Each item of `asks` is one more
/// request, and says whether it asks for the rest.
fn installs(
    what: &str,
    asks: &[bool],
    answer: impl Fn(&Request, &[u8]) -> Answer + Send + Sync + 'static,
) {
    let (_server, mut world, log) =
        logged(move |request, gz| answer(request, gz).breaks_once(request));
    world.settings.keep_archives = true;
    world.install().unwrap_or_else(|error| panic!("{what}: {}", chain(&error)));
    let log = log.lock().unwrap();
    let asked: Vec<_> = log[1..].iter().map(|headers| headers.contains("range: bytes=")).collect();
    assert_eq!(asked, asks, "{what}");
    assert!(!log[0].contains("range"), "{what}");
    let kept = world.store.archives_dir().join(file_name(VERSION, "tar.gz"));
    assert_eq!(fs::read(kept).unwrap(), toolchain().gz(), "{what}");
    assert!(world.store.toolchain(NAME).is_some(), "{what}");
    let staging = fs::read_dir(world.store.root().join("state/staging")).unwrap().count();
    assert_eq!(staging, 0, "{what}");
}

#[test]
fn the_rest_is_asked_for_and_no_more() {
    let (_server, world, log) =
        logged(|request, gz| Answer::range(request, gz).header(TAG).breaks_once(request));
    world.install().unwrap();
    let log = log.lock().unwrap();
    let half = toolchain().gz().len() / 2;
    assert_eq!(log.len(), 2);
    assert!(log[1].contains(&format!("range: bytes={half}-\n")), "{}", log[1]);
    assert!(log[1].contains("if-range: \"one\"\n"), "{}", log[1]);
}

#[test]
fn a_date_will_do_if_it_is_old_enough() {
    installs("old", &[true], |request, gz| {
        assert!(request.before == 0 || request.headers.contains("if-range: sun, 06 nov 1994"));
        Answer::range(request, gz)
            .header("Date: Sun, 06 Nov 1994 08:50:37 GMT")
            .header("Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT")
    });
    installs("fresh", &[false], |request, gz| {
        Answer::range(request, gz)
            .header("Date: Sun, 06 Nov 1994 08:49:38 GMT")
            .header("Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT")
    });
}

#[test]
fn without_an_exact_tag_the_whole_is_asked_for() {
    installs("weak", &[false], |request, gz| Answer::range(request, gz).header("ETag: W/\"one\""));
    installs("none", &[false], Answer::range);
}

#[test]
fn a_server_may_send_the_whole_instead() {
    installs("changed tag", &[true], |_, gz| Answer::ok(gz).header(TAG));
}

#[test]
fn bytes_that_are_not_the_rest_are_not_taken_for_it() {
    installs("416", &[true, false], |request, gz| match request.from() {
        Some(_) => Answer::status("416 Range Not Satisfiable"),
        None => Answer::ok(gz).header(TAG),
    });
    for off in [-1, 1] {
        installs("off by one", &[true, false], move |request, gz| match request.from() {
            Some(from) => Answer {
                status: "206 Partial Content",
                headers: vec![content_range(from.checked_add_signed(off).unwrap(), gz)],
                ..Answer::ok(&gz[from..])
            },
            None => Answer::ok(gz).header(TAG),
        });
    }
    installs("no range", &[true, false], |request, gz| match request.from() {
        Some(from) => Answer { status: "206 Partial Content", ..Answer::ok(&gz[from..]) },
        None => Answer::ok(gz).header(TAG),
    });
}

#[test]
fn wrong_bytes_in_the_rest_cost_one_more_download() {
    installs("wrong rest", &[true, false], |request, gz| match request.from() {
        Some(from) => {
            let mut gz = gz.to_vec();
            gz[from + 3] ^= 1;
            Answer::range(request, &gz)
        }
        None => Answer::ok(gz).header(TAG),
    });
}

#[test]
fn an_archive_that_changes_meanwhile_is_fetched_anew() {
    installs("changed", &[true, false], |request, gz| match request.before {
        0 => {
            let mut other = gz.to_vec();
            other[20] ^= 1;
            Answer::ok(other).header(TAG)
        }
        _ => Answer::ok(gz),
    });
}

#[test]
fn a_server_that_lies_twice_is_refused() {
    let (server, world) = mirror(|request, gz| {
        let mut other = gz.to_vec();
        other[20] ^= 1;
        Answer::range(request, &other).header(TAG).breaks_once(request)
    });
    let error = world.fails();
    assert_eq!(error.kind(), ErrorKind::Verification, "{}", chain(&error));
    assert!(error.to_string().contains("SHA-256"), "{error}");
    assert_eq!(server.count(&archive_path()), 3, "once in two parts, once in one");
}

/// Each connection brings a little more than a MiB and breaks off. This happens more often than a
/// request may fail, and still everything arrives.
#[test]
fn a_line_that_gets_on_may_break_often() {
    let noise: Vec<u8> = (0..6_u32 << 20)
        .scan(1_u32, |state, _| {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some((*state >> 24) as u8)
        })
        .collect();
    let mut tar = toolchain();
    let gz = tar.file("go/noise", &noise).gz();
    let name = file_name(VERSION, "tar.gz");
    let listing = crate::dist::index(VERSION, &name, &gz);
    let server = Server::start(move |request| match request.path.as_str() {
        "/?mode=json&include=all" => Answer::ok(listing.clone()),
        _ => {
            let answer = Answer::range(request, &gz).header(TAG);
            let cut = Some((12 << 17).min(answer.body.len()));
            Answer { cut, ..answer }
        }
    });
    let world = World::new(&server.url);
    world.install().unwrap();
    assert!(server.count(&archive_path()) >= 4);
}

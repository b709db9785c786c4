//! A database, or a proxy that may stand for it, that does not answer: goward does not wait for
//! long, and no other caller waits with it.

use crate::database::{Served, record};
use crate::dist::{World, chain, file_name};
use crate::install::{VERSION, archive, files, h1, module};
use crate::kit::Asker;
use crate::server::{Answer, Server};
use goward_installer::{
    Assurance, ErrorKind, Installer, Limits, Module, Platform, Query, Settings, Silent,
};
use goward_resolver::Selector;
use std::fs;
use std::time::{Duration, Instant};

fn limits(milliseconds: u64) -> Limits {
    Limits { metadata: Duration::from_millis(milliseconds), ..Limits::default() }
}

/// A server that answers everything late.
fn slow(delay: u64) -> Server {
    Server::start(move |_| Answer {
        delay: Duration::from_millis(delay),
        ..Answer::status("500 Too late")
    })
}

/// N18: one limit covers all requests about one module, to proxies and to the database.
#[test]
fn silent_proxies_share_one_limit() {
    let (served, silent) = (Served::with(9, 9), slow(10_000));
    let mut asker = Asker::new();
    asker.settings.has_fallback = false;
    asker.settings.limits = limits(1500);
    asker.goproxy = format!("{}|", silent.url).repeat(5);
    let key = served.gosumdb.split(' ').next().unwrap();
    let start = Instant::now();
    let error = asker.ask(key, &crate::kit::module("go1.23.4")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network, "{}", chain(&error));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn slow_tiles_and_answers_share_one_limit() {
    let served = Served::with(300, 10);
    served.state().tamper = Some(Box::new(|_, content| Answer {
        delay: Duration::from_millis(600),
        ..Answer::ok(content)
    }));
    let mut asker = Asker::new();
    asker.settings.limits = limits(700);
    let start = Instant::now();
    let error = asker.look(&served).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network, "{}", chain(&error));
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}

/// N18: goward asks eight proxies of an endless list.
#[test]
fn no_more_than_eight_proxies_are_asked() {
    let (served, none) = (Served::with(9, 9), Server::start(|_| Answer::status("404 Not Found")));
    let path = "/sumdb/sum.test/supported";
    let ask = |before: usize| {
        let mut asker = Asker::new();
        asker.goproxy = format!("{},", none.url).repeat(before) + &served.server.url + "proxy";
        let key = served.gosumdb.split(' ').next().unwrap();
        asker.ask(key, &crate::kit::module("go1.23.4"))
    };
    ask(7).unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert_eq!(none.count(path), 7);
    let error = ask(2500).unwrap_err();
    assert_eq!(none.count(path), 7 + 8);
    assert!(error.to_string().contains("first 8 module proxies"), "{}", chain(&error));
}

/// A mirror in a directory with releases that only the database knows.
fn world(versions: &[&str]) -> (World, Served) {
    let mut world = World::with_archive(b"", "tar.gz");
    let gz = archive(&files());
    let listed = versions.iter().map(|version| {
        let name = file_name(version, "tar.gz");
        let host = Platform::host();
        serde_json::json!({ "version": format!("go{version}"), "stable": true, "files": [{
            "filename": name, "os": host.os(), "arch": host.arch(), "kind": "archive",
        }] })
    });
    let index = serde_json::Value::from_iter(listed).to_string();
    fs::write(world.dist().join("index.json"), index).unwrap();
    fs::write(world.dist().join(file_name(VERSION, "tar.gz")), gz).unwrap();
    world.settings.mirrors = vec![world.mirror(false)];
    world.settings.has_fallback = true;
    let served = Served::with(30, 5);
    served.state().add(&module(), &record(&module(), &h1(&files())));
    ask(&mut world.settings, &served.gosumdb);
    (world, served)
}

/// Makes the database that `gosumdb` names the witness.
fn ask(settings: &mut Settings, gosumdb: &str) {
    settings.use_checksum_database(|name| (name == "GOSUMDB").then(|| gosumdb.to_owned())).unwrap();
}

/// N12, N18: a process that waits for a database holds no lock, so another install goes on.
#[test]
fn no_install_waits_for_one_that_waits() {
    let (world, served) = world(&[VERSION]);
    let silent = slow(20_000);
    let key = served.gosumdb.split(' ').next().unwrap();
    let mut hanging = world.settings.clone();
    ask(&mut hanging, &format!("{key} {}", silent.url));
    hanging.limits = limits(8000);
    let selector = Selector::parse(VERSION).unwrap();
    let query = Query::new(&selector);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            Installer { store: &world.store, settings: &hanging, progress: &Silent }.bring(&query)
        });
        let path = format!("/lookup/{}", module());
        while silent.count(&path) == 0 {
            std::thread::sleep(Duration::from_millis(20));
        }
        let start = Instant::now();
        let installed = world.install_selector(VERSION);
        installed.unwrap_or_else(|error| panic!("{}", chain(&error)));
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        assert!(!waiting.is_finished(), "it still waits");
        // It finds that nothing is left to do, or that it cannot tell: both are correct.
        drop(waiting.join().unwrap());
    });
}

/// A server that cannot be reached is asked once, not once for each mirror.
#[test]
fn a_silent_database_is_asked_once_for_all_mirrors() {
    let (mut world, served) = world(&[VERSION]);
    let silent = slow(20_000);
    let key = served.gosumdb.split(' ').next().unwrap();
    world.settings.mirrors = vec![world.mirror(false); 4];
    ask(&mut world.settings, &format!("{key} {}", silent.url));
    world.settings.min_assurance = Some(Assurance::ChecksumDatabase);
    world.settings.limits = limits(800);
    let selector = Selector::parse(VERSION).unwrap();
    let error = world.by(&Silent).bring(&Query::new(&selector)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network, "{}", chain(&error));
    assert_eq!(silent.count(&format!("/lookup/{}", module())), 1);
}

/// S12: a mirror without an index lacks the newest release that is known. A file's wish gets the
/// next one, and a person gets an error.
#[test]
fn a_bare_mirror_that_lags_serves_what_it_has() {
    const NEWER: &str = "1.22.1000";
    let (mut world, served) = world(&[VERSION, NEWER]);
    let name = goward_resolver::ToolchainName::parse("go1.22.1000").unwrap();
    let host = Platform::host();
    let newer = Module::of(&name, &host).unwrap();
    served.state().add(&newer, &record(&newer, &h1(&files())));
    let selector = Selector::parse("1.22").unwrap();
    let mut query = Query::new(&selector);
    world.store.prepare().unwrap();
    let found = world.by(&Silent).find(&query).unwrap();
    assert_eq!(found.version().as_str(), NEWER);
    // The store keeps these answers, so that no server has to be asked.
    for module in [&newer, &module()] {
        world.by(&Silent).vouch(module.name(), &host).unwrap().unwrap();
    }
    (world.settings.offline, world.settings.has_fallback) = (true, false);
    // The place of its index holds something else.
    let index = world.dist().join("index.json");
    fs::write(&index, "<html>sign in</html>").unwrap();

    let error = world.by(&Silent).bring(&query).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{}", chain(&error));
    assert!(error.hints().iter().any(|hint| hint.contains("go1.22.1000")), "{:?}", error.hints());
    // A directory that can be listed shows what it lacks before anything is asked for.
    fs::remove_file(&index).unwrap();
    let listed = world.by(&Silent).bring(&query).unwrap_err();
    let said = "is go1.22.1000, which is not to be had";
    assert!(listed.to_string().contains(said), "{}", chain(&listed));
    query.or_older = true;
    let found = world.by(&Silent).find(&query).unwrap();
    assert_eq!(found.version().as_str(), VERSION);
    fs::write(&index, "<html>sign in</html>").unwrap();
    let brought = world.by(&Silent).bring(&query);
    let (release, installed) = brought.unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert_eq!((release.version().as_str(), installed.name.as_str()), (VERSION, "go1.22.999"));
}

//! A mirror that hides releases: other knowledge of releases counts as well.

use crate::dist::{VERSION, World, chain, file_name};
use goward_installer::{Error, ErrorKind, Index, Platform, Progress, Query, Release, Silent};
use goward_resolver::{Selector, Version};
use std::fs;
use std::sync::Mutex;

/// Collects the notes.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Progress for Notes {
    fn note(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }
}

/// Lists `versions`, without digests, so that the table does not contradict.
fn listing(versions: &[&str], platform: &Platform) -> String {
    let release = |version: &&str| {
        let suffix = file_name(version, "tar.gz");
        serde_json::json!({ "version": format!("go{version}"), "stable": true, "files": [{
            "filename": suffix, "os": platform.os(), "arch": platform.arch(), "kind": "archive",
        }] })
    };
    serde_json::Value::from_iter(versions.iter().map(release)).to_string()
}

/// A mirror in a directory, with an index of `versions`. Its own digests count if `own`.
fn mirror(versions: &[&str], own: bool) -> World {
    let mut world = World::with_archive(b"", "tar.gz");
    // Only the index names releases.
    fs::remove_file(world.dist().join(file_name(VERSION, "tar.gz"))).unwrap();
    world.store.prepare().unwrap();
    show(&world, versions);
    world.settings.mirrors = vec![world.mirror(own)];
    // Only go.dev is not on this machine.
    world.settings.offline = true;
    world
}

fn show(world: &World, versions: &[&str]) {
    fs::write(world.dist().join("index.json"), listing(versions, &Platform::host())).unwrap();
}

fn ask(world: &World, selector: &str, or_older: bool) -> (Result<Release, Error>, Vec<String>) {
    ask_at_least(world, selector, None, or_older)
}

fn ask_at_least(
    world: &World,
    selector: &str,
    at_least: Option<&str>,
    or_older: bool,
) -> (Result<Release, Error>, Vec<String>) {
    let (selector, notes) = (Selector::parse(selector).unwrap(), Notes::default());
    let mut query = Query::new(&selector);
    query.or_older = or_older;
    query.at_least = at_least.map(|text| Version::parse(text).unwrap());
    let found = world.by(&notes).find(&query);
    (found, notes.0.into_inner().unwrap())
}

/// The newest release of a selector that the compiled-in table has.
fn newest(selector: &str) -> String {
    let selector = Selector::parse(selector).unwrap();
    let table = Index::embedded();
    let host = Platform::host();
    let entries = table.entries().iter().filter(|entry| entry.has(&host));
    selector.newest(entries.map(|entry| entry.version())).unwrap().to_string()
}

/// FR1: a mirror that hides releases cannot make an old one the newest.
#[test]
fn a_person_gets_the_newest_release_that_is_known() {
    let world = mirror(&["1.21.0", "1.22.0"], false);
    for (selector, has) in [
        ("latest", "1.22.0"),
        ("1.22", "1.22.0"),
        ("1.21", "1.21.0"),
        (">=1.21,<1.23", "1.22.0"),
        ("^1.21", "1.22.0"),
    ] {
        let (found, _) = ask(&world, selector, false);
        let error = found.expect_err(selector);
        assert_eq!(error.kind(), ErrorKind::NotFound, "{selector}");
        let said = error.to_string();
        assert!(said.contains(&format!("is go{},", newest(selector))), "{selector}: {said}");
        assert!(said.contains(&format!("has go{has} at most")), "{selector}: {said}");
        let way = format!("goward install {has}");
        assert!(error.hints().iter().any(|hint| hint.contains(&way)), "{:?}", error.hints());
    }
    // A floor in a person's file accepts later releases, too.
    let (found, _) = ask_at_least(&world, "latest", Some("1.21.5"), false);
    assert!(found.unwrap_err().to_string().contains("has go1.22.0 at most"));
    // The very release is still there by its full name.
    assert_eq!(ask(&world, "1.22.0", false).0.unwrap().version().as_str(), "1.22.0");
    // `oldstable` is the minor before the newest of all known releases.
    let (found, _) = ask(&world, "oldstable", false);
    assert!(found.unwrap_err().to_string().contains("has go1.21.0 at most"));
}

/// S12: mirrors lag, and a floor never needed the very newest.
#[test]
fn a_file_gets_the_newest_release_that_can_be_had() {
    let world = mirror(&["1.21.0", "1.22.0"], false);
    for (selector, at_least, has) in
        [("latest", None, "1.22.0"), ("1.21", None, "1.21.0"), (">=1.21", Some("1.21.5"), "1.22.0")]
    {
        let (found, notes) = ask_at_least(&world, selector, at_least, true);
        assert_eq!(found.unwrap().version().as_str(), has, "{selector}");
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].contains(&format!("go{} is known", newest(selector))), "{notes:?}");
    }
    // A release below the floor is not accepted.
    let (found, _) = ask_at_least(&world, "1.22", Some("1.22.5"), true);
    let world = mirror(&["1.21.0"], false);
    let (none, _) = ask_at_least(&world, "1.22", Some("1.22.5"), true);
    assert_eq!(found.unwrap().version().as_str(), newest("1.22"), "offline the table answers");
    assert_eq!(none.unwrap().version().as_str(), newest("1.22"), "offline the table answers");
}

#[test]
fn a_mirror_that_speaks_for_itself_is_believed() {
    let world = mirror(&["1.21.0", "1.22.0"], true);
    for (selector, has) in
        [("latest", "1.22.0"), ("1.22", "1.22.0"), ("1.21", "1.21.0"), ("oldstable", "1.21.0")]
    {
        let (found, notes) = ask(&world, selector, false);
        assert_eq!(found.unwrap().version().as_str(), has, "{selector}");
        assert_eq!(notes, [""; 0]);
    }
}

/// A mirror cannot hide a release that it has shown once.
#[test]
fn releases_that_were_seen_count() {
    let world = mirror(&["1.97.0", "1.98.0", "1.98.1", "1.99rc1"], false);
    assert_eq!(ask(&world, "latest", false).0.unwrap().version().as_str(), "1.98.1");
    assert_eq!(ask(&world, "1.98", false).0.unwrap().version().as_str(), "1.98.1");
    show(&world, &["1.97.0", "1.98.0"]);
    for selector in ["latest", "1.98", ">=1.97"] {
        let said = ask(&world, selector, false).0.expect_err(selector).to_string();
        assert!(said.contains("is go1.98.1,") && said.contains("has go1.98.0 at most"), "{said}");
        let (found, notes) = ask(&world, selector, true);
        assert_eq!(found.unwrap().version().as_str(), "1.98.0");
        assert!(notes[0].contains("go1.98.1 is known"), "{notes:?}");
    }
    assert_eq!(ask(&world, "1.97", false).0.unwrap().version().as_str(), "1.97.0");
    // Without an index it is the newest known one, and goward says that there may be newer ones.
    fs::remove_file(world.dist().join("index.json")).unwrap();
    let (found, notes) = ask(&world, "latest", false);
    assert_eq!(found.unwrap().version().as_str(), "1.98.1");
    assert!(notes[0].contains("newer releases may exist"), "{notes:?}");

    // The releases of one mirror say nothing about another.
    let other = mirror(&[&newest("1.22")], false);
    let mut world = world;
    world.settings = other.settings.clone();
    let (found, _) = ask(&world, "1.22", false);
    assert_eq!(found.unwrap().version().as_str(), newest("1.22"));
    assert!(ask(&world, "1.98", false).0.is_err());

    // A file that cannot be read counts as empty.
    fs::write(world.store.root().join("state/seen"), "nonsense").unwrap();
    assert_eq!(ask(&world, "1.22", false).0.unwrap().version().as_str(), newest("1.22"));
}

/// A platform for which the newest releases do not exist has a newest one of its own.
#[test]
fn only_what_exists_for_a_platform_is_missed() {
    let world = mirror(&[], false);
    let rare = Platform::parse("freebsd/riscv64").unwrap();
    let table = Index::embedded();
    let last = table.entries().iter().rfind(|e| e.has(&rare) && !e.version().is_prerelease());
    let last = last.unwrap().version().as_str();
    fs::write(world.dist().join("index.json"), listing(&["1.9", last], &rare)).unwrap();
    let selector = Selector::parse("latest").unwrap();
    let mut query = Query::new(&selector);
    query.platform = rare;
    let found = world.by(&Silent).find(&query);
    let found = found.unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert_eq!(found.version().as_str(), last);
}

/// A bare directory of archives is a mirror: the table says what there is.
#[test]
fn without_an_index_the_table_answers_and_says_so() {
    let world = mirror(&[], false);
    fs::remove_file(world.dist().join("index.json")).unwrap();
    for page in [None, Some("<html>a list of files</html>")] {
        if let Some(page) = page {
            fs::write(world.dist().join("index.json"), page).unwrap();
        }
        for selector in ["latest", "1.23", "oldstable"] {
            let (found, notes) = ask(&world, selector, false);
            let found = found.unwrap_or_else(|error| panic!("{selector}: {}", chain(&error)));
            if selector != "oldstable" {
                assert_eq!(found.version().as_str(), newest(selector));
            }
            assert_eq!(notes.len(), 1, "{notes:?}");
            assert!(notes[0].contains("newer releases may exist"), "{notes:?}");
        }
        let index = Index::load(&world.store, &world.settings, &Silent).unwrap();
        assert_eq!(index.entries(), Index::embedded().entries());
    }
}

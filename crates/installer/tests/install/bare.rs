//! Mirrors without an index: directories that a server lists, or that it does not list, directories of
//! this machine, and templates of URLs.

use crate::dist::{VERSION, World, chain, file_name, hex, index, toolchain};
use goward_installer::{
    Error, ErrorKind, Index, Installed, Limits, Mirror, Platform, Progress, Query, Release, Silent,
};
use goward_resolver::Selector;
use goward_testkit::http::{Answer, Request, Server};
use goward_testkit::loopback::silent;
use std::fs;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Collects the notes.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Progress for Notes {
    fn note(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }
}

impl Notes {
    fn all(self) -> Vec<String> {
        self.0.into_inner().unwrap()
    }
}

fn ask(world: &World, selector: &str) -> (Result<Release, Error>, Vec<String>) {
    let (selector, notes) = (Selector::parse(selector).unwrap(), Notes::default());
    let found = world.by(&notes).find(&Query::new(&selector));
    (found, notes.all())
}

/// [`find`], then an install, as a person's command does.
fn get(world: &World, selector: &str) -> Result<Installed, Error> {
    let selector = Selector::parse(selector).unwrap();
    world.by(&Silent).bring(&Query::new(&selector)).map(|(_, it)| it)
}

/// A page such as nginx makes, of these files.
fn page(names: &[String]) -> String {
    let links: String = names.iter().map(|n| format!("<a href=\"{n}\">{n}</a>   2\n")).collect();
    format!("<html><h1>Index of /</h1><hr><pre><a href=\"../\">../</a>\n{links}</pre></html>")
}

fn none(_: &Request) -> Answer {
    Answer::status("404 Not Found")
}

/// A server of files that lists them: the release [`VERSION`], its digest, and archives of `versions`.
fn lister(versions: &'static [&'static str]) -> Server {
    let name = |version: &str| file_name(version, "tar.gz");
    let mut names: Vec<String> = versions.iter().map(|version| name(version)).collect();
    names.extend([name(VERSION), format!("{}.sha256", name(VERSION)), "README.html".into()]);
    let (page, gz) = (page(&names), toolchain().gz());
    let digest = format!("{}  {}\n", hex(&gz), name(VERSION));
    Server::start(move |request| {
        let path = request.path.split('?').next().unwrap_or_default();
        match path.strip_prefix('/').unwrap_or_default() {
            "" => Answer::ok(page.as_str()),
            path if path == name(VERSION) => Answer::ok(gz.as_slice()),
            path if path == format!("{}.sha256", name(VERSION)) => Answer::ok(digest.as_str()),
            _ => none(request),
        }
    })
}

/// A world from which only `server` is reached.
fn alone(server: &Server, own: bool) -> World {
    let mut world = World::new(&server.url);
    world.store.prepare().unwrap();
    world.settings.mirrors = vec![Mirror::parse(&server.url, own).unwrap()];
    world
}

#[test]
fn a_listing_chooses_and_a_digest_beside_the_archive_vouches() {
    let server = lister(&["1.21.0", "1.22.3"]);
    let world = alone(&server, true);
    for selector in ["1.22", "latest", VERSION] {
        let (found, notes) = ask(&world, selector);
        assert_eq!(found.unwrap().version().as_str(), VERSION, "{selector}");
        assert_eq!(notes, [""; 0], "{selector}");
    }
    let index = Index::load(&world.store, &world.settings, &Silent).unwrap();
    let listed: Vec<_> = index.entries().iter().map(|e| e.version().as_str()).collect();
    assert_eq!(listed, ["1.21.0", "1.22.3", VERSION]);
    assert_eq!(server.count("/?mode=json&include=all"), 1, "the page is cached");
    assert_eq!((server.count("/index.json"), server.count("/")), (1, 0), "nothing is asked twice");
    let installed = get(&world, "1.22").unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert_eq!(installed.assurance.map(|assurance| assurance.level()), Some("T3"));
    assert_eq!(server.count(&format!("/{}.sha256", file_name(VERSION, "tar.gz"))), 1);
    // A listed archive without a digest of the mirror's own is refused, even if the table knows it.
    let error = get(&world, "1.21").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Verification);
    let said = chain(&error);
    assert!(said.contains("neither an index with its SHA-256 nor go1.21.0."), "{said}");
    assert!(error.hints()[0].contains("as sha256sum writes it"), "{:?}", error.hints());
    assert!(error.hints()[1].contains("GOWARD_MIRROR_DIGESTS=own"), "{:?}", error.hints());
}

/// The listing names the releases; the table gives their digests as always.
#[test]
fn a_listing_vouches_for_nothing() {
    let server = lister(&["1.21.0", "1.98.0"]);
    let mut world = alone(&server, false);
    // Without go.dev: no other server is asked.
    world.settings.min_assurance = Some(goward_installer::Assurance::Table);
    let (found, _) = ask(&world, "1.98");
    assert_eq!(found.unwrap().version().as_str(), "1.98.0");
    let error = get(&world, VERSION).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Verification, "{}", chain(&error));
    assert!(chain(&error).contains("but the table compiled into goward says"), "{}", chain(&error));
    let own = |hint: &String| hint.contains("GOWARD_MIRROR_DIGESTS=own");
    assert!(error.hints().iter().any(own), "{:?}", error.hints());
    // The newest release is known, and not there: a typed command gets an error that names both, a
    // file gets the newest one that is there.
    let (found, _) = ask(&world, "1.22");
    let error = found.unwrap_err();
    assert!(error.to_string().contains(&format!("has go{VERSION} at most")), "{error}");
    let selector = Selector::parse("1.22").unwrap();
    let (notes, mut query) = (Notes::default(), Query::new(&selector));
    query.or_older = true;
    let found = world.by(&notes).find(&query).unwrap();
    assert_eq!(found.version().as_str(), VERSION);
    let notes = notes.all();
    assert!(notes.len() == 1 && notes[0].contains("is known"), "{notes:?}");
}

/// Answers of servers about a directory without a listing, or to a query that they do not
/// understand.
const CLOSED: [&str; 5] = [
    "403 Forbidden",
    "404 Not Found",
    "400 Bad Request",
    "401 Unauthorized",
    "405 Method Not Allowed",
];

#[test]
fn a_directory_that_is_not_listed_is_a_mirror() {
    let newest = |selector: &str| {
        let (host, selector) = (Platform::host(), Selector::parse(selector).unwrap());
        let table = Index::embedded();
        let there = table.entries().iter().filter(|entry| entry.has(&host));
        selector.newest(there.map(|entry| entry.version())).unwrap().clone()
    };
    for status in CLOSED {
        let gz = toolchain().gz();
        let digest = format!("{} *x\n", hex(&gz));
        let name = file_name(VERSION, "tar.gz");
        let server = Server::start(move |request| match request.path.trim_start_matches('/') {
            path if path == name => Answer::ok(gz.as_slice()),
            path if path == format!("{name}.sha256") => Answer::ok(digest.as_str()),
            _ => Answer::status(status),
        });
        let mut world = alone(&server, true);
        // Patient or not: the server was reached, and refused.
        for has_fallback in [false, true, true] {
            world.settings.has_fallback = has_fallback;
            for selector in ["1.23", "latest"] {
                let (found, notes) = ask(&world, selector);
                let found = found.unwrap_or_else(|error| panic!("{status}: {}", chain(&error)));
                assert_eq!(*found.version(), newest(selector), "{status} {selector}");
                assert_eq!(notes.len(), 1, "{status}: {notes:?}");
                assert!(notes[0].contains("newer releases may exist"), "{status}: {notes:?}");
            }
        }
        assert!(!world.store.root().join("state/unreachable").exists(), "{status}");
        let installed = get(&world, VERSION).unwrap_or_else(|e| panic!("{status}: {}", chain(&e)));
        assert_eq!(installed.assurance.map(|assurance| assurance.level()), Some("T3"), "{status}");
        // Without any digest, the error names the reason and the remedy.
        let error = get(&world, "1.21.0").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Verification, "{status}: {}", chain(&error));
        assert!(chain(&error).contains("nor go1.21.0."), "{status}: {}", chain(&error));
    }
}

/// An index that cannot be read is not absent: nothing takes its place.
#[test]
fn a_broken_index_is_not_replaced_by_a_page_or_a_digest() {
    let gz = toolchain().gz();
    let name = file_name(VERSION, "tar.gz");
    let (good, page) = (index(VERSION, &name, &gz), page(&[name]));
    let (broken, digest) = (good[..good.len() - 9].to_owned(), hex(&gz));
    let server = Server::start(move |request| match request.path.as_str() {
        "/?mode=json&include=all" | "/" => Answer::ok(page.as_str()),
        "/index.json" => Answer::ok(broken.as_str()),
        path if path.ends_with(".sha256") => Answer::ok(digest.as_str()),
        _ => Answer::ok(gz.as_slice()),
    });
    let world = alone(&server, true);
    for selector in [VERSION, "1.22"] {
        let error = get(&world, selector).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Verification, "{selector}: {}", chain(&error));
        assert!(chain(&error).contains("malformed JSON"), "{selector}: {}", chain(&error));
    }
}

/// The index of a directory outranks its page.
#[test]
fn an_index_beside_the_archives_comes_first() {
    let gz = toolchain().gz();
    let name = file_name(VERSION, "tar.gz");
    let (index, page) = (index(VERSION, &name, &gz), page(&[file_name("1.98.0", "tar.gz")]));
    let server = Server::start(move |request| match request.path.as_str() {
        "/index.json" => Answer::ok(index.as_str()),
        path if path.starts_with("/go") => Answer::ok(gz.as_slice()),
        _ => Answer::ok(page.as_str()),
    });
    let world = alone(&server, true);
    assert_eq!(ask(&world, "latest").0.unwrap().version().as_str(), VERSION);
    get(&world, "latest").unwrap();
}

#[test]
fn a_directory_of_this_machine_is_listed() {
    let gz = toolchain().gz();
    let mut world = World::with_archive(&gz, "tar.gz");
    world.store.prepare().unwrap();
    world.settings.offline = true;
    fs::remove_file(world.dist().join("index.json")).unwrap();
    for version in ["1.21.0", "1.22.3"] {
        fs::write(world.dist().join(file_name(version, "tar.gz")), "x").unwrap();
    }
    for selector in ["latest", "1.22"] {
        let (found, notes) = ask(&world, selector);
        assert_eq!(found.unwrap().version().as_str(), VERSION, "{selector}");
        assert_eq!(notes, [""; 0]);
    }
    assert!(chain(&get(&world, "latest").unwrap_err()).contains("neither an index"));
    let digest = world.dist().join(format!("{}.sha256", file_name(VERSION, "tar.gz")));
    fs::write(&digest, "no digest").unwrap();
    assert!(chain(&get(&world, "latest").unwrap_err()).contains("does not begin with a SHA-256"));
    fs::write(&digest, hex(b"another")).unwrap();
    let error = get(&world, "latest").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Verification, "{}", chain(&error));
    fs::write(&digest, hex(&gz).to_uppercase()).unwrap();
    get(&world, "latest").unwrap();
}

/// A template says where an archive is, and no index is asked for.
#[test]
fn a_template_leads_to_the_archive() {
    let gz = toolchain().gz();
    let (digest, host, name) = (hex(&gz), Platform::host(), file_name(VERSION, "tar.gz"));
    let path = format!("/go%20dist/{VERSION}/{}/{}/{name}", host.os(), host.arch());
    let there = path.clone();
    let server = Server::start(move |request| match &request.path {
        path if *path == there => Answer::ok(gz.as_slice()),
        path if *path == format!("{there}.sha256") => Answer::ok(digest.as_str()),
        _ => none(request),
    });
    let mut world = World::new(&server.url);
    let template = format!("{}go%20dist/{{version}}/{{os}}/{{arch}}/", server.url);
    world.settings.mirrors = vec![Mirror::parse(&template, true).unwrap()];
    let (found, notes) = ask(&world, "1.23");
    assert_eq!(found.unwrap().version().language().as_str(), "1.23");
    assert!(notes.len() == 1 && notes[0].contains("newer releases may exist"), "{notes:?}");
    assert!(notes[0].contains("is a template, which has no index"), "{notes:?}");
    get(&world, VERSION).unwrap_or_else(|error| panic!("{}", chain(&error)));
    let receipt = world.store.receipt("go1.22.10").unwrap().unwrap();
    assert_eq!(receipt.source, format!("{}{}", server.url, &path[1..]));
    for asked in ["/", "/index.json", "/?mode=json&include=all"] {
        assert_eq!(server.count(asked), 0, "{asked}");
    }
    // Sources have no platform.
    let selector = Selector::parse("1.21.13").unwrap();
    let mut query = Query::new(&selector);
    query.artifact = goward_installer::Artifact::SourceCode;
    let error = world.by(&Silent).bring(&query).unwrap_err();
    assert!(error.to_string().contains("has no place for sources"), "{}", chain(&error));
}

/// Many silent servers take no longer than one, and the last mirror is still asked.
#[test]
fn all_indexes_together_have_one_limit() {
    let limit = Duration::from_secs(3);
    let good = lister(&[]);
    let silent = (0..7).map(|_| silent()).map(|(port, at)| (port, format!("http://{at}/")));
    let silent: Vec<_> = silent.collect();
    for own in [false, true] {
        let mut world = World::new(&good.url);
        world.settings.limits = Limits { metadata: limit, stall: Duration::from_secs(30) };
        let mirrors = silent.iter().map(|(_, url)| url).chain([&good.url]);
        world.settings.mirrors = mirrors.map(|url| Mirror::parse(url, own).unwrap()).collect();
        let proxies = silent.iter().map(|(_, url)| format!("proxy+{url}"));
        if !own {
            let mirrors = proxies.map(|url| Mirror::parse(&url, false).unwrap());
            world.settings.mirrors = mirrors.collect();
            // go.dev cannot be reached either, and is not asked.
            world.settings.mirrors.push(Mirror::parse(&good.url, true).unwrap());
        }
        let start = Instant::now();
        let found = ask(&world, "latest").0;
        let found = found.unwrap_or_else(|error| panic!("{}", chain(&error)));
        assert_eq!(found.version().as_str(), VERSION);
        let took = start.elapsed();
        assert!(took < limit + Duration::from_secs(1), "{took:?}");
        // The install has a limit of its own for indexes.
        if own {
            let start = Instant::now();
            get(&world, "latest").unwrap_or_else(|error| panic!("{}", chain(&error)));
            let took = start.elapsed();
            assert!(took < 2 * limit + Duration::from_secs(2), "{took:?}");
        }
    }
}

/// A caller that can run something else waits one second for a silent server, and only once.
#[test]
fn an_install_with_a_fallback_waits_a_second_for_a_silent_server() {
    let (_listener, at) = silent();
    let mut world = World::new(&format!("http://{at}/"));
    world.store.prepare().unwrap();
    world.settings.has_fallback = true;
    for (remembered, limit) in [(false, 2500), (true, 300)] {
        let start = Instant::now();
        let error = get(&world, "latest").unwrap_err();
        let took = start.elapsed();
        assert_eq!(error.kind(), ErrorKind::Network, "{}", chain(&error));
        assert_eq!(error.is_remembered(), remembered, "{}", chain(&error));
        assert!(took < Duration::from_millis(limit), "{took:?}");
    }
}

/// An install with a fallback reports a failure once: an archive that is not there, or has other bytes.
#[test]
fn an_install_with_a_fallback_reports_once() {
    let name = file_name(VERSION, "tar.gz");
    let other = hex(b"another");
    for (what, archive, kind) in [
        ("missing", None, ErrorKind::NotFound),
        ("wrong", Some(toolchain().gz()), ErrorKind::Verification),
    ] {
        let (path, digest) = (format!("/{name}"), other.clone());
        let server = Server::start(move |request| match &archive {
            Some(gz) if request.path == path => Answer::ok(gz.as_slice()),
            _ if request.path.ends_with(".sha256") => Answer::ok(digest.as_str()),
            _ => none(request),
        });
        let mut world = alone(&server, true);
        world.settings.has_fallback = true;
        for remembered in [false, true, true] {
            let error = get(&world, VERSION).unwrap_err();
            assert_eq!(error.kind(), kind, "{what}: {}", chain(&error));
            assert_eq!(error.is_remembered(), remembered, "{what}: {}", chain(&error));
        }
        assert_eq!(server.count(&format!("/{name}")), 1, "{what}");
        world.settings.has_fallback = false;
        assert!(!get(&world, VERSION).unwrap_err().is_remembered(), "a typed command asks at once");
        assert_eq!(server.count(&format!("/{name}")), 2, "{what}");
    }
}

//! The texts of servers: phrases, headers, redirects, indexes, databases, archives.

use super::said::{MARK, odd_lines, odd_texts};
use super::scene::Scene;
use crate::database::{H1, Served, record};
use goward_testkit::http::{Answer, Server};
use goward_testkit::release::{archive, name as release_name, platform, sha256};
use goward_testkit::tar::Tar;
use serde_json::{Value, json};
use std::sync::Arc;

const VERSION: &str = "1.30.1";

/// The commands for a mirror whose answers goward accepts; for others the first.
const ASKING: &[&[&str]] = &[
    &["install", "1.30.1", "--verify", "t3"],
    &["list", "--remote", "--refresh"],
    &["list", "--remote", "--json", "--refresh"],
    &["install", "-n", "1.30"],
    &["install", "1.31"],
    &["verify", "-v"],
];

/// Asks a mirror that answers so.
#[track_caller]
fn ask(
    gosumdb: &str,
    commands: &[&[&str]],
    answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
) -> Scene {
    let server = Server::start(move |request| answer(&request.path));
    let mut scene = Scene::new("network");
    scene.set("GOWARD_MIRROR", server.url.as_bytes());
    scene.set("GOWARD_MIRROR_DIGESTS", b"own");
    scene.set("GOSUMDB", gosumdb.as_bytes());
    for args in commands {
        scene.look(&scene.goward(args).env("GOWARD_LOG", "trace"));
    }
    scene
}

/// Tries all of `cases` at once: goward repeats a failed request after a pause, and the pauses take
/// no time of the machine's.
fn all<T: Send>(cases: impl IntoIterator<Item = T>, one: impl Fn(T) + Sync) {
    let one = &one;
    std::thread::scope(|scope| {
        for case in cases {
            scope.spawn(move || one(case));
        }
    });
}

fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// The odd texts that the server of the tests can send: those in UTF-8.
fn texts() -> impl Iterator<Item = &'static str> {
    odd_texts().into_iter().filter_map(|text| std::str::from_utf8(text).ok())
}

#[test]
fn phrases_headers_and_bodies_of_errors() {
    all(texts(), |text| {
        // 404 is not asked for again.
        let status = leaked(format!("404 {text}"));
        let answers = [
            Answer { body: text.into(), ..Answer::status(status) },
            Answer::status("404 x").header(&format!("ETag: \"{text}\"")),
            Answer::status("404 x").header(&format!("Content-Type: {text}\r\nServer: {text}")),
            Answer::status("404 x").header(text),
            Answer::status("503 x").header(&format!("Retry-After: {text}")),
            Answer::status("206 x").header(&format!("Content-Range: bytes {text}")),
            Answer::ok(text).header(&format!("Content-Encoding: {text}")),
        ];
        all(answers, |answer| drop(ask("off", &ASKING[..1], move |_| answer.clone())));
    });
    // The manager fetches on request of a shim.
    all(texts(), |text| {
        let status = leaked(format!("404 {text}"));
        let mut scene = ask("off", &[], |_| Answer::status("404 x"));
        let server = Server::start(move |_| Answer::status(status));
        scene.set("GOWARD_MIRROR", server.url.as_bytes());
        scene.file(".go-version", &[VERSION.as_bytes()]);
        scene.look(&scene.go(&[b"version"]));
        scene.must_have_shown(VERSION);
    });
}

#[test]
fn redirects() {
    all(texts(), |text| {
        let targets = [
            text.to_owned(),
            format!("http://127.0.0.1:9/{text}"),
            format!("http://{text}/"),
            format!("{text}://x/"),
            format!("http://u:{text}@127.0.0.1:9/"),
            // Back to the server, as often as that is followed.
            format!("/?{text}#{text}"),
        ];
        all(targets, |to| drop(ask("off", &ASKING[..1], move |_| Answer::redirect(&to))));
    });
}

/// An index in which one field is odd.
fn index(field: &str, odd: &str, digest: &str, size: usize) -> String {
    let name = archive(VERSION);
    let (os, arch) = platform();
    let mut file = json!({
        "filename": name, "os": os, "arch": arch, "version": format!("go{VERSION}"),
        "sha256": digest, "size": size, "kind": "archive",
    });
    let mut release = json!({ "version": format!("go{VERSION}"), "stable": true });
    match field.split_once('.') {
        Some((_, field)) => file[field] = Value::from(odd),
        None => release[field] = Value::from(odd),
    }
    release["files"] = json!([file]);
    json!([release]).to_string()
}

#[test]
fn indexes() {
    let fields = [
        "version",
        "stable",
        "files",
        "f.filename",
        "f.os",
        "f.arch",
        "f.version",
        "f.sha256",
        "f.size",
        "f.kind",
        "other",
    ];
    for field in fields {
        all(odd_lines(), |text| {
            let text = String::from_utf8_lossy(text);
            for odd in [text.to_string(), format!("go1.30.1-{text}")] {
                let index = index(field, &odd, H1, 1);
                ask("off", &ASKING[..2], move |_| Answer::ok(index.clone()));
            }
        });
    }
    all(odd_lines(), |text| {
        ask("off", &ASKING[..2], move |_| Answer::ok(text));
        let list =
            [b"v0.0.1-go1.30.1.linux-amd64\n", text, b"\nv0.0.1-go1.30.", text, b"\n"].concat();
        ask("off", &ASKING[..2], move |path| match path.ends_with("/list") {
            true => Answer::ok(list.clone()),
            false => Answer::status("404 x"),
        });
    });
}

/// Answers of a checksum database: each kind of answer replaced, or with lines of its own.
#[test]
fn databases() {
    all(odd_lines(), |text| {
        for (path, wrap) in [("lookup/", ""), ("lookup/", "9\n"), ("tile/", ""), ("supported", "")]
        {
            let database = Served::with(5, 5);
            let module = format!("golang.org/toolchain@v0.0.1-{}", module_platform());
            database.state().add(&module, &record(&module, H1));
            let odd = [wrap.as_bytes(), text].concat();
            database.tamper(path, move |_| odd.clone());
            ask_database(&database);
        }
        // A record and a head whose signature is right.
        let database = Served::with(5, 5);
        let module = format!("golang.org/toolchain@v0.0.1-{}", module_platform());
        let odd = String::from_utf8_lossy(text).replace('\n', " ");
        database.state().add(&module, &record(&module, &odd));
        database.state().extra = format!("{odd}\n");
        ask_database(&database);
    });
}

fn module_platform() -> String {
    release_name(VERSION)
}

/// A mirror with an honest archive, of which the database speaks.
#[track_caller]
fn ask_database(database: &Served) {
    let packed = Arc::new(pack(b"go/VERSION"));
    let index = index("other", "", &sha256(&packed), packed.len());
    ask(&database.gosumdb, &ASKING[..1], move |path| match path.ends_with(".gz") {
        true => Answer::ok(packed.to_vec()),
        false => Answer::ok(index.clone()),
    });
}

/// An archive with a member of that name.
fn pack(name: &[u8]) -> Vec<u8> {
    Tar::of([(b"go/bin/go".as_slice(), 0o755, "#!/bin/sh\n"), (name, 0o755, "go1.30.1\n")]).gz()
}

#[test]
fn members_of_archives() {
    all(odd_lines(), |text| {
        for name in [[b"go/", text].concat(), text.to_vec(), [b"go/../", text].concat()] {
            let packed = Arc::new(pack(&name));
            let index = index("other", "", &sha256(&packed), packed.len());
            let shared = Arc::clone(&packed);
            let mut scene = ask("off", ASKING, move |path| match path.ends_with(".gz") {
                true => Answer::ok(shared.to_vec()),
                false => Answer::ok(index.clone()),
            });
            let file = scene.dir.join("go1.30.1.tar.gz");
            std::fs::write(&file, &*packed).unwrap();
            scene.look(&scene.goward(&["install", "--verify", "none"]).args([&file]));
            // A name that is text and harmless to the tree is no reason to say it.
            if !name.starts_with(b"go/n")
                && !name.starts_with(b"go/:")
                && std::str::from_utf8(text).is_ok()
            {
                scene.must_have_shown(MARK);
            }
        }
    });
}

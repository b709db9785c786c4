//! Module proxies as sources: only the database can vouch for their zips.

use crate::database::{H1, Served, record};
use crate::dist::{World, chain};
use crate::install::{VERSION, files, h1, module};
use crate::server::{Answer, Server};
use goward_installer::{Assurance, ErrorKind, Installed, Mirror};
use std::io::Write as _;
use zip::write::SimpleFileOptions;

type Files = [(String, u32, Vec<u8>)];

/// The zip that Go's own tools make of the release.
fn module_zip(files: &Files) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, _, text) in files {
        let Some(name) = module().zip_name(path).unwrap() else { continue };
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A proxy at `/x` that has the release, and wants a password.
fn proxy(zip: Vec<u8>, with_list: bool) -> Server {
    let base = format!("/x/golang.org/toolchain/@v/{}", module().version());
    Server::start(move |request| {
        // base64 of me:p@ss
        if !request.headers.contains("authorization: basic bwu6cebzcw==\n") {
            return Answer::status("401 Unauthorized");
        }
        match request.path.as_str() {
            "/x/golang.org/toolchain/@v/list" if with_list => Answer::ok(module().version()),
            path if path == format!("{base}.zip") => Answer::ok(zip.clone()),
            _ => Answer::status("404 Not Found"),
        }
    })
}

fn with_account(server: &Server) -> String {
    server.url.replace("http://", "http://me:p%40ss@") + "x"
}

/// Installs `selector` by a `GOPROXY`, with a database that has `line` for the release.
fn install(goproxy: &str, line: &str, selector: &str) -> (World, Result<Installed, String>) {
    let served = Served::with(30, 5);
    served.state().add(&module(), &record(&module(), line));
    let mut world = World::new("file:///nowhere");
    world.settings.has_fallback = true;
    let vars = [("GOPROXY", goproxy.to_owned()), ("GOSUMDB", served.gosumdb.clone())];
    let var = |key: &str| vars.iter().find(|(k, _)| *k == key).map(|(_, value)| value.clone());
    let taken = world.settings.use_module_proxies(var);
    let installed = taken.and_then(|()| world.install_selector(selector));
    let installed = installed.map_err(|error| chain(&error));
    (world, installed)
}

#[test]
fn a_zip_is_installed_when_the_database_knows_it() {
    let files = files();
    for (selector, with_list) in [(VERSION, true), (VERSION, false), ("1.22", true)] {
        let server = proxy(module_zip(&files), with_list);
        let (world, installed) = install(&with_account(&server), &h1(&files), selector);
        let installed = installed.unwrap_or_else(|error| panic!("{selector}: {error}"));
        assert_eq!(installed.assurance, Some(Assurance::ChecksumDatabase));
        let tree = &installed.directory;
        assert_eq!(std::fs::read(tree.join("src/go.mod")).unwrap(), b"module std\n");
        assert!(!tree.join("src/_go.mod").exists() && !tree.join("test").exists());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path| tree.join(path).metadata().unwrap().permissions().mode() & 0o777;
            let modes = ["bin/go", "pkg/tool/any/compile", "VERSION"].map(mode);
            assert_eq!(modes, [0o755, 0o755, 0o644]);
        }
        let receipt = world.store.receipt(&installed.name).unwrap().unwrap();
        assert!(receipt.source.ends_with(".zip") && !receipt.source.contains("ss@"), "{receipt:?}");
    }
}

/// A zip is refused for files that an ordinary archive may have without the database's knowledge.
#[test]
fn a_zip_with_anything_else_in_it_is_refused() {
    let good = h1(&files());
    let mut changed = files();
    changed[1].2[0] ^= 1;
    let mut zip = zip::ZipWriter::new_append(std::io::Cursor::new(module_zip(&files()))).unwrap();
    zip.start_file(format!("{}/test/evil.go", module()), SimpleFileOptions::default()).unwrap();
    let more = zip.finish().unwrap().into_inner();
    for bad in [module_zip(&changed), more] {
        let server = proxy(bad, true);
        let (world, installed) = install(&with_account(&server), &good, VERSION);
        let error = installed.unwrap_err();
        assert!(error.contains(&format!("says {good}")), "{error}");
        assert_eq!(std::fs::read_dir(world.store.toolchains_dir()).unwrap().count(), 0);
    }
}

#[test]
fn without_the_database_nothing_is_installed_unless_the_user_says_so() {
    let server = proxy(module_zip(&files()), true);
    let (mut world, installed) = install(&with_account(&server), H1, VERSION);
    assert!(installed.unwrap_err().contains("has the hash h1:"));
    world.settings.checksum_database = None;
    let error = world.install_selector(VERSION).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Verification, "{}", chain(&error));
    assert!(error.to_string().contains("no checksum database"), "{}", chain(&error));
    world.settings.min_assurance = Some(Assurance::User);
    assert_eq!(world.install_selector(VERSION).unwrap().assurance, Some(Assurance::User));
}

#[test]
fn a_comma_lets_only_what_is_missing_lead_on() {
    let good = h1(&files());
    let server = proxy(module_zip(&files()), true);
    let last = with_account(&server);
    let missing = Server::start(|_| Answer::status("404 Not Found"));
    let broken = Server::start(|_| Answer::status("403 Forbidden"));
    for (list, installs) in [
        (format!("{},{last}", missing.url), true),
        (format!("{}|{last}", broken.url), true),
        (format!("{},{last}", broken.url), false),
        (format!("{},off,{last}", missing.url), false),
        ("off".to_owned(), false),
    ] {
        let (_, installed) = install(&list, &good, VERSION);
        assert_eq!(installed.is_ok(), installs, "{list}: {installed:?}");
    }
    let without = format!("{}x", server.url);
    let (_, refused) = install(&without, &good, VERSION);
    assert!(refused.unwrap_err().contains("401"));
}

/// The zip has names of another version, or of another module.
#[test]
fn names_of_other_modules_are_refused() {
    let name = format!("{}/VERSION", module());
    for other in [name.replace("999", "998"), name.replace("golang.org", "evil.org"), "x".into()] {
        let mut zip =
            zip::ZipWriter::new_append(std::io::Cursor::new(module_zip(&files()))).unwrap();
        zip.start_file(&other, SimpleFileOptions::default()).unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        let server = Server::start(move |request| match request.path.ends_with("/list") {
            true => Answer::ok(module().version()),
            false => Answer::ok(bytes.clone()),
        });
        let mut world = World::new("file:///");
        let mirror = Mirror::parse(&format!("proxy+{}", server.url), false);
        world.settings.mirrors = vec![mirror.unwrap()];
        (world.settings.has_fallback, world.settings.min_assurance) = (true, Some(Assurance::User));
        let error = world.install_selector(VERSION).unwrap_err();
        assert!(chain(&error).contains("not of one version"), "{other}: {}", chain(&error));
    }
}

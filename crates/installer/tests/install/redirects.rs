//! Where a mirror may lead, and that no account goes there.

use crate::dist::{World, chain, toolchain};
use crate::network::{archive_path, mirror};
use goward_installer::{ErrorKind, Mirror, Silent};
use goward_testkit::http::{Answer, Request, Server};
use goward_testkit::loopback::closed;
use goward_testkit::start::tool;
use std::fs;
use std::sync::{Arc, Mutex};

/// The accounts of a user: for this machine by its two names, and elsewhere.
const NETRC: &str = "machine 127.0.0.1 login me password secret\n\
                     machine localhost login you password hidden\n\
                     machine corp.example login they password private\n";
/// base64 of `me:secret`, in small letters as the servers here see it.
const ACCOUNT: &str = "authorization: basic bwu6c2vjcmv0";

/// Gives `world` the user's `.netrc`, and no checksum database.
fn log_in(world: &mut World) -> tempfile::NamedTempFile {
    let netrc = tempfile::NamedTempFile::new().unwrap();
    fs::write(netrc.path(), NETRC).unwrap();
    let path = netrc.path().to_str().unwrap().to_owned();
    world.settings.use_checksum_database(|name| (name == "NETRC").then(|| path.clone())).unwrap();
    world.settings.checksum_database = None;
    netrc
}

/// A server that has every archive, and notes the headers of all requests.
fn thief() -> (Server, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (log, gz) = (Arc::clone(&seen), toolchain().gz());
    let server = Server::start(move |request| {
        log.lock().unwrap().push(request.headers.clone());
        Answer::ok(gz.clone())
    });
    (server, seen)
}

/// N1, N2, N17: the host of a URL is the host that the client connects to, even with an `@` in the
/// URL. A URL that two readers could understand differently is not fetched.
#[test]
fn odd_redirects_are_refused_before_anything_is_sent() {
    let (thief, seen) = thief();
    let host = thief.url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let port = host.split(':').nth(1).unwrap();
    for to in [
        format!("http://localhost:x@{host}/z"),
        format!("http://corp.example:x@{host}/z"),
        format!("https://corp.example:x@{host}/z"),
        format!("https://localhost@{host}/z"),
        format!("http://127.0.0.1@{host}/z"),
        format!("http://@{host}/z"),
        format!("http://me:secret@{host}/z"),
        format!("//localhost:x@{host}/z"),
        format!("http://{host}\\@localhost/z"),
        format!("http:\\\\{host}/z"),
        format!("http://{host}/z\\y"),
        format!("http://{host}/z y"),
        format!("http://{host}/z\ty"),
        format!("http://{host}/ä"),
        format!("http://[::1]x:{port}/z"),
        format!("http://[::1]:{port}x/z"),
        format!("http://[localhost]:{port}/z"),
        format!("http://{host}:1/z"),
        "http://127.0.0.1:99999/z".into(),
        "http://127%2e0.0.1/z".into(),
        "gopher://127.0.0.1/".into(),
        "file:///etc/passwd".into(),
        "http:".into(),
        "//".into(),
        String::new(),
    ] {
        let there = to.clone();
        let (server, mut world) = mirror(move |_, _| Answer::redirect(&there));
        let _netrc = log_in(&mut world);
        let error = world.fails();
        assert_eq!(error.kind(), ErrorKind::Network, "{to}: {}", chain(&error));
        let said = format!("{} {:?}", chain(&error), error.hints());
        assert!(said.contains("refused: it redirects"), "{to}: {said}");
        assert!(said.chars().all(|c| !c.is_control()), "{to}: {said:?}");
        assert!(!said.contains("secret"), "{to}: {said}");
        assert_eq!(server.count(&archive_path()), 1, "{to}");
        assert_eq!(*seen.lock().unwrap(), [""; 0], "{to}");
    }
    let twice = |_: &Request, _: &[u8]| Answer::redirect("/a").header("Location: /b");
    let (_server, world) = mirror(twice);
    assert!(world.fails().to_string().contains("redirects to two places"));
}

/// N1, N16: an account is only for the place that the settings name. A server to which a redirect
/// leads gets none: not on another port of the same host, not under another name of it, not on the
/// way back.
#[test]
fn an_account_goes_to_no_place_that_a_server_chose() {
    let (thief, seen) = thief();
    let elsewhere = [thief.url.clone(), thief.url.replace("127.0.0.1", "localhost")];
    for to in elsewhere {
        let (there, path) = (to.clone(), archive_path());
        let (_server, mut world) = mirror(move |request, _| {
            assert!(request.headers.contains(ACCOUNT), "the account is used");
            Answer::redirect(&format!("{there}{}?a=b", &path[1..]))
        });
        let _netrc = log_in(&mut world);
        world.install().unwrap();
        let seen = std::mem::take(&mut *seen.lock().unwrap());
        assert_eq!(seen.len(), 1, "{to}");
        assert!(!seen[0].contains("authorization") && !seen[0].contains("cookie"), "{}", seen[0]);
    }
}

#[test]
fn an_account_does_not_come_back_and_stays_where_it_is() {
    let home = Arc::new(Mutex::new(String::new()));
    let back = Arc::clone(&home);
    let bounce = Server::start(move |request| {
        assert!(!request.headers.contains("authorization"), "{}", request.headers);
        Answer::redirect(&format!("{}{}?back", back.lock().unwrap(), &archive_path()[1..]))
    });
    let away = bounce.url.clone();
    let (server, mut world) = mirror(move |request, gz| {
        let logged_in = request.headers.contains(ACCOUNT);
        match request.path.split_once('?').map(|(_, query)| query) {
            None => Answer::redirect(&format!("{}?here", archive_path())),
            Some("here") => {
                assert!(logged_in, "the same place may have the account again");
                Answer::redirect(&format!("{away}x"))
            }
            _ => {
                assert!(!request.headers.contains("authorization"), "{}", request.headers);
                Answer::ok(gz)
            }
        }
    });
    *home.lock().unwrap() = server.url.clone();
    let _netrc = log_in(&mut world);
    world.install().unwrap();
    assert_eq!(server.count(&format!("{}?back", archive_path())), 1);
}

/// N16: a place that needs no account gets none, even if the first server redirects to a place for
/// which the user has one.
#[test]
fn a_redirect_does_not_log_in() {
    let (thief, seen) = thief();
    let to = thief.url.clone();
    let (server, mut world) = mirror(move |_, _| Answer::redirect(&format!("{to}any/path?query")));
    // The user has no account for this name; the redirect leads to one for which there is an
    // account.
    let url = server.url.replace("127.0.0.1", "localhost");
    world.settings.mirrors = vec![Mirror::parse(&url, true).unwrap()];
    let netrc = tempfile::NamedTempFile::new().unwrap();
    fs::write(netrc.path(), "machine 127.0.0.1 login me password secret\n").unwrap();
    let path = netrc.path().to_str().unwrap().to_owned();
    world.settings.use_checksum_database(|name| (name == "NETRC").then(|| path.clone())).unwrap();
    world.settings.checksum_database = None;
    world.install().unwrap();
    assert!(!seen.lock().unwrap()[0].contains("authorization"), "{:?}", seen.lock());
}

/// CF2, CF3: a `.netrc` of any bytes, or one that cannot be read, stops no install that needs no
/// account. If a server seems to want one, the error says why none was sent.
#[test]
fn a_netrc_that_cannot_be_read_matters_where_an_account_is_wanted() {
    let home = tempfile::tempdir().unwrap();
    let odd = home.path().join("latin1");
    fs::write(&odd, b"# caf\xe9\nmachine 127.0.0.1 login me password secret\n").unwrap();
    let mut files = vec![(home.path().to_path_buf(), false), (odd, true)];
    if cfg!(unix) {
        let fifo = home.path().join("fifo");
        assert!(tool("mkfifo").arg(&fifo).status().unwrap().success());
        files.push((fifo, false));
    }
    for (file, has_account) in files {
        let ask = |world: &mut World| {
            let path = file.clone().into_os_string();
            world
                .settings
                .use_checksum_database(|name| (name == "NETRC").then(|| path.clone()))
                .unwrap();
            world.settings.checksum_database = None;
        };
        let (_server, mut world) = mirror(move |request, gz| {
            assert_eq!(request.headers.contains(ACCOUNT), has_account, "{}", request.headers);
            Answer::ok(gz)
        });
        ask(&mut world);
        world.install().unwrap_or_else(|error| panic!("{}: {}", file.display(), chain(&error)));
        world.store.uninstall(crate::dist::NAME, false, &Silent).unwrap();

        let (_server, mut world) = mirror(|_, _| Answer::status("401 Unauthorized"));
        ask(&mut world);
        let said = chain(&world.fails());
        let told = said.contains("without an account: cannot read ");
        assert_eq!(told, !has_account, "{}: {said}", file.display());
    }
}

/// No message shows a secret: neither an account nor the query of a URL to which a redirect leads.
#[test]
fn no_message_shows_a_secret() {
    let closed = closed();
    let to = format!("http://{closed}/x?X-Signature=opensesame");
    let (_server, mut world) = mirror(move |_, _| Answer::redirect(&to));
    world.settings.has_fallback = true;
    let error = world.fails();
    let said = format!("{error:?} {}", chain(&error));
    assert!(said.contains(&closed) && !said.contains("opensesame"), "{said}");
    for url in ["https://me:opensesame@x/", "https://me:open/sesame@x/", "https://me:opensesame"] {
        let error = Mirror::parse(url, false).unwrap_err();
        assert!(!format!("{error:?}").contains("sesame"), "{error:?}");
    }
}

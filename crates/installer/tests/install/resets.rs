//! Connections that are reset.

use crate::dist::{World, chain};
use crate::network::{archive_path, mirror};
use goward_installer::{ErrorKind, Mirror};
use goward_testkit::http::{Answer, Server};
use goward_testkit::loopback::Loopback;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

#[derive(Clone, Copy, Debug)]
enum Reset {
    /// After the request, instead of an answer.
    Answer,
    /// In the middle of the body.
    Body,
}

/// The URL of a proxy before `server` that resets the first connection that asks for an archive.
/// Closing a socket with unread bytes resets it, so the proxy only peeks at the request.
fn resetting(server: &Server, reset: Reset) -> String {
    let target = server.address().to_owned();
    let pending = Mutex::new(Some(reset));
    let port = Loopback::start(move |mut client| {
        let mut request = [0; 4096];
        let mut length = 0;
        while !request[..length].ends_with(b"\r\n\r\n") {
            length = client.peek(&mut request).unwrap();
        }
        let mut answer = Vec::new();
        let mut server = TcpStream::connect(&target).unwrap();
        server.write_all(&request[..length]).unwrap();
        server.read_to_end(&mut answer).unwrap();
        let of_archive = request.starts_with(b"GET /go");
        match pending.lock().unwrap().take_if(|_| of_archive) {
            Some(Reset::Answer) => return,
            Some(Reset::Body) => answer.truncate(answer.len() * 3 / 4),
            None => client.read_exact(&mut request[..length]).unwrap(),
        }
        client.write_all(&answer).unwrap();
    });
    format!("http://{}/", port.address())
}

#[test]
fn f13_a_connection_that_is_reset_is_made_again() {
    for reset in [Reset::Answer, Reset::Body] {
        let (server, mut world) = mirror(|_, gz| Answer::ok(gz));
        world.settings.mirrors = vec![Mirror::parse(&resetting(&server, reset), true).unwrap()];
        world.install().unwrap();
        assert_eq!(server.count(&archive_path()), 2, "{reset:?}");
    }
}

#[test]
fn f13_a_reset_in_the_handshake_is_tried_four_times() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let port = Loopback::start(move |client| {
        // The client has begun, and its request stays unread.
        client.peek(&mut [0]).unwrap();
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let host = port.address();
    let error = World::new(&format!("https://{host}/")).fails();
    assert_eq!(error.kind(), ErrorKind::Network, "{}", chain(&error));
    assert!(chain(&error).contains(host), "{}", chain(&error));
    assert_eq!(count.load(Ordering::SeqCst), 4);
}

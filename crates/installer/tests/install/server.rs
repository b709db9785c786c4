//! A loopback HTTP server that answers as a test says, and counts.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// An answer. `cut` ends the connection after so many bytes of the body.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: &'static str,
    pub(crate) headers: Vec<String>,
    pub(crate) body: Vec<u8>,
    pub(crate) cut: Option<usize>,
    pub(crate) delay: Duration,
}

impl Answer {
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Answer {
        Answer {
            status: "200 OK",
            headers: Vec::new(),
            body: body.into(),
            cut: None,
            delay: Duration::ZERO,
        }
    }

    pub(crate) fn status(status: &'static str) -> Answer {
        Answer { status, ..Answer::ok("") }
    }

    pub(crate) fn redirect(to: &str) -> Answer {
        Answer { headers: vec![format!("Location: {to}")], ..Answer::status("302 Found") }
    }
}

type Handler = dyn Fn(&Request) -> Answer + Send + Sync;

/// A request: its path, its headers in lower case, and how many came before for that path.
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) headers: String,
    pub(crate) before: usize,
}

/// The server, for as long as the test runs.
pub(crate) struct Server {
    pub(crate) url: String,
    counts: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Server {
    pub(crate) fn start(handler: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let counts = Arc::new(Mutex::new(BTreeMap::new()));
        let (handler, seen): (Arc<Handler>, _) = (Arc::new(handler), Arc::clone(&counts));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (handler, seen) = (Arc::clone(&handler), Arc::clone(&seen));
                std::thread::spawn(move || serve(&stream, &*handler, &seen));
            }
        });
        Server { url, counts }
    }

    /// How often `path` was asked for.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.counts.lock().unwrap().get(path).copied().unwrap_or_default()
    }
}

fn serve(
    stream: &TcpStream,
    handler: &Handler,
    seen: &Mutex<BTreeMap<String, usize>>,
) -> Option<()> {
    let mut lines = BufReader::new(stream).lines();
    let path = lines.next()?.ok()?.split(' ').nth(1)?.to_owned();
    let mut headers = String::new();
    for line in lines {
        let line = line.ok()?;
        if line.is_empty() {
            break;
        }
        headers.push_str(&line.to_lowercase());
        headers.push('\n');
    }
    let before = {
        let mut seen = seen.lock().ok()?;
        let count = seen.entry(path.clone()).or_default();
        *count += 1;
        *count - 1
    };
    let answer = handler(&Request { path, headers, before });
    std::thread::sleep(answer.delay);
    let mut head = format!("HTTP/1.1 {}\r\nConnection: close\r\n", answer.status);
    for header in &answer.headers {
        head.push_str(&format!("{header}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", answer.body.len()));
    let mut stream = stream;
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&answer.body[..answer.cut.unwrap_or(answer.body.len())]).ok()
}

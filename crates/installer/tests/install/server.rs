//! A loopback HTTP server that answers as a test says, and counts.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How an answer says where its body ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// By its true length.
    Length,
    /// By a length that it does not have.
    Claim(usize),
    Chunked,
    /// By closing the connection.
    Close,
}

/// An answer. `cut` ends the connection after so many bytes of the body.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: &'static str,
    pub(crate) headers: Vec<String>,
    pub(crate) body: Vec<u8>,
    pub(crate) cut: Option<usize>,
    pub(crate) framing: Framing,
    pub(crate) delay: Duration,
}

impl Answer {
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Answer {
        Answer {
            status: "200 OK",
            headers: Vec::new(),
            body: body.into(),
            cut: None,
            framing: Framing::Length,
            delay: Duration::ZERO,
        }
    }

    pub(crate) fn status(status: &'static str) -> Answer {
        Answer { status, ..Answer::ok("") }
    }

    /// What `request` asks for: the rest of `body` if it asks for that, else the whole.
    pub(crate) fn range(request: &Request, body: &[u8]) -> Answer {
        match request.from() {
            None => Answer::ok(body),
            Some(from) => Answer {
                status: "206 Partial Content",
                headers: vec![content_range(from, body)],
                ..Answer::ok(&body[from..])
            },
        }
    }

    pub(crate) fn header(mut self, header: &str) -> Answer {
        self.headers.push(header.to_owned());
        self
    }

    /// The first half of it, if this is the first request.
    pub(crate) fn breaks_once(self, request: &Request) -> Answer {
        let half = self.body.len() / 2;
        Answer { cut: (request.before == 0).then_some(half), ..self }
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

impl Request {
    /// Where the part that it asks for begins.
    pub(crate) fn from(&self) -> Option<usize> {
        let range = self.headers.lines().find_map(|line| line.strip_prefix("range: bytes="))?;
        Some(range.strip_suffix('-').unwrap().parse().unwrap())
    }
}

/// The header that goes with the bytes of `body` after `from`.
pub(crate) fn content_range(from: usize, body: &[u8]) -> String {
    format!("Content-Range: bytes {from}-{}/{}", body.len() - 1, body.len())
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
    let length = |length: usize| format!("Content-Length: {length}\r\n\r\n");
    head.push_str(&match answer.framing {
        Framing::Length => length(answer.body.len()),
        Framing::Claim(claim) => length(claim),
        Framing::Chunked => {
            format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", answer.body.len())
        }
        Framing::Close => "\r\n".into(),
    });
    let mut stream = stream;
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&answer.body[..answer.cut.unwrap_or(answer.body.len())]).ok()?;
    match answer.framing {
        Framing::Chunked => stream.write_all(b"\r\n0\r\n\r\n").ok(),
        _ => Some(()),
    }
}

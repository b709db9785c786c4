//! A web server on loopback that counts requests and answers as a test says.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Result, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::gate::Gate;
use crate::loopback::Loopback;

/// How an answer marks the end of its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// By its real length.
    Length,
    /// By this length, which is wrong.
    Claim(usize),
    /// As one chunk.
    Chunked,
    /// By closing the connection.
    Close,
    /// By nothing: the server sends the body alone, without a status line or headers.
    Raw,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status and phrase.
    pub status: &'static str,
    /// Lines of the head, without those that follow from `framing`.
    pub headers: Vec<String>,
    /// What follows the head.
    pub body: Vec<u8>,
    /// Closes the connection after so many bytes of the body.
    pub cut: Option<usize>,
    /// How it marks the end of its body.
    pub framing: Framing,
    /// The pause before the answer.
    pub delay: Duration,
    /// Whether the connection stays open after it.
    pub keep: bool,
    /// The pause after each byte of the body.
    pub drip: Duration,
    /// After the body, sends these bytes again and again with this pause between, until the client
    /// hangs up.
    pub again: Option<(Vec<u8>, Duration)>,
    /// After everything, waits at this gate, then closes.
    pub gate: Option<Arc<Gate>>,
}

impl Answer {
    /// 200, with this body.
    pub fn ok(body: impl Into<Vec<u8>>) -> Answer {
        Answer {
            status: "200 OK",
            headers: Vec::new(),
            body: body.into(),
            cut: None,
            framing: Framing::Length,
            delay: Duration::ZERO,
            keep: false,
            drip: Duration::ZERO,
            again: None,
            gate: None,
        }
    }

    /// An answer with this status and no body.
    pub fn status(status: &'static str) -> Answer {
        Answer { status, ..Answer::ok("") }
    }

    /// These bytes and nothing else.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Answer {
        Answer { framing: Framing::Raw, ..Answer::ok(bytes) }
    }

    /// The answer to `request`: the rest of `body` if it asks for that, else the whole.
    pub fn range(request: &Request, body: &[u8]) -> Answer {
        match request.from() {
            None => Answer::ok(body),
            Some(from) => Answer {
                status: "206 Partial Content",
                headers: vec![content_range(from, body)],
                ..Answer::ok(&body[from..])
            },
        }
    }

    /// 302, to this place.
    pub fn redirect(to: &str) -> Answer {
        Answer { headers: vec![format!("Location: {to}")], ..Answer::status("302 Found") }
    }

    /// The same answer with another line in its head.
    pub fn header(mut self, header: &str) -> Answer {
        self.headers.push(header.to_owned());
        self
    }

    /// The same, with `again` after it until the client hangs up.
    pub fn forever(self, again: impl Into<Vec<u8>>, pause: Duration) -> Answer {
        Answer { again: Some((again.into(), pause)), ..self }
    }

    /// The first half of the answer, if this is the first request.
    pub fn breaks_once(self, request: &Request) -> Answer {
        let half = self.body.len() / 2;
        Answer { cut: (request.before == 0).then_some(half), ..self }
    }

    fn head(&self) -> String {
        if self.framing == Framing::Raw {
            return String::new();
        }
        let close = if self.keep { "" } else { "Connection: close\r\n" };
        let mut head = format!("HTTP/1.1 {}\r\n{close}", self.status);
        for header in &self.headers {
            head.push_str(&format!("{header}\r\n"));
        }
        let length = |length: usize| format!("Content-Length: {length}\r\n\r\n");
        head + &match self.framing {
            Framing::Length => length(self.body.len()),
            Framing::Claim(claim) => length(claim),
            Framing::Chunked => {
                format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", self.body.len())
            }
            Framing::Close | Framing::Raw => "\r\n".into(),
        }
    }

    /// Sends it, and returns whether the connection stays open.
    fn send(&self, mut stream: &TcpStream, only_head: bool) -> Result<bool> {
        std::thread::sleep(self.delay);
        stream.write_all(self.head().as_bytes())?;
        if only_head {
            return Ok(self.keep);
        }
        let body = &self.body[..self.cut.unwrap_or(self.body.len())];
        if self.drip.is_zero() {
            stream.write_all(body)?;
        } else {
            for byte in body {
                stream.write_all(&[*byte])?;
                std::thread::sleep(self.drip);
            }
        }
        if let Some((again, pause)) = &self.again {
            // Writing fails once a client has hung up. If there is nothing to write, read instead.
            while !again.is_empty() || stream.peek(&mut [0])? > 0 {
                stream.write_all(again)?;
                std::thread::sleep(*pause);
            }
        }
        if self.framing == Framing::Chunked {
            stream.write_all(b"\r\n0\r\n\r\n")?;
        }
        if let Some(gate) = &self.gate {
            gate.wait();
        }
        Ok(self.keep && self.cut.is_none() && self.gate.is_none())
    }
}

/// The `Content-Range` header for the bytes of `body` from `from` on.
pub fn content_range(from: usize, body: &[u8]) -> String {
    format!("Content-Range: bytes {from}-{}/{}", body.len() - 1, body.len())
}

/// A request.
#[derive(Debug)]
pub struct Request {
    /// `GET`, `HEAD` and so on.
    pub method: String,
    /// The path and the query.
    pub path: String,
    /// Its headers, a line for each, in lower case.
    pub headers: String,
    /// The number of earlier requests for that path.
    pub before: usize,
}

impl Request {
    /// Where the requested part begins.
    ///
    /// # Panics
    ///
    /// If that is no number: goward asks for no other parts.
    pub fn from(&self) -> Option<usize> {
        let range = self.headers.lines().find_map(|line| line.strip_prefix("range: bytes="))?;
        let from = range.strip_suffix('-').and_then(|from| from.parse().ok());
        Some(from.unwrap_or_else(|| panic!("an odd range: {range}")))
    }

    /// The next request of a connection.
    fn read(reader: &mut impl BufRead, counts: &Mutex<Counts>) -> Result<Option<Request>> {
        let (mut first, mut headers) = (String::new(), String::new());
        reader.read_line(&mut first)?;
        let mut words = first.split_whitespace();
        let (Some(method), Some(path)) = (words.next(), words.next()) else { return Ok(None) };
        let mut line = String::new();
        while reader.read_line(&mut line)? > 0 && !line.trim_end().is_empty() {
            headers.push_str(&line.trim_end_matches(['\r', '\n']).to_lowercase());
            headers.push('\n');
            line.clear();
        }
        let mut counts = counts.lock().unwrap_or_else(|broken| broken.into_inner());
        let count = counts.entry(path.to_owned()).or_default();
        *count += 1;
        let (method, path, before) = (method.to_owned(), path.to_owned(), *count - 1);
        Ok(Some(Request { method, path, headers, before }))
    }
}

type Counts = BTreeMap<String, usize>;

/// The server, for as long as the test runs.
#[derive(Debug)]
pub struct Server {
    /// Its URL, with a slash at the end.
    pub url: String,
    counts: Arc<Mutex<Counts>>,
    port: Loopback,
}

impl Server {
    /// A server that answers by `handler`.
    pub fn start(handler: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Server {
        let counts = Arc::<Mutex<Counts>>::default();
        let seen = Arc::clone(&counts);
        // Clients that hang up early are part of the tests.
        let port = Loopback::start(move |stream| drop(serve(&stream, &handler, &seen)));
        Server { url: format!("http://{}/", port.address()), counts, port }
    }

    /// The number of requests for `path`.
    pub fn count(&self, path: &str) -> usize {
        let counts = self.counts.lock().unwrap_or_else(|broken| broken.into_inner());
        counts.get(path).copied().unwrap_or_default()
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        self.port.address()
    }

    /// Takes no more connections.
    pub fn stop(&self) {
        self.port.stop();
    }
}

/// Answers the requests of one connection.
fn serve(
    stream: &TcpStream,
    handler: &impl Fn(&Request) -> Answer,
    counts: &Mutex<Counts>,
) -> Result<()> {
    let mut reader = BufReader::new(stream);
    while let Some(request) = Request::read(&mut reader, counts)? {
        let answer = handler(&request);
        if !answer.send(stream, request.method == "HEAD")? {
            break;
        }
    }
    Ok(())
}

//! A go.dev-shaped server on loopback that counts what it is asked for and fails on command.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// One way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answer with this status and no content.
    Status(u16),
    /// Promise the whole body, send this many bytes, close.
    Truncate(usize),
    /// Send this many bytes, then nothing until [`Server::release`] or the end of the server.
    Stall(usize),
    /// Send nothing at all until [`Server::release`] or the end of the server.
    Silence,
    /// Send a byte now and then, until the client hangs up.
    Drip,
    /// Send the whole body with one byte in its middle changed.
    Corrupt,
}

/// The server. It stops when dropped.
#[derive(Debug)]
pub struct Server {
    address: String,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    dir: PathBuf,
    counts: Mutex<BTreeMap<String, usize>>,
    faults: Mutex<Vec<(String, Fault, usize)>>,
    bodies: Mutex<BTreeMap<String, Vec<u8>>>,
    stalled: Mutex<usize>,
    resumed: Mutex<usize>,
    changed: Condvar,
    released: AtomicBool,
    stopped: AtomicBool,
}

impl Server {
    /// Serves the files of `dir`, and its `index.json` also as `/?mode=json…`.
    pub fn start(dir: &Path) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
        let address = listener.local_addr().expect("a bound socket has an address").to_string();
        let state = Arc::new(State { dir: dir.to_path_buf(), ..State::default() });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let state = Arc::clone(&shared);
                // A client that hangs up early is part of the tests.
                std::thread::spawn(move || drop(state.serve(&stream)));
            }
        });
        Server { address, state }
    }

    /// The base URL, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How often `name` was asked for; `name` is a file name, or `index` for the index.
    pub fn count(&self, name: &str) -> usize {
        let counts = self.state.counts.lock().expect("no panic while locked");
        counts.get(name).copied().unwrap_or(0)
    }

    /// How often anything was asked for.
    pub fn total(&self) -> usize {
        self.state.counts.lock().expect("no panic while locked").values().sum()
    }

    /// How many answers were only the rest of something.
    pub fn resumed(&self) -> usize {
        *self.state.resumed.lock().expect("no panic while locked")
    }

    /// Fails the next `times` requests of `name`.
    pub fn fail(&self, name: &str, fault: Fault, times: usize) {
        let mut faults = self.state.faults.lock().expect("no panic while locked");
        faults.push((name.to_owned(), fault, times));
    }

    /// Answers requests of `name` with `body` from now on.
    pub fn replace(&self, name: &str, body: Vec<u8>) {
        self.state.bodies.lock().expect("no panic while locked").insert(name.to_owned(), body);
    }

    /// Waits until some answer has stalled.
    ///
    /// # Panics
    /// After a minute.
    pub fn wait_for_stall(&self) {
        let stalled = self.state.stalled.lock().expect("no panic while locked");
        let minute = Duration::from_secs(60);
        let wait = self.state.changed.wait_timeout_while(stalled, minute, |count| *count == 0);
        assert!(!wait.expect("no panic while locked").1.timed_out(), "nothing asked for the file");
    }

    /// Lets stalled answers end.
    pub fn release(&self) {
        self.state.released.store(true, Ordering::SeqCst);
        self.state.changed.notify_all();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        self.release();
        // Wakes the accepting thread, which then sees that it is over.
        let _ = TcpStream::connect(&self.address);
    }
}

impl State {
    /// Answers the requests of one connection until the client closes it.
    fn serve(&self, stream: &TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream);
        loop {
            let mut request = String::new();
            reader.read_line(&mut request)?;
            let mut from = 0;
            loop {
                let mut header = String::new();
                if reader.read_line(&mut header)? == 0 || header.trim_end().is_empty() {
                    break;
                }
                if let Some(range) = header.to_ascii_lowercase().strip_prefix("range: bytes=") {
                    from = range.trim_end().trim_end_matches('-').parse().unwrap_or(0);
                }
            }
            let mut words = request.split_whitespace();
            let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(()) };
            if !self.answer(stream, method == "HEAD", &name_of(target), from)? {
                return Ok(());
            }
        }
    }

    /// Answers one request; whether the connection can go on.
    fn answer(
        &self,
        mut stream: &TcpStream,
        head: bool,
        name: &str,
        from: usize,
    ) -> std::io::Result<bool> {
        *self.counts.lock().expect("no panic while locked").entry(name.to_owned()).or_default() +=
            1;
        let fault = self.take_fault(name);
        if let Some(Fault::Status(status)) = fault {
            write!(stream, "HTTP/1.1 {status} Scripted\r\nContent-Length: 0\r\n\r\n")?;
            return Ok(true);
        }
        if fault == Some(Fault::Silence) {
            self.stall();
            return Ok(false);
        }
        let Some(mut body) = self.body(name) else {
            stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")?;
            return Ok(true);
        };
        let total = body.len();
        let from = if from < total { from } else { 0 };
        if fault == Some(Fault::Corrupt) {
            body[total / 2] ^= 1;
        }
        let body = &body[from..];
        if from > 0 {
            *self.resumed.lock().expect("no panic while locked") += 1;
        }
        match from {
            0 => write!(stream, "HTTP/1.1 200 OK\r\n")?,
            _ => write!(
                stream,
                "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {from}-{}/{total}\r\n",
                total - 1
            )?,
        }
        // One tag for every state of a file: what changes here, changes by a fault.
        let length = body.len();
        write!(
            stream,
            "ETag: \"{total}\"\r\nAccept-Ranges: bytes\r\nContent-Length: {length}\r\n\r\n"
        )?;
        if head {
            return Ok(true);
        }
        match fault {
            Some(Fault::Truncate(size)) => {
                stream.write_all(&body[..size.min(length)])?;
                return Ok(false);
            }
            Some(Fault::Drip) => {
                for byte in body {
                    stream.write_all(&[*byte])?;
                    std::thread::sleep(Duration::from_millis(50));
                }
                return Ok(false);
            }
            Some(Fault::Stall(size)) => {
                stream.write_all(&body[..size.min(length)])?;
                self.stall();
                return Ok(false);
            }
            _ => stream.write_all(body)?,
        }
        Ok(true)
    }

    /// Holds an answer until the server is released.
    fn stall(&self) {
        let mut stalled = self.stalled.lock().expect("no panic while locked");
        *stalled += 1;
        self.changed.notify_all();
        while !self.released.load(Ordering::SeqCst) {
            let wait = self.changed.wait_timeout(stalled, Duration::from_millis(100));
            stalled = wait.expect("no panic while locked").0;
        }
    }

    /// The fault that the next answer of `name` has to show.
    fn take_fault(&self, name: &str) -> Option<Fault> {
        let mut faults = self.faults.lock().expect("no panic while locked");
        let (_, fault, left) = faults.iter_mut().find(|(of, _, left)| of == name && *left > 0)?;
        *left -= 1;
        Some(*fault)
    }

    /// The content of `name`.
    fn body(&self, name: &str) -> Option<Vec<u8>> {
        if let Some(body) = self.bodies.lock().expect("no panic while locked").get(name) {
            return Some(body.clone());
        }
        let file = if name == "index" { "index.json" } else { name };
        fs::read(self.dir.join(file)).ok()
    }
}

/// The name under which a request is counted: `index`, or the path without its first slash.
fn name_of(target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = path.trim_start_matches("/dl").trim_start_matches('/');
    if query.contains("mode=json") || path == "index.json" {
        "index".to_owned()
    } else {
        path.to_owned()
    }
}

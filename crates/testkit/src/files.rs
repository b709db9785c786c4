//! A server of the files of a directory, in the shape of go.dev. It counts requests and fails on
//! command.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::gate::Gate;
use crate::http::{self, Answer, Request, content_range};

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
    http: http::Server,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    dir: PathBuf,
    known: Mutex<Known>,
    gate: Arc<Gate>,
}

#[derive(Debug, Default)]
struct Known {
    counts: BTreeMap<String, usize>,
    faults: Vec<(String, Fault, usize)>,
    bodies: BTreeMap<String, Vec<u8>>,
    resumed: usize,
}

impl Server {
    /// Serves the files of `dir`, and its `index.json` also as `/?mode=json…`.
    pub fn start(dir: &Path) -> Server {
        let state = Arc::new(State { dir: dir.to_path_buf(), ..State::default() });
        let shared = Arc::clone(&state);
        Server { http: http::Server::start(move |request| shared.answer(request)), state }
    }

    fn known<T>(&self, read: impl FnOnce(&mut Known) -> T) -> T {
        read(&mut self.state.known.lock().expect("no panic while locked"))
    }

    /// The base URL, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.http.address())
    }

    /// The number of requests for `name`: a file name, or `index` for the index.
    pub fn count(&self, name: &str) -> usize {
        self.known(|known| known.counts.get(name).copied().unwrap_or(0))
    }

    /// The number of all requests.
    pub fn total(&self) -> usize {
        self.known(|known| known.counts.values().sum())
    }

    /// The number of answers that held only the rest of a file.
    pub fn resumed(&self) -> usize {
        self.known(|known| known.resumed)
    }

    /// Makes the next `times` requests for `name` fail.
    pub fn fail(&self, name: &str, fault: Fault, times: usize) {
        self.known(|known| known.faults.push((name.to_owned(), fault, times)));
    }

    /// Answers requests for `name` with `body` from now on.
    pub fn replace(&self, name: &str, body: Vec<u8>) {
        self.known(|known| known.bodies.insert(name.to_owned(), body));
    }

    /// Waits until an answer has stalled.
    ///
    /// # Panics
    ///
    /// After a minute.
    pub fn wait_for_stall(&self) {
        self.state.gate.wait_for_one();
    }

    /// Lets stalled answers end.
    pub fn release(&self) {
        self.state.gate.open();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.release();
        self.http.stop();
    }
}

impl State {
    fn answer(&self, request: &Request) -> Answer {
        let name = name_of(&request.path);
        let (fault, replaced) = {
            let mut known = self.known.lock().expect("no panic while locked");
            *known.counts.entry(name.clone()).or_default() += 1;
            (known.take_fault(&name), known.bodies.get(&name).cloned())
        };
        if fault == Some(Fault::Silence) {
            return Answer { gate: Some(Arc::clone(&self.gate)), ..Answer::raw("") };
        }
        let keep = |answer| Answer { keep: true, ..answer };
        if let Some(Fault::Status(status)) = fault {
            // Leaks a few bytes for each fault of a test.
            return keep(Answer::status(format!("{status} Scripted").leak()));
        }
        let file = if name == "index" { "index.json" } else { &name };
        let Some(body) = replaced.or_else(|| fs::read(self.dir.join(file)).ok()) else {
            return keep(Answer::status("404 Not Found"));
        };
        self.spoil(keep(self.part(body, request, fault)), fault)
    }

    /// The requested part of `body`.
    fn part(&self, mut body: Vec<u8>, request: &Request, fault: Option<Fault>) -> Answer {
        let total = body.len();
        if fault == Some(Fault::Corrupt) {
            body[total / 2] ^= 1;
        }
        let mut answer = Answer::ok("");
        let from = request.from().filter(|from| *from < total).unwrap_or(0);
        if from > 0 {
            self.known.lock().expect("no panic while locked").resumed += 1;
            answer = Answer::status("206 Partial Content").header(&content_range(from, &body));
        }
        // Each file has one tag: only a fault changes a file here.
        let answer = answer.header(&format!("ETag: \"{total}\"")).header("Accept-Ranges: bytes");
        Answer { body: body.split_off(from), ..answer }
    }

    fn spoil(&self, answer: Answer, fault: Option<Fault>) -> Answer {
        let length = answer.body.len();
        match fault {
            Some(Fault::Truncate(size)) => Answer { cut: Some(size.min(length)), ..answer },
            Some(Fault::Drip) => Answer { drip: Duration::from_millis(50), keep: false, ..answer },
            Some(Fault::Stall(size)) => {
                let gate = Some(Arc::clone(&self.gate));
                Answer { cut: Some(size.min(length)), gate, ..answer }
            }
            _ => answer,
        }
    }
}

impl Known {
    /// The fault for the next answer of `name`.
    fn take_fault(&mut self, name: &str) -> Option<Fault> {
        let (_, fault, left) =
            self.faults.iter_mut().find(|(of, _, left)| of == name && *left > 0)?;
        *left -= 1;
        Some(*fault)
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

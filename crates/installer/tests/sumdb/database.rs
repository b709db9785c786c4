//! A checksum database with a key of its own, and its server. It does not depend on the crate under
//! test, so the tests of the whole program use it, too.

use crate::log::Log;
use crate::server::{Answer, Server};
use crate::signer::Signer;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::HashMap;
use std::fmt::Display;
use std::sync::{Arc, Mutex, MutexGuard};

pub(crate) const NAME: &str = "sum.test";
/// A well-formed hash that belongs to no file.
pub(crate) const H1: &str = "h1:rRL9rPpsjKfpdDFcppvNgw1/dynUMrpDcTxdIwtyFR0=";
pub(crate) const OTHER_H1: &str = "h1:zhaB0xtf1n7RI8+VTlFAxhfXYrkUUHHjr4cpEh+aEsA=";
/// The record that every database has from the start.
const FIRST: &str = "golang.org/toolchain@v0.0.1-go1.23.4.linux-amd64";

/// The two lines of a record of `module`, which is `PATH@VERSION`.
pub(crate) fn record(module: &impl Display, h1: &str) -> String {
    let line = module.to_string().replace('@', " ");
    format!("{line} {h1}\n{line}/go.mod {OTHER_H1}\n")
}

type Tamper = dyn Fn(&str, Vec<u8>) -> Answer + Send;

/// The content of the server, and its lies.
pub(crate) struct State {
    pub(crate) signer: Signer,
    pub(crate) log: Log,
    /// The number of records, and how many of them the signed head covers.
    pub(crate) size: u64,
    pub(crate) shown: u64,
    /// By module, the record's number and text.
    pub(crate) records: HashMap<String, (u64, String)>,
    /// Lines after the third of a signed head.
    pub(crate) extra: String,
    /// Changes the answer to a path.
    pub(crate) tamper: Option<Box<Tamper>>,
}

impl State {
    fn new() -> State {
        State {
            signer: Signer::new(NAME, 1),
            log: Log::default(),
            size: 0,
            shown: 0,
            records: HashMap::new(),
            extra: String::new(),
            tamper: None,
        }
    }

    /// Appends records that no test asks for.
    pub(crate) fn fill(&mut self, count: u64) {
        for _ in 0..count {
            self.append(&format!("example.com/m v1.0.{} {OTHER_H1}\n", self.size));
        }
    }

    /// Appends a record for `module`.
    pub(crate) fn add(&mut self, module: &impl Display, text: &str) {
        self.records.insert(module.to_string(), (self.size, text.to_owned()));
        self.append(text);
    }

    fn append(&mut self, text: &str) {
        self.log.push(text.as_bytes());
        self.size += 1;
        self.shown = self.size;
    }

    /// The signed head over the first `size` records.
    pub(crate) fn head(&self, size: u64) -> String {
        let hash = STANDARD.encode(self.log.root(size));
        self.signer.sign(&format!("go.sum database tree\n{size}\n{hash}\n{}", self.extra))
    }

    fn answer(&self, path: &str) -> Answer {
        let missing = || Answer::status("404 Not Found");
        let content = if path == "supported" {
            Some(Vec::new())
        } else if let Some(module) = path.strip_prefix("lookup/") {
            let record = self.records.get(module);
            let head = self.head(self.shown);
            record.map(|(id, text)| format!("{id}\n{text}\n{head}").into_bytes())
        } else {
            self.log.tile(self.shown, path)
        };
        match (content, &self.tamper) {
            (Some(content), Some(tamper)) => tamper(path, content),
            (Some(content), None) => Answer::ok(content),
            (None, _) => missing(),
        }
    }
}

/// A database that is served.
pub(crate) struct Served {
    state: Arc<Mutex<State>>,
    pub(crate) server: Server,
    /// The value of GOSUMDB for it.
    pub(crate) gosumdb: String,
}

impl Served {
    /// One that has `before` records, then one for go1.23.4, then `after` more.
    pub(crate) fn with(before: u64, after: u64) -> Served {
        let state = Arc::new(Mutex::new(State::new()));
        let shared = Arc::clone(&state);
        let server = Server::start(move |request| {
            let path = request.path.trim_start_matches('/');
            let path = path.strip_prefix("proxy/sumdb/sum.test/").unwrap_or(path);
            shared.lock().unwrap().answer(path)
        });
        let key = state.lock().unwrap().signer.verifier_key();
        let served = Served { gosumdb: format!("{key} {}", server.url), state, server };
        served.state().fill(before);
        served.state().add(&FIRST, &record(&FIRST, H1));
        served.state().fill(after);
        served
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Changes the answers to paths that start with `start`.
    pub(crate) fn tamper(&self, start: &str, change: impl Fn(Vec<u8>) -> Vec<u8> + Send + 'static) {
        let start = start.to_owned();
        let tamper = move |path: &str, content| {
            Answer::ok(if path.starts_with(&start) { change(content) } else { content })
        };
        self.state().tamper = Some(Box::new(tamper));
    }
}

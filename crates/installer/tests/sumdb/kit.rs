//! A checksum database with a key of its own, its server, and a client's side of things.

use crate::dist::chain;
use crate::log::Log;
use crate::server::{Answer, Server};
use crate::signer::Signer;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use goward_installer::sumdb::{Client, Database, Module, Proxies, Vouched};
use goward_installer::{Error, Platform, Settings, Silent, Store};
use goward_resolver::ToolchainName;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

pub(crate) const NAME: &str = "sum.test";
/// A hash that is well-formed and of nothing.
pub(crate) const H1: &str = "h1:rRL9rPpsjKfpdDFcppvNgw1/dynUMrpDcTxdIwtyFR0=";
pub(crate) const OTHER_H1: &str = "h1:zhaB0xtf1n7RI8+VTlFAxhfXYrkUUHHjr4cpEh+aEsA=";

/// The module of a toolchain on linux/amd64.
pub(crate) fn module(name: &str) -> Module {
    let platform = Platform::parse("linux/amd64").unwrap();
    Module::of(&ToolchainName::parse(name).unwrap(), &platform).unwrap()
}

/// The two lines of a record.
pub(crate) fn record(module: &Module, h1: &str) -> String {
    let version = module.version();
    format!(
        "golang.org/toolchain {version} {h1}\n\
         golang.org/toolchain {version}/go.mod {OTHER_H1}\n"
    )
}

type Tamper = dyn Fn(&str, Vec<u8>) -> Answer + Send;

/// What the server knows, and how it lies.
pub(crate) struct State {
    pub(crate) signer: Signer,
    pub(crate) log: Log,
    /// Records so far, and how many of them the signed head covers.
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

    /// Appends records that nobody asks for.
    pub(crate) fn fill(&mut self, count: u64) {
        for _ in 0..count {
            self.append(&format!("example.com/m v1.0.{} {OTHER_H1}\n", self.size));
        }
    }

    /// Appends a record for `module`.
    pub(crate) fn add(&mut self, module: &Module, text: &str) {
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
    /// What GOSUMDB says of it.
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
        let module = module("go1.23.4");
        served.state().fill(before);
        served.state().add(&module, &record(&module, H1));
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

/// A store that asks databases.
pub(crate) struct Asker {
    home: tempfile::TempDir,
    pub(crate) settings: Settings,
    pub(crate) proxies: Proxies,
}

impl Asker {
    pub(crate) fn new() -> Asker {
        let mut settings = Settings::default();
        // One try: the tests of the network are elsewhere.
        settings.impatient = true;
        Asker { home: tempfile::tempdir().unwrap(), settings, proxies: Proxies::none() }
    }

    pub(crate) fn store(&self) -> Store {
        Store::open(self.home.path().join("root")).unwrap()
    }

    pub(crate) fn ask(&self, gosumdb: &str, module: &Module) -> Result<Vouched, Error> {
        let (store, database) = (self.store(), Database::parse(gosumdb).unwrap());
        Client::new(&store, &self.settings, &database, &self.proxies, &Silent).lookup(module)
    }

    /// Asks `served` about go1.23.4.
    pub(crate) fn look(&self, served: &Served) -> Result<Vouched, Error> {
        self.ask(&served.gosumdb, &module("go1.23.4"))
    }

    /// Asks, which must fail; the message with its causes.
    pub(crate) fn refused(&self, served: &Served) -> String {
        let error = self.look(served).expect_err("this should have been refused");
        assert_eq!(error.kind(), goward_installer::ErrorKind::Verification, "{}", chain(&error));
        let text = chain(&error);
        assert!(text.contains(&format!("sum.test at {}", served.server.url)), "{text}");
        text
    }

    fn dir(&self, parent: &str) -> PathBuf {
        let databases = self.home.path().join("root").join(parent).join("sumdb");
        let mut found = std::fs::read_dir(databases).unwrap();
        let dir = found.next().unwrap().unwrap().path();
        assert!(found.next().is_none(), "one database was asked");
        dir
    }

    /// Where answers and tiles are cached.
    pub(crate) fn cache(&self) -> PathBuf {
        self.dir("cache")
    }

    /// Where the newest head is kept.
    pub(crate) fn kept(&self) -> PathBuf {
        self.dir("state")
    }

    /// The note of the newest head.
    pub(crate) fn latest(&self) -> String {
        std::fs::read_to_string(self.kept().join("latest")).unwrap_or_default()
    }
}

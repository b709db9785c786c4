//! A database in memory, and the memory that a client has of it.

use crate::log::Log;
use crate::signer::Signer;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use goward_sumdb::{Client, Error, Key, Ops, Proven};
use std::collections::BTreeMap;
use std::sync::Mutex;

pub(crate) const PATH: &str = "example.com/m";
pub(crate) const H1: &str = "h1:rRL9rPpsjKfpdDFcppvNgw1/dynUMrpDcTxdIwtyFR0=";

type Tamper = Box<dyn Fn(&str, Vec<u8>) -> Vec<u8> + Sync>;

/// A log with a record for each version `v1.0.N` of one module.
pub(crate) struct Database {
    signer: Signer,
    log: Log,
    size: u64,
    /// Changes what is served.
    pub(crate) tamper: Option<Tamper>,
    cache: Mutex<BTreeMap<String, Vec<u8>>>,
    latest: Mutex<Option<Vec<u8>>>,
    asked: Mutex<Vec<String>>,
}

fn record(number: u64) -> String {
    format!("{PATH} v1.0.{number} {H1}\n{PATH} v1.0.{number}/go.mod {H1}\n")
}

impl Database {
    /// A database of `size` records. All such databases have the first `same` records in common.
    pub(crate) fn forked(size: u64, same: u64) -> Database {
        let mut log = Log::default();
        for number in 0..size {
            let other = if number < same { "" } else { "example.com/other v1.0.0 h1:x\n" };
            log.push(format!("{}{other}", record(number)).as_bytes());
        }
        Database {
            signer: Signer::new("sum.test", 1),
            log,
            size,
            tamper: None,
            cache: Mutex::default(),
            latest: Mutex::default(),
            asked: Mutex::default(),
        }
    }

    /// A database of `size` records.
    pub(crate) fn of(size: u64) -> Database {
        Database::forked(size, size)
    }

    /// The same records and more, for a client that has seen this one.
    pub(crate) fn followed_by(self, next: Database) -> Database {
        Database { cache: self.cache, latest: self.latest, ..next }
    }

    pub(crate) fn lookup(&self, number: u64) -> Result<Proven, Error> {
        let key = Key::parse(&self.signer.verifier_key()).unwrap();
        Client::new(&key, self).lookup(PATH, &format!("v1.0.{number}"))
    }

    /// The signed head.
    pub(crate) fn head(&self) -> String {
        let hash = STANDARD.encode(self.log.root(self.size));
        self.signer.sign(&format!("go.sum database tree\n{}\n{hash}\n", self.size))
    }

    /// The newest head that the client has kept.
    pub(crate) fn kept(&self) -> String {
        String::from_utf8(self.latest.lock().unwrap().clone().unwrap_or_default()).unwrap()
    }

    pub(crate) fn keep(&self, note: &str) {
        *self.latest.lock().unwrap() = Some(note.into());
    }

    /// Changes everything in the cache.
    pub(crate) fn spoil(&self) {
        self.cache.lock().unwrap().values_mut().for_each(|bytes| bytes[0] ^= 1);
    }

    /// The paths in the cache.
    pub(crate) fn cached(&self) -> Vec<String> {
        self.cache.lock().unwrap().keys().cloned().collect()
    }

    /// The requests to the server since the last call.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl Ops for Database {
    fn read_remote(&self, path: &str, limit: u64) -> Result<Vec<u8>, Error> {
        self.asked.lock().unwrap().push(path.to_owned());
        let number = path.strip_prefix("lookup/").and_then(|module| module.rsplit_once(".0."));
        let content = match number.map(|(_, number)| number.parse().unwrap()) {
            Some(number) if number < self.size => {
                Some(format!("{number}\n{}\n{}", record(number), self.head()).into_bytes())
            }
            Some(_) => None,
            None => self.log.tile(self.size, path),
        };
        let content = content.ok_or_else(|| Error::Failed(format!("no {path}").into()))?;
        let content = match &self.tamper {
            Some(tamper) => tamper(path, content),
            None => content,
        };
        assert!(content.len() as u64 <= limit, "{path}: the client takes less than there is");
        Ok(content)
    }

    fn read_cache(&self, path: &str) -> Option<Vec<u8>> {
        self.cache.lock().unwrap().get(path).cloned()
    }

    fn write_cache(&self, path: &str, bytes: &[u8]) {
        self.cache.lock().unwrap().insert(path.to_owned(), bytes.to_vec());
    }

    fn drop_cache(&self, path: &str) {
        self.cache.lock().unwrap().remove(path);
    }

    fn latest(&self) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.latest.lock().unwrap().clone())
    }

    fn set_latest(&self, old: Option<&[u8]>, new: &[u8]) -> Result<bool, Error> {
        let mut latest = self.latest.lock().unwrap();
        let same = latest.as_deref() == old;
        if same {
            *latest = Some(new.to_vec());
        }
        Ok(same)
    }
}

//! A download: an archive's bytes as one stream, even if connections break.

use super::client::Client;
use super::retry::Attempts;
use super::{Again, Answer, Ask, Refusal, broken_off};
use crate::assurance::Size;
use crate::checkpoint;
use crate::error::{Error, ErrorKind, Result, reject};
use crate::fetch::url::redact;
use crate::hash::{Hashed, Hasher};
use crate::store::partial::{ArchiveCopy, Partial};
use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// No Go archive comes near this size in bytes.
const MAX_ARCHIVE: u64 = 512 << 20;

/// The bytes at a URL. After a failure it asks the server for the rest of the same content. If the
/// server cannot promise that, it asks for the whole, compares the part that was already delivered,
/// and skips it. Readers notice nothing. Whether the server kept its word shows in the digest: see
/// [`Download::patching`].
pub(crate) struct Download<'a> {
    client: &'a Client<'a>,
    url: &'a str,
    body: Option<Box<dyn Read + Send>>,
    total: Option<u64>,
    expected: Option<Size>,
    delivered: u64,
    attempts: Attempts,
    hasher: Hasher,
    copy: Option<ArchiveCopy>,
    /// Whether the bytes still come from the partial download of an earlier process.
    earlier: bool,
    /// The condition of a request for the rest.
    state: Option<String>,
    may_resume: bool,
    patched: Arc<AtomicBool>,
}

impl<'a> Download<'a> {
    /// The download of `url` by `client`, with the size `expected`. A `copy` receives each byte.
    pub(crate) fn new(
        client: &'a Client<'a>,
        url: &'a str,
        expected: Option<Size>,
        copy: Option<ArchiveCopy>,
    ) -> Download<'a> {
        Download {
            client,
            url,
            body: None,
            total: None,
            expected,
            delivered: 0,
            attempts: client.attempts(),
            hasher: Hasher::new(),
            copy,
            earlier: false,
            state: None,
            may_resume: true,
            patched: Arc::default(),
        }
    }

    /// Opens the URL, so that a missing archive is known at once.
    pub(crate) fn open(mut self) -> Result<Download<'a>> {
        self.connect()?;
        Ok(self)
    }

    /// Begins with the bytes of `partial`, then asks the server for the rest.
    pub(crate) fn resume(mut self, partial: Partial) -> Download<'a> {
        let (file, state) = partial.open();
        self.keep_state(Some(state));
        self.body = Some(Box::new(file));
        self.total = self.expected.map(|size| size.bytes);
        self.earlier = true;
        self
    }

    fn keep_state(&mut self, state: Option<String>) {
        if let Some(copy) = &self.copy {
            copy.begins(self.url, state.as_deref());
        }
        self.state = state;
    }

    /// Sets `patched` once the bytes came in parts that may not belong together. An error in the
    /// content is then no reason to give up: the caller begins anew with
    /// [`Download::in_one_piece`].
    pub(crate) fn patching(mut self, patched: &Arc<AtomicBool>) -> Self {
        self.patched = Arc::clone(patched);
        self.patched.store(self.earlier, Ordering::Relaxed);
        self
    }

    /// Never asks for the rest: a server might send the rest of another content.
    pub(crate) fn in_one_piece(mut self) -> Self {
        self.may_resume = false;
        self
    }

    pub(crate) fn url(&self) -> &str {
        self.url
    }

    /// The number of bytes that were delivered.
    pub(crate) fn delivered(&self) -> u64 {
        self.delivered
    }

    /// Reads the rest and returns the digest of everything.
    pub(crate) fn finish(mut self) -> Result<Hashed> {
        let url = self.url;
        let mut rest = BufReader::with_capacity(128 << 10, &mut self);
        io::copy(&mut rest, &mut io::sink()).map_err(|error| broken_off(url, error))?;
        Ok(self.hasher.finish())
    }

    fn connect(&mut self) -> Result<()> {
        loop {
            let state = self.state.take().filter(|_| self.may_resume && self.delivered > 0);
            let ask = match &state {
                Some(of) => Ask::Rest { from: self.delivered, of },
                None => Ask::Whole,
            };
            let answer = self.client.open(self.url, ask, None);
            let mut refusal = match answer.and_then(|answer| self.accept(answer)) {
                Ok(()) => return Ok(()),
                Err(refusal) => refusal,
            };
            match refusal.again {
                // Perhaps the server refuses the rest only.
                Again::Never if state.is_some() && refusal.error.kind() == ErrorKind::Network => {
                    self.may_resume = false;
                    refusal.again = Again::After(None);
                }
                // The server answered a moment ago, so one more try is worth it.
                Again::Once if state.is_some() => {
                    self.state = self.state.take().or(state);
                    refusal.again = Again::After(None);
                }
                Again::After(_) => self.state = self.state.take().or(state),
                Again::Never | Again::Once => {}
            }
            self.attempts.next(refusal, self.client.progress())?;
        }
    }

    fn accept(&mut self, answer: Answer) -> std::result::Result<(), Refusal> {
        let url = redact(self.url);
        let total = answer.length.map(|length| answer.from.saturating_add(length));
        if let (Some(total), Some(expected)) = (total, self.expected)
            && total != expected.bytes
        {
            let (who, bytes) = (expected.says.describe(), expected.bytes);
            return Err(reject(format!("{url} has {total} bytes, but {who} says {bytes}")).into());
        }
        if total.is_some_and(|total| total > MAX_ARCHIVE) {
            return Err(reject(format!("{url} is larger than {MAX_ARCHIVE} bytes")).into());
        }
        let mut body =
            answer.body.ok_or_else(|| reject(format!("{url} answered without a body")))?;
        if total.is_some_and(|total| total < self.delivered) {
            self.patched.store(true, Ordering::Relaxed);
            let (url, got) = (redact(self.url), self.delivered);
            return Err(
                reject(format!("{url} is shorter than the {got} bytes fetched before")).into()
            );
        }
        if answer.from == 0 {
            self.pass(&mut body)?;
        } else {
            self.patched.store(true, Ordering::Relaxed);
        }
        self.total = total.or(self.expected.map(|size| size.bytes));
        self.keep_state(answer.state);
        self.body = Some(body);
        Ok(())
    }

    /// Reads up to the point where the last connection broke off, and compares.
    fn pass(&self, body: &mut dyn Read) -> std::result::Result<(), Refusal> {
        let (mut again, mut left) = (Hasher::new(), self.delivered);
        let mut buffer = vec![0; if left == 0 { 0 } else { 128 << 10 }];
        while left > 0 {
            let query = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            match body.read(&mut buffer[..query]) {
                Ok(0) => return Err(self.refusal(io::ErrorKind::UnexpectedEof.into())),
                Ok(read) => {
                    again.update(&buffer[..read]);
                    left -= read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.refusal(error)),
            }
        }
        if self.delivered > 0 && again.finish().digest() != self.hasher.clone().finish().digest() {
            self.patched.store(true, Ordering::Relaxed);
            return Err(reject(format!("{} changed while it was fetched", redact(self.url))).into());
        }
        Ok(())
    }

    fn refusal(&self, error: io::Error) -> Refusal {
        if self.delivered == 0 {
            return Refusal::passing(broken_off(self.url, error));
        }
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        let of = self.total.map(|total| format!(" of {:.1}", mib(total))).unwrap_or_default();
        let (url, got) = (redact(self.url), mib(self.delivered));
        let message = format!("{url} broke off after {got:.1}{of} MiB");
        Refusal::passing(Error::network(message).because(error))
    }

    fn deliver(&mut self, bytes: &[u8]) -> Result<()> {
        self.hasher.update(bytes);
        self.delivered += bytes.len() as u64;
        if self.delivered > self.expected.map_or(MAX_ARCHIVE, |size| size.bytes) {
            let url = redact(self.url);
            return Err(reject(match self.expected {
                Some(Size { bytes, says }) => {
                    let who = says.describe();
                    format!("{url} has more than the {bytes} bytes that {who} says")
                }
                None => {
                    format!("{url} has more than the {MAX_ARCHIVE} bytes that an archive may have")
                }
            }));
        }
        if let Some(copy) = &mut self.copy {
            let kept = copy.add(bytes).map_err(|error| {
                Error::store(format!("cannot keep a copy of {}", redact(self.url))).because(error)
            })?;
            if !kept {
                self.copy = None;
            }
        }
        self.client.progress().bytes(self.delivered, self.total);
        checkpoint::reach("download");
        Ok(())
    }
}

impl Read for Download<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.body.is_none() {
                self.connect().map_err(io::Error::other)?;
            }
            let Some(body) = &mut self.body else { continue };
            let refusal = match body.read(buffer) {
                Ok(0) if self.earlier && self.total != Some(self.delivered) => {
                    // The server sends the rest from here.
                    (self.earlier, self.body) = (false, None);
                    continue;
                }
                Ok(0) if self.total.is_some_and(|total| self.delivered < total) => {
                    self.refusal(io::ErrorKind::UnexpectedEof.into())
                }
                Ok(read) => {
                    self.deliver(&buffer[..read]).map_err(io::Error::other)?;
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => self.refusal(error),
            };
            (self.earlier, self.body) = (false, None);
            self.attempts.renew(self.delivered);
            self.attempts.next(refusal, self.client.progress()).map_err(io::Error::other)?;
        }
    }
}

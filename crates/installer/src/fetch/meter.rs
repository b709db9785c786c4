//! A meter on the connection of an archive. It bounds the bytes that a server sends outside of the
//! body, such as endless trailers, and the time in which it sends no body.
//!
//! A read of the HTTP library returns only with bytes of the body, so its caller cannot see what
//! the library skips. An index needs no meter: its deadline covers everything.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Bytes that may arrive before the body begins: answers, headers, the library's read-ahead.
const ALLOWANCE: u64 = 512 << 10;
/// Bytes that may arrive for each byte of the body: very short chunks come near this.
const FOR_EACH: u64 = 8;

/// The state of one request.
#[derive(Debug)]
pub(super) struct Meter {
    /// Bytes that may still arrive before the next byte of the body.
    allowance: AtomicU64,
    /// The moment at which a read began to wait for bytes of the body.
    waiting: Mutex<Option<Instant>>,
    limit: Duration,
}

impl Meter {
    /// `limit` is the longest time that one read of the body may take.
    pub(super) fn new(limit: Duration) -> Arc<Meter> {
        Arc::new(Meter { allowance: AtomicU64::new(ALLOWANCE), waiting: Mutex::new(None), limit })
    }

    /// Does `read`, which returns the next bytes of the body.
    pub(super) fn during(&self, read: impl FnOnce() -> io::Result<usize>) -> io::Result<usize> {
        self.wait(Some(Instant::now()));
        let read = read();
        self.wait(None);
        let more = *read.as_ref().unwrap_or(&0) as u64;
        self.allowance.fetch_add(more.saturating_mul(FOR_EACH), Ordering::Relaxed);
        read
    }

    fn wait(&self, since: Option<Instant>) {
        *self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = since;
    }

    /// Fails if the read has waited for too long.
    pub(super) fn check_time(&self) -> Result<(), ureq::Error> {
        let since = *self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if since.is_some_and(|since| since.elapsed() > self.limit) {
            Err(io::Error::new(io::ErrorKind::TimedOut, "the body does not get on").into())
        } else {
            Ok(())
        }
    }

    /// Fails if too many bytes have `arrived`.
    pub(super) fn count(&self, arrived: usize) -> Result<(), ureq::Error> {
        let arrived = arrived as u64;
        let take = |allowance: u64| allowance.checked_sub(arrived);
        let (set, get) = (Ordering::Relaxed, Ordering::Relaxed);
        self.allowance.fetch_update(set, get, take).map(|_| ()).map_err(|_| {
            io::Error::new(io::ErrorKind::InvalidData, "much arrives that is no body").into()
        })
    }
}

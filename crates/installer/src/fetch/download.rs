//! A download: an archive's bytes as one stream, whatever happens to the connections below.

use super::retry::Attempts;
use super::{Again, Client, Refusal, broken_off};
use crate::checkpoint;
use crate::error::{Error, ErrorKind, Result};
use crate::mirror::redact;
use crate::progress::Progress;
use crate::verify::{Hashed, Hasher};
use std::fs::File;
use std::io::{self, Read, Write};

/// No Go archive comes near this size in bytes.
const MAX_ARCHIVE: u64 = 512 << 20;

/// The bytes at a URL. After a failure the URL is opened anew and what was already delivered is
/// skipped, so that readers never notice; if the bytes changed meanwhile, the digest tells.
pub(crate) struct Download<'a> {
    client: &'a Client,
    url: &'a str,
    progress: &'a dyn Progress,
    body: Option<Box<dyn Read + Send>>,
    total: Option<u64>,
    expected: Option<u64>,
    delivered: u64,
    attempts: Attempts,
    hasher: Hasher,
    copy: Option<File>,
}

impl<'a> Download<'a> {
    /// Opens `url`, so that a missing archive is known at once. A `copy` receives every byte.
    pub(crate) fn open(
        client: &'a Client,
        url: &'a str,
        expected: Option<u64>,
        copy: Option<File>,
        progress: &'a dyn Progress,
    ) -> Result<Download<'a>> {
        let mut download = Download {
            client,
            url,
            progress,
            body: None,
            total: None,
            expected,
            delivered: 0,
            attempts: client.attempts(),
            hasher: Hasher::new(),
            copy,
        };
        download.connect()?;
        Ok(download)
    }

    /// The bytes that have been delivered.
    pub(crate) fn delivered(&self) -> u64 {
        self.delivered
    }

    /// Reads what is left and returns the digest of everything.
    pub(crate) fn finish(mut self) -> Result<Hashed> {
        let mut buffer = vec![0; 128 << 10];
        loop {
            match self.read(&mut buffer) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => return Err(broken_off(self.url, error)),
            }
        }
        Ok(self.hasher.finish())
    }

    fn connect(&mut self) -> Result<()> {
        loop {
            let refusal = match self.client.open(self.url, None) {
                Ok(answer) => match self.accept(answer) {
                    Ok(()) => return Ok(()),
                    Err(refusal) => refusal,
                },
                Err(refusal) => refusal,
            };
            self.attempts.next(refusal, self.progress)?;
        }
    }

    fn accept(&mut self, answer: super::Answer) -> std::result::Result<(), Refusal> {
        let never = |message: String| Refusal {
            error: Error::new(ErrorKind::Verification, message),
            again: Again::Never,
        };
        let url = redact(self.url);
        if let (Some(length), Some(expected)) = (answer.length, self.expected)
            && length != expected
        {
            return Err(never(format!("{url} has {length} bytes, {expected} were expected")));
        }
        if answer.length.is_some_and(|length| length > MAX_ARCHIVE) {
            return Err(never(format!("{url} is larger than {MAX_ARCHIVE} bytes")));
        }
        let mut body =
            answer.body.ok_or_else(|| never(format!("{url} answered without a body")))?;
        let skipped = io::copy(&mut (&mut body).take(self.delivered), &mut io::sink());
        match skipped {
            Ok(skipped) if skipped == self.delivered => {}
            Ok(_) => return Err(self.refusal(io::ErrorKind::UnexpectedEof.into())),
            Err(error) => return Err(self.refusal(error)),
        }
        self.total = answer.length.or(self.expected);
        self.body = Some(body);
        Ok(())
    }

    fn refusal(&self, error: io::Error) -> Refusal {
        Refusal { error: broken_off(self.url, error), again: Again::After(None) }
    }

    fn deliver(&mut self, bytes: &[u8]) -> Result<()> {
        self.hasher.update(bytes);
        self.delivered += bytes.len() as u64;
        if self.delivered > self.expected.unwrap_or(MAX_ARCHIVE) {
            let message = format!(
                "{} has more than the expected {} bytes",
                redact(self.url),
                self.expected.unwrap_or(MAX_ARCHIVE)
            );
            return Err(Error::new(ErrorKind::Verification, message));
        }
        if let Some(copy) = &mut self.copy {
            copy.write_all(bytes).map_err(|error| {
                let message = format!("cannot keep a copy of {}", redact(self.url));
                Error::new(ErrorKind::Store, message).because(error)
            })?;
        }
        self.progress.bytes(self.delivered, self.total);
        checkpoint::reach("download");
        Ok(())
    }
}

impl Read for Download<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.body.is_none() {
                self.connect().map_err(Error::into_io)?;
            }
            let Some(body) = &mut self.body else { continue };
            let refusal = match body.read(buffer) {
                Ok(0) if self.total.is_some_and(|total| self.delivered < total) => {
                    self.refusal(io::ErrorKind::UnexpectedEof.into())
                }
                Ok(read) => {
                    self.deliver(&buffer[..read]).map_err(Error::into_io)?;
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => self.refusal(error),
            };
            self.body = None;
            self.attempts.next(refusal, self.progress).map_err(Error::into_io)?;
        }
    }
}

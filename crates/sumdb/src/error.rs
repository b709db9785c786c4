//! Why a lookup failed.

use std::error::Error as StdError;
use std::fmt;

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why a lookup failed.
#[derive(Debug)]
pub enum Error {
    /// The server gave something that is not proven. The text says what.
    Untrusted(Box<dyn StdError + Send + Sync>),
    /// The head that the client kept is not signed by the key.
    Damaged(Box<dyn StdError + Send + Sync>),
    /// The key has signed two trees that cannot both be true.
    Fork(Box<Fork>),
    /// The caller's [`Ops`](crate::Ops) failed.
    Failed(Box<dyn StdError + Send + Sync>),
}

/// Two heads that one key signed and that contradict each other. `Display` gives `different logs:
/// …`; the caller puts the name of the server before it.
#[derive(Debug)]
pub struct Fork {
    pub(crate) message: String,
    pub(crate) evidence: String,
}

impl Fork {
    /// The whole evidence. A reader can check it without a server; `server` is the one that was
    /// asked.
    pub fn evidence(&self, server: &str) -> String {
        format!(
            "The key that signs this checksum database has signed two trees, and the older one is \
             not the start of the newer.\n\nasked: {server}\n\n{}",
            self.evidence
        )
    }
}

impl fmt::Display for Fork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Untrusted(why) | Error::Damaged(why) | Error::Failed(why) => why.fmt(f),
            Error::Fork(fork) => fork.fmt(f),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Error::Untrusted(why) | Error::Damaged(why) | Error::Failed(why) => why.source(),
            Error::Fork(_) => None,
        }
    }
}

/// The error for data from elsewhere that breaks a rule.
pub(crate) fn reject(why: impl Into<String>) -> Error {
    Error::Untrusted(why.into().into())
}

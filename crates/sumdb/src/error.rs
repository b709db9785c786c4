//! Why a lookup failed.

use std::error::Error as StdError;
use std::fmt;

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why a lookup failed.
#[derive(Debug)]
pub enum Error {
    /// What a server gave is not proven: it says why.
    Untrusted(Box<dyn StdError + Send + Sync>),
    /// The head that was kept is not one that the key signed.
    Damaged(Box<dyn StdError + Send + Sync>),
    /// The key has signed two trees that cannot both be true.
    Fork(Box<Fork>),
    /// What the caller's [`Ops`](crate::Ops) could not do.
    Failed(Box<dyn StdError + Send + Sync>),
}

/// Two heads that one key signed and that cannot both be true. `Display` gives `different logs: …`, to
/// be put behind what shows them.
#[derive(Debug)]
pub struct Fork {
    pub(crate) message: String,
    pub(crate) evidence: String,
}

impl Fork {
    /// Everything that convinces another person, who need not ask any server; `server` is the one
    /// that was asked.
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

impl Error {
    /// Whether nothing that the server gave may be used.
    pub(crate) fn is_untrusted(&self) -> bool {
        matches!(self, Error::Untrusted(_))
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

/// What came from elsewhere and breaks a rule.
pub(crate) fn reject(why: impl Into<String>) -> Error {
    Error::Untrusted(why.into().into())
}

//! Where a decision came from, as a type: every selection carries its source.

use crate::host::Owner;
use crate::level::ChainLevel;
use crate::printable::escaped;
use crate::text;
use crate::text::Piece;
use alloc::string::String;
use alloc::vec::Vec;

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file as it was found.
    pub path: Vec<u8>,
    /// Its line, from 1.
    pub line: u32,
    /// Who owns the file.
    pub owner: Owner,
}

impl Piece for Origin {
    fn append(&self, text: &mut String) {
        text.push_str(&text!("{}:{}", escaped(&self.path), self.line));
    }
}

text::displayed!(Origin);

/// The level of the chain that a selection came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `+SELECTOR`, the first argument.
    CommandLine,
    /// An environment variable, by name.
    Environment(&'static str),
    /// `GOTOOLCHAIN` in a project's `.goenv`.
    Goenv(Origin),
    /// `GOTOOLCHAIN` in the file that `go env -w` writes.
    GoEnvFile(Origin),
    /// A `.go-version`, or a `.tool-versions` in its place.
    PinFile(Origin),
    /// The go line or toolchain line of a `go.work` or `go.mod`.
    Module(Origin),
    /// A `.go-version` or `.tool-versions` directly in the home directory, or `<root>/default`.
    Default(Origin),
    /// The next `go` on PATH, because nothing else selects.
    System,
    /// The newest installed release, because there is not even a system Go.
    Newest,
    /// The toolchain that is running this call (`GOROOT`, `GOTOOLDIR` and `GOVERSION` agree).
    Running,
    /// The name by which the shim was called, `go1.22.10`.
    Name,
}

impl Source {
    /// The file and line, where there is one.
    pub fn origin(&self) -> Option<&Origin> {
        match self {
            Source::Goenv(o)
            | Source::GoEnvFile(o)
            | Source::PinFile(o)
            | Source::Module(o)
            | Source::Default(o) => Some(o),
            _ => None,
        }
    }

    /// Its level; `None` for what stands outside the chain.
    pub fn level(&self) -> Option<ChainLevel> {
        Some(match self {
            Source::CommandLine => ChainLevel::CommandLine,
            Source::Environment(_) => ChainLevel::Environment,
            Source::Goenv(_) => ChainLevel::Goenv,
            Source::GoEnvFile(_) => ChainLevel::GoEnvFile,
            Source::PinFile(_) => ChainLevel::PinFile,
            Source::Module(_) => ChainLevel::Module,
            Source::Default(_) => ChainLevel::Default,
            Source::System => ChainLevel::System,
            Source::Newest => ChainLevel::Newest,
            Source::Running | Source::Name => return None,
        })
    }

    /// Whether another user's file says it. For the go/env file no owner counts: Go takes it from
    /// anyone.
    pub fn is_foreign(&self) -> bool {
        let foreign = |origin: &Origin| origin.owner == Owner::Foreign;
        !matches!(self, Source::GoEnvFile(_)) && self.origin().is_some_and(foreign)
    }

    /// Whether a file says it, rather than the caller of this very command.
    pub fn is_file(&self) -> bool {
        self.origin().is_some()
    }

    /// A short stable word for machine-readable output.
    pub fn id(&self) -> &'static str {
        match self {
            Source::CommandLine => "command-line",
            Source::Environment(_) => "environment",
            Source::Goenv(_) => "goenv",
            Source::GoEnvFile(_) => "go-env-file",
            Source::PinFile(_) => "pin-file",
            Source::Module(_) => "module",
            Source::Default(_) => "default",
            Source::System => "system",
            Source::Newest => "newest",
            Source::Running => "running",
            Source::Name => "name",
        }
    }
}

impl Piece for Source {
    fn append(&self, text: &mut String) {
        let said = match self {
            Source::CommandLine => "the command line",
            Source::Environment(key) => {
                text.push_str(key);
                " in the environment"
            }
            Source::System => "the next go on PATH",
            Source::Newest => "the newest installed release",
            Source::Running => "the running toolchain",
            Source::Name => "the name of the command",
            Source::Goenv(o)
            | Source::GoEnvFile(o)
            | Source::PinFile(o)
            | Source::Module(o)
            | Source::Default(o) => return o.append(text),
        };
        text.push_str(said);
    }
}

text::displayed!(Source);

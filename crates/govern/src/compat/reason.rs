//! What bounds a toolchain from below, and where that stands.

use goward_resolver::Version;
use std::path::PathBuf;

/// What kind of thing needs a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The go line of the module.
    GoLine,
    /// The go line of the go.work.
    Work,
    /// The go line of a dependency.
    Dependency,
    /// A directive of a module file that older releases do not know.
    Directive,
    /// A package of the standard library.
    Import,
    /// A function, a type, a method or a field of the standard library.
    Symbol,
    /// The language.
    Language,
    /// Older releases were tried, and fail.
    Build,
}

impl Cause {
    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Cause::GoLine => "go-line",
            Cause::Work => "work",
            Cause::Dependency => "dependency",
            Cause::Directive => "directive",
            Cause::Import => "import",
            Cause::Symbol => "symbol",
            Cause::Language => "language",
            Cause::Build => "build",
        }
    }

    /// Whether it is a line of the module's or the workspace's own that says so, and no need of its code.
    #[must_use]
    pub fn is_stated(self) -> bool {
        matches!(self, Cause::GoLine | Cause::Work)
    }
}

/// A release that is needed, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What needs it.
    pub cause: Cause,
    /// The least version.
    pub version: Version,
    /// The dependency, with its version; `None` for the main modules.
    pub module: Option<String>,
    /// The package or the symbol of the standard library, or the directive.
    pub symbol: Option<String>,
    /// Where that stands.
    pub file: Option<PathBuf>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// Go's words, or ours, on one line. A stranger may have written parts: escape them.
    pub message: String,
}

impl Reason {
    /// One with no more than a message.
    pub(super) fn new(cause: Cause, version: Version, message: impl Into<String>) -> Reason {
        let (module, symbol, file, line) = (None, None, None, None);
        Reason { cause, version, module, symbol, file, line, message: message.into() }
    }

    /// That an older release was tried, and fails.
    pub(super) fn tried(version: Version, message: String) -> Reason {
        Reason::new(Cause::Build, version, message)
    }

    /// Whether it is such a reason.
    pub(super) fn is_tried(&self) -> bool {
        self.cause == Cause::Build
    }

    /// The same, with its place.
    pub(super) fn at(mut self, file: PathBuf, line: Option<u32>) -> Reason {
        (self.file, self.line) = (Some(file), line);
        self
    }

    /// The same, of a dependency.
    pub(super) fn of(mut self, module: Option<String>) -> Reason {
        self.module = module;
        self
    }

    /// The same, about a name of Go's.
    pub(super) fn about(mut self, symbol: impl Into<String>) -> Reason {
        self.symbol = Some(symbol.into());
        self
    }
}

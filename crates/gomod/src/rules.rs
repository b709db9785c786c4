//! The rules by which goward reads a file: its kind, the strictness, and the release of Go.

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `go.mod`.
    Module,
    /// `go.work`.
    Workspace,
}

impl Kind {
    /// The name of the file.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Kind::Module => "go.mod",
            Kind::Workspace => "go.work",
        }
    }
}

/// A minor release of Go: `Release(27)` is Go 1.27.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release(pub u16);

impl Release {
    /// The newest release whose rules this crate knows.
    pub const NEWEST: Release = Release(27);
    /// The first release that knows toolchain lines, and go lines such as `1.21.0` and `1.21rc2`.
    pub(crate) const TOOLCHAINS: Release = Release(21);
    /// The first release that takes `.` and `..` for directories in a replacement.
    pub(crate) const BARE_DOTS: Release = Release(22);
    /// The first release with Unicode 17.
    pub(crate) const UNICODE_17: Release = Release(27);
}

/// The rules by which goward reads a file.
///
/// ```
/// use goward_gomod::{File, Kind, Release, Rules};
///
/// let source = b"module example.com/m\n\ntool example.com/t\n";
/// assert!(File::parse(source, Rules::strict(Kind::Module)).is_ok());
/// let old = Rules::strict(Kind::Module).of(Release(21));
/// let refused = File::parse(source, old).unwrap_err();
/// assert_eq!(refused.to_string(), "go.mod:3: unknown directive: tool");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    pub(crate) kind: Kind,
    pub(crate) strict: bool,
    /// Whether a version may be one that only a proxy can tell.
    pub(crate) asks: bool,
    pub(crate) release: Release,
    /// Whether they are those of Windows, where the directory of a replacement may have backslashes.
    pub(crate) windows: bool,
}

impl Rules {
    /// The rules for a main module or a workspace: they refuse unknown directives, and malformed
    /// versions. Go's `modfile.Parse` and `ParseWork` without a fixer of versions, as `go mod edit`
    /// and `go work edit` use them.
    #[must_use]
    pub const fn strict(kind: Kind) -> Rules {
        Rules { kind, strict: true, asks: false, release: Release::NEWEST, windows: cfg!(windows) }
    }

    /// The rules for the `go.mod` of a dependency: only `module`, `go`, `require`, `retract` and
    /// `ignore` count, and they skip the rest. Go's `modfile.ParseLax`.
    #[must_use]
    pub const fn lax() -> Rules {
        Rules { strict: false, ..Rules::strict(Kind::Module) }
    }

    /// The rules for a `go.mod` that Go builds: it asks the proxy for the version behind a branch's name
    /// or `v1.2`, so that such a word is none that it refuses, and stays as it is. Go's
    /// `modfile.Parse` with a fixer of versions.
    #[must_use]
    pub const fn building() -> Rules {
        Rules { asks: true, ..Rules::strict(Kind::Module) }
    }

    /// The same rules in `release`, which may know fewer directives.
    #[must_use]
    pub const fn of(mut self, release: Release) -> Rules {
        self.release = release;
        self
    }

    /// The same rules on Windows, or on the other systems; without this call, on the one that runs this.
    #[must_use]
    pub const fn on_windows(mut self, windows: bool) -> Rules {
        self.windows = windows;
        self
    }

    /// The kind of file that they are for.
    #[must_use]
    pub const fn kind(self) -> Kind {
        self.kind
    }

    /// Whether the release knows the directive `verb` in this file.
    pub(crate) fn knows(self, verb: &[u8]) -> bool {
        let first = match (self.kind, verb) {
            (Kind::Module, b"module" | b"require" | b"exclude" | b"replace") => 11,
            (Kind::Module, b"go") => 12,
            (Kind::Module, b"retract") => 16,
            (Kind::Module, b"tool") => 24,
            (Kind::Module, b"ignore") => 25,
            (Kind::Workspace, b"go" | b"use" | b"replace") => 18,
            (_, b"toolchain") => 21,
            (_, b"godebug") => 23,
            _ => return false,
        };
        let dependency = matches!(verb, b"module" | b"go" | b"require" | b"retract" | b"ignore");
        self.release >= Release(first) && (self.strict || dependency)
    }

    /// Whether directives `verb` may stand in a block. From rule.go and work.go: all except those
    /// that a file may have only once.
    pub(crate) fn in_blocks(self, verb: &[u8]) -> bool {
        self.knows(verb) && !matches!(verb, b"go" | b"toolchain")
    }
}

//! By which rules a file is read: which file it is, how strictly, and by which release of Go.

/// Which of the two files it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `go.mod`.
    Module,
    /// `go.work`.
    Workspace,
}

impl Kind {
    /// The name that the file has.
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
    /// The newest release whose rules are known here.
    pub const NEWEST: Release = Release(27);
    /// The first to know toolchain lines, and go lines such as `1.21.0` and `1.21rc2`.
    pub(crate) const TOOLCHAINS: Release = Release(21);
    /// The first to take `.` and `..` for directories in a replacement.
    pub(crate) const BARE_DOTS: Release = Release(22);
    /// The first with Unicode 17.
    pub(crate) const UNICODE_17: Release = Release(27);
}

/// By which rules a file is read.
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
    pub(crate) release: Release,
}

impl Rules {
    /// Those for a main module or a workspace: what is not known is refused, and a version must be
    /// one. Go's `modfile.Parse` and `ParseWork` without a fixer of versions, which is how
    /// `go mod edit` and `go work edit` read.
    #[must_use]
    pub const fn strict(kind: Kind) -> Rules {
        Rules { kind, strict: true, release: Release::NEWEST }
    }

    /// Those for the `go.mod` of a dependency: only `module`, `go`, `require`, `retract` and
    /// `ignore` count, and the rest is passed over. Go's `modfile.ParseLax`.
    #[must_use]
    pub const fn lax() -> Rules {
        Rules { kind: Kind::Module, strict: false, release: Release::NEWEST }
    }

    /// The same rules as `release` has them, which may know fewer directives.
    #[must_use]
    pub const fn of(mut self, release: Release) -> Rules {
        self.release = release;
        self
    }

    /// Whether the release knows the directive `verb` in this file at all.
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

    /// Whether directives `verb` may stand in a block. From rule.go and work.go: all but those
    /// that a file has once.
    pub(crate) fn in_blocks(self, verb: &[u8]) -> bool {
        self.knows(verb) && !matches!(verb, b"go" | b"toolchain")
    }
}

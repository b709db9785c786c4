//! The rules of `goward check`: one table, from which the book's page is made.

use std::fmt;

/// How bad a finding is; the greater is the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth to know.
    Note,
    /// Probably not meant.
    Warning,
    /// Wrong: a command fails, or builds with another Go than the files say.
    Error,
}

impl Severity {
    /// Every severity, the least first.
    pub const ALL: [Severity; 3] = [Severity::Note, Severity::Warning, Severity::Error];

    /// Its name.
    pub fn id(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    /// The severity of this name.
    pub fn named(name: &str) -> Option<Severity> {
        Severity::ALL.into_iter().find(|severity| severity.id() == name)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A look beyond the files, which the caller asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Real Go is run on the tree.
    Deep,
    /// What this machine makes of the files counts, too.
    Machine,
}

impl Pass {
    /// The flag that asks for it.
    pub fn flag(self) -> &'static str {
        match self {
            Pass::Deep => "--deep",
            Pass::Machine => "--machine",
        }
    }
}

/// What the table says of a rule.
struct Entry(&'static str, Severity, &'static str);

/// Makes the rules, and the table with the same order.
macro_rules! rules {
    ($($name:ident $id:literal $severity:ident $when:literal)*) => {
        /// A rule. A name is never used again for another rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $when] $name,)*
        }

        impl Rule {
            /// Every rule, in the order of the book.
            pub const ALL: &'static [Rule] = &[$(Rule::$name,)*];
        }

        static TABLE: &[Entry] = &[$(Entry($id, Severity::$severity, $when),)*];
    };
}

rules! {
    PinBelowFloor "pin-below-floor" Error "A pin is below what a module needs, with every release that it takes: below the go line of its go.mod or go.work, or below a directive that asks for more. Go refuses to build. A warning where the go line is a `1.N` before 1.21, which an older Go does not refuse."
    PinBelowToolchainLine "pin-below-toolchain-line" Note "A pin is an exact version below the toolchain line: the pin wins, and the line has no effect."
    PinsDisagree "pins-disagree" Error "Two pins of one directory name versions of which neither contains the other."
    PinMalformed "pin-malformed" Error "A pin file holds no version that goward knows: every `go` below it is refused."
    PinSurplusLines "pin-surplus-lines" Note "A pin file has further lines, which have no effect."
    PinCrlf "pin-crlf" Note "A pin file has a carriage return at the end of its version: some other tools take it for a part of the version."
    PinShadowed "pin-shadowed" Note "No module is built with a pin: a nearer one stands above each of them."
    PinRoomy "pin-roomy" Warning "The policy demands exact pins, and a pin leaves room."
    GoenvMalformed "goenv-malformed" Error "A `.goenv` has a line that goward refuses: every `go` below it is refused."
    GoLineSetting "go-line-setting" Error "The GOWARD_GO_LINE of a `.goenv` is neither `minor` nor `minimum`: every `go` below it is refused."
    GotoolchainInvalid "gotoolchain-invalid" Error "Go refuses the GOTOOLCHAIN of a `.goenv`, or a toolchain line."
    GotoolchainBare "gotoolchain-bare" Error "A toolchain is named without its patch. From Go 1.21 on no release has such a name."
    VersionUnknown "version-unknown" Error "An exact version was never released: later patches of its minor are known, or its minor has ended. A note for one that may be newer than this goward's table."
    VersionEol "version-eol" Warning "A statement or a claim is of a minor that gets no more security fixes."
    BelowMinimum "below-minimum" Error "A statement or a claim is below the minimum of the policy."
    ModuleFileInvalid "module-file-invalid" Error "Go's own parser refuses a go.mod or a go.work."
    GoLineMissing "go-line-missing" Warning "A go.mod has no go line: Go assumes 1.16."
    ToolchainBelowGo "toolchain-below-go" Note "A toolchain line is below the go line: Go ignores it."
    GodebugRemoved "godebug-removed" Error "A `godebug` line, or the GODEBUG of a `.goenv`, holds a value that Go has removed: the build fails, or `go` itself. A warning where no file chooses a Go that removed it, and where the job that does may build something else. Comments `//go:debug` in Go files are read with `--deep`."
    NewGoBreaks "new-go-breaks" Note "golang.org/x/tools v0.2 to v0.25 does not compile with Go 1.25 or later, and no `replace` of the go.mod puts another version in its place. With `--machine` a warning where such a Go runs."
    ReplaceOutside "replace-outside" Warning "A `replace` leads out of the repository."
    SumMissing "sum-missing" Warning "A module has requirements and no go.sum beside it."
    WorkBelowMember "work-below-member" Error "The go line of a module is above that of its go.work: every command fails."
    WorkMemberMissing "work-member-missing" Error "A `use` names a directory without a go.mod."
    WorkModuleUnlisted "work-module-unlisted" Warning "A module lies below a go.work that does not list it: nothing can be built there."
    WorkCommitted "work-committed" Note "A go.work is a part of the repository, and changes what its modules are built with for all who clone it."
    ToolchainUnstated "toolchain-unstated" Note "A module has neither a pin nor a toolchain line: the default of each machine builds it."
    CiBelowFloor "ci-below-floor" Error "A workflow sets up a Go that cannot reach the go line. A warning where Go switches to a later one by a download, which none before 1.21 does, where the job may not build that module, and where the go line is a `1.N` before 1.21, which an older Go does not refuse."
    ImageBelowFloor "image-below-floor" Error "An image that builds a module has a Go that cannot reach its go line. A warning where Go may switch to a later one, which none before 1.21 does, and where the go line is a `1.N` before 1.21. A go.work above the module counts with a warning, since the image may have a part of the workspace alone."
    ToolBelowFloor "tool-below-floor" Error "Another manager's file names a Go before 1.21 that cannot reach the go line: it never switches. A warning from Go 1.21 on, where each command downloads a later one, and for settings of tools and variables."
    ClaimDiffers "claim-differs" Warning "A workflow, an image or another tool's file does not fit the statement (pin or toolchain line)."
    MatrixMissesFloor "matrix-misses-floor" Note "A matrix begins above the go line, and no workflow tests the Go that the go line promises."
    CiReadsGoLine "ci-reads-go-line" Note "A workflow installs what the go line says, while developers run their default: no file states a Go."
    YamlNumber "yaml-number" Error "A version without quotes is a number that ends in 0: YAML drops the 0, and 1.20 is Go 1.2."
    VersionFileMissing "version-file-missing" Error "`go-version-file` names a file that is not in the repository. A warning for one without a version, with which setup-go sets up no Go."
    InputIgnored "input-ignored" Note "An input of setup-go that has no effect: `stable` since its version 3, and `go-version-file` beside `go-version`."
    FileUnreadable "file-unreadable" Warning "goward cannot read a file: not YAML, TOML or JSON, too large, too deep, or not to be opened."
    ModUntidy "mod-untidy" Error "`go mod tidy` would change the go.mod or the go.sum."
    ModModified "mod-modified" Error "`go mod verify`: a module in this machine's module cache is not what was downloaded."
    VendorStale "vendor-stale" Error "Go refuses `vendor/modules.txt`, which does not fit the go.mod; that of a workspace, the go.work and its modules."
    FloorByDependency "floor-by-dependency" Error "A module that is required has a go line above this one's: Go would raise this one."
    Retracted "retracted" Warning "The author of a selected version has taken it back."
    ExcludedDropped "excluded-dropped" Note "A required version is excluded: Go drops the requirement."
    NotInstalled "not-installed" Note "The Go of a statement is not installed on this machine."
    Outranked "outranked" Warning "Something of the user's outranks a pin: GOWARD_VERSION, GOTOOLCHAIN, or the go/env file."
    GorootLeak "goroot-leak" Warning "GOROOT in the environment reaches Go, and is not the tree of the Go that runs."
    GodebugEnv "godebug-env" Error "GODEBUG in the environment has a value that was removed: Go 1.27 and all that it builds stop at once."
    DefaultBelowFloor "default-below-floor" Note "The default of this machine does not meet a go line: goward installs another Go, or Go switches."
    CiOlderThanHere "ci-older-than-here" Note "The newest minor that the workflows test is older than the Go that runs on this machine."
    AllowUnused "allow-unused" Note "A comment `goward: allow` switches nothing off."
}

impl Rule {
    fn entry(self) -> &'static Entry {
        &TABLE[self as usize]
    }

    /// Its name, by which files and commands call it.
    pub fn id(self) -> &'static str {
        self.entry().0
    }

    /// The names of all.
    pub fn ids() -> impl Iterator<Item = &'static str> {
        Rule::ALL.iter().map(|rule| rule.id())
    }

    /// The severity that it has unless a file or the case says otherwise.
    pub fn severity(self) -> Severity {
        self.entry().1
    }

    /// The case in which it fires, in Markdown.
    pub fn when(self) -> &'static str {
        self.entry().2
    }

    /// Whether it counts only where a policy gives it a severity.
    pub fn is_off_unless_asked(self) -> bool {
        matches!(self, Rule::WorkCommitted | Rule::ToolchainUnstated)
    }

    /// Whether it is about a release by itself, wherever that is named.
    pub fn is_of_release(self) -> bool {
        matches!(self, Rule::VersionEol | Rule::VersionUnknown | Rule::BelowMinimum)
    }

    /// The look beyond the files that it needs.
    pub fn needs(self) -> Option<Pass> {
        match self {
            Rule::ModUntidy
            | Rule::ModModified
            | Rule::VendorStale
            | Rule::FloorByDependency
            | Rule::Retracted
            | Rule::ExcludedDropped => Some(Pass::Deep),
            Rule::NotInstalled
            | Rule::Outranked
            | Rule::GorootLeak
            | Rule::GodebugEnv
            | Rule::DefaultBelowFloor
            | Rule::CiOlderThanHere => Some(Pass::Machine),
            _ => None,
        }
    }

    /// The rule of this name.
    pub fn named(name: &str) -> Option<Rule> {
        Rule::ALL.iter().copied().find(|rule| rule.id() == name)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_name_of_its_own() {
        for rule in Rule::ALL {
            assert_eq!(Rule::named(rule.id()), Some(*rule));
            assert!(rule.id().bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{rule}");
        }
        assert_eq!(Rule::named("pin"), None);
    }

    /// The page of the book, as the table says it.
    fn page() -> String {
        let mut page = String::from(
            "# The rules of goward check\n\nThis page is made of the program's own table. A finding may be less severe \
             than its rule where the case\nsays so, and a [policy](check.md#policy) may change it or switch a rule \
             off. A rule that is off counts where a\npolicy gives it a severity. One with a flag fires only if the flag is given.\n\n| rule | severity | fires when |\n|---|---|---|\n",
        );
        for rule in Rule::ALL {
            let off = if rule.is_off_unless_asked() { ", off" } else { "" };
            let flag = rule.needs().map(|pass| format!(", `{}`", pass.flag())).unwrap_or_default();
            let severity = rule.severity();
            page.push_str(&format!("| `{rule}` | {severity}{off}{flag} | {} |\n", rule.when()));
        }
        page
    }

    #[test]
    fn the_book_lists_the_rules() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/check/rules.md");
        if std::env::var_os("GOWARD_TEST_UPDATE").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        let held = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(
            held,
            page(),
            "GOWARD_TEST_UPDATE=1 cargo test --workspace --lib the_book_lists_the_rules"
        );
    }
}

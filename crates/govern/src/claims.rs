//! Claims: what files other than goward's own say about the Go that something runs, builds in or sets up.

mod azure;
mod circle;
mod commands;
mod devbox;
mod devcontainer;
mod dockerfile;
mod exclude;
mod expression;
mod gitlab;
mod image;
mod jsonc;
mod makefile;
mod marks;
mod means;
mod mise;
mod own;
mod pipeline;
mod settings;
pub(crate) mod setup_go;
mod source;
mod switch;
mod travis;
mod uses;
mod variables;
mod workflow;
pub(crate) mod yaml;

use crate::finding::{Finding, Place};
use crate::kind::FileKind;
use crate::repo::Repository;
use crate::repo::host::RepoHost;
use crate::rule::Rule;
use goward_resolver::Selector;
use std::collections::HashMap;

pub(crate) use own::MOST as MOST_OWN;
pub use own::OwnClaim;
pub use uses::{Hint, Use, Uses};

/// A kind of claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimKind {
    /// A workflow sets up a Go.
    Ci,
    /// An image has a Go in it.
    Image,
    /// Another manager's file, a tool's settings or a variable names one.
    Tool,
}

impl ClaimKind {
    /// Every kind.
    pub const ALL: [ClaimKind; 3] = [ClaimKind::Ci, ClaimKind::Image, ClaimKind::Tool];

    /// Its name in a policy.
    pub fn id(self) -> &'static str {
        match self {
            ClaimKind::Ci => "ci",
            ClaimKind::Image => "image",
            ClaimKind::Tool => "tool",
        }
    }
}

/// One version that is claimed, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The text.
    pub text: String,
    /// Its meaning.
    pub says: Selector,
    /// Where it stands.
    pub at: Place,
    /// What stands behind it in the tag of an image, if another Go may lack that: a system as `alpine3.20`.
    pub tied: Option<String>,
}

/// A claim. Several versions are those of one matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its kind.
    pub kind: ClaimKind,
    /// The versions; one at least.
    pub said: Vec<Said>,
    /// What uses it.
    pub uses: Uses,
}

/// What uses the claimed Go: the less is known, the less it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Builds {
    /// A job that has no file of this repository, or those of another commit.
    Elsewhere,
    /// Nothing that is known to build a module of this repository.
    Unknown,
    /// A linter, which takes it for the version of the language.
    Linted,
    /// Perhaps a build of this repository: it may fail, or build something else.
    Doubtful,
    /// A build of this repository, with a Go that switches to a later one if it can.
    Switching,
    /// A build of this repository, with a Go that switches to a later one only if PATH has it.
    Searching,
    /// A build of this repository, with a Go that does not switch.
    Fixed,
}

/// A place that says something about a Go, which goward cannot know from the files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unresolved {
    /// The place.
    pub at: Place,
    /// Why.
    pub reason: &'static str,
}

/// A job that installs the Go that a go.mod or a go.work names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadsGoLine {
    /// The go.mod or go.work.
    pub module: String,
    /// Where the job says so.
    pub at: Place,
    /// Whether a toolchain line counts, too.
    pub toolchain_line: bool,
    /// What uses it.
    pub uses: Uses,
}

/// A run makes the value.
pub(crate) const COMPUTED: &str = "computed when it runs";
/// It is not in this repository.
pub(crate) const ELSEWHERE: &str = "said elsewhere";
/// A linter is built with a Go, which its release alone knows.
pub(crate) const LINTER: &str = "said elsewhere: by the release of a linter";
/// The readers of the file refuse it.
pub(crate) const TWICE: &str = "not YAML: a key stands twice";
pub(crate) use source::NUMBER_OF_LIST;
/// The text is no version that goward knows.
pub(crate) const NO_VERSION: &str = "no version that goward knows";

/// The most versions and places of one file.
const MOST_OF_A_FILE: usize = 1_000;

/// The most of all files.
const MOST_OF_ALL: usize = 20_000;

/// What the claims of all files are.
#[derive(Debug, Default)]
pub struct Claims {
    /// The claims, in the order of files.
    pub claims: Vec<Claim>,
    /// What stays open.
    pub unresolved: Vec<Unresolved>,
    /// What is wrong with a claim whatever the others say.
    pub findings: Vec<Finding>,
    /// The jobs that install what a go.mod says.
    pub reads_go_line: Vec<ReadsGoLine>,
}

impl Claims {
    /// Reads the claims of a repository, those by patterns of its own among them.
    pub fn read(repository: &Repository, host: &RepoHost<'_>, own: &[OwnClaim]) -> Claims {
        let (mut claims, own) = (Claims::default(), own::Own::new(own));
        let mut room = MOST_OF_ALL;
        for (path, kind, content) in repository.read_files() {
            let Ok(bytes) = content else { continue };
            let mut fresh = Claims::default();
            fresh.read_file(repository, host, (path, kind, bytes));
            if !kind.is_of_go() {
                marks::read(&mut fresh, path, bytes);
            }
            own.read(&mut fresh, path, bytes);
            let count = fresh.count();
            if count > MOST_OF_A_FILE {
                claims.unreadable(path, 1, "more than 1,000 claims");
            } else if count > room {
                claims.unreadable(path, 1, "more than 20,000 claims in all files");
            } else {
                room -= count;
                fresh.merge();
                claims.append(fresh);
            }
        }
        claims
    }

    /// The claims of a file by its kind, if it had these bytes.
    pub(crate) fn of_file(
        repository: &Repository,
        host: &RepoHost<'_>,
        file: (&str, FileKind, &[u8]),
    ) -> Vec<Claim> {
        let mut claims = Claims::default();
        claims.read_file(repository, host, file);
        claims.merge();
        claims.claims
    }

    /// Adds the claims of a file by its kind.
    fn read_file(
        &mut self,
        repository: &Repository,
        host: &RepoHost<'_>,
        (path, kind, bytes): (&str, FileKind, &[u8]),
    ) {
        use FileKind::*;
        match kind {
            Workflow => workflow::read(self, repository, (path, bytes)),
            Action => workflow::read_action(self, repository, (path, bytes)),
            Dockerfile => dockerfile::read(self, repository, (path, bytes)),
            Peer => mise::read(self, host, path),
            Gitlab => gitlab::read(self, path, bytes),
            Circle => circle::read(self, path, bytes),
            Travis => travis::read(self, path, bytes),
            Azure => azure::read(self, path, bytes),
            Pipeline | Compose => pipeline::read(self, kind, (path, bytes)),
            Devcontainer => devcontainer::read(self, path, bytes),
            Devbox => devbox::read(self, path, bytes),
            Golangci | Goreleaser | PreCommit | Promu => settings::read(self, kind, (path, bytes)),
            Makefile | Dotenv => makefile::read(self, kind, (path, bytes)),
            Module | Work | Pin | Goenv | Policy | Other => {}
        }
    }

    /// Makes one of the claims that say the same at the same place: several jobs may share an image.
    fn merge(&mut self) {
        let (mut known, mut all) = (HashMap::new(), Vec::<Claim>::new());
        for claim in self.claims.drain(..) {
            let places = claim.said.iter().map(|said| (said.at.clone(), said.text.clone()));
            let same = (claim.kind, places.collect::<Vec<_>>());
            let at = *known.entry(same).or_insert(all.len());
            match all.get_mut(at) {
                Some(other) => other.uses.add(claim.uses),
                None => all.push(claim),
            }
        }
        self.claims = all;
    }

    /// How many versions and places there are.
    fn count(&self) -> usize {
        let said: usize = self.claims.iter().map(|claim| claim.said.len()).sum();
        said + self.unresolved.len() + self.findings.len() + self.reads_go_line.len()
    }

    fn append(&mut self, mut more: Claims) {
        self.claims.append(&mut more.claims);
        self.unresolved.append(&mut more.unresolved);
        self.findings.append(&mut more.findings);
        self.reads_go_line.append(&mut more.reads_go_line);
    }

    pub(crate) fn open(&mut self, at: Place, reason: &'static str) {
        self.unresolved.push(Unresolved { at, reason });
    }

    pub(crate) fn unreadable(&mut self, path: &str, line: u32, why: &str) {
        let at = Place::line(path, line);
        let message = format!("this file is not read: {why}");
        let finding = Finding::new(Rule::FileUnreadable, at, [why, ""], message);
        self.findings.push(finding.mend("mend the file, or exclude it in .goward.toml"));
    }
}

#[cfg(test)]
#[path = "claims_tests.rs"]
mod tests;

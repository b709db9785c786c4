//! Programs with what goward says of them: conditions, support, traces of a forced version.

use super::Read;
use super::tools::{Here, Older};
use crate::commands::Releases;
use crate::commands::outdated::end_of_life::{EndOfLife, Minors};
use crate::context::Context;
use crate::workshop::Workshop;
use goward_gobin::{Forced, Program};
use goward_govern::condition::{Condition, go_version, release_name};
use goward_govern::existence::Existence;
use goward_govern::system;
use goward_installer::known_releases;
use goward_resolver::Version;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

/// A program with what goward says of it.
pub(super) struct Judged<'r> {
    pub(super) path: &'r Path,
    pub(super) program: &'r Program,
    /// The release that it claims, if it is one.
    pub(super) version: Option<Version>,
    /// The end of its minor.
    pub(super) eol: Option<EndOfLife>,
    /// Traces of the compiler, for people.
    pub(super) evidence: Vec<String>,
    /// Those that contradict the version.
    pub(super) reasons: Vec<String>,
    pub(super) forced: Forced,
    /// Each condition with the reason, if it is not met.
    pub(super) conditions: Vec<(&'r Condition, Option<String>)>,
    /// Of a tool: that it is older than what it is to work on.
    pub(super) older: Option<Older>,
}

impl Judged<'_> {
    /// Whether a condition is not met.
    pub(super) fn is_refused(&self) -> bool {
        self.conditions.iter().any(|(_, why)| why.is_some())
    }

    /// The least system that it needs: what the file says, or what its Go says, whichever is more.
    pub(super) fn least_system(&self) -> Option<String> {
        let needs = &self.program.needs;
        let (os, arch) = (self.program.os.as_deref()?, self.program.arch.as_deref()?);
        let by_go = self.version.as_ref().and_then(|version| system::least(os, arch, version));
        let by_file = match os {
            "linux" => needs.kernel_at_least.clone(),
            _ => needs.min_os.clone(),
        };
        match (by_file, by_go) {
            (Some(file), Some(go)) if numbers(&file) < numbers(go) => Some(go.to_owned()),
            (None, go) => go.map(str::to_owned),
            (file, _) => file,
        }
    }
}

fn numbers(text: &str) -> Vec<u64> {
    let mut numbers: Vec<u64> =
        text.split('.').map(|number| number.parse().unwrap_or_default()).collect();
    // 10.0 is 10.
    while numbers.last() == Some(&0) {
        numbers.pop();
    }
    numbers
}

/// What judges.
pub(super) struct Judges<'c> {
    conditions: &'c [Condition],
    /// What tools are compared with.
    here: Option<&'c Here>,
    /// The releases that are known.
    all: Vec<Version>,
    minors: Minors,
    /// What was said of each version: many programs share a few, and each answer reads all releases.
    answers: RefCell<HashMap<Vec<u8>, Answer>>,
}

/// What the known releases say of a version.
#[derive(Clone, Default)]
struct Answer {
    version: Option<Version>,
    eol: Option<EndOfLife>,
    /// It has the name of a release that Go never made.
    invented: bool,
}

impl<'c> Judges<'c> {
    /// By these conditions, and by the releases that are known without a request.
    pub(super) fn new(
        cx: &Context,
        conditions: &'c [Condition],
        here: Option<&'c Here>,
    ) -> Judges<'c> {
        // The executables do not depend on goward's settings: an error there leaves the table.
        let releases = match Workshop::open(cx) {
            Ok(workshop) => Releases::on_disk(&workshop),
            Err(_) => Releases {
                known: known_releases().cloned().collect(),
                from: "the table compiled into goward".to_owned(),
            },
        };
        let (all, minors) = (releases.all(), releases.minors());
        Judges { conditions, here, all, minors, answers: RefCell::default() }
    }

    /// Judges all programs.
    pub(super) fn judge<'r>(&'r self, read: &'r [Read]) -> Vec<Judged<'r>> {
        let programs = |read: &'r Read| {
            let programs = read.found.as_deref().unwrap_or_default();
            programs.iter().map(|program| self.judge_one(&read.file.path, program))
        };
        read.iter().flat_map(programs).collect()
    }

    fn judge_one<'r>(&'r self, path: &'r Path, program: &'r Program) -> Judged<'r> {
        let Answer { version, eol, invented } = self.answer(program);
        let mut evidence: Vec<String> = program.evidence.iter().map(ToString::to_string).collect();
        let mut reasons: Vec<String> =
            program.contradictions().into_iter().map(ToString::to_string).collect();
        let mut forced = program.forced();
        if let (Some(version), true, Forced::Unknown) = (&version, invented, forced) {
            let reason = format!("there was no release {version}");
            evidence.push(reason.clone());
            reasons.push(reason);
            forced = Forced::Yes;
        }
        let supported = version.as_ref().map(|_| eol.is_none());
        let judge = |one: &'r Condition| (one, one.judge(program, supported, &reasons).err());
        let conditions = self.conditions.iter().map(judge).collect();
        let older = self.here.zip(version.as_ref());
        let older = older.and_then(|(here, version)| here.older(program, version));
        Judged { path, program, version, eol, evidence, reasons, forced, conditions, older }
    }

    /// What the known releases say of the version that a program claims.
    fn answer(&self, program: &Program) -> Answer {
        let claimed = &program.info.version;
        if let Some(answer) = self.answers.borrow().get(claimed) {
            return answer.clone();
        }
        let version = go_version(program).ok();
        let eol = version.as_ref().and_then(|version| self.minors.end(version));
        // A vendor names its own releases: `go1.25-20250209-RC00` is none of Go's, and not forced.
        let never = |name| Existence::of(&self.all, &name) == Some(Existence::Never);
        let invented = release_name(program).is_some_and(never);
        let answer = Answer { version, eol, invented };
        self.answers.borrow_mut().insert(claimed.clone(), answer.clone());
        answer
    }
}

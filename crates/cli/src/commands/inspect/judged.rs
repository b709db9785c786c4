//! Programs with what goward says of them: conditions, support, traces of a forced version.

use super::Read;
use super::tools::{Here, Older};
use crate::commands::outdated::end_of_life::{EndOfLife, Minors, is_release_of};
use crate::context::Context;
use crate::workshop::Workshop;
use goward_gobin::{Forced, Program};
use goward_govern::condition::{Condition, go_version, release_name};
use goward_govern::existence::Existence;
use goward_govern::system;
use goward_installer::{Index, is_known_release, known_releases};
use goward_resolver::Version;
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

/// A program with what goward says of it.
pub(super) struct Judged<'r> {
    pub(super) path: &'r Path,
    pub(super) program: &'r Program,
    /// The verdicts on the version that it claims.
    answer: Rc<Answer>,
    judges: &'r Judges<'r>,
    /// What contradicts the version, for people.
    pub(super) reasons: Vec<String>,
    pub(super) forced: Forced,
    /// The same by the file alone.
    by_file: Forced,
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

    /// The end of its minor.
    pub(super) fn eol(&self) -> Option<&EndOfLife> {
        self.judges.end(&self.answer)
    }

    /// Traces of the compiler, for people.
    pub(super) fn evidence(&self) -> Vec<String> {
        let traces = self.program.evidence.iter().map(ToString::to_string);
        // The list of releases is asked last.
        let invented = self.answer.invented.clone();
        let invented = invented.filter(|_| self.by_file == Forced::Unknown);
        traces.chain(invented).chain(self.unlisted().map(str::to_owned)).collect()
    }

    /// The sentence for the name of a release of a minor that no list has, and that may be out by now.
    pub(super) fn unlisted(&self) -> Option<&str> {
        // A name that was forced is no release's.
        self.answer.unlisted.as_deref().filter(|_| self.forced != Forced::Yes)
    }

    /// The least system that it needs: what the file says, its Go, or its glibc, whichever is more.
    pub(super) fn least_system(&self) -> Option<Cow<'_, str>> {
        let needs = &self.program.needs;
        let (os, _) = (self.program.os.as_deref()?, self.program.arch.as_deref()?);
        let by_file = match os {
            "linux" => needs.kernel_at_least.as_deref(),
            _ => needs.min_os.as_deref(),
        };
        // A version that was forced says nothing.
        let by_go = self.answer.least_system().filter(|_| self.forced != Forced::Yes);
        let glibc = needs.glibc_at_least.as_deref().filter(|_| os == "linux");
        let by_glibc = glibc.and_then(system::least_of_glibc);
        // Of two that are the same the file's own words.
        let all = [by_glibc, by_go, by_file].into_iter().flatten();
        all.max_by_key(|least| numbers(least)).map(Cow::Borrowed)
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
    cx: &'c Context,
    conditions: &'c [Condition],
    /// What tools are compared with.
    here: Option<&'c Here>,
    /// The releases that the mirrors have shown. Most answers need none of them.
    shown: OnceCell<Vec<Version>>,
    minors: OnceCell<Minors>,
    /// What was said of each version: many programs share a few.
    answers: RefCell<HashMap<Vec<u8>, Rc<Answer>>>,
}

/// What goward says of a version, on a system.
#[derive(Default)]
struct Answer {
    /// The release, if the version is one.
    version: Option<Version>,
    eol: OnceCell<Option<EndOfLife>>,
    /// The sentence for the name of a release that Go never made.
    invented: Option<String>,
    /// The sentence for the name of one that goward does not know.
    unlisted: Option<String>,
    os: String,
    arch: String,
    least: OnceCell<Option<&'static str>>,
}

impl Answer {
    /// The least system for which this Go builds.
    fn least_system(&self) -> Option<&'static str> {
        let least = || system::least(&self.os, &self.arch, self.version.as_ref()?);
        *self.least.get_or_init(least)
    }
}

impl<'c> Judges<'c> {
    /// By these conditions, and by the releases that are known without a request.
    pub(super) fn new(
        cx: &'c Context,
        conditions: &'c [Condition],
        here: Option<&'c Here>,
    ) -> Judges<'c> {
        let (shown, minors) = (OnceCell::new(), OnceCell::new());
        Judges { cx, conditions, here, shown, minors, answers: RefCell::default() }
    }

    /// Judges all programs.
    pub(super) fn judge<'r>(&'r self, read: &'r [Read]) -> Vec<Judged<'r>> {
        let mut judged = Vec::with_capacity(read.len());
        for read in read {
            let programs = read.found.as_deref().unwrap_or_default();
            judged.extend(programs.iter().map(|program| self.judge_one(&read.file.path, program)));
        }
        judged
    }

    fn judge_one<'r>(&'r self, path: &'r Path, program: &'r Program) -> Judged<'r> {
        let answer = self.answer(program);
        let (mut forced, against) = program.judged();
        let mut reasons: Vec<String> = against.into_iter().map(ToString::to_string).collect();
        let by_file = forced;
        if let (Some(invented), Forced::Unknown) = (&answer.invented, forced) {
            reasons.push(invented.clone());
            forced = Forced::Yes;
        }
        let judge = |one: &'r Condition| {
            let supported = answer.version.as_ref().map(|_| self.end(&answer).is_none());
            (one, one.judge(program, supported, &reasons).err())
        };
        let conditions = self.conditions.iter().map(judge).collect();
        let older = self.here.zip(answer.version.as_ref());
        let older = older.and_then(|(here, version)| here.older(program, version));
        let judges = self;
        Judged { path, program, answer, judges, reasons, forced, by_file, conditions, older }
    }

    /// What goward says of the version that a program claims.
    fn answer(&self, program: &Program) -> Rc<Answer> {
        let (os, arch) = (program.os.as_deref(), program.arch.as_deref());
        let (os, arch) = (os.unwrap_or_default(), arch.unwrap_or_default());
        // Text never has this byte, so that no two programs share a key by accident.
        let key = [&*program.info.version, os.as_bytes(), arch.as_bytes()].join(&0xff);
        if let Some(answer) = self.answers.borrow().get(&key) {
            return Rc::clone(answer);
        }
        // A vendor names its own releases: `go1.25-20250209-RC00` is none of Go's, and not forced.
        let name = release_name(program);
        let existence = name.as_ref().and_then(|name| self.existence(name));
        let said = |of: Existence| name.as_ref().filter(|_| existence == Some(of));
        // A newer patch of a minor is nothing to wonder about.
        let is_strange = |name: &&Version| !self.has_minor(name);
        let unlisted = |name| format!("this goward knows no release {name}, which may be newer");
        let answer = Rc::new(Answer {
            version: go_version(program).ok(),
            invented: said(Existence::Never).map(|name| format!("there was no release {name}")),
            unlisted: said(Existence::Unknown).filter(is_strange).map(unlisted),
            os: os.to_owned(),
            arch: arch.to_owned(),
            ..Answer::default()
        });
        self.answers.borrow_mut().insert(key, Rc::clone(&answer));
        answer
    }

    fn existence(&self, name: &Version) -> Option<Existence> {
        // goward's own list is at hand; the mirrors' lists can only say more.
        match is_known_release(name) {
            true => Some(Existence::Known),
            false => Existence::of(self.releases(), name),
        }
    }

    /// Whether a release of the minor is known.
    fn has_minor(&self, name: &Version) -> bool {
        let minor = name.language();
        self.releases().any(|known| is_release_of(known, &minor))
    }

    fn end<'a>(&self, answer: &'a Answer) -> Option<&'a EndOfLife> {
        let minors = || self.minors.get_or_init(|| Minors::of(self.releases()));
        answer.eol.get_or_init(|| minors().end(answer.version.as_ref()?)).as_ref()
    }

    /// The releases that are known without a request.
    fn releases(&self) -> impl Iterator<Item = &Version> {
        let shown = self.shown.get_or_init(|| {
            // The executables do not depend on goward's settings: an error there leaves the table.
            let workshop = Workshop::open(self.cx);
            workshop
                .map(|Workshop { store, settings, .. }| Index::shown(&store, &settings))
                .unwrap_or_default()
        });
        shown.iter().chain(known_releases())
    }
}

//! `goward check`: whether the files of a repository agree about Go. It is judged by the repository
//! alone, so the answer is the same on every machine and in CI.

mod advice;
mod agreement;
mod allow;
mod doubted;
mod floors;
mod go_line;
pub(crate) mod godebug;
mod machine;
mod matrix;
mod mend;
mod merge;
mod module;
mod moves;
mod named;
mod numbers;
mod pins;
pub mod policy;
mod reach;
mod relation;
mod rounds;
mod statement;
mod versions;
mod work;

use crate::claims::{Claim, Claims, Unresolved};
use crate::finding::{Finding, Place};
use crate::fix::Wish;
use crate::fix::places::Lines;
use crate::kind::FileKind;
use crate::repo::host::RepoHost;
use crate::repo::{NOT_FETCHED, Repository, directory_of, is_within};
use crate::rule::{Pass, Rule, Severity};
use doubted::Doubted;
use goward_resolver::{ReadError, Version};
use policy::RepoPolicy;
pub use rounds::{Judged, fix};
use statement::{Sites, is_passed_over};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// The releases of Go that are known.
#[derive(Clone, Debug)]
pub struct Releases {
    /// All of them.
    pub known: Vec<Version>,
    /// The minors that Go mends, the oldest first.
    pub supported: Vec<Version>,
    /// The day of this list: `2026-11-22`.
    pub as_of: String,
}

/// The most findings of a report.
const MOST_FINDINGS: usize = 10_000;

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// The findings, in the order of files and lines.
    pub findings: Vec<Finding>,
    /// The places that the files leave open.
    pub unresolved: Vec<Unresolved>,
    /// What was switched off.
    pub suppressed: Suppressed,
    /// How many files were read.
    pub files: usize,
    /// How many modules there are.
    pub modules: usize,
}

/// What was switched off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suppressed {
    /// How many files the policy excludes.
    pub excluded_files: usize,
    /// The rules that the policy switches off.
    pub rules_off: Vec<Rule>,
    /// The rules that the policy makes less severe than they are, with their severity there.
    pub lowered: Vec<(Rule, Severity)>,
    /// The findings that comments allow.
    pub allowed: Vec<(Rule, Place)>,
}

/// What was found beyond the files, by looks that the caller asked for.
#[derive(Debug, Default)]
pub struct Beside {
    /// The looks.
    pub passes: Vec<Pass>,
    /// The findings.
    pub findings: Vec<Finding>,
    /// What they leave open.
    pub unresolved: Vec<Unresolved>,
    /// What this machine makes of directories.
    pub seen: Vec<Seen>,
}

/// What this machine makes of a directory.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The directory, from the top.
    pub directory: String,
    /// The version that runs there, or will once it is installed; `None` if it is not known.
    pub runs: Option<Version>,
    /// The words for what chose it.
    pub chosen_by: String,
    /// What of the user's outranks the project's pins.
    pub outranked_by: Option<Above>,
    /// What has to be installed first, if anything.
    pub missing: Option<String>,
    /// Whether that is a minimum.
    pub is_floor: bool,
    /// The version of the default, if a default runs and that is known.
    pub default: Option<Version>,
    /// What GOROOT in the environment does, if it does harm.
    pub goroot: Option<String>,
    /// GODEBUG in the environment.
    pub godebug: String,
}

/// Something of the user's that outranks the project.
#[derive(Clone, Debug)]
pub struct Above {
    /// What and where it is, in words.
    pub source: String,
    /// The command that undoes it.
    pub undo: String,
}

/// What a check is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The policy.
    pub policy: &'a RepoPolicy,
    /// Whether comments that allow a finding count.
    pub allows: bool,
    /// The releases that are known.
    pub releases: &'a Releases,
    /// The paths below which findings and edits count.
    pub within: &'a [String],
    /// What the caller wants beside the safe edits.
    pub wish: &'a Wish,
    /// What was found beyond the files.
    pub beside: Option<&'a Beside>,
}

/// What a check looks at.
struct Look<'c> {
    repository: &'c Repository,
    lines: &'c Lines<'c>,
    host: &'c RepoHost<'c>,
    sites: &'c Sites,
    releases: &'c Releases,
    policy: &'c RepoPolicy,
    claims: &'c [Claim],
    doubted: Doubted,
}

/// The go.mod files below the paths `within`, from the top, without those that the policy excludes.
pub fn modules(repository: &Repository, policy: &RepoPolicy, within: &[String]) -> Vec<String> {
    let host = RepoHost::new(repository);
    let sites = Sites::of(repository, &host);
    let counts = |file: &str| within.iter().any(|dir| is_within(file, dir));
    let files = sites.modules().map(|site| site.file.clone());
    files.filter(|file| counts(file) && !policy.excludes(file)).collect()
}

/// The directories below the paths `within`, from the top, that have a module, a workspace or a pin.
pub fn directories(
    repository: &Repository,
    policy: &RepoPolicy,
    within: &[String],
) -> BTreeSet<String> {
    let counts = |file: &str| within.iter().any(|dir| is_within(file, dir));
    let is_own = |file: &str| counts(file) && !policy.excludes(file) && !is_passed_over(file);
    let says = |kind: FileKind| kind.is_module() || matches!(kind, FileKind::Pin | FileKind::Goenv);
    let files = repository.read_files().filter(|(path, kind, _)| says(*kind) && is_own(path));
    files.map(|(path, ..)| directory_of(path).to_owned()).collect()
}

/// Checks a repository. Of the findings those below the paths `within` count. Comments that allow a
/// finding count if `allows` says so.
pub fn check(
    repository: &Repository,
    (policy, allows): (&RepoPolicy, bool),
    releases: &Releases,
    within: &[String],
) -> Report {
    judge(
        repository,
        &Asked { policy, allows, releases, within, wish: &Wish::default(), beside: None },
    )
    .report
}

/// As [`check`], with the edits that mend what it finds, and those that the caller wants.
pub fn judge(repository: &Repository, asked: &Asked<'_>) -> Judged {
    let Asked { policy, allows, releases, within, wish, beside } = *asked;
    let host = RepoHost::new(repository);
    let (sites, lines) = (Sites::of(repository, &host), Lines::of(repository));
    let mut claims = Claims::read(repository, &host, &policy.claims);
    let own = std::mem::take(&mut claims.findings);
    let (lines, host, sites, doubted) = (&lines, &host, &sites, Doubted::default());
    let of = &claims.claims[..];
    let mut look = Look { repository, lines, host, sites, releases, policy, claims: of, doubted };
    look.doubted = Doubted::of(&look);
    let mut findings = found(&look, &claims);
    let mut moves = moves::wished(&look, &claims, wish);
    if let Some(beside) = beside {
        machine::check(&look, &claims, (&beside.seen, &mut findings));
    }
    findings.extend(numbers::advised(&look, own));
    let mut unresolved = claims.unresolved;
    if let Some(beside) = beside {
        findings.extend(beside.findings.iter().cloned());
        unresolved.extend(beside.unresolved.iter().cloned());
    }
    let mut suppressed = policy.apply(repository, &mut findings);
    unresolved.retain(|open| !policy.excludes(&open.at.file));
    if allows {
        suppressed.allowed = allow::apply(repository, policy, &mut findings, beside);
    }
    let counts = |file: &str| within.iter().any(|dir| is_within(file, dir));
    findings.retain(|finding| counts(&finding.at.file));
    unresolved.retain(|open| counts(&open.at.file));
    suppressed.allowed.retain(|(_, at)| counts(&at.file));
    in_order(&mut findings);
    findings.dedup();
    merge::merge(&mut findings);
    bound(&mut findings);
    unresolved.sort();
    unresolved.dedup();
    moves.narrow(&suppressed.allowed, |file| counts(file) && !policy.excludes(file));
    let (mut edits, left, tied) = moves.with_open(wish, &unresolved);
    let safe = findings.iter().filter_map(|finding| finding.remedy.as_ref());
    let safe = safe.flat_map(|remedy| &remedy.edits).filter(|edit| counts(&edit.file));
    edits.extend(safe.filter(|edit| !policy.excludes(&edit.file)).cloned());
    let files = repository.read_files().filter(|(path, ..)| counts(path)).count();
    let modules = sites.modules().filter(|site| counts(&site.file)).count();
    let report = Report { findings, unresolved, suppressed, files, modules };
    Judged { report, edits, left, tied }
}

fn in_order(findings: &mut [Finding]) {
    findings.sort_by(|a, b| (&a.at, a.rule, &a.message).cmp(&(&b.at, b.rule, &b.message)));
}

/// Of too many findings, which are in order, keeps the worst, and says how many are left out.
fn bound(findings: &mut Vec<Finding>) {
    if findings.len() <= MOST_FINDINGS {
        return;
    }
    findings.sort_by_key(|finding| Reverse(finding.severity));
    let rest = findings.split_off(MOST_FINDINGS);
    if let Some(first) = rest.iter().min_by_key(|finding| &finding.at) {
        let more = rest.len();
        let message = format!("{more} more findings, the first of them here, are left out");
        let label = ["more than 10,000 findings", ""];
        let finding = Finding::new(Rule::FileUnreadable, first.at.clone(), label, message);
        findings.push(finding.mend("mend the others first, or check one directory at a time"));
    }
    in_order(findings);
}

/// What the rules find, but for those of a claim by itself.
fn found(look: &Look<'_>, claims: &Claims) -> Vec<Finding> {
    let mut findings = unreadable(look.repository);
    findings.extend(passed_over(look));
    pins::check(look, &mut findings);
    module::check(look, claims, &mut findings);
    work::check(look, &mut findings);
    versions::check(look, claims, &mut findings);
    named::check(look, claims, &mut findings);
    go_line::check(look, claims, &mut findings);
    agreement::check(look, claims, &mut findings);
    matrix::check(look, claims, &mut findings);
    findings
}

/// What a repository has too much of, so that a part is not looked at.
fn passed_over(look: &Look<'_>) -> Vec<Finding> {
    let many = look.repository.passed_over().map(|(why, first, count)| {
        let message = format!("{count} files are not looked at, this one the first: {why}");
        let finding = Finding::new(Rule::FileUnreadable, Place::line(first, 1), [why, ""], message);
        finding.mend("check the directories of single projects")
    });
    let patterns = look.policy.is_exhausted().then(|| {
        let why = "the patterns of names look at too much";
        let message = format!("{why}: the last files are neither excluded nor claims");
        let at = Place::line(policy::FILE, 1);
        Finding::new(Rule::FileUnreadable, at, [why, ""], message)
            .mend("write fewer patterns, without **")
    });
    many.chain(patterns).collect()
}

/// The files of Go's and of goward's that cannot be read; those of others are claims.
fn unreadable(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, _, content) in
        repository.read_files().filter(|(_, kind, _)| *kind != FileKind::Policy)
    {
        let Err(why) = content else { continue };
        let why = match why {
            ReadError::TooLarge => "it is larger than such a file should be",
            ReadError::Denied => "permission denied",
            &NOT_FETCHED => "this partial clone has not fetched it",
            _ => "it is no regular file of this repository",
        };
        let message = format!("this file is not read: {why}");
        let finding = Finding::new(Rule::FileUnreadable, Place::line(path, 1), [why, ""], message);
        let mend = match content {
            Err(NOT_FETCHED) => {
                "run: git checkout, which fetches it; or exclude it in .goward.toml"
            }
            _ => "mend the file, or exclude it in .goward.toml",
        };
        findings.push(finding.mend(mend));
    }
    findings
}

#[cfg(test)]
#[path = "check/machine_tests.rs"]
mod machine_tests;
#[cfg(test)]
#[path = "check_tests.rs"]
pub(crate) mod tests;

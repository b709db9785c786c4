//! Asks Go about each target, and tries compilers.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::to_path;
use crate::real_go::{RealGo, failed, module};
use goward_govern::cross::{Answer, Bench, NEWEST, Question, Target, minor, ports};
use goward_resolver::Version;

/// The answers, and what they are about.
pub(super) struct Told {
    pub(super) answers: Vec<Answer>,
    /// Whether the user named the targets.
    pub(super) named: bool,
    /// The Go that was asked.
    pub(super) toolchain: String,
    /// The version of the Go that runs in the directory, if it is known.
    pub(super) runs: Option<Version>,
    /// The version that was judged, as a minor.
    pub(super) judged: u16,
}

/// Asks.
pub(super) fn ask(cx: &Context, targets: &[Target], probe: bool) -> Result<Told> {
    let here = cx.survey_for(&[b"go", b"list"])?;
    let (module, kind) = module(&here, "cross --dir")?;
    let RealGo { go, version, runs } = RealGo::of(cx, &here, module)?;
    let judged = runs.as_ref().or(version.as_ref()).map_or(NEWEST, minor);
    let file = to_path(&module.path);
    // Without names it is an overview, and compiles nothing of the module.
    let build = !targets.is_empty();
    let (asked, running) = (version.as_ref(), runs.as_ref());
    let question =
        Question { survey: &here, file: &file, kind, asked, runs: running, build, probe };
    let bench = Bench::new(&go, question).map_err(|error| failed(&error))?;
    let mut answers = Vec::new();
    for target in wanted(targets, judged) {
        let known = cx.patiently(&format!("asking Go about {target}"), || bench.ask(&target));
        let known = known.map_err(|error| failed(&error))?;
        let trying = format!("trying C compilers for {target}");
        let answer = cx.patiently(&trying, || bench.judge(known));
        answers.push(answer.map_err(|error| failed(&error))?);
    }
    if targets.is_empty() && answers.iter().all(|answer| answer.needs.asked == 0) {
        let message = "there is no package of Go at or below this directory";
        return Err(Failure::new(Exit::NotFound, message)
            .hint("name the directory of some: goward cross --dir DIR"));
    }
    let toolchain = version.as_ref().map_or("go".to_owned(), |version| format!("go{version}"));
    Ok(Told { answers, named: !targets.is_empty(), toolchain, runs, judged })
}

/// The targets to ask about, each once: those that were named, else the first-class ports.
fn wanted(targets: &[Target], minor: u16) -> Vec<Target> {
    let mut wanted: Vec<Target> = match targets {
        [] => {
            let first = ports(minor).into_iter().filter(|port| port.first_class);
            first.map(|port| port.target).collect()
        }
        named => named.to_vec(),
    };
    let mut seen = std::collections::BTreeSet::new();
    wanted.retain(|target| seen.insert(target.clone()));
    wanted
}

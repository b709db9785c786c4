//! What the steps of a job build of this repository: in which directory, and whether Go may switch there.

use crate::claims::commands::Commands;
use crate::claims::switch::Switch;
use crate::claims::yaml::Node;
use crate::claims::{Builds, Uses};
use crate::repo::resolve;
use std::rc::Rc;

/// Actions that build nothing, by their last names.
const QUIET: [&str; 6] =
    ["checkout", "setup-go", "cache", "upload-artifact", "download-artifact", "login-action"];

/// What a Go does that is set up, as far as nothing near the build says otherwise.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// It switches.
    Switches,
    /// It stays, as its image says. The variables of the job count more.
    Stays,
    /// It stays: setup-go from version 6 on writes `local` over the variables of the job. Those of a step, and
    /// what a step writes for later ones, count more.
    Written,
}

/// What is said of GOTOOLCHAIN for a step.
struct Said {
    /// By the step, or by one that writes it for later ones.
    near: Switch,
    /// By the variables of the job and of the workflow.
    around: Switch,
}

impl Said {
    fn stays(&self, start: Start) -> bool {
        match start {
            Start::Written => self.near.stays(true),
            _ => self.near.or(self.around).stays(start == Start::Stays),
        }
    }
}

/// What is built.
#[derive(Default)]
pub(super) struct Built {
    /// The directories of the steps that certainly build with this Go, and what holds there of GOTOOLCHAIN.
    sure: Vec<(String, Said)>,
    /// Whether a step may build something besides.
    others: bool,
    /// Whether the job may fail, or has other files than those of its commit.
    doubtful: bool,
}

impl Built {
    /// What the steps of a job build in a workflow, or those of an action.
    pub(super) fn of(job: &Node, tree: &Node, steps: &[Rc<Node>]) -> Built {
        let mut built = Built { doubtful: may_fail(job), ..Built::default() };
        let texts = steps.iter().filter_map(|step| step.get("run")?.text());
        let lasting =
            texts.filter(|text| text.contains("GITHUB_ENV") || text.contains("go env -w"));
        let lasting = lasting.map(Switch::of_text).fold(Switch::Unsaid, Switch::and);
        let variables = |node: &Node| Switch::of_variables(node.get("env").map(|env| &**env));
        let around = variables(job).or(variables(tree));
        let default = |node: &Node| {
            Some(node.get("defaults")?.get("run")?.get("working-directory")?.text()?.to_owned())
        };
        let default = default(job).or_else(|| default(tree)).unwrap_or_default();
        for step in steps {
            let Some(run) = step.get("run") else {
                let uses = step.get("uses").and_then(|uses| uses.text());
                built.others |= uses.is_some_and(|uses| !is_quiet(uses));
                continue;
            };
            let commands = Commands::of(run.text().unwrap_or_default());
            built.doubtful |= commands.remakes;
            let own = step.get("working-directory").map(|own| own.text().unwrap_or("${{"));
            // A path with an expression in it is any.
            let directory = Some(own.unwrap_or(&default)).filter(|path| !path.contains("${{"));
            let directory = directory.and_then(|path| resolve("", path));
            match directory.filter(|_| commands.build_here() && is_sure(step)) {
                Some(directory) => {
                    let near = commands.switch.or(variables(step)).or(lasting);
                    built.sure.push((directory, Said { near, around }));
                }
                None => built.others |= commands.may_build(),
            }
        }
        built
    }

    /// What is built with a Go of this job that starts so.
    pub(super) fn with(&self, start: Start) -> Uses {
        let sure = self.sure.iter().map(|(directory, said)| {
            let builds = if said.stays(start) { Builds::Fixed } else { Builds::Switching };
            Uses::one(builds, directory)
        });
        let sure = sure.reduce(|mut all, one| {
            all.add(one);
            all
        });
        match sure {
            Some(_) if self.doubtful => Uses::one(Builds::Doubtful, ""),
            Some(sure) => sure,
            None if self.others => Uses::one(Builds::Doubtful, ""),
            None => Uses::one(Builds::Unknown, ""),
        }
    }

    /// Whether it may fail, or builds other files.
    pub(super) fn is_doubtful(&self) -> bool {
        self.doubtful
    }
}

/// Whether a step runs with each Go of a matrix, and fails the job with it.
fn is_sure(step: &Node) -> bool {
    let chosen = step.get("if").and_then(|condition| condition.text());
    !may_fail(step) && !chosen.is_some_and(|condition| condition.contains("matrix"))
}

fn may_fail(node: &Node) -> bool {
    node.get("continue-on-error").is_some_and(|fails| fails.text() != Some("false"))
}

fn is_quiet(uses: &str) -> bool {
    let action = uses.split('@').next().unwrap_or_default();
    QUIET.contains(&action.rsplit('/').next().unwrap_or_default())
}

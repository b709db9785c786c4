//! What the steps of a job build of this repository: in which directory, and whether Go may switch there.

use crate::claims::commands::Commands;
use crate::claims::switch::Switch;
use crate::claims::yaml::Node;
use crate::claims::{Builds, Hint, Use, Uses};
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
    /// It stays: setup-go from version 6 on, in this line, writes `local` over the variables of the job. Those of a
    /// step, and what a step writes for later ones, count more.
    Written(u32),
}

/// What is said of GOTOOLCHAIN for a step.
struct Said {
    /// By the step, or by one that writes it for later ones.
    near: Switch,
    /// By the variables of the job and of the workflow.
    around: Switch,
}

impl Said {
    fn built(&self, start: Start) -> Use {
        let Start::Written(line) = start else {
            return self.near.or(&self.around).built(start == Start::Stays);
        };
        let built = self.near.built(true);
        let words = || "this sets GOTOOLCHAIN=local".to_owned();
        let by_action = built.why.is_none() && built.builds == Builds::Fixed;
        let why = if by_action { Some(Hint { line, words: words() }) } else { built.why };
        Use { why, ..built }
    }
}

/// What is built.
#[derive(Default)]
pub(super) struct Built {
    /// The directories of the steps that certainly build with this Go, whether they look at the go.mod alone, and
    /// what holds there of GOTOOLCHAIN.
    sure: Vec<(String, bool, Said)>,
    /// Whether a step may build something besides.
    others: bool,
    /// Why that is not certain.
    why: Option<Hint>,
    /// Whether the job may fail.
    doubtful: bool,
}

impl Built {
    /// What the steps of a job build in a workflow, or those of an action.
    pub(super) fn of(job: &Node, tree: &Node, steps: &[Rc<Node>]) -> Built {
        let mut built = Built { doubtful: may_fail(job), ..Built::default() };
        if let Some(may) = job.get("continue-on-error").filter(|_| built.doubtful) {
            built.doubt(Hint { line: may.line, words: "this job may fail".to_owned() });
        }
        let around = variables(job).or(&variables(tree));
        let default = |node: &Node| {
            Some(node.get("defaults")?.get("run")?.get("working-directory")?.text()?.to_owned())
        };
        let default = default(job).or_else(|| default(tree)).unwrap_or_default();
        let mut before = Before::default();
        for step in steps {
            match step.get("run") {
                Some(run) => {
                    let commands = Commands::of(run.text().unwrap_or_default(), run.line);
                    built.add((step, run), (&default, &around), (&commands, &before));
                    before.add(&commands, run);
                }
                None => built.add_action(step),
            }
        }
        built
    }

    fn add_action(&mut self, step: &Node) {
        let Some(uses) = step.get("uses") else { return };
        if uses.text().is_some_and(|action| !is_quiet(action)) {
            self.others = true;
            let words = "not seen: what this action builds".to_owned();
            self.doubt(Hint { line: uses.line, words });
        }
    }

    /// Adds what a step builds by its commands. `around` is the directory and the variables of the job.
    fn add(
        &mut self,
        (step, run): (&Node, &Node),
        around: (&str, &Switch),
        (commands, before): (&Commands, &Before),
    ) {
        let own = step.get("working-directory").map(|own| own.text().unwrap_or("${{"));
        let own = if commands.top { "" } else { own.unwrap_or(around.0) };
        // A path with an expression in it is any.
        let directory = Some(own).filter(|path| !path.contains("${{"));
        let directory = directory.and_then(|path| resolve("", path));
        let sure = commands.are_sure() && before.away.is_none() && is_sure(step);
        if let Some(directory) = directory.filter(|_| sure) {
            let near = commands.switch().or(&variables(step)).or(&before.lasting);
            let said = Said { near, around: around.1.clone() };
            self.sure.push((directory, commands.are_alone(), said));
        } else if commands.may_build() {
            self.others = true;
            let why = commands.why.clone().or_else(|| before.away.clone());
            self.doubt(why.unwrap_or_else(|| {
                let words = "not certain: this step, or where it runs";
                Hint { line: run.line, words: words.to_owned() }
            }));
        }
    }

    /// What is built with a Go of this job that starts so.
    pub(super) fn with(&self, start: Start) -> Uses {
        let sure = self.sure.iter().map(|(directory, alone, said)| {
            Uses::one(Use { alone: *alone, ..said.built(start) }, directory)
        });
        let sure = sure.reduce(|mut all, one| {
            all.add(one);
            all
        });
        match sure {
            Some(sure) if !self.doubtful => sure,
            None if !self.others => Uses::one(Builds::Unknown, ""),
            _ => Uses::one(self.unsure(), ""),
        }
    }

    /// A build that is not certain.
    pub(super) fn unsure(&self) -> Use {
        Use { why: self.why.clone(), ..Builds::Doubtful.into() }
    }

    /// Keeps the first reason why nothing is certain.
    fn doubt(&mut self, why: Hint) {
        self.why = self.why.take().or(Some(why));
    }

    /// Whether it may fail.
    pub(super) fn is_doubtful(&self) -> bool {
        self.doubtful
    }
}

/// What the steps before one have done.
#[derive(Default)]
struct Before {
    /// Where they have taken other files than those of the commit.
    away: Option<Hint>,
    /// What they have written of GOTOOLCHAIN for later ones.
    lasting: Switch,
}

impl Before {
    fn add(&mut self, commands: &Commands, run: &Node) {
        let text = run.text().unwrap_or_default();
        if text.contains("GITHUB_ENV") || text.contains("go env -w") {
            self.lasting = self.lasting.and(&commands.around);
        }
        if commands.remakes && self.away.is_none() {
            self.away.clone_from(&commands.away);
        }
    }
}

/// What the variables of a workflow, a job or a step say of GOTOOLCHAIN.
fn variables(node: &Node) -> Switch {
    Switch::of_variables(node.get("env").map(|env| &**env))
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

//! CircleCI's configuration: the images of jobs and executors, and the Go of its orb, through parameters
//! and matrices.

use super::commands::Commands;
use super::means::Left;
use super::source::ClaimFile;
use super::switch::Switch;
use super::variables::{Form, Names, Variables};
use super::yaml::Node;
use super::{Builds, ClaimKind, Claims, ELSEWHERE, Use};
use std::collections::HashMap;
use std::rc::Rc;

/// What the orb of Go is.
const ORB: &str = "circleci/go@";

/// Adds the claims of a file to none.
pub(super) fn read(claims: &mut Claims, path: &str, bytes: &[u8]) {
    let mut source = ClaimFile { claims, path, directory: "", numbers: true };
    let Some(tree) = source.document(bytes) else { return };
    let left = Left::new();
    let orbs = tree.get("orbs").map_or(&[][..], |orbs| orbs.entries());
    let is_go = |orb: &Node| orb.text().is_some_and(|orb| orb.starts_with(ORB));
    let orb = orbs.iter().find(|(_, orb)| is_go(orb)).and_then(|(name, _)| name.text());
    let mut calls: HashMap<&str, Vec<&Node>> = HashMap::new();
    for (_, workflow) in tree.get("workflows").map_or(&[][..], |all| all.entries()) {
        for item in workflow.get("jobs").map_or(&[][..], |jobs| jobs.items()) {
            for (name, with) in item.entries() {
                calls.entry(name.text().unwrap_or_default()).or_default().push(with);
            }
        }
    }
    let config = Config { tree: &tree, left: &left, orb, calls };
    for (name, job) in tree.get("jobs").map_or(&[][..], |jobs| jobs.entries()) {
        if config.job(&mut source, name.text().unwrap_or_default(), job).is_none() {
            break;
        }
    }
    source.end(&left);
}

struct Config<'y> {
    tree: &'y Node,
    left: &'y Left,
    /// The name of Go's orb in this file.
    orb: Option<&'y str>,
    /// The parameters that workflows give to each job.
    calls: HashMap<&'y str, Vec<&'y Node>>,
}

impl<'y> Config<'y> {
    /// `None` if too much has been looked at.
    fn job(&self, source: &mut ClaimFile<'_>, name: &str, job: &'y Node) -> Option<()> {
        let variables = self.variables(self.calls.get(name).map_or(&[][..], |calls| calls), job);
        self.left.take(job.weight)?;
        let steps = job.get("steps").map_or(&[][..], |steps| steps.items());
        let (mut commands, directory) = Commands::of_steps(steps, "working_directory");
        // The job's own directory is the one into which it checks out.
        let others = |key: &Node| !matches!(key.text(), Some("steps" | "working_directory"));
        for (_, value) in job.entries().iter().filter(|(key, _)| others(key)) {
            commands.add_all(value);
        }
        let directory = directory.as_str();
        let is = |step: &Node, name: &str| step.text() == Some(name) || step.get(name).is_some();
        let here = steps.iter().any(|step| is(step, "checkout"));
        let around = Switch::default();
        let builds = |local| match here {
            true => commands.builds(local, &around),
            false => Builds::Elsewhere.into(),
        };
        if let Some(orb) = self.orb {
            let install = [orb, "/install"].concat();
            for call in steps.iter().filter_map(|step| step.get(&install)) {
                self.version(source, &variables, (call.get("version"), builds(false), directory));
            }
        }
        let Some(executor) = job.get("executor") else {
            self.images(source, &variables, (job, &builds, directory));
            return Some(());
        };
        let called = executor.get("name").unwrap_or(executor).text();
        let known = called.and_then(|name| self.tree.get("executors")?.get(name));
        if let Some(known) = known {
            self.left.take(known.weight)?;
            let mut names = vec![Names::Outer("parameters.", executor, &variables)];
            names.extend(known.get("parameters").map(|all| Names::Map("parameters.", all)));
            names.extend(self.of_pipeline());
            let inside = Variables { left: self.left, form: Form::Circle, names };
            self.images(source, &inside, (known, &builds, directory));
        } else if let (Some(called), Some(orb)) = (called, self.orb)
            && called.split_once('/').is_some_and(|(of, _)| of == orb)
        {
            self.version(source, &variables, (executor.get("tag"), builds(false), directory));
        }
        Some(())
    }

    fn of_pipeline(&self) -> Option<Names<'y>> {
        self.tree.get("parameters").map(|all| Names::Map("pipeline.parameters.", all))
    }

    /// The names that a job may refer to. What workflows give it is first.
    fn variables(&self, calls: &[&'y Node], job: &'y Node) -> Variables<'y> {
        let given = calls.iter().flat_map(|call| {
            let matrix = call.get("matrix").and_then(|matrix| matrix.get("parameters"));
            let all = [matrix.map(|all| &**all), Some(*call)];
            all.into_iter().flatten().map(|all| Names::Map("parameters.", all))
        });
        let mut names: Vec<Names<'_>> = given.collect();
        names.extend(job.get("parameters").map(|all| Names::Map("parameters.", all)));
        names.extend(self.of_pipeline());
        Variables { left: self.left, form: Form::Circle, names }
    }

    fn version(
        &self,
        source: &mut ClaimFile<'_>,
        variables: &Variables<'_>,
        (version, builds, directory): (Option<&Rc<Node>>, Use, &str),
    ) {
        let Some(version) = version else { return };
        let about = (ClaimKind::Ci, builds);
        if let Some(claim) = source.version(version, variables.values(version), about) {
            claim.uses.set_directory(directory);
        }
    }

    /// The images of a job or an executor. The first is the one in which the steps run.
    fn images(
        &self,
        source: &mut ClaimFile<'_>,
        variables: &Variables<'_>,
        (node, builds, directory): (&Node, &dyn Fn(bool) -> Use, &str),
    ) {
        let images = node.get("docker").map_or(&[][..], |docker| docker.items());
        for (number, image) in images.iter().filter_map(|one| one.get("image")).enumerate() {
            let builds = |official| match number {
                0 => builds(official),
                _ => Builds::Unknown.into(),
            };
            if let Some(claim) = source.image(image, variables.values(image), builds) {
                claim.uses.set_directory(directory);
            }
        }
        if images.is_empty() && node.text().is_some() {
            source.open(node, ELSEWHERE);
        }
    }
}

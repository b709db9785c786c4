//! GitLab's pipelines: the images of jobs, through `default`, `extends`, merged maps and variables.

use super::commands::Commands;
use super::means::Left;
use super::source::ClaimFile;
use super::variables::{Form, Names, Variables};
use super::yaml::{Node, Value};
use super::{Builds, Claims, ELSEWHERE, Use};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Keys at the top that are no jobs.
const NO_JOBS: [&str; 11] = [
    "default",
    "include",
    "stages",
    "variables",
    "workflow",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
    "spec",
];

/// The most maps that one job takes keys from.
const MOST_MAPS: usize = 16;

/// Adds the claims of a file to none.
pub(super) fn read(claims: &mut Claims, path: &str, bytes: &[u8]) {
    let mut source = ClaimFile { claims, path, directory: "", numbers: true };
    let left = Left::new();
    for tree in source.documents(bytes) {
        Pipeline::of(&tree, &left).read(&mut source);
    }
    source.end(&left);
}

struct Pipeline<'y> {
    tree: &'y Node,
    left: &'y Left,
    /// The jobs, and the maps that jobs extend, by name.
    jobs: HashMap<&'y str, &'y Node>,
    /// The images that a claim was made of.
    met: HashSet<*const Node>,
}

/// A job: the maps that it takes keys from, the first before the next.
struct Job<'y> {
    maps: Vec<&'y Node>,
    /// A name that it extends, of a job in another file.
    elsewhere: Option<&'y Node>,
}

impl<'y> Job<'y> {
    fn get(&self, key: &str) -> Option<&'y Rc<Node>> {
        self.maps.iter().find_map(|map| map.get(key))
    }
}

impl<'y> Pipeline<'y> {
    fn of(tree: &'y Node, left: &'y Left) -> Pipeline<'y> {
        let named = tree.entries().iter().filter_map(|(key, value)| Some((key.text()?, &**value)));
        let job = |(name, value): &(&str, &Node)| {
            !NO_JOBS.contains(name) && matches!(value.value, Value::Map(_))
        };
        Pipeline { tree, left, jobs: named.filter(job).collect(), met: HashSet::new() }
    }

    fn read(&mut self, source: &mut ClaimFile<'_>) {
        let names = self.tree.entries().iter().filter_map(|(key, _)| key.text());
        let names: Vec<&str> = names.filter(|name| self.jobs.contains_key(name)).collect();
        let hidden = |name: &&&str| name.starts_with('.');
        for name in names.iter().filter(|name| !hidden(name)) {
            if self.job(source, self.jobs[name], false).is_none() {
                return;
            }
        }
        // What no job of this file uses may be used by those of others.
        for name in names.iter().filter(hidden) {
            if self.job(source, self.jobs[name], true).is_none() {
                return;
            }
        }
        let (tree, default) = (self.tree, self.tree.get("default"));
        let unused = Job {
            maps: [Some(tree), default.map(|one| &**one)].into_iter().flatten().collect(),
            elsewhere: None,
        };
        for image in unused.maps.iter().filter_map(|map| map.get("image")) {
            if !self.met.contains(&Rc::as_ptr(image)) {
                self.image(source, &unused, (image, &|_| Builds::Doubtful.into()));
            }
        }
    }

    /// `None` if too much has been looked at.
    fn job(&mut self, source: &mut ClaimFile<'_>, node: &'y Node, hidden: bool) -> Option<()> {
        let job = self.resolved(node)?;
        let own = job.get("image");
        let image = own.or_else(|| self.default("image"));
        let unmet = |image: &&Rc<Node>| !self.met.contains(&Rc::as_ptr(image));
        if hidden {
            if let Some(image) = own.filter(unmet) {
                self.image(source, &job, (image, &|_| Builds::Doubtful.into()));
            }
            return Some(());
        }
        let commands = self.commands(&job)?;
        let Some(image) = image else {
            let include = self.tree.get("include").map(|include| &**include);
            if let Some(node) = job.elsewhere.or(include).filter(|_| commands.go) {
                source.open(node, ELSEWHERE);
            }
            return Some(());
        };
        let variable = |key: &str| {
            let maps = job.maps.iter().chain([&self.tree]);
            let mut values = maps.filter_map(|map| map.get("variables")?.get(key)?.text());
            values.next()
        };
        let fails = job.get("allow_failure").is_some_and(|one| one.text() != Some("false"));
        let elsewhere = matches!(variable("GIT_STRATEGY"), Some("none" | "empty"));
        let around = self.variables(&job).switch();
        let builds = |local| match commands.builds(local, &around) {
            _ if elsewhere => Use::from(Builds::Elsewhere),
            built if fails => built.at_most(Builds::Doubtful),
            built => built,
        };
        self.image(source, &job, (image, &builds));
        for service in job.get("services").or_else(|| self.default("services")).into_iter() {
            for item in service.items() {
                self.image(source, &job, (item, &|_| Builds::Unknown.into()));
            }
        }
        Some(())
    }

    /// A key that holds for the jobs without it.
    fn default(&self, key: &str) -> Option<&'y Rc<Node>> {
        let default = self.tree.get("default").and_then(|default| default.get(key));
        default.or_else(|| self.tree.get(key))
    }

    /// The maps that a job is made of.
    fn resolved(&self, node: &'y Node) -> Option<Job<'y>> {
        let mut job = Job { maps: vec![node], elsewhere: None };
        let mut at = 0;
        while let Some(&map) = job.maps.get(at).filter(|_| at < MOST_MAPS) {
            self.left.take(map.entries().len())?;
            if let Some(merged) = map.get("<<") {
                let several = merged.items().iter().map(|item| &**item);
                let one = (!merged.entries().is_empty()).then_some(&**merged);
                job.maps.extend(several.chain(one).take(MOST_MAPS));
            }
            if let Some(extends) = map.get("extends") {
                // The last one wins.
                let several = extends.items().iter().rev().map(|item| &**item);
                let one = extends.text().map(|_| &**extends);
                for name in several.chain(one).take(MOST_MAPS) {
                    match name.text().and_then(|name| self.jobs.get(name)) {
                        Some(map) => job.maps.push(map),
                        None => job.elsewhere = Some(name),
                    }
                }
            }
            at += 1;
        }
        job.maps.truncate(MOST_MAPS);
        Some(job)
    }

    fn commands(&self, job: &Job<'y>) -> Option<Commands> {
        let mut commands = Commands::default();
        let before = job.get("before_script").or_else(|| self.default("before_script"));
        for node in [before, job.get("script")].into_iter().flatten() {
            self.left.take(node.weight)?;
            commands.add_all(node);
        }
        Some(commands)
    }

    /// Adds the claim of an image: its name, or a map with the name.
    fn image(
        &mut self,
        source: &mut ClaimFile<'_>,
        job: &Job<'y>,
        of: (&'y Rc<Node>, &dyn Fn(bool) -> Use),
    ) {
        let (image, builds) = of;
        self.met.insert(Rc::as_ptr(image));
        let name = image.get("name").unwrap_or(image);
        source.image(name, self.variables(job).values(name), builds);
    }

    /// The variables of a job.
    fn variables(&self, job: &Job<'y>) -> Variables<'y> {
        let matrix = job.get("parallel").and_then(|parallel| parallel.get("matrix"));
        let mut names: Vec<Names<'_>> =
            matrix.map(|rows| Names::Map("", rows)).into_iter().collect();
        let maps = job.maps.iter().copied().chain([self.tree]);
        names.extend(maps.filter_map(|map| Some(Names::Map("", map.get("variables")?))));
        Variables { left: self.left, form: Form::Shell, names }
    }
}

//! Workflows of GitHub's form, and actions that are made of steps.

mod built;
mod job;
mod version_file;

use super::expression::Scope;
use super::means::Left;
use super::source::ClaimFile;
use super::yaml::{Node, Value};
use super::{Claims, TWICE};
use crate::repo::Repository;
use job::{Job, Kind};
use std::cell::Cell;
use std::collections::HashSet;
use std::rc::Rc;

/// A file: its path and its content.
type File<'f> = (&'f str, &'f [u8]);

/// What reading one file needs and fills.
struct Reader<'c> {
    source: ClaimFile<'c>,
    repository: &'c Repository,
    lines: Vec<&'c [u8]>,
}

impl<'c> Reader<'c> {
    fn new(
        claims: &'c mut Claims,
        repository: &'c Repository,
        (path, bytes): File<'c>,
    ) -> Reader<'c> {
        let lines = bytes.split(|&byte| byte == b'\n').collect();
        let source = ClaimFile { claims, path, directory: "", numbers: true };
        Reader { source, repository, lines }
    }

    /// The tree of the file. GitHub refuses one in which a key stands twice, which is noted.
    fn document(&mut self, bytes: &[u8]) -> Option<Rc<Node>> {
        let tree = self.source.document(bytes)?;
        if let Some(key) = repeated(&tree) {
            self.source.open(key, TWICE);
        }
        Some(tree)
    }
}

/// The first key that has stood in its map before.
fn repeated(node: &Node) -> Option<&Node> {
    let mut seen = HashSet::new();
    for (key, value) in node.entries() {
        if key.text().is_some_and(|text| !seen.insert(text)) {
            return Some(key);
        }
        if let Some(key) = repeated(value) {
            return Some(key);
        }
    }
    node.items().iter().find_map(|item| repeated(item))
}

/// Adds the claims of a workflow to none.
pub(super) fn read(claims: &mut Claims, repository: &Repository, file: File<'_>) {
    let mut reader = Reader::new(claims, repository, file);
    let Some(tree) = reader.document(file.1) else { return };
    let on = tree.get("on");
    let inputs =
        ["workflow_call", "workflow_dispatch"].map(|event| Some(&**on?.get(event)?.get("inputs")?));
    let Some(jobs) = tree.get("jobs") else { return };
    let (left, of_all) = (Left::new(), tree.get("env").map_or(0, |env| env.entries().len()));
    let asked = Cell::new(false);
    for (_, job) in jobs.entries() {
        // Each job looks at what all of them share.
        if left.take(of_all).is_none() {
            break;
        }
        let matrix = job.get("strategy").and_then(|strategy| strategy.get("matrix"));
        let env = [None, job.get("env").map(|env| &**env), tree.get("env").map(|env| &**env)];
        let (left, asked) = (&left, &asked);
        let scope = Scope { left, matrix: matrix.map(|matrix| &**matrix), env, inputs, asked };
        Job::of(job, &tree, Kind::Workflow).read(&mut reader, scope);
    }
    reader.source.end(&left);
}

/// Adds the claims of an action to none.
pub(super) fn read_action(claims: &mut Claims, repository: &Repository, file: File<'_>) {
    let mut reader = Reader::new(claims, repository, file);
    let Some(tree) = reader.document(file.1) else { return };
    let inputs = [tree.get("inputs").map(|inputs| &**inputs), None];
    let Some(runs) = tree.get("runs") else { return };
    let left = Left::new();
    let asked = Cell::new(false);
    let scope = Scope { left: &left, matrix: None, env: [None; 3], inputs, asked: &asked };
    Job::of(runs, &tree, Kind::Action).read(&mut reader, scope);
    reader.source.end(&left);
}

/// Whether a `uses` names an action that sets up a Go, with its repository and its version.
fn setup_go(uses: &str) -> Option<(&str, &str)> {
    let (action, version) = uses.trim().split_once('@')?;
    let action = action
        .strip_prefix("https://")
        .map_or(action, |url| url.split_once('/').map_or(url, |(_, action)| action));
    let name = action.split('/').nth(1)?;
    (name == "setup-go" || name.starts_with("setup-go-")).then_some((action, version))
}

/// A list of what a node holds, itself if it is a scalar.
fn scalars(node: &Node) -> Vec<&str> {
    match &node.value {
        Value::List(items) => items.iter().filter_map(|item| item.text()).collect(),
        _ => node.text().into_iter().collect(),
    }
}

//! Workflows of GitHub's form, and actions that are made of steps.

mod job;

use super::expression::{Left, Means, Scope};
use super::yaml::{self, Node, Value};
use super::{Claims, NO_VERSION, Said};
use crate::finding::{Finding, Place};
use crate::repo::Repository;
use crate::rule::Rule;
use goward_resolver::Selector;
use job::{Job, Kind};

/// A file: its path and its content.
type File<'f> = (&'f str, &'f [u8]);

/// What reading one file needs and fills.
struct Reader<'c> {
    claims: &'c mut Claims,
    repository: &'c Repository,
    path: &'c str,
    lines: Vec<&'c [u8]>,
}

/// Adds the claims of a workflow to none.
pub(super) fn read(claims: &mut Claims, repository: &Repository, (path, bytes): File<'_>) {
    let Some(tree) = tree(claims, path, bytes) else { return };
    let on = tree.get("on");
    let inputs =
        ["workflow_call", "workflow_dispatch"].map(|event| Some(&**on?.get(event)?.get("inputs")?));
    let lines = bytes.split(|&byte| byte == b'\n').collect();
    let mut reader = Reader { claims, repository, path, lines };
    let Some(jobs) = tree.get("jobs") else { return };
    let (left, of_all) = (Left::new(), tree.get("env").map_or(0, |env| env.entries().len()));
    for (_, job) in jobs.entries() {
        // Each job looks at what all of them share.
        if left.take(of_all).is_none() {
            break;
        }
        let matrix = job.get("strategy").and_then(|strategy| strategy.get("matrix"));
        let env = [None, job.get("env").map(|env| &**env), tree.get("env").map(|env| &**env)];
        let left = &left;
        let scope = Scope { left, matrix: matrix.map(|matrix| &**matrix), env, inputs };
        Job::of(job, &tree, Kind::Workflow).read(&mut reader, scope);
    }
    reader.end(&left);
}

/// Adds the claims of an action to none.
pub(super) fn read_action(claims: &mut Claims, repository: &Repository, (path, bytes): File<'_>) {
    let Some(tree) = tree(claims, path, bytes) else { return };
    let inputs = [tree.get("inputs").map(|inputs| &**inputs), None];
    let Some(runs) = tree.get("runs") else { return };
    let lines = bytes.split(|&byte| byte == b'\n').collect();
    let mut reader = Reader { claims, repository, path, lines };
    let left = Left::new();
    let scope = Scope { left: &left, matrix: None, env: [None; 3], inputs };
    Job::of(runs, &tree, Kind::Action).read(&mut reader, scope);
    reader.end(&left);
}

fn tree(claims: &mut Claims, path: &str, bytes: &[u8]) -> Option<std::rc::Rc<Node>> {
    match yaml::load(bytes) {
        Ok(tree) => tree,
        Err(why) => {
            claims.unreadable(path, why.line, why.why);
            None
        }
    }
}

impl Reader<'_> {
    /// The end of a file. One in which there was too much to look at says nothing.
    fn end(self, left: &Left) {
        if left.is_spent() {
            *self.claims = Claims::default();
            self.claims.unreadable(self.path, 1, "too large");
        }
    }

    fn place(&self, node: &Node) -> Place {
        Place::part(self.path, node.line, node.columns.0..node.columns.1)
    }

    fn place_of(&self, means: &Means) -> Place {
        Place::part(self.path, means.line, means.columns.0..means.columns.1)
    }

    /// The versions of values that setup-go is given. What is none is noted.
    fn versions(&mut self, values: Vec<Means>) -> Vec<Said> {
        let mut said = Vec::new();
        for value in values {
            let at = self.place_of(&value);
            if value.plain && loses_its_zero(&value.text) {
                self.claims.findings.push(number(at, &value.text));
                continue;
            }
            match selector(&value.text) {
                Some(says) => said.push(Said { text: value.text, says, at }),
                None => self.claims.open(at, NO_VERSION),
            }
        }
        said
    }
}

/// Whether YAML reads a plain scalar as a number that is printed without its last zero.
fn loses_its_zero(text: &str) -> bool {
    let Some((whole, part)) = text.split_once('.') else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(part) && part.ends_with('0') && part.len() > 1
}

fn number(at: Place, text: &str) -> Finding {
    let short = text.trim_end_matches('0');
    let message = format!("{text} without quotes is the number {short} for every YAML reader");
    let finding = Finding::new(Rule::YamlNumber, at, [text, "this number"], message);
    finding.mend(format!("write '{text}'"))
}

/// The meaning of a version by setup-go's grammar, which is that of semantic versions.
fn selector(text: &str) -> Option<Selector> {
    let text = text.trim();
    match text {
        "*" | "x" | "stable" | "latest" => return Some(Selector::Latest),
        "oldstable" => return Some(Selector::OldStable),
        _ => {}
    }
    // A range may have blanks behind an operator.
    let text = text.replace(">= ", ">=").replace("< ", "<").replace("> ", ">");
    // `~1.22.x` and `^1.22.x` say the same without the x.
    let text = match text.strip_suffix(".x").filter(|_| text.starts_with(['~', '^'])) {
        Some(short) => short.to_owned(),
        None => text,
    };
    match Selector::parse(&text).ok()? {
        Selector::Linked(_) | Selector::System | Selector::Tip => None,
        selector => Some(selector),
    }
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

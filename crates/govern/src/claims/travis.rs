//! Travis: `go` at the top and in the jobs of its matrix.

use super::commands::Commands;
use super::means::{Left, Means};
use super::source::ClaimFile;
use super::switch::Switch;
use super::yaml::{Node, Value};
use super::{Builds, COMPUTED, ClaimKind, Claims};
use std::collections::HashSet;

/// Adds the claims of a file to none.
pub(super) fn read(claims: &mut Claims, path: &str, bytes: &[u8]) {
    let mut source = ClaimFile { claims, path, directory: "", numbers: true };
    let Some(tree) = source.document(bytes) else { return };
    let left = Left::new();
    if left.take(tree.weight).is_some() {
        matrix(&mut source, &tree);
    }
    source.end(&left);
}

fn matrix(source: &mut ClaimFile<'_>, tree: &Node) {
    let jobs = tree.get("jobs").or_else(|| tree.get("matrix"));
    let list = |key: &str| {
        let list = jobs.and_then(|jobs| jobs.get(key));
        list.map_or(&[][..], |list| list.items())
    };
    let texts = |key: &str| -> HashSet<&str> {
        let alone = list(key).iter().filter(|item| item.entries().len() == 1);
        alone.filter_map(|item| item.get("go")?.text()).collect()
    };
    let (may_fail, excluded) = (texts("allow_failures"), texts("exclude"));
    let all: Vec<&Node> = tree.get("go").map(|go| flat(go)).unwrap_or_default();
    let all =
        all.into_iter().chain(list("include").iter().filter_map(|job| Some(&**job.get("go")?)));
    let all = all.filter(|node| node.text().is_none_or(|text| !excluded.contains(text)));
    let (sure, doubtful): (Vec<&Node>, Vec<&Node>) =
        all.partition(|node| node.text().is_none_or(|text| !may_fail.contains(text)));
    let mut commands = Commands::default();
    for key in ["before_install", "install", "before_script", "script", "env"] {
        if let Some(node) = tree.get(key) {
            commands.add_all(node);
        }
    }
    // Without a script Travis runs go test.
    let default = tree.get("script").is_none();
    if default {
        commands.build_here();
    }
    let built = commands.builds(false, &Switch::default());
    for (nodes, built) in [(sure, built), (doubtful, Builds::Doubtful.into())] {
        let mut values = Vec::new();
        for node in nodes {
            match node.text() {
                Some(text) if text.trim().is_empty() => {}
                Some(text) if text.contains('$') => source.open(node, COMPUTED),
                Some(_) => values.push(Means::trimmed(node)),
                None => {}
            }
        }
        let said = source.versions(values);
        source.claim((ClaimKind::Ci, built), said, None);
    }
}

/// The scalars of a list, or the one scalar.
fn flat(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::List(items) => items.iter().map(|item| &**item).collect(),
        _ => vec![node],
    }
}

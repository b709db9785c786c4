//! Two runs of Go: which keys differ, and why.

use super::cause::{Cause, Reason, reasons};
use super::{Keys, Step};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The most groups of roots. What comes beyond is one group more.
const MOST_GROUPS: usize = 100;

/// The difference of two runs.
#[derive(Debug, Default)]
pub struct Comparison {
    /// How many packages both have.
    pub packages: u64,
    /// How many of these have other keys.
    pub different: u64,
    /// How many packages only one of them has.
    pub only: [u64; 2],
    /// The roots, by their causes; those with the most packages first.
    pub groups: Vec<Group>,
}

/// The roots with one cause.
#[derive(Debug)]
pub struct Group {
    /// The cause.
    pub cause: Cause,
    /// The value of the first run, where there is one.
    pub before: Option<String>,
    /// The value of the second run.
    pub after: Option<String>,
    /// The steps, each behind those that it needs.
    pub roots: Vec<Step>,
    /// The number of packages of these.
    pub packages: u64,
    /// How many packages have other keys only because a root of this group has.
    pub follow: u64,
}

/// A step whose keys differ.
struct Node<'a> {
    step: &'a Step,
    reasons: Vec<Reason>,
    imports: Vec<String>,
}

impl Comparison {
    /// Compares two runs.
    #[must_use]
    pub fn of(before: &Keys, after: &Keys) -> Comparison {
        let packages = |keys: &Keys| -> BTreeSet<String> {
            keys.steps.keys().map(|step| step.package.clone()).collect()
        };
        let (first, second) = (packages(before), packages(after));
        let nodes = differing(before, after);
        let different: BTreeSet<&str> =
            nodes.iter().map(|node| node.step.package.as_str()).collect();
        Comparison {
            packages: first.intersection(&second).count() as u64,
            different: different.len() as u64,
            only: [first.difference(&second).count(), second.difference(&first).count()]
                .map(|count| count as u64),
            groups: groups(&nodes),
        }
    }
}

/// The steps that both have, with other keys.
fn differing<'a>(before: &'a Keys, after: &Keys) -> Vec<Node<'a>> {
    let mut nodes = Vec::new();
    for (step, made) in &before.steps {
        if let Some(other) = after.steps.get(step)
            && made.keys != other.keys
        {
            let (reasons, imports) = reasons(&step.package, made, other);
            nodes.push(Node { step, reasons, imports });
        }
    }
    let compiled: BTreeSet<&str> = nodes
        .iter()
        .filter(|node| node.step.kind == COMPILE)
        .map(|node| node.step.package.as_str())
        .collect();
    // An import whose own key is the same has another content.
    let unexplained: Vec<(usize, Cause)> = nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| node.reasons.is_empty())
        .filter(|(_, node)| !node.imports.iter().any(|name| is_other(&compiled, node, name)))
        .map(|(at, node)| {
            let content = node.imports.first().cloned().map(Cause::Content);
            (at, content.unwrap_or_else(|| Cause::Other("unknown".to_owned())))
        })
        .collect();
    for (at, cause) in unexplained {
        nodes[at].reasons.push((cause, None, None));
    }
    nodes
}

const COMPILE: &str = "compile";

/// Whether an import's own key differs. A package does not need itself to be compiled.
fn is_other(compiled: &BTreeSet<&str>, node: &Node<'_>, import: &str) -> bool {
    compiled.contains(import) && !(node.step.kind == COMPILE && import == node.step.package)
}

/// Groups the roots, and counts what follows from each.
fn groups(nodes: &[Node<'_>]) -> Vec<Group> {
    let mut numbers: BTreeMap<Reason, usize> = BTreeMap::new();
    let beyond = || (Cause::Other("more causes".to_owned()), None, None);
    let mut own: Vec<BTreeSet<usize>> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let mut all = BTreeSet::new();
        for reason in &node.reasons {
            let is_new = !numbers.contains_key(reason);
            let reason =
                if is_new && numbers.len() >= MOST_GROUPS { beyond() } else { reason.clone() };
            let next = numbers.len();
            all.insert(*numbers.entry(reason).or_insert(next));
        }
        own.push(all);
    }
    let order = order(nodes);
    let mut found: Vec<Group> = Vec::with_capacity(numbers.len());
    let mut by_number: Vec<(Reason, usize)> = numbers.into_iter().collect();
    by_number.sort_by_key(|(_, number)| *number);
    for (reason, number) in by_number {
        found.push(group(reason, number, (nodes, &own, &order)));
    }
    found.sort_by(|a, b| {
        let weight = |group: &Group| group.packages + group.follow;
        weight(b).cmp(&weight(a)).then_with(|| a.cause.cmp(&b.cause))
    });
    found
}

/// One group.
fn group(
    (cause, before, after): Reason,
    number: usize,
    (nodes, own, order): (&[Node<'_>], &[BTreeSet<usize>], &Order),
) -> Group {
    let mut reached = vec![false; nodes.len()];
    let (mut roots, mut packages, mut follow) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for &at in &order.nodes {
        let node = &nodes[at];
        if own[at].contains(&number) {
            reached[at] = true;
            roots.push(node.step.clone());
            packages.insert(node.step.package.as_str());
        } else if order.needs[at].iter().any(|need| reached[*need]) {
            reached[at] = true;
            follow.insert(node.step.package.as_str());
        }
    }
    let follow = follow.difference(&packages).count() as u64;
    Group { cause, before, after, roots, packages: packages.len() as u64, follow }
}

/// The order of the steps that differ.
struct Order {
    /// The steps, each behind those that it needs.
    nodes: Vec<usize>,
    /// What each of them needs of the others.
    needs: Vec<Vec<usize>>,
}

/// Each step behind those that it needs. A record may hold a circle; where one closes it is cut.
fn order(nodes: &[Node<'_>]) -> Order {
    let compiled: HashMap<&str, usize> = nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| node.step.kind == COMPILE)
        .map(|(at, node)| (node.step.package.as_str(), at))
        .collect();
    let needs_of = |(at, node): (usize, &Node<'_>)| {
        let needs = node.imports.iter().filter_map(|name| compiled.get(name.as_str()).copied());
        needs.filter(|need| *need != at).collect::<Vec<_>>()
    };
    let needs: Vec<Vec<usize>> = nodes.iter().enumerate().map(needs_of).collect();
    let (mut sorted, mut is_seen) = (Vec::with_capacity(nodes.len()), vec![false; nodes.len()]);
    for start in 0..nodes.len() {
        let mut way = vec![(start, 0)];
        if std::mem::replace(&mut is_seen[start], true) {
            continue;
        }
        while let Some((at, next)) = way.pop() {
            match needs[at].get(next) {
                None => sorted.push(at),
                Some(&need) => {
                    way.push((at, next + 1));
                    if !std::mem::replace(&mut is_seen[need], true) {
                        way.push((need, 0));
                    }
                }
            }
        }
    }
    Order { nodes: sorted, needs }
}

//! The values that a text of a workflow can have: `${{ matrix.go }}` is each entry of the matrix.

use super::yaml::{MOST_WEIGHT, Node, Value};
use super::{COMPUTED, ELSEWHERE};
use std::cell::Cell;
use std::collections::HashSet;
use std::rc::Rc;

/// The most values of one text.
const MOST: usize = 256;
/// The most bytes of all values of one text that has several pieces.
const LONGEST: usize = 64 << 10;
/// How often a value may refer to another one.
const DEEPEST: u32 = 4;

/// What readers may still look at in a file, in the weight of nodes: as much again as the file may have.
/// So what one place says of another one takes no square of time.
pub(super) struct Left(Cell<usize>);

impl Left {
    pub(super) fn new() -> Left {
        Left(Cell::new(MOST_WEIGHT))
    }

    /// Takes the weight of what the caller is about to look at. `None` if too little is left, then and from
    /// then on.
    pub(super) fn take(&self, weight: usize) -> Option<()> {
        let left = self.0.get().checked_sub(weight);
        self.0.set(left.unwrap_or_default());
        left.filter(|&left| left > 0).map(|_| ())
    }

    /// Whether it has been too little.
    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

/// What expressions may refer to.
#[derive(Clone, Copy)]
pub(super) struct Scope<'y> {
    /// What may still be looked at in this file.
    pub(super) left: &'y Left,
    /// `strategy.matrix` of the job.
    pub(super) matrix: Option<&'y Node>,
    /// `env` of the step, the job and the workflow: the nearest first.
    pub(super) env: [Option<&'y Node>; 3],
    /// The declarations of inputs.
    pub(super) inputs: [Option<&'y Node>; 2],
}

/// One value, and the scalar that says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Means {
    pub(super) text: String,
    pub(super) line: u32,
    pub(super) columns: (u32, u32),
    /// Whether YAML may take it for a number.
    pub(super) plain: bool,
}

impl Means {
    fn of(node: &Node, text: &str) -> Means {
        let (line, columns) = (node.line, node.columns);
        Means { text: text.to_owned(), line, columns, plain: node.is_plain() }
    }
}

type Values = Result<Vec<Means>, &'static str>;

impl Scope<'_> {
    /// The values of a scalar; none for one that is empty.
    pub(super) fn values(&self, node: &Node) -> Values {
        self.values_at(node, 0)
    }

    fn values_at(&self, node: &Node, depth: u32) -> Values {
        let Some(text) = node.text() else { return Err(COMPUTED) };
        if depth > DEEPEST {
            return Err(COMPUTED);
        }
        self.left.take(node.weight).ok_or(COMPUTED)?;
        let pieces = pieces(text).filter(|pieces| pieces.len() <= MOST).ok_or(COMPUTED)?;
        if let [Piece::Expression(expression)] = &pieces[..] {
            return self.expression(expression, depth);
        }
        if let [Piece::Text(text)] = &pieces[..] {
            let text = text.trim();
            return Ok(if text.is_empty() { Vec::new() } else { vec![Means::of(node, text)] });
        }
        let mut all = vec![Means { plain: false, ..Means::of(node, "") }];
        for piece in pieces {
            let values = match piece {
                Piece::Text(text) => vec![text.to_owned()],
                Piece::Expression(expression) => self
                    .expression(expression, depth)?
                    .into_iter()
                    .map(|value| value.text)
                    .collect(),
            };
            if all.len() * values.len() > MOST {
                return Err(COMPUTED);
            }
            let joined = all.iter().flat_map(|before| {
                values.iter().map(move |value| Means {
                    text: [&before.text, value.as_str()].concat(),
                    ..before.clone()
                })
            });
            all = joined.collect();
            if all.iter().map(|value| value.text.len()).sum::<usize>() > LONGEST {
                return Err(COMPUTED);
            }
        }
        Ok(all)
    }

    fn expression(&self, text: &str, depth: u32) -> Values {
        let mut path = text.trim().split('.');
        let plain = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        };
        let parts: Vec<&str> = path.by_ref().collect();
        if !parts.iter().all(|part| plain(part)) {
            return Err(COMPUTED);
        }
        match &parts[..] {
            ["matrix", key, below @ ..] => self.of_matrix(key, below, depth),
            ["env", key] => {
                let entries = self.env.iter().flatten().map(|env| env.entries().len()).sum();
                self.left.take(entries).ok_or(COMPUTED)?;
                let value = self.env.iter().flatten().find_map(|env| env.get(key));
                value.map_or(Err(ELSEWHERE), |value| self.values_at(value, depth + 1))
            }
            ["inputs", key] | ["github", "event", "inputs", key] => {
                let entries = self.inputs.iter().flatten().map(|one| one.entries().len()).sum();
                self.left.take(entries).ok_or(COMPUTED)?;
                let declared = self.inputs.iter().flatten().find_map(|inputs| inputs.get(key));
                let default = declared.and_then(|input| input.get("default"));
                default.map_or(Err(ELSEWHERE), |value| self.values_at(value, depth + 1))
            }
            ["vars" | "secrets", ..] => Err(ELSEWHERE),
            _ => Err(COMPUTED),
        }
    }

    /// The values of a key of the matrix, those of `include` among them, without those of `exclude`.
    fn of_matrix(&self, key: &str, below: &[&str], depth: u32) -> Values {
        let matrix = self.matrix.ok_or(COMPUTED)?;
        let Value::Map(_) = &matrix.value else { return Err(COMPUTED) };
        self.left.take(matrix.weight).ok_or(COMPUTED)?;
        let list = |name: &str| matrix.get(name).map(|list| &**list);
        let mut nodes: Vec<&Rc<Node>> = Vec::new();
        if let Some(base) = matrix.get(key) {
            let Value::List(items) = &base.value else { return Err(COMPUTED) };
            nodes.extend(items);
        }
        let excluded: HashSet<&str> = only(list("exclude"), key)?;
        nodes.retain(|node| node.text().is_none_or(|text| !excluded.contains(text)));
        if let Some(include) = list("include") {
            let Value::List(items) = &include.value else { return Err(COMPUTED) };
            nodes.extend(items.iter().filter_map(|item| item.get(key)));
        }
        if nodes.len() > MOST {
            return Err(COMPUTED);
        }
        let mut all = Vec::new();
        for node in nodes {
            let deep =
                below.iter().try_fold(&**node, |node, key| node.get(key).map(|node| &**node));
            if let Some(node) = deep {
                all.extend(self.values_at(node, depth + 1)?);
            }
            if all.len() > MOST {
                return Err(COMPUTED);
            }
        }
        all.dedup();
        Ok(all)
    }
}

/// The values of `key` that are excluded with every value of the other keys.
fn only<'y>(exclude: Option<&'y Node>, key: &str) -> Result<HashSet<&'y str>, &'static str> {
    let Some(exclude) = exclude else { return Ok(HashSet::new()) };
    let Value::List(items) = &exclude.value else { return Err(COMPUTED) };
    let alone = items.iter().filter(|item| item.entries().len() == 1);
    Ok(alone.filter_map(|item| item.get(key)?.text()).collect())
}

enum Piece<'t> {
    Text(&'t str),
    Expression(&'t str),
}

/// The pieces of a text; `None` if an expression does not end.
fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let (mut pieces, mut rest) = (Vec::new(), text.trim());
    while let Some((before, after)) = rest.split_once("${{") {
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        let (inside, after) = after.split_once("}}")?;
        pieces.push(Piece::Expression(inside));
        rest = after;
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    Some(pieces)
}

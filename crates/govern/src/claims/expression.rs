//! The values that a text of a workflow can have: `${{ matrix.go }}` is each entry of the matrix.

use super::exclude;
use super::means::{DEEPEST, Left, MOST, Means, Values, joined};
use super::yaml::{Node, Value};
use super::{COMPUTED, ELSEWHERE};
use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;

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
    /// Whether the default of an input has been a value, which callers may say otherwise.
    pub(super) asked: &'y Cell<bool>,
}

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
        if let [Piece::Text(_)] = &pieces[..] {
            let means = Means::trimmed(node);
            return Ok(if means.text.is_empty() { Vec::new() } else { vec![means] });
        }
        let values = |piece: Piece<'_>| match piece {
            Piece::Text(bytes) => Ok(vec![Means::of(node, bytes)]),
            Piece::Expression(expression) => self.expression(expression, depth),
        };
        joined(self.left, node, pieces.into_iter().map(values).collect::<Result<_, _>>()?)
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
                self.asked.set(true);
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
        if nodes.len() > MOST {
            return Err(COMPUTED);
        }
        let mut kept = Vec::new();
        for node in nodes {
            if !node
                .text()
                .map_or(Ok(false), |text| exclude::takes(self.left, matrix, (key, text)))?
            {
                kept.push(node);
            }
        }
        let mut nodes = kept;
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

enum Piece<'t> {
    Text(Range<usize>),
    Expression(&'t str),
}

/// The pieces of a text without blanks around it; `None` if an expression does not end.
fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let mut at = text.len() - text.trim_start().len();
    let end = at + text.trim().len();
    let mut pieces = Vec::new();
    while let Some(start) = text[at..end].find("${{").map(|start| at + start) {
        if start > at {
            pieces.push(Piece::Text(at..start));
        }
        let inside = start + 3;
        let length = text[inside..end].find("}}")?;
        pieces.push(Piece::Expression(&text[inside..inside + length]));
        at = inside + length + 2;
    }
    if at < end || pieces.is_empty() {
        pieces.push(Piece::Text(at..end));
    }
    Some(pieces)
}

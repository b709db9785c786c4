//! The values that a text with names of variables can have, outside of GitHub's workflows: `$GO` of a
//! shell, `$(GO)` of Azure, `<< parameters.go >>` of CircleCI.

use super::means::{DEEPEST, Left, MOST, Means, Values, joined};
use super::switch::{SWITCH, Switch};
use super::yaml::{Node, Value};
use super::{COMPUTED, ELSEWHERE};
use std::ops::Range;
use std::rc::Rc;

/// How names stand in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `$GO`, `${GO}`, `${GO:-1.22}`.
    Shell,
    /// `$(go)`, `${{ parameters.go }}`.
    Azure,
    /// `<< parameters.go >>`.
    Circle,
}

/// A place in which names have values.
#[derive(Clone, Copy)]
pub(super) enum Names<'y> {
    /// A map of names, or a list of such maps. A value is a scalar, a list of them, or a map with `value`
    /// or `default`. The names stand behind this prefix.
    Map(&'static str, &'y Node),
    /// A list of maps, each with `name`, and `value` or `default`.
    List(&'static str, &'y Node),
    /// A map of maps: each has the names.
    Rows(&'static str, &'y Node),
    /// A map of names, whose values have names of another scope in them.
    Outer(&'static str, &'y Node, &'y Variables<'y>),
}

/// The names that a text may have in it.
#[derive(Clone)]
pub(super) struct Variables<'y> {
    pub(super) left: &'y Left,
    pub(super) form: Form,
    /// The nearest first.
    pub(super) names: Vec<Names<'y>>,
}

impl<'y> Variables<'y> {
    /// The values of a scalar; none for one that is empty.
    pub(super) fn values(&self, node: &Node) -> Values {
        self.values_at(node, 0)
    }

    fn values_at(&self, node: &Node, depth: u32) -> Values {
        let Some(text) = node.text() else { return Err(ELSEWHERE) };
        if depth > DEEPEST {
            return Err(COMPUTED);
        }
        self.left.take(node.weight).ok_or(COMPUTED)?;
        let pieces =
            self.form.pieces(text).filter(|pieces| pieces.len() <= MOST).ok_or(COMPUTED)?;
        match &pieces[..] {
            [Piece::Name(name, None)] => return self.named(name, depth),
            [] | [Piece::Text(_)] => {
                let means = Means::trimmed(node);
                return Ok(if means.text.is_empty() { Vec::new() } else { vec![means] });
            }
            _ => {}
        }
        let values = |piece| match piece {
            Piece::Text(bytes) => Ok(vec![Means::of(node, bytes)]),
            Piece::Name(name, default) => match (self.named(name, depth), default) {
                (Err(ELSEWHERE), Some(bytes)) => Ok(vec![Means::of(node, bytes)]),
                (values, _) => values,
            },
        };
        joined(self.left, node, pieces.into_iter().map(values).collect::<Result<_, _>>()?)
    }

    /// What is said of GOTOOLCHAIN.
    pub(super) fn switch(&self) -> Switch {
        Switch::of_values(self.named(SWITCH, 0))
    }

    fn named(&self, name: &str, depth: u32) -> Values {
        for names in &self.names {
            let (found, outer) = names.find(name, self.left)?;
            if found.len() > MOST {
                return Err(COMPUTED);
            }
            let mut all = Vec::new();
            for node in &found {
                all.extend(outer.unwrap_or(self).values_at(node, depth + 1)?);
                if all.len() > MOST {
                    return Err(COMPUTED);
                }
            }
            if !found.is_empty() {
                return Ok(all);
            }
        }
        Err(ELSEWHERE)
    }
}

/// What a name stands for, and in what scope.
type Found<'y> = (Vec<&'y Node>, Option<&'y Variables<'y>>);

impl<'y> Names<'y> {
    fn find(&self, name: &str, left: &Left) -> Result<Found<'y>, &'static str> {
        let (Names::Map(prefix, node)
        | Names::List(prefix, node)
        | Names::Rows(prefix, node)
        | Names::Outer(prefix, node, _)) = *self;
        let Some(name) = name.strip_prefix(prefix) else { return Ok((Vec::new(), None)) };
        let size = node.entries().len() + node.items().len();
        left.take(1 + size).ok_or(COMPUTED)?;
        let mut found = Vec::new();
        match *self {
            Names::Map(..) => {
                for map in rows(node) {
                    left.take(map.entries().len()).ok_or(COMPUTED)?;
                    found.extend(map.get(name).into_iter().flat_map(|value| flat(value)));
                }
            }
            Names::List(..) => {
                let of =
                    |item: &&Rc<Node>| item.get("name").and_then(|one| one.text()) == Some(name);
                found.extend(node.items().iter().filter(of).flat_map(|item| flat(item)));
            }
            Names::Rows(..) => {
                for (_, row) in node.entries() {
                    left.take(row.entries().len()).ok_or(COMPUTED)?;
                    found.extend(row.get(name).into_iter().flat_map(|value| flat(value)));
                }
            }
            Names::Outer(.., outer) => {
                found.extend(node.get(name).into_iter().flat_map(|value| flat(value)));
                return Ok((found, Some(outer)));
            }
        }
        Ok((found, None))
    }
}

/// The maps of a list, or the one map.
fn rows(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::List(items) => items.iter().map(|item| &**item).collect(),
        _ => vec![node],
    }
}

/// The scalars that a value is made of.
fn flat(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::Scalar { .. } => vec![node],
        Value::List(items) => items.iter().map(|item| &**item).collect(),
        Value::Map(_) => {
            let value = node.get("value").or_else(|| node.get("default"));
            value.map(|value| &**value).into_iter().collect()
        }
    }
}

enum Piece<'t> {
    Text(Range<usize>),
    /// A name, with its default.
    Name(&'t str, Option<Range<usize>>),
}

impl Form {
    /// `None` if a reference makes no sense.
    fn pieces(self, text: &str) -> Option<Vec<Piece<'_>>> {
        let mut at = text.len() - text.trim_start().len();
        let end = at + text.trim().len();
        let mut pieces = Vec::new();
        let open = if self == Form::Circle { "<<" } else { "$" };
        while let Some(start) = text[at..end].find(open).map(|start| at + start) {
            if start > at {
                pieces.push(Piece::Text(at..start));
            }
            let (piece, behind) = self.reference(text, start)?;
            pieces.push(piece);
            at = behind;
        }
        if at < end {
            pieces.push(Piece::Text(at..end));
        }
        Some(pieces)
    }

    /// The reference at a place, and the place behind it.
    fn reference(self, text: &str, at: usize) -> Option<(Piece<'_>, usize)> {
        let closed = |open: usize, close: &str| {
            let length = text[at + open..].find(close)?;
            Some((at + open..at + open + length, at + open + length + close.len()))
        };
        let rest = &text[at..];
        let (inside, behind) = match self {
            Form::Circle => closed(2, ">>")?,
            Form::Azure if rest.starts_with("${{") => closed(3, "}}")?,
            Form::Azure if rest.starts_with("$(") => closed(2, ")")?,
            Form::Azure => return None,
            Form::Shell if rest.starts_with("${") => closed(2, "}")?,
            Form::Shell => {
                let length = rest[1..].bytes().take_while(is_name).count();
                let name = at + 1..at + 1 + length;
                return (length > 0).then(|| (Piece::Name(&text[name.clone()], None), name.end));
            }
        };
        let (name, default) = match self {
            Form::Shell => {
                let length = text[inside.clone()].bytes().take_while(is_name).count();
                let (name, rest) = text[inside.clone()].split_at(length);
                let skip = match rest {
                    "" => None,
                    rest if rest.starts_with(":-") => Some(2),
                    rest => Some(rest.strip_prefix('-').map(|_| 1)?),
                };
                (name, skip.map(|skip| inside.start + length + skip..inside.end))
            }
            _ => (text[inside].trim(), None),
        };
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
        (!name.is_empty() && name.bytes().all(plain))
            .then_some((Piece::Name(name, default), behind))
    }
}

fn is_name(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::super::yaml::load;
    use super::*;

    fn values(form: Form, text: &str) -> Result<Vec<(String, String)>, &'static str> {
        let tree =
            load(format!("n: {{A: '1.22', L: [x, y], V: {{value: v}}}}\nt: '{text}'\n").as_bytes());
        let (tree, left) = (tree.unwrap().unwrap(), Left::new());
        let names = vec![Names::Map("", tree.get("n").unwrap())];
        let variables = Variables { left: &left, form, names };
        let all = variables.values(tree.get("t").unwrap())?;
        let at = |one: &Means| {
            let place = one.place_of_all("f");
            format!("{}:{}", place.line, place.columns.map_or(0, |columns| columns.0))
        };
        Ok(all.iter().map(|one| (one.text.clone(), at(one))).collect())
    }

    #[test]
    fn names_are_replaced_by_what_they_stand_for() {
        for (form, text, wants) in [
            (Form::Shell, "a:$A", "a:1.22 2:5"),
            (Form::Shell, "$A", "1.22 1:9"),
            (Form::Shell, "${A}-${V}", "1.22-v 2:5"),
            (Form::Shell, "${B:-1.2}", "1.2 2:10"),
            (Form::Shell, "$L", "x 1:20 y 1:23"),
            (Form::Azure, "$(A)", "1.22 1:9"),
            (Form::Azure, "${{ A }}.x", "1.22.x 2:5"),
            (Form::Circle, "<< A >>", "1.22 1:9"),
            (Form::Shell, "plain", "plain 2:5"),
        ] {
            let found = values(form, text).unwrap();
            let found: Vec<String> =
                found.into_iter().map(|(text, at)| format!("{text} {at}")).collect();
            assert_eq!(found.join(" "), wants, "{text}");
        }
        for (form, text, why) in [
            (Form::Shell, "$B", ELSEWHERE),
            (Form::Shell, "${A", COMPUTED),
            (Form::Shell, "$(make v)", COMPUTED),
            (Form::Shell, "${A/x/y}", COMPUTED),
            (Form::Azure, "$[ x ]", COMPUTED),
            (Form::Circle, "<< A", COMPUTED),
        ] {
            assert_eq!(values(form, text), Err(why), "{text}");
        }
    }
}

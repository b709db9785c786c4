//! `exclude` of a workflow's matrix: which values of a key are left with no value of the other keys.

use super::COMPUTED;
use super::means::{Left, MOST};
use super::yaml::{Node, Value};
use std::collections::HashMap;
use std::rc::Rc;

/// What an entry of `exclude` says of the other keys.
type Conditions<'y> = Vec<(&'y str, &'y str)>;

/// Whether the entries of `exclude` take a value of a key out of a matrix altogether. The error is why that
/// cannot be known.
pub(super) fn takes(
    left: &Left,
    matrix: &Node,
    (key, value): (&str, &str),
) -> Result<bool, &'static str> {
    let Some(exclude) = matrix.get("exclude") else { return Ok(false) };
    let Value::List(items) = &exclude.value else { return Err(COMPUTED) };
    left.take(exclude.weight).ok_or(COMPUTED)?;
    let (mut all, mut axes): (Vec<Conditions<'_>>, Vec<(&str, Vec<&str>)>) = Default::default();
    for item in items {
        let own = item.get(key).map(|own| own.text());
        if own.is_some_and(|own| own != Some(value)) || item.entries().is_empty() {
            continue;
        }
        let mut conditions = Conditions::new();
        for (name, wants) in item.entries().iter().filter(|(name, _)| name.text() != Some(key)) {
            let (name, wants) = name.text().zip(wants.text()).ok_or(COMPUTED)?;
            if axes.len() > MOST {
                return Err(COMPUTED);
            }
            if !axes.iter().any(|(known, _)| *known == name) {
                axes.push((name, values(left, matrix, name)?));
            }
            conditions.push((name, wants));
        }
        if conditions.is_empty() {
            return Ok(true);
        }
        all.push(conditions);
    }
    if all.is_empty() {
        return Ok(false);
    }
    every_row_has_one(left, &axes, &all)
}

/// The values of a key of a matrix; none for a key that it has not.
fn values<'y>(left: &Left, matrix: &'y Node, name: &str) -> Result<Vec<&'y str>, &'static str> {
    left.take(matrix.entries().len()).ok_or(COMPUTED)?;
    let Some(axis) = matrix.get(name) else { return Ok(Vec::new()) };
    let Value::List(items) = &axis.value else { return Err(COMPUTED) };
    left.take(axis.weight).ok_or(COMPUTED)?;
    let text = |item: &'y Rc<Node>| item.text().filter(|text| !text.contains("${{"));
    items.iter().map(|item| text(item).ok_or(COMPUTED)).collect()
}

/// Whether each row of values meets the conditions of an entry.
fn every_row_has_one(
    left: &Left,
    axes: &[(&str, Vec<&str>)],
    all: &[Conditions<'_>],
) -> Result<bool, &'static str> {
    // No row has a value of a key that the matrix has not.
    let axes: Vec<_> = axes.iter().filter(|(_, values)| !values.is_empty()).collect();
    let sizes = axes.iter().map(|(_, values)| values.len());
    let count = sizes.fold(1_usize, usize::saturating_mul);
    if count > MOST {
        return Err(COMPUTED);
    }
    let weight: usize = all.iter().map(|conditions| conditions.len()).sum();
    left.take(count.saturating_mul(weight)).ok_or(COMPUTED)?;
    let row = |number: usize| {
        let (mut rest, mut row) = (number, HashMap::new());
        for (name, values) in &axes {
            row.insert(*name, values.get(rest % values.len()).copied().unwrap_or_default());
            rest /= values.len();
        }
        row
    };
    Ok((0..count).map(row).all(|row| {
        let meets = |(name, wants): &(&str, &str)| row.get(name) == Some(wants);
        all.iter().any(|conditions| conditions.iter().all(meets))
    }))
}

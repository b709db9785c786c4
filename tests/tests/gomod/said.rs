//! The crate's result for a file, in the JSON of `go mod edit` and `go work edit`.

use goward_gomod::{File, Kind, Text, Versioned};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The output of `go mod edit -json` and `go work edit -json` for a file, without empty fields.
/// First they drop entries without a name (`Cleanup`) and repeated ones (`SortBlocks`).
pub(crate) fn as_edit_says(file: &File, kind: Kind) -> Value {
    let mut all = Map::new();
    let mut put = |key: &str, value: Value| all.insert(key.to_owned(), value);
    if let Some(go) = &file.go {
        put("Go", text(&go.value));
    }
    if let Some(toolchain) = &file.toolchain {
        put("Toolchain", text(&toolchain.value));
    }
    let named = |path: &Text| !path.is_empty();
    let replace = last(&file.replace, |it| it.old.clone());
    let replace = replace.into_iter().filter(|it| named(&it.old.path));
    let pair = |old: &Versioned, new: &Versioned| json!({"Old": module(old), "New": module(new)});
    put("Replace", replace.map(|it| pair(&it.old, &it.new)).collect());
    let godebug = file.godebug.iter().filter(|it| kind == Kind::Workspace || named(&it.key));
    let godebug = godebug.map(|it| json!({"Key": text(&it.key), "Value": text(&it.value)}));
    if kind == Kind::Workspace {
        put("Godebug", godebug.collect());
        let uses = file.uses.iter().filter(|it| named(&it.path));
        put("Use", uses.map(|it| json!({"DiskPath": text(&it.path)})).collect());
        return Value::Object(all);
    }
    put("GoDebug", godebug.collect());
    let about = file.module.as_ref().map_or(
        json!({"Path": ""}),
        |it| json!({"Path": text(&it.path), "Deprecated": text(&it.deprecated)}),
    );
    put("Module", about);
    let require = file.require.iter().filter(|it| named(&it.module.path)).map(|it| {
        let mut value = module(&it.module);
        if it.indirect {
            value["Indirect"] = true.into();
        }
        value
    });
    put("Require", require.collect());
    let exclude = first(&file.exclude, |it| it.module.clone());
    let exclude = exclude.into_iter().filter(|it| named(&it.module.path));
    put("Exclude", exclude.map(|it| module(&it.module)).collect());
    let retract = file.retract.iter().filter(|it| named(&it.low) || named(&it.high)).map(|it| {
        json!({"Low": text(&it.low), "High": text(&it.high), "Rationale": text(&it.rationale)})
    });
    put("Retract", retract.collect());
    for (key, paths) in [("Tool", &file.tool), ("Ignore", &file.ignore)] {
        let paths = first(paths, |it| it.path.clone());
        put(key, paths.into_iter().map(|it| json!({"Path": text(&it.path)})).collect());
    }
    Value::Object(all)
}

/// `value` without members that are null, empty or false, which releases print or leave out.
pub(crate) fn plain(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(key, value)| (key, plain(value)));
            members.filter(|(_, value)| !is_empty(value)).collect()
        }
        Value::Array(values) => values.into_iter().map(plain).collect(),
        other => other,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

pub(crate) fn text(text: &Text) -> Value {
    text.to_lossy().into()
}

fn module(module: &Versioned) -> Value {
    json!({"Path": text(&module.path), "Version": text(&module.version)})
}

fn first<T, K: Ord>(list: &[T], key: impl Fn(&T) -> K) -> Vec<&T> {
    let mut known = BTreeSet::new();
    list.iter().filter(|it| known.insert(key(it))).collect()
}

fn last<T, K: Ord>(list: &[T], key: impl Fn(&T) -> K) -> Vec<&T> {
    let mut known = BTreeSet::new();
    let mut kept: Vec<_> = list.iter().rev().filter(|it| known.insert(key(it))).collect();
    kept.reverse();
    kept
}

//! The documents of `--json` and their schemas in `docs/schema`. Every document that a test has goward
//! print is held against its schema.

use jsonschema::Validator;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The schemas, by the names of their files.
pub(crate) static SCHEMAS: LazyLock<BTreeMap<String, Value>> = LazyLock::new(|| {
    let files = fs::read_dir(directory()).unwrap().map(|entry| entry.unwrap().path());
    let schemas = files.map(|file| {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap())
    });
    schemas.collect()
});

static VALIDATORS: LazyLock<BTreeMap<&'static str, Validator>> = LazyLock::new(|| {
    let made = SCHEMAS.iter();
    made.map(|(name, schema)| (name.as_str(), jsonschema::validator_for(schema).unwrap())).collect()
});

pub(crate) fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema")
}

/// The name of the schema for the document of `goward ARGS`; `None` if the command line asks for none.
pub(crate) fn name_of(args: &[&str]) -> Option<&'static str> {
    let command = *args.iter().find(|arg| !arg.starts_with('-'))?;
    // The program that it runs has arguments of its own.
    if command == "exec" || !args.contains(&"--json") {
        return None;
    }
    let has = |flag| args.contains(&flag);
    let name = match command {
        "list" | "ls" if has("--remote") => "list-remote",
        "ls" => "list",
        "trust" if has("--list") => "trust-list",
        "setup" if has("--remove") => "setup-remove",
        "self" if has("update") => "self-update",
        "self" => "self-uninstall",
        "hook" => "hook-status",
        "cache" if has("mark") => "cache-mark",
        "cache" if has("--modules") => "cache-verify-modules",
        "cache" if has("verify") => "cache-verify",
        "cache" if has("trim") => "cache-trim",
        "cache" if has("record") => "cache-record",
        "cache" if has("diff") => "cache-diff",
        "config" if has("list") => "config-list",
        "config" => "config-get",
        "ci" if has("plan") => "ci-plan",
        "ci" if has("mark") => "ci-mark",
        "ci" => "ci-finish",
        "why" => "explain",
        other => other,
    };
    SCHEMAS.keys().find(|known| *known == name).map(String::as_str)
}

/// Holds what `goward ARGS` printed against the schema of its document. A command that fails may print
/// none.
#[track_caller]
pub(crate) fn check(args: &[&str], stdout: &[u8]) {
    let Some(name) = name_of(args).filter(|_| !stdout.is_empty()) else { return };
    let document: Value = serde_json::from_slice(stdout).unwrap();
    let errors: Vec<String> = VALIDATORS[name]
        .iter_errors(&document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{args:?} against {name}.json: {errors:#?}\n{document:#}");
}

/// The fields of a document, as `levels[].file`.
pub(crate) fn fields_of(document: &Value, at: &str, found: &mut BTreeSet<String>) {
    match document {
        Value::Object(object) => {
            for (key, value) in object {
                let at = format!("{at}.{key}");
                fields_of(value, &at, found);
                found.insert(at);
            }
        }
        Value::Array(array) => {
            array.iter().for_each(|value| fields_of(value, &format!("{at}[]"), found));
        }
        _ => {}
    }
}

/// The fields that a schema describes, in the same form; each must say what it is.
pub(crate) fn fields_in(schema: &Value, at: &str, found: &mut BTreeSet<String>) {
    for (key, field) in schema["properties"].as_object().into_iter().flatten() {
        let at = format!("{at}.{key}");
        assert!(field["description"].is_string(), "{at} has no description");
        let typed = ["type", "enum", "const"].iter().any(|word| !field[word].is_null());
        assert!(typed, "{at} has no type");
        fields_in(field, &at, found);
        found.insert(at);
    }
    if !schema["properties"].is_null() {
        assert_eq!(schema["additionalProperties"], true, "{at}: fields are only ever added");
    }
    if !schema["items"].is_null() {
        fields_in(&schema["items"], &format!("{at}[]"), found);
    }
}

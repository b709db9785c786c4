//! Settings of editors that name a Go: those of Visual Studio Code and its kin.

use super::super::facts::EditorSetting;
use crate::os_path::path_of;
use goward_installer::read;
use goward_resolver::Os;
use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::parse_to_ast;
use std::path::Path;

/// In bytes: the most of a file of settings that is read.
const LIMIT: usize = 1 << 20;
/// The directories that the editors keep their settings in, below that of all programs.
const EDITORS: [&[u8]; 4] = [b"Code", b"Code - Insiders", b"VSCodium", b"Cursor"];
const GOROOT: &str = "go.goroot";
const TOOLS: &str = "go.alternateTools";

/// The settings in the user's own files; those of a project are the project's.
pub(super) fn settings(os: Os, home: &Path) -> Vec<EditorSetting> {
    let programs = home.join(match os {
        Os::Linux => path_of(b".config"),
        Os::MacOs => path_of(b"Library/Application Support"),
        Os::Windows => path_of(b"AppData/Roaming"),
    });
    let files = EDITORS.iter().map(|name| programs.join(path_of(name)).join("User/settings.json"));
    files.flat_map(|file| of_file(&file)).collect()
}

fn of_file(file: &Path) -> Vec<EditorSetting> {
    let text = read::read_text(file, LIMIT).unwrap_or_default();
    let setting = |(line, key, value)| EditorSetting { file: file.to_owned(), line, key, value };
    of_text(&text).into_iter().map(setting).collect()
}

/// Line, key and value.
fn of_text(text: &str) -> Vec<(usize, &'static str, String)> {
    let (collect, parse) = Default::default();
    let parsed = parse_to_ast(text, &collect, &parse).ok().and_then(|parsed| parsed.value);
    let Some(Value::Object(all)) = parsed else { return Vec::new() };
    let mut found = Vec::new();
    for one in &all.properties {
        let (key, value) = match (name(&one.name), &one.value) {
            (GOROOT, value) => (GOROOT, value),
            (TOOLS, Value::Object(tools)) => {
                let go = tools.properties.iter().find(|tool| name(&tool.name) == "go");
                let Some(go) = go else { continue };
                (TOOLS, &go.value)
            }
            _ => continue,
        };
        if let Value::StringLit(value) = value
            && !value.value.is_empty()
        {
            let line = text.get(..value.range.start).unwrap_or_default().matches('\n').count() + 1;
            found.push((line, key, value.value.to_string()));
        }
    }
    found
}

fn name<'n>(name: &'n ObjectPropName<'_>) -> &'n str {
    match name {
        ObjectPropName::String(name) => &name.value,
        ObjectPropName::Word(name) => name.value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_go_in_the_settings_is_found() {
        let text = "{ // mine\n  \"go.goroot\": \"/usr/local/go\",\n  \"x\": [1],\n  \
                    \"go.alternateTools\": {\n    \"dlv\": \"d\", \"go\": \"/opt/go\",\n  },\n}\n";
        let found = of_text(text);
        let wanted = [(2, GOROOT, "/usr/local/go".to_owned()), (5, TOOLS, "/opt/go".to_owned())];
        assert_eq!(found, wanted);
        for nothing in ["", "{", "[]", "{\"go.goroot\": \"\"}", "{\"go.alternateTools\": 1}"] {
            assert!(of_text(nothing).is_empty(), "{nothing}");
        }
    }
}

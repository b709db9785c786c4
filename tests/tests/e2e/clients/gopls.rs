//! A whole session with the language server of the distribution, which runs `go` from `PATH`.

use std::path::Path;

use goward_tests::call::Call;
use serde_json::{Value, json};

use super::lsp::{Session, uri};
use super::workspace::{Member, Workspace, installed};

/// A file with a type error in line 10 and bad spaces in line 6 (lines are counted from 0).
const FILE: &str = "package main

import \"fmt\"

func greet(name string) string {
	// Greets.
	return   fmt.Sprintf(\"hello, %s\", name)
}

func main() {
	var number int = \"text\"
	fmt.Println(greet(\"world\"), number)
}
";

/// The server's answers about one file.
#[derive(Debug, PartialEq)]
struct Answers {
    diagnostics: Value,
    definitions: [Value; 2],
    hover: Value,
    completion: Value,
    formatted: Value,
    symbols: Value,
}

/// Opens `main.go` of `folder` and asks about it.
fn ask_about(session: &mut Session, folder: &Path) -> Answers {
    let file = uri(&folder.join("main.go"));
    let document = json!({"uri": file, "languageId": "go", "version": 1, "text": FILE});
    session.tell("textDocument/didOpen", &json!({"textDocument": document}));
    let mut at = |method: &str, line: u32, character: u32| {
        let position = json!({"line": line, "character": character});
        let params = json!({"textDocument": {"uri": file}, "position": position});
        session.ask(&format!("textDocument/{method}"), &params)
    };
    // `Sprintf` of the standard library, and `greet` of this file.
    let definitions = [at("definition", 6, 16), at("definition", 11, 14)];
    let hover = at("hover", 6, 16);
    let completion = certain(&at("completion", 11, 14));
    let options = json!({"tabSize": 8, "insertSpaces": false});
    let params = json!({"textDocument": {"uri": file}, "options": options});
    let formatted = session.ask("textDocument/formatting", &params);
    let symbols =
        session.ask("textDocument/documentSymbol", &json!({"textDocument": {"uri": file}}));
    let diagnostics = session.diagnostics(&file);
    Answers { diagnostics, definitions, hover, completion, formatted, symbols }
}

/// The proposals without those that would add an import: gopls looks for such packages only as long
/// as its time allows.
fn certain(completion: &Value) -> Value {
    let items = completion["items"].as_array().into_iter().flatten();
    items.filter(|item| item["additionalTextEdits"].is_null()).cloned().collect()
}

/// gopls 0.5 understands a go line of two numbers only, and no toolchain line. So each directory has
/// its go line's minor here, as `GOWARD_GO_LINE=minor` gives it.
fn two_modules() -> Workspace {
    let workspace = Workspace::new("gopls", ("go 1.21\n", "1.21.13"), ("go 1.22\n", "1.22.10"));
    let above = workspace.a.dir.parent().expect("a module lies in the workspace");
    workspace.sandbox.write(above.join(".goenv"), "GOWARD_GO_LINE=minor\n");
    for member in [&workspace.a, &workspace.b] {
        workspace.sandbox.write(member.dir.join("main.go"), FILE);
    }
    workspace
}

/// The server, with the shims first on `PATH`, or with `version` there.
fn server(workspace: &Workspace, gopls: &Path, direct: Option<&str>) -> Call {
    let call = workspace.through(&workspace.sandbox.home(), &["serve"]).program(gopls);
    direct.map_or(call.clone(), |version| call.env("PATH", workspace.path_with(version)))
}

/// One server for both folders, each of which must look as it does to a server of its own that
/// has the folder's toolchain on `PATH`.
#[test]
fn each_folder_of_one_session_has_its_own_toolchain() {
    let Some(gopls) = installed("gopls", "gopls") else { return };
    let workspace = two_modules();
    let members = [&workspace.a, &workspace.b];
    let mut ours =
        Session::start(&server(&workspace, &gopls, None), &[&workspace.a.dir, &workspace.b.dir]);
    for Member { dir, version } in members {
        let mut bare = Session::start(&server(&workspace, &gopls, Some(version)), &[dir]);
        let (through, direct) = (ask_about(&mut ours, dir), ask_about(&mut bare, dir));
        assert_eq!(through, direct, "Go {version}");
        assert_eq!(bare.end(), Some(0));
        sound(&through, &workspace.sandbox.toolchain(version));
    }
    assert_eq!(ours.end(), Some(0));
}

/// The answers are real ones: two servers that both fail would agree as well.
fn sound(answers: &Answers, goroot: &Path) {
    let says = |value: &Value, wanted: &str| {
        assert!(value.to_string().contains(wanted), "no {wanted} in {answers:#?}");
    };
    says(&answers.definitions[0], &uri(&goroot.join("src/fmt/print.go")));
    says(&answers.definitions[1], "main.go");
    says(&answers.hover, "Sprintf formats according to a format specifier");
    says(&answers.completion, "greet");
    says(&answers.diagnostics, "\"line\":10");
    says(&answers.symbols, "greet");
    assert_eq!(answers.formatted.as_array().map(Vec::len), Some(1), "{answers:#?}");
}

//! `--json` of the commands that change something: where they wrote, and whether that has an effect.

use crate::later::with_goenv;
use crate::machine::{Machine, ran};
use crate::schema::check;
use crate::setup::unpacked;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::symlink;

/// The document of `goward ARGS --json` and the status.
fn answer(m: &Machine, args: &[&str]) -> (Value, i32) {
    let ran = m.run(&[args, &["--json"]].concat());
    let document = serde_json::from_str(&ran.stdout);
    (
        document.unwrap_or_else(|error| panic!("{args:?}: {error}: {}{}", ran.stdout, ran.stderr)),
        ran.code,
    )
}

#[test]
fn use_says_what_it_wrote_where() {
    let m = Machine::new();
    let (says, code) = answer(&m, &["use", "1.22", "-n"]);
    let expected = json!({
        "format": 1, "file": "@/p/.go-version", "line": 1, "from": null, "to": "1.22.10",
        "version": "1.22.10", "installed": false, "new": false, "written": false,
        "takes_effect": null, "refused": false, "why": null, "hints": []
    });
    assert_eq!((says, code), (expected.clone(), 0));
    assert!(!m.path("p/.go-version").exists());
    let (says, code) = answer(&m, &["use", "1.22"]);
    let mut written = expected;
    for key in ["installed", "new", "written", "takes_effect"] {
        written[key] = true.into();
    }
    assert_eq!((says, code), (written.clone(), 0));
    let (says, _) = answer(&m, &["use", "1.22"]);
    (written["new"], written["from"]) = (false.into(), "1.22.10".into());
    written["written"] = false.into();
    assert_eq!(says, written);
    assert_eq!(m.read("p/.go-version"), "1.22.10\n");
    // A range has the characters that part key and value elsewhere.
    let (says, _) = answer(&m, &["use", ">=1.21,<1.23", "--as-given"]);
    assert_eq!((&says["from"], &says["to"]), (&json!("1.22.10"), &json!(">=1.21,<1.23")));
}

#[test]
fn use_names_the_line_in_each_kind_of_file() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10", "1.23.2"]);
    m.write("p/go.mod", "module m\n\ngo 1.21\n");
    m.write("p/.goenv", "GOFLAGS=\nGOTOOLCHAIN=go1.23.2\n");
    m.write("p/sub/.tool-versions", "nodejs 20\ngolang 1.21.13\n");
    for (args, file, line, from) in [
        (
            &["use", "1.22.10", "--project", "sub"][..],
            "@/p/sub/.tool-versions",
            2,
            json!("1.21.13"),
        ),
        (&["use", "1.22.10", "--goenv"], "@/p/.goenv", 2, json!("go1.23.2")),
        (&["use", "1.22.10", "--go-mod"], "@/p/go.mod", 5, json!(null)),
    ] {
        let (says, _) = answer(&m, args);
        assert_eq!((&says["file"], &says["line"]), (&json!(file), &json!(line)), "{says:#}");
        assert_eq!(says["from"], from, "{says:#}");
        let text = m.read(file.strip_prefix("@/").unwrap());
        assert!(text.lines().nth(line - 1).unwrap().contains("1.22.10"), "{text}");
    }
}

#[test]
fn use_foretells_a_refusal_and_a_line_without_effect() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10", "1.23.2"]);
    m.write("p/go.mod", "module m\n\ngo 1.23.0\n");
    for (args, written) in [(&["use", "1.22.10", "-n"][..], false), (&["use", "1.22.10"], true)] {
        let (says, code) = answer(&m, args);
        assert_eq!(code, 1);
        assert_eq!((&says["refused"], &says["takes_effect"]), (&json!(true), &json!(false)));
        assert_eq!(says["written"], written);
        let why = "Go refuses go1.22.10 here: @/p/go.mod:3 needs Go 1.23.0 or later";
        assert_eq!(says["why"], why);
        assert_eq!(says["hints"].as_array().unwrap().len(), 2, "{says:#}");
    }
    m.ok(&["install", "1.24rc1"]);
    m.write("p/.goenv", "GOTOOLCHAIN=go1.24rc1\n");
    let (says, code) = answer(&m, &["use", "1.23.2"]);
    assert_eq!((code, &says["refused"], &says["takes_effect"]), (1, &json!(false), &json!(false)));
    assert!(says["why"].as_str().unwrap().contains("outranks it"), "{says:#}");
    assert_eq!(answer(&m, &["use", "1.23.2", "--allow-conflict"]).1, 0);
    // Nothing was found out, and stdout is empty.
    let failed = m.run(&["use", "1.99", "--json"]);
    assert!(failed.code == 3 && failed.stdout.is_empty(), "{}{}", failed.stdout, failed.stderr);
}

#[test]
fn unlink_says_what_the_name_led_to() {
    let m = Machine::new();
    crate::machine::script(&m.path("tree/bin/go"), "echo go version gomine");
    m.ok(&["link", "mine", m.path("tree").to_str().unwrap()]);
    let mut expected = json!({
        "format": 1, "name": "mine", "goroot": "@/tree", "default": false, "built": false,
        "removed": false
    });
    assert_eq!(answer(&m, &["unlink", "mine", "-n"]), (expected.clone(), 0));
    m.ok(&["default", "mine"]);
    let refused = m.run(&["unlink", "mine", "--json"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (1, ""));
    (expected["default"], expected["removed"]) = (true.into(), true.into());
    assert_eq!(answer(&m, &["unlink", "mine", "--force"]), (expected, 0));
    assert!(!m.root("links/mine").exists());
}

/// A name may stand for a link and, where its target is gone, for a toolchain.
#[test]
fn unlink_takes_the_link_and_not_a_toolchain_of_that_name() {
    let m = Machine::new();
    crate::machine::script(&m.path("tree/bin/go"), "echo go version gomine");
    m.ok(&["link", "go1.23.2-corp", m.path("tree").to_str().unwrap()]);
    let toolchain = m.root("toolchains/go1.23.2-corp");
    fs::create_dir_all(toolchain.parent().unwrap()).unwrap();
    symlink(m.path("gone"), &toolchain).unwrap();
    m.ok(&["unlink", "go1.23.2-corp"]);
    assert!(m.root("links/go1.23.2-corp").symlink_metadata().is_err());
    assert!(toolchain.symlink_metadata().is_ok());
}

/// The document of `goward setup ARGS --json`, whose status tells whether a later line stays in the way.
fn setup(m: &Machine, args: &[&str]) -> Value {
    let there = m.path("archive/goward");
    let goward = if there.exists() { there } else { unpacked(m) };
    let args = [&["setup"], args, &["--json"]].concat();
    let output = m.command_of(&goward, &args).output().unwrap();
    check(&args, &output.stdout);
    let ran = ran(output, m);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let later = document["later"].as_array().into_iter().flatten();
    let hidden = later.filter(|line| line["moved"] == false).count() > 0;
    assert_eq!(ran.code, i32::from(hidden), "{}", ran.stderr);
    document
}

#[test]
fn setup_says_what_it_did() {
    let m = with_goenv().with("SHELL", "/bin/bash");
    let dry = setup(&m, &["-n"]);
    assert!(!m.root("").exists());
    assert_eq!((&dry["done"], &dry["shell"]), (&json!(false), &json!("bash")));
    assert_eq!(
        dry["copies"][0],
        json!({ "from": "@/archive/goward", "to": "@/home/.goward/bin/goward" })
    );
    let done = setup(&m, &[]);
    assert_eq!(done["copies"], dry["copies"]);
    assert_eq!(done["next"][1], "goward install latest");
    let edits = done["edits"].as_array().unwrap();
    assert_eq!(edits.len(), dry["edits"].as_array().unwrap().len());
    for (edit, dry) in edits.iter().zip(dry["edits"].as_array().unwrap()) {
        assert_eq!((&edit["file"], &edit["line"]), (&dry["file"], &dry["line"]));
        assert_eq!((&edit["done"], &dry["done"]), (&json!(true), &json!(false)));
        let text = m.read(edit["file"].as_str().unwrap().strip_prefix("@/").unwrap());
        let line = edit["line"].as_u64().unwrap() as usize;
        let text = text
            .lines()
            .nth(line - 1)
            .unwrap()
            .replace(m.path("").to_str().unwrap().trim_end_matches('/'), "@");
        assert_eq!(edit["text"], text);
    }
}

#[test]
fn setup_says_what_stands_in_the_way_and_what_is_left_to_the_user() {
    let m = with_goenv().with("SHELL", "/bin/bash");
    let edited = setup(&m, &[])["edits"].as_array().unwrap().len();
    let init = "eval \"$($HOME/.goenv/bin/goenv init -)\"";
    m.write("home/.bashrc", &format!("{}{init}\n", m.read("home/.bashrc")));
    let again = setup(&m, &[]);
    assert_eq!(again["edits"], json!([]));
    let mut later = json!([{
        "file": "@/home/.bashrc", "line": 2, "text": init, "manager": "goenv",
        "at_each_prompt": false, "moved": false
    }]);
    assert_eq!(again["later"], later);
    later[0]["moved"] = true.into();
    assert_eq!(setup(&m, &["--yes"])["later"], later);
    assert_eq!(setup(&m, &[])["later"], json!([]));
    let gone = setup(&m, &["--remove"]);
    assert_eq!(
        (&gone["removed"], gone["removes"].as_array().unwrap().len()),
        (&json!(true), edited)
    );
    assert_eq!(setup(&m, &["--remove"])["removes"], json!([]));
    let advice = &setup(&m, &["--no-modify-path"])["advice"];
    assert!(advice["text"].as_str().unwrap().starts_with("case \"$PATH:\""), "{advice:#}");
    assert!(advice["files"][0].as_str().unwrap().starts_with("@/home/."), "{advice:#}");
}

/// A file that cannot be edited is in the document, and the status tells, too.
#[test]
fn setup_says_which_file_it_could_not_edit() {
    let m = Machine::new().with("SHELL", "/bin/zsh");
    fs::create_dir(m.path("home/.zshrc")).unwrap();
    let args = ["setup", "--json"];
    let output = m.command_of(&unpacked(&m), &args).output().unwrap();
    check(&args, &output.stdout);
    let ran = ran(output, &m);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let says: Value = serde_json::from_str(&ran.stdout).unwrap();
    let failed = |edit: &&Value| edit["file"] == "@/home/.zshrc";
    let failed = says["edits"].as_array().unwrap().iter().find(failed).unwrap();
    assert_eq!((&failed["done"], &failed["line"]), (&json!(false), &json!(null)));
}

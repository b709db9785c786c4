//! The answers of `current`, `which`, `list` and `explain` where the first answer would not be all:
//! no toolchain meets the module's floor, goward refuses a selector, or it has to install a
//! toolchain first.

use crate::machine::{self, Machine, script};
use serde_json::Value;

/// A machine whose default, `go1.22.10`, does not meet the module here, and that installs nothing.
fn unmet() -> Machine {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10"]);
    m.write("p/go.mod", "module m\n\ngo 1.28\n");
    m.with("GOWARD_OFFLINE", "1")
}

const UNMET: &str =
    "@/p/go.mod:3 wants go >= 1.28, which is not installed; run: goward install 1.28";

#[test]
fn below_an_unmet_floor_the_base_is_named_and_the_floor_told() {
    let m = unmet();
    let warning = format!("goward: warning: {UNMET}\n");
    let current = m.run(&["current"]);
    assert_eq!(current.stdout, "go1.22.10 (~/.goward/default:1)\n");
    assert_eq!(current.stderr, warning);
    let json = m.json(&["current"]);
    assert_eq!((&json["source"], &json["line"]), (&"default".into(), &1.into()));
    let which = m.run(&["which"]);
    assert_eq!(which.stdout, "@/home/.goward/toolchains/go1.22.10/bin/go\n");
    assert_eq!(which.stderr, warning);
    assert_eq!(m.json(&["which"])["source"], "default");
    assert_eq!(m.run(&["which", "gofmt"]).stderr, "", "gofmt reads no go.mod");
    assert_eq!(m.run(&["-q", "current"]).stderr, "");
    let marks = "here, by ~/.goward/default:1; default; end of life";
    assert_eq!(m.ok(&["list"]), format!("> go1.22.10  {marks}\n"));
    let said = m.ok(&["explain"]);
    let start = "In @/p, `go build` runs go1.22.10, by ~/.goward/default:1: nothing that is here meets \
                 go.mod:3\n";
    assert!(said.starts_with(start), "{said}");
    assert!(
        said.contains("1.22.10; runs, as nothing that is here meets the module file\n"),
        "{said}"
    );
    // The level that brings the base is named.
    m.ok(&["default", "--unset"]);
    assert_eq!(m.ok(&["current"]), "go1.22.10 (the newest installed release)\n");
    let go = m.path("go/bin/go");
    script(&go, "echo system");
    m.write("go/VERSION", "go1.23.2\n");
    m.write("go/pkg/tool/x", "");
    let tools = m.path("tools").display().to_string();
    let m = m.with("PATH", &format!("{tools}:{}", go.parent().unwrap().display()));
    assert_eq!(m.ok(&["current"]), "go1.23.2 (the next go on PATH)\n");
    assert_eq!(m.json(&["which"])["source"], "system");
}

/// These commands tell a conflict as the shim does.
#[test]
fn a_pin_below_the_module_is_told() {
    let m = unmet();
    m.write("p/.go-version", "1.22.10\n");
    for args in [&["current"][..], &["which"]] {
        let said = m.run(args).stderr;
        let warning = "goward: warning: @/p/.go-version:1 pins 1.22.10, but @/p/go.mod:3 requires";
        assert!(said.starts_with(warning), "{said}");
    }
}

#[test]
fn current_does_not_name_a_release_that_go_would_install_first() {
    let m = unmet().with("GOWARD_OFFLINE", "0");
    let current = m.run(&["current"]);
    assert_eq!(current.stdout, "1.28 (@/p/go.mod:3), not installed\n");
    let doubt = "goward: warning: goward does not know Go 1.28: ";
    assert!(current.stderr.starts_with(doubt), "{}", current.stderr);
    assert!(current.stderr.ends_with("; @/p/go.mod:3 wants it\n"), "{}", current.stderr);
    let said = m.ok(&["explain"]);
    assert!(said.contains("\n  installs   Go 1.28               first, if it is out\n"), "{said}");
    let other = "\n  else       ~/.goward/toolchains/go1.22.10/bin/go  if that cannot be had: ";
    assert!(said.contains(other), "{said}");
}

/// Each level that `explain` refuses: its number, value, file and line, and the reason.
fn refused(m: &Machine, args: &[&str]) -> Vec<String> {
    let mut all = vec!["explain"];
    all.extend(args);
    let said = m.ok(&all);
    all.insert(1, "--json");
    let json: Value = serde_json::from_str(&m.ok(&all)).unwrap();
    assert!(said.contains(" runs nothing: ") && json["answer"]["refuses"] == true, "{said}");
    let levels = json["levels"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let row = |level: &Value| {
        let place = level["file"].as_str().map(|file| format!("{file}:{}: ", level["line"]));
        let (place, value) = (place.unwrap_or_default(), text(&level["value"]));
        format!("{} {value} {place}{}", level["level"], text(&level["reason"]))
    };
    levels.filter(|level| level["status"] == "refused").map(row).collect()
}

#[test]
fn explain_marks_the_level_that_is_refused() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    m.write("p/.go-version", "1.22.10\n");
    let below = |set_by: &str| {
        format!(
            "5 1.22.10 @/p/.go-version:1: Go 1.22.10 is below the least that a repository \
             may ask for ({set_by})"
        )
    };
    let m = m.with("GOWARD_MINIMUM", "1.24");
    assert_eq!(refused(&m, &[]), [below("GOWARD_MINIMUM=1.24 in the environment")]);
    assert_eq!(m.json(&["explain"])["levels"][4]["status"], "refused");
    m.write("p/.goenv", "GOTOOLCHAIN=go1.22.10\n");
    let rows = refused(&m, &[]);
    assert!(rows.len() == 1 && rows[0].starts_with("3 go1.22.10 @/p/.goenv:1: Go "), "{rows:?}");
    m.write("p/.goenv", "");
    let m = m.with("GOWARD_MINIMUM", "");
    for (text, why) in [
        ("1..2", "not a Go version"),
        ("tip", "not a Go version"),
        ("oldstable", "only goward itself knows which release that is"),
    ] {
        assert_eq!(refused(&m, &["--", &format!("+{text}")]), [format!("1 +{text} {why}")]);
        let m = Machine::new().with("GOWARD_VERSION", text);
        assert_eq!(refused(&m, &[]), [format!("2 {text} {why}")]);
    }
    // A stronger level decides, and `explain` tells the mistake below as ever.
    let m = m.with("GOWARD_VERSION", "1..2");
    let said = m.ok(&["explain", "--", "+1.22.10"]);
    assert!(
        said.contains("1..2; not asked: the command line decides; else: not a Go version\n"),
        "{said}"
    );
}

#[test]
fn explain_tells_the_policy_of_the_configuration() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    m.ok(&["install", "1.23.2"]);
    m.write("home/.goward/config.toml", "[policy]\nminimum = '1.23'\n");
    m.write("p/.go-version", "1.22.10\n");
    let set_by = "minimum = \"1.23\" in @/home/.goward/config.toml";
    let note = format!(
        "@/p/.go-version:1 chooses what is installed already, and so runs: nothing below 1.23 is \
         installed for a repository ({set_by})"
    );
    let json = m.json(&["explain"]);
    assert!(json["remarks"].as_array().unwrap().contains(&note.into()), "{json}");
    // goward refuses the release that it would install.
    m.write("p/.go-version", "1.22.9\n");
    let rows = refused(&m, &[]);
    assert!(rows.len() == 1 && rows[0].ends_with(&format!("may ask for ({set_by})")), "{rows:?}");
    // The policy does not judge these, or accepts them.
    for text in ["1.23.2\n", ">=1.22\n"] {
        m.write("p/.go-version", text);
        assert!(!m.ok(&["explain"]).contains("config.toml"), "{text}");
    }
    m.write("p/.go-version", "1.22.10\n");
    assert!(!m.ok(&["explain", "--", "+1.22.10"]).contains("config.toml"));
    // `explain` tells a mistake in that file, although goward has nothing to install.
    m.write("home/.goward/config.toml", "[policy]\nminimal = '1.23'\n");
    let said = m.ok(&["explain"]);
    assert!(said.contains("\n  note       ~/.goward/config.toml:2: unknown field"), "{said}");
}

/// A file in the home directory outranks the file that `goward default` writes.
#[test]
fn the_command_that_changes_the_default_is_one_that_does() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    m.ok(&["install", "1.23.2"]);
    m.write("p/go.mod", "module m\n\ngo 1.23\n");
    let uninstall = || m.run(&["uninstall", "1.22.10"]).stderr;
    let said = m.ok(&["explain"]).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("; to change that, run: goward default 1.23.2"), "{said}");
    assert!(uninstall().contains("hint: choose another one first: goward default VERSION\n"));
    for file in ["home/.tool-versions", "home/.go-version"] {
        m.write(file, if file.ends_with('s') { "golang 1.22.10\n" } else { "1.22.10\n" });
        let said = m.ok(&["explain"]);
        let command = "goward use 1.23.2 --project @/home";
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(&format!("; to change that, run: {command}")), "{said}");
        let said = uninstall();
        assert!(said.contains("one first: goward use VERSION --project @/home\n"), "{said}");
        let said = m.run(&["default", "1.23.2"]).stderr;
        assert!(said.ends_with(&format!("1.22.10; to change that, run: {command}\n")), "{said}");
        m.ok(&["uninstall", "1.23.2"]);
        let mut elsewhere = m.command(&["install", "1.23.2"]);
        elsewhere.current_dir(m.path("tmp")).env("PWD", m.path("tmp"));
        let said = machine::ran(elsewhere.output().unwrap(), &m).stderr;
        assert!(said.contains("run: goward use 1.23.2 --project @/home\n"), "{said}");
        let home = m.path("home").display().to_string();
        m.ok(&["use", "1.23.2", "--project", &home]);
        assert!(m.ok(&["default"]).starts_with("1.23.2 (go1.23.2, ~/.go-version:1)"));
    }
}

//! Each command with `--json` has a schema, which describes exactly the fields that the command prints.

use crate::buildcache;
use crate::caches;
use crate::ci::Job;
use crate::compat;
use crate::config;
use crate::cross;
use crate::doctor;
use crate::help;
use crate::hooks;
use crate::imports;
use crate::later::with_goenv;
use crate::machine::{Machine, script};
use crate::modules;
use crate::schema::{SCHEMAS, check, directory, fields_in, fields_of, name_of};
use crate::selfupdate;
use crate::setup::unpacked;
use goward_testkit::executable::Executable;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

/// The fields that documents had, by the name of the schema.
#[derive(Default)]
struct Seen(BTreeMap<&'static str, BTreeSet<String>>);

impl Seen {
    /// Notes the fields of the document that `goward ARGS --json` prints with any status.
    #[track_caller]
    fn note(&mut self, m: &Machine, args: &[&str]) {
        self.note_of(m, args, m.command(&[args, &["--json"]].concat()));
    }

    #[track_caller]
    fn note_of(&mut self, m: &Machine, args: &[&str], command: std::process::Command) {
        self.note_typed(m, &[args, &["--json"]].concat(), command);
    }

    /// Notes those of a command line that has `--json` already.
    #[track_caller]
    fn note_typed(&mut self, m: &Machine, args: &[&str], mut command: std::process::Command) {
        let output = command.output().unwrap();
        check(args, &output.stdout);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!("{args:?}: {error}: {output:?} in {}", m.path("").display())
        });
        fields_of(&document, "", self.0.entry(name_of(args).unwrap()).or_default());
    }
}

/// What is installed, where it comes from, and what could be.
fn of_the_store(seen: &mut Seen) {
    let m = with_goenv();
    script(&m.path("home/.goenv/versions/1.21.13/bin/go"), "echo go version go1.21.13");
    m.ok(&["install", "1.22.9"]);
    m.ok(&["default", "1.22.9"]);
    m.write("p/.go-version", "1.21.12\n");
    for args in [&["list"][..], &["list", "--remote"], &["adopt"], &["default"], &["prune", "."]] {
        seen.note(&m, args);
    }
    for args in [&["outdated"][..], &["upgrade", "-n"]] {
        seen.note(&m, args);
    }
    fs::write(m.root("toolchains/go1.22.9/VERSION"), "go1.22.8\n").unwrap();
    seen.note(&m, &["verify"]);
    script(&m.path("tree/bin/go"), "echo go version gomine");
    m.ok(&["link", "mine", m.path("tree").to_str().unwrap()]);
    seen.note(&m, &["unlink", "mine"]);
    seen.note(&m, &["self", "uninstall", "-n"]);
    // Without a key a build proves no release, and can go back.
    let m = selfupdate::updated();
    let args = ["self", "update", "--rollback", "--json"];
    seen.note_of(&m, &args[..3], m.command_of(&m.root("bin/goward"), &args));
    seen.note(&imports::used(), &["import"]);
}

/// What a directory gets.
fn of_a_directory(seen: &mut Seen) {
    let m = Machine::set_up().with("GOPROXY", "off");
    m.write("home/.config/go/env", "GOPROXY=direct\n");
    m.write("p/mise.toml", "[tools]\ngo = \"1.20\"\n");
    m.write("p/.go-version", "1.21.13\n");
    seen.note(&m, &["explain"]);
    m.ok(&["install", "1.21.13"]);
    m.write("p/go.mod", "module m\n\ngo 1.21.x\n");
    seen.note(&m, &["explain"]);
    seen.note(&m, &["current"]);
    m.write("p/go.mod", "module m\n\ngo 1.23.0\n");
    for args in [&["explain"][..], &["current"], &["which"], &["env"], &["use", "1.21.13"]] {
        seen.note(&m, args);
    }
    m.write(
        "p/Dockerfile",
        "# goward: allow version-unknown\nFROM golang:1.20.99\nFROM golang:$V\n",
    );
    m.write("p/.goward.toml", "[check.rules]\npin-roomy = \"off\"\nversion-eol = \"note\"\n");
    seen.note(&m, &["check"]);
    fs::create_dir(m.path("p/linked")).unwrap();
    m.write("p/linked/pin", "1.27.0\n1.26.0\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink("pin", m.path("p/linked/.go-version")).unwrap();
    seen.note(&m, &["check", "--fix", "-n", "--to", "1.27"]);
    fs::remove_dir_all(m.path("p/linked")).unwrap();
    seen.note(&hooks::machine(), &["hook", "status"]);
    m.write("p/.goenv", "GOFLAGS=-mod=mod\n");
    let below = m.with("MAKELEVEL", "1").with("GOTOOLCHAIN", "local");
    below.write("p/Makefile", "export GOTOOLCHAIN = local\n");
    seen.note(&below, &["explain"]);
    let m = below.with("GOTOOLCHAIN", "");
    for args in [&["trust", "-n"][..], &["trust"], &["trust", "--list"]] {
        seen.note(&m, args);
    }
}

/// What is done to Go's caches.
fn of_the_build_cache(seen: &mut Seen) {
    let m = buildcache::machine();
    seen.note(&m, &["cache", "verify"]);
    buildcache::put_module(&m);
    seen.note(&m, &["cache", "verify", "--modules"]);
    seen.note(&m, &["cache", "mark"]);
    seen.note(&m, &["cache", "trim", "--unmarked"]);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    m.write("home/.cache/go-build/trim.txt", &(now - 2 * 60 * 60).to_string());
    m.write("home/.goward/toolchains/go1.22.10/VERSION", "go1.22.10\n");
    m.write("home/.goward/cache/index/x", "");
    seen.note(&m, &["cache"]);
    let m = caches::machine().with("GOAMD64", "v1");
    let keys = m.path("keys").display().to_string();
    let recorded = m.command(&["cache", "record", "--json", &keys, "--", "go", "build"]);
    seen.note_typed(&m, &["cache", "record", "--json"], recorded);
    let m = m.with("GOAMD64", "v3");
    let compared = m.command(&["cache", "diff", "--json", &keys, "--", "go", "build"]);
    seen.note_typed(&m, &["cache", "diff", "--json"], compared);
}

/// What setup does, and what stands in its way.
fn of_setup(seen: &mut Seen) {
    let m = with_goenv();
    let (goward, shims) = (unpacked(&m), m.path("home/.goenv/shims"));
    let left = m.path("home/.goenv/versions/1.21.13");
    let path = format!("{}:{}", shims.display(), m.path("tools").display());
    let m = m.with("PATH", &path).with("GOROOT", left.to_str().unwrap()).with("SHELL", "/bin/bash");
    let mut note = |args: &[&str]| {
        let command = m.command_of(&goward, &[args, &["--json"]].concat());
        seen.note_of(&m, args, command);
    };
    note(&["setup"]);
    note(&["setup", "--no-modify-path"]);
    let later = m.read("home/.bashrc") + "eval \"$($HOME/.goenv/bin/goenv init -)\"\n";
    m.write("home/.bashrc", &later);
    note(&["setup"]);
    // The copy that this makes stays.
    note(&["setup", "--yes"]);
    note(&["setup", "--remove"]);
    note(&["setup", "--system", "--dry-run"]);
    note(&["setup", "--remove", "--system", "--dry-run"]);
}

/// What a Go says of modules.
fn of_modules(seen: &mut Seen) {
    let m = modules::machine();
    seen.note(&m, &["mod"]);
    seen.note(&m, &["mod", "--why", "c"]);
    seen.note(&compat::machine(), &["compat", "--matrix", "1.24..1.27"]);
    seen.note(&compat::untidy_machine(), &["compat"]);
    let m = cross::machine();
    seen.note(&m, &["cross", "linux/amd64", "linux/arm64", "linux/foo"]);
    seen.note(&m, &["cross", "--platforms"]);
}

/// What a job of a CI system is told.
fn of_ci(seen: &mut Seen) {
    let job = Job::new().with("GITLAB_CI", "true");
    let checkout = job.m.path("p").display().to_string();
    let job = job.with("CI_PROJECT_DIR", &checkout);
    let mut note = |args: &[&str]| {
        let args = [&["ci"], args].concat();
        let command = job.command(&[&args[..], &["--json"]].concat());
        seen.note_of(&job.m, &args, command);
    };
    let pins = ["plan", "--apply", "--go-version", "1.22.9\n1.23.2"];
    note(&[&pins[..], &["--go-line", "minor", "--minimum", "1.20"]].concat());
    note(&["plan", "--system", "gitlab"]);
    note(&["mark"]);
    note(&["finish"]);
}

/// What is wrong on a machine.
fn of_a_machine(seen: &mut Seen) {
    let m = doctor::machine();
    m.write("home/.config/go/env", "GOTOOLCHAIN=1.22\ngoproxy=x\nGOPROXY='x'\n");
    seen.note(&m, &["doctor"]);
}

/// What the configuration says.
fn of_the_configuration(seen: &mut Seen) {
    let m = config::machine().with("GOWARD_OFFLINE", "yes");
    m.ok(&["config", "set", "offline", "true"]);
    seen.note(&m, &["config", "list"]);
    seen.note(&m, &["config", "get", "offline"]);
}

/// What executables say.
fn of_programs(seen: &mut Seen) {
    let m = Machine::new();
    let replaced =
        "path\tm\nmod\tm\tv1.0.0\n=>\tn\tv1.0.1\th1:n=\ndep\td\tv1.0.0\n=>\te\tv1.0.1\th1:e=\n";
    let sums = "mod\tm\tv1.0.0\th1:m=\ndep\td\tv1.0.0\th1:d=\nbuild\tGOOS=linux\n";
    for (name, version, lines) in [("replaced", "go1.19.1", replaced), ("sums", "go1.27.3", sums)] {
        let bytes = Executable::new(version, lines).with_glibc("2.34").bytes();
        fs::write(m.write(&format!("p/{name}"), ""), bytes).unwrap();
    }
    seen.note(&m, &["inspect", "--require", "static", "replaced", "sums"]);
    m.write("p/go.mod", "module m\n\ngo 1.23\n");
    fs::create_dir_all(m.path("home/go/bin")).unwrap();
    fs::copy(m.path("p/replaced"), m.path("home/go/bin/tool")).unwrap();
    seen.note(&m, &["inspect", "--tools"]);
}

#[test]
fn each_schema_describes_the_fields_that_appear_and_no_others() {
    let mut seen = Seen::default();
    of_the_store(&mut seen);
    of_a_directory(&mut seen);
    of_setup(&mut seen);
    of_programs(&mut seen);
    of_modules(&mut seen);
    of_the_build_cache(&mut seen);
    of_ci(&mut seen);
    of_the_configuration(&mut seen);
    of_a_machine(&mut seen);
    let mut wrong = Vec::new();
    for (name, schema) in &*SCHEMAS {
        let mut described = BTreeSet::new();
        fields_in(schema, "", &mut described);
        let appear = seen.0.remove(name.as_str()).unwrap_or_default();
        let unknown = appear.difference(&described).map(|field| format!("{name}: unknown {field}"));
        let dead = described.difference(&appear).map(|field| format!("{name}: dead {field}"));
        wrong.extend(unknown.chain(dead));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_command_with_json_has_a_schema_that_the_page_names() {
    let m = Machine::new();
    let page = fs::read_to_string(directory().join("../src/reference/json.md")).unwrap();
    let mut named = BTreeSet::new();
    for command in help::commands(&m) {
        let takes_json = help::help(&m, &command).contains("--json");
        let name = command.join("-");
        if takes_json {
            assert!(SCHEMAS.contains_key(&name), "goward {} has no schema", command.join(" "));
            named.insert(name);
        }
    }
    assert!(named.len() > 10, "{named:?}");
    for (name, schema) in &*SCHEMAS {
        let of_a_command = named.contains(name) || name_of(&title(schema)).is_some();
        assert!(of_a_command, "{name}.json is of no command");
        assert!(page.contains(&format!("/{name}.json)")), "json.md does not link {name}.json");
        assert_eq!(schema["$id"], format!("{name}.json"));
        let line = schema["title"].as_str().unwrap().trim_end_matches(" --json");
        assert!(page.contains(&format!("`{line}")), "json.md does not name {line}");
        if let Some(found) = name_of(&title(schema)) {
            assert_eq!(found, name, "{name}.json has another command in its title");
        }
    }
}

/// The words of the command that a schema is of.
fn title(schema: &Value) -> Vec<&str> {
    schema["title"].as_str().unwrap().split(' ').skip(1).collect()
}

/// A field that is renamed is missing and unknown, and one of another type is refused.
#[test]
fn a_schema_refuses_what_is_not_its_document() {
    let m = Machine::new();
    let document = m.ok(&["default", "--json"]);
    for (old, new) in
        [("\"selector\"", "\"chosen\""), ("null", "0"), ("\"format\": 1", "\"format\": 2")]
    {
        let changed = document.replacen(old, new, 1);
        assert_ne!(changed, document);
        let refused =
            std::panic::catch_unwind(|| check(&["default", "--json"], changed.as_bytes()));
        assert!(refused.is_err(), "{changed}");
    }
}

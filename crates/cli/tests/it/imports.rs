//! `goward import`: what other managers have laid out, the plan of it, and what comes of it.

mod disturbed;

use crate::life::tree;
use crate::machine::{Machine, ran};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::symlink;

/// Without a database no tree is proven, so that each release comes from the mirror.
fn machine() -> Machine {
    Machine::new().with("GOSUMDB", "off")
}

/// A machine as goenv and mise leave it.
pub(crate) fn used() -> Machine {
    let m = machine();
    tree(&m, "home/.goenv/versions/1.22.10", "1.22.10");
    tree(&m, "home/.local/share/mise/installs/go/1.23.2", "1.23.2");
    m.write("home/.goenv/version", "1.22.10\n");
    m.write(
        "home/.bashrc",
        "# mine\neval \"$(goenv init -)\"\nexport GOROOT=$HOME/.goenv/versions/1\n",
    );
    m.write("p/mise.toml", "[tools]\ngo = \"1.23\"\n\n[env]\nGOFLAGS = \"-mod=mod\"\n");
    m.write("home/go/1.22.10/bin/gopls", "");
    fs::set_permissions(
        m.path("home/go/1.22.10/bin/gopls"),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .unwrap();
    m
}

/// The rows of one part of the plan.
fn part<'a>(json: &'a Value, name: &str) -> Vec<&'a Value> {
    json[name].as_array().unwrap().iter().collect()
}

/// A row's values, separated by blanks, with the machine's directory as `@`.
fn row(m: &Machine, row: &Value, keys: &[&str]) -> String {
    let text = |key: &&str| match &row[*key] {
        Value::String(text) => {
            text.replace(m.path("").to_str().unwrap().trim_end_matches('/'), "@")
        }
        value => value.to_string(),
    };
    keys.iter().map(text).collect::<Vec<_>>().join(" ")
}

fn rows(m: &Machine, json: &Value, name: &str, keys: &[&str]) -> Vec<String> {
    part(json, name).into_iter().map(|one| row(m, one, keys)).collect()
}

#[test]
fn the_plan_names_everything() {
    let m = used();
    let json = m.json(&["import", "goenv", "mise"]);
    assert_eq!((&json["format"], &json["done"]), (&1.into(), &false.into()));
    assert_eq!(
        rows(&m, &json, "toolchains", &["name", "by", "goroot", "does", "why"]),
        [
            "go1.22.10 goenv @/home/.goenv/versions/1.22.10 install no checksum database knows its \
             files",
            "go1.23.2 mise @/home/.local/share/mise/installs/go/1.23.2 install no checksum database \
             knows its files",
        ]
    );
    assert_eq!(
        rows(&m, &json, "defaults", &["file", "line", "by", "says", "sets", "why"]),
        ["@/home/.goenv/version 1 goenv 1.22.10 1.22.10 no default is set"]
    );
    assert_eq!(
        rows(&m, &json, "pins", &["file", "line", "by", "says", "writes"]),
        ["@/p/mise.toml 2 mise go = \"1.23\" 1.23"]
    );
    assert_eq!(
        rows(&m, &json, "tools", &["directory", "by", "count"]),
        ["@/home/go/1.22.10/bin goenv 1"]
    );
    assert_eq!(
        rows(&m, &json, "leftovers", &["file", "line", "text"]),
        [
            "@/home/.bashrc 2 eval \"$(goenv init -)\"",
            "@/home/.bashrc 3 export GOROOT=$HOME/.goenv/versions/1",
            "@/p/mise.toml 5 GOFLAGS",
        ]
    );
    // Of one tool alone.
    let json = m.json(&["import", "MISE"]);
    assert_eq!(rows(&m, &json, "toolchains", &["name"]), ["go1.23.2"]);
    assert_eq!(part(&json, "defaults").len() + part(&json, "tools").len(), 0);
    assert_eq!(rows(&m, &json, "leftovers", &["line"]), ["5"]);
    assert!(!m.root("toolchains").exists() && !m.path("p/.go-version").exists());
}

#[test]
fn nothing_is_done_without_a_yes_and_then_all_of_it() {
    let m = used();
    let tools = ["import", "goenv", "mise"];
    for (further, says) in [
        (&["-n"][..], ""),
        (&[], "goward: nothing was done; to do it, run: goward import goenv mise --yes\n"),
    ] {
        let ran = m.run(&[&tools[..], further].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (0, says));
        for part in [
            "  install  go1.22.10 of goenv, ~/.goenv/versions/1.22.10",
            "  default  1.22.10, by ~/.goenv/version:1 of goenv",
            "  write    @/p/.go-version: 1.23, by @/p/mise.toml:2 of mise",
            "  tools    1 program of goenv in ~/go/1.22.10/bin",
            "  by you   ~/.bashrc:2: eval \"$(goenv init -)\"",
            "GOFLAGS for this directory: put it into .goenv, then run: goward trust @/p/.goenv",
        ] {
            assert!(ran.stdout.contains(part), "{part}\n{}", ran.stdout);
        }
        assert!(!m.root("toolchains").exists() && !m.path("p/.go-version").exists());
    }
    let before = [m.read("home/.bashrc"), m.read("p/mise.toml"), m.read("home/.goenv/version")];
    let ran = m.run(&[&tools[..], &["--yes"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for says in
        ["installed go1.22.10 ", "the default is 1.22.10 now\n", "wrote @/p/.go-version: 1.23\n"]
    {
        assert!(ran.stderr.contains(says), "{says}\n{}", ran.stderr);
    }
    assert_eq!(
        (m.read("home/.goward/default"), m.read("p/.go-version")),
        ("1.22.10\n".into(), "1.23\n".into())
    );
    assert_eq!(
        before,
        [m.read("home/.bashrc"), m.read("p/mise.toml"), m.read("home/.goenv/version")]
    );
    assert!(m.path("home/.goenv/versions/1.22.10/bin/go").is_file(), "the original stays");
    let again = m.run(&[&tools[..], &["--yes"]].concat());
    assert_eq!((again.code, again.stderr.as_str()), (0, "goward: there is nothing to import\n"));
    assert!(!again.stdout.contains("  install  ") && again.stdout.contains(".bashrc:2"));
    let json = m.json(&tools);
    assert_eq!(json["done"], true);
    assert_eq!(rows(&m, &json, "toolchains", &["does", "why"]), ["nothing there already"; 2]);
    assert!(m.ok(&["import", "goenv", "-v"]).contains("  leave   go1.22.10 of goenv"));
}

/// Each manager alone, laid out as it lays things out.
#[test]
fn every_layout_is_found() {
    let host = goward_installer::Platform::host();
    let cached = format!(
        "home/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.22.10.{}-{}",
        host.os(),
        host.arch()
    );
    for (tool, by, path) in [
        ("goenv", "goenv", "home/.goenv/versions/1.22.10"),
        ("gvm", "gvm", "home/.gvm/gos/go1.22.10"),
        ("gvm", "gvm", "home/.gvm/versions/go1.22.10.linux.amd64"),
        ("gimme", "gimme", "home/.gimme/versions/go1.22.10.linux.amd64"),
        ("g", "g", "home/.g/versions/1.22.10"),
        ("g", "g", "home/.go/.versions/1.22.10"),
        ("goup", "goup", "home/.goup/go1.22.10"),
        ("goup", "goup", "home/.go/go1.22.10"),
        ("gobrew", "gobrew", "home/.gobrew/versions/1.22.10/go"),
        ("asdf", "asdf", "home/.asdf/installs/golang/1.22.10/go"),
        ("mise", "mise", "home/.local/share/mise/installs/go/1.22.10"),
        ("proto", "proto", "home/.proto/tools/go/1.22.10"),
        ("vfox", "vfox", "home/.version-fox/cache/golang/v-1.22.10/golang-1.22.10"),
        ("golang.org/dl", "golang.org/dl", "home/sdk/go1.22.10"),
        ("sdk", "golang.org/dl", "home/sdk/go1.22.10"),
        ("setup-go", "setup-go", "cache/go/1.22.10/x64"),
        ("scoop", "Scoop", "home/scoop/apps/go/1.22.10"),
        ("go", "go", &cached),
    ] {
        let m = machine();
        let cache = m.path("cache").display().to_string();
        let m = m.with("RUNNER_TOOL_CACHE", &cache);
        tree(&m, path, "1.22.10");
        let found = rows(&m, &m.json(&["import", tool]), "toolchains", &["name", "by", "goroot"]);
        assert_eq!(found, [format!("go1.22.10 {by} @/{path}")], "{tool}");
        let other = if tool == "mise" { "goenv" } else { "mise" };
        assert!(part(&m.json(&["import", other]), "toolchains").is_empty(), "{tool}");
    }
}

#[test]
fn trees_that_are_not_copied_are_told_with_the_reason() {
    let m = machine();
    let brew = m.path("brew").display().to_string();
    let m = m.with("HOMEBREW_PREFIX", &brew);
    tree(&m, "home/.gvm/gos/go1.22.10", "1.22.10");
    m.write("home/.gvm/gos/go1.22.10/.git/HEAD", "");
    tree(&m, "home/.gvm/gos/corp", "1.23.2-corp");
    tree(&m, "brew/opt/go@1.21/libexec", "1.21.13");
    tree(&m, "home/.goenv/versions/1.22.10", "1.22.10");
    let json = m.json(&["import", "gvm", "goenv", "homebrew"]);
    let all = rows(&m, &json, "toolchains", &["name", "does", "command"]);
    assert_eq!(
        all,
        [
            "go1.22.10 install null",
            "go1.22.10 nothing null",
            "go1.23.2-corp link goward link go1.23.2-corp @/home/.gvm/gos/corp",
            "go1.21.13 link goward link homebrew-1.21.13 @/brew/opt/go@1.21/libexec",
        ]
    );
    // The commands that it names do what they say.
    m.ok(&["link", "homebrew-1.21.13", &m.path("brew/opt/go@1.21/libexec").display().to_string()]);
    m.ok(&["link", "go1.23.2-corp", &m.path("home/.gvm/gos/corp").display().to_string()]);
    let json = m.json(&["import", "gvm", "goenv", "homebrew"]);
    assert_eq!(rows(&m, &json, "toolchains", &["does"])[2..], ["nothing", "nothing"]);
    // Without a network nothing is proven, and nothing fetched.
    let m = m.with("GOSUMDB", "sum.golang.org").with("GOPROXY", "off");
    let json = m.json(&["import", "goenv", "--offline"]);
    let said = rows(&m, &json, "toolchains", &["does", "why"]);
    assert!(said[0].starts_with("nothing ") && said[0].contains("offline"), "{said:?}");
    assert_eq!(json["done"], false);
    let ran = m.run(&["import", "goenv", "--offline", "--yes"]);
    let says = "goward: nothing can be imported now, for the reasons above\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (0, says));
    // The plan has the ways out, and they lead there.
    let line = m.run(&["import", "goenv", "--offline", "-v"]).stdout;
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let dir = "~/.goenv/versions/1.22.10";
    let ways = format!(
        "from a mirror: goward install 1.22.10; if you trust those files: goward adopt {dir} --unverified"
    );
    assert!(line.contains(&ways), "{line}");
    m.ok(&["adopt", &dir.replace('~', &m.path("home").display().to_string()), "--unverified"]);
    assert!(m.root("toolchains/go1.22.10").is_dir());
}

/// Another user may have put a thousand trees there, and each question waits for a server.
#[test]
fn a_witness_that_cannot_be_reached_is_asked_once() {
    let m = machine();
    let m = m.with("GOSUMDB", "sum.golang.org").with("GOPROXY", "http://127.0.0.1:1");
    for version in ["1.21.13", "1.22.9", "1.22.10"] {
        tree(&m, &format!("home/.goenv/versions/{version}"), version);
    }
    let ran = m.run(&["import", "goenv", "--dry-run"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    // One question has four tries.
    assert_eq!(ran.stderr.matches("; trying again in ").count(), 3, "{}", ran.stderr);
    assert_eq!(ran.stdout.matches("does not say whether").count(), 3, "{}", ran.stdout);
}

#[test]
fn one_step_that_fails_leaves_the_others() {
    let m = machine();
    tree(&m, "home/.goenv/versions/1.20.3", "1.20.3");
    tree(&m, "home/.goenv/versions/1.22.10", "1.22.10");
    m.write("home/.goenv/version", "1.20.3\n");
    let ran = m.run(&["import", "goenv", "--yes"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(m.root("toolchains/go1.22.10").is_dir(), "{}", ran.stderr);
    assert!(!m.root("default").exists(), "not a release that is not there");
    for says in [
        "goward: error: the default was not set: 1.20.3 is not installed\n",
        "goward: error: 2 of 3 steps failed\n",
        "hint: what is done stays done; to try the rest again, run: goward import goenv --yes\n",
    ] {
        assert!(ran.stderr.contains(says), "{says}\n{}", ran.stderr);
    }
}

#[test]
fn what_the_user_decided_stays() {
    let m = used();
    m.write("p/.go-version", "1.21.13\n");
    m.ok(&["install", "1.21.13"]);
    m.ok(&["default", "1.21.13"]);
    let json = m.json(&["import", "goenv", "mise"]);
    assert_eq!(rows(&m, &json, "defaults", &["sets", "why"]), ["null goward has a default"]);
    let why = "null the file that goward reads there says 1.21.13";
    assert_eq!(rows(&m, &json, "pins", &["writes", "why"]), [why]);
    m.ok(&["import", "goenv", "mise", "--yes"]);
    assert_eq!(m.read("p/.go-version"), "1.21.13\n");
    assert_eq!(m.read("home/.goward/default"), "1.21.13\n");
    // So does a line of a .tool-versions, and one that goward refuses.
    for (name, text, says) in [
        (".tool-versions", "nodejs 20\ngolang 1.22.9\n", "says 1.22.9"),
        (".go-version", "../x\n", "says what goward refuses"),
    ] {
        let _ = fs::remove_file(m.path("p/.go-version"));
        m.write(&format!("p/{name}"), text);
        let json = m.json(&["import", "mise"]);
        let why = rows(&m, &json, "pins", &["why"]);
        assert!(why[0].ends_with(says), "{why:?}");
    }
    // A default in the home directory is read by goward itself.
    let m = machine();
    m.write("home/.tool-versions", "golang 1.22.10\n");
    let json = m.json(&["import", "asdf"]);
    let why = "1.22.10 null goward reads that file itself: it is the default already";
    assert_eq!(rows(&m, &json, "defaults", &["says", "sets", "why"]), [why]);
}

/// An adopted tree without a witness is installed, and still does not become the default.
#[test]
fn an_unverified_toolchain_does_not_become_the_default() {
    let m = machine();
    tree(&m, "home/.goenv/versions/1.22.10", "1.22.10");
    m.ok(&["adopt", "1.22.10", "--unverified"]);
    assert!(!m.root("default").exists());
    m.write("home/.goenv/version", "1.22.10\n");
    let json = m.json(&["import", "goenv"]);
    let why = "null nothing vouched for that toolchain";
    assert_eq!(rows(&m, &json, "defaults", &["sets", "why"]), [why]);
    assert_eq!(json["done"], true);
    m.ok(&["import", "goenv", "--yes"]);
    assert!(!m.root("default").exists());
}

#[test]
fn projects_below_a_directory_get_their_versions() {
    let m = machine();
    m.write("src/a/mise.toml", "[tools]\ngo = '1.22.10'\n");
    m.write("src/a/.prototools", "go = '1.21.13'\n");
    m.write("src/b/.vfox.toml", "[tools]\ngolang = '1.22.10'\n");
    m.write("src/c/.gvm_local/x", "");
    m.write("src/vendor/d/mise.toml", "[tools]\ngo = '1.22.10'\n");
    m.write("home/mise.toml", "[tools]\ngo = '1.22.10'\n");
    let src = m.path("src").display().to_string();
    let tools = ["mise", "proto", "vfox", "gvm"];
    let args = [&["import"], &tools[..], &["--project", &src]].concat();
    let json = m.json(&args);
    assert_eq!(
        rows(&m, &json, "pins", &["file", "writes", "why"]),
        [
            "@/src/a/mise.toml null another file there says something else",
            "@/src/a/.prototools null another file there says something else",
            "@/src/b/.vfox.toml 1.22.10 goward does not read that file",
        ]
    );
    assert_eq!(rows(&m, &json, "leftovers", &["file", "text"]), ["@/src/c/.gvm_local GOPATH"]);
    m.ok(&[&args[..], &["--yes"]].concat());
    assert_eq!(m.read("src/b/.go-version"), "1.22.10\n");
    assert!(!m.path("src/a/.go-version").exists());
    // The home directory is no project.
    let mut command = m.command(&["import", "mise", "--json"]);
    let ran = ran(command.current_dir(m.path("home")).env_remove("PWD").output().unwrap(), &m);
    assert!(ran.stdout.contains("\"pins\": []"), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(m.run(&["import", "--project", "absent"]).code, 1);
}

#[test]
fn a_narrow_window_and_a_quiet_run_have_all_of_it() {
    let m = used().with("COLUMNS", "40");
    let said = m.ok(&["import", "goenv", "-q", "--no-color"]);
    let lines: Vec<_> = said.lines().filter(|line| !line.contains('/')).collect();
    assert!(lines.iter().all(|line| line.chars().count() <= 40), "{said}");
    let ran = m.run(&["import", "goenv", "-q"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

/// An import from mise's own links, each of which is another name of a tree.
#[test]
fn other_names_of_a_tree_are_no_trees() {
    let m = machine();
    let installs = "home/.local/share/mise/installs/go";
    tree(&m, &format!("{installs}/1.22.10"), "1.22.10");
    for link in ["1.22", "1", "latest"] {
        symlink("1.22.10", m.path(installs).join(link)).unwrap();
    }
    assert_eq!(part(&m.json(&["import", "mise"]), "toolchains").len(), 1);
}

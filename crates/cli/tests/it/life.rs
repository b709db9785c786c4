//! The life of installed toolchains: verify, repair, prune, adopt, cache.

use crate::machine::{Machine, script};
use goward_testkit::start::tool;
use std::fs::{self, File, FileTimes};
use std::path::Path;
use std::time::{Duration, SystemTime};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Makes every program of a tree look as if it had been run last so many days ago.
fn used_days_ago(tree: &Path, days: u32) {
    let then = SystemTime::now() - DAY * days;
    let times = FileTimes::new().set_accessed(then).set_modified(then);
    for file in ["bin/go", "bin/gofmt", "pkg/tool/any/compile", ""] {
        let path = tree.join(file);
        if path.exists() {
            File::open(path).unwrap().set_times(times).unwrap();
        }
    }
}

/// Two builds of one image are equal to the byte.
#[test]
fn a_receipt_says_the_time_of_the_image_that_is_built() {
    let m = Machine::new().with("SOURCE_DATE_EPOCH", "1700000000");
    m.ok(&["install", "1.22.10"]);
    let json = m.json(&["list"]);
    assert_eq!(json[0]["installed"], 1_700_000_000, "{json}");
}

#[test]
fn whatever_changes_in_a_tree_is_found_and_repaired() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10", "1.23.2"]);
    assert_eq!(
        m.ok(&["verify"]),
        "go1.22.10  intact: 6 files as installed\ngo1.23.2  intact: 6 files as installed\n"
    );
    let tree = m.root("toolchains/go1.22.10");
    // The same size: only its content tells.
    fs::write(tree.join("src/cmd/go/main.go"), "package nain\n").unwrap();
    fs::remove_file(tree.join("pkg/tool/any/compile")).unwrap();
    fs::write(tree.join("src/new file.go"), "").unwrap();
    let gofmt = tree.join("bin/gofmt");
    let copy = fs::read(&gofmt).unwrap();
    fs::remove_file(&gofmt).unwrap();
    fs::write(&gofmt, copy).unwrap();
    let ran = m.run(&["verify"]);
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    assert_eq!(
        ran.stdout,
        "go1.22.10  damaged: 4 of 6 files differ\n    \
             mode      bin/gofmt\n    \
             missing   pkg/tool/any/compile\n    \
             changed   src/cmd/go/main.go\n    \
             added     src/new file.go\n\
         go1.23.2  intact: 6 files as installed\n"
    );
    assert!(ran.stderr.contains("hint: put it right with: goward repair go1.22.10\n"));
    let json = m.run(&["verify", "1.22.10", "--json"]);
    assert_eq!(json.code, 5);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&json[0]["status"], &json[0]["compared"]), (&"damaged".into(), &"contents".into()));
    assert_eq!(json[0]["differences"][2]["path"], "src/cmd/go/main.go");
    assert_eq!(m.ok(&["repair", "-n"]), "would repair go1.22.10\n");
    assert_eq!(m.run(&["verify"]).code, 5, "a dry run changes nothing");
    let ran = m.run(&["repair"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.ends_with("goward: repaired go1.22.10\n"), "{}", ran.stderr);
    m.ok(&["verify"]);
    assert!(!tree.join("src/new file.go").exists());
    assert_eq!(m.ok(&["exec", "1.22.10", "--", "go"]), "go version go1.22.10 \n");
    let staged = fs::read_dir(m.root("state/staging")).map_or(0, |entries| entries.count());
    assert_eq!(staged, 0);
    assert_eq!(m.run(&["repair"]).stderr, "goward: nothing is damaged\n");
}

/// A receipt that says nothing, or is no file, hides no other toolchain, and repair makes a new one.
#[cfg(unix)]
#[test]
fn a_damaged_receipt_is_told_and_repaired() {
    let mut m = Machine::new();
    m.ok(&["install", "1.22.10", "1.23.2"]);
    let receipt = m.root("state/receipts/go1.22.10.json");
    for damage in ["no JSON", ""] {
        fs::remove_file(&receipt).unwrap();
        match damage {
            "" => assert!(tool("mkfifo").arg(&receipt).status().unwrap().success()),
            text => fs::write(&receipt, text).unwrap(),
        }
        let ran = m.run(&["verify"]);
        assert_eq!(ran.code, 5, "{}", ran.stderr);
        assert!(ran.stdout.contains("go1.22.10.json is damaged"), "{}", ran.stdout);
        assert!(ran.stdout.contains("go1.23.2  intact"), "{}", ran.stdout);
        let json = m.run(&["verify", "--json"]).stdout;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert!(json[0]["fault"].as_str().unwrap().ends_with("go1.22.10.json is damaged"));
        assert_eq!(json[1]["fault"], serde_json::Value::Null);
        assert!(ran.stderr.ends_with("with: goward repair go1.22.10\n"), "{}", ran.stderr);
        // What the user demands holds for a record that says nothing.
        m = m.with("GOWARD_VERIFY", "t1");
        let strict = m.run(&["repair"]);
        assert_ne!(strict.code, 0, "{}", strict.stderr);
        m = m.with("GOWARD_VERIFY", "");
        let ran = m.run(&["repair"]);
        assert_eq!((ran.code, ran.stderr.ends_with("goward: repaired go1.22.10\n")), (0, true));
        m.ok(&["verify"]);
    }
}

#[test]
fn a_toolchain_that_cannot_be_had_anew_stays_as_it_is() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    let file = m.root("toolchains/go1.22.10/VERSION");
    fs::write(&file, "go1.22.1\n\n").unwrap();
    fs::rename(m.path("mirror"), m.path("gone")).unwrap();
    let ran = m.run(&["repair", "1.22.10"]);
    assert_ne!(ran.code, 0);
    assert_eq!(fs::read_to_string(&file).unwrap(), "go1.22.1\n\n");
    // goward cannot ask the origin of the toolchain anew.
    fs::rename(m.path("gone"), m.path("mirror")).unwrap();
    let receipt = m.root("state/receipts/go1.22.10.json");
    let text = fs::read_to_string(&receipt).unwrap();
    fs::write(&receipt, text.replace("\"T3\"", "\"none\"")).unwrap();
    let ran = m.run(&["repair", "1.22.10"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("cannot be fetched anew"), "{}", ran.stderr);
}

#[test]
fn old_receipts_and_damaged_manifests_say_what_they_can() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    let manifest = m.root("state/receipts/go1.22.10.files");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replacen(' ', "x ", 1)).unwrap();
    let ran = m.run(&["verify"]);
    assert_eq!(ran.code, 5);
    assert!(ran.stdout.contains("go1.22.10.files is damaged"), "{}", ran.stdout);
    // Receipts had this form before there were manifests.
    fs::remove_file(&manifest).unwrap();
    let receipt = m.root("state/receipts/go1.22.10.json");
    let mut old: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&receipt).unwrap()).unwrap();
    old["files"].as_object_mut().unwrap().remove("contents").unwrap();
    fs::write(&receipt, old.to_string()).unwrap();
    let said = m.ok(&["verify"]);
    assert!(said.contains("intact: 6 files, names and sizes as installed"), "{said}");
    assert_eq!(m.json(&["verify"])[0]["compared"], "shape");
    fs::remove_file(m.root("toolchains/go1.22.10/VERSION")).unwrap();
    assert_eq!(m.run(&["verify"]).code, 5);
    fs::remove_file(&receipt).unwrap();
    m.write("home/.goward/toolchains/go1.22.10/VERSION", "go1.22.10\n");
    let m = m.with("GOSUMDB", "off");
    let said = m.run(&["verify"]).stdout;
    assert!(said.contains("unknown: there is no receipt"), "{said}");
    m.ok(&["uninstall", "--force", "1.22.10"]);
    assert_eq!(m.run(&["verify", "1.22.10"]).code, 3);
}

#[test]
fn only_what_nothing_needs_is_pruned() {
    let m = Machine::new();
    m.ok(&["install", "1.21.13", "1.22.9", "1.22.10", "1.23.2", "1.24rc1"]);
    m.ok(&["default", "1.21.13"]);
    m.write("src/a/go.mod", "module a\n\ngo 1.22.0\n\ntoolchain go1.22.9\n");
    m.write("src/b/.go-version", "1.23.2\n");
    for version in ["1.21.13", "1.22.9", "1.22.10", "1.23.2"] {
        used_days_ago(&m.root(&format!("toolchains/go{version}")), 100);
    }
    let src = m.path("src").display().to_string();
    let ran = m.run(&["prune", &src]);
    assert_eq!(ran.code, 2, "it cannot be confirmed: {}", ran.stderr);
    assert!(ran.stderr.contains("go1.22.10") && ran.stderr.contains("--yes"), "{}", ran.stderr);
    let said = m.ok(&["prune", &src, "--dry-run"]);
    for line in [
        "keeps go1.21.13: go1.21.13 is the default\n",
        "keeps go1.22.9: @/src/a gets it, by @/src/a/go.mod:5\n",
        "keeps go1.23.2: @/src/b gets it, by @/src/b/.go-version:1\n",
        "keeps go1.24rc1: used today or yesterday\n",
        "would remove go1.22.10, ",
    ] {
        assert!(said.contains(line), "{line}{said}");
    }
    let json = m.json(&["prune", &src]);
    let goes: Vec<_> =
        json.as_array().unwrap().iter().filter(|row| row["reason"].is_null()).collect();
    assert_eq!((goes.len(), &goes[0]["name"]), (1, &"go1.22.10".into()));
    let ran = m.run(&["prune", &src, "--yes"]);
    let won = goes[0]["size"].as_u64().unwrap();
    assert_eq!((ran.code, ran.stderr), (0, format!("goward: removed go1.22.10, {won} B\n")));
    assert!(!m.root("toolchains/go1.22.10").exists() && m.root("toolchains/go1.22.9").exists());
    // A project whose wish cannot be read may be about any of them.
    m.write("src/b/.go-version", "../x\n");
    let ran = m.run(&["prune", &src, "--yes"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("nothing was removed"), "{}", ran.stderr);
    assert!(m.root("toolchains/go1.23.2").exists());
    // Without the folder nothing protects them but their use.
    m.ok(&["prune", "--yes", "--unused-for", "200"]);
    assert!(m.root("toolchains/go1.23.2").exists());
    m.ok(&["prune", "--yes"]);
    assert!(!m.root("toolchains/go1.23.2").exists() && m.root("toolchains/go1.21.13").exists());
}

#[test]
fn gos_own_toolchains_are_pruned_on_demand() {
    use std::os::unix::fs::PermissionsExt as _;
    let m = Machine::new();
    let host = goward_installer::Platform::host();
    let module = format!("v0.0.1-go1.24.2.{}-{}", host.os(), host.arch());
    let tree = m.path(&format!("home/go/pkg/mod/golang.org/toolchain@{module}"));
    script(&tree.join("bin/go"), "echo go");
    script(&tree.join("src/go.mod"), "");
    let zip = format!("home/go/pkg/mod/cache/download/golang.org/toolchain/@v/{module}.zip");
    m.write(&zip, "zip");
    used_days_ago(&tree, 100);
    for directory in ["bin", "src", ""] {
        fs::set_permissions(tree.join(directory), fs::Permissions::from_mode(0o555)).unwrap();
    }
    m.ok(&["prune", "--yes"]);
    assert!(tree.exists(), "not without being asked");
    let said = m.ok(&["prune", "--module-cache", "-n"]);
    assert!(said.contains("would remove go1.24.2 in Go's module cache, "), "{said}");
    m.ok(&["prune", "--module-cache", "--yes"]);
    assert!(!tree.exists() && !m.path(&zip).exists());
}

/// A tree as other tools have them.
pub(crate) fn tree(m: &Machine, path: &str, version: &str) {
    let tree = m.path(path);
    script(&tree.join("bin/go"), &format!("echo go version go{version} adopted"));
    script(&tree.join("bin/gofmt"), "");
    script(&tree.join("pkg/tool/any/compile"), "");
    m.write(&format!("{path}/src/cmd/go/main.go"), "package main\n");
    m.write(&format!("{path}/src/go.mod"), "module std\n");
    m.write(&format!("{path}/src/vendor/modules.txt"), "# whole\n");
    m.write(&format!("{path}/VERSION"), &format!("go{version}\n"));
}

#[test]
fn trees_of_other_tools_are_found_and_brought_in() {
    let m = Machine::new().with("GOSUMDB", "off").with("MISE_DATA_DIR", "");
    tree(&m, "home/sdk/go1.24.1", "1.24.1");
    tree(&m, "home/.goenv/versions/1.20.3", "1.20.3");
    tree(&m, "home/.gvm/gos/go1.19", "1.19");
    tree(&m, "home/.asdf/installs/golang/1.21.0/go", "1.21.0");
    tree(&m, "home/.local/share/mise/installs/go/1.22.5", "1.22.5");
    std::os::unix::fs::symlink("1.22.5", m.path("home/.local/share/mise/installs/go/1.22"))
        .unwrap();
    tree(&m, "home/.g/versions/1.18.1", "1.18.1");
    tree(&m, "home/.goup/go1.23.4", "1.23.4");
    m.write("home/.goenv/versions/junk/VERSION", "nonsense");
    let json = m.json(&["adopt"]);
    let rows: Vec<_> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["name"].as_str().unwrap(), row["by"].as_str().unwrap()))
        .collect();
    let expected = [
        ("go1.18.1", "g"),
        ("go1.19", "gvm"),
        ("go1.20.3", "goenv"),
        ("go1.21.0", "asdf"),
        ("go1.22.5", "mise"),
        ("go1.23.4", "goup"),
        ("go1.24.1", "golang.org/dl"),
    ];
    assert_eq!(rows, expected);
    assert!(m.ok(&["adopt"]).contains("go1.20.3  ~/.goenv/versions/1.20.3 (goenv)\n"));
    let ran = m.run(&["adopt", "1.20.3"]);
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    assert!(ran.stderr.contains("--unverified"), "{}", ran.stderr);
    assert!(!m.root("toolchains/go1.20.3").exists());
    assert_eq!(
        m.ok(&["adopt", "1.20.3", "--unverified", "-n"]),
        "would copy go1.20.3 from ~/.goenv/versions/1.20.3\n"
    );
    let ran = m.run(&["adopt", "1.20.3", "--unverified"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(m.path("home/.goenv/versions/1.20.3/bin/go").exists(), "the original stays");
    assert_eq!(m.ok(&["exec", "1.20.3", "--", "go"]), "go version go1.20.3 adopted\n");
    assert!(m.ok(&["verify", "1.20.3"]).contains("intact: 7 files as installed"));
    let list = m.json(&["list"]);
    assert_eq!((&list[0]["name"], &list[0]["trust"]), (&"go1.20.3".into(), &"none".into()));
    m.ok(&["adopt", "--all", "--move", "--unverified"]);
    for (name, _) in expected {
        assert!(m.root(&format!("toolchains/{name}")).is_dir(), "{name}");
    }
    assert!(!m.path("home/sdk/go1.24.1").exists(), "moved");
    assert!(m.path("home/.goenv/versions/1.20.3").exists(), "it was there before --all");
    assert_eq!(m.run(&["adopt", "1.99.1"]).code, 3);
    assert_eq!(m.run(&["adopt", "1.22"]).code, 2);
}

/// A link in a stranger's tree has a target that goward neither reads nor shows.
#[test]
fn links_out_of_a_tree_are_refused() {
    let m = Machine::new().with("GOSUMDB", "off");
    tree(&m, "go", "1.22.5");
    m.write("home/.ssh/id", "SECRET");
    for (link, target) in [("go/src/s", "../../home/.ssh"), ("go/root", "/")] {
        std::os::unix::fs::symlink(target, m.path(link)).unwrap();
        let dir = m.path("go").display().to_string();
        for command in
            [&["install", "--verify", "none", &dir][..], &["adopt", "--unverified", &dir]]
        {
            let ran = m.run(command);
            assert_eq!(ran.code, 2, "{}", ran.stderr);
            let says = format!("@/{link} is a link that leads out of the tree, to ");
            assert!(ran.stderr.contains(&says), "{}", ran.stderr);
            assert!(ran.stderr.contains("goward link NAME @/go\n"), "{}", ran.stderr);
            assert!(!m.root("toolchains/go1.22.5").exists());
            // A tree that is refused at once leaves no staging.
            let staged = fs::read_dir(m.root("state/staging")).map_or(0, Iterator::count);
            assert_eq!(staged, 0);
        }
        fs::remove_file(m.path(link)).unwrap();
    }
    let dir = m.path("go").display().to_string();
    std::os::unix::fs::symlink("cmd", m.path("go/src/inside")).unwrap();
    m.ok(&["install", "--verify", "none", &dir]);
    assert!(m.root("toolchains/go1.22.5/src/inside/go/main.go").is_file());
}

/// A VERSION that no process writes to, and one without end.
#[test]
fn a_tree_with_an_odd_version_holds_no_one_up() {
    let m = Machine::new().with("GOSUMDB", "off");
    tree(&m, "home/sdk/go1.22.5", "1.22.5");
    let (dir, version) = (m.path("home/sdk/go1.22.5"), m.path("home/sdk/go1.22.5/VERSION"));
    let dir = dir.display().to_string();
    for odd in ["fifo", "endless"] {
        fs::remove_file(&version).unwrap();
        match odd {
            "fifo" => {
                let made = tool("mkfifo").arg(&version).status().unwrap();
                assert!(made.success());
            }
            _ => std::os::unix::fs::symlink("/dev/zero", &version).unwrap(),
        }
        let ran = m.run(&["install", "--verify", "none", &dir]);
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        assert!(ran.stderr.contains("has no readable VERSION"), "{}", ran.stderr);
        assert_eq!(m.run(&["adopt", "--unverified", &dir]).code, 3);
        assert!(!m.ok(&["adopt"]).contains("go1.22.5"));
    }
}

#[test]
fn the_cache_is_cleaned() {
    let m = Machine::new();
    assert_eq!(m.ok(&["cache", "dir"]), "@/home/.goward/cache\n");
    let words = "goward: removed 0 B of goward's own downloads in ~/.goward/cache\n\
                 goward: Go's build cache: go clean -cache; Go's module cache: go clean -modcache\n";
    assert_eq!(m.run(&["cache", "clean"]).stderr, words);
    m.ok(&["install", "--keep-archives", "1.22.10"]);
    assert!(m.ok(&["cache", "clean", "-n"]).starts_with("would remove "));
    assert_eq!(fs::read_dir(m.root("cache/archives")).unwrap().count(), 1);
    m.ok(&["cache", "clean"]);
    assert_eq!(fs::read_dir(m.root("cache")).unwrap().count(), 0);
    m.ok(&["install", "1.23.2"]);
}

#[test]
fn the_list_tells_the_size_and_the_day() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    let said = m.ok(&["list", "-v"]);
    assert!(
        said.lines()
            .any(|l| l.contains(" B, installed on 20") || l.contains(" KiB, installed on 20")),
        "{said}"
    );
    let json = m.json(&["list"]);
    assert!(
        json[0]["size"].as_u64().unwrap() > 100
            && json[0]["installed"].as_u64().unwrap() > 1_700_000_000
    );
    m.ok(&["install", "1.22.9"]);
    let sizes = m.json(&["list"]);
    let all: u64 = (0..2).map(|at| sizes[at]["size"].as_u64().unwrap()).sum();
    let said = m.ok(&["list", "-v"]);
    let end = format!("2 toolchains take {} in all\n", goward_size(all));
    assert!(said.ends_with(&end), "{said}");
}

fn goward_size(bytes: u64) -> String {
    if bytes < 1024 { format!("{bytes} B") } else { format!("{} KiB", bytes >> 10) }
}

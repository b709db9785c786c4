//! `goward cache mark`, `trim` and `verify`: words, statuses, and where the cache is. Real caches are in
//! `tests/tests/e2e/buildcache.rs`.

use crate::machine::Machine;
use goward_testkit::untested::is_user;
use goward_testkit::zip;
use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// A name that Go gives an entry of the first directory.
const OLD: &str = "00abcdef00abcdef00abcdef00abcdef00abcdef00abcdef00abcdef00abcdef-d";

/// A machine with a build cache, in which are one entry of ten days ago and one link.
pub(crate) fn machine() -> Machine {
    let m = Machine::new();
    make_cache(&m, "home/.cache/go-build");
    m
}

pub(crate) fn make_cache(m: &Machine, at: &str) {
    m.write(
        &format!("{at}/README"),
        "This directory holds cached build artifacts from the Go build system.\n",
    );
    let old = m.write(&format!("{at}/00/{OLD}"), "bytes");
    let then = SystemTime::now() - Duration::from_secs(10 * 24 * 60 * 60);
    File::open(old).unwrap().set_modified(then).unwrap();
    let link = m.path(&format!("{at}/00/{}", OLD.replace("ab", "ac")));
    symlink(m.path("mirror"), link).unwrap();
}

/// Puts a module into the module cache. Someone has changed its file, and added one.
pub(crate) fn put_module(m: &Machine) {
    let downloads = "home/go/pkg/mod/cache/download/m.example/!a/@v";
    let entry = zip::Entry::new("m.example/A@v1.0.0/a.go", b"package a\n");
    m.write(&format!("{downloads}/v1.0.0.zip"), "");
    fs::write(m.path(&format!("{downloads}/v1.0.0.zip")), zip::write(&[entry])).unwrap();
    let h1 = "h1:vPxDUMUNabNUjdTOn8tnQtyVTUWhT3NmLBxJgvMjCBI=";
    m.write(&format!("{downloads}/v1.0.0.ziphash"), h1);
    m.write("home/go/pkg/mod/m.example/!a@v1.0.0/a.go", "package evil\n");
    m.write("home/go/pkg/mod/m.example/!a@v1.0.0/EXTRA.go", "package a\n");
}

fn old(m: &Machine) -> PathBuf {
    m.path("home/.cache/go-build/00").join(OLD)
}

#[test]
fn a_mark_and_a_trim_say_what_they_did() {
    let m = machine();
    let stays = format!(
        "goward: warning: ~/.cache/go-build/00/{} is a link; it stays\n",
        OLD.replace("ab", "ac")
    );
    let said = |args: &[&str]| {
        let ran = m.run(&[&["cache"], args].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stderr.starts_with(&stays), "{}", ran.stderr);
        [ran.stdout, ran.stderr[stays.len()..].to_owned()].concat()
    };
    let refused = m.run(&["cache", "trim", "--unmarked"]);
    let hint = "hint: mark it before the commands whose entries are to stay: goward cache mark\n";
    assert_eq!(
        (refused.code, refused.stderr),
        (1, format!("goward: error: ~/.cache/go-build is not marked\n{hint}"))
    );
    assert_eq!(said(&["mark", "-n"]), "would mark ~/.cache/go-build with 1 entry\n");
    assert!(!m.path("home/.cache/go-build/goward-mark.txt").exists());
    let marked = "goward: marked ~/.cache/go-build with 1 entry; what no go command uses from now \
                  on is unused\n";
    assert_eq!(said(&["mark"]), marked);
    for unused in [&["--unmarked"][..], &["--older-than", "9d"]] {
        let dry = said(&[&["trim", "-n"], unused].concat());
        let would = "would remove 1 entry (5 B) of ~/.cache/go-build, and keep 0 entries (0 B)\n";
        assert_eq!(dry, would);
        assert!(old(&m).exists());
    }
    assert!(said(&["trim", "--older-than", "10d"]).starts_with("goward: removed 0 entries"));
    let removed = "goward: removed 1 entry (5 B) of ~/.cache/go-build, kept 0 entries (0 B)\n";
    assert_eq!(said(&["trim", "--unmarked"]), removed);
    assert!(!old(&m).exists());
    for args in [&["cache", "mark", "-q"][..], &["cache", "trim", "-q", "--unmarked"]] {
        let quiet = m.run(args);
        assert_eq!((quiet.code, quiet.stdout + &quiet.stderr), (0, String::new()));
    }
    let verbose = m.run(&["-v", "cache", "trim", "--unmarked"]).stderr;
    assert!(verbose.contains("goward: the cache was marked "), "{verbose}");
}

#[test]
fn programs_get_numbers() {
    let m = machine();
    let marked = m.json(&["cache", "mark"]);
    assert_eq!(marked["cache"], "@/home/.cache/go-build");
    assert_eq!((&marked["entries"], &marked["set_back"]), (&1.into(), &0.into()));
    let dry = m.json(&["cache", "trim", "--unmarked", "-n"]);
    assert_eq!((&dry["done"], &dry["removed"]["size"]), (&false.into(), &5.into()));
    let trimmed = m.json(&["cache", "trim", "--unmarked"]);
    assert_eq!((&trimmed["done"], &trimmed["removed"]["outputs"]), (&true.into(), &1.into()));
    assert_eq!(trimmed["left"]["first"][0]["why"], "is a link");
    assert!(trimmed["since"].as_i64() < trimmed["marked"].as_i64());
    let none = m.with("GOCACHE", "/nonexistent/go-build").json(&["cache", "trim", "--unmarked"]);
    assert!(none["since"].is_null() && none["set_by"].is_string());
}

/// Nothing that is no build cache loses a file, whatever a variable says.
#[test]
fn a_directory_that_is_no_build_cache_is_left_alone() {
    let lost = |m: &Machine| m.path("home/00").join(OLD);
    for (value, code, words) in [
        ("@/home", 6, "@/home is no build cache of Go's"),
        ("@/home/.cache/link/", 6, "~/.cache/link is a link"),
        ("@/home/.cache/go-build/README", 6, "README is not a directory"),
        ("off", 2, "GOCACHE is off (GOCACHE in the environment), so Go has no build cache"),
        ("go-build", 2, "GOCACHE is not an absolute path (GOCACHE in the environment)"),
        ("~/.cache/go-build", 2, "GOCACHE is not an absolute path"),
    ] {
        let m = machine();
        make_cache(&m, "home");
        fs::remove_file(m.path("home/README")).unwrap();
        symlink("go-build", m.path("home/.cache/link")).unwrap();
        let value = value.replace('@', m.path("").display().to_string().trim_end_matches('/'));
        let m = m.with("GOCACHE", &value);
        for args in [&["cache", "mark"][..], &["cache", "trim", "--older-than", "1h"]] {
            let ran = m.run(args);
            assert_eq!(ran.code, code, "{value}: {}", ran.stderr);
            assert!(ran.stderr.contains(words), "{value}: {}", ran.stderr);
            assert!(ran.stderr.contains("hint: ") || words.contains("not a"), "{}", ran.stderr);
        }
        assert!(lost(&m).exists() && old(&m).exists());
    }
    let program = machine().with("GOCACHEPROG", "/bin/false");
    let ran = program.run(&["cache", "trim", "--older-than", "1h"]);
    assert!(ran.code == 2 && ran.stderr.contains("a program keeps Go's build cache"));
    assert!(old(&program).exists());
}

/// A repository that was only cloned chooses no directory.
#[test]
fn a_goenv_counts_once_it_is_trusted() {
    let m = machine();
    make_cache(&m, "other");
    let other = m.path("other").display().to_string();
    m.write("p/.goenv", &format!("GOCACHE={other}\n"));
    let trim = ["cache", "trim", "--older-than", "1d"];
    let ran = m.run(&trim);
    assert!(ran.code == 0 && ran.stderr.contains("GOCACHE there does not count"), "{}", ran.stderr);
    assert!(!old(&m).exists() && m.path("other/00").join(OLD).exists());
    m.ok(&["trust"]);
    assert_eq!(m.run(&trim).code, 0);
    assert!(!m.path("other/00").join(OLD).exists());
    let m = machine();
    make_cache(&m, "other");
    let other = m.path("other").display().to_string();
    m.write("home/.config/go/env", &format!("GOCACHE={other}\n"));
    assert_eq!(m.run(&trim).code, 0);
    assert!(old(&m).exists() && !m.path("other/00").join(OLD).exists());
}

#[test]
fn what_the_user_may_not_change_is_told() {
    if !is_user("a directory that cannot be written") {
        return;
    }
    let m = machine();
    let cache = m.path("home/.cache/go-build");
    let mode = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(&cache.join("00"), 0o555);
    let ran = m.run(&["cache", "trim", "--older-than", "1d"]);
    mode(&cache.join("00"), 0o755);
    assert!(ran.code == 0 && ran.stderr.contains("cannot be changed"), "{}", ran.stderr);
    mode(&cache, 0o555);
    let ran = m.run(&["cache", "mark"]);
    mode(&cache, 0o755);
    assert!(ran.code == 6 && ran.stderr.contains("cannot open "), "{}", ran.stderr);
}

/// A mistyped GOCACHE is seen: the cache that is meant is another one.
#[test]
fn a_mark_of_a_cache_that_is_not_there_says_so() {
    let m = Machine::new();
    let dry = m.json(&["cache", "mark", "-n"]);
    assert_eq!((&dry["new"], &dry["done"]), (&true.into(), &false.into()));
    let said = m.ok(&["cache", "mark", "-n"]);
    assert_eq!(said, "would make an empty build cache in ~/.cache/go-build, since there is none\n");
    let ran = m.run(&["cache", "mark"]);
    let words = "goward: there was no build cache: made an empty one in ~/.cache/go-build; what go \
                 commands build from now on is used\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (0, words));
    assert_eq!(m.json(&["cache", "mark"])["new"], false);
}

/// The bytes of the one output have another hash than its name.
#[test]
fn damage_is_found_and_removed_on_demand() {
    let m = machine();
    let found = m.run(&["cache", "verify"]);
    assert_eq!(found.code, 5, "{}", found.stderr);
    let line = format!("corrupt  00/{OLD}  its bytes have the hash 277089d9");
    assert!(found.stdout.starts_with(&line), "{}", found.stdout);
    let count = "1 bad of 1 entry of ~/.cache/go-build, 1 output (5 B) hashed\n";
    assert!(found.stdout.ends_with(count), "{}", found.stdout);
    let passed = "is a link; goward passed over it\n";
    let last = "goward: error: 1 entry of ~/.cache/go-build is damaged\n\
                hint: to remove what is damaged, run: goward cache verify --fix\n";
    assert!(found.stderr.contains(passed) && found.stderr.ends_with(last), "{}", found.stderr);
    assert!(old(&m).exists());
    let fixed = m.run(&["cache", "verify", "--fix", "-q"]);
    assert_eq!((fixed.code, fixed.stderr.as_str(), old(&m).exists()), (0, "", false));
    let sound = m.run(&["cache", "verify"]);
    let count = "no damage in 0 entries of ~/.cache/go-build, 0 outputs (0 B) hashed\n";
    assert_eq!((sound.code, sound.stdout.as_str()), (0, count));
    let none = m.with("GOCACHE", "/nonexistent/go-build").run(&["cache", "verify"]);
    let words = "goward: there is no build cache in /nonexistent/go-build yet\n";
    assert_eq!((none.code, none.stdout + &none.stderr), (0, words.to_owned()));
}

#[test]
fn a_changed_module_is_named_with_its_files() {
    let m = Machine::new();
    let none = m.run(&["cache", "verify", "--modules"]);
    let words = "goward: there is no module cache in ~/go/pkg/mod yet\n";
    assert_eq!((none.code, none.stderr.as_str()), (0, words));
    put_module(&m);
    let lines = |end: &str| {
        format!(
            "m.example/A@v1.0.0  tree: the unpacked files are not those of the zip{end}\n    \
             added     EXTRA.go\n    changed   a.go\n\
             1 bad of 1 tree (23 B) and 1 zip of ~/go/pkg/mod\n"
        )
    };
    let found = m.run(&["cache", "verify", "--modules"]);
    let last = "goward: error: m.example/A@v1.0.0 is not as it was fetched\n\
                hint: to have Go unpack them again, run: goward cache verify --modules --fix\n";
    assert_eq!((found.code, found.stdout, found.stderr.as_str()), (5, lines(""), last));
    m.write("p/go.mod", "module m\n\ngo 1.21\n");
    m.write("p/go.sum", "m.example/A v1.0.0 h1:x y\n");
    let odd = m.run(&["cache", "verify", "--modules"]);
    let words = "p/go.sum:1 is no line of a go.sum, and goward passed over it\n";
    assert!(odd.code == 5 && odd.stderr.contains(words), "{}", odd.stderr);
    m.write("p/go.sum", "");
    let fixed = m.run(&["cache", "verify", "--modules", "--fix"]);
    assert_eq!((fixed.code, fixed.stdout), (0, lines("; the tree is removed")));
    assert!(!m.path("home/go/pkg/mod/m.example/!a@v1.0.0").exists());
    let elsewhere = m.with("GOMODCACHE", "relative").run(&["cache", "verify", "--modules"]);
    assert_eq!(elsewhere.code, 2, "{}", elsewhere.stderr);
    let words = "GOMODCACHE is not an absolute path (GOMODCACHE in the environment)";
    assert!(elsewhere.stderr.contains(words), "{}", elsewhere.stderr);
}

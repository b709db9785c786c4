//! `goward adopt --move`: the original goes only if nothing is lost with it.

use crate::life::tree;
use crate::machine::{Machine, copy};
use goward_testkit::start::{find, program, tool};
use std::fs;
use std::os::unix::fs::symlink;

fn machine() -> Machine {
    Machine::new().with("GOSUMDB", "off")
}

/// `goward adopt --move`, which has to refuse because of that.
#[track_caller]
fn refused(m: &Machine, what: &str, code: i32, why: &str) {
    let ran = m.run(&["adopt", "--move", "--unverified", what]);
    assert_eq!(ran.code, code, "{what}: {}", ran.stderr);
    assert!(ran.stderr.contains(why), "{what}: {}", ran.stderr);
    assert!(!ran.stderr.contains("removed "), "{what}: {}", ran.stderr);
}

#[test]
fn a_tree_that_the_store_has_itself_is_not_moved() {
    let m = machine();
    m.ok(&["install", "1.22.10"]);
    let installed = m.root("toolchains/go1.22.10");
    let path = installed.display().to_string();
    refused(&m, &path, 2, "cannot be moved into the store\n    it lies in the store ~/.goward");
    symlink(&installed, m.path("elsewhere")).unwrap();
    refused(&m, &m.path("elsewhere").display().to_string(), 2, "it lies in the store ~/.goward");
    assert!(installed.join("bin/go").is_file());
    // A store in a tree.
    tree(&m, "outer", "1.22.5");
    let inner = m.path("outer/root").display().to_string();
    let m = m.with("GOWARD_ROOT", &inner);
    refused(&m, &m.path("outer").display().to_string(), 2, "the store @/outer/root lies in it");
    assert!(m.path("outer/bin/go").is_file());
}

#[test]
fn a_tree_to_which_a_link_of_the_store_leads_is_not_moved() {
    let m = machine();
    m.ok(&["install", "1.21.13"]);
    tree(&m, "home/sdk/go1.22.5", "1.22.5");
    let (original, link) = (m.path("home/sdk/go1.22.5"), m.root("toolchains/go1.22.5"));
    symlink(&original, &link).unwrap();
    refused(&m, "1.22.5", 2, "~/.goward/toolchains/go1.22.5 leads there\nhint: ");
    assert_eq!(m.run(&["adopt", "--move", "-n", "1.22.5"]).code, 2, "nor is it said to be");
    assert!(link.join("bin/go").is_file());
    fs::remove_file(&link).unwrap();
    m.ok(&["link", "mine", &original.display().to_string()]);
    refused(&m, "1.22.5", 2, "forget that first: goward uninstall mine");
    m.ok(&["uninstall", "mine"]);
    m.ok(&["adopt", "--move", "--unverified", "1.22.5"]);
    assert!(!original.exists() && link.join("bin/go").is_file());
}

/// Two tools have one release, and the user has changed the second.
#[test]
fn an_original_with_other_files_stays() {
    let m = machine();
    for path in ["home/sdk/go1.22.5", "home/.goenv/versions/1.22.5", "home/.g/versions/1.22.5"] {
        tree(&m, path, "1.22.5");
    }
    m.write("home/.goenv/versions/1.22.5/src/mine.go", "package mine\n");
    let ran = m.run(&["adopt", "--all", "--move", "--unverified"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let stays = "the original stays in ~/.goenv/versions/1.22.5: it has what the store does not";
    assert!(ran.stderr.contains(stays), "{}", ran.stderr);
    assert!(m.path("home/.goenv/versions/1.22.5/src/mine.go").is_file());
    for same in ["home/sdk/go1.22.5", "home/.g/versions/1.22.5"] {
        assert!(!m.path(same).exists(), "{same} is the same: {}", ran.stderr);
    }
    // No copy has the history of a checkout.
    tree(&m, "home/sdk/go1.22.6", "1.22.6");
    m.write("home/sdk/go1.22.6/.git/HEAD", "ref: refs/heads/mine\n");
    m.ok(&["adopt", "--move", "--unverified", "1.22.6"]);
    assert!(m.path("home/sdk/go1.22.6/.git/HEAD").is_file());
}

#[test]
fn a_tree_that_runs_is_not_moved() {
    let m = machine();
    tree(&m, "home/sdk/go1.22.5", "1.22.5");
    let sleep = m.path("home/sdk/go1.22.5/pkg/tool/any/sleep");
    copy(&find("sleep").unwrap(), &sleep);
    let none: [(&str, &str); 0] = [];
    let mut child = program(&sleep, none).arg("60").spawn().unwrap();
    let why = format!("is in use: process {} runs ~/sdk/go1.22.5/pkg/tool/any/sleep", child.id());
    refused(&m, "1.22.5", 6, &why);
    assert!(!m.root("toolchains/go1.22.5").exists());
    child.kill().unwrap();
    child.wait().unwrap();
    m.ok(&["adopt", "--move", "--unverified", "1.22.5"]);
}

/// A tree that goward cannot copy is refused for that, whether or not a witness can be asked. The flag
/// that needs no witness is no remedy.
#[test]
fn a_tree_that_cannot_be_copied_is_refused_for_that_alone() {
    let dead = [("GOSUMDB", "sum.golang.org"), ("GOPROXY", "off")];
    for m in [machine(), dead.iter().fold(Machine::new(), |m, (key, value)| m.with(key, value))] {
        tree(&m, "go", "1.22.5");
        let dir = m.path("go").display().to_string();
        let says = |why: &str| {
            for args in [&["adopt", &dir][..], &["adopt", "--unverified", &dir]] {
                let ran = m.run(args);
                let first = ran.stderr.lines().next().unwrap();
                assert!(ran.code != 0 && first.contains(why), "{args:?}: {}", ran.stderr);
                assert!(!ran.stderr.contains("--unverified"), "{args:?}: {}", ran.stderr);
                assert!(!m.root("toolchains/go1.22.5").exists());
            }
        };
        assert!(tool("mkfifo").arg(m.path("go/src/odd")).status().unwrap().success());
        says("@/go/src/odd is neither file nor directory");
        fs::remove_file(m.path("go/src/odd")).unwrap();
        symlink("..", m.path("go/src/odd")).unwrap();
        says("@/go/src/odd is a link that leads in a circle");
        fs::remove_file(m.path("go/src/odd")).unwrap();
        // Now a witness is all that it lacks.
        let ran = m.run(&["adopt", &dir]);
        assert!(ran.stderr.contains("hint: if you trust those files: "), "{}", ran.stderr);
        m.ok(&["adopt", &dir, "--unverified"]);
        assert!(!m.root("default").exists(), "no default of files that nothing vouches for");
    }
}

#[test]
fn a_directory_that_is_no_tree_of_a_release_is_told_why() {
    let m = machine();
    for (name, file, content, why) in [
        ("a", "VERSION", None, "it has no readable VERSION"),
        ("b", "bin/go", None, "it has no bin/go"),
        ("c", "VERSION", Some("SECRET\n"), "its VERSION does not begin with a toolchain's name"),
        (
            "d",
            "VERSION",
            Some("go1.22.5-corp\n"),
            "go1.22.5-corp is no release of Go: it has a name",
        ),
    ] {
        tree(&m, name, "1.22.5");
        match content {
            None => fs::remove_file(m.path(name).join(file)).unwrap(),
            Some(content) => drop(m.write(&format!("{name}/{file}"), content)),
        }
        let ran = m.run(&["adopt", &m.path(name).display().to_string(), "--unverified"]);
        let says = format!("goward: error: @/{name} is not a Go tree of a release\n    {why}");
        assert!(ran.code == 3 && ran.stderr.starts_with(&says), "{}", ran.stderr);
        assert!(!ran.stderr.contains("SECRET"), "{}", ran.stderr);
    }
}

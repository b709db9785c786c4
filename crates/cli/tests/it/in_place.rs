//! Links in `toolchains`: toolchains adopted in place, and links that lead to none. Trees that were
//! built here, and run.

use crate::life::tree;
use crate::machine::{Machine, copy, script};
use goward_testkit::start::{find, program};
use std::fs;
use std::os::unix::fs::symlink;

#[test]
fn a_link_that_leads_to_no_such_toolchain_is_named_and_can_be_removed() {
    let m = Machine::new();
    m.ok(&["install", "1.21.13"]);
    tree(&m, "other", "1.22.9");
    let link = m.root("toolchains/go1.22.10");
    for target in ["other", "nowhere"] {
        symlink(m.path(target), &link).unwrap();
        for args in [&["install", "1.22.10"][..], &["install", "1.22.10", "--verify", "t3"]] {
            let ran = m.run(args);
            assert_eq!(ran.code, 6, "{target}: {}", ran.stderr);
            let says = "~/.goward/toolchains/go1.22.10 is a link that leads to no go1.22.10\n\
                        hint: remove the link with: goward uninstall go1.22.10\n";
            assert!(ran.stderr.contains(says), "{target}: {}", ran.stderr);
        }
        for left in ["state/receipts/go1.22.10.json", "state/receipts/go1.22.10.files"] {
            assert!(!m.root(left).exists(), "{target}: {left}");
        }
        m.ok(&["uninstall", if target == "other" { "1.22.10" } else { "go1.22.10" }]);
        assert!(!link.is_symlink(), "{target}");
    }
    assert!(m.path("other/bin/go").is_file());
    fs::write(&link, "a file").unwrap();
    let ran = m.run(&["install", "1.22.10"]);
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    assert!(ran.stderr.contains("go1.22.10 is not a directory\nhint: move it away"));
    fs::remove_file(&link).unwrap();
    m.ok(&["install", "1.22.10"]);
}

#[test]
fn a_tree_that_was_adopted_in_place_is_not_repaired() {
    let m = Machine::new();
    m.ok(&["install", "1.21.13"]);
    tree(&m, "place", "1.22.10");
    let link = m.root("toolchains/go1.22.10");
    symlink(m.path("place"), &link).unwrap();
    for further in [&[][..], &["--dry-run"]] {
        let ran = m.run(&[&["repair", "--force", "1.22.10"], further].concat());
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        let says = "go1.22.10 is a tree elsewhere, to which ~/.goward/toolchains/go1.22.10 leads\n";
        assert!(ran.stderr.contains(says), "{}", ran.stderr);
        assert_eq!(fs::read_link(&link).unwrap(), m.path("place"));
    }
    m.ok(&["repair"]);
    m.ok(&["uninstall", "1.22.10"]);
    m.ok(&["install", "1.22.10"]);
    assert!(!link.is_symlink() && m.path("place/bin/go").is_file());
}

#[test]
fn a_built_tree_that_runs_stays_with_its_name() {
    let m = Machine::new();
    m.ok(&["install", "1.21.13"]);
    let built = m.root("toolchains/mine");
    script(&built.join("bin/go"), "echo mine");
    let sleep = built.join("pkg/tool/any/sleep");
    copy(&find("sleep").unwrap(), &sleep);
    symlink(&built, m.root("links/mine")).unwrap();
    let none: [(&str, &str); 0] = [];
    let mut child = program(&sleep, none).arg("60").spawn().unwrap();
    let ran = m.run(&["uninstall", "mine"]);
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    let says = format!("mine is in use: process {} runs ", child.id());
    assert!(ran.stderr.contains(&says), "{}", ran.stderr);
    assert!(m.root("links/mine").is_symlink() && built.join("bin/go").is_file());
    m.ok(&["uninstall", "--force", "mine"]);
    assert!(!m.root("links/mine").is_symlink() && !built.exists());
    child.kill().unwrap();
    child.wait().unwrap();
}

/// `adopt --link`: the tree itself, under the name of its release.
#[test]
fn a_tree_is_adopted_where_it_is() {
    let m = Machine::new().with("GOSUMDB", "off");
    tree(&m, "home/.goenv/versions/1.20.3", "1.20.3");
    let goroot = m.path("home/.goenv/versions/1.20.3");
    let said = m.ok(&["adopt", "--link", "1.20.3", "-n"]);
    assert_eq!(said, "would link go1.20.3 to ~/.goenv/versions/1.20.3\n");
    assert!(!m.root("toolchains").exists());
    for (says, times) in
        [("go1.20.3 is ~/.goenv/versions/1.20.3;", 1), ("go1.20.3 was already ", 2)]
    {
        let ran = m.run(&["adopt", "--link", "1.20.3"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stderr.contains(says), "{times}: {}", ran.stderr);
    }
    assert_eq!(fs::read_link(m.root("toolchains/go1.20.3")).unwrap(), goroot);
    assert_eq!(m.ok(&["exec", "1.20.3", "--", "go"]), "go version go1.20.3 adopted\n");
    // Another tree of that release does not take its place.
    tree(&m, "other", "1.20.3");
    let other = m.path("other").display().to_string();
    let ran = m.run(&["adopt", "--link", &other]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("first: goward uninstall go1.20.3\n"), "{}", ran.stderr);
    m.ok(&["default", "--unset"]);
    m.ok(&["uninstall", "1.20.3"]);
    assert!(goroot.join("bin/go").is_file() && !m.root("shims/go1.20.3").is_symlink());
    m.ok(&["adopt", "--link", &other]);
    // A name of its own is a link as `goward link` makes it.
    tree(&m, "corp", "1.23.2-corp");
    m.ok(&["adopt", "--link", &m.path("corp").display().to_string()]);
    assert_eq!(fs::read_link(m.root("links/go1.23.2-corp")).unwrap(), m.path("corp"));
    assert_eq!(m.run(&["adopt", "--link", "--all"]).code, 2);
}

/// Where nothing selects a Go, the first link is the default, as the first install is: the newest release of
/// the store is none that lies elsewhere.
#[test]
fn the_first_tree_that_is_linked_is_the_default() {
    let m = Machine::new().with("GOSUMDB", "off");
    tree(&m, "one", "1.20.3");
    tree(&m, "corp", "1.23.2-corp");
    let place = |name: &str| m.path(name).display().to_string();
    let ran = m.run(&["adopt", "--link", &place("one")]);
    assert!(ran.stderr.contains("go1.20.3 is the default now\n"), "{}", ran.stderr);
    assert!(m.ok(&["default"]).starts_with("1.20.3 "));
    assert!(m.ok(&["which"]).ends_with("go1.20.3/bin/go\n"));
    // The user's choice stays.
    m.ok(&["adopt", "--link", &place("corp")]);
    assert!(m.ok(&["which"]).ends_with("go1.20.3/bin/go\n"));
    let ran = m.run(&["default", "--unset"]);
    assert!(ran.stderr.contains("outside projects `go` is not there\n"), "{}", ran.stderr);
    let ran = m.run(&["which"]);
    let says = "nothing selects a Go toolchain, and go1.20.3, adopted in place, runs only where it is selected\nhint: run: goward default 1.20.3\n";
    assert!(ran.code == 3 && ran.stderr.contains(says), "{}", ran.stderr);
    m.ok(&["unlink", "go1.23.2-corp"]);
    let ran = m.run(&["adopt", "--link", &place("corp")]);
    assert!(ran.stderr.contains("go1.23.2-corp is the default now\n"), "{}", ran.stderr);
    assert!(m.ok(&["default"]).starts_with("go1.23.2-corp "));
    assert!(m.ok(&["which"]).ends_with("corp/bin/go\n"));
}

#[test]
fn a_tree_that_others_may_write_is_not_adopted_where_it_is() {
    use std::os::unix::fs::PermissionsExt as _;
    let m = Machine::new().with("GOSUMDB", "off");
    tree(&m, "open", "1.20.3");
    let path = m.path("open").display().to_string();
    m.write("open/src/runtime/rt0.s", "");
    m.write("open/pkg/tool/any/compile", "");
    for open in ["", "bin", "bin/go", "src", "src/runtime/rt0.s", "pkg/tool/any/compile", "VERSION"]
    {
        let (place, mode) = (m.path("open").join(open), fs::Permissions::from_mode(0o777));
        let old = place.metadata().unwrap().permissions();
        fs::set_permissions(&place, mode).unwrap();
        let ran = m.run(&["adopt", "--link", &path]);
        assert_eq!(ran.code, 6, "{open}: {}", ran.stderr);
        assert!(ran.stderr.contains("can be written by other users"), "{}", ran.stderr);
        assert!(ran.stderr.contains("hint: run: chmod -R go-w @/open\n"), "{}", ran.stderr);
        assert!(!m.root("toolchains/go1.20.3").is_symlink());
        fs::set_permissions(&place, old).unwrap();
    }
    // On the way to it another tree could take its place.
    fs::create_dir(m.path("way")).unwrap();
    tree(&m, "way/own", "1.20.3");
    let own = m.path("way/own").display().to_string();
    fs::set_permissions(m.path("way"), fs::Permissions::from_mode(0o777)).unwrap();
    let ran = m.run(&["adopt", "--link", &own]);
    assert_eq!(ran.code, 6, "{}", ran.stderr);
    let says =
        "@/way can be written by other users\nhint: adopt a copy of it: goward adopt @/way/own\n";
    assert!(ran.stderr.contains(says), "{}", ran.stderr);
    fs::set_permissions(m.path("way"), fs::Permissions::from_mode(0o1777)).unwrap();
    m.ok(&["adopt", "--link", &own]);
    m.ok(&["uninstall", "--force", "1.20.3"]);
    if crate::strangers::can_give(&m.path("way")) {
        let ran = m.run(&["adopt", "--link", &own]);
        assert_eq!(ran.code, 6, "{}", ran.stderr);
        assert!(ran.stderr.contains("@/way belongs to user 12345, who"), "{}", ran.stderr);
    }
    if crate::strangers::can_give(&m.path("open/bin/go")) {
        let ran = m.run(&["adopt", "--link", &path]);
        assert_eq!(ran.code, 6, "{}", ran.stderr);
        assert!(ran.stderr.contains("belongs to user 12345"), "{}", ran.stderr);
    }
}

//! Where toolchains come from: mirrors of every kind, mistakes in their names, and installs that need no
//! mirror at all.

use crate::machine::{Machine, RELEASES, script};
use goward_testkit::release::{archive, sha256};
use goward_testkit::url::of_file;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

/// A machine whose mirror has archives and their digests, and no index.
fn bare() -> Machine {
    let m = Machine::new();
    fs::remove_file(m.path("mirror/index.json")).unwrap();
    for version in RELEASES {
        let path = m.path("mirror").join(archive(version));
        let digest = sha256(&fs::read(&path).unwrap());
        fs::write(format!("{}.sha256", path.display()), digest).unwrap();
    }
    m
}

#[test]
fn a_directory_of_archives_is_a_mirror() {
    let m = bare();
    let list = m.ok(&["list", "--remote", "1.22"]);
    assert_eq!(list, "go1.22.9  end of life\ngo1.22.10  end of life\n");
    let ran = m.run(&["install", "1.22", "1.21.13"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("installed go1.22.10 in"), "{}", ran.stderr);
    assert!(m.root("toolchains/go1.21.13").is_dir());
    // A file's wish comes through the shim: the result is the same.
    let ran = m.run(&["provide", "1.23", "--at-least", "1.23", "--wanted-by", "/x/go.mod:3"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(m.root("toolchains/go1.23.2").is_dir());
}

#[test]
fn a_template_of_urls_is_a_mirror() {
    let m = bare();
    fs::create_dir_all(m.path("mirror/go/1.22.10")).unwrap();
    for end in ["", ".sha256"] {
        let name = format!("{}{end}", archive("1.22.10"));
        fs::rename(m.path("mirror").join(&name), m.path("mirror/go/1.22.10").join(&name)).unwrap();
    }
    let template = format!("{}/go/{{version}}/{{file}}", of_file(&m.path("mirror")));
    let m = m.with("GOWARD_MIRROR", &template);
    let ran = m.run(&["install", "1.22.10"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let ran = m.run(&["install", "1.23.2"]);
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    assert!(ran.stderr.contains("does not say what go1.23.2."), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: put that file beside the archive"), "{}", ran.stderr);
}

/// The message names the mistake, its place, and the right form.
#[test]
fn mistakes_in_templates_are_named_with_their_place() {
    let m = Machine::new();
    let bad = "https://x.example/{vresion}/{file}";
    let hint = "{version}, {file}, {os} and {arch}";
    let ran = m.run(&["install", "--from", bad, "1.22.10"]);
    assert_eq!(ran.code, 2);
    let says = format!("mirror \"{bad}\": {{vresion}} is no placeholder; there are {hint}");
    assert!(ran.stderr.contains(&says), "{}", ran.stderr);
    let m = m.with("GOWARD_MIRROR", &format!("file:///srv,{bad}"));
    let ran = m.run(&["install", "1.22.10"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.starts_with(&format!("goward: error: GOWARD_MIRROR: {says}\nhint: ")));
    let m = m.with("GOWARD_MIRROR", "").with("GOWARD_MIRROR_DIGESTS", "");
    for (mirror, says) in [
        (bad, "{vresion} is no placeholder"),
        ("https://{os}.example/{file}", "a placeholder may stand in its path only"),
        ("https://x.example/{file", "its braces do not match"),
    ] {
        let text =
            format!("offline = true\nmirrors = [\n  \"https://y.example/\",\n  \"{mirror}\",\n]\n");
        m.write("home/.goward/config.toml", &text);
        let ran = m.run(&["install", "1.22.10"]);
        assert_eq!(ran.code, 2);
        let start = "goward: error: ~/.goward/config.toml:4: mirror ";
        assert!(ran.stderr.starts_with(start) && ran.stderr.contains(says), "{}", ran.stderr);
    }
}

/// An installed toolchain is there without a receipt, a table or a network.
#[test]
fn an_installed_toolchain_needs_no_mirror() {
    let m = Machine::new();
    script(&m.root("toolchains/go1.98.7/bin/go"), "echo here");
    for args in [
        &["install", "--offline", "1.98.7"][..],
        &["install", "1.98.7"],
        &["--offline", "install", "1.98.7"],
    ] {
        let ran = m.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("go1.98.7 is installed already"), "{}", ran.stderr);
    }
    let said = m.ok(&["install", "--offline", "-n", "1.98.7"]);
    assert_eq!(said, "go1.98.7 is installed already\n");
    assert_eq!(m.run(&["install", "--offline", "1.98.8"]).code, 3);
}

/// The list tells the toolchains that `go` can run. One that another user could change in the
/// system's root does not count.
#[test]
fn a_toolchain_that_another_user_could_change_is_not_listed() {
    let m = Machine::new();
    let system = m.path("system-root");
    for version in ["1.22.9", "1.23.2"] {
        script(&system.join(format!("toolchains/go{version}/bin/go")), "echo system");
    }
    let m = m.with("GOWARD_SYSTEM_ROOT", system.to_str().unwrap());
    let names = |m: &Machine| -> Vec<String> {
        let rows = m.json(&["list"]);
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&m), ["go1.22.9", "go1.23.2"]);
    assert_eq!(m.run(&["list"]).stderr, "");
    let open = |path: &str| {
        fs::set_permissions(system.join(path), fs::Permissions::from_mode(0o777)).unwrap();
    };
    open("toolchains/go1.22.9");
    assert_eq!(names(&m), ["go1.23.2"]);
    let warning = "goward: warning: go1.22.9 in @/system-root is passed over: another user could \
                   change what runs\n";
    assert_eq!(m.run(&["list"]).stderr, warning);
    open("");
    assert_eq!(names(&m), [""; 0]);
    let said = m.run(&["list"]).stderr;
    assert!(said.starts_with("goward: warning: go1.22.9 and 1 more in @/system-root"), "{said}");
}

/// A failure of any kind is told once; an installed toolchain meets the floor meanwhile.
#[test]
fn a_failure_of_any_kind_is_told_once() {
    let m = bare();
    let name = archive("1.22.10");
    fs::write(m.path("mirror").join(&name), "another").unwrap();
    let args = ["provide", "1.22.10", "--wanted-by", "/x/go.mod:3", "--impatient"];
    let first = m.run(&args);
    assert_eq!(first.code, 5, "{}", first.stderr);
    assert!(first.stderr.contains("but the mirror itself says"), "{}", first.stderr);
    let second = m.run(&args);
    assert_eq!((second.code, second.stderr.as_str()), (5, ""));
    // A typed command asks at once.
    assert_eq!(m.run(&["install", "1.22.10"]).code, 5);
}

/// A release that goward cannot find without the network may exist.
#[test]
fn a_question_for_the_network_is_a_matter_of_the_network() {
    let m = Machine::new().with("GOWARD_MIRROR", "").with("GOWARD_MIRROR_DIGESTS", "");
    let hint = "\nhint: to use the network, leave out --offline, GOWARD_OFFLINE and offline in config.toml\n\
                hint: or name a file:// mirror in GOWARD_MIRROR\n";
    for (args, says) in [
        (
            &["--source", "1.23.1"][..],
            "sources for 1.23.1 cannot be found: the table compiled into",
        ),
        (&["--source", "1.23", "-n"], "sources for 1.23 cannot be found: the table compiled into"),
        (
            &["1.98.8"],
            "a release for 1.98.8 cannot be found: the table compiled into goward has none",
        ),
        (&["1.23.1"], "https://go.dev/dl/go1.23.1."),
    ] {
        let mut all = vec!["install", "--offline"];
        all.extend(args);
        let ran = m.run(&all);
        assert_eq!(ran.code, 4, "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.starts_with(&format!("goward: error: {says}")), "{}", ran.stderr);
        assert!(ran.stderr.ends_with(hint), "{}", ran.stderr);
    }
    // If a directory is the only mirror, it tells that a release does not exist.
    fs::create_dir(m.path("bare")).unwrap();
    fs::write(m.path("bare").join(archive("1.21.13")), "").unwrap();
    let bare = goward_testkit::url::of_file(&m.path("bare"));
    let m = m.with("GOWARD_MIRROR", &bare);
    for args in [&["1.98.8"][..], &["1.98"], &["--source", "1.23.1"]] {
        let mut all = vec!["install", "--offline"];
        all.extend(args);
        let ran = m.run(&all);
        assert_eq!(ran.code, 3, "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(" in file://@/bare/, "), "{}", ran.stderr);
        assert!(!ran.stderr.contains("go.dev"), "{}", ran.stderr);
    }
    let ran = m.run(&["install", "--offline", "1.23.1"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("\nhint: put it there, or name a mirror that has it"),
        "{}",
        ran.stderr
    );
    let ran = m.run(&["install", "--offline", "1.23"]);
    let note = "goward: no index of releases can be had offline: go1.23.";
    assert!(ran.stderr.starts_with(note), "{}", ran.stderr);
    assert!(!ran.stderr.contains("go.dev"), "{}", ran.stderr);
}

/// Behind a template no index can be.
#[test]
fn no_index_is_asked_for_where_none_can_be() {
    let m = Machine::new();
    let at = goward_testkit::url::of_file(&m.path("none"));
    for (mirror, place, hint) in [
        (format!("{at}/{{version}}/"), "there is no file://@/none/1.22.10/", "writes it\n"),
        (at, "it has neither an index with its SHA-256 nor ", "writes it, or an index.json\n"),
    ] {
        let ran = m.command(&["install", "1.22.10"]).env("GOWARD_MIRROR", mirror).output().unwrap();
        let ran = crate::machine::ran(ran, &m);
        assert_eq!(ran.code, 5, "{}", ran.stderr);
        let (first, rest) = ran.stderr.split_once('\n').unwrap();
        assert!(first.contains(place), "{}", ran.stderr);
        assert!(rest.contains("hint: put that file beside the archive, as sha256sum "), "{rest}");
        assert!(rest.contains(hint), "{rest}");
        assert!(!rest.contains("template"), "{rest}");
    }
}

//! `goward outdated` and `goward upgrade`: from a patch to the newest of its minor.

use crate::machine::{Machine, Ran, mended, supported};
use goward_testkit::files::Server;
use goward_testkit::release::archive;
use goward_testkit::untested::is_root;
use std::fs;
use std::os::unix::fs::{chown, symlink};
use std::process::Stdio;

/// Every way to name an old patch, with what an upgrade makes of it.
const FILES: [(&str, &str, &str); 9] = [
    ("src/a/.go-version", "# ours\n\n  v1.22.9\t# why\r\n", "# ours\n\n  v1.22.10\t# why\r\n"),
    ("src/b/.go-version", "golang 1.22.9", "golang 1.22.10"),
    (
        "src/c/.tool-versions",
        "nodejs 1.22.9\r\ngolang 1.22.9 1.21.13 # x\r\n",
        "nodejs 1.22.9\r\ngolang 1.22.10 1.21.13 # x\r\n",
    ),
    (
        "src/d/.goenv",
        "# GOTOOLCHAIN=go1.22.9\nGOTOOLCHAIN=go1.22.9+auto\nGOOS=linux\n",
        "# GOTOOLCHAIN=go1.22.9\nGOTOOLCHAIN=go1.22.10+auto\nGOOS=linux\n",
    ),
    (
        "src/e/go.mod",
        "module e\n\ngo 1.21\n\ntoolchain   go1.22.9 // keep\n\nrequire x v1.22.9\n",
        "module e\n\ngo 1.21\n\ntoolchain   go1.22.10 // keep\n\nrequire x v1.22.9\n",
    ),
    (
        "src/f/go.work",
        "go 1.22.9\r\ntoolchain go1.22.9\r\n",
        "go 1.22.9\r\ntoolchain go1.22.10\r\n",
    ),
    // These say nothing that a newer patch changes.
    ("src/g/go.mod", "module g\n\ngo 1.22.9\n", "module g\n\ngo 1.22.9\n"),
    ("src/h/.go-version", "1.23.2\n", "1.23.2\n"),
    ("src/a/vendor/x/.go-version", "1.22.9\n", "1.22.9\n"),
];

fn machine() -> Machine {
    let m = Machine::new();
    for (file, old, _) in FILES {
        m.write(file, old);
    }
    m
}

fn src(m: &Machine) -> String {
    m.path("src").display().to_string()
}

/// The places of the rows of an answer, with the step.
fn steps(rows: &serde_json::Value) -> Vec<String> {
    let rows = rows.as_array().unwrap().iter();
    let step = |row: &serde_json::Value| {
        let file = row["file"].as_str().unwrap().strip_prefix("@/").unwrap();
        let newest = row["newest"].as_str().unwrap_or("-");
        format!(
            "{file}:{} {} {} {newest}",
            row["line"],
            row["kind"].as_str().unwrap(),
            row["has"].as_str().unwrap()
        )
    };
    rows.map(step).collect()
}

#[test]
fn every_spelling_is_kept() {
    let m = machine();
    assert_eq!(
        steps(&m.json(&["outdated", &src(&m)])),
        [
            "src/a/.go-version:3 pin 1.22.9 1.22.10",
            "src/b/.go-version:1 pin 1.22.9 1.22.10",
            "src/c/.tool-versions:2 pin 1.22.9 1.22.10",
            "src/c/.tool-versions:2 pin 1.21.13 -",
            "src/d/.goenv:2 pin 1.22.9 1.22.10",
            "src/e/go.mod:5 toolchain-line 1.22.9 1.22.10",
            "src/f/go.work:2 toolchain-line 1.22.9 1.22.10",
            // No patch is out, and none will be.
            "src/h/.go-version:1 pin 1.23.2 -",
        ]
    );
    let ran = m.run(&["upgrade", &src(&m), "--dry-run"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "the run itself tells ends of life");
    let dry = ran.stdout;
    assert!(
        dry.starts_with(
            "would change @/src/a/.go-version:3: 1.22.9 -> 1.22.10, which would be installed\n"
        ),
        "{dry}"
    );
    for (file, old, _) in FILES {
        assert_eq!(m.read(file), old, "a dry run changes nothing");
    }
    let ran = m.run(&["upgrade", &src(&m)]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    for (file, _, new) in FILES {
        assert_eq!(m.read(file), new, "{file}");
    }
    assert_eq!(ran.stderr.matches("goward: installed go1.22.10 in ").count(), 1, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("goward: @/src/f/go.work:2: 1.22.9 -> 1.22.10\n"),
        "{}",
        ran.stderr
    );
    let end = format!(
        "goward: @/src/c/.tool-versions:2: 1.21 has reached its end of life: Go mends {}\n",
        mended()
    );
    assert!(ran.stderr.contains(&end), "{}", ran.stderr);
    // Interrupted or not, a second run finds the rest, which is nothing.
    let again = m.run(&["upgrade", &src(&m)]);
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert!(!again.stderr.contains("->"), "{}", again.stderr);
    assert!(again.stderr.ends_with("goward: everything here has the newest patch of its minor\n"));
}

#[test]
fn the_status_tells_scripts() {
    let m = Machine::new();
    let ran = m.run(&["outdated", "--exit-code"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, "goward: everything here is up to date\n"));
    m.write("p/.go-version", "1.22.9\n");
    let ran = m.run(&["outdated"]);
    let end = format!("    1.22 has reached its end of life: Go mends {}\n", mended());
    let step = format!("@/p/.go-version:1: 1.22.9 -> 1.22.10\n{end}");
    assert_eq!((ran.code, ran.stdout), (0, step));
    assert_eq!(ran.stderr, "goward: to get the newer patches, run: goward upgrade\n");
    let ran = m.run(&["outdated", "--exit-code", "-q"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (7, ""));
    m.ok(&["upgrade", "-q"]);
    assert_eq!(m.read("p/.go-version"), "1.22.10\n");
    assert_eq!(m.run(&["outdated", "--exit-code"]).code, 0);
    // The end of life is shown, and no step crosses a minor.
    m.write("p/.go-version", "1.21.13\n");
    let ran = m.run(&["outdated", "--exit-code"]);
    assert_eq!(ran.code, 0, "no newer patch will come");
    assert_eq!(
        ran.stdout,
        format!(
            "@/p/.go-version:1: 1.21.13\n    1.21 has reached its end of life: Go mends {}\n",
            mended()
        )
    );
    let row = &m.json(&["outdated"])[0];
    assert!(row["newest"].is_null());
    assert_eq!((&row["eol"]["minor"], &row["eol"]["ended_by"]), (&"1.21".into(), &"1.23".into()));
    m.ok(&["upgrade"]);
    assert_eq!(m.read("p/.go-version"), "1.21.13\n");
    // A prerelease gives way to a release of its own minor only.
    m.write("p/.go-version", "1.24rc1\n");
    assert!(!m.ok(&["outdated"]).contains("->"));
    assert_eq!(m.run(&["outdated", &m.path("absent").display().to_string()]).code, 1);
}

/// The minor that ended another one may be at its own end.
#[test]
fn the_way_out_of_a_minor_leads_to_one_that_go_mends() {
    let m = Machine::new();
    let server = Server::start(&m.path("mirror"));
    let m = m.with("GOWARD_MIRROR", &server.url());
    let [older, newest] = supported();
    m.write("p/.go-version", "1.21.13\n");
    let tells = |supported: &str, way: &str| {
        let end = format!("1.21 has reached its end of life: Go mends {supported}");
        let line = format!("{end}{way}\n");
        let outdated = m.ok(&["outdated"]);
        assert!(outdated.ends_with(&line), "{outdated}");
        let ran = m.run(&["upgrade"]);
        assert!(ran.stderr.contains(&line), "{}", ran.stderr);
        let page = m.ok(&["explain"]);
        assert!(page.contains(&end), "{page}");
    };
    tells(&mended(), "");
    m.publish(&[&format!("{older}.0"), &format!("{newest}.0")]);
    fs::remove_dir_all(m.path("home/.goward/cache")).unwrap();
    tells(&mended(), &format!("; to leave it, run: goward use {older} --project @/p"));
    // The mirrors know better than the table.
    m.publish(&["1.98.0", "1.99.1"]);
    fs::remove_dir_all(m.path("home/.goward/cache")).unwrap();
    tells("1.98 and 1.99", "; to leave it, run: goward use 1.98 --project @/p");
    let supported = &m.json(&["explain"])["end_of_life"]["supported"];
    assert_eq!(*supported, serde_json::json!(["1.98", "1.99"]));
}

#[test]
fn a_statement_that_leaves_room_is_met_by_an_install() {
    let m = Machine::new();
    m.write("p/.go-version", "1.22\n");
    let end = format!("    1.22 has reached its end of life: Go mends {}\n", mended());
    let none = format!("@/p/.go-version:1: 1.22\n{end}");
    assert_eq!(m.ok(&["outdated"]), none, "`go` installs the newest when it needs it");
    m.ok(&["install", "1.22.9"]);
    assert_eq!(
        m.ok(&["outdated"]),
        format!(
            "@/p/.go-version:1: 1.22 (now 1.22.9) -> 1.22.10\n{end}\
             ~/.goward/default:1: 1.22.9 -> 1.22.10\n{end}"
        )
    );
    m.ok(&["upgrade"]);
    assert_eq!(m.read("p/.go-version"), "1.22\n");
    assert!(m.root("toolchains/go1.22.10").is_dir());
    assert_eq!(m.ok(&["current"]), "go1.22.10 (@/p/.go-version:1)\n");
    assert_eq!(m.read("home/.goward/default"), "1.22.9\n", "not asked for");
    let json = m.json(&["upgrade", "--default"]);
    assert_eq!(steps(&json)[1..], ["home/.goward/default:1 default 1.22.9 1.22.10"]);
    assert_eq!((&json[0]["done"], &json[1]["done"]), (&false.into(), &true.into()));
    assert_eq!(m.read("home/.goward/default"), "1.22.10\n");
    // Where there is no project, the default is meant.
    fs::remove_file(m.path("p/.go-version")).unwrap();
    m.write("home/.goward/default", "# mine\n1.22.9\n");
    m.ok(&["upgrade"]);
    assert_eq!(m.read("home/.goward/default"), "# mine\n1.22.10\n");
    m.write("home/.go-version", "1.22.9\n");
    m.ok(&["upgrade"]);
    assert_eq!(m.read("home/.go-version"), "1.22.10\n", "it is the default");
}

#[test]
fn old_toolchains_stay_unless_nothing_needs_them_and_the_user_says_so() {
    let m = Machine::new();
    m.ok(&["install", "1.22.9"]);
    m.ok(&["default", "1.22.9"]);
    m.write("p/.go-version", "1.22.9\n");
    m.write("p/keep/.go-version", "1.22.9\n");
    m.write("p/a/.go-version", "1.22.9\n");
    let a = m.path("p/a").display().to_string();
    let ran = m.run(&["upgrade", &a]);
    let said = format!(
        "goward: go1.22.9 may be needed no more; to remove what nothing needs, run: goward prune --unused-for 0 {a}\n"
    );
    assert!(ran.stderr.ends_with(&said.replace(&a, "@/p/a")), "{}", ran.stderr);
    m.write("p/a/.go-version", "1.22.9\n");
    let ran = m.run(&["upgrade", &a, "--remove-old"]);
    assert!(
        ran.stderr.ends_with("goward: keeps go1.22.9: go1.22.9 is the default\n"),
        "{}",
        ran.stderr
    );
    m.ok(&["default", "1.23"]);
    m.write("p/a/.go-version", "1.22.9\n");
    let ran = m.run(&["upgrade", &a, "--remove-old"]);
    assert!(
        ran.stderr.contains("keeps go1.22.9: here gets it, by @/p/.go-version:1\n"),
        "{}",
        ran.stderr
    );
    let ran = m.run(&["upgrade", "--remove-old"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("goward: removed go1.22.9, "), "{}", ran.stderr);
    assert!(!m.root("toolchains/go1.22.9").exists());
    assert_eq!(m.read("p/keep/.go-version"), "1.22.10\n");
}

/// What cannot be read, or must not be written, is said, and the other files are upgraded.
#[test]
fn one_bad_file_is_no_reason_to_leave_the_others() {
    let m = Machine::new();
    m.write("src/a/.go-version", "nonsense of \x1b[2J\n");
    m.write("src/b/go.mod", "module b\n\ntoolchain go1.22.9\ntoolchain go1.22.9\n");
    fs::create_dir_all(m.path("src/c/go.mod")).unwrap();
    m.write("src/c/.go-version", "1.22.9\n");
    m.write("elsewhere", "1.22.9\n");
    fs::create_dir_all(m.path("src/d")).unwrap();
    symlink(m.path("elsewhere"), m.path("src/d/.go-version")).unwrap();
    m.write("src/e/.goenv", "GOTOOLCHAIN=1.22.9\n");
    m.write("src/f/.go-version", "1.22.9\n");
    let ran = m.run(&["upgrade", &src(&m)]);
    assert_ne!(ran.code, 0);
    for said in [
        "@/src/a/.go-version:1: not a Go version",
        "@/src/b/go.mod",
        "@/src/c/go.mod",
        "lies outside of that directory",
        "@/src/e/.goenv:1",
    ] {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    assert!(!ran.stderr.contains('\x1b'));
    assert_eq!(m.read("src/f/.go-version"), "1.22.10\n");
    assert_eq!(m.read("src/c/.go-version"), "1.22.10\n");
    assert_eq!(
        (m.read("elsewhere"), m.read("src/b/go.mod")),
        ("1.22.9\n".into(), "module b\n\ntoolchain go1.22.9\ntoolchain go1.22.9\n".into())
    );
    assert_ne!(m.run(&["outdated", &src(&m)]).code, 0, "unreadable is not up to date");
}

#[test]
fn without_a_network_the_answer_says_how_old_it_is() {
    let m = Machine::new();
    let server = Server::start(&m.path("mirror"));
    let m = m.with("GOWARD_MIRROR", &server.url());
    m.write("p/.go-version", "1.22.9\n");
    m.ok(&["outdated"]);
    let asked = server.count("index");
    let ran = m.run(&["outdated", "--offline"]);
    assert_eq!((ran.code, server.count("index")), (0, asked));
    assert!(ran.stdout.contains("1.22.9 -> 1.22.10"), "{}", ran.stdout);
    let (first, rest) = ran.stderr.split_once('\n').unwrap();
    assert!(first.starts_with("goward: offline, by the index from "), "{first}");
    assert!(first.ends_with(" ago: newer releases may exist"), "{first}");
    assert_eq!(rest, "goward: to get the newer patches, run: goward upgrade\n");
    let ran = m.run(&["upgrade", "--offline"]);
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    assert_eq!(m.read("p/.go-version"), "1.22.9\n", "nothing is written that is not there");
    // An archive with other bytes leaves the pin as it was.
    fs::write(m.path("mirror").join(archive("1.22.10")), "another").unwrap();
    let Ran { code, stderr, .. } = m.run(&["upgrade"]);
    assert_eq!((code, m.read("p/.go-version").as_str()), (5, "1.22.9\n"), "{stderr}");
    drop(server);
    let m = m.with("GOWARD_MIRROR", "http://127.0.0.1:1/");
    assert_eq!(m.run(&["outdated"]).code, 4);
}

/// The trust in a `.goenv` is for its bytes.
#[test]
fn an_upgrade_does_not_renew_trust() {
    let m = Machine::new();
    m.write("p/.goenv", "GOTOOLCHAIN=go1.22.9\nGOFLAGS=-toolexec=x\n");
    let ran = m.run(&["upgrade"]);
    assert_ne!(ran.code, 0, "goward refuses that file: {}", ran.stderr);
    m.ok(&["trust"]);
    let ran = m.run(&["upgrade"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("your trust in it is void"), "{}", ran.stderr);
    assert!(m.read("p/.goenv").starts_with("GOTOOLCHAIN=go1.22.10\n"));
    assert_eq!(m.run(&["current"]).code, 1);
}

/// After a kill between the install and the pin, the next run writes the pin. Two runs at once leave
/// a whole file.
#[test]
fn an_interrupted_upgrade_is_finished_by_the_next() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    m.write("p/.go-version", "# ours\n1.22.9\n");
    let ran = m.run(&["upgrade"]);
    let said = "goward: @/p/.go-version:2: 1.22.9 -> 1.22.10\ngoward: ";
    assert!(ran.code == 0 && ran.stderr.starts_with(said), "{}", ran.stderr);
    m.ok(&["uninstall", "--force", "1.22.10"]);
    m.write("p/.go-version", "# ours\n1.22.9\n");
    let start = || {
        let mut command = m.command(&["upgrade"]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let (first, second) = (start(), start());
    let codes = [first, second].map(|run| run.wait_with_output().unwrap().status.code());
    // One of them may find that the other has changed the file.
    assert!(
        codes.contains(&Some(0)) && codes.iter().all(|code| matches!(code, Some(0 | 1))),
        "{codes:?}"
    );
    assert_eq!(m.read("p/.go-version"), "# ours\n1.22.10\n");
    assert_eq!(fs::read_dir(m.path("p")).unwrap().count(), 1, "nothing is left beside it");
}

/// Another user's file is shown, and neither written nor a reason to install something.
#[test]
fn a_strangers_file_is_not_upgraded() {
    if !is_root("a file of another user") {
        return;
    }
    let m = Machine::new();
    m.ok(&["install", "1.22.9"]);
    m.ok(&["default", "1.23"]);
    for (file, text) in [("src/a/.go-version", "1.22.9\n"), ("src/b/.go-version", "1.22\n")] {
        let path = m.write(file, text);
        chown(&path, Some(65533), Some(65533)).unwrap();
    }
    assert_eq!(steps(&m.json(&["outdated", &src(&m)])).len(), 2);
    let ran = m.run(&["upgrade", &src(&m)]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let hint = "hint: to install it all the same, run: goward install 1.22.10\n";
    assert!(ran.stderr.contains("@/src/b/.go-version:1 is another user's\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains(hint), "{}", ran.stderr);
    assert_eq!(m.read("src/a/.go-version"), "1.22.9\n");
    assert!(!m.root("toolchains/go1.22.10").exists());
}

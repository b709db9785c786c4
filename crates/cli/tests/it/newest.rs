//! A person's selector means the newest release that there is, not the newest that is installed.

use crate::machine::{Machine, Ran};
use goward_testkit::files::Server;
use goward_testkit::release::archive;
use std::fs;

/// A machine that has the older of two patches, and a server as its mirror.
fn machine() -> (Machine, Server) {
    let m = Machine::new();
    let server = Server::start(&m.path("mirror"));
    let m = m.with("GOWARD_MIRROR", &server.url());
    m.ok(&["install", "1.22.9"]);
    (m, server)
}

/// As if the mirror had confirmed its index so many hours ago.
fn age_index(m: &Machine, hours: u64) {
    for entry in fs::read_dir(m.root("cache/index")).unwrap().map(Result::unwrap) {
        if entry.path().extension().is_some_and(|extension| extension == "meta") {
            let text = fs::read_to_string(entry.path()).unwrap();
            let mut meta: serde_json::Value = serde_json::from_str(&text).unwrap();
            meta["fetched"] = (meta["fetched"].as_u64().unwrap() - hours * 3600).into();
            fs::write(entry.path(), meta.to_string()).unwrap();
        }
    }
}

#[track_caller]
fn succeeded(ran: &Ran, last: &str) {
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.ends_with(last), "{}", ran.stderr);
}

#[test]
fn what_a_person_types_means_the_newest_that_there_is() {
    let (m, _server) = machine();
    assert_eq!(
        m.ok(&["use", "1.22", "--dry-run"]),
        "would install go1.22.10\nwould write @/p/.go-version: 1.22.10\n"
    );
    assert!(!m.root("toolchains/go1.22.10").exists());
    let ran = m.run(&["use", "1.22"]);
    succeeded(&ran, "goward: wrote @/p/.go-version: 1.22.10\n");
    assert!(m.root("toolchains/go1.22.10").is_dir());
    let ran = m.run(&["use", "1.22"]);
    let says = "goward: @/p/.go-version says 1.22.10 already\n";
    assert_eq!(ran.stderr, says, "nothing is left to do");
    let ran = m.run(&["exec", ">=1.21,<1.24", "--", "go", "version"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "go version go1.23.2 version\n"));
    m.ok(&["uninstall", "1.23.2"]);
    let ran = m.run(&["default", "latest"]);
    succeeded(&ran, "goward: the default is latest now (go1.23.2 at present)\n");
    // An exact version needs no index.
    let m = m.with("GOWARD_MIRROR", "http://127.0.0.1:1/");
    let ran = m.run(&["use", "1.22.9"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (0, "goward: changed @/p/.go-version from 1.22.10 to 1.22.9\n")
    );
}

/// The shim reads files, and asks the manager only for a miss. A wish that a person typed is met by
/// the newest all the same.
#[test]
fn the_manager_meets_a_typed_wish_by_the_newest() {
    let (m, _server) = machine();
    assert_eq!(m.run(&["provide", "1.22", "--wanted-by", "@/p/.go-version:1"]).code, 0);
    assert!(!m.root("toolchains/go1.22.10").exists(), "a file is content with a match");
    assert_eq!(m.run(&["provide", "1.22", "--wanted-by", "the command line"]).code, 0);
    assert!(m.root("toolchains/go1.22.10").is_dir());
}

/// As `go +latest` asks where an older release is installed.
#[test]
fn the_shims_latest_is_met_as_exec_meets_it() {
    let (m, server) = machine();
    let ask = ["provide", "latest", "--wanted-by", "the command line", "--impatient"];
    let m = m.with("GOWARD_MIRROR", "http://127.0.0.1:1/");
    let ran = m.run(&ask);
    let said = "goward: go1.22.9 is the newest for latest that is here: ";
    assert!(ran.code == 0 && ran.stderr.starts_with(said), "{}: {}", ran.code, ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    let m = m.with("GOWARD_MIRROR", &server.url());
    server.replace(&archive("1.23.2"), b"another".to_vec());
    let ran = m.run(&ask);
    assert_eq!(ran.code, 125, "the shim is not to go on: {}", ran.stderr);
    assert!(ran.stderr.contains("hint: go1.22.9 is installed; to take that one, name its version"));
    server.replace(&archive("1.23.2"), fs::read(m.path("mirror").join(archive("1.23.2"))).unwrap());
    let ran = m.run(&ask);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    assert!(m.root("toolchains/go1.23.2").is_dir());
    let ran = m.run(&ask);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    // What is in the system's root counts, too.
    fs::create_dir(m.path("shared")).unwrap();
    fs::rename(m.root("toolchains"), m.path("shared/toolchains")).unwrap();
    let shared = m.path("shared").display().to_string();
    let m = m.with("GOWARD_SYSTEM_ROOT", &shared);
    let ran = m.run(&ask);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(!m.root("toolchains/go1.23.2").exists());
}

#[test]
fn without_a_network_the_newest_that_is_here_is_taken_and_said() {
    let (m, server) = machine();
    m.ok(&["list", "--remote"]);
    age_index(&m, 30);
    let offline = "goward: go1.22.9 is the newest for 1.22 that is here: go1.22.10 is out, but \
                   goward is offline; the index is from 30 hours ago\n";
    let ran = m.run(&["use", "1.22", "--offline"]);
    let wrote = "goward: wrote @/p/.go-version: 1.22.9\n";
    assert_eq!((ran.code, ran.stderr), (0, format!("{offline}{wrote}")));
    let ran = m.run(&["exec", "--offline", "1.22", "--", "go"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (0, "go version go1.22.9 \n", offline)
    );
    // Where the newest is here, the age of that knowledge is all there is to say.
    m.ok(&["install", "1.23.2"]);
    age_index(&m, 5);
    let ran = m.run(&["exec", "--offline", "latest", "--", "true"]);
    let said = "goward: go1.23.2 is the newest for latest that is here: goward is offline; the index is \
                from 5 hours ago\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (0, said));
    age_index(&m, 25);
    drop(server);
    let ran = m.run(&["exec", "latest", "--", "true"]);
    let said = said.replace("goward is offline", "no mirror could be asked").replace("5 h", "30 h");
    assert_eq!((ran.code, ran.stderr), (0, said));
    let ran = m.run(&["use", "1.22"]);
    assert_eq!((ran.code, ran.stderr.lines().count()), (0, 2), "{}", ran.stderr);
    assert!(ran.stderr.starts_with(
        "goward: go1.22.9 is the newest for 1.22 that is here: go1.22.10 is out, but "
    ));
    assert!(ran.stderr.contains("; the index is from 30 hours ago\n"), "{}", ran.stderr);
    // The known newest is here: goward only says how old that knowledge is.
    let ran = m.run(&["use", "1.21"]);
    assert_eq!(ran.code, 4, "there is none to be content with: {}", ran.stderr);
    fs::remove_dir_all(m.root("cache")).unwrap();
    let ran = m.run(&["use", "latest"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("there is no index of releases, so newer ones may exist\n"));
    let quiet = m.run(&["use", "latest", "-q"]);
    assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""));
}

/// An archive with other bytes is no outage: goward does not go back to an older release in silence.
#[test]
fn a_newest_with_the_wrong_bytes_is_an_error() {
    let (m, _server) = machine();
    fs::write(m.path("mirror").join(archive("1.22.10")), "another").unwrap();
    let ran = m.run(&["use", "1.22"]);
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("hint: go1.22.9 is installed; to take that one, name its version\n")
    );
    assert!(!m.path("p/.go-version").exists());
}

#[test]
fn the_default_is_offered_only_where_that_helps() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    let offer = "to make it the default, run: goward default ";
    for (version, offered) in [("1.22.9", false), ("1.24rc1", false), ("1.23.2", true)] {
        let ran = m.run(&["install", version]);
        assert_eq!(ran.stderr.contains(offer), offered, "{version}: {}", ran.stderr);
    }
    m.ok(&["uninstall", "1.23.2"]);
    m.write("p/.go-version", "1.23.2\n");
    let ran = m.run(&["install"]);
    assert!(!ran.stderr.contains(offer), "the project asks for it: {}", ran.stderr);
    m.ok(&["uninstall", "1.23.2"]);
    m.write("p/.go-version", "1.22.10\n");
    m.ok(&["default", "latest"]);
    m.ok(&["uninstall", "--force", "1.23.2"]);
    let ran = m.run(&["install", "1.23.2"]);
    assert!(!ran.stderr.contains(offer), "the default means it already: {}", ran.stderr);
}

/// The list names newer patches by what goward knows already, and asks no server.
#[test]
fn the_list_names_newer_patches_that_are_known() {
    let (m, server) = machine();
    let asked = server.count("index");
    let ran = m.run(&["list"]);
    let marks = "here, by ~/.goward/default:1; default; 1.22.10 is out; end of life";
    assert_eq!(ran.stdout, format!("> go1.22.9  {marks}\n"));
    assert_eq!(m.json(&["list"])[0]["eol"]["minor"], "1.22");
    let said = "goward: newer patches are out, by the index from ";
    assert!(ran.stderr.starts_with(said), "{}", ran.stderr);
    assert!(
        ran.stderr.ends_with(" ago; to see what asks for the old ones, run: goward outdated\n")
    );
    assert_eq!(m.json(&["list"])[0]["newer_patch"], "1.22.10");
    assert_eq!(server.count("index"), asked);
    m.ok(&["install", "1.22.10"]);
    let ran = m.run(&["list"]);
    assert!(!ran.stdout.contains("is out") && ran.stderr.is_empty(), "it is here: {}", ran.stdout);
    // Without a mirror's word there is the table; a mirror that answers for itself is not in it.
    let m = m.with("GOWARD_MIRROR", "http://127.0.0.1:1/");
    assert!(m.json(&["list"])[0]["newer_patch"].is_null());
    let m = m.with("GOWARD_MIRROR", "").with("GOWARD_MIRROR_DIGESTS", "");
    let ran = m.run(&["list"]);
    assert!(ran.stdout.contains("1.22.12 is out"), "{}", ran.stdout);
    assert!(ran.stderr.contains("by the table compiled into goward"), "{}", ran.stderr);
    // A broken setting costs the marks, and nothing else.
    m.write("home/.goward/config.toml", "mirrors = 5\n");
    let ran = m.run(&["list"]);
    assert_eq!((ran.code, ran.stdout.contains("is out")), (0, false), "{}", ran.stderr);
}

//! A project that asks for a release that does not exist: goward promises no install of it.

use crate::machine::{Machine, newest};
use goward_testkit::files::Server;

/// Each form of the wish: the file, its text for a version, and the command that asks for another.
const WISHES: [(&str, &str, &str); 4] = [
    ("p/.go-version", "V\n", "goward use N"),
    ("p/.goenv", "GOTOOLCHAIN=goV\n", "goward use N --goenv"),
    ("p/go.mod", "module m\n\ngo 1.20\n\ntoolchain goV\n", "goward use N --go-mod"),
    ("p/go.mod", "module m\n\ngo V\n", "go mod edit -go=N"),
];

#[test]
fn a_release_that_there_is_not_is_no_promise() {
    let m = Machine::set_up();
    for (file, text, command) in WISHES {
        m.write(file, &text.replace('V', "1.21.99"));
        let says = "there is no Go 1.21.99: the newest 1.21 is 1.21.13";
        let page = m.ok(&["explain"]);
        assert!(page.contains("asks for Go 1.21.99, and there is no such release\n"), "{page}");
        assert!(page.contains("There is no Go 1.21.99: the newest 1.21 is 1.21.13\n"), "{page}");
        assert!(page.contains(&command.replace('N', "1.21.13")), "{page}");
        assert!(!page.contains("installs"), "{page}");
        let json = m.json(&["explain"]);
        assert_eq!(json["answer"]["refuses"], true, "{json}");
        assert_eq!(json["answer"]["why"], says, "{json}");
        assert_eq!(json["installs"]["exists"], false, "{json}");
        let current = m.run(&["current"]);
        let warning = format!("goward: warning: {says}; @/{file}:");
        assert!(current.code == 0 && current.stderr.contains(&warning), "{}", current.stderr);
        assert!(!current.stderr.contains("would install"), "{}", current.stderr);
        let json = m.json(&["current"]);
        let told = (&json["exists"], &json["refuses"], &json["why"], &json["installed"]);
        assert_eq!(told, (&false.into(), &true.into(), &says.into(), &false.into()), "{json}");
        let which = m.run(&["which"]);
        assert!(which.code == 3 && which.stderr.contains(&format!("hint: {says}\n")));
        let outdated = m.run(&["outdated"]);
        assert!(format!("{}{}", outdated.stdout, outdated.stderr).contains(says), "{file}");
        assert!(!outdated.stderr.contains("up to date"), "{}", outdated.stderr);
        std::fs::remove_file(m.path(file)).unwrap();
    }
}

#[test]
fn a_release_that_goward_does_not_know_may_be_out() {
    let m = Machine::set_up();
    let server = Server::start(&m.path("mirror"));
    let m = m.with("GOWARD_MIRROR", &server.url());
    let newest = newest();
    for (file, text, command) in WISHES {
        m.write(file, &text.replace('V', "1.97.3"));
        let asks = "goward list --remote 1.97.3 --refresh";
        let says =
            format!("goward does not know Go 1.97.3: the newest that it knows is {newest} (");
        let page = m.ok(&["explain"]);
        assert!(page.contains("asks for Go 1.97.3, which goward does not know\n"), "{page}");
        assert!(page.contains(&says), "{page}");
        assert!(page.contains(&format!("fix        {asks}")), "{page}");
        let minor = newest.rsplit_once('.').unwrap().0;
        let least = if command.starts_with("go ") { minor } else { &newest };
        assert!(page.contains(&command.replace('N', least)), "{page}");
        assert!(page.contains("first, if it is out"), "{page}");
        let json = m.json(&["explain"]);
        assert_eq!(json["answer"]["refuses"], false, "{json}");
        assert_eq!(json["installs"]["exists"], serde_json::Value::Null, "{json}");
        let current = m.run(&["current"]);
        assert!(current.stderr.contains(&says) && current.stderr.contains(asks));
        let json = m.json(&["current"]);
        assert_eq!((&json["exists"], &json["refuses"]), (&().into(), &false.into()), "{json}");
        assert!(m.run(&["which"]).stderr.contains(asks));
        let outdated = m.run(&["outdated"]);
        assert!(format!("{}{}", outdated.stdout, outdated.stderr).contains(&says), "{file}");
        std::fs::remove_file(m.path(file)).unwrap();
    }
    // The mirror here has it meanwhile.
    m.write("p/.go-version", "1.97.3\n");
    m.publish(&["1.97.3"]);
    m.ok(&["list", "--remote", "1.97.3", "--refresh"]);
    assert!(m.ok(&["explain"]).contains("installs Go 1.97.3 and runs it"));
    assert_eq!(m.json(&["current"])["exists"], true);
}

#[test]
fn where_another_runs_in_its_place_nothing_is_refused() {
    let m = Machine::set_up();
    let server = Server::start(&m.path("mirror"));
    let m = m.with("GOWARD_MIRROR", &server.url());
    m.ok(&["install", "1.23.2"]);
    m.ok(&["default", "1.23.2"]);
    m.write("p/go.mod", "module m\n\ngo 1.20\n\ntoolchain go1.21.99\n");
    let page = m.ok(&["explain"]);
    assert!(page.contains("and there is no such release; without it, go1.23.2 runs\n"), "{page}");
    let json = m.json(&["explain"]);
    assert_eq!(
        (&json["answer"]["refuses"], &json["installs"]["exists"]),
        (&false.into(), &false.into())
    );
    assert_eq!(m.json(&["current"])["refuses"], false);
    // What a file asks for, and what `use` advises.
    m.write("p/go.mod", "module m\n\ngo 1.97.3\n");
    let ran = m.run(&["use", "1.23.2"]);
    let asks = "goward list --remote 1.97.3 --refresh (goward knows of no Go 1.97.3";
    assert!(ran.code == 1 && ran.stderr.contains(asks), "{}", ran.stderr);
    m.write("p/go.mod", "module m\n\ngo 1.21.99\n");
    let ran = m.run(&["use", "1.21.13"]);
    let later = "choose a later Go: goward use 1.22 (there is no Go 1.21.99, and no later 1.21)";
    assert!(ran.code == 1 && ran.stderr.contains(later), "{}", ran.stderr);
}

/// The same word for the same line: of the shim's note, of explain and of use.
#[test]
fn the_way_to_a_later_go_has_one_spelling() {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10"]);
    m.write("p/.go-version", "1.22.10\n");
    for (line, command) in [
        ("1.23", "goward use 1.23"),
        ("1.23.0", "goward use 1.23"),
        ("1.23.1", "goward use \"~1.23.1\""),
        ("1.24rc1", "goward use \"~1.24rc1\""),
    ] {
        m.write("p/go.mod", &format!("module m\n\ngo {line}\n"));
        let note = m.run(&["which"]).stderr;
        assert!(note.contains(&format!("to mend it, run: {command}\n")), "{line}: {note}");
        assert_eq!(m.json(&["explain"])["cures"][0]["command"], command, "{line}");
        let used = m.run(&["use", "1.22.10"]).stderr;
        assert!(used.contains(&format!("choose a later Go: {command}\n")), "{line}: {used}");
    }
}

/// A toolchain line that Go does not keep in `go.mod`.
#[test]
fn a_toolchain_line_without_need_is_foretold_and_not_written() {
    let m = Machine::set_up();
    m.ok(&["install", "1.23.2"]);
    m.ok(&["default", "1.23.2"]);
    let go_mod = "module m\n\ngo 1.23.2\n";
    m.write("p/go.mod", go_mod);
    let ran = m.run(&["use", "1.23.2", "--go-mod"]);
    let says = "toolchain go1.23.2 would have no effect: @/p/go.mod:3 says go 1.23.2 already, and Go \
                refuses to build with both\n";
    assert!(ran.code == 1 && ran.stderr.contains(says), "{}", ran.stderr);
    assert_eq!(m.read("p/go.mod"), go_mod);
    // Go keeps it in a go.work.
    m.write("p/go.work", "go 1.23.2\n\nuse .\n");
    m.ok(&["use", "1.23.2", "--go-mod"]);
    std::fs::remove_file(m.path("p/go.work")).unwrap();
    m.write("p/go.mod", "module m\n\ngo 1.21\n\ntoolchain go1.20.1\n");
    let why = "Go wants the toolchain line @/p/go.mod:5 out of the file: it names a Go that knows no such lines";
    let ran = m.run(&["current"]);
    let warns = format!(
        "goward: warning: Go refuses to work here, because {why}; run: go mod edit -toolchain=none (takes"
    );
    assert!(ran.stderr.contains(&warns), "{}", ran.stderr);
    let json = m.json(&["current"]);
    assert_eq!(json["refuses"], true, "{json}");
    assert_eq!(json["why"], m.json(&["explain"])["answer"]["why"], "{json}");
    assert!(m.run(&["use", "1.23.2"]).stderr.contains("-toolchain=none"));
    // A line that Go keeps mends it.
    m.ok(&["use", "1.23.2", "--go-mod"]);
    assert_eq!(m.json(&["current"])["refuses"], false);
    // goward does not upgrade to one either.
    m.write("p/go.mod", "module m\n\ngo 1.22.10\n\ntoolchain go1.22.9\n");
    let ran = m.run(&["upgrade"]);
    assert!(ran.code == 1 && ran.stderr.contains("would have no effect"), "{}", ran.stderr);
    assert!(m.read("p/go.mod").contains("go1.22.9"));
}

/// The refusals of `explain`, in the answer of `current`.
#[test]
fn current_tells_programs_of_a_refusal_as_explain_does() {
    let m = Machine::set_up();
    for version in ["1.22.10", "1.23.2"] {
        m.ok(&["install", version]);
    }
    for (pin, go_mod, write) in [
        ("", "module m\n\ngo 1.22\n", None),
        ("1.22.10\n", "module m\n\ngo 1.23\n", None),
        ("", "module m\n\ngo 1.22\n\ntoolchain 1.23.2\n", Some("toolchain go1.23.2")),
        ("1.22.9\n", "module m\n\ngo 1.23.x\n", Some("go 1.23")),
    ] {
        match pin {
            "" => drop(std::fs::remove_file(m.path("p/.go-version"))),
            pin => drop(m.write("p/.go-version", pin)),
        }
        m.write("p/go.mod", go_mod);
        let (current, explain) = (m.json(&["current"]), m.json(&["explain"]));
        assert_eq!(current["refuses"], explain["answer"]["refuses"], "{go_mod}");
        assert_eq!(current["why"], explain["answer"]["why"], "{go_mod}");
        assert_eq!(current["edit"], explain["edit"], "{go_mod}");
        assert_eq!(current["refuses"], !go_mod.ends_with("go 1.22\n"), "{current}");
        assert_eq!(current["edit"]["write"].as_str(), write, "{current}");
    }
}

//! A `go.work` whose go line is below a member's: Go refuses to load it, and goward says so before.

use crate::machine::Machine;

/// A machine with a workspace of that go line; its members are `p`, with go 1.21, and `q`.
fn machine(work: &str, member: &str) -> Machine {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10", "1.23.2"]);
    m.write("go.work", &format!("{work}\n\nuse (\n\t./p\n\t./q\n)\n"));
    m.write("p/go.mod", "module p\n\ngo 1.21\n");
    m.write("q/go.mod", &format!("module q\n\n{member}\n"));
    m
}

#[test]
fn current_and_use_foretell_the_refusal() {
    let m = machine("go 1.21", "go 1.22");
    let because = "Go refuses to load the workspace here: @/q/go.mod:3 needs Go 1.22, but the workspace \
                   says go 1.21 (@/go.work:1)";
    let ran = m.run(&["current"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "go1.22.10 (~/.goward/default:1)\n"));
    assert!(ran.stderr.contains(&format!("goward: warning: {because}; run: go work use ")));
    let ran = m.run(&["use", "1.23.2"]);
    assert_eq!(ran.code, 1, "written, and Go will refuse: {}", ran.stderr);
    assert!(ran.stderr.contains(&format!("goward: error: {because}\nhint: run: go work use ")));
    assert!(ran.stderr.contains("hint: run: export GOWORK=off "), "{}", ran.stderr);
    assert_eq!(m.read(".go-version"), "1.23.2\n");
    assert_eq!(m.run(&["use", "1.23.2", "--allow-conflict"]).code, 0);
    // Before the download, too.
    let ran = m.run(&["use", "1.22.9"]);
    let (warned, installed) = (ran.stderr.find(because), ran.stderr.find("installed go1.22.9"));
    assert!(warned < installed && warned.is_some(), "{}", ran.stderr);
    // Go 1.21 cannot be written into the go.work by a Go that refuses the member.
    let ran = m.run(&["use", "1.21.13", "--dry-run"]);
    assert!(ran.stderr.contains("hint: run: go work edit -go=1.22 "), "{}", ran.stderr);
}

/// A go.work does not go below its members: Go would refuse it then.
#[test]
fn a_workspace_is_not_lowered_below_its_members() {
    for (member, offered) in [("go 1.23.2", false), ("go 1.22", true)] {
        let m = machine("go 1.23.2", member);
        m.write("p/.go-version", "1.22.10\n");
        let page = m.run(&["explain"]);
        let said = [page.stdout, page.stderr].concat();
        assert_eq!(said.contains("go work edit -go=1.22"), offered, "{member}: {said}");
    }
}

/// Without the workspace Go finds nothing to build in its directory.
#[test]
fn the_workspace_is_left_alone_only_where_a_module_is() {
    let m = machine("go 1.21", "go 1.22");
    for (directory, offered) in [(".", true), ("../q", true), ("..", false)] {
        let page = m.ok(&["explain", directory]);
        assert!(page.contains("go work use"), "{directory}: {page}");
        assert_eq!(page.contains("GOWORK=off"), offered, "{directory}: {page}");
    }
}

#[test]
fn what_go_does_not_refuse_is_not_foretold() {
    for (work, member, refuses) in [
        ("go 1.21", "go 1.22", true),
        ("go 1.22", "go 1.22.0", true),
        ("go 1.22rc1", "go 1.22.0", true),
        ("", "go 1.21", true),
        ("go 1.20", "go 1.21", true),
        ("go 1.22.0", "go 1.22", false),
        ("", "go 1.20", false),
        ("go 1.18", "go 1.20", false),
        ("go 1.21", "", false),
        // Go says that in other words.
        ("go 1.21", "go 1.22\nnonsense (", true),
    ] {
        let m = machine(work, member);
        m.write("p/go.mod", "module p\n");
        let json = m.json(&["explain"]);
        assert_eq!(json["answer"]["refuses"], refuses, "{work}, {member}: {json}");
    }
    let m = machine("go 1.21", "go 1.22");
    for args in [&["version"][..], &["mod", "tidy"], &["work", "use"], &["run", "x@v1.0.0"]] {
        let asked = [&["explain", "--json", "--"][..], args].concat();
        let json: serde_json::Value = serde_json::from_str(&m.ok(&asked)).unwrap();
        assert_eq!(json["answer"]["refuses"], false, "{args:?}");
    }
    assert_eq!(m.with("GOWORK", "off").json(&["explain"])["answer"]["refuses"], false);
}

/// A stranger's file can name any path, of another machine even.
#[test]
fn members_far_away_are_not_looked_at() {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10"]);
    m.write("far/q/go.mod", "module q\n\ngo 1.22\n");
    m.write("a/near/go.mod", "module near\n\ngo 1.22\n");
    m.write("a/p/x", "");
    for (member, refuses) in [("../../far/q", false), ("../near", true)] {
        m.write("a/p/go.work", &format!("go 1.21\n\nuse {member}\n"));
        let json = m.json(&["explain", "../a/p"]);
        assert_eq!(json["answer"]["refuses"], refuses, "{member}: {json}");
    }
}

/// A toolchain line that is below the go line has no effect, so that `use` refuses to write it.
#[test]
fn no_command_is_offered_that_use_refuses() {
    for (work, offered) in [("go 1.21", true), ("go 1.23.2", true), ("go 1.27", false)] {
        let m = machine(work, "go 1.21");
        m.write("p/go.mod", "module p\n\ngo 1.21\n\ntoolchain go1.23.2\n");
        let page = m.run(&["explain"]).stdout;
        assert!(page.contains("export GOWORK=off"), "{work}: {page}");
        assert_eq!(page.contains("goward use 1.23.2 --go-mod"), offered, "{work}: {page}");
        let code = m.run(&["use", "1.23.2", "--go-mod", "--dry-run"]).code;
        assert_eq!(code == 0, offered, "{work}: {code}");
    }
}

/// A machine whose `go.work` leaves `p` out.
fn left_out() -> Machine {
    let m = machine("go 1.22", "go 1.22");
    m.write("go.work", "go 1.22\n\nuse ./q\n");
    m
}

#[test]
fn current_and_use_foretell_that_a_module_is_left_out() {
    let m = left_out();
    let because = "Go refuses to build the module here: the list in @/go.work:3 leaves out the module \
                   of @/p/go.mod";
    let ran = m.run(&["current"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "go1.22.10 (~/.goward/default:1)\n"));
    assert!(ran.stderr.contains(&format!("goward: warning: {because}; run: go work use . (")));
    let ran = m.run(&["use", "1.23.2", "--here"]);
    assert_eq!(ran.code, 1, "written, and Go will refuse: {}", ran.stderr);
    assert!(ran.stderr.contains(&format!("goward: error: {because}\nhint: run: go work use . (")));
    assert_eq!(m.run(&["use", "1.23.2", "--here", "--allow-conflict"]).code, 0);
    for (name, value) in [("GOWORK", "off"), ("GO111MODULE", "off")] {
        let ran = left_out().with(name, value).run(&["current"]);
        assert!(!ran.stderr.contains("refuses"), "{name}: {}", ran.stderr);
    }
}

#[test]
fn current_and_use_foretell_a_line_that_go_cannot_read() {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10", "1.23.2"]);
    m.write("p/go.mod", "module p\n\ngo 1.21\n\ntoolchain 1.23.2\n");
    let ran = m.run(&["current"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let because = "Go refuses to work here, because Go cannot read @/p/go.mod:5: invalid toolchain";
    let mend = "run: goward use 1.23.2 --go-mod (writes the toolchain line of go.mod)";
    assert!(
        ran.stderr.contains(&format!("{because} \"1.23.2\"; {mend}, or in go.mod:5 write")),
        "{}",
        ran.stderr
    );
    // The pin's Go does not switch, and its parser refuses the line.
    let ran = m.run(&["use", "1.23.2"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let version = "version '1.23.2': must match format go1.23.0 or default\nhint: ";
    assert!(ran.stderr.contains(&format!("{because} {version}{mend}")), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: in go.mod:5 write: toolchain go1.23.2\n"));
    assert_eq!(m.run(&["use", "1.23.2", "--go-mod"]).code, 0);
    assert_eq!(m.read("p/go.mod"), "module p\n\ngo 1.21\n\ntoolchain go1.23.2\n");
    assert_eq!(m.json(&["explain"])["answer"]["refuses"], false);
}

#[test]
fn a_file_without_a_module_line_gets_one() {
    let m = Machine::set_up();
    m.ok(&["install", "1.22.10"]);
    m.write("p/go.mod", "go 1.21\n");
    let json = m.json(&["explain"]);
    assert_eq!(json["answer"]["why"], "Go cannot read @/p/go.mod: missing module declaration");
    assert_eq!(json["cures"][0]["command"], "go mod edit -module=example.com/mod");
    assert!(json["edit"].is_null(), "{json}");
}

/// A file of a stranger is long, and wants to write to the terminal.
#[test]
fn hostile_files_do_no_harm() {
    let m = left_out();
    let uses = "use ./x\n".repeat(100_000);
    m.write("go.work", &format!("go 1.22\n\n{uses}"));
    m.write("p/go.mod", "module p\n");
    let started = std::time::Instant::now();
    let ran = m.run(&["explain"]);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("leaves out go.mod"), "{}", ran.stdout);
    m.write("go.work", &format!("go 1.22\n\n\u{1b}]0;x\u{7}{} ./p\n", "y".repeat(1 << 20)));
    for args in [&["explain"][..], &["explain", "--json"], &["current"], &["use", "1.22.10"]] {
        let ran = m.run(args);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains("Go cannot read "), "{args:?}: {said}");
        assert!(!said.contains(['\u{1b}', '\u{7}']) && said.len() < 20_000, "{args:?}");
    }
    m.write("go.work", &"x".repeat(17 << 20));
    assert_ne!(m.run(&["explain"]).code, 101);
}

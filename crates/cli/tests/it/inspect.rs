//! `goward inspect`, on executables that the tests make.

use crate::machine::{Machine, Ran};
use goward_testkit::executable::Executable;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

/// What `go build -trimpath` of a module leaves.
const LINES: &str = "path\texample.com/app\nmod\texample.com/app\tv1.2.0\th1:o0=\n\
    dep\tgolang.org/x/text\tv0.14.0\th1:x0=\n\
    build\t-buildmode=exe\nbuild\t-compiler=gc\nbuild\t-trimpath=true\nbuild\tCGO_ENABLED=1\n\
    build\tGOARCH=amd64\nbuild\tGOOS=linux\nbuild\tGOAMD64=v1\nbuild\tvcs=git\n\
    build\tvcs.revision=3a1c5f0b9d27e64885f5c0a1d7be12f04c9a6b3e\n\
    build\tvcs.time=2026-11-02T09:15:00Z\nbuild\tvcs.modified=false\n";

/// A program that Go 1.27.3 has built with cgo, for a glibc.
pub(crate) fn program(glibc: &str) -> Vec<u8> {
    Executable::new("go1.27.3", LINES).with_glibc(glibc).bytes()
}

/// Puts programs into the project: `app`, and `dist` with two and a text.
pub(crate) fn put_programs(m: &Machine) {
    let static_lines = LINES.replace("CGO_ENABLED=1", "CGO_ENABLED=0");
    put(m, "p/app", &program("2.28"));
    put(m, "p/dist/app-cgo", &program("2.28"));
    put(m, "p/dist/app-static", &Executable::new("go1.27.3", &static_lines).bytes());
    m.write("p/dist/README", "no program\n");
}

fn put(m: &Machine, name: &str, bytes: &[u8]) {
    fs::write(m.write(name, ""), bytes).unwrap();
}

/// Puts a module into the project, and two tools where `go install` puts them.
fn put_tools(m: &Machine) {
    let lines = "path\texample.com/lint\nmod\texample.com/lint\tv1.4.0\th1:o0=\n\
        build\tGOARCH=amd64\nbuild\tGOOS=linux\n";
    m.write("p/go.mod", "module example.com/app\n\ngo 1.23\n");
    put(m, "home/go/bin/lint", &Executable::new("go1.22.10", lines).bytes());
    put(m, "home/go/bin/serve", &Executable::new("go1.23.1", LINES).bytes());
}

fn with_programs() -> Machine {
    let m = Machine::new();
    put_programs(&m);
    put(&m, "p/dist/app-new", &program("2.34"));
    m
}

#[test]
fn the_page_says_what_goward_says() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/reference/inspect.md");
    let page = fs::read_to_string(file).unwrap();
    let (mut updated, update) = (page.clone(), std::env::var_os("GOWARD_TEST_UPDATE").is_some());
    let m = with_programs().with("COLUMNS", "100");
    put_tools(&m);
    let mut count = 0;
    for block in page.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for step in block.split("$ ").skip(1) {
            let (line, said) = step.split_once('\n').unwrap();
            let Some(args) = line.strip_prefix("goward ") else { continue };
            let (args, status) = match args.split_once("; echo $?") {
                Some((args, _)) => (args, true),
                None => (args, false),
            };
            let words: Vec<String> =
                args.split(' ').map(|word| word.trim_matches('\'').to_owned()).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let Ran { code, stdout, stderr } = m.run(&words);
            let code = if status { format!("{code}\n") } else { String::new() };
            let says = format!("{stdout}{stderr}{code}");
            match update {
                true => updated = updated.replacen(step, &format!("{line}\n{says}"), 1),
                false => assert_eq!(says.trim_end(), said.trim_end(), "{line}"),
            }
            count += 1;
        }
    }
    assert_eq!(count, 4, "a transcript is lost");
    if update {
        fs::write(file, updated).unwrap();
    }
}

#[test]
fn conditions_and_statuses() {
    let m = with_programs();
    for (condition, met) in [
        ("go>=1.24", true),
        ("go<1.27", false),
        ("1.27", true),
        ("go=1.26", false),
        ("supported", true),
        ("not-forced", true),
        ("static", false),
        ("glibc<=2.28", true),
        ("glibc<2.28", false),
        ("pie", false),
        ("stripped", true),
        ("trimpath", true),
        ("cgo=0", false),
        ("vcs=clean", true),
        ("vcs=dirty", false),
        ("goamd64<=v2", true),
        ("goamd64>v1", false),
        ("module=example.com/app", true),
        ("module=example.com/other", false),
        ("dep=golang.org/x/text>=v0.9", true),
        ("dep=golang.org/x/text>v0.14.0", false),
        ("dep=golang.org/x/net", false),
    ] {
        let ran = m.run(&["inspect", "--require", condition, "app"]);
        assert_eq!(ran.code, if met { 0 } else { 7 }, "{condition}: {}{}", ran.stdout, ran.stderr);
        let word = if met { "  ok\n" } else { &format!("refused: {condition} (") };
        assert!(ran.stdout.contains(word), "{condition}: {}", ran.stdout);
        let ran = m.run(&["inspect", "--require", condition, "--json", "app"]);
        assert_eq!(ran.code, if met { 0 } else { 7 });
        assert!(ran.stdout.contains(&format!("\"met\": {met}")));
    }
    let says = |args: &[&str], code: i32, words: &str| {
        let ran = m.run(&[&["inspect"], args].concat());
        let all = format!("{}{}", ran.stdout, ran.stderr);
        assert!(ran.code == code && all.contains(words), "{args:?}: {} {all}", ran.code);
    };
    says(&["--require", "glibc", "app"], 2, "no condition: \"glibc\"; the forms are go>=1.24,");
    says(&["dist/README"], 3, "cannot inspect dist/README\n    unrecognized file format");
    says(&["nowhere", "app"], 3, "there is no nowhere");
    // A file that has no answer weighs more than a condition that is not met.
    says(&["--require", "static", "app", "dist/README"], 3, "refused: static");
    fs::create_dir(m.path("p/empty")).unwrap();
    says(&["empty"], 0, "no program here that Go has built");
    says(&["--require", "static", "empty"], 3, "no program here that Go has built");
    says(&["-v", "dist"], 0, "dist/README: unrecognized file format");
}

/// What a condition cannot read is not met.
#[test]
fn what_is_not_known_meets_no_condition() {
    let m = Machine::new();
    let lines = "path\texample.com/app\nmod\texample.com/app\t(devel)\t\n\
                 dep\texample.com/lib\t(devel)\t\ndep\texample.com/other\tv1.0.0\n=>\t./other\t\t\n\
                 build\tGOAMD64=fast\n";
    put(&m, "p/odd", &Executable::new("go1.27.3", lines).with_glibc("2.x").bytes());
    put(&m, "p/relr", &Executable::new("go1.27.3", LINES).with_glibc("ABI_DT_RELR").bytes());
    for (file, condition, why) in [
        ("odd", "glibc<=2.99", Some("not known: it needs GLIBC_2.x")),
        ("odd", "goamd64<=v4", Some("not known: GOAMD64 is \"fast\"")),
        ("odd", "dep=example.com/lib", None),
        ("odd", "dep=example.com/other", None),
        ("odd", "dep=example.com/none", Some("example.com/none is not in it")),
        (
            "odd",
            "dep=example.com/lib>=v1.0.0",
            Some("example.com/lib is in it, but has no version ((devel))"),
        ),
        (
            "odd",
            "dep=example.com/other>=v1.0.0",
            Some("example.com/other was replaced by ./other, and has no version"),
        ),
        ("relr", "glibc<=2.35", Some("it needs GLIBC_2.36")),
        ("relr", "glibc<=2.36", None),
    ] {
        let ran = m.run(&["inspect", "--require", condition, file]);
        assert_eq!(ran.code, if why.is_some() { 7 } else { 0 }, "{condition}: {}", ran.stdout);
        let line = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let word = why.map_or("ok".to_owned(), |why| format!("refused: {condition} ({why}"));
        assert!(line.contains(&word), "{condition}: {}", ran.stdout);
    }
}

#[test]
fn tools_are_compared_with_the_module_here() {
    let m = Machine::new();
    let says = |m: &Machine, args: &[&str], code: i32, words: &str| {
        let ran = m.run(&[&["inspect", "--tools"], args].concat());
        let all = format!("{}{}", ran.stdout, ran.stderr);
        assert!(ran.code == code && all.contains(words), "{args:?}: {} {all}", ran.code);
        all
    };
    says(&m, &[], 0, "go install has put nothing here yet: there is no ~/go/bin");
    assert_eq!(m.json(&["inspect", "--tools"]), serde_json::json!([]));
    put_tools(&m);
    let all =
        says(&m, &[], 0, "older than Go 1.23 of go.mod:3, run: go install example.com/lint@v1.4.0");
    assert_eq!(all.matches("older than").count(), 1, "{all}");
    says(&m, &["--require", "go>=1.23"], 7, "refused: go>=1.23");
    let rows = m.json(&["inspect", "--tools"]);
    assert_eq!(rows[0]["older"]["than"], "1.23");
    assert_eq!((&rows[0]["older"]["floor"], &rows[1]["older"]), (&true.into(), &().into()));
    // The directive says more than the go line, and `go install` obeys GOBIN.
    m.write("p/go.mod", "module example.com/app\n\ngo 1.22\n\ntool example.com/lint\n");
    says(&m, &[], 0, "older than Go 1.24 of go.mod:5");
    let there = m.path("tools-of-mine");
    let there = m.with("GOBIN", there.to_str().unwrap());
    says(&there, &[], 0, "there is no ");
    put(&there, "tools-of-mine/lint", &Executable::new("go1.21.3", LINES).bytes());
    says(&there, &[], 0, "older than Go 1.24 of go.mod:5, run: go install example.com/app@v1.2.0");
    fs::remove_file(there.path("p/go.mod")).unwrap();
    says(&there, &[], 0, "no go.mod here says which Go a tool must know");
    says(
        &there.with("GOBIN", "bin"),
        &[],
        2,
        "GOBIN is bin, and Go installs only to an absolute path",
    );
}

/// A command that goward prints is pasted: only plain words make one.
#[test]
fn a_tools_name_is_no_command() {
    let m = Machine::new();
    m.write("p/go.mod", "module m\n\ngo 1.23\n");
    for (path, version, command) in [
        ("a.example/t", "v1.0.0", Some("go install a.example/t@v1.0.0")),
        ("a.example/t", "(devel)", None),
        ("a.example/t", "v1.0.0+dirty", None),
        ("a.example/$(x)", "v1.0.0", Some("go install 'a.example/$(x)@v1.0.0'")),
        ("a.example/'$(x)", "v1.0.0", None),
        ("-toolexec=x", "v1.0.0", None),
    ] {
        let lines = format!("path\t{path}\nmod\tm\t{version}\t\nbuild\tGOOS=linux\n");
        put(&m, "home/go/bin/t", &Executable::new("go1.22.10", &lines).bytes());
        let rows = m.json(&["inspect", "--tools"]);
        assert_eq!(rows[0]["older"]["command"], serde_json::json!(command), "{path}");
    }
}

/// A vendor's Go has names of its own, and what agrees with the version is no reason.
#[test]
fn only_what_contradicts_accuses() {
    let m = Machine::new();
    let file = |name: &str, version: &str| {
        put(&m, name, &Executable::new(version, LINES).bytes());
    };
    file("p/vendor", "go1.25-20250209-RC00 cl/724841284 +8cb2acc2 X:fieldtrack,boringcrypto");
    file("p/hat", "go1.21.99 (Red Hat 1.21.99-1.el9)");
    file("p/made", "go1.21.99");
    file("p/experiment", "go1.21.99 X:fieldtrack");
    for (name, forced) in
        [("vendor", "unknown"), ("hat", "unknown"), ("made", "yes"), ("experiment", "yes")]
    {
        assert_eq!(m.json(&["inspect", name])[0]["forced"], forced, "{name}");
        let page = m.ok(&["inspect", name]);
        assert_eq!(page.contains("forced"), forced == "yes", "{page}");
        assert!(!page.contains("build information in one piece"), "{page}");
        let ran = m.run(&["inspect", "--require", "not-forced", name]);
        assert_eq!(ran.code, if forced == "yes" { 7 } else { 0 }, "{name}: {}", ran.stdout);
    }
    let ran = m.run(&["inspect", "--require", "not-forced", "made"]);
    let why = "refused: not-forced (its version was forced: there was no release 1.21.99)";
    assert!(ran.stdout.contains(why), "{}", ran.stdout);
    assert_eq!(ran.stdout.matches("forced").count(), 2, "the reason once: {}", ran.stdout);
    assert!(m.ok(&["inspect", "made", "made"]).contains("(there was no release 1.21.99)"));
    // What the version claims counts for nothing, and a condition that is met is met.
    assert_eq!(m.json(&["inspect", "made"])[0]["kernel_at_least"], serde_json::Value::Null);
    assert_eq!(m.json(&["inspect", "hat"])[0]["kernel_at_least"], "2.6.32");
    let met = m.ok(&["inspect", "--require", "static", "made", "made"]);
    assert_eq!(met.matches("  ok, version forced (").count(), 2, "{met}");
}

/// A glibc of a program needs a kernel, too.
#[test]
fn a_kernel_is_that_of_glibc_too() {
    let m = Machine::new();
    for (glibc, kernel) in [("2.17", "2.6.32"), ("2.25", "2.6.32"), ("2.34", "3.2")] {
        put(&m, "p/app", &Executable::new("go1.22.10", LINES).with_glibc(glibc).bytes());
        assert_eq!(m.json(&["inspect", "app"])[0]["kernel_at_least"], kernel, "{glibc}");
    }
}

/// A minor that no list has may be newer than the lists. It is told, and is no reason to refuse.
#[test]
fn a_version_that_no_list_has_is_told() {
    let m = Machine::new();
    for (name, version) in
        [("future", "go1.99"), ("patch", "go1.27.98"), ("known", "go1.22.10"), ("devel", "devel x")]
    {
        put(&m, &format!("p/{name}"), &Executable::new(version, LINES).bytes());
        let said = m.ok(&["inspect", name]);
        let told = said.contains("this goward knows no release ");
        assert_eq!(told, name == "future", "{said}");
        let document = m.json(&["inspect", name]);
        assert_eq!(document[0]["forced"], "unknown", "{document}");
        let evidence = document[0]["evidence"].to_string();
        assert_eq!(evidence.contains("knows no release"), told, "{evidence}");
    }
    assert!(m.ok(&["inspect", "future"]).contains("knows no release 1.99, which may be newer"));
    let lines = m.ok(&["inspect", "future", "known"]);
    assert_eq!(lines.matches("knows no release 1.99").count(), 1, "{lines}");
    assert_eq!(m.run(&["inspect", "--require", "not-forced", "future"]).code, 0);
}

#[test]
fn as_go_prints_it() {
    let m = with_programs();
    let lines = LINES.trim_end().replace('\n', "\n\t");
    let ran = m.run(&["inspect", "--like-go", "app"]);
    assert_eq!((ran.code, ran.stdout), (0, format!("app: go1.27.3\n\t{lines}\n")));
    let ran = m.run(&["inspect", "--like-go", "dist/README", "app"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.starts_with("app: go1.27.3\n\tpath\t"));
}

/// What a stranger has written into a program reaches no terminal and no CI system.
#[test]
fn a_strangers_text_is_harmless() {
    let m = Machine::new();
    let lines = "path\t\u{1b}]0;x\u{7}\nmod\t##vso[task.x]\t::add-mask::y\t\n";
    put(&m, "p/evil", &Executable::new("go1.22\u{1b}[2J\n::error::x", lines).bytes());
    for args in [&["inspect", "evil"][..], &["inspect", "-v", "evil"], &["inspect", "evil", "evil"]]
    {
        let said = m.ok(args);
        assert!(!said.contains(['\u{1b}', '\u{7}']) && !said.contains("##vso["), "{said}");
        assert!(said.lines().all(|line| !line.trim_start().starts_with("::")), "{said}");
    }
    let like_go = |m: &Machine| m.ok(&["inspect", "--like-go", "evil"]);
    assert!(like_go(&m).contains("\n\tmod\t##vso[task.x]\t"));
    let json = m.json(&["inspect", "evil"]);
    assert_eq!(json[0]["GoVersion"], "go1.22\u{1b}[2J\n::error::x");
    let said = like_go(&m.with("TF_BUILD", "True"));
    assert!(!said.contains('\u{1b}') && !said.contains("##vso["), "{said}");
    assert!(said.contains("\n: :error::x\n\tpath\t"), "{said}");
}

#[test]
fn only_regular_files_are_opened() {
    let m = with_programs();
    let mkfifo = goward_testkit::start::tool("mkfifo").arg(m.path("p/dist/pipe")).status().unwrap();
    assert!(mkfifo.success());
    symlink(m.path("p/app"), m.path("p/dist/link")).unwrap();
    symlink(m.path("p"), m.path("p/dist/around")).unwrap();
    let found = m.json(&["inspect", "dist"]);
    let files: Vec<_> = found.as_array().unwrap().iter().map(|row| &row["file"]).collect();
    assert_eq!(files, ["dist/app-cgo", "dist/app-new", "dist/app-static", "dist/link"]);
    let ran = m.run(&["inspect", "dist/pipe"]);
    assert!(ran.code == 1 && ran.stderr.contains("not a regular file"), "{}", ran.stderr);
    if !goward_testkit::untested::is_user("a program that cannot be read") {
        return;
    }
    fs::set_permissions(m.path("p/dist/app-new"), fs::Permissions::from_mode(0o0)).unwrap();
    let ran = m.run(&["inspect", "dist"]);
    assert!(ran.code == 1 && ran.stderr.contains("cannot inspect dist/app-new"), "{}", ran.stderr);
    assert!(ran.stdout.contains("dist/app-static"), "the others are shown: {}", ran.stdout);
}

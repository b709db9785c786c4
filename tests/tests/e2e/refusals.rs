//! What `goward explain` foretells of Go's refusals is what real Go does: a `go.work` that leaves the
//! module out, lines of `go.mod` and `go.work` that Go cannot read, and lines that it takes out.

use std::path::{Path, PathBuf};

use goward_tests::mirror::VERSIONS;
use goward_tests::sandbox::Sandbox;

const MAIN: &str = "package main\n\n//go:generate true\nfunc main() {}\n";
const A: &str = "module example.com/a\n\ngo 1.21\n";
const B: &str = "module example.com/b\n\ngo 1.21\n";

/// Commands, of which some look for the module here in the workspace.
const LOADING: &str = "build; build ./...; build ./sub; build -o out .; build main.go; build fmt; build \
     -v -o out ../a; run .; run main.go; test; test -run X -count 1; vet; vet ./...; \
     list; list -m; list -e; list -f x; list std; list ./...; install; generate; fix; \
     doc; doc fmt; fmt; mod tidy; mod edit -json; mod download; mod why fmt; get; env \
     GOWORK; version; clean; tool; work sync; -C sub build; -C ../a build -o out";

/// Commands, of which most read the module's file.
const READING: &str = "build; version; env GOOS; env GOTOOLCHAIN; help; fmt; generate; list -m; list std; \
     mod tidy; mod edit -json; mod download; mod vendor; mod verify; mod why fmt; mod \
     graph; mod init x; get; clean; fix; vet; test; tool vet -V; run main.go; build fmt";

/// A directory with a module `a`, which its `go.work` lists, and a module `b`.
fn workspace(sandbox: &Sandbox, name: &str, work: &str) -> PathBuf {
    let dir = sandbox.project(name);
    sandbox.write(dir.join("go.work"), work);
    sandbox.module(&dir.join("a"), A, MAIN);
    sandbox.module(&dir.join("b"), B, MAIN);
    dir
}

/// The answer of `goward explain` in `dir`, of `go` with these arguments.
fn explained(sandbox: &Sandbox, dir: &Path, typed: &[&str], vars: Vars<'_>) -> serde_json::Value {
    let call = sandbox.goward(&[&["explain", "--json"], typed].concat()).dir(dir).env("PWD", dir);
    let outcome = vars.iter().fold(call, |call, (name, value)| call.env(name, value)).run();
    outcome.code(0);
    serde_json::from_str(&outcome.stdout).expect("explain prints JSON")
}

/// Variables and their values.
type Vars<'a> = &'a [(&'a str, &'a str)];

/// Whether real Go of that version refuses, for one of the reasons in question.
fn refuses(sandbox: &Sandbox, version: &str, dir: &Path, args: &[&str], vars: Vars<'_>) -> bool {
    const REASONS: [&str; 9] = [
        "no modules were found in the current workspace",
        "go work use",
        "does not contain modules listed in go.work",
        "does not contain package",
        "listed in go.work file",
        "parsing go.",
        "invalid toolchain",
        "missing module declaration",
        "updates to go.mod needed",
    ];
    let call = sandbox.direct(version, dir, args).env("PWD", dir);
    let outcome = vars.iter().fold(call, |call, (name, value)| call.env(name, value)).run();
    let said = REASONS.iter().any(|reason| outcome.stderr.contains(reason));
    said && !outcome.status.success()
}

#[test]
fn a_module_that_go_work_leaves_out() {
    let sandbox = Sandbox::with("refusals", &VERSIONS);
    let dir = workspace(&sandbox, "w", "go 1.21\n\nuse ./a\n");
    sandbox.write(dir.join("b/sub/main.go"), MAIN);
    let dir = dir.join("b");
    let mut counts = [0, 0];
    for args in LOADING.split("; ") {
        let args: Vec<&str> = args.split(' ').collect();
        for version in VERSIONS {
            let go = refuses(&sandbox, version, &dir, &args, &[("GOTOOLCHAIN", "local")]);
            let plus = format!("+{version}");
            let json = explained(&sandbox, &dir, &[&[&*plus, "--"], &*args].concat(), &[]);
            assert_eq!(json["answer"]["refuses"], go, "go{version} {args:?}: {json}");
            counts[usize::from(go)] += 1;
        }
    }
    assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
}

#[test]
fn membership_is_decided_as_go_decides_it() {
    let sandbox = Sandbox::with("membership", &["1.21.13", "1.27.3"]);
    let abroad = sandbox.write("abroad/go.work", "go 1.21\n");
    let away = abroad.to_str().expect("ASCII").to_owned();
    let (mut number, mut counts) = (0, [0, 0]);
    let mut check = |work: &str, go_mod: &str, from: &str, vars: Vars<'_>, args: &str| {
        number += 1;
        let dir = sandbox.project(&format!("m{number}"));
        let here = dir.to_str().expect("ASCII");
        workspace(&sandbox, &format!("m{number}"), &work.replace('@', here));
        sandbox.write(dir.join("a/go.mod"), &format!("{A}{}", go_mod.replace('@', here)));
        sandbox.module(&dir.join("b/inner"), "module example.com/b/inner\n\ngo 1.21\n", MAIN);
        sandbox.write(dir.join("b/sub/main.go"), MAIN);
        #[cfg(unix)]
        std::os::unix::fs::symlink("b", dir.join("link")).expect("the sandbox is ours");
        let (from, args) = (dir.join(from), args.split(' ').collect::<Vec<_>>());
        for version in ["1.21.13", "1.27.3"] {
            let fixed = [vars, &[("GOTOOLCHAIN", "local")]].concat();
            let go = refuses(&sandbox, version, &from, &args, &fixed);
            let plus = format!("+{version}");
            let json = explained(&sandbox, &from, &[&[&*plus, "--"], &*args].concat(), vars);
            let case = format!("go{version} {args:?} in {}: {work}", from.display());
            assert_eq!(json["answer"]["refuses"], go, "{case}: {json}");
            counts[usize::from(go)] += 1;
        }
    };
    for work in [
        "use ./a",
        "use ./b",
        "use b",
        "use ./b/",
        "use ./a/../b",
        "use \"./b\"",
        "use @/b",
        "use (\n\t./a // why\n\t./b\n)",
        "use ./b/inner",
        "use ./B",
        "// use ./b",
        "",
        "use ./...",
        "use .",
    ] {
        for (from, args) in [
            ("b", "list"),
            ("b/sub", "list ."),
            ("b/inner", "list"),
            ("b", "list ./..."),
            (".", "list ./a"),
        ] {
            check(&format!("go 1.21\n\n{work}\n"), "", from, &[], args);
        }
    }
    let only_a = "go 1.21\n\nuse ./a\n";
    check(
        only_a,
        "require example.com/b v1.0.0\nreplace example.com/b => ../b\n",
        "b",
        &[],
        "list",
    );
    check(only_a, "require example.com/b v1.0.0\nreplace example.com/b => @/b\n", "b", &[], "list");
    for vars in
        [[("GOWORK", "off")], [("GOWORK", &*away)], [("GO111MODULE", "off")], [("GOWORK", "auto")]]
    {
        check(only_a, "", "b", &vars, "list");
    }
    if cfg!(unix) {
        for (work, from) in [("use ./link", "b"), ("use ./link", "link"), ("use ./b", "link")] {
            check(&format!("go 1.21\n\n{work}\n"), "", from, &[], "list");
        }
    }
    assert!(counts.iter().all(|count| *count > 40), "{counts:?}");
}

/// Files of each kind, whether Go reads them or not.
const FILES: [&str; 39] = [
    "go 1.21",
    "go 1.21.0",
    "go 1.21rc2",
    "go 1.21.x",
    "go v1.21",
    "go go1.21",
    "go 1",
    "go",
    "go 1.21.0.0",
    "go \"1.21\"",
    "go 1.21 x",
    "go latest",
    "go (\n1.21\n)",
    "go 1.20\ngo 1.20",
    "go 1.21\ntoolchain 1.21.1",
    "go 1.21\ntoolchain go1.21.3-corp",
    "go 1.21\ntoolchain local",
    "go 1.21\ntoolchain gccgo-go1.21",
    "go 1.21\ntoolchain \"go1.21.1\"",
    "go 1.21\ntoolchain",
    "go 1.21\ntoolchain (\ngo1.21.1\n)",
    "go 1.21\ntoolchain go1.21.1 x",
    "go 1.21\nnonsense x",
    "go 1.21\ntoolchain go1.21.1\ntoolchain go1.21.1",
    "go 1.21\ntool example.com/m/x",
    "go 1.21\ngodebug default=go1.21",
    "go 1.21\nignore ./x",
    "go 1.21\nuse ./x",
    "module n",
    "go 1.21\nrequire x",
    "go 1.21\nrequire (",
    "go 1.21\nrequire \"x v1.0.0",
    "<<<<<<< HEAD",
    "go 1.21\nreplace example.com/x => y",
    "go 1.21\nexclude example.com/x v2.0.0",
    "/* x */",
    "go 1.21\nrequire example.com/x v2.0.0",
    "\u{feff}",
    "go 1.21\nretract [v1.0.0, v1.1.0]",
];

#[test]
fn lines_that_go_cannot_read() {
    let sandbox = Sandbox::with("lines", &VERSIONS);
    let dir = sandbox.project("p");
    let mut counts = [0, 0];
    let whole = FILES.iter().map(|lines| format!("module example.com/m\n\n{lines}\n"));
    for text in whole.chain(["go 1.21\n".to_owned(), String::new()]) {
        sandbox.module(&dir, &text, MAIN);
        for version in VERSIONS {
            sandbox.set_default(version);
            for (typed, vars) in [
                (vec![format!("+{version}"), "--".to_owned()], &[("GOTOOLCHAIN", "local")][..]),
                (vec!["--".to_owned()], &[]),
            ] {
                let typed: Vec<&str> = typed.iter().map(String::as_str).chain(["list"]).collect();
                let json = explained(&sandbox, &dir, &typed, &[]);
                let runs = json["answer"]["runs"].as_str().expect("something runs");
                let runs = runs.strip_prefix("go").expect("a release");
                let go = refuses(&sandbox, runs, &dir, &["list"], vars);
                assert_eq!(json["answer"]["refuses"], go, "go{runs} {vars:?} {text}: {json}");
                counts[usize::from(go)] += 1;
            }
        }
    }
    assert!(counts.iter().all(|count| *count > 40), "{counts:?}");
}

#[test]
fn commands_that_read_the_lines() {
    let sandbox = Sandbox::with("readers", &VERSIONS);
    let dir = sandbox.project("p");
    for text in ["go 1.21\n\ntoolchain 1.21.1", "go 1.21.x", "go 1.21\n\nnonsense"] {
        for args in READING.split("; ") {
            let args: Vec<&str> = args.split(' ').collect();
            for version in VERSIONS {
                sandbox.module(&dir, &format!("module example.com/m\n\n{text}\n"), MAIN);
                sandbox.set_default(version);
                for (plus, vars) in
                    [(Some(format!("+{version}")), &[("GOTOOLCHAIN", "local")][..]), (None, &[])]
                {
                    let typed = plus.as_deref().into_iter().chain(["--"]);
                    let typed: Vec<&str> = typed.chain(args.iter().copied()).collect();
                    let json = explained(&sandbox, &dir, &typed, &[]);
                    let go = refuses(&sandbox, version, &dir, &args, vars);
                    let case = format!("go{version} {vars:?} {args:?} with {text}: {json}");
                    assert_eq!(json["answer"]["refuses"], go, "{case}");
                }
            }
        }
    }
}

/// Toolchain lines beside go lines, of which Go takes some out.
const TOOLCHAIN_LINES: &str = "1.21 go1.20.1; 1.21 go1.21; 1.21 go1.21.0; 1.21.0 go1.21.0; 1.21.0 go1.21; \
     1.21 default; 1.20 go1.20.1; 1.20 go1.19; 1.20 go1.21rc2; 1.20 go1.21.1; 1.19 go1.20-corp; 1.21 \
     go1.21-corp; 1.21.3 go1.21.1; 1.21 go1.20.x; 1.21.13 go1.21.13; 1.21 go1; - go1.20.2; - go1.21.2";

/// Commands, of which some may not write `go.mod`.
const LEAVING: &str = "build -n; build -n main.go; build -n fmt; build -mod=mod -n; build -n -mod mod; build \
     -mod=readonly -n; build -mod=vendor -n; run -n .; run -n . -mod=mod; test -n; test -n . -mod=mod; vet -n; \
     list; list -m; list std; list -e; install -n; generate; fix; fmt; doc fmt; mod tidy; mod edit -json; mod \
     download; mod why fmt; mod graph; mod verify; mod vendor; get; env; version; help; clean -n; clean \
     -modcache -n; clean -cache -n .; tool; work init";

#[test]
fn toolchain_lines_that_go_takes_out() {
    let sandbox = Sandbox::with("needless", &VERSIONS);
    let dir = sandbox.project("p");
    let mut counts = [0, 0];
    let mut check = |version: &str, args: &[&str], vars: Vars<'_>, case: &str| {
        // As Go's own, and where it may switch.
        let fixed = [vars, &[("GOTOOLCHAIN", "local")]].concat();
        let plus = format!("+{version}");
        for (typed, vars) in [(vec![&*plus, "--"], &fixed[..]), (vec!["--"], vars)] {
            let json = explained(
                &sandbox,
                &dir,
                &[&typed, args].concat(),
                &vars[..vars.len().min(fixed.len() - 1)],
            );
            let go = refuses(&sandbox, version, &dir, args, vars);
            assert_eq!(
                json["answer"]["refuses"], go,
                "go{version} {args:?} {vars:?} {case}: {json}"
            );
            counts[usize::from(go)] += 1;
        }
    };
    for version in VERSIONS {
        sandbox.set_default(version);
        for lines in TOOLCHAIN_LINES.split("; ") {
            let (go, toolchain) = lines.split_once(' ').expect("two words");
            let go = if go == "-" { String::new() } else { format!("go {go}\n\n") };
            let text = format!("module example.com/m\n\n{go}toolchain {toolchain}\n");
            sandbox.module(&dir, &text, MAIN);
            check(version, &["list"], &[], &text);
        }
        let text = "module example.com/m\n\ngo 1.21\n\ntoolchain go1.20.1\n";
        for args in LEAVING.split("; ") {
            let args: Vec<&str> = args.split(' ').collect();
            sandbox.module(&dir, text, MAIN);
            check(version, &args, &[], text);
            let _ = std::fs::remove_file(dir.join("go.work"));
        }
        for flags in ["-mod=mod", "-mod=readonly", "'-mod=mod'", "-v -mod=mod -mod=vendor"] {
            sandbox.module(&dir, text, MAIN);
            check(version, &["list"], &[("GOFLAGS", flags)], text);
            check(version, &["list", "-mod=readonly"], &[("GOFLAGS", flags)], text);
        }
        // A workspace keeps such a line, its own and a member's.
        sandbox.write(dir.join("go.work"), "go 1.21.0\n\ntoolchain go1.21.0\n\nuse .\n");
        check(version, &["list"], &[], "a workspace");
        check(version, &["list"], &[("GOWORK", "off")], "no workspace");
        std::fs::remove_file(dir.join("go.work")).expect("the sandbox is ours");
    }
    assert!(counts.iter().all(|count| *count > 100), "{counts:?}");
}

/// Each command that goward offers makes Go accept what it refused.
#[cfg(unix)]
#[test]
fn the_offered_commands_mend_it() {
    let sandbox = Sandbox::with("cures", &["1.23.2"]);
    sandbox.set_default("1.23.2");
    let unlisted = workspace(&sandbox, "w", "go 1.21\n\nuse ./a\n").join("b");
    let line = sandbox.project("line");
    sandbox.module(&line, "module m\n\ngo 1.21\n\ntoolchain 1.23.2\n", MAIN);
    let nameless = sandbox.project("nameless");
    sandbox.module(&nameless, "go 1.21\n", MAIN);
    let needless = sandbox.project("needless");
    sandbox.module(&needless, "module m\n\ngo 1.21\n\ntoolchain go1.20.1\n", MAIN);
    let mut path = vec![sandbox.root().join("bin")];
    path.extend([sandbox.shims(), "/usr/bin".into(), "/bin".into()]);
    let path = std::env::join_paths(path).expect("paths hold no separator");
    for dir in [&unlisted, &line, &nameless, &needless] {
        sandbox.go(dir, &["build", "-o", "out"]).run().code(1);
        let json = explained(&sandbox, dir, &[], &[]);
        assert_eq!(json["answer"]["refuses"], true, "{json}");
        for cure in json["cures"].as_array().expect("a list").iter().rev() {
            let command = cure["command"].as_str().expect("text");
            let script = format!("{command} && go build -o out");
            sandbox.go(dir, &["-c", &script]).program("/bin/sh").env("PATH", &path).run().code(0);
        }
        let json = explained(&sandbox, dir, &[], &[]);
        assert_eq!(json["answer"]["refuses"], false, "{json}");
    }
}

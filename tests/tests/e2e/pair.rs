//! Shim and manager of different releases, as the shim sees it: its requests, and its message if
//! the manager does not understand one.
#![cfg(unix)]

use goward_testkit::start::tool;
use goward_testkit::untested::is_root;
use goward_tests::binaries::workspace;
use goward_tests::sandbox::Sandbox;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

const OURS: &str = env!("CARGO_PKG_VERSION");

/// A manager that writes down each request, and installs nothing.
const RECORDS: &str =
    r#"{ printf 'provide'; shift; printf '\t%s' "$@"; echo; } >>"$0.asked"; exit 4"#;

fn data(name: &str) -> String {
    fs::read_to_string(workspace().join("tests/data").join(name)).expect("the repository has it")
}

/// The shim's request in that directory.
fn asked(sandbox: &Sandbox, dir: &Path, argv: &[&str], env: &[(&str, &str)]) -> String {
    let mut call = sandbox.go(dir, argv);
    for (key, value) in env {
        call = call.env(key, value);
    }
    let outcome = call.run();
    let file = sandbox.root().join("bin/goward.asked");
    let text =
        fs::read_to_string(&file).unwrap_or_else(|_| panic!("it asked for nothing: {outcome}"));
    fs::remove_file(file).expect("the sandbox is ours");
    let project = fs::canonicalize(dir).expect("the project is there");
    let text = text.replace(&project.display().to_string(), "/x/p");
    text.replace(&sandbox.root().display().to_string(), "/x/root").trim_end().to_owned()
}

/// The rows of this version in `provide.txt` are the requests of this version's shim.
#[test]
fn requests_of_this_shim_are_recorded() {
    let sandbox = Sandbox::empty("pair-asks");
    sandbox.script(sandbox.manager(), RECORDS);
    let (none, p) = (sandbox.project("none"), sandbox.project("p"));
    let mut found = BTreeSet::new();
    for selector in ["+1.22.10", "+1.22", "+latest"] {
        found.insert(asked(&sandbox, &none, &[selector, "version"], &[]));
    }
    for set in [("GOWARD_VERSION", "1.22.10"), ("GOTOOLCHAIN", "go1.22.10")] {
        found.insert(asked(&sandbox, &none, &["version"], &[set]));
    }
    sandbox.set_default("1.22");
    found.insert(asked(&sandbox, &none, &["version"], &[]));
    fs::remove_file(sandbox.root().join("default")).unwrap();
    let pin = p.join(".go-version");
    for text in ["1.22.10\n", "1.22\n"] {
        sandbox.write(&pin, text);
        found.insert(asked(&sandbox, &p, &["version"], &[]));
    }
    let foreign = is_root("what the shim asks for another user's file");
    if foreign {
        std::os::unix::fs::chown(&pin, Some(12345), None).unwrap();
        found.insert(asked(&sandbox, &p, &["version"], &[]));
    }
    fs::remove_file(&pin).unwrap();
    let (line, toolchain) = ("module m\n\ngo ", "module m\n\ngo 1.21\n\ntoolchain go");
    for (start, version) in
        [(line, "1.22.3"), (line, "1.21.14"), (toolchain, "1.22.5"), (toolchain, "1.21.99")]
    {
        sandbox.write(p.join("go.mod"), &format!("{start}{version}\n"));
        found.insert(asked(&sandbox, &p, &["version"], &[]));
    }
    // Something else will do meanwhile.
    sandbox.install_script("1.23.2", "echo go version go1.23.2 x/y");
    found.insert(asked(&sandbox, &none, &["+latest", "version"], &[]));
    for (start, env) in [(line, &[("GOWARD_GO_LINE", "minor")][..]), (toolchain, &[])] {
        sandbox.write(p.join("go.mod"), &format!("{start}1.21.5\n"));
        found.insert(asked(&sandbox, &p, &["version"], env));
    }
    let text = data("provide.txt");
    let rows = text.lines().filter_map(|line| line.strip_prefix(&format!("{OURS}\t")));
    let rows: BTreeSet<_> =
        rows.filter(|row| foreign || !row.contains("--known-digests")).map(str::to_owned).collect();
    assert_eq!(found, rows);
}

/// The manager of an early release, as far as it matters here: its options, its status, its words.
fn early() -> String {
    let names = data("f4ed39f/names.txt");
    let known: Vec<_> = names.lines().filter_map(|line| line.strip_prefix("provide ")).collect();
    assert!(known.contains(&"--wanted-by") && !known.contains(&"--project"), "{known:?}");
    let known = known.join(" | ");
    format!(
        r#"for word; do case $word in
            {known}) ;;
            --*)
                printf "goward: error: unexpected argument '%s' found\n\n" "$word" >&2
                printf "  tip: to pass '%s' as a value, use '-- %s'\n\n" "$word" "$word" >&2
                printf 'Usage: goward provide --wanted-by <TEXT> <SELECTOR>\n\n' >&2
                printf "For more information, try '--help'.\n" >&2
                exit 2 ;;
        esac; done
        echo 'goward: error: no network' >&2
        exit 4"#
    )
}

#[test]
fn an_older_manager_is_named_where_it_does_not_understand() {
    let sandbox = Sandbox::empty("pair-early");
    sandbox.script(sandbox.manager(), &early());
    let said = "goward: warning: cannot install anything: the goward beside this shim is older than \
                the shim; with the goward that this shim came with, run: goward setup\n";
    let p = sandbox.project("p");
    for (file, text) in [(".go-version", "1.22.10\n"), ("go.mod", "module m\n\ngo 1.22\n")] {
        sandbox.write(p.join(file), text);
        let outcome = sandbox.go(&p, &["version"]).run();
        outcome.code(127).nothing_on_stdout().says("unexpected argument '--project'");
        assert_eq!(outcome.stderr.matches(said).count(), 1, "{outcome}");
        fs::remove_file(p.join(file)).unwrap();
    }
    // It answers a request that it understands itself.
    let outcome = sandbox.go(&p, &["+1.22.10", "version"]).run();
    outcome.code(127).says("no network");
    assert!(!outcome.stderr.contains("older than"), "{outcome}");
}

/// A fault in the configuration is none of the manager's age.
#[test]
fn no_other_failure_is_taken_for_that() {
    let sandbox = Sandbox::empty("pair-config");
    let p = sandbox.project("p");
    sandbox.write(p.join("go.mod"), "module m\n\ngo 1.22\n");
    sandbox.write(sandbox.root().join("config.toml"), "mirrors = 7\n");
    let outcome = sandbox.go(&p, &["version"]).run();
    outcome.says("config.toml:1");
    let odd = sandbox.go(&p, &["+1.22.10", "version"]).env("GOWARD_MIRROR", "ftp://x").run();
    odd.says("config.toml:1");
    for outcome in [outcome, odd] {
        assert!(!outcome.stderr.contains("older than"), "{outcome}");
    }
}

/// goward takes a pair back only whole: the file in the shim's place has to be a shim, and goward waits for nothing
/// there.
#[test]
fn no_rollback_to_what_is_no_shim() {
    let sandbox = Sandbox::empty("pair-rollback");
    let kept = sandbox.root().join("bin/.previous");
    for dir in ["bin/.previous", "state/locks", "state/staging"].map(|dir| sandbox.root().join(dir))
    {
        fs::create_dir_all(dir).expect("the sandbox is ours");
    }
    fs::copy(sandbox.manager(), kept.join("goward")).expect("a manager");
    let shim = kept.join("go");
    let before = fs::read(sandbox.shim()).expect("a shim");
    let roll = || {
        let call = sandbox.goward(&["self", "update", "--rollback"]);
        let (mut child, begun) = (call.spawn(), Instant::now());
        while child.try_wait().expect("a child can be waited for").is_none() {
            if begun.elapsed() > Duration::from_secs(60) {
                child.kill().expect("it is ours");
            }
            thread::sleep(Duration::from_millis(20));
        }
        call.outcome(child.wait_with_output().expect("it has ended"))
    };
    assert!(roll().code(3).stderr.contains("no update has left a pair"));
    let made = tool("mkfifo").arg(&shim).status().expect("mkfifo runs");
    assert!(made.success());
    roll().code(6).says("not a regular file");
    fs::remove_file(&shim).expect("ours");
    sandbox.script(&shim, "echo no shim");
    roll().code(5).says("is no shim of goward's");
    assert_eq!(fs::read(sandbox.shim()).expect("a shim"), before);
    fs::copy(sandbox.shim(), &shim).expect("a shim");
    roll().code(0);
}

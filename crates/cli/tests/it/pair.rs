//! Shim and manager of different releases: their messages about each other, and the proof that each
//! understands the other's requests.

use crate::machine::{Machine, Ran, ran, script};
use crate::setup::unpacked;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const OURS: &str = env!("CARGO_PKG_VERSION");

/// A file that passes for the shim of a release, without a version for that of an early one.
fn shim(path: &Path, version: Option<&str>) {
    let magic = String::from_utf8(goward_resolver::SHIM_MAGIC.to_vec()).unwrap();
    let version = version.map(|version| format!("version={version}\0")).unwrap_or_default();
    fs::remove_file(path).unwrap();
    script(path, &format!("# {magic}{version}"));
}

fn set_up() -> Machine {
    let m = Machine::new();
    let mut command = m.command_of(&unpacked(&m), &["setup", "--no-modify-path"]);
    assert_eq!(ran(command.output().unwrap(), &m).code, 0);
    m.ok(&["install", "1.22.10"]);
    m
}

fn warnings(ran: &Ran) -> Vec<&str> {
    ran.stderr.lines().filter(|line| line.contains("shims/go is of ")).collect()
}

#[test]
fn a_shim_of_another_release_is_named_once_and_setup_mends_it() {
    let m = set_up();
    let shim_file = m.root("shims/go");
    for args in [&["current"][..], &["explain"]] {
        assert_eq!(warnings(&m.run(args)), Vec::<&str>::new());
    }
    let early = "a goward older than any that says its version";
    for (version, of) in [(Some("0.0.9"), "goward 0.0.9"), (None, early)] {
        shim(&shim_file, version);
        let warning = format!(
            "goward: warning: ~/.goward/shims/go is of {of}, and this is goward {OURS}; to bring them \
             in step, run: goward setup"
        );
        for args in [&["current"][..], &["current", "--json"], &["explain"]] {
            let ran = m.run(args);
            assert_eq!((ran.code, warnings(&ran)), (0, vec![warning.as_str()]), "{args:?}");
        }
        let provide = ["provide", "1.23.2", "--wanted-by", "x"];
        assert_eq!(warnings(&m.run(&provide)), [&warning]);
        assert_eq!(warnings(&m.run(&provide)), Vec::<&str>::new(), "where nothing is installed");
        m.ok(&["uninstall", "1.23.2"]);
        let mut command = m.command_of(&unpacked(&m), &["setup", "--no-modify-path"]);
        let mended = ran(command.output().unwrap(), &m);
        assert_eq!((mended.code, warnings(&mended)), (0, vec![]), "{}", mended.stderr);
        assert_eq!(warnings(&m.run(&["current"])), Vec::<&str>::new());
    }
}

/// For a program without a shim in itself.
#[cfg(not(feature = "embed-shim"))]
#[test]
fn setup_without_another_shim_says_what_to_take() {
    let m = set_up();
    shim(&m.root("shims/go"), Some("9.9.9"));
    let mut command = m.command_of(&m.root("bin/goward"), &["setup", "--no-modify-path"]);
    let ran = ran(command.output().unwrap(), &m);
    let warned = warnings(&ran);
    assert!(ran.code == 0 && warned.len() == 1, "{}", ran.stderr);
    assert!(warned[0].contains("is of goward 9.9.9, "), "{}", ran.stderr);
    assert!(warned[0].contains("; run the goward of a release archive"), "{}", ran.stderr);
}

/// `tests/data/provide.txt`: which goward, and its words.
fn recorded() -> Vec<(String, Vec<String>)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/provide.txt");
    let text = fs::read_to_string(file).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let words = lines.map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    words.map(|words| (words[0].clone(), words[1..].to_vec())).collect()
}

#[test]
fn requests_of_earlier_shims_are_understood() {
    let recorded = recorded();
    let versions: BTreeSet<_> = recorded.iter().map(|(version, _)| version.as_str()).collect();
    assert!(versions.contains("f4ed39f") && versions.contains(OURS), "{versions:?}");
    let m = Machine::new();
    for (version, words) in &recorded {
        let args: Vec<&str> = words.iter().map(String::as_str).collect();
        let ran = m.run(&args);
        assert_eq!(ran.stdout, "", "{version} {words:?}: stdout is Go's");
        // Only the mirror's own word vouches for the archives here.
        let vouched = !words.iter().any(|word| word == "--known-digests");
        let installed = m.json(&["list"]);
        let absent = ["1.21.5", "1.21.99", "1.22.5"].contains(&args[1]);
        if absent || args.contains(&"1.21.14") {
            assert_eq!(ran.code, 3, "{version} {words:?}: the mirror has none: {}", ran.stderr);
        } else if vouched {
            assert_eq!(ran.code, 0, "{version} {words:?}: {}", ran.stderr);
            assert_eq!(installed.as_array().unwrap().len(), 1, "{installed}");
        } else {
            assert_eq!(ran.code, 5, "{version} {words:?}: {}", ran.stderr);
        }
        for toolchain in installed.as_array().unwrap() {
            m.ok(&["uninstall", "--force", toolchain["name"].as_str().unwrap()]);
        }
        m.ok(&["default", "--unset"]);
    }
}

/// The manager of f4ed39f understands today's shim if no file of a repository asks. A request of
/// such a file needs a manager that can judge it, and an older one refuses that.
#[test]
fn an_earlier_manager_understands_requests_without_a_file() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/f4ed39f/names.txt");
    let names = fs::read_to_string(file).unwrap();
    let known: BTreeSet<_> =
        names.lines().filter_map(|line| line.strip_prefix("provide ")).collect();
    let recorded = recorded();
    let ours = recorded.iter().filter(|(version, _)| version == OURS);
    let mut seen = 0;
    for (_, words) in ours.filter(|(_, words)| !words.iter().any(|word| word == "--project")) {
        let flags = words.iter().filter(|word| word.starts_with("--"));
        flags.for_each(|flag| assert!(known.contains(flag.as_str()), "{words:?}"));
        seen += 1;
    }
    assert!(seen > 3);
}

#[test]
fn further_words_of_a_newer_shim_are_not_passed_over() {
    let m = Machine::new();
    for further in [&["--only-on-sundays"][..], &["--limit", "3"], &["word"]] {
        let mut args = vec!["provide", "1.22", "--wanted-by", "x", "--project", "pin"];
        args.extend(further);
        let ran = m.run(&args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
        let first = further[0];
        let start =
            format!("goward: error: the shim says {first:?}, which goward {OURS} does not know");
        assert!(ran.stderr.starts_with(&start), "{}", ran.stderr);
        assert!(ran.stderr.contains("\nhint: the shim is a newer goward's: run `goward setup`"));
        assert_eq!(m.json(&["list"]).as_array().unwrap().len(), 0);
    }
}

/// One file sets a machine up, and mends a wrong shim.
#[cfg(feature = "embed-shim")]
#[test]
fn one_file_sets_a_machine_up() {
    use std::os::unix::fs::PermissionsExt as _;
    let m = Machine::new();
    let goward = m.path("one/goward");
    crate::machine::copy(Path::new(env!("CARGO_BIN_EXE_goward")), &goward);
    let built = fs::read(env!("GOWARD_SHIM")).unwrap();
    let setup = |program: &Path| {
        let mut command = m.command_of(program, &["setup", "--no-modify-path"]);
        let ran = ran(command.output().unwrap(), &m);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        for name in ["shims/go", "shims/gofmt"] {
            assert!(fs::read(m.root(name)).unwrap() == built, "{name}");
            let mode = fs::metadata(m.root(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o755, "{name}");
        }
        ran.stderr
    };
    let said = setup(&goward);
    assert!(said.contains("copied the shim in this program to ~/.goward/shims/go\n"), "{said}");
    assert!(!setup(&goward).contains("copied"));
    // From the store itself, and with any damage to the shims.
    let placed = m.root("bin/goward");
    let go = m.root("shims/go");
    fs::remove_file(&go).unwrap();
    setup(&placed);
    fs::set_permissions(&go, fs::Permissions::from_mode(0o644)).unwrap();
    setup(&placed);
    fs::write(&go, &built[..built.len() / 2]).unwrap();
    setup(&placed);
    shim(&go, Some("0.0.9"));
    setup(&placed);
    // Another user may have put the shim beside it there, whatever version that says.
    let beside = m.path("one/go");
    fs::write(&beside, "").unwrap();
    for version in ["0.0.9", OURS] {
        shim(&beside, Some(version));
        setup(&goward);
    }
}

//! Commands that write into a project or the store's small files, killed at any change: the file is
//! the old one or the new, and the next call deletes the leftovers beside it.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

use goward_tests::call::Call;
use goward_tests::sandbox::Sandbox;

use crate::kill::{chosen, sweep};
use crate::scene::{OURS, list};
use crate::trace::{CHANGES, can_trace, record};

/// The temporary files in these directories.
fn leftovers(dirs: &[&Path]) -> Vec<PathBuf> {
    let found = dirs.iter().filter(|dir| dir.is_dir()).flat_map(|dir| list(dir));
    let temporary = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.contains(".goward-")
    };
    found.filter(temporary).collect()
}

#[test]
fn a_choice_is_written_whole_and_leaves_nothing() {
    if !can_trace("choices killed at every change") {
        return;
    }
    let sandbox = Sandbox::empty("kill-choices");
    sandbox.install_script("1.22.10", "echo go version go1.22.10 script");
    let project = sandbox.project("p");
    let goroot = sandbox.toolchain("1.22.10").display().to_string();
    let trust = sandbox.root().join("trust");
    let record_dir = trust.join(project.strip_prefix("/").expect(OURS));
    let links = sandbox.root().join("links");
    let [pin, goenv, module] = [".go-version", ".goenv", "go.mod"].map(|name| project.join(name));
    let record_file = record_dir.join(".goenv");
    let default = sandbox.root().join("default");
    let before = |settings: &str| {
        sandbox.write(&pin, "1.21.1\n");
        sandbox.write(&goenv, settings);
        sandbox.write(&module, "module m\n\ngo 1.21\n");
        sandbox.write(&default, "1.22\n");
    };
    let at = |args: &[&str]| sandbox.goward(args).dir(&project);
    let written: [(Call, &Path, &str, &str); 5] = [
        (at(&["use", "1.22.10"]), &pin, "1.21.1\n", "1.22.10\n"),
        (
            at(&["use", "1.22.10", "--goenv"]),
            &goenv,
            "GOOS=linux\n",
            "GOOS=linux\nGOTOOLCHAIN=go1.22.10\n",
        ),
        (
            at(&["use", "1.22.10", "--go-mod"]),
            &module,
            "module m\n\ngo 1.21\n",
            "module m\n\ngo 1.21\n\ntoolchain go1.22.10\n",
        ),
        (at(&["trust"]), &record_file, "", "GOOS=linux\nCC=clang\n"),
        (at(&["default", "1.22.10"]), &default, "1.22\n", "1.22.10\n"),
    ];
    let dirs = [project.as_path(), &record_dir, &links, &sandbox.root()];
    let met = Cell::new(0);
    for (call, file, old, new) in &written {
        // Only CC needs the user's trust, and without that `go` would refuse to run here.
        let settings = if *file == record_file { *new } else { "GOOS=linux\n" };
        let before = || {
            before(settings);
            // It would outrank the other files.
            if *file != pin {
                fs::remove_file(&pin).expect(OURS);
            }
        };
        before();
        call.run().code(0);
        before();
        let points = chosen(&record(call, CHANGES, &sandbox.dir().join("log")), 1);
        sweep(&format!("{}", file.display()), &points, call, before, |when| {
            let text = fs::read_to_string(file).unwrap_or_default();
            assert!(text == *old || text == *new, "{when}: {text:?}");
            met.set(met.get() + leftovers(&dirs).len());
            let listed = at(&["trust", "--list"]).run().code(0).stdout.clone();
            assert!(
                listed.lines().count() <= 1 && !listed.contains(".goward-"),
                "{when}: {listed}"
            );
            call.run().code(0);
            assert_eq!(fs::read_to_string(file).expect(OURS), *new, "{when}");
            assert_eq!(leftovers(&dirs), Vec::<PathBuf>::new(), "{when}");
        });
    }
    let met = met.get();
    assert!(met >= written.len(), "only {met} temporary files were left by all kills");
    let link = at(&["link", "corp", &goroot, "--force"]);
    link.run().code(0);
    let points = chosen(&record(&link, CHANGES, &sandbox.dir().join("log")), 1);
    sweep(
        "link",
        &points,
        &link,
        || {},
        |when| {
            let listed = at(&["list"]).run().code(0).stdout.clone();
            assert!(listed.contains("corp") && !listed.contains(".goward-"), "{when}: {listed}");
            link.run().code(0);
            assert_eq!(leftovers(&dirs), Vec::<PathBuf>::new(), "{when}");
        },
    );
}

/// Every file is the old one or the new, whole, and the next run does the rest.
#[test]
fn a_check_that_mends_leaves_whole_files() {
    if !can_trace("edits of a check killed at every change") {
        return;
    }
    let sandbox = Sandbox::empty("kill-check");
    let project = sandbox.project("p");
    let module = "module m\n\ngo 1.26.0\n\ntoolchain go1.25.5\n";
    let files = [
        (".go-version", "1.26.0\n1.25.0\n", "1.26.0\n"),
        ("a/.go-version", "1.26.0\nx\ny\n", "1.26.0\n"),
        ("go.mod", module, "module m\n\ngo 1.26.0\n"),
    ];
    let before = || {
        for (file, old, _) in files {
            sandbox.write(project.join(file), old);
        }
    };
    before();
    let call = sandbox.goward(&["check", "--fix"]).dir(&project);
    let points = chosen(&record(&call, CHANGES, &sandbox.dir().join("log")), 1);
    assert!(points.len() > 2 * files.len(), "{points:?}");
    let met = Cell::new(0);
    let dirs = [project.as_path(), &project.join("a")];
    sweep("check --fix", &points, &call, before, |when| {
        for (file, old, new) in files {
            let text = fs::read_to_string(project.join(file)).expect(OURS);
            assert!(text == old || text == new, "{when}: {file}: {text:?}");
        }
        met.set(met.get() + leftovers(&dirs).len());
        call.run().code(0);
        for (file, _, new) in files {
            assert_eq!(fs::read_to_string(project.join(file)).expect(OURS), new, "{when}: {file}");
        }
        assert_eq!(leftovers(&dirs), Vec::<PathBuf>::new());
    });
    assert!(met.get() > 0, "no temporary file was left by any kill");
}

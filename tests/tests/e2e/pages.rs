//! Transcripts of pages that take no Go: of the hooks and of the configuration.

use crate::hearsay::{transcripts_in, typed};
use goward_testkit::start::tool;
use goward_tests::binaries::workspace;
use goward_tests::sandbox::Sandbox;
use std::fs;
use std::path::{Path, PathBuf};

/// Types what a page shows, in this directory, and compares; or writes what is shown now.
fn repeat(sandbox: &Sandbox, dir: &Path, page: &str) {
    let path = workspace().join(page);
    let mut text = fs::read_to_string(&path).expect("the page is there");
    let all: Vec<String> = transcripts_in(&text).into_iter().map(str::to_owned).collect();
    assert!(!all.is_empty(), "the transcript is lost");
    for lines in all {
        let shown = typed(sandbox, dir, &lines);
        if std::env::var_os("GOWARD_TEST_UPDATE").is_some() {
            text = text.replace(&lines, &shown);
        } else {
            assert_eq!(shown, lines, "{page}");
        }
    }
    if std::env::var_os("GOWARD_TEST_UPDATE").is_some() {
        fs::write(path, text).expect("the page is ours");
    }
}

/// A machine with goward and the system's programs on PATH.
fn machine(name: &str) -> Sandbox {
    let mut sandbox = Sandbox::empty(name);
    sandbox.add_to_path(sandbox.root().join("bin"), false);
    for system in ["/usr/bin", "/bin"] {
        sandbox.add_to_path(PathBuf::from(system), false);
    }
    sandbox
}

#[test]
fn the_page_of_the_configuration() {
    let sandbox = machine("page-config");
    repeat(&sandbox, &sandbox.home(), "docs/src/reference/configuration.md");
}

/// git shows the difference of the page's go.mod by goward's driver.
#[test]
fn the_page_of_the_hooks() {
    let sandbox = machine("page-hooks");
    let dir = sandbox.home().join("shop");
    let module = |version: &str| {
        format!(
            "module shop\n\ngo 1.24\n\nrequire (\n\ta.example v1.0.0\n\tb.example {version}\n)\n"
        )
    };
    sandbox.write(dir.join("go.mod"), &module("v1.0.0"));
    let git = |args: &[&str]| {
        let mut git = tool("git");
        let user = ["-c", "user.name=g", "-c", "user.email=g@example.com"];
        assert!(
            git.args(user).args(args).current_dir(&dir).status().expect("git is here").success()
        );
    };
    git(&["init", "-q", "--template="]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "first"]);
    let path = workspace().join("docs/src/check/hooks.md");
    let text = fs::read_to_string(path).expect("the page is there");
    let all = transcripts_in(&text);
    assert_eq!(all.len(), 2, "a transcript is lost");
    let typed = |lines: &str| typed(&sandbox, &dir, lines);
    assert_eq!(typed(all[0]), all[0]);
    // The page shows each for itself.
    sandbox.goward(&["hook", "uninstall"]).dir(&dir).env("PATH", "/usr/bin:/bin").run().code(0);
    sandbox.write(dir.join("go.mod"), &module("v1.1.0"));
    assert_eq!(typed(all[1]), all[1]);
}

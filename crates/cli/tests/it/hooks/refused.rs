//! A commit that goward's hook refuses, and repositories whose settings lead git to other hooks.

use super::{commit, git, git_in, hooks, machine, nothing_written};
use crate::machine::Machine;
use std::fs;

const REFUSES: &str = "goward: goward's pre-commit hook refuses this commit; \
                       to commit all the same: git commit --no-verify\n";
const OFFER: &str = "(goward check --fix)";

/// What a refused commit prints.
fn refusal(m: &Machine) -> String {
    let out = git(m, "p", &["commit", "-qm", "x"]).output().unwrap();
    assert!(!out.status.success());
    String::from_utf8(out.stderr).unwrap()
}

#[test]
fn a_refused_commit_says_by_whom_and_how_to_go_on() {
    let m = machine();
    m.ok(&["hook", "install"]);
    // Nothing that an edit mends.
    let said = String::from_utf8(commit(&m, "1.25.0\n").stderr).unwrap();
    assert!(said.ends_with(REFUSES) && !said.contains("--fix"), "{said}");
    // A file that one mends, as it is staged.
    m.write("p/.go-version", "1.26.0\n");
    m.write("p/Dockerfile", "FROM golang:1.25\nCOPY . .\nRUN go build\n");
    git_in(&m, "p", &["add", "."]);
    let said = refusal(&m);
    let mend = "goward: to mend Dockerfile: goward check --fix, then stage that with git add\n";
    assert!(said.contains(OFFER) && said.ends_with(&[mend, REFUSES].concat()), "{said}");
    m.run(&["check", "--fix"]);
    // The disk is mended, and the index is not: an edit would change nothing.
    let said = refusal(&m);
    assert!(said.ends_with(REFUSES) && !said.contains(OFFER), "{said}");
    assert!(said.contains("the disk has other bytes than the index"), "{said}");
    git_in(&m, "p", &["add", "."]);
    git_in(&m, "p", &["commit", "-qm", "x"]);
    // Without a look at the files.
    m.write("p/.goward.toml", "nonsense");
    git_in(&m, "p", &["add", "."]);
    assert!(refusal(&m).ends_with(REFUSES));
    git_in(&m, "p", &["commit", "-qm", "x", "--no-verify"]);
}

/// `--fix` edits no file that git does not track, and says so.
#[test]
fn an_edit_is_offered_where_it_would_be_made() {
    let m = machine();
    m.write("p/go.mod", "module m\n\ngo 1.26.0\n");
    let file = m.write("p/Dockerfile", "FROM golang:1.25\nCOPY . .\nRUN go build\n");
    let offers = |m: &Machine| m.run(&["check"]).stdout.contains(OFFER);
    assert!(!offers(&m));
    git_in(&m, "p", &["add", "."]);
    assert!(offers(&m));
    fs::hard_link(&file, m.path("p/other")).unwrap();
    assert!(!offers(&m));
}

/// Whichever of git's files has the setting.
#[test]
fn hooks_elsewhere_are_told_by_every_configuration() {
    let line = "goward check --staged\n";
    let m = machine();
    git_in(&m, "p", &["config", "extensions.worktreeConfig", "true"]);
    git_in(&m, "p", &["config", "--worktree", "core.hooksPath", "own"]);
    nothing_written(&m, line, "core.hooksPath leads git to the hooks in @/p/own\n");
    // Another work tree without that setting.
    git_in(&m, "p", &["commit", "-q", "--allow-empty", "-m", "x"]);
    git_in(&m, "p", &["worktree", "add", "-q", "../further"]);
    git_in(&m, "further", &["config", "--worktree", "--unset-all", "core.hooksPath"]);
    let out = m.command(&["hook", "install"]).current_dir(m.path("further")).output().unwrap();
    assert!(out.status.success(), "{out:?}");
    assert_eq!(hooks(&m), ["pre-commit"]);
    assert_eq!(m.json(&["hook", "status"])["active"], false);
    // A configuration that another one includes, of the user or of the clone.
    for (file, of_user) in [("home/.gitconfig", true), ("p/.git/config", false)] {
        let m = machine();
        let section = match of_user {
            true => format!("includeIf \"gitdir:{}/\"", m.path("p").display()),
            false => "include".to_owned(),
        };
        let more = m.write("more", "[core]\n\thooksPath = own\n");
        let before = if m.path(file).exists() { m.read(file) } else { String::new() };
        m.write(file, &format!("{before}[{section}]\n\tpath = {}\n", more.display()));
        nothing_written(&m, line, "core.hooksPath leads git to the hooks in @/p/own\n");
    }
}

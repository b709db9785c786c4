//! `goward hook install --attributes`: what git shows then, and what is left alone.

use super::{git, git_in, machine};
use crate::machine::{Machine, ran, script};
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Stdio;

const FILE: &str = "p/.gitattributes";
const CONFIG: &str = "p/.git/config";
const MODULE: &str =
    "module m\n\ngo 1.26.0\n\nrequire (\n\ta.example v1.0.0\n\tb.example v1.0.0\n)\n";
const INSTALL: [&str; 3] = ["hook", "install", "--attributes"];
const UNINSTALL: [&str; 3] = ["hook", "uninstall", "--attributes"];
const BLOCK: &str = "\
# `goward hook install --attributes` wrote this; it does nothing in a clone without that
go.mod diff=gomod
go.work diff=gomod
";

/// What git prints, with more variables.
fn shown(m: &Machine, args: &[&str], vars: &[(&str, &str)]) -> String {
    let out = git(m, "p", args).envs(vars.iter().copied()).output().unwrap();
    assert!(out.status.success(), "{args:?}: {out:?}");
    String::from_utf8(out.stdout).unwrap()
}

/// A repository with a commit of module files, and a change of each.
fn changed() -> Machine {
    let m = machine();
    let work = "go 1.26.0\n\nuse (\n\t./a\n)\n";
    for file in ["p/go.mod", "p/sub/go.mod", "p/-x/go.mod"] {
        m.write(file, MODULE);
    }
    m.write("p/go.work", work);
    git_in(&m, "p", &["add", "."]);
    git_in(&m, "p", &["commit", "-qm", "x"]);
    for file in ["p/go.mod", "p/sub/go.mod", "p/-x/go.mod"] {
        m.write(file, &MODULE.replace("b.example v1.0", "b.example v1.1"));
    }
    m.write("p/go.work", &work.replace("./a", "./b"));
    m
}

const LINES: &str = "\n-require b.example v1.0.0\n+require b.example v1.1.0\n";
const PLAIN: &str = "\n-\tb.example v1.0.0\n+\tb.example v1.1.0\n";

#[test]
fn git_shows_one_directive_a_line() {
    let m = changed();
    assert_eq!(shown(&m, &["diff", "-U0"], &[]).matches(PLAIN).count(), 3);
    m.ok(&INSTALL);
    let diff = shown(&m, &["diff", "-U0"], &[]);
    assert_eq!(diff.matches(LINES).count(), 3, "{diff}");
    assert!(diff.contains("\n-use ./a\n+use ./b\n"), "{diff}");
    // Git's own plumbing still makes patches that apply.
    assert_eq!(shown(&m, &["diff-files", "-p", "-U0"], &[]).matches(PLAIN).count(), 3);
    git_in(&m, "p", &["add", "."]);
    git_in(&m, "p", &["commit", "-qnm", "y"]);
    for args in [&["log", "-1", "-p", "-U0"][..], &["show", "-U0"]] {
        assert_eq!(shown(&m, args, &[]).matches(LINES).count(), 3, "{args:?}");
    }
    let patch = shown(&m, &["format-patch", "-1", "--stdout", "-U0"], &[]);
    assert_eq!(patch.matches(PLAIN).count(), 3, "{patch}");
}

/// Also in CI, where there is no goward, and with one that knows no `mod --flat`. One that the repository
/// brings does not run.
#[test]
fn without_goward_git_shows_the_file() {
    let m = changed();
    m.ok(&INSTALL);
    let all = m.vars().find(|(key, _)| *key == "PATH").unwrap().1.clone();
    let rest = all.split_once(':').unwrap().1.to_owned();
    script(&m.path("p/goward"), &format!("touch '{}'", m.path("ran").display()));
    script(&m.path("old/goward"), "echo unknown >&2; exit 2");
    let old = format!("{}:{rest}", m.path("old").display());
    for path in [rest.clone(), format!(".:{rest}"), format!(":{rest}"), old] {
        let diff = shown(&m, &["diff", "-U0"], &[("PATH", &path)]);
        assert_eq!(diff.matches(PLAIN).count(), 3, "{path}: {diff}");
    }
    assert!(!m.path("ran").exists());
    // A file that goward cannot parse, and one that is no text.
    for text in ["require (\n", "\u{1b}[2J((\n", "module \"\n"] {
        m.write("p/go.mod", text);
        let line = format!("+{}", text.trim_end());
        assert!(shown(&m, &["diff", "go.mod"], &[]).contains(&line));
    }
}

#[test]
fn what_was_written_is_taken_back() {
    for before in [None, Some("*.sh text\n"), Some("*.sh text\r\n*.x -text\r\n")] {
        let m = machine();
        before.map(|text| m.write(FILE, text));
        let config = m.read(CONFIG);
        let said = m.ok(&[&INSTALL[..], &["-n"]].concat());
        assert!(said.starts_with("would set diff.gomod.textconv in @/p/.git/config\n"), "{said}");
        assert!(said.contains("would add to @/p/.gitattributes: go.mod diff=gomod, go.work "));
        assert_eq!((m.read(CONFIG), m.path(FILE).exists()), (config.clone(), before.is_some()));
        m.ok(&INSTALL);
        let end = if before.is_some_and(|text| text.contains('\r')) { "\r\n" } else { "\n" };
        let block = BLOCK.replace('\n', end);
        assert_eq!(m.read(FILE), format!("{}{block}", before.unwrap_or_default()));
        let state = &m.json(&["hook", "status"])["differences"];
        let named = "diff=gomod";
        let want = serde_json::json!({
            "active": true, "driver": "installed", "go_mod": named, "go_work": named
        });
        assert_eq!(*state, want);
        // Again, without a change.
        let written = (m.read(FILE), m.read(CONFIG));
        assert!(m.run(&INSTALL).stderr.contains("with one directive a line already\n"));
        assert_eq!((m.read(FILE), m.read(CONFIG)), written);
        // The hook alone goes, and says that this stays.
        let said = m.run(&["hook", "uninstall"]).stderr;
        assert!(said.ends_with("run: goward hook uninstall --attributes\n"), "{said}");
        assert_eq!((m.read(FILE), m.read(CONFIG)), written);
        m.ok(&[&UNINSTALL[..], &["-n"]].concat());
        assert_eq!((m.read(FILE), m.read(CONFIG)), written);
        m.ok(&UNINSTALL);
        assert_eq!(m.path(FILE).exists().then(|| m.read(FILE)).as_deref(), before);
        assert_eq!(m.read(CONFIG), config);
        let none = "no commit is checked: there is no @/p/.git/hooks/pre-commit\n";
        assert_eq!(m.ok(&["hook", "status"]), none);
    }
}

/// Fails, gives this reason, and changes neither file.
fn refused(m: &Machine, why: &str) {
    let read = || [FILE, CONFIG].map(|file| fs::read(m.path(file)).ok());
    let before = read();
    for dry in [&["-n"][..], &[]] {
        let ran = m.run(&[&INSTALL[..], dry].concat());
        assert!(ran.code == 1 && ran.stderr.contains(why), "{why}: {}", ran.stderr);
    }
    assert_eq!(read(), before);
    assert!(!m.path("p/.git/hooks/pre-commit").exists());
}

#[test]
fn what_the_user_decided_stays() {
    for (line, says) in [("*.mod diff=golang", "diff=golang"), ("go.mod -diff", "-diff")] {
        let m = machine();
        m.write(FILE, &format!("{line}\n"));
        refused(&m, &format!("    go.mod has the attribute {says}\n"));
        let status = m.json(&["hook", "status"]);
        assert_eq!(status["differences"]["go_mod"], says);
    }
    // An own line that says the same is as good, and stays.
    let m = machine();
    m.write(FILE, "go.mod diff=gomod\ngo.work -diff");
    assert!(m.ok(&["hook", "status"]).contains("which does nothing in this clone yet"));
    let said = m.run(&INSTALL).stderr;
    assert!(said.contains("go.work keeps its attribute -diff\n"), "{said}");
    let said = m.run(&UNINSTALL).stderr;
    assert!(said.contains("go.mod diff=gomod is not in @/p/.gitattributes as `goward hook"));
    assert_eq!(m.read(FILE), "go.mod diff=gomod\ngo.work -diff");
    // Drivers, wherever git's configuration has them.
    let other = "    git's configuration has a driver gomod that is not goward's: ";
    let m = machine();
    git_in(&m, "p", &["config", "diff.gomod.command", "evil"]);
    refused(&m, &format!("{other}diff.gomod.command is evil\n"));
    let m = machine();
    m.write("home/.gitconfig", "[diff \"gomod\"]\n\ttextconv = goward mod --flat\n");
    refused(&m, &format!("{other}diff.gomod.textconv is goward mod --flat\n"));
    let m = machine();
    git_in(&m, "p", &["config", "extensions.worktreeConfig", "true"]);
    git_in(&m, "p", &["config", "--worktree", "diff.gomod.textconv", "cat"]);
    refused(&m, &format!("{other}diff.gomod.textconv is cat\n"));
    assert!(m.ok(&["hook", "status"]).contains("a driver gomod that is not goward's"));
    assert_eq!(m.json(&["hook", "status"])["differences"]["driver"], "other");
    let said = m.run(&UNINSTALL).stderr;
    assert!(said.contains("diff.gomod.textconv is cat: it stays\n"), "{said}");
    // Settings beside it are the user's, too.
    let m = machine();
    git_in(&m, "p", &["config", "diff.gomod.algorithm", "patience"]);
    m.ok(&INSTALL);
    m.ok(&UNINSTALL);
    assert_eq!(shown(&m, &["config", "diff.gomod.algorithm"], &[]), "patience\n");
}

#[test]
fn files_that_are_no_plain_files_of_the_user_stay() {
    let m = machine();
    m.write("p/elsewhere", "x\n");
    symlink("elsewhere", m.path(FILE)).unwrap();
    refused(&m, "cannot write @/p/.gitattributes\n    it is a link\n");
    fs::remove_file(m.path(FILE)).unwrap();
    fs::hard_link(m.path("p/elsewhere"), m.path(FILE)).unwrap();
    refused(&m, "it has another name, a hard link");
    fs::remove_file(m.path(FILE)).unwrap();
    fs::create_dir(m.path(FILE)).unwrap();
    refused(&m, "it is a directory");
    fs::remove_dir(m.path(FILE)).unwrap();
    // git would wait for its other end.
    for name in [FILE, "p/.gitignore", "p/.git/info/attributes"] {
        let _ = fs::remove_file(m.path(name));
        assert!(
            goward_testkit::start::tool("mkfifo").arg(m.path(name)).status().unwrap().success()
        );
        let since = std::time::Instant::now();
        for args in [&INSTALL[..], &UNINSTALL, &["hook", "status"], &["check"]] {
            let ran = m.run(args);
            assert!(ran.code != 0 && since.elapsed().as_secs() < 20, "{name}: {args:?}");
            let said = format!("@/{name} is no regular file, and git would wait for it\n");
            assert!(ran.stderr.contains(&said), "{args:?}: {}", ran.stderr);
        }
        fs::remove_file(m.path(name)).unwrap();
    }
    fs::write(m.path(FILE), "g\0o\0").unwrap();
    refused(&m, "it is not text");
    git_in(&m, "p", &["add", "."]);
    fs::remove_file(m.path(FILE)).unwrap();
    refused(&m, "git tracks it, and it is not on the disk\n");
    git_in(&m, "p", &["rm", "-q", "--cached", ".gitattributes"]);
    // The configuration of another repository, under the name of this one's.
    fs::rename(m.path(CONFIG), m.path("theirs")).unwrap();
    symlink("../../theirs", m.path(CONFIG)).unwrap();
    refused(&m, "cannot write @/p/.git/config\n    it is a link\n");
    fs::remove_file(m.path(CONFIG)).unwrap();
    fs::hard_link(m.path("theirs"), m.path(CONFIG)).unwrap();
    refused(&m, "it has another name, a hard link");
    assert!(!m.read("theirs").contains("gomod"));
}

#[test]
fn files_of_another_user_stay() {
    if !goward_testkit::untested::is_root("attributes of another user") {
        return;
    }
    for file in [FILE, CONFIG] {
        let m = machine();
        m.write(FILE, "x text\n");
        std::os::unix::fs::chown(m.path(file), Some(65534), None).unwrap();
        refused(&m, "it is a file of user 65534\n");
    }
    let m = machine();
    std::os::unix::fs::chown(m.path("p/.git"), Some(65534), None).unwrap();
    let ran = m.run(&INSTALL);
    assert!(ran.code == 1 && !m.path(FILE).exists(), "{}", ran.stderr);
}

/// A work tree may lead to a repository of the user's.
#[test]
fn no_other_repository_gets_the_driver() {
    let m = machine();
    m.ok(&INSTALL);
    fs::rename(m.path("p"), m.path("own")).unwrap();
    let config = m.read("own/.git/config");
    m.write("p/.git", "gitdir: ../own/.git\n");
    for command in [INSTALL, UNINSTALL] {
        let ran = m.run(&command);
        let says = "does not name it as its own work tree";
        assert!(ran.code == 1 && ran.stderr.contains(says), "{}", ran.stderr);
    }
    assert_eq!(m.read("own/.git/config"), config);
    assert!(!m.path(FILE).exists());
    fs::remove_dir_all(m.path("p")).unwrap();
    m.write("p/x", "");
    git_in(&m, "p", &["init", "-q", "--bare", "."]);
    assert!(m.run(&INSTALL).stderr.starts_with("goward: error: @/p is in no git repository\n"));
}

#[test]
fn every_work_tree_has_the_driver() {
    let m = changed();
    git_in(&m, "p", &["worktree", "add", "-q", "../further"]);
    let out = m.command(&INSTALL).current_dir(m.path("further")).output().unwrap();
    let ran = ran(out, &m);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(m.read(CONFIG).contains("[diff \"gomod\"]"));
    assert_eq!(m.read("further/.gitattributes"), BLOCK);
    // Its attributes are of its own branch.
    assert!(
        m.ok(&["hook", "status"])
            .ends_with("and no attribute names it: goward hook install --attributes\n")
    );
    m.ok(&INSTALL);
    assert!(shown(&m, &["diff", "-U0"], &[]).contains(LINES));
}

#[test]
fn an_interrupted_one_is_taken_up_again_and_several_at_once_agree() {
    let m = machine();
    let lock = m.write("p/.git/config.lock", "");
    let ran = m.run(&INSTALL);
    assert!(ran.code == 1 && ran.stderr.contains("could not lock config file"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: if no git is at work there, run: rm "), "{}", ran.stderr);
    fs::remove_file(lock).unwrap();
    let mut all = Vec::new();
    for _ in 0..6 {
        all.push(m.command(&INSTALL).stderr(Stdio::piped()).spawn().unwrap());
    }
    for child in all {
        let ran = super::ran(child.wait_with_output().unwrap(), &m);
        let faster = ran.stderr.contains("changed while it was edited");
        assert!(ran.code == 0 || faster, "{}", ran.stderr);
    }
    assert_eq!(m.read(FILE), BLOCK);
    assert_eq!(m.read(CONFIG).matches("textconv = ").count(), 1);
    // Ended between its two writes.
    for half in [FILE, CONFIG] {
        match half {
            FILE => fs::remove_file(m.path(FILE)).unwrap(),
            _ => git_in(&m, "p", &["config", "--remove-section", "diff.gomod"]),
        }
        m.write("p/..gitattributes.goward-0123456789abcdef", "go.mo");
        m.ok(&INSTALL);
        assert_eq!(m.json(&["hook", "status"])["differences"]["active"], true);
    }
    assert_eq!(m.read(FILE), BLOCK);
}

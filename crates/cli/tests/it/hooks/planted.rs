//! What a stranger's tree has in the place of hooks, and where it leads.

use super::{HOOK, KEPT, commit, git_in, hooks, machine, nothing_written};
use crate::machine::{Machine, script};
use std::fs;
use std::os::unix::fs::symlink;

/// Anything may have put it there, and git has not run it.
#[test]
fn what_lies_in_the_place_of_a_kept_hook_never_runs() {
    let m = machine();
    let planted = format!("touch '{}'", m.path("ran").display());
    script(&m.path(KEPT), &planted);
    nothing_written(&m, "", "hint: if you need it no more, run: rm ");
    fs::remove_file(m.path(KEPT)).unwrap();
    m.ok(&["hook", "install"]);
    script(&m.path(KEPT), &planted);
    m.ok(&["hook", "install", "--strict"]);
    assert!(commit(&m, "1.26.0\n").status.success());
    assert!(!m.path("ran").exists());
    assert_eq!(m.json(&["hook", "status"])["kept_runs"], false);
    assert!(m.ok(&["hook", "status"]).ends_with("does not run: no install has kept it\n"));
    let ran = m.run(&["hook", "uninstall"]);
    assert!(ran.stderr.ends_with("stays: `goward hook install` did not keep it\n"));
    assert_eq!((ran.code, hooks(&m)), (0, vec!["pre-commit.before-goward".to_owned()]));
    // Nor does another file come back than the one that was kept.
    fs::remove_file(m.path(KEPT)).unwrap();
    script(&m.path(HOOK), "true");
    m.ok(&["hook", "install"]);
    let ours = m.read(HOOK);
    script(&m.path(KEPT), &planted);
    let ran = m.run(&["hook", "uninstall"]);
    assert!(ran.stderr.contains("is not as `goward hook install` kept it\n"), "{}", ran.stderr);
    assert_eq!((ran.code, m.read(HOOK), hooks(&m).len()), (1, ours, 2));
}

/// What a stranger's tree leads to is the user's own repository, or another one's hooks.
#[test]
fn nothing_is_removed_outside_of_the_repository() {
    let m = machine();
    m.ok(&["hook", "install"]);
    fs::rename(m.path("p"), m.path("own")).unwrap();
    let own = m.path("own/.git/hooks/pre-commit");
    let text = fs::read(&own).unwrap();
    let kept = |m: &Machine, why: &str| {
        for dry in [&["-n"][..], &[]] {
            let ran = m.run(&[&["hook", "uninstall"], dry].concat());
            let told = ran.stderr.starts_with("goward: error: no hook is removed\n");
            assert!(ran.code == 1 && told && ran.stderr.contains(why), "{}", ran.stderr);
        }
        let status = m.json(&["hook", "status"]);
        assert!(status["obstacle"].as_str().unwrap().contains(why), "{status}");
        assert!(m.ok(&["hook", "status"]).contains("goward changes nothing there: "));
        assert_eq!(fs::read(&own).unwrap(), text);
    };
    m.write("p/.git", "gitdir: ../own/.git\n");
    kept(&m, "@/own/.git, to which @/p leads, does not name it as its own work tree");
    fs::remove_file(m.path("p/.git")).unwrap();
    git_in(&m, "p", &["init", "-q"]);
    m.write("p/.git/commondir", "../../own/.git\n");
    kept(&m, "@/own/.git, to which @/p leads, does not name it as its own work tree");
    fs::remove_file(m.path("p/.git/commondir")).unwrap();
    fs::remove_dir_all(m.path("p/.git/hooks")).unwrap();
    symlink("../../own/.git/hooks", m.path("p/.git/hooks")).unwrap();
    kept(&m, "hooks is not a directory");
}

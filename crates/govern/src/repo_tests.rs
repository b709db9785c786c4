//! Tests of where files come from.

use super::*;
use goward_testkit::start::tool;
use std::fs;

fn write(dir: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn git(dir: &Path, args: &[&str]) {
    let mut git = tool("git");
    git.args(["-c", "init.defaultBranch=main", "-C"]).arg(dir).args(args);
    assert!(git.output().unwrap().status.success(), "{args:?}");
}

fn names(repository: &Repository) -> Vec<&str> {
    repository.files.keys().map(String::as_str).collect()
}

#[test]
fn without_git_every_file_counts() {
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[
            ("a/go.mod", "x"),
            ("node_modules/b/go.mod", ""),
            ("c/src/make.bash", ""),
            ("c/go.mod", ""),
            ("go1.27/VERSION", ""),
            ("go1.27/bin/go", ""),
            ("go1.27/src/go.mod", ""),
            ("goward/toolchains/go1.27.3/src/go.mod", ""),
            ("goward/state/receipts/go1.27.3.json", ""),
            ("gopath/pkg/mod/cache/download/x.org/m/@v/list", ""),
            ("gopath/pkg/mod/x.org/m@v1.0.0/go.mod", ""),
        ],
    );
    let (repository, within) = Repository::around(&[dir.path().join("a")]).unwrap();
    assert_eq!((names(&repository), within), (vec!["go.mod"], vec![String::new()]));
    let (repository, _) = Repository::around(&[dir.path().to_owned()]).unwrap();
    assert_eq!(names(&repository), ["a/go.mod"]);
    assert!(!repository.is_by_git());
    assert_eq!(repository.content("a/go.mod"), Some(&Ok(b"x".to_vec())));
    let apart = Repository::around(&[dir.path().join("a"), dir.path().join("c")]).unwrap_err();
    assert!(matches!(apart, Error::Apart(..)));
    assert!(matches!(Repository::around(&[dir.path().join("x")]), Err(Error::Io(..))));
}

#[test]
fn git_names_the_files() {
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[("go.mod", "x"), (".gitignore", "out/\n"), ("out/go.mod", ""), ("a/.go-version", "1")],
    );
    git(dir.path(), &["init", "-q"]);
    git(dir.path(), &["add", "go.mod"]);
    let (repository, within) = Repository::around(&[dir.path().join("a")]).unwrap();
    assert!(repository.is_by_git());
    assert_eq!(
        (names(&repository), within),
        (vec![".gitignore", "a/.go-version", "go.mod"], vec!["a".to_owned()])
    );
    // Deleted, and git has not been told.
    fs::remove_file(dir.path().join("go.mod")).unwrap();
    let (repository, _) = Repository::around(&[dir.path().to_owned()]).unwrap();
    assert!(!repository.has_file("go.mod"));
}

/// A repository's own configuration names programs for git to run. None of them runs.
#[cfg(unix)]
#[test]
fn nothing_of_the_repository_runs() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[("go.mod", "x"), ("evil", "#!/bin/sh\necho ran >> \"$(dirname \"$0\")/ran\"\n")],
    );
    let evil = dir.path().join("evil");
    fs::set_permissions(&evil, fs::Permissions::from_mode(0o755)).unwrap();
    git(dir.path(), &["init", "-q"]);
    git(dir.path(), &["add", "."]);
    let evil = evil.to_str().unwrap();
    for key in [
        "core.fsmonitor",
        "core.sshCommand",
        "filter.x.clean",
        "filter.x.smudge",
        "diff.x.textconv",
        "core.pager",
    ] {
        git(dir.path(), &["config", key, evil]);
    }
    git(dir.path(), &["config", "core.hooksPath", dir.path().to_str().unwrap()]);
    write(dir.path(), &[(".gitattributes", "* filter=x diff=x\n")]);
    let (repository, _) = Repository::around(&[dir.path().to_owned()]).unwrap();
    assert!(repository.has_file("go.mod"));
    assert!(!dir.path().join("ran").exists());
}

#[cfg(unix)]
#[test]
fn a_link_counts_inside_of_the_repository_alone() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[("r/x/pin", "1.26.6"), ("secret", "s")]);
    let r = dir.path().join("r");
    std::os::unix::fs::symlink("x/pin", r.join(".go-version")).unwrap();
    std::os::unix::fs::symlink("../secret", r.join(".tool-versions")).unwrap();
    std::os::unix::fs::symlink("gone", r.join("go.mod")).unwrap();
    fifo(&r.join("go.work"));
    let (repository, _) = Repository::around(&[r]).unwrap();
    assert_eq!(repository.content(".go-version"), Some(&Ok(b"1.26.6".to_vec())));
    assert_eq!(repository.content(".tool-versions"), Some(&Err(ReadError::NotRegular)));
    assert_eq!(repository.content("go.work"), Some(&Err(ReadError::NotRegular)));
}

/// Git names `lnk/go.mod` although `lnk` has become a link, and `ls-files` gives every name of a crafted
/// index.
#[cfg(unix)]
#[test]
fn no_file_outside_of_the_repository_is_read() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[("out/go.mod", "secret"), ("r/lnk/go.mod", "x"), ("r/in/go.mod", "y")]);
    let r = dir.path().join("r");
    git(&r, &["init", "-q"]);
    write(&r, &[(".git/go.mod", "secret")]);
    git(&r, &["add", "."]);
    let link = |to: &str, name: &str| {
        let name = r.join(name);
        fs::remove_dir_all(&name).ok();
        std::os::unix::fs::symlink(to, name).unwrap();
    };
    for (to, want) in [
        ("../out", Some(Err(ReadError::NotRegular))),
        (".git", Some(Err(ReadError::NotRegular))),
        ("in", Some(Ok(b"y".to_vec()))),
        ("gone", None),
    ] {
        fs::remove_file(r.join("lnk")).ok();
        link(to, "lnk");
        let (repository, _) = Repository::around(std::slice::from_ref(&r)).unwrap();
        assert_eq!(repository.content("lnk/go.mod").cloned(), want, "{to}");
    }
    let crafted = fs::read(r.join(".git/index")).unwrap();
    let crafted = crafted.windows(10).position(|part| part == b"lnk/go.mod").unwrap();
    for name in ["../out/mod", "/ab/go.mod", "a/../go.mo", "ab//go.mod", ".git/x.mod", "./ab/x.mod"]
    {
        let mut index = fs::read(r.join(".git/index")).unwrap();
        index[crafted..crafted + 10].copy_from_slice(name.as_bytes());
        let hashed = index.len() - 20;
        // Git leaves an index whose sum is zero unverified.
        index[hashed..].fill(0);
        fs::write(r.join(".git/index"), index).unwrap();
        let refused = Repository::around(std::slice::from_ref(&r)).unwrap_err().to_string();
        assert!(refused.contains(name), "{name}: {refused}");
    }
}

/// Files that are small enough one by one, and many links to one file, fill no memory.
#[cfg(unix)]
#[test]
fn the_bytes_of_all_files_are_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let top = canonical(dir.path()).unwrap();
    let count = |all: usize, linked: usize| {
        let room = Room { all, linked, names: 1_000 };
        let repository = Repository::bounded(top.clone(), room).unwrap();
        let read: Vec<_> = repository.read_files().map(|(_, _, content)| content).collect();
        assert!(read.iter().all(|one| one.is_ok() || **one == Err(ReadError::TooLarge)));
        (read.iter().filter(|one| one.is_ok()).count(), read.len())
    };
    for n in 0..8 {
        write(&top, &[(&format!("d{n}/go.mod"), "0123456789")]);
    }
    assert_eq!(count(80, 0), (8, 8));
    assert_eq!(count(79, 0), (7, 8));
    for n in 0..8 {
        std::os::unix::fs::symlink("../d0/go.mod", top.join(format!("d{n}/go.work"))).unwrap();
    }
    std::os::unix::fs::symlink("../d0", top.join("d0/link")).unwrap();
    assert_eq!(count(160, 80), (16, 16));
    assert_eq!(count(160, 30), (11, 16));
    // Each directory's name holds those of all above it.
    write(&top, &[(&["x/".repeat(40), "f".to_owned()].concat(), "")]);
    let room = Room { all: 160, linked: 80, names: 1_000 };
    assert!(matches!(Repository::bounded(top.clone(), room), Err(Error::TooMany(_))));
}

#[cfg(unix)]
fn fifo(path: &Path) {
    assert!(tool("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn paths_are_resolved_from_the_top() {
    for (dir, path, want) in [
        ("a/b", "../c", Some("a/c")),
        ("a", "../..", None),
        ("", "./x//y", Some("x/y")),
        ("a", ".", Some("a")),
        ("a", "/x", None),
    ] {
        assert_eq!(resolve(dir, path).as_deref(), want, "{dir} {path}");
    }
    assert_eq!(upwards("a/b").collect::<Vec<_>>(), ["a/b", "a", ""]);
}

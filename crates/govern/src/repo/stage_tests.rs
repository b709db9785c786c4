//! Tests of what git's index holds.

use super::*;
use crate::repo::Content;
use crate::repo::filling::Room;
use goward_testkit::start::tool;
use std::fs;
use std::os::unix::fs::symlink;

/// There is none, and it takes no path.
const NO_POLICY: &dyn Fn(Option<&Content>, &[String]) -> bool = &|policy, _| policy.is_some();

struct Repo(tempfile::TempDir);

impl Repo {
    fn new() -> Repo {
        let repo = Repo(tempfile::tempdir().unwrap());
        repo.git(&["init", "-q"]);
        repo
    }

    fn git(&self, args: &[&str]) -> String {
        let mut git = tool("git");
        let user = ["-c", "user.name=t", "-c", "user.email=t@localhost"];
        let out = git.args(user).arg("-C").arg(self.0.path()).args(args).output().unwrap();
        assert!(out.status.success(), "{args:?}: {out:?}");
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes and stages.
    fn add(&self, path: &str, text: &str) {
        self.write(path, text);
        self.git(&["add", path]);
    }

    fn staged(&self) -> Repository {
        Repository::staged(&[self.0.path().to_owned()], NO_POLICY).unwrap().0
    }

    fn refused(&self, path: &str) -> String {
        Repository::staged(&[self.0.path().join(path)], NO_POLICY).unwrap_err().to_string()
    }
}

fn text(repository: &Repository, path: &str) -> Option<Result<String, ReadError>> {
    let content = repository.content(path)?;
    Some(content.clone().map(|bytes| String::from_utf8(bytes).unwrap()))
}

/// That one of them is there, or no longer there, is what some rules look at.
#[test]
fn files_that_count_by_being_there_are_no_other_files() {
    let repo = Repo::new();
    for path in ["go.mod", "go.sum", "vendor/modules.txt", "version", "README"] {
        repo.add(path, path);
    }
    repo.git(&["commit", "-qm", "x"]);
    repo.add("README", "y");
    assert!(repo.staged().is_untouched());
    for gone in ["go.sum", "version"] {
        repo.git(&["rm", "-q", "--cached", gone]);
        assert!(!repo.staged().is_untouched(), "{gone}");
        repo.git(&["reset", "-q", "--", gone]);
    }
    repo.add("vendor/modules.txt", "y");
    assert!(!repo.staged().is_untouched());
}

#[test]
fn what_is_staged_counts_and_not_what_lies_there() {
    let repo = Repo::new();
    repo.add("a/go.mod", "staged");
    repo.add("README", "x");
    repo.write("a/go.mod", "changed since");
    repo.write("b/go.mod", "untracked");
    let found = repo.staged();
    assert_eq!(text(&found, "a/go.mod"), Some(Ok("staged".into())));
    assert!(!found.has_file("b/go.mod") && !found.has_on_disk("b/go.mod"));
    assert!(found.has_file("README") && found.has_directory("a") && found.lacks("b"));
    // A file that is gone from the disk alone.
    fs::remove_dir_all(repo.0.path().join("a")).unwrap();
    let (found, within) = Repository::staged(&[repo.0.path().join("a/go.mod")], NO_POLICY).unwrap();
    assert_eq!(text(&found, "a/go.mod"), Some(Ok("staged".into())));
    assert_eq!(within, ["a/go.mod"]);
}

#[test]
fn nothing_is_read_where_nothing_that_counts_is_staged() {
    let repo = Repo::new();
    repo.add("go.mod", "x");
    assert!(!repo.staged().is_untouched(), "before the first commit");
    repo.git(&["commit", "-qm", "one"]);
    // As in CI, where no commit is at hand.
    assert!(!repo.staged().is_untouched(), "nothing is staged");
    repo.add("README", "x");
    repo.add("node_modules/x/go.mod", "x");
    repo.write("go.mod", "y");
    assert!(repo.staged().is_untouched());
    repo.git(&["add", "go.mod"]);
    let found = repo.staged();
    assert!(!found.is_untouched() && text(&found, "go.mod") == Some(Ok("y".into())));
    // A deletion is a change.
    repo.git(&["commit", "-qm", "two"]);
    repo.git(&["rm", "-q", "go.mod"]);
    let found = repo.staged();
    assert!(!found.is_untouched() && !found.has_file("go.mod") && found.has_file("README"));
    // A branch, a file and a revision of one name.
    repo.write("HEAD", "");
    assert!(!repo.staged().is_untouched());
}

/// The policy that the index has is asked about the paths that change.
#[test]
fn a_policy_may_take_any_file() {
    let repo = Repo::new();
    repo.add("README", "x");
    repo.git(&["commit", "-qm", "one"]);
    repo.add("versions.json", "x");
    let top = [repo.0.path().to_owned()];
    let ask = |want: Option<&str>| {
        let takes = |policy: Option<&Content>, paths: &[String]| {
            assert_eq!(policy.map(|bytes| bytes.clone().unwrap()), want.map(Vec::from));
            assert_eq!(paths, ["versions.json"]);
            policy.is_some()
        };
        Repository::staged(&top, &takes).unwrap().0.is_untouched()
    };
    // One that git does not know is none.
    repo.write(".goward.toml", "on the disk");
    assert!(ask(None));
    repo.git(&["reset", "-q"]);
    repo.add(".goward.toml", "policy");
    repo.git(&["commit", "-qm", "two"]);
    repo.git(&["add", "versions.json"]);
    fs::remove_file(repo.0.path().join(".goward.toml")).unwrap();
    assert!(!ask(Some("policy")));
}

/// `git add -N` says that a file will be added; no commit has it.
#[test]
fn what_is_only_announced_is_not_there() {
    for format in ["sha1", "sha256"] {
        let repo = Repo(tempfile::tempdir().unwrap());
        repo.git(&["init", "-q", "--object-format", format]);
        repo.write("a/go.mod", "x");
        repo.write("b/go.mod", "");
        repo.git(&["add", "-N", "a"]);
        repo.git(&["add", "b"]);
        let found = repo.staged();
        assert!(!found.has_file("a/go.mod"), "{format}");
        assert_eq!(text(&found, "b/go.mod"), Some(Ok(String::new())));
        repo.git(&["commit", "-qm", "one"]);
        repo.add("README", "x");
        assert!(repo.staged().is_untouched());
    }
}

#[test]
fn links_lead_to_what_is_staged() {
    let repo = Repo::new();
    repo.add("x/pin", "1.26.6");
    for (target, name) in [
        ("x/pin", ".go-version"),
        ("to/pin", "a/../d/.go-version"),
        ("../x", "d/to"),
        ("../../outside", "e/.go-version"),
        ("/etc/passwd", "f/.go-version"),
        (".go-version", "g/.go-version"),
        ("../untracked", "h/.go-version"),
        ("../x", "i/.go-version"),
        ("../x/pin/..", "j/.go-version"),
    ] {
        let name = name.replace("a/../", "");
        let path = repo.0.path().join(&name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target, path).unwrap();
        repo.git(&["add", &name]);
    }
    repo.write("untracked", "1.26.5");
    repo.write("x/pin", "changed since");
    let found = repo.staged();
    let pin = |dir: &str| text(&found, &[dir, ".go-version"].concat()).unwrap();
    for dir in ["", "d/"] {
        assert_eq!(pin(dir), Ok("1.26.6".into()), "{dir}");
    }
    for dir in ["e/", "f/", "g/", "h/", "i/", "j/"] {
        assert_eq!(pin(dir), Err(ReadError::NotRegular), "{dir}");
    }
}

#[test]
fn conflicts_submodules_and_absent_objects() {
    let repo = Repo::new();
    repo.add("go.mod", "one");
    repo.git(&["commit", "-qm", "one"]);
    let blob = repo.git(&["rev-parse", ":go.mod"]);
    let commit = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},sub")]);
    repo.add("go.work", "go 1.26\n");
    let found = repo.staged();
    assert!(found.has_file("sub") && found.content("sub").is_none());
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},x/go.mod")]);
    assert_eq!(text(&repo.staged(), "x/go.mod"), None);
    let gone = "1".repeat(40);
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{gone},y/go.mod")]);
    let found = repo.staged();
    assert_eq!(text(&found, "y/go.mod"), Some(Err(crate::repo::NOT_FETCHED)));
    assert_eq!(text(&found, "go.mod"), Some(Ok("one".into())));
    // In a merge both sides have changed it.
    let mut git = tool("git");
    git.arg("-C").arg(repo.0.path()).args(["update-index", "--index-info"]);
    git.stdin(std::process::Stdio::piped());
    let mut child = git.spawn().unwrap();
    let zero = "0".repeat(40);
    let lines = format!("0 {zero}\tgo.mod\n100644 {blob} 1\tgo.mod\n100644 {blob} 2\tgo.mod\n");
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), lines.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(repo.refused("").starts_with("go.mod has conflicts"), "{}", repo.refused(""));
}

#[test]
fn large_objects_are_not_kept() {
    let repo = Repo::new();
    for n in 0..3 {
        repo.add(&format!("d{n}/.go-version"), &"x".repeat(if n == 1 { 2 << 20 } else { 9 }));
    }
    // More files than are asked for at once.
    for n in 0..AT_ONCE * 2 {
        repo.write(&format!("many/{n}/go.mod"), &n.to_string());
    }
    repo.git(&["add", "many"]);
    let found = repo.staged();
    assert_eq!(text(&found, "d0/.go-version"), Some(Ok("x".repeat(9))));
    assert_eq!(text(&found, "d1/.go-version"), Some(Err(ReadError::TooLarge)));
    assert_eq!(text(&found, "d2/.go-version"), Some(Ok("x".repeat(9))));
    for n in 0..AT_ONCE * 2 {
        assert_eq!(text(&found, &format!("many/{n}/go.mod")), Some(Ok(n.to_string())));
    }
    let room = Room { all: 20, linked: 0, names: 1 << 20 };
    let stage = Stage::of(repo.0.path()).unwrap();
    let found = stage.read(Filling::new(repo.0.path().to_owned(), room)).unwrap();
    let kept = found.read_files().filter_map(|(_, _, content)| Some(content.as_ref().ok()?.len()));
    assert_eq!(kept.sum::<usize>(), 20);
    let room = Room { all: 20, linked: 0, names: 100 };
    let refused = stage.read(Filling::new(repo.0.path().to_owned(), room));
    assert!(matches!(refused, Err(Error::TooMany(_))), "{refused:?}");
}

#[test]
fn without_a_repository_nothing_is_staged() {
    let dir = tempfile::tempdir().unwrap();
    let refused = Repository::staged(&[dir.path().to_owned()], NO_POLICY).unwrap_err().to_string();
    assert!(refused.contains("is in no git repository"), "{refused}");
    fs::write(dir.path().join(".git"), "gitdir: /nowhere\n").unwrap();
    let refused = Repository::staged(&[dir.path().to_owned()], NO_POLICY).unwrap_err().to_string();
    assert!(refused.starts_with("git cannot list the files: fatal: not a git"), "{refused}");
}

/// The variable names a file relative to the top. That of another repository's hook does not count.
#[test]
fn the_index_of_a_hook_counts() {
    let (repo, other) = (Repo::new(), Repo::new());
    repo.add("go.mod", "x");
    let of_commit = repo.0.path().join(".git/next-index-1.lock");
    fs::copy(repo.0.path().join(".git/index"), &of_commit).unwrap();
    repo.add("go.work", "y");
    let test = "repo::stage::tests::seen_by_a_hook";
    for (file, want) in [
        (".git/index", "go.mod go.work"),
        (".git/next-index-1.lock", "go.mod"),
        (of_commit.to_str().unwrap(), "go.mod"),
        (other.0.path().join(".git/index").to_str().unwrap(), "go.mod go.work"),
        ("", "go.mod go.work"),
    ] {
        let top = repo.0.path().as_os_str();
        let vars =
            [(FILE, file.as_ref()), ("GOWARD_TEST_TOP", top), ("GOWARD_TEST_WANT", want.as_ref())];
        let out = goward_testkit::start::again(test, &vars).output().unwrap();
        assert!(out.status.success(), "{file}: {out:?}");
        fs::remove_file(repo.0.path().join("seen")).unwrap();
    }
}

#[test]
fn seen_by_a_hook() {
    let Some(top) = std::env::var_os("GOWARD_TEST_TOP") else { return };
    fs::write(Path::new(&top).join("seen"), "").unwrap();
    let stage = Stage::of(Path::new(&top)).unwrap();
    let room = Room { all: 1 << 10, linked: 0, names: 1 << 10 };
    let found = stage.read(Filling::new(top.into(), room)).unwrap();
    let names: Vec<&str> = found.read_files().map(|(path, ..)| path).collect();
    assert_eq!(names.join(" "), std::env::var("GOWARD_TEST_WANT").unwrap());
}

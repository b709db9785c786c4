//! Which packages are asked about.

use super::*;

#[test]
fn packages_are_those_below_the_directory() {
    let of = |members: &[&str], directory: &str| -> String {
        let members: Vec<&Path> = members.iter().map(Path::new).collect();
        let all = patterns(&members, Path::new(directory));
        all.iter().map(|one| one.to_string_lossy()).collect::<Vec<_>>().join(" ").replace('\\', "/")
    };
    assert_eq!(of(&["/m"], "/m"), "./...");
    assert_eq!(of(&["/m"], "/m/cmd/x"), "./...");
    assert_eq!(of(&["/w/a", "/w/b"], "/w"), "/w/a/... /w/b/...");
    assert_eq!(of(&["/w/a", "/w/a/n", "/w/b"], "/w/a"), "./... /w/a/n/...");
    assert_eq!(of(&["/w/a", "/o/b"], "/w/c"), "/w/a/... /o/b/...");
}

/// A compiler that is tried looks for its assembler by PATH, where a repository may have put one.
#[cfg(unix)]
#[test]
fn a_compiler_finds_no_program_of_a_repository() {
    let top = tempfile::tempdir().expect("a directory of ours");
    let real = super::place::real(top.path());
    for dir in ["repo/.git", "repo/bin", "repo/nested/.git", "repo/nested/bin", "tools"] {
        std::fs::create_dir_all(real.join(dir)).expect("it is ours");
    }
    std::os::unix::fs::symlink("repo/bin", real.join("link")).expect("it is ours");
    let at = |name: &str| real.join(name).to_string_lossy().into_owned();
    let path = ["repo/bin", "tools", "link", "repo/nested/bin"].map(at).join(":") + ":bin::.";
    let host = goward_shim::OsHost::new([(b"PATH".to_vec(), path.into_bytes())]);
    let tops = super::place::tops(&real.join("repo/nested"), &[]);
    let kept = super::place::outside(&goward_resolver::Environment::new(&host), &tops);
    assert_eq!(kept.expect("there is a PATH"), at("tools").as_str());
}

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

//! Other managers' directories, laid out as these managers lay them out.
#![expect(clippy::unwrap_used, reason = "a test ends with the first surprise")]

use super::*;
use goward_shim::OsHost;
use std::fs;
use std::os::unix::fs::symlink;

/// A home directory; its path stands for `@`.
struct Home {
    dir: tempfile::TempDir,
    vars: Vec<(&'static str, &'static str)>,
}

impl Home {
    fn new(vars: &[(&'static str, &'static str)]) -> Home {
        let vars = [&[("HOME", "@")], vars].concat();
        Home { dir: tempfile::tempdir().unwrap(), vars }
    }

    fn host(&self) -> OsHost {
        let top = self.top();
        let bytes = |text: &str| text.replace('@', &top).into_bytes();
        OsHost::new(self.vars.iter().map(|(key, value)| (bytes(key), bytes(value))))
    }

    fn top(&self) -> String {
        let top = self.dir.path().as_os_str().as_encoded_bytes();
        String::from_utf8(OsHost::new([]).canonical(top).unwrap()).unwrap()
    }

    fn tree(&self, name: &str) {
        let dir = self.dir.path().join(name);
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("VERSION"), "go1.22.10\n").unwrap();
    }

    fn short(&self, path: &[u8]) -> String {
        String::from_utf8(path.to_vec()).unwrap().replace(&self.top(), "@")
    }
}

#[test]
fn each_manager_keeps_its_trees_where_it_does() {
    let expected = [
        ("golang.org/dl", "sdk/go1.22.10"),
        ("goenv", ".goenv/versions/1.22.10"),
        ("gvm", ".gvm/gos/go1.22.10"),
        ("gvm", ".gvm/versions/go1.22.10.linux.amd64"),
        ("gimme", ".gimme/versions/go1.22.10.linux.amd64"),
        ("asdf", ".asdf/installs/golang/1.22.10/go"),
        ("mise", ".local/share/mise/installs/go/1.22.10"),
        ("g", ".g/versions/1.22.10"),
        ("g", ".go/.versions/1.22.10"),
        ("goup", ".goup/go1.22.10"),
        ("goup", ".go/go1.22.10"),
        ("gobrew", ".gobrew/versions/1.22.10/go"),
        ("proto", ".proto/tools/go/1.22.10"),
        ("vfox", ".version-fox/cache/golang/v-1.22.10/golang-1.22.10"),
        ("setup-go", "tools/go/1.22.10/x64"),
    ];
    let home = Home::new(&[("RUNNER_TOOL_CACHE", "@/tools")]);
    expected.iter().for_each(|(_, tree)| home.tree(tree));
    // What is no tree, and other names of one.
    let at = |name: &str| home.dir.path().join(name);
    fs::create_dir_all(at(".goenv/versions/empty")).unwrap();
    fs::write(at(".goenv/versions/file"), "").unwrap();
    symlink("1.22.10", at(".local/share/mise/installs/go/1.22")).unwrap();
    let host = home.host();
    let found = trees(&Environment::new(&host));
    let found = found.iter().map(|tree| (tree.peer.name, home.short(&tree.goroot)));
    let mut found: Vec<_> = found.collect();
    let mut expected = expected.map(|(name, tree)| (name, format!("@/{tree}")));
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    for peer in ["goenv", "mise", "vfox"] {
        let peer = PLACES.iter().map(|place| Peer { name: place.name }).find(|p| p.name == peer);
        assert!(has_toolchains(&Environment::new(&host), peer.unwrap()));
    }
    assert!(!has_toolchains(&Environment::new(&host), Peer { name: "Scoop" }));
}

#[test]
fn variables_move_the_directories() {
    let home = Home::new(&[("GOENV_ROOT", "@/x"), ("MISE_DATA_DIR", "relative"), ("G_HOME", "")]);
    ["x/versions/1", ".goenv/versions/2", ".local/share/mise/installs/go/3", ".g/versions/4"]
        .iter()
        .for_each(|tree| home.tree(tree));
    let host = home.host();
    let found = trees(&Environment::new(&host));
    let found: Vec<_> = found.iter().map(|tree| home.short(&tree.goroot)).collect();
    let mise = "@/.local/share/mise/installs/go/3";
    assert_eq!(found, ["@/x/versions/1", mise, "@/.g/versions/4"]);
}

#[test]
fn variables_that_are_left_over_are_told_with_their_manager() {
    for (key, value, expected) in [
        ("GOROOT", "@/.goenv/versions/1.21.13", Some(Some("goenv"))),
        ("GOROOT", "@/nothing", Some(None)),
        ("GOROOT", "@", None),
        ("GOROOT", "", None),
        ("GOPATH", "@/go/1.21.13", Some(Some("goenv"))),
        ("GOPATH", "@/go", None),
        ("GOPATH", "@/go/src", None),
        ("GOPATH", "@/.gvm/pkgsets/go1.22/global:@/go", Some(Some("gvm"))),
        ("GOPATH", "@/nothing", None),
        ("GOBIN", "@/.local/share/mise/installs/go/1.23.2/bin", Some(Some("mise"))),
        ("GOBIN", "@/bin", None),
        ("GOBIN", "@/.goenvy", None),
    ] {
        let home = Home::new(&[(key, value)]);
        let host = home.host();
        let found = leftovers(&Environment::new(&host));
        let peers: Vec<_> = found.iter().map(|left| left.peer.map(|peer| peer.name)).collect();
        assert_eq!(peers, expected.into_iter().collect::<Vec<_>>(), "{key}={value}");
        assert!(found.iter().all(|left| left.key == key));
    }
}

/// The places of the system are below a directory of the test.
#[test]
fn trees_of_packages_are_found_once() {
    let home = Home::new(&[("HOMEBREW_PREFIX", "@/brew")]);
    for tree in [
        "usr/local/go",
        "usr/lib/go-1.19",
        "usr/lib/golang",
        "brew/Cellar/go/1.22.10/libexec",
        "home/linuxbrew/.linuxbrew/opt/go@1.21/libexec",
        "snap/go/current",
        ".nix-profile/share/go",
        "opt/local/lib/go-1.22",
    ] {
        home.tree(tree);
    }
    let at = |name: &str| home.dir.path().join(name);
    symlink("go-1.19", at("usr/lib/go")).unwrap();
    fs::create_dir_all(at("brew/opt")).unwrap();
    symlink("../Cellar/go/1.22.10", at("brew/opt/go")).unwrap();
    symlink("../Cellar/go/1.22.10", at("brew/opt/go@1.22")).unwrap();
    fs::create_dir_all(at("brew/opt/goreleaser/libexec")).unwrap();
    let host = home.host();
    let found = trees_below(&Environment::new(&host), home.top().as_bytes());
    let found = found.iter().map(|tree| (tree.peer.word(), home.short(&tree.goroot)));
    let (mut found, mut names): (Vec<_>, Vec<_>) = (found.collect(), Vec::new());
    found.sort();
    for (name, path) in &mut found {
        // A link and its target have no order.
        *path = path.replace("/go@1.22/", "/go/").replace("lib/go-1.19", "lib/go");
        names.push((*name, path.as_str()));
    }
    let expected = [
        ("go.dev", "@/usr/local/go"),
        ("homebrew", "@/brew/opt/go/libexec"),
        ("homebrew", "@/home/linuxbrew/.linuxbrew/opt/go@1.21/libexec"),
        ("macports", "@/opt/local/lib/go-1.22"),
        ("nix", "@/.nix-profile/share/go"),
        ("snap", "@/snap/go/current"),
        ("system", "@/usr/lib/go"),
        ("system", "@/usr/lib/golang"),
    ];
    assert_eq!(names, expected);
    assert!(all().iter().all(|peer| peer.word() == peer.word().to_ascii_lowercase()));
    let keeps = |name| Peer { name }.keeps_own_trees();
    assert!(keeps("Homebrew") && keeps(SYSTEM) && !keeps(BY_HAND) && !keeps("goenv"));
}

#[test]
fn directories_of_programs_are_found() {
    let home = Home::new(&[]);
    let dirs = [
        ("asdf", ".asdf/installs/golang/1.22.10/packages/bin"),
        ("goenv", "go/1.22.10/bin"),
        ("gvm", ".gvm/pkgsets/go1.22.10/global/bin"),
        ("mise", ".local/share/mise/installs/go/1.22.10/bin"),
    ];
    for dir in dirs.iter().map(|(_, dir)| *dir).chain(["go/bin", "go/src/bin", "go/pkg/bin"]) {
        fs::create_dir_all(home.dir.path().join(dir)).unwrap();
    }
    for link in [".local/share/mise/installs/go/latest", "go/1.22"] {
        symlink("1.22.10", home.dir.path().join(link)).unwrap();
    }
    let host = home.host();
    let found = programs(&Environment::new(&host));
    let mut found: Vec<_> = found.iter().map(|(peer, dir)| (peer.name, home.short(dir))).collect();
    found.sort();
    assert_eq!(found, dirs.map(|(name, dir)| (name, format!("@/{dir}"))));
}

//! Other managers of Go toolchains: the places where they keep things, the lines by which they enter
//! a shell, and the variables that they leave.

use goward_resolver::path::{
    base_name, elements, is_absolute, is_within, join, join_bytes, parent, same_text,
};
use goward_resolver::{Environment, Kind, Listed, Os, Version};

/// Another keeper of toolchains: a manager, or a program that installs software of all kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its usual name.
    pub name: &'static str,
}

/// A directory that one of them keeps its things in.
#[derive(Clone, Copy, Debug)]
struct Place {
    name: &'static str,
    /// The variable that moves it; empty if there is none.
    variable: &'static str,
    /// Its usual place: below the home directory, or an absolute path.
    directory: &'static str,
    /// The directory in it that has one toolchain in each of its directories.
    trees: Option<&'static str>,
}

const fn manager(
    name: &'static str,
    variable: &'static str,
    directory: &'static str,
    trees: &'static str,
) -> Place {
    Place { name, variable, directory, trees: Some(trees) }
}

/// A place of software of all kinds.
const fn packages(name: &'static str, variable: &'static str, directory: &'static str) -> Place {
    Place { name, variable, directory, trees: None }
}

/// The places. Of two rows with one name, the first that a variable names counts for a program; all
/// are looked through for toolchains.
const PLACES: [Place; 28] = [
    manager("golang.org/dl", "", "sdk", ""),
    manager("goenv", "GOENV_ROOT", ".goenv", "versions"),
    manager("gvm", "GVM_ROOT", ".gvm", "gos"),
    // There are two programs of this name.
    manager("gvm", "", ".gvm", "versions"),
    manager("gimme", "", ".gimme", "versions"),
    manager("asdf", "ASDF_DATA_DIR", ".asdf", "installs/golang"),
    manager("mise", "MISE_DATA_DIR", ".local/share/mise", "installs/go"),
    manager("mise", "", "AppData/Local/mise", "installs/go"),
    manager("g", "G_HOME", ".g", "versions"),
    manager("g", "", ".go", ".versions"),
    manager("goup", "GOUP_HOME", ".goup", ""),
    manager("goup", "GOUP_HOME", ".goup", "versions"),
    manager("goup", "GOUP_GO_HOME", ".go", ""),
    manager("gobrew", "GOBREW_ROOT", ".gobrew", "versions"),
    manager("proto", "PROTO_HOME", ".proto", "tools/go"),
    manager("vfox", "VFOX_HOME", ".version-fox", "cache/golang"),
    manager("setup-go", "RUNNER_TOOL_CACHE", "", "go"),
    manager("setup-go", "AGENT_TOOLSDIRECTORY", "", "go"),
    manager("Scoop", "SCOOP", "scoop", "apps/go"),
    // Homebrew's own place may be /usr/local.
    packages("Go's own installer", "", "/usr/local/go"),
    packages("Homebrew", "HOMEBREW_PREFIX", "/opt/homebrew"),
    packages("Homebrew", "", "/usr/local/Cellar"),
    packages("Homebrew", "", "/home/linuxbrew/.linuxbrew"),
    packages("snap", "", "/snap"),
    packages("Nix", "", "/nix"),
    packages("Nix", "", ".nix-profile"),
    packages("Nix", "", "/run/current-system"),
    packages("MacPorts", "", "/opt/local"),
];

/// A piece of a line by which a manager enters a shell, and whether it does so anew at each prompt,
/// so that no later line counts.
const INIT: [(&str, &str, bool); 18] = [
    ("goenv init", "goenv", false),
    (".goenv/shims", "goenv", false),
    ("mise activate", "mise", true),
    ("rtx activate", "mise", true),
    ("mise/shims", "mise", false),
    ("asdf.sh", "asdf", false),
    ("asdf.fish", "asdf", false),
    ("asdf.elv", "asdf", false),
    (".asdf/shims", "asdf", false),
    ("gvm/scripts/gvm", "gvm", false),
    ("gimme ", "gimme", false),
    (".g/env", "g", false),
    ("g-install:", "g", false),
    (".goup/env", "goup", false),
    (".gobrew/current/bin", "gobrew", false),
    ("proto activate", "proto", true),
    (".proto/shims", "proto", false),
    ("vfox activate", "vfox", true),
];

/// What a line of a start-up file does for another manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Init {
    /// The manager.
    pub peer: Peer,
    /// Whether it puts its own first at each prompt, whatever comes later.
    pub at_each_prompt: bool,
}

/// The manager that this line of a start-up file brings into a shell.
pub fn init(line: &[u8]) -> Option<Init> {
    let has = |piece: &str| line.windows(piece.len()).any(|window| window == piece.as_bytes());
    let (_, name, at_each_prompt) = INIT.iter().find(|(piece, ..)| has(piece))?;
    Some(Init { peer: Peer { name }, at_each_prompt: *at_each_prompt })
}

/// The keeper of what lies at `path`.
pub fn keeper(env: &Environment<'_>, path: &[u8]) -> Option<Peer> {
    let os = env.host().os();
    let home = env.host().home();
    let found = PLACES.iter().find(|place| {
        let dir = place.directory(env, home.as_deref());
        dir.is_some_and(|dir| is_within(os, path, &dir))
    });
    found.map(|place| Peer { name: place.name })
}

/// The directories in which managers keep one toolchain in each directory, whether they are there
/// or not.
fn tree_directories(env: &Environment<'_>) -> Vec<(Peer, Vec<u8>)> {
    let os = env.host().os();
    let home = env.host().home();
    let found = PLACES.iter().filter_map(|place| {
        let (dir, trees) = (place.directory(env, home.as_deref())?, place.trees?);
        let trees = if trees.is_empty() { dir } else { join(os, &dir, trees) };
        Some((Peer { name: place.name }, trees))
    });
    found.collect()
}

/// A Go tree of another manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// The manager.
    pub peer: Peer,
    /// The directory that has the file `VERSION`.
    pub goroot: Vec<u8>,
}

/// The Go trees of all managers, in no order. A link is another name of a directory beside it, such
/// as mise's `1.22`, and is passed over.
pub fn trees(env: &Environment<'_>) -> Vec<Tree> {
    let host = env.host();
    let os = host.os();
    let mut found: Vec<Tree> = Vec::new();
    for (peer, dir) in tree_directories(env) {
        for Listed { name, .. } in host.list(&dir).into_iter().filter(|listed| !listed.link) {
            let tree = join_bytes(os, &dir, &name);
            let goroot = inner(&name).into_iter().map(|inner| match inner.as_slice() {
                b"" => tree.clone(),
                inner => join_bytes(os, &tree, inner),
            });
            let is_tree =
                |dir: &Vec<u8>| matches!(host.kind(&join(os, dir, "VERSION")), Kind::File { .. });
            let goroot = goroot.into_iter().find(is_tree);
            let goroot = goroot.filter(|goroot| !found.iter().any(|tree| tree.goroot == *goroot));
            found.extend(goroot.map(|goroot| Tree { peer, goroot }));
        }
    }
    found
}

/// The places of a tree in the directory of this name that a manager gives each version: the directory
/// itself, `go` of asdf and gobrew, setup-go's architectures, and `golang-1.22.10` of vfox.
fn inner(name: &[u8]) -> [Vec<u8>; 5] {
    let version = name.strip_prefix(b"v-").unwrap_or(name);
    let fixed = |name: &str| name.as_bytes().to_vec();
    [fixed("go"), fixed(""), fixed("x64"), fixed("arm64"), [b"golang-", version].concat()]
}

/// Whether a manager has a directory for toolchains on this machine.
pub fn has_toolchains(env: &Environment<'_>, peer: Peer) -> bool {
    let there = |dir: &[u8]| env.host().kind(dir) == Kind::Directory;
    tree_directories(env).iter().any(|(keeper, dir)| *keeper == peer && there(dir))
}

impl Place {
    /// The directory itself.
    fn directory(&self, env: &Environment<'_>, home: Option<&[u8]>) -> Option<Vec<u8>> {
        let os = env.host().os();
        let moved = if self.variable.is_empty() { None } else { env.get(self.variable) };
        if let Some(moved) = moved.filter(|dir| is_absolute(os, dir)) {
            return Some(moved.to_vec());
        }
        match self.directory {
            "" => None,
            fixed if fixed.starts_with('/') => {
                (os != Os::Windows).then(|| fixed.as_bytes().to_vec())
            }
            below => Some(join(os, home?, below)),
        }
    }
}

/// A variable of Go's that another manager has left in the environment, or that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// The variable.
    pub key: &'static str,
    /// Its value.
    pub value: Vec<u8>,
    /// The manager; `None` for a `GOROOT` that is no directory.
    pub peer: Option<Peer>,
}

/// The variables by which other managers tell Go where to look. They outlive the manager in every
/// shell that it has set up.
pub fn leftovers(env: &Environment<'_>) -> Vec<Leftover> {
    let host = env.host();
    let mut found = Vec::new();
    for key in ["GOROOT", "GOPATH", "GOBIN"] {
        let Some(value) = env.get(key) else { continue };
        let first = elements(host.os(), value).next().unwrap_or_default();
        let peer = keeper(env, first).or_else(|| goenv_path(env, key, first));
        let leads_nowhere = || key == "GOROOT" && host.kind(value) != Kind::Directory;
        if peer.is_some() || leads_nowhere() {
            found.push(Leftover { key, value: value.to_vec(), peer });
        }
    }
    found
}

/// goenv gives each version a GOPATH of its own outside of its own directory: `~/go/1.22.10`.
fn goenv_path(env: &Environment<'_>, key: &str, value: &[u8]) -> Option<Peer> {
    let host = env.host();
    let (os, goenv) = (host.os(), Peer { name: "goenv" });
    let in_go = parent(os, value).is_some_and(|dir| {
        host.home().is_some_and(|home| same_text(os, dir, &join(os, &home, "go")))
    });
    let version = std::str::from_utf8(base_name(os, value)).ok().and_then(Version::parse);
    (key == "GOPATH" && in_go && version.is_some()).then_some(goenv)
}

#[cfg(all(test, unix))]
#[path = "peers_tests.rs"]
mod tests;

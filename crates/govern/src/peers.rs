//! Other managers of Go toolchains: the places where they keep things, the lines by which they enter
//! a shell, and the variables that they leave.

pub use crate::peer::Peer;
use crate::places::{BY_HAND, PLACES, Place, SYSTEM, matching};
use goward_resolver::path::{base_name, elements, is_within, join, join_bytes, parent, same_text};
use goward_resolver::{Environment, Host, Kind, Listed, Version};

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

impl Peer {
    /// The word by which a command line asks for it.
    pub fn word(self) -> &'static str {
        match self.name {
            BY_HAND => "go.dev",
            SYSTEM => "system",
            "Scoop" => "scoop",
            "Homebrew" => "homebrew",
            "Nix" => "nix",
            "MacPorts" => "macports",
            name => name,
        }
    }

    /// Whether it is a manager of toolchains.
    pub fn is_manager(self) -> bool {
        PLACES.iter().any(|place| place.peer() == self && place.trees.is_some())
    }

    /// Whether it has patched its trees, or replaces them itself, so that goward uses them where
    /// they are.
    pub fn keeps_own_trees(self) -> bool {
        let own = |place: &&Place| place.peer() == self && place.own.is_some();
        self.name != BY_HAND && PLACES.iter().any(|place| own(&place))
    }
}

/// All of them, each once.
pub fn all() -> Vec<Peer> {
    let mut peers: Vec<Peer> = Vec::new();
    for place in &PLACES {
        if !peers.contains(&place.peer()) {
            peers.push(place.peer());
        }
    }
    peers
}

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
    let found = PLACES.iter().filter(|place| place.name != SYSTEM).find(|place| {
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
            let goroot = goroot.into_iter().find(|dir| is_tree(host, dir));
            let goroot = goroot.filter(|goroot| !found.iter().any(|tree| tree.goroot == *goroot));
            found.extend(goroot.map(|goroot| Tree { peer, goroot }));
        }
    }
    found
}

/// The Go trees of the system and of package managers, and one that was unpacked by hand; each under
/// one of its names.
pub fn trees_of_packages(env: &Environment<'_>) -> Vec<Tree> {
    trees_below(env, b"")
}

/// As [`trees_of_packages`], on a machine whose absolute places lie below `top`.
fn trees_below(env: &Environment<'_>, top: &[u8]) -> Vec<Tree> {
    let (host, home) = (env.host(), env.host().home());
    let mut found: Vec<(Vec<u8>, Tree)> = Vec::new();
    for place in &PLACES {
        let dir = place.directory(env, home.as_deref());
        let (Some(dir), Some(pattern)) = (dir, place.own) else { continue };
        let dir = if place.is_fixed(env) { [top, &dir].concat() } else { dir };
        for goroot in matching(host, dir, pattern, true) {
            let Some(real) = host.canonical(&goroot) else { continue };
            let known = found.iter().any(|(known, _)| *known == real);
            if is_tree(host, &goroot) && !known {
                found.push((real, Tree { peer: place.peer(), goroot }));
            }
        }
    }
    found.into_iter().map(|(_, tree)| tree).collect()
}

fn is_tree(host: &dyn Host, dir: &[u8]) -> bool {
    matches!(host.kind(&join(host.os(), dir, "VERSION")), Kind::File { .. })
}

/// The directories that have programs which `go install` put there for one version, with the
/// manager that chose the directory. A link is another name of one of them.
pub fn programs(env: &Environment<'_>) -> Vec<(Peer, Vec<u8>)> {
    let (host, home) = (env.host(), env.host().home());
    let of_place = PLACES.iter().filter(|place| !place.programs.is_empty()).flat_map(|place| {
        let dir = place.directory(env, home.as_deref());
        let dirs = dir.map(|dir| matching(host, dir, place.programs, false)).unwrap_or_default();
        dirs.into_iter().map(|dir| (place.peer(), dir))
    });
    let go = home.as_ref().map(|home| join(host.os(), home, "go"));
    let of_goenv = go.into_iter().flat_map(|go| matching(host, go, "*/bin", false));
    let of_goenv = of_goenv.filter(|dir| {
        let path = parent(host.os(), dir).unwrap_or_default();
        goenv_path(env, "GOPATH", path).is_some()
    });
    let goenv = Peer { name: "goenv" };
    let all = of_place.chain(of_goenv.map(|dir| (goenv, dir)));
    all.filter(|(_, dir)| host.kind(dir) == Kind::Directory).collect()
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
        let peer = setter(env, key, value);
        let leads_nowhere = || key == "GOROOT" && host.kind(value) != Kind::Directory;
        if peer.is_some() || leads_nowhere() {
            found.push(Leftover { key, value: value.to_vec(), peer });
        }
    }
    found
}

/// The manager that gives a variable of Go's this value.
pub fn setter(env: &Environment<'_>, key: &str, value: &[u8]) -> Option<Peer> {
    let first = elements(env.host().os(), value).next().unwrap_or_default();
    keeper(env, first).or_else(|| goenv_path(env, key, first))
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

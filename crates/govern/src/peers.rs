//! Other managers of Go toolchains: the places where they keep things.

use crate::path::{is_within, separator};
use goward_resolver::path::{base_name, is_absolute, join, parent, same_text};
use goward_resolver::{Environment, Kind, Os, Version};

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
    /// Where it is else: below the home directory, or an absolute path.
    directory: &'static str,
}

const fn place(name: &'static str, variable: &'static str, directory: &'static str) -> Place {
    Place { name, variable, directory }
}

/// The places, the narrower before the wider.
const PLACES: [Place; 24] = [
    place("goenv", "GOENV_ROOT", ".goenv"),
    place("gvm", "GVM_ROOT", ".gvm"),
    place("gimme", "", ".gimme"),
    place("asdf", "ASDF_DATA_DIR", ".asdf"),
    place("mise", "MISE_DATA_DIR", ".local/share/mise"),
    place("mise", "", "AppData/Local/mise"),
    place("g", "G_HOME", ".g"),
    place("goup", "GOUP_HOME", ".goup"),
    place("goup", "GOUP_GO_HOME", ".go"),
    place("gobrew", "GOBREW_ROOT", ".gobrew"),
    place("proto", "PROTO_HOME", ".proto"),
    place("vfox", "VFOX_HOME", ".version-fox"),
    place("golang.org/dl", "", "sdk"),
    place("setup-go", "RUNNER_TOOL_CACHE", ""),
    place("setup-go", "AGENT_TOOLSDIRECTORY", ""),
    place("Scoop", "SCOOP", "scoop"),
    place("Homebrew", "HOMEBREW_PREFIX", "/opt/homebrew"),
    place("Homebrew", "", "/usr/local/Cellar"),
    place("Homebrew", "", "/home/linuxbrew/.linuxbrew"),
    place("snap", "", "/snap"),
    place("Nix", "", "/nix"),
    place("Nix", "", ".nix-profile"),
    place("Nix", "", "/run/current-system"),
    place("MacPorts", "", "/opt/local"),
];

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
        let first = value.split(|&byte| byte == separator(host.os())).next().unwrap_or_default();
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

//! Other managers of Go toolchains: the places where they keep things.

use crate::path::is_within;
use goward_resolver::path::{is_absolute, join};
use goward_resolver::{Environment, Os};

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
pub(crate) fn keeper(env: &Environment<'_>, path: &[u8]) -> Option<Peer> {
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

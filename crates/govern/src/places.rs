//! The places where other keepers of toolchains keep things.

use crate::peer::Peer;
use crate::pins::Form;
use goward_resolver::path::{is_absolute, join, join_bytes};
use goward_resolver::{Environment, Host, Os};

/// A directory that one of them keeps its things in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) name: &'static str,
    /// The variable that moves it; empty if there is none.
    variable: &'static str,
    /// Its usual place: below the home directory, or an absolute path.
    directory: &'static str,
    /// The directory in it that has one toolchain in each of its directories.
    pub(crate) trees: Option<&'static str>,
    /// The directories in it that have programs of `go install`; a `*` stands for any characters.
    pub(crate) programs: &'static str,
    /// The trees in it that fit no store, by the same pattern: a distribution has patched them, or
    /// replaces them itself. An empty one is the place itself.
    pub(crate) own: Option<&'static str>,
    /// The file or the link by which the manager remembers its default.
    pub(crate) choice: Option<Choice>,
}

/// The way in which a manager remembers its default, by a path in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// A file with a version in its first line.
    Version(&'static str),
    /// A script with one assignment: the file and the variable.
    Script(&'static str, &'static str),
    /// A link to the tree, or into it.
    Link(&'static str),
    /// A TOML file of these.
    Toml(&'static str, Form),
}

const fn manager(
    name: &'static str,
    variable: &'static str,
    directory: &'static str,
    trees: &'static str,
) -> Place {
    Place { trees: Some(trees), ..packages(name, variable, directory) }
}

/// A place of software of all kinds.
const fn packages(name: &'static str, variable: &'static str, directory: &'static str) -> Place {
    Place { name, variable, directory, trees: None, programs: "", own: None, choice: None }
}

impl Place {
    const fn choosing(self, choice: Choice) -> Place {
        Place { choice: Some(choice), ..self }
    }

    const fn with_programs(self, programs: &'static str) -> Place {
        Place { programs, ..self }
    }

    const fn with_own(self, own: &'static str) -> Place {
        Place { own: Some(own), ..self }
    }
}

/// The keeper of a Go that an archive of go.dev was unpacked to by hand, or by its installer.
pub(crate) const BY_HAND: &str = "Go's own installer";
/// The keeper of the packages of a distribution.
pub(crate) const SYSTEM: &str = "the system";
/// The script of gvm that sets its default up.
pub(crate) const GVM_SCRIPT: &str = "environments/default";

/// The places. Of two rows with one name, the first that a variable names counts for a program; all
/// are looked through for toolchains.
pub(crate) const PLACES: [Place; 29] = [
    manager("golang.org/dl", "", "sdk", ""),
    manager("goenv", "GOENV_ROOT", ".goenv", "versions").choosing(Choice::Version("version")),
    manager("gvm", "GVM_ROOT", ".gvm", "gos")
        .choosing(Choice::Script(GVM_SCRIPT, "gvm_go_name"))
        .with_programs("pkgsets/*/*/bin"),
    // There are two programs of this name.
    manager("gvm", "", ".gvm", "versions"),
    manager("gimme", "", ".gimme", "versions"),
    manager("asdf", "ASDF_DATA_DIR", ".asdf", "installs/golang")
        .with_programs("installs/golang/*/packages/bin"),
    manager("mise", "MISE_DATA_DIR", ".local/share/mise", "installs/go")
        .with_programs("installs/go/*/bin"),
    manager("mise", "", "AppData/Local/mise", "installs/go"),
    manager("g", "G_HOME", ".g", "versions").choosing(Choice::Link("go")),
    manager("g", "", ".go", ".versions").choosing(Choice::Link("bin")),
    manager("goup", "GOUP_HOME", ".goup", "").choosing(Choice::Link("current")),
    manager("goup", "GOUP_HOME", ".goup", "versions"),
    manager("goup", "GOUP_GO_HOME", ".go", "").choosing(Choice::Link("current")),
    manager("gobrew", "GOBREW_ROOT", ".gobrew", "versions").choosing(Choice::Link("current")),
    manager("proto", "PROTO_HOME", ".proto", "tools/go")
        .choosing(Choice::Toml(".prototools", Form::Proto)),
    manager("vfox", "VFOX_HOME", ".version-fox", "cache/golang")
        .choosing(Choice::Toml(".vfox.toml", Form::Vfox)),
    manager("setup-go", "RUNNER_TOOL_CACHE", "", "go"),
    manager("setup-go", "AGENT_TOOLSDIRECTORY", "", "go"),
    manager("Scoop", "SCOOP", "scoop", "apps/go").choosing(Choice::Link("apps/go/current")),
    // Homebrew's own place may be /usr/local.
    packages(BY_HAND, "", "/usr/local/go").with_own(""),
    packages("Homebrew", "HOMEBREW_PREFIX", "/opt/homebrew").with_own("opt/go*/libexec"),
    packages("Homebrew", "", "/usr/local/Cellar").with_own("go*/*/libexec"),
    packages("Homebrew", "", "/home/linuxbrew/.linuxbrew").with_own("opt/go*/libexec"),
    packages("snap", "", "/snap").with_own("go/current"),
    packages("Nix", "", "/nix"),
    packages("Nix", "", ".nix-profile").with_own("share/go"),
    packages("Nix", "", "/run/current-system").with_own("sw/share/go"),
    packages("MacPorts", "", "/opt/local").with_own("lib/go*"),
    // A place of the system is no keeper's: any package may have a `go` there.
    packages(SYSTEM, "", "/usr").with_own("lib/go*"),
];

impl Place {
    /// The directory itself.
    pub(crate) fn directory(&self, env: &Environment<'_>, home: Option<&[u8]>) -> Option<Vec<u8>> {
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

    /// Whether it is an absolute path that no variable moves.
    pub(crate) fn is_fixed(&self, env: &Environment<'_>) -> bool {
        let moved = !self.variable.is_empty() && env.get(self.variable).is_some();
        self.directory.starts_with('/') && !moved
    }

    /// Its keeper.
    pub(crate) fn peer(&self) -> Peer {
        Peer { name: self.name }
    }
}

/// The directories below `dir` that a pattern names, in no order. A `*` stands for any characters
/// of one name, of a link only if `links` says so; an empty pattern names `dir` itself.
pub(crate) fn matching(host: &dyn Host, dir: Vec<u8>, pattern: &str, links: bool) -> Vec<Vec<u8>> {
    let os = host.os();
    let mut found = vec![dir];
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        let below = |dir: &Vec<u8>| match part.split_once('*') {
            None => vec![join(os, dir, part)],
            Some((start, end)) => {
                let fits = |name: &Vec<u8>| {
                    let rest = name.strip_prefix(start.as_bytes());
                    rest.is_some_and(|rest| rest.ends_with(end.as_bytes()))
                };
                let listed = host.list(dir).into_iter().filter(|listed| links || !listed.link);
                let names = listed.map(|listed| listed.name).filter(fits);
                names.map(|name| join_bytes(os, dir, &name)).collect()
            }
        };
        found = found.iter().flat_map(below).collect();
    }
    found
}

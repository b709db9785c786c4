//! The one place that runs real Go. It is the program of a chosen tree, never one of PATH and never the
//! shim, with the environment that the shim would give it and a few settings on top: it changes to no
//! other toolchain, asks nothing, and ends with us.
//!
//! | | network | runs |
//! |---|---|---|
//! | `go list -m`, `go mod graph`, `go mod tidy` and `verify` | what the module files name, by `GOPROXY` | git and the like, by `GOVCS` |
//! | `go list -deps`, `go vet`, `go build` | no more than that: what no file names is looked up by no server | the same, and compilers for cgo |
//! | the same, offline | none | nothing but these compilers |
//! | what the user typed behind `--` | as it does | as it does |

mod choice;
mod error;
pub(crate) mod flags;
mod fresh;
mod run;
mod scratch;
mod texts;
mod told;
mod typed;

pub use choice::{OLDEST, newest};
pub use error::Error;
pub(crate) use error::lacks_network;
pub use flags::WITH_VALUE;
pub use fresh::Fresh;
pub(crate) use scratch::Scratch;
pub(crate) use texts::without_texts;
pub(crate) use told::WITHHELD;
pub use typed::Line;

use crate::os_path::path_of;
use goward_resolver::{GoTrees, Launch, Survey};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Whether Go may use the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// As `go list` would.
    AsGo,
    /// Not at all: Go answers by its module cache.
    Off,
}

/// A Go to ask, and the directory to ask it in.
#[derive(Clone, Debug)]
pub struct Go {
    program: PathBuf,
    directory: PathBuf,
    /// The changes in the caller's environment; `None` removes a variable. The last one of a name counts.
    changes: Vec<(String, Option<OsString>)>,
    network: Network,
    /// The module cache.
    cache: Option<PathBuf>,
    /// The directories of the packages of a build, of whose sources Go's words may be told; the user's own come first.
    packages: Vec<PathBuf>,
    /// Whether assemblers or C compilers may take part in a build: then none of its words is told.
    has_c: bool,
}

impl Go {
    /// The Go of `launch`, which the survey led to.
    #[must_use]
    pub fn new(survey: &Survey<'_>, launch: &Launch, network: Network) -> Go {
        let flags = survey.chain.layers().get("GOFLAGS").map(|(value, _)| value);
        let mut changes: Vec<(String, Option<OsString>)> = Vec::new();
        for change in &launch.env {
            changes.push((change.key.clone(), change.value.as_deref().map(text_of)));
        }
        let mut set = |key: &str, value: &[u8]| changes.push((key.into(), Some(text_of(value))));
        set("GOFLAGS", &flags::kept(flags.unwrap_or_default()));
        set("GOTOOLCHAIN", b"local");
        set("LC_ALL", b"C");
        let directory = path_of(survey.chain.directory.as_deref().unwrap_or(b"."));
        let program = path_of(&launch.program);
        let layers = survey.chain.layers();
        let cache = GoTrees::of(&layers).module_cache().map(path_of);
        let go = Go {
            program,
            directory,
            changes,
            network: Network::AsGo,
            cache,
            packages: Vec::new(),
            has_c: true,
        };
        if network == Network::Off { go.offline() } else { go }
    }

    /// The Go of a tree, to be asked for its version alone, in its own directory. No variable or file of the
    /// caller's reaches it, and it has no home directory to write to.
    #[must_use]
    pub(crate) fn of_tree(goroot: &Path) -> Go {
        let program = goroot.join("bin").join(format!("go{}", std::env::consts::EXE_SUFFIX));
        let is_go_s = |key: &String| key.starts_with("GO") || key.starts_with("CGO_");
        let given = std::env::vars_os().filter_map(|(key, _)| key.into_string().ok());
        let homes = ["HOME", "XDG_CONFIG_HOME", "AppData"].map(str::to_owned);
        let unset = given.filter(is_go_s).chain(homes);
        let set = [("GOTOOLCHAIN", "local"), ("GOENV", "off"), ("GOFLAGS", ""), ("LC_ALL", "C")];
        let unset = unset.map(|key| (key, None));
        let set = set.map(|(key, value)| (key.to_owned(), Some(OsString::from(value))));
        let changes = unset.chain(set).collect();
        let directory = goroot.to_owned();
        let (network, cache, packages) = (Network::Off, None, Vec::new());
        Go { program, directory, changes, network, cache, packages, has_c: true }
    }

    /// The same, with a variable set.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<OsString>) -> Go {
        self.changes.push((key.to_owned(), Some(value.into())));
        self
    }

    /// The same, for a build of packages in these directories in which no assembler and no C compiler takes part.
    #[must_use]
    pub(crate) fn without_c(mut self, packages: Vec<PathBuf>) -> Go {
        (self.packages, self.has_c) = (packages, false);
        self
    }

    /// The same, without the network.
    #[must_use]
    pub(crate) fn offline(mut self) -> Go {
        self.network = Network::Off;
        // Go would ask the servers of private modules all the same, and the checksum database.
        [("GOPROXY", "off"), ("GOVCS", "*:off"), ("GONOPROXY", "none"), ("GOSUMDB", "off")]
            .into_iter()
            .fold(self, |go, (key, value)| go.with(key, value))
    }

    /// The same; where it may not use the network and the module cache has nothing yet, with an empty one among
    /// the copies, since it would leave directories and locks in the user's.
    #[must_use]
    pub(crate) fn with_a_cache(&self, scratch: &Scratch) -> Go {
        let has = |cache: &PathBuf| cache.join("cache/download").is_dir();
        match self.network {
            Network::Off if !self.cache.as_ref().is_some_and(has) => {
                self.clone().with("GOMODCACHE", scratch.path("cache"))
            }
            _ => self.clone(),
        }
    }

    /// The directory that it is asked in.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Whether it may use the network.
    #[must_use]
    pub fn network(&self) -> Network {
        self.network
    }
}

fn text_of(bytes: &[u8]) -> OsString {
    path_of(bytes).into_os_string()
}

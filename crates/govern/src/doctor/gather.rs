//! Collects the facts of a machine. Every file is read within a bound, no wait is endless, and of all programs
//! only the `go` of sound toolchains is started.

use super::facts::{
    Answer, Directory, Facts, GoEnv, Library, Manager, Misset, NoCache, Repository, Server, Shims,
    StartupLine, ToolchainState,
};
use crate::buildcache;
use crate::cross::Place;
use crate::go::{Error, Go};
use crate::modcache;
use crate::os_path::path_of;
use crate::path::every;
use crate::repo::git;
use crate::startup::others::other_lines;
pub use directory::look;
use goward_installer::read;
use goward_resolver::path::{elements, join};
use goward_resolver::{
    Environment, Host, Kind, Layers, Owner, Roots, SHIMS, ToolchainName, Version,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

mod around;
mod compiler;
mod directory;
mod editors;
mod emulation;
mod libraries;
mod limits;
mod repository;
mod store;
mod tools;
mod weight;

/// In bytes: the most of a start-up file that is read.
const STARTUP_LIMIT: usize = 1 << 20;
/// In bytes: the most of a file `VERSION` that is read.
const VERSION_LIMIT: usize = 4 << 10;
/// The variables that the checks are about.
const VARIABLES: [&str; 17] = [
    "CGO_ENABLED",
    "GO111MODULE",
    "GOBIN",
    "GODEBUG",
    "GOFLAGS",
    "GOPATH",
    "GOROOT",
    "GOSUMDB",
    "GOTMPDIR",
    "GOTOOLDIR",
    "GOVERSION",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "SUDO_USER",
    "TMPDIR",
];

/// The checks that look at toolchains.
const OF_TOOLCHAINS: [&str; 5] = ["toolchains", "godebug", "editors", "vcs", "cgo"];

/// What the caller knows of the machine.
pub struct Machine<'a> {
    /// The environment of the caller.
    pub env: &'a Environment<'a>,
    /// The layers of Go's variables in the current directory, where they can be told.
    pub layers: Option<&'a Layers<'a>>,
    /// Why they cannot.
    pub blind: Option<String>,
    /// The go/env file, where it is there and cannot be read: Go passes over it.
    pub unread_go_env: Option<PathBuf>,
    /// The roots of toolchains.
    pub roots: &'a Roots<'a>,
    /// The user's store.
    pub store: Option<&'a goward_installer::Store>,
    /// The current directory.
    pub directory: Option<&'a Path>,
    /// The start-up files that a shell may read.
    pub startup: &'a [PathBuf],
    /// The end of each line of goward's own in them.
    pub mark: &'a [u8],
    /// The version of the default.
    pub default: Option<Version>,
    /// Why there is none, if the file of the default cannot be used.
    pub default_fault: Option<String>,
    /// The newest release of each minor that is known.
    pub newest: Vec<Version>,
    /// What servers answered, if they were asked.
    pub servers: Option<Vec<Server>>,
    /// Why some were not: the reason, and whether it may be meant.
    pub unasked: Vec<(String, bool)>,
    /// Each program `goward` on PATH.
    pub managers: Vec<Manager>,
    /// What is wrong with goward's own settings.
    pub missets: Vec<Misset>,
    /// The files of those settings that are there.
    pub settings: Vec<PathBuf>,
    /// Whether the caches are to be counted.
    pub weighs: bool,
    /// The minors that Go mends.
    pub supported: Vec<Version>,
}

impl Machine<'_> {
    /// Collects the facts; `wants` says which checks are to be made, by their names.
    pub fn facts(&self, wants: &dyn Fn(&str) -> bool) -> Facts {
        let (host, variables) = (self.env.host(), self.variables());
        let [build_cache, module_cache] = self.caches(wants("caches") && self.weighs);
        let (root, home) = (self.store.map(goward_installer::Store::root), host.home());
        let repository = self.directory.and_then(|here| repository::around(self.env, here));
        let any = |ids: &[&str]| ids.iter().any(|id| wants(id));
        Facts {
            os: host.os(),
            user: host.user(),
            go: every(self.env, "go"),
            gofmt: every(self.env, "gofmt"),
            path: self.path(),
            shims: self.shims(),
            refused_flags: when(wants("goflags"), || self.refused_flags()),
            goroot_version: variables.get("GOROOT").and_then(|tree| version(host, tree)),
            go_env: self.go_env(),
            foreign_go_env: self.foreign_go_env(),
            open_go_env: around::open_go_env(self),
            blind: self.blind.clone(),
            unread_go_env: self.unread_go_env.clone(),
            goenv_godebug: self.goenv_godebug(),
            lines: when(any(&["goroot", "other-managers"]), || self.lines()),
            goenv_directories: self.goenv_directories(),
            toolchains: self.toolchains(any(&OF_TOOLCHAINS), wants("toolchains")),
            default: self.default.clone(),
            default_fault: self.default_fault.clone(),
            newest: self.newest.clone(),
            supported: self.supported.clone(),
            build_cache,
            module_cache,
            temporary: look(&self.temporary()),
            root: root.map(look),
            store: store::state(self, wants("store")),
            has_git: !every(self.env, "git").is_empty(),
            git: when(wants("vcs"), || self.git(repository.as_ref())),
            repository,
            compiler: compiler::compiler(self, wants("cgo")),
            editors: home
                .map(|home| editors::settings(host.os(), &path_of(&home)))
                .unwrap_or_default(),
            tools: when(wants("editors"), || tools::of_editors(self.env, self.layers)),
            desktop: around::desktop(self),
            is_musl: around::is_musl(),
            libraries: when(wants("libc-tls"), || self.libraries()),
            open_parents: around::open_parents(self),
            system_root_fault: around::system_root_fault(self),
            home_owner: host.home().and_then(|home| Some(host.target(&home)?.owner)),
            servers: self.servers.clone(),
            unasked: self.unasked.clone(),
            managers: self.managers.clone(),
            missets: self.missets.clone(),
            settings: self.settings.clone(),
            emulated: emulation::emulated(host.os()),
            broken_trees: if wants("toolchains") { store::broken_trees(self) } else { Vec::new() },
            limits: limits::of_process(),
            now: SystemTime::now(),
            written: written(root),
            variables,
        }
    }

    fn path(&self) -> Vec<Vec<u8>> {
        let host = self.env.host();
        let path = host.var("PATH").unwrap_or_default();
        elements(host.os(), path).map(<[u8]>::to_vec).collect()
    }

    fn libraries(&self) -> Vec<Library> {
        self.directory.map(libraries::within).unwrap_or_default()
    }

    fn shims(&self) -> Option<Shims> {
        let root = self.store?.root().as_os_str().as_encoded_bytes();
        let host = self.env.host();
        let directory = join(host.os(), root, SHIMS);
        let shim = join(host.os(), &directory, &format!("go{}", host.os().exe_suffix()));
        let is_there = host.kind(&shim).is_program();
        Some(Shims { is_there, line: self.own_line(&directory), directory })
    }

    /// The first line of goward's own in a start-up file that names this directory.
    fn own_line(&self, shims: &[u8]) -> Option<(PathBuf, usize)> {
        self.startup.iter().find_map(|file| {
            let text = read::read(file, STARTUP_LIMIT).ok()?;
            let own = |line: &[u8]| {
                line.trim_ascii_end().ends_with(self.mark)
                    && line.windows(shims.len()).any(|piece| piece == shims)
            };
            let at = text.split(|&byte| byte == b'\n').position(own)?;
            Some((file.clone(), at + 1))
        })
    }

    /// The version of git. On a Mac without Apple's tools it is a name, by which a window opens.
    fn git(&self, repository: Option<&Repository>) -> Option<(u32, u32)> {
        let top = &*repository?.top;
        let git = path_of(&every(self.env, "git").into_iter().next()?.program);
        let is_stub = compiler::is_stub(self.env.host().os(), &Place::At(git));
        if is_stub { None } else { git::version(top) }
    }

    fn go_env(&self) -> Option<GoEnv> {
        let file = self.layers?.go_env_file?;
        let is_there = || self.env.host().kind(&file.path) != Kind::Absent;
        // Another user's file is that user's to mend.
        let is_own =
            file.text.owner == Owner::Trusted && (!file.text.bytes.is_empty() || is_there());
        is_own.then(|| GoEnv { file: path_of(&file.path), text: file.text.bytes.clone() })
    }

    fn foreign_go_env(&self) -> Option<PathBuf> {
        let file = self.layers?.go_env_file?;
        (file.text.owner == Owner::Foreign).then(|| path_of(&file.path))
    }

    fn goenv_godebug(&self) -> Option<(Vec<u8>, String)> {
        let (value, origin) = self.layers?.goenv?.get("GODEBUG")?;
        Some((value.to_vec(), origin.to_string()))
    }

    fn lines(&self) -> Vec<StartupLine> {
        let mut found = Vec::new();
        for file in self.startup {
            let Ok(text) = read::read(file, STARTUP_LIMIT) else { continue };
            let lines = other_lines(self.env, &text, self.mark);
            found.extend(lines.into_iter().map(|line| StartupLine {
                file: file.clone(),
                line: line.line,
                does: line.does,
            }));
        }
        found
    }

    fn goenv_directories(&self) -> Vec<PathBuf> {
        let host = self.env.host();
        let Some(home) = host.home() else { return Vec::new() };
        let directory = join(host.os(), &home, ".goenv");
        let is_one = host.kind(&directory) == Kind::Directory;
        is_one.then(|| path_of(&directory)).into_iter().collect()
    }

    fn variables(&self) -> BTreeMap<&'static str, Vec<u8>> {
        let variable = |key| Some((key, self.env.get(key)?.to_vec()));
        VARIABLES.into_iter().filter_map(variable).collect()
    }

    /// Where Go builds what it runs at once (`cmd/go/internal/work/action.go`, `cfg.Getenv("GOTMPDIR")`).
    fn temporary(&self) -> PathBuf {
        let own = self.layers.and_then(|layers| layers.get("GOTMPDIR")).map(|(path, _)| path);
        let set = own.or_else(|| self.env.get("TMPDIR").filter(|path| !path.is_empty()));
        set.map_or_else(std::env::temp_dir, path_of)
    }

    fn toolchains(&self, are_wanted: bool, may_start: bool) -> Vec<ToolchainState> {
        if !are_wanted {
            return Vec::new();
        }
        let mut versions = self.roots.installed().unwrap_or_default();
        versions.sort();
        versions.dedup();
        let mut found = Vec::new();
        for version in versions.into_iter().rev() {
            let name = ToolchainName::of(&version);
            let answer = match self.roots.find(&name) {
                Err(error) => Answer::Unsound(first_line(&error.to_string())),
                Ok(Some(goroot)) if may_start => asked(&path_of(&goroot)),
                Ok(Some(_)) => Answer::NotAsked,
                Ok(None) => continue,
            };
            found.push(ToolchainState { name: name.to_string(), version, answer });
        }
        found
    }

    /// What the default toolchain says to the user's own `GOFLAGS`, which it reads before it says its version. It runs nothing
    /// by them then.
    fn refused_flags(&self) -> Option<String> {
        let layers = Layers { go_env_file: compiler::own_file(self), ..*self.layers? };
        let (flags, _) = layers.get("GOFLAGS")?;
        let name = ToolchainName::of(self.default.as_ref()?);
        let goroot = self.roots.find(&name).ok()??;
        let go = Go::of_tree(&path_of(&goroot)).with("GOFLAGS", path_of(flags));
        match go.version() {
            Err(Error::Failed { words, .. }) => Some(first_line(&words)),
            _ => None,
        }
    }

    fn caches(&self, weighs: bool) -> [Result<Directory, NoCache>; 2] {
        let fault = |why: &dyn std::error::Error, mend: Option<String>| NoCache {
            why: first_line(&why.to_string()),
            mend: mend.unwrap_or_default(),
            is_meant: false,
        };
        let Some(layers) = self.layers else {
            let why = "the variables of this directory make no sense to Go".to_owned();
            let mend = "run goward doctor in another directory, or mend its .goenv".to_owned();
            let nowhere = NoCache { why, mend, is_meant: false };
            return [Err(nowhere.clone()), Err(nowhere)];
        };
        let build = buildcache::locate(self.env.host().os(), layers);
        let build = build.map(|place| place.path).map_err(|error| NoCache {
            is_meant: matches!(error, buildcache::Error::Program(_)),
            ..fault(&error, error.hint())
        });
        let modules = modcache::locate(layers).map(|place| place.path);
        let places =
            [build, modules.map_err(|error| fault(&error, error.hint().map(str::to_owned)))];
        let begin = |place: &PathBuf| weighs.then(|| weight::begin(place));
        let weights = places.each_ref().map(|place| place.as_ref().ok().and_then(begin));
        let mut weights = weights.into_iter();
        places.map(|place| {
            let weight = weights.next().flatten();
            let looked = place.map(|path| directory::look(&path))?;
            Ok(Directory { weight: weight.and_then(|weight| weight()), ..looked })
        })
    }
}

/// What a check needs that is wanted.
fn when<T: Default>(is_wanted: bool, look: impl FnOnce() -> T) -> T {
    if is_wanted { look() } else { T::default() }
}

/// The newest time of what goward itself wrote.
fn written(root: Option<&Path>) -> Option<SystemTime> {
    let files = root.into_iter().flat_map(|root| [root.to_owned(), root.join("bin/goward")]);
    files.filter_map(|path| path.metadata().ok()?.modified().ok()).max()
}

/// What a toolchain says to `go version`.
fn asked(goroot: &Path) -> Answer {
    match Go::of_tree(goroot).version() {
        Ok(Some(text)) => Answer::Says(text),
        Ok(None) => Answer::NotAsked,
        Err(error) => Answer::Fails(first_line(&error.to_string())),
    }
}

/// The first line of the file `VERSION` of a tree.
fn version(host: &dyn Host, goroot: &[u8]) -> Option<String> {
    let text = host.read_entry(&join(host.os(), goroot, "VERSION"), VERSION_LIMIT).ok()??;
    let line = text.bytes.split(|&byte| byte == b'\n').next()?.trim_ascii();
    // Any other text may be a secret of another file.
    let name = ToolchainName::parse(std::str::from_utf8(line).ok()?)?;
    Some(name.to_string())
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

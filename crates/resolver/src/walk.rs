//! One pass from the resolution directory up to the root, for all file names at once.

use crate::environment::Environment;
use crate::host::{FileText, Host, Kind, Level, Os, Owner, ReadError};
use crate::invocation::Invocation;
use crate::path;
use crate::pinfile::{self, GO_VERSION, TOOL_VERSIONS};
use crate::standing::{PassedOver, Standing, is_project, standing};
use crate::trusted_paths::TrustedPaths;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The largest pin file read, in bytes.
pub(crate) const PIN_LIMIT: usize = 4 << 10;
/// The largest `.goenv` and go/env file read, in bytes.
pub(crate) const ENV_LIMIT: usize = 64 << 10;
/// The largest `go.mod` or `go.work` read, in bytes: Go's own limit for a module's `go.mod`.
pub(crate) const MOD_LIMIT: usize = 16 << 20;

/// A file that the walk came upon; reading it may have failed.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) path: Vec<u8>,
    pub(crate) name: &'static str,
    pub(crate) text: Result<FileText, ReadError>,
    /// Whether `GOWARD_TRUSTED_PATHS` vouches for it.
    pub(crate) vouched: bool,
}

/// The nearest file of each kind. They are boxed: most are absent, and the stack has no room to
/// spare.
#[derive(Clone, Debug, Default)]
pub(crate) struct Finds {
    pub(crate) goenv: Option<Box<Found>>,
    pub(crate) pin: Option<Box<Found>>,
    pub(crate) work: Option<Box<Found>>,
    pub(crate) module: Option<Box<Found>>,
    /// A `go.mod` directly in the system's temporary directory, which Go ignores.
    pub(crate) ignored_module: Option<Vec<u8>>,
    /// What the home directory has for a pin file, if the walk came through it: there it is the
    /// user's default and no pin.
    pub(crate) home_pin: HomePin,
    /// What counts as absent because of its owner.
    pub(crate) passed_over: Vec<PassedOver>,
}

/// The pin file of the home directory, as far as a walk has seen to it.
#[derive(Clone, Debug, Default)]
pub(crate) enum HomePin {
    /// The walk did not come through there, or had no reason to look.
    #[default]
    Unseen,
    /// The walk has looked.
    Seen(Option<Box<Found>>),
}

/// Where files are looked for: DIR of `-C`, else Go's notion of the current directory, `$PWD` if
/// it names `.`, else the physical one. `None` if the current directory has no name any more.
pub(crate) fn resolution_directory(
    env: &Environment<'_>,
    invocation: &Invocation<'_>,
) -> Option<Vec<u8>> {
    let host = env.host();
    let Some(dir) = invocation.chdir else { return current_directory(env) };
    // Only the system knows where on another drive this process is.
    let whole = path::is_absolute(host.os(), dir) || path::is_drive_relative(host.os(), dir);
    let named = match whole {
        true => dir.to_vec(),
        false => path::join_bytes(host.os(), &current_directory(env)?, dir),
    };
    // After the change Go asks again: $PWD counts only if it happens to name the new directory.
    if let Some(pwd) = logical_directory(env, &named) {
        return Some(pwd);
    }
    Some(host.canonical(&named).unwrap_or_else(|| path::absolute(host.os(), &named, b"")))
}

/// Go's `os.Getwd`.
pub(crate) fn current_directory(env: &Environment<'_>) -> Option<Vec<u8>> {
    let physical = env.host().cwd();
    // Mostly the two are one text, and then there is nothing to compare.
    if physical.is_some() && physical.as_deref() == env.get("PWD") {
        return physical;
    }
    logical_directory(env, b".").or(physical)
}

/// `$PWD`, if it is absolute and names `directory`.
fn logical_directory(env: &Environment<'_>, directory: &[u8]) -> Option<Vec<u8>> {
    let host = env.host();
    if host.os() == Os::Windows {
        return None;
    }
    let pwd = env.get("PWD").filter(|pwd| path::is_absolute(host.os(), pwd))?;
    let here = host.identity(directory)?;
    (host.identity(pwd)? == here).then(|| pwd.to_vec())
}

/// Walks from `directory` to the root.
#[inline(never)]
pub(crate) fn walk(env: &Environment<'_>, directory: &[u8], trusted: &TrustedPaths) -> Finds {
    let host = env.host();
    let (home, goroot) = (host.home(), env.get("GOROOT"));
    let mut finds = Finds::default();
    let passed_over = &mut Vec::new();
    let (mut work_over, mut module_over) = (false, false);
    let temporary = temporary_directory(env);
    let physical = host.cwd().as_deref() == Some(directory);
    let is_level = |level: &Level<'_>, dir: &[u8]| is_directory(host, directory, level, dir);
    // Only a file found is worth asking the system for.
    let is_home = |level: &Level<'_>, found: bool| match home.as_deref() {
        Some(home) if found => is_level(level, home),
        home => home == Some(level.dir),
    };
    let levels: Vec<&[u8]> = path::ancestors(host.os(), directory).collect();
    for (up, dir) in levels.iter().copied().enumerate() {
        let level = Level { physical, up, left: levels.len() - 1 - up, dir };
        let is_temporary = || temporary.is_some_and(|temporary| is_level(&level, temporary));
        let mut judge = Judge { env, trusted, dir, is_temporary: &is_temporary, passed_over };
        if finds.goenv.is_none() {
            let found = probe_entry(host, &level, ".goenv", ENV_LIMIT);
            finds.goenv =
                found.filter(|found| is_no_directory(found)).and_then(|found| judge.counted(found));
        }
        if finds.pin.is_none() {
            finds.pin = pin_at(&mut judge, &level);
            if is_home(&level, finds.pin.is_some()) {
                // Beside a module's file it is the project's, even where HOME is the project.
                let default = if has_module(host, dir) { None } else { finds.pin.take() };
                finds.home_pin = HomePin::Seen(default);
            }
        }
        // Go does not cross its own tree to find a go.work (`modload/init.go`, `findWorkspaceFile`).
        work_over |= goroot.is_some_and(|root| path::same_text(host.os(), root, dir));
        if finds.work.is_none() && !work_over {
            finds.work = probe_module(host, &level, "go.work");
        }
        if !module_over {
            finds.module = probe_module(host, &level, "go.mod");
            module_over = finds.module.is_some();
            if module_over && is_temporary() {
                finds.ignored_module = finds.module.take().map(|found| found.path);
            }
        }
    }
    finds.passed_over.append(passed_over);
    finds
}

/// The pin file of one directory: `.go-version`, or in its absence a `.tool-versions` that
/// speaks of Go.
pub(crate) fn pin_in(
    env: &Environment<'_>,
    dir: &[u8],
    trusted: &TrustedPaths,
) -> Option<Box<Found>> {
    let level = Level { physical: false, up: 0, left: usize::MAX, dir };
    let temporary = temporary_directory(env);
    let is_temporary =
        || temporary.is_some_and(|temporary| is_directory(env.host(), dir, &level, temporary));
    let passed_over = &mut Vec::new();
    let mut judge = Judge { env, trusted, dir, is_temporary: &is_temporary, passed_over };
    pin_at(&mut judge, &level)
}

fn pin_at(judge: &mut Judge<'_>, level: &Level<'_>) -> Option<Box<Found>> {
    let host = judge.env.host();
    let go_version = probe_entry(host, level, GO_VERSION, PIN_LIMIT);
    go_version.and_then(|found| judge.counted(found)).or_else(|| {
        let found = probe_entry(host, level, TOOL_VERSIONS, PIN_LIMIT)?;
        match &found.text {
            Ok(text) if !pinfile::speaks_of_go(&text.bytes) => None,
            _ => judge.counted(found),
        }
    })
}

/// Tells the files of one directory that count from those that are passed over.
struct Judge<'j> {
    env: &'j Environment<'j>,
    trusted: &'j TrustedPaths,
    dir: &'j [u8],
    /// Whether the directory is Go's temporary one.
    is_temporary: &'j dyn Fn() -> bool,
    passed_over: &'j mut Vec<PassedOver>,
}

impl Judge<'_> {
    /// The file, if it counts, with the owner that it counts as.
    fn counted(&mut self, mut found: Box<Found>) -> Option<Box<Found>> {
        let place = (self.dir, found.path.as_slice());
        match standing(self.env, self.trusted, place, &found.text, self.is_temporary) {
            Standing::Own | Standing::Strangers => Some(found),
            Standing::Vouched => {
                found.vouched = true;
                if let Ok(text) = &mut found.text {
                    text.owner = Owner::Trusted;
                }
                Some(found)
            }
            Standing::PassedOver(owner) => {
                let in_project = !(self.is_temporary)() && is_project(self.env.host(), self.dir);
                self.passed_over.push(PassedOver { path: found.path, owner, in_project });
                None
            }
        }
    }
}

/// Whether a module or a workspace begins in `dir`.
fn has_module(host: &dyn Host, dir: &[u8]) -> bool {
    let there =
        |name: &str| matches!(host.kind(&path::join(host.os(), dir, name)), Kind::File { .. });
    there("go.mod") || there("go.work")
}

/// Go steps over a directory named `go.mod`, and `~/.goenv` may be the home of another tool.
fn is_no_directory(found: &Found) -> bool {
    found.text != Err(ReadError::Directory)
}

/// A link that leads back to itself does not exist for Go's `os.Stat`.
fn probe_module(host: &dyn Host, level: &Level<'_>, name: &'static str) -> Option<Box<Found>> {
    let found = probe(host, level, name, |path| host.read(path, MOD_LIMIT));
    found.filter(|found| is_no_directory(found) && found.text != Err(ReadError::LinkLoop))
}

/// A file whose owner matters.
fn probe_entry(
    host: &dyn Host,
    level: &Level<'_>,
    name: &'static str,
    limit: usize,
) -> Option<Box<Found>> {
    probe(host, level, name, |path| host.read_entry(path, limit))
}

fn probe(
    host: &dyn Host,
    level: &Level<'_>,
    name: &'static str,
    read: impl FnOnce(&[u8]) -> Result<Option<FileText>, ReadError>,
) -> Option<Box<Found>> {
    if !host.may_exist(level, name) {
        return None;
    }
    let path = path::join(host.os(), level.dir, name);
    let text = read(&path).transpose()?;
    Some(Box::new(Found { path, name, text, vouched: false }))
}

/// Go ignores a `go.mod` directly in `os.TempDir()` (`modload/init.go`, `FindGoMod`).
fn temporary_directory<'e>(env: &'e Environment<'_>) -> Option<&'e [u8]> {
    match env.host().os() {
        Os::Windows => ["TMP", "TEMP", "USERPROFILE"].iter().find_map(|key| env.get(key)),
        _ => env.get("TMPDIR").or(Some(b"/tmp")),
    }
}

/// Whether a level of the walk from `start` is `dir`, by whatever path that is named.
fn is_directory(host: &dyn Host, start: &[u8], level: &Level<'_>, dir: &[u8]) -> bool {
    let same = |other: &[u8]| path::same_text(host.os(), other, dir);
    // No two directories above a true path are one: what is another of them is not this.
    let above = || same(start) || path::is_below(host.os(), start, dir);
    let elsewhere = || level.physical && above();
    let identity = || host.identity(dir).is_some_and(|id| host.identity(level.dir) == Some(id));
    // A directory that is mounted in two places has one identity, and for Go it is two.
    let path = || host.canonical(dir).is_some_and(|path| host.canonical(level.dir) == Some(path));
    same(level.dir) || (!elsewhere() && identity() && path())
}

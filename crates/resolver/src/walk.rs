//! One pass from the resolution directory up to the root, for all file names at once.

use crate::environment::Environment;
use crate::host::{Ancestor, FileText, Host, Kind, Os, Owner, ReadError};
use crate::invocation::Invocation;
use crate::path;
use crate::pinfile::{self, GO_VERSION, PIN_LIMIT, TOOL_VERSIONS};
use crate::roots::Roots;
use crate::standing::{PassedOver, Standing, is_project, standing};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The largest `.goenv`, go/env file and `.tool-versions` read, in bytes.
pub const ENV_LIMIT: usize = 64 << 10;
/// The largest `go.mod` or `go.work` read, in bytes: Go's own limit for a module's `go.mod`.
pub const MOD_LIMIT: usize = 16 << 20;

/// A file that the walk came upon; reading it may have failed.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) path: Vec<u8>,
    pub(crate) name: &'static str,
    pub(crate) text: Result<FileText, ReadError>,
    /// Whether `GOWARD_TRUSTED_PATHS` vouches for it.
    pub(crate) vouched: bool,
    /// How many directories above the first of the walk it lies.
    pub(crate) up: usize,
}

/// A file that counts as absent because it cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The file.
    pub path: Vec<u8>,
    /// Why not.
    pub why: ReadError,
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
    /// Pin files in home directories, which are defaults and no pins; that of `$HOME` first.
    pub(crate) defaults: Vec<Found>,
    /// Whether the walk has looked into `$HOME`.
    pub(crate) seen_home: bool,
    /// What counts as absent because of its owner.
    pub(crate) passed_over: Vec<PassedOver>,
    /// What counts as absent because it cannot be read.
    pub(crate) unread: Vec<Unread>,
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
    let named = if whole {
        dir.to_vec()
    } else {
        path::join_bytes(host.os(), &current_directory(env)?, dir)
    };
    // After the change Go asks again: $PWD counts only if it happens to name the new directory.
    if let Some(pwd) = logical_directory(env, &named) {
        return Some(pwd);
    }
    Some(host.canonical(&named).unwrap_or_else(|| path::absolute(host.os(), &named, b"")))
}

/// Go's `os.Getwd`.
pub(crate) fn current_directory(env: &Environment<'_>) -> Option<Vec<u8>> {
    if let Some(directory) = &env.directory {
        return Some(directory.clone());
    }
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
pub(crate) fn walk(roots: &Roots<'_>, directory: &[u8]) -> Finds {
    let (env, host) = (&roots.env, roots.host());
    let (home, goroot) = (host.home(), env.get("GOROOT"));
    let mut finds = Finds::default();
    let (mut work_over, mut module_over) = (false, false);
    let walk = Walk { roots, directory, temporary: temporary_directory(env) };
    let physical = host.cwd().as_deref() == Some(directory);
    let dirs: Vec<&[u8]> = path::ancestors(host.os(), directory).collect();
    let ancestor = |up: usize| Ancestor { physical, up, left: dirs.len() - 1 - up, dir: dirs[up] };
    for up in 0..dirs.len() {
        let ancestor = ancestor(up);
        if finds.goenv.is_none() {
            let found = probe_entry(host, &ancestor, ".goenv", ENV_LIMIT);
            let found = found.filter(|found| is_no_directory(found));
            finds.goenv = found.and_then(|found| walk.counted(&ancestor, found, &mut finds));
        }
        if finds.pin.is_none() {
            finds.pin = walk.pin_at(&ancestor, &mut finds);
            finds.seen_home |= finds.pin.is_none() && home.as_deref() == Some(ancestor.dir);
        }
        // Go does not cross its own tree to find a go.work (`modload/init.go`, `findWorkspaceFile`).
        work_over |= goroot.is_some_and(|root| path::same_text(host.os(), root, ancestor.dir));
        if finds.work.is_none() && !work_over {
            finds.work = probe_module(host, &ancestor, "go.work");
        }
        if !module_over {
            finds.module = probe_module(host, &ancestor, "go.mod");
            module_over = finds.module.is_some();
            if module_over && walk.is_temporary(&ancestor) {
                finds.ignored_module = finds.module.take().map(|found| found.path);
            }
        }
    }
    // A file that holds no pin has not ended the search for one.
    while let Some(pin) = finds.pin.take() {
        let (up, ancestor_of_pin) = (pin.up, ancestor(pin.up));
        let in_home = home.as_deref().is_some_and(|home| walk.holds(&ancestor_of_pin, &pin, home));
        finds.seen_home |= in_home;
        if !walk.is_default(&ancestor_of_pin, &pin, in_home, &finds) {
            finds.pin = Some(pin);
            break;
        }
        let at = if in_home { 0 } else { finds.defaults.len() };
        finds.defaults.insert(at, *pin);
        finds.pin = (up + 1..dirs.len()).find_map(|up| walk.pin_at(&ancestor(up), &mut finds));
    }
    finds
}

/// The pin file of one directory: `.go-version`, or in its absence a `.tool-versions` that
/// speaks of Go.
pub(crate) fn pin_in(roots: &Roots<'_>, dir: &[u8]) -> Option<Box<Found>> {
    let ancestor = Ancestor { physical: false, up: 0, left: usize::MAX, dir };
    let walk = Walk { roots, directory: dir, temporary: temporary_directory(&roots.env) };
    walk.pin_at(&ancestor, &mut Finds::default())
}

/// What a walk knows from the beginning.
struct Walk<'w> {
    roots: &'w Roots<'w>,
    directory: &'w [u8],
    temporary: Option<&'w [u8]>,
}

impl Walk<'_> {
    /// Whether an ancestor is Go's temporary directory.
    fn is_temporary(&self, ancestor: &Ancestor<'_>) -> bool {
        self.temporary.is_some_and(|temporary| self.is(ancestor, temporary))
    }

    /// Whether an ancestor is `dir`, by whatever path that is named.
    fn is(&self, ancestor: &Ancestor<'_>, dir: &[u8]) -> bool {
        let host = self.roots.host();
        let same = |other: &[u8]| path::same_text(host.os(), other, dir);
        // A true path has no aliases: if `dir` is another directory above it, it is not this one.
        let above = || same(self.directory) || path::is_below(host.os(), self.directory, dir);
        let elsewhere = || ancestor.physical && above();
        let identity =
            || host.identity(dir).is_some_and(|id| host.identity(ancestor.dir) == Some(id));
        // A directory that is mounted in two places has one identity, and for Go it is two.
        let path =
            || host.canonical(dir).is_some_and(|path| host.canonical(ancestor.dir) == Some(path));
        same(ancestor.dir) || (!elsewhere() && identity() && path())
    }

    /// Whether an ancestor, which holds `pin`, is `dir`. Mostly `dir` has no file of that name, and is
    /// another directory. To look for the file costs less than to compare identities.
    fn holds(&self, ancestor: &Ancestor<'_>, pin: &Found, dir: &[u8]) -> bool {
        let there = Ancestor { physical: false, up: 0, left: usize::MAX, dir };
        self.roots.host().may_exist(&there, pin.name) && self.is(ancestor, dir)
    }

    fn pin_at(&self, ancestor: &Ancestor<'_>, finds: &mut Finds) -> Option<Box<Found>> {
        let host = self.roots.host();
        let go_version = probe_entry(host, ancestor, GO_VERSION, PIN_LIMIT);
        if let Some(found) = go_version.and_then(|found| self.counted(ancestor, found, finds)) {
            return Some(found);
        }
        let found = probe_entry(host, ancestor, TOOL_VERSIONS, ENV_LIMIT)?;
        // The file is every tool's. One that says nothing about Go does not concern the resolver.
        match &found.text {
            Ok(text) if !text.is_null() && !pinfile::speaks_of_go(&text.bytes) => None,
            Ok(_) => self.counted(ancestor, found, finds),
            Err(why) => {
                let why = *why;
                let found = self.counted(ancestor, found, finds)?;
                finds.unread.push(Unread { path: found.path, why });
                None
            }
        }
    }

    /// The file, if it counts, with the owner that it counts as.
    fn counted(
        &self,
        ancestor: &Ancestor<'_>,
        mut found: Box<Found>,
        finds: &mut Finds,
    ) -> Option<Box<Found>> {
        let temporary = || self.is_temporary(ancestor);
        match standing(self.roots, &found.path, &found.text, temporary) {
            Standing::Counts => Some(found),
            Standing::Vouched => {
                found.vouched = true;
                if let Ok(text) = &mut found.text {
                    text.owner = Owner::Trusted;
                }
                Some(found)
            }
            Standing::PassedOver(owner) => {
                let in_project = !temporary() && is_project(self.roots.host(), ancestor.dir);
                finds.passed_over.push(PassedOver { path: found.path, owner, in_project });
                None
            }
        }
    }

    /// Whether a pin file is a default: in a home directory it is, which may be another one than
    /// `$HOME` says; but beside a module's file, or in a repository, it is the project's.
    fn is_default(
        &self,
        ancestor: &Ancestor<'_>,
        pin: &Found,
        in_home: bool,
        finds: &Finds,
    ) -> bool {
        let host = self.roots.host();
        let there = |name: &str| host.kind(&path::join(host.os(), ancestor.dir, name));
        // The walk has seen every file, except those that lie above another file of that name.
        let beside = |file: &Option<Box<Found>>, name: &str| match file {
            Some(file) if file.up < ancestor.up => there(name).is_file_for_go(),
            file => file.as_ref().is_some_and(|file| file.up == ancestor.up),
        };
        if beside(&finds.module, "go.mod") || beside(&finds.work, "go.work") {
            return false;
        }
        let in_repository = || there(".git") != Kind::Absent;
        let is_home_of =
            |user: u32| host.home_of(user).is_some_and(|home| self.holds(ancestor, pin, &home));
        if in_home {
            return !in_repository() || is_home_of(host.user());
        }
        if finds.module.as_ref().is_some_and(|module| module.up > ancestor.up) {
            return false;
        }
        let owner = pin.owner(host).filter(|owner| *owner != host.user());
        is_home_of(host.user()) || owner.is_some_and(|user| is_home_of(user) && !in_repository())
    }
}

impl Found {
    /// Whether the null device masks it.
    pub(crate) fn is_null(&self) -> bool {
        self.text.as_ref().is_ok_and(FileText::is_null)
    }

    /// The user that owns it, or the link that leads to it.
    fn owner(&self, host: &dyn Host) -> Option<u32> {
        match &self.text {
            Ok(text) => Some(text.link.unwrap_or(text.facts.owner)),
            Err(_) => host.entry(&self.path).map(|entry| entry.owner),
        }
    }

    /// Whether it is neither the caller's nor root's.
    pub(crate) fn is_foreign(&self, host: &dyn Host) -> bool {
        let owner = match &self.text {
            Ok(text) => Some(text.owner),
            Err(_) => self.owner(host).map(|user| Owner::of(host, user)),
        };
        owner == Some(Owner::Foreign)
    }
}

/// Go steps over a directory named `go.mod`, and `~/.goenv` may be the home of another tool.
fn is_no_directory(found: &Found) -> bool {
    found.text != Err(ReadError::Directory)
}

/// A link that leads back to itself does not exist for Go's `os.Stat`.
fn probe_module(
    host: &dyn Host,
    ancestor: &Ancestor<'_>,
    name: &'static str,
) -> Option<Box<Found>> {
    let found = probe(host, ancestor, name, |path| host.read(path, MOD_LIMIT));
    found.filter(|found| is_no_directory(found) && found.text != Err(ReadError::LinkLoop))
}

/// A file whose owner matters.
fn probe_entry(
    host: &dyn Host,
    ancestor: &Ancestor<'_>,
    name: &'static str,
    limit: usize,
) -> Option<Box<Found>> {
    probe(host, ancestor, name, |path| host.read_entry(path, limit))
}

fn probe(
    host: &dyn Host,
    ancestor: &Ancestor<'_>,
    name: &'static str,
    read: impl FnOnce(&[u8]) -> Result<Option<FileText>, ReadError>,
) -> Option<Box<Found>> {
    if !host.may_exist(ancestor, name) {
        return None;
    }
    let path = path::join(host.os(), ancestor.dir, name);
    let text = read(&path).transpose()?;
    Some(Box::new(Found { path, name, text, vouched: false, up: ancestor.up }))
}

/// Go ignores a `go.mod` directly in `os.TempDir()` (`modload/init.go`, `FindGoMod`).
fn temporary_directory<'e>(env: &'e Environment<'_>) -> Option<&'e [u8]> {
    match env.host().os() {
        Os::Windows => ["TMP", "TEMP", "USERPROFILE"].iter().find_map(|key| env.get(key)),
        _ => env.get("TMPDIR").or(Some(b"/tmp")),
    }
}

//! The first `go` on PATH: what a shell runs for that word, and whose it is.
//!
//! A shell can still run something else: an alias, a function, or a program that it remembers from
//! before. No other process can see those.

use crate::peers::{self, Peer};
use goward_resolver::path::{elements, is_absolute, is_below, join, join_bytes, same_text};
use goward_resolver::{
    Environment, Host, Os, Roots, TOOLCHAINS, ToolchainName, escaped, goroot_of,
};

/// In bytes: the first line of the file `VERSION` is short, and companies add a few.
const VERSION_LIMIT: usize = 4 << 10;

/// The longest text that counts as a version.
const LONGEST_VERSION: usize = 64;

/// The first `go` on PATH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstGo {
    /// The program, by an absolute path.
    pub program: Vec<u8>,
    /// The entry of PATH that it lies in, as PATH has it. An empty one is the current directory.
    pub entry: Vec<u8>,
    /// Its keeper.
    pub whose: Whose,
    /// The Go tree that it belongs to, links resolved; `None` for goward's shim, a script, or
    /// another manager's shim.
    pub goroot: Option<Vec<u8>>,
    /// The first entry of PATH that holds goward's shim; `None` if no entry does.
    pub ours: Option<Vec<u8>>,
}

/// The keeper of a program `go`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// goward: it is the shim.
    Shim,
    /// goward's store: it is a toolchain, which `goward exec` and a running Go put first.
    Store,
    /// Another manager of toolchains.
    Peer(Peer),
    /// Something else: a Go of the system or of the user.
    Other,
}

impl FirstGo {
    /// Whether goward decides what it runs.
    pub fn is_ours(&self) -> bool {
        matches!(self.whose, Whose::Shim | Whose::Store)
    }

    /// The version that its tree has in the file `VERSION`, printable. The program is not run.
    pub fn version(&self, host: &dyn Host) -> Option<String> {
        let file = join(host.os(), self.goroot.as_ref()?, "VERSION");
        let text = host.read_entry(&file, VERSION_LIMIT).ok()??;
        let line = text.bytes.split(|&byte| byte == b'\n').next()?.trim_ascii();
        // The text of a link, or of another user's file, may be a secret.
        let name = || std::str::from_utf8(line).ok().and_then(ToolchainName::parse);
        let is_one = match text.is_quotable() {
            true => line.starts_with(b"go") || line.starts_with(b"devel"),
            false => name().is_some(),
        };
        (is_one && line.len() <= LONGEST_VERSION).then(|| escaped(line))
    }
}

/// The first `go` on the PATH of this process; `None` if there is none. Relative entries count, as
/// they do in a shell that stands in the directory of `env`.
pub fn first_go(env: &Environment<'_>) -> Option<FirstGo> {
    first(env, "go")
}

/// As [`first_go`], for another program that goward has a shim for, such as `gofmt`.
pub fn first(env: &Environment<'_>, name: &str) -> Option<FirstGo> {
    let host = env.host();
    let mut programs = programs(env, name);
    let (entry, program) = programs.next()?;
    let (whose, goroot) = judged(env, &program);
    let ours = match whose {
        Whose::Shim => Some(entry.clone()),
        _ => programs.find(|(_, program)| is_shim(host, program)).map(|(entry, _)| entry),
    };
    Some(FirstGo { program, entry, whose, goroot, ours })
}

/// A program on PATH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnPath {
    /// Its absolute path.
    pub program: Vec<u8>,
    /// Its keeper.
    pub whose: Whose,
    /// The version that its tree has in the file `VERSION`, if that names a toolchain.
    pub version: Option<String>,
}

impl OnPath {
    /// Whether goward decides what it runs.
    pub fn is_ours(&self) -> bool {
        matches!(self.whose, Whose::Shim | Whose::Store)
    }
}

/// All programs of this name on PATH, in its order.
pub fn every(env: &Environment<'_>, name: &str) -> Vec<OnPath> {
    let found = programs(env, name).map(|(entry, program)| {
        let (whose, goroot) = judged(env, &program);
        let first = FirstGo { program, entry, whose, goroot, ours: None };
        let version = first.version(env.host());
        OnPath { program: first.program, whose, version }
    });
    found.collect()
}

/// The first program of this name on PATH, by its whole path, with the entry of PATH that holds it.
pub(crate) fn found(env: &Environment<'_>, name: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    programs(env, name).next()
}

/// The keeper of a program, and the Go tree that it belongs to.
fn judged(env: &Environment<'_>, program: &[u8]) -> (Whose, Option<Vec<u8>>) {
    let whose = whose(env, program);
    let goroot = if whose == Whose::Shim { None } else { goroot_of(env.host(), program) };
    match whose == Whose::Other && is_in_store(env, goroot.as_deref()) {
        true => (Whose::Store, goroot),
        false => (whose, goroot),
    }
}

/// The programs of this name on PATH, in its order, each with its entry.
fn programs<'a>(
    env: &'a Environment<'_>,
    name: &'a str,
) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> + 'a {
    let host = env.host();
    let os = host.os();
    let here = std::cell::OnceCell::new();
    // What an outer Go or shim has put there counts: a shell looks there, too.
    let path = host.var("PATH").unwrap_or_default();
    let entries = elements(os, path);
    let entries = entries.filter(move |_| !path.is_empty());
    entries.flat_map(move |entry| {
        let dir = if is_absolute(os, entry) {
            entry.to_vec()
        } else {
            let here = here.get_or_init(|| directory(env));
            join_bytes(os, here, if entry.is_empty() { b"." } else { entry })
        };
        let found = endings(host).into_iter().find_map(|ending| {
            let program = join(os, &dir, &format!("{name}{ending}"));
            host.kind(&program).is_program().then_some(program)
        });
        found.map(|program| (entry.to_vec(), program))
    })
}

/// The endings of a program's name, in the order in which a shell tries them.
fn endings(host: &dyn Host) -> Vec<String> {
    if host.os() != Os::Windows {
        return vec![String::new()];
    }
    let list = host.var("PATHEXT").and_then(|list| std::str::from_utf8(list).ok());
    let list = list.filter(|list| !list.is_empty()).unwrap_or(".COM;.EXE;.BAT;.CMD");
    list.split(';').map(str::to_ascii_lowercase).collect()
}

/// The directory that the question is about.
fn directory(env: &Environment<'_>) -> Vec<u8> {
    let given = env.directory().map(<[u8]>::to_vec);
    given.or_else(|| env.host().cwd()).unwrap_or_else(|| b".".to_vec())
}

/// The keeper of a program by the place where it lies.
fn whose(env: &Environment<'_>, program: &[u8]) -> Whose {
    let host = env.host();
    if is_shim(host, program) {
        return Whose::Shim;
    }
    let real = host.canonical(program);
    let by_name = peers::keeper(env, program);
    let found = by_name.or_else(|| peers::keeper(env, real.as_deref()?));
    found.map_or(Whose::Other, Whose::Peer)
}

/// Whether a program is a shim of goward's: the shim of this manager, or a copy anywhere.
fn is_shim(host: &dyn Host, program: &[u8]) -> bool {
    host.exe().is_some_and(|exe| same_text(host.os(), &exe, program))
        || host.has_shim_magic(program)
}

/// Whether a Go tree is a toolchain of one of goward's roots.
fn is_in_store(env: &Environment<'_>, goroot: Option<&[u8]>) -> bool {
    let host = env.host();
    let (Some(goroot), Ok(roots)) = (goroot, Roots::locate(env.clone())) else { return false };
    roots.roots().any(|root| {
        let toolchains = join(host.os(), &root, TOOLCHAINS);
        let toolchains = host.canonical(&toolchains).unwrap_or(toolchains);
        is_below(host.os(), goroot, &toolchains)
    })
}

#[cfg(all(test, unix))]
#[path = "path_tests.rs"]
mod tests;

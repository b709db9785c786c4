//! The next `go` on PATH that is not goward's.

use crate::environment::Environment;
use crate::host::{Host, Kind, Os};
use crate::path::{is_absolute, join, parent};
use alloc::format;
use alloc::vec::Vec;

/// A program found on PATH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OnPath {
    /// Its path as PATH gives it.
    pub(crate) program: Vec<u8>,
    /// The GOROOT that it belongs to, links resolved; `None` for a script or somebody else's
    /// shim, which may well call us back.
    pub(crate) goroot: Option<Vec<u8>>,
}

/// The path of the next `tool` on PATH that is not goward's.
pub fn system_program(env: &Environment<'_>, tool: &str) -> Option<Vec<u8>> {
    on_path(env, tool).map(|found| found.program)
}

/// The first program `name` on PATH that is not this shim, by identity or by magic. Relative
/// entries are passed over, as Go passes over them.
pub(crate) fn on_path(env: &Environment<'_>, name: &str) -> Option<OnPath> {
    let host = env.host();
    let os = host.os();
    let ourselves = host.exe().and_then(|exe| host.identity(&exe));
    let separator = if os == Os::Windows { b';' } else { b':' };
    let file = format!("{name}{}", os.exe_suffix());
    env.get("PATH")?
        .split(|&b| b == separator)
        .filter(|dir| is_absolute(os, dir))
        .map(|dir| join(os, dir, &file))
        .filter(|program| host.kind(program).is_program())
        .find(|program| {
            let same = ourselves.is_some() && host.identity(program) == ourselves;
            !same && !host.has_shim_magic(program)
        })
        .map(|program| OnPath { goroot: goroot_of(host, &program), program })
}

/// The tree that a `bin/go` belongs to, if it is one: Go's own test is `pkg/tool`.
fn goroot_of(host: &dyn Host, program: &[u8]) -> Option<Vec<u8>> {
    let os = host.os();
    let real = host.canonical(program)?;
    let root = parent(os, parent(os, &real)?)?;
    is_goroot(host, root).then(|| root.to_vec())
}

/// Whether Go would take `dir` for a GOROOT (`cmd/go/internal/cfg/cfg.go`, `isGOROOT`).
pub(crate) fn is_goroot(host: &dyn Host, dir: &[u8]) -> bool {
    host.kind(&join(host.os(), dir, "pkg/tool")) == Kind::Directory
}

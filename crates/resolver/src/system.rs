//! The next `go` on PATH that is not goward's.

use crate::environment::Environment;
use crate::host::{Host, Kind};
use crate::path::{elements, is_absolute, join, parent};
use crate::target::{Target, TargetKind};
use crate::text;
use alloc::vec::Vec;
use core::cell::OnceCell;

/// The path of the next `tool` on PATH that is not goward's.
pub fn system_program(env: &Environment<'_>, tool: &str) -> Option<Vec<u8>> {
    on_path(env, tool).map(|found| found.program)
}

/// The first program `name` on PATH that is not this shim, by identity or by magic, as PATH gives its
/// path. Relative entries are passed over, as Go passes over them. It has no tree if it is a script
/// or another manager's shim, which may well call us back.
pub(crate) fn on_path(env: &Environment<'_>, name: &str) -> Option<Target> {
    let host = env.host();
    let os = host.os();
    let exe = host.exe();
    let is_at = |program: &[u8]| exe.as_deref() == Some(program);
    let ourselves = OnceCell::new();
    let is = |program: &[u8]| {
        let ours = ourselves.get_or_init(|| host.identity(exe.as_deref()?));
        ours.is_some() && host.identity(program) == *ours
    };
    let file = text!("{}{}", name, os.exe_suffix());
    let program = elements(os, env.get("PATH")?)
        .filter(|dir| is_absolute(os, dir))
        .map(|dir| join(os, dir, &file))
        .filter(|program| !is_at(program) && host.kind(program).is_program())
        .find(|program| !is(program) && !host.has_shim_magic(program))?;
    let goroot = goroot_of(host, &program);
    Some(Target { program, goroot, name: None, kind: TargetKind::System })
}

/// The tree that a `bin/go` belongs to, links resolved, if it is one: Go's own test is `pkg/tool`.
pub fn goroot_of(host: &dyn Host, program: &[u8]) -> Option<Vec<u8>> {
    let os = host.os();
    let real = host.canonical(program)?;
    let root = parent(os, parent(os, &real)?)?;
    is_goroot(host, root).then(|| root.to_vec())
}

/// Whether Go would take `dir` for a GOROOT (`cmd/go/internal/cfg/cfg.go`, `isGOROOT`).
pub(crate) fn is_goroot(host: &dyn Host, dir: &[u8]) -> bool {
    host.kind(&join(host.os(), dir, "pkg/tool")) == Kind::Directory
}

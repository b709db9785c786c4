//! The C compiler that Go would call, and what it makes.

use super::super::facts::Compiler;
use super::Machine;
use crate::cross::probe::{Libc, Made, Outcome};
use crate::cross::{Place, Setter, Usual, Why, usual};
use crate::os_path::path_of;
use crate::path::every;
use goward_installer::read;
use goward_resolver::path::is_absolute;
use goward_resolver::{GoEnvFile, Layers, Os, Owner};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A compiler that works takes a tenth of that; one that builds its C library first is not waited for.
const PATIENCE: Duration = Duration::from_millis(900);
/// In bytes: the most of a C library that is read.
const LIMIT: usize = 8 << 20;
/// The places of Apple's tools, of which one is there where `clang` is more than a name.
const XCODE: [&str; 3] = [
    "/Library/Developer/CommandLineTools/usr/bin/clang",
    "/Applications/Xcode.app",
    "/var/db/xcode_select_link",
];

/// Looks for it, and tries it where `may_start`.
pub(super) fn compiler(machine: &Machine<'_>, may_start: bool) -> Compiler {
    let layers = Layers {
        env: machine.env,
        goenv: machine.layers.and_then(|layers| layers.goenv),
        go_env_file: own_file(machine),
    };
    let look = |limit| usual(&layers, machine.directory, machine.default.as_ref(), limit);
    let found = look(None);
    let is_stub = is_stub(machine.env.host().os(), &found.candidate.place);
    // Apple's stub would open a window.
    let found = if may_start && !is_stub { look(Some(PATIENCE)) } else { found };
    let Usual { candidate, target, enabled, packages } = found;
    let made = match &candidate.outcome {
        Some(Outcome::Made(made)) => Some(made),
        _ => None,
    };
    Compiler {
        command: candidate.command.program().as_bytes().to_vec(),
        is_there: candidate.place != Place::Absent,
        is_chosen: candidate.set_by().is_some(),
        has_pkg_config: !every(machine.env, "pkg-config").is_empty(),
        is_on: enabled.0,
        why: said(&enabled.1),
        refused: match candidate.place {
            Place::Refused(why) => Some(why),
            _ => None,
        },
        is_stub,
        is_for: target.goarch,
        libc: made.and_then(libc),
        outcome: candidate.outcome,
        packages,
    }
}

/// The go/env file, if it names no program by another's wish: it is the user's own, and no repository has put it there.
pub(super) fn own_file<'m>(machine: &Machine<'m>) -> Option<&'m GoEnvFile> {
    let os = machine.env.host().os();
    let is_relative = machine.env.get("GOENV").is_some_and(|at| !is_absolute(os, at));
    let file = machine.layers?.go_env_file?;
    (file.text.owner == Owner::Trusted && !is_relative).then_some(file)
}

/// Whether a program is one of Apple's names for tools that are not there.
pub(super) fn is_stub(os: Os, place: &Place) -> bool {
    let Place::At(program) = place else { return false };
    os == Os::MacOs
        && program.starts_with("/usr/bin")
        && !XCODE.iter().any(|place| Path::new(place).exists())
}

/// The place or the rule that switches cgo on or off.
fn said(why: &Why) -> String {
    match why {
        Why::Set(Setter::Environment) => "CGO_ENABLED in the environment".to_owned(),
        Why::Set(Setter::File(file, line)) => {
            let file = super::super::words::path(&path_of(file));
            format!("CGO_ENABLED in {file}:{line}")
        }
        Why::NoCompiler(usual) => format!("Go's own rule, since {usual} is not on PATH"),
        _ => "Go's own rule".to_owned(),
    }
}

/// The name and the version of the C library that a program was linked with. That says it in a text of its own.
fn libc(made: &Made) -> Option<String> {
    let name = made.libc.name();
    let loader = goward_installer::canonical(Path::new(made.interpreter.as_ref()?)).ok()?;
    let file: PathBuf = match made.libc {
        Libc::Glibc => loader.parent()?.join("libc.so.6"),
        Libc::Musl => loader,
        _ => return None,
    };
    let version = version(made.libc, &read::read(&file, LIMIT).ok()?);
    Some(version.map_or(name.to_owned(), |version| format!("{name} {version}")))
}

fn version(libc: Libc, library: &[u8]) -> Option<String> {
    const BEFORE: &[u8] = b" release version ";
    // In numbers: `2.41`, `1.2.5`.
    let is_version = |text: &&[u8]| {
        let is_number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
        text.len() < 16 && text.contains(&b'.') && text.split(|&byte| byte == b'.').all(is_number)
    };
    let found = match libc {
        Libc::Musl => library.split(|&byte| byte == 0).find(is_version)?,
        _ => {
            let at = library.windows(BEFORE.len()).position(|piece| piece == BEFORE)?;
            let rest = &library[at + BEFORE.len()..];
            let text = rest.split(|byte| !byte.is_ascii_digit() && *byte != b'.').next()?;
            text.strip_suffix(b".").unwrap_or(text)
        }
    };
    is_version(&found).then(|| String::from_utf8_lossy(found).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c_libraries_say_their_versions() {
        let glibc =
            b"\0x\0GNU C Library (Debian GLIBC 2.41-12) stable release version 2.41.\nCopyright";
        assert_eq!(version(Libc::Glibc, glibc).as_deref(), Some("2.41"));
        let musl = b"\x7fELF\x00.1\x00..\x001.2.5\x00musl libc (x86_64)\nVersion %s\n\0";
        assert_eq!(version(Libc::Musl, musl).as_deref(), Some("1.2.5"));
        for nothing in [&b""[..], b" release version \x1b[2J", b"\x00.2\x00"] {
            assert_eq!(version(Libc::Glibc, nothing), None);
            assert_eq!(version(Libc::Musl, nothing), None);
        }
    }
}

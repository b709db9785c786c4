//! What stands beside Go: a C compiler, editors, the desktop, and C's ways of loading libraries.

use super::facts::Facts;
use super::words::{masked, path};
use super::{Found, Status};
use goward_resolver::{Os, Version, shown};

/// C code on a goroutine's stack runs on the stack of a thread, which has less than this at times.
const SMALL_STACK: u64 = 256 << 10;

/// cgo is on by itself where the C compiler is there (`cmd/go/internal/cfg`, from 1.20 on).
pub(super) fn cgo(facts: &Facts) -> Found {
    let compiler = &facts.compiler;
    let name = masked(&compiler.command);
    let mut found = Found::sound(format!("the C compiler {name} is there"));
    let set = facts.variables.get("CGO_ENABLED").map(|value| masked(value));
    if let Some(set) = &set {
        found.detail(format!("CGO_ENABLED={set} in the environment"));
    }
    if !compiler.has_pkg_config {
        found.detail("pkg-config is not on PATH; some packages with cgo ask it");
    }
    if set.as_deref() == Some("0") {
        found.sound = "cgo is off, by CGO_ENABLED".to_owned();
    } else if !compiler.is_there && (compiler.is_chosen || set.as_deref() == Some("1")) {
        let message = format!("the C compiler {name} is not there, so builds with cgo fail");
        found.add(Status::Warning, message).mend("install it, or unset CC and CGO_ENABLED");
    } else if !compiler.is_there {
        let message = format!("there is no C compiler {name} on PATH, so Go builds without cgo");
        let words = "install one if you need cgo or the race detector; else this is harmless";
        found.add(Status::Note, message).mend(words);
    }
    found
}

/// An editor that has a Go of its own in its settings builds with another one than the terminal. A program that
/// reads code knows the language of the Go that built it, and none later.
pub(super) fn editors(facts: &Facts) -> Found {
    let mut found =
        Found::sound("no editor has a Go of its own, and no tool is older than the default");
    let newest = facts.toolchains.iter().map(|one| &one.version).max();
    for tool in &facts.tools {
        let (place, built_by) = (path(&tool.path), &tool.built_by);
        let is_older =
            |than: Option<&Version>| than.map(Version::language) > Some(built_by.language());
        let (status, than) = match (&facts.default, newest) {
            (Some(default), _) if is_older(Some(default)) => (Status::Warning, default),
            (_, Some(newest)) if is_older(Some(newest)) => (Status::Note, newest),
            _ => {
                found.detail(format!("{place} was built by go{built_by}"));
                continue;
            }
        };
        let message =
            format!("{place} was built by go{built_by}, and does not know code for go{than}");
        found.add(status, message).mend("install it anew, with that Go");
    }
    let shims = facts.shims.as_ref().map(|shims| shown(&shims.directory));
    for setting in &facts.editors {
        let (place, key) = (format!("{}:{}", path(&setting.file), setting.line), setting.key);
        let value = masked(setting.value.as_bytes());
        if shims.as_ref().is_some_and(|shims| value.starts_with(shims)) {
            found.detail(format!("{place}: {key} is {value}, goward's shim"));
            continue;
        }
        let message = format!("{place} sets {key} to {value}, whatever a project asks for");
        found.add(Status::Warning, message).mend("take that setting out: goward's shim chooses");
    }
    found
}

/// Programs that the desktop starts get no PATH from the files of a shell on a terminal.
pub(super) fn desktop(facts: &Facts) -> Found {
    let Some(desktop) = &facts.desktop else {
        return Found::skipped("there is no desktop here, as far as the environment says");
    };
    let mut found = Found::sound("a file that the desktop reads has goward's shims");
    if desktop.has_shims {
        return found;
    }
    let words = match facts.os {
        Os::MacOs => {
            "start the editor from a terminal, or run: sudo launchctl config user path PATH"
        }
        _ => "start the editor from a terminal, or put PATH into ~/.config/environment.d/go.conf",
    };
    let message = "no file that the desktop reads puts goward's shims on PATH, so editors may find another Go";
    found.add(Status::Note, message).mend(words);
    found
}

/// A C library made by Go is tied to its place in the thread-local data, which musl's `dlopen` refuses.
pub(super) fn libc(facts: &Facts) -> Found {
    let mut found = Found::sound(match facts.is_musl {
        true => "no library here has a fixed place in the data of threads",
        false => "this system's C library is not musl, which refuses libraries made by Go",
    });
    for library in &facts.fixed_libraries {
        let library = path(library);
        let message =
            format!("{library}, made by Go, cannot be loaded while a program runs, with musl");
        found
            .add(Status::Warning, message)
            .mend("link it into the program, or use a system with glibc");
    }
    if let Some(stack) = facts.limits.stack.filter(|stack| *stack < SMALL_STACK) {
        let kib = stack >> 10;
        let message =
            format!("threads of C get a stack of {kib} KiB, and programs with cgo may end by it");
        found.add(Status::Warning, message).run("ulimit -s 8192");
    }
    found
}

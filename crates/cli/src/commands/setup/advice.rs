//! What setup leaves to the user: lines to put somewhere, and the next steps.

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::paths::{Shown as _, to_path};
use crate::shell::Shell;
use goward_installer::Store;
use goward_resolver::Host as _;
use std::path::{Path, PathBuf};

/// Names the files that lack the line.
pub(super) fn missing(failed: Vec<(&Path, Failure)>) -> Failure {
    let files: Vec<_> = failed.iter().map(|(file, _)| file.shown()).collect();
    let files = files.join(" and ");
    let message = format!("{files} cannot be edited, and the line for PATH is missing there");
    let mut missing = Failure::new(Exit::Failure, message);
    for (_, failure) in failed {
        missing.causes.extend(failure.message);
        missing.causes.extend(failure.causes);
        missing.hints.extend(failure.hints);
    }
    missing.hint("put the line that was printed there yourself; everything else is in place")
}

/// Prints a line that the user can put into a file, unless the shims are first on PATH.
pub(super) fn advise(cx: &Context, shims: &Path, what: &str, line: &[u8]) {
    if is_first(cx, shims) {
        cx.output.note("the shims are first on PATH");
    } else {
        cx.output.note(what);
        print(cx, line);
    }
}

/// The advice to a user whose shell has no line here, and the line of sh.
pub(super) fn in_sh(dirs: &[&Path], login: &str) -> (String, Vec<u8>) {
    let who = match login {
        "" => "SHELL is not set, and your account has no shell, so it is not known".to_owned(),
        login => format!("there is no line for {login} here"),
    };
    let what = format!(
        "{who}; put the shims first on PATH in its start-up file (for another shell: goward setup \
         --shell bash), as this line does in sh:"
    );
    (what, Shell::Sh.line(dirs).unwrap_or_default())
}

/// The failure of a setup that knows of no start-up file to edit.
pub(super) fn no_shell() -> Failure {
    let message = "no start-up file puts the shims first on PATH: your shell is none of those that setup edits";
    Failure::new(Exit::Failure, message)
        .hint("name another shell, for example: goward setup --shell bash")
        .hint("where you put the line in yourself, run: goward setup --no-modify-path")
}

/// The reason why a shell has no line for this root.
pub(super) fn no_text(store: &Store, shell: Shell) -> Failure {
    let root = store.root().shown();
    let shell = shell.name();
    let message = format!("{root} is not UTF-8, and no line of {shell} can put such on PATH");
    Failure::new(Exit::Usage, message).hint("set GOWARD_ROOT to another directory")
}

/// Prints a line for a start-up file, to the byte.
pub(super) fn print(cx: &Context, line: &[u8]) {
    cx.output.bytes(&[line, b"\n"].concat());
}

/// Whether no other `go` comes before the shims.
pub(super) fn is_first(cx: &Context, shims: &Path) -> bool {
    let path = cx.machine.var("PATH").map(to_path).unwrap_or_default();
    let go = format!("go{}", std::env::consts::EXE_SUFFIX);
    let first = std::env::split_paths(&path).find(|dir| dir.join(&go).is_file());
    first.is_some_and(|first| first == shims)
}

/// Prints the next steps once the start-up files, of which one is for shells on a terminal, are right:
/// for the shell that runs now, and for goward. Returns their commands.
pub(super) fn next_steps(
    cx: &Context,
    store: &Store,
    shell: Shell,
    files: &[PathBuf],
) -> Vec<String> {
    let on_terminal = |file: &&PathBuf| {
        file.file_stem().is_some_and(|name| name.as_encoded_bytes().ends_with(b"rc"))
    };
    let Some(file) = files.iter().find(on_terminal).or(files.first()) else { return Vec::new() };
    let word = file.word("FILE");
    let command = match shell {
        Shell::Fish | Shell::Csh | Shell::Tcsh | Shell::Nu => format!("source {word}"),
        Shell::Elvish => format!("eval (slurp < {word})"),
        _ => format!(". {word}"),
    };
    cx.output.note(&format!("for this shell, run: {command}"));
    let none = store.installed().is_ok_and(|installed| installed.is_empty());
    let next = if none { "goward install latest" } else { "go version" };
    cx.output.note(&format!("next, run: {next}"));
    vec![command, next.to_owned()]
}

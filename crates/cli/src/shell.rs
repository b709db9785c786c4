//! Shells: the start-up files of a shell that put a directory on PATH, and their line. Paths and
//! files are bytes here: neither has to be text.

mod files;
mod kind;
mod line;
mod session;

pub(crate) use files::{Home, all_files};
pub(crate) use kind::Shell;
pub(crate) use line::{
    MARK, has_line, powershell_for_good, with_line, with_line_last, without_lines,
};
pub(crate) use session::Session;

use crate::paths::to_bytes;
use clap::ValueEnum as _;
use std::path::Path;

/// The byte that separates directories in PATH: no directory on it can have it in its name.
const SEPARATOR: u8 = if cfg!(windows) { b';' } else { b':' };

/// The part of `dir`'s path that keeps a line from putting it on PATH, if there is one.
pub(crate) fn obstacle(dir: &Path) -> Option<&'static str> {
    let text = dir.as_os_str().as_encoded_bytes();
    if text.contains(&SEPARATOR) {
        return Some(if cfg!(windows) { "`;`" } else { "`:`" });
    }
    let breaks = text.iter().any(|b| matches!(b, b'\n' | b'\r'));
    breaks.then_some("a line break")
}

/// The lines of all shells for these directories.
pub(crate) fn all_lines(dirs: &[&Path]) -> Vec<Vec<u8>> {
    let mut lines: Vec<_> =
        Shell::value_variants().iter().filter_map(|shell| shell.line(dirs)).collect();
    lines.sort();
    lines.dedup();
    lines
}

impl Shell {
    /// The line that puts `dirs` first on PATH, without a line break; it does nothing where they
    /// are first already, as in a shell below a shell. `None` if this shell cannot spell the
    /// directories, whose names are no text.
    pub(crate) fn line(self, dirs: &[&Path]) -> Option<Vec<u8>> {
        let dirs: Vec<_> = dirs.iter().map(|dir| to_bytes(dir)).collect();
        let text =
            || -> Option<Vec<_>> { dirs.iter().map(|dir| std::str::from_utf8(dir).ok()).collect() };
        Some(match self {
            Shell::Sh | Shell::Bash | Shell::Zsh | Shell::Ksh | Shell::Mksh => line::posix(&dirs),
            Shell::Fish => line::fish(&dirs),
            Shell::Csh | Shell::Tcsh => line::csh(&dirs),
            Shell::Elvish => line::elvish(&dirs),
            Shell::Nu => line::nu(&text()?),
            Shell::Pwsh => line::powershell(&text()?),
        })
    }
}

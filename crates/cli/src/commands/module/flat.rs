//! `goward mod --flat FILE`. git runs this on every version of a file that anyone committed: it must
//! print something of each, or `git diff` fails.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use goward_installer::read;
use goward_resolver::MOD_LIMIT;
use std::io::{self, Read as _};
use std::path::Path;

/// The size of the pieces of a file that is too large to be taken apart, in bytes.
const PIECE: u64 = 64 << 10;

/// Prints the file with one directive a line, or as it is.
pub(super) fn print(cx: &Context, file: &Path) -> Result<()> {
    let cannot = |error: io::Error| {
        let exit = match error.kind() {
            io::ErrorKind::NotFound => Exit::NotFound,
            _ => Exit::Failure,
        };
        Failure { exit, ..Failure::io("read", file, &error) }
    };
    let mut open = read::open(file).map_err(cannot)?;
    let mut piece = |limit: u64| -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        open.by_ref().take(limit).read_to_end(&mut bytes).map_err(cannot)?;
        Ok(bytes)
    };
    let limit = MOD_LIMIT as u64;
    let mut bytes = piece(limit)?;
    let more = piece(PIECE)?;
    if more.is_empty() {
        bytes = goward_gomod::flat(&bytes).unwrap_or(bytes);
        show(cx, &bytes);
        return Ok(());
    }
    show(cx, &bytes);
    let mut rest = more;
    while !rest.is_empty() {
        show(cx, &rest);
        rest = piece(PIECE)?;
    }
    Ok(())
}

/// Prints bytes as they are; on a terminal and in the log of a CI system, lines without anything that acts
/// there.
fn show(cx: &Context, bytes: &[u8]) {
    if cx.output.is_for_programs() {
        return cx.output.bytes(bytes);
    }
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    cx.output.lines(text);
}

//! What `go version -m` of the newest Go prints, with its status (cmd/go/internal/version).

use super::Read;
use super::files::Files;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{text, to_bytes};
use goward_gobin::{Depth, Found, Needs, Program, Refused};
use std::path::{Component, Path, PathBuf};

/// Prints it. Bytes are Go's own only where neither a terminal nor a CI system reads them.
pub(super) fn print(cx: &Context, paths: &[PathBuf]) -> Result<()> {
    // Go passes over a directory that only a link leads to.
    let linked = |path: &&PathBuf| path.is_symlink() && path.is_dir();
    let mut files = Files::of(paths.iter().filter(|path| !linked(path)));
    let unlisted = std::mem::take(&mut files.unlisted);
    let (read, mut refused) = super::read_all(files, Depth::Headers, false);
    for Read { file, found } in &read {
        match found.as_ref().map_err(ToString::to_string).and_then(|found| known(found)) {
            Ok(program) => {
                let path = if file.named { file.path.clone() } else { clean(&file.path) };
                let bytes = lines(&path, program);
                match cx.output.is_for_programs() {
                    true => cx.output.bytes(&bytes),
                    false => {
                        let text = text(&bytes);
                        text.lines().for_each(|line| cx.output.tabbed(None, line));
                    }
                }
            }
            Err(why) if file.named => refused.push(refusal(&file.path, found, &why)),
            Err(_) => {}
        }
    }
    refused.iter().chain(&unlisted).for_each(|failure| cx.output.failure(failure));
    match refused.is_empty() {
        true => Ok(()),
        // Go's own status.
        false => Err(Failure::silent(Exit::Failure)),
    }
}

fn refusal(path: &Path, found: &std::result::Result<Vec<Program>, Refused>, why: &str) -> Failure {
    match found {
        Err(refused) => super::refusal(path, refused),
        Ok(_) => super::refusal(path, &Refused::NotGo).because(why),
    }
}

/// The program that Go reports of a file: the first slice, by its section.
///
/// # Errors
/// What Go finds too little in a file in which goward finds more.
fn known(found: &[Program]) -> std::result::Result<&Program, String> {
    let first = found.first().ok_or("nothing in it")?;
    match first {
        Program { archived: true, .. } => Err("Go opens no archives".to_owned()),
        Program { needs: Needs { linked: false, .. }, .. } => {
            Err("Go reads only what is linked".to_owned())
        }
        Program { found: Found::Search, .. } => {
            Err("Go 1.27 searches no other sections".to_owned())
        }
        _ => Ok(first),
    }
}

/// A path as Go joins it below a directory: without `.`, and `..` takes a name away.
fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match (component, clean.components().next_back()) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir)) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                clean.pop();
            }
            _ => clean.push(component),
        }
    }
    clean
}

fn lines(path: &Path, program: &Program) -> Vec<u8> {
    let mut bytes = [&*to_bytes(path), b": ", &program.info.version, b"\n"].concat();
    let lines = program.info.lines();
    if let Some(lines) = lines.strip_suffix(b"\n") {
        bytes.push(b'\t');
        for byte in lines {
            bytes.push(*byte);
            if *byte == b'\n' {
                bytes.push(b'\t');
            }
        }
        bytes.push(b'\n');
    }
    bytes
}

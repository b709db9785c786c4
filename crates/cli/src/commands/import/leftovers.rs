//! What stays behind: lines of start-up files, variables, entries of PATH, and programs. goward
//! removes none of it.

use super::Wanted;
use crate::commands::setup::STARTUP_LIMIT;
use crate::context::Context;
use crate::on_path;
use crate::paths::{Shown as _, shown, text, to_bytes, to_path};
use crate::shell::{Home, MARK, Shell, all_files};
use clap::ValueEnum as _;
use goward_govern::peers;
use goward_govern::pins::Construct;
use goward_govern::startup::others::{Does, OtherLine, other_lines};
use goward_govern::{defaults, peers::Peer};
use goward_resolver::{Host as _, Owner};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The characters of a line that a plan shows.
const SHOWN: usize = 80;
/// Programs of a tree that are Go's own.
const OF_GO: [&str; 2] = ["go", "gofmt"];

/// Something that the user would take out.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub(super) struct Leftover {
    /// The file; null for what this shell has.
    pub(super) file: Option<String>,
    pub(super) line: Option<usize>,
    /// What stands there; null where goward may not show it.
    pub(super) text: Option<String>,
    /// What it does, and what to do.
    pub(super) why: String,
}

/// A directory of programs that `go install` put there.
#[derive(Serialize)]
pub(super) struct Tools {
    pub(super) directory: String,
    /// The tool that chose the directory.
    pub(super) by: &'static str,
    pub(super) count: usize,
}

/// What these tools have left in start-up files, and in this shell.
pub(super) fn rows(cx: &Context, wanted: &Wanted<'_>) -> Vec<Leftover> {
    let env = cx.environment();
    let wants = |peer: Option<Peer>| peer.is_none_or(|peer| wanted.has(peer));
    let mut rows = Vec::new();
    for file in files(cx) {
        let Ok(Some(found)) = cx.machine.read_entry(&to_bytes(&file), STARTUP_LIMIT) else {
            continue;
        };
        let lines = other_lines(&env, &found.bytes, MARK).into_iter();
        let lines = lines.filter(|line| wants(line.does.peer()));
        let is_own = found.owner == Owner::Trusted;
        rows.extend(lines.map(|line| Leftover::of_line(&file, &line, is_own)));
    }
    rows.extend(package_set(cx, wanted));
    for left in peers::leftovers(&env).into_iter().filter(|left| wants(left.peer)) {
        let text = format!("{}={}", left.key, shown(&left.value));
        let (text, why) = (Some(text), on_path::leftover(&left));
        rows.push(Leftover { file: None, line: None, text, why });
    }
    let path = cx.machine.var("PATH").map(to_path).unwrap_or_default();
    for entry in std::env::split_paths(&path) {
        let peer = peers::keeper(&env, &to_bytes(&entry)).filter(|peer| peer.is_manager());
        let Some(peer) = peer.filter(|peer| wanted.has(*peer)) else { continue };
        let why = format!("{} is on PATH in this shell: open a new one afterwards", peer.name);
        let row = Leftover { file: None, line: None, text: Some(entry.shown()), why };
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    rows
}

/// Every start-up file that a shell of this user may read.
fn files(cx: &Context) -> Vec<PathBuf> {
    let Some(directory) = cx.machine.home().map(|home| to_path(&home)) else { return Vec::new() };
    let var = |key: &str| cx.machine.var(key).filter(|value| !value.is_empty()).map(to_path);
    let exists = |file: &Path| file.symlink_metadata().is_ok();
    let home = Home { directory: &directory, var: &var, exists: &exists };
    let list = |dir: &Path| {
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    };
    let sessions = Shell::value_variants().iter().flat_map(|shell| shell.sessions(&home, &list));
    let mut files = all_files(&home);
    files.extend(sessions.flat_map(|session| session.files));
    files.sort();
    files.dedup();
    files.retain(|file| exists(file));
    files
}

/// The package set that gvm enters in each shell.
fn package_set(cx: &Context, wanted: &Wanted<'_>) -> Option<Leftover> {
    let found = defaults::package_set(&cx.environment()).filter(|set| wanted.has(set.peer))?;
    Some(Leftover {
        file: Some(text(&found.file)),
        line: found.line,
        text: super::defaults::said(&found),
        why: "a package set: with goward all versions have one GOPATH; for one project put GOPATH \
              into its .goenv, then run: goward trust"
            .to_owned(),
    })
}

impl Leftover {
    fn of_line(file: &Path, line: &OtherLine, is_own: bool) -> Leftover {
        let why = match line.does {
            Does::Enters(peer) => format!("it brings {} into the shell: take it out", peer.name),
            Does::Sets(key, Some(peer)) => {
                format!("{key} leads to {}: take it out", peer.name)
            }
            Does::PutsGoroot => {
                "it puts $GOROOT/bin first on PATH, which is /bin where GOROOT is not set: take it out"
                    .to_owned()
            }
            Does::Sets(key, None) => format!("Go finds its {key} by itself: take it out"),
        };
        let text = is_own.then(|| shortened(&line.text));
        Leftover {
            file: Some(file.to_string_lossy().into_owned()),
            line: Some(line.line),
            text,
            why,
        }
    }

    /// A construct in a project's directory that has no equal.
    pub(super) fn of_project(construct: &Construct, dir: &Path) -> Leftover {
        let (variable, goenv) = (&construct.variable, dir.join(".goenv").word("FILE"));
        Leftover {
            file: Some(text(&construct.file)),
            line: construct.line,
            text: Some(variable.clone()),
            why: format!(
                "{} sets {variable} for this directory: put it into .goenv, then run: goward trust \
                 {goenv}",
                construct.peer.name
            ),
        }
    }
}

fn shortened(line: &[u8]) -> String {
    let text = shown(line);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The directories of programs that these tools chose.
pub(super) fn tools(cx: &Context, wanted: &Wanted<'_>) -> Vec<Tools> {
    let found = peers::programs(&cx.environment()).into_iter();
    let found = found.filter(|(peer, _)| wanted.has(*peer)).filter_map(|(peer, directory)| {
        let entries = std::fs::read_dir(to_path(&directory)).into_iter().flatten().flatten();
        let is_other = |path: &PathBuf| {
            let of_go = path.file_stem().is_some_and(|name| OF_GO.iter().any(|go| name == *go));
            !of_go && cx.machine.kind(&to_bytes(path)).is_program()
        };
        let count = entries.map(|entry| entry.path()).filter(is_other).count();
        (count > 0).then(|| Tools { directory: text(&directory), by: peer.name, count })
    });
    let mut found: Vec<Tools> = found.collect();
    found.sort_by(|one, other| one.directory.cmp(&other.directory));
    found
}

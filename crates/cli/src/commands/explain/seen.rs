//! Files that a reader may take for a choice of Go, and that goward does not read here.

use crate::paths::{NOT_SHOWN, Near, shown, to_bytes, to_path};
use goward_govern::pins;
use goward_resolver::{Chain, FileText, Host, ModuleFile, Origin, PinFile, Survey, Syntax, quoted};
use serde::{Serialize, Serializer};
use std::path::{Path, PathBuf};

/// In bytes; a larger file is none that a person wrote.
const LIMIT: usize = 64 << 10;
/// Directories that are looked at, upwards.
const DEPTH: usize = 64;

/// The variables that choose a toolchain.
pub(super) const VARIABLES: [&str; 2] = ["GOTOOLCHAIN", "GOWARD_VERSION"];
/// The reason why a Makefile's line for one of them does not count outside of make.
const OUTSIDE: &str = "it counts for a `go` that make starts: see `goward explain` in a recipe";

/// A file with a line about Go that does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Seen {
    /// The file.
    #[serde(serialize_with = "lossy")]
    pub(super) file: PathBuf,
    /// Its line, from 1.
    pub(super) line: usize,
    /// The line's statement, printable.
    pub(super) says: String,
    /// The reason why it does not count.
    pub(super) why: &'static str,
}

impl Seen {
    /// The file and line, as they look from there.
    pub(super) fn place(&self, near: &Near) -> String {
        format!("{}:{}", near.show(&to_bytes(&self.file)), self.line)
    }
}

/// A path in JSON, which knows Unicode only.
fn lossy<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&path.to_string_lossy())
}

/// Each such file at or above the directory, the nearest first.
pub(super) fn files(here: &Survey<'_>) -> Vec<Seen> {
    let chain = &here.chain;
    let Some(directory) = chain.directory.as_deref().map(to_path) else { return Vec::new() };
    let host = chain.env().host();
    // Below make, its variables are those of this process.
    let outside = chain.env().get("MAKELEVEL").is_none();
    let makefile =
        outside.then(|| makefile(here, &VARIABLES, OUTSIDE, |lines| lines.first().copied()));
    let makefile = makefile.flatten();
    let mut seen: Vec<Seen> = makefile.into_iter().collect();
    for dir in directory.ancestors().take(DEPTH) {
        let others = pins::FILES.iter().filter_map(|file| other(host, dir, *file));
        seen.extend(others);
    }
    seen.extend(beside_the_pin(chain));
    seen.extend(below_a_workspace(here));
    seen
}

/// A file's text. Behind a link, or in another user's file, it may be a secret, so that a report shows
/// nothing of it.
fn read(host: &dyn Host, path: &Path) -> Option<FileText> {
    host.read_entry(&to_bytes(path), LIMIT).ok()?
}

/// A statement, if the file's text may be shown.
fn said(text: &FileText, says: impl FnOnce() -> String) -> String {
    if text.is_quotable() { says() } else { NOT_SHOWN.to_owned() }
}

/// The statement of another manager's file.
fn other(host: &dyn Host, dir: &Path, (name, form): (&str, pins::Form)) -> Option<Seen> {
    let file = dir.join(name);
    let found = pins::statement(host, &to_bytes(&file), form).ok()??;
    let says = if found.quotable { shown(&found.text) } else { NOT_SHOWN.to_owned() };
    Some(Seen { file, line: found.line?, says, why: "not read by goward" })
}

/// The `.tool-versions` beside a `.go-version`.
fn beside_the_pin(chain: &Chain<'_>) -> Option<Seen> {
    let Some(Ok(pin)) = &chain.pin else { return None };
    let path = to_path(&pin.path);
    if pin.syntax != Syntax::GoVersion {
        return None;
    }
    let file = path.with_file_name(".tool-versions");
    let text = read(chain.env().host(), &file)?;
    let other = PinFile { path: to_bytes(&file), text, syntax: Syntax::ToolVersions };
    let Origin { line, .. } = other.parse(false).ok()?.origin;
    let line = usize::try_from(line).ok()?;
    let lines = other.text.bytes.split(|&byte| byte == b'\n');
    let says = lines.into_iter().nth(line.checked_sub(1)?)?.trim_ascii();
    let says = said(&other.text, || shown(says));
    Some(Seen { file, line, says, why: "the .go-version beside it goes first" })
}

/// The module's own file, where a `go.work` counts.
pub(super) fn member(here: &Survey<'_>) -> Option<(ModuleFile, FileText)> {
    if !here.chain.has_workspace() {
        return None;
    }
    let directory = to_path(here.chain.directory.as_deref()?);
    let mut files = directory.ancestors().take(DEPTH).map(|dir| dir.join("go.mod"));
    let (file, text) = files.find_map(|file| {
        let text = read(here.chain.env().host(), &file)?;
        Some((file, text))
    })?;
    Some((ModuleFile::scan(&to_bytes(&file), &text), text))
}

fn below_a_workspace(here: &Survey<'_>) -> Option<Seen> {
    let (module, text) = member(here)?;
    let (word, line) = match (&module.toolchain, &module.go) {
        (Some(line), _) => ("toolchain", line),
        (None, Some(line)) => ("go", line),
        (None, None) => return None,
    };
    let says = said(&text, || format!("{word} {}", plain(&line.value)));
    let line = usize::try_from(line.line).ok()?;
    let file = to_path(&module.path);
    Some(Seen { file, line, says, why: "the go.work above counts instead" })
}

/// The line of a Makefile that sets one of these variables for the programs that make starts; `choose`
/// takes one of all such lines, each with its number from 0.
pub(super) fn makefile(
    here: &Survey<'_>,
    variables: &[&str],
    why: &'static str,
    choose: impl for<'t> Fn(Vec<(usize, &'t str)>) -> Option<(usize, &'t str)>,
) -> Option<Seen> {
    let (host, directory) = (here.chain.env().host(), here.chain.directory.as_deref()?);
    let directory = to_path(directory);
    let mut files =
        ["GNUmakefile", "makefile", "Makefile"].map(|name| directory.join(name)).into_iter();
    let (file, found) = files.find_map(|file| {
        let text = read(host, &file)?;
        Some((file, text))
    })?;
    let text = std::str::from_utf8(&found.bytes).ok()?;
    let assigns = |line: &&str| {
        variables.iter().any(|variable| {
            let rest = line.split_once(variable).map(|(_, rest)| rest.trim_start());
            rest.is_some_and(|rest| rest.trim_start_matches([':', '?', '+']).starts_with('='))
        })
    };
    let lines = text.lines().enumerate().filter(|(_, line)| assigns(line));
    let (at, line) = choose(lines.collect())?;
    let says = said(&found, || shown(line.trim().as_bytes()));
    Some(Seen { file, line: at + 1, says, why })
}

/// A value, quoted unless it is plain.
fn plain(value: &str) -> String {
    let is_plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    if is_plain { value.to_owned() } else { quoted(value.as_bytes()) }
}

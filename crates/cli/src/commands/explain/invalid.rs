//! Lines of `go.mod` and `go.work` that are none for Go. A Go that may switch refuses a toolchain line
//! that is no name before anything else (`cmd/go/internal/toolchain/select.go`, `Select`); each Go
//! refuses what its parser does not know (golang.org/x/mod/modfile).

use super::cures::{Cure, place};
use super::members::{Command, Workspace, nearest, text};
use crate::paths::{NOT_SHOWN, Near};
use goward_gomod::{File, Kind as Which, Release, Rules};
use goward_resolver::{FileText, Origin, Plan, Survey, ToolchainName, Version, shown};
use serde::Serialize;

/// The characters of a message that are shown: a stranger's line may be long.
const MOST_SHOWN: usize = 160;

/// The refusal of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct InvalidLine {
    /// The line; 0 for what the whole file lacks.
    origin: Origin,
    /// Go's words about it, printable.
    words: String,
    /// Its text, printable.
    says: String,
    /// What it probably means.
    meant: Option<Meant>,
    /// Whether goward's `use --go-mod` edits this file.
    chosen: bool,
}

/// The meaning of a line that Go refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Meant {
    Go(Version),
    Toolchain(Version),
    Module,
}

/// A line for an editor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::commands) struct Edit {
    #[serde(flatten, serialize_with = "super::levels::origin")]
    origin: Option<Origin>,
    /// Its new text; `None` where goward does not know what it should say.
    write: Option<String>,
}

/// Go's refusal of a line for `command`, by a Go of the version `running`.
pub(super) fn of(
    here: &Survey<'_>,
    plan: Option<&Plan>,
    running: &Version,
    command: Command,
) -> Option<InvalidLine> {
    let host = here.chain.env().host();
    let by_selection = plan.and_then(|plan| here.refused_toolchain_line(plan, running));
    let module = here.chain.module.as_ref().and_then(|module| module.as_ref().ok());
    if let (Some(line), Some(module)) = (by_selection, module) {
        let text = text(here, &module.path)?;
        let words = format!("invalid toolchain \"{}\"", line.value);
        return Some(refused((module.path.clone(), &text), (line.line, words), true));
    }
    let release = Release(running.language().as_str().strip_prefix("1.")?.parse().ok()?);
    let builds = command == Command::Build;
    if !builds && !here.loads_module() {
        return None;
    }
    if !here.chain.has_workspace() {
        return own_file(here, module.map(|module| module.path.clone())?, release, true);
    }
    if !builds && !here.loads_workspace() {
        return own_file(here, nearest(here)?, release, false);
    }
    let work = module?.path.clone();
    let text = text(here, &work)?;
    let rules = Rules::strict(Which::Workspace).of(release);
    if let Some(found) = parsed(&text, rules) {
        return Some(refused((work, &text), found, true));
    }
    let members = Workspace::read(here)?.near(host);
    members.into_iter().find_map(|(path, text)| {
        let found = parsed(&text, Rules::building().of(release))?;
        Some(refused((path, &text), found, false))
    })
}

fn own_file(
    here: &Survey<'_>,
    path: Vec<u8>,
    release: Release,
    chosen: bool,
) -> Option<InvalidLine> {
    let text = text(here, &path)?;
    let found = parsed(&text, Rules::building().of(release))?;
    Some(refused((path, &text), found, chosen))
}

/// The first error of a file and its line.
fn parsed(text: &FileText, rules: Rules) -> Option<(u32, String)> {
    match File::parse(&text.bytes[..], rules) {
        Err(refused) => {
            let error = refused.errors().first()?;
            Some((error.position().line, error.message(rules.kind().file_name())))
        }
        Ok(file) if rules.kind() == Which::Module && file.module.is_none() => {
            Some((0, MODULELESS.to_owned()))
        }
        Ok(_) => None,
    }
}

/// Go's words for a `go.mod` that names no module.
const MODULELESS: &str = "missing module declaration";

fn refused(
    (path, text): (Vec<u8>, &FileText),
    (line, words): (u32, String),
    chosen: bool,
) -> InvalidLine {
    let origin = Origin { path, line, owner: text.owner };
    let own = line.checked_sub(1).and_then(|at| {
        let at = usize::try_from(at).ok()?;
        text.bytes.split(|byte| *byte == b'\n').nth(at)
    });
    let own = String::from_utf8_lossy(own.unwrap_or_default());
    let meant = if line == 0 { Some(Meant::Module) } else { meant(&own) };
    // Behind a link, or in another user's file, the text may be a secret.
    let (words, says) = match text.is_quotable() || line == 0 {
        true => (clipped(&words), clipped(own.trim())),
        false => ("its parser refuses the line".to_owned(), NOT_SHOWN.to_owned()),
    };
    InvalidLine { origin, words, says, meant, chosen }
}

/// The words, printable and not too long.
fn clipped(words: &str) -> String {
    let mut first: String = words.chars().take(MOST_SHOWN).collect();
    if first.len() < words.len() {
        first.push('…');
    }
    shown(first.as_bytes())
}

/// What a go or toolchain line means whose version is not spelt as Go spells it.
fn meant(line: &str) -> Option<Meant> {
    let line = line.split("//").next().unwrap_or_default();
    let mut words = line.split_ascii_whitespace();
    let (verb, value) = (words.next()?, words.next()?);
    if words.next().is_some() {
        return None;
    }
    let bare = value.trim_matches(['"', '\'', '`']);
    let number = bare.trim_start_matches("go").trim_start_matches('v');
    let version = version(number)?;
    match verb {
        "go" if version.as_str() != value => Some(Meant::Go(version)),
        "toolchain" if value != ToolchainName::of(&version).as_str() => {
            version.knows_gotoolchain().then_some(Meant::Toolchain(version))
        }
        _ => None,
    }
}

/// The version that the text is, or begins with: `1.23.x` is 1.23.
fn version(text: &str) -> Option<Version> {
    let whole = Version::parse(text);
    whole.or_else(|| Version::parse(text.rsplit_once('.')?.0)).filter(|it| it.as_str() != "1")
}

impl InvalidLine {
    /// The reason, with paths as they look from there.
    pub(super) fn because(&self, near: &Near) -> String {
        let line = place(&self.origin, &near.show(&self.origin.path));
        format!("Go cannot read {line}: {}", self.words)
    }

    /// The line, and its text.
    pub(super) fn against(&self, near: &Near) -> (String, String) {
        (place(&self.origin, &near.show(&self.origin.path)), self.says.clone())
    }

    /// The commands that mend it. `go mod edit` refuses the file, too.
    pub(super) fn cures(&self, near: &Near) -> Vec<Cure> {
        let file = near.show(&self.origin.path);
        let cure = match &self.meant {
            Some(Meant::Toolchain(version)) if self.chosen => Cure {
                command: format!("goward use {version} --go-mod"),
                effect: format!("writes the toolchain line of {file}"),
            },
            Some(Meant::Module) => Cure {
                command: "go mod edit -module=example.com/mod".to_owned(),
                effect: format!("names the module in {file}; choose your own name"),
            },
            _ => return Vec::new(),
        };
        vec![cure]
    }

    /// The line for an editor.
    pub(super) fn edit(&self) -> Option<Edit> {
        let write = match &self.meant {
            Some(Meant::Go(version)) => Some(format!("go {version}")),
            Some(Meant::Toolchain(version)) if !version.is_language() => {
                let name = ToolchainName::of(version);
                Some(format!("toolchain {name}"))
            }
            Some(Meant::Module) => return None,
            Some(Meant::Toolchain(_)) | None => None,
        };
        Some(Edit { origin: Some(self.origin.clone()), write })
    }
}

impl Edit {
    /// The place and the new text, for the page.
    pub(super) fn in_words(&self, near: &Near) -> (String, String) {
        let text = match &self.write {
            Some(text) => format!("write: {text}"),
            None => "mend the line, or take it out".to_owned(),
        };
        (format!("edit {}", self.place(near)), text)
    }

    /// The same as a hint.
    pub(super) fn hint(&self, near: &Near) -> String {
        match &self.write {
            Some(text) => format!("in {} write: {text}", self.place(near)),
            None => format!("mend {}, or take it out", self.place(near)),
        }
    }

    fn place(&self, near: &Near) -> String {
        let origin = self.origin.as_ref();
        origin.map(|origin| place(origin, &near.show(&origin.path))).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_meaning_of_a_line() {
        let go = |text: &str| Some(Meant::Go(Version::parse(text).unwrap()));
        let toolchain = |text: &str| Some(Meant::Toolchain(Version::parse(text).unwrap()));
        for (line, expected) in [
            ("go 1.23.x", go("1.23")),
            ("go v1.23.2", go("1.23.2")),
            ("\tgo go1.23 // why\r", go("1.23")),
            ("go \"1.21\"", go("1.21")),
            ("toolchain 1.23.2", toolchain("1.23.2")),
            ("toolchain go1.23.x", toolchain("1.23")),
            ("toolchain v1.23.2", toolchain("1.23.2")),
            ("toolchain 1.20.1", None),
            ("toolchain local", None),
            ("go latest", None),
            ("go 1.x", None),
            ("go 1.21", None),
            ("toolchain go1.21.3", None),
            ("nonsense 1.21.x", None),
            ("go 1.21 x", None),
            ("go (", None),
            ("go", None),
        ] {
            assert_eq!(meant(line), expected, "{line}");
        }
    }

    #[test]
    fn words_are_printable_and_short() {
        assert_eq!(clipped("unknown directive: \u{1b}[31m"), "unknown directive: \\x1b[31m");
        assert_eq!(clipped(&"x".repeat(9_000)).chars().count(), MOST_SHOWN + 1);
    }
}

//! Files of projects in which other managers keep the version of Go, and that goward does not read
//! when it chooses. They are read as data, and a name in them becomes text again only as the
//! selector that it means.

use crate::peer::Peer;
use goward_resolver::path::join;
use goward_resolver::{
    FileText, Host, Kind, Owner, PinFile, Selector, Syntax, ToolchainName, Version,
};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// In bytes; a larger file is none that a person wrote.
pub const LIMIT: usize = 64 << 10;

/// A kind of TOML file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// mise's: the key `go` of the table `tools`.
    Mise,
    /// vfox's: the key `golang` of the table `tools`.
    Vfox,
    /// proto's: the key `go`, outside of all tables.
    Proto,
}

/// The names of such files, in the order in which one of a directory outranks the next.
pub const FILES: [(&str, Form); 5] = [
    ("mise.local.toml", Form::Mise),
    ("mise.toml", Form::Mise),
    (".mise.toml", Form::Mise),
    (".vfox.toml", Form::Vfox),
    (".prototools", Form::Proto),
];

/// The names of gvm's: a package set, and a directory that is one.
pub const PACKAGE_SETS: [&str; 2] = [".go-pkgset", ".gvm_local"];

/// A statement of another manager's about the version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The manager.
    pub peer: Peer,
    /// The file, or the link.
    pub file: Vec<u8>,
    /// The line, from 1; `None` for a link.
    pub line: Option<usize>,
    /// The line without blanks around it, as it is in the file.
    pub text: Vec<u8>,
    /// Whether a message may repeat the text: the file is the caller's or root's, and no link.
    pub quotable: bool,
    /// The owner of the file.
    pub owner: Owner,
    /// The version itself, without quotes, where it stands as it is and is the only one: its text, its line, and its columns
    /// from 1, in characters.
    pub version: Option<(String, usize, Range<u32>)>,
    /// The meaning; `None` if goward has no selector for it.
    pub wants: Option<Selector>,
}

/// A file that is there and tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is no regular file of the size that such a file has, or the caller may not read it.
    Closed,
    /// It is no UTF-8 text.
    NotText,
    /// It is no TOML.
    NotToml,
}

impl Unread {
    /// The reason in words.
    pub fn why(self) -> &'static str {
        match self {
            Unread::Closed => "it cannot be read",
            Unread::NotText => "it is not UTF-8 text",
            Unread::NotToml => "it is not valid TOML",
        }
    }
}

/// Another construct in a project that has no equal in a `.go-version`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Construct {
    /// The manager.
    pub peer: Peer,
    /// The file or the directory.
    pub file: Vec<u8>,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The variable of Go's that it sets.
    pub variable: String,
}

impl Form {
    /// The manager.
    pub fn peer(self) -> Peer {
        let name = match self {
            Form::Mise => "mise",
            Form::Vfox => "vfox",
            Form::Proto => "proto",
        };
        Peer { name }
    }

    fn keys(self) -> &'static [&'static str] {
        match self {
            Form::Mise => &["go", "golang", "core:go"],
            Form::Vfox => &["golang", "go"],
            Form::Proto => &["go"],
        }
    }
}

/// The statement of the file `path`; `None` if there is no such file, or it does not speak of Go.
///
/// # Errors
/// If the file is there and cannot be read as TOML.
pub fn statement(host: &dyn Host, path: &[u8], form: Form) -> Result<Option<Statement>, Unread> {
    let Some(found) = read(host, path)? else { return Ok(None) };
    let source = text_of(&found)?;
    let document = DeTable::parse(source).map_err(|_| Unread::NotToml)?;
    let tools = match form {
        Form::Proto => Some(document.get_ref()),
        Form::Mise | Form::Vfox => table(document.get_ref(), "tools"),
    };
    let Some(tools) = tools else { return Ok(None) };
    let entry = form.keys().iter().find_map(|key| tools.get_key_value(*key));
    let Some((key, value)) = entry else { return Ok(None) };
    let (line, text) = line_at(source, &key.span());
    Ok(Some(Statement {
        peer: form.peer(),
        file: path.to_vec(),
        line: Some(line),
        text: text.as_bytes().to_vec(),
        quotable: found.is_quotable(),
        owner: found.owner,
        version: alone(value).and_then(|value| written(source, value)),
        wants: version(value).and_then(|value| selector(value.get_ref().as_str()?)),
    }))
}

/// What the files of a directory set besides the version.
pub fn constructs(host: &dyn Host, dir: &[u8]) -> Vec<Construct> {
    let os = host.os();
    let mut found = Vec::new();
    for name in PACKAGE_SETS {
        let file = join(os, dir, name);
        if host.kind(&file) != Kind::Absent {
            let (peer, variable) = (Peer { name: "gvm" }, "GOPATH".to_owned());
            found.push(Construct { peer, file, line: None, variable });
        }
    }
    for (name, _) in FILES.iter().filter(|(_, form)| *form == Form::Mise) {
        found.extend(variables(host, &join(os, dir, name)).unwrap_or_default());
    }
    found
}

/// The variables of Go's that mise sets by its table `env`.
fn variables(host: &dyn Host, path: &[u8]) -> Result<Vec<Construct>, Unread> {
    let Some(found) = read(host, path)? else { return Ok(Vec::new()) };
    let source = text_of(&found)?;
    let document = DeTable::parse(source).map_err(|_| Unread::NotToml)?;
    let Some(env) = table(document.get_ref(), "env") else { return Ok(Vec::new()) };
    let of_go = env.iter().filter(|(key, _)| {
        let name = key.get_ref();
        name.starts_with("GO") && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    let construct = |(key, _): (&toml::Spanned<_>, _)| Construct {
        peer: Form::Mise.peer(),
        file: path.to_vec(),
        line: Some(line_at(source, &key.span()).0),
        variable: String::from(AsRef::<str>::as_ref(key.get_ref())),
    };
    let mut all: Vec<Construct> = of_go.map(construct).collect();
    all.sort_by_key(|construct| construct.line);
    Ok(all)
}

pub(crate) fn read(host: &dyn Host, path: &[u8]) -> Result<Option<FileText>, Unread> {
    host.read_entry(path, LIMIT).map_err(|_| Unread::Closed)
}

fn text_of(found: &FileText) -> Result<&str, Unread> {
    std::str::from_utf8(&found.bytes).map_err(|_| Unread::NotText)
}

fn table<'a>(document: &'a DeTable<'a>, name: &str) -> Option<&'a DeTable<'a>> {
    document.get(name)?.get_ref().as_table()
}

/// The version of a value: of mise's list the first, of a table the key `version`.
fn version<'a, 'v>(value: &'a Spanned<DeValue<'v>>) -> Option<&'a Spanned<DeValue<'v>>> {
    let value = match value.get_ref() {
        DeValue::Array(list) => list.first()?,
        _ => value,
    };
    let value = match value.get_ref() {
        DeValue::Table(table) => table.get("version")?,
        _ => value,
    };
    value.get_ref().as_str().map(|_| value)
}

/// The version of a value that has no other one.
fn alone<'a, 'v>(value: &'a Spanned<DeValue<'v>>) -> Option<&'a Spanned<DeValue<'v>>> {
    let several = value.get_ref().as_array().is_some_and(|list| list.len() > 1);
    version(value).filter(|_| !several)
}

/// A version that stands in one line as it is, with its place.
fn written(source: &str, value: &Spanned<DeValue<'_>>) -> Option<(String, usize, Range<u32>)> {
    let (span, text) = (value.span(), value.get_ref().as_str()?);
    let inside = span.start + 1..span.end.checked_sub(1)?;
    if source.get(inside.clone())? != text {
        return None;
    }
    let (line, _) = line_at(source, &inside);
    let begin = source[..inside.start].rfind('\n').map_or(0, |at| at + 1);
    let width = |part: &str| u32::try_from(part.chars().count()).ok();
    let start = width(&source[begin..inside.start])? + 1;
    Some((text.to_owned(), line, start..start + width(text)?))
}

/// The number and the text of the line in which a part of the source begins.
fn line_at<'a>(source: &'a str, part: &Range<usize>) -> (usize, &'a str) {
    let before = source.get(..part.start).unwrap_or_default();
    let line = before.matches('\n').count();
    (line + 1, source.lines().nth(line).unwrap_or_default().trim())
}

/// The selector of a text in the spellings that `.tool-versions` has, too. No file of others names a
/// linked tree.
pub fn selector(text: &str) -> Option<Selector> {
    if text.contains(|c: char| c.is_whitespace() || c == '#') {
        return None;
    }
    let text = FileText::of(Owner::Trusted, format!("golang {text}\n").as_bytes());
    let file = PinFile { path: Vec::new(), text, syntax: Syntax::ToolVersions };
    file.parse(false).ok().map(|pin| pin.selector)
}

/// The selector of a toolchain's own name; `None` for a custom one.
pub fn of_name(name: &ToolchainName) -> Option<Selector> {
    (!name.is_custom()).then(|| of_release(name.version()))
}

/// The selector of a release. A bare minor since Go 1.21 is none.
fn of_release(version: &Version) -> Selector {
    let open = version.is_language() && version.knows_gotoolchain();
    let version = version.clone();
    if open { Selector::Minor(version) } else { Selector::Exact(version) }
}

#[cfg(all(test, unix))]
#[path = "pins_tests.rs"]
mod tests;

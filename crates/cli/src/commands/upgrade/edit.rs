//! The edit of a statement: another version in the same spelling. Every other byte stays.

use crate::commands::outdated::statement::Statement;
use crate::commands::use_::{check_need, check_size, find, with_toolchain};
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use crate::project::Form;
use goward_gomod::Kind as Which;
use goward_installer::replace::Place;
use goward_resolver::{
    ENV_LIMIT, FileText, MOD_LIMIT, ModuleFile, Origin, Owner, PIN_LIMIT, Roots, Selector,
    ToolchainName, Version, escaped,
};

/// A file and its new content.
pub(super) struct Edit {
    pub(super) place: Place,
    pub(super) old: Vec<u8>,
    new: Vec<u8>,
}

impl Edit {
    /// The edit that makes `statement`, which names the release `from`, name `to`.
    pub(super) fn of(
        store: &Roots<'_>,
        statement: &Statement,
        from: &Version,
        to: &Version,
    ) -> Result<Edit> {
        let file = statement.file();
        let place = find(store, &file)?;
        let limit = match statement.form {
            Form::Goenv => ENV_LIMIT,
            Form::Module => MOD_LIMIT,
            Form::GoVersion if file.ends_with(".tool-versions") => ENV_LIMIT,
            Form::GoVersion => PIN_LIMIT,
        };
        let old = place.read(limit)?;
        let line = statement.origin.line;
        let new = match statement.form {
            Form::Module if !has_toolchain(&old, &statement.origin, from) => None,
            Form::Module => {
                let which =
                    if file.ends_with("go.work") { Which::Workspace } else { Which::Module };
                if which == Which::Module {
                    check_need(&place, &old, to)?;
                }
                let edited = with_toolchain(&old, which, &format!("go{to}"));
                Some(edited.map_err(|refused| {
                    let path = place.named().shown();
                    let message = format!("cannot write the toolchain line of {path}");
                    let failure = Failure::new(Exit::Usage, message);
                    let lines = refused.errors().iter().map(|error| error.line_of(&path));
                    lines.fold(failure, |failure, line| failure.because(escaped(line.as_bytes())))
                })?)
            }
            _ => respelt(&old, line, from, to),
        };
        let new = new.ok_or_else(|| {
            let message = format!("{}: {from} is no longer there", statement.origin);
            Failure::new(Exit::Failure, message).hint("run the same command again")
        })?;
        check_size(&place, &new, limit)?;
        Ok(Edit { place, old, new })
    }

    /// Writes it, if the file is still the same.
    pub(super) fn write(&self) -> Result<()> {
        Ok(self.place.edit(&self.old, &self.new)?)
    }
}

/// Whether the toolchain line of a module file still stands there and has this version.
fn has_toolchain(text: &[u8], origin: &Origin, version: &Version) -> bool {
    let module = ModuleFile::scan(&origin.path, &FileText::of(Owner::Trusted, text));
    module.toolchain.is_some_and(|line| {
        let name = ToolchainName::parse(&line.value);
        line.line == origin.line && name.is_some_and(|name| name.version() == version)
    })
}

/// The text with `to` in the place of the first word of the line that spells `from`.
fn respelt(text: &[u8], line: u32, from: &Version, to: &Version) -> Option<Vec<u8>> {
    let mut start = 0;
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    let (at, line) = lines.zip(1..).find_map(|(content, number)| {
        let at = start;
        start += content.len();
        (number == line).then_some((at, content))
    })?;
    let code = line.split(|&byte| byte == b'#').next()?;
    let (mut found, mut word) = (None, 0);
    while found.is_none() && word < code.len() {
        found = spelling(&code[word..], from).map(|length| word..word + length);
        // The next possible word begins behind the next byte that is in none.
        let rest = code[word..].iter().position(|&byte| !is_of_word(byte));
        word += rest.map_or(code.len(), |rest| rest + 1);
    }
    let found = found?;
    Some(
        [
            &text[..at + found.start],
            &respelt_word(&code[found.clone()], to),
            &text[at + found.end..],
        ]
        .concat(),
    )
}

/// The word's new spelling: what stands before its first digit stays.
fn respelt_word(word: &[u8], to: &Version) -> Vec<u8> {
    let digit = word.iter().position(u8::is_ascii_digit).unwrap_or_default();
    [&word[..digit], to.as_str().as_bytes()].concat()
}

/// The length of the word at the start of `text`, if it spells `version`.
fn spelling(text: &[u8], version: &Version) -> Option<usize> {
    let length = text.iter().position(|&byte| !is_of_word(byte)).unwrap_or(text.len());
    let word = std::str::from_utf8(&text[..length]).ok()?;
    let number = word.trim_start_matches(['v', 'g', 'o']);
    let spelt = Selector::parse(number).ok()?;
    (spelt.exact() == Some(version)).then_some(length)
}

/// Whether a byte can be part of a version with its prefix.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_version_changes() {
        let version = |text: &str| Version::parse(text).unwrap();
        for (text, line, from, to, new) in [
            ("1.22.9\n", 1, "1.22.9", "1.22.10", "1.22.10\n"),
            ("1.22.9", 1, "1.22.9", "1.22.10", "1.22.10"),
            ("\u{feff}go1.22.9\r\n", 1, "1.22.9", "1.22.10", "\u{feff}go1.22.10\r\n"),
            (
                "# 1.22.9\n\n  v1.22.9\t# 1.22.9\n",
                3,
                "1.22.9",
                "1.22.10",
                "# 1.22.9\n\n  v1.22.10\t# 1.22.9\n",
            ),
            ("golang 1.22.9\n", 1, "1.22.9", "1.22.10", "golang 1.22.10\n"),
            (
                "nodejs 1.22.9\ngolang 1.21.1 1.22.9 system\n",
                2,
                "1.22.9",
                "1.22.10",
                "nodejs 1.22.9\ngolang 1.21.1 1.22.10 system\n",
            ),
            ("1.25.0-rc.1\n", 1, "1.25rc1", "1.25.3", "1.25.3\n"),
            (
                "GOFLAGS=go1.22.9\nGOTOOLCHAIN=go1.22.9+auto \n",
                2,
                "1.22.9",
                "1.22.10",
                "GOFLAGS=go1.22.9\nGOTOOLCHAIN=go1.22.10+auto \n",
            ),
        ] {
            let edited = respelt(text.as_bytes(), line, &version(from), &version(to));
            assert_eq!(edited.as_deref(), Some(new.as_bytes()), "{text:?}");
        }
        for (text, line) in [("1.22.91\n", 1), ("1.22.9\n", 2), ("# 1.22.9\n", 1), ("", 1)] {
            let edited = respelt(text.as_bytes(), line, &version("1.22.9"), &version("1.22.10"));
            assert_eq!(edited, None, "{text:?}");
        }
    }
}

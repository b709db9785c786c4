//! One line, by its first word: the cases of `File.add` and `WorkFile.add` in x/mod's rule.go.
//!
//! An error is Go's text without the place.

use crate::character::{find, to_text, trim, words};
use crate::directive::{
    Exclude, Godebug, Path, Place, Replace, Require, Retract, Single, Versioned,
};
use crate::lex::Span;
use crate::path::{check_major, is_directory, major};
use crate::quote::{quote, unquote};
use crate::rules::Rules;
use crate::syntax::{Line, Slice, Statement, Syntax, pick};
use crate::text::Text;
use crate::version::{canonical, go_prefix, is_go, is_toolchain};
use std::cell::OnceCell;

/// A line to read.
pub(crate) struct Context<'a> {
    pub(crate) syntax: &'a Syntax,
    pub(crate) block: Option<Block<'a>>,
    pub(crate) line: &'a Line,
    /// Its directive; in a block, the word before the parenthesis.
    pub(crate) verb: &'a [u8],
    /// The words after that.
    pub(crate) words: &'a [&'a [u8]],
}

/// The block that a line stands in.
#[derive(Clone, Copy)]
pub(crate) struct Block<'a> {
    pub(crate) statement: &'a Statement,
    /// The comments above it, joined once for all lines.
    pub(crate) comment: &'a OnceCell<Text>,
}

/// Bytes as Go prints them, where they are UTF-8.
pub(crate) fn said(bytes: &[u8]) -> String {
    to_text(bytes)
}

type Words<T> = Result<T, String>;

impl Context<'_> {
    fn rules(&self) -> Rules {
        self.syntax.rules
    }

    fn verb(&self) -> String {
        said(self.verb)
    }

    fn quoted(&self, bytes: &[u8]) -> String {
        quote(bytes, self.rules().release)
    }

    /// The place of the line.
    pub(crate) fn place(&self) -> Place {
        let start = self.line.start;
        let last = pick(&self.syntax.words, &self.line.words).last();
        Place { start, end: last.map_or(start.offset, |word| word.end) }
    }

    /// The path of a module line.
    pub(crate) fn module(&self) -> Words<Text> {
        match self.words {
            [path] => string(path),
            _ => Err("usage: module module/path".into()),
        }
    }

    /// A go or toolchain line. Go does not unquote its value.
    pub(crate) fn single(&self) -> Words<Single> {
        let [value] = self.words else {
            return Err(format!("{} directive expects exactly one argument", self.verb()));
        };
        let value = match self.verb {
            b"go" => self.go(value)?,
            _ if is_toolchain(value) => value,
            _ => {
                let (value, format) = (said(value), "must match format go1.23.0 or default");
                return Err(format!("invalid toolchain version '{value}': {format}"));
            }
        };
        Ok(Single { value: value.into(), place: self.place() })
    }

    fn go<'b>(&self, value: &'b [u8]) -> Words<&'b [u8]> {
        if is_go(value, self.rules().release) {
            return Ok(value);
        }
        let prefix = go_prefix(value).filter(|_| !self.rules().strict);
        prefix.ok_or_else(|| {
            format!("invalid go version '{}': must match format 1.23.0", said(value))
        })
    }

    pub(crate) fn godebug(&self) -> Words<Godebug> {
        let usage = || "usage: godebug key=value".to_owned();
        let [setting] = self.words else { return Err(usage()) };
        let equals = setting.iter().position(|b| *b == b'=').ok_or_else(usage)?;
        if setting.iter().any(|b| b"\"`',".contains(b)) {
            return Err(usage());
        }
        let (key, value) = (setting[..equals].into(), setting[equals + 1..].into());
        Ok(Godebug { key, value, place: self.place() })
    }

    pub(crate) fn require(&self) -> Words<Require> {
        let (module, place) = (self.module_version()?, self.place());
        Ok(Require { module, indirect: self.is_indirect(), place })
    }

    pub(crate) fn exclude(&self) -> Words<Exclude> {
        Ok(Exclude { module: self.module_version()?, place: self.place() })
    }

    fn module_version(&self) -> Words<Versioned> {
        let [path, version] = self.words else {
            return Err(format!("usage: {} module/path v1.2.3", self.verb()));
        };
        let path = string(path)?;
        let version = self.version(&path, version)?;
        let major = major(path.as_bytes()).ok_or("invalid module path")?;
        self.suits(&path, version.as_bytes(), major)?;
        Ok(Versioned { path, version })
    }

    /// A directive with one path: `tool`, `ignore`, `use`.
    pub(crate) fn path(&self) -> Words<Path> {
        match self.words {
            [path] => Ok(Path { path: string(path)?, place: self.place() }),
            _ if self.verb == b"use" => Err("usage: use local/dir".into()),
            _ => Err(format!("{} directive expects exactly one argument", self.verb())),
        }
    }

    /// The canonical form of a version of the module `path`.
    fn version(&self, path: &Text, word: &[u8]) -> Words<Text> {
        let invalid = |version: &[u8], why: &str| {
            let version = self.quoted(version);
            self.about(path, &format!("version {version} invalid: {why}"))
        };
        let version = text(word).map_err(|why| invalid(word, why))?;
        match canonical(&version) {
            // Go asks a proxy.
            whole if self.rules().asks && whole.as_ref() != Some(&version) => Ok(version.into()),
            Some(whole) => Ok(whole.into()),
            None => Err(invalid(&version, "must be of the form v1.2.3")),
        }
    }

    /// An error about one module.
    fn about(&self, path: &Text, why: &str) -> String {
        if path.is_empty() {
            format!("{}: {why}", self.verb())
        } else {
            format!("{} {}: {why}", self.verb(), said(path.as_bytes()))
        }
    }

    fn suits(&self, path: &Text, version: &[u8], major: &[u8]) -> Words<()> {
        if self.rules().asks && canonical(version).as_deref() != Some(version) {
            return Ok(());
        }
        let result = check_major(version, major, self.rules().release);
        result.map_err(|why| self.about(path, &why))
    }

    /// Go's `parseReplace`.
    pub(crate) fn replace(&self) -> Words<Replace> {
        let arrow = if self.words.get(1) == Some(&&b"=>"[..]) { 1 } else { 2 };
        let count = self.words.len();
        if count < arrow + 2 || count > arrow + 3 || self.words[arrow] != b"=>" {
            let verb = self.verb();
            return Err(format!(
                "usage: {verb} module/path [v1.2.3] => other/module v1.4\n\t \
                 or {verb} module/path [v1.2.3] => ../local/directory"
            ));
        }
        let path = string(self.words[0])?;
        let suffix =
            major(path.as_bytes()).ok_or_else(|| self.about(&path, "invalid module path"))?;
        let mut old = Versioned { path: path.clone(), version: Text::default() };
        if arrow == 2 {
            old.version = self.version(&path, self.words[1])?;
            self.suits(&path, old.version.as_bytes(), suffix)?;
        }
        let new = self.replacement(&self.words[arrow + 1..])?;
        Ok(Replace { old, new, place: self.place() })
    }

    /// The words behind the arrow: a directory, or a module and its version.
    fn replacement(&self, words: &[&[u8]]) -> Words<Versioned> {
        let path = string(words[0])?;
        let directory = is_directory(path.as_bytes(), self.rules().release);
        if let Some(version) = words.get(1) {
            let version = self.version(&path, version)?;
            if directory {
                let path = self.quoted(path.as_bytes());
                return Err(format!(
                    "replacement module directory path {path} cannot have version"
                ));
            }
            return Ok(Versioned { path, version });
        }
        let has = |byte| path.as_bytes().contains(&byte);
        if !directory && has(b'@') {
            return Err(
                "replacement module must match format 'path version', not 'path@version'".into()
            );
        }
        if !directory {
            let must = "must be directory path (rooted or starting with . or ..)";
            return Err(format!("replacement module without version {must}"));
        }
        if !self.rules().windows && has(b'\\') {
            let what = "replacement directory appears to be Windows path";
            return Err(format!("{what} (on a non-windows system)"));
        }
        Ok(Versioned { path, version: Text::default() })
    }

    /// Go's `parseVersionInterval`. It keeps the versions as the file has them, since the path of
    /// their module may come later.
    pub(crate) fn retract(&self) -> Words<Retract> {
        let mut words = self.words.iter().copied();
        let mut next = || words.next();
        let (low, high) = match next() {
            None | Some(b"(") => return Err("expected '[' or version".into()),
            Some(b"[") => {
                let low = self.retracted(next().ok_or("expected version after '['")?)?;
                next().filter(|word| *word == b",").ok_or("expected ',' after version")?;
                let high = self.retracted(next().ok_or("expected version after ','")?)?;
                next().filter(|word| *word == b"]").ok_or("expected ']' after version")?;
                (low, high)
            }
            Some(version) => {
                let version = self.retracted(version)?;
                (version.clone(), version)
            }
        };
        if let Some(word) = words.next().filter(|_| self.rules().strict) {
            return Err(format!("unexpected token after version: {}", self.quoted(word)));
        }
        Ok(Retract { low, high, rationale: self.comment(), place: self.place() })
    }

    fn retracted(&self, word: &[u8]) -> Words<Text> {
        let version = text(word).map_err(|why| {
            let word = self.quoted(word);
            format!("{}: version {word} invalid: {why}", self.verb())
        });
        Ok(version?.into())
    }

    /// Whether the comment behind it says `// indirect`. Go's `isIndirect`.
    fn is_indirect(&self) -> bool {
        let Some(comment) = pick(&self.syntax.suffixes, &self.line.suffixes).first() else {
            return false;
        };
        let comment = comment.of(&self.syntax.source);
        let mut words = words(comment.strip_prefix(b"//").unwrap_or(comment));
        match (words.next(), words.next()) {
            (Some(b"indirect"), None) => true,
            (first, Some(_)) => first == Some(b"indirect;"),
            _ => false,
        }
    }

    /// The comments above and behind it, or above its block if it has none; to Go a blank line
    /// above it is a comment. Go's `parseDirectiveComment`.
    fn comment(&self) -> Text {
        let line = self.line;
        let own = !line.before.is_empty() || !line.suffixes.is_empty();
        match self.block.filter(|_| !own) {
            Some(block) => {
                let comment = || self.comments(&block.statement.before, &(0..0));
                block.comment.get_or_init(comment).clone()
            }
            None => self.comments(&line.before, &line.suffixes),
        }
    }

    /// The text of comments, line by line.
    fn comments(&self, before: &Slice, suffixes: &Slice) -> Text {
        let before = pick(&self.syntax.comments, before).iter();
        let suffixes = pick(&self.syntax.suffixes, suffixes).iter();
        let said = |span: &Span| {
            let text = span.of(&self.syntax.source).strip_prefix(b"//")?;
            Some(trim(text))
        };
        before.chain(suffixes).filter_map(said).collect::<Vec<_>>().join(&b'\n').into()
    }

    /// The first paragraph of the comments that begins with `Deprecated:`, without that. Go's
    /// `parseDeprecation`.
    pub(crate) fn deprecation(&self) -> Text {
        const MARK: &[u8] = b"Deprecated:";
        let comment = self.comment();
        let comment = comment.as_bytes();
        let rest = match comment.strip_prefix(MARK) {
            Some(rest) => rest,
            None => match find(comment, b"\n\nDeprecated:") {
                Some(at) => &comment[at + 2 + MARK.len()..],
                None => return Text::default(),
            },
        };
        let rest = &rest[rest.iter().take_while(|b| **b == b' ').count()..];
        Text::from(&rest[..find(rest, b"\n\n").unwrap_or(rest.len())])
    }
}

/// A word without its quotation marks, or Go's error.
fn text(word: &[u8]) -> Result<Vec<u8>, &'static str> {
    if word.starts_with(b"\"") {
        return unquote(word).ok_or("invalid syntax");
    }
    if word.iter().any(|b| b"\"'`".contains(b)) {
        return Err("unquoted string cannot contain quote");
    }
    Ok(word.to_vec())
}

fn string(word: &[u8]) -> Words<Text> {
    let text = text(word).map_err(|why| format!("invalid quoted string: {why}"))?;
    Ok(text.into())
}

//! Build information: its text and its meaning (runtime/debug/mod.go).

use crate::quote::{QUOTED, key_needs_quotes, prefix, quote, unquote, value_needs_quotes};
use crate::refused::Refused;
use std::borrow::Cow;
use std::num::NonZeroU32;

/// What Go says of a build. The texts are bytes, since a path may hold any.
#[derive(Clone, Debug, Default)]
pub struct BuildInfo {
    /// The version that the executable claims: `go1.27.3`, perhaps with experiments behind it.
    pub version: Vec<u8>,
    /// The lines as they stand there, none of which breaks the rules. Most answers need two of them, so that each is
    /// read again when its meaning is asked for.
    text: Vec<u8>,
    /// Where the settings are in them.
    settings: Vec<Place>,
}

/// Where a setting is in the text, which is shorter than 4 GiB.
#[derive(Clone, Copy, Debug)]
struct Place {
    start: u32,
    /// The end of its name; none where it has to be read for that, since quotation marks are in it.
    equals: Option<NonZeroU32>,
    end: u32,
}

impl Place {
    /// That of the line at `start`, if it has a setting and no quotation marks, as nearly all have. Each byte is looked
    /// at once.
    fn plain(text: &[u8], start: usize) -> Option<Place> {
        let start = start + text[start..].strip_prefix(BUILD).map(|_| BUILD.len())?;
        let mut equals = None;
        for (at, &byte) in text.iter().enumerate().skip(start) {
            if byte == b'=' && equals.is_none() {
                equals = Some(at);
            } else if QUOTED[usize::from(byte)] {
                let is_whole = byte == b'\n' && equals.is_some_and(|equals| equals > start);
                return is_whole.then_some(Place::at(start, equals, at));
            }
        }
        None
    }

    /// The reader of the text has bounded its length.
    fn at(start: usize, equals: Option<usize>, end: usize) -> Place {
        let equals = equals.and_then(|equals| NonZeroU32::new(equals as u32));
        Place { start: start as u32, equals, end: end as u32 }
    }

    fn parts(self) -> (usize, Option<usize>, usize) {
        (self.start as usize, self.equals.map(|equals| equals.get() as usize), self.end as usize)
    }

    fn setting(self, text: &[u8]) -> Option<Setting<'_>> {
        let (start, equals, end) = self.parts();
        match equals {
            Some(equals) => {
                let (key, value) = (&text[start..equals], &text[equals + 1..end]);
                Some(Setting { key: key.into(), value: value.into() })
            }
            None => Setting::read(&text[start..end]).ok(),
        }
    }

    /// Whether the name is this one, as far as that is known without reading it.
    fn may_be(self, text: &[u8], key: &[u8]) -> bool {
        let (start, equals, _) = self.parts();
        equals.is_none_or(|equals| text[start..equals] == *key)
    }
}

/// A module. The default is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Module<'t> {
    /// Its path.
    pub path: &'t [u8],
    /// Its version.
    pub version: &'t [u8],
    /// Its sum in `go.sum`.
    pub sum: &'t [u8],
    /// What took its place.
    pub replace: Option<Box<Module<'t>>>,
}

/// The modules of a build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modules<'t> {
    /// That of the main package.
    pub main: Module<'t>,
    /// Those of the other packages.
    pub deps: Vec<Module<'t>>,
}

/// A setting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setting<'t> {
    /// Its name: `GOOS`, `-trimpath`, `vcs.revision`.
    pub key: Cow<'t, [u8]>,
    /// Its value.
    pub value: Cow<'t, [u8]>,
}

/// The meaning of a line.
enum Line<'t> {
    Path(&'t [u8]),
    Main(Module<'t>),
    Dep(Module<'t>),
    /// The module in place of the one before.
    Replaced(Module<'t>),
    Setting,
    Other,
}

/// The word in front of a setting.
const BUILD: &[u8] = b"build\t";
/// The settings for which there is room at first: most builds have fewer.
const SETTINGS: usize = 16;

impl BuildInfo {
    /// The meaning of the lines that the executable has.
    ///
    /// # Errors
    /// [`Refused::Text`], in Go's words, for lines that break the rules.
    pub fn parse(version: &[u8], text: &[u8]) -> Result<BuildInfo, Refused> {
        u32::try_from(text.len()).map_err(|_| Refused::Limit("4 GiB"))?;
        let (mut has_module, mut settings) = (false, Vec::with_capacity(SETTINGS));
        let mut start = 0;
        for number in 1.. {
            if let Some(place) = Place::plain(text, start) {
                settings.push(place);
                start = place.end as usize + 1;
                continue;
            }
            // What follows the last end of a line does not count.
            let Some(length) = end_of_line(&text[start..]) else { break };
            let end = start + length;
            let refused = |why| Refused::Text { line: number, why };
            match Line::read(&text[start..end]).map_err(refused)? {
                Line::Main(_) | Line::Dep(_) => has_module = true,
                Line::Replaced(_) if !std::mem::take(&mut has_module) => {
                    return Err(refused("replacement with no module on previous line".to_owned()));
                }
                Line::Setting => {
                    settings.push(Place::at(start + BUILD.len(), None, end));
                }
                _ => {}
            }
            start = end + 1;
        }
        Ok(BuildInfo { version: version.to_vec(), text: text.to_vec(), settings })
    }

    /// That of a package archive, which has the version alone.
    pub(crate) fn of_version(version: impl Into<Vec<u8>>) -> BuildInfo {
        BuildInfo { version: version.into(), ..BuildInfo::default() }
    }

    /// What stands there besides settings.
    fn read(&self) -> impl Iterator<Item = Line<'_>> {
        let others = lines(&self.text).filter(|line| !line.starts_with(BUILD));
        others.filter_map(|line| Line::read(line).ok())
    }

    /// The path of the main package; empty if it is not recorded.
    pub fn path(&self) -> &[u8] {
        let paths = self.read().filter_map(|line| match line {
            Line::Path(path) => Some(path),
            _ => None,
        });
        paths.last().unwrap_or_default()
    }

    /// The modules.
    pub fn modules(&self) -> Modules<'_> {
        let (mut all, mut last_is_main) = (Modules::default(), false);
        for line in self.read() {
            match line {
                Line::Main(module) => (all.main, last_is_main) = (module, true),
                Line::Dep(module) => {
                    all.deps.push(module);
                    last_is_main = false;
                }
                Line::Replaced(module) => {
                    let replaced = match last_is_main {
                        true => Some(&mut all.main),
                        false => all.deps.last_mut(),
                    };
                    if let Some(replaced) = replaced {
                        replaced.replace = Some(Box::new(module));
                    }
                }
                _ => {}
            }
        }
        all
    }

    /// The settings of the build, in the order of the text.
    pub fn settings(&self) -> impl Iterator<Item = Setting<'_>> {
        self.settings.iter().filter_map(|place| place.setting(&self.text))
    }

    /// The first value of a setting.
    pub fn setting(&self, key: &str) -> Option<Cow<'_, [u8]>> {
        let key = key.as_bytes();
        let named = self.settings.iter().filter(|place| place.may_be(&self.text, key));
        let mut settings = named.filter_map(|place| place.setting(&self.text));
        settings.find(|setting| *setting.key == *key).map(|setting| setting.value)
    }

    /// The lines, as Go writes them: without the version.
    pub fn lines(&self) -> Vec<u8> {
        let mut lines = Vec::new();
        let (path, Modules { main, deps }) = (self.path(), self.modules());
        if !path.is_empty() {
            lines.extend([b"path\t", path, b"\n"].concat());
        }
        if main != Module::default() {
            main.write("mod", &mut lines);
        }
        for dep in &deps {
            dep.write("dep", &mut lines);
        }
        for Setting { mut key, mut value } in self.settings() {
            if key_needs_quotes(&key) {
                key = quote(&key).into();
            }
            if value_needs_quotes(&value) {
                value = quote(&value).into();
            }
            lines.extend([b"build\t", &*key, b"=", &value, b"\n"].concat());
        }
        lines
    }
}

/// The length of the first line. Lines are so short that to ask the processor for instructions that search
/// faster, as `memchr::memchr` does, takes longer than to search most programs.
fn end_of_line(text: &[u8]) -> Option<usize> {
    memchr::arch::all::memchr::One::new(b'\n').find(text)
}

/// The lines of a text without their ends. What follows the last end does not count.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (line, next) = rest.split_at(end_of_line(rest)?);
        rest = &next[1..];
        Some(line)
    })
}

impl<'t> Line<'t> {
    fn read(line: &'t [u8]) -> Result<Line<'t>, String> {
        Ok(if let Some(setting) = line.strip_prefix(BUILD) {
            Setting::read(setting)?;
            Line::Setting
        } else if let Some(path) = line.strip_prefix(b"path\t") {
            Line::Path(path)
        } else if let Some(module) = line.strip_prefix(b"mod\t") {
            Line::Main(Module::read(module)?)
        } else if let Some(module) = line.strip_prefix(b"dep\t") {
            Line::Dep(Module::read(module)?)
        } else if let Some(module) = line.strip_prefix(b"=>\t") {
            let columns = module.split(|byte| *byte == b'\t').count();
            if columns != 3 {
                return Err(format!("expected 3 columns for replacement; got {columns}"));
            }
            Line::Replaced(Module::read(module)?)
        } else {
            Line::Other
        })
    }
}

impl<'t> Module<'t> {
    fn read(columns: &'t [u8]) -> Result<Module<'t>, String> {
        let mut all = columns.split(|byte| *byte == b'\t');
        match [all.next(), all.next(), all.next(), all.next()] {
            [Some(path), Some(version), sum, None] => {
                Ok(Module { path, version, sum: sum.unwrap_or_default(), replace: None })
            }
            _ => {
                let count = columns.split(|byte| *byte == b'\t').count();
                Err(format!("expected 2 or 3 columns; got {count}"))
            }
        }
    }

    fn write(&self, word: &str, lines: &mut Vec<u8>) {
        lines.extend([word.as_bytes(), b"\t", self.path, b"\t", self.version].concat());
        match &self.replace {
            Some(other) => {
                lines.push(b'\n');
                other.write("=>", lines);
                lines.push(b'\n');
            }
            None => lines.extend([b"\t", self.sum, b"\n"].concat()),
        }
    }
}

impl<'t> Setting<'t> {
    fn read(text: &'t [u8]) -> Result<Setting<'t>, String> {
        let (key, value): (Cow<'t, [u8]>, _) = match text.first() {
            None => return Err("build line missing '='".into()),
            Some(b'=') => return Err("build line with missing key".into()),
            Some(b'"' | b'`') => {
                let length = prefix(text).ok_or("invalid quoted key in build line")?;
                let key = unquote(&text[..length]).ok_or("invalid quoted key in build line")?;
                match text.get(length) {
                    None => return Err("build line missing '=' after quoted key".into()),
                    Some(b'=') => (key.into(), &text[length + 1..]),
                    Some(other) => {
                        let other = char::from(*other);
                        return Err(format!("unexpected character after quoted key: {other:?}"));
                    }
                }
            }
            Some(_) => {
                let at = text.iter().position(|byte| *byte == b'=');
                let at = at.ok_or("build line missing '=' after key")?;
                // It is not empty, and has no sign of equality.
                let key = &text[..at];
                if value_needs_quotes(key) {
                    return Err(format!("unquoted key {} must be quoted", lossy(&quote(key))));
                }
                (key.into(), &text[at + 1..])
            }
        };
        Ok(Setting { key, value: Setting::value(value)? })
    }

    fn value(text: &'t [u8]) -> Result<Cow<'t, [u8]>, String> {
        match text.first() {
            Some(b'"' | b'`') => {
                Ok(unquote(text).ok_or("invalid quoted value in build line")?.into())
            }
            _ if value_needs_quotes(text) => {
                Err(format!("unquoted value {} must be quoted", lossy(&quote(text))))
            }
            _ => Ok(text.into()),
        }
    }
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_their_meaning_and_come_back() {
        let text = b"path\texample.com/m/cmd\nmod\texample.com/m\tv1.0.0\th1:x=\n\
            dep\ta.example\tv1.2.0\n=>\t../a\t\t\ndep\tb.example\tv0.1.0\th1:y=\n\
            build\t-compiler=gc\nbuild\t-ldflags=\"-X \\\"main.x=\\xff\\\"\"\nbuild\t\"a b\"=\nrest";
        let info = BuildInfo::parse(b"go1.24.3", text).unwrap();
        let modules = info.modules();
        assert_eq!((info.path(), modules.main.sum), (&b"example.com/m/cmd"[..], &b"h1:x="[..]));
        assert_eq!(modules.deps[0].replace.as_ref().unwrap().path, b"../a");
        assert_eq!(info.setting("-ldflags").as_deref(), Some(&b"-X \"main.x=\xff\""[..]));
        assert_eq!((info.setting("a b").as_deref(), info.setting("x")), (Some(&b""[..]), None));
        assert_eq!(info.setting("-compiler").as_deref(), Some(&b"gc"[..]));
        // Go writes a module without a sum with its tab, and an empty line behind a replacement.
        let back = info.lines();
        let whole = &text[..text.len() - 4];
        let written = String::from_utf8_lossy(&back).replace("../a\t\t\n\n", "../a\t\t\n");
        assert_eq!(written.as_bytes(), whole);
        let again = BuildInfo::parse(b"go1.24.3", &back).unwrap();
        assert_eq!((again.path(), again.modules()), (info.path(), modules));
        assert!(again.settings().eq(info.settings()));
    }

    #[test]
    fn refusals_are_gos() {
        for (text, why) in [
            ("mod\ta\n", "line 1: expected 2 or 3 columns; got 1"),
            ("path\tx\ndep\ta\tb\tc\td\n", "line 2: expected 2 or 3 columns; got 4"),
            ("=>\ta\tb\tc\n", "line 1: replacement with no module on previous line"),
            ("mod\ta\tb\n=>\ta\tb\n", "line 2: expected 3 columns for replacement; got 2"),
            ("build\t\n", "line 1: build line missing '='"),
            ("build\t=x\n", "line 1: build line with missing key"),
            ("build\tx\n", "line 1: build line missing '=' after key"),
            ("build\ta b=x\n", "line 1: unquoted key \"a b\" must be quoted"),
            ("build\ta=x y\n", "line 1: unquoted value \"x y\" must be quoted"),
            ("build\ta=\"x\n", "line 1: invalid quoted value in build line"),
            ("build\t\"a\n", "line 1: invalid quoted key in build line"),
            ("build\t\"a\"\n", "line 1: build line missing '=' after quoted key"),
            ("build\t\"a\"b\n", "line 1: unexpected character after quoted key: 'b'"),
        ] {
            let refused = BuildInfo::parse(b"go1.24.3", text.as_bytes()).unwrap_err();
            assert_eq!(refused.to_string(), format!("could not parse Go build info: {why}"));
        }
    }
}

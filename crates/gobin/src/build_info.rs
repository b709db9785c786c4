//! Build information: its text and its meaning (runtime/debug/mod.go).

use crate::quote::{prefix, quote, unquote};
use crate::refused::Refused;

/// What Go says of a build. The texts are bytes, since a path may hold any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildInfo {
    /// The version that the executable claims: `go1.27.3`, perhaps with experiments behind it.
    pub version: Vec<u8>,
    /// The path of the main package; empty if it is not recorded.
    pub path: Vec<u8>,
    /// The module of the main package; empty without modules.
    pub main: Module,
    /// The modules of the other packages.
    pub deps: Vec<Module>,
    /// The settings of the build, in the order of the text.
    pub settings: Vec<Setting>,
}

/// A module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Module {
    /// Its path.
    pub path: Vec<u8>,
    /// Its version.
    pub version: Vec<u8>,
    /// Its sum in `go.sum`.
    pub sum: Vec<u8>,
    /// What took its place.
    pub replace: Option<Box<Module>>,
}

/// A setting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    /// Its name: `GOOS`, `-trimpath`, `vcs.revision`.
    pub key: Vec<u8>,
    /// Its value.
    pub value: Vec<u8>,
}

/// The settings for which there is room at first: most builds have fewer.
const SETTINGS: usize = 16;

impl BuildInfo {
    /// The meaning of the lines that the executable has.
    ///
    /// # Errors
    /// [`Refused::Text`], in Go's words, for lines that break the rules.
    pub fn parse(version: &[u8], lines: &[u8]) -> Result<BuildInfo, Refused> {
        let settings = Vec::with_capacity(SETTINGS);
        let mut info = BuildInfo { version: version.to_vec(), settings, ..BuildInfo::default() };
        let mut last = Last::None;
        // What follows the last end of a line does not count.
        for (at, line) in lines.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let Some(line) = line.strip_suffix(b"\n") else { break };
            let read = info.read(line, &mut last);
            read.map_err(|why| Refused::Text { line: at + 1, why })?;
        }
        Ok(info)
    }

    fn read(&mut self, line: &[u8], last: &mut Last) -> Result<(), String> {
        if let Some(path) = line.strip_prefix(b"path\t") {
            self.path = path.to_vec();
        } else if let Some(module) = line.strip_prefix(b"mod\t") {
            self.main = Module::read(module)?;
            *last = Last::Main;
        } else if let Some(module) = line.strip_prefix(b"dep\t") {
            self.deps.push(Module::read(module)?);
            *last = Last::Dep;
        } else if let Some(module) = line.strip_prefix(b"=>\t") {
            let columns = module.split(|byte| *byte == b'\t').count();
            if columns != 3 {
                return Err(format!("expected 3 columns for replacement; got {columns}"));
            }
            let replaced = match std::mem::take(last) {
                Last::Main => Some(&mut self.main),
                Last::Dep => self.deps.last_mut(),
                Last::None => None,
            };
            let replaced = replaced.ok_or("replacement with no module on previous line")?;
            replaced.replace = Some(Box::new(Module::read(module)?));
        } else if let Some(setting) = line.strip_prefix(b"build\t") {
            self.settings.push(Setting::read(setting)?);
        }
        Ok(())
    }

    /// The first value of a setting.
    pub fn setting(&self, key: &str) -> Option<&[u8]> {
        let found = self.settings.iter().find(|setting| setting.key == key.as_bytes());
        found.map(|setting| &*setting.value)
    }

    /// The lines, as Go writes them: without the version.
    pub fn lines(&self) -> Vec<u8> {
        let mut lines = Vec::new();
        if !self.path.is_empty() {
            lines.extend([b"path\t", &*self.path, b"\n"].concat());
        }
        if self.main != Module::default() {
            self.main.write("mod", &mut lines);
        }
        for dep in &self.deps {
            dep.write("dep", &mut lines);
        }
        for Setting { key, value } in &self.settings {
            let key = if key_needs_quotes(key) { quote(key) } else { key.clone() };
            let value = if value_needs_quotes(value) { quote(value) } else { value.clone() };
            lines.extend([b"build\t", &*key, b"=", &value, b"\n"].concat());
        }
        lines
    }
}

/// The line to which a replacement belongs.
#[derive(Default)]
enum Last {
    #[default]
    None,
    Main,
    Dep,
}

impl Module {
    fn read(columns: &[u8]) -> Result<Module, String> {
        let mut all = columns.split(|byte| *byte == b'\t');
        match [all.next(), all.next(), all.next(), all.next()] {
            [Some(path), Some(version), sum, None] => Ok(Module {
                path: path.to_vec(),
                version: version.to_vec(),
                sum: sum.unwrap_or_default().to_vec(),
                replace: None,
            }),
            _ => {
                let count = columns.split(|byte| *byte == b'\t').count();
                Err(format!("expected 2 or 3 columns; got {count}"))
            }
        }
    }

    fn write(&self, word: &str, lines: &mut Vec<u8>) {
        lines.extend([word.as_bytes(), b"\t", &*self.path, b"\t", &self.version].concat());
        match &self.replace {
            Some(other) => {
                lines.push(b'\n');
                other.write("=>", lines);
                lines.push(b'\n');
            }
            None => lines.extend([b"\t", &*self.sum, b"\n"].concat()),
        }
    }
}

impl Setting {
    fn read(text: &[u8]) -> Result<Setting, String> {
        let (key, value) = match text.first() {
            None => return Err("build line missing '='".into()),
            Some(b'=') => return Err("build line with missing key".into()),
            Some(b'"' | b'`') => {
                let length = prefix(text).ok_or("invalid quoted key in build line")?;
                let key = unquote(&text[..length]).ok_or("invalid quoted key in build line")?;
                match text.get(length) {
                    None => return Err("build line missing '=' after quoted key".into()),
                    Some(b'=') => (key, &text[length + 1..]),
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
                (key.to_vec(), &text[at + 1..])
            }
        };
        let value = match value.first() {
            Some(b'"' | b'`') => unquote(value).ok_or("invalid quoted value in build line")?,
            _ if value_needs_quotes(value) => {
                return Err(format!("unquoted value {} must be quoted", lossy(&quote(value))));
            }
            _ => value.to_vec(),
        };
        Ok(Setting { key, value })
    }
}

fn key_needs_quotes(key: &[u8]) -> bool {
    key.is_empty() || key.contains(&b'=') || value_needs_quotes(key)
}

fn value_needs_quotes(value: &[u8]) -> bool {
    value.iter().any(|byte| QUOTED[usize::from(*byte)])
}

/// The bytes that stand between quotation marks only, in a table: every byte of every setting is looked up.
const QUOTED: [bool; 256] = {
    let (mut table, bytes, mut at) = ([false; 256], b" \t\r\n\"`", 0);
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
};

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
        assert_eq!(info.main.sum, b"h1:x=");
        assert_eq!(info.deps[0].replace.as_ref().unwrap().path, b"../a");
        assert_eq!(info.setting("-ldflags"), Some(&b"-X \"main.x=\xff\""[..]));
        assert_eq!((info.setting("a b"), info.setting("x")), (Some(&b""[..]), None));
        // Go writes a module without a sum with its tab, and an empty line behind a replacement.
        let back = info.lines();
        let whole = &text[..text.len() - 4];
        let written = String::from_utf8_lossy(&back).replace("../a\t\t\n\n", "../a\t\t\n");
        assert_eq!(written.as_bytes(), whole);
        assert_eq!(BuildInfo::parse(b"go1.24.3", &back).unwrap(), info);
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

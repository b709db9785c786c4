//! The C compiler that Go would call: the words of `CC`, and where they come from. Go's rules of quoting are those of
//! `cmd/internal/quoted/quoted.go`.

use goward_resolver::{Layers, Os, Source, escaped, word};
use std::path::Path;

/// The names of compilers that are zig's, where the second word is `cc`, and of scripts that call that.
const ZIGS: [&str; 2] = ["zig-cc", "zigcc"];

/// The place that sets a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setter {
    /// The caller's environment.
    Environment,
    /// A file: a `.goenv`, or the go/env file, with the line.
    File(Vec<u8>, u32),
}

impl Setter {
    /// Whether it is the go/env file.
    pub(super) fn is_go_env_file(&self, layers: &Layers<'_>) -> bool {
        let file = layers.go_env_file.and_then(|file| file.get("CC"));
        matches!((self, file), (Setter::File(path, _), Some((_, origin))) if *path == origin.path)
    }

    fn of(source: &Source) -> Setter {
        match source.origin() {
            Some(origin) => Setter::File(origin.path.clone(), origin.line),
            None => Setter::Environment,
        }
    }
}

/// A variable with the place that sets it.
pub(super) fn setting(layers: &Layers<'_>, key: &'static str) -> Option<(String, Setter)> {
    let (value, source) = layers.get(key)?;
    Some((String::from_utf8_lossy(value).into_owned(), Setter::of(&source)))
}

/// A compiler with its first arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Its words; the first is the program.
    pub words: Vec<String>,
}

impl Command {
    /// The words of a value of `CC`.
    ///
    /// # Errors
    /// Why Go refuses the value.
    pub fn parse(value: &str) -> Result<Command, &'static str> {
        let words = split(value).ok_or("a quotation mark is not closed")?;
        let program = words.first().ok_or("it is empty")?;
        let path = Path::new(program);
        // Go refuses a compiler that the current directory would decide (BuildInit of internal/work/init.go).
        if !path.is_absolute() && path.file_name() != Some(path.as_os_str()) {
            return Err("Go takes no relative path: write the whole one, or a name on PATH");
        }
        Ok(Command { words })
    }

    /// Of these words.
    #[must_use]
    pub fn of(words: &[&str]) -> Command {
        Command { words: words.iter().map(|word| (*word).to_owned()).collect() }
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// As a value of `CC` that Go splits into the same words; `None` if Go's quoting has none.
    #[must_use]
    pub fn value(&self) -> Option<String> {
        let quoted = |text: &String| match text.contains([' ', '\t', '\n', '\r', '\'', '"']) {
            false if !text.is_empty() => Some(text.clone()),
            _ if !text.contains('\'') => Some(format!("'{text}'")),
            _ if !text.contains('"') => Some(format!("\"{text}\"")),
            _ => None,
        };
        let words: Option<Vec<String>> = self.words.iter().map(quoted).collect();
        Some(words?.join(" "))
    }

    /// As an assignment for a shell: `CC='zig cc'`; `None` where no such line is safe to paste.
    #[must_use]
    pub fn assignment(&self) -> Option<String> {
        let value = self.value()?;
        Some(format!("CC={}", word(Os::Linux, value.as_bytes())?))
    }

    /// Whether it is the C compiler in zig.
    #[must_use]
    pub fn is_zig(&self) -> bool {
        let stem = Path::new(self.program()).file_stem().unwrap_or_default().to_string_lossy();
        let second = self.words.get(1).map(String::as_str);
        ZIGS.contains(&&*stem) || stem == "zig" && second == Some("cc")
    }

    /// Whether it is told for which system it is to compile, in the words of clang and zig.
    #[must_use]
    pub fn has_target(&self) -> bool {
        let is_target = |word: &String| {
            ["-target", "--target"].contains(&word.as_str())
                || word.starts_with("--target=")
                || word.starts_with("-target=")
        };
        self.words.iter().any(is_target)
    }

    /// For messages, printable.
    #[must_use]
    pub fn shown(&self) -> String {
        escaped(self.words.join(" ").as_bytes())
    }
}

/// The words of a value by Go's rules: blanks part them, a mark at the beginning of a word quotes all up to its twin,
/// and nothing escapes anything. `None` if a mark is not closed.
pub(super) fn split(value: &str) -> Option<Vec<String>> {
    let is_blank = |char: char| matches!(char, ' ' | '\t' | '\n' | '\r');
    let (mut words, mut rest) = (Vec::new(), value.trim_start_matches(is_blank));
    while let Some(first) = rest.chars().next() {
        let (found, behind) = match first {
            '\'' | '"' => rest[1..].split_once(first)?,
            _ => {
                let end = rest.find(is_blank).unwrap_or(rest.len());
                rest.split_at(end)
            }
        };
        words.push(found.to_owned());
        rest = behind.trim_start_matches(is_blank);
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_go_splits_them() {
        for (value, expected) in [
            ("", Some(vec![])),
            ("  gcc\t-m32 ", Some(vec!["gcc", "-m32"])),
            ("'/a b/cc' -x", Some(vec!["/a b/cc", "-x"])),
            ("\"it's\" 'a'b", Some(vec!["it's", "a", "b"])),
            ("a'b c", Some(vec!["a'b", "c"])),
            ("zig cc -target ''", Some(vec!["zig", "cc", "-target", ""])),
            ("'gcc", None),
        ] {
            let expected = expected.map(|words| words.iter().map(ToString::to_string).collect());
            assert_eq!(split(value), expected, "{value:?}");
        }
    }

    #[test]
    fn a_value_is_read_back() {
        for words in [&["gcc"][..], &["/a b/cc", "it's", ""], &["zig", "cc", "-target", "x"]] {
            let command = Command::of(words);
            assert_eq!(Command::parse(&command.value().unwrap()), Ok(command));
        }
        assert_eq!(Command::of(&["a'\""]).value(), None);
        let zig = Command::of(&["zig", "cc", "-target", "aarch64-linux-musl"]);
        assert_eq!(zig.assignment().as_deref(), Some("CC='zig cc -target aarch64-linux-musl'"));
        assert_eq!(Command::of(&["a\u{1b}c"]).assignment(), None);
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for value in ["", " ", "'gcc", "./cc", "bin/gcc -m32", "../cc"] {
            assert!(Command::parse(value).is_err(), "{value:?}");
        }
        assert_eq!(Command::parse("/bin/cc -x").unwrap().program(), "/bin/cc");
    }

    #[test]
    fn zig_is_known_by_its_words() {
        for (value, is_zig, has_target) in [
            ("zig cc", true, false),
            ("/opt/zig/zig cc -target aarch64-linux-musl", true, true),
            ("zig cc --target=x", true, true),
            ("zig-cc", true, false),
            ("zig c++", false, false),
            ("zig", false, false),
            ("clang --target=aarch64-linux-gnu", false, true),
            ("gcc zig cc", false, false),
        ] {
            let command = Command::parse(value).unwrap();
            assert_eq!((command.is_zig(), command.has_target()), (is_zig, has_target), "{value}");
        }
    }
}

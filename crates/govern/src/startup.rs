//! Start-up files of shells: which of their lines decides last about the first `go` on PATH.
//!
//! The files are read as text, line after line, and nothing of them is run: a line in a branch that
//! is not taken counts as well. What only a shell understands is passed over, so a silent answer is
//! no proof.

pub mod others;

use crate::here_documents;
use crate::os_path::path_of;
use crate::peers::{self, Init, Peer};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How deep files may read files.
const DEEPEST: usize = 6;
/// How many files one start of a shell may read.
const MOST_FILES: usize = 100;
/// In bytes: no directory of PATH is longer.
const LONGEST_VALUE: usize = 64 << 10;

/// What is known of the machine.
pub struct Machine<'a> {
    /// The home directory.
    pub home: &'a Path,
    /// The end of each line of goward's own.
    pub mark: &'a [u8],
    /// The content of a file, if it is there and can be read.
    pub read: &'a dyn Fn(&Path) -> Option<Vec<u8>>,
    /// A variable of the environment.
    pub var: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    /// Whether a directory has a program `go` that is not goward's.
    pub has_go: &'a dyn Fn(&Path) -> bool,
    /// Whether a manager has toolchains on this machine.
    pub is_used: &'a dyn Fn(Peer) -> bool,
}

/// A line that puts another `go` first, or takes goward's out, behind goward's own line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Culprit {
    /// The file that has the line.
    pub file: PathBuf,
    /// Its number, from 1.
    pub line: usize,
    /// The line, without blanks at its ends.
    pub text: Vec<u8>,
    /// The manager that enters the shell by it.
    pub init: Option<Init>,
    /// Whether it puts `$GOROOT/bin` first, and `GOROOT` has no value that goward knows.
    pub without_goroot: bool,
    /// The file that the shell itself reads, from which it comes to that line.
    pub top: PathBuf,
}

/// The line that decides last, if it is another's; `None` if it is goward's, or if goward has no line
/// there. `files` are those that the shell reads, in its order.
pub fn culprit(machine: &Machine<'_>, files: &[PathBuf]) -> Option<Culprit> {
    let mut reader = Reader {
        machine,
        variables: BTreeMap::new(),
        top: PathBuf::new(),
        read: 0,
        has_ours: false,
        last: None,
    };
    for file in files {
        reader.top.clone_from(file);
        reader.file(file, 0);
    }
    reader.last.filter(|_| reader.has_ours)
}

struct Reader<'a> {
    machine: &'a Machine<'a>,
    /// The variables that the files set before.
    variables: BTreeMap<Vec<u8>, Vec<u8>>,
    top: PathBuf,
    read: usize,
    has_ours: bool,
    last: Option<Culprit>,
}

impl Reader<'_> {
    fn file(&mut self, file: &Path, depth: usize) {
        self.read += 1;
        if depth > DEEPEST || self.read > MOST_FILES {
            return;
        }
        let Some(text) = (self.machine.read)(file) else { return };
        for ((line, is_text), number) in here_documents::lines(&text).zip(1..) {
            let line = line.trim_ascii();
            if is_text {
                continue;
            }
            if line.ends_with(self.machine.mark) && !line.starts_with(b"#") {
                (self.has_ours, self.last) = (true, None);
                continue;
            }
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            let init = peers::init(line).filter(|init| (self.machine.is_used)(init.peer));
            let without_goroot = self.lacks_goroot(line);
            if init.is_some() || without_goroot || self.puts_another_first(line) {
                self.last = Some(Culprit {
                    file: file.to_owned(),
                    line: number,
                    text: line.to_vec(),
                    init,
                    without_goroot,
                    top: self.top.clone(),
                });
            } else if let Some(other) = self.sourced(line) {
                self.file(&other, depth + 1);
            }
            self.remember(line);
        }
    }

    /// Whether a line puts a directory with another `go` before the rest of PATH, or sets PATH anew.
    fn puts_another_first(&self, line: &[u8]) -> bool {
        let Some(new) = NewPath::of(line) else { return false };
        let mut dirs = new.first.iter().filter_map(|dir| self.expanded(dir));
        let another = dirs.any(|dir| (self.machine.has_go)(&path_of(&dir)));
        another || !new.keeps
    }

    /// Whether a line puts `$GOROOT/bin` before the rest of PATH, and `GOROOT` is not known. In a shell
    /// without `GOROOT` that is `/bin`; in another one it has the `go` of some tree.
    fn lacks_goroot(&self, line: &[u8]) -> bool {
        let empty = |goroot: Vec<u8>| goroot.is_empty();
        let Some(new) = NewPath::of(line) else { return false };
        new.puts_goroot() && self.expanded(b"$GOROOT").is_none_or(empty)
    }

    /// The file that a line reads.
    fn sourced(&self, line: &[u8]) -> Option<PathBuf> {
        let words = words(line);
        let at = words.iter().position(|word| matches!(&word[..], b"." | b"\\." | b"source"))?;
        let path = path_of(&self.expanded(words.get(at + 1)?)?);
        path.is_absolute().then_some(path)
    }

    /// Remembers what a line gives a variable, such as `GOROOT` for the next line.
    fn remember(&mut self, line: &[u8]) {
        if let Some((key, value)) = assignment(line)
            && key != b"PATH"
            && let Some(value) = self.expanded(&value)
        {
            self.variables.insert(key, value);
        }
    }

    /// A word with `~`, and the variables that are known, in full; `None` if it needs a shell.
    fn expanded(&self, word: &[u8]) -> Option<Vec<u8>> {
        let of_machine = |name: &[u8]| (self.machine.var)(std::str::from_utf8(name).ok()?);
        let lookup = |name: &[u8]| self.variables.get(name).cloned().or_else(|| of_machine(name));
        expanded(word, self.machine.home.as_os_str().as_encoded_bytes(), &lookup)
    }
}

/// The variable that a line sets, and its value as it is written.
fn assignment(line: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let words = words(line);
    let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    match words.as_slice() {
        [b"set" | b"setenv", b"-gx" | b"-x" | b"-g", key, value, ..]
        | [b"setenv", key, value, ..] => Some((key.to_vec(), value.to_vec())),
        [b"export" | b"typeset" | b"declare", pair, ..] | [pair, ..] => {
            let at = pair.iter().position(|&byte| byte == b'=')?;
            Some((pair[..at].to_vec(), pair[at + 1..].to_vec()))
        }
        _ => None,
    }
}

/// A word with `~`, and the variables that `lookup` knows, in full; `None` if it needs a shell.
fn expanded(
    word: &[u8],
    home: &[u8],
    lookup: &dyn Fn(&[u8]) -> Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    let (mut text, mut rest) = match word {
        [b'~', b'/', rest @ ..] => ([home, b"/"].concat(), rest),
        rest => (Vec::new(), rest),
    };
    while let Some(at) = rest.iter().position(|&byte| byte == b'$') {
        text.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let braces = rest.first() == Some(&b'{');
        rest = if braces { &rest[1..] } else { rest };
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let length = rest.iter().take_while(|byte| is_name(byte)).count();
        let name = &rest[..length];
        rest = &rest[length..];
        if braces {
            rest = rest.strip_prefix(b"}")?;
        }
        match name {
            b"" => return None,
            b"HOME" => text.extend_from_slice(home),
            name => text.extend(lookup(name)?),
        }
        // A file may double a value again and again.
        if text.len() > LONGEST_VALUE {
            return None;
        }
    }
    text.extend_from_slice(rest);
    (!text.contains(&b'`')).then_some(text)
}

/// What a line makes of PATH.
struct NewPath {
    /// The directories before the rest.
    first: Vec<Vec<u8>>,
    /// Whether the rest is what it was.
    keeps: bool,
}

impl NewPath {
    /// Of a line in the language of any shell that goward knows; `None` if it leaves PATH alone.
    fn of(line: &[u8]) -> Option<NewPath> {
        let words = words(line);
        let texts: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        for (at, word) in texts.iter().enumerate() {
            // Up to the end of the command.
            let rest = texts[at + 1..].split(|word| *word == END).next().unwrap_or_default();
            match *word {
                b"fish_add_path" => {
                    let behind = |flag: &&[u8]| matches!(*flag, b"-a" | b"--append");
                    let dirs = rest.iter().filter(|word| !word.starts_with(b"-"));
                    let first = dirs.map(|dir| dir.to_vec()).collect();
                    return (!rest.iter().any(behind)).then_some(NewPath { first, keeps: true });
                }
                b"set" | b"setenv" => {
                    let mut rest = rest.iter().skip_while(|word| word.starts_with(b"-"));
                    let key = rest.next();
                    if key.is_some_and(|key| matches!(*key, b"PATH" | b"path" | b"paths")) {
                        return Some(NewPath::in_list(rest.copied()));
                    }
                }
                b"prepend" => {
                    return Some(NewPath { keeps: true, ..NewPath::in_list(rest.iter().copied()) });
                }
                word => {
                    if let Some(value) = word.strip_prefix(b"PATH=") {
                        // Before a command it holds for that command alone.
                        let exports =
                            |word: &&[u8]| matches!(*word, b"export" | b"typeset" | b"declare");
                        let stays = texts[..at].iter().any(exports)
                            || rest.iter().all(|word| word.contains(&b'='));
                        if !stays {
                            return None;
                        }
                        return Some(NewPath::in_list(value.split(|&byte| byte == b':')));
                    }
                    if let Some(start) = word.strip_prefix(b"path=") {
                        let words = std::iter::once(start).chain(rest.iter().copied());
                        return Some(NewPath::in_list(words));
                    }
                }
            }
        }
        None
    }

    /// Whether it puts `$GOROOT/bin` before the rest.
    fn puts_goroot(&self) -> bool {
        let bare = |dir: &Vec<u8>| dir.strip_suffix(b"/").unwrap_or(dir).to_vec();
        let mut first = self.first.iter().map(bare);
        self.keeps && first.any(|dir| matches!(&dir[..], b"$GOROOT/bin" | b"${GOROOT}/bin"))
    }

    /// Of a list up to the old one.
    fn in_list<'a>(list: impl Iterator<Item = &'a [u8]>) -> NewPath {
        let mut first = Vec::new();
        for part in list.flat_map(|word| word.split(|&byte| byte == b':')) {
            let bare = part.iter().copied().filter(|byte| !b"()[]{}".contains(byte));
            let bare: Vec<u8> = bare.collect();
            match bare.as_slice() {
                b"$PATH" | b"$path" | b"$@paths" | b"$paths" => {
                    return NewPath { first, keeps: true };
                }
                b"" | b"=" => {}
                _ if has(part, b"${PATH") => {
                    let at = part.windows(6).position(|piece| piece == b"${PATH").unwrap_or(0);
                    first.extend(Some(part[..at].to_vec()).filter(|dir| !dir.is_empty()));
                    return NewPath { first, keeps: true };
                }
                // The braces of a variable's name say where it ends.
                _ => first.push(part.iter().copied().filter(|b| !b"()[]".contains(b)).collect()),
            }
        }
        NewPath { first, keeps: false }
    }
}

fn has(text: &[u8], piece: &[u8]) -> bool {
    text.windows(piece.len()).any(|window| window == piece)
}

/// The word that stands for what separates two commands.
const END: &[u8] = b";";

/// The words of a line, without quotes, and [`END`] between commands. A comment ends it.
pub(crate) fn words(line: &[u8]) -> Vec<Vec<u8>> {
    let (mut words, mut word, mut quote) = (Vec::new(), Vec::new(), None);
    for &byte in line {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            (None, b'#') if word.is_empty() => break,
            (None, b' ' | b'\t' | b';' | b'&' | b'|') => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                if !matches!(byte, b' ' | b'\t') {
                    words.push(END.to_vec());
                }
            }
            (_, byte) => word.push(byte),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
#[path = "startup_tests.rs"]
mod tests;

//! The words of Go's compilers that are told. An assembler's source may include any file of the user's, in more ways than
//! a list can hold, and a C compiler's may compute, so that it prints a file letter by letter, under any place: where one
//! of them takes part, nothing is told. A program of Go's may be linked to a source elsewhere. So a word is told only if
//! Go's own messages have it, or its library, or a source of the packages of the build. `…` stands for all others.
//!
//! `vocabulary.txt` has the words of the messages of Go 1.27's compilers, linker, vet and go command (the texts in
//! `cmd/compile/internal/types2`, `cmd/go/internal/load` and their like).

use crate::source_names::{has_end, is_source_name};
use goward_installer::{canonical, read};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Of Go's own messages, one a line.
const VOCABULARY: &str = include_str!("vocabulary.txt");
/// How much of all sources is read, in bytes.
const MOST: usize = 16 << 20;
/// The largest source that is read, in bytes.
const MOST_OF_FILE: usize = 8 << 20;
/// Numbers of as many digits are told: they say little.
const SHORT: usize = 2;
/// What begins a line before its place.
const BEGINNINGS: [&str; 2] = ["vet: ", "go: "];
/// The ends of names of module files, and of goward's copies of them: Go repeats their words.
const MODULE_FILES: [&str; 2] = ["mod", "work"];

/// The line in the place of each where an assembler or a C compiler takes part.
pub(crate) const WITHHELD: &str = "an assembler or a C compiler takes part, and may quote any file: \
    go build and go vet show these words";

/// As many lines as Go's words have, without the words.
pub(super) fn withheld(words: &str) -> String {
    let line = |line: &str| if line.trim().is_empty() { "" } else { WITHHELD };
    words.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// A call of Go.
pub(super) struct Call<'g> {
    /// Where it ran.
    pub(super) directory: &'g Path,
    /// Its tree.
    pub(super) goroot: Option<&'g Path>,
    /// The directories of the packages of the build, the user's own first.
    pub(super) packages: &'g [PathBuf],
    /// The place of goward's copies.
    pub(super) copies: Option<&'g Path>,
}

/// Tells Go's words.
pub(super) struct Teller<'g> {
    call: Call<'g>,
    /// The directories, without links, on whose sources lines may be.
    tops: Vec<PathBuf>,
    /// Of Go's messages, and the paths of the tops.
    usual: HashSet<String>,
    /// The names of Go's library, and the words of the packages; read where they are needed.
    more: OnceCell<HashSet<String>>,
    /// The words of the sources in a directory, and how many lines each has.
    beside: HashMap<PathBuf, Rc<Beside>>,
    /// How many bytes of sources beside a place may still be read.
    left: usize,
}

/// The sources in a directory.
#[derive(Default)]
struct Beside {
    words: HashSet<String>,
    lines: HashMap<OsString, usize>,
}

impl<'g> Teller<'g> {
    pub(super) fn of(call: Call<'g>) -> Teller<'g> {
        let all = call.packages.iter().map(PathBuf::as_path).chain(call.copies).chain(call.goroot);
        let tops: Vec<PathBuf> = all.filter_map(|top| canonical(top).ok()).collect();
        let mut usual: HashSet<String> = VOCABULARY.lines().map(str::to_owned).collect();
        for path in tops.iter().map(PathBuf::as_path).chain([call.directory]) {
            usual.extend(words(&path.to_string_lossy()).map(str::to_owned));
        }
        let (beside, more) = (HashMap::new(), OnceCell::new());
        Teller { call, tops, usual, more, beside, left: MOST }
    }

    /// As many lines as Go's words have.
    pub(super) fn told(&mut self, words: &str) -> String {
        words.lines().map(|line| self.line(line)).collect::<Vec<_>>().join("\n")
    }

    fn line(&mut self, line: &str) -> String {
        let begin = line.len() - line.trim_start().len();
        let begins = BEGINNINGS.iter().find(|begins| line[begin..].starts_with(**begins));
        let (begin, rest) = line.split_at(begin + begins.map_or(0, |begins| begins.len()));
        let place = place(rest);
        let found = place.and_then(|(file, number, end)| Some((self.source(file, number)?, end)));
        match found {
            Some((beside, end)) => {
                let is_told = |word: &str| beside.words.contains(word) || self.is_usual(word);
                [begin, &rest[..end], &filtered(&rest[end..], &is_told)].concat()
            }
            None => [begin, &filtered(rest, &|word| self.is_usual(word))].concat(),
        }
    }

    fn is_usual(&self, word: &str) -> bool {
        self.usual.contains(word) || self.more.get_or_init(|| self.more()).contains(word)
    }

    /// The names of the library of this Go, and the words of the packages.
    fn more(&self) -> HashSet<String> {
        let mut found = self.call.goroot.map(library).unwrap_or_default();
        let mut left = MOST;
        let packages = self.call.packages.iter().map(PathBuf::as_path);
        for directory in self.call.copies.into_iter().chain(packages) {
            found.extend(self.sources(directory, &mut left).words);
        }
        found
    }

    /// The sources beside a place, if that is in one of the tops and has that line.
    fn source(&mut self, file: &str, line: usize) -> Option<Rc<Beside>> {
        let path = canonical(self.call.directory.join(file)).ok()?;
        let (directory, name) = (path.parent()?, path.file_name()?);
        if !self.tops.iter().any(|top| path.starts_with(top)) {
            return None;
        }
        let beside = match self.beside.get(directory) {
            Some(found) => Rc::clone(found),
            None => {
                let mut left = self.left;
                let found = Rc::new(self.sources(directory, &mut left));
                self.left = left;
                self.beside.insert(directory.to_path_buf(), Rc::clone(&found));
                found
            }
        };
        beside.lines.get(name).is_some_and(|lines| *lines >= line).then_some(beside)
    }

    /// The sources in a directory, but for those that lie elsewhere behind a link.
    fn sources(&self, directory: &Path, left: &mut usize) -> Beside {
        let is_ours = |path: &Path| {
            let real = canonical(path).ok();
            real.is_some_and(|path| self.tops.iter().any(|top| path.starts_with(top)))
        };
        let is_read =
            |name: &Path| is_source_name(name) || MODULE_FILES.iter().any(|end| has_end(name, end));
        let mut found = Beside::default();
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if !is_read(Path::new(&name)) || !is_ours(&entry.path()) {
                continue;
            }
            let text = read::read(&entry.path(), MOST_OF_FILE.min(*left)).unwrap_or_default();
            *left -= text.len().min(*left);
            found.words.extend(words(&name.to_string_lossy()).map(str::to_owned));
            found.words.extend(words(&String::from_utf8_lossy(&text)).map(str::to_owned));
            found.lines.insert(name, text.split(|byte| *byte == b'\n').count());
        }
        found
    }
}

/// The names of the library of a Go: what each release has added to it.
fn library(goroot: &Path) -> HashSet<String> {
    let mut found = HashSet::new();
    for entry in fs::read_dir(goroot.join("api")).into_iter().flatten().flatten() {
        let text = read::read(&entry.path(), MOST_OF_FILE).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        // `pkg syscall (windows-amd64), const …` has numbers, which no message needs.
        let names = words(&text).filter(|word| !word.starts_with(|c: char| c.is_ascii_digit()));
        found.extend(names.map(str::to_owned));
    }
    found
}

/// The place that a line begins with, `./x.go:1:2: `: the file, the line, and where the place ends.
fn place(line: &str) -> Option<(&str, usize, usize)> {
    // `C:\x.go:1:2: ` on Windows.
    let drive = if line.get(1..3) == Some(":\\") { 2 } else { 0 };
    let end = drive + line[drive..].find(':').filter(|end| drive + end > 0)?;
    let (file, rest) = line.split_at(end);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let length = digits(&rest[1..]);
    let number = rest[1..=length].parse().ok()?;
    let column = rest[length + 1..].strip_prefix(':').map_or(0, |behind| match digits(behind) {
        0 => 0,
        length => length + 1,
    });
    Some((file, number, end + 1 + length + column))
}

/// The words of a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !is_of_word(c)).filter(|word| !word.is_empty())
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A text with `…` in the place of words that are not told: of several without a blank between them once.
fn filtered(text: &str, is_known: &dyn Fn(&str) -> bool) -> String {
    let is_short = |word: &str| word.len() <= SHORT && word.bytes().all(|b| b.is_ascii_digit());
    let is_told = |word: &str| is_short(word) || is_known(word);
    let mut told = String::with_capacity(text.len());
    for piece in text.split_inclusive(char::is_whitespace) {
        let mut unknown = words(piece).filter(|word| !is_told(word));
        let at = |word: &str| word.as_ptr() as usize - piece.as_ptr() as usize;
        let Some(first) = unknown.next() else {
            told.push_str(piece);
            continue;
        };
        let last = unknown.last().unwrap_or(first);
        told.extend([&piece[..at(first)], "…", &piece[at(last) + last.len()..]]);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module, and a file beside it that is none of it.
    fn scene() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
        fs::create_dir_all(dir.path().join("p/c")).unwrap();
        fs::create_dir_all(dir.path().join("other")).unwrap();
        write("p/go.mod", "module example.com/m\n");
        write("p/m.go", "package main\n\nfunc main() { handle(4815) }\n");
        write("p/c/x_amd64.s", "TEXT\n");
        write("other/secret.go", "package hunter2\n\nconst other = 48151623\n");
        dir
    }

    fn told(scene: &Path, words: &str) -> String {
        let directory = &scene.join("p");
        let packages = &[directory.clone(), directory.join("c")];
        let call = Call { directory, goroot: None, packages, copies: None };
        Teller::of(call).told(words)
    }

    #[test]
    fn the_words_of_go_and_of_the_source_are_told() {
        let dir = scene();
        for words in [
            "./m.go:3:15: undefined: handle",
            "vet: ./m.go:3:15: cannot use handle (untyped int constant 4815) as string value in argument",
            "\t./m.go:3:2: other declaration of main",
            "go: m.go:1:1: no required module provides package example.com/m; to add it:",
            "m.go:3: requires go1.24 or later (module is go1.21)",
            "go: updates to go.mod needed; to update it:",
            "# example.com/m",
            "",
        ] {
            assert_eq!(told(dir.path(), words), words);
        }
    }

    #[test]
    fn no_other_word_is_told() {
        let dir = scene();
        for (words, expected) in [
            ("hunter2", "…"),
            ("../.netrc:7: Error: hunter2", "../.…:7: Error: …"),
            ("./m.go:3:15: hunter2 is odd", "./m.go:3:15: … is odd"),
            ("./m.go:3:1: x := [48151623]int{}, [12]int", "./m.go:3:1: … := […]int{}, [12]int"),
            // No such line, no such file, and one that is not of the module.
            ("./m.go:48151623: undefined: handle", "./m.go:…: undefined: handle"),
            ("hunter2.go:1: undefined: main", "….go:1: undefined: main"),
            ("../other/secret.go:1:9: found hunter2, other", "../other/….go:1:9: found …, other"),
            ("c/x_amd64.s:1: label \"hunter2\" defined", "c/x_amd64.s:1: label \"…\" defined"),
            (
                "m: invalid flag in pkg-config --cflags: -I/a,hunter2/b.c",
                "m: invalid flag in pkg-config --cflags: -I/a,….c",
            ),
            ("# hunter2", "# …"),
        ] {
            let told = told(dir.path(), words);
            assert!(!told.contains("hunter2") && !told.contains("48151623"), "{told}");
            assert_eq!(told, expected, "{words}");
        }
    }

    /// Words of a source outside are not told where a link leads to it.
    #[cfg(unix)]
    #[test]
    fn no_word_comes_by_a_link() {
        let dir = scene();
        std::os::unix::fs::symlink("../other/secret.go", dir.path().join("p/z.go")).unwrap();
        std::os::unix::fs::symlink("../other", dir.path().join("p/d")).unwrap();
        for words in ["./z.go:1:9: hunter2", "./d/secret.go:1:9: hunter2", "./m.go:1:1: hunter2"] {
            let told = told(dir.path(), words);
            assert!(!told.contains("hunter2"), "{told}");
        }
    }

    /// A C compiler may print a file letter by letter.
    #[test]
    fn nothing_is_told_of_a_c_compiler() {
        let words = "# example.com/m\n\nm.go:3: Error: h u n t e r 2";
        assert_eq!(withheld(words), [WITHHELD, "", WITHHELD].join("\n"));
    }

    #[test]
    fn the_vocabulary_is_sorted_and_has_each_word_once() {
        let all: Vec<&str> = VOCABULARY.lines().collect();
        assert!(all.is_sorted_by(|a, b| a < b) && all.iter().all(|word| words(word).count() == 1));
    }
}

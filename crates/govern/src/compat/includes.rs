//! The files that sources include by name: Go's assembler, and C compilers, open whatever a source names, and would wait for
//! a FIFO or a device. A name that only macros make is not seen; then the time of Go ends.

use crate::source_names::is_source_name;
use goward_gomod::unquote;
use goward_installer::{canonical, read};
use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// How much of a source is looked at, in bytes.
const MOST_BYTES: u64 = 8 << 20;
/// How much of a Go file: its C code stands above `import "C"`, and that above all other code.
const MOST_OF_GO: u64 = 256 << 10;
/// Puts the bytes of a file into a program (GNU as).
const INCBIN: &str = ".incbin";
/// The longest line that is looked at, in bytes.
const LONGEST: usize = 4096;
/// Directories with headers of the system and of its packages.
const HEADERS: [&str; 6] =
    ["/usr/include", "/usr/local/include", "/usr/lib", "/opt", "/Library", "/Applications"];
/// The most files that sources include by names which are no sources' names.
const MOST_FILES: usize = 10_000;

/// Looks at sources, one after the other.
pub(super) struct Includes {
    /// The module, without links on the way.
    module: PathBuf,
    seen: BTreeSet<PathBuf>,
}

impl Includes {
    /// For the sources of this module.
    pub(super) fn of(module: &Path) -> Includes {
        let module = canonical(module).unwrap_or_else(|_| module.to_owned());
        Includes { module, seen: BTreeSet::new() }
    }

    /// The first file that is neither a regular file nor a directory, or that is no source and lies elsewhere, of those
    /// that a source of this directory includes, and the file that includes it.
    pub(super) fn odd(&mut self, dir: &Path, source: PathBuf) -> Option<(PathBuf, PathBuf)> {
        let mut open = vec![source];
        while let Some(file) = open.pop() {
            let text = text(&file);
            // A comment of Go has the C code, and one of C none.
            let is_go = file.extension().is_some_and(|end| end == "go");
            let flat = if is_go { Vec::new() } else { flattened(&text) };
            for name in names(&text).into_iter().chain(names(&flat)) {
                for from in [Some(dir), file.parent()].into_iter().flatten() {
                    let path = from.join(&name);
                    let Ok(leads) = path.metadata() else { continue };
                    if !leads.is_dir() && (!leads.is_file() || self.is_elsewhere(&path)) {
                        return Some((path, file.clone()));
                    }
                    let is_new = leads.is_file() && self.seen.len() < MOST_FILES;
                    if is_new && self.seen.insert(path.clone()) {
                        open.push(path);
                    }
                }
            }
        }
        None
    }
}

impl Includes {
    /// Whether a file is no source, and neither of the module nor of the system's headers: a message may quote it.
    fn is_elsewhere(&self, path: &Path) -> bool {
        let path = canonical(path).unwrap_or_else(|_| path.to_owned());
        !is_source_name(&path)
            && !HEADERS
                .iter()
                .map(Path::new)
                .chain([&*self.module])
                .any(|top| path.starts_with(top))
    }
}

/// What may include something; nothing of a file that cannot be read, or of a Go file without C.
fn text(file: &Path) -> Vec<u8> {
    let is_go = file.extension().is_some_and(|end| end == "go");
    let most = if is_go { MOST_OF_GO } else { MOST_BYTES };
    let mut bytes = Vec::new();
    let read = read::open(file).and_then(|file| file.take(most).read_to_end(&mut bytes));
    let is_c = |part: &[u8]| part[1] == b'C' && part[0] == part[2] && b"\"`".contains(&part[0]);
    let has_c = || bytes.windows(3).any(is_c);
    match read {
        Ok(_) if !is_go || has_c() => bytes,
        _ => Vec::new(),
    }
}

/// A text without comments of several lines, and with lines that go on joined: a name may stand behind both.
fn flattened(text: &[u8]) -> Vec<u8> {
    let (mut flat, mut rest) = (Vec::with_capacity(text.len()), text);
    while let [first, behind @ ..] = rest {
        rest = match rest {
            [b'/', b'*', comment @ ..] => {
                flat.push(b' ');
                let end = comment.windows(2).position(|pair| pair == b"*/");
                end.map_or(&[][..], |end| &comment[end + 2..])
            }
            [b'\\', b'\n', behind @ ..] | [b'\\', b'\r', b'\n', behind @ ..] => behind,
            _ => {
                flat.push(*first);
                behind
            }
        };
    }
    flat
}

/// The names behind `#include` and its like, as Go and C read them.
fn names(text: &[u8]) -> Vec<PathBuf> {
    let lines = text.split(|byte| *byte == b'\n').filter(|line| line.len() <= LONGEST);
    lines.filter_map(behind).flat_map(named).collect()
}

/// What stands behind the word in a line: comments may stand before and between.
fn behind(line: &[u8]) -> Option<&[u8]> {
    let at_word =
        |rest: &[u8], word: &str| rest.windows(word.len()).position(|part| part == word.as_bytes());
    // The assembler of a C compiler has words of its own.
    if let Some(at) = at_word(line, INCBIN) {
        return Some(&line[at + INCBIN.len()..]);
    }
    let hash = line.iter().position(|byte| *byte == b'#')?;
    let rest = &line[hash..];
    let word = ["include", "embed", "import"].into_iter();
    let at = word.filter_map(|word| Some((at_word(rest, word)?, word)));
    at.min().map(|(at, word)| &rest[at + word.len()..])
}

/// The name in quotation marks, or in angle brackets.
fn named(rest: &[u8]) -> Vec<PathBuf> {
    let Some(start) = rest.iter().position(|byte| matches!(byte, b'"' | b'<')) else {
        return Vec::new();
    };
    let (mark, rest) = (rest[start], &rest[start..]);
    let end = if mark == b'<' { b'>' } else { b'"' };
    let ends =
        || rest.iter().enumerate().skip(1).filter(|(_, byte)| **byte == end).map(|(at, _)| at);
    // C takes a name as it stands, Go's assembler with escapes.
    let plain = ends().next().map(|at| rest[1..at].to_vec());
    let escaped = ends().find_map(|at| unquote(&rest[..=at])).filter(|_| rest.contains(&b'\\'));
    // In a string of C the marks have a backslash.
    let in_string = plain.as_ref().and_then(|name| Some(name.strip_suffix(b"\\")?.to_vec()));
    plain
        .into_iter()
        .chain(escaped)
        .chain(in_string)
        .map(|name| crate::os_path::path_of(&name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_seen_behind_comments_and_ends_of_lines() {
        for text in [
            "#include /*\n*/ \"a.h\"\n",
            "#inclu\\\nde \"a.h\"\n",
            "/* x\n y */ #include \"a.h\" // z",
        ] {
            assert_eq!(names(&flattened(text.as_bytes())), [PathBuf::from("a.h")], "{text:?}");
        }
        let long = format!("/*{}*/ #include \"a.h\"\n/* open", "x".repeat(2 * LONGEST));
        assert_eq!(names(&flattened(long.as_bytes())), [PathBuf::from("a.h")]);
    }

    #[test]
    fn names_are_seen_through_comments_and_escapes() {
        for (line, expected) in [
            ("#include \"a.h\"", "a.h"),
            ("  # include <sys/x.h> // \"no\"", "sys/x.h"),
            ("// #include \"p\"", "p"),
            ("/* #include \"p\" */", "p"),
            ("#include \"\\x70ipe\"", "\\x70ipe pipe"),
            ("#include \"a\\\"b\"", "a\\ a\"b a"),
            ("#embed </dev/zero>", "/dev/zero"),
            ("\t.incbin\t\"a.bin\", 4", "a.bin"),
            ("__asm__(\".incbin \\\"b\\\"\");", "b\\ b\" b"),
            ("include \"x\"", ""),
            ("#include NAME", ""),
            ("#define X 1", ""),
        ] {
            let found = names(line.as_bytes());
            let found: Vec<_> = found.iter().map(|path| path.to_string_lossy()).collect();
            assert_eq!(found.join(" "), expected, "{line}");
        }
    }
}

//! `vendor/modules.txt`, which names the module of each vendored package: `readVendorList` in
//! cmd/go's modload/vendor.go.

use crate::character::{trim, words};
use crate::directive::Versioned;
use crate::path::is_import;
use crate::text::Text;
use crate::version::is_version;
use std::collections::HashMap;

/// A module of `vendor/modules.txt`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vendored {
    /// The module; without a version if the entry only replaces all versions.
    pub module: Versioned,
    /// Its replacement.
    pub replacement: Option<Versioned>,
    /// Whether the `go.mod` requires it itself.
    pub explicit: bool,
    /// The go line of its own `go.mod`; empty if the file does not record it.
    pub go: Text,
    /// Its copied packages.
    pub packages: Vec<Text>,
    /// The line of its first entry.
    pub line: u32,
}

/// Reads a `vendor/modules.txt`. Like Go, it skips every line that it does not understand, and
/// treats several entries of one module as one.
///
/// ```
/// let vendored = goward_gomod::vendored(
///     b"# example.com/a v1.2.3 => ../a\n## explicit; go 1.21\nexample.com/a/b\n",
/// );
/// assert_eq!(vendored[0].module.path, "example.com/a");
/// assert_eq!(vendored[0].replacement.as_ref().unwrap().path, "../a");
/// assert!(vendored[0].explicit && vendored[0].go == "1.21");
/// assert_eq!(vendored[0].packages[0], "example.com/a/b");
/// ```
#[must_use]
pub fn vendored(source: &[u8]) -> Vec<Vendored> {
    let mut list = List::default();
    for (line, number) in source.split(|b| *b == b'\n').zip(1..) {
        if line.starts_with(b"# ") {
            list.module(line, number);
        } else if let Some(entry) = list.entry.map(|at| &mut list.all[at]) {
            if let Some(notes) = line.strip_prefix(b"## ") {
                annotate(entry, notes);
            } else {
                let mut words = words(line);
                let package = words.next().filter(|path| is_import(path));
                entry.packages.extend(package.filter(|_| words.next().is_none()).map(Into::into));
            }
        }
    }
    list.all
}

/// Whether `go work vendor` made a `vendor/modules.txt`, so that it is of all modules of a workspace: its first
/// line says so.
///
/// ```
/// assert!(goward_gomod::is_of_workspace(b"## workspace\n# example.com/a v1.2.3\n"));
/// assert!(!goward_gomod::is_of_workspace(b"# example.com/a v1.2.3\n## workspace\n"));
/// ```
#[must_use]
pub fn is_of_workspace(source: &[u8]) -> bool {
    let notes = source.split(|b| *b == b'\n').next().and_then(|line| line.strip_prefix(b"## "));
    notes.is_some_and(|notes| notes.split(|b| *b == b';').any(|note| trim(note) == b"workspace"))
}

#[derive(Default)]
struct List {
    all: Vec<Vendored>,
    /// The place of a module's entry.
    known: HashMap<Versioned, usize>,
    /// The entry to which the next lines belong.
    entry: Option<usize>,
}

impl List {
    /// A line `# path version`, `# path version => …` or `# path => …`.
    fn module(&mut self, line: &[u8], number: u32) {
        let fields: Vec<_> = words(line).take(7).collect();
        let (version, rest) = match fields[..] {
            [_, _, b"=>", ..] => (&b""[..], &fields[2..]),
            [_, _, version, ..] if is_version(version) => (version, &fields[3..]),
            // A short line changes nothing; a line that Go does not understand ends the module
            // above.
            [_, _, _, ..] => return self.entry = None,
            _ => return,
        };
        let module = Versioned { path: fields[1].into(), version: version.into() };
        let at = *self.known.entry(module.clone()).or_insert(self.all.len());
        if at == self.all.len() {
            self.all.push(Vendored { module, line: number, ..Vendored::default() });
        }
        self.entry = Some(at);
        let replacement = match rest {
            [b"=>", path] => (*path, &b""[..]),
            [b"=>", path, version] if is_version(version) => (*path, *version),
            _ => return,
        };
        let (path, version) = (replacement.0.into(), replacement.1.into());
        self.all[at].replacement = Some(Versioned { path, version });
    }
}

/// Reads a line `## explicit; go 1.21`.
fn annotate(entry: &mut Vendored, notes: &[u8]) {
    for note in notes.split(|b| *b == b';').map(trim) {
        if note == b"explicit" {
            entry.explicit = true;
        }
        if let Some(version) = note.strip_prefix(b"go ") {
            entry.go = version.into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_one_module_are_one() {
        let all = vendored(
            b"x/before\n# a v1\nx/y\n# b => c v2.0.0\n# a v1\n## go 1.2 ; other;explicit\nx/z\r\n\
              # d\nx/still\n# e what\nx/none\n# f v1.0.0 => g master\n",
        );
        let said: Vec<_> = all
            .iter()
            .map(|entry| (entry.module.path.to_lossy(), entry.packages.len(), entry.line))
            .collect();
        assert_eq!(said, [("a".into(), 3, 2), ("b".into(), 0, 4), ("f".into(), 0, 12)]);
        assert!(all[0].explicit && all[0].go == "1.2" && all[0].replacement.is_none());
        let c = Versioned { path: "c".into(), version: "v2.0.0".into() };
        assert_eq!(all[1].replacement, Some(c));
        assert!(all[2].replacement.is_none());
    }

    #[test]
    fn lines_that_are_not_understood_are_passed_over() {
        for source in ["", "\n\n", "#\n# \n##", "# a\nb", "a/b", "\0\u{feff}# a v1"] {
            assert_eq!(vendored(source.as_bytes()), [], "{source:?}");
        }
        let all = vendored(b"# a v1\n\xff\na b\n-a\n/a\n##explicit\n #a\n");
        assert!(all[0].packages.is_empty() && !all[0].explicit);
    }
}

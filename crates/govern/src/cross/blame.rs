//! Whether it is for want of cgo that a package does not build without: a plain mistake fails so too.
//!
//! Go tells of a build without cgo what is not declared. If a file that this build leaves out declares it, cgo is
//! what it lacks. So it is where a file fails that is built only without cgo.

use super::need::{LeftOut, wants_cgo};
use goward_installer::read;
use std::collections::HashSet;
use std::path::Path;

/// How much of a left-out file is read, in bytes.
const MOST_OF_FILE: usize = 4 << 20;
/// The most files that are read.
const MOST_FILES: usize = 1_000;
/// Why a build failed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Blame {
    /// It lacks what cgo would bring.
    Cgo,
    /// It has a mistake that cgo does not mend: the package, and Go's words on one line.
    Mistake(String, String),
}

/// What the left-out files of all packages declare.
pub(super) struct Declared {
    names: HashSet<String>,
}

impl Declared {
    /// Reads them. What cannot be read declares nothing.
    pub(super) fn of(left_out: &[LeftOut]) -> Declared {
        let files = left_out.iter().flat_map(|of| of.files.iter().map(move |file| (of, file)));
        let mut names = HashSet::new();
        for (of, file) in files.take(MOST_FILES) {
            let text = read::read(&Path::new(&of.dir).join(file), MOST_OF_FILE).unwrap_or_default();
            add_names(&mut names, &String::from_utf8_lossy(&text));
        }
        Declared { names }
    }

    /// Judges Go's words on the build of `package` without cgo.
    pub(super) fn blame(&self, package: &str, words: &str, left_out: &[LeftOut]) -> Blame {
        let mut building = package;
        let mut mistake = None;
        let is_instead = |building: &str, line: &str| {
            let of = left_out.iter().find(|of| of.package == building);
            of.is_some_and(|of| of.instead.iter().any(|file| names_file(line, file)))
        };
        for line in words.lines().filter(|line| !line.trim().is_empty()) {
            if let Some(heading) = line.strip_prefix("# ") {
                building = heading.split_whitespace().next().unwrap_or(package);
                continue;
            }
            let is_lacking =
                undeclared(line).is_some_and(|name| self.names.contains(name.trim_matches('"')));
            if is_lacking || is_instead(building, line) || wants_cgo(line) {
                return Blame::Cgo;
            }
            mistake.get_or_insert_with(|| (building.to_owned(), line.trim().to_owned()));
        }
        match mistake {
            Some((package, line)) => Blame::Mistake(package, line),
            // A failure without a word names no mistake.
            None => Blame::Cgo,
        }
    }
}

/// Whether a line of Go's words is on this file: `./x.go:1:2: …`.
fn names_file(line: &str, file: &str) -> bool {
    let told = line.trim_start().split(':').next().unwrap_or_default();
    told.rsplit(['/', '\\']).next() == Some(file)
}

/// What a compiler's line says is declared nowhere (types2's and go/types' words).
fn undeclared(line: &str) -> Option<&str> {
    let behind = |mark: &str| line.split_once(mark).map(|(_, rest)| rest);
    let word = |rest: &str| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        end.unwrap_or(rest.len())
    };
    let (rest, skip) = if let Some(rest) = behind("missing method ") {
        (rest, 0)
    } else if let Some(rest) = behind("no field or method ") {
        (rest, 0)
    } else {
        let rest = behind("undefined: ")?;
        // Of `package.Name` the name.
        (rest, rest.split_whitespace().next()?.rfind('.').map_or(0, |dot| dot + 1))
    };
    let rest = &rest[skip..];
    Some(&rest[..word(rest)])
}

/// Adds what a file declares: at the beginnings of lines, as gofmt has them.
fn add_names(names: &mut HashSet<String>, text: &str) {
    let mut is_group = false;
    for line in text.lines() {
        let begins = line.split_once([' ', '\t']);
        match begins {
            Some(("func", rest)) => add(names, without_receiver(rest)),
            Some(("type" | "var" | "const", rest)) => add(names, rest),
            _ if line.starts_with([')', '}']) => is_group = false,
            _ if is_group => add(names, line),
            _ => {}
        }
        if matches!(begins, Some(("type" | "var" | "const", _))) && line.ends_with(['(', '{']) {
            is_group = true;
        }
    }
}

/// The rest of a method's line, from its name on.
fn without_receiver(line: &str) -> &str {
    let Some(receiver) = line.strip_prefix('(') else { return line };
    receiver.split_once(')').map_or("", |(_, rest)| rest)
}

/// Adds the names at the beginning of a declaration: `a, b int`.
fn add(names: &mut HashSet<String>, declaration: &str) {
    for name in declaration.split(',') {
        let name = name.trim_start();
        let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
        if end > 0 {
            names.insert(name[..end].to_owned());
        }
        if !name[end..].trim().is_empty() {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT_OUT: &str = "package opt\n\n// #include <a.h>\nimport \"C\"\n\nconst (\n\tOne, Two = 1, 2\n\tThree\n)\n\
        \ntype Handle struct {\n\tcode int\n}\n\nfunc (h *Handle) Close() error {\n\terr := free()\n\treturn err\n}\n\
        \nvar Version = \"1\"\n\nfunc Open[T any](name T) *Handle { return nil }\n";

    fn judged(words: &str) -> Blame {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("c.go"), LEFT_OUT).unwrap();
        let left_out = [LeftOut {
            package: "d/opt".to_owned(),
            dir: dir.path().to_str().unwrap().to_owned(),
            files: vec!["c.go".to_owned(), "absent.go".to_owned()],
            instead: vec!["stub.go".to_owned()],
        }];
        Declared::of(&left_out).blame("d/opt", words, &left_out)
    }

    #[test]
    fn what_a_left_out_file_declares_is_lacking() {
        for said in [
            "undefined: Open",
            "undefined: Two",
            "undefined: Three",
            "undefined: opt.Version",
            "h.code undefined (type Handle has no field or method code)",
            "h.Close undefined (type Handle has no field or method Close)",
            "cannot use h (variable of type T) as I value in return: T does not implement I (missing method Close)",
        ] {
            assert_eq!(judged(&format!("# d/opt\n./o.go:3:9: {said}")), Blame::Cgo, "{said}");
        }
        assert_eq!(judged("# d/opt\nx/stub.go:3:9: declared and not used: x"), Blame::Cgo);
        let excluded = "package d/opt\n\timports d/c: build constraints exclude all Go files in /d";
        assert_eq!(judged(excluded), Blame::Cgo);
        assert_eq!(judged(""), Blame::Cgo);
    }

    #[test]
    fn a_mistake_is_none_of_cgo() {
        for said in [
            "undefined: Absent",
            // Within a function nothing is declared for others.
            "undefined: err",
            "undefined: opt.name",
            "declared and not used: Open",
            "cannot use 1 (untyped int constant) as string value in return statement",
        ] {
            let line = format!("./o.go:3:9: {said}");
            let blame = Blame::Mistake("m/other".to_owned(), line.clone());
            assert_eq!(judged(&format!("# m/other\n{line}\n./o.go:4:1: more")), blame);
        }
        // Another package may have a file of that name.
        let other = "# m/other\nx/stub.go:3:9: syntax error";
        assert!(matches!(judged(other), Blame::Mistake(..)));
    }
}

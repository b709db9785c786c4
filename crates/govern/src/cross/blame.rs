//! Whether a package fails without cgo for want of it: a package with a plain mistake fails as well.
//!
//! A mistake is what fails with cgo, too. That build would need a C compiler, so the words of the build without cgo
//! decide. Go says which name is not declared: a file that this build leaves out may declare it. Or Go says what is
//! wrong with a use: a name on that line may mean something else with cgo. And a file may be built only without cgo.

use super::declared::{is_of_name, names};
use super::need::{LeftOut, wants_cgo};
use goward_installer::read;
use std::cell::Cell;
use std::collections::HashSet;
use std::path::Path;

/// How much of a left-out file is read, in bytes.
const MOST_OF_FILE: usize = 4 << 20;
/// The most files that are read.
const MOST_FILES: usize = 1_000;
/// Mistakes that no declaration elsewhere mends, in the compiler's words (types2, syntax).
const PLAIN: [&str; 5] = [
    "declared and not used",
    "imported and not used",
    "redeclared in this block",
    "syntax error",
    "missing return",
];

/// Why a package does not build.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Blame {
    /// It lacks what cgo would bring to this package, which it is or imports; without a name to one of them.
    Cgo(String),
    /// It has a mistake that cgo does not mend: the package, and Go's words on one line.
    Mistake(String, String),
}

/// Go's words on a build.
pub(super) struct Words {
    /// As they are, to be judged.
    pub(super) raw: String,
    /// The same lines, as they may be told.
    pub(super) told: String,
}

/// Judges Go's words on a build of these packages without cgo, which ran in `directory`, and of which these files are
/// left out: one verdict for each package.
pub(super) fn blames(
    words: &Words,
    packages: &[String],
    left_out: &[LeftOut],
    directory: &Path,
) -> Vec<Blame> {
    let declared: Vec<Declared<'_>> = left_out.iter().map(Declared::of).collect();
    let sources = Sources { directory, left: Cell::new(MOST_FILES) };
    let without_main = declared.iter().filter(|one| one.lacks_main);
    let without_main = without_main.map(|one| Blame::Cgo(one.of.package.clone()));
    let (mut verdicts, mut building) = (Vec::new(), String::new());
    let lines = words.raw.lines().zip(words.told.lines());
    for (line, told) in lines.filter(|(line, _)| !line.trim().is_empty()) {
        if let Some(heading) = line.strip_prefix("# ") {
            building = heading.split_whitespace().next().unwrap_or_default().to_owned();
            // A compiler may have written any heading.
            let is_one = packages.contains(&building);
            let name = if is_one { &building } else { told.trim_start_matches("# ") };
            verdicts.push((name.to_owned(), None, None));
            continue;
        }
        if verdicts.is_empty() {
            verdicts.push((String::new(), None, None));
        }
        let Some((_, cgo, mistake)) = verdicts.last_mut() else { continue };
        // Its own files come first.
        let (own, others): (Vec<&Declared<'_>>, Vec<_>) =
            declared.iter().partition(|one| one.of.package == building);
        let lacking =
            own.into_iter().chain(others).find(|one| one.explains(line, &building, &sources));
        match lacking {
            Some(one) => _ = cgo.get_or_insert_with(|| one.of.package.clone()),
            // Words without a heading are on what cannot be loaded, `d/c: build constraints exclude …`.
            None if wants_cgo(line) => {
                let names = |one: &&Declared<'_>| {
                    line.split([' ', '\t', ':']).any(|word| word == one.of.package)
                };
                let of = declared.iter().find(names).map(|one| one.of.package.clone());
                _ = cgo.get_or_insert_with(|| of.unwrap_or_default());
            }
            None => _ = mistake.get_or_insert_with(|| told.trim().to_owned()),
        }
    }
    let blame = |(package, cgo, mistake): (String, Option<String>, Option<String>)| match cgo {
        Some(of) => Some(Blame::Cgo(of)),
        None => Some(Blame::Mistake(package, mistake?)),
    };
    verdicts.into_iter().filter_map(blame).chain(without_main).collect()
}

/// What the files of a package declare that differ with cgo.
struct Declared<'l> {
    of: &'l LeftOut,
    /// What only a build with cgo has.
    left_out: HashSet<String>,
    /// What only a build without has.
    instead: HashSet<String>,
    /// Whether it is a program whose `main` only cgo brings.
    lacks_main: bool,
}

impl<'l> Declared<'l> {
    /// Reads them. A file that cannot be read declares nothing.
    fn of(of: &'l LeftOut) -> Declared<'l> {
        let names = |files: &[String]| {
            let (mut all, mut has_main) = (HashSet::new(), false);
            for file in files.iter().take(MOST_FILES) {
                let text = read::read(&Path::new(&of.dir).join(file), MOST_OF_FILE);
                let found = names(&String::from_utf8_lossy(&text.unwrap_or_default()));
                all.extend(found.all);
                has_main |= found.has_main;
            }
            (all, has_main)
        };
        let ((left_out, main), (instead, main_instead)) = (names(&of.files), names(&of.instead));
        // The linker alone would tell.
        let lacks_main = of.is_program && main && !main_instead;
        Declared { of, left_out, instead, lacks_main }
    }

    /// Whether these files may be why Go says this of the package that it builds.
    fn explains(&self, line: &str, building: &str, sources: &Sources<'_>) -> bool {
        let is_own = self.of.package == building;
        let is_instead = || self.of.instead.iter().any(|file| names_file(line, file));
        // With cgo the C compiler takes what Go's assembler takes without.
        let is_of_no_go = || place(line).is_some_and(|file| !file.ends_with(".go"));
        is_own && (is_instead() || is_of_no_go()) || self.lacks_cgo(line, is_own, sources)
    }

    /// Whether a line of Go's words may be other with cgo.
    fn lacks_cgo(&self, line: &str, is_own: bool, sources: &Sources<'_>) -> bool {
        let names = |text: &str, names: &HashSet<String>| {
            text.split(|c: char| !is_of_name(c)).any(|name| names.contains(name))
        };
        let has = |all: &HashSet<String>| names(said(line), all);
        match undeclared(line) {
            // With cgo the type may have more fields and methods.
            Some(name) => self.left_out.contains(name) || has(&self.instead),
            None if PLAIN.iter().any(|said| line.contains(said)) => false,
            // An assembler's file may have the body, for which Go takes the C compiler.
            None if line.contains("missing function body") => is_own,
            None if has(&self.left_out) || has(&self.instead) => true,
            // `constant 300 overflows byte` tells no name of the sum.
            None => {
                let source = sources.line(line);
                names(&source, &self.left_out) || names(&source, &self.instead)
            }
        }
    }
}

/// The sources that Go's words are on.
struct Sources<'d> {
    /// Where Go ran.
    directory: &'d Path,
    /// How many may still be read.
    left: Cell<usize>,
}

impl Sources<'_> {
    /// The line that Go's words are on; empty where it cannot be read.
    fn line(&self, words: &str) -> String {
        let text = || {
            let (file, rest) = words.trim_start().split_once(':')?;
            let number: usize = rest.split(':').next()?.parse().ok()?;
            self.left.set(self.left.get().checked_sub(1)?);
            let text = read::read(&self.directory.join(file), MOST_OF_FILE).ok()?;
            let line = text.split(|byte| *byte == b'\n').nth(number.checked_sub(1)?)?;
            Some(String::from_utf8_lossy(line).into_owned())
        };
        text().unwrap_or_default()
    }
}

/// Go's words behind the place: `./x.go:1:2: `.
fn said(line: &str) -> &str {
    line.split_once(": ").map_or(line, |(_, said)| said)
}

/// The file of a line such as `./x.go:1:2: …`, without its directory.
fn place(line: &str) -> Option<&str> {
    let (file, rest) = line.trim_start().split_once(':')?;
    let is_place = rest.starts_with(|c: char| c.is_ascii_digit());
    file.rsplit(['/', '\\']).next().filter(|_| is_place)
}

/// Whether a line of Go's words is on this file.
fn names_file(line: &str, file: &str) -> bool {
    place(line) == Some(file)
}

/// What a compiler's line says is declared nowhere (types2's and go/types' words).
fn undeclared(line: &str) -> Option<&str> {
    let behind = |mark: &str| line.split_once(mark).map(|(_, rest)| rest);
    let word = |rest: &str| {
        let end = rest.find(|c: char| !is_of_name(c));
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

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT_OUT: &str = "package opt\n\n// #include <a.h>\nimport \"C\"\n\nconst (\n\tOne, Two = 1, 2\n\tThree\n)\n\
        \ntype Handle struct {\n\tcode int\n}\n\nfunc (h *Handle) Close() error {\n\terr := free()\n\treturn err\n}\n\
        \nvar Version = \"1\"\n\nfunc Open[T any](name T) *Handle { return nil }\n";

    fn judged(words: &str) -> Vec<Blame> {
        let dir = tempfile::tempdir().unwrap();
        let stub = "package opt\n\ntype Stub struct{}\n\nfunc Fast() {}\n";
        std::fs::write(dir.path().join("stub.go"), stub).unwrap();
        std::fs::write(dir.path().join("c.go"), LEFT_OUT).unwrap();
        std::fs::write(
            dir.path().join("use.go"),
            "package opt\n\nvar b byte = opt.Two * 300\nvar c = 1 + x\n",
        )
        .unwrap();
        let left_out = [LeftOut {
            package: "d/opt".to_owned(),
            dir: dir.path().to_str().unwrap().to_owned(),
            files: vec!["c.go".to_owned(), "absent.go".to_owned()],
            instead: vec!["stub.go".to_owned()],
            is_program: false,
        }];
        let words = Words { raw: words.to_owned(), told: words.to_owned() };
        blames(&words, &["m/other".to_owned()], &left_out, dir.path())
    }

    fn cgo() -> Vec<Blame> {
        vec![Blame::Cgo("d/opt".to_owned())]
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
            "h.ID undefined (type Stub has no field or method ID)",
            // With cgo it may have another signature, or type.
            "too many arguments in call to Fast\n\thave (number)\n\twant ()",
            "cannot use Two (constant 2 of type int) as string value in argument",
            "missing function body",
        ] {
            assert_eq!(judged(&format!("# d/opt\n./o.go:3:9: {said}")), cgo(), "{said}");
        }
        assert_eq!(judged("# d/opt\nx/stub.go:3:9: declared and not used: x"), cgo());
        assert_eq!(judged("# d/opt\n./f_amd64.s:3: …"), cgo());
        // The words tell no name; the line that they are on does.
        let overflows = "cannot use 600 (constant of type int) as byte value (overflows)";
        assert_eq!(judged(&format!("# m/cmd\n./use.go:3:16: {overflows}")), cgo());
        for other in ["./use.go:4:9", "./use.go:9:9", "absent/use.go:3:16", "./use.go:0:1"] {
            let blame = judged(&format!("# m/cmd\n{other}: {overflows}"));
            assert!(matches!(blame[..], [Blame::Mistake(..)]), "{other}");
        }
        // What imports it needs what it lacks.
        assert_eq!(judged("# m/cmd\n./m.go:3:9: undefined: opt.Open"), cgo());
        let excluded = "package d/opt\n\timports d/c: build constraints exclude all Go files in /d";
        assert_eq!(judged(excluded).len(), 1);
        assert!(matches!(&judged(excluded)[..], [Blame::Cgo(_)]));
        let alone = "d/opt: build constraints exclude all Go files in /d";
        assert_eq!(judged(alone), cgo());
        assert_eq!(judged(""), []);
    }

    #[test]
    fn a_mistake_is_none_of_cgo() {
        for said in [
            "undefined: Absent",
            // Within a function nothing is declared for others.
            "undefined: err",
            "undefined: opt.name",
            "declared and not used: Open",
            "Open redeclared in this block",
            "cannot use 1 (untyped int constant) as string value in return statement",
        ] {
            let line = format!("./o.go:3:9: {said}");
            let blame = Blame::Mistake("m/other".to_owned(), line.clone());
            assert_eq!(judged(&format!("# m/other\n{line}\n./o.go:4:1: more")), [blame]);
        }
        // Another package may have a file of that name.
        let other = "# m/other\nx/stub.go:3:9: syntax error";
        assert!(matches!(judged(other)[..], [Blame::Mistake(..)]));
        let both = "# m/other\n./o.go:1:1: undefined: Absent\n# d/opt\n./o.go:1:1: undefined: Open";
        assert!(matches!(judged(both)[..], [Blame::Mistake(..), Blame::Cgo(_)]));
    }
}

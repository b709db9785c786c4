//! The files on which the crate and Go are compared: Go's own test data, read from its tree when
//! the test runs, odd ones written by hand, and generated ones.

use crate::generate;
use goward_gomod::Kind;
use goward_tests::mirror;
use std::collections::BTreeSet;
use std::path::Path;

/// A file to compare.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// Its origin, for messages.
    pub(crate) origin: String,
    pub(crate) kind: Kind,
    pub(crate) text: Vec<u8>,
}

/// How many files there are of Go's own and by hand: all shapes that differ, or all files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Breadth {
    Shapes,
    All,
}

/// The files of Go's own tests, those by hand, and so many generated ones.
pub(crate) fn samples(breadth: Breadth, generated: u64) -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut known = BTreeSet::new();
    let tree = mirror::tree("1.27.3");
    for dir in ["src/cmd/go/testdata/mod", "src/cmd/go/testdata/script"] {
        of_archives(&tree.join(dir), &mut |sample: Sample| {
            let shape = match breadth {
                Breadth::Shapes => shape(&sample.text),
                Breadth::All => String::from_utf8_lossy(&sample.text).into_owned(),
            };
            if known.insert((sample.kind == Kind::Module, shape)) {
                samples.push(sample);
            }
        });
    }
    for (kind, texts) in [(Kind::Module, ODD), (Kind::Workspace, ODD_WORKSPACES)] {
        samples.extend(texts.iter().map(|text| {
            let (origin, text) = (format!("{text:?}"), text.as_bytes().to_vec());
            Sample { origin, kind, text }
        }));
    }
    for text in
        [&b"module \xff\n"[..], b"module m // \xff\n", b"require \"a\xff\" v1\xff\n", b"\xff"]
    {
        let origin = text.escape_ascii().to_string();
        samples.push(Sample { origin, kind: Kind::Module, text: text.to_vec() });
    }
    samples.extend((0..generated).map(generate::sample));
    samples
}

/// The `go.mod` and `go.work` in the txtar archives of a directory. A release without test data has
/// none; then the generated ones have to do.
fn of_archives(dir: &Path, take: &mut impl FnMut(Sample)) {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return mirror::note(&format!("there is no {}", dir.display()));
    };
    let mut paths: Vec<_> =
        entries.map(|entry| entry.expect("a directory can be read").path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|it| it == "txt")) {
        let text = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut member: Option<(String, Vec<u8>)> = None;
        for line in text.split_inclusive(|b| *b == b'\n').chain([&b"-- end --"[..]]) {
            let name =
                line.trim_ascii_end().strip_prefix(b"-- ").and_then(|it| it.strip_suffix(b" --"));
            let Some(name) = name else {
                member.iter_mut().for_each(|(_, text)| text.extend_from_slice(line));
                continue;
            };
            if let Some((name, text)) = member.take() {
                let workspace = name.ends_with("go.work");
                let kind = if workspace { Kind::Workspace } else { Kind::Module };
                if workspace || name.ends_with(".mod") {
                    take(Sample { origin: format!("{}: {name}", path.display()), kind, text });
                }
            }
            member = Some((String::from_utf8_lossy(name).into_owned(), Vec::new()));
        }
    }
}

/// Which lines there are, with all names and versions the same.
fn shape(text: &[u8]) -> String {
    const KEPT: [&str; 14] = [
        "module",
        "go",
        "toolchain",
        "godebug",
        "require",
        "exclude",
        "replace",
        "retract",
        "tool",
        "ignore",
        "use",
        "//",
        "=>",
        "indirect",
    ];
    let text = String::from_utf8_lossy(text);
    let lines = text.lines().map(|line| {
        let words = line.split([' ', '\t']).map(|word| match word {
            _ if KEPT.contains(&word) || word.len() < 2 => word,
            _ if word.contains(['"', '`', '[', ']', '(', ')', ',']) => word,
            _ => "w",
        });
        words.collect::<Vec<_>>().join(" ")
    });
    lines.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join("\n")
}

/// `go.mod` files by hand. Each is one thing that a parser could get wrong.
const ODD: &[&str] = &[
    "",
    "\n\n",
    "//",
    "// only\n\n// comments",
    "module m\r\n\r\ngo 1.21\r\nrequire (\r\n\ta v1.0.0 // indirect\r\n)\r\n",
    "module m\rgo 1.21\n",
    "\u{feff}module m\n",
    "module m\0\n",
    "module m\u{a0}\n",
    "module m\x0c\n",
    "module \"m\"\n",
    "module \"a\\x2eb/\\u00e9\\\"c\"\n",
    "module `m`\n",
    "module 'm'\n",
    "module \"m\n",
    "module \"m\\",
    "module \"m\\\n\"\n",
    "module \"\\q\"\n",
    "module \"\"\n",
    "module m n\n",
    "module\n",
    "module\nmodule m\n",
    "module m\nmodule m\n",
    "module (\n\tm\n)\n",
    "module (\n\tm\n\tn\n)\n",
    "module ()\n",
    "module ( )\ngo 1.20\n",
    "module m /* c */\n",
    "/* c */\nmodule m\n",
    "module m/*\n",
    "module m//c\n",
    "module a/*b\n",
    "module a//b\ngo 1.21//c\n",
    "module é\n",
    "module \u{1c89}\n",
    "module \u{10ec5}\n",
    "module \u{e0001}\n",
    "// Deprecated: old\nmodule m\n",
    "// a\n//\n// Deprecated:  b\n// c\n//\n// d\nmodule m // e\n",
    "// Deprecated: a\n\nmodule m\n",
    "// Deprecated: a\nmodule (\n\n\tm\n)\n",
    "// Deprecated: a\nmodule (\n\t// b\n\tm\n)\n",
    "// Deprecated: a\nmodule (\n\tm // b\n)\n",
    "// a\nDeprecated: b\nmodule m\n",
    "go 1.21\n",
    "go 1.21.0\ntoolchain go1.22\n",
    "go 1.21rc2\n",
    "go 1.21.3-custom\n",
    "go v1.21\n",
    "go v1.2.3.4\n",
    "go 1.2.3.4\n",
    "go 1.01\n",
    "go 01.1\n",
    "go \"1.21\"\n",
    "go 1\n",
    "go\n",
    "go 1.21 1.22\n",
    "go 1.20\ngo 1.21\n",
    "go (\n\t1.21\n)\n",
    "toolchain default\n",
    "toolchain local\n",
    "toolchain go1\n",
    "toolchain go1.\n",
    "toolchain go2\n",
    "toolchain go1.21.3-x\ntoolchain go1.22\n",
    "toolchain (\n\tgo1.21.0\n)\n",
    "godebug a=b\ngodebug (\n\tc=d=e\n\tf=\n)\n",
    "godebug =x\n",
    "godebug a\n",
    "godebug a=b c\n",
    "godebug \"a=b\"\n",
    "godebug a=b,c\n",
    "require a v1\nrequire b v1.2\nrequire c v1.2.3+meta\n",
    "require a v2.0.0\n",
    "require a v2.0.0+incompatible\n",
    "require a/v2 v2.0.0 // indirect\nrequire a/v2 v1.0.0\n",
    "require a/v1 v1.0.0\n",
    "require a/v02 v2.0.0\n",
    "require a/v2.1 v2.1.0\n",
    "require gopkg.in/y.v2 v2.0.0\nrequire gopkg.in/y.v1 v0.0.0-20161208181325-20d25e280405\n",
    "require gopkg.in/y v1.0.0\n",
    "require gopkg.in/y.v2-unstable v2.0.0\nrequire gopkg.in/y.v-unstable v2.0.0\n",
    "require \"\" v1.0.0\n",
    "require \"\" v3.0.0\n",
    "require a master\n",
    "require a \"v1\"\n",
    "require a 'v1'\n",
    "require a `v1`\n",
    "require a\n",
    "require a v1 b\n",
    "require (a v1)\n",
    "require (\n\ta v1.0.0 // indirect; why\n\tb v1.0.0 //indirect\n\tc v1.0.0 // indirect now\n\td v1.0.0 // not indirect\n\te v1.0.0 //\tindirect\t\n)\n",
    "require (\n\ta v1.0.0\n",
    "require (\n\ta v1.0.0\n) b\n",
    "require (\n\ta v1.0.0\n) // c\n",
    "require ( // c\n\ta v1.0.0\n)\n",
    "require (\n\n\n\t// c\n\n\n\ta v1.0.0\n\n)\n",
    "require (\n\ta v1.0.0)\n)\n",
    "require (\n\t(\n)\n",
    "require x (\n\ta v1.0.0\n)\n",
    "require ()\nexclude ( )\n",
    "require ( ) ( )\n",
    "require ( ) a\n",
    ") (\n",
    "(\n",
    "unknown\nunknown (\n\ta\n)\nunknown x (\n)\n",
    "[ v1 ]\n",
    "exclude a v1.0.0\nexclude a v1.0.0\nexclude a/v2 v1.0.0\n",
    "exclude a v1.0.0\nexclude a v1.0.0 // twice\n",
    "replace a => ./b\nreplace a v1 => ../c\nreplace d => e v1\n",
    "replace a => ./b\nreplace a => ./c\n",
    "replace a => b\n",
    "replace a => b@v1\n",
    "replace a => .\n",
    "replace a => ..\n",
    "replace a => . v1.0.0\n",
    "replace a => ./b v1.0.0\n",
    "replace a => .\\b\n",
    "replace a => \"c:/d e\"\n",
    "replace a => \\\\host\n",
    "replace a v2.0.0 => b v2.0.0\n",
    "replace a => b v2.0.0\n",
    "replace a/v1 => ./b\n",
    "replace a = b\n",
    "replace a v1 v2 => b\n",
    "replace a =>\n",
    "replace =>  => ./b\n",
    "replace a => b v1 c\n",
    "retract v1.0.0 // bad\nretract [v1.1.0, v1.2.0]\n",
    "retract v1\nretract anything\nretract \"v1 x\"\n",
    "retract [v1.0.0,v1.1.0] x\n",
    "retract v1.0.0 v1.1.0\n",
    "retract [v1.0.0]\n",
    "retract [v1.0.0, v1.1.0\n",
    "retract [\n",
    "retract [ v1.0.0 ,\n",
    "retract\n",
    "retract ( v1\n",
    "retract 'v1'\n",
    "retract \"\"\n",
    "// why\nretract (\n\tv1.0.0\n\t// own\n\tv1.1.0\n\n\tv1.2.0 // behind\n)\n",
    "tool a/b\ntool (\n\t\"c d\"\n\ta/b\n)\n",
    "tool\n",
    "tool a b\n",
    "tool `a`\n",
    "ignore ./a\nignore (\n\tb\n\tb\n)\n",
    "ignore a b\n",
    "use ./a\n",
    "module m // a\n// b\n\n// c",
    "require a v1.0.0\nexclude b \"v1\\\n\" // indirect\n",
    "go \"1\\\n\" // x\n\n\"a\\\nb\" c /*\n",
];

/// `go.work` files by hand.
const ODD_WORKSPACES: &[&str] = &[
    "",
    "go 1.18\nuse .\n",
    "go 1.21.0\ntoolchain go1.21.3\nuse (\n\t./a // b\n\t\"./c d\"\n)\nreplace a => ./b\n",
    "use a b\n",
    "use\n",
    "use ()\n",
    "use `a`\n",
    "use \"a\n",
    "go 1.2.3.4\n",
    "go (\n\t1.21\n)\n",
    "go 1.18\ngo 1.19\n",
    "toolchain x\n",
    "godebug a=b\n",
    "module m\nrequire a v1.0.0\n",
    "require (\n\ta v1.0.0\n)\n",
    "replace (\n\ta v1.0.0 => b v1\n\ta => c\n)\n",
    "/* a */\n",
];

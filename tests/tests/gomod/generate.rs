//! Files out of a seeded generator: mostly well-formed lines of every directive, with white space,
//! quotes, comments, blocks and line ends of every kind, and now and then something broken.

use crate::corpus::Sample;
use goward_gomod::Kind;

/// Another first seed than usual.
const SEED: &str = "GOWARD_TEST_SEED";

/// The generated file of this number. Its origin names its seed.
pub(crate) fn sample(number: u64) -> Sample {
    let first = std::env::var(SEED).ok();
    let first =
        first.map_or(20_261_128, |text| text.parse().unwrap_or_else(|_| panic!("{SEED}={text}")));
    let seed: u64 = first + number;
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let kind = if dice.once_in(4) { Kind::Workspace } else { Kind::Module };
    let text = dice.file(kind);
    let origin = format!("generated; again, first of all, with {SEED}={seed}");
    Sample { origin, kind, text: text.into_bytes() }
}

/// A xorshift generator.
struct Dice(u64);

const PATHS: [&str; 10] = [
    "example.com/a",
    "example.com/a/v2",
    "b.example/c/v10",
    "gopkg.in/y.v3",
    "m",
    "\"q.example/d\"",
    "\"s p\"",
    "a/v1",
    "é.example",
    "`raw`",
];
const VERSIONS: [&str; 12] = [
    "v1.2.3",
    "v0.1.0",
    "v2.0.0",
    "v2.0.1+incompatible",
    "v1.2",
    "v1",
    "v10.0.0",
    "v3.1.4-rc.1",
    "v0.0.0-20240102030405-abcdefabcdef",
    "\"v1.0.0\"",
    "master",
    "v1.02.3",
];
const DIRECTORIES: [&str; 7] = ["./d", "../d", ".", "..", "/abs", "\"./s p\"", "C:/d"];
const COMMENTS: [&str; 9] = [
    "//",
    "// why",
    "//indirect",
    "// indirect",
    "// indirect; so",
    "// Deprecated: no",
    "//\t\u{a0}x ",
    "// a // b",
    "/* no */",
];
const ODDITIES: [&str; 16] =
    ["(", ")", "[", "]", ",", "{", "}", "\"", "`", "\\", "\0", "\u{feff}", "//", "/*", "=>", "x"];

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn once_in(&mut self, odds: usize) -> bool {
        self.below(odds) == 0
    }

    /// One of these; the first half of them more often.
    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        let end = if self.once_in(2) { all.len() } else { all.len().div_ceil(2) };
        all[self.below(end)]
    }

    fn file(&mut self, kind: Kind) -> String {
        let mut text = String::new();
        let end = if self.once_in(5) { "\r\n" } else { "\n" };
        for _ in 0..self.below(9) {
            for _ in 0..self.below(3) {
                let above = if self.once_in(2) { "" } else { self.of(&COMMENTS[..8]) };
                text += &format!("{above}{end}");
            }
            let verb = self.verb(kind);
            if self.once_in(3) && !["go", "toolchain"].contains(&verb) || self.once_in(40) {
                self.block(&mut text, verb, end);
            } else {
                let words = self.words(verb);
                text += &format!("{}{verb} {words}", self.of(&["", "", "\t", " "]));
                self.end_of_line(&mut text, end);
            }
        }
        if self.once_in(6) {
            // Somewhere in the file, between two characters.
            let places: Vec<usize> =
                text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let odd = self.of(&ODDITIES);
            text.insert_str(places[self.below(places.len())], odd);
        }
        if self.once_in(6) {
            text.truncate(text.trim_end().len());
        }
        text
    }

    fn verb(&mut self, kind: Kind) -> &'static str {
        match kind {
            Kind::Module => self.of(&[
                "require",
                "replace",
                "exclude",
                "retract",
                "module",
                "go",
                "toolchain",
                "tool",
                "ignore",
                "godebug",
                "use",
                "future",
            ]),
            Kind::Workspace => self.of(&["use", "replace", "go", "toolchain", "godebug", "module"]),
        }
    }

    fn block(&mut self, text: &mut String, verb: &str, end: &str) {
        *text += &format!("{verb}{}(", self.of(&[" ", "  ", "", " x "]));
        self.end_of_line(text, end);
        for _ in 0..self.below(5) {
            if self.once_in(4) {
                let above = self.of(&["", "", "\t// above", "\t//"]);
                *text += &format!("{above}{end}");
            }
            let words = self.words(verb);
            *text += &format!("\t{words}");
            self.end_of_line(text, end);
        }
        *text += self.of(&[")", ")", "  )", ") x"]);
        self.end_of_line(text, end);
    }

    fn end_of_line(&mut self, text: &mut String, end: &str) {
        if self.once_in(3) {
            *text += self.of(&[" ", "\t", "", "  "]);
            *text += self.of(&COMMENTS);
        }
        *text += end;
    }

    /// The words behind a directive's first one.
    fn words(&mut self, verb: &str) -> String {
        let gap = self.of(&[" ", " ", "\t", "  "]);
        let mut words: Vec<&str> = match verb {
            "module" | "tool" => vec![self.of(&PATHS)],
            "ignore" | "use" => vec![self.of(&DIRECTORIES)],
            "go" => vec![self.of(&[
                "1.21", "1.22.0", "1.23rc1", "1.2", "1.21.3.4", "v1.20.1", "1.05", "go1.21",
            ])],
            "toolchain" => {
                vec![self.of(&["go1.22.3", "default", "go1.21rc2", "go1.23.0-x", "local", "go2"])]
            }
            "godebug" => vec![self.of(&["a=b", "default=go1.21", "c=", "=d", "e", "f=\"g\""])],
            "replace" => {
                let mut words = vec![self.of(&PATHS)];
                if self.once_in(2) {
                    words.push(self.of(&VERSIONS));
                }
                words.push("=>");
                match self.once_in(2) {
                    true => words.push(self.of(&DIRECTORIES)),
                    false => words.extend([self.of(&PATHS), self.of(&VERSIONS)]),
                }
                words
            }
            "retract" if self.once_in(2) => vec![self.of(&VERSIONS)],
            "retract" => vec!["[", self.of(&VERSIONS), ",", self.of(&VERSIONS), "]"],
            _ => vec![self.of(&PATHS), self.of(&VERSIONS)],
        };
        if self.once_in(12) {
            let at = self.below(words.len() + 1);
            words.insert(at, self.of(&ODDITIES));
        }
        if self.once_in(20) {
            words.pop();
        }
        words.join(gap)
    }
}

//! Random machines: a tree of directories with files that select, a store, an environment and a
//! command. Printed, a world is a case of `tests/select`.

use super::choices::Choices;
use goward_tests::select::case::{Case, Expect, Installer, Step, System};
use goward_tests::select::layout::Layout;
use goward_tests::select::memory::Memory;
use std::fmt;

/// One machine and one call. Paths are relative to the base of the case.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) files: Vec<File>,
    pub(crate) installed: Vec<&'static str>,
    pub(crate) default: Option<Vec<u8>>,
    pub(crate) system: Option<&'static str>,
    pub(crate) env: Vec<(&'static str, Vec<u8>)>,
    pub(crate) cwd: &'static str,
    pub(crate) argv: Vec<Vec<u8>>,
    /// Whether goward may be asked to install something (which then fails).
    pub(crate) may_install: bool,
}

/// A text file.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) dir: &'static str,
    pub(crate) name: &'static str,
    pub(crate) text: Vec<u8>,
    /// Whether another user owns it.
    pub(crate) foreign: bool,
    /// Whether the user trusts it (a `.goenv`).
    pub(crate) trusted: bool,
}

/// Releases that may be installed.
const RELEASES: [&str; 12] = [
    "1.22.10", "1.23.2", "1.21.13", "1.27.3", "1.22.3", "1.20.14", "1.20", "1.24.0", "1.24rc1",
    "1.22.9", "1.19.8", "1.25.1",
];
/// Versions for go lines.
const GO_LINES: [&str; 14] = [
    "1.22", "1.22.3", "1.23", "1.21", "1.20", "1.22.10", "1.24rc1", "1.24", "1.23.2", "1.26.0",
    "1.18", "1.99", "1.x", "1.22.99",
];
/// Values of toolchain lines.
const TOOLCHAIN_LINES: [&str; 11] = [
    "go1.22.10",
    "go1.23.2",
    "default",
    "go1.22.3",
    "go1.24rc1",
    "go1.99.1",
    "go1.22",
    "1.22.10",
    "go1.23.2-corp",
    "go1.21.13-corp",
    "go1.20.14",
];
/// More lines of module files.
const DIRECTIVES: [&str; 9] = [
    "tool example.com/x",
    "godebug default=go1.21",
    "ignore ./x",
    "tool (\n\texample.com/x\n)",
    "require (\n\ttool v1.0.0\n)\ngodebug x=1",
    "require(// why\nignore v1.0.0\n) // tool",
    "replace \"a (\" => \"b // (\"\nignore ./x",
    "// tool example.com/x",
    "exclude `x\\` (\ntool x\n)",
];
/// Values of `GOWARD_GO_LINE`.
const READINGS: [&str; 4] = ["minor", "minimum", "", "exact"];
/// Values of `GOTOOLCHAIN`.
const GOTOOLCHAINS: [&str; 16] = [
    "auto",
    "local",
    "go1.22.10",
    "go1.22.3+auto",
    "path",
    "go1.23.2+path",
    "local+auto",
    "local+path",
    "go1.22",
    "1.22.10",
    "go1.22+auto",
    "go1.99.1",
    "go1.99.1+auto",
    "x+y",
    "go1.20.14",
    "go1.22.10+y",
];
/// Selectors.
const SELECTORS: [&str; 18] = [
    "1.22.10",
    "1.22",
    "latest",
    "go1.23.2",
    "1.24rc1",
    "^1.21",
    ">=1.21,<1.23",
    "1.22.x",
    "1",
    "~1.22.3",
    "system",
    "1.99",
    "1.20",
    "<=1.22",
    "nonsense",
    "../x",
    "oldstable",
    "1.21.3rc1",
];
/// Commands that select in their own ways.
const COMMANDS: [&[&str]; 12] = [
    &["build"],
    &["version"],
    &["env", "GOTOOLCHAIN"],
    &["install", "example.com/p@v1"],
    &["run", "example.com/p@latest"],
    &["env"],
    &["env", "-w", "GOTOOLCHAIN=auto"],
    &["install", "./..."],
    &["mod", "tidy"],
    &["env", "GOMOD"],
    &["-C", "a", "build"],
    &["test", "-C=a"],
];
const DIRECTORIES: [&str; 6] = ["w", "w/a", "", "home", "w/a/b", "home/p"];
const NAMES: [&str; 5] = ["go.mod", ".go-version", ".goenv", ".tool-versions", "go.work"];

/// A word of a case file.
fn quoted(text: &[u8]) -> String {
    let one = |byte: &u8| match byte {
        b'\\' | b'"' => format!("\\{}", *byte as char),
        b' '..=b'~' => String::from(*byte as char),
        b'\n' => "\\n".into(),
        _ => format!("\\x{byte:02x}"),
    };
    format!("\"{}\"", text.iter().map(one).collect::<String>())
}

/// The place of the cases.
pub(crate) fn layout() -> Layout {
    Layout { base: b"/t".to_vec(), system: System::Here, platform: "linux-amd64".into() }
}

impl World {
    /// A world out of `choices`.
    pub(crate) fn new(choices: &mut Choices<'_>) -> World {
        let mut world =
            World { cwd: choices.of(&["w", "w/a", "w/a/b", "home/p"]), ..World::default() };
        for _ in 0..choices.below(5) {
            let file = file(choices);
            if !world.files.iter().any(|known| known.path() == file.path()) {
                world.files.push(file);
            }
        }
        let (low, high) = (choices.below(256), choices.below(256));
        let chosen = |at: &usize| (low | high << 8) >> at & 1 == 1;
        world.installed = (0..RELEASES.len()).filter(chosen).map(|at| RELEASES[at]).collect();
        if choices.once_in(3) {
            world.default = Some(format!("{}\n", choices.of(&SELECTORS)).into_bytes());
        }
        if choices.once_in(3) {
            world.system = Some(choices.of(&["1.19.8", "1.22.10", "1.27.3"]));
        }
        world.environment(choices);
        world.command(choices);
        world.may_install = choices.once_in(3);
        world
    }

    fn environment(&mut self, choices: &mut Choices<'_>) {
        if choices.once_in(4) {
            self.env.push(("GOTOOLCHAIN", text_or_raw(choices, &GOTOOLCHAINS)));
        }
        if choices.once_in(8) {
            self.env.push(("GOWARD_VERSION", text_or_raw(choices, &SELECTORS)));
        }
        if choices.once_in(8) {
            let places = ["off", "auto", "/t/w/go.work", "/t/nothing/go.work", "relative.work"];
            self.env.push(("GOWORK", choices.of(&places).into()));
        }
        if choices.once_in(8) {
            self.env.push(("GO111MODULE", choices.of(&["off", "on"]).into()));
        }
        if choices.once_in(8) {
            self.env.push(("GOWARD_OFFLINE", b"1".to_vec()));
        }
        if choices.once_in(8) {
            self.env.push(("GOWARD_GO_LINE", choices.of(&READINGS).into()));
        }
    }

    fn command(&mut self, choices: &mut Choices<'_>) {
        let name = if choices.once_in(10) { "gofmt" } else { "go" };
        self.argv.push(name.into());
        if choices.once_in(8) {
            let selector = text_or_raw(choices, &SELECTORS);
            self.argv.push([b"+", selector.as_slice()].concat());
        }
        self.argv.extend(choices.of(&COMMANDS).iter().map(|word| word.as_bytes().to_vec()));
        // No argument and no variable can hold a NUL.
        for text in self.argv.iter_mut().chain(self.env.iter_mut().map(|(_, value)| value)) {
            text.retain(|byte| *byte != 0);
        }
    }

    /// The machine in memory.
    pub(crate) fn memory(&self) -> Memory {
        Memory::new(&self.case(), &layout())
    }

    fn case(&self) -> Case {
        let mut steps = vec![Step::Mkdir(self.cwd.into()), Step::Mkdir(b"w/a".to_vec())];
        for file in &self.files {
            steps.push(Step::File(file.path().into_bytes(), file.text.clone()));
            if file.foreign {
                steps.push(Step::Foreign(file.path().into_bytes()));
            }
            if file.trusted {
                steps.push(Step::Trusted(file.path().into_bytes()));
            }
        }
        let env = |(key, value): &(&str, Vec<u8>)| (key.as_bytes().to_vec(), Some(value.clone()));
        Case {
            place: String::new(),
            id: String::new(),
            title: String::new(),
            system: System::Here,
            only: None,
            steps,
            installed: self.installed.iter().map(|version| version.to_string()).collect(),
            default: self.default.clone(),
            system_go: self.system.map(String::from),
            env: self.env.iter().map(env).collect(),
            path: None,
            cwd: self.cwd.into(),
            argv: self.argv.clone(),
            installer: if self.may_install { Installer::Fails } else { Installer::Off },
            outer: None,
            expect: Expect::default(),
        }
    }
}

impl File {
    /// Its path.
    pub(crate) fn path(&self) -> String {
        if self.dir.is_empty() { self.name.into() } else { format!("{}/{}", self.dir, self.name) }
    }
}

fn text_or_raw(choices: &mut Choices<'_>, all: &[&'static str]) -> Vec<u8> {
    if choices.once_in(12) { choices.raw() } else { choices.of(all).into() }
}

fn file(choices: &mut Choices<'_>) -> File {
    if choices.once_in(10) {
        let more = ["", "GOFLAGS=-v\n", "GOFLAGS=-x\n", "GOPROXY=off\n", "GOPROXY=direct\n"];
        let (value, more) = (choices.of(&GOTOOLCHAINS), choices.of(&more));
        let setting = format!("GOTOOLCHAIN={value}\n{more}").into_bytes();
        let text = if choices.once_in(6) { choices.raw() } else { setting };
        return File { dir: "home/.config/go", name: "env", text, foreign: false, trusted: false };
    }
    let (dir, name) = (choices.of(&DIRECTORIES), choices.of(&NAMES));
    let mut text = match name {
        ".goenv" => goenv(choices),
        ".go-version" => choices.of(&SELECTORS).into(),
        ".tool-versions" => tool_versions(choices),
        _ => module(choices),
    };
    text.extend(choices.of(&["\n", "", "\r\n", "\n# more\n", "\n\nmore\n"]).bytes());
    if choices.once_in(6) {
        text = choices
            .of(&["# first\n", "\n", "\u{feff}", "  ", "// no\n"])
            .bytes()
            .chain(text)
            .collect();
    }
    if choices.once_in(10) {
        text.extend(choices.raw());
    }
    let foreign = choices.once_in(10);
    File { dir, name, text, foreign, trusted: name == ".goenv" && choices.once_in(3) }
}

fn goenv(choices: &mut Choices<'_>) -> Vec<u8> {
    let more = [
        "",
        "GOOS=plan9\n",
        "CC=./cc\n",
        "GOWORK=off\n",
        "PATH=.\n",
        "GOOS\n",
        "# note\n",
        "GOFLAGS=-v\n",
        "GOPROXY=https://goproxy.cn,direct\n",
        "GOWARD_GO_LINE=minor\n",
        "GOWARD_GO_LINE=minimum\n",
    ];
    let mut text: Vec<u8> = choices.of(&more).into();
    let value = choices.of(&GOTOOLCHAINS);
    text.extend(match choices.below(4) {
        3 => format!("export GOTOOLCHAIN = \"{value}\"").into_bytes(),
        _ => format!("GOTOOLCHAIN={value}").into_bytes(),
    });
    text
}

fn tool_versions(choices: &mut Choices<'_>) -> Vec<u8> {
    let tool = choices.of(&["golang", "go", "nodejs", "golang\t", "nodejs 20\ngolang"]);
    format!("{tool} {}", choices.of(&SELECTORS)).into_bytes()
}

fn module(choices: &mut Choices<'_>) -> Vec<u8> {
    let mut text = "module m\n\n".to_string();
    if !choices.once_in(8) {
        text.push_str(&format!("go {}\n", choices.of(&GO_LINES)));
    }
    if choices.once_in(3) {
        text.push_str(&format!("\ntoolchain {} // note\n", choices.of(&TOOLCHAIN_LINES)));
    }
    if choices.once_in(3) {
        text.push_str(choices.of(&DIRECTIVES));
    }
    text.into_bytes()
}

impl fmt::Display for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "=== random-01 A world that chance made.")?;
        let installed =
            if self.installed.is_empty() { "none".into() } else { self.installed.join(" ") };
        writeln!(f, "installed {installed}")?;
        match &self.default {
            None => writeln!(f, "default none")?,
            Some(text) => writeln!(f, "default {}", String::from_utf8_lossy(text).trim_end())?,
        }
        if let Some(version) = self.system {
            writeln!(f, "system {version}")?;
        }
        for file in &self.files {
            writeln!(f, "bytes {} {}", file.path(), quoted(&file.text))?;
            if file.foreign {
                writeln!(f, "owner {} foreign", file.path())?;
            }
            if file.trusted {
                writeln!(f, "trusted {}", file.path())?;
            }
        }
        for (key, value) in &self.env {
            writeln!(f, "env {key}={}", quoted(value))?;
        }
        writeln!(f, "mkdir w/a\ncwd {}", self.cwd)?;
        if self.may_install {
            writeln!(f, "installer fails")?;
        }
        let words: Vec<String> = self.argv.iter().map(|word| quoted(word)).collect();
        writeln!(f, "run {}", words.join(" "))
    }
}

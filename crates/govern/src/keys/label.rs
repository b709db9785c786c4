//! The meaning of the pieces of a key (`cmd/go/internal/work/exec.go`: `buildActionID`, `printLinkerConfig`,
//! `linkActionID`, `vet`).

use super::quoted::unquoted;

/// What a piece is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Label {
    /// The release of Go.
    Release,
    /// A program of the toolchain.
    Tool(String),
    /// The operating system and the architecture.
    Platform,
    /// Whether the package is one of the standard library.
    Standard,
    /// The directory of the sources.
    Directory,
    /// `-trimpath`.
    Trimpath,
    /// The version of the module, in the place of the directory.
    Module,
    /// The go line of the module.
    GoLine,
    /// A source file.
    File(String),
    /// An import. Its value is the content of what was built of it.
    Import(String),
    /// A variable.
    Variable(String),
    /// Flags of one of Go's programs, or of go itself.
    Flags(String),
    /// What identifies the C compiler, or another one outside of Go.
    Compiler(String),
    /// The state of the version control system, and the version of the main module that Go makes of it.
    Stamp,
    /// The version of a module that the program was built with.
    Dependency(String),
    /// The settings that the go line and `//go:debug` lines choose.
    Godebug,
    /// The profile of `-pgo`.
    Profile,
    /// Anything else, by its first word.
    Other(String),
}

/// A label with its value.
pub(super) type Labelled = (Label, String);

/// Whether a piece is the version with which Go begins each key.
pub(super) fn is_release(piece: &str) -> bool {
    (piece.starts_with("go1") || piece.starts_with("devel")) && !piece.ends_with('\n')
}

/// What a piece says.
pub(super) fn labelled(piece: &str) -> Vec<Labelled> {
    if is_release(piece) {
        return vec![(Label::Release, piece.to_owned())];
    }
    let text = piece.trim_end_matches('\n');
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let one = |label| vec![(label, rest.to_owned())];
    // A name and what stands behind it.
    let named = |of: fn(String) -> Label| {
        let (name, value) = rest.rsplit_once(' ').unwrap_or((rest, ""));
        vec![(of(name.to_owned()), value.to_owned())]
    };
    match word {
        "file" => named(Label::File),
        "import" if !rest.starts_with('"') => named(Label::Import),
        "packagefile" | "packageshlib" => match rest.split_once('=') {
            Some((name, value)) => vec![(Label::Import(name.to_owned()), value.to_owned())],
            None => one(Label::Import(rest.to_owned())),
        },
        "vetout" => named(|name| Label::Import(unquoted(&name).unwrap_or(name))),
        "packagemain" | "pkg" => one(Label::Import(String::new())),
        "goos" => vec![platform(rest)],
        "dir" => one(Label::Directory),
        "trimpath" => one(Label::Trimpath),
        "module" => one(Label::Module),
        "go" => one(Label::GoLine),
        "modinfo" => build_information(rest),
        "defaultgodebug" => vec![(Label::Godebug, bare(rest))],
        "pgofile" => one(Label::Profile),
        "omitdebug" => standard(rest),
        "buildmode" => build_mode(rest),
        "compile" | "asm" | "link" | "cgo" | "cover" | "vet" if !rest.is_empty() => {
            tool(word, rest)
        }
        "linkflags" => vec![flags("link", rest)],
        "vetflags" => vec![flags("vet", rest)],
        "CC" | "CXX" | "FC" if rest.starts_with("ID") => one(Label::Compiler(word.to_owned())),
        _ => assigned(text).unwrap_or_else(|| one(Label::Other(word.to_owned()))),
    }
}

/// `buildmode exe goos linux goarch amd64`
fn build_mode(rest: &str) -> Vec<Labelled> {
    let (mode, platform) = rest.split_once(" goos ").unwrap_or((rest, ""));
    let mode = (Label::Flags("-buildmode".to_owned()), mode.to_owned());
    vec![mode, self::platform(platform)]
}

/// `linux goarch amd64`
fn platform(rest: &str) -> Labelled {
    (Label::Platform, rest.replace(" goarch ", "/"))
}

/// The flags of a program.
fn flags(of: &str, list: &str) -> Labelled {
    (Label::Flags(of.to_owned()), plain(list))
}

/// The words of a list without Go's marks, as they stand in build information.
fn plain(list: &str) -> String {
    let words = list.replace(['[', ']', '"'], " ");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A value without Go's quotation marks, which one piece has and another one has not.
fn bare(value: &str) -> String {
    unquoted(value).unwrap_or_else(|| value.to_owned())
}

/// `omitdebug false standard true local false prefix ""`
fn standard(rest: &str) -> Vec<Labelled> {
    let mut found = vec![(Label::Other("omitdebug".to_owned()), rest.to_owned())];
    if rest.contains(" standard true ") {
        found.push((Label::Standard, String::new()));
    }
    found
}

/// A program of the toolchain with its flags: `compile version go1.27.3 [] ["-N"]`.
fn tool(word: &str, rest: &str) -> Vec<Labelled> {
    let (id, list) = rest.split_at(rest.find(" [").unwrap_or(rest.len()));
    vec![(Label::Tool(word.to_owned()), id.to_owned()), flags(word, list)]
}

/// `GOAMD64=v1`; of a C compiler `CC=["gcc"] ["-I" "x"] ["-O2"] ["-O2"]`.
fn assigned(text: &str) -> Option<Vec<Labelled>> {
    let (key, value) = text.split_once('=')?;
    let key = key.strip_prefix("magic ").unwrap_or(key);
    let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if key.is_empty() || !key.bytes().all(is_name) {
        return None;
    }
    let keys: &[&str] = match key {
        "CC" => &["CC", "CGO_CPPFLAGS", "CGO_CFLAGS", "CGO_LDFLAGS"],
        "CXX" => &["CXX", "CGO_CXXFLAGS"],
        "FC" => &["FC", "CGO_FFLAGS"],
        _ => return Some(vec![(Label::Variable(key.to_owned()), bare(value))]),
    };
    let values = value.split_inclusive(']');
    let one = |(key, value): (&&str, &str)| (Label::Variable((*key).to_owned()), plain(value));
    Some(keys.iter().zip(values).map(one).collect())
}

/// The build information of a program: a line each of the main module, its dependencies, and the settings.
fn build_information(rest: &str) -> Vec<Labelled> {
    let text = unquoted(rest).unwrap_or_default();
    text.lines().filter_map(setting).collect()
}

fn setting(line: &str) -> Option<Labelled> {
    let (word, rest) = line.split_once('\t')?;
    let label = match word {
        "mod" => return Some((Label::Stamp, rest.replace('\t', " ").trim_end().to_owned())),
        "dep" | "=>" => {
            let (module, version) = rest.split_once('\t').unwrap_or((rest, ""));
            return Some((Label::Dependency(module.to_owned()), version.replace('\t', " ")));
        }
        "build" => {
            let (key, value) = rest.split_once('=').unwrap_or((rest, ""));
            let label = match key {
                "DefaultGODEBUG" => Label::Godebug,
                "-trimpath" => Label::Trimpath,
                // Another piece says it.
                "GOOS" | "GOARCH" => return None,
                "-gcflags" => return Some(flags("compile", value)),
                "-asmflags" => return Some(flags("asm", value)),
                "-ldflags" => return Some(flags("link", value)),
                key if key.starts_with("vcs") => Label::Stamp,
                key if key.starts_with('-') => Label::Flags(key.to_owned()),
                key => Label::Variable(key.to_owned()),
            };
            let value = if label == Label::Stamp { rest.to_owned() } else { bare(value) };
            return Some((label, value));
        }
        word => Label::Other(word.to_owned()),
    };
    Some((label, rest.to_owned()))
}

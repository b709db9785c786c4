//! A toolchain line that Go takes out of `go.mod` when it writes the file, and that makes each command
//! fail that may not write it: "updates to go.mod needed" (`cmd/go/internal/modload/init.go`,
//! `UpdateGoModFromReqs`). In a `go.work` it does no harm, and neither does one there.

use super::cures::{Cure, edit_command, place};
use super::members::{Command, text};
use super::unlisted::{flag_name, takes_a_value};
use crate::paths::{NOT_SHOWN, Near};
use goward_gomod::{File, Kind as Which, Release, Rules};
use goward_resolver::{Origin, Survey, ToolchainName, Version};

/// The line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct Needless {
    /// Its place.
    line: Origin,
    /// Its value, printable.
    says: String,
    why: Why,
}

/// Why Go does not keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// `default`, or a name without a version.
    NoVersion,
    /// It names a Go that knows no toolchain lines.
    Before,
    /// It repeats the go line.
    Same,
}

/// Go's refusal of `command`, by a Go of the version `running`.
pub(super) fn of(here: &Survey<'_>, running: &Version, command: Command) -> Option<Needless> {
    let arguments: &[&[u8]] = match command {
        Command::Asked => here.chain.invocation.arguments(),
        Command::Build => &[b"build"],
    };
    let asked = !here.chain.invocation.is_package_at_version() || command == Command::Build;
    let flags = here.chain.layers().get("GOFLAGS").map_or(&b""[..], |(value, _)| value);
    if here.chain.has_workspace() || !running.knows_gotoolchain() || !asked {
        return None;
    }
    if !checks_the_file(arguments, running) || !leaves_the_file(arguments, flags) {
        return None;
    }
    let module = here.chain.module.as_ref()?.as_ref().ok()?;
    let text = text(here, &module.path)?;
    let release = Release(running.language().as_str().strip_prefix("1.")?.parse().ok()?);
    let file = File::parse(&text.bytes[..], Rules::building().of(release)).ok()?;
    let line = file.toolchain.as_ref()?;
    let says = line.value.as_str()?;
    let why = why(file.go.as_ref().and_then(|go| go.value.as_str()), says)?;
    let says = if text.is_quotable() { says.to_owned() } else { NOT_SHOWN.to_owned() };
    let (path, owner) = (module.path.clone(), text.owner);
    Some(Needless { line: Origin { path, line: line.place.start.line, owner }, says, why })
}

/// The place of the go line of a `go.mod` that says what the toolchain line `go` + `version` would
/// say, so that Go does not keep that line.
pub(in crate::commands) fn repeats(text: &[u8], version: &Version) -> Option<u32> {
    let go = File::parse(text, Rules::strict(Which::Module)).ok()?.go?;
    let same = why(go.value.as_str(), &format!("go{version}")) == Some(Why::Same);
    same.then_some(go.place.start.line)
}

/// Why Go does not keep the toolchain line `says` beside that go line.
fn why(go: Option<&str>, says: &str) -> Option<Why> {
    if says.strip_prefix("go").is_some_and(|version| Some(version) == go) {
        return Some(Why::Same);
    }
    match ToolchainName::parse(says) {
        None => Some(Why::NoVersion),
        Some(name) => (!name.version().knows_gotoolchain()).then_some(Why::Before),
    }
}

/// Whether the command compares the file with what Go would write.
fn checks_the_file(arguments: &[&[u8]], running: &Version) -> bool {
    let Some((command, rest)) = arguments.split_first() else { return false };
    match *command {
        b"build" | b"fix" | b"fmt" | b"generate" | b"install" | b"list" | b"run" | b"test"
        | b"vet" => true,
        b"mod" => rest.first() == Some(&&b"vendor"[..]),
        b"clean" => {
            let cache = |flag: &&[u8]| flag_name(flag).is_some_and(|name| name.ends_with(b"cache"));
            !rest.iter().any(cache)
        }
        // Go 1.23.2 shows what it can all the same, and 1.27.3 fails.
        b"doc" => Version::parse("1.27").is_some_and(|since| *running >= since),
        _ => false,
    }
}

/// Whether Go may not write the file that goward looks at: `-mod=mod` lets it, and `-modfile` names
/// another.
fn leaves_the_file(arguments: &[&[u8]], flags: &[u8]) -> bool {
    let (mut mode, mut rest) = (None, arguments.iter().skip(1));
    let of_test = arguments.first() == Some(&&b"test"[..]);
    while let Some(argument) = rest.next() {
        let value = argument.iter().position(|byte| *byte == b'=').map(|at| &argument[at + 1..]);
        match flag_name(argument) {
            Some(b"modfile") => return false,
            Some(b"args") => break,
            Some(name) => {
                let next = || takes_a_value(name).then(|| rest.next().copied()).flatten();
                let value = value.or_else(next);
                if name == b"mod" {
                    mode = value;
                }
            }
            // What follows is the program's, or names packages.
            None if !of_test => break,
            None => {}
        }
    }
    let flags = flags.split(u8::is_ascii_whitespace);
    let flags: Vec<&[u8]> = flags.map(|flag| flag.trim_ascii()).map(unquoted).collect();
    let named = |name: &[u8]| {
        flags.iter().rev().find(|flag| flag_name(flag) == Some(name)).map(|flag| {
            flag.iter().position(|byte| *byte == b'=').map_or(&b""[..], |at| &flag[at + 1..])
        })
    };
    let mode = mode.or_else(|| named(b"mod"));
    named(b"modfile").is_none() && mode != Some(b"mod")
}

/// A word of `GOFLAGS` without the quotes around it.
fn unquoted(word: &[u8]) -> &[u8] {
    match word {
        [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"'] => inner,
        word => word,
    }
}

impl Needless {
    /// The reason, with paths as they look from there.
    pub(super) fn because(&self, near: &Near) -> String {
        let line = place(&self.line, &near.show(&self.line.path));
        let why = match self.why {
            Why::NoVersion => "it names no release",
            Why::Before => "it names a Go that knows no such lines",
            Why::Same => "it repeats the go line",
        };
        format!("Go wants the toolchain line {line} out of the file: {why}")
    }

    /// The line, and its text.
    pub(super) fn against(&self, near: &Near) -> (String, String) {
        let line = place(&self.line, &near.show(&self.line.path));
        (line, format!("toolchain {}", self.says))
    }

    /// The command that takes it out.
    pub(super) fn cures(&self, near: &Near) -> Vec<Cure> {
        let effect = format!("takes the line out of {}", near.show(&self.line.path));
        vec![Cure { command: edit_command("-toolchain=none", &self.line, near), effect }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_go_does_not_keep() {
        for (go, says, expected) in [
            (Some("1.21"), "go1.21", Some(Why::Same)),
            (Some("1.23.2"), "go1.23.2", Some(Why::Same)),
            (Some("1.21"), "go1.20.1", Some(Why::Before)),
            (Some("1.19"), "go1.20rc1-corp", Some(Why::Before)),
            (Some("1.21"), "default", Some(Why::NoVersion)),
            (Some("1.21"), "go1.20.x", Some(Why::NoVersion)),
            (None, "go1.16", Some(Why::Before)),
            (None, "go1.21.1", None),
            (Some("1.21"), "go1.21.0", None),
            (Some("1.21"), "go1.21-corp", None),
            (Some("1.21.0"), "go1.21", None),
            (Some("1.23.2"), "go1.22.5", None),
            (Some("1.20"), "go1.21rc2", None),
        ] {
            assert_eq!(why(go, says), expected, "{go:?} {says}");
        }
    }

    #[test]
    fn commands_that_may_not_write_the_file() {
        let refuses = |line: &str, flags: &str| {
            let words: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
            let running = Version::parse("1.23.2").unwrap();
            checks_the_file(&words, &running) && leaves_the_file(&words, flags.as_bytes())
        };
        for line in [
            "build",
            "run . -mod=mod",
            "test ./... -v",
            "clean",
            "mod vendor",
            "list -m",
            "build -tags mod -mod=vendor",
            "build -o -mod=mod",
        ] {
            assert!(refuses(line, "-v"), "{line}");
        }
        for line in [
            "mod tidy",
            "clean -modcache",
            "clean -cache .",
            "doc",
            "build -mod mod",
            "vet --mod=mod .",
            "test . -mod=mod",
            "build -modfile=x.mod",
            "get",
        ] {
            assert!(!refuses(line, ""), "{line}");
        }
        assert!(!refuses("build", "-v '-mod=mod'"));
        assert!(!refuses("build", "-modfile=x"));
        assert!(refuses("build -mod=readonly", "-mod=mod"));
        assert!(refuses("build", "-mod=mod -mod=readonly"));
    }
}

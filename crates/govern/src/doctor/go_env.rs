//! The go/env file: what `go env -w` writes. Go takes it to the letter (`cmd/go/internal/cfg/cfg.go`): there
//! are no quotes, no comments behind a value and no blanks to trim.

use super::facts::{Facts, GoEnv};
use super::words::{masked, path};
use super::{Change, Found, Status};
use crate::existence::Existence;
use goward_resolver::{Gotoolchain, Version, quoted};
use std::path::PathBuf;

/// Variables that `go env` knows in some release from 1.19 on, beside the `GO<arch>` levels.
const KNOWN: [&str; 44] = [
    "AR",
    "CC",
    "CGO_CFLAGS",
    "CGO_CPPFLAGS",
    "CGO_CXXFLAGS",
    "CGO_ENABLED",
    "CGO_FFLAGS",
    "CGO_LDFLAGS",
    "CXX",
    "FC",
    "GCCGO",
    "GO111MODULE",
    "GO386",
    "GOAMD64",
    "GOARCH",
    "GOARM",
    "GOARM64",
    "GOAUTH",
    "GOBIN",
    "GOCACHE",
    "GOCACHEPROG",
    "GODEBUG",
    "GOEXPERIMENT",
    "GOFIPS140",
    "GOFLAGS",
    "GOINSECURE",
    "GOMIPS",
    "GOMIPS64",
    "GOMODCACHE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOOS",
    "GOPATH",
    "GOPPC64",
    "GOPRIVATE",
    "GOPROXY",
    "GORISCV64",
    "GOROOT",
    "GOSUMDB",
    "GOTELEMETRYDIR",
    "GOTMPDIR",
    "GOTOOLCHAIN",
    "GOVCS",
    "PKG_CONFIG",
];
/// Others that Go reads from there.
const ALSO: [&str; 2] = ["GOWASM", "GOWORK"];

/// A line that counts.
#[derive(Clone, Debug)]
pub(super) struct Line {
    file: PathBuf,
    number: usize,
    key: Vec<u8>,
    /// Everything behind the first `=`.
    pub(super) value: Vec<u8>,
}

impl GoEnv {
    /// The lines that have a `=`.
    pub(super) fn lines(&self) -> Vec<Line> {
        let lines = self.text.split(|&byte| byte == b'\n').zip(1..);
        let line = |(text, number): (&[u8], usize)| {
            let at = text.iter().position(|&byte| byte == b'=')?;
            let (key, value) = (text[..at].to_vec(), text[at + 1..].to_vec());
            Some(Line { file: self.file.clone(), number, key, value })
        };
        lines.filter_map(line).collect()
    }

    /// The other lines that say something, with their numbers.
    fn without_value(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let lines = (1..).zip(self.text.split(|&byte| byte == b'\n'));
        lines.filter(|(_, text)| {
            let text = text.trim_ascii();
            !text.is_empty() && !text.starts_with(b"#") && !text.contains(&b'=')
        })
    }
}

impl Line {
    /// Whether it sets this variable for Go.
    pub(super) fn is(&self, key: &str) -> bool {
        self.key == key.as_bytes() && !self.value.is_empty()
    }

    /// The file and the line, for people.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", path(&self.file), self.number)
    }

    /// The edit that takes it out.
    pub(super) fn gone(&self) -> Change {
        Change { file: self.file.clone(), line: self.number, new: None }
    }

    fn with_value(&self, value: &[u8]) -> Change {
        let new = [&self.key, &b"="[..], value].concat();
        Change { file: self.file.clone(), line: self.number, new: Some(new) }
    }
}

/// `GOTOOLCHAIN` there outranks every file of a project but its `.goenv`.
pub(super) fn pin(facts: &Facts) -> Found {
    if facts.blind.is_some() {
        return Found::skipped("Go would not start here");
    }
    if let Some(file) = &facts.foreign_go_env {
        return Found::sound(format!("{} is another user's: see go-env-file", path(file)));
    }
    if let Some(file) = &facts.unread_go_env {
        return Found::skipped(format!("{} cannot be read: see go-env-file", path(file)));
    }
    let Some(file) = &facts.go_env else { return Found::sound("there is no go/env file") };
    let mut found = Found::sound(format!("{} sets no GOTOOLCHAIN", path(&file.file)));
    // The last line of several counts.
    let lines = file.lines();
    let Some(line) = lines.iter().rev().find(|line| line.is("GOTOOLCHAIN")) else { return found };
    let (place, value) = (line.place(), masked(&line.value));
    let command = "go env -u GOTOOLCHAIN";
    match Gotoolchain::parse(&line.value) {
        Err(_) => {
            let message = format!("{place} sets GOTOOLCHAIN={value}, which Go refuses");
            let complaint = found.add(Status::Error, message).edit(line.gone());
            complaint.mend(format!("take the line out: `{command}` fails with it, too"));
        }
        Ok(Gotoolchain { name: Some(name), .. }) if never_was(facts, name.version()) => {
            let message =
                format!("{place} sets GOTOOLCHAIN={value}, which no release has: no go starts");
            let complaint = found.add(Status::Error, message).edit(line.gone());
            complaint.mend(format!("take the line out: a plain Go refuses `{command}` with it"));
        }
        Ok(parsed) if parsed.name.is_some() => {
            let message =
                format!("{place} sets GOTOOLCHAIN={value}, which hides the pins of projects");
            found.add(Status::Warning, message).run(command).edit(line.gone());
        }
        Ok(parsed) if parsed.is_local() => {
            let message =
                format!("{place} sets GOTOOLCHAIN={value}: no go.mod chooses a toolchain");
            // It may be meant, so nothing offers to take it out.
            found.add(Status::Note, message).run(command);
        }
        Ok(_) => found.sound = format!("{place} sets GOTOOLCHAIN={value}, which hides no pin"),
    }
    found
}

/// Whether there is no such release, by the newest of each minor.
fn never_was(facts: &Facts, version: &Version) -> bool {
    let minor = facts.newest.iter().find(|newest| newest.language() == version.language());
    let is_new = minor.is_some_and(|newest| version > newest);
    is_new && Existence::of(&facts.newest, version) == Some(Existence::Never)
}

/// Lines that Go takes for something else than their writer meant.
pub(super) fn lines(facts: &Facts) -> Found {
    if let Some(found) = whole(facts) {
        return found;
    }
    let Some(file) = &facts.go_env else { return Found::sound("there is no go/env file") };
    let lines = file.lines();
    let mut found = Found::sound(format!("{} has {}", path(&file.file), count(lines.len())));
    for (number, text) in file.without_value() {
        let (file, text) = (path(&file.file), quoted(masked(text).as_bytes()));
        let message = format!("{file}:{number}: {text} does nothing, since it has no `=`");
        found.add(Status::Warning, message).mend("write NAME=VALUE, or take the line out");
    }
    for line in &lines {
        let key = quoted(masked(&line.key).as_bytes());
        match line.key.first().is_some_and(u8::is_ascii_uppercase) {
            true => name(line, &key, &mut found),
            false => no_name(line, &key, &mut found),
        }
    }
    found
}

/// What is wrong with the file as a whole.
fn whole(facts: &Facts) -> Option<Found> {
    let mut found = Found::sound("");
    if let Some(why) = &facts.blind {
        let why = goward_resolver::shown(why.as_bytes());
        found.add(Status::Error, format!("Go would not start here: {why}"));
    } else if let Some(file) = &facts.foreign_go_env {
        let file = path(file);
        let message =
            format!("{file} belongs to another user, and Go and goward take all that it says");
        found.add(Status::Warning, message).mend("make it your own, or remove it");
    } else {
        let file = path(facts.unread_go_env.as_ref()?);
        let message = format!("{file} cannot be read, so Go takes nothing of it, and says nothing");
        found.add(Status::Warning, message).mend("make it a file that you may read, or remove it");
    }
    Some(found)
}

/// Judges a line that begins with no capital, which Go passes over.
fn no_name(line: &Line, key: &str, found: &mut Found) {
    let place = line.place();
    if line.key.starts_with(b"export ") {
        let message =
            format!("{place}: {key} does nothing, since Go takes `export` for a part of the name");
        found.add(Status::Warning, message).mend("take `export` away");
    } else if !line.key.trim_ascii_start().starts_with(b"#") {
        let message = format!(
            "{place}: {key} does nothing, since Go reads names in capitals at the start of a line"
        );
        found
            .add(Status::Warning, message)
            .mend("write the name in capitals, without blanks before it");
    }
}

/// Judges the name of a line that Go reads, and its value.
fn name(line: &Line, key: &str, found: &mut Found) {
    let place = line.place();
    let plain = unquoted(line.value.strip_suffix(b"\r").unwrap_or(&line.value));
    let name = line.key.trim_ascii_end();
    if name.len() < line.key.len() && is_known(name) {
        let message = format!(
            "{place}: {key} does nothing, since the blanks before `=` are part of the name"
        );
        let meant = Line { key: name.to_vec(), ..line.clone() };
        found
            .add(Status::Warning, message)
            .mend("take the blanks away")
            .edit(meant.with_value(unquoted(plain.trim_ascii())));
    } else if line.is("GODEBUG") {
        let message =
            format!("{place}: GODEBUG does nothing, since Go reads it from the environment alone");
        found.add(Status::Warning, message).mend("take the line out").edit(line.gone());
    } else if !is_known(&line.key) {
        let message = format!("{place}: Go knows no variable {key}");
        found.add(Status::Warning, message).mend("take the line out, or mend the name");
    } else {
        value(line, key, found);
    }
}

/// Judges the value of a line that Go reads.
fn value(line: &Line, key: &str, found: &mut Found) {
    let place = line.place();
    let plain = unquoted(line.value.strip_suffix(b"\r").unwrap_or(&line.value));
    if line.value.ends_with(b"\r") {
        let message =
            format!("{place}: the carriage return at its end is part of the value of {key}");
        found
            .add(Status::Error, message)
            .mend("end the lines as Unix does")
            .edit(line.with_value(plain));
    } else if plain.len() < line.value.len() {
        let message = format!("{place}: the quotation marks are part of the value of {key}");
        found.add(Status::Error, message).mend("take the marks away").edit(line.with_value(plain));
    } else if line.value.trim_ascii().len() < line.value.len() {
        let message = format!("{place}: the blanks around it are part of the value of {key}");
        let trimmed = line.value.trim_ascii();
        found
            .add(Status::Warning, message)
            .mend("take the blanks away")
            .edit(line.with_value(trimmed));
    }
}

/// Whether Go reads a variable of this name there.
fn is_known(name: &[u8]) -> bool {
    KNOWN.iter().chain(&ALSO).any(|known| known.as_bytes() == name)
}

fn count(lines: usize) -> String {
    if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") }
}

/// A value without one pair of quotation marks around all of it.
fn unquoted(value: &[u8]) -> &[u8] {
    match value {
        [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] if !inner.contains(&value[0]) => {
            inner
        }
        _ => value,
    }
}

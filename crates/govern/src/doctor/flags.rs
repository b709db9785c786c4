//! `GOFLAGS` and other variables of Go's that do harm.

use super::facts::{Facts, GoEnv};
use super::words::masked;
use super::{Found, Status};
use crate::go::flags::{WITH_VALUE, name, words};
use goward_resolver::path::{elements, same_text};
use goward_resolver::shown;
use std::fmt;

/// Flags that no one wants for every command: the flag, with its value or not, and what it does.
const HARM: [(&str, &str, Status); 5] = [
    ("mod=mod", "lets every command rewrite go.mod", Status::Warning),
    ("insecure", "was removed in Go 1.16, and makes every command fail", Status::Error),
    ("modcacherw", "leaves the module cache open for changes by mistake", Status::Note),
    ("toolexec", "runs a program at each step of every build", Status::Warning),
    ("a", "builds everything anew at every command", Status::Warning),
];

pub(super) fn judge(facts: &Facts) -> Found {
    let mut found = Found::sound("no variable of Go's does harm");
    let lines = facts.go_env.as_ref().map(GoEnv::lines).unwrap_or_default();
    // The environment outranks the file.
    let set = |key: &'static str| {
        let here = || Some((facts.variables.get(key)?.clone(), Setter::Environment));
        here().or_else(|| {
            let line = lines.iter().rev().find(|line| line.is(key))?;
            Some((line.value.clone(), Setter::File(line.place())))
        })
    };
    if let Some(why) = &facts.refused_flags {
        let message =
            format!("the default Go refuses GOFLAGS, at every command: {}", masked(why.as_bytes()));
        found.add(Status::Error, message).mend("take that flag out of GOFLAGS");
    }
    if let Some((value, place)) = set("GOFLAGS") {
        found.detail(format!("GOFLAGS={} in {place}", masked(&value)));
        words(&value).into_iter().for_each(|word| flag(word, &place, &mut found));
    }
    if let Some((value, place)) = set("GO111MODULE").filter(|(value, _)| value != b"on") {
        let value = masked(&value);
        let message = format!("GO111MODULE={value} in {place} changes how Go finds modules");
        let status = if value == "off" { Status::Warning } else { Status::Note };
        found
            .add(status, message)
            .run(place.unset("GO111MODULE"))
            .mend("no Go since 1.16 needs it");
    }
    if let (Some((gopath, place)), Some((goroot, _))) = (set("GOPATH"), set("GOROOT"))
        && elements(facts.os, &gopath).any(|dir| same_text(facts.os, dir, &goroot))
    {
        let message = format!("GOPATH in {place} is GOROOT, which Go refuses");
        found.add(Status::Error, message).run(place.unset("GOPATH"));
    }
    if let (Some((gobin, place)), Some(shims)) = (set("GOBIN"), &facts.shims)
        && same_text(facts.os, &gobin, &shims.directory)
    {
        let shims = shown(&shims.directory);
        let message = format!(
            "GOBIN in {place} is {shims}: go install would put programs among goward's shims"
        );
        found.add(Status::Error, message).run(place.unset("GOBIN"));
    }
    found
}

/// Judges a flag of GOFLAGS.
fn flag(word: &[u8], place: &Setter, found: &mut Found) {
    let (flag, bare) = (masked(word), bare(word));
    if WITH_VALUE.contains(&&*bare) {
        let message =
            format!("GOFLAGS in {place} has {flag} without a value, which go build refuses");
        found.add(Status::Error, message).mend("write -FLAG=VALUE, or take the flag out");
        return;
    }
    let named = |flag: &str| flag == bare || flag.as_bytes() == name(word);
    let Some((_, does, status)) = HARM.iter().find(|(flag, ..)| named(flag)) else { return };
    let message = format!("GOFLAGS in {place} has {flag}, which {does}");
    found.add(*status, message).mend(format!("take {flag} out of GOFLAGS"));
}

/// What sets a variable.
enum Setter {
    Environment,
    /// A line of the go/env file: its place.
    File(String),
}

impl Setter {
    /// The command that takes the variable back.
    fn unset(&self, key: &str) -> String {
        match self {
            Setter::Environment => format!("unset {key}"),
            Setter::File(_) => format!("go env -u {key}"),
        }
    }
}

impl fmt::Display for Setter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Setter::Environment => "the environment",
            Setter::File(place) => place,
        })
    }
}

/// A word without marks and dashes.
fn bare(word: &[u8]) -> String {
    let text = String::from_utf8_lossy(word);
    let text = text.trim_matches(['\'', '"']);
    text.strip_prefix("--").or(text.strip_prefix('-')).unwrap_or(text).to_owned()
}

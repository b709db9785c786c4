//! `GOROOT` and `GODEBUG`.

use super::facts::{Facts, GoEnv};
use super::words::{masked, path};
use super::{Found, Status};
use crate::check::godebug::removed;
use crate::startup::others::Does;

pub(super) fn goroot(facts: &Facts) -> Found {
    let mut found = Found::sound("GOROOT is not set");
    // Below a running Go it is that Go's own.
    if facts.variables.contains_key("GOTOOLDIR") && facts.variables.contains_key("GOVERSION") {
        return Found::skipped("this runs below a Go, which sets GOROOT itself");
    }
    let places: Vec<String> = facts
        .lines
        .iter()
        .filter(|line| matches!(line.does, Does::Sets("GOROOT", _)))
        .map(|line| format!("{}:{}", path(&line.file), line.line))
        .collect();
    if let Some(value) = facts.variables.get("GOROOT") {
        let value = masked(value);
        let (status, tree) = match &facts.goroot_version {
            Some(version) => (Status::Warning, format!("the tree of {version}")),
            None => (Status::Error, "no Go tree".to_owned()),
        };
        let by = match places.first() {
            Some(place) => format!("; {place} sets it"),
            None => String::new(),
        };
        let message = format!("GOROOT={value} in the environment is {tree}{by}");
        let complaint = found.add(status, message).run("unset GOROOT");
        if let Some(place) = places.first() {
            complaint.mend(format!("take the line out of {place}"));
        }
    } else if let Some(place) = places.first() {
        let message = format!("{place} sets GOROOT in new shells");
        found.add(Status::Warning, message).mend(format!("take the line out of {place}"));
    }
    let lines = facts.go_env.as_ref().map(GoEnv::lines).unwrap_or_default();
    for line in lines.iter().filter(|line| line.is("GOROOT")) {
        let place = line.place();
        let message = format!("{place} sets GOROOT for every Go");
        // From Go 1.25 on `go env -u` refuses it.
        found.add(Status::Warning, message).run("goward doctor goroot --fix").edit(line.gone());
    }
    found
}

/// Go reads it from the environment, which goward fills from a `.goenv`; what the go/env file says has no effect.
pub(super) fn godebug(facts: &Facts) -> Found {
    let mut found = Found::sound("GODEBUG has nothing that a Go has removed");
    let in_environment = facts.variables.get("GODEBUG");
    let in_environment =
        in_environment.map(|value| (value.clone(), "GODEBUG in the environment".to_owned()));
    for (value, place) in in_environment.iter().chain(&facts.goenv_godebug) {
        let text = String::from_utf8_lossy(value).into_owned();
        // The last of several settings of a name counts for a program that runs, and each for a build.
        for setting in text.split(',').map(str::trim) {
            let Some((key, value)) = setting.split_once('=') else { continue };
            let Some(since) = removed(key, value) else { continue };
            let message = format!(
                "{place} has {key}={value}, which stops every program of Go {since} and later"
            );
            let stops = facts.toolchains.iter().any(|one| one.version >= since);
            let status = if stops { Status::Error } else { Status::Warning };
            found.add(status, message).mend(format!("take {key}={value} out of GODEBUG"));
        }
    }
    found
}

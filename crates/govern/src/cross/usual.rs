//! The C compiler that Go calls for this machine itself: found, and tried once within a bound of time.

use super::candidate::{Candidate, Named};
use super::command::{Command, setting};
use super::enabled::{Sight, Why, usual_compiler, usually};
use super::hunt::{How, trial};
use super::packages::{debian, is_debian};
use super::place::{Place, on_path, place, tops};
use super::probe;
use super::target::{NEWEST, Target, minor};
use goward_resolver::{Layers, Version};
use std::path::Path;
use std::time::Duration;

/// The C compiler for this machine.
#[derive(Clone, Debug)]
pub struct Usual {
    /// It, and how it fared.
    pub candidate: Candidate,
    /// This machine.
    pub target: Target,
    /// Whether cgo is on, and why.
    pub enabled: (bool, Why),
    /// Debian's packages that bring it, where this is Debian.
    pub packages: Option<&'static str>,
}

/// Looks for it by these variables. It is tried for at most `limit`, if at all: none that lies in the repository around
/// `directory`, and none where cgo is off. `version` is the Go that would call it.
pub fn usual(
    layers: &Layers<'_>,
    directory: Option<&Path>,
    version: Option<&Version>,
    limit: Option<Duration>,
) -> Usual {
    let (env, host) = (layers.env, layers.env.host());
    let goos = host.os().goos();
    let target = Target { goos: goos.to_owned(), goarch: host.arch().to_owned() };
    let (set, usual) = (setting(layers, "CC"), usual_compiler(goos));
    let names_compiler = set.as_ref().is_some_and(|(_, setter)| !setter.is_go_env_file(layers));
    let (value, named) = match set {
        Some((value, setter)) => (value, Named::Set(setter)),
        None => (usual.to_owned(), Named::Usual),
    };
    let sight = Sight {
        version,
        native: true,
        supported: true,
        names_compiler,
        usual,
        has_usual: on_path(env, usual),
    };
    let enabled = match setting(layers, "CGO_ENABLED") {
        Some((value, setter)) if ["0", "1"].contains(&&*value) => (value == "1", Why::Set(setter)),
        _ => usually(&sight),
    };
    let tops = directory.map(|directory| tops(directory, &[])).unwrap_or_default();
    let (command, place) = match Command::parse(&value) {
        Ok(command) => {
            let place = place(env, &command, &tops);
            (command, place)
        }
        Err(why) => (Command::of(&[&value]), Place::Refused(why)),
    };
    let outcome = match (&place, limit) {
        (Place::At(program), Some(limit)) if enabled.0 => {
            probe::within(limit);
            let minor = version.map_or(NEWEST, minor);
            let how =
                How { target: &target, minor, is_soft: false, tries_static: false, tops: &tops };
            // What goward cannot make is no fault of the compiler's.
            trial(layers, (program, &command), &how).ok()
        }
        _ => None,
    };
    let packages = debian(&target, "", true).filter(|_| is_debian());
    let candidate = Candidate { command, named, place, outcome };
    Usual { candidate, target, enabled, packages }
}

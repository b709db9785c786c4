//! The look for C compilers for a target: the one that Go would call, and others that this machine has.

use super::candidate::{Candidate, Named};
use super::command::{Command, setting, split};
use super::enabled::flags;
use super::packages::compilers;
use super::place::{Place, outside, place};
use super::probe::{Flags, Outcome, probe};
use super::target::Target;
use super::variables::Variables;
use crate::go::Error;
use goward_resolver::{Layers, Survey};
use std::path::{Path, PathBuf};

/// The look for compilers for a target.
pub(super) struct Hunt<'h> {
    /// The user's variables, and PATH.
    pub(super) survey: &'h Survey<'h>,
    /// The directories whose programs are not started.
    pub(super) tops: &'h [PathBuf],
    /// The minor of the Go that is asked.
    pub(super) minor: u16,
    /// What Go says of its variables.
    pub(super) variables: &'h Variables,
    /// The target.
    pub(super) target: &'h Target,
}

impl Hunt<'_> {
    /// The compiler that Go would call; and where that does not work and is not the user's choice, others, until one
    /// does.
    pub(super) fn all(&self, others: bool) -> Result<Vec<Candidate>, Error> {
        let layers = self.survey.chain.layers();
        let set = setting(&layers, "CC").map(|(_, setter)| setter);
        let is_set = set.is_some();
        let first = match Command::parse(&self.variables.cc) {
            Ok(command) => self.one(command, set.map_or(Named::Usual, Named::Set))?,
            Err(why) => Candidate {
                command: Command::of(&[&self.variables.cc]),
                named: set.map_or(Named::Usual, Named::Set),
                place: Place::Refused(why),
                outcome: None,
            },
        };
        let mut all = vec![first];
        if is_set || !others {
            return Ok(all);
        }
        for command in compilers(self.target, &self.variables.goarm) {
            if all.iter().any(|one| one.works(self.target)) {
                break;
            }
            let next = self.one(command, Named::Known)?;
            if next.place != Place::Absent {
                all.push(next);
            }
        }
        Ok(all)
    }

    fn one(&self, command: Command, named: Named) -> Result<Candidate, Error> {
        let env = self.survey.chain.env();
        let place = place(env, &command, self.tops);
        let aimless =
            command.is_zig() && !command.has_target() && !self.variables.is_native(self.target);
        let outcome = match &place {
            Place::At(_) if aimless => {
                let why = "zig compiles for this machine, unless -target names another";
                Some(Outcome::Failed(why.to_owned()))
            }
            Place::At(program) => Some(self.try_it(program, &command)?),
            _ => None,
        };
        Ok(Candidate { command, named, place, outcome })
    }

    fn try_it(&self, program: &Path, command: &Command) -> Result<Outcome, Error> {
        let how = How {
            target: self.target,
            minor: self.minor,
            is_soft: self.variables.is_soft(),
            tries_static: self.target.goos == "linux",
            tops: self.tops,
        };
        trial(&self.survey.chain.layers(), (program, command), &how)
    }
}

/// What a compiler is told beside the user's flags.
pub(super) struct How<'h> {
    /// The target.
    pub(super) target: &'h Target,
    /// The minor of the Go that would call it.
    pub(super) minor: u16,
    /// Whether there are no instructions for floating point.
    pub(super) is_soft: bool,
    /// Whether `-static` is tried, too.
    pub(super) tries_static: bool,
    /// The directories whose programs are not started.
    pub(super) tops: &'h [PathBuf],
}

/// Tries a compiler with the user's flags, as these layers have them.
pub(super) fn trial(
    layers: &Layers<'_>,
    call: (&Path, &Command),
    how: &How<'_>,
) -> Result<Outcome, Error> {
    let words = |key: &'static str, usual: &str| {
        let value = setting(layers, key).map_or(usual.to_owned(), |(value, _)| value);
        split(&value)
            .ok_or_else(|| Outcome::Failed(format!("a quotation mark of {key} is not closed")))
    };
    let read = || -> Result<Flags, Outcome> {
        // Go's own defaults (`DefaultCFlags` of cmd/go/internal/work/exec.go).
        let usual = "-O2 -g";
        let compile = [words("CGO_CPPFLAGS", "")?, words("CGO_CFLAGS", usual)?].concat();
        let own = flags(how.target, how.minor, how.is_soft);
        let path = outside(layers.env, how.tops);
        Ok(Flags { compile, own, link: words("CGO_LDFLAGS", usual)?, path })
    };
    match read() {
        Ok(flags) => probe(call, &flags, how.tries_static),
        Err(why) => Ok(why),
    }
}

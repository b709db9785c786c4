//! A C compiler for a target: the one that Go would call, or another that this machine has; whether it works.

use super::command::{Command, Setter};
use super::place::Place;
use super::probe::{Made, Outcome};
use super::target::Target;

/// Why a compiler is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// `CC` names it.
    Set(Setter),
    /// Nothing names one: it is Go's default.
    Usual,
    /// Go would not call it; its name says that it compiles for that target.
    Known,
}

impl Named {
    /// Its name in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Named::Set(_) => "set",
            Named::Usual => "default",
            Named::Known => "known",
        }
    }
}

/// A compiler that was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its command; where Go refuses that, the value.
    pub command: Command,
    /// Why it is looked at.
    pub named: Named,
    /// Where it is.
    pub place: Place,
    /// How it fared; `None` if it was not tried.
    pub outcome: Option<Outcome>,
}

/// What is known of a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State<'c> {
    /// It makes programs for the target.
    Works(&'c Made),
    /// It makes programs for another.
    Wrong(&'c Made),
    /// It failed, or goward does not start it.
    Fails(&'c str),
    /// It did not end in time.
    Endless,
    /// It is not there.
    Absent,
    /// It is there, and was not tried.
    Untried,
}

impl State<'_> {
    /// Its name in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            State::Works(_) => "works",
            State::Wrong(_) => "wrong",
            State::Fails(_) => "fails",
            State::Endless => "endless",
            State::Absent => "absent",
            State::Untried => "untried",
        }
    }
}

impl Candidate {
    /// The place that names it in `CC`.
    #[must_use]
    pub fn set_by(&self) -> Option<&Setter> {
        match &self.named {
            Named::Set(setter) => Some(setter),
            Named::Usual | Named::Known => None,
        }
    }

    /// What is known of it for a target.
    #[must_use]
    pub fn state(&self, target: &Target) -> State<'_> {
        match (&self.place, &self.outcome) {
            (Place::Absent, _) => State::Absent,
            (Place::Refused(why), _) => State::Fails(why),
            (_, None) => State::Untried,
            (_, Some(Outcome::Endless)) => State::Endless,
            (_, Some(Outcome::Failed(why))) => State::Fails(why),
            (_, Some(Outcome::Made(made))) => match is_for(made, target) {
                true => State::Works(made),
                false => State::Wrong(made),
            },
        }
    }

    /// Whether it makes programs for a target.
    #[must_use]
    pub fn works(&self, target: &Target) -> bool {
        matches!(self.state(target), State::Works(_))
    }
}

/// Whether a program is for a target, as far as its headers tell.
fn is_for(made: &Made, target: &Target) -> bool {
    let system = match target.goos.as_str() {
        "illumos" => "solaris",
        other => other,
    };
    made.arch == Some(target.goarch.as_str()) && made.os.is_none_or(|os| os == system)
}

#[cfg(test)]
mod tests {
    use super::super::probe::Libc;
    use super::*;

    #[test]
    fn a_program_tells_its_target() {
        let made = |os, arch| Made {
            os,
            arch,
            libc: Libc::Glibc,
            interpreter: None,
            glibc_at_least: None,
            min_os: None,
            linker: None,
            links_static: None,
        };
        for (pair, os, arch, expected) in [
            ("linux/arm64", Some("linux"), Some("arm64"), true),
            ("linux/arm64", Some("linux"), Some("amd64"), false),
            ("linux/amd64", Some("windows"), Some("amd64"), false),
            ("illumos/amd64", Some("solaris"), Some("amd64"), true),
            ("linux/amd64", None, None, false),
        ] {
            let target = Target::parse(pair).unwrap();
            assert_eq!(is_for(&made(os, arch), &target), expected, "{pair}");
        }
    }

    #[test]
    fn what_was_not_tried_does_not_work() {
        let target = Target::parse("linux/arm64").unwrap();
        let mut one = Candidate {
            command: Command::of(&["gcc"]),
            named: Named::Usual,
            place: Place::At("/usr/bin/gcc".into()),
            outcome: None,
        };
        assert_eq!((one.state(&target), one.works(&target)), (State::Untried, false));
        one.outcome = Some(Outcome::Failed("x".to_owned()));
        assert_eq!(one.state(&target), State::Fails("x"));
        one.place = Place::Refused("no");
        assert_eq!(one.state(&target), State::Fails("no"));
    }
}

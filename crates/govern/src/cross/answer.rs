//! The answer about one target: what is decided, and what follows for the program and for the user.

use super::candidate::Candidate;
use super::command::Command;
use super::enabled::{Why, usual_compiler};
use super::need::Needs;
use super::probe::{Libc, Made, Outcome};
use super::target::{Target, is_static};
use super::verdict::Verdict;

/// What makes a program with cgo and musl need no library.
pub const STATIC_FLAGS: &str = "-ldflags '-linkmode external -extldflags -static'";

/// How a program is linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linkage {
    /// It brings all that it needs.
    Static,
    /// It loads libraries of the system.
    Dynamic,
}

impl Linkage {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Linkage::Static => "static",
            Linkage::Dynamic => "dynamic",
        }
    }
}

/// The answer about one target.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The target.
    pub target: Target,
    /// Whether it is Go's own system and processor.
    pub native: bool,
    /// Which packages use cgo.
    pub needs: Needs,
    /// Whether cgo is on as things are, and why; `None` where the release has no such port.
    pub enabled: Option<(bool, Why)>,
    /// The compilers that were looked for; the first is the one that Go would call.
    pub candidates: Vec<Candidate>,
    /// What follows.
    pub verdict: Verdict,
    /// How the program is linked, if it can be built.
    pub linkage: Option<Linkage>,
    /// The C library that it needs, as far as that is known.
    pub libc: Option<Libc>,
    /// The least glibc.
    pub glibc_at_least: Option<String>,
    /// The least system that the release builds for.
    pub minimum_os: Option<&'static str>,
    /// The variables to set, on one line; `None` if it cannot be built, or no line is safe to paste.
    pub environment: Option<String>,
    /// The packages of Debian's that bring a compiler, where one is missing, and the line of variables for it.
    pub install: Option<(&'static str, Option<String>)>,
    /// Whether Go calls the port broken.
    pub broken: bool,
    /// A variable that looks as if it named the compiler, and that `go build` does not read.
    pub inert: Option<String>,
}

/// What the compiler has made that is chosen.
pub(super) fn chosen<'c>(verdict: &Verdict, candidates: &'c [Candidate]) -> Option<&'c Made> {
    let Verdict::Compiler(at) = verdict else { return None };
    match &candidates.get(*at)?.outcome {
        Some(Outcome::Made(made)) => Some(made),
        _ => None,
    }
}

/// How a program will be linked, and the library that it will need.
pub(super) fn linked(
    verdict: &Verdict,
    target: &Target,
    made: Option<&Made>,
) -> (Option<Linkage>, Option<Libc>) {
    let (linkage, libc) = match (verdict, made) {
        (Verdict::Pure, _) if is_static(target) => (Linkage::Static, Libc::None),
        (Verdict::Pure, _) if target.goos == "android" => (Linkage::Dynamic, Libc::Bionic),
        (Verdict::Pure, _) => (Linkage::Dynamic, Libc::System),
        (Verdict::Compiler(_), Some(Made { libc: Libc::None, .. })) => {
            (Linkage::Static, Libc::None)
        }
        (Verdict::Compiler(_), Some(made)) => (Linkage::Dynamic, made.libc),
        _ => return (None, None),
    };
    (Some(linkage), Some(libc))
}

/// The variables for a verdict.
pub(super) fn environment(
    verdict: &Verdict,
    target: &Target,
    goarm: &str,
    candidates: &[Candidate],
) -> Option<String> {
    match verdict {
        Verdict::Pure => line(target, goarm, None),
        Verdict::Compiler(at) => line(target, goarm, Some(&candidates.get(*at)?.command)),
        Verdict::Missing | Verdict::Unsupported(_) => None,
    }
}

/// The line of variables; `None` if no line is safe to paste.
pub(super) fn line(target: &Target, goarm: &str, command: Option<&Command>) -> Option<String> {
    let mut words = vec![format!("GOOS={}", target.goos), format!("GOARCH={}", target.goarch)];
    if target.goarch == "arm"
        && goarm.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b',')
    {
        words.push(format!("GOARM={goarm}"));
    }
    match command {
        None => words.push("CGO_ENABLED=0".to_owned()),
        Some(command) => {
            words.push("CGO_ENABLED=1".to_owned());
            let usual = usual_compiler(&target.goos);
            if command.words != [usual] {
                words.push(command.assignment()?);
            }
        }
    }
    Some(words.join(" "))
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;

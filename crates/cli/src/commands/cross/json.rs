//! The answer for programs.

use super::asked::Told;
use super::release::Release;
use super::text::remarks;
use crate::context::Context;
use crate::failure::Result;
use crate::paths::{text, to_bytes};
use goward_govern::cross::probe::{Libc, Made};
use goward_govern::cross::{
    Answer, Bar, Candidate, Linkage, Named, Place, Setter, State, Target, User, Verdict, Why,
};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'t> {
    toolchain: Option<&'t str>,
    runs: Option<&'t str>,
    platforms: Option<Vec<Platform<'t>>>,
    releases: Option<Vec<Release>>,
}

#[derive(Serialize)]
struct Platform<'t> {
    goos: &'t str,
    goarch: &'t str,
    verdict: &'static str,
    reason: Option<&'static str>,
    native: bool,
    broken: bool,
    cgo: Option<Cgo>,
    packages: Vec<Package<'t>>,
    compiler: Option<String>,
    compilers: Vec<Compiler>,
    linkage: Option<&'static str>,
    libc: Option<&'static str>,
    glibc_at_least: Option<&'t str>,
    minimum_os: Option<&'static str>,
    environment: Option<&'t str>,
    install: Option<Install<'t>>,
    remarks: Vec<String>,
}

#[derive(Serialize)]
struct Cgo {
    enabled: bool,
    why: &'static str,
    file: Option<String>,
    line: Option<u32>,
}

#[derive(Serialize)]
struct Package<'t> {
    path: &'t str,
    module: Option<&'t str>,
    need: &'static str,
    chain: &'t [String],
    pkg_config: &'t [String],
}

#[derive(Serialize)]
struct Compiler {
    command: String,
    named: &'static str,
    file: Option<String>,
    line: Option<u32>,
    path: Option<String>,
    zig: bool,
    state: &'static str,
    error: Option<String>,
    made: Option<Program>,
}

#[derive(Serialize)]
struct Program {
    goos: Option<&'static str>,
    goarch: Option<&'static str>,
    libc: &'static str,
    interpreter: Option<String>,
    glibc_at_least: Option<String>,
    links_static: Option<bool>,
}

#[derive(Serialize)]
struct Install<'t> {
    packages: Vec<&'static str>,
    environment: Option<&'t str>,
}

/// Prints the document of `--platforms`.
pub(super) fn print_releases(cx: &Context, releases: Vec<Release>) -> Result<()> {
    let (platforms, releases) = (None, Some(releases));
    cx.output.object(&Document { toolchain: None, runs: None, platforms, releases })
}

/// Prints the document.
pub(super) fn print(cx: &Context, told: &Told) -> Result<()> {
    cx.output.object(&Document {
        toolchain: Some(&told.toolchain),
        runs: told.runs.as_ref().map(|version| version.as_str()),
        platforms: Some(told.answers.iter().map(Platform::of).collect()),
        releases: None,
    })
}

impl Platform<'_> {
    fn of(answer: &Answer) -> Platform<'_> {
        let target = &answer.target;
        let chosen = match answer.verdict {
            Verdict::Compiler(at) => answer.candidates.get(at),
            _ => None,
        };
        Platform {
            goos: &target.goos,
            goarch: &target.goarch,
            verdict: answer.verdict.name(),
            reason: reason(&answer.verdict),
            native: answer.native,
            broken: answer.broken,
            cgo: answer.enabled.as_ref().map(|(on, why)| Cgo::of(*on, why)),
            packages: answer.needs.users.iter().map(Package::of).collect(),
            compiler: chosen.map(|one| one.command.words.join(" ")),
            compilers: answer.candidates.iter().map(|one| Compiler::of(one, target)).collect(),
            linkage: answer.linkage.map(Linkage::name),
            libc: answer.libc.map(Libc::name),
            glibc_at_least: answer.glibc_at_least.as_deref(),
            minimum_os: answer.minimum_os,
            environment: answer.environment.as_deref(),
            install: answer.install.as_ref().map(|(packages, line)| Install {
                packages: packages.split(' ').collect(),
                environment: line.as_deref(),
            }),
            remarks: remarks(answer),
        }
    }
}

fn reason(verdict: &Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Unsupported(Bar::Port) => Some("port"),
        Verdict::Unsupported(Bar::Package(..)) => Some("package"),
        Verdict::Unsupported(Bar::Cgo) => Some("cgo"),
        Verdict::Missing => Some("compiler"),
        Verdict::Pure | Verdict::Compiler(_) => None,
    }
}

/// The file and the line that set something.
fn place(setter: &Setter) -> (Option<String>, Option<u32>) {
    match setter {
        Setter::Environment => (None, None),
        Setter::File(path, line) => (Some(text(path)), Some(*line)),
    }
}

impl Cgo {
    fn of(enabled: bool, why: &Why) -> Cgo {
        let (file, line) = match why {
            Why::Set(setter) => place(setter),
            _ => (None, None),
        };
        Cgo { enabled, why: why.name(), file, line }
    }
}

impl Package<'_> {
    fn of(user: &User) -> Package<'_> {
        Package {
            path: &user.package,
            module: user.module.as_deref(),
            need: user.weight.name(),
            chain: &user.chain,
            pkg_config: &user.pkg_config,
        }
    }
}

impl Compiler {
    fn of(candidate: &Candidate, target: &Target) -> Compiler {
        let (file, line) = match &candidate.named {
            Named::Set(setter) => place(setter),
            Named::Usual | Named::Known => (None, None),
        };
        let state = candidate.state(target);
        let path = match &candidate.place {
            Place::At(path) => Some(text(&to_bytes(path))),
            Place::Absent | Place::Refused(_) => None,
        };
        let error = match state {
            State::Fails(why) => Some(why.to_owned()),
            _ => None,
        };
        let made = match state {
            State::Works(made) | State::Wrong(made) => Some(Program::of(made)),
            _ => None,
        };
        let command = candidate.command.words.join(" ");
        let (named, zig) = (candidate.named.name(), candidate.command.is_zig());
        Compiler { command, named, file, line, path, zig, state: state.name(), error, made }
    }
}

impl Program {
    fn of(made: &Made) -> Program {
        Program {
            goos: made.os,
            goarch: made.arch,
            libc: made.libc.name(),
            interpreter: made.interpreter.clone(),
            glibc_at_least: made.glibc_at_least.clone(),
            links_static: made.links_static,
        }
    }
}

//! A C program of ten lines is compiled and linked, in a directory of goward's own, and the file that comes out is
//! judged: only that tells for which processor and with which C library a compiler works. This is the one place that
//! starts a C compiler: one that the user, and no file of the repository, has named, with the flags of the user alone.

use super::command::Command;
use crate::child::{self, Bounds, Ended, Unanswered};
use crate::go::{Error, Scratch};
use goward_gobin::{Format, Needs, headers};
use goward_installer::read;
use std::cell::Cell;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::process::{self, Stdio};
use std::time::Duration;

/// The longest that all compilers together may take: zig builds the C library of each target once.
const PATIENCE: Duration = Duration::from_secs(600);
/// The most memory of each of their processes, in bytes.
const MEMORY: u64 = 4 << 30;
/// The most of their words that is kept, in bytes.
const MOST_WORDS: usize = 64 << 10;
/// The longest line of their words that is told, in characters.
const LONGEST: usize = 200;
thread_local! {
    // How much of that is left. One thread tries compilers for a command.
    static LEFT: Cell<Duration> = const { Cell::new(PATIENCE) };
}
const BOUNDS: Bounds = Bounds { left: &LEFT, memory: MEMORY, words: MOST_WORDS, idle: None };

/// The program: it includes what cgo's own files do, and calls into the C library and its threads.
const PROGRAM: &str = "#include <pthread.h>\n#include <stdlib.h>\n\nstatic void *run(void *arg) { return arg; }\n\n\
    int main(void) {\n\tpthread_t thread;\n\tif (pthread_create(&thread, NULL, run, NULL) != 0) {\n\t\tabort();\n\t}\n\
    \treturn pthread_join(thread, NULL);\n}\n";

/// The C library that a program needs to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Libc {
    /// None at all.
    None,
    /// That of GNU.
    Glibc,
    /// musl.
    Musl,
    /// Android's.
    Bionic,
    /// That of the system, which has one.
    System,
}

impl Libc {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Libc::None => "none",
            Libc::Glibc => "glibc",
            Libc::Musl => "musl",
            Libc::Bionic => "bionic",
            Libc::System => "system",
        }
    }

    fn of(format: Format, needs: &Needs) -> Libc {
        let loader = needs.interpreter.as_deref().unwrap_or_default();
        let name = loader.rsplit('/').next().unwrap_or_default();
        match format {
            Format::Elf if needs.is_static() => Libc::None,
            Format::Elf if needs.musl() => Libc::Musl,
            Format::Elf if loader.starts_with("/system/bin/linker") => Libc::Bionic,
            Format::Elf if needs.glibc_at_least.is_some() => Libc::Glibc,
            Format::Elf
                if name.starts_with("ld-linux")
                    || ["ld.so.1", "ld64.so.1", "ld64.so.2"].contains(&name) =>
            {
                Libc::Glibc
            }
            _ => Libc::System,
        }
    }
}

/// The file that a compiler has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Go's name of its system, where the file tells it.
    pub os: Option<&'static str>,
    /// Go's name of its processor.
    pub arch: Option<&'static str>,
    /// The C library that it needs.
    pub libc: Libc,
    /// The program that loads it.
    pub interpreter: Option<String>,
    /// The least glibc that it needs.
    pub glibc_at_least: Option<String>,
    /// The least system that it names.
    pub min_os: Option<String>,
    /// The version of the linker, where the file tells it.
    pub linker: Option<(u8, u8)>,
    /// Whether the compiler links without dynamic libraries, too, by `-static`; `None` if that was not tried.
    pub links_static: Option<bool>,
}

/// How a compiler fared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has made a file.
    Made(Made),
    /// It failed, with the first line of its words that tells why. Others may have written parts: escape them.
    Failed(String),
    /// It took too long.
    Endless,
}

/// The flags of a call.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// Those of `CGO_CPPFLAGS` and `CGO_CFLAGS`.
    pub compile: Vec<String>,
    /// Those of Go itself.
    pub own: Vec<&'static str>,
    /// Those of `CGO_LDFLAGS`.
    pub link: Vec<String>,
    /// The PATH by which it finds its assembler and its linker, if that is not the caller's.
    pub path: Option<OsString>,
}

/// Bounds the time of those that this thread tries from now on.
pub(super) fn within(limit: Duration) {
    LEFT.set(limit);
}

/// Tries a compiler. `tries_static` is whether `-static` is tried, too.
///
/// # Errors
/// If goward cannot make the directory or the source.
pub fn probe(
    (program, command): (&Path, &Command),
    flags: &Flags,
    tries_static: bool,
) -> Result<Outcome, Error> {
    let scratch = Scratch::new()?;
    let source = scratch.write("probe.c", PROGRAM.as_bytes())?;
    let copy = |error| Error::Copy(source.clone(), error);
    fs::create_dir(scratch.path("tmp")).map_err(copy)?;
    let try_with = |more: &[&str], name: &str| {
        let mut call = process::Command::new(program);
        call.args(&command.words[1..]).args(&flags.compile).args(&flags.own);
        // Some compilers for Windows add the ending themselves.
        call.arg("-o").arg(scratch.path(name)).arg(&source).args(more).args(&flags.link);
        // What is relative means nothing here, and what is left over goes with the directory.
        call.current_dir(scratch.path("tmp")).env("PWD", scratch.path("tmp"));
        call.env("TMPDIR", scratch.path("tmp")).env("LC_ALL", "C");
        call.envs(flags.path.as_ref().map(|path| ("PATH", path)));
        call.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        run(&mut call)
    };
    if let Some(why) = try_with(&[], "probe.exe") {
        return Ok(why);
    }
    let made = match made(&scratch.path("probe.exe")) {
        Ok(made) => made,
        Err(why) => return Ok(Outcome::Failed(why)),
    };
    let links_static = tries_static.then(|| try_with(&["-static"], "static.exe").is_none());
    Ok(Outcome::Made(Made { links_static, ..made }))
}

/// Runs a compiler; `None` if it succeeds.
fn run(call: &mut process::Command) -> Option<Outcome> {
    let ended = child::converse(call, &BOUNDS, |_, out| rest(out));
    match ended {
        Ok(Ended { status, .. }) if status.success() => None,
        Ok(Ended { words, .. }) => Some(Outcome::Failed(reason(&String::from_utf8_lossy(&words)))),
        Err(Unanswered::Endless) => Some(Outcome::Endless),
        Err(Unanswered::Unable(error)) => {
            Some(Outcome::Failed(format!("it cannot be started: {error}")))
        }
    }
}

/// Reads an output to its end, so that the program does not wait.
fn rest(out: &mut dyn Read) -> io::Result<()> {
    io::copy(out, &mut io::sink()).map(|_| ())
}

/// The line that says what is wrong.
fn reason(words: &str) -> String {
    let is_error = |line: &&str| line.contains("rror:") || line.contains("annot find");
    let mut lines = words.lines().filter(|line| !line.trim().is_empty());
    let line = lines.clone().find(is_error).or_else(|| lines.next());
    let line = line.unwrap_or("it failed, and said nothing").split_whitespace();
    line.collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}

fn made(path: &Path) -> Result<Made, String> {
    let file: File = read::open(path).map_err(|error| format!("it made no file: {error}"))?;
    let found =
        headers(&file).map_err(|error| format!("it made a file of another kind: {error}"))?;
    let libc = Libc::of(found.format, &found.needs);
    let Needs { interpreter, glibc_at_least, min_os, linker, .. } = found.needs;
    let (os, arch) = (found.os, found.arch);
    Ok(Made { os, arch, libc, interpreter, glibc_at_least, min_os, linker, links_static: None })
}

#[cfg(test)]
#[path = "probe_tests.rs"]
mod tests;

//! `goward inspect`: which Go built an executable, how, and what it needs to run.

mod files;
mod judged;
mod like_go;
mod line;
mod page;
mod row;
mod tools;

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::Shown as _;
use crate::values::CONDITION;
use clap::{Args, ValueHint};
use files::{File, Files};
use goward_gobin::{Depth, Program, Refused, programs};
use goward_govern::condition::Condition;
use judged::{Judged, Judges};
use rayon::iter::{IntoParallelIterator as _, ParallelExtend as _, ParallelIterator as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tools::Here;

/// The time for which one processor reads: to start more takes longer than to read a few hundred programs.
const ALONE: Duration = Duration::from_millis(100);

/// Inspects.
#[derive(Debug, Args)]
#[command(after_help = "\
It reads the files and runs none of them. One file gets a page, several get a line each, and of a
directory it shows what Go has built. -v shows every module and setting, and names the other files.

Conditions, for CI: go>=1.24 (or 1.24), supported, not-forced, static, glibc<=2.28, pie, stripped,
trimpath, cgo=0, vcs=clean, goamd64<=v2, module=PATH, dep=PATH>=v1.2.0. Status 7 says that one is not
met, status 3 that a file that you name is no Go program.

Examples:
  goward inspect ./app                             one program
  goward inspect --require 'glibc<=2.28' dist      will it run on RHEL 8?
  goward inspect --require trimpath --require vcs=clean ./app
  goward inspect --deep ./app                      was the version forced?
  goward inspect --tools                           are gopls, dlv and others new enough for this module?
  goward inspect --json ./app                      go version -m -json, and more
  goward inspect --like-go ./app                   what go version -m prints")]
pub(crate) struct Inspect {
    /// Programs, libraries, archives, or directories with all below them
    #[arg(value_name = "FILE|DIR", required_unless_present = "tools", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// Look at the programs that `go install` has built, and say which are older than the go.mod here
    #[arg(long, conflicts_with_all = ["paths", "like_go"])]
    tools: bool,
    /// A condition that each program must meet; may be repeated
    #[arg(long, value_name = "CONDITION", value_parser = CONDITION)]
    require: Vec<Condition>,
    /// Read debug information, too: it names the compiler
    #[arg(long)]
    deep: bool,
    /// Print what `go version -m` of the newest Go prints
    #[arg(long, conflicts_with_all = ["require", "deep", "json"])]
    like_go: bool,
    /// Print JSON (its fields: see the page JSON of the book)
    #[arg(long)]
    json: bool,
}

/// A file, and what goward read in it.
struct Read {
    file: File,
    found: std::result::Result<Vec<Program>, Refused>,
}

impl Inspect {
    pub(crate) fn run(mut self, cx: &mut Context) -> Result<()> {
        if self.like_go {
            return like_go::print(cx, &self.paths);
        }
        let here = self.tools.then(|| Here::of(cx)).transpose()?;
        if let Some(here) = &here {
            here.says(cx);
            self.paths.extend(here.directory.exists().then(|| here.directory.clone()));
        }
        let debug = self.deep || self.require.iter().any(Condition::needs_debug);
        let depth = if debug { Depth::Debug } else { Depth::Headers };
        let (read, mut refused) = cx
            .patiently("reading programs", || read_all(Files::of(&self.paths), depth, cx.verbose));
        // The process ends soon, and the system takes thousands of small pieces of memory back in one.
        let read: &[Read] = read.leak();
        let judges = Judges::new(cx, &self.require, here.as_ref());
        let judged: Vec<Judged<'_>> = judges.judge(read);
        let one = self.paths.len() == 1 && read.len() == 1 && read[0].file.named;
        if self.json {
            cx.output.json(&row::Rows(&judged))?;
        } else if cx.verbose || (one && self.require.is_empty()) {
            judged.iter().for_each(|one| page::print(cx, one));
        } else {
            line::print(cx, &judged);
        }
        refused.extend(read.iter().filter_map(|read| self.refusal(cx, read)));
        if judged.is_empty() && refused.is_empty() && !self.paths.is_empty() {
            refused.extend(self.nothing(cx));
        }
        refused.iter().for_each(|failure| cx.output.failure(failure));
        if let Some(first) = refused.first() {
            return Err(Failure::silent(first.exit));
        }
        match judged.iter().any(Judged::is_refused) {
            true => Err(Failure::silent(Exit::Found)),
            false => Ok(()),
        }
    }

    /// Says why a file has no answer, if the user asks for it.
    fn refusal(&self, cx: &Context, read: &Read) -> Option<Failure> {
        let refused = read.found.as_ref().err()?;
        let (path, foreign) = (&read.file.path, is_foreign(refused));
        match foreign && !read.file.named {
            true if cx.verbose => {
                cx.output.note(&format!("{}: {refused}", path.shown()));
                None
            }
            true => None,
            false => Some(refusal(path, refused)),
        }
    }

    /// Where nothing was found, no condition was tried.
    fn nothing(&self, cx: &Context) -> Option<Failure> {
        let message = "there is no program here that Go has built";
        if self.require.is_empty() {
            cx.output.note(message);
            return None;
        }
        Some(Failure::new(Exit::NotFound, message).hint("name the files, or see why with -v"))
    }
}

/// Reads all files, and keeps their order. What is not read soon is read on all processors.
fn read_all(files: Files, depth: Depth, verbose: bool) -> (Vec<Read>, Vec<Failure>) {
    let read = |file: File| {
        let found = match file.open() {
            Ok(open) => programs(&open, depth),
            Err(error) => Err(Refused::Read(error)),
        };
        // Of a directory, most files are not Go's: they need no room.
        let keep =
            file.named || found.as_ref().map_or_else(|refused| !is_foreign(refused), |_| true);
        (keep || verbose).then_some(Read { file, found })
    };
    let until = Instant::now() + ALONE;
    let (mut all, mut left) = (Vec::new(), files.files.into_iter());
    while Instant::now() < until
        && let Some(file) = left.next()
    {
        all.extend(read(file));
    }
    if left.len() > 0 {
        all.par_extend(left.collect::<Vec<_>>().into_par_iter().filter_map(read));
    }
    (all, files.failures.into_iter().chain(files.unlisted).collect())
}

/// Whether it is only no program of Go's.
fn is_foreign(refused: &Refused) -> bool {
    matches!(refused, Refused::Format | Refused::NotGo)
}

fn refusal(path: &std::path::Path, refused: &Refused) -> Failure {
    let exit = match refused {
        Refused::Format | Refused::NotGo | Refused::Text { .. } => Exit::NotFound,
        _ => Exit::Failure,
    };
    let message = format!("cannot inspect {}", path.shown());
    let failure = Failure::new(exit, message).because(refused);
    match refused {
        Refused::NotGo => {
            failure.hint("Go before 1.13, and wasm, leave no build information that can be found")
        }
        _ => failure,
    }
}

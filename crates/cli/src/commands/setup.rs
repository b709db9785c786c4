//! `goward setup`: the store, the manager, the shims, and PATH.

mod advice;
mod later;
pub(in crate::commands) mod lines;
mod programs;
mod report;
mod runner;
mod sudo;
mod system;

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::on_path;
use crate::paths::{Shown as _, shown, text, to_bytes, to_path};
use crate::shell::{self, Home, Shell};
use crate::shim;
use advice::{advise, in_sh, is_first, missing, no_text, print};
use clap::Args;
use goward_govern::peers;
use goward_installer::replace::{Follow, Place, check_way};
use goward_installer::{Program, Store, read};
use goward_resolver::Host as _;
use programs::{TAKE, copies, placing, sources};
use report::{Edited, Report};
use std::cell::RefCell;
use std::fs;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

/// The most bytes that a start-up file may have.
pub(in crate::commands) const STARTUP_LIMIT: usize = 16 << 20;

/// Sets up.
#[derive(Debug, Args)]
#[command(after_help = "\
Copies this program and its shim `go` (the one that a release has in itself; a build without one takes
the one beside it) into the store (GOWARD_ROOT, else ~/.goward), and puts the store's `shims` first on PATH by one line in each start-up file that your
shell needs it in. Running it again adds what is missing and changes nothing else. If a later line of these files
puts another `go` first, it names that line and offers to move its own to the end; a copy of the file as it was
stays beside it, as FILE.goward-old; while such a line stays, the status is 1. In a job of GitHub Actions it also appends to the file GITHUB_PATH.

Examples:
  goward setup
  goward setup --dry-run
  goward setup --yes                and move goward's line where a later one hides it
  goward setup --shell fish         another shell than the one of your account
  goward setup --no-modify-path     and put the directory on PATH yourself
  goward setup --dry-run --json     what would be done, for programs
  goward setup --remove             take the lines out again

For all users, as root (not on Windows):
  goward setup --system             into /usr/local/lib/goward, with links in /usr/local/bin
  goward setup --system --dry-run
  goward setup --remove --system    take the links out again, and the file in /etc/profile.d")]
pub(crate) struct Setup {
    /// Leave the shell's start-up files alone, and print the line for them
    #[arg(long)]
    no_modify_path: bool,
    /// The shell to set up [default: the one in $SHELL, else your account's]
    #[arg(long, value_name = "SHELL")]
    shell: Option<Shell>,
    /// Ask nothing, and move goward's line where another one hides it
    #[arg(short, long)]
    yes: bool,
    /// Take out of all start-up files the lines that setup wrote for this root, and nothing else
    #[arg(long, conflicts_with_all = ["no_modify_path", "shell", "yes"])]
    remove: bool,
    /// Set up goward for all users: the system's root, links in /usr/local/bin, /etc/profile.d/goward.sh
    #[arg(long, conflicts_with_all = ["no_modify_path", "shell", "yes"])]
    system: bool,
    /// Say what would be done, and do nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Print JSON: root, done, shell, copies, edits, links, later, advice, on_path, leftovers, next; with
    /// --remove as `goward self uninstall`
    #[arg(long)]
    json: bool,
    #[arg(skip)]
    report: RefCell<Report>,
}

/// A shell, and the files that it reads when it starts.
struct StartUp {
    shell: Shell,
    files: Vec<PathBuf>,
}

impl Setup {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        cx.output.keep_for_document(self.json);
        if self.system {
            return system::run(&self, cx);
        }
        sudo::check(cx)?;
        let store = cx.store()?;
        if self.remove {
            return lines::remove(
                cx,
                &store,
                lines::Wish { dry_run: self.dry_run, json: self.json },
            );
        }
        check_root(&store)?;
        let (manager, shim) = sources(cx, &store)?;
        self.place(cx, &store, &manager, &shim)?;
        if !self.dry_run
            && let Some(mismatch) = shim::mismatch(cx, &store)
        {
            // `sources` found no other shim.
            cx.output.warning(&format!("{mismatch}; {TAKE}"));
        }
        let told = if self.no_modify_path { None } else { runner::tell(cx, &store, self.dry_run)? };
        let is_told = told.is_some();
        self.report.borrow_mut().edits.extend(told.into_iter().flatten());
        let done = self.path(cx, &store, is_told);
        let left = peers::leftovers(&cx.environment());
        left.iter().for_each(|left| cx.output.warning(&on_path::leftover(left)));
        if self.json {
            let mut report = self.report.take();
            report.root = text(&to_bytes(store.root()));
            report.done = !self.dry_run;
            report.look(&on_path::Typed::of(&cx.environment(), "go", None), &left);
            cx.output.object(&report)?;
        }
        done
    }

    fn place(&self, cx: &Context, store: &Store, manager: &Program, shim: &Program) -> Result<()> {
        let copies = copies(store, manager, shim);
        if self.dry_run {
            for (from, to) in copies {
                if !from.is_there(&to) {
                    self.report.borrow_mut().copied(from, &to);
                    cx.output.line(&format!("would {}", placing(from, &to, ("copy", "link"))));
                }
            }
            return Ok(());
        }
        store.prepare()?;
        for (from, to) in copies {
            if store.place(from, &to)? {
                self.report.borrow_mut().copied(from, &to);
                cx.output.note(&placing(from, &to, ("copied", "linked")));
            }
        }
        store.relink()?;
        Ok(())
    }

    /// Puts the shims first on PATH. In a job whose runner is `told`, later steps have them.
    fn path(&self, cx: &Context, store: &Store, told: bool) -> Result<()> {
        let (shims, bin) = (store.shims_dir(), store.bin_dir());
        let dirs = [shims.as_path(), bin.as_path()];
        if cfg!(windows) {
            let line = shell::powershell_for_good(&dirs);
            let what = "run this in PowerShell, then open a new window:";
            self.advise(cx, &shims, (what, line.as_bytes()), &[]);
            // Once the shims are on PATH, another `go` before them is the machine's.
            let typed = on_path::Typed::of(&cx.environment(), "go", None);
            if typed.is_behind() {
                typed.warn(cx);
            }
            return Ok(());
        }
        let login = cx.text("SHELL").filter(|shell| !shell.is_empty());
        let login = login.unwrap_or_else(Shell::of_account);
        let Some(shell) = self.shell.or_else(|| Shell::of(&login)) else {
            if !told {
                let (what, line) = in_sh(&dirs, &login);
                self.advise(cx, &shims, (&what, &line), &[]);
            }
            let done = told || self.no_modify_path || self.dry_run || is_first(cx, &shims);
            return if done { Ok(()) } else { Err(advice::no_shell()) };
        };
        self.report.borrow_mut().shell = Some(shell.name());
        let line = shell.line(&dirs).ok_or_else(|| no_text(store, shell))?;
        match self.start_up(cx, shell) {
            Some(files) if !self.no_modify_path && shell.is_edited() => {
                let first = self.edit(cx, store, &StartUp { shell, files }, &line)?;
                if first || told || self.dry_run { Ok(()) } else { Err(later::still_hidden()) }
            }
            files => {
                let names: Vec<_> = files.iter().flatten().map(|file| file.shown()).collect();
                let place = if names.is_empty() {
                    "your shell's start-up file".to_owned()
                } else {
                    names.join(" and ")
                };
                let what = format!("put this line into {place}:");
                self.advise(cx, &shims, (&what, &line), files.as_deref().unwrap_or_default());
                Ok(())
            }
        }
    }

    fn advise(&self, cx: &Context, shims: &Path, (what, line): (&str, &[u8]), files: &[PathBuf]) {
        if !is_first(cx, shims) {
            self.report.borrow_mut().advised(line, files);
        }
        advise(cx, shims, what, line);
    }

    /// The start-up files of the shell; `None` without a home directory.
    fn start_up(&self, cx: &Context, shell: Shell) -> Option<Vec<PathBuf>> {
        at_home(cx, |home| shell.files(home))
    }

    /// Edits every start-up file that it can, and then fails if it could not edit one. Returns false
    /// if a later line still hides goward's.
    fn edit(
        &self,
        cx: &Context,
        store: &Store,
        StartUp { shell, files }: &StartUp,
        line: &[u8],
    ) -> Result<bool> {
        let (shims, mut edited, mut failed) = (store.shims_dir(), false, Vec::new());
        let late = later::files_with_line(cx, *shell);
        for file in files.iter().chain(&late) {
            match self.edit_one(cx, store, file, line) {
                Ok(done) => edited |= done,
                Err(failure) => failed.push((file.as_path(), failure)),
            }
        }
        for (file, _) in &failed {
            self.report.borrow_mut().edits.push(Edited::of(file, line, None, false));
        }
        if !failed.is_empty() {
            print(cx, line);
            return Err(missing(failed));
        }
        let lacks = |file: &PathBuf| {
            let text = read::read(file, STARTUP_LIMIT).unwrap_or_default();
            shell::with_line(&text, line).is_some()
        };
        let declined = !self.dry_run && files.iter().any(lacks);
        let settled = later::settle(cx, store, &self.mover(*shell, line))?;
        if !settled || declined {
            return Ok(settled);
        }
        if is_first(cx, &shims) {
            cx.output.note("the shims are first on PATH");
        } else if edited || !self.dry_run {
            let unread = at_home(cx, |home| shell.unread(home)).flatten();
            cx.output.note(&match unread {
                Some(mend) => format!(
                    "log in again, and `go` is goward's; {} reads ~/.profile at login alone: {mend}",
                    shell.name()
                ),
                None => "open a new shell, and `go` is goward's".to_owned(),
            });
            if !self.dry_run {
                self.report.borrow_mut().next = advice::next_steps(cx, store, *shell, files);
            }
        }
        Ok(true)
    }

    fn mover<'a>(&'a self, shell: Shell, line: &'a [u8]) -> later::Mover<'a> {
        later::Mover { shell, line, yes: self.yes, dry_run: self.dry_run, report: &self.report }
    }

    /// Edits one file, and returns whether it changed the file.
    fn edit_one(&self, cx: &Context, store: &Store, file: &Path, line: &[u8]) -> Result<bool> {
        let old = match read::read(file, STARTUP_LIMIT) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            read => read.map_err(|error| Failure::io("read", file, &error))?,
        };
        let Some(new) = shell::with_line(&old, line) else {
            // Another program may keep this file with the line in it. goward sweeps only beside a
            // file that it may edit.
            if let Ok(place) = Place::find(file, Follow::Anywhere)
                && !self.dry_run
            {
                place.sweep();
            }
            return Ok(false);
        };
        let record = |done, new| {
            self.report.borrow_mut().edits.push(Edited::of(file, line, new, done));
        };
        check_way(file)?;
        let dir = file.parent().filter(|dir| !dir.is_dir());
        if self.dry_run && dir.is_some() {
            record(false, Some(&new));
            return Ok(self.would_add(cx, &file.shown(), line));
        }
        if let Some(dir) = dir {
            fs::create_dir_all(dir).map_err(|error| Failure::io("create", dir, &error))?;
        }
        let place = Place::find(file, Follow::Anywhere)?;
        let name = place.shown();
        if self.dry_run {
            record(false, Some(&new));
            return Ok(self.would_add(cx, &name, line));
        }
        if !self.agrees(cx, &name)? {
            record(false, None);
            cx.output.note(&format!("left {name} alone; the line for it:"));
            print(cx, line);
            return Ok(false);
        }
        // Another process may set up the same store at this moment.
        store.replacing("setup", place.path(), || {
            let old = place.read(STARTUP_LIMIT)?;
            shell::with_line(&old, line).map_or(Ok(()), |new| place.edit(&old, &new))
        })??;
        let shims = store.shims_dir().shown();
        record(true, Some(&new));
        cx.output.note(&format!("{name} puts {shims} first on PATH now"));
        Ok(true)
    }

    fn would_add(&self, cx: &Context, name: &str, line: &[u8]) -> bool {
        cx.output.line(&format!("would add to {name}: {}", shown(line)));
        false
    }

    /// Without a terminal goward cannot ask: the user who runs this agrees.
    fn agrees(&self, cx: &Context, file: &str) -> Result<bool> {
        if self.yes || !std::io::stdin().is_terminal() {
            return Ok(true);
        }
        let question = format!("put the shims first on PATH, in {file}?");
        cx.output
            .confirms(&question)
            .map_err(|error| Failure::new(Exit::Failure, "cannot read your answer").because(error))
    }
}

/// Puts the manager and the shims into a store, as far as they are not there, and nothing on PATH.
pub(super) fn put_in_place(cx: &Context, store: &Store) -> Result<()> {
    check_root(store)?;
    let (manager, shim) = sources(cx, store)?;
    store.prepare()?;
    for (from, to) in copies(store, &manager, &shim) {
        store.place(from, &to)?;
    }
    Ok(store.relink()?)
}

/// Calls `ask` with the home directory; `None` where there is none.
fn at_home<T>(cx: &Context, ask: impl FnOnce(&Home<'_>) -> T) -> Option<T> {
    let directory = to_path(&cx.machine.home()?);
    let var = |key: &str| cx.machine.var(key).filter(|value| !value.is_empty()).map(to_path);
    let exists = |file: &Path| file.symlink_metadata().is_ok();
    Some(ask(&Home { directory: &directory, var: &var, exists: &exists }))
}

/// Refuses a root whose directories cannot stand on PATH: a byte of their names separates entries.
fn check_root(store: &Store) -> Result<()> {
    let Some(obstacle) = shell::obstacle(store.root()) else { return Ok(()) };
    let root = store.root().shown();
    let message = format!("{root} has {obstacle} in its path, so it cannot be put on PATH");
    Err(Failure::new(Exit::Usage, message).hint("set GOWARD_ROOT to another directory"))
}

//! `goward setup`: the store, the manager, the shims, and PATH.

mod place;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::paths::{shown_path, to_bytes, to_path};
use crate::replace::replace;
use crate::shell::{self, Snippet};
use clap::Args;
use goward_installer::Store;
use goward_resolver::Host as _;
use std::fs;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

/// Sets up.
#[derive(Debug, Args)]
#[command(after_help = "\
Copies this program and the shim `go` that lies beside it into the store (GOWARD_ROOT, else
~/.goward), and puts the store's `shims` first on PATH in the start-up file of your shell. Running it
again mends what is missing and changes nothing else.

Examples:
  goward setup
  goward setup --dry-run
  goward setup --no-modify-path     and put the directory on PATH yourself")]
pub(crate) struct Setup {
    /// Leave the shell's start-up files alone, and print the line for them
    #[arg(long)]
    no_modify_path: bool,
    /// Ask nothing
    #[arg(short, long)]
    yes: bool,
    /// Say what would be done, and do nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

impl Setup {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        let store = cx.store()?;
        let (manager, shim) = sources(cx, &store)?;
        self.place(cx, &store, &manager, shim.as_deref())?;
        self.path(cx, &store)
    }

    fn place(
        &self,
        cx: &Context,
        store: &Store,
        manager: &Path,
        shim: Option<&Path>,
    ) -> Result<()> {
        let exe = std::env::consts::EXE_SUFFIX;
        let shims = store.shims_dir();
        let copies = [
            (Some(manager), store.bin_dir().join(format!("goward{exe}"))),
            (shim, shims.join(format!("go{exe}"))),
            (shim, shims.join(format!("gofmt{exe}"))),
        ];
        if self.dry_run {
            for (from, to) in copies {
                let Some(from) = from.filter(|from| !place::is_there(from, &to)) else { continue };
                let (from, to) = (shown_path(from), shown_path(&to));
                cx.output.line(&format!("would copy {from} to {to}"));
            }
            return Ok(());
        }
        store.prepare()?;
        for (from, to) in copies {
            let placed = place::alone(store, &to, || match from {
                Some(from) if !place::is_there(from, &to) => {
                    place::copy(store, from, &to).map(|()| Some(from))
                }
                _ => Ok(None),
            })?;
            if let Some(from) = placed {
                cx.output.note(&format!("copied {} to {}", shown_path(from), shown_path(&to)));
            }
        }
        store.relink()?;
        Ok(())
    }

    fn path(&self, cx: &Context, store: &Store) -> Result<()> {
        let (shims, bin) = (store.shims_dir(), store.bin_dir());
        let dirs = [shims.as_path(), bin.as_path()];
        if cfg!(windows) {
            let line = shell::powershell(&dirs);
            return self.advise(
                cx,
                &shims,
                "run this in PowerShell, then open a new window:",
                &line,
            );
        }
        let login = cx.machine.text("SHELL").unwrap_or_default();
        let home = cx.machine.home().map(|home| to_path(&home)).unwrap_or_default();
        let snippets =
            shell::snippets(&login, &home, &dirs, |key| cx.machine.text(key), Path::is_file);
        match snippets {
            Some(snippets) if !self.no_modify_path => self.edit(cx, store, &snippets),
            known => {
                let line = match known {
                    Some(snippets) => snippets[0].line.clone(),
                    None => shell::posix(&dirs),
                };
                self.advise(cx, &shims, "put this line into your shell's start-up file:", &line)
            }
        }
    }

    fn advise(&self, cx: &Context, shims: &Path, what: &str, line: &str) -> Result<()> {
        if is_first(cx, shims) {
            cx.output.note("the shims are first on PATH");
        } else {
            cx.output.note(what);
            cx.output.line(line);
        }
        Ok(())
    }

    fn edit(&self, cx: &Context, store: &Store, snippets: &[Snippet]) -> Result<()> {
        let (shims, mut edited) = (store.shims_dir(), false);
        for Snippet { file, line } in snippets {
            let old = read(file)?;
            let Some(new) = shell::with_line(&old, line) else {
                if !self.dry_run {
                    place::alone(store, file, || Ok(()))?;
                }
                continue;
            };
            let name = shown_path(file);
            if self.dry_run {
                cx.output.line(&format!("would add to {name}: {line}"));
                continue;
            }
            if !self.agrees(cx, &name)? {
                cx.output.note(&format!("left {name} alone; the line for it:"));
                cx.output.line(line);
                continue;
            }
            if let Some(dir) = file.parent() {
                fs::create_dir_all(dir).map_err(|error| Failure::io("create", dir, &error))?;
            }
            place::alone(store, file, || replace(file, new.as_bytes()))?;
            cx.output.note(&format!("{name} puts {} first on PATH now", shown_path(&shims)));
            edited = true;
        }
        if is_first(cx, &shims) {
            cx.output.note("the shims are first on PATH");
        } else if edited || !self.dry_run {
            cx.output.note("open a new shell, and `go` is goward's");
        }
        Ok(())
    }

    /// Without a terminal nobody can be asked, and who runs this wants it set up.
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

/// This program, and the shim beside it. No shim is needed where one is in place already.
fn sources(cx: &Context, store: &Store) -> Result<(PathBuf, Option<PathBuf>)> {
    let manager = std::env::current_exe().and_then(fs::canonicalize).map_err(|error| {
        Failure::new(Exit::Failure, "cannot find this program's own file").because(error)
    })?;
    let go = format!("go{}", std::env::consts::EXE_SUFFIX);
    let beside = manager.with_file_name(&go);
    if cx.machine.has_shim_magic(&to_bytes(&beside)) {
        return Ok((manager, Some(beside)));
    }
    let placed = store.shims_dir().join(&go);
    if cx.machine.has_shim_magic(&to_bytes(&placed)) {
        // gofmt may still be missing.
        return Ok((manager, Some(placed)));
    }
    let message = format!("{} is not goward's shim `go`", shown_path(&beside));
    Err(Failure::new(Exit::NotFound, message).hint(
        "run the goward of a release archive, which has both, or of a build of the workspace",
    ))
}

fn read(file: &Path) -> Result<String> {
    match fs::read_to_string(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|error| Failure::io("read", file, &error)),
    }
}

/// Whether no other `go` comes before the shims.
fn is_first(cx: &Context, shims: &Path) -> bool {
    let path = cx.machine.var("PATH").map(to_path).unwrap_or_default();
    let go = format!("go{}", std::env::consts::EXE_SUFFIX);
    let first = std::env::split_paths(&path).find(|dir| dir.join(&go).is_file());
    first.is_some_and(|first| first == shims)
}

//! Building Go from its sources: `make.bash` in staging, with an installed Go as bootstrap.
//!
//! The environment is clean: the build sees none of the caller's Go settings, only the variables
//! that find programs and choose C compilers. Every line goes to the watcher and into a log that
//! stays; an error names it.

pub(crate) mod bootstrap;
pub(crate) mod checkout;
mod sources;

use crate::error::{Error, OrCannot as _, Result};
use crate::progress::{Progress, Stage};
use crate::read::if_there;
use crate::shown::Shown as _;
use crate::signals;
use crate::store::Store;
use crate::store::manifest::FileList;
use crate::store::replace;
use crate::unpack::list;
use bootstrap::Bootstrap;
use sources::script;
use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::io::{self, BufRead as _, BufReader, PipeReader, Write as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

/// The caller's variables that a build sees: paths of programs and scratch space, and settings of C
/// compilers. On Windows the case of letters does not matter.
const KEPT: [&str; 3] = [
    "PATH HOME LANG LC_ALL TMPDIR TMP TEMP",
    "CC CXX CGO_ENABLED CGO_CFLAGS CGO_CPPFLAGS CGO_CXXFLAGS CGO_LDFLAGS PKG_CONFIG",
    "SYSTEMROOT COMSPEC PATHEXT USERPROFILE LOCALAPPDATA PROGRAMDATA",
];

/// How many of the last lines of a failed build an error shows.
const SHOWN: usize = 12;

/// How to build.
#[derive(Clone, Debug)]
pub struct Build {
    /// The Go that compiles it.
    pub bootstrap: Bootstrap,
    /// The caller's environment, from which the build takes what it needs.
    pub environment: Vec<(OsString, OsString)>,
}

/// A tree that was built.
pub(crate) struct Built {
    /// The Go that built it: `go1.20.14`.
    pub(crate) with: String,
    pub(crate) files: FileList,
}

/// One build.
pub(crate) struct Job<'a> {
    /// The sources.
    pub(crate) tree: &'a Path,
    /// The directory in which the result will lie.
    pub(crate) place: &'a Path,
    /// The version that the result must report.
    pub(crate) version: &'a str,
}

impl Build {
    /// Builds the sources of `job`.
    pub(crate) fn run(
        &self,
        store: &Store,
        job: &Job<'_>,
        progress: &dyn Progress,
    ) -> Result<Built> {
        let Job { tree, place, version } = *job;
        let name = place.file_name().and_then(|name| name.to_str()).unwrap_or(version);
        self.bootstrap.check(tree, version)?;
        progress.stage(name, Stage::Build);
        progress.note(&format!("building {name} with {}", self.bootstrap.name));
        let log = store.build_log(name);
        if let Some(directory) = log.parent() {
            store.own_directory(directory, 0o755)?;
        }
        let (status, last) = self.make(tree, place, &log, &|line| progress.output(name, line))?;
        if !status.success() {
            let message =
                format!("the build of {name} with {} failed ({status})", self.bootstrap.name);
            return Err(Error::build(message)
                .because(last.join("\n"))
                .hint(format!("the whole log is in {}", log.shown())));
        }
        for leftover in ["pkg/obj", "pkg/bootstrap"] {
            let leftover = tree.join(leftover);
            if_there(fs::remove_dir_all(&leftover)).or_cannot("remove", &leftover)?;
        }
        self.ask(tree, version)?;
        close(tree)?;
        let files = list(tree)?;
        Ok(Built { with: self.bootstrap.name.clone(), files })
    }

    /// Runs the script. Returns its status and the last lines that it printed.
    fn make(
        &self,
        tree: &Path,
        place: &Path,
        log: &Path,
        output: &dyn Fn(&str),
    ) -> Result<(ExitStatus, Vec<String>)> {
        let cannot = |error| {
            let message = format!("cannot run {} in {}", script().1, tree.join("src").shown());
            Error::build(message).because(error)
        };
        let (shell, file) = script();
        let mut make = self.command(shell, tree);
        if cfg!(windows) {
            make.arg("/c");
        }
        make.arg(file).current_dir(tree.join("src"));
        make.env("GOROOT_BOOTSTRAP", &self.bootstrap.goroot);
        // Up to Go 1.22 the directory is compiled in; later Go finds it at run time.
        make.env("GOROOT_FINAL", place);
        let (reader, writer) = io::pipe().map_err(cannot)?;
        make.stdout(writer.try_clone().map_err(cannot)?).stderr(writer);
        signals::give(&mut make);
        let child = make.spawn();
        // The pipe ends once the last process that can write to it has ended.
        drop(make);
        let mut child = child.map_err(cannot)?;
        let last = keep(reader, log, output);
        let status = child.wait().map_err(cannot)?;
        Ok((status, last.or_cannot("write", log)?))
    }

    /// A command with the clean environment.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>, tree: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().stdin(Stdio::null());
        let same = |key: &OsString, kept: &str| {
            if cfg!(windows) { key.eq_ignore_ascii_case(kept) } else { key == kept }
        };
        for (key, value) in &self.environment {
            if KEPT.iter().flat_map(|names| names.split(' ')).any(|kept| same(key, kept)) {
                command.env(key, value);
            }
        }
        command.env("GOTOOLCHAIN", "local").env("GOENV", "off");
        command.env("GOCACHE", tree.with_file_name("gocache"));
        command
    }

    /// Asks the new go for its version.
    fn ask(&self, tree: &Path, version: &str) -> Result<()> {
        let go = tree.join("bin").join(format!("go{}", std::env::consts::EXE_SUFFIX));
        let mut asked = self.command(&go, tree);
        signals::give(asked.arg("version"));
        let output = asked.output().map_err(|error| {
            let message = format!("the go that was built for {version} does not run");
            Error::build(message).because(error)
        })?;
        let said = String::from_utf8_lossy(&output.stdout);
        let right = said.strip_prefix("go version ").and_then(|rest| rest.strip_prefix(version));
        if output.status.success() && right.is_some_and(|rest| rest.starts_with(' ')) {
            return Ok(());
        }
        Err(Error::build(format!("the go that was built says {:?}, not {version}", said.trim())))
    }
}

/// Passes every line on, writes it to the log, and returns the last ones.
fn keep(reader: PipeReader, log: &Path, output: &dyn Fn(&str)) -> io::Result<Vec<String>> {
    // An earlier one may have other modes, or be a link.
    replace::remove(log).map_err(io::Error::other)?;
    let mut log = replace::create(log)?;
    let (mut reader, mut last, mut line) = (BufReader::new(reader), VecDeque::new(), Vec::new());
    while reader.read_until(b'\n', &mut line)? > 0 {
        log.write_all(&line)?;
        let text = String::from_utf8_lossy(&line);
        let text: String = text.trim_end().chars().filter(|c| !c.is_control()).collect();
        output(&text);
        if last.len() == SHOWN {
            last.pop_front();
        }
        last.push_back(text);
        line.clear();
    }
    Ok(last.into())
}

/// Takes the right to write from other users: a build sets modes of its own.
#[cfg(unix)]
fn close(tree: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut open = vec![tree.to_path_buf()];
    while let Some(path) = open.pop() {
        let failed = |error| Error::io("close", &path, error);
        let found = fs::symlink_metadata(&path).map_err(failed)?;
        let mode = found.permissions().mode();
        if !found.is_symlink() && mode & 0o6022 != 0 {
            let closed = fs::Permissions::from_mode(mode & 0o1755);
            fs::set_permissions(&path, closed).map_err(failed)?;
        }
        if found.is_dir() {
            for entry in fs::read_dir(&path).map_err(failed)? {
                open.push(entry.map_err(failed)?.path());
            }
        }
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "other systems can fail")]
fn close(_tree: &Path) -> Result<()> {
    Ok(())
}

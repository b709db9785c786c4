//! The context of every command.

use crate::config::policy_file::PolicyFile;
use crate::failure::{Exit, Failure, Result};
use crate::given::Given;
use crate::machine;
use crate::output::Output;
use crate::paths::{to_bytes, to_path};
use goward_installer::{Platform, Store, canonical};
use goward_resolver::{Environment, Host as _, Policy, Survey, path};
use goward_shim::OsHost;
use std::cell::{Cell, OnceCell};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The machine, the way to the user, and the global flags.
pub(crate) struct Context {
    /// The machine as the shim sees it.
    pub(crate) machine: OsHost,
    /// The way to the user.
    pub(crate) output: Output,
    /// `-v`.
    pub(crate) verbose: bool,
    /// `--offline`.
    pub(crate) offline: bool,
    /// The attributes of a program that goward becomes.
    pub(crate) given: Given,
    /// The directory that the user asks about, where that is not the current one.
    directory: Option<Vec<u8>>,
    /// Whether goward has named the configuration's unknown keys.
    pub(crate) warned: Cell<bool>,
    /// The policy file of this machine, once it was read.
    owner: OnceCell<Option<PolicyFile>>,
}

impl Context {
    /// A context for these global flags.
    pub(crate) fn new(output: Output, verbose: bool, offline: bool) -> Context {
        let machine = machine::seen_by_shim();
        Platform::set_host_arch(machine.arch());
        let (given, directory) = (Given::replace(), None);
        let (warned, owner) = (Cell::new(false), OnceCell::new());
        Context { machine, output, verbose, offline, given, directory, warned, owner }
    }

    /// What the owner of this machine decides for all its users, if that is anything.
    ///
    /// # Errors
    /// If another user could have written the policy file, or it makes no sense.
    pub(crate) fn policy(&self) -> Result<Option<&PolicyFile>> {
        if let Some(known) = self.owner.get() {
            return Ok(known.as_ref());
        }
        let read = PolicyFile::read(&self.machine)?;
        let unknown = read.iter().flat_map(|file| &file.config.unknown);
        unknown.for_each(|unknown| self.output.warning(unknown));
        Ok(self.owner.get_or_init(|| read).as_ref())
    }

    /// A variable as text, if it is set, not empty and text.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        let value = std::str::from_utf8(self.machine.var(key)?).ok()?;
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// The user's store.
    pub(crate) fn store(&self) -> Result<Store> {
        let roots = self.roots()?;
        let root = roots.root.as_deref().ok_or_else(|| {
            Failure::new(Exit::Failure, "there is no home directory to keep toolchains in")
                .hint("set HOME, or set GOWARD_ROOT to a directory of your own")
        })?;
        let mut store = Store::open(to_path(root))?;
        if roots.is_vouched() {
            store.vouch();
        }
        Ok(store)
    }

    /// The environment of this process, as the shim reads it.
    pub(crate) fn environment(&self) -> Environment<'_> {
        Environment::new(&self.machine)
    }

    /// The roots, in which toolchains lie.
    pub(crate) fn roots(&self) -> Result<Box<goward_resolver::Roots<'_>>> {
        Ok(goward_resolver::Roots::locate(self.environment())?)
    }

    /// The directory as `go` sees it.
    pub(crate) fn survey(&self) -> Result<Survey<'_>> {
        self.survey_for(&[b"go"])
    }

    /// The directory as the command line `argv` sees it.
    pub(crate) fn survey_for<'a>(&'a self, argv: &[&'a [u8]]) -> Result<Survey<'a>> {
        self.survey_by(argv, Policy::default())
    }

    /// As [`Context::survey_for`], under a policy.
    pub(crate) fn survey_by<'a>(&'a self, argv: &[&'a [u8]], policy: Policy) -> Result<Survey<'a>> {
        self.survey_in(self.directory.as_deref(), argv, policy)
    }

    /// As [`Context::survey_by`], of another directory: see [`Context::place`].
    pub(crate) fn survey_in<'a>(
        &'a self,
        directory: Option<&[u8]>,
        argv: &[&'a [u8]],
        policy: Policy,
    ) -> Result<Survey<'a>> {
        let policy = Policy { offline: self.offline, ..policy };
        Ok(Survey::of(&self.machine, directory, argv, policy)?)
    }

    /// From now on goward acts as a process with these variables would.
    pub(crate) fn set(&mut self, variables: &[(&str, String)]) {
        self.machine = machine::seen_with(variables);
    }

    /// From now on every survey is of another directory. This process stays where it is.
    pub(crate) fn ask_about(&mut self, dir: &Path) -> Result<()> {
        self.directory = self.place(dir)?;
        Ok(())
    }

    /// The name of `dir` in a shell that goes there by `cd`; `None` for a current directory that is
    /// deleted. Fails where the caller cannot enter.
    pub(crate) fn place(&self, dir: &Path) -> Result<Option<Vec<u8>>> {
        let refused = |error: io::Error| Failure::io("enter", dir, &error);
        // The second call checks the right to enter.
        fs::metadata(dir).and_then(|_| fs::metadata(dir.join("."))).map_err(refused)?;
        let os = self.machine.system();
        let here = self.machine.var("PWD").unwrap_or_default();
        let logical = path::absolute(os, here, &to_bytes(dir));
        let named = self.machine.identity(&to_bytes(dir));
        let same = named.is_some() && self.machine.identity(&logical) == named;
        if same && path::is_absolute(os, &logical) && !cfg!(windows) {
            return Ok(Some(logical));
        }
        match true_path(dir) {
            Err(_) if dir == Path::new(".") => Ok(None),
            found => Ok(Some(to_bytes(&found.map_err(refused)?))),
        }
    }
}

/// The system's name for the current directory of a process that went to `dir`.
fn true_path(dir: &Path) -> io::Result<PathBuf> {
    // Windows keeps the way by which the process went.
    if cfg!(windows) {
        return Ok(std::path::absolute(dir)?.components().collect());
    }
    canonical(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A survey of a directory changes nothing of the process: neither its current directory nor
    /// its environment. So two threads can ask at once, and each gets its own answer.
    #[test]
    fn two_threads_ask_about_two_directories_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let here = std::env::current_dir().unwrap();
        let vars: Vec<_> = std::env::vars_os().collect();
        let both = std::sync::Barrier::new(2);
        let answer = |version: &str| {
            let project = dir.path().join(version).join("below");
            fs::create_dir_all(&project).unwrap();
            let pin = project.parent().unwrap().join(".go-version");
            fs::write(&pin, version).unwrap();
            let mut cx = Context::new(Output::new(true, true), false, true);
            both.wait();
            cx.ask_about(&project).unwrap();
            for _ in 0..50 {
                let there = cx.survey_for(&[b"go", b"build"]).unwrap();
                let plan = there.plan().unwrap();
                assert_eq!(plan.selection.want.to_string(), version);
                let origin = plan.selection.source.origin().unwrap();
                let found = canonical(to_path(&origin.path)).unwrap();
                assert_eq!((found, origin.line), (canonical(&pin).unwrap(), 1));
                // Without a network goward installs nothing, and no other thread changes that.
                assert!(plan.miss.is_none());
                assert!(plan.launch.unwrap_err().to_string().contains("GOWARD_OFFLINE"));
            }
        };
        std::thread::scope(|scope| {
            // No store has these.
            scope.spawn(|| answer("1.0.1"));
            scope.spawn(|| answer("1.0.2"));
        });
        assert_eq!(std::env::current_dir().unwrap(), here);
        assert_eq!(std::env::vars_os().collect::<Vec<_>>(), vars);
    }

    /// goward names a directory as `cd` would name it, and refuses one that `cd` would refuse.
    #[cfg(unix)]
    #[test]
    fn a_place_is_named_as_by_going_there() {
        let dir = tempfile::tempdir().unwrap();
        let top = canonical(dir.path()).unwrap();
        fs::create_dir_all(top.join("a/b")).unwrap();
        std::os::unix::fs::symlink("a/b", top.join("link")).unwrap();
        fs::write(top.join("file"), "").unwrap();
        let cx = Context::new(Output::new(true, true), false, false);
        let place = |name: &str| cx.place(&top.join(name)).map(|found| to_path(&found.unwrap()));
        assert_eq!(place("link").unwrap(), top.join("link"), "the way that was gone");
        assert_eq!(place("a/b/..").unwrap(), top.join("a"));
        assert_eq!(place("link/..").unwrap(), top.join("a"), "where the link leads, and up");
        for (name, why) in [("absent", "No such file"), ("file", "Not a directory")] {
            let failure = place(name).unwrap_err();
            assert!(failure.message.unwrap().contains("enter"), "{name}");
            assert!(failure.causes[0].contains(why), "{:?}", failure.causes);
        }
    }
}

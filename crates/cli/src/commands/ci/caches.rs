//! The caches of a job: where they lie, under which keys, and what the job may do with them.

use super::state::{Cache, Parts, State};
use super::surroundings::{Surroundings, text};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Shown as _, to_path};
use goward_govern::buildcache;
use goward_govern::ci::keys::{self, BuildParts, Ladder};
use goward_govern::ci::lines::{Setting, on_faster_drive};
use goward_govern::ci::modules::{self, download};
use goward_govern::ci::places::Places;
use goward_govern::ci::removal::Deleted;
use goward_govern::ci::rights::{Access, Mode, Rights, Write};
use goward_govern::ci::sums::{self, Patterns, Unread};
use goward_govern::ci::system::System;
use goward_installer::Platform;
use goward_resolver::{Host as _, Layers, Policy, Version};
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// The most bytes of a matrix.
const MATRIX_LIMIT: usize = 64 << 10;
/// The seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// Go's directories as the machine has them.
pub(super) struct Usual {
    pub(super) bin: Option<PathBuf>,
    pub(super) modules: Option<PathBuf>,
    /// The build cache, or why there is none that can be kept.
    pub(super) build: std::result::Result<PathBuf, String>,
}

/// Go's directories in the job, and the variables that move them there.
pub(super) struct Shared {
    pub(super) bin: Option<PathBuf>,
    modules: std::result::Result<PathBuf, String>,
    build: std::result::Result<PathBuf, String>,
    pub(super) settings: Vec<Setting>,
    /// Whether nothing but the job uses them.
    own: bool,
}

/// A cache, and the paths of its entries.
pub(super) struct Decided {
    pub(super) cache: Cache,
    pub(super) paths: Vec<String>,
}

/// What the caller says of them.
pub(super) struct Wish<'a> {
    /// The input `cache`.
    pub(super) mode: &'a str,
    pub(super) patterns: &'a [String],
    pub(super) matrix: Option<&'a str>,
    pub(super) go: Option<&'a Version>,
}

impl Usual {
    /// By a look from where no repository is.
    pub(super) fn of(cx: &Context) -> Result<Usual> {
        let top = if cfg!(windows) { &b"C:\\"[..] } else { b"/" };
        let there = cx.survey_in(Some(top), &[b"go", b"env"], Policy::default())?;
        let mut layers: Layers<'_> = there.chain.layers();
        layers.goenv = None;
        let Places { bin, modules } = Places::of(&layers);
        let path = |dir: Option<Vec<u8>>| dir.map(|dir| to_path(&dir));
        let build = located(cx, &layers);
        Ok(Usual { bin: path(bin), modules: path(modules), build })
    }
}

/// What a job may do with its caches, before it is known where they lie.
pub(super) struct Grounds {
    rights: Rights,
    /// The digest of the sums.
    sums: std::result::Result<String, Unread>,
}

impl Grounds {
    /// By the job's occasion, and by the files of its checkout.
    pub(super) fn of(around: &Surroundings, wish: &Wish<'_>) -> Result<Grounds> {
        let mode = Mode::parse(wish.mode).unwrap_or(Mode::Auto);
        let rights = match around.system {
            System::None => Rights::none("this is no job of a CI system that goward knows"),
            _ => Rights::of(&around.occasion, mode, around.lasting),
        };
        let patterns = Patterns::parse(&around.checkout, wish.patterns);
        let patterns = patterns.map_err(|why| {
            Failure::new(Exit::Usage, format!("--cache-dependency-path: {why}"))
                .hint("write one such as sub/go.sum or **/go.sum")
        })?;
        let sums = match rights.modules.read {
            true => sums::digest_of(&around.checkout, &patterns).map(|sums| sums.digest),
            false => Ok(String::new()),
        };
        Ok(Grounds { rights, sums })
    }

    /// Whether a job may use what was restored of this cache.
    fn may_read(&self, access: &Access<'_>) -> bool {
        access.read && self.sums.is_ok()
    }
}

/// The build cache by these layers, or why there is none that can be kept.
pub(super) fn located(cx: &Context, layers: &Layers<'_>) -> std::result::Result<PathBuf, String> {
    let found = buildcache::locate(cx.machine.system(), layers);
    found.map(|place| place.path).map_err(|error| error.to_string())
}

/// The directory of the checkout in which GitLab's caches lie.
const WITHIN: &str = goward_govern::repo::OF_JOBS;
/// The directories there.
const MODULES: &str = "mod";
const BUILD: &str = "go-build";
/// Between such a name and the job that alone has the directory.
const OF: &str = "-of-";

/// Refuses a place of caches that the repository leads elsewhere: what is there is cleared.
pub(super) fn check_place(around: &Surroundings) -> Result<()> {
    if around.system != System::Gitlab {
        return Ok(());
    }
    let within = around.checkout.join(WITHIN);
    let parts = ["mod", "mod/cache", "mod/cache/download", "go-build"];
    for path in std::iter::once(within.clone()).chain(parts.map(|part| within.join(part))) {
        if path.symlink_metadata().is_ok_and(|found| !found.is_dir()) {
            let message = format!("{} is no directory, and caches would lie there", path.shown());
            return Err(Failure::new(Exit::Failure, message)
                .hint("take it out of the repository: git rm -r --cached .goward")
                .hint(
                    "if it is not there, a cache has brought it: clear the caches of the project",
                ));
        }
    }
    Ok(())
}

/// Keeps the caches in a checkout out of git's sight, so that Go stamps no build as modified.
pub(super) fn hide(around: &Surroundings) -> Result<()> {
    if around.system != System::Gitlab {
        return Ok(());
    }
    let dir = around.checkout.join(WITHIN);
    let file = dir.join(".gitignore");
    let write = || {
        fs::create_dir_all(&dir)?;
        File::options().write(true).create_new(true).open(&file)?.write_all(b"*\n")
    };
    match write() {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        written => written.map_err(|error| Failure::io("write", &file, &error)),
    }
}

impl Shared {
    /// On GitLab in the checkout, which alone can be cached; on GitHub's Windows on the faster drive; else as
    /// usual. GitLab restores before the first step, also for a job that may not use what it restores: that one
    /// gets directories of its own. So does it again in a later step.
    pub(super) fn of(
        cx: &Context,
        around: &Surroundings,
        (usual, grounds): (&Usual, &Grounds),
        earlier: Option<&State>,
    ) -> Result<Shared> {
        let (bin, build) = (usual.bin.clone(), usual.build.clone());
        let modules = usual.modules.clone().ok_or_else(|| "GOMODCACHE has no place".to_owned());
        let as_usual = Shared { bin, modules, build, settings: Vec::new(), own: false };
        let Some(moved) = moved(cx, around, usual)? else { return Ok(as_usual) };
        let Rights { modules, build } = &grounds.rights;
        let place = |name: &str, access: &Access<'_>| {
            let (restored, apart) = (moved.join(name), moved.join(apart(cx, around, name)));
            let before = |state: &State| state.caches.iter().any(|one| one.directory == apart);
            let is_apart = earlier.map_or(!grounds.may_read(access), before);
            if around.system == System::Gitlab && is_apart { apart } else { restored }
        };
        let (modules, build) = (place(MODULES, modules), place(BUILD, build));
        let settings = vec![("GOMODCACHE", text(&modules)?), ("GOCACHE", text(&build)?)];
        Ok(Shared { modules: Ok(modules), build: Ok(build), settings, own: true, ..as_usual })
    }
}

/// The directory in which the caches of this job lie, if that is not where the machine has them.
fn moved(cx: &Context, around: &Surroundings, usual: &Usual) -> Result<Option<PathBuf>> {
    if usual.build.is_err() {
        return Ok(None);
    }
    Ok(match (around.system, around.temporary(cx)?) {
        (System::Gitlab, _) => Some(around.checkout.join(WITHIN)),
        (System::Github, Some(temporary)) => {
            let usual = usual.modules.as_deref().map(Path::to_string_lossy).unwrap_or_default();
            let faster = on_faster_drive(cx.machine.system(), &temporary.to_string_lossy(), &usual);
            faster.then(|| temporary.join("goward-caches"))
        }
        _ => None,
    })
}

/// The directories that the modules and the build cache of a job may have.
pub(super) fn places(
    cx: &Context,
    around: &Surroundings,
    usual: &Usual,
) -> Result<[Vec<PathBuf>; 2]> {
    let Some(moved) = moved(cx, around, usual)? else {
        let Usual { modules, build, .. } = usual;
        return Ok([modules.iter().cloned().collect(), build.iter().cloned().collect()]);
    };
    Ok([MODULES, BUILD].map(|name| vec![moved.join(name), moved.join(apart(cx, around, name))]))
}

/// The name of a directory that only this job has.
fn apart(cx: &Context, around: &Surroundings, name: &str) -> String {
    let job = around.system.job(&|key: &str| cx.text(key)).concat();
    let job: String = job.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    format!("{name}{OF}{job}")
}

/// Deletes the directories that earlier jobs had for themselves. GitLab runs one job in a checkout at a time.
fn clear_others(cx: &Context, around: &Surroundings) {
    let own = [MODULES, BUILD].map(|name| apart(cx, around, name));
    let is_of_another = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { return false };
        let mut begins = [MODULES, BUILD].iter().map(|kind| format!("{kind}{OF}"));
        begins.any(|start| name.starts_with(&start)) && !own.iter().any(|own| own == name)
    };
    let entries = fs::read_dir(around.checkout.join(WITHIN)).into_iter().flatten().flatten();
    for entry in entries.filter(is_of_another) {
        let removed =
            entry.file_type().and_then(|kind| Deleted::default().remove(&entry.path(), kind));
        if let Err(error) = removed {
            let path = entry.path();
            cx.output
                .warning(&format!("cannot delete {} of an earlier job: {error}", path.shown()));
        }
    }
}

/// Makes the directories that only this job has, in the place of whatever has their names.
pub(super) fn make_anew(cx: &Context, around: &Surroundings, shared: &Shared) -> Result<()> {
    if around.system == System::Gitlab {
        clear_others(cx, around);
    }
    for (name, place) in [(MODULES, &shared.modules), (BUILD, &shared.build)] {
        let Ok(directory) = place else { continue };
        if around.system == System::Gitlab && directory.ends_with(apart(cx, around, name)) {
            modules::make_anew(directory).map_err(|error| {
                let path = directory.shown();
                Failure::io("clear", directory, &error).hint(format!("delete {path}"))
            })?;
        }
    }
    Ok(())
}

/// The caches of a job.
pub(super) fn plan(
    cx: &Context,
    around: &Surroundings,
    shared: &Shared,
    (grounds, parts): (&Grounds, &Parts),
) -> Result<Vec<Decided>> {
    let Grounds { rights, sums } = grounds;
    let one = |name, place, ladder, access| {
        let sums = sums.as_ref().map(drop);
        Decided::of((name, place, shared.own), ladder, access, sums)
    };
    let (of_modules, of_build) = ladders(cx, around, parts);
    Ok(vec![
        one("modules", &shared.modules, of_modules, rights.modules)?,
        one("build", &shared.build, of_build, rights.build)?,
    ])
}

/// What the keys are made of, beside the job's environment.
pub(super) fn parts(grounds: &Grounds, wish: &Wish<'_>) -> Result<Parts> {
    let sums = grounds.sums.as_deref().unwrap_or_default().to_owned();
    Ok(Parts { sums, matrix: matrix(wish.matrix)?, go: wish.go.map(Version::to_string) })
}

/// The keys of the modules and of the build cache.
pub(super) fn ladders(cx: &Context, around: &Surroundings, parts: &Parts) -> (Ladder, Ladder) {
    let (os, arch) = (cx.machine.system().goos(), Platform::host().arch().to_owned());
    let var = |key: &str| cx.text(key);
    let matrix = parts.matrix.clone();
    let job: Vec<String> = around.system.kind_of_job(&var).into_iter().chain([matrix]).collect();
    let image = [var("ImageOS").unwrap_or_default(), var("ImageVersion").unwrap_or_default()];
    let run = around.system.job(&var);
    let go = parts.go.as_deref().and_then(Version::parse);
    // What the state holds is no text of a key before it is looked at.
    let sums = keys::word(&parts.sums);
    let build = keys::of_build(&BuildParts {
        os,
        arch: &arch,
        image: Some(&image[0]).filter(|image| !image.is_empty()).map(String::as_str),
        go: go.as_ref(),
        job: &job,
        sums: &sums,
        run: &run[..run.len().min(2)],
        day: today(),
    });
    (keys::of_modules(os, &sums), build)
}

impl Decided {
    /// A cache with this place. It is the job's own if `own` says so, or if it is empty.
    fn of(
        (name, place, own): (&str, &std::result::Result<PathBuf, String>, bool),
        Ladder { key, restore }: Ladder,
        access: Access<'_>,
        sums: std::result::Result<(), &Unread>,
    ) -> Result<Decided> {
        let directory = place.clone().unwrap_or_default();
        let obstacle = match (place, sums) {
            _ if !access.read && access.write == Write::Never => None,
            (Err(why), _) => Some(why.clone()),
            (_, Err(why)) => Some(why.to_string()),
            (Ok(directory), Ok(())) if !own && !is_empty(directory) => {
                Some(format!("{} is not empty, and stays as it is", directory.shown()))
            }
            _ => None,
        };
        let (read, write) = match &obstacle {
            Some(_) => (false, Write::Never),
            None => (access.read, access.write),
        };
        // The later commands of the job touch no other.
        let own = obstacle.is_none() && (read || write != Write::Never);
        let path = if name == "modules" { download(&directory) } else { directory.clone() };
        let paths = if place.is_ok() { vec![text(&path)?] } else { Vec::new() };
        let or = |why: &str| obstacle.clone().unwrap_or_else(|| why.to_owned());
        let cache = Cache {
            name: name.to_owned(),
            directory,
            key,
            restore,
            read,
            write: write.into(),
            reads: or(access.reads),
            why: or(access.why),
            own,
            restored: None,
            marked: None,
            content: None,
        };
        Ok(Decided { cache, paths })
    }
}

/// The caches of a job in which an earlier step has planned already.
pub(super) fn of_another_step(caches: &[Cache]) -> Vec<Decided> {
    let one = |cache: &Cache| {
        let reads = "an earlier step of this job looks after it".to_owned();
        Decided { cache: Cache { read: false, reads, ..cache.clone() }, paths: Vec::new() }
    };
    caches.iter().map(one).collect()
}

/// Whether there is nothing in a directory. One that cannot be read holds something.
fn is_empty(directory: &Path) -> bool {
    modules::is_empty(directory).unwrap_or(false)
}

/// The matrix in one spelling: the runner's has lines and blanks of its own.
fn matrix(text: Option<&str>) -> Result<String> {
    let Some(text) = text else { return Ok(String::new()) };
    let refused = |why: &str| {
        Failure::new(Exit::Usage, format!("--matrix {why}"))
            .hint("give it the output of toJSON(matrix)")
    };
    if text.len() > MATRIX_LIMIT {
        return Err(refused("is too long"));
    }
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|_| refused("is not JSON"))?;
    Ok(value.to_string())
}

/// The days since 1970.
pub(super) fn today() -> u64 {
    u64::try_from(buildcache::now()).unwrap_or_default() / DAY
}

//! Where git looks for the hook of a repository, and whether goward may change it.

use super::NAME;
use crate::os_path::path_of;
use crate::repo::{Error, git, top_of};
use goward_installer::{canonical, read, replace};
use std::path::{Path, PathBuf};

/// What git is asked: its answers are lines.
const QUESTION: [&str; 5] =
    ["rev-parse", "--git-path", "hooks/pre-commit", "--git-common-dir", "--absolute-git-dir"];

/// The place of the hook.
#[derive(Clone, Debug)]
pub struct Place {
    /// The top of the work tree.
    pub top: PathBuf,
    /// Git's directory, which all work trees of the repository have in common.
    pub common: PathBuf,
    /// The hook, in the directory of hooks that every repository has.
    pub hook: PathBuf,
    /// The directory to which `core.hooksPath` leads instead.
    pub elsewhere: Option<PathBuf>,
    /// Why goward changes nothing in git's directory.
    pub apart: Option<Obstacle>,
    /// Why goward changes nothing in the directory of hooks.
    pub obstacle: Option<Obstacle>,
}

/// Why goward changes nothing in a directory of git's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The directory is a link, or none.
    NoDirectory(PathBuf),
    /// Git's directory does not name this work tree as its own: anything may have led here.
    Apart(PathBuf),
    /// It belongs to another user.
    Owner(PathBuf, u32),
}

impl Place {
    /// For the repository around `dir`.
    ///
    /// # Errors
    /// If there is no git or no repository, or git refuses.
    pub fn around(dir: &Path) -> Result<Place, Error> {
        let real = canonical(dir).map_err(|error| Error::Io(dir.to_owned(), error))?;
        let top = top_of(&real);
        if top.join(".git").symlink_metadata().is_err() {
            return Err(Error::NoRepository(top));
        }
        let program = git::program(&top).ok_or(Error::NoGit)?;
        git::check(&top)?;
        let mut command = git::command_about_hooks(&program, &top);
        command.args(QUESTION);
        let said = git::answer(command)?;
        let lines: Vec<&[u8]> =
            said.strip_suffix(b"\n").unwrap_or(&said).split(|&byte| byte == b'\n').collect();
        let [asked, common, own] = lines[..] else {
            return Err(Error::Git(
                "it says in a form that is not known where hooks are".to_owned(),
            ));
        };
        let path = |line: &[u8]| top.join(path_of(line.strip_suffix(b"\r").unwrap_or(line)));
        let (asked, common, own) = (path(asked), path(common), path(own));
        let hooks = common.join("hooks");
        let elsewhere = asked.parent().filter(|dir| !is_same(dir, &hooks));
        let elsewhere = elsewhere.map(|dir| canonical(dir).unwrap_or_else(|_| dir.to_owned()));
        let apart = apart(&top, (&common, &own), &program);
        let obstacle = apart.clone().or_else(|| of_hooks(&hooks));
        Ok(Place { hook: hooks.join(NAME), elsewhere, apart, obstacle, common, top })
    }
}

/// Whether two paths are one directory, which need not be there.
fn is_same(one: &Path, other: &Path) -> bool {
    let real = |dir: &Path| {
        let above = canonical(dir.parent()?).ok()?;
        Some(above.join(dir.file_name()?))
    };
    one == other || real(one).is_some_and(|one| real(other) == Some(one))
}

/// Why git's directory is not to be changed.
fn apart(top: &Path, (common, own): (&Path, &Path), program: &Path) -> Option<Obstacle> {
    if !belongs(top, (common, own), program) {
        // A `.git` of its own may lead to what another repository has in common.
        let led = if own.starts_with(top) { common } else { own };
        return Some(Obstacle::Apart(canonical(led).unwrap_or_else(|_| led.to_owned())));
    }
    of_another(common)
}

/// Why the directory of hooks is not to be changed. One that is not there yet will be the caller's.
fn of_hooks(hooks: &Path) -> Option<Obstacle> {
    let facts = hooks.symlink_metadata().ok()?;
    if !facts.is_dir() {
        return Some(Obstacle::NoDirectory(hooks.to_owned()));
    }
    of_another(hooks)
}

fn of_another(dir: &Path) -> Option<Obstacle> {
    let owner = replace::stranger(dir).ok()??;
    Some(Obstacle::Owner(dir.to_owned(), owner))
}

/// Whether git's directory is this work tree's own, by its own word where it lies elsewhere.
fn belongs(top: &Path, (common, own): (&Path, &Path), program: &Path) -> bool {
    let real = |path: &Path| canonical(path).ok();
    let dot = top.join(".git");
    let Some(facts) = dot.symlink_metadata().ok().filter(|facts| !facts.is_symlink()) else {
        return false;
    };
    if facts.is_dir() {
        return real(common).is_some_and(|common| real(&dot) == Some(common));
    }
    if real(common) != real(own) {
        // A further work tree: its directory names the file that leads there.
        let back = read::read(&own.join("gitdir"), git::LONGEST_LINE).ok();
        let back = back.map(|line| own.join(path_of(line.trim_ascii_end())));
        let below =
            real(own).zip(real(common)).is_some_and(|(own, common)| own.starts_with(common));
        return below && back.and_then(|back| real(&back)) == real(&dot);
    }
    // A submodule: the configuration there names the work tree. Asked in that directory, git answers by
    // nothing else.
    let mut command = git::command(program, own);
    command.arg("--git-dir").arg(own).args(["rev-parse", "--show-toplevel"]);
    let said = git::answer(command).unwrap_or_default();
    real(&path_of(said.trim_ascii_end())) == Some(top.to_owned())
}

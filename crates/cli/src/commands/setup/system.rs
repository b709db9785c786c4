//! `goward setup --system`: goward for all users of a machine, by root: the programs in the system's root,
//! links in a directory that is on every PATH, and a file that login shells read.

use super::lines::Answer;
use super::report::{Edited, Linked};
use super::{Setup, check_root, sources};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::on_path;
use crate::paths::{Shown as _, shown, text, to_bytes};
use crate::shell::Shell;
use crate::system_root;
use goward_govern::peers;
use goward_installer::replace::{Follow, Place};
use goward_installer::{Stay, Store};
use goward_resolver::{Host as _, ROOT};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The directory of the links. Most `secure_path`s of sudo have it.
const BIN: &str = "/usr/local/bin";
/// The file for login shells.
const PROFILE: &str = "/etc/profile.d/goward.sh";
/// Its first line, by which goward knows it.
const HEAD: &str =
    "# made by `goward setup --system`; to remove it: goward setup --remove --system\n";
/// The most bytes of that file.
const LIMIT: usize = 1 << 16;
/// There where the kernel has SELinux.
const SELINUX: &str = "/sys/fs/selinux/enforce";

/// A link, and the program to which it has to lead.
struct Link {
    path: PathBuf,
    target: PathBuf,
}

/// What is in the place of a link or of the file.
enum Found {
    Nothing,
    /// Just what has to be there.
    There,
    /// Something that goward made for this root.
    Ours,
    /// Something else, in words.
    Other(String),
}

/// Sets up, or takes back what it did.
pub(super) fn run(setup: &Setup, cx: &mut Context) -> Result<()> {
    system_root::enter(cx)?;
    let store = cx.store()?;
    check_root(&store)?;
    system_root::check_place(cx)?;
    if !setup.dry_run && cx.machine.user() != ROOT {
        let message = format!("only root can write to {BIN} and /etc/profile.d");
        let end = if setup.remove { "setup --remove --system" } else { "setup --system" };
        return Err(Failure::new(Exit::Failure, message)
            .hint(format!("run: sudo \"$(command -v goward)\" {end}")));
    }
    if setup.remove { remove(setup, cx, &store) } else { add(setup, cx, &store) }
}

fn add(setup: &Setup, cx: &Context, store: &Store) -> Result<()> {
    let (manager, shim) = sources(cx, store)?;
    setup.place(cx, store, &manager, &shim)?;
    let mut failures = Vec::new();
    for link in links(store) {
        failures.extend(make(setup, cx, store, &link)?);
    }
    failures.extend(login_shells(setup, cx, store)?);
    if Path::new(SELINUX).exists() {
        let root = store.root().word("ROOT");
        cx.output.note(&format!("here SELinux is on: also run: restorecon -R {root} {BIN}"));
    }
    if store.installed()?.is_empty() {
        cx.output.note("to install a toolchain for all, run: goward install --system latest");
    }
    let left = peers::leftovers(&cx.environment());
    if setup.json {
        let mut report = setup.report.take();
        report.root = text(&to_bytes(store.root()));
        report.done = !setup.dry_run && failures.is_empty();
        report.look(&on_path::Typed::of(&cx.environment(), "go", None), &left);
        cx.output.object(&report)?;
    }
    match failures.is_empty() {
        true => Ok(()),
        false => Err(in_the_way(&failures)),
    }
}

fn in_the_way(places: &[String]) -> Failure {
    let message = "something else is in the way, and stays as it is";
    let failure = Failure::new(Exit::Failure, message);
    let failure = places.iter().fold(failure, Failure::because);
    failure.hint("move it away, and run this again")
}

/// The links, each with its program.
fn links(store: &Store) -> [Link; 3] {
    [
        ("go", store.shim_file("go")),
        ("gofmt", store.shim_file("gofmt")),
        ("goward", store.manager_file()),
    ]
    .map(|(name, target)| Link { path: Path::new(BIN).join(name), target })
}

impl Link {
    fn find(&self, store: &Store) -> Result<Found> {
        Ok(match fs::symlink_metadata(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Found::Nothing,
            Err(error) => return Err(Failure::io("read", &self.path, &error)),
            Ok(facts) if let Some(user) = other_owner(&facts) => {
                Found::Other(format!("belongs to user {user}"))
            }
            Ok(facts) if !facts.is_symlink() => Found::Other("is no link of goward's".to_owned()),
            Ok(_) => match fs::read_link(&self.path) {
                Ok(target) if target == self.target => Found::There,
                Ok(target) if target.starts_with(store.root()) => Found::Ours,
                Ok(target) => Found::Other(format!("is a link to {}", target.shown())),
                Err(error) => return Err(Failure::io("read", &self.path, &error)),
            },
        })
    }
}

/// The owner of what every user's shell reads, unless that is root.
#[cfg(unix)]
fn other_owner(facts: &fs::Metadata) -> Option<u32> {
    Some(std::os::unix::fs::MetadataExt::uid(facts)).filter(|owner| *owner != ROOT)
}

#[cfg(not(unix))]
fn other_owner(_: &fs::Metadata) -> Option<u32> {
    None
}

/// Makes a link; gives what is in its way, if something is.
fn make(setup: &Setup, cx: &Context, store: &Store, link: &Link) -> Result<Option<String>> {
    let (found, path, target) = (link.find(store)?, link.path.shown(), link.target.shown());
    let mut done = matches!(found, Found::There);
    let obstacle = match found {
        Found::There => None,
        Found::Other(what) => Some(format!("{path} {what}")),
        Found::Nothing | Found::Ours if setup.dry_run => {
            cx.output.line(&format!("would link {path} to {target}"));
            None
        }
        Found::Nothing | Found::Ours => {
            store.expose(&link.target, &link.path)?;
            done = true;
            cx.output.note(&format!("linked {path} to {target}"));
            None
        }
    };
    let [path, target] = [&link.path, &link.target].map(|path| text(&to_bytes(path)));
    setup.report.borrow_mut().links.push(Linked { path, target, done });
    Ok(obstacle)
}

/// The line that puts the programs on PATH.
fn line(store: &Store) -> Vec<u8> {
    let (shims, bin) = (store.shims_dir(), store.bin_dir());
    Shell::Sh.line(&[&shims, &bin]).unwrap_or_default()
}

/// What is in the place of the file, and its text.
fn profile(wanted: &[u8]) -> Result<(Found, Vec<u8>)> {
    let path = Path::new(PROFILE);
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok((Found::Nothing, Vec::new()));
        }
        Err(error) => return Err(Failure::io("read", path, &error)),
        Ok(facts) => {
            if let Some(user) = other_owner(&facts) {
                return Ok((Found::Other(format!("belongs to user {user}")), Vec::new()));
            }
        }
    }
    let other = || Found::Other("is no file of goward's".to_owned());
    let Ok(old) = goward_installer::read::read_unlinked(path, LIMIT) else {
        return Ok((other(), Vec::new()));
    };
    let found = match &old {
        old if old == wanted => Found::There,
        old if old.starts_with(HEAD.as_bytes()) => Found::Ours,
        _ => other(),
    };
    Ok((found, old))
}

/// Writes the file for login shells; gives what is in its way, if something is.
fn login_shells(setup: &Setup, cx: &Context, store: &Store) -> Result<Option<String>> {
    let (path, line) = (Path::new(PROFILE), line(store));
    if !path.parent().is_some_and(Path::is_dir) {
        cx.output.note(&format!("there is no /etc/profile.d here; the links in {BIN} do without"));
        return Ok(None);
    }
    let wanted = [HEAD.as_bytes(), &line, b"\n"].concat();
    let (found, _) = profile(&wanted)?;
    match found {
        // A setup that was killed may have left it closed.
        Found::There if !setup.dry_run => return open_up(path).map(|()| None),
        Found::There => return Ok(None),
        Found::Other(what) => return Ok(Some(format!("{PROFILE} {what}"))),
        Found::Nothing | Found::Ours => {}
    }
    let report = |done| {
        let edited = Edited::of(path, &line, Some(&wanted), done);
        setup.report.borrow_mut().edits.push(edited);
    };
    if setup.dry_run {
        report(false);
        cx.output.line(&format!("would write {PROFILE}: {}", shown(&line)));
        return Ok(None);
    }
    let place = Place::find(path, Follow::Never)?;
    store.replacing("setup", path, || place.replace(&wanted))??;
    open_up(path)?;
    report(true);
    cx.output.note(&format!("{PROFILE} puts {} first on PATH now", store.shims_dir().shown()));
    Ok(None)
}

/// Lets every user read the file: root's umask must not keep it from them.
fn open_up(path: &Path) -> Result<()> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .map_err(|error| Failure::io("open up", path, &error))?;
    let _ = path;
    Ok(())
}

/// Takes out the links and the file; the root with its toolchains stays.
fn remove(setup: &Setup, cx: &Context, store: &Store) -> Result<()> {
    let (mut gone, mut stays): (Vec<PathBuf>, Vec<Stay>) = Default::default();
    for link in links(store) {
        match link.find(store)? {
            Found::Nothing => {}
            Found::Other(why) => stays.push(Stay { path: link.path, why }),
            Found::There | Found::Ours => {
                if !setup.dry_run {
                    let removed = fs::remove_file(&link.path);
                    removed.map_err(|error| Failure::io("remove", &link.path, &error))?;
                }
                gone.push(link.path);
            }
        }
    }
    match profile(b"")? {
        (Found::Ours, old) => {
            let path = PathBuf::from(PROFILE);
            if !setup.dry_run {
                Place::find(&path, Follow::Never)?.remove(&old)?;
            }
            gone.push(path);
        }
        (Found::Other(why), _) => stays.push(Stay { path: PROFILE.into(), why }),
        _ => {}
    }
    let verb = if setup.dry_run { "would remove" } else { "removed" };
    gone.iter().for_each(|path| cx.output.line(&format!("{verb} {}", path.shown())));
    stays.iter().for_each(|Stay { path, why }| {
        cx.output.note(&format!("{} {why}, and stays", path.shown()));
    });
    if gone.is_empty() {
        cx.output.note("nothing that `goward setup --system` makes is here");
    }
    if store.root().is_dir() {
        let why = "has the toolchains";
        let (root, word) = (store.root().shown(), store.root().word("ROOT"));
        cx.output.note(&format!(
            "{root} {why}, and stays; to remove it, as root run: GOWARD_ROOT={word} \
             {word}/bin/goward self uninstall"
        ));
        stays.push(Stay { path: store.root().to_owned(), why: why.to_owned() });
    }
    if setup.json {
        let answer = Answer::new(store, !setup.dry_run, &[]);
        let answer = answer.with(gone.iter().map(PathBuf::as_path)).but(stays.iter());
        cx.output.object(&answer)?;
    }
    Ok(())
}

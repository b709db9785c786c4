//! Lines of start-up files that come later than goward's and put another `go` first. goward names
//! them, and moves its own line if the user wants that; the other lines stay as they are.

use super::report::{Later, Report};
use super::{STARTUP_LIMIT, at_home};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{Shown as _, shown, to_bytes};
use crate::shell::{self, MARK, Session, Shell};
use goward_govern::peers;
use goward_govern::startup::{self, Culprit};
use goward_installer::replace::{Follow, Place, check_way};
use goward_installer::{Store, read};
use goward_resolver::Host as _;
use std::cell::RefCell;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

/// How goward may move its line.
pub(super) struct Mover<'a> {
    pub(super) shell: Shell,
    pub(super) line: &'a [u8],
    /// The user agrees beforehand.
    pub(super) yes: bool,
    pub(super) dry_run: bool,
    /// For the answer to programs.
    pub(super) report: &'a RefCell<Report>,
}

/// The files that the shell reads later and that have a line of goward's already.
pub(super) fn files_with_line(cx: &Context, shell: Shell) -> Vec<PathBuf> {
    let late = at_home(cx, |home| shell.late_files(home)).unwrap_or_default();
    let has_line = |file: &PathBuf| {
        let text = read::read(file, STARTUP_LIMIT).unwrap_or_default();
        shell::has_line(&text)
    };
    late.into_iter().filter(has_line).collect()
}

/// Names each line that hides goward's, and moves goward's behind it if that is wanted. Returns
/// whether `go` is goward's in every new shell, as far as the files tell.
pub(super) fn settle(cx: &Context, store: &Store, mover: &Mover<'_>) -> Result<bool> {
    let list = |dir: &Path| {
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    };
    let sessions = at_home(cx, |home| mover.shell.sessions(home, &list)).unwrap_or_default();
    let mut left: Vec<Culprit> = Vec::new();
    for session in &sessions {
        // A move shows the next such line, in another file.
        for _ in 0..session.files.len() + 1 {
            let Some(culprit) = find(cx, session) else { break };
            // Two kinds of shells read the same file.
            if left.iter().any(|told| (&told.file, told.line) == (&culprit.file, culprit.line)) {
                break;
            }
            let moved = mover.moved(cx, store, (session, &sessions), &culprit);
            let mut found = Later::of(&culprit);
            found.moved = *moved.as_ref().unwrap_or(&false);
            mover.report.borrow_mut().later.push(found);
            if !moved? {
                left.push(culprit);
                break;
            }
        }
    }
    Ok(left.is_empty())
}

/// The failure of a setup that left such a line in its way.
pub(super) fn still_hidden() -> Failure {
    let message = "new shells still do not run goward's `go`: a line named above comes later";
    Failure::new(Exit::Failure, message)
}

/// The line that decides last in such a shell, if it is not goward's.
fn find(cx: &Context, session: &Session) -> Option<Culprit> {
    let env = cx.environment();
    let host = &cx.machine;
    let has_go = |dir: &Path| {
        let go = to_bytes(&dir.join(format!("go{}", std::env::consts::EXE_SUFFIX)));
        host.kind(&go).is_program() && !host.has_shim_magic(&go)
    };
    at_home(cx, |home| {
        let machine = startup::Machine {
            home: home.directory,
            mark: MARK,
            read: &|file| read::read(file, STARTUP_LIMIT).ok(),
            var: &|key| host.var(key).map(<[u8]>::to_vec),
            has_go: &has_go,
            is_used: &|peer| peers::has_toolchains(&env, peer),
        };
        startup::culprit(&machine, &session.files)
    })
    .flatten()
}

impl Mover<'_> {
    /// Names the line, and moves goward's own behind it; `false` if that stays as it is.
    fn moved(
        &self,
        cx: &Context,
        store: &Store,
        (session, all): (&Session, &[Session]),
        culprit: &Culprit,
    ) -> Result<bool> {
        let place = format!("{}:{}", culprit.file.shown(), culprit.line);
        let other = match culprit.init {
            Some(init) => format!("the go of {}", init.peer.name),
            None if culprit.without_goroot => {
                "$GOROOT/bin, which is /bin where GOROOT is not set,".to_owned()
            }
            None => "another go, or none,".to_owned(),
        };
        let text = shortened(&culprit.text);
        let name = session.name;
        cx.output.warning(&format!("{place} puts {other} before goward's in {name}: {text}"));
        if let Some(init) = culprit.init.filter(|init| init.at_each_prompt) {
            let peer = init.peer.name;
            cx.output.note(&format!(
                "{peer} does so at each prompt, so no line can come later: take go out of the \
                 configuration of {peer}, or take that line out"
            ));
            return Ok(false);
        }
        let is_startup = |file: &PathBuf| all.iter().any(|session| session.files.contains(file));
        let file = if is_startup(&culprit.file) { &culprit.file } else { &culprit.top };
        if self.dry_run {
            let file = file.shown();
            cx.output.line(&format!("would ask to put goward's line at the end of {file}"));
            return Ok(false);
        }
        let asks = !self.yes && std::io::stdin().is_terminal();
        // Without a yes it does not matter whose file that is.
        let place = if self.yes || asks { Some(writable(file)?) } else { None };
        let place = match place {
            Some(place) if self.yes || agrees(cx, &place)? => place,
            _ => {
                cx.output.note("to put goward's line behind it, run: goward setup --yes");
                return Ok(false);
            }
        };
        store.replacing("setup", place.path(), || self.put_last(cx, &place))??;
        Ok(true)
    }

    fn put_last(&self, cx: &Context, place: &Place) -> Result<()> {
        let old = place.read(STARTUP_LIMIT)?;
        let name = place.shown();
        let copy = copy_of(place.path());
        // The first copy is the file as it was before goward moved anything.
        if copy.symlink_metadata().is_err() {
            Place::find(&copy, Follow::Never)?.replace_private(&old)?;
            cx.output.note(&format!("kept a copy of {name} as {}", copy.shown()));
        }
        place.edit(&old, &shell::with_line_last(&old, self.line))?;
        cx.output.note(&format!("goward's line is at the end of {name} now"));
        Ok(())
    }
}

/// The user has put the other line there, so an empty answer is a no.
fn agrees(cx: &Context, place: &Place) -> Result<bool> {
    let question = format!("put goward's line at the end of {}?", place.shown());
    let answer = cx.output.insists(&question);
    answer.map_err(|error| Failure::new(Exit::Failure, "cannot read your answer").because(error))
}

/// The copy of a start-up file as it was.
pub(super) fn copy_of(file: &Path) -> PathBuf {
    let mut copy = file.as_os_str().to_owned();
    copy.push(".goward-old");
    PathBuf::from(copy)
}

fn writable(file: &Path) -> Result<Place> {
    check_way(file)?;
    Ok(Place::find(file, Follow::Anywhere)?)
}

/// A line of a file, short enough for a message.
fn shortened(line: &[u8]) -> String {
    let text = shown(line);
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

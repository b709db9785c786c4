//! The defaults of other managers in a plan.

use super::Wanted;
use super::toolchains::ToolchainRow;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::paths::{shown, text, to_path};
use goward_govern::import::{self, Chosen, There};
use goward_govern::path::{Whose, first_go};
use goward_govern::pins::Statement;
use goward_govern::{defaults, peers};
use goward_installer::{Assurance, Store, Toolchain};
use goward_resolver::{Environment, Owner, Pin, Selector, Version, system_program};
use serde::Serialize;

/// A default, and what becomes of it.
#[derive(Serialize)]
pub(super) struct DefaultRow {
    /// The file or the link that says it.
    pub(super) file: String,
    pub(super) line: Option<usize>,
    /// The tool.
    pub(super) by: &'static str,
    /// The statement; null where goward may not show it.
    pub(super) says: Option<String>,
    /// The selector that becomes the default.
    pub(super) sets: Option<String>,
    /// The reason.
    pub(super) why: &'static str,
    #[serde(skip)]
    pub(super) chosen: Option<Chosen>,
    #[serde(skip)]
    wants: Option<Selector>,
}

/// The toolchains that are verified, by what is installed and what is planned.
struct Known {
    sound: Vec<Version>,
    unverified: Vec<Version>,
    /// Whether a `go` but goward's is on PATH.
    system: bool,
}

/// The defaults of these tools, and goward's own, if it is in a file that other tools read, too.
pub(super) fn rows(
    cx: &Context,
    store: &Store,
    wanted: &Wanted<'_>,
    planned: &[ToolchainRow],
) -> Result<Vec<DefaultRow>> {
    let here = cx.survey()?;
    let env = here.chain.env();
    let (mut found, silent) = defaults::all(env);
    found.retain(|statement| wanted.has(statement.peer));
    let known = Known::of(env, store, planned)?;
    let pin = here.default_pin();
    // An unreadable default is one that the user set.
    let is_set = !matches!(pin, Ok(None));
    let first = first_go(env).and_then(|first| match first.whose {
        Whose::Peer(peer) => Some(peer),
        _ => None,
    });
    let chosen = import::defaults(&found, first, is_set, &|selector| known.there(selector));
    let rows = found.into_iter().zip(chosen).map(|(one, chosen)| DefaultRow::of(one, chosen));
    let silent = silent.into_iter().filter(|silent| wanted.has(silent.peer));
    let unread = silent.map(|silent| DefaultRow {
        file: text(&silent.file),
        line: None,
        by: silent.peer.name,
        says: None,
        sets: None,
        why: silent.why.why(),
        chosen: None,
        wants: None,
    });
    let own = pin.ok().flatten().and_then(|pin| own(&pin, wanted));
    Ok(rows.chain(unread).chain(own).collect())
}

/// The `.tool-versions` of the home directory, if that is goward's default already.
fn own(pin: &Pin, wanted: &Wanted<'_>) -> Option<DefaultRow> {
    let asdf = peers::all().into_iter().find(|peer| peer.name == "asdf")?;
    let path = to_path(&pin.origin.path);
    let counts = path.ends_with(".tool-versions") && wanted.has(asdf);
    counts.then(|| DefaultRow {
        file: text(&pin.origin.path),
        line: usize::try_from(pin.origin.line).ok(),
        by: asdf.name,
        says: Some(pin.selector.to_string()),
        sets: None,
        why: "goward reads that file itself: it is the default already",
        chosen: Some(Chosen::Set),
        wants: None,
    })
}

impl Known {
    fn of(env: &Environment<'_>, store: &Store, planned: &[ToolchainRow]) -> Result<Known> {
        let is_sound = |toolchain: &Toolchain| {
            let receipt = store.receipt(&toolchain.store_name()).ok().flatten();
            let vouched = receipt.is_some_and(|receipt| receipt.assurance != Assurance::User);
            vouched && !toolchain.directory().is_symlink()
        };
        let installed = store
            .installed()?
            .into_iter()
            .filter(|toolchain| toolchain.platform().is_host() && !toolchain.name().is_custom());
        let (sound, unverified): (Vec<_>, Vec<_>) = installed.partition(is_sound);
        let version = |toolchain: &Toolchain| toolchain.name().version().clone();
        let mut sound: Vec<Version> = sound.iter().map(version).collect();
        let planned = planned.iter().filter(|row| row.is_to_do());
        sound.extend(planned.map(|row| row.release.version().clone()));
        let system = system_program(env, "go").is_some();
        Ok(Known { sound, unverified: unverified.iter().map(version).collect(), system })
    }

    fn there(&self, selector: &Selector) -> There {
        let is_in = |versions: &[Version]| selector.newest(versions).is_some();
        match selector {
            Selector::System if self.system => There::Yes,
            Selector::System => There::No,
            _ if is_in(&self.sound) => There::Yes,
            _ if is_in(&self.unverified) => There::Unverified,
            _ => There::No,
        }
    }
}

impl DefaultRow {
    fn of(statement: Statement, chosen: Chosen) -> DefaultRow {
        let sets = statement.wants.as_ref().filter(|_| chosen == Chosen::Yes);
        DefaultRow {
            file: text(&statement.file),
            line: statement.line,
            by: statement.peer.name,
            says: said(&statement),
            sets: sets.map(Selector::to_string),
            why: chosen.why(),
            chosen: Some(chosen),
            wants: statement.wants,
        }
    }

    /// Whether it becomes goward's.
    pub(super) fn is_to_do(&self) -> bool {
        self.chosen == Some(Chosen::Yes)
    }

    /// Makes it goward's, if that still may be.
    pub(super) fn carry_out(&self, cx: &Context, store: &Store) -> Result<()> {
        let here = cx.survey()?;
        let Some(wants) = &self.wants else { return Ok(()) };
        if !matches!(here.default_pin(), Ok(None)) {
            cx.output.note("a default was set meanwhile, and stays");
            return Ok(());
        }
        if Known::of(here.chain.env(), store, &[])?.there(wants) != There::Yes {
            let message = format!("the default was not set: {wants} is not installed");
            let hint = format!("install it, and run: goward default {wants}");
            return Err(Failure::new(Exit::NotFound, message).hint(hint));
        }
        store.set_default_selector(Some(&wants.to_string()))?;
        cx.output.note(&format!("the default is {wants} now"));
        Ok(())
    }
}

/// The line of a statement, if a message may show it.
pub(super) fn said(statement: &Statement) -> Option<String> {
    let may_show = statement.quotable && statement.owner == Owner::Trusted;
    may_show.then(|| shown(&statement.text))
}

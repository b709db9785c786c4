//! `goward provide`: the shim calls it to have a missing toolchain installed. People do not.
//!
//! Success means that the shim may look again, and status 2 that goward does not understand the
//! shim. stdout stays empty: the caller's Go uses it.

use crate::commands::install::first;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::policy::Wish;
use crate::shim;
use crate::toolchain::Toolchain;
use crate::values;
use crate::watch::Watch;
use crate::workshop::Workshop;
use clap::{Args, ValueEnum};
use goward_installer::{Assurance, Query, Store};
use goward_resolver::{Selector, Source, Version, quoted};

/// What a repository's file can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Just that, or the newest that a selector takes.
    Pin,
    /// That or later.
    Floor,
}

/// Installs the newest release that a selector takes.
#[derive(Debug, Args)]
pub(crate) struct Provide {
    /// What is wanted
    #[arg(value_parser = values::SELECTOR)]
    selector: Selector,
    /// The least version that will do
    #[arg(long, value_name = "VERSION", value_parser = values::AT_LEAST)]
    at_least: Option<Version>,
    /// Who wants it, for messages
    #[arg(long, value_name = "TEXT")]
    wanted_by: String,
    /// A repository's file wants it: judge it by the policy
    #[arg(long, value_name = "WISH")]
    project: Option<Kind>,
    /// Accept only digests that are known without a mirror's or an index's word
    #[arg(long)]
    known_digests: bool,
    /// Something else will do meanwhile: wait for no other process
    #[arg(long = "impatient")]
    has_fallback: bool,
    /// Nothing wants it: ask the person at the terminal first
    #[arg(long = "offer")]
    is_offer: bool,
    /// What a newer shim says besides
    #[arg(value_name = "FURTHER", hide = true, allow_hyphen_values = true)]
    further: Vec<String>,
}

impl Provide {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        self.is_understood()?;
        // By the status of a wrong use the shim learns that this goward does not understand it.
        self.install(cx).map_err(|failure| match failure.exit {
            Exit::Usage => Failure { exit: Exit::Failure, ..failure },
            _ => failure,
        })
    }

    fn install(&self, cx: &Context) -> Result<()> {
        if self.is_offer {
            // After a no the shim says what is wrong, as it does without a terminal.
            let accepted = first::offered(cx)?;
            return if accepted { Ok(()) } else { Err(Failure::silent(Exit::NotFound)) };
        }
        let store = cx.store()?;
        let wish = self.judged(cx, &store)?;
        let mut query = Query::new(&wish.selector);
        query.at_least = wish.at_least.clone();
        // Mirrors lag. A file's open selector or a floor never needs the very newest release. A
        // user who types a selector means the newest.
        let typed = [Source::CommandLine, Source::Name].map(|source| source.to_string());
        query.or_older = !typed.contains(&self.wanted_by);
        let there = store.newest(&query)?;
        // Another process may have installed it already.
        if there.is_some() && (query.or_older || wish.selector.exact().is_some()) {
            return Ok(());
        }
        let mut workshop = Workshop::open(cx)?;
        workshop.settings.has_fallback = self.has_fallback;
        if self.known_digests {
            workshop.settings.min_assurance = Some(Assurance::ChecksumDatabase);
        }
        if let Some(there) = there {
            return workshop.newest(&wish.selector, Toolchain::stored(&there)).map(drop);
        }
        let mut watch = Watch::new(cx, Some(&self.wanted_by));
        if self.has_fallback {
            // The error reports a dead network once, and not every step of every call.
            watch = watch.without_notes();
        }
        // goward makes the store first: there it also remembers an unreachable mirror.
        let prepared = workshop.store.prepare();
        let outcome = prepared.and_then(|()| workshop.installer(&watch).bring(&query));
        drop(watch);
        match outcome {
            Ok(_) => {
                // The warning is rare enough: one for each install.
                shim::warn(cx);
                Ok(())
            }
            Err(error) if error.is_remembered() => Err(Failure::silent(error.kind().into())),
            Err(error) if self.has_fallback => Err(self.in_one_line(cx, error.into())),
            Err(error) => Err(in_short(workshop.failed(error))),
        }
    }

    /// A word that goward does not understand may forbid the install, so goward refuses it.
    fn is_understood(&self) -> Result<()> {
        let Some(first) = self.further.first() else { return Ok(()) };
        let first = quoted(first.as_bytes());
        let message =
            format!("the shim says {first}, which goward {} does not know", shim::VERSION);
        Err(Failure::new(Exit::Usage, message)
            .hint("the shim is a newer goward's: run `goward setup` of that one"))
    }

    /// The order as the policy changes it. The shim ends with the status of a refusal.
    fn judged(&self, cx: &Context, store: &Store) -> Result<Wish> {
        let (selector, at_least) = (self.selector.clone(), self.at_least.clone());
        let (is_floor, wanted_by) = (self.project == Some(Kind::Floor), self.wanted_by.clone());
        let wish = Wish { selector, at_least, is_floor, wanted_by };
        if self.project.is_none() {
            return Ok(wish);
        }
        wish.judged(cx, store).map_err(|failure| Failure { exit: Exit::Forbidden, ..failure })
    }

    /// The caller loses nothing, as another toolchain can run, so one line is enough.
    fn in_one_line(&self, cx: &Context, failure: Failure) -> Failure {
        let mut why = failure.message.unwrap_or_default();
        if let Some(first) = failure.causes.last() {
            why = format!("{why} ({first})");
        }
        let (wanted, by) = (&self.selector, &self.wanted_by);
        cx.output.warning(&format!(
            "Go {wanted}, wanted by {by}, is not installed: {why}; a later one that is here runs"
        ));
        Failure::silent(failure.exit)
    }
}

/// The shim prints next the selector, its source and the command to run. So a single hint needs no
/// line of its own.
fn in_short(mut failure: Failure) -> Failure {
    if let ([], [hint], Some(message)) = (&*failure.causes, &*failure.hints, &failure.message) {
        failure.message = Some(format!("{message}; {hint}"));
        failure.hints.clear();
    }
    failure
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Args;
    use crate::commands::Command;
    use clap::Parser as _;
    use goward_resolver::resolve::Miss;
    use goward_resolver::{Origin, Owner};

    /// This command reads the arguments that the shim writes.
    #[test]
    fn every_miss_is_understood() {
        let path = b"/p/.go-version".to_vec();
        let file = |owner| Source::PinFile(Origin { path: path.clone(), line: 1, owner });
        let (own, strangers) = (file(Owner::Trusted), file(Owner::Foreign));
        for (selector, at_least) in [("1.22.10", None), (">=1.21,<1.23", Some("1.22.3"))] {
            for (source, project, foreign) in [
                (&Source::CommandLine, false, false),
                (&own, true, false),
                (&strangers, true, true),
            ] {
                for (is_floor, has_fallback) in [(false, false), (true, true)] {
                    let install = Miss {
                        selector: Selector::parse(selector).unwrap(),
                        at_least: at_least.and_then(Version::parse),
                        source: source.clone(),
                        is_floor,
                        has_fallback,
                        is_offer: has_fallback,
                        root: None,
                    };
                    let line = ["goward".to_owned()].into_iter().chain(install.arguments());
                    let Command::Provide(read) = Args::try_parse_from(line).unwrap().command else {
                        panic!("another command");
                    };
                    assert_eq!(
                        (&read.selector, &read.at_least),
                        (&install.selector, &install.at_least)
                    );
                    assert_eq!(read.wanted_by, source.to_string());
                    let kind = if is_floor { Kind::Floor } else { Kind::Pin };
                    assert_eq!(read.project, project.then_some(kind));
                    assert_eq!((read.known_digests, read.has_fallback), (foreign, has_fallback));
                    assert_eq!(read.is_offer, install.is_offer);
                    assert!(read.further.is_empty());
                }
            }
        }
    }
}

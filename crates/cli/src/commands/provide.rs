//! `goward provide`: the shim calls it to have a missing toolchain installed. People do not.
//!
//! Success means that the shim may look again, and status 2 that goward does not understand the
//! shim. Where the shim has nothing else to run, goward says the whole error, and the shim no more.
//! stdout stays empty: the caller's Go uses it.

use crate::commands::install::first;
use crate::config::policy_file::{Bound, PolicyFile};
use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::newest::leaves_no_room;
use crate::policy::Wish;
use crate::shim;
use crate::toolchain::{Toolchain, present};
use crate::values;
use crate::watch::Watch;
use crate::workshop::Workshop;
use clap::{Args, ValueEnum};
use goward_installer::{Assurance, Query, Store};
use goward_resolver::{Minimum, Selector, Source, Survey, Version, quoted, system_program};

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
        self.install(cx).map_err(|failure| match failure.exit {
            Exit::Forbidden => failure,
            // By the status of a wrong use the shim learns that this goward does not understand it.
            Exit::Usage => self.in_full(cx, Failure { exit: Exit::Failure, ..failure }),
            // Nothing wants what is offered.
            _ if self.is_offer => failure,
            _ => self.in_full(cx, failure),
        })
    }

    fn install(&self, cx: &Context) -> Result<()> {
        if self.is_offer && cx.policy()?.and_then(PolicyFile::never_installs).is_some() {
            return Ok(());
        }
        if self.is_offer {
            // After a no, too, the shim looks again, and says what is wrong as it does without a
            // terminal.
            return first::offered(cx).map(drop);
        }
        let store = cx.store()?;
        let wish = self.judged(cx, &store)?;
        let mut query = Query::new(&wish.selector);
        query.at_least = wish.at_least.clone();
        // Mirrors lag. A file's open selector or a floor never needs the very newest release. A
        // user who types a selector means the newest.
        let typed = [Source::CommandLine, Source::Name].map(|source| source.to_string());
        query.or_older = !typed.contains(&self.wanted_by);
        // Another process may have installed it already.
        if (query.or_older || leaves_no_room(&wish.selector)) && store.newest(&query)?.is_some() {
            return Ok(());
        }
        let here = cx.survey()?;
        if let Some(never) = cx.policy()?.and_then(PolicyFile::never_installs) {
            return self.forbidden(&wish, &never, there(&here, &wish)?.is_some());
        }
        let mut workshop = Workshop::open_at(cx, &here)?;
        workshop.settings.has_fallback = self.has_fallback;
        if self.known_digests {
            workshop.demand(Assurance::ChecksumDatabase)?;
        }
        if !query.or_older
            && let Some(there) = there(&here, &wish)?
        {
            // What is here may stand in for the newest only where `newest` has taken it and said so.
            let newest = workshop.newest(&wish.selector, there);
            return newest.map(drop).map_err(|why| Failure { exit: Exit::Forbidden, ..why });
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
            Err(error) => Err(workshop.failed(error)),
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

    /// The end of a miss where the owner of the machine lets none install: what is here may run.
    fn forbidden(&self, wish: &Wish, never: &Bound<()>, is_there: bool) -> Result<()> {
        match (is_there, self.has_fallback) {
            (true, _) => Ok(()),
            (false, true) => Err(Failure::silent(Exit::Failure)),
            (false, false) => Err(wish.forbidden(never)),
        }
    }

    /// The caller loses nothing, as another toolchain can run, so one line is enough.
    fn in_one_line(&self, cx: &Context, failure: Failure) -> Failure {
        let mut why = failure.message.unwrap_or_default();
        if let Some(first) = failure.causes.last() {
            why = format!("{why} ({first})");
        }
        let absent = self.absent();
        cx.output.warning(&format!("{absent}: {why}; a later one that is here runs"));
        Failure::silent(failure.exit)
    }

    /// The whole error, with all ways out: the shim says no more.
    fn in_full(&self, cx: &Context, mut failure: Failure) -> Failure {
        let Some(why) = failure.message else { return failure };
        failure.message = Some(format!("{}: {why}", self.absent()));
        failure.hint_of(self.way_past_the_minimum(cx)).hint_of(self.way_to_the_system(cx))
    }

    /// The beginning of both.
    fn absent(&self) -> String {
        format!("Go {}, wanted by {}, is not installed", self.selector, self.wanted_by)
    }

    /// What `GOWARD_MINIMUM` forbids may be here.
    fn way_past_the_minimum(&self, cx: &Context) -> Option<String> {
        let open = self.project == Some(Kind::Pin) && !leaves_no_room(&self.selector);
        let minimum = Minimum::of(&cx.environment()).ok().flatten().filter(|_| open)?;
        (self.at_least.as_ref() >= Some(&minimum.version)).then(|| minimum.way_past(&self.selector))
    }

    /// A system's Go that is too old for a module, where it is all that there is.
    fn way_to_the_system(&self, cx: &Context) -> Option<String> {
        let plan = cx.survey().ok()?.plan().ok()?;
        let stuck = self.project == Some(Kind::Floor) && plan.launch.is_err();
        system_program(&cx.environment(), "go").filter(|_| stuck)?;
        Some("to run the system's Go all the same: go +system".to_owned())
    }
}

/// The newest toolchain that is here for a wish that a person typed, in whatever root.
fn there(here: &Survey<'_>, wish: &Wish) -> Result<Option<Toolchain>> {
    let there = present(here, &wish.selector)?;
    Ok(there.filter(|there| there.version >= wish.at_least))
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

//! `goward provide`: the shim's way to have installed what it misses. Not for people.
//!
//! Success means that the shim may look again, and status 2 that the shim is not understood. stdout stays empty: it is the caller's Go's.

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::obtain;
use crate::policy::Wish;
use crate::shim;
use crate::watch::Watch;
use clap::{Args, ValueEnum};
use goward_installer::{Store, Trust, Want};
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
    selector: String,
    /// The least version that will do
    #[arg(long, value_name = "VERSION")]
    at_least: Option<String>,
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
    #[arg(long)]
    impatient: bool,
    /// What a newer shim says besides
    #[arg(value_name = "FURTHER", hide = true, allow_hyphen_values = true)]
    further: Vec<String>,
}

impl Provide {
    pub(crate) fn run(self, cx: &mut Context) -> Result<()> {
        self.is_understood()?;
        let selector = obtain::parse(&self.selector)?;
        let at_least = self.at_least.as_deref().map(version).transpose()?;
        // To the shim the status of a wrong use says that this goward does not understand it.
        self.install(cx, selector, at_least).map_err(|failure| match failure.exit {
            Exit::Usage => Failure { exit: Exit::Failure, ..failure },
            _ => failure,
        })
    }

    fn install(
        &self,
        cx: &mut Context,
        selector: Selector,
        at_least: Option<Version>,
    ) -> Result<()> {
        let store = cx.store()?;
        let (selector, at_least) = self.judged(cx, &store, selector, at_least)?;
        let mut want = Want::new(&selector);
        want.at_least = at_least;
        // Mirrors lag. What leaves room, a file's pin or a floor, never needed the very newest; who
        // types a selector means that.
        let typed = [Source::CommandLine, Source::Name].map(|source| source.to_string());
        want.or_older = !typed.contains(&self.wanted_by);
        // Another process may have been faster.
        if store.newest(&want)?.is_some() {
            return Ok(());
        }
        let mut settings = cx.settings(&store)?;
        settings.impatient = self.impatient;
        if self.known_digests {
            settings.min_trust = Some(Trust::ChecksumDatabase);
        }
        let mut watch = Watch::new(&cx.output, Some(&self.wanted_by));
        if self.impatient {
            // A dead network is told once, by the error, and not at every step of every call.
            watch = watch.without_notes();
        }
        // The store is made first: it is also where an unreachable mirror is remembered.
        let prepared = store.prepare();
        let outcome =
            prepared.and_then(|()| obtain::install_with(&store, &settings, &want, &watch));
        drop(watch);
        match outcome {
            Ok(_) => {
                // Rarely enough: once for each install.
                shim::warn(cx);
                Ok(())
            }
            Err(error) if error.is_remembered() => Err(Failure::silent(error.kind().into())),
            Err(error) if self.impatient => Err(self.in_one_line(cx, error.into())),
            Err(error) => Err(in_short(obtain::failed(cx, error))),
        }
    }

    /// A word that is not understood may forbid the install, so it is not passed over.
    fn is_understood(&self) -> Result<()> {
        let Some(first) = self.further.first() else { return Ok(()) };
        let first = quoted(first.as_bytes());
        let message =
            format!("the shim says {first}, which goward {} does not know", shim::VERSION);
        Err(Failure::new(Exit::Usage, message)
            .hint("the shim is a newer goward's: run `goward setup` of that one"))
    }

    /// As the policy has it. The shim ends with the status of a refusal.
    fn judged(
        &self,
        cx: &Context,
        store: &Store,
        selector: Selector,
        at_least: Option<Version>,
    ) -> Result<(Selector, Option<Version>)> {
        let Some(kind) = self.project else { return Ok((selector, at_least)) };
        let (is_floor, wanted_by) = (kind == Kind::Floor, self.wanted_by.clone());
        let judged = Wish { selector, at_least, is_floor, wanted_by }.judged(cx, store);
        let judged = judged.map_err(|failure| Failure { exit: Exit::Forbidden, ..failure })?;
        Ok((judged.selector, judged.at_least))
    }

    /// Nothing is lost for who has something else to run, so one line is enough.
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

/// The shim says next who wanted what, and what to run: where there is only one thing to add, a line of
/// its own says too much.
fn in_short(mut failure: Failure) -> Failure {
    if let ([], [hint], Some(message)) = (&*failure.causes, &*failure.hints, &failure.message) {
        failure.message = Some(format!("{message}; {hint}"));
        failure.hints.clear();
    }
    failure
}

fn version(text: &str) -> Result<Version> {
    Version::parse(text)
        .ok_or_else(|| Failure::new(Exit::Usage, format!("--at-least {text:?}: not a Go version")))
}

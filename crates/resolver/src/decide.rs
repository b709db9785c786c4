//! The whole decision: invocation, chain, selection, resolution, launch.
//!
//! The large steps are never inlined: each gives its part of the stack back to the next one, and
//! every page of the stack that is touched costs a page fault.

use crate::chain::{Chain, Refusals};
use crate::child::{self, Switching};
use crate::consent::CallConsent;
use crate::environment::{Caller, EnvChange, Environment};
use crate::error::{Code, Error, on_one_line};
use crate::host::{Host, Privileges};
use crate::invocation::{Invocation, Tool};
use crate::miss::Miss;
use crate::name::ToolchainName;
use crate::path::is_below;
use crate::printable::escaped;
use crate::resolve::{Resolution, Resolver};
use crate::roots::{Roots, program, self_name};
use crate::select;
use crate::selection::{Selection, Want};
use crate::selector::Selector;
use crate::shell_word::word;
use crate::source::Source;
use crate::switching::{is_first_of_1_21, obeys_malformed_line};
use crate::target::{Target, TargetKind};
use crate::text;
use crate::text::Piece;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// What is to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What the chain says.
    pub selection: Selection,
    /// The level that decided in the end: the selection's, or one of the default's.
    pub source: Source,
    /// What to install first. If that succeeds, decide again; if not, go on with `launch`.
    pub miss: Option<Box<Miss>>,
    /// What a person at a terminal may be offered, where there is no Go at all and nothing selects one.
    pub offer: Option<Box<Miss>>,
    /// The toolchain that runs unless something is installed first.
    pub target: Option<Target>,
    /// What to execute, or why there is nothing to.
    pub launch: Result<Launch, Error>,
}

impl Plan {
    /// Whether no toolchain that is here meets the floor. One may run all the same.
    pub fn is_unmet(&self) -> bool {
        let Want::Floor { floor, .. } = &self.selection.want else { return false };
        let running = self.target.as_ref().and_then(|target| target.name.as_ref());
        let meets = running.is_some_and(|name| *name.version() >= floor.version);
        self.source == floor.source && !meets
    }
}

/// One exec: plain data, so that tests compare values and not processes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The program, as an absolute path.
    pub program: Vec<u8>,
    /// Whether the first argument was `+SELECTOR` and is left out.
    pub drop_selector: bool,
    /// What changes in the environment.
    pub env: Vec<EnvChange>,
    /// Lines for stderr, without prefix.
    pub notes: Vec<String>,
    /// Whether the program belongs to a toolchain that goward looks after.
    pub managed: bool,
}

impl Launch {
    /// Runs `target` with nothing changed.
    fn plain(target: &Target) -> Launch {
        Launch {
            program: target.program.clone(),
            drop_selector: false,
            env: Vec::new(),
            notes: Vec::new(),
            managed: target.kind == TargetKind::Managed,
        }
    }

    /// What to say when the program turned out not to be there.
    pub fn vanished(&self) -> Error {
        if !self.managed {
            return Error::missing(text!(
                "{} cannot be executed: it, or the interpreter that it names, is missing",
                escaped(&self.program)
            ));
        }
        Error::missing(text!(
            "{} is missing from an installed toolchain\nremove that toolchain with goward \
             uninstall, and install it again",
            escaped(&self.program)
        ))
    }

    /// What to say when the system would not execute the program.
    pub fn refused(&self, why: &str) -> Error {
        let message = text!("cannot execute {}: {}", escaped(&self.program), why);
        Error::new(Code::CannotExecute, message)
    }
}

/// Decides what `argv` runs. `argv[0]` is the name that the shim was called by.
///
/// An error is a refusal (status 125) before anything could be selected. A toolchain that is
/// selected but missing is a [`Plan`] whose `launch` is the error.
pub fn decide(host: &dyn Host, argv: &[&[u8]]) -> Result<Box<Plan>, Error> {
    if argv.is_empty() {
        return Err(Error::refused(String::from("called without any arguments, not even a name")));
    }
    refuse_borrowed_rights(host)?;
    let env = Environment::new(host);
    let invocation = Invocation::parse(host, argv);
    if let Some(target) = running(&env, &invocation) {
        return as_it_is(env, invocation, target);
    }
    let roots = Roots::locate(env)?;
    if let Tool::Named(name) = &invocation.tool {
        let target = named(&roots, name)?;
        return as_it_is(roots.env, invocation, target);
    }
    by_chain(roots, invocation)
}

/// What the chain says.
#[inline(never)]
fn by_chain<'h>(roots: Box<Roots<'h>>, invocation: Invocation<'h>) -> Result<Box<Plan>, Error> {
    let found = Chain::read(roots, invocation);
    match found.1.goenv.or(found.1.go_env_file) {
        Some(refusal) => Err(refusal),
        None => decide_in(&found.0),
    }
}

/// As [`decide`], for a directory that was looked at already.
pub(crate) fn decide_at(
    chain: &Chain<'_>,
    refusals: &Refusals,
    caller: Caller,
) -> Result<Box<Plan>, Error> {
    let invocation = &chain.invocation;
    let env = chain.env();
    refuse_borrowed_rights(env.host())?;
    let target = match &invocation.tool {
        Tool::Named(name) => Some(named(&chain.roots, name)?),
        _ if caller == Caller::Whole => running(env, invocation),
        _ => None,
    };
    if let Some(target) = target {
        return as_it_is(env.clone(), invocation.clone(), target);
    }
    match refusals.first() {
        Some(refusal) => Err(refusal.clone()),
        None => decide_in(chain),
    }
}

/// A toolchain that the chain was not asked for, with nothing changed. It may not be one that would
/// obey the files here; only the first that look at a toolchain line obey one that is malformed. It
/// finds the environment as it is.
#[inline(never)]
fn as_it_is<'h>(
    env: Environment<'h>,
    invocation: Invocation<'h>,
    target: Target,
) -> Result<Box<Plan>, Error> {
    let selection = match &invocation.tool {
        Tool::Named(name) => Selection::of(Want::Name(name.clone()), Source::Name),
        _ => Selection::of(Want::Nothing, Source::Running),
    };
    let first = |name: &ToolchainName| is_first_of_1_21(name.version());
    if target.name.as_ref().is_some_and(first) {
        let (mut chain, _) = Chain::read(Roots::locate(env.given())?, invocation);
        // Of a `.goenv` nothing is exported.
        chain.goenv = None;
        obeys_malformed_line(&chain, &target, &[])?;
    }
    let launch = Launch::plain(&target);
    let (source, target, launch) = (selection.source.clone(), Some(target), Ok(launch));
    Ok(Box::new(Plan { selection, source, miss: None, offer: None, target, launch }))
}

/// A set-user-ID or set-group-ID shim has its whole environment, PATH and HOME included, from
/// another user than the one it would run Go as.
pub fn refuse_borrowed_rights(host: &dyn Host) -> Result<(), Error> {
    if host.privileges() != Privileges::Borrowed {
        return Ok(());
    }
    let program = host.exe().and_then(|exe| word(host.os(), &exe));
    let program = program.unwrap_or_else(|| String::from("PROGRAM"));
    Err(Error::refused(text!(
        "this process has the rights of another user or group than its caller's, whose environment \
         it has\nrun: chmod ug-s {}",
        program
    )))
}

/// What the chain says, for a chain that leaves nothing out.
#[inline(never)]
fn decide_in(chain: &Chain<'_>) -> Result<Box<Plan>, Error> {
    let resolver = Resolver::new(chain);
    let consent = CallConsent::new(chain);
    consent.over_the_go_env_file()?;
    let mut plan =
        select::select(&resolver).and_then(|selection| weigh(&resolver, &consent, selection));
    if chain.invocation.repairs_gotoolchain() {
        mend(&resolver, &consent, &mut plan);
    }
    plan
}

/// Puts another toolchain in the place of one that a way out cannot get.
#[inline(never)]
fn mend(resolver: &Resolver<'_>, consent: &CallConsent<'_>, plan: &mut Result<Box<Plan>, Error>) {
    let chain = resolver.chain;
    // Go answers these whatever GOTOOLCHAIN says, and nothing is downloaded for them. An explicit
    // `+SELECTOR` is honoured even here.
    let stuck = match plan {
        Ok(plan) => plan.miss.is_some() || plan.launch.is_err(),
        Err(error) => error.code == Code::Forbidden || chain.gotoolchain().is_err(),
    };
    if stuck
        && chain.invocation.selector.is_none()
        && let Some(found) = way_out(resolver, consent)
    {
        *plan = Ok(found);
    }
}

#[inline(never)]
fn weigh(
    resolver: &Resolver<'_>,
    consent: &CallConsent<'_>,
    selection: Selection,
) -> Result<Box<Plan>, Error> {
    let Resolution { source, miss, target, below_floor } = resolver.resolve(&selection)?;
    // If nothing meets the floor, the base runs, with the environment that it would have without a
    // selection.
    let base = Selection::base();
    let child_of = if below_floor { &base } else { &selection };
    let launch = match &target {
        Ok(target) => {
            // Where an install comes first, goward says why it failed.
            let unmet = below_floor && miss.is_none();
            let notes = notes(resolver, &selection, target, unmet);
            launch(consent, child_of, target, notes)
        }
        Err(why) => Err(why.clone()),
    };
    // Level 9 is the last: that it has nothing means that nothing selects a Go.
    let offer = match &target {
        Err(why) if source == Source::Newest && why.code == Code::Missing => resolver.offer(),
        _ => None,
    };
    Ok(Box::new(Plan { selection, source, miss, offer, target: target.ok(), launch }))
}

/// What to say before `target` runs.
#[inline(never)]
fn notes(
    resolver: &Resolver<'_>,
    selection: &Selection,
    target: &Target,
    unmet: bool,
) -> Vec<String> {
    let (chain, mut notes) = (resolver.chain, Vec::new());
    for file in chain.passed_over.iter().filter(|file| file.in_project) {
        notes.push(file.message(chain.env().host().os()));
    }
    if let Want::Floor { floor, .. } = &selection.want
        && unmet
        && child::go_minds(chain)
    {
        notes.push(on_one_line(&child::unmet(floor)));
    }
    if !chain.invocation.is_quiet() {
        let floor = resolver.stated_floor();
        notes.extend(floor.and_then(|floor| child::conflict(selection, target, &floor)));
    }
    notes
}

#[inline(never)]
fn launch(
    consent: &CallConsent<'_>,
    selection: &Selection,
    target: &Target,
    mut notes: Vec<String>,
) -> Result<Launch, Error> {
    let chain = consent.chain;
    if target.kind == TargetKind::System && target.goroot.is_none() {
        guard_against_circles(chain, target)?;
    }
    if chain.env().is_quiet() {
        notes.clear();
    }
    let env = child::changes(consent, selection, target, Switching::AsSelected)?;
    obeys_malformed_line(chain, target, &env)?;
    let drop_selector = chain.invocation.selector.is_some();
    Ok(Launch { drop_selector, env, notes, ..Launch::plain(target) })
}

/// Scripts and other managers' shims on PATH may call us back.
fn guard_against_circles(chain: &Chain<'_>, target: &Target) -> Result<(), Error> {
    if child::current_depth(chain.env()) < child::MAX_DEPTH {
        return Ok(());
    }
    let ours = chain.env().host().exe().unwrap_or_default();
    Err(Error::missing(text!(
        "{} and {} call each other without end\ntake one of them off PATH, or choose a version \
         with: goward default latest",
        escaped(&ours),
        escaped(&target.program)
    )))
}

/// Any toolchain that understands the command; never a script on PATH, which may call us
/// back.
#[inline(never)]
fn way_out(resolver: &Resolver<'_>, consent: &CallConsent<'_>) -> Option<Box<Plan>> {
    let chain = resolver.chain;
    let Resolution { source, target: Ok(target), .. } = resolver.any_modern()? else { return None };
    let selection = Selection::base();
    let answers = chain.invocation.go_answers_locally();
    let switching = if answers { Switching::AsSelected } else { Switching::Off };
    let env = child::changes(consent, &selection, &target, switching).ok()?;
    let launch = Launch { env, ..Launch::plain(&target) };
    let (target, launch) = (Some(target), Ok(launch));
    Some(Box::new(Plan { selection, source, miss: None, offer: None, target, launch }))
}

/// The toolchain below which this runs (`-toolexec`, `CC`, vet): Go has exported its whole
/// environment, and a nested call gets that very toolchain. Only `+SELECTOR` asks for another.
#[inline(never)]
pub(crate) fn running(env: &Environment<'_>, invocation: &Invocation<'_>) -> Option<Target> {
    let host = env.host();
    if invocation.selector.is_some() || matches!(invocation.tool, Tool::Named(_)) {
        return None;
    }
    let var = |key: &str| host.var(key).filter(|value| !value.is_empty());
    let (goroot, tools, version) = (var("GOROOT")?, var("GOTOOLDIR")?, var("GOVERSION")?);
    let tree = is_below(host.os(), tools, &crate::path::join(host.os(), goroot, "pkg/tool"));
    if !tree || self_name(host, goroot).is_some_and(|name| name != version) {
        return None;
    }
    let program = program(host.os(), goroot, invocation.tool.program());
    if !host.kind(&program).is_program() {
        return None;
    }
    let name = core::str::from_utf8(version).ok().and_then(ToolchainName::parse);
    Some(Target { program, goroot: Some(goroot.to_vec()), name, kind: TargetKind::Managed })
}

/// What is meant by the name `go1.22.10`. `go1.22` is no release of its own: the newest installed one
/// of the minor is.
#[inline(never)]
fn named(roots: &Roots<'_>, called: &ToolchainName) -> Result<Target, Error> {
    let mut name = called.clone();
    let mut goroot = roots.find(&name)?;
    if goroot.is_none()
        && !called.is_custom()
        && let Ok(minor) = Selector::parse(called.version().as_str())
        && let Some(newest) = minor.newest_from(&roots.installed()?, None)
    {
        name = ToolchainName::of(newest);
        goroot = roots.find(&name)?;
    }
    let Some(goroot) = goroot else {
        // The suggested command says where it looked, and how to link a tree.
        let (command, what): (&str, &dyn Piece) = if called.is_custom() {
            ("go +", called)
        } else {
            ("goward install ", called.version())
        };
        return Err(Error::missing(text!("{} is not installed\nrun: {}{}", called, command, what)));
    };
    let program = program(roots.host().os(), &goroot, "go");
    let kind = TargetKind::Managed;
    Ok(Target { program, goroot: Some(goroot), name: Some(name), kind })
}

//! A directory as the resolver sees it: read once, and asked as often as there are questions.
//!
//! The shim asks one question and decides at once ([`decide`](crate::decide)). The manager has
//! several about one directory, and about many directories, from one process: it moves nowhere and
//! sets nothing for that. Every question is answered from the same bytes, so that what is explained
//! is what was decided.

use crate::chain::{Chain, Refusals};
use crate::decide::{self, Plan};
use crate::default;
use crate::environment::{Caller, Environment, Policy};
use crate::error::Error;
use crate::host::{Host, Kind};
use crate::invocation::Invocation;
use crate::pinfile::Pin;
use crate::roots::Roots;
use crate::trace::Trace;
use crate::version::Version;
use alloc::boxed::Box;

/// A directory as the resolver sees it for one command line.
pub struct Survey<'h> {
    /// What was found, without the files that cannot be taken as they are.
    pub chain: Chain<'h>,
    /// Why these cannot be taken.
    pub refusals: Refusals,
    caller: Caller,
}

impl<'h> Survey<'h> {
    /// Reads what counts for `argv`, called in `directory` (absolute; by default in the current
    /// one), under `policy`. Fails where not even the store can be located, unless the shim would
    /// not look for it: below a running Go, what leads it astray counts as unset.
    pub fn of(
        host: &'h dyn Host,
        directory: Option<&[u8]>,
        argv: &[&'h [u8]],
        policy: Policy,
    ) -> Result<Survey<'h>, Error> {
        let env = Environment::new(host).asked(directory.map(<[u8]>::to_vec), policy);
        let invocation = Invocation::parse(host, argv);
        let caller = policy.caller;
        let roots = match Roots::locate(env.clone()) {
            Err(_) if caller == Caller::Whole && decide::running(&env, &invocation).is_some() => {
                Roots::locate(env.without_places())
            }
            located => located,
        };
        let (chain, refusals) = Chain::read(roots?, invocation);
        Ok(Survey { chain, refusals, caller })
    }

    /// Where toolchains lie.
    pub fn roots(&self) -> &Roots<'h> {
        &self.chain.roots
    }

    /// What the command line runs, as [`decide`](crate::decide) says of the same files. The shim would
    /// learn from the system that the program is missing, or is no program; this looks for it.
    pub fn plan(&self) -> Result<Box<Plan>, Error> {
        let mut plan = decide::decide_at(&self.chain, &self.refusals, self.caller)?;
        let host = self.chain.env().host();
        let fault = plan.launch.as_ref().ok().and_then(|launch| match host.kind(&launch.program) {
            Kind::File { executable: true } => None,
            Kind::Absent => Some(launch.vanished()),
            _ => Some(launch.refused("it is not a file that can be executed")),
        });
        if let Some(fault) = fault {
            plan.launch = Err(fault);
        }
        Ok(plan)
    }

    /// What each level says, and how it fared beside `plan`; `running` is the version of what runs,
    /// as far as it is known.
    pub fn trace(&self, plan: Result<&Plan, &Error>, running: Option<&Version>) -> Trace {
        Trace::of(&self.chain, &self.refusals, plan, running)
    }

    /// The default that holds here, with the file that says so.
    pub fn default_pin(&self) -> Result<Option<Pin>, Error> {
        default::pin(&self.chain)
    }
}

//! What every level said, and how it fared: selection's own table, walked to its end.
//!
//! Only the manager asks for this. The shim, which needs no more than the first level that names a
//! toolchain, does not link it.

mod asking;
mod voice;

pub use voice::{Fate, Meets, Reason, Says, Silence, Voice};

use crate::chain::{Chain, Refusals};
use crate::decide::Plan;
use crate::error::Error;
use crate::go_line::GoLine;
use crate::level::ChainLevel;
use crate::selection::Want;
use crate::source::Source;
use crate::version::Version;
use alloc::string::String;
use alloc::vec::Vec;

/// Every level of a survey, in order.
#[derive(Clone, Debug)]
pub struct Trace {
    /// What each said, and how it fared.
    pub voices: Vec<Voice>,
}

impl Trace {
    /// Asks every level, and compares with what was decided. `running` is the version of what runs,
    /// as far as it is known.
    pub(crate) fn of(
        chain: &Chain<'_>,
        refusals: &Refusals,
        plan: Result<&Plan, &Error>,
        running: Option<&Version>,
    ) -> Trace {
        let mut trace = Trace { voices: asking::ask(chain, refusals, plan.err()) };
        match plan {
            Ok(plan) => trace.judge(chain, plan, running),
            Err(error) => trace.stop(error),
        }
        trace
    }

    /// Nothing was decided, for this reason.
    fn stop(&mut self, error: &Error) {
        if let Some(source) = &error.source {
            self.blame(source, &error.why());
        }
        let at = self.voices.iter().position(Voice::is_refused);
        for voice in self.voices.iter_mut().skip(at.map_or(0, |at| at + 1)) {
            if voice.is_named() {
                voice.fate = Fate::Named { behind_a_refusal: true };
            }
        }
    }

    /// Marks the level that has the line of `source` as what is refused, unless one is so already.
    pub fn blame(&mut self, source: &Source, why: &str) {
        if self.voices.iter().any(Voice::is_refused) {
            return;
        }
        let at =
            |voice: &&mut Voice| voice.origin.is_some() && voice.origin.as_ref() == source.origin();
        if let Some(voice) = self.voices.iter_mut().find(at) {
            voice.fate = Fate::Refused(Reason::Forbidden(String::from(why)));
        }
    }

    /// The toolchain of `source` runs, although `decided` asks for another.
    pub fn stand_in(&mut self, source: &Source, decided: &Source) {
        let Some(decided) = decided.level() else { return };
        for voice in self.voices.iter_mut().filter(|voice| voice.is_of(source)) {
            voice.stands_in_for = Some(decided);
        }
    }

    fn judge(&mut self, chain: &Chain<'_>, plan: &Plan, running: Option<&Version>) {
        let source = plan.miss.as_deref().map_or(&plan.source, |miss| &miss.source);
        let winner = self.voices.iter().position(|voice| voice.is_of(source));
        for (here, voice) in self.voices.iter_mut().enumerate() {
            let below = winner.is_some_and(|winner| here > winner);
            match &voice.fate {
                Fate::Refused(reason) if below => {
                    voice.fate = Fate::Spared(reason.clone(), source.level());
                }
                Fate::Named { .. } => {
                    voice.fate = match winner {
                        Some(winner) if here == winner => voice.wins(plan),
                        Some(winner) if here < winner => passed_over(voice, chain, plan, running),
                        _ => outranked(voice, chain, plan, source),
                    };
                }
                _ => {}
            }
        }
    }
}

/// Of a level above the one that decided in the end.
fn passed_over(voice: &Voice, chain: &Chain<'_>, plan: &Plan, running: Option<&Version>) -> Fate {
    if chain.invocation.repairs_gotoolchain() {
        return Fate::Silent(Silence::WayOut);
    }
    if !voice.is_of(&plan.selection.source) {
        return Fate::AsksForNoMore(plan.selection.source.clone());
    }
    let floor = match &plan.selection.want {
        Want::Floor { floor, .. } => Some(floor),
        _ => None,
    };
    let how = match running.zip(floor) {
        _ if plan.miss.is_some() => Meets::Later,
        Some((running, floor)) if *running < floor.version => Meets::Not,
        Some(_) => Meets::Now,
        None => Meets::Maybe,
    };
    Fate::Met { wish: floor.is_some_and(|floor| floor.wish), by: plan.source.level(), how }
}

fn outranked(voice: &Voice, chain: &Chain<'_>, plan: &Plan, winner: &Source) -> Fate {
    let by = if winner.level().is_some() { winner } else { &plan.source };
    let floor = match &chain.module {
        Some(Ok(module)) if voice.level == ChainLevel::Module => {
            module.floor(chain.go_line().unwrap_or(GoLine::Usual))
        }
        _ => None,
    };
    let running = plan.target.as_ref().and_then(|target| target.name.as_ref());
    let meets = floor.zip(running).map(|(floor, running)| *running.version() >= floor.version);
    Fate::Outranked { by: by.clone(), meets }
}

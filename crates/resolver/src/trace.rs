//! What every level said, and how it fared: selection's own table, walked to its end.
//!
//! Only the manager asks for this. The shim, which needs no more than the first level that names a
//! toolchain, does not link it.

mod asking;

use crate::decide::Plan;
use crate::error::Error;
use crate::go_line::GoLine;
use crate::level::ChainLevel;
use crate::modfile::Floor;
use crate::name::ToolchainName;
use crate::select::Want;
use crate::selector::Selector;
use crate::source::{Origin, Source};
use crate::survey::Survey;
use crate::version::Version;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

/// One source of a level: most levels have one.
#[derive(Clone, Debug)]
pub struct Voice {
    /// Its level.
    pub level: ChainLevel,
    /// The variable that says it, in the environment.
    pub variable: Option<&'static str>,
    /// What it says; `None` where there is nothing to be shown.
    pub says: Option<Says>,
    /// The line that says it.
    pub origin: Option<Origin>,
    /// How it fared.
    pub fate: Fate,
    /// The level whose wish nothing meets that is here, so that this one's toolchain runs.
    pub stands_in_for: Option<ChainLevel>,
}

/// What a level says.
#[derive(Clone, Debug)]
pub enum Says {
    /// A selector as it was typed.
    Typed(Vec<u8>),
    /// A value of `GOTOOLCHAIN`.
    Gotoolchain(Vec<u8>),
    /// The selector of a pin.
    Pin(Selector),
    /// What a module file asks for.
    Floor(Floor),
    /// A program on PATH.
    Program(Vec<u8>),
    /// An installed release.
    Release(ToolchainName),
}

/// How a level fared.
#[derive(Clone, Debug)]
pub enum Fate {
    /// It is not there.
    Absent,
    /// It names a toolchain, and nothing came of that: a level above was refused before this one was
    /// asked, or nothing was decided at all.
    Named {
        /// Whether a level above was refused.
        behind_a_refusal: bool,
    },
    /// It cannot be taken.
    Refused(Reason),
    /// As [`Fate::Refused`], but a level above decides. That level stands outside of the chain
    /// where there is none.
    Spared(Reason, Option<ChainLevel>),
    /// It is there and names no toolchain.
    Silent(Silence),
    /// Its `GOTOOLCHAIN` does not count, as this source sets the variable already.
    Shadowed(Source),
    /// It is switched off, for this reason.
    Off(String),
    /// It decides.
    Won {
        /// Whether something that is here, or comes, meets it.
        met: bool,
        /// What of its line goes before what was taken, and is not installed.
        before: Option<Selector>,
    },
    /// The level that decides lies below it: this one's wish or minimum is met there.
    Met {
        /// Whether it is a wish.
        wish: bool,
        /// The level that meets it.
        by: Option<ChainLevel>,
        /// How far that is known.
        how: Meets,
    },
    /// The level that decides lies below it: this one asks for no more than that source.
    AsksForNoMore(Source),
    /// A level above decides, or what stands above all levels.
    Outranked {
        /// Who.
        by: Source,
        /// Whether what decides meets what this level asks for, where that is known.
        meets: Option<bool>,
    },
}

/// Why a level is refused.
#[derive(Clone, Debug)]
pub enum Reason {
    /// A file cannot be taken.
    File(Error),
    /// What was typed is no selector.
    NoSelector,
    /// What was typed is a word of which only the manager knows the meaning.
    ManagersWord,
    /// The value is none of `GOTOOLCHAIN`, in Go's words.
    NoGotoolchain(String),
    /// What it says is refused, for this reason and with what to do.
    Forbidden(String),
}

/// Why a level names no toolchain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// `GOTOOLCHAIN=local`.
    Local,
    /// A `GOTOOLCHAIN` by which Go downloads nothing.
    NoDownload,
    /// Another `GOTOOLCHAIN` without a name.
    NoName,
    /// The lines of the module file ask for nothing.
    NoLine,
    /// The command is answered all the same by a Go that is here.
    WayOut,
}

/// How far what decides meets a floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meets {
    /// Once it is installed.
    Later,
    /// It does not, and need not without modules.
    Not,
    /// It does.
    Now,
    /// Go judges for itself.
    Maybe,
}

impl Voice {
    fn new(level: ChainLevel, fate: Fate) -> Voice {
        let (variable, says, origin, stands_in_for) = (None, None, None, None);
        Voice { level, variable, says, origin, fate, stands_in_for }
    }

    fn absent(level: ChainLevel) -> Voice {
        Voice::new(level, Fate::Absent)
    }

    fn named(level: ChainLevel, says: Says, origin: Option<Origin>) -> Voice {
        let fate = Fate::Named { behind_a_refusal: false };
        Voice { says: Some(says), origin, ..Voice::new(level, fate) }
    }

    fn refused(level: ChainLevel, error: &Error) -> Voice {
        Voice::new(level, Fate::Refused(Reason::File(error.clone())))
    }

    fn is_named(&self) -> bool {
        matches!(self.fate, Fate::Named { .. })
    }

    /// Whether it cannot be taken, and no level above decides.
    pub fn is_refused(&self) -> bool {
        matches!(self.fate, Fate::Refused(_))
    }

    /// What it is taken to say where it decides: of a line's several versions another one than the
    /// first may have been taken.
    fn wins(&mut self, plan: &Plan) -> Fate {
        let met = plan.install.is_some() || !plan.is_unmet();
        let before = match (&mut self.says, &plan.selection.want) {
            (Some(Says::Pin(first)), Want::Pin(taken))
                if self.level == ChainLevel::PinFile && first != taken =>
            {
                Some(mem::replace(first, taken.clone()))
            }
            _ => None,
        };
        Fate::Won { met, before }
    }

    /// Whether it is that source's.
    fn is_of(&self, source: &Source) -> bool {
        match source {
            Source::Environment(key) => self.variable == Some(*key),
            _ => source.level() == Some(self.level),
        }
    }
}

/// Every level of a survey, in order.
#[derive(Clone, Debug)]
pub struct Trace {
    /// What each said, and how it fared.
    pub voices: Vec<Voice>,
}

impl Trace {
    /// Asks every level, and compares with what was decided. `running` is the version of what runs,
    /// as far as it is known.
    pub fn of(
        survey: &Survey<'_>,
        plan: Result<&Plan, &Error>,
        running: Option<&Version>,
    ) -> Trace {
        let mut trace = Trace { voices: asking::ask(survey, plan.err()) };
        match plan {
            Ok(plan) => trace.judge(survey, plan, running),
            Err(error) => trace.stop(error),
        }
        trace
    }

    /// Nothing was decided, for this reason.
    fn stop(&mut self, error: &Error) {
        if let Some(source) = &error.source {
            self.blame(source, error.why());
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

    fn judge(&mut self, survey: &Survey<'_>, plan: &Plan, running: Option<&Version>) {
        let source = plan.install.as_deref().map_or(&plan.source, |install| &install.source);
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
                        Some(winner) if here < winner => passed_over(voice, survey, plan, running),
                        _ => outranked(voice, survey, plan, source),
                    };
                }
                _ => {}
            }
        }
    }
}

/// Of a level above the one that decided in the end.
fn passed_over(voice: &Voice, survey: &Survey<'_>, plan: &Plan, running: Option<&Version>) -> Fate {
    if survey.chain.invocation.is_way_out() {
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
        _ if plan.install.is_some() => Meets::Later,
        Some((running, floor)) if *running < floor.version => Meets::Not,
        Some(_) => Meets::Now,
        None => Meets::Maybe,
    };
    Fate::Met { wish: floor.is_some_and(|floor| floor.wish), by: plan.source.level(), how }
}

fn outranked(voice: &Voice, survey: &Survey<'_>, plan: &Plan, winner: &Source) -> Fate {
    let by = if winner.level().is_some() { winner } else { &plan.source };
    let floor = match &survey.chain.module {
        Some(Ok(module)) if voice.level == ChainLevel::Module => {
            module.floor(GoLine::of(&survey.chain).unwrap_or(GoLine::Usual))
        }
        _ => None,
    };
    let running = plan.target.as_ref().and_then(|target| target.name.as_ref());
    let meets = floor.zip(running).map(|(floor, running)| *running.version() >= floor.version);
    Fate::Outranked { by: by.clone(), meets }
}

//! What every level said, and how it fared: selection's own table, walked to its end.
//!
//! Only the manager asks for this. The shim, which needs no more than the first level that names a
//! toolchain, does not link it.

use crate::decide::Plan;
use crate::environment::Environment;
use crate::error::{Code, Error};
use crate::go_line::GoLine;
use crate::gotoolchain::Gotoolchain;
use crate::level::ChainLevel;
use crate::modfile::Floor;
use crate::name::ToolchainName;
use crate::pinfile::Pin;
use crate::resolve::{Resolver, newest_release};
use crate::select::{self, Question, VERSION, Want};
use crate::selector::Selector;
use crate::source::{Origin, Source};
use crate::survey::Survey;
use crate::system::system_program;
use crate::text;
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
        let resolver = Resolver::new(&survey.chain);
        let lines = GoLine::of(&survey.chain).unwrap_or(GoLine::Usual);
        let question = Question::new(&resolver, lines);
        let mut asking = Asking { survey, question, lines, refused: plan.err() };
        let mut trace = Trace { voices: Vec::new() };
        for level in ChainLevel::ALL {
            asking.ask(level, &mut trace.voices);
        }
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

/// The levels, asked one after the other.
struct Asking<'s, 'h> {
    survey: &'s Survey<'h>,
    question: Question<'s>,
    lines: GoLine,
    /// Why nothing was decided.
    refused: Option<&'s Error>,
}

impl Asking<'_, '_> {
    fn ask(&mut self, level: ChainLevel, voices: &mut Vec<Voice>) {
        // What selection gets from here. An error may be another level's, which has it then.
        let names = !matches!(self.question.answer(level, &mut select::base()), Ok(false));
        let (chain, before) = (&self.survey.chain, voices.len());
        if level == ChainLevel::Environment
            && let Ok(found) = chain.gotoolchain()
        {
            // Selection has come no further where GOWARD_VERSION names a toolchain.
            self.question.gotoolchain = found;
        }
        match level {
            ChainLevel::CommandLine => {
                voices.extend(chain.invocation.selector.map(|text| typed(level, text)));
            }
            ChainLevel::Environment => voices.extend(environment(chain.env(), self)),
            ChainLevel::Goenv => match self.refusal_of_goenv() {
                Some(error) => voices.push(Voice::refused(level, error)),
                None => {
                    let found = chain.goenv.as_ref().and_then(|file| file.get("GOTOOLCHAIN"));
                    let layer = found.map(|(value, at)| (value, Source::Goenv(at)));
                    voices.extend(layer.map(|(value, source)| self.layer(value, source, names)));
                }
            },
            ChainLevel::GoEnvFile => match &self.survey.refusals.go_env_file {
                Some(error) => voices.push(Voice::refused(level, error)),
                None => {
                    let found = chain.go_env_file.as_ref().and_then(|file| file.get("GOTOOLCHAIN"));
                    let set = found.filter(|(value, _)| !value.is_empty());
                    let layer = set.map(|(value, at)| (value, Source::GoEnvFile(at)));
                    voices.extend(layer.map(|(value, source)| self.layer(value, source, names)));
                }
            },
            ChainLevel::PinFile => voices.extend(pin(level, chain.parsed_pin())),
            ChainLevel::Module => voices.extend(self.module(names)),
            ChainLevel::Default => voices.extend(pin(level, self.survey.default_pin())),
            ChainLevel::System => {
                let program = system_program(chain.env(), chain.invocation.tool.program());
                voices.extend(program.map(|at| Voice::named(level, Says::Program(at), None)));
            }
            ChainLevel::Newest => voices.extend(match chain.store.unpacked() {
                Err(error) => Some(Voice::refused(level, &error)),
                Ok(unpacked) => newest_release(&unpacked).map(|version| {
                    Voice::named(level, Says::Release(ToolchainName::of(version)), None)
                }),
            }),
        }
        if voices.len() == before {
            voices.push(Voice::absent(level));
        }
    }

    /// Some keys need trust only beside what the user has set, which the decision looks at. A policy
    /// is about what the file asks for, which is shown.
    fn refusal_of_goenv(&self) -> Option<&Error> {
        let about_it = |error: &&Error| {
            error.code != Code::Forbidden && matches!(error.source.as_deref(), Some(Source::Goenv(_)))
        };
        self.survey.refusals.goenv.as_ref().or(self.refused.filter(about_it))
    }

    /// A layer of `GOTOOLCHAIN`: only the first that sets it is read.
    fn layer(&self, value: &[u8], source: Source, names: bool) -> Voice {
        let level = source.level().unwrap_or(ChainLevel::Environment);
        let first = self.survey.chain.layers().get("GOTOOLCHAIN").map(|first| first.source);
        let fate = match (first.filter(|first| *first != source), Gotoolchain::parse(value)) {
            (Some(first), _) => Fate::Shadowed(first),
            (None, Err(why)) => Fate::Refused(Reason::NoGotoolchain(why)),
            (None, Ok(value)) if value.is_local() => Fate::Silent(Silence::Local),
            (None, Ok(value)) if value.name.is_none() && !value.may_download() => {
                Fate::Silent(Silence::NoDownload)
            }
            (None, Ok(_)) if names => Fate::Named { behind_a_refusal: false },
            (None, Ok(_)) => Fate::Silent(Silence::NoName),
        };
        let says = Says::Gotoolchain(value.to_vec());
        Voice { fate, ..Voice::named(level, says, source.origin().cloned()) }
    }

    fn module(&self, names: bool) -> Option<Voice> {
        let (level, chain) = (ChainLevel::Module, &self.survey.chain);
        let file = match chain.module.as_ref()? {
            Ok(file) => file,
            Err(error) => return Some(Voice::refused(level, error)),
        };
        let Some(floor) = file.floor(self.lines) else {
            return Some(Voice::new(level, Fate::Silent(Silence::NoLine)));
        };
        let origin = floor.source.origin().cloned();
        let voice = Voice::named(level, Says::Floor(floor), origin);
        let off = match chain.gotoolchain() {
            _ if names => return Some(voice),
            _ if chain.invocation.is_package_at_version() => {
                text!("a package at a version is built outside of this module")
            }
            Ok(Some((value, by))) if value.is_local() => {
                text!("switched off by GOTOOLCHAIN=local ({})", by)
            }
            _ => return Some(voice),
        };
        Some(Voice { fate: Fate::Off(off), ..voice })
    }
}

/// The two variables of the environment.
fn environment(env: &Environment<'_>, asking: &Asking<'_, '_>) -> Vec<Voice> {
    let mut voices = Vec::new();
    let version = env.get(VERSION).map(|text| typed(ChainLevel::Environment, text));
    voices.extend(version.map(|voice| Voice { variable: Some(VERSION), ..voice }));
    if let Some(value) = env.get("GOTOOLCHAIN") {
        let names = Gotoolchain::parse(value).is_ok_and(|value| value.name.is_some());
        let voice = asking.layer(value, Source::Environment("GOTOOLCHAIN"), names);
        voices.push(Voice { variable: Some("GOTOOLCHAIN"), ..voice });
    }
    voices
}

/// What was typed just now: it may be no selector, or one of the manager's alone.
fn typed(level: ChainLevel, text: &[u8]) -> Voice {
    let voice = Voice::named(level, Says::Typed(text.to_vec()), None);
    let reason = match core::str::from_utf8(text).ok().map(Selector::parse) {
        Some(Ok(Selector::OldStable)) => Reason::ManagersWord,
        None | Some(Err(_) | Ok(Selector::Tip)) => Reason::NoSelector,
        Some(Ok(_)) => return voice,
    };
    Voice { fate: Fate::Refused(reason), ..voice }
}

fn pin(level: ChainLevel, found: Result<Option<Pin>, Error>) -> Option<Voice> {
    match found {
        Ok(pin) => pin.map(|pin| Voice::named(level, Says::Pin(pin.selector), Some(pin.origin))),
        Err(error) => Some(Voice::refused(level, &error)),
    }
}

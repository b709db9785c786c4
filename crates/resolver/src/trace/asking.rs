//! What each level says, before it is known what was decided.

use super::voice::{Fate, Reason, Says, Silence, Voice};
use crate::chain::{Chain, Refusals};
use crate::default;
use crate::environment::Environment;
use crate::error::{Code, Error};
use crate::go_line::GoLine;
use crate::gotoolchain::Gotoolchain;
use crate::level::ChainLevel;
use crate::name::ToolchainName;
use crate::pinfile::Pin;
use crate::resolve::Resolver;
use crate::roots::newest_release;
use crate::select::{Question, VERSION};
use crate::selection::Selection;
use crate::selector::Selector;
use crate::source::Source;
use crate::system::system_program;
use crate::text;
use alloc::vec::Vec;

/// Asks all levels, in their order. `refused` is why nothing was decided.
pub(super) fn ask(chain: &Chain<'_>, refusals: &Refusals, refused: Option<&Error>) -> Vec<Voice> {
    let resolver = Resolver::new(chain);
    let lines = chain.go_line().unwrap_or(GoLine::Usual);
    let question = Question::new(&resolver, lines);
    let mut asking = Asking { chain, refusals, question, lines, refused };
    let mut voices = Vec::new();
    for level in ChainLevel::ALL {
        asking.ask(level, &mut voices);
    }
    voices
}

/// The levels, asked one after the other.
struct Asking<'s, 'h> {
    chain: &'s Chain<'h>,
    refusals: &'s Refusals,
    question: Question<'s>,
    lines: GoLine,
    /// Why nothing was decided.
    refused: Option<&'s Error>,
}

impl Asking<'_, '_> {
    fn ask(&mut self, level: ChainLevel, voices: &mut Vec<Voice>) {
        // This is the answer that selection gets. An error may be about another level, which shows it.
        let names = !matches!(self.question.answer(level, &mut Selection::base()), Ok(false));
        let (chain, before) = (self.chain, voices.len());
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
            ChainLevel::GoEnvFile => match &self.refusals.go_env_file {
                Some(error) => voices.push(Voice::refused(level, error)),
                None => {
                    let found = chain.go_env_file.as_ref().and_then(|file| file.get("GOTOOLCHAIN"));
                    let layer = found.map(|(value, at)| (value, Source::GoEnvFile(at)));
                    voices.extend(layer.map(|(value, source)| self.layer(value, source, names)));
                }
            },
            ChainLevel::PinFile => voices.extend(pin(level, chain.parsed_pin())),
            ChainLevel::Module => voices.extend(self.module(names)),
            ChainLevel::Default => voices.extend(pin(level, default::pin(chain))),
            ChainLevel::System => {
                let program = system_program(chain.env(), chain.invocation.tool.program());
                voices.extend(program.map(|at| Voice::named(level, Says::Program(at), None)));
            }
            ChainLevel::Newest => voices.extend(match chain.roots.unpacked() {
                Err(error) => Some(Voice::refused(level, &error)),
                Ok(unpacked) => newest_release(&unpacked).map(|version| {
                    Voice::named(level, Says::Release(ToolchainName::of(version)), None)
                }),
            }),
        }
        if voices.len() == before {
            voices.push(Voice::new(level, Fate::Absent));
        }
    }

    /// Some keys need trust only beside what the user has set, which the decision looks at. A policy
    /// is about what the file asks for, which is shown.
    fn refusal_of_goenv(&self) -> Option<&Error> {
        let about_it = |error: &&Error| {
            error.code != Code::Forbidden
                && matches!(error.source.as_deref(), Some(Source::Goenv(_)))
        };
        self.refusals.goenv.as_ref().or(self.refused.filter(about_it))
    }

    /// A layer of `GOTOOLCHAIN`: only the first that sets it is read.
    fn layer(&self, value: &[u8], source: Source, names: bool) -> Voice {
        let level = source.level().unwrap_or(ChainLevel::Environment);
        let first = self.chain.layers().get("GOTOOLCHAIN").map(|(_, first)| first);
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
        let (level, chain) = (ChainLevel::Module, self.chain);
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

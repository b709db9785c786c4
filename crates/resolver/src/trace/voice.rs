//! What one level said, and how it fared.

use crate::decide::Plan;
use crate::error::Error;
use crate::level::ChainLevel;
use crate::modfile::Floor;
use crate::name::ToolchainName;
use crate::selection::Want;
use crate::selector::Selector;
use crate::source::{Origin, Source};
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
        /// The version before the taken one in its line, which is not installed.
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
    /// A level above decides, or a source above all levels.
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
    /// The typed text is no selector.
    NoSelector,
    /// The typed text is a word that only the manager understands.
    ManagersWord,
    /// The value is none of `GOTOOLCHAIN`, in Go's words.
    NoGotoolchain(String),
    /// Its line is refused, for this reason and with a remedy.
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
    pub(super) fn new(level: ChainLevel, fate: Fate) -> Voice {
        let (variable, says, origin, stands_in_for) = (None, None, None, None);
        Voice { level, variable, says, origin, fate, stands_in_for }
    }

    pub(super) fn named(level: ChainLevel, says: Says, origin: Option<Origin>) -> Voice {
        let fate = Fate::Named { behind_a_refusal: false };
        Voice { says: Some(says), origin, ..Voice::new(level, fate) }
    }

    pub(super) fn refused(level: ChainLevel, error: &Error) -> Voice {
        Voice::new(level, Fate::Refused(Reason::File(error.clone())))
    }

    pub(super) fn is_named(&self) -> bool {
        matches!(self.fate, Fate::Named { .. })
    }

    /// Whether it cannot be taken, and no level above decides.
    pub fn is_refused(&self) -> bool {
        matches!(self.fate, Fate::Refused(_))
    }

    /// Its fate where it decides. Of several versions in a line, another one than the first may have
    /// been taken.
    pub(super) fn wins(&mut self, plan: &Plan) -> Fate {
        let met = plan.miss.is_some() || !plan.is_unmet();
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
    pub(super) fn is_of(&self, source: &Source) -> bool {
        match source {
            Source::Environment(key) => self.variable == Some(*key),
            _ => source.level() == Some(self.level),
        }
    }
}

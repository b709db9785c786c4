//! A selection: what the chain says is wanted, and who says it.

use crate::gotoolchain::Mode;
use crate::modfile::Floor;
use crate::name::ToolchainName;
use crate::selector::Selector;
use crate::source::Source;
use crate::text;
use crate::text::Piece;
use alloc::string::String;

/// What the chain says, and who said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// What is wanted.
    pub want: Want,
    /// Who wants it.
    pub source: Source,
    /// Whether the user's policy asks for more ([`Minimum`](crate::policy::Minimum)).
    pub raised: bool,
}

/// What a selection wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// A pin in goward's grammar.
    Pin(Selector),
    /// A pin that is a `GOTOOLCHAIN` value, which Go honours itself.
    Name(ToolchainName),
    /// A minimum, or a wish for a minor.
    Floor {
        /// What is asked for.
        floor: Floor,
        /// How Go may go up from it.
        mode: Mode,
    },
    /// Nothing above the default selects.
    Nothing,
}

impl Selection {
    /// A selection that no policy has raised.
    pub(crate) fn of(want: Want, source: Source) -> Selection {
        Selection { want, source, raised: false }
    }

    /// The selection that leaves it to the default and what lies below it.
    pub(crate) fn base() -> Selection {
        Selection::of(Want::Nothing, Source::System)
    }
}

impl Piece for Want {
    fn append(&self, text: &mut String) {
        match self {
            Want::Pin(selector) => selector.append(text),
            Want::Name(name) => name.append(text),
            Want::Floor { floor, .. } => floor.append(text),
            Want::Nothing => text.push_str("the default"),
        }
    }
}

text::displayed!(Want);

//! Policy: the least version that the user lets a repository's file ask for.
//!
//! It judges `.goenv`, pin files and module files (levels 3, 5 and 6). It does not judge the user's
//! own words: command line, environment, go/env file, default.

use crate::environment::Environment;
use crate::error::{Code, Error};
use crate::gotoolchain::Gotoolchain;
use crate::printable::quoted;
use crate::selection::{Selection, Want};
use crate::selector::Selector;
use crate::source::Source;
use crate::text;
use crate::version::Version;
use alloc::string::String;

/// The variable that sets it.
pub(crate) const MINIMUM: &str = "GOWARD_MINIMUM";

/// The least version, and who set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minimum {
    /// The version.
    pub version: Version,
    /// Who set it, for messages.
    pub set_by: String,
}

impl Minimum {
    /// What the environment says.
    pub fn of(env: &Environment<'_>) -> Result<Option<Minimum>, Error> {
        let Some(value) = env.get(MINIMUM) else { return Ok(None) };
        // As Go names a release, too.
        let number = value.strip_prefix(b"go").unwrap_or(value);
        let version =
            core::str::from_utf8(number).ok().and_then(Version::parse).ok_or_else(|| {
                let value = quoted(value);
                Error::malformed(text!(
                    "{}={} in the environment is not a Go version\nwrite one such as 1.24.5",
                    MINIMUM,
                    value
                ))
            })?;
        let set_by = text!("{}={} in the environment", MINIMUM, version);
        Ok(Some(Minimum { version, set_by }))
    }

    /// Whether it is this source's place to be judged.
    pub fn judges(source: &Source) -> bool {
        matches!(source, Source::Goenv(_) | Source::PinFile(_) | Source::Module(_))
    }

    /// Why a pin is refused: every version that it can name lies below. To one that leaves room
    /// the minimum is one more that has to be met. `in_goenv` is whether a `.goenv` has the pin, so
    /// that a later one belongs there, too.
    pub fn refusal(&self, selector: &Selector, in_goenv: bool) -> Option<String> {
        let below = match selector {
            Selector::Exact(version) => *version < self.version,
            selector => !selector.may_reach(&self.version),
        };
        below.then(|| {
            let Minimum { version, set_by } = self;
            text!(
                "Go {} is below the least that a repository may ask for ({})\nto pin a later one, \
                 run: {}\nto run this one all the same, name it yourself: go +{}",
                selector,
                set_by,
                pin_later(version, in_goenv),
                as_word(selector)
            )
        })
    }

    /// The way out where it keeps what is installed from meeting a selector.
    pub fn way_past(&self, selector: &Selector) -> String {
        let word = as_word(selector);
        text!("{} forbids what is older, unless you name it: go +{}", self.set_by, word)
    }

    /// Makes of the selection what may be followed.
    pub(crate) fn judge(&self, selection: &mut Selection) -> Result<(), Error> {
        let exact;
        let pinned = match &mut selection.want {
            _ if !Minimum::judges(&selection.source) => return Ok(()),
            Want::Pin(Selector::System | Selector::Linked(_)) | Want::Nothing => return Ok(()),
            Want::Floor { floor, .. } if floor.version >= self.version => return Ok(()),
            Want::Floor { floor, .. } => {
                (floor.version, floor.name, floor.wish) = (self.version.clone(), None, false);
                selection.raised = true;
                return Ok(());
            }
            Want::Name(name) => {
                exact = Selector::Exact(name.version().clone());
                &exact
            }
            Want::Pin(selector) => {
                selection.raised = !matches!(selector, Selector::Exact(_));
                selector
            }
        };
        let in_goenv = matches!(selection.source, Source::Goenv(_));
        match self.refusal(pinned, in_goenv) {
            Some(why) => Err(Error::of(Code::Forbidden, selection.source.clone(), why)),
            None => Ok(()),
        }
    }

    /// Whether a `GOTOOLCHAIN` names a release below it, so that a Go that were given the value
    /// would go down to it.
    pub(crate) fn forbids(&self, gotoolchain: &[u8]) -> bool {
        let name = Gotoolchain::parse(gotoolchain).ok().and_then(|value| value.name);
        name.is_some_and(|name| *name.version() < self.version)
    }
}

/// The command that pins `least` or later, in a `.goenv` if the pin is there.
pub(crate) fn pin_later(least: &Version, in_goenv: bool) -> String {
    text!("goward use {}{}", least.or_later(), if in_goenv { " --goenv" } else { "" })
}

/// A selector as one word for a shell.
pub(crate) fn as_word(selector: &Selector) -> String {
    let quote = if matches!(selector, Selector::Range(_)) { "'" } else { "" };
    text!("{}{}{}", quote, selector, quote)
}

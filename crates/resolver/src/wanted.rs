//! What a directory wants that is not here. Only the manager asks.

use crate::decide::Plan;
use crate::selection::Want;
use crate::selector::Selector;
use crate::source::Source;
use crate::version::Version;

/// A release that is to be installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// One release, or the newest that a selector takes.
    pub selector: Selector,
    /// The least version that will do.
    pub at_least: Option<Version>,
    /// Who wants it.
    pub source: Source,
    /// Whether that is a minimum, which may be raised, and not a pin.
    pub is_floor: bool,
}

impl Plan {
    /// What would have to be installed, also where `GOTOOLCHAIN` keeps `go` from installing it by itself.
    pub fn wanted(&self) -> Option<Wanted> {
        if let Some(miss) = &self.miss {
            return Some(Wanted {
                selector: miss.selector.clone(),
                at_least: miss.at_least.clone(),
                source: miss.source.clone(),
                is_floor: miss.is_floor,
            });
        }
        let (selector, at_least) = match &self.selection.want {
            Want::Pin(Selector::System | Selector::Linked(_)) => return None,
            Want::Pin(selector) if self.target.is_none() => (selector.clone(), None),
            Want::Name(name) if self.target.is_none() && !name.is_custom() => {
                (Selector::Exact(name.version().clone()), None)
            }
            // Resolution has weighed whether a level below meets it.
            Want::Floor { floor, .. } if self.is_unmet() => {
                (floor.selector(), Some(floor.version.clone()))
            }
            _ => return None,
        };
        let is_floor = matches!(self.selection.want, Want::Floor { .. });
        Some(Wanted { selector, at_least, source: self.selection.source.clone(), is_floor })
    }
}

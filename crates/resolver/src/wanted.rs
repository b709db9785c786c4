//! What a directory wants that is not here. Only the manager asks.

use crate::decide::Plan;
use crate::miss::Miss;
use crate::selection::Want;
use crate::selector::Selector;

impl Plan {
    /// What would have to be installed, also where `GOTOOLCHAIN` keeps `go` from installing it by itself.
    pub fn wanted(&self) -> Option<Miss> {
        if let Some(miss) = &self.miss {
            return Some(Miss::clone(miss));
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
        let (source, root) = (self.selection.source.clone(), None);
        let (has_fallback, is_offer) = (false, false);
        Some(Miss { selector, at_least, source, is_floor, has_fallback, is_offer, root })
    }
}

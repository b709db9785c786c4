//! Whether a selector can meet a floor.

use goward_resolver::{Selector, Version};

/// Whether some release that the selector takes meets a floor.
pub(super) fn reaches(says: &Selector, floor: &Version) -> bool {
    match says {
        Selector::Exact(version) => version >= floor,
        says => says.may_reach(floor),
    }
}

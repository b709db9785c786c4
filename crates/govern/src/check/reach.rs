//! Whether a selector can meet a floor.

use goward_resolver::{Selector, Version};

/// Whether some release that the selector takes meets a floor.
pub(super) fn reaches(says: &Selector, floor: &Version) -> bool {
    match says {
        Selector::Exact(version) => version >= floor,
        says => says.may_reach(floor),
    }
}

/// Whether a Go below this floor takes it for advice: before 1.21 it tries to compile a module whose go
/// line is a later `1.N`, and names the line only if that fails. A go line with a patch it cannot read.
pub(super) fn is_advice(floor: &Version) -> bool {
    let bare = floor.as_str().matches('.').count() == 1 && !floor.is_prerelease();
    bare && !floor.knows_gotoolchain()
}

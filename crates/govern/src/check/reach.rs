//! Whether a selector can meet a floor, or another one.

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

/// Whether one takes in the other.
pub(super) fn agree(one: &Selector, other: &Selector) -> bool {
    let contains = |wide: &Selector, narrow: &Selector| match narrow {
        Selector::Exact(version) => wide.matches(version),
        _ => wide == narrow,
    };
    let undecided = |selector: &Selector| matches!(selector, Selector::Range(_) | Selector::Latest);
    // Two that leave room may always meet.
    let open =
        one.exact().is_none() && other.exact().is_none() && (undecided(one) || undecided(other));
    open || contains(one, other) || contains(other, one)
}

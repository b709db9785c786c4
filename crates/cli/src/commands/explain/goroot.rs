//! The effect of an inherited `GOROOT`.

use goward_resolver::{Kind, Launch, Survey, path};

/// What becomes of an inherited `GOROOT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Inherited {
    /// goward does not pass it on: it names another version's tree.
    Dropped(Vec<u8>),
    /// Go gets it, and compiles the standard library of that tree.
    Kept(Vec<u8>),
    /// Go gets it, and fails: it names no Go tree.
    Broken(Vec<u8>),
}

/// The caller's `GOROOT`, if it is set and is not the tree of the toolchain that runs.
pub(super) fn inherited(
    here: &Survey<'_>,
    launch: &Launch,
    goroot: Option<&[u8]>,
) -> Option<Inherited> {
    let host = here.chain.env().host();
    let value = here.chain.env().get("GOROOT")?;
    let change = launch.env.iter().find(|change| change.key == "GOROOT");
    if change.is_some() {
        return Some(Inherited::Dropped(value.to_vec()));
    }
    let same = |tree: &[u8]| {
        let id = |path: &[u8]| host.identity(path);
        path::same_text(host.os(), value, tree) || id(value).is_some() && id(value) == id(tree)
    };
    if goroot.is_some_and(same) {
        return None;
    }
    let library = path::join(host.os(), &path::join(host.os(), value, "src"), "runtime");
    Some(match host.kind(&library) {
        Kind::Absent => Inherited::Broken(value.to_vec()),
        _ => Inherited::Kept(value.to_vec()),
    })
}

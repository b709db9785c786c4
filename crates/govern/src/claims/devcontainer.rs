//! `devcontainer.json`: the image, and the feature that installs a Go.

use super::image::Image;
use super::means::Means;
use super::source::ClaimFile;
use super::{Builds, COMPUTED, ClaimKind, Claims};
use crate::repo::{directory_of, name_of};

/// Adds the claims of a file to none.
pub(super) fn read(claims: &mut Claims, path: &str, bytes: &[u8]) {
    let mut source = ClaimFile { claims, path, directory: project(path), numbers: false };
    let Some(tree) = source.json(bytes) else { return };
    if let Some(image) = tree.get("image") {
        let means = Means::trimmed(image);
        if means.text.contains('$') && means.text.contains("go") {
            source.open(image, COMPUTED);
        } else if Image::parse(&means.text).is_some() {
            let (said, _) = source.images(&[means]);
            source.claim((ClaimKind::Image, Builds::Doubtful), said, None);
        }
    }
    for (feature, options) in tree.get("features").map_or(&[][..], |all| all.entries()) {
        let feature = feature.text().unwrap_or_default();
        if !feature.contains('/') || name_of(feature).split(':').next() != Some("go") {
            continue;
        }
        // The version alone, as older files say it, or a map of options.
        let version = options.get("version").unwrap_or(options);
        match version.text() {
            None | Some("" | "none") => {}
            Some(_) => {
                let said = source.versions(vec![Means::trimmed(version)]);
                source.claim((ClaimKind::Image, Builds::Switching), said, None);
            }
        }
    }
}

/// The directory that is opened in the container: that above `.devcontainer`.
fn project(path: &str) -> &str {
    let dir = directory_of(path);
    let mut above = crate::repo::upwards(dir);
    above.find(|dir| name_of(dir) == ".devcontainer").map_or(dir, directory_of)
}

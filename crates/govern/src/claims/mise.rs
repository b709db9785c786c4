//! The version that a TOML file of mise, vfox or proto names.

use super::{Builds, Claim, ClaimKind, Claims, NO_VERSION, Said};
use crate::finding::Place;
use crate::pins;
use crate::repo::host::RepoHost;
use crate::repo::{directory_of, name_of};

/// Adds the claim of the file.
pub(super) fn read(claims: &mut Claims, host: &RepoHost<'_>, path: &str) {
    let form = pins::FILES.iter().find(|(name, _)| *name == name_of(path));
    let Some((_, form)) = form else { return };
    let statement = match pins::statement(host, &host.path(path), *form) {
        Ok(None) => return,
        Ok(Some(statement)) => statement,
        Err(why) => return claims.unreadable(path, 1, why.why()),
    };
    let line = statement.line.and_then(|line| u32::try_from(line).ok()).unwrap_or(1);
    let at = Place::line(path, line);
    let Some(says) = statement.wants else { return claims.open(at, NO_VERSION) };
    claims.claims.push(Claim {
        kind: ClaimKind::Tool,
        said: vec![Said { text: says.to_string(), says, at }],
        directory: directory_of(path).to_owned(),
        builds: Builds::Switching,
        used: None,
    });
}

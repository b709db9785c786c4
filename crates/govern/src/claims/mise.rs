//! The version that a TOML file of mise, vfox or proto names.

use super::{Builds, Claim, ClaimKind, Claims, NO_VERSION, Said, Uses};
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
    let number = |line: usize| u32::try_from(line).unwrap_or(1);
    let (text, at) = match statement.version {
        Some((text, line, columns)) => (Some(text), Place::part(path, number(line), columns)),
        None => (None, Place::line(path, statement.line.map_or(1, number))),
    };
    let Some(says) = statement.wants else { return claims.open(at, NO_VERSION) };
    claims.claims.push(Claim {
        kind: ClaimKind::Tool,
        said: vec![Said { text: text.unwrap_or_else(|| says.to_string()), says, at, tied: None }],
        uses: Uses::one(Builds::Switching, directory_of(path)),
    });
}

//! The modules of an executable against a demand.

use goward_gobin::{Module, Program};

/// The version of a module: `v1.2.3`, `v1.2`, `v2.0.0+incompatible`.
pub(crate) fn version(text: &str) -> Option<semver::Version> {
    let rest = text.strip_prefix('v')?;
    let end = rest.find(['-', '+']).unwrap_or(rest.len());
    // `v1` and `v1.2` are short forms.
    let short = match rest[..end].matches('.').count() {
        0 => ".0.0",
        1 => ".0",
        _ => "",
    };
    semver::Version::parse(&format!("{}{short}{}", &rest[..end], &rest[end..])).ok()
}

/// Judges the module that was built in for `path`, which may be a replacement.
///
/// # Errors
/// Why the program does not meet the demand.
pub(crate) fn judge(
    program: &Program,
    path: &str,
    fits: impl Fn(&semver::Version) -> bool,
) -> Result<(), String> {
    let found = program.info.deps.iter().find(|module| module.path == path.as_bytes());
    let Some(found) = found else { return Err(format!("{path} is not in it")) };
    let used: &Module = found.replace.as_deref().unwrap_or(found);
    let text = String::from_utf8_lossy(&used.version);
    match version(&text) {
        Some(version) if fits(&version) => Ok(()),
        Some(_) => Err(format!("it has {path} {text}")),
        None => Err(format!("{path} was replaced by {}", String::from_utf8_lossy(&used.path))),
    }
}

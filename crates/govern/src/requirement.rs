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

/// The module of this path in a program.
///
/// # Errors
/// If it is not in it.
pub(crate) fn find<'p>(program: &'p Program, path: &str) -> Result<Module<'p>, String> {
    let all = program.info.modules().deps;
    let found = all.into_iter().find(|module| module.path == path.as_bytes());
    found.ok_or_else(|| format!("{path} is not in it"))
}

/// Judges the version that was built in for `path`, which may be a replacement's.
///
/// # Errors
/// Why the program does not meet the demand.
pub(crate) fn judge(
    program: &Program,
    path: &str,
    fits: impl Fn(&semver::Version) -> bool,
) -> Result<(), String> {
    let found = find(program, path)?;
    let used = found.replace.as_deref().unwrap_or(&found);
    let text = String::from_utf8_lossy(used.version);
    match version(&text) {
        Some(version) if fits(&version) => Ok(()),
        Some(_) => Err(format!("it has {path} {text}")),
        // A directory, or a module of a go.work.
        None => {
            let why = match &found.replace {
                Some(by) => format!("was replaced by {}, and", String::from_utf8_lossy(by.path)),
                None => "is in it, but".to_owned(),
            };
            let said = if text.is_empty() { String::new() } else { format!(" ({text})") };
            Err(format!("{path} {why} has no version{said}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Go compares numbers of any length, and builds not at all; `+incompatible` is the only build that the
    /// version of a module has.
    #[test]
    fn versions_are_in_gos_order() {
        // `e2e::modules` has Go print the same.
        let mut sorted: Vec<&str> = include_str!("requirement/sorted.txt").lines().collect();
        sorted.insert(0, "v0.0.0-20240102030405-abcdefabcdef");
        sorted.extend(["v2.0.0+incompatible", "v2.0.1-pre+incompatible", "v2.0.1+incompatible"]);
        let versions: Vec<_> = sorted.iter().map(|text| version(text).expect(text)).collect();
        for (at, one) in versions.iter().enumerate() {
            for (other_at, other) in versions.iter().enumerate() {
                assert_eq!(one.cmp_precedence(other), at.cmp(&other_at), "{one} {other}");
            }
        }
        for odd in ["", "1.0.0", "master", "v99999999999999999999.0.0"] {
            assert_eq!(version(odd), None, "{odd}");
        }
    }
}

//! Where commands go that change the directory.

/// Commands that go to another directory.
const MOVES: [&str; 5] = ["cd", "pushd", "chdir", "Set-Location", "Push-Location"];

/// Variables in which a system keeps the directory of the files that it has checked out.
const TOPS: [&str; 7] = [
    "GITHUB_WORKSPACE",
    "CI_PROJECT_DIR",
    "TRAVIS_BUILD_DIR",
    "BUILD_SOURCESDIRECTORY",
    "BITBUCKET_CLONE_DIR",
    "CIRRUS_WORKING_DIR",
    "DRONE_WORKSPACE",
];

/// Where a command goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goes {
    /// It stays.
    Nowhere,
    /// To the top of the files that are checked out.
    Top,
    /// To another directory, or to one that is not known.
    Elsewhere,
}

/// Where a path leads.
pub(super) fn of(path: &str) -> Goes {
    let mut parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    if path.starts_with('/') {
        return Goes::Elsewhere;
    }
    let (first, more) = (parts.next(), parts.next());
    let variable = |part: &str| {
        let name = part.strip_prefix('$')?;
        let inside = |ends: [char; 2]| name.strip_prefix(ends[0])?.strip_suffix(ends[1]);
        let name = inside(['{', '}']).or_else(|| inside(['(', ')'])).unwrap_or(name);
        // Of Azure: `$(Build.SourcesDirectory)`.
        let name = name.replace('.', "_").to_uppercase();
        TOPS.contains(&name.as_str()).then_some(())
    };
    match (first, more) {
        (None, _) => Goes::Nowhere,
        (Some(part), None) if variable(part).is_some() => Goes::Top,
        _ => Goes::Elsewhere,
    }
}

/// Where a command of the shell goes.
pub(super) fn of_shell(words: &[String]) -> Goes {
    match words {
        [name, rest @ ..] if MOVES.contains(&name.as_str()) => {
            let to = rest.iter().find(|word| !word.starts_with('-') || *word == "-");
            to.map_or(Goes::Elsewhere, |to| of(to))
        }
        _ => Goes::Nowhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_elsewhere_unless_it_is_here_or_the_top() {
        for (path, wants) in [
            ("", Goes::Nowhere),
            (".", Goes::Nowhere),
            ("./", Goes::Nowhere),
            ("./.", Goes::Nowhere),
            ("$GITHUB_WORKSPACE", Goes::Top),
            ("${GITHUB_WORKSPACE}/", Goes::Top),
            ("$(Build.SourcesDirectory)", Goes::Top),
            ("$GITHUB_WORKSPACE/a", Goes::Elsewhere),
            ("$DIR", Goes::Elsewhere),
            ("a", Goes::Elsewhere),
            ("/", Goes::Elsewhere),
            ("..", Goes::Elsewhere),
            ("-", Goes::Elsewhere),
        ] {
            assert_eq!(of(path), wants, "{path}");
        }
    }
}

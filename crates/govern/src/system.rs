//! The least system that a Go release builds for. Facts of Go's release notes.

use goward_resolver::Version;

/// The least Linux kernel, macOS or Windows for which this release of Go builds; `None` for other
/// systems, and for releases before 1.16.
pub fn least(os: &str, arch: &str, version: &Version) -> Option<&'static str> {
    // Greatest first: the first row that is not newer counts.
    let rows: &[(&str, &str)] = match os {
        "linux" => match arch {
            "loong64" => &[("1.19", "5.19")],
            "ppc64" => &[("1.27", "3.13"), ("1.24", "3.2"), ("1.18", "2.6.32"), ("1.16", "2.6.23")],
            "mips64le" => &[("1.16", "4.8")],
            _ => &[("1.24", "3.2"), ("1.18", "2.6.32"), ("1.16", "2.6.23")],
        },
        "darwin" => &[
            ("1.27", "13"),
            ("1.25", "12"),
            ("1.23", "11"),
            ("1.21", "10.15"),
            ("1.17", "10.13"),
            ("1.16", "10.12"),
        ],
        "windows" => &[("1.21", "10"), ("1.16", "7")],
        _ => &[],
    };
    let minor = version.language();
    rows.iter()
        .find(|(since, _)| Version::parse(since).is_some_and(|since| minor >= since))
        .map(|row| row.1)
}

/// The least Linux kernel for which a glibc with symbols of this version is built, where nothing else is asked
/// of its build: a fact of the release notes of glibc 2.26. `None` for earlier ones.
pub fn least_of_glibc(version: &str) -> Option<&'static str> {
    let mut parts = version.split('.').map(|part| part.parse::<u64>().ok());
    let since = (Some(2), Some(26));
    ((parts.next()?, parts.next()?) >= since).then_some("3.2")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_release_has_its_least_system() {
        let of = |os, arch, version| least(os, arch, &Version::parse(version).unwrap());
        assert_eq!(of("linux", "amd64", "1.23.9"), Some("2.6.32"));
        assert_eq!(of("linux", "amd64", "1.24rc1"), Some("3.2"));
        assert_eq!(of("linux", "loong64", "1.27.3"), Some("5.19"));
        assert_eq!(of("linux", "ppc64", "1.27.3"), Some("3.13"));
        assert_eq!(of("darwin", "arm64", "1.24.1"), Some("11"));
        assert_eq!(of("windows", "amd64", "1.20.1"), Some("7"));
        assert_eq!((of("linux", "amd64", "1.15"), of("plan9", "386", "1.20")), (None, None));
        let of = ["2.2.5", "2.25", "2.26", "2.34", "3.0", "x", ""].map(least_of_glibc);
        assert_eq!(of, [None, None, Some("3.2"), Some("3.2"), Some("3.2"), None, None]);
    }
}

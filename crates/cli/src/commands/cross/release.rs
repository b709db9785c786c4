//! A minor of Go, and what it builds for.

use goward_govern::cross::{Port, ports};
use goward_govern::system::least;
use goward_resolver::Version;
use serde::Serialize;

/// A minor, and what it builds for.
#[derive(Serialize)]
pub(super) struct Release {
    pub(super) minor: String,
    pub(super) linux: Option<&'static str>,
    pub(super) macos: Option<&'static str>,
    pub(super) windows: Option<&'static str>,
    platforms: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    goos: String,
    goarch: String,
    cgo: bool,
    first_class: bool,
    broken: bool,
    minimum_os: Option<&'static str>,
}

impl Release {
    /// Of a minor.
    pub(super) fn of(minor: u16) -> Option<Release> {
        let version = Version::parse(&format!("1.{minor}"))?;
        let of = |os: &str| least(os, "amd64", &version);
        let platform = |port: Port| Row {
            minimum_os: least(&port.target.goos, &port.target.goarch, &version),
            goos: port.target.goos,
            goarch: port.target.goarch,
            cgo: port.cgo,
            first_class: port.first_class,
            broken: port.broken,
        };
        Some(Release {
            minor: version.to_string(),
            linux: of("linux"),
            macos: of("darwin"),
            windows: of("windows"),
            platforms: ports(minor).into_iter().map(platform).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_of_a_minor_are_told() {
        let release = Release::of(27).unwrap();
        let systems = [release.linux, release.macos, release.windows];
        assert_eq!(systems, [Some("3.2"), Some("13"), Some("10")]);
    }
}

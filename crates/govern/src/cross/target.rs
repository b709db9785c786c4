//! A pair of system and processor that Go builds for, as `GOOS/GOARCH`, and which releases know it.

use goward_resolver::Version;
use std::fmt;

/// The oldest minor of the table.
pub const OLDEST: u16 = 16;
/// The newest minor of the table. A later release is judged as this one.
pub const NEWEST: u16 = 27;
/// The minors in which a thing holds: the first, and the first in which it no longer does.
type Span = (u16, u16);
/// It holds to this day.
const ON: u16 = u16::MAX;
/// In every release of the table.
const EVER: Span = (OLDEST, ON);
/// In none.
const NEVER: Span = (ON, ON);

/// A pair that a release builds for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Target {
    /// Go's name of the system.
    pub goos: String,
    /// Go's name of the processor.
    pub goarch: String,
}

impl Target {
    /// The pair that a text such as `linux/arm64` names; `None` if it is no pair of names.
    #[must_use]
    pub fn parse(text: &str) -> Option<Target> {
        let (goos, goarch) = text.split_once('/')?;
        let is_name = |name: &str| {
            let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            (1..=16).contains(&name.len()) && name.bytes().all(is_part)
        };
        let names = is_name(goos) && is_name(goarch);
        names.then(|| Target { goos: goos.to_owned(), goarch: goarch.to_owned() })
    }

    fn of(port: &Row) -> Target {
        Target { goos: port.0.to_owned(), goarch: port.1.to_owned() }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.goos, self.goarch)
    }
}

/// What a release says of a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The pair.
    pub target: Target,
    /// Whether it has cgo there.
    pub cgo: bool,
    /// Whether a failure there stops a release of Go.
    pub first_class: bool,
    /// Whether Go calls it broken.
    pub broken: bool,
}

/// System, processor, and the minors that have the port, that have cgo there, and that call it broken.
type Row = (&'static str, &'static str, Span, Span, Span);

const fn full(goos: &'static str, goarch: &'static str) -> Row {
    (goos, goarch, EVER, EVER, NEVER)
}

const fn without_cgo(goos: &'static str, goarch: &'static str, has: Span) -> Row {
    (goos, goarch, has, NEVER, NEVER)
}

/// Go's ports: `go tool dist list -json -broken` of 1.19 and 1.21 to 1.27, and the release notes of the others.
/// `tests/cross/run` compares. A port that was broken before it ever worked is here from when it does.
const PORTS: [Row; 46] = [
    full("aix", "ppc64"),
    full("android", "386"),
    full("android", "amd64"),
    full("android", "arm"),
    full("android", "arm64"),
    full("darwin", "amd64"),
    full("darwin", "arm64"),
    full("dragonfly", "amd64"),
    full("freebsd", "386"),
    full("freebsd", "amd64"),
    full("freebsd", "arm"),
    full("freebsd", "arm64"),
    ("freebsd", "riscv64", (20, ON), (20, ON), (26, ON)),
    full("illumos", "amd64"),
    full("ios", "amd64"),
    full("ios", "arm64"),
    without_cgo("js", "wasm", EVER),
    full("linux", "386"),
    full("linux", "amd64"),
    full("linux", "arm"),
    full("linux", "arm64"),
    ("linux", "loong64", (19, ON), (19, ON), NEVER),
    full("linux", "mips"),
    full("linux", "mips64"),
    full("linux", "mips64le"),
    full("linux", "mipsle"),
    ("linux", "ppc64", EVER, (27, ON), NEVER),
    full("linux", "ppc64le"),
    full("linux", "riscv64"),
    full("linux", "s390x"),
    full("netbsd", "386"),
    full("netbsd", "amd64"),
    full("netbsd", "arm"),
    full("netbsd", "arm64"),
    full("openbsd", "386"),
    full("openbsd", "amd64"),
    full("openbsd", "arm"),
    full("openbsd", "arm64"),
    ("openbsd", "mips64", (16, 27), (17, 27), (21, 27)),
    without_cgo("openbsd", "ppc64", (22, ON)),
    ("openbsd", "riscv64", (23, ON), (23, ON), NEVER),
    without_cgo("plan9", "386", EVER),
    without_cgo("plan9", "amd64", EVER),
    without_cgo("plan9", "arm", EVER),
    full("solaris", "amd64"),
    without_cgo("wasip1", "wasm", (21, ON)),
];

/// The rest of them: those of Windows.
const WINDOWS: [Row; 4] = [
    full("windows", "386"),
    full("windows", "amd64"),
    ("windows", "arm", (16, 26), NEVER, (24, 26)),
    ("windows", "arm64", (17, ON), (17, ON), NEVER),
];

/// The pairs whose failure stops a release (go.dev/wiki/PortingPolicy).
const FIRST_CLASS: [(&str, &str); 8] = [
    ("darwin", "amd64"),
    ("darwin", "arm64"),
    ("linux", "386"),
    ("linux", "amd64"),
    ("linux", "arm"),
    ("linux", "arm64"),
    ("windows", "386"),
    ("windows", "amd64"),
];

fn rows() -> impl Iterator<Item = &'static Row> {
    PORTS.iter().chain(&WINDOWS)
}

fn holds((first, end): Span, minor: u16) -> bool {
    (first..end).contains(&minor)
}

/// The number of a minor, as far as the table knows: 22 of 1.22.10, and the newest of a later one.
#[must_use]
pub fn minor(version: &Version) -> u16 {
    let text = version.language().to_string();
    let number = text.strip_prefix("1.").and_then(|number| number.parse().ok());
    number.map_or(NEWEST, |number: u16| number.min(NEWEST))
}

/// The ports of a minor, in the order of their names.
#[must_use]
pub fn ports(minor: u16) -> Vec<Port> {
    let has = rows().filter(|row| holds(row.2, minor));
    has.map(|row| Port {
        target: Target::of(row),
        cgo: holds(row.3, minor),
        first_class: FIRST_CLASS.contains(&(row.0, row.1)),
        broken: holds(row.4, minor),
    })
    .collect()
}

/// A port of a minor; `None` if it has none for this pair.
#[must_use]
pub fn port(target: &Target, minor: u16) -> Option<Port> {
    ports(minor).into_iter().find(|port| port.target == *target)
}

/// The minors that have a port for this pair: the first, and the last, unless that is the newest.
#[must_use]
pub fn releases(target: &Target) -> Option<(u16, Option<u16>)> {
    let row = rows().find(|row| Target::of(row) == *target)?;
    Some((row.2.0, (row.2.1 != ON).then(|| row.2.1 - 1)))
}

/// Whether Go's own linker cannot link for this pair, so that even a program without cgo takes a C compiler
/// (`MustLinkExternal` of internal/platform/supported.go).
pub(super) fn takes_linker(target: &Target) -> bool {
    match (target.goos.as_str(), target.goarch.as_str()) {
        ("android", arch) => arch != "arm64",
        ("ios", arch) => arch == "arm64",
        _ => false,
    }
}

/// Whether a program without cgo needs nothing of its system but the kernel. Elsewhere Go's own runtime calls the
/// system's libraries.
pub(super) fn is_static(target: &Target) -> bool {
    ["linux", "freebsd", "netbsd", "dragonfly", "plan9", "js", "wasip1"]
        .contains(&target.goos.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(text: &str) -> Target {
        Target::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn a_pair_is_two_names() {
        assert_eq!(pair("linux/arm64").to_string(), "linux/arm64");
        for text in
            ["", "linux", "/arm64", "linux/", "linux/arm/7", "Linux/arm64", "a b/c", "l\u{1b}/x"]
        {
            assert_eq!(Target::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn ports_come_and_go() {
        for (text, minor, cgo, broken) in [
            ("linux/ppc64", 26, Some(false), false),
            ("linux/ppc64", 27, Some(true), false),
            ("windows/arm", 23, Some(false), false),
            ("windows/arm", 25, Some(false), true),
            ("windows/arm", 26, None, false),
            ("openbsd/mips64", 26, Some(true), true),
            ("openbsd/mips64", 27, None, false),
            ("freebsd/riscv64", 27, Some(true), true),
            ("linux/loong64", 18, None, false),
        ] {
            let port = port(&pair(text), minor);
            assert_eq!(port.as_ref().map(|port| port.cgo), cgo, "{text} {minor}");
            assert_eq!(port.is_some_and(|port| port.broken), broken, "{text} {minor}");
        }
        assert_eq!(releases(&pair("windows/arm")), Some((16, Some(25))));
        assert_eq!(releases(&pair("linux/loong64")), Some((19, None)));
        assert_eq!(releases(&pair("linux/foo")), None);
        assert_eq!(ports(27).iter().filter(|port| port.first_class).count(), 8);
    }

    #[test]
    fn the_minor_of_a_later_release_is_the_newest() {
        let of = |text: &str| minor(&Version::parse(text).unwrap());
        assert_eq!([of("1.22.10"), of("1.27rc1"), of("1.99"), of("1.9")], [22, 27, 27, 9]);
    }
}

//! Whether cgo is on, and why: the rule of `defaultContext` in cmd/go/internal/cfg/cfg.go.

use super::command::Setter;
use super::target::Target;
use goward_resolver::Version;

/// The first release that switches cgo off where the default compiler is not on PATH.
const LOOKS: &str = "1.20";

/// Why cgo is on or off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// `CGO_ENABLED` says so.
    Set(Setter),
    /// It is another system or processor than Go's own, and `CGO_ENABLED` is not set.
    Cross,
    /// This port has no cgo.
    Port,
    /// There is no compiler of that name on PATH, and the environment names no other.
    NoCompiler(&'static str),
    /// It is Go's own system and processor.
    Native,
    /// The Go that is asked was built with another default.
    Built,
}

impl Why {
    /// Its name in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Why::Set(_) => "set",
            Why::Cross => "cross",
            Why::Port => "port",
            Why::NoCompiler(_) => "no-compiler",
            Why::Native => "native",
            Why::Built => "built",
        }
    }
}

/// What the rule looks at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight<'a> {
    /// The release that decides; `None` is one that is not known, and counts as new.
    pub(super) version: Option<&'a Version>,
    /// Whether it is Go's own system and processor.
    pub(super) native: bool,
    /// Whether the port has cgo.
    pub(super) supported: bool,
    /// Whether the environment of the process sets `CC`. A go/env file does not count here.
    pub(super) names_compiler: bool,
    /// The default compiler.
    pub(super) usual: &'static str,
    /// Whether that is on PATH.
    pub(super) has_usual: bool,
}

/// The default of `CGO_ENABLED`.
pub(super) fn usually(sight: &Sight<'_>) -> (bool, Why) {
    let looks = Version::parse(LOOKS);
    let looks = sight.version.is_none_or(|version| Some(version.language()) >= looks);
    match sight {
        Sight { native: false, .. } => (false, Why::Cross),
        Sight { supported: false, .. } => (false, Why::Port),
        Sight { names_compiler: false, has_usual: false, usual, .. } if looks => {
            (false, Why::NoCompiler(usual))
        }
        _ => (true, Why::Native),
    }
}

/// The compiler that Go calls where nothing names one (`DefaultCC`, made by cmd/dist).
pub(super) fn usual_compiler(goos: &str) -> &'static str {
    match ["darwin", "ios", "freebsd", "openbsd"].contains(&goos) {
        true => "clang",
        false => "gcc",
    }
}

/// The flags by which Go tells a compiler the processor (`gccArchArgs` of cmd/go/internal/work/exec.go), and what
/// goes to every call. `soft` is whether `GOMIPS` or `GOMIPS64` says `softfloat`.
pub(super) fn flags(target: &Target, minor: u16, soft: bool) -> Vec<&'static str> {
    let (goos, goarch) = (target.goos.as_str(), target.goarch.as_str());
    let mut flags = if goos == "windows" { Vec::new() } else { vec!["-fPIC"] };
    let of_processor: &[&str] = match (goarch, goos) {
        ("386", _) => &["-m32"],
        ("amd64", "darwin") => &["-arch", "x86_64", "-m64"],
        ("amd64", _) => &["-m64"],
        ("arm64", "darwin") => &["-arch", "arm64"],
        ("arm", _) => &["-marm"],
        ("s390x", _) if minor >= 25 => &["-m64", "-march=z13"],
        ("s390x", _) => &["-m64", "-march=z196"],
        ("mips64" | "mips64le", _) if soft => &["-mabi=64", "-msoft-float"],
        ("mips64" | "mips64le", _) => &["-mabi=64", "-mhard-float"],
        ("mips" | "mipsle", _) if soft => &["-mabi=32", "-march=mips32", "-msoft-float"],
        ("mips" | "mipsle", _) => {
            &["-mabi=32", "-march=mips32", "-mhard-float", "-mfp32", "-mno-odd-spreg"]
        }
        ("loong64", _) if minor >= 27 => &["-mabi=lp64d", "-mno-relax"],
        ("loong64", _) => &["-mabi=lp64d"],
        ("ppc64", "aix") => &["-maix64"],
        _ => &[],
    };
    flags.extend(of_processor);
    flags.push(if goos == "windows" && minor < 27 { "-mthreads" } else { "-pthread" });
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_gos() {
        let old = Version::parse("1.19.13");
        let new = Version::parse("1.20");
        let all = Sight {
            version: new.as_ref(),
            native: true,
            supported: true,
            names_compiler: false,
            usual: "gcc",
            has_usual: true,
        };
        assert_eq!(usually(&all), (true, Why::Native));
        // A compiler that is named changes nothing for another system.
        let cross = Sight { native: false, names_compiler: true, ..all };
        assert_eq!(usually(&cross), (false, Why::Cross));
        assert_eq!(usually(&Sight { supported: false, ..all }), (false, Why::Port));
        let lacking = Sight { has_usual: false, ..all };
        assert_eq!(usually(&lacking), (false, Why::NoCompiler("gcc")));
        assert_eq!(usually(&Sight { version: None, ..lacking }), (false, Why::NoCompiler("gcc")));
        assert_eq!(usually(&Sight { version: old.as_ref(), ..lacking }), (true, Why::Native));
        assert_eq!(usually(&Sight { names_compiler: true, ..lacking }), (true, Why::Native));
    }

    #[test]
    fn compilers_are_told_the_processor() {
        for (pair, minor, expected) in [
            ("linux/386", 27, "-fPIC -m32 -pthread"),
            ("windows/amd64", 27, "-m64 -pthread"),
            ("windows/amd64", 26, "-m64 -mthreads"),
            ("linux/arm64", 27, "-fPIC -pthread"),
            ("linux/loong64", 26, "-fPIC -mabi=lp64d -pthread"),
            ("linux/s390x", 24, "-fPIC -m64 -march=z196 -pthread"),
            ("linux/mips64le", 27, "-fPIC -mabi=64 -msoft-float -pthread"),
        ] {
            let target = Target::parse(pair).unwrap();
            assert_eq!(flags(&target, minor, true).join(" "), expected, "{pair}");
        }
        assert_eq!((usual_compiler("darwin"), usual_compiler("linux")), ("clang", "gcc"));
    }
}

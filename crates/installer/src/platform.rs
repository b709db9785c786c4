//! Platforms: Go's names for operating systems and architectures.

use std::fmt;
use std::sync::OnceLock;

/// The GOARCH of the machine, once it is set.
static MACHINE: OnceLock<String> = OnceLock::new();

/// A pair of GOOS and GOARCH, such as `linux/amd64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    os: String,
    arch: String,
}

impl Platform {
    /// The platform of this machine: the one that this program was built for, unless
    /// [`Platform::set_host_arch`] said otherwise.
    pub fn host() -> Platform {
        let mut platform = Platform::built_for();
        if let Some(arch) = MACHINE.get() {
            platform.arch.clone_from(arch);
        }
        platform
    }

    /// Sets the GOARCH of the machine, which may differ from the one that this program was built
    /// for: an amd64 program runs on an arm64 Mac, too. Only the first call counts.
    pub fn set_host_arch(arch: &str) {
        let _ = MACHINE.set(arch.to_owned());
    }

    fn built_for() -> Platform {
        let os = match std::env::consts::OS {
            "macos" => "darwin",
            os => os,
        };
        let little = cfg!(target_endian = "little");
        let arch = match (std::env::consts::ARCH, little) {
            ("x86_64", _) => "amd64",
            ("x86", _) => "386",
            ("aarch64", _) => "arm64",
            ("loongarch64", _) => "loong64",
            ("powerpc64", true) => "ppc64le",
            ("powerpc64", false) => "ppc64",
            ("mips", true) => "mipsle",
            ("mips64", true) => "mips64le",
            (arch, _) => arch,
        };
        Platform { os: os.into(), arch: arch.into() }
    }

    /// Parses `GOOS/GOARCH` or `GOOS-GOARCH`. Any lower-case words are accepted, since Go gains
    /// platforms; `armv6l`, as archive names have it, means GOARCH `arm`.
    pub fn parse(text: &str) -> Option<Platform> {
        let (os, arch) = text.split_once(['/', '-'])?;
        let word = |text: &str| {
            (1..=16).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        let arch = if arch == "armv6l" { "arm" } else { arch };
        (word(os) && word(arch)).then(|| Platform { os: os.into(), arch: arch.into() })
    }

    /// GOOS.
    pub fn os(&self) -> &str {
        &self.os
    }

    /// GOARCH.
    pub fn arch(&self) -> &str {
        &self.arch
    }

    /// Whether this is the platform of this machine.
    pub fn is_host(&self) -> bool {
        *self == Platform::host()
    }

    /// The ending of a toolchain's name in the store: nothing for the host, `.windows-arm64` for a
    /// foreign platform.
    pub fn store_suffix(&self) -> String {
        if self.is_host() { String::new() } else { format!(".{}-{}", self.os, self.arch) }
    }

    /// Whether an index entry with these fields is for this platform. For 32-bit ARM the index
    /// says `armv6l` on Linux always and elsewhere up to Go 1.22, then `arm`.
    pub(crate) fn answers_to(&self, os: &str, arch: &str) -> bool {
        self.os == os && (self.arch == arch || (self.arch == "arm" && arch == "armv6l"))
    }

    /// The ending of the names of archives for this platform on go.dev: `linux-amd64.tar.gz`.
    pub(crate) fn archive_suffix(&self) -> String {
        let extension = if self.os == "windows" { "zip" } else { "tar.gz" };
        format!("{}-{}.{extension}", self.os, self.archive_arch())
    }

    /// The architecture in the names of archives for this platform on go.dev.
    pub(crate) fn archive_arch(&self) -> &str {
        // `cmd/distpack` names 32-bit ARM after GOARM on Linux, where the default is 6.
        if self.arch == "arm" && self.os == "linux" { "armv6l" } else { &self.arch }
    }

    /// The suffix of executable files.
    pub(crate) fn executable_suffix(&self) -> &'static str {
        if self.os == "windows" { ".exe" } else { "" }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.arch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_gos() {
        let arm = Platform::parse("linux-armv6l").unwrap();
        assert_eq!(arm.to_string(), "linux/arm");
        assert!(arm.answers_to("linux", "armv6l") && arm.answers_to("linux", "arm"));
        assert!(!arm.answers_to("linux", "arm64") && !arm.answers_to("windows", "arm"));
        let foreign = Platform::parse("plan9/arm64").unwrap();
        assert_eq!(foreign.store_suffix(), ".plan9-arm64");
        assert_eq!(Platform::host().store_suffix(), "");
        assert_eq!(arm.archive_suffix(), "linux-armv6l.tar.gz");
        assert_eq!(Platform::parse("windows/arm").unwrap().archive_suffix(), "windows-arm.zip");
        for bad in ["linux", "linux/", "/amd64", "Linux/amd64", "linux/../x", "linux/a b"] {
            assert!(Platform::parse(bad).is_none(), "{bad}");
        }
    }
}

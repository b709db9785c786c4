//! Whether another processor imitates the one that goward was built for: all that it starts is slow then.

use goward_resolver::Os;
use std::path::Path;

/// In bytes: the most of `/proc/cpuinfo` that is read.
#[cfg(target_os = "linux")]
const LIMIT: usize = 1 << 20;
/// Apple's translator, which Macs with a processor of Apple's alone have.
const ROSETTA: &str = "/Library/Apple/usr/libexec/oah/libRosettaRuntime";

/// The processor that is imitated, in Go's words, and the means.
pub(super) fn emulated(os: Os) -> Option<(String, &'static str)> {
    let arch = std::env::consts::ARCH;
    #[cfg(target_os = "linux")]
    let info = goward_installer::read::read_text(Path::new("/proc/cpuinfo"), LIMIT);
    #[cfg(not(target_os = "linux"))]
    let info: std::io::Result<String> = Ok(String::new());
    let means = by(os, arch, &info.unwrap_or_default(), Path::new(ROSETTA).exists())?;
    let built_for = goward_installer::Platform::host().to_string();
    Some((built_for, means))
}

/// The means, by what the kernel says of the processor: its own fields, whatever the program was built for. qemu imitates
/// the file for some processors, and is not seen then.
fn by(os: Os, arch: &str, info: &str, has_rosetta: bool) -> Option<&'static str> {
    let has = |field: &str| info.lines().any(|line| line.starts_with(field));
    match (os, arch) {
        (Os::MacOs, "x86_64") if has_rosetta => Some("Rosetta"),
        (Os::Linux, "x86_64") if info.contains("VirtualApple") => Some("Rosetta"),
        (Os::Linux, "x86_64") if has("CPU implementer") => Some("qemu"),
        (Os::Linux, "x86_64") => None,
        (Os::Linux, _) if has("vendor_id\t: GenuineIntel") || has("vendor_id\t: AuthenticAMD") => {
            Some("qemu")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_processor_shows_in_the_words_of_the_kernel() {
        let intel = "processor\t: 0\nvendor_id\t: GenuineIntel\n";
        let arm = "processor\t: 0\nCPU implementer\t: 0x61\n";
        let apple = "processor\t: 0\nvendor_id\t: VirtualApple\n";
        for (os, arch, info, rosetta, means) in [
            (Os::Linux, "x86_64", intel, false, None),
            (Os::Linux, "aarch64", intel, false, Some("qemu")),
            (Os::Linux, "aarch64", arm, false, None),
            (Os::Linux, "x86_64", arm, false, Some("qemu")),
            (Os::Linux, "x86_64", apple, false, Some("Rosetta")),
            (Os::MacOs, "x86_64", "", true, Some("Rosetta")),
            (Os::MacOs, "x86_64", "", false, None),
            (Os::MacOs, "aarch64", "", true, None),
            (Os::Windows, "x86_64", "", false, None),
        ] {
            assert_eq!(by(os, arch, info, rosetta), means, "{os:?} {arch} {info}");
        }
    }
}

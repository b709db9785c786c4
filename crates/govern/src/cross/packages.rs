//! Cross compilers by the names that Debian gives them, with the packages that bring them, and the names that zig has
//! for targets. Each row has made a program with cgo in `tests/cross/run`.

use super::command::Command;
use super::target::Target;
use goward_installer::read;
use std::path::Path;

/// System and processor, the compiler, and Debian's packages.
type Row = (&'static str, &'static str, &'static str, &'static str);

/// Debian's packages; those that end in `-cross` bring the C library.
const DEBIAN: [Row; 13] = [
    ("linux", "386", "i686-linux-gnu-gcc", "gcc-i686-linux-gnu libc6-dev-i386-cross"),
    ("linux", "arm64", "aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu libc6-dev-arm64-cross"),
    ("linux", "mips", "mips-linux-gnu-gcc", "gcc-mips-linux-gnu libc6-dev-mips-cross"),
    (
        "linux",
        "mips64",
        "mips64-linux-gnuabi64-gcc",
        "gcc-mips64-linux-gnuabi64 libc6-dev-mips64-cross",
    ),
    (
        "linux",
        "mips64le",
        "mips64el-linux-gnuabi64-gcc",
        "gcc-mips64el-linux-gnuabi64 libc6-dev-mips64el-cross",
    ),
    ("linux", "mipsle", "mipsel-linux-gnu-gcc", "gcc-mipsel-linux-gnu libc6-dev-mipsel-cross"),
    (
        "linux",
        "ppc64le",
        "powerpc64le-linux-gnu-gcc",
        "gcc-powerpc64le-linux-gnu libc6-dev-ppc64el-cross",
    ),
    ("linux", "riscv64", "riscv64-linux-gnu-gcc", "gcc-riscv64-linux-gnu libc6-dev-riscv64-cross"),
    ("linux", "s390x", "s390x-linux-gnu-gcc", "gcc-s390x-linux-gnu libc6-dev-s390x-cross"),
    ("windows", "386", "i686-w64-mingw32-gcc", "gcc-mingw-w64-i686"),
    ("windows", "amd64", "x86_64-w64-mingw32-gcc", "gcc-mingw-w64-x86-64"),
    // Of GOARM 7, and then of 5 and 6, which have no hardware for floating point, or another.
    ("linux", "arm", "arm-linux-gnueabihf-gcc", "gcc-arm-linux-gnueabihf libc6-dev-armhf-cross"),
    ("linux", "arm", "arm-linux-gnueabi-gcc", "gcc-arm-linux-gnueabi libc6-dev-armel-cross"),
];

/// What zig calls targets for which it brings a C library.
const ZIG: [(&str, &str, &str); 3] = [
    ("linux", "amd64", "x86_64-linux-musl"),
    ("linux", "arm64", "aarch64-linux-musl"),
    ("windows", "amd64", "x86_64-windows-gnu"),
];

/// The largest `/etc/os-release`, in bytes.
const LONGEST: usize = 64 << 10;

/// Debian's row for a target. `GOARM` chooses between two for arm.
fn row(target: &Target, goarm: &str) -> Option<&'static Row> {
    let of_target = |row: &&Row| (row.0, row.1) == (target.goos.as_str(), target.goarch.as_str());
    let mut rows = DEBIAN.iter().filter(of_target);
    match target.goarch == "arm" && !goarm.starts_with('7') {
        true => rows.nth(1),
        false => rows.next(),
    }
}

/// The compilers for a target that may be on PATH, the best first.
pub(super) fn compilers(target: &Target, goarm: &str) -> Vec<Command> {
    let gcc = row(target, goarm).map(|row| Command::of(&[row.2]));
    let of_target = |row: &&(&str, &str, &str)| {
        (row.0, row.1) == (target.goos.as_str(), target.goarch.as_str())
    };
    let zig = ZIG.iter().find(of_target);
    let zig = zig.map(|row| Command::of(&["zig", "cc", "-target", row.2]));
    gcc.into_iter().chain(zig).collect()
}

/// Debian's packages with a compiler for a target. `native` is whether this machine is one.
pub(super) fn debian(target: &Target, goarm: &str, native: bool) -> Option<&'static str> {
    match native {
        true => Some("gcc libc6-dev"),
        false => row(target, goarm).map(|row| row.3),
    }
}

/// Whether this machine has Debian's packages, or those of a relative.
pub(super) fn is_debian() -> bool {
    let text = read::read(Path::new("/etc/os-release"), LONGEST).unwrap_or_default();
    names_debian(&String::from_utf8_lossy(&text))
}

fn names_debian(text: &str) -> bool {
    let value = |line: &str| {
        let value = line.strip_prefix("ID=").or(line.strip_prefix("ID_LIKE="))?;
        Some(value.trim_matches(['"', '\'']).to_owned())
    };
    let mut values = text.lines().filter_map(value);
    values.any(|value| value.split(' ').any(|word| word == "debian"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found() {
        let of = |pair: &str, goarm: &str| {
            let target = Target::parse(pair).unwrap();
            let all = compilers(&target, goarm);
            let names: Vec<String> = all.iter().map(Command::shown).collect();
            (names.join(", "), debian(&target, goarm, false))
        };
        assert_eq!(
            of("linux/arm64", "7"),
            (
                "aarch64-linux-gnu-gcc, zig cc -target aarch64-linux-musl".to_owned(),
                Some("gcc-aarch64-linux-gnu libc6-dev-arm64-cross")
            )
        );
        assert_eq!(of("linux/arm", "7,hardfloat").0, "arm-linux-gnueabihf-gcc");
        assert_eq!(of("linux/arm", "6").0, "arm-linux-gnueabi-gcc");
        assert_eq!(of("darwin/arm64", ""), (String::new(), None));
    }

    #[test]
    fn relatives_of_debian_are_known() {
        for (text, expected) in [
            ("NAME=x\nID=debian\n", true),
            ("ID=ubuntu\nID_LIKE=debian\n", true),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", true),
            ("ID=fedora\n", false),
            ("ID=alpine\nHOME_URL=https://debian\n", false),
            ("", false),
        ] {
            assert_eq!(names_debian(text), expected, "{text:?}");
        }
    }
}

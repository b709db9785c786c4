//! Tar archives with the right digest and bad content: only the unpacker protects the user.

use crate::dist::{NAME, World, chain, toolchain};
use goward_installer::ErrorKind;
use goward_testkit::tar::{Tar, gzip};

/// The id of the case, its addition to a toolchain, and a part of the message.
type Case = (&'static str, fn(&mut Tar) -> &mut Tar, &'static str);

const REFUSED: &[Case] = &[
    ("B81", |t| t.file("go/../x", b""), ". or .."),
    ("B81 top", |t| t.file("../x", b""), ". or .."),
    ("B82", |t| t.file("/etc/x", b""), "absolute"),
    ("B83", |t| t.file("go//tmp/x", b""), "empty component"),
    ("B84", |t| t.link("go/x", b'2', "/etc"), "neither a file nor a directory"),
    ("B85", |t| t.link("go/x", b'2', "/tmp").file("go/x/y", b""), "neither a file"),
    ("B86", |t| t.link("go/x", b'2', "/tmp").directory("go/x"), "neither a file"),
    ("B87", |t| t.link("go/x", b'1', "go/VERSION"), "neither a file nor a directory"),
    ("B88", |t| t.entry(b"go/x", b'6', 0o644, b""), "neither a file nor a directory"),
    ("B89 char", |t| t.entry(b"go/x", b'3', 0o644, b""), "neither a file nor a directory"),
    ("B89 block", |t| t.entry(b"go/x", b'4', 0o644, b""), "neither a file nor a directory"),
    ("B90", |t| t.entry(b"go/x", b'0', 0o6755, b""), "set-user-ID"),
    ("B92", |t| t.file("go/VERSION", b"go1.22.10\n"), "would be one file"),
    ("B93", |t| t.file("go/x", b"").file("go/x/y", b""), "would be one file"),
    ("B93 dir", |t| t.directory("go/x").file("go/x", b""), "would be one file"),
    ("B94", |t| t.file("go/version", b""), "would be one file"),
    ("B94 dir", |t| t.file("go/SRC/x", b""), "would be one file"),
    ("B95", |t| t.file("go/e\u{301}", b""), "decomposed"),
    ("B96", |t| t.file("go/a\x1b[31m", b""), "not every system allows"),
    ("B97", |t| t.file("go/..\\..\\x", b""), "not every system allows"),
    (
        "B98",
        |t| {
            let long = format!("go/{}", "x".repeat(301));
            t.pax(b'x', &[("path", &long)]).file("go/short", b"")
        },
        "too long a component",
    ),
    (
        "B99",
        |t| {
            let deep = format!("go{}", "/d".repeat(32));
            t.file(&deep, b"")
        },
        "too deep",
    ),
    ("B100", |t| t.pax(b'x', &[("size", "1024")]).file("go/x", &[b'x'; 512]), "differ in size"),
    (
        "B101",
        |t| t.pax(b'x', &[("size", "0")]).entry(b"x", b'L', 0o644, b"go/long\0").file("go/x", b"a"),
        "more than one extended header",
    ),
    ("B102", |t| t.entry(b"pax", b'x', 0o644, b"30 path=go/x\n").file("go/y", b""), "PAX"),
    ("B102 length", |t| t.entry(b"pax", b'x', 0o644, b"path=go/x\n"), "malformed"),
    ("B102 twice", |t| t.pax(b'x', &[("path", "go/a"), ("path", "go/b")]), "twice"),
    ("B103", |t| t.pax(b'g', &[("path", "go/evil")]), "global PAX"),
    ("B103 size", |t| t.pax(b'g', &[("size", "1")]), "global PAX"),
    ("B104", |t| t.entry(b"go/x", b'S', 0o644, b""), "neither a file nor a directory"),
    (
        "B104 PAX",
        |t| t.pax(b'x', &[("GNU.sparse.major", "1")]).file("go/x", b""),
        "sparse files are refused",
    ),
    ("B105", |t| t.file("other/x", b""), "not below go/"),
    ("B106", |t| t.file(".goward/receipt.json", b"{}"), "not below go/"),
    ("B107 device", |t| t.file("go/CON", b""), "device"),
    ("B107 colon", |t| t.file("go/a:b", b""), "not every system allows"),
    ("B107 dot", |t| t.file("go/a.", b""), "ends with a dot"),
    (
        "B108",
        |t| {
            let long = "x".repeat(128 << 10);
            t.pax(b'x', &[("comment", &long)]).file("go/x", b"")
        },
        "an extended header has",
    ),
    ("dangling PAX", |t| t.pax(b'x', &[("path", "go/x")]), "has no entry after it"),
    ("file as top", |t| t.file("go", b""), "go is a file"),
    ("file/", |t| t.file("go/x/", b""), "name of a directory"),
    ("directory with content", |t| t.entry(b"go/d", b'5', 0o755, b"x"), "has content"),
    ("not UTF-8", |t| t.entry(b"go/\xff", b'0', 0o644, b""), "not UTF-8"),
    // Headers that two readers could understand differently; one of the two is Go's, or the tar
    // crate.
    (
        "size of 2^64 + 1",
        |t| plain(t).edit(124, &[0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]).content(b"x"),
        "the size in a tar header is no number",
    ),
    ("sign of a size", |t| plain(t).edit(124, b"+0000000001").content(b"x"), "is no number"),
    ("negative size", |t| plain(t).edit(124, &[0xff; 12]).content(b"x"), "overflow"),
    ("sign of a mode", |t| plain(t).edit(100, b"+000755").content(b"x"), "the mode in a tar"),
    ("sign of a user", |t| plain(t).edit(108, b"+000000").content(b"x"), "the user in a tar"),
    ("time in words", |t| plain(t).edit(136, b"yesterday").content(b"x"), "the time in a tar"),
    ("number with a gap", |t| plain(t).edit(100, b"0644\x00044").content(b"x"), "is no number"),
    ("name with a gap", |t| t.entry(b"go/x\0.sh", b'0', 0o644, b""), "bytes after its end"),
    ("prefix with a gap", |t| plain(t).edit(345, b"go\0x").content(b"x"), "bytes after its end"),
    ("star's prefix", |t| plain(t).edit(508, b"tar\0").content(b"x"), "padding in a tar header"),
    ("other format", |t| plain(t).edit(263, b"  ").content(b"x"), "format in a tar header"),
    (
        "prefix for some",
        |t| plain(t).edit(257, b"ustar  \0").edit(345, b"evil").content(b"x"),
        "time of access in a tar header",
    ),
    (
        "sign of a record",
        |t| t.entry(b"pax", b'x', 0o644, b"+15 path=go/ab\n").file("go/y", b""),
        "malformed",
    ),
    (
        "octal record",
        |t| t.entry(b"pax", b'x', 0o644, b"015 path=go/ab\n").file("go/y", b""),
        "malformed",
    ),
    (
        "record without a key",
        |t| t.entry(b"pax", b'x', 0o644, b"8 =go/a\n").file("go/y", b""),
        "malformed",
    ),
    ("sign of a PAX size", |t| t.pax(b'x', &[("size", "+1")]).file("go/x", b"x"), "no number"),
    ("octal PAX size", |t| t.pax(b'x', &[("size", "01")]).file("go/x", b"x"), "no number"),
    ("empty PAX size", |t| t.pax(b'x', &[("size", "")]).file("go/x", b"x"), "no number"),
    ("empty PAX path", |t| t.pax(b'x', &[("path", "")]).file("go/x", b"x"), "empty component"),
    (
        "forgotten header",
        |t| t.pax(b'x', &[("path", "go/a")]).pax(b'g', &[("comment", "c")]).file("go/b", b""),
        "more than one extended header",
    ),
    (
        "sparse by star",
        |t| t.pax(b'x', &[("SCHILY.realsize", "9")]).file("go/x", b""),
        "sparse files are refused",
    ),
    (
        "sparse for all",
        |t| t.pax(b'g', &[("GNU.sparse.major", "1")]).file("go/x", b""),
        "sparse files are refused",
    ),
    // Names that are the same for file systems that normalize, fold case, or ignore characters.
    ("ligature", |t| t.file("go/file", b"").file("go/\u{fb01}LE", b""), "would be one file"),
    ("wide", |t| t.file("go/a", b"").file("go/\u{ff21}", b""), "would be one file"),
    ("final sigma", |t| t.file("go/\u{3c2}", b"").file("go/\u{3c3}", b""), "would be one file"),
    ("superscript", |t| t.file("go/x2/y", b"").file("go/x\u{b2}/z", b""), "would be one file"),
    (
        "composed",
        |t| t.file("go/\u{915}\u{93c}", b"").file("go/\u{958}", b""),
        "has a decomposed character",
    ),
    (
        "presentation form",
        |t| t.file("go/\u{5e9}\u{5c1}", b"").file("go/\u{fb2a}", b""),
        "has a decomposed character",
    ),
    ("compatible", |t| t.file("go/\u{f900}", b""), "has a decomposed character"),
    ("soft hyphen", |t| t.file("go/VER\u{ad}SION", b""), "has an invisible character"),
    ("variation selector", |t| t.file("go/VERSION\u{fe0f}", b""), "has an invisible character"),
    ("tag", |t| t.file("go/VERSION\u{e0041}", b""), "has an invisible character"),
    ("device with a superscript", |t| t.file("go/COM\u{b9}", b""), "device"),
    ("console", |t| t.file("go/src/CONIN$", b""), "device"),
    ("short name", |t| t.file("go/GIT~1/config", b""), "short name"),
];

/// The header of a file of one byte.
fn plain(tar: &mut Tar) -> &mut Tar {
    tar.header(b"go/x", b'0', 0o644, 1)
}

#[test]
fn hostile_tarballs_are_refused_and_leave_nothing() {
    for (id, add, says) in REFUSED {
        let mut tar = toolchain();
        add(&mut tar);
        let error = World::with_archive(&tar.gz(), "tar.gz").fails();
        assert_eq!(error.kind(), ErrorKind::Verification, "{id}: {}", chain(&error));
        assert!(chain(&error).contains(says), "{id}: {}", chain(&error));
        assert!(!chain(&error).contains('\x1b'), "{id}: {}", chain(&error));
    }
}

#[test]
fn b117_too_many_entries() {
    let mut tar = toolchain();
    // Noise, so that the archive does not look like a bomb before it has too many entries.
    let mut state = 1_u64;
    let noise = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    tar.file("go/noise", &noise.take(250_000).flatten().collect::<Vec<_>>());
    for _ in 0..60_000 {
        tar.directory("go/again/");
    }
    let error = World::with_archive(&tar.gz(), "tar.gz").fails();
    assert!(chain(&error).contains("more than 60000 entries"), "{}", chain(&error));
}

#[test]
fn incomplete_or_wrong_toolchains_are_refused() {
    let mut tar = Tar::empty();
    tar.file("go/VERSION", b"go1.22.10\n");
    let error = World::with_archive(&tar.gz(), "tar.gz").fails();
    assert!(chain(&error).contains("has no bin/go"), "{}", chain(&error));

    // B155: the archive of another version.
    let mut bytes = toolchain().bytes();
    let at = bytes.windows(9).position(|window| window == b"go1.22.10").unwrap();
    bytes[at + 8] = b'1';
    let error = World::with_archive(&gzip(&bytes), "tar.gz").fails();
    assert!(chain(&error).contains("holds go1.22.11 according"), "{}", chain(&error));
}

#[cfg(unix)]
#[test]
fn good_tarballs_are_installed_with_plain_modes() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    let mut tar = toolchain();
    // B91, and other things that honest archives have: PAX times, long names, comments, implied
    // directories, names beyond ASCII.
    tar.entry(b"go/wild", b'0', 0o777, b"w").entry(b"go/private", b'0', 0o600, b"p");
    tar.pax(b'g', &[("comment", "made by hand")]);
    let long = format!("go/{}/{}/file", "a".repeat(90), "b".repeat(90));
    tar.pax(b'x', &[("mtime", "1.5"), ("path", &long)]).file("go/short", b"long");
    tar.entry(b"././@LongLink", b'L', 0o644, format!("{long}2\0").as_bytes()).file("go/s", b"2");
    tar.file("go/test/Äfoo.go", b"package p");
    let world = World::with_archive(&tar.gz(), "tar.gz");
    let installed = world.install().unwrap();

    let mode = |path: &str| {
        let path = installed.directory.join(path);
        fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
    };
    for (path, query) in [
        ("wild", 0o755),
        ("private", 0o644),
        ("bin/go", 0o755),
        ("VERSION", 0o644),
        ("src/cmd", 0o755),
        ("", 0o755),
    ] {
        assert_eq!(mode(path) & 0o7077, query & 0o7077, "{path}");
    }
    let long = long.strip_prefix("go/").unwrap();
    assert_eq!(fs::read(installed.directory.join(long)).unwrap(), b"long");
    assert_eq!(fs::read(installed.directory.join(format!("{long}2"))).unwrap(), b"2");
    assert_eq!(fs::read(installed.directory.join("test/Äfoo.go")).unwrap(), b"package p");

    let link = world.store.shims_dir().join(NAME);
    assert_eq!(fs::read_link(&link).unwrap().to_str(), Some("../toolchains/go1.22.10/bin/go"));
    assert!(fs::canonicalize(&link).unwrap().ends_with("toolchains/go1.22.10/bin/go"));
    let receipt = world.store.receipt(NAME).unwrap().unwrap();
    assert_eq!((receipt.files().0, receipt.platform), (11, installed_platform()));
    assert_eq!(fs::read_dir(world.store.root().join("state/staging")).unwrap().count(), 0);
}

#[cfg(unix)]
fn installed_platform() -> String {
    goward_installer::Platform::host().to_string()
}

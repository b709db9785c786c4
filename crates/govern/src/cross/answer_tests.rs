//! How programs are linked, and the line of variables.

use super::*;

#[test]
fn the_line_sets_all_that_the_build_needs() {
    let target = |pair: &str| Target::parse(pair).unwrap();
    let of = |pair: &str, goarm: &str, words: Option<&[&str]>| {
        let command = words.map(Command::of);
        line(&target(pair), goarm, command.as_ref())
    };
    let told = |text: &str| Some(text.to_owned());
    assert_eq!(of("linux/arm64", "", None), told("GOOS=linux GOARCH=arm64 CGO_ENABLED=0"));
    assert_eq!(
        of("linux/amd64", "", Some(&["gcc"])),
        told("GOOS=linux GOARCH=amd64 CGO_ENABLED=1")
    );
    assert_eq!(
        of("linux/arm", "7", Some(&["arm-linux-gnueabihf-gcc"])),
        told("GOOS=linux GOARCH=arm GOARM=7 CGO_ENABLED=1 CC=arm-linux-gnueabihf-gcc")
    );
    assert_eq!(
        of("linux/arm64", "", Some(&["zig", "cc", "-target", "aarch64-linux-musl"])),
        told("GOOS=linux GOARCH=arm64 CGO_ENABLED=1 CC='zig cc -target aarch64-linux-musl'")
    );
    assert_eq!(of("linux/arm64", "", Some(&["a\u{1b}"])), None);
}

#[test]
fn what_goes_without_cgo_is_static_on_some_systems() {
    for (pair, linkage, libc) in [
        ("linux/arm64", Linkage::Static, Libc::None),
        ("freebsd/amd64", Linkage::Static, Libc::None),
        ("windows/amd64", Linkage::Dynamic, Libc::System),
        ("darwin/arm64", Linkage::Dynamic, Libc::System),
        ("openbsd/amd64", Linkage::Dynamic, Libc::System),
        ("android/arm64", Linkage::Dynamic, Libc::Bionic),
    ] {
        let target = Target::parse(pair).unwrap();
        assert_eq!(linked(&Verdict::Pure, &target, None), (Some(linkage), Some(libc)), "{pair}");
    }
}

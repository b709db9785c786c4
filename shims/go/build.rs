//! Chooses how the machine is asked, and how the executable is built.
//!
//! On Linux, for processors whose system calls this package knows, the machine is asked `direct`, by
//! the executable and by the manager; elsewhere through `std`. There a release of the executable is
//! `bare`: it has no C library and no Rust runtime, and starts in tens of microseconds where a
//! dynamic executable takes hundreds. That needs `panic = "abort"`, which the release profile has; a
//! debug build, and a build with the feature `std`, has a C library.

use std::env;
use std::fs;
use std::path::PathBuf;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(direct, bare)");
    let is = |key: &str, values: &[&str]| {
        env::var(key).is_ok_and(|value| values.contains(&value.as_str()))
    };
    let direct = is("CARGO_CFG_TARGET_OS", &["linux"])
        && is("CARGO_CFG_TARGET_ARCH", &["x86_64", "aarch64"])
        && is("CARGO_CFG_TARGET_POINTER_WIDTH", &["64"]);
    if direct {
        println!("cargo:rustc-cfg=direct");
    }
    if direct && is("PROFILE", &["release"]) && env::var_os("CARGO_FEATURE_STD").is_none() {
        println!("cargo:rustc-cfg=bare");
        println!("cargo:rerun-if-changed=src/bare/layout.ld");
        let layout = format!("-T{}", layout().display());
        let options = ["-nostartfiles", "-nostdlib", "-static", "-no-pie", "-Wl,-s"];
        let plain = ["-Wl,--build-id=none", "-Wl,--no-eh-frame-hdr", "-Wl,-z,norelro"];
        for argument in options.into_iter().chain(plain).chain([layout.as_str()]) {
            println!("cargo:rustc-link-arg-bin=go={argument}");
        }
    }
}

/// The linker's script, in the directory of which Cargo keeps track: a checkout may move with what
/// was built in it.
fn layout() -> PathBuf {
    let place = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default().join("layout.ld");
    match fs::copy("src/bare/layout.ld", &place) {
        Ok(_) => place,
        Err(error) => panic!("{}: {error}", place.display()),
    }
}

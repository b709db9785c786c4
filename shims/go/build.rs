//! Chooses how the executable is built: bare on Linux, on `std` elsewhere.
//!
//! The bare shim has no C library and no Rust runtime: it starts in tens of microseconds where a
//! dynamic executable takes hundreds. It needs `panic = "abort"`, which the release profile has;
//! a debug build, and a build with the feature `std`, is the `std` shim.

use std::env;
use std::fs;
use std::path::PathBuf;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(bare)");
    let is = |key: &str, values: &[&str]| {
        env::var(key).is_ok_and(|value| values.contains(&value.as_str()))
    };
    let bare = is("CARGO_CFG_TARGET_OS", &["linux"])
        && is("CARGO_CFG_TARGET_ARCH", &["x86_64", "aarch64"])
        && is("PROFILE", &["release"])
        && env::var_os("CARGO_FEATURE_STD").is_none();
    if bare {
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

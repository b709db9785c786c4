//! Chooses how the executable is built: bare on Linux, on `std` elsewhere.
//!
//! The bare shim has no C library and no Rust runtime: it starts in tens of microseconds where a
//! dynamic executable takes hundreds. It needs `panic = "abort"`, which the release profile has;
//! a debug build, and a build with the feature `std`, is the `std` shim.

use std::env;

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
        let layout = concat!("-T", env!("CARGO_MANIFEST_DIR"), "/src/bare/layout.ld");
        let options = ["-nostartfiles", "-nostdlib", "-static", "-no-pie", "-Wl,-s"];
        let plain = ["-Wl,--build-id=none", "-Wl,--no-eh-frame-hdr", "-Wl,-z,norelro"];
        for argument in options.into_iter().chain(plain).chain([layout]) {
            println!("cargo:rustc-link-arg-bin=go={argument}");
        }
    }
}

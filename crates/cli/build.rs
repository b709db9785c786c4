//! Puts the shim that is to be part of this program where it is found (feature `embed-shim`).

use std::env;
use std::fs;
use std::path::PathBuf;

/// As the shim takes no larger file for one of its kind.
const LARGEST: [(&str, usize); 2] = [("release", 1 << 20), ("debug", 64 << 20)];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=GOWARD_SHIM");
    if env::var_os("CARGO_FEATURE_EMBED_SHIM").is_none() {
        return;
    }
    let Some(path) = env::var_os("GOWARD_SHIM").map(PathBuf::from) else {
        panic!("embed-shim: build the shim `go` first, and set GOWARD_SHIM to its absolute path");
    };
    println!("cargo:rerun-if-changed={}", path.display());
    let shim = match fs::read(&path) {
        Ok(shim) => shim,
        Err(error) => panic!("GOWARD_SHIM={}: {error}", path.display()),
    };
    if let Err(why) = check(&shim) {
        panic!("GOWARD_SHIM={}: {why}", path.display());
    }
    let place = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("shim");
    if let Err(error) = fs::write(&place, shim) {
        panic!("{}: {error}", place.display());
    }
}

/// What goes out in one file has to be one release.
fn check(shim: &[u8]) -> Result<(), String> {
    let profile = env::var("PROFILE").unwrap_or_default();
    let largest = LARGEST.iter().find(|(name, _)| *name == profile).map_or(0, |(_, size)| *size);
    if shim.len() > largest {
        return Err(format!("{} bytes are more than the {largest} of a shim", shim.len()));
    }
    let ours = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    match goward_resolver::shim_version(shim) {
        Some(version) if version == ours => Ok(()),
        Some(version) => Err(format!("the shim of goward {version}, and this is {ours}")),
        None => Err("no shim of goward".to_owned()),
    }
}

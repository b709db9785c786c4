//! Puts the shim that is to be part of this program where it is found (feature `embed-shim`), and the keys that sign
//! releases.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// As the shim takes no larger file for one of its kind.
const LARGEST: [(&str, usize); 2] = [("release", 1 << 20), ("debug", 64 << 20)];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=GOWARD_SHIM");
    println!("cargo:rerun-if-env-changed=GOWARD_RELEASE_KEYS");
    println!("cargo:rustc-env=BUILT_FOR={}", env::var("TARGET").unwrap_or_default());
    keys();
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

/// Writes the public keys of the directory GOWARD_RELEASE_KEYS, else of `keys`, as a list of texts. A program for
/// users has no key of the tests.
fn keys() {
    let given = env::var_os("GOWARD_RELEASE_KEYS").map(PathBuf::from);
    let place = given.clone().unwrap_or_else(|| PathBuf::from("../../keys"));
    println!("cargo:rerun-if-changed={}", place.display());
    let mut files: Vec<PathBuf> = match fs::read_dir(&place) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) if given.is_some() => panic!("GOWARD_RELEASE_KEYS={}: {error}", place.display()),
        // A package of sources has no such directory, and its program updates itself in no way.
        Err(_) => Vec::new(),
    };
    files.retain(|file| file.extension().is_some_and(|end| end == "pub"));
    files.sort();
    let keys: Vec<String> = files.iter().map(|file| key(file)).collect();
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("keys.rs");
    if let Err(error) = fs::write(&out, format!("&{keys:?}")) {
        panic!("{}: {error}", out.display());
    }
}

/// The key in a public file of minisign.
fn key(file: &Path) -> String {
    println!("cargo:rerun-if-changed={}", file.display());
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => panic!("{}: {error}", file.display()),
    };
    let is_of_tests = text.contains("TEST KEY");
    if is_of_tests && env::var("PROFILE").as_deref() == Ok("release") {
        panic!(
            "{} is a key of the tests, and this is a release build: take the keys of releases",
            file.display()
        );
    }
    let line = text.lines().nth(1).unwrap_or_default().trim();
    let is_key = line.len() == 56
        && line.starts_with("RW")
        && line.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte));
    assert!(is_key, "{} is no public key of minisign", file.display());
    line.to_owned()
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

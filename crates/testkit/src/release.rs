//! Small releases of Go: the files that every toolchain must have, the names and archives of
//! releases, and their index.

use sha2::{Digest as _, Sha256};

use crate::tar::Tar;
use crate::zip::{self, Entry};

/// A file of a release: its path below `go/`, its mode, its content.
pub type File = (String, u32, Vec<u8>);

/// The files that every toolchain must have. `go` is the body of the script that stands for all its
/// programs.
pub fn needed(version: &str, go: &str) -> Vec<File> {
    let exe = std::env::consts::EXE_SUFFIX;
    let script = format!("#!/bin/sh\n{go}\n").into_bytes();
    let file = |name: &str, mode, content: &[u8]| (name.to_owned(), mode, content.to_vec());
    vec![
        file("VERSION", 0o644, format!("go{version}\n").as_bytes()),
        (format!("bin/go{exe}"), 0o755, script.clone()),
        (format!("bin/gofmt{exe}"), 0o755, script.clone()),
        (format!("pkg/tool/any/compile{exe}"), 0o755, script),
        file("src/cmd/go/main.go", 0o644, b"package main\n"),
        file("src/go.mod", 0o644, b"module std\n"),
    ]
}

/// A `.tar.gz` of these files, packed as releases are.
pub fn tar_gz(files: &[File]) -> Vec<u8> {
    let below_go = files.iter().map(|(name, mode, content)| (format!("go/{name}"), *mode, content));
    Tar::of(below_go).gz()
}

/// The archive of these files, packed as releases for this system are.
pub fn pack(files: &[File]) -> Vec<u8> {
    if !cfg!(windows) {
        return tar_gz(files);
    }
    let entries = files.iter().map(|(name, mode, content)| Entry {
        deflated: true,
        mode: 0o100_000 | mode,
        ..Entry::new(&format!("go/{name}"), content)
    });
    zip::write(&entries.collect::<Vec<_>>())
}

/// GOOS and GOARCH of this machine.
pub fn platform() -> (&'static str, &'static str) {
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let arch = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    (os, arch)
}

/// `go1.22.10.linux-amd64`, for this machine.
pub fn name(version: &str) -> String {
    let (os, arch) = platform();
    format!("go{version}.{os}-{arch}")
}

/// The name of the archive of `version` for this machine, as go.dev spells it.
pub fn archive(version: &str) -> String {
    let extension = if cfg!(windows) { "zip" } else { "tar.gz" };
    format!("{}.{extension}", name(version))
}

/// The SHA-256 in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An index of releases for this machine, as on go.dev: version, name of the archive, archive.
pub fn index<'a>(releases: impl IntoIterator<Item = (&'a str, &'a str, &'a [u8])>) -> String {
    let (os, arch) = platform();
    let releases = releases.into_iter().map(|(version, file, packed)| {
        let (stable, sum, size) = (!version.contains("rc"), sha256(packed), packed.len());
        format!(
            r#"{{"version": "go{version}", "stable": {stable}, "files": [{{"filename": "{file}",
            "os": "{os}", "arch": "{arch}", "version": "go{version}",
            "sha256": "{sum}", "size": {size}, "kind": "archive"}}]}}"#
        )
    });
    format!("[{}]", releases.collect::<Vec<_>>().join(","))
}

//! A release small enough to be installed a hundred times: the shape of Go's archives, a few
//! hundred files, and a `go` that only says its version.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::mirror::archive;
use crate::sandbox::Sandbox;

/// How many files of no meaning the release has: enough for a kill to come in between.
const FILLERS: usize = 300;

/// A mirror in a sandbox that offers one small release.
#[derive(Debug)]
pub struct SmallRelease {
    dir: PathBuf,
    tree: PathBuf,
}

impl SmallRelease {
    /// The version of the release.
    pub const VERSION: &str = "1.30.1";

    /// Makes the archive and the index.
    pub fn make(sandbox: &Sandbox) -> SmallRelease {
        let release = SmallRelease {
            dir: sandbox.dir().join("small-mirror"),
            tree: sandbox.dir().join("small-tree"),
        };
        let files = files();
        for (name, content) in &files {
            let path = release.tree.join(name);
            fs::create_dir_all(path.parent().expect("a file lies in a directory"))
                .and_then(|()| fs::write(path, content))
                .expect("the sandbox is ours");
        }
        let name = archive(Self::VERSION);
        let packed = pack(&files);
        let digest: String = Sha256::digest(&packed).iter().map(|b| format!("{b:02x}")).collect();
        let platform = name.trim_end_matches(".tar.gz").trim_end_matches(".zip");
        let platform = platform.rsplit_once('.').expect("the name ends with the platform").1;
        let (os, arch) = platform.split_once('-').expect("a platform has two parts");
        let version = format!("go{}", Self::VERSION);
        let index = serde_json::json!([{"version": version, "stable": true, "files": [{
            "filename": name, "os": os, "arch": arch, "version": version,
            "sha256": digest, "size": packed.len(), "kind": "archive",
        }]}]);
        fs::create_dir_all(&release.dir).expect("the sandbox is ours");
        fs::write(release.dir.join(&name), packed).expect("the sandbox is ours");
        fs::write(release.dir.join("index.json"), index.to_string()).expect("the sandbox is ours");
        release
    }

    /// The directory to serve.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The same files unpacked, to compare with.
    pub fn tree(&self) -> &Path {
        &self.tree
    }

    /// The name of the archive.
    pub fn archive(&self) -> String {
        archive(Self::VERSION)
    }
}

/// The files below `go/`, sorted.
fn files() -> Vec<(String, Vec<u8>)> {
    let exe = std::env::consts::EXE_SUFFIX;
    let version = SmallRelease::VERSION;
    let script = format!("#!/bin/sh\necho \"go version go{version} small/small\"\n");
    let mut files: Vec<(String, Vec<u8>)> = vec![
        ("VERSION".into(), format!("go{version}\ntime 2030-01-01T00:00:00Z\n").into()),
        ("go.env".into(), "GOTOOLCHAIN=auto\n".into()),
        (format!("bin/go{exe}"), script.clone().into()),
        (format!("bin/gofmt{exe}"), script.clone().into()),
        (format!("pkg/tool/{}/compile{exe}", tool_dir()), script.into()),
        ("src/cmd/go/main.go".into(), "package main\n".into()),
        ("src/go.mod".into(), "module std\n".into()),
    ];
    for number in 0..FILLERS {
        // Text that does not compress to nothing: archives have a limit on that.
        let text: String =
            (0..200).map(|line| format!("{:x}\n", (number * 211 + line) * 7919)).collect();
        files.push((format!("src/filler/p{:02}/f{number}.go", number % 20), text.into()));
    }
    files.sort();
    files
}

/// `linux_amd64` for the archive of `linux-amd64`.
fn tool_dir() -> String {
    let name = archive("0");
    let platform = name.trim_start_matches("go0.").trim_end_matches(".tar.gz");
    platform.trim_end_matches(".zip").replace('-', "_")
}

/// The archive, as this system's releases are packed.
fn pack(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    if cfg!(windows) { pack_zip(files) } else { pack_tar(files) }
}

fn mode(name: &str) -> u32 {
    if name.starts_with("bin/") || name.starts_with("pkg/tool/") { 0o755 } else { 0o644 }
}

fn pack_tar(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(mode(name));
        header.set_mtime(1_893_456_000);
        tar.append_data(&mut header, format!("go/{name}"), content.as_slice()).expect("memory");
    }
    let gzip = tar.into_inner().expect("memory takes everything");
    gzip.finish().expect("memory takes everything")
}

fn pack_zip(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated)
            .unix_permissions(mode(name));
        zip.start_file(format!("go/{name}"), options).expect("memory takes everything");
        zip.write_all(content).expect("memory takes everything");
    }
    zip.finish().expect("memory takes everything").into_inner()
}

//! A module proxy made of files, for what Go itself fetches.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::mirror::archive;
use crate::sandbox::{Sandbox, files_below};

/// A `GOPROXY` in a sandbox. Go does not ask the checksum database about toolchains that come
/// from a single `file://` proxy.
#[derive(Debug)]
pub struct ModuleProxy {
    dir: PathBuf,
}

impl ModuleProxy {
    /// An empty proxy.
    pub fn new(sandbox: &Sandbox) -> ModuleProxy {
        ModuleProxy { dir: sandbox.dir().join("proxy") }
    }

    /// The value for `GOPROXY`.
    pub fn url(&self) -> String {
        goward_testkit::url::of_file(&self.dir)
    }

    /// Lists releases of Go for this machine without offering their archives: whoever wants one
    /// has to have it.
    pub fn list_go(self, versions: &[&str]) -> ModuleProxy {
        let mut list = String::new();
        for version in versions {
            let platform = archive(version);
            let platform = platform.trim_end_matches(".tar.gz").trim_end_matches(".zip");
            let name = format!("v0.0.1-{platform}");
            list += &format!("{name}\n");
            self.describe("golang.org/toolchain", &name, "module golang.org/toolchain\n");
        }
        self.write("golang.org/toolchain", "list", list.as_bytes());
        self
    }

    /// Offers version v1.0.0 of a module; `files` are names and contents, `go.mod` among them.
    pub fn offer(self, module: &str, files: &[(&str, &str)]) -> ModuleProxy {
        let go_mod = files.iter().find(|(name, _)| *name == "go.mod");
        self.describe(module, "v1.0.0", go_mod.expect("a module has a go.mod").1);
        self.write(module, "list", b"v1.0.0\n");
        let files: Vec<(String, &str)> =
            files.iter().map(|(name, text)| (format!("{module}@v1.0.0/{name}"), *text)).collect();
        self.write(module, "v1.0.0.zip", &stored_zip(&files));
        self
    }

    /// Offers a release for this machine, of the files below `tree`, as `cmd/distpack` makes module
    /// zips: without four directories, `go.mod` files as `_go.mod`.
    pub fn offer_go(self, version: &str, tree: &Path) -> ModuleProxy {
        let platform = archive(version);
        let platform = platform.trim_end_matches(".tar.gz").trim_end_matches(".zip");
        let name = format!("v0.0.1-{platform}");
        let proxy = self.list_go(&[version]);
        let dir = proxy.dir.join("golang.org/toolchain/@v");
        let file = File::create(dir.join(format!("{name}.zip"))).expect("ours");
        let mut zip = zip::ZipWriter::new(std::io::BufWriter::new(file));
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        for (path, _) in files_below(tree) {
            let inside = path.to_string_lossy().replace('\\', "/");
            if ["api/", "doc/", "misc/", "test/"].iter().any(|dir| inside.starts_with(dir)) {
                continue;
            }
            let (dir, base) = inside.rsplit_once('/').map_or(("", &*inside), |(d, b)| (d, b));
            let slash = if dir.is_empty() { "" } else { "/" };
            let hidden = if base == "go.mod" { "_" } else { "" };
            let name = format!("golang.org/toolchain@{name}/{dir}{slash}{hidden}{base}");
            zip.start_file(name, options).expect("a zip takes files");
            let mut content = File::open(tree.join(&path)).expect("a tree can be read");
            std::io::copy(&mut content, &mut zip).expect("the disk has room");
        }
        zip.finish().expect("the disk has room");
        proxy
    }

    fn describe(&self, module: &str, version: &str, go_mod: &str) {
        let info = format!("{{\"Version\":\"{version}\",\"Time\":\"2024-01-01T00:00:00Z\"}}");
        self.write(module, &format!("{version}.info"), info.as_bytes());
        self.write(module, &format!("{version}.mod"), go_mod.as_bytes());
    }

    fn write(&self, module: &str, name: &str, content: &[u8]) {
        let dir = self.dir.join(module).join("@v");
        fs::create_dir_all(&dir).and_then(|()| fs::write(dir.join(name), content)).expect("ours");
    }
}

/// A zip archive of uncompressed files: what a module proxy serves, in thirty lines.
fn stored_zip(files: &[(String, &str)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let offset = u32::try_from(out.len()).expect("small enough");
        let size = u32::try_from(text.len()).expect("small enough");
        let mut facts = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        facts.extend(crc32(text.as_bytes()).to_le_bytes());
        facts.extend([size.to_le_bytes(), size.to_le_bytes()].concat());
        facts.extend(u16::try_from(name.len()).expect("small enough").to_le_bytes());
        facts.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&facts);
        out.extend(name.as_bytes());
        out.extend(text.as_bytes());
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&facts);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(files.len()).expect("small enough").to_le_bytes();
    let (start, size) = (
        u32::try_from(out.len()).expect("small enough"),
        u32::try_from(directory.len()).expect("small enough"),
    );
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count, count].concat());
    out.extend([size.to_le_bytes(), start.to_le_bytes()].concat());
    out.extend([0, 0]);
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

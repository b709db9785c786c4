//! A module proxy made of files, for Go's own downloads.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use goward_testkit::release;
use goward_testkit::zip::{self, Entry, Zip};

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

    /// Lists releases of Go for this machine without offering their archives: a caller that wants
    /// one has to have it.
    pub fn list_go(self, versions: &[&str]) -> ModuleProxy {
        let mut list = String::new();
        for version in versions {
            let name = format!("v0.0.1-{}", release::name(version));
            list += &format!("{name}\n");
            self.describe("golang.org/toolchain", &name, "module golang.org/toolchain\n");
        }
        self.write("golang.org/toolchain", "list", list.as_bytes());
        self
    }

    /// Offers version v1.0.0 of a module; `files` are names and contents, `go.mod` among them.
    pub fn offer(self, module: &str, files: &[(&str, &str)]) -> ModuleProxy {
        self.offer_version(module, "v1.0.0", files)
    }

    /// As [`ModuleProxy::offer`], for another version, which comes behind those that it lists already.
    pub fn offer_version(self, module: &str, version: &str, files: &[(&str, &str)]) -> ModuleProxy {
        let go_mod = files.iter().find(|(name, _)| *name == "go.mod");
        self.describe(module, version, go_mod.expect("a module has a go.mod").1);
        let list = self.dir.join(module).join("@v/list");
        let listed = fs::read_to_string(list).unwrap_or_default();
        self.write(module, "list", format!("{listed}{version}\n").as_bytes());
        let entry = |(name, text): &(&str, &str)| {
            Entry::new(&format!("{module}@{version}/{name}"), text.as_bytes())
        };
        let entries: Vec<_> = files.iter().map(entry).collect();
        self.write(module, &format!("{version}.zip"), &zip::write(&entries));
        self
    }

    /// Offers a release for this machine, of the files below `tree`, as `cmd/distpack` makes module
    /// zips: without four directories, `go.mod` files as `_go.mod`.
    pub fn offer_go(self, version: &str, tree: &Path) -> ModuleProxy {
        let name = format!("v0.0.1-{}", release::name(version));
        let proxy = self.list_go(&[version]);
        let dir = proxy.dir.join("golang.org/toolchain/@v");
        let file = File::create(dir.join(format!("{name}.zip"))).expect("ours");
        let mut zip = Zip::new(BufWriter::new(file));
        for (path, _) in files_below(tree) {
            let inside = path.to_string_lossy().replace('\\', "/");
            if ["api/", "doc/", "misc/", "test/"].iter().any(|dir| inside.starts_with(dir)) {
                continue;
            }
            let (dir, base) = inside.rsplit_once('/').map_or(("", &*inside), |(d, b)| (d, b));
            let slash = if dir.is_empty() { "" } else { "/" };
            let hidden = if base == "go.mod" { "_" } else { "" };
            let name = format!("golang.org/toolchain@{name}/{dir}{slash}{hidden}{base}");
            let content = fs::read(tree.join(&path)).expect("a tree can be read");
            zip.add(&Entry::new(&name, &content)).expect("the disk has room");
        }
        zip.finish(b"", b"").expect("the disk has room");
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

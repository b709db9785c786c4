//! A proxy of tiny modules, and projects that ask for them.

use goward_tests::call::Call;
use goward_tests::proxy::ModuleProxy;
use goward_tests::sandbox::Sandbox;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The Go that is asked.
pub(super) const NEWEST: &str = "1.27.3";

/// A module file of example.com/NAME.
pub(super) fn go_mod(name: &str, go: &str, rest: &str) -> String {
    format!("module example.com/{name}\n\ngo {go}\n\n{rest}")
}

/// The project of the book's page.
pub(super) const APP: &str = "\
module example.com/app

go 1.21

require (
	example.com/a v1.0.0
	example.com/b v1.2.0
	example.com/c v1.0.0
	example.com/d v1.4.0
	example.com/e v1.0.0
)

exclude example.com/e v1.0.0

replace example.com/b => ./b
";

/// Its program.
const MAIN: &str = "package main\n\nimport (\n\t_ \"example.com/a\"\n\t_ \"example.com/b\"\n\t\
                    _ \"example.com/d\"\n)\n\nfunc main() {}\n";

/// A machine with the proxy.
pub(super) struct Scene {
    pub(super) sandbox: Sandbox,
    proxy: ModuleProxy,
}

impl Scene {
    /// With these releases of Go.
    pub(super) fn with(name: &str, versions: &[&str]) -> Scene {
        let sandbox = Sandbox::with(name, versions);
        let mut proxy = ModuleProxy::new(&sandbox);
        let requires_c = |version: &str| format!("require example.com/c {version}\n");
        let retracts = "// broken on 32-bit\nretract v1.4.0\n";
        for (name, version, go, rest, code) in [
            ("a", "v1.0.0", "1.21", requires_c("v1.1.0"), "import _ \"example.com/c\"\n"),
            ("b", "v1.2.0", "1.21", requires_c("v1.0.0"), ""),
            ("c", "v1.0.0", "1.21", String::new(), ""),
            ("c", "v1.1.0", "1.21", String::new(), ""),
            ("d", "v1.4.0", "1.21", String::new(), ""),
            ("d", "v1.4.2", "1.21", retracts.to_owned(), ""),
            ("e", "v1.0.0", "1.21", String::new(), ""),
            ("n", "v1.0.0", "1.23.4", String::new(), ""),
        ] {
            let module = format!("example.com/{name}");
            let files = [
                ("go.mod", go_mod(name, go, &rest)),
                ("x.go", format!("package {name}\n\n{code}")),
            ];
            let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
            proxy = proxy.offer_version(&module, version, &files);
        }
        Scene { sandbox, proxy }
    }

    /// Another module.
    pub(super) fn offer(mut self, name: &str, version: &str, go_mod: &str) -> Scene {
        let files = [("go.mod", go_mod), ("x.go", "package x\n")];
        self.proxy = self.proxy.offer_version(&format!("example.com/{name}"), version, &files);
        self
    }

    /// The project of the page.
    pub(super) fn app(&self) -> PathBuf {
        let dir = self.sandbox.project("app");
        self.sandbox.module(&dir, APP, MAIN);
        let b = go_mod("b", "1.21", "require example.com/c v1.0.0\n");
        self.sandbox.write(dir.join("b/go.mod"), &b);
        self.sandbox.write(dir.join("b/b.go"), "package b\n");
        dir
    }

    /// A project with this module file.
    pub(super) fn project(&self, name: &str, text: &str) -> PathBuf {
        let dir = self.sandbox.project(name);
        self.sandbox.write(dir.join("go.mod"), text);
        self.sandbox.write(dir.join("x.go"), "package x\n");
        dir
    }

    /// A call with the proxy.
    pub(super) fn online(&self, call: Call, dir: &Path) -> Call {
        let call = call.dir(dir).env("GOPROXY", self.proxy.url());
        call.env("GOSUMDB", "off").env("PWD", dir)
    }

    /// `goward mod ARGS` in a directory.
    pub(super) fn call(&self, dir: &Path, args: &[&str]) -> Call {
        self.online(self.sandbox.goward(&[&["mod"], args].concat()), dir)
    }

    /// The document of `goward mod ARGS --json`.
    #[track_caller]
    pub(super) fn json(&self, dir: &Path, args: &[&str]) -> Value {
        let ran = self.call(dir, &[args, &["--json"]].concat()).run();
        serde_json::from_str(&ran.code(0).stdout).unwrap_or_else(|error| panic!("{error}: {ran}"))
    }

    /// Real Go, with the proxy.
    #[track_caller]
    pub(super) fn go(&self, dir: &Path, args: &[&str]) -> String {
        let ran = self.online(self.sandbox.direct(NEWEST, dir, args), dir).run();
        ran.code(0);
        ran.stdout
    }

    /// The module cache.
    pub(super) fn cache(&self) -> PathBuf {
        self.sandbox.home().join("go/pkg/mod")
    }
}

/// The row of a module.
#[track_caller]
pub(super) fn row<'d>(document: &'d Value, name: &str) -> &'d Value {
    let path = format!("example.com/{name}");
    let rows = document["modules"].as_array().expect("rows");
    rows.iter().find(|row| row["path"] == path).unwrap_or_else(|| panic!("no {path}: {document:#}"))
}

/// Every name below a directory, with the kind, the bytes and the time of the last change of each.
pub(super) fn state(dir: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let (mut state, mut open) = (BTreeMap::new(), vec![dir.to_path_buf()]);
    while let Some(path) = open.pop() {
        let facts = fs::symlink_metadata(&path).expect("it is there");
        let mut bytes = Vec::new();
        if facts.is_dir() {
            let entries = fs::read_dir(&path).expect("a directory");
            open.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if facts.is_file() {
            bytes = fs::read(&path).expect("a file");
        }
        state.insert(path, (bytes, facts.modified().expect("a time")));
    }
    state
}

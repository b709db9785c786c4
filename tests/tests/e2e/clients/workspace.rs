//! A folder with two modules that want different Go, and the two ways to reach their toolchains.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use goward_testkit::untested::{Lack, not_tested};
use goward_tests::binaries::executable;
use goward_tests::call::Call;
use goward_tests::mirror::VERSIONS;
use goward_tests::sandbox::Sandbox;

/// A program with a test and a package of its own, as an editor would load it.
const PROGRAM: &str = r#"package main

import (
	"fmt"

	"example.com/MODULE/words"
)

func main() {
	fmt.Println(words.Greeting("world"))
}
"#;

const PACKAGE: &str = r#"// Package words has words.
package words

import "strings"

// Greeting greets whoever is named.
func Greeting(name string) string {
	return "hello, " + strings.ToUpper(name)
}
"#;

const TEST: &str = r#"package words_test

import (
	"testing"

	"example.com/MODULE/words"
)

func TestGreeting(t *testing.T) {
	if got := words.Greeting("x"); got != "hello, X" {
		t.Fatal(got)
	}
}
"#;

/// One module of the workspace.
pub(crate) struct Member {
    /// Its directory.
    pub(crate) dir: PathBuf,
    /// The release that its `go.mod` asks for.
    pub(crate) version: &'static str,
}

/// Two modules side by side, `a` and `b`, every release of the mirror in the store, and the
/// newest one as default.
pub(crate) struct Workspace {
    /// The machine.
    pub(crate) sandbox: Sandbox,
    /// The module with the lower version.
    pub(crate) a: Member,
    /// The module with the higher version.
    pub(crate) b: Member,
}

impl Workspace {
    /// The workspace with these texts below the `module` line of the two `go.mod`, and the
    /// releases that they select.
    pub(crate) fn new(name: &str, a: (&str, &'static str), b: (&str, &'static str)) -> Workspace {
        let sandbox = Sandbox::with(name, &VERSIONS);
        sandbox.set_default(VERSIONS[VERSIONS.len() - 1]);
        let member = |name: &str, (wants, version)| {
            let dir = sandbox.project("ws").join(name);
            let text = |text: &str| text.replace("MODULE", name);
            sandbox.module(&dir, &format!("module example.com/{name}\n\n{wants}"), &text(PROGRAM));
            sandbox.write(dir.join("words/words.go"), &text(PACKAGE));
            sandbox.write(dir.join("words/words_test.go"), &text(TEST));
            Member { dir, version }
        };
        let (a, b) = (member("a", a), member("b", b));
        Workspace { a, b, sandbox }
    }

    /// A call of the first `go` on `PATH`, in `dir`, with the shims there.
    pub(crate) fn through(&self, dir: &Path, args: &[&str]) -> Call {
        self.sandbox.go(dir, args)
    }

    /// The same call on a machine that has `version` and neither shims nor another Go.
    pub(crate) fn direct(&self, version: &str, dir: &Path, args: &[&str]) -> Call {
        self.sandbox.direct(version, dir, args).env("PATH", self.path_with(version))
    }

    /// The `PATH` of the sandbox with the `bin` of `version` where the shims are.
    pub(crate) fn path_with(&self, version: &str) -> OsString {
        let bin = self.sandbox.toolchain(version).join("bin");
        let path = self.path();
        let swap = |part: PathBuf| if part == self.sandbox.shims() { bin.clone() } else { part };
        let parts: Vec<_> = std::env::split_paths(&path).map(swap).collect();
        assert!(parts.contains(&bin), "the shims are not on PATH: {path:?}");
        std::env::join_paths(parts).expect("they came from PATH")
    }

    /// The `PATH` of the sandbox, with the shims.
    pub(crate) fn path(&self) -> OsString {
        let mut env = self.sandbox.env().into_iter();
        env.find(|(key, _)| key == "PATH").expect("a sandbox has PATH").1
    }
}

/// The program `name` of this machine, one of a distribution's packages; where it is absent, a
/// note says how to get it. Continuous integration always has it (`GOWARD_TEST_CLIENTS=1`), so
/// that no test passes there by doing nothing.
pub(crate) fn installed(name: &str, package: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|dir| dir.join(executable(name)));
    let found = found.into_iter().find(|path| path.is_file());
    if found.is_none() {
        let why = format!("it is not on PATH; on Debian: apt-get install {package}");
        not_tested(name, Lack::Program, &why);
    }
    found
}

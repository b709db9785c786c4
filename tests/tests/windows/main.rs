//! The properties of Windows alone: one string for all arguments, variables in any case, programs
//! that cannot be replaced while they run, and processes without exec.
//!
//! Off Windows there is nothing to run here; `tests/wine/run` runs all of it under wine.
#![cfg(windows)]

mod answers;
mod manager;
mod one_file;
mod process;
mod toolchain;

use goward_testkit::start::developers;
use goward_tests::binaries::{executable, workspace};
use goward_tests::call::{Call, Outcome};
use goward_tests::mirror::tree;
use goward_tests::sandbox::Sandbox;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::OnceLock;

/// The release as which the stand-in for Go lies in the stores of these tests.
const STAND_IN: &str = "1.26.1";

/// The stand-in for `go.exe`, built once by a real Go.
fn child() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let build = || {
        let out = std::env::temp_dir().join(format!("goward-child-{}.exe", std::process::id()));
        let cache = workspace().join("target/go-test-cache");
        let mut build = developers(tree("1.22.10").join("bin/go.exe"));
        build.args(["build", "-o"]).arg(&out).arg("tests/data/windows-child.go");
        build
            .env("GOCACHE", cache)
            .env("GOTOOLCHAIN", "local")
            .env("GOFLAGS", "")
            .env("GO111MODULE", "off");
        let status = build.current_dir(workspace()).stdin(Stdio::null()).status();
        assert!(status.expect("go.exe starts").success(), "{build:?}");
        out
    };
    BUILT.get_or_init(build).clone()
}

/// A sandbox whose default is the stand-in.
fn with_child(name: &str) -> Sandbox {
    let sandbox = Sandbox::empty(name);
    let tree = sandbox.toolchain(STAND_IN);
    sandbox.write(tree.join("VERSION"), &format!("go{STAND_IN}\n"));
    sandbox.write(tree.join("pkg/tool/README"), "makes this directory a GOROOT to Go\n");
    fs::create_dir_all(tree.join("bin")).expect("the sandbox is ours");
    for name in ["go", "gofmt"] {
        fs::copy(child(), tree.join("bin").join(executable(name))).expect("the child was built");
    }
    sandbox.set_default(STAND_IN);
    sandbox
}

/// A call with `tail` behind the program's name, as it stands.
fn raw(call: &Call, tail: &str) -> Outcome {
    call.clone().tail(tail).run()
}

//! File systems mounted where a caller already is, and directories mounted in two places.

use std::path::Path;

use goward_testkit::untested::{Lack, not_tested};
use goward_tests::call::{Call, Outcome};
use goward_tests::sandbox::Sandbox;

use super::start::VERSION;

/// The version that the files of these tests choose; the default is [`VERSION`].
const CHOSEN: &str = "1.23.2";

fn sandbox(name: &str) -> Sandbox {
    let sandbox = Sandbox::with(name, &[VERSION, CHOSEN]);
    sandbox.set_default(VERSION);
    sandbox
}

/// A shell script in name spaces of its own, in which `$0` is the program of the call and `$P` the
/// directory; `None` where this user may not mount anything.
fn mounting(sandbox: &Sandbox, script: &str, program: &Path, args: &[&str]) -> Option<Outcome> {
    let dir = sandbox.project("p/q");
    let call = |script: &str| -> Call {
        let call = sandbox.go(&dir, &["-m", "/bin/sh", "-e", "-c", script]);
        let call = call.program("/usr/bin/unshare").args([program]).args(args);
        call.env("PATH", "/usr/sbin:/usr/bin:/bin").env("P", &dir).env("TOP", sandbox.project("p"))
    };
    if call("mount -t tmpfs tmpfs \"$P\"").run().status.success() {
        return Some(call(script).run());
    }
    not_tested("mounting over a directory", Lack::Root, "this system mounts nothing");
    None
}

/// A process that enters the directory anew sees the files that lie there now.
#[test]
fn a_file_system_over_the_current_directory_counts_once_it_is_entered() {
    let files =
        "printf 'module m\\n\\ngo 1.23.2\\n' > \"$P/go.mod\"; echo 1.23.2 > \"$P/.go-version\"";
    for (name, target) in [("it", "\"$P\""), ("parent", "\"$TOP\"")] {
        let sandbox = sandbox(name);
        let run = |enter: &str, program: &Path, args: &[&str]| {
            let mount = format!("mount -t tmpfs tmpfs {target}; mkdir -p \"$P\"; {files}");
            let script = format!("{mount}; {enter}; exec \"$0\" \"$@\"");
            mounting(&sandbox, &script, program, args)
        };
        let (direct, shim, manager) =
            (sandbox.toolchain(CHOSEN).join("bin/go"), sandbox.shim(), sandbox.manager());
        let asked = ["env", "GOVERSION", "GOMOD"];
        for enter in ["cd \"$P\"", "cd \"$P\"; unset PWD"] {
            let Some(direct) = run(enter, &direct, &asked) else { return };
            assert!(direct.code(0).silent().stdout.ends_with("/go.mod\n"), "{direct}");
            run(enter, &shim, &asked).expect("it was mounted").same_as(&direct);
        }
        for (enter, warns) in [("cd \"$P\"", false), ("true", true)] {
            let explained = run(enter, &manager, &["explain"]).expect("it was mounted");
            assert_eq!(explained.code(0).stdout.contains("cd ."), warns, "{explained}");
        }
    }
}

/// Go compares the temporary directory by its path: one that is mounted there from elsewhere is
/// another.
#[test]
fn the_temporary_directory_mounted_elsewhere_is_another() {
    let sandbox = sandbox("bound");
    let script = "printf 'module m\\n\\ngo 1.23.2\\n' > \"$P/go.mod\"; mkdir -p \"$TOP/tmp\"; \
                  mount --bind \"$P\" \"$TOP/tmp\"; export TMPDIR=\"$TOP/tmp\"; exec \"$0\" \"$@\"";
    let asked = ["env", "GOVERSION", "GOMOD"];
    let direct = sandbox.toolchain(CHOSEN).join("bin/go");
    let Some(direct) = mounting(&sandbox, script, &direct, &asked) else { return };
    assert!(direct.code(0).stdout.ends_with("/p/q/go.mod\n"), "{direct}");
    let shim = mounting(&sandbox, script, &sandbox.shim(), &asked).expect("it was mounted");
    shim.same_as(&direct);
}

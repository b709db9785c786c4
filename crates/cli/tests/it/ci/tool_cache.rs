//! Trees of the tool cache that other users or other tools have made odd.

use super::{Job, column, mode, set_mode};
use crate::machine::newest;
use crate::strangers::can_give;
use goward_testkit::start::tool;
use std::fs;
use std::os::unix::fs::{lchown, symlink};

/// What any file of a tree lets another user change, the Go of the job would run.
#[test]
fn a_tree_with_one_open_file_deep_inside_is_closed_first() {
    let job = Job::new();
    let goroot = job.m.path(&format!("hosted/go/{}/x64", newest()));
    for name in ["pkg/tool/any/compile", "src/runtime/x.s"] {
        let file = job.m.write(&format!("hosted/go/{}/x64/{name}", newest()), "");
        set_mode(&file, 0o666);
    }
    set_mode(&goroot.join("src/runtime"), 0o777);
    let told = job.apply(&[]);
    assert_eq!(column(&told["adopt"], "how"), ["link", "link"], "{told:#}");
    assert_eq!(mode(&goroot.join("pkg/tool/any/compile")), 0o644);
    assert_eq!(
        (mode(&goroot.join("src/runtime/x.s")), mode(&goroot.join("src/runtime"))),
        (0o644, 0o755)
    );
    assert!(told["log"].to_string().contains("took from other users the right to write to "));
}

#[test]
fn a_tree_with_one_file_of_another_user_is_copied() {
    for link in [false, true] {
        let job = Job::new().with("RUNNER_ENVIRONMENT", "self-hosted");
        let name = format!("hosted/go/{}/x64/pkg/tool/any/compile", newest());
        let file = job.m.write(&name, "");
        if !can_give(&file) {
            return;
        }
        if link {
            fs::remove_file(&file).unwrap();
            symlink("../../../bin/go", &file).unwrap();
            lchown(&file, Some(crate::strangers::OTHER), None).unwrap();
        }
        let told = job.apply(&["--root", job.root("").to_str().unwrap()]);
        assert_eq!(column(&told["adopt"], "how")[0], "copy", "{told:#}");
        assert!(!job.root(&format!("toolchains/go{}", newest())).is_symlink());
    }
}

/// The job gets its Go from elsewhere then, and the log says why.
#[test]
fn an_odd_tree_is_passed_over() {
    for odd in ["no go", "a FIFO", "a deep one"] {
        let job = Job::new();
        let goroot = job.cache("1.21.13");
        match odd {
            "no go" => fs::remove_file(goroot.join("bin/go")).unwrap(),
            "a FIFO" => {
                fs::remove_file(goroot.join("bin/go")).unwrap();
                assert!(tool("mkfifo").arg(goroot.join("bin/go")).status().unwrap().success());
            }
            _ => {
                let script = "import os, sys\nos.chdir(sys.argv[1])\n\
                              for n in range(100):\n  os.mkdir('n' * 200)\n  os.chdir('n' * 200)\n";
                let mut made = tool("python3");
                assert!(made.args(["-c", script]).arg(&goroot).status().unwrap().success());
            }
        }
        let told = job.apply(&["--default-version", "1.21.13"]);
        assert_eq!(told["go_version"], "1.21.13", "{odd}: {told:#}");
        assert_eq!(column(&told["install"], "version"), ["1.21.13"], "{odd}: {told:#}");
        let log = told["log"].to_string();
        assert!(log.contains("passed over ") && log.contains("/go/1.21.13/x64"), "{odd}: {log}");
        assert!(!job.root("toolchains/go1.21.13").is_symlink());
        // As one that the job does not ask for, too.
        let other = Job::new();
        fs::remove_file(other.m.path("hosted/go/1.22.9/x64/bin/go")).unwrap();
        let told = other.apply(&[]);
        assert_eq!(column(&told["adopt"], "version"), [newest().as_str()]);
        assert!(told["log"].to_string().contains("passed over "), "{told:#}");
    }
}

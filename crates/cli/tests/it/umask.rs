//! Whatever the umask, no other user can write to anything that goward creates.

use crate::life::tree;
use crate::machine::{Machine, Ran, ran};
use crate::setup::unpacked;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

const UMASKS: [&str; 3] = ["000", "002", "077"];

/// A program, run with that umask and a PATH that has a bash for builds.
fn masked(m: &Machine, umask: &str, program: &Path, args: &[&str]) -> Ran {
    let mut shell = m.command_of(Path::new("/bin/sh"), &["-c"]);
    shell.arg(format!("umask {umask}; exec \"$0\" \"$@\"")).arg(program).args(args);
    ran(shell.env("PATH", "/usr/bin:/bin").env("SHELL", "/bin/bash").output().unwrap(), m)
}

/// Everything below `top` that is no link, and to which others can write.
fn open(top: PathBuf) -> Vec<PathBuf> {
    let (mut found, mut left) = (Vec::new(), vec![top]);
    while let Some(path) = left.pop() {
        let facts = fs::symlink_metadata(&path).unwrap();
        if facts.is_symlink() {
            continue;
        }
        if facts.permissions().mode() & 0o022 != 0 {
            found.push(path.clone());
        }
        if facts.is_dir() {
            left.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    found
}

#[test]
fn no_other_user_can_write_to_what_goward_creates() {
    for umask in UMASKS {
        let m = Machine::new().with("GOSUMDB", "off");
        let above = m.path("home/new/deep/root").display().to_string();
        let m = m.with("GOWARD_ROOT", &above);
        let goward = unpacked(&m);
        for args in [
            &["install", "1.22.10"][..],
            &["setup", "--shell", "bash"],
            &["setup", "--shell", "fish"],
            &["setup", "--shell", "zsh"],
            &["use", "1.22.10"],
            &["use", "--goenv", "1.22.10"],
            &["default", "1.22.10"],
        ] {
            let ran = masked(&m, umask, &goward, args);
            assert_eq!(ran.code, 0, "{umask} {args:?}: {}", ran.stderr);
        }
        for made in ["home/.bashrc", "home/.config/fish/conf.d", "p/.go-version", "p/.goenv"] {
            assert!(m.path(made).exists(), "{made}");
        }
        for top in ["home", "p"] {
            assert_eq!(open(m.path(top)), Vec::<PathBuf>::new(), "{umask}");
        }
    }
}

/// The script of a build gives modes as it likes.
#[test]
fn no_other_user_can_write_to_what_was_built() {
    for umask in UMASKS {
        let m = Machine::new().with("GOSUMDB", "off");
        tree(&m, "boot", "1.22.10");
        m.write("co/VERSION", "devel go1.24-abc\n");
        m.write(
            "co/src/make.bash",
            "mkdir -p ../bin ../pkg/tool/x\n\
             printf '#!/bin/sh\\necho go version devel go1.24-abc linux/amd64\\n' >../bin/go\n\
             chmod 6777 ../bin/go\ncp ../bin/go ../bin/gofmt\ncp ../bin/go ../pkg/tool/x/compile\n\
             chmod 777 ../pkg ../pkg/tool/x; umask 0; echo x >../new\n",
        );
        let boot = m.path("boot").display().to_string();
        let m = m.with("GOROOT_BOOTSTRAP", &boot);
        let goward = Path::new(env!("CARGO_BIN_EXE_goward"));
        let co = m.path("co").display().to_string();
        let ran = masked(&m, umask, goward, &["install", "--source", &co, "--name", "mine"]);
        assert_eq!(ran.code, 0, "{umask}: {}", ran.stderr);
        assert_eq!(open(m.root("")), Vec::<PathBuf>::new(), "{umask}");
        let go = fs::metadata(m.root("toolchains/mine/bin/go")).unwrap();
        assert_eq!(go.permissions().mode() & 0o6000, 0, "{umask}");
        assert!(m.root("state/logs/build-mine.log").is_file());
    }
}

#[test]
fn a_program_that_goward_becomes_has_the_callers_umask() {
    let m = Machine::new();
    m.ok(&["install", "1.22.10"]);
    for umask in UMASKS {
        let goward = Path::new(env!("CARGO_BIN_EXE_goward"));
        let ran = masked(&m, umask, goward, &["exec", "1.22.10", "--", "sh", "-c", "umask"]);
        assert_eq!(ran.stdout, format!("0{umask}\n"), "{}", ran.stderr);
    }
}

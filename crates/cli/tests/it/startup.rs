//! `goward setup` and the start-up files that it meets.

use crate::machine::Machine;
use crate::setup::unpacked;
use crate::strangers::bounded;
use goward_testkit::start::tool;
use goward_testkit::untested::{is_root, is_user};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;
use std::process::{Command, Output};

/// Sets up for bash.
fn setup(m: &Machine, args: &[&str], change: impl FnOnce(&mut Command)) -> Output {
    let mut all = vec!["setup"];
    all.extend(args);
    let there = m.path("archive/goward");
    let goward = if there.exists() { there } else { unpacked(m) };
    let mut command = m.command_of(&goward, &all);
    command.env("SHELL", "/bin/bash");
    change(&mut command);
    bounded(&mut command)
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The PATH that a shell has after it read these files.
fn path_after(files: &[&Path]) -> Vec<u8> {
    let mut shell = tool("sh");
    shell.args(["-ec", r#"for file; do . "$file"; done; printf %s "$PATH""#, "sh"]).args(files);
    let output = shell.env("PATH", "/bin").output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    output.stdout
}

/// A part of such a root's name would be a directory of its own on PATH, and a relative one.
#[test]
fn a_root_that_no_line_can_put_on_path_is_refused_before_anything_is_placed() {
    for name in ["a:b", "a\nb", "a\rb", "a:"] {
        let m = Machine::new();
        for args in [&[][..], &["--no-modify-path"], &["--dry-run"]] {
            for by_home in [true, false] {
                let place = m.path(name);
                let ran = setup(&m, args, |command| {
                    let key = if by_home { "HOME" } else { "GOWARD_ROOT" };
                    command.env(key, &place);
                });
                assert_eq!(ran.status.code(), Some(2), "{name:?}: {}", text(&ran));
                assert!(ran.stdout.is_empty() && text(&ran).contains("it cannot be put on PATH"));
                assert!(text(&ran).contains("\nhint: set GOWARD_ROOT to another directory"));
                assert!(!place.exists() && fs::read_dir(m.path("home")).unwrap().next().is_none());
            }
        }
        // Such a home directory is none of PATH's business.
        fs::create_dir(m.path(name)).unwrap();
        let root = m.path("elsewhere");
        let ran = setup(&m, &[], |command| {
            command.env("HOME", m.path(name)).env("GOWARD_ROOT", &root);
        });
        assert_eq!(ran.status.code(), Some(0), "{}", text(&ran));
        let path = path_after(&[&m.path(name).join(".bashrc")]);
        assert!(path.starts_with(root.join("shims:").as_os_str().as_bytes()));
    }
}

/// Linux alone has such names.
#[cfg(target_os = "linux")]
#[test]
fn a_root_that_is_no_text_stands_on_path_to_the_byte() {
    let m = Machine::new();
    let home = m.path("").join(OsStr::from_bytes(b"it's \xff$HOME`x`"));
    fs::create_dir(&home).unwrap();
    let ran = setup(&m, &[], |command| {
        command.env("HOME", &home);
    });
    assert_eq!(ran.status.code(), Some(0), "{}", text(&ran));
    let root = home.join(".goward");
    let expected = [root.join("shims"), root.join("bin"), "/bin".into()];
    let expected = std::env::join_paths(expected).unwrap();
    for name in [".bashrc", ".profile"] {
        assert_eq!(path_after(&[&home.join(name)]), expected.as_bytes(), "{name}");
    }
    let again = setup(&m, &["--no-modify-path"], |command| {
        command.env("HOME", &home);
    });
    let line = fs::read(home.join(".bashrc")).unwrap();
    assert_eq!(again.stdout, line, "the line is printed to the byte");
    for (shell, key, file) in [
        ("/bin/zsh", "ZDOTDIR", ".zshrc"),
        ("/usr/bin/fish", "XDG_CONFIG_HOME", "fish/conf.d/goward.fish"),
    ] {
        let place = home.join(key);
        setup(&m, &[], |command| {
            command.env("HOME", &home).env("SHELL", shell).env(key, &place);
        });
        let written = fs::read(place.join(file)).unwrap();
        assert!(written.windows(2).any(|pair| pair == b"\xff$"), "{key}");
    }
}

#[test]
fn a_start_up_file_is_edited_as_bytes_and_keeps_what_it_is() {
    let m = Machine::new();
    let profile = m.path("home/.profile");
    fs::create_dir(m.path("home/dot")).unwrap();
    let (file, link) = (m.path("home/dot/rc"), m.path("home/.bashrc"));
    fs::write(&file, b"# caf\xe9\r\nx=1").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
    symlink("dot/rc", &link).unwrap();
    let ran = setup(&m, &[], |_| {});
    assert_eq!(ran.status.code(), Some(0), "{}", text(&ran));
    assert!(text(&ran).contains("~/dot/rc (to which ~/.bashrc leads) puts "), "{}", text(&ran));
    let written = fs::read(&file).unwrap();
    assert!(written.starts_with(b"# caf\xe9\r\nx=1\ncase "), "{written:?}");
    assert!(link.is_symlink() && profile.is_file());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o400);
    assert_eq!(setup(&m, &[], |_| {}).status.code(), Some(0));
    assert_eq!(fs::read(&file).unwrap(), written);
    assert_eq!(fs::read_dir(m.path("home/dot")).unwrap().count(), 1);
}

/// Makes an unusual `.bashrc`. Returns whether this machine allows that.
type Odd = fn(&Machine, &Path) -> bool;

const ODD: [(&str, Odd); 9] = [
    ("a FIFO", |_, file| tool("mkfifo").arg(file).status().unwrap().success()),
    ("a directory", |_, file| fs::create_dir(file).is_ok()),
    ("a dangling link", |_, file| symlink("dot/rc", file).is_ok()),
    ("a loop", |_, file| symlink(".bashrc", file).is_ok()),
    ("endless", |_, file| symlink("/dev/zero", file).is_ok()),
    ("huge", |_, file| fs::File::create(file).unwrap().set_len(1 << 40).is_ok()),
    ("another user's", |_, file| {
        is_root("a start-up file of another user") && {
            fs::write(file, "x").unwrap();
            chown(file, Some(12345), None).is_ok()
        }
    }),
    ("a link to another user's", |m, file| {
        let other = m.write("other", "x");
        is_root("a link to a start-up file of another user") && {
            chown(&other, Some(12345), None).unwrap();
            symlink(other, file).is_ok()
        }
    }),
    ("unreadable", |_, file| {
        is_user("a start-up file that cannot be read") && {
            fs::write(file, "x").unwrap();
            fs::set_permissions(file, fs::Permissions::from_mode(0o000)).is_ok()
        }
    }),
];

#[test]
fn a_start_up_file_that_cannot_be_edited_is_named_with_the_line_that_it_lacks() {
    for (what, make) in ODD {
        let m = Machine::new();
        let file = m.path("home/.bashrc");
        if !make(&m, &file) {
            continue;
        }
        let facts = || {
            let facts = fs::symlink_metadata(&file).unwrap();
            (facts.file_type(), facts.len(), fs::read_link(&file).ok())
        };
        let before = facts();
        let dry = setup(&m, &["-n"], |_| {});
        assert_eq!(dry.status.code(), Some(1), "{what}: {}", text(&dry));
        assert!(!m.path("home/.profile").exists(), "{what}");
        let ran = setup(&m, &[], |_| {});
        assert_eq!(ran.status.code(), Some(1), "{what}: {}", text(&ran));
        let line = fs::read(m.path("home/.profile")).unwrap();
        assert!(line.starts_with(b"case "), "{what}: the other file has its line");
        assert_eq!(ran.stdout, line, "{what}: the line is printed");
        let says = "goward: error: ~/.bashrc cannot be edited, and the line for PATH is missing there\n    ";
        assert!(text(&ran).contains(says), "{what}: {}", text(&ran));
        assert!(text(&ran).contains("\nhint: put the line that was printed there yourself"));
        assert_eq!(facts(), before, "{what}");
        assert!(m.root("shims/go").is_file() && m.root("bin/goward").is_file(), "{what}");
        assert!(!m.path("home/dot").exists());
    }
}

/// If the file has the line already, goward writes nothing.
#[test]
fn a_file_that_has_the_line_needs_no_edit() {
    let m = Machine::new();
    setup(&m, &[], |_| {});
    let file = m.path("home/.bashrc");
    let kept = m.path("kept");
    fs::rename(&file, &kept).unwrap();
    if is_root("a start-up file of another user that has the line") {
        chown(&kept, Some(12345), None).unwrap();
    }
    symlink(&kept, &file).unwrap();
    let ran = setup(&m, &[], |_| {});
    assert_eq!(ran.status.code(), Some(0), "{}", text(&ran));
}

/// Another user's link would choose where root writes.
#[test]
fn no_line_is_written_behind_another_users_link() {
    use std::os::unix::fs::lchown;
    if !is_root("a link of another user on the way to a start-up file") {
        return;
    }
    for (shell, link) in [("/usr/bin/fish", "home/.config"), ("/usr/bin/elvish", "home/.config")] {
        let m = Machine::new();
        fs::create_dir(m.path("theirs")).unwrap();
        symlink(m.path("theirs"), m.path(link)).unwrap();
        let shelled = |args: &[&str]| {
            setup(&m, args, |command| {
                command.env("SHELL", shell);
            })
        };
        lchown(m.path(link), Some(12345), None).unwrap();
        for args in [&["-n"][..], &[]] {
            let ran = shelled(args);
            assert_eq!(ran.status.code(), Some(1), "{}", text(&ran));
            let said = text(&ran);
            assert!(said.contains("\n    ~/.config is a link of user 12345\n"), "{said}");
            assert!(said.contains("\nhint: remove ~/.config, and make a directory"), "{said}");
            assert!(fs::read_dir(m.path("theirs")).unwrap().next().is_none(), "{shell}");
        }
        assert!(m.root("shims/go").is_file(), "the rest is in place");
        lchown(m.path(link), Some(0), None).unwrap();
        assert_eq!(shelled(&[]).status.code(), Some(0));
        assert!(fs::read_dir(m.path("theirs")).unwrap().next().is_some(), "one's own is followed");
        // Nor is anything taken out there.
        lchown(m.path(link), Some(12345), None).unwrap();
        let goward = m.root("bin/goward");
        let ran = m.command_of(&goward, &["self", "uninstall", "--yes"]).output().unwrap();
        assert_eq!(ran.status.code(), Some(1), "{}", text(&ran));
        assert!(text(&ran).contains("~/.config is a link of user 12345"), "{}", text(&ran));
    }
}

/// The owner of a directory can put a link in place of its entries.
#[test]
fn no_line_is_written_in_a_directory_that_others_can_change() {
    let m = Machine::new();
    let theirs = m.path("theirs");
    fs::create_dir_all(theirs.join("fish/conf.d")).unwrap();
    let fish = |program: &Path, args: &[&str]| {
        let mut command = m.command_of(program, args);
        command.env("SHELL", "/usr/bin/fish").env("XDG_CONFIG_HOME", &theirs);
        bounded(&mut command)
    };
    let file = theirs.join("fish/conf.d/goward.fish");
    let archive = unpacked(&m);
    let refused = |says: &str| {
        for args in [&["setup", "-n"][..], &["setup"]] {
            let ran = fish(&archive, args);
            assert_eq!(ran.status.code(), Some(1), "{says}: {}", text(&ran));
            assert!(text(&ran).contains(says), "{says}: {}", text(&ran));
            assert!(text(&ran).contains("\nhint: put the line that was printed there yourself"));
            assert!(String::from_utf8_lossy(&ran.stdout).contains("/shims"), "{}", text(&ran));
            assert!(!file.exists(), "{says}");
        }
        assert!(m.root("shims/go").is_file(), "the rest is in place");
    };
    let mode = |dir: &Path, mode| {
        fs::set_permissions(dir, fs::Permissions::from_mode(mode)).unwrap();
    };
    for dir in [&theirs, &theirs.join("fish"), &theirs.join("fish/conf.d")] {
        mode(dir, 0o777);
        refused(" can be written by other users\n");
        mode(dir, 0o755);
        if is_root("a directory of another user on the way to a start-up file") {
            chown(dir, Some(12345), None).unwrap();
            refused(" is a directory of user 12345\n");
            chown(dir, Some(0), None).unwrap();
        }
    }
    assert_eq!(fish(&archive, &["setup"]).status.code(), Some(0));
    let line = fs::read(&file).unwrap();
    // Nor is anything taken out there.
    mode(&theirs, 0o777);
    let ran = fish(&m.root("bin/goward"), &["self", "uninstall", "--yes"]);
    assert_eq!(ran.status.code(), Some(1), "{}", text(&ran));
    assert!(text(&ran).contains("hint: take the line out of that file"), "{}", text(&ran));
    assert_eq!(fs::read(&file).unwrap(), line);
}

/// A shell that is no login shell reads no file then, so a new one is of no use.
#[test]
fn where_only_a_login_reads_the_line_that_is_said() {
    for (shell, env, says) in [
        ("sh", None, "log in again, and `go` is goward's; sh reads ~/.profile at login alone: "),
        ("dash", Some("/dev/null"), "log in again, and `go` is goward's; sh reads ~/.profile "),
        ("ksh", None, "every shell, make ~/.kshrc and run this again\n"),
        ("mksh", None, "every shell, make ~/.mkshrc and run this again\n"),
        ("sh", Some("$HOME/.shrc"), "goward: open a new shell, and `go` is goward's\n"),
        ("bash", None, "goward: open a new shell, and `go` is goward's\n"),
    ] {
        let m = Machine::new();
        let again = || {
            setup(&m, &[], |command| {
                command.env("SHELL", format!("/bin/{shell}"));
                command.envs(env.map(|env| ("ENV", env)));
            })
        };
        let (first, second) = (again(), again());
        for ran in [first, second] {
            assert_eq!(ran.status.code(), Some(0), "{shell}: {}", text(&ran));
            assert!(text(&ran).contains(says), "{shell}: {}", text(&ran));
        }
        assert!(m.path("home/.profile").is_file(), "{shell}");
        if shell.ends_with("ksh") {
            fs::write(m.path(&format!("home/.{shell}rc")), "").unwrap();
            assert!(text(&again()).contains("open a new shell"), "{shell}");
        }
    }
}

/// A rename would take one of the names, and the file in the directory of dotfiles would stay as it was.
#[test]
fn a_file_with_two_names_keeps_both_and_the_user_gets_the_line() {
    let m = Machine::new();
    m.write("home/dot/rc", "# mine\n");
    fs::hard_link(m.path("home/dot/rc"), m.path("home/.bashrc")).unwrap();
    let ran = setup(&m, &["--yes"], |_| {});
    let said = text(&ran);
    assert_eq!(ran.status.code(), Some(1), "{said}");
    assert!(
        said.contains("it has another name, a hard link, which would keep the old text"),
        "{said}"
    );
    assert!(said.contains("# added by goward setup"), "the line itself: {said}");
    for name in ["home/dot/rc", "home/.bashrc"] {
        assert_eq!(fs::read_to_string(m.path(name)).unwrap(), "# mine\n");
    }
    // With the line in it there is nothing to write.
    let line = said.lines().find(|line| line.ends_with("# added by goward setup")).unwrap();
    fs::write(m.path("home/.bashrc"), format!("{line}\n")).unwrap();
    let ran = setup(&m, &["--yes"], |_| {});
    assert_eq!(ran.status.code(), Some(0), "{}", text(&ran));
    let ran = setup(&m, &["--remove"], |_| {});
    assert_eq!(ran.status.code(), Some(1), "{}", text(&ran));
    assert_eq!(fs::read_to_string(m.path("home/dot/rc")).unwrap(), format!("{line}\n"));
}

//! `goward config`: what is set, where that comes from, and edits that leave the rest of the file.

use crate::machine::Machine;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

const FILE: &str = "home/.goward/config.toml";

/// A machine on which no variable outranks the file.
pub(crate) fn machine() -> Machine {
    Machine::new().with("GOWARD_MIRROR", "").with("GOWARD_MIRROR_DIGESTS", "")
}

#[test]
fn a_value_is_set_shown_and_taken_out() {
    let m = machine();
    assert_eq!(m.run(&["config", "path"]).stdout, "@/home/.goward/config.toml\n");
    assert_eq!(m.ok(&["config", "get", "offline"]), "false\n");
    let ran = m.run(&["config", "get", "policy.minimum"]);
    assert_eq!((ran.code, &*ran.stdout), (0, ""));
    assert_eq!(ran.stderr, "goward: policy.minimum is not set\n");
    let ran = m.run(&["config", "set", "policy.minimum", "go1.24.5"]);
    assert_eq!((ran.code, &*ran.stdout), (0, ""), "{}", ran.stderr);
    assert_eq!(ran.stderr, "goward: ~/.goward/config.toml says policy.minimum = 1.24.5 now\n");
    m.ok(&["config", "set", "offline", "1"]);
    let text = "offline = true\n[policy]\nminimum = \"1.24.5\"\n";
    assert_eq!(m.read(FILE), text);
    let mode = fs::metadata(m.path(FILE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "a new file is yours alone");
    let list = m.ok(&["config", "list"]);
    let words: Vec<Vec<&str>> =
        list.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(words[0], ["mirrors", "https://go.dev/dl/", "default"]);
    assert_eq!(words[2], ["offline", "true", "~/.goward/config.toml:1"]);
    assert_eq!(words[3], ["dist-url", "not", "set", "default"]);
    assert_eq!(words[4], ["policy.minimum", "1.24.5", "~/.goward/config.toml:3"]);
    m.ok(&["config", "unset", "offline"]);
    m.ok(&["config", "unset", "policy.minimum"]);
    assert_eq!(m.read(FILE), "");
    let ran = m.run(&["config", "unset", "offline"]);
    assert_eq!(ran.stderr, "goward: ~/.goward/config.toml does not set offline\n");
}

#[test]
fn comments_order_and_permissions_stay() {
    let m = machine();
    let before = "# mine\n\nofline = true\nmirrors = [\"file:///a\"] # old\n\n[policy]\n# why\nminimum = '1.23'\n";
    let file = m.write(FILE, before);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    m.ok(&["config", "set", "mirrors", "https://go.example/dl/", "file:///srv/go/"]);
    let after =
        before.replace("[\"file:///a\"]", "[\"https://go.example/dl/\", \"file:///srv/go/\"]");
    assert_eq!(m.read(FILE), after);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    let inode = fs::metadata(&file).unwrap().ino();
    let ran = m.run(&["config", "set", "policy.minimum", "1.23"]);
    assert!(ran.stderr.contains("minimum = 1.23 already"), "{}", ran.stderr);
    assert_eq!(fs::metadata(&file).unwrap().ino(), inode, "nothing is written");
    let dry = m.ok(&["config", "set", "-n", "offline", "true"]);
    assert_eq!(dry, "would write ~/.goward/config.toml: offline = true\n");
    let dry = m.ok(&["config", "unset", "-n", "mirrors"]);
    assert_eq!(dry, "would take mirrors out of ~/.goward/config.toml\n");
    assert_eq!(m.read(FILE), after);
    // A key that goward does not know is told by its line, and can be taken out.
    let ran = m.run(&["config", "get", "mirrors"]);
    assert_eq!(ran.stdout, "https://go.example/dl/\nfile:///srv/go/\n");
    assert_eq!(ran.stderr, "goward: warning: ~/.goward/config.toml:3: unknown key \"ofline\"\n");
    m.ok(&["config", "unset", "ofline"]);
    assert_eq!(m.read(FILE), after.replace("ofline = true\n", ""));
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_written() {
    let m = machine();
    for (args, words) in [
        (&["set", "offline", "yes"][..], "offline cannot be \"yes\"\nhint: write true or false\n"),
        (&["set", "policy.minimum", "latest"], "hint: write a Go version such as 1.24.5\n"),
        (&["set", "mirrors", "ftp://x/"], "only https, http and file"),
        (&["set", "mirror-digests", "any"], "hint: write own\n"),
        (&["set", "mirror-digests", "own"], "would have mirror-digests without mirrors"),
        (
            &["set", "minimum", "1.24"],
            "\"minimum\" is no key of the configuration\nhint: keys are: ",
        ),
        (&["get", "mirror"], "did you mean mirrors?"),
        (
            &["set", "policy.auto-install", "never"],
            "is for the owner of the machine\nhint: as root, write it into /",
        ),
        (&["unset", "mirror"], "did you mean mirrors?"),
    ] {
        let ran = m.run(&[&["config"], args].concat());
        assert_eq!((ran.code, &*ran.stdout), (2, ""), "{args:?}");
        assert!(ran.stderr.contains(words), "{args:?}: {}", ran.stderr);
    }
    assert!(!m.root("").exists(), "not even a store");
    // A mistake that is there is told by its line; the key that has it can be set.
    m.write(FILE, "offline = true\n\n[policy]\nminimum = 'newest'\n");
    let ran = m.run(&["config", "set", "offline", "false"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.starts_with("goward: error: ~/.goward/config.toml:4: minimum"),
        "{}",
        ran.stderr
    );
    m.ok(&["config", "set", "policy.minimum", "1.24"]);
    assert!(m.read(FILE).ends_with("minimum = \"1.24\"\n"));
    m.write(FILE, "[policy]\nminimal = '1.24'\n");
    m.ok(&["config", "unset", "policy.minimal"]);
    assert_eq!(m.read(FILE), "");
    m.write(FILE, "format = 2\n");
    let ran = m.run(&["config", "set", "offline", "true"]);
    assert_eq!((ran.code, m.read(FILE).as_str()), (2, "format = 2\n"));
    assert!(ran.stderr.contains("a newer goward"), "{}", ran.stderr);
    for text in [&b"\xff"[..], b"mirrors = [\n", &[b'#'; 2 << 20]] {
        fs::write(m.path(FILE), text).unwrap();
        assert_ne!(m.run(&["config", "set", "offline", "true"]).code, 0);
        assert_eq!(fs::read(m.path(FILE)).unwrap(), text);
    }
}

#[test]
fn a_variable_outranks_its_key() {
    let m = machine();
    let ran = m.run(&["config", "set", "mirrors", "https://me:secret@go.example/dl/"]);
    assert!(ran.code == 2 && !ran.stderr.contains("secret"), "{}", ran.stderr);
    m.ok(&["config", "set", "mirrors", "https://go.example/dl/"]);
    let m = m.with("GOWARD_OFFLINE", "1");
    let ran = m.run(&["config", "set", "offline", "false"]);
    let warning = "goward: warning: GOWARD_OFFLINE in the environment outranks offline; ";
    assert!(ran.stderr.contains(warning), "{}", ran.stderr);
    let list = m.ok(&["config", "list"]);
    let line = list.lines().find(|line| line.starts_with("offline")).unwrap();
    let words = "true GOWARD_OFFLINE in the environment false on line 2 of the file has no effect";
    assert_eq!(line.split_whitespace().collect::<Vec<_>>().join(" "), format!("offline {words}"));
    let answer = m.json(&["config", "get", "offline"]);
    let facts = ["source", "value", "hidden", "line"].map(|key| answer[key].to_string());
    assert_eq!(facts, ["\"environment\"", "true", "false", "2"]);
    let m = m.with("GOWARD_OFFLINE", "yes");
    let list = m.ok(&["config", "list"]);
    assert!(list.contains("makes no sense") && list.contains("write true or false"), "{list}");
}

/// Two processes that change different keys lose neither change.
#[test]
fn two_at_once_exclude_each_other() {
    let m = machine();
    let keys = [["offline", "true"], ["policy.minimum", "1.24"], ["mirrors", "file:///a"]];
    for _ in 0..8 {
        let _ = fs::remove_file(m.path(FILE));
        let all =
            keys.iter().map(|[key, value]| m.command(&["config", "-q", "set", key, value]).spawn());
        let all: Vec<_> = all.collect();
        for child in all {
            assert!(child.unwrap().wait().unwrap().success());
        }
        let text = m.read(FILE);
        for [key, _] in keys {
            let key = key.rsplit('.').next().unwrap();
            assert!(text.contains(&format!("{key} = ")), "{key} is lost: {text}");
        }
    }
    let names: Vec<_> =
        fs::read_dir(m.root("")).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().contains("goward-")), "{names:?}");
}

/// goward writes through no link, and into no file that others may write.
#[test]
fn a_file_that_is_not_sound_is_left_alone() {
    let m = machine();
    let other = m.write("home/other", "offline = false\n");
    fs::create_dir_all(m.root("")).unwrap();
    std::os::unix::fs::symlink(&other, m.path(FILE)).unwrap();
    let ran = m.run(&["config", "set", "offline", "true"]);
    assert!(ran.code != 0 && ran.stderr.contains("is a link"), "{}", ran.stderr);
    assert_eq!(m.read("home/other"), "offline = false\n");
    fs::remove_file(m.path(FILE)).unwrap();
    let file = m.write(FILE, "offline = false\n");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    let ran = m.run(&["config", "set", "offline", "true"]);
    assert!(
        ran.code != 0 && ran.stderr.contains("can be written by other users"),
        "{}",
        ran.stderr
    );
    assert_eq!(m.read(FILE), "offline = false\n");
}
